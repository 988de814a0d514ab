//! One struct per method, and the tables of all methods' ids and names.

use std::collections::BTreeMap;

use crate::model::{Group, LAYER_MIN, Model};
use crate::source::{Modules, Source};
use crate::{decode, names, samples, types};

/// All structs of methods, then the tables.
pub(crate) fn functions(model: &Model, problems: &mut Vec<String>) -> String {
    let mut modules = Modules::default();
    for group in model.methods.values() {
        function(model, group, modules.of(&group.name), problems);
    }
    let mut text = modules.finish(types::USES);
    if model.options.samples {
        text.push_str(&samples::visitor(model, "method", model.methods.values()));
    }
    text.push_str(&read_any(model));
    text.push_str(&tables(model));
    text
}

/// One struct with everything it implements.
pub(crate) fn function(model: &Model, group: &Group, out: &mut Source, problems: &mut Vec<String>) {
    types::declaration(model, group, out, problems);
    method(model, group, out, problems);
    if group.put {
        types::put(model, group, out, problems);
    }
    if model.options.samples {
        samples::structure(model, group, out);
    }
}

fn method(model: &Model, group: &Group, out: &mut Source, problems: &mut Vec<String>) {
    let newest = group.newest();
    out.line(format!("impl Method for {} {{", names::camel(&group.name)));
    types::constants(group, out);
    out.line(format!(
        "type Output = {};",
        model.rust_type(&newest.result)
    ));
    out.line("fn get(r: &mut Reader, id: u32) -> Result<Self, ReadError> {");
    decode::body(model, group, out, problems);
    out.line("}");
    let is_written = |variant: &&crate::Definition| variant.last_layer() >= LAYER_MIN;
    let has_other_result = group
        .variants
        .iter()
        .filter(is_written)
        .any(|variant| variant.result != newest.result);
    if has_other_result {
        if model.rules.has("output", &group.name) {
            let function = names::snake(&group.name);
            out.line("fn put_output(output: &Self::Output, w: &mut Writer) {");
            out.line(format!("crate::compat::put_output_{function}(output, w);"));
            out.line("}");
            if model.options.client {
                out.line("fn get_output(r: &mut Reader) -> Result<Self::Output, ReadError> {");
                out.line(format!("crate::compat::get_output_{function}(r)"));
                out.line("}");
            }
        } else {
            let name = &group.name;
            problems.push(format!(
                "rules.txt: no `output {name}`, its result differs by layer"
            ));
        }
    }
    out.line("}");
}

/// A function that reads the arguments of whichever method an id names.
fn read_any(model: &Model) -> String {
    let mut out = Source::default();
    out.line("/// Reads `body` as the arguments of the method `id` and forgets the outcome.");
    out.line("pub(crate) fn read_any(id: u32, body: bytes::Bytes) {");
    out.line("let mut r = Reader::new(body);");
    out.line("let read = match id {");
    for group in model.methods.values() {
        let ids: Vec<_> = group
            .variants
            .iter()
            .map(|v| format!("0x{:08x}", v.id))
            .collect();
        let path = names::path("functions", &group.name);
        out.line(format!(
            "{} => {path}::get(&mut r, id).map(drop),",
            ids.join(" | ")
        ));
    }
    out.line("_ => Err(ReadError::Method(id)),");
    out.line("};");
    out.line("let _ = read.and_then(|()| r.finish());");
    out.line("}");
    out.finish()
}

/// Ids and names of every method of the schema, selected or not.
fn tables(model: &Model) -> String {
    let mut by_id = BTreeMap::new();
    let mut by_name: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for definition in model.all.iter().filter(|definition| definition.method) {
        by_id.insert(definition.id, definition.name.as_str());
        by_name
            .entry(&definition.name)
            .or_default()
            .push(definition.id);
    }
    let mut out = Source::default();
    out.line("/// Newest layer of the schema.");
    out.line(format!(
        "pub const LAYER_MAX: i32 = {};",
        model.newest_layer
    ));
    out.line("/// Oldest layer that answers are written for.");
    out.line(format!("pub const LAYER_MIN: i32 = {LAYER_MIN};"));
    out.line("/// Every method id of every layer with its name, by id.");
    out.line(format!(
        "pub(crate) static BY_ID: [(u32, &str); {}] = [",
        by_id.len()
    ));
    out.lines(
        by_id
            .iter()
            .map(|(id, name)| format!("(0x{id:08x}, {name:?}),")),
    );
    out.line("];");
    out.line("/// Every method name with its ids, by name.");
    out.line(format!(
        "pub(crate) static BY_NAME: [(&str, &[u32]); {}] = [",
        by_name.len()
    ));
    for (name, ids) in by_name {
        let ids: Vec<_> = ids.iter().map(|id| format!("0x{id:08x}")).collect();
        out.line(format!("({name:?}, &[{}]),", ids.join(", ")));
    }
    out.line("];");
    out.finish()
}
