//! Looking at the schema, and taking in a new layer.

use std::{fs, path::Path};

use crate::{Outcome, root};

/// Prints everything known about one name.
///
/// # Errors
/// The schema is faulty, or nothing has this name.
pub fn show(name: &str) -> Outcome {
    let read = |file: &str| fs::read_to_string(root().join("schema").join(file));
    let [api, extra, select, rules, errors] = [
        read("api.tl")?,
        read("extra.tl")?,
        read("select.txt")?,
        read("rules.txt")?,
        read("errors.tsv")?,
    ];
    let inputs = tl_gen::Inputs {
        api: &api,
        extra: &extra,
        select: &select,
        rules: &rules,
        errors: &errors,
    };
    println!("{}", tl_gen::show(inputs, name)?);
    Ok(())
}

/// Adds the layers in a folder of `api-NNN.tl` files to `schema/api.tl`.
///
/// # Errors
/// A file cannot be read or a line is faulty; nothing is written then.
pub fn import(folder: &Path) -> Outcome {
    let path = root().join("schema/api.tl");
    let report = tl_gen::import(&fs::read_to_string(&path)?, folder)?;
    fs::write(&path, &report.text)?;
    let (first, last) = (report.layers.first(), report.layers.last());
    println!("{} ids of layers {first:?} to {last:?}", report.ids);
    Ok(())
}
