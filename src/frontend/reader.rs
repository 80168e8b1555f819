//! Reading typed keys from a [`Tree`]: what is missing, misspelt or of the wrong type is a finding
//! with a place, and every value that finds no typed home is kept as [`Extra`].

use std::collections::HashSet;
use std::sync::Arc;

use super::codes;
use super::tree::near::nearest;
use super::tree::{Entry, Text, Tree, TreeKind};
use crate::diagnostic::{Code, Diagnostic, Source, Span};
use crate::ir::{Extra, Value};

/// What reading one rule gathers beside its typed values.
pub struct Reader<'a> {
    /// The file.
    pub source: &'a Arc<Source>,
    /// Findings so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Values kept as they are.
    pub extra: Vec<Extra>,
    /// YAML: a bare `123` is a text where a text is expected.
    bare_texts: bool,
    /// Paths whose values had the wrong type or were out of range.
    failed: HashSet<String>,
}

impl<'a> Reader<'a> {
    /// A reader of one rule.
    pub fn new(source: &'a Arc<Source>, bare_texts: bool) -> Self {
        Reader { source, diagnostics: Vec::new(), extra: Vec::new(), bare_texts, failed: HashSet::new() }
    }

    /// Reports at a place.
    pub fn report(&mut self, code: &'static Code, title: impl Into<String>, span: Span) -> &mut Diagnostic {
        self.diagnostics.push(Diagnostic::new(code, title).at(self.source, span, ""));
        // The line above has pushed one.
        self.diagnostics.last_mut().expect("just pushed")
    }

    /// Keeps a value under its path.
    pub fn keep(&mut self, path: &[String], tree: &Tree) {
        self.keep_value(path, tree.to_value(), Some(tree.span));
    }

    /// Keeps a value under a path.
    pub fn keep_value(&mut self, path: &[String], value: Value, origin: Option<Span>) {
        self.extra.push(Extra { path: path.to_vec(), value, origin });
    }

    /// Reports a wrong type.
    pub fn wrong_type(&mut self, path: &[String], tree: &Tree, expected: &str) {
        let name = path.last().cloned().unwrap_or_default();
        let title = format!("`{name}` has to be {expected}, not {}", tree.kind_name());
        self.report(&codes::WRONG_TYPE, title, tree.span);
        self.fail(path);
    }

    /// Remembers that what stands under the path could not be used.
    pub fn fail(&mut self, path: &[String]) {
        self.failed.insert(path.join("."));
    }

    /// Whether anything at or below one of the keys of the table at `path` could not be used.
    pub fn has_failed(&self, path: &[String], keys: &[&str]) -> bool {
        keys.iter().any(|key| {
            let key = child(path, key).join(".");
            self.failed
                .iter()
                .any(|f| f.strip_prefix(&key).is_some_and(|r| r.is_empty() || r.starts_with('.')))
        })
    }

    /// The text of a value, if it is one (YAML: or a bare scalar).
    pub fn as_text(&self, tree: &Tree) -> Option<String> {
        match &tree.kind {
            TreeKind::Text(text) => Some(text.text.clone()),
            TreeKind::Int(_) | TreeKind::Float(_) | TreeKind::Bool(_) | TreeKind::Literal(_)
                if self.bare_texts =>
            {
                Some(self.source.slice(tree.span).trim().to_owned())
            }
            _ => None,
        }
    }

    /// A list of texts.
    pub fn as_texts(&mut self, path: &[String], tree: &Tree) -> Option<Vec<String>> {
        let Some(items) = tree.items() else {
            self.wrong_type(path, tree, "a list of texts");
            return None;
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match self.as_text(item) {
                Some(text) => texts.push(text),
                None => {
                    self.wrong_type(path, item, "a list of texts");
                    return None;
                }
            }
        }
        Some(texts)
    }

    /// Runs `read` on a value; when it fails, the whole value is kept and what it kept by itself is
    /// dropped.
    pub fn whole<T>(
        &mut self,
        path: &[String],
        tree: &Tree,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let mark = self.extra.len();
        let value = read(self);
        if value.is_none() {
            self.extra.truncate(mark);
            self.keep(path, tree);
            self.fail(path);
        }
        value
    }
}

/// A path and one more segment.
pub fn child(path: &[String], key: &str) -> Vec<String> {
    path.iter().cloned().chain([key.to_owned()]).collect()
}

/// A mapping that is being read key by key.
pub struct Table<'t> {
    /// Its place.
    pub span: Span,
    /// Its path.
    pub path: Vec<String>,
    entries: &'t [Entry],
    taken: Vec<bool>,
    asked: Vec<&'static str>,
}

impl<'t> Table<'t> {
    /// Opens a mapping; anything else is a finding.
    pub fn open(reader: &mut Reader<'_>, tree: &'t Tree, path: Vec<String>) -> Option<Self> {
        let Some(entries) = tree.entries() else {
            reader.wrong_type(&path, tree, "a table");
            return None;
        };
        let taken = vec![false; entries.len()];
        Some(Table { span: tree.span, path, entries, taken, asked: Vec::new() })
    }

    /// Where to point for what the table lacks: its first character.
    pub fn head(&self) -> Span {
        Span::new(self.span.start, self.span.start + 1)
    }

