//! One struct per constructor, one enum per type with several constructors.

use crate::model::{Group, Model};
use crate::parse::{Field, Type};
use crate::source::{Modules, Source};
use crate::{decode, encode, names, samples};

/// What generated modules import.
pub(crate) const USES: &str = "use crate::codec::*;\n\
    use crate::wire::{ReadError, Reader, Writer};\n";

/// All structs of constructors.
pub(crate) fn structs(model: &Model, problems: &mut Vec<String>) -> String {
    let mut modules = Modules::default();
    for group in model.constructors.values() {
        constructor(model, group, modules.of(&group.name), problems);
    }
    let mut text = modules.finish(USES);
    if model.options.samples {
        text.push_str(&samples::visitor(
            model,
            "constructor",
            model.constructors.values(),
        ));
    }
    text
}

/// One struct with everything it implements.
pub(crate) fn constructor(
    model: &Model,
    group: &Group,
    out: &mut Source,
    problems: &mut Vec<String>,
) {
    declaration(model, group, out, problems);
    let rust = names::camel(&group.name);
    out.line(format!("impl Constructor for {rust} {{"));
    constants(group, out);
    out.line("}");
    if group.put {
        put(model, group, out, problems);
    }
    if group.get {
        out.line(format!("impl Body for {rust} {{"));
        out.line("fn get_body(r: &mut Reader, id: u32) -> Result<Self, ReadError> {");
        decode::body(model, group, out, problems);
        out.line("}");
        out.line("}");
    }
    if model.options.samples {
        samples::structure(model, group, out);
    }
}

/// `NAME`, `ID` and `IDS`.
pub(crate) fn constants(group: &Group, out: &mut Source) {
    let definitions = group.variants.iter().chain(&group.aliases);
    let ids: Vec<_> = definitions
        .map(|variant| format!("0x{:08x}", variant.id))
        .collect();
    out.line(format!("const NAME: &'static str = {:?};", group.name));
    out.line(format!("const ID: u32 = 0x{:08x};", group.newest().id));
    out.line(format!(
        "const IDS: &'static [u32] = &[{}];",
        ids.join(", ")
    ));
}

/// The struct and its `new`.
pub(crate) fn declaration(
    model: &Model,
    group: &Group,
    out: &mut Source,
    problems: &mut Vec<String>,
) {
    for field in &group.newest().fields {
        let needed = field.flag.is_none() && !matches!(field.ty, Type::Vector(_));
        if needed && !model.is_usable(&field.ty) && !group.newest().method {
            problems.push(format!(
                "select.txt: {}.{} needs a constructor of {:?}",
                group.name, field.name, field.ty
            ));
        }
    }
    let rust = names::camel(&group.name);
    let fields: Vec<&Field> = model.struct_fields(group).collect();
    out.line(format!("/// `{}`", group.newest().line));
    if fields.is_empty() {
        out.line("#[derive(Clone, Debug, PartialEq)]");
        out.line(format!("pub struct {rust};"));
        out.line(format!("impl {rust} {{"));
        out.line("/// The only value.");
        out.line("#[must_use]");
        out.line("pub fn new() -> Self {");
        out.line("Self");
        out.line("}");
        out.line("}");
        return;
    }
    out.line("#[derive(Clone, Debug, PartialEq)]");
    out.line(format!("pub struct {rust} {{"));
    for field in &fields {
        out.line(format!(
            "pub {}: {},",
            names::field(&field.name),
            model.field_type(field)
        ));
    }
    out.line("}");
    let mandatory: Vec<_> = fields.iter().filter(|field| field.flag.is_none()).collect();
    let arguments: Vec<_> = mandatory
        .iter()
        .map(|field| format!("{}: {}", names::field(&field.name), model.field_type(field)))
        .collect();
    out.line(format!("impl {rust} {{"));
    out.line("/// With the mandatory fields; optional ones are absent.");
    out.line("#[must_use]");
    out.line(format!("pub fn new({}) -> Self {{", arguments.join(", ")));
    out.line("Self {");
    for field in &fields {
        let name = names::field(&field.name);
        match (&field.flag, &field.ty) {
            (None, _) => out.line(format!("{name},")),
            (Some(_), Type::True) => out.line(format!("{name}: false,")),
            (Some(_), _) => out.line(format!("{name}: None,")),
        }
    }
    out.line("}");
    out.line("}");
    out.line("}");
}

/// `impl Put` of a struct.
pub(crate) fn put(model: &Model, group: &Group, out: &mut Source, problems: &mut Vec<String>) {
    out.line(format!("impl Put for {} {{", names::camel(&group.name)));
    out.line("fn put(&self, w: &mut Writer) {");
    encode::body(model, group, out, problems);
    out.line("}");
    let inner: Vec<_> = model
        .partial_fields(group)
        .map(|field| format!("self.{}.exists_in(layer)", names::field(&field.name)))
        .collect();
    if !inner.is_empty() {
        out.line("fn exists_in(&self, layer: i32) -> bool {");
        out.line(inner.join(" && "));
        out.line("}");
    }
    out.line("}");
}

/// All enums.
pub(crate) fn enums(model: &Model, problems: &mut Vec<String>) -> String {
    let mut modules = Modules::default();
    for type_name in model.unions.keys() {
        if !model.is_single(type_name) && model.is_known(type_name) {
            union(model, type_name, modules.of(type_name), problems);
        }
    }
    modules.finish(USES)
}

/// A constructor as one case of an enum.
pub(crate) struct Case<'a> {
    pub(crate) group: &'a Group,
    pub(crate) name: String,
    pub(crate) is_unit: bool,
    is_boxed: bool,
}

