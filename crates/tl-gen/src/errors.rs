//! `errors.tsv`: the error names that clients know.

use crate::Problems;

/// One line of `errors.tsv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// Number on the wire.
    pub code: i32,
    /// Name on the wire; `X` stands for a number where the name has one.
    pub name: String,
    /// Methods that answer it, separated by spaces; `*` for any.
    pub methods: String,
    /// What it means.
    pub meaning: String,
    /// Where code and name were read.
    pub source: String,
}

/// Reads the table: code, name, methods, meaning, source, separated by tabs; sorted by name.
///
/// # Errors
/// Lines with another number of columns, names out of order or twice.
pub fn read_errors(text: &str) -> Result<Vec<ErrorRow>, Problems> {
    let mut rows: Vec<ErrorRow> = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let columns: Vec<_> = line.split('\t').collect();
        let [code, name, methods, meaning, source] = columns[..] else {
            problems.push(format!("errors.tsv:{}: not five columns", index + 1));
            continue;
        };
        let Ok(code) = code.parse() else {
            problems.push(format!("errors.tsv:{}: `{code}` is no number", index + 1));
            continue;
        };
        if rows
            .last()
            .is_some_and(|before| before.name.as_str() >= name)
        {
            problems.push(format!("errors.tsv:{}: {name} is out of order", index + 1));
        }
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !name.chars().all(is_name) {
            problems.push(format!("errors.tsv:{}: `{name}` is no name", index + 1));
        }
        let [name, methods, meaning, source] = [name, methods, meaning, source].map(str::to_owned);
        rows.push(ErrorRow {
            code,
            name,
            methods,
            meaning,
            source,
        });
    }
    if problems.is_empty() {
        Ok(rows)
    } else {
        Err(Problems(problems))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_out_of_order_is_refused() {
        let head = "code\tname\tmethods\tmeaning\tsource\n";
        let good = format!("{head}400\tA\t*\tm\ts\n400\tB\t*\tm\ts\n");
        assert_eq!(read_errors(&good).unwrap().len(), 2);
        for bad in [
            "400\tB\t*\tm\ts\n400\tA\t*\tm\ts\n",
            "400\tA\t*\tm\n",
            "x\tA\t*\tm\ts\n",
        ] {
            assert!(read_errors(&format!("{head}{bad}")).is_err(), "{bad}");
        }
    }
}
