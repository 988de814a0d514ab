//! Answers as aligned lines for people. The JSON decides what is shown: a list becomes a table, a thing
//! becomes one line a field, times are written as dates in UTC.

use serde_json::{Map, Value};

/// Seconds of a day.
const DAY_S: i64 = 24 * 60 * 60;

/// The lines of an answer.
pub(super) fn lines(answer: &Value) -> String {
    let Some(fields) = answer.as_object() else {
        return format!("{}\n", cell("", answer));
    };
    // A page: its entries as a table, and how to go on.
    if let Some(next) = fields.get("next") {
        let entries = fields.values().find_map(Value::as_array);
        let mut text = entries.map(|entries| table(entries)).unwrap_or_default();
        if let Some(next) = next.as_str() {
            text.push_str(&format!("more: --after {next}\n"));
        }
        return text;
    }
    thing(fields)
}

/// One field a line, then what it consists of.
fn thing(fields: &Map<String, Value>) -> String {
    let parts = |value: &Value| is_list(value) || value.is_object();
    let width = fields
        .iter()
        .filter(|(_, value)| !parts(value))
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    let mut text = String::new();
    for (name, value) in fields.iter().filter(|(_, value)| !parts(value)) {
        text.push_str(&format!("{name:width$}  {}\n", cell(name, value)));
    }
    for (name, value) in fields.iter().filter(|(_, value)| parts(value)) {
        let inside = match value {
            Value::Array(entries) => table(entries),
            Value::Object(fields) => thing(fields),
            _ => String::new(),
        };
        if inside.is_empty() {
            continue;
        }
        text.push_str(&format!("{name}:\n"));
        for line in inside.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

fn is_list(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|entries| entries.iter().any(Value::is_object))
}

/// A line of names, then a line for each entry; columns are as wide as their widest cell.
fn table(entries: &[Value]) -> String {
    let Some(first) = entries.first().and_then(Value::as_object) else {
        return String::new();
    };
    let names: Vec<&String> = first.keys().collect();
    let mut rows = vec![names.iter().map(|name| (*name).clone()).collect::<Vec<_>>()];
    for entry in entries {
        let column = |name: &&String| cell(name, entry.get(*name).unwrap_or(&Value::Null));
        rows.push(names.iter().map(column).collect());
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn cell(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        // One entry is one line whatever a name holds.
        Value::String(text) => text.replace(char::is_control, " "),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) if name.ends_with("_at") || name.ends_with("_until") => {
            number.as_i64().map_or_else(String::new, date)
        }
        Value::Array(entries) if entries.is_empty() => "-".to_owned(),
        Value::Array(entries) => {
            let cells: Vec<String> = entries.iter().map(|entry| cell("", entry)).collect();
            cells.join(" ")
        }
        other => other.to_string(),
    }
}

/// Unix seconds as a date and time in UTC; 0: never.
fn date(unix: i64) -> String {
    if unix == 0 {
        return "-".to_owned();
    }
    let (days, rest) = (unix.div_euclid(DAY_S), unix.rem_euclid(DAY_S));
    // Counted in eras of 400 years that begin on the first of March, so that leap days come last.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (unix, text) in [
            (0, "-"),
            (1, "1970-01-01T00:00:01Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_709_251_200, "2024-03-01T00:00:00Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ] {
            assert_eq!(date(unix), text);
        }
    }

    #[test]
    fn a_page_is_a_table_that_says_how_to_go_on() {
        let page = json!({
            "users": [
                { "user_id": 1, "first_name": "Ada\nL", "created_at": 1 },
                { "user_id": 12, "first_name": "", "created_at": 0 },
            ],
            "next": "12",
        });
        let text = "user_id  first_name  created_at\n\
                    1        Ada L       1970-01-01T00:00:01Z\n\
                    12       -           -\n\
                    more: --after 12\n";
        assert_eq!(lines(&page), text);
        assert_eq!(lines(&json!({ "users": [], "next": null })), "");
    }

    #[test]
    fn a_thing_has_one_field_a_line_and_its_parts_below() {
        let thing = json!({
            "photo_id": "7",
            "chats": [],
            "on_profiles": [1, 2],
            "sizes": [{ "size": "a", "bytes": 10 }],
            "main": true,
        });
        let text = "photo_id     7\n\
                    chats        -\n\
                    on_profiles  1 2\n\
                    main         yes\n\
                    sizes:\n  size  bytes\n  a     10\n";
        assert_eq!(lines(&thing), text);
    }
}
