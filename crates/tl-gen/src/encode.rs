//! Code that writes a struct: one arm per id, chosen by the layer.

use crate::convert::{Write, write};
use crate::model::{Group, Model};
use crate::names;
use crate::parse::{Definition, Field, FlagBit, Type};
use crate::source::Source;

/// A field with the way it is written.
struct Planned<'a> {
    field: &'a Field,
    write: Write,
    /// Its value may have to be left out because the layer lacks its constructor.
    partial: bool,
}

impl Planned<'_> {
    /// Whether the value is an `Option` (or only a bit) by the time it is written.
    fn presence(&self) -> String {
        let name = names::field(&self.field.name);
        match &self.write {
            Write::Bit(expr) => expr.clone(),
            Write::Same if self.partial => format!("v_{}.is_some()", self.field.name),
            Write::Same => format!("self.{name}.is_some()"),
            Write::Maybe(_) => format!("v_{}.is_some()", self.field.name),
            Write::Nothing => "false".into(),
            Write::Word | Write::Value(_) | Write::EmptyVector => "true".into(),
        }
    }

    /// A reference to the `Option` of an optional field.
    fn option(&self) -> String {
        match &self.write {
            Write::Same if !self.partial => {
                format!("self.{}.as_ref()", names::field(&self.field.name))
            }
            Write::Same => format!("v_{}", self.field.name),
            _ => format!("v_{}.as_ref()", self.field.name),
        }
    }
}

/// The body of `put` for all layers.
pub(crate) fn body(model: &Model, group: &Group, out: &mut Source, problems: &mut Vec<String>) {
    if model.rules.has("whole", &group.name) {
        let function = names::snake(&group.name);
        out.line(format!("if crate::compat::put_{function}(self, w) {{"));
        out.line("return;");
        out.line("}");
    }
    let segments = group.segments(model.newest_layer);
    if let [(_, Some(only))] = segments[..] {
        arm(model, group, &group.variants[only], out, problems);
        return;
    }
    out.line("match w.layer() {");
    for (last, variant) in segments {
        let pattern = if last == i32::MAX {
            "_".to_owned()
        } else {
            format!("..={last}")
        };
        match variant {
            None => out.line(format!("{pattern} => w.unsupported({:?}),", group.name)),
            Some(index) => {
                out.line(format!("{pattern} => {{"));
                arm(model, group, &group.variants[index], out, problems);
                out.line("}");
            }
        }
    }
    out.line("}");
}

fn arm(
    model: &Model,
    group: &Group,
    variant: &Definition,
    out: &mut Source,
    problems: &mut Vec<String>,
) {
    let mut planned = Vec::new();
    for field in &variant.fields {
        match write(model, group, field) {
            Ok(write) => {
                let partial = field.flag.is_some() && model.is_partial(&field.ty);
                planned.push(Planned {
                    field,
                    write,
                    partial,
                });
            }
            Err(problem) => problems.push(format!("{problem} (id {:08x})", variant.id)),
        }
    }
    for one in &planned {
        let local = &one.field.name;
        match &one.write {
            Write::Same if one.partial => {
                let name = names::field(local);
                out.line(format!(
                    "let v_{local} = self.{name}.as_ref().filter(|x| x.exists_in(w.layer()));"
                ));
            }
            Write::Maybe(expr) => out.line(format!("let v_{local} = {expr};")),
            _ => {}
        }
    }
    out.line(format!("w.id(0x{:08x});", variant.id));
    for one in &planned {
        value(model, group, one, &planned, out);
    }
}

fn value(model: &Model, group: &Group, one: &Planned<'_>, all: &[Planned<'_>], out: &mut Source) {
    let field = one.field;
    match &one.write {
        Write::Word => word(group, &field.name, all, out),
        Write::EmptyVector => out.line("w.vector_header(0);"),
        Write::Value(expr) if field.flag.is_none() => out.line(format!("({expr}).put(w);")),
        Write::Same if field.flag.is_none() => {
            out.line(format!("self.{}.put(w);", names::field(&field.name)));
        }
        Write::Bit(_) | Write::Nothing => {}
        Write::Value(_) | Write::Same | Write::Maybe(_) => {
            let partners = field
                .flag
                .as_ref()
                .map_or(0, |flag| sharing(flag, all).count());
            if partners < 2 {
                out.line(format!("put_opt({}, w);", one.option()));
            } else {
                let bit = bit_local(field.flag.as_ref());
                out.line(format!("if {bit} {{"));
                if has_default(&field.ty) {
                    let ty = model.rust_type(&field.ty);
                    out.line(format!(
                        "{}.unwrap_or(&<{ty}>::default()).put(w);",
                        one.option()
                    ));
                } else {
                    out.line(format!("put_opt({}, w);", one.option()));
                }
                out.line("}");
            }
        }
    }
}

fn has_default(ty: &Type) -> bool {
    !matches!(ty, Type::Named(_) | Type::Any)
}

fn bit_local(flag: Option<&FlagBit>) -> String {
    flag.map_or_else(String::new, |flag| format!("b_{}_{}", flag.word, flag.bit))
}

fn sharing<'a, 'b>(
    flag: &'b FlagBit,
    all: &'b [Planned<'a>],
) -> impl Iterator<Item = &'b Planned<'a>> {
    all.iter()
        .filter(move |one| one.field.flag.as_ref() == Some(flag))
}

/// The flag word; fields that share a bit are written together or not at all.
fn word(group: &Group, word: &str, all: &[Planned<'_>], out: &mut Source) {
    let mut terms = Vec::new();
    for bit in 0..31 {
        let flag = FlagBit {
            word: word.to_owned(),
            bit,
        };
        let fields: Vec<_> = sharing(&flag, all).collect();
        let one = match fields[..] {
            [] => continue,
            [one] => one.presence(),
            _ => {
                let local = bit_local(Some(&flag));
                shared_bit(group, &local, &fields, out);
                local
            }
        };
        if one != "false" {
            terms.push(format!("bit({one}, {bit})"));
        }
    }
    let sum = if terms.is_empty() {
        "0".to_owned()
    } else {
        terms.join(" | ")
    };
    out.line(format!("w.u32({sum});"));
}

fn shared_bit(group: &Group, local: &str, fields: &[&Planned<'_>], out: &mut Source) {
    let presences = |wanted: &dyn Fn(&Planned<'_>) -> bool| -> Vec<String> {
        fields
            .iter()
            .filter(|one| wanted(one))
            .map(|one| one.presence())
            .collect()
    };
    let must = presences(&|one| one.field.ty != Type::True && !has_default(&one.field.ty));
    let any = presences(&|_| true).join(" || ");
    let expr = if must.is_empty() {
        any
    } else {
        must.join(" && ")
    };
    out.line(format!("let {local} = {expr};"));
    let values = presences(&|one| one.field.ty != Type::True);
    let is_dropped = fields.iter().any(|one| one.write == Write::Nothing);
    if values.len() > 1 && !is_dropped {
        let names: Vec<_> = fields.iter().map(|one| one.field.name.as_str()).collect();
        let together: Vec<_> = values
            .iter()
            .map(|one| format!("({one}) == {local}"))
            .collect();
        out.line(format!(
            "debug_assert!({}, \"{}: {} are set together or not at all\");",
            together.join(" && "),
            group.name,
            names.join(", ")
        ));
    }
}
