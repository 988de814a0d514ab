//! `select.txt` and `rules.txt`: what is generated, and what was decided about fields that differ
//! between layers. A rule or pattern that nothing uses is a problem, so neither file can rot.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::Problems;

/// One line of `select.txt`: `method`, `send` or `take` and a name in which `*` matches anything.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) kind: Select,
    pub(crate) text: String,
}

/// What a pattern selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Select {
    /// A request we answer.
    Method,
    /// A constructor we write.
    Send,
    /// A constructor we read.
    Take,
}

impl Pattern {
    pub(crate) fn matches(&self, name: &str) -> bool {
        match self.text.split_once('*') {
            None => self.text == name,
            Some((head, tail)) => {
                let rest = name.strip_prefix(head);
                rest.is_some_and(|rest| rest.len() >= tail.len() && rest.ends_with(tail))
            }
        }
    }
}

/// Reads `select.txt`.
pub(crate) fn read_select(text: &str) -> Result<Vec<Pattern>, Problems> {
    let mut problems = Vec::new();
    let mut patterns = Vec::new();
    for (number, words) in lines(text) {
        let kind = match words.first() {
            Some(&"method") => Select::Method,
            Some(&"send") => Select::Send,
            Some(&"take") => Select::Take,
            _ => {
                problems.push(format!(
                    "select.txt:{number}: begins with method, send or take"
                ));
                continue;
            }
        };
        for text in &words[1..] {
            patterns.push(Pattern {
                kind,
                text: (*text).to_owned(),
            });
        }
    }
    if problems.is_empty() {
        Ok(patterns)
    } else {
        Err(Problems(problems))
    }
}

/// The decisions of `rules.txt`.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    fields: BTreeMap<(&'static str, String), Vec<String>>,
    used: RefCell<BTreeSet<(&'static str, String)>>,
}

/// The kinds of rules; each is explained at the top of `rules.txt`.
const KINDS: &[&str] = &[
    "default", "omit", "write", "read", "alias", "also", "whole", "standin", "output",
];

impl Rules {
    /// Reads `rules.txt`: kind, subject, then words that depend on the kind.
    pub(crate) fn read(text: &str) -> Result<Self, Problems> {
        let mut rules = Self::default();
        let mut problems = Vec::new();
        for (number, words) in lines(text) {
            let kind = KINDS.iter().find(|kind| words.first() == Some(*kind));
            let (Some(kind), Some(subject)) = (kind, words.get(1)) else {
                problems.push(format!("rules.txt:{number}: not understood"));
                continue;
            };
            let more = words[2..].iter().map(|word| (*word).to_owned()).collect();
            rules.fields.insert((*kind, (*subject).to_owned()), more);
        }
        if problems.is_empty() {
            Ok(rules)
        } else {
            Err(Problems(problems))
        }
    }

    /// The further words of a rule, if there is one for `subject`; marks it as used.
    pub(crate) fn find(&self, kind: &'static str, subject: &str) -> Option<&[String]> {
        let key = (kind, subject.to_owned());
        let found = self.fields.get(&key)?;
        self.used.borrow_mut().insert(key);
        Some(found)
    }

    /// Whether there is such a rule; marks it as used.
    pub(crate) fn has(&self, kind: &'static str, subject: &str) -> bool {
        self.find(kind, subject).is_some()
    }

    /// All rules of one kind; marks none.
    pub(crate) fn all(&self, kind: &'static str) -> impl Iterator<Item = (&str, &[String])> {
        let of_kind = move |key: &&(&str, String)| key.0 == kind;
        self.fields
            .keys()
            .filter(of_kind)
            .map(|key| (key.1.as_str(), &*self.fields[key]))
    }

    /// Rules that nothing asked for.
    pub(crate) fn unused(&self) -> Vec<String> {
        let used = self.used.borrow();
        let unused = self.fields.keys().filter(|key| !used.contains(*key));
        unused
            .map(|(kind, subject)| format!("rules.txt: `{kind} {subject}` is not used"))
            .collect()
    }
}

/// Line numbers and words, without comments and empty lines.
fn lines(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<_> = line.split_whitespace().collect();
        (!words.is_empty()).then_some((index + 1, words))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_middle() {
        let pattern = |text: &str| Pattern {
            kind: Select::Send,
            text: text.to_owned(),
        };
        assert!(pattern("photos.*").matches("photos.photo"));
        assert!(pattern("input*Empty").matches("inputUserEmpty"));
        assert!(!pattern("input*Empty").matches("inputUser"));
        assert!(!pattern("photo").matches("photoEmpty"));
    }

    #[test]
    fn a_rule_is_unused_until_it_is_found() {
        let rules = Rules::read("default a.b # why\nomit c.d\n").unwrap();
        assert!(rules.has("default", "a.b"));
        assert!(!rules.has("omit", "a.b"));
        assert_eq!(rules.unused(), ["rules.txt: `omit c.d` is not used"]);
        assert!(Rules::read("deflate a.b").is_err());
        assert!(read_select("sent x").is_err());
    }
}
