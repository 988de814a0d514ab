//! Rust names for TL names; one rule for everything, so that a name can be guessed.

/// Words that need `r#` in front when a field has them as name.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// Namespace and bare name of `a.b`.
pub(crate) fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once('.') {
        Some((space, bare)) => (Some(space), bare),
        None => (None, name),
    }
}

/// The bare name with a capital first: `auth.sentCode` is `SentCode`.
pub(crate) fn camel(name: &str) -> String {
    let (_, bare) = split(name);
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

/// Path below `crate::types`, `crate::enums` or `crate::functions`.
pub(crate) fn path(root: &str, name: &str) -> String {
    match split(name).0 {
        Some(space) => format!("crate::{root}::{space}::{}", camel(name)),
        None => format!("crate::{root}::{}", camel(name)),
    }
}

/// A function or module name: `auth.sentCodeType` is `auth_sent_code_type`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for letter in name.chars() {
        let starts_word = letter.is_ascii_uppercase();
        if starts_word && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            out.push('_');
        }
        out.push(if letter == '.' {
            '_'
        } else {
            letter.to_ascii_lowercase()
        });
        before = letter;
    }
    out
}

/// A field's Rust name.
pub(crate) fn field(name: &str) -> String {
    match name {
        "self" => "is_self".to_owned(),
        keyword if KEYWORDS.contains(&keyword) => format!("r#{keyword}"),
        _ => name.to_owned(),
    }
}

/// An enum variant's name: the constructor's without the type's in front, if a name remains.
pub(crate) fn variant(type_name: &str, constructor: &str) -> String {
    let (whole, prefix) = (camel(constructor), camel(type_name));
    match whole.strip_prefix(&prefix) {
        Some("Self") => "Self_".to_owned(),
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => rest.to_owned(),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_lose_the_name_of_their_type() {
        assert_eq!(variant("User", "userEmpty"), "Empty");
        assert_eq!(variant("User", "user"), "User");
        assert_eq!(variant("InputUser", "inputUserSelf"), "Self_");
        assert_eq!(variant("InputFile", "inputFile"), "InputFile");
        assert_eq!(variant("InputFile", "inputFileBig"), "Big");
        assert_eq!(variant("Updates", "updateShort"), "UpdateShort");
        assert_eq!(variant("auth.SentCodeType", "auth.sentCodeTypeApp"), "App");
        assert_eq!(variant("photos.Photos", "photos.photosSlice"), "Slice");
    }

    #[test]
    fn paths_fields_and_functions() {
        assert_eq!(path("types", "photos.photo"), "crate::types::photos::Photo");
        assert_eq!(path("enums", "InputUser"), "crate::enums::InputUser");
        assert_eq!(field("type"), "r#type");
        assert_eq!(field("self"), "is_self");
        assert_eq!(snake("auth.SentCodeType"), "auth_sent_code_type");
        assert_eq!(snake("JSONValue"), "jsonvalue");
    }
}
