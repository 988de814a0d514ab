//! How one id's fields and the Rust struct's fields map to each other. Every difference is
//! either safe by itself, decided by a line of `rules.txt`, or a problem that stops the build.

use crate::model::{Group, Model};
use crate::names;
use crate::parse::{Definition, Field, Type};

/// What one field of an id is written from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Write {
    /// A flag word.
    Word,
    /// Only a bit: a `bool` expression.
    Bit(String),
    /// The struct's field as it is.
    Same,
    /// An expression with the value, always written.
    Value(String),
    /// An expression with an `Option` of the value.
    Maybe(String),
    /// Optional and never written.
    Nothing,
    /// A vector of things we do not have.
    EmptyVector,
}

/// Where a struct field's value comes from when an id is read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Read {
    /// An expression over the locals `f_…` of the fields read.
    Expr(String),
}

impl Type {
    /// Whether the Rust type has a `Default` that means "nothing" in TL.
    fn has_default(&self) -> bool {
        !matches!(self, Self::Named(_) | Self::Any)
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Long | Self::Double)
    }
}

/// The Rust expression that turns a number of one type into another, saturating.
fn cast(value: &str, from: &Type, to: &Type) -> String {
    match (from, to) {
        (Type::Int, Type::Long) => format!("i64::from({value})"),
        (Type::Int, Type::Double) => format!("f64::from({value})"),
        (Type::Long, Type::Int) => {
            format!("i32::try_from({value}).unwrap_or(i32::MAX)")
        }
        (Type::Double, Type::Int) => format!("({value}) as i32"),
        (Type::Long, Type::Double) => format!("({value}) as f64"),
        _ => format!("({value}) as i64"),
    }
}

/// Name of a field for rules and messages.
pub(crate) fn key(group: &Group, field: &Field) -> String {
    format!("{}.{}", group.name, field.name)
}

fn function(prefix: &str, key: &str) -> String {
    format!("crate::compat::{prefix}_{}", names::snake(key))
}

/// How `field` of one of the group's ids is written.
pub(crate) fn write(model: &Model, group: &Group, field: &Field) -> Result<Write, String> {
    if field.ty == Type::FlagWord {
        return Ok(Write::Word);
    }
    let key = key(group, field);
    let own = model
        .struct_fields(group)
        .find(|own| own.name == field.name);
    if own.is_some_and(|own| own.ty == field.ty && own.flag.is_some() == field.flag.is_some()) {
        let name = names::field(&field.name);
        return Ok(if field.ty == Type::True {
            Write::Bit(format!("self.{name}"))
        } else {
            Write::Same
        });
    }
    if model.rules.has("write", &key) {
        let call = format!("{}(self, w.layer())", function("write", &key));
        return Ok(match (&field.ty, &field.flag) {
            (Type::True, _) => Write::Bit(call),
            (_, Some(_)) => Write::Maybe(call),
            (_, None) => Write::Value(call),
        });
    }
    if field.flag.is_some() && (own.is_none() || model.rules.has("omit", &key)) {
        return Ok(Write::Nothing);
    }
    if model.rules.has("default", &key) && field.ty.has_default() {
        return Ok(Write::Value(format!(
            "<{}>::default()",
            model.rust_type(&field.ty)
        )));
    }
    if !model.is_usable(&field.ty) && matches!(field.ty, Type::Vector(_)) {
        return Ok(Write::EmptyVector);
    }
    let converted = own.and_then(|own| write_converted(own, field));
    converted.ok_or_else(|| undecided("write", &key, field, own))
}

