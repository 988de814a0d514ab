//! JSON as far as animations need it, with bounds on depth and count. Texts are kept as they are written:
//! they are only ever compared.

use crate::Undrawable;

/// Deepest nesting. Chosen: a group inside a group takes two levels; drawn files stay below 40.
const DEPTH_MAX: usize = 96;
/// Most values in a file. Chosen: ten times what the largest files hold that fit into 64 KiB packed.
const VALUES_MAX: usize = 1_000_000;
/// Numbers are brought within this. Chosen: far outside every picture, and squares of it still fit.
const NUMBER_MAX: f64 = 1e6;
/// How far numbers of frames lie beside whole ones that are meant. Chosen: a hundred times what exporters write.
const FRAME_NOISE: f32 = 1e-3;

const BROKEN: Undrawable = Undrawable::Broken("not JSON");

/// A value and all inside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(f32),
    /// Between its quotes, escapes and all.
    Text(&'a str),
    List(Vec<Json<'a>>),
    Object(Vec<(&'a str, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Reads a whole document.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Undrawable> {
        let text = std::str::from_utf8(bytes).map_err(|_| BROKEN)?;
        let mut reader = Reader {
            text: text.trim_start_matches('\u{feff}'),
            at: 0,
            left: VALUES_MAX,
        };
        let value = reader.value(0)?;
        reader.skip_space();
        if reader.at == reader.text.len() {
            Ok(value)
        } else {
            Err(BROKEN)
        }
    }

    /// A member of an object; the last of its name counts.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter().rev().find(|(given, _)| *given == name);
        member.map(|(_, value)| value)
    }

    pub(super) fn number(&self) -> Option<f32> {
        match self {
            Self::Number(number) => Some(*number),
            // Some programs put single numbers into lists.
            Self::List(list) => list.first().and_then(Self::number),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Members of a list; none of anything else.
    pub(super) fn list(&self) -> &[Self] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    /// Whether a flag is set, as a truth value or as a number.
    pub(super) fn is_set(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Self::Bool(set)) => *set,
            Some(Self::Number(number)) => *number != 0.0,
            _ => false,
        }
    }

    /// A number in an object.
    pub(super) fn number_of(&self, name: &str) -> Option<f32> {
        self.get(name).and_then(Self::number)
    }

    /// The number of a frame in an object. Exporters at 29.97 frames a second write 30.0000012 for 30, which would
    /// show a layer one frame late.
    pub(super) fn frame_of(&self, name: &str) -> Option<f32> {
        let number = self.number_of(name)?;
        let whole = number.round();
        Some(if (number - whole).abs() < FRAME_NOISE {
            whole
        } else {
            number
        })
    }
}

#[derive(Debug)]
struct Reader<'a> {
    text: &'a str,
    at: usize,
    left: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Whether this byte comes next, after space; it is passed then.
    fn passes(&mut self, byte: u8) -> bool {
        self.skip_space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, Undrawable> {
        if depth > DEPTH_MAX {
            let (what, max) = ("levels of JSON", DEPTH_MAX);
            return Err(Undrawable::Many { what, max });
        }
        self.left = self.left.checked_sub(1).ok_or(Undrawable::Many {
            what: "values of JSON",
            max: VALUES_MAX,
        })?;
        self.skip_space();
        match self.peek().ok_or(Undrawable::Truncated)? {
            b'{' => self.object(depth),
            b'[' => self.items(depth),
            b'"' => Ok(Json::Text(self.quoted()?)),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'n' => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, Undrawable> {
        self.at += 1;
        let mut members = Vec::new();
        if self.passes(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_space();
            let name = self.quoted()?;
            if !self.passes(b':') {
                return Err(BROKEN);
            }
            members.push((name, self.value(depth + 1)?));
            if self.passes(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.passes(b',') {
                return Err(BROKEN);
            }
        }
    }

    fn items(&mut self, depth: usize) -> Result<Json<'a>, Undrawable> {
        self.at += 1;
        let mut items = Vec::new();
        if self.passes(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.passes(b']') {
                return Ok(Json::List(items));
            }
            if !self.passes(b',') {
                return Err(BROKEN);
            }
        }
    }

    fn quoted(&mut self) -> Result<&'a str, Undrawable> {
        if self.peek() != Some(b'"') {
            return Err(BROKEN);
        }
        let from = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            match bytes.get(at).ok_or(Undrawable::Truncated)? {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.text.get(from..at).ok_or(BROKEN)
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, Undrawable> {
        if !self.text[self.at..].starts_with(word) {
            return Err(BROKEN);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json<'a>, Undrawable> {
        let bytes = self.text.as_bytes();
        let from = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') = bytes.get(self.at) {
            self.at += 1;
        }
        let number: f64 = self.text[from..self.at].parse().map_err(|_| BROKEN)?;
        if !number.is_finite() {
            return Err(Undrawable::Broken("a number without end"));
        }
        Ok(Json::Number(number.clamp(-NUMBER_MAX, NUMBER_MAX) as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_the_last_of_a_name_counts() {
        let value = Json::read(br#" {"a":[1,-2.5e1,true,null],"b":"x\"y","a":7} "#).expect("JSON");
        assert_eq!(value.number_of("a"), Some(7.0));
        assert_eq!(value.get("b").and_then(Json::text), Some("x\\\"y"));
        assert_eq!(Json::read(b"[]"), Ok(Json::List(Vec::new())));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":1,}",
            "nul",
            "\"",
            "\"\\",
            "1e999",
            "--1",
            "[1] 2",
            "NaN",
            "{1:2}",
        ] {
            assert!(Json::read(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(Json::read(&[b'"', 0xFF, b'"']), Err(BROKEN));
    }

    #[test]
    fn depth_and_count_are_bounded() {
        let deep = "[".repeat(100_000);
        let refused = Json::read(deep.as_bytes());
        assert!(matches!(
            refused,
            Err(Undrawable::Many { max: DEPTH_MAX, .. })
        ));
        let many = format!("[{}0]", "0,".repeat(VALUES_MAX));
        let refused = Json::read(many.as_bytes());
        assert!(matches!(
            refused,
            Err(Undrawable::Many {
                max: VALUES_MAX,
                ..
            })
        ));
    }
}