    /// The entry of a key, taken.
    pub fn entry(&mut self, key: &'static str) -> Option<&'t Entry> {
        self.asked.push(key);
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        self.taken[index] = true;
        Some(&self.entries[index])
    }

    /// The value of a key, taken; `null` counts as not written but is kept.
    pub fn value(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'t Tree> {
        let entry = self.entry(key)?;
        if entry.value.kind == TreeKind::Null {
            reader.keep(&child(&self.path, key), &entry.value);
            return None;
        }
        Some(&entry.value)
    }

    /// Whether the key is there; does not take it.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// The value of a key; does not take it.
    pub fn peek(&self, key: &str) -> Option<&'t Tree> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The path of a key.
    pub fn at(&self, key: &str) -> Vec<String> {
        child(&self.path, key)
    }

    fn typed<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        expected: &str,
        convert: impl FnOnce(&Reader<'_>, &'t Tree) -> Option<T>,
    ) -> Option<T> {
        let tree = self.value(reader, key)?;
        let converted = convert(reader, tree);
        if converted.is_none() {
            let path = self.at(key);
            reader.wrong_type(&path, tree, expected);
            reader.keep(&path, tree);
        }
        converted
    }

    /// A text.
    pub fn text(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<String> {
        self.typed(reader, key, "a text", |reader, tree| reader.as_text(tree))
    }

    /// A text that is written as one, with its map.
    pub fn mapped_text(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<(&'t Text, Span)> {
        self.typed(reader, key, "a text", |_, tree| match &tree.kind {
            TreeKind::Text(text) => Some((text, tree.span)),
            _ => None,
        })
    }

    /// A whole number.
    pub fn int(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<(i64, Span)> {
        self.typed(reader, key, "a whole number", |_, tree| match tree.kind {
            TreeKind::Int(number) => Some((number, tree.span)),
            _ => None,
        })
    }

    /// A whole number of a range; another is a finding and kept.
    pub fn int_in(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let (number, span) = self.int(reader, key)?;
        if range.contains(&number) {
            return Some(number);
        }
        let bounds = match *range.end() {
            i64::MAX => format!("at least {}", range.start()),
            end => format!("between {} and {end}", range.start()),
        };
        reader.report(&codes::OUT_OF_RANGE, format!("`{key}` has to be {bounds}"), span);
        let path = self.at(key);
        reader.keep_value(&path, Value::Int(number), Some(span));
        reader.fail(&path);
        None
    }

    /// A boolean.
    pub fn bool(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<bool> {
        self.typed(reader, key, "true or false", |_, tree| match tree.kind {
            TreeKind::Bool(truth) => Some(truth),
            _ => None,
        })
    }

    /// A list of texts.
    pub fn texts(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Vec<String>> {
        let tree = self.value(reader, key)?;
        let path = self.at(key);
        reader.whole(&path, tree, |reader| reader.as_texts(&path, tree))
    }

    /// A list; each item is read by `read`, and one that cannot be read spoils the list.
    pub fn list<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        mut read: impl FnMut(&mut Reader<'_>, &'t Tree, Vec<String>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let tree = self.value(reader, key)?;
        let path = self.at(key);
        reader.whole(&path, tree, |reader| {
            let Some(items) = tree.items() else {
                reader.wrong_type(&path, tree, "a list");
                return None;
            };
            let read = |(index, item)| read(reader, item, child(&path, &usize::to_string(&index)));
            // Every item is read, so that each reports its own faults.
            let items: Vec<Option<T>> = items.iter().enumerate().map(read).collect();
            items.into_iter().collect()
        })
    }

    /// A value that must be there.
    pub fn require<T>(&self, reader: &mut Reader<'_>, key: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            let title = format!("`{key}` is missing");
            let head = self.head();
            reader.report(&codes::MISSING_KEY, title, head);
            reader.fail(&self.at(key));
        }
        value
    }

    /// Keeps keys that are known but not interpreted.
    pub fn keep(&mut self, reader: &mut Reader<'_>, keys: &[&'static str]) {
        self.asked.extend(keys);
        for (index, entry) in self.entries.iter().enumerate() {
            if !self.taken[index] && keys.contains(&entry.key.as_str()) {
                self.taken[index] = true;
                reader.keep(&child(&self.path, &entry.key), &entry.value);
            }
        }
    }

    /// Keeps what nobody asked for and reports it.
    pub fn finish(self, reader: &mut Reader<'_>) {
        let present: HashSet<&str> = self.entries.iter().map(|entry| entry.key.as_str()).collect();
        let absent: Vec<&str> = self.asked.iter().copied().filter(|key| !present.contains(key)).collect();
        for (entry, taken) in self.entries.iter().zip(&self.taken) {
            if *taken {
                continue;
            }
            reader.keep(&child(&self.path, &entry.key), &entry.value);
            let guess = nearest(&entry.key, absent.iter().copied());
            let title = format!("no rule has the key `{}` here", entry.key);
            let finding = reader.report(&codes::UNKNOWN_KEY, title, entry.key_span);
            match guess {
                Some(guess) => finding.help.push(format!("did you mean `{guess}`?")),
                None => finding.help.push("remove it, or keep notes of your own in comments".into()),
            }
        }
    }
}
