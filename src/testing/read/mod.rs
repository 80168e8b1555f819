//! From the text of a fixture file to [`FixtureFile`]: strict, with a position for what is wrong.
//! The good cases of a file survive a bad one beside them.

mod json;

use std::sync::Arc;

use super::codes::{FIXTURE_UNKNOWN_FIELD, INVALID_FIXTURE};
use super::fixture::{Case, EventSpec, Expect, FixtureFile, RuleName, RunPlan};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::frontend::tree::near::nearest;
use crate::frontend::tree::{Entry, Tree, TreeKind, yaml};
use crate::ir::{FieldType, Vocabulary, date_math};
use crate::schema;

pub(super) use json::to_json;

type Read<T> = Result<T, Box<Diagnostic>>;

/// Reads a fixture file. Without a single case there is at least one diagnostic.
pub fn read(source: &Arc<Source>) -> (FixtureFile, Vec<Diagnostic>) {
    let parsed = yaml::parse(source);
    let mut reader = Reader { source, diagnostics: parsed.diagnostics };
    let mut file = FixtureFile { source: Arc::clone(source), rule: None, cases: Vec::new() };
    match parsed.documents.as_slice() {
        [] if reader.diagnostics.is_empty() => {
            reader.say(Span::default(), "the fixture file is empty", "");
        }
        [] => {}
        [document] => reader.document(document, &mut file),
        [_, second, ..] => {
            reader.say(second.span, "a fixture file is one YAML document", "a second one begins here");
        }
    }
    (file, reader.diagnostics)
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn wrong(&self, span: Span, title: impl Into<String>, label: &str) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(&INVALID_FIXTURE, title).at(self.source, span, label))
    }

    fn say(&mut self, span: Span, title: &str, label: &str) {
        let diagnostic = self.wrong(span, title, label);
        self.diagnostics.push(*diagnostic);
    }

    fn unknown(&self, entry: &Entry, known: &[&str]) -> Box<Diagnostic> {
        let mut diagnostic = self.wrong(entry.key_span, format!("unknown key `{}`", entry.key), "");
        if let Some(near) = nearest(&entry.key, known.iter().copied()) {
            *diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        *diagnostic = diagnostic.help(format!("known keys: {}", known.join(", ")));
        diagnostic
    }

    fn entries<'t>(&self, tree: &'t Tree, what: &str) -> Read<&'t [Entry]> {
        tree.entries().ok_or_else(|| {
            self.wrong(tree.span, format!("{what} is a table of keys, not {}", tree.kind_name()), "")
        })
    }

    fn items<'t>(&self, tree: &'t Tree, what: &str) -> Read<&'t [Tree]> {
        let title = || format!("{what} is a list, not {}", tree.kind_name());
        tree.items().ok_or_else(|| self.wrong(tree.span, title(), ""))
    }

    fn text(&self, tree: &Tree, what: &str) -> Read<String> {
        let title = || format!("{what} is a text, not {}", tree.kind_name());
        scalar(tree).filter(|text| !text.trim().is_empty()).ok_or_else(|| self.wrong(tree.span, title(), ""))
    }

    fn document(&mut self, tree: &Tree, file: &mut FixtureFile) {
        const KEYS: [&str; 2] = ["rule", "tests"];
        let entries = match self.entries(tree, "a fixture file") {
            Ok(entries) => entries,
            Err(diagnostic) => return self.diagnostics.push(*diagnostic),
        };
        let mut has_tests = false;
        for entry in entries {
            let done = match entry.key.as_str() {
                "rule" => self.text(&entry.value, "`rule`").map(|name| {
                    let (path, id) = match name.split_once('#') {
                        Some((path, id)) => (path.to_owned(), Some(id.to_owned())),
                        None => (name, None),
                    };
                    file.rule = Some(RuleName { file: path, id, span: entry.value.span });
                }),
                "tests" => {
                    has_tests = true;
                    self.cases(&entry.value, file)
                }
                _ => Err(self.unknown(entry, &KEYS)),
            };
            self.diagnostics.extend(done.err().map(|diagnostic| *diagnostic));
        }
        if !has_tests {
            self.say(Span::new(tree.span.start, tree.span.start), "the fixture file has no `tests`", "");
        }
    }

    fn cases(&mut self, tree: &Tree, file: &mut FixtureFile) -> Read<()> {
        let items = self.items(tree, "`tests`")?;
        if items.is_empty() {
            return Err(self.wrong(tree.span, "`tests` holds no case", ""));
        }
        for item in items {
            match self.case(item) {
                Ok(case) => {
                    if let Some(twin) = file.cases.iter().find(|known| known.name == case.name) {
                        let title = format!("two cases are named `{}`", case.name);
                        let diagnostic = self.wrong(case.span, title, "").also(twin.span, "the first one");
                        self.diagnostics.push(diagnostic);
                    }
                    file.cases.push(case);
                }
                Err(diagnostic) => self.diagnostics.push(*diagnostic),
            }
        }
        Ok(())
    }

    fn case(&mut self, tree: &Tree) -> Read<Case> {
        const KEYS: [&str; 6] = ["name", "expect", "events", "with", "todo", "schedule"];
        let mut case = Case {
            name: String::new(),
            span: Span::new(tree.span.start, tree.span.start),
            expect: None,
            events: Vec::new(),
            with: Vec::new(),
            todo: None,
            schedule: None,
        };
        for entry in self.entries(tree, "a case")? {
            let value = &entry.value;
            match entry.key.as_str() {
                "name" => {
                    case.name = self.text(value, "`name`")?;
                    case.span = value.span;
                }
                "expect" => case.expect = Some(self.expect(value)?),
                "events" => {
                    let items = self.items(value, "`events`")?;
                    case.events = items.iter().map(|item| self.event(item)).collect::<Read<_>>()?;
                }
                "with" => case.with = self.with(value)?,
                "todo" => case.todo = Some(self.text(value, "`todo`")?),
                "schedule" => case.schedule = Some(self.schedule(value)?),
                _ => return Err(self.unknown(entry, &KEYS)),
            }
        }
        if case.name.is_empty() {
            return Err(self.wrong(case.span, "a case needs a `name`", "this one has none"));
        }
        if case.todo.is_none() {
            if case.expect.is_none() {
                let title = format!("the case `{}` has no `expect`", case.name);
                return Err(Box::new(self.wrong(case.span, title, "").help(EXPECT)));
            }
            if case.events.is_empty() {
                let title = format!("the case `{}` has no `events`", case.name);
                return Err(self.wrong(case.span, title, ""));
            }
        }
        Ok(case)
    }

    fn expect(&self, tree: &Tree) -> Read<Expect> {
        if let Some(word) = tree.text() {
            return match word {
                "match" => Ok(Expect::Match),
                "no-match" => Ok(Expect::NoMatch),
                other => {
                    let title = format!("`{other}` is nothing to expect");
                    Err(Box::new(self.wrong(tree.span, title, "").help(EXPECT)))
                }
            };
        }
        let (mut count, mut groups) = (None, Vec::new());
        for entry in self.entries(tree, "`expect`, where it is no word,")? {
            match (entry.key.as_str(), &entry.value.kind) {
                ("alerts", TreeKind::Int(number)) if *number >= 0 => count = Some(number.unsigned_abs()),
                ("alerts", _) => {
                    let title = "`alerts` is a whole number";
                    return Err(self.wrong(entry.value.span, title, "how many alerts are expected"));
                }
                ("group", TreeKind::List(items)) => {
                    groups = items.iter().map(|item| self.group(item)).collect::<Read<_>>()?;
                }
                ("group", _) => groups = vec![self.group(&entry.value)?],
                _ => return Err(self.unknown(entry, &["alerts", "group"])),
            }
        }
        match count {
            Some(count) if groups.len() as u64 > count => {
                Err(self.wrong(tree.span, "more groups than alerts are expected", ""))
            }
            Some(count) => Ok(Expect::Alerts { count, groups }),
            None => Err(self.wrong(tree.span, "`expect` needs `alerts`", "say how many")),
        }
    }

    fn group(&self, tree: &Tree) -> Read<Vec<(String, String)>> {
        let entries = self.entries(tree, "`group`")?.iter();
        entries.map(|e| Ok((e.key.clone(), self.text(&e.value, "a value of `group`")?))).collect()
    }

    fn with(&mut self, tree: &Tree) -> Read<Vec<(String, serde_json::Value)>> {
        let entries = self.entries(tree, "`with`")?.iter();
        for entry in entries.clone() {
            if schema::types(Vocabulary::Ecs).field_type(&entry.key) == FieldType::Unknown {
                let title = format!("no event has the field `{}`", entry.key);
                let finding =
                    Diagnostic::new(&FIXTURE_UNKNOWN_FIELD, title).at(self.source, entry.key_span, "");
                let near: Vec<String> = schema::nearest(Vocabulary::Ecs, &entry.key)
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect();
                self.diagnostics.push(match near.as_slice() {
                    [] => finding.help("`with` takes fields that the cluster adds, by their ECS names"),
                    near => finding.help(format!("did you mean {}?", near.join(" or "))),
                });
            }
        }
        entries.map(|entry| Ok((entry.key.clone(), json::to_json_value(&entry.value)))).collect()
    }

    fn schedule(&self, tree: &Tree) -> Read<RunPlan> {
        let (mut runs, mut from, mut to) = (None, None, None);
        for entry in self.entries(tree, "`schedule`")? {
            match entry.key.as_str() {
                "runs" => {
                    let items = self.items(&entry.value, "`runs`")?;
                    runs = Some(items.iter().map(|item| self.instant(item)).collect::<Read<Vec<_>>>()?);
                }
                "from" => from = Some(self.instant(&entry.value)?),
                "to" => to = Some(self.instant(&entry.value)?),
                _ => return Err(self.unknown(entry, &["runs", "from", "to"])),
            }
        }
        match (runs, from, to) {
            (Some(mut runs), None, None) if !runs.is_empty() => {
                runs.sort_unstable();
                runs.dedup();
                Ok(RunPlan::At(runs))
            }
            (None, Some(from), Some(to)) if from <= to => Ok(RunPlan::Between(from, to)),
            _ => {
                let title = "`schedule` is either a list of instants, `runs`, or a stretch, `from` and `to`";
                Err(self.wrong(tree.span, title, ""))
            }
        }
    }

    fn instant(&self, tree: &Tree) -> Read<i64> {
        scalar(tree).as_deref().and_then(date_math::parse_instant).ok_or_else(|| {
            self.wrong(tree.span, "not an instant", "expected something like 2024-05-01T12:00:00Z")
        })
    }

    fn event(&self, tree: &Tree) -> Read<EventSpec> {
        let entries = self.entries(tree, "an event")?;
        let Some(file) = entries.iter().find(|entry| entry.key == "file") else {
            if entries.is_empty() {
                return Err(self.wrong(tree.span, "the event is empty", ""));
            }
            return Ok(EventSpec::Inline { json: to_json(tree), span: tree.span });
        };
        let mut select = None;
        for entry in entries {
            match entry.key.as_str() {
                "file" => {}
                "select" => select = Some(self.text(&entry.value, "`select`")?),
                _ => return Err(self.unknown(entry, &["file", "select"])),
            }
        }
        let path = self.text(&file.value, "`file`")?;
        Ok(EventSpec::File { path, select, span: file.value.span })
    }
}

const EXPECT: &str = "`expect` is `match`, `no-match` or `{alerts: 1, group: {user.name: alice}}`";

/// The text of a scalar as it is written; null and containers have none.
fn scalar(tree: &Tree) -> Option<String> {
    match &tree.kind {
        TreeKind::Text(text) => Some(text.text.clone()),
        TreeKind::Literal(text) => Some(text.clone()),
        TreeKind::Int(number) => Some(number.to_string()),
        TreeKind::Float(number) => Some(format!("{number:?}")),
        TreeKind::Bool(truth) => Some(truth.to_string()),
        TreeKind::Null | TreeKind::List(_) | TreeKind::Map(_) => None,
    }
}

#[cfg(test)]
mod tests;
