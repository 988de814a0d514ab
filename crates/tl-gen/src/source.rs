//! A text buffer that knows about indentation; generated code is read by people when it fails.

use std::fmt::Write;

/// Rust text under construction.
#[derive(Debug, Default)]
pub(crate) struct Source {
    text: String,
    depth: usize,
}

impl Source {
    /// One line; braces at its ends move the indentation.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if line.starts_with('}') || line.starts_with(')') {
            self.depth = self.depth.saturating_sub(1);
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = self.depth * 4);
        if line.ends_with('{') || line.ends_with('(') {
            self.depth += 1;
        }
    }

    /// Several lines.
    pub(crate) fn lines<T: AsRef<str>>(&mut self, lines: impl IntoIterator<Item = T>) {
        for line in lines {
            self.line(line);
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Puts items into modules by the namespace of their TL names.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    root: Source,
    spaces: std::collections::BTreeMap<String, Source>,
}

impl Modules {
    /// Where an item of this TL name belongs.
    pub(crate) fn of(&mut self, name: &str) -> &mut Source {
        match crate::names::split(name).0 {
            None => &mut self.root,
            Some(space) => self.spaces.entry(space.to_owned()).or_default(),
        }
    }

    /// The whole file; `uses` stands in every module.
    pub(crate) fn finish(self, uses: &str) -> String {
        let mut text = format!("{uses}\n{}", self.root.finish());
        for (space, source) in self.spaces {
            let _ = write!(
                text,
                "\n/// Namespace `{space}`.\npub mod {space} {{\n{uses}\n{}}}\n",
                source.finish()
            );
        }
        text
    }
}
