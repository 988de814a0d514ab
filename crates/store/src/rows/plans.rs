//! What holds for every statement of this folder: placeholders ascend, and no plan of the embedded
//! engine looks through a whole table. The texts are taken from the sources, so a new statement is
//! checked without a line here.

use std::collections::HashMap;

/// Every statement in a source text, its columns filled in.
fn statements(source: &str) -> Vec<String> {
    let columns = columns(source);
    let mut statements = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', 'c']) {
        if let Some(inside) = rest[at..].strip_prefix("concat!(") {
            let (text, after) = concatenated(inside, &columns);
            statements.push(text);
            rest = after;
        } else if let Some(inside) = rest[at..].strip_prefix('"') {
            let (text, after) = literal(inside);
            statements.push(text);
            rest = after;
        } else {
            rest = &rest[at + 1..];
        }
    }
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
    statements.retain(|text| verbs.iter().any(|verb| text.starts_with(verb)));
    statements
}

/// What each `macro_rules!` of column names stands for.
fn columns(source: &str) -> HashMap<&str, String> {
    let macros = source.split("macro_rules! ").skip(1);
    let named = macros.filter_map(|text| {
        let (name, text) = text.split_once(' ')?;
        Some((name, literal(text.split_once('"')?.1).0))
    });
    named.collect()
}

/// The text up to the closing quote, continued lines joined, and what comes after it.
fn literal(inside: &str) -> (String, &str) {
    let end = inside.find('"').unwrap();
    let lines: Vec<&str> = inside[..end].split("\\\n").collect();
    let joined: String = lines
        .iter()
        .enumerate()
        .map(|(line, text)| if line == 0 { text } else { text.trim_start() })
        .collect();
    (joined, &inside[end + 1..])
}

fn concatenated<'s>(inside: &'s str, columns: &HashMap<&str, String>) -> (String, &'s str) {
    let mut text = String::new();
    let mut rest = inside;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\n']);
        if let Some(after) = rest.strip_prefix(')') {
            return (text, after);
        } else if let Some(inside) = rest.strip_prefix('"') {
            let (part, after) = literal(inside);
            text.push_str(&part);
            rest = after;
        } else {
            let (name, after) = rest.split_once("!()").unwrap();
            text.push_str(&columns[name]);
            rest = after;
        }
    }
}

/// Every statement of this folder that is written in one piece.
fn all_statements() -> Vec<String> {
    let folder = "src/rows";
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !["mod.rs", "plans.rs"]
            .iter()
            .any(|name| path.ends_with(name))
        {
            all.extend(statements(&std::fs::read_to_string(&path).unwrap()));
        }
    }
    // Texts that are put together at run time end in the middle: they insert only.
    all.retain(|sql| {
        let whole = !sql.contains("{}") && !sql.ends_with("VALUES ");
        assert!(whole || sql.starts_with("INSERT "), "{sql}");
        whole
    });
    assert!(all.len() > 80, "{} statements found", all.len());
    all
}

fn fresh() -> rusqlite::Connection {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    for migration in crate::migrate::MIGRATIONS {
        db.execute_batch(migration).unwrap();
    }
    db
}

#[test]
fn placeholders_ascend_in_every_statement() {
    for sql in all_statements() {
        assert!(super::placeholders_ascend(&sql), "{sql}");
        // A list grows: nothing that is numbered may come after it.
        let (_, after) = sql.split_once("(#)").unwrap_or_default();
        assert!(!after.contains('$'), "{sql}");
    }
}

#[test]
fn no_statement_looks_through_a_whole_table() {
    let db = fresh();
    for sql in all_statements() {
        for step in plan(&db, &sql) {
            assert!(!step.starts_with("SCAN "), "{sql}: {step}");
        }
    }
}

fn plan(db: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let sql = sql.replace("(#)", "($91,$92)");
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Unbound placeholders are NULL, which no plan depends on.
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

#[test]
fn a_box_is_never_looked_through_for_one_photo() {
    let all = all_statements();
    let asking = all
        .iter()
        .find(|sql| sql.contains("owner_id = $1 AND photo_id = $2"))
        .unwrap();
    let steps = plan(&fresh(), asking);
    assert!(
        steps[0].contains("messages_by_suggested_photo"),
        "{steps:?}"
    );
}
