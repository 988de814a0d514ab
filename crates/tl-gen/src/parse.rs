//! One TL definition per line into plain values: name, id, fields, result, layers.

use crate::Problems;
use crate::crc::crc32;

/// One constructor or method as one id fixes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Layers that have this id, as closed ranges in rising order; empty outside numbered layers.
    pub layers: Vec<(i32, i32)>,
    /// TL name, with namespace.
    pub name: String,
    /// Id on the wire.
    pub id: u32,
    /// Fields in wire order, flag words included.
    pub fields: Vec<Field>,
    /// Result type.
    pub result: Type,
    /// Whether it stands below `---functions---`.
    pub method: bool,
    /// The definition as text, without the layers.
    pub line: String,
}

/// One field of a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// TL name.
    pub name: String,
    /// The bit that says whether the field is there; `None`: always.
    pub flag: Option<FlagBit>,
    /// Type of the value.
    pub ty: Type,
}

/// A bit of a flag word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlagBit {
    /// Name of the flag word's field.
    pub word: String,
    /// Bit number, 0 to 30; bit 31 makes readers with signed words fail and is refused.
    pub bit: u32,
}

/// A TL type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `#`, the word that holds flag bits.
    FlagWord,
    /// `true`: no bytes, only the bit.
    True,
    /// `int`.
    Int,
    /// `long`.
    Long,
    /// `double`.
    Double,
    /// `int128`.
    Int128,
    /// `int256`.
    Int256,
    /// `string`.
    Str,
    /// `bytes`.
    Bytes,
    /// `Bool`.
    Bool,
    /// `Vector<…>`, boxed.
    Vector(Box<Type>),
    /// `!X` and `X`: any method and its result.
    Any,
    /// A type of the schema, by name.
    Named(String),
}

impl Type {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(inner) = text
            .strip_prefix("Vector<")
            .and_then(|rest| rest.strip_suffix('>'))
        {
            return Ok(Self::Vector(Box::new(Self::parse(inner)?)));
        }
        Ok(match text {
            "#" => Self::FlagWord,
            "true" => Self::True,
            "int" => Self::Int,
            "long" => Self::Long,
            "double" => Self::Double,
            "int128" => Self::Int128,
            "int256" => Self::Int256,
            "string" => Self::Str,
            "bytes" => Self::Bytes,
            "Bool" => Self::Bool,
            "!X" | "X" => Self::Any,
            name if is_type_name(name) => Self::Named(name.to_owned()),
            other => return Err(format!("type `{other}` is not understood")),
        })
    }

    /// The named type inside any vectors.
    pub(crate) fn named(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::Vector(inner) => inner.named(),
            _ => None,
        }
    }
}

fn is_type_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or(text);
    last.starts_with(|first: char| first.is_ascii_uppercase())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
}

impl Definition {
    /// The id that the text implies: CRC-32 of the line without `#id`, `;`, braces and
    /// `name:flags.N?true` fields, with `bytes` read as `string`, `<` as a space, `>` dropped.
    #[must_use]
    pub fn crc32(&self) -> u32 {
        let words = self.line.trim_end_matches(';').split_whitespace();
        let kept = words.filter(|word| !(word.contains(":flags") && word.ends_with("?true")));
        let mut text = kept.collect::<Vec<_>>().join(" ");
        if let (Some(hash), Some(space)) = (text.find('#'), text.find(' ')) {
            text.replace_range(hash..space, "");
        }
        let text = text
            .replace(":bytes ", ":string ")
            .replace("?bytes ", "?string ");
        crc32(
            text.replace('<', " ")
                .replace(['>', '{', '}'], "")
                .as_bytes(),
        )
    }

    /// Whether `layer` has this id.
    #[must_use]
    pub fn in_layer(&self, layer: i32) -> bool {
        self.layers
            .iter()
            .any(|&(first, last)| (first..=last).contains(&layer))
    }

    /// First layer with this id; `i32::MIN` outside numbered layers.
    pub(crate) fn first_layer(&self) -> i32 {
        self.layers.first().map_or(i32::MIN, |range| range.0)
    }

    /// Last layer with this id; `i32::MIN` outside numbered layers.
    pub(crate) fn last_layer(&self) -> i32 {
        self.layers.last().map_or(i32::MIN, |range| range.1)
    }
}

/// Reads a whole schema text; comments (`//`) and empty lines are skipped.
///
/// # Errors
/// Every line that is not understood, with its number.
pub fn parse_schema(text: &str) -> Result<Vec<Definition>, Problems> {
    let mut method = false;
    let mut definitions = Vec::new();
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match line.trim() {
            "" => {}
            "---functions---" => method = true,
            "---types---" => method = false,
            comment if comment.starts_with("//") => {}
            line => match parse_line(line, method) {
                Ok(definition) => definitions.push(definition),
                Err(problem) => problems.push(format!("line {}: {problem}", index + 1)),
            },
        }
    }
    if problems.is_empty() {
        Ok(definitions)
    } else {
        Err(Problems(problems))
    }
}

