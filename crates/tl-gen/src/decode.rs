//! Code that reads a struct: one arm per id, whatever the layer.

use crate::convert::{Read, read};
use crate::model::{Group, Model};
use crate::names;
use crate::parse::{Definition, Field, Type};
use crate::source::Source;

/// The body of a function `(r: &mut Reader, id: u32) -> Result<Self, ReadError>`.
pub(crate) fn body(model: &Model, group: &Group, out: &mut Source, problems: &mut Vec<String>) {
    out.line("match id {");
    for variant in group.variants.iter().chain(&group.aliases) {
        out.line(format!("0x{:08x} => {{", variant.id));
        arm(model, group, variant, out, problems);
        out.line("}");
    }
    let unknown = if group.newest().method {
        "Method"
    } else {
        "Constructor"
    };
    out.line(format!("_ => Err(ReadError::{unknown}(id)),"));
    out.line("}");
}

fn arm(
    model: &Model,
    group: &Group,
    variant: &Definition,
    out: &mut Source,
    problems: &mut Vec<String>,
) {
    let mut values = Vec::new();
    for own in model.struct_fields(group) {
        match read(model, group, variant, own) {
            Ok(Read::Expr(expr)) => values.push((names::field(&own.name), expr)),
            Err(problem) => problems.push(problem),
        }
    }
    for field in &variant.fields {
        local(model, variant, field, &values, out);
    }
    if values.is_empty() {
        out.line("Ok(Self)");
        return;
    }
    out.line("Ok(Self {");
    for (name, expr) in values {
        if name == expr {
            out.line(format!("{name},"))
        } else {
            out.line(format!("{name}: {expr},"))
        }
    }
    out.line("})");
}

/// Reads one field into `f_…`, or past it if nothing needs it.
fn local(
    model: &Model,
    variant: &Definition,
    field: &Field,
    values: &[(String, String)],
    out: &mut Source,
) {
    let local = format!("f_{}", field.name);
    let condition = field
        .flag
        .as_ref()
        .map(|flag| format!("f_{} & {} != 0", flag.word, 1u32 << flag.bit));
    if field.ty == Type::FlagWord {
        let is_used = variant.fields.iter().any(|other| {
            other
                .flag
                .as_ref()
                .is_some_and(|flag| flag.word == field.name)
                && (other.ty != Type::True || uses(values, &format!("f_{}", other.name)))
        });
        let name = if is_used { local } else { format!("_{local}") };
        out.line(format!("let {name} = r.u32()?;"));
        return;
    }
    let is_used = uses(values, &local);
    let name = if is_used { local } else { format!("_{local}") };
    match (condition, &field.ty) {
        (Some(condition), Type::True) if is_used => {
            out.line(format!("let {name} = {condition};"));
        }
        (Some(_), Type::True) => {}
        (Some(condition), ty) if !model.is_usable(ty) => {
            out.line(format!("absent(r, {condition})?;"))
        }
        (None, Type::Vector(inner)) if !model.is_usable(inner) => out.line("empty_vector(r)?;"),
        (None, ty) if !model.is_usable(ty) => out.line("absent(r, true)?;"),
        (Some(condition), ty) => {
            let ty = model.rust_type(ty);
            out.line(format!("let {name} = get_opt::<{ty}>(r, {condition})?;"));
        }
        (None, ty) => {
            let ty = model.rust_type(ty);
            out.line(format!("let {name} = <{ty} as Get>::get(r)?;"));
        }
    }
}

/// Whether an expression names `local`.
fn uses(values: &[(String, String)], local: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    values
        .iter()
        .any(|(_, expr)| expr.split(|c| !is_word(c)).any(|word| word == local))
}