pub(crate) fn cases<'a>(model: &'a Model, type_name: &'a str) -> Vec<Case<'a>> {
    let case = |group: &'a Group| {
        let fields: Vec<_> = model.struct_fields(group).collect();
        // Boxing what holds other values keeps enums small and breaks every recursion.
        let holds_value = |field: &&Field| matches!(field.ty, Type::Named(_));
        Case {
            group,
            name: names::variant(type_name, &group.name),
            is_unit: fields.is_empty(),
            is_boxed: fields.len() > 4 || fields.iter().any(holds_value),
        }
    };
    model.selected_of(type_name).map(case).collect()
}

/// One enum with everything it implements.
pub(crate) fn union(model: &Model, type_name: &str, out: &mut Source, problems: &mut Vec<String>) {
    let cases = cases(model, type_name);
    let rust = names::camel(type_name);
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = cases.iter().find(|case| !seen.insert(&case.name)) {
        problems.push(format!("{type_name} has two variants named {}", twice.name));
    }
    out.line(format!(
        "/// `{type_name}`, the constructors that cameo knows of it."
    ));
    out.line("#[derive(Clone, Debug, PartialEq)]");
    out.line(format!("pub enum {rust} {{"));
    for case in &cases {
        let payload = names::path("types", &case.group.name);
        out.line(format!("/// `{}`", case.group.newest().line));
        match (case.is_unit, case.is_boxed) {
            (true, _) => out.line(format!("{},", case.name)),
            (_, true) => out.line(format!("{}(Box<{payload}>),", case.name)),
            _ => out.line(format!("{}({payload}),", case.name)),
        }
    }
    out.line("}");
    for case in &cases {
        from(case, &rust, out);
    }
    if cases.iter().any(|case| case.group.put) {
        union_put(model, type_name, &cases, out);
    }
    if cases.iter().any(|case| case.group.get) {
        union_get(&rust, &cases, out);
    }
    if model.options.samples {
        samples::union(model, type_name, &cases, out);
    }
}

fn from(case: &Case<'_>, rust: &str, out: &mut Source) {
    let payload = names::path("types", &case.group.name);
    let name = &case.name;
    out.line(format!("impl From<{payload}> for {rust} {{"));
    match (case.is_unit, case.is_boxed) {
        (true, _) => {
            out.line(format!("fn from(_: {payload}) -> Self {{"));
            out.line(format!("Self::{name}"));
        }
        (_, is_boxed) => {
            out.line(format!("fn from(value: {payload}) -> Self {{"));
            let value = if is_boxed { "Box::new(value)" } else { "value" };
            out.line(format!("Self::{name}({value})"));
        }
    }
    out.line("}");
    out.line("}");
}

fn union_put(model: &Model, type_name: &str, cases: &[Case<'_>], out: &mut Source) {
    let conditions: Vec<_> = cases
        .iter()
        .filter_map(|case| Some((case, condition(model, case)?)))
        .collect();
    out.line(format!("impl Put for {} {{", names::camel(type_name)));
    out.line("fn put(&self, w: &mut Writer) {");
    if !conditions.is_empty() && model.rules.has("standin", type_name) {
        out.line("if !self.exists_in(w.layer()) {");
        let function = names::snake(type_name);
        out.line(format!(
            "return crate::compat::stand_in_for_{function}(self, w);"
        ));
        out.line("}");
    }
    out.line("match self {");
    for case in cases {
        if case.is_unit {
            let payload = names::path("types", &case.group.name);
            out.line(format!("Self::{} => {payload}.put(w),", case.name));
        } else {
            out.line(format!("Self::{}(x) => x.put(w),", case.name));
        }
    }
    out.line("}");
    out.line("}");
    if !conditions.is_empty() {
        out.line("fn exists_in(&self, layer: i32) -> bool {");
        out.line("match self {");
        for (case, condition) in &conditions {
            let payload = if case.is_unit { "" } else { "(x)" };
            out.line(format!("Self::{}{payload} => {condition},", case.name));
        }
        if conditions.len() < cases.len() {
            out.line("_ => true,");
        }
        out.line("}");
        out.line("}");
    }
    out.line("}");
}

/// When a case exists, if not always.
fn condition(model: &Model, case: &Case<'_>) -> Option<String> {
    let absent = case.group.absent(model.newest_layer);
    let mut all: Vec<_> = absent.into_iter().map(outside).collect();
    if model.partial_fields(case.group).next().is_some() {
        all.push("x.exists_in(layer)".to_owned());
    }
    (!all.is_empty()).then(|| all.join(" && "))
}

fn outside((first, last): (i32, i32)) -> String {
    match (first, last) {
        (i32::MIN, last) => format!("layer > {last}"),
        (first, i32::MAX) => format!("layer < {first}"),
        (first, last) => format!("!({first}..={last}).contains(&layer)"),
    }
}

fn union_get(rust: &str, cases: &[Case<'_>], out: &mut Source) {
    out.line(format!("impl Body for {rust} {{"));
    out.line("fn get_body(r: &mut Reader, id: u32) -> Result<Self, ReadError> {");
    out.line("Ok(match id {");
    for case in cases.iter().filter(|case| case.group.get) {
        let payload = names::path("types", &case.group.name);
        let definitions = case.group.variants.iter().chain(&case.group.aliases);
        let ids: Vec<_> = definitions
            .map(|variant| format!("0x{:08x}", variant.id))
            .collect();
        out.line(format!(
            "{} => {payload}::get_body(r, id)?.into(),",
            ids.join(" | ")
        ));
    }
    out.line("_ => return Err(ReadError::Constructor(id)),");
    out.line("})");
    out.line("}");
    out.line("}");
}