/// Reads one definition, with or without layers before the name.
///
/// # Errors
/// What is wrong with the line.
pub fn parse_line(line: &str, method: bool) -> Result<Definition, String> {
    let (layers, line) = match line.split_once(' ') {
        Some((head, rest)) if head.starts_with(|c: char| c.is_ascii_digit()) => {
            (parse_layers(head)?, rest)
        }
        _ => (Vec::new(), line),
    };
    let body = line.strip_suffix(';').ok_or("no `;` at the end")?;
    let (left, result) = body.split_once(" = ").ok_or("no ` = `")?;
    let mut words = left.split(' ');
    let head = words.next().unwrap_or_default();
    let (name, id) = head.split_once('#').ok_or("no id")?;
    let id = u32::from_str_radix(id, 16).map_err(|_| format!("id `{id}` is not hexadecimal"))?;
    let mut fields: Vec<Field> = Vec::new();
    for word in words.filter(|word| *word != "{X:Type}") {
        let field = parse_field(word)?;
        let word_is_known = |flag: &FlagBit| {
            fields
                .iter()
                .any(|known| known.ty == Type::FlagWord && known.name == flag.word)
        };
        if field.flag.as_ref().is_some_and(|flag| !word_is_known(flag)) {
            return Err(format!("field `{}` has no flag word before it", field.name));
        }
        fields.push(field);
    }
    let result = Type::parse(result)?;
    let (name, line) = (name.to_owned(), line.to_owned());
    Ok(Definition {
        layers,
        name,
        id,
        fields,
        result,
        method,
        line,
    })
}

fn parse_field(word: &str) -> Result<Field, String> {
    let (name, ty) = word
        .split_once(':')
        .ok_or(format!("`{word}` is no field"))?;
    let name = name.to_owned();
    let Some((flag, ty)) = ty.split_once('?') else {
        let ty = Type::parse(ty)?;
        if ty == Type::True {
            return Err(format!("field `{name}` is `true` without a bit"));
        }
        return Ok(Field {
            name,
            flag: None,
            ty,
        });
    };
    let (word, bit) = flag.split_once('.').ok_or(format!("`{flag}` is no bit"))?;
    let bit = bit
        .parse()
        .ok()
        .filter(|bit| *bit < 31)
        .ok_or(format!("`{flag}` is no bit"))?;
    let flag = Some(FlagBit {
        word: word.to_owned(),
        bit,
    });
    Ok(Field {
        name,
        flag,
        ty: Type::parse(ty)?,
    })
}

fn parse_layers(text: &str) -> Result<Vec<(i32, i32)>, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("`{text}` is no layer"));
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Ok((number(first)?, number(last)?))
    };
    text.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "151,160-170 a.b#1f flags:# on:flags.0?true x:flags.1?Vector<long> = a.B;";

    #[test]
    fn a_line_is_taken_apart() {
        let definition = parse_line(LINE, true).unwrap();
        assert_eq!(definition.layers, [(151, 151), (160, 170)]);
        assert_eq!((definition.name.as_str(), definition.id), ("a.b", 0x1f));
        assert_eq!(definition.fields[0].ty, Type::FlagWord);
        assert_eq!(
            definition.fields[1].flag,
            Some(FlagBit {
                word: "flags".into(),
                bit: 0
            })
        );
        assert_eq!(definition.fields[2].ty, Type::Vector(Box::new(Type::Long)));
        assert_eq!(definition.result, Type::Named("a.B".into()));
        assert!(definition.in_layer(165) && !definition.in_layer(152));
    }

    #[test]
    fn the_id_is_the_checksum_of_the_rest() {
        let line = "invokeWithLayer#da9b0d0d {X:Type} layer:int query:!X = X;";
        assert_eq!(parse_line(line, true).unwrap().crc32(), 0xda9b_0d0d);
        let line = "upload.file#96a18d5 type:storage.FileType mtime:int bytes:bytes = upload.File;";
        assert_eq!(parse_line(line, false).unwrap().crc32(), 0x096a_18d5);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for line in [
            "a#1 = B",
            "a = B;",
            "a#1 x = B;",
            "a#1 x:flags.0?int = B;",
            "a#1 flags:# x:flags.31?int = B;",
            "a#xyz = B;",
            "a#1 x:vector<int> = B;",
            "a#1 x:true = B;",
            "12x a#1 = B;",
        ] {
            assert!(parse_line(line, false).is_err(), "{line}");
        }
        let problems = parse_schema("a#1 = A;\n\nb#2 = B\nc = C;").unwrap_err();
        assert_eq!(problems.0.len(), 2);
        assert!(problems.0[0].starts_with("line 3: "), "{problems}");
    }
}