fn write_converted(own: &Field, field: &Field) -> Option<Write> {
    let name = format!("self.{}", names::field(&own.name));
    Some(
        match (&own.ty, own.flag.is_some(), &field.ty, field.flag.is_some()) {
            (Type::Bool, false, Type::True, _) => Write::Bit(name),
            (Type::Bool, true, Type::True, _) => Write::Bit(format!("{name}.unwrap_or_default()")),
            (Type::True, _, Type::Bool, false) => Write::Value(name),
            (Type::True, _, Type::Bool, true) => Write::Maybe(format!("{name}.then_some(true)")),
            (from, true, to, false) if from == to && from.has_default() => {
                Write::Value(format!("{name}.clone().unwrap_or_default()"))
            }
            (from, false, to, true) if from == to => Write::Maybe(format!("Some({name}.clone())")),
            (from, false, to, false) if from.is_number() && to.is_number() => {
                Write::Value(cast(&name, from, to))
            }
            (from, true, to, true) if from.is_number() && to.is_number() => {
                Write::Maybe(format!("{name}.map(|value| {})", cast("value", from, to)))
            }
            _ => return None,
        },
    )
}

/// The expression for `own`, a field of the struct, from the locals of `variant`'s fields.
pub(crate) fn read(
    model: &Model,
    group: &Group,
    variant: &Definition,
    own: &Field,
) -> Result<Read, String> {
    let key = key(group, own);
    let is_same = |f: &&Field| f.name == own.name && f.ty == own.ty && same_presence(f, own);
    if variant.fields.iter().any(|field| is_same(&field)) {
        return Ok(Read::Expr(format!("f_{}", own.name)));
    }
    if let Some(arguments) = model.rules.find("read", &key)
        && arguments
            .iter()
            .all(|name| variant.fields.iter().any(|f| f.name == *name))
    {
        let locals: Vec<_> = arguments.iter().map(|name| format!("f_{name}")).collect();
        return Ok(Read::Expr(format!(
            "{}({})",
            function("read", &key),
            locals.join(", ")
        )));
    }
    let field = variant.fields.iter().find(|field| field.name == own.name);
    if let Some(expr) = field
        .filter(|f| model.is_usable(&f.ty))
        .and_then(|f| read_converted(own, f))
    {
        return Ok(Read::Expr(expr));
    }
    let undecided_change = field.is_some() && !model.rules.has("omit", &key);
    if own.ty == Type::True && !undecided_change {
        return Ok(Read::Expr("false".into()));
    }
    if own.flag.is_some() && !undecided_change {
        return Ok(Read::Expr("None".into()));
    }
    if own.ty.has_default() && model.rules.has("default", &key) {
        return Ok(Read::Expr("Default::default()".into()));
    }
    Err(undecided("read", &key, own, field) + &format!(" (id {:08x})", variant.id))
}

fn same_presence(one: &Field, other: &Field) -> bool {
    one.flag.is_some() == other.flag.is_some()
}

fn read_converted(own: &Field, field: &Field) -> Option<String> {
    let local = format!("f_{}", field.name);
    Some(
        match (&field.ty, field.flag.is_some(), &own.ty, own.flag.is_some()) {
            (Type::True, _, Type::Bool, false) | (Type::Bool, false, Type::True, _) => local,
            (Type::True, _, Type::Bool, true) => format!("{local}.then_some(true)"),
            (Type::Bool, true, Type::True, _) => format!("{local}.unwrap_or_default()"),
            (from, false, to, true) if from == to => format!("Some({local})"),
            (from, true, to, false) if from == to && from.has_default() => {
                format!("{local}.unwrap_or_default()")
            }
            (from, false, to, false) if from.is_number() && to.is_number() => {
                cast(&local, from, to)
            }
            (from, true, to, true) if from.is_number() && to.is_number() => {
                format!("{local}.map(|value| {})", cast("value", from, to))
            }
            _ => return None,
        },
    )
}

fn undecided(direction: &str, key: &str, wanted: &Field, other: Option<&Field>) -> String {
    let shape = |field: &Field| {
        let optional = if field.flag.is_some() {
            "optional "
        } else {
            ""
        };
        format!("{optional}{:?}", field.ty)
    };
    let other = other.map_or("nothing".to_owned(), shape);
    format!(
        "rules.txt: no rule to {direction} {key} as {} from {other}",
        shape(wanted)
    )
}
