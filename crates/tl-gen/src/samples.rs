//! Code that builds example values, for tests of the codec.

use crate::model::{Group, Model};
use crate::names;
use crate::parse::{Field, Type};
use crate::source::Source;
use crate::types::Case;

/// `impl Sample` of a struct.
pub(crate) fn structure(model: &Model, group: &Group, out: &mut Source) {
    let fields: Vec<&Field> = model.struct_fields(group).collect();
    out.line(format!(
        "impl crate::samples::Sample for {} {{",
        names::camel(&group.name)
    ));
    out.line("fn sample(s: &mut crate::samples::Sampler) -> Self {");
    if fields.is_empty() {
        out.line("let _ = s;");
        out.line("Self");
    } else {
        let mut flags: Vec<_> = fields
            .iter()
            .filter_map(|field| field.flag.as_ref())
            .collect();
        flags.sort();
        flags.dedup();
        out.lines(
            flags
                .iter()
                .map(|flag| format!("let b_{}_{} = s.flag();", flag.word, flag.bit)),
        );
        out.line("s.deeper(|s| Self {");
        for field in fields {
            let name = names::field(&field.name);
            let value = match (&field.flag, &field.ty) {
                (None, _) => "s.value()".to_owned(),
                (Some(flag), Type::True) => format!("b_{}_{}", flag.word, flag.bit),
                (Some(flag), _) => format!("s.option(b_{}_{})", flag.word, flag.bit),
            };
            out.line(format!("{name}: {value},"));
        }
        out.line("})");
    }
    out.line("}");
    out.line("}");
}

/// `impl Sample` of an enum. The first entry is the one that ends a recursion; constructors that
/// the newest layer lacks are not drawn, as vectors leave them out.
pub(crate) fn union(model: &Model, type_name: &str, cases: &[Case<'_>], out: &mut Source) {
    let weight = |case: &&Case<'_>| {
        let holds = |field: &&Field| field.ty.named().is_some() && field.flag.is_none();
        let absent = case.group.absent(model.newest_layer).len();
        (
            absent,
            model.struct_fields(case.group).filter(holds).count(),
        )
    };
    let is_current = |case: &&Case<'_>| case.group.newest().in_layer(model.newest_layer);
    let mut ordered: Vec<_> = cases.iter().filter(is_current).collect();
    ordered.sort_by_key(weight);
    out.line(format!(
        "impl crate::samples::Sample for {} {{",
        names::camel(type_name)
    ));
    out.line("fn sample(s: &mut crate::samples::Sampler) -> Self {");
    out.line(format!("match s.choice({}) {{", ordered.len()));
    for (index, case) in ordered.iter().enumerate() {
        let pattern = if index + 1 == ordered.len() {
            "_".to_owned()
        } else {
            index.to_string()
        };
        let payload = names::path("types", &case.group.name);
        out.line(format!("{pattern} => s.value::<{payload}>().into(),"));
    }
    out.line("}");
    out.line("}");
    out.line("}");
}

/// A function that shows every type of one kind to a visitor.
pub(crate) fn visitor<'a>(
    model: &Model,
    kind: &str,
    groups: impl Iterator<Item = &'a Group>,
) -> String {
    let root = if kind == "method" {
        "functions"
    } else {
        "types"
    };
    let mut out = Source::default();
    out.line(format!("/// Calls `visit` once per selected {kind}."));
    out.line(format!(
        "pub fn each_{kind}(visitor: &mut impl crate::samples::Visit) {{"
    ));
    for group in groups {
        let (name, path) = (&group.name, names::path(root, &group.name));
        let layers: Vec<_> = group
            .absent(model.newest_layer)
            .iter()
            .map(|(first, last)| format!("({first}, {last})"))
            .collect();
        let absent = layers.join(", ");
        out.line(format!(
            "visitor.{kind}::<{path}>(\"{name}\", &[{absent}]);"
        ));
    }
    out.line("}");
    out.finish()
}
