//! Refusals: the words with which the protocol says no. One constant per row of `schema/errors.tsv`.

use std::{borrow::Cow, fmt};

/// A "no" that the client sees: a code and an UPPER_SNAKE name.
///
/// Source: official page on errors; the names are the rows of `schema/errors.tsv`.
#[derive(Clone, Debug)]
pub struct Refusal {
    code: i32,
    name: Cow<'static, str>,
    because: Option<Box<str>>,
}

include!(concat!(env!("OUT_DIR"), "/refusals.rs"));

impl Refusal {
    const fn new(code: i32, name: &'static str) -> Self {
        Self {
            code,
            name: Cow::Borrowed(name),
            because: None,
        }
    }

    /// The same refusal with its `X` replaced: `FILE_PART_X_MISSING.with(3)` is `FILE_PART_3_MISSING`.
    #[must_use]
    pub fn with(&self, number: i64) -> Self {
        let name = match self.name.strip_suffix("_X") {
            Some(stem) => format!("{stem}_{number}"),
            None => self.name.replace("_X_", &format!("_{number}_")),
        };
        Self {
            code: self.code,
            name: Cow::Owned(name),
            because: None,
        }
    }

    /// The same refusal with its reason in words. They are for the host's log: clients get the bare
    /// name, and bytes of files have no place in them.
    #[must_use]
    pub fn because(&self, words: &str) -> Self {
        Self {
            because: Some(words.into()),
            ..self.clone()
        }
    }

    /// The reason, where the name alone does not tell it.
    pub fn reason(&self) -> Option<&str> {
        self.because.as_deref()
    }

    /// `INPUT_METHOD_INVALID_<id>_0`: a function that no layer knows.
    #[must_use]
    pub fn unknown_method(id: u32) -> Self {
        Self::INPUT_METHOD_INVALID_X_0.with(id.into())
    }

    /// `error_code` of the answer.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// `error_message` of the answer.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Refusals are the same that the client sees as the same.
impl PartialEq for Refusal {
    fn eq(&self, other: &Self) -> bool {
        (self.code, &self.name) == (other.code, &other.name)
    }
}

impl Eq for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_the_place_of_the_x() {
        assert_eq!(
            Refusal::FILE_PART_X_MISSING.with(3).name(),
            "FILE_PART_3_MISSING"
        );
        assert_eq!(Refusal::FLOOD_WAIT_X.with(17).name(), "FLOOD_WAIT_17");
        assert_eq!(Refusal::CONTACT_MISSING.with(1).name(), "CONTACT_MISSING");
    }

    #[test]
    fn a_reason_is_not_for_the_client() {
        let bare = Refusal::VIDEO_FILE_INVALID;
        let told = bare.because("a clip that is not square");
        assert_eq!(
            (bare.reason(), told.reason()),
            (None, Some("a clip that is not square"))
        );
        assert_eq!(told, bare);
        assert_eq!(told.to_string(), "400 VIDEO_FILE_INVALID");
    }
}
