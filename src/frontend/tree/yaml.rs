//! YAML → [`Tree`]s, one a document, built from `saphyr-parser`'s events.
//!
//! The event stream gives the written text and style of every scalar; typing, duplicate keys,
//! aliases (with a budget, so that an alias bomb is a finding) and nesting are decided here. Rules
//! of typing: the module `yaml_scalar`. Not accepted, because tools disagree on them:
//! merge keys, tabs in indentation, tags other than `!!str`, keys that are no scalars.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Parser, Span as Marks};

use super::yaml_lines::{Offsets, tab_findings};
use super::{Entry, MAX_DEPTH, Tree, TreeKind, yaml_scalar};
use crate::diagnostic::{Code, Diagnostic, Source, Span};
use crate::frontend::codes;

/// How many values all aliases of a file may stand for.
const ALIAS_BUDGET: usize = 10_000;

/// What a file holds.
#[derive(Debug)]
pub struct Parsed {
    /// The documents that could be read, in order.
    pub documents: Vec<Tree>,
    /// What was wrong. A document with an error is not among the documents.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every document of a file; after a broken one, reading goes on at the next `---`.
pub fn parse(source: &Arc<Source>) -> Parsed {
    let mut parsed = Parsed { documents: Vec::new(), diagnostics: Vec::new() };
    let mut start = if source.text().starts_with('\u{feff}') { 3 } else { 0 };
    loop {
        let text = &source.text()[start..];
        let mut builder = Builder::new(source, Offsets::new(text, start));
        match builder.run(text, &mut parsed.documents) {
            Ok(()) => break,
            Err(finding) => {
                // The parser may notice the fault only inside the next document.
                let broken = builder.document.max(start);
                parsed.diagnostics.push(*finding);
                match source.text().get(broken..).and_then(|rest| rest.find("\n---")) {
                    Some(next) => start = broken + next + 1,
                    None => break,
                }
            }
        }
    }
    if parsed.diagnostics.is_empty() {
        parsed.diagnostics = tab_findings(source, &parsed.documents);
    }
    parsed
}

type Build<T> = Result<T, Box<Diagnostic>>;

/// A collection that is still open.
struct Open {
    anchor: usize,
    start: usize,
    items: Items,
}

enum Items {
    List(Vec<Tree>),
    Map { entries: Vec<Entry>, seen: HashSet<String>, key: Option<(String, Span)> },
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    offsets: Offsets,
    stack: Vec<Open>,
    anchors: HashMap<usize, (Tree, usize, usize)>,
    expanded: usize,
    root: Option<Tree>,
    /// Where the document that is being read begins.
    document: usize,
}

impl<'a> Builder<'a> {
    fn new(source: &'a Arc<Source>, offsets: Offsets) -> Self {
        let (stack, anchors) = (Vec::new(), HashMap::new());
        Builder { source, offsets, stack, anchors, expanded: 0, root: None, document: 0 }
    }

    fn run(&mut self, text: &str, documents: &mut Vec<Tree>) -> Build<()> {
        for event in Parser::new_from_str(text) {
            let (event, marks) = event.map_err(|error| {
                let at = self.offsets.byte(error.marker().index());
                self.error(
                    &codes::YAML_SYNTAX,
                    &format!("this is not YAML: {}", error.info()),
                    Span::new(at, at),
                )
            })?;
            let span = self.span(marks);
            match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let string = match tag.as_deref() {
                        None => false,
                        Some(tag) if tag.is_yaml_core_schema() && tag.suffix == "str" => true,
                        Some(_) => return Err(self.error(&codes::YAML_TAG, "this tag is not read", span)),
                    };
                    let tree = yaml_scalar::scalar(self.source.slice(span), span, &text, style, string);
                    self.finish(tree, anchor)?;
                }
                Event::SequenceStart(anchor, tag) => {
                    self.open(anchor, span, tag.is_some(), Items::List(Vec::new()))?;
                }
                Event::MappingStart(anchor, tag) => {
                    let items = Items::Map { entries: Vec::new(), seen: HashSet::new(), key: None };
                    self.open(anchor, span, tag.is_some(), items)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
                Event::Alias(anchor) => self.alias(anchor, span)?,
                Event::DocumentEnd => documents.extend(self.root.take()),
                Event::DocumentStart(_) => {
                    self.anchors.clear();
                    self.document = span.start;
                }
                Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
            }
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, span: Span, tagged: bool, items: Items) -> Build<()> {
        if self.stack.len() >= MAX_DEPTH {
            let message = format!("lists and mappings lie more than {MAX_DEPTH} deep in each other");
            return Err(self.error(&codes::NESTING_TOO_DEEP, &message, span));
        }
        if tagged {
            return Err(self.error(&codes::YAML_TAG, "this tag is not read", span));
        }
        self.stack.push(Open { anchor, start: span.start, items });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Build<()> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let (kind, last) = match open.items {
            Items::List(items) => {
                let last = items.last().map(|item| item.span.end);
                (TreeKind::List(items), last)
            }
            Items::Map { entries, .. } => {
                let last = entries.last().map(|entry| entry.value.span.end.max(entry.key_span.end));
                (TreeKind::Map(entries), last)
            }
        };
        // A block collection ends where its last value does, not at the next token.
        let end = if end.is_empty() { last.unwrap_or(end.end) } else { end.end };
        self.finish(Tree::new(kind, Span::new(open.start, end)), open.anchor)
    }

    fn finish(&mut self, tree: Tree, anchor: usize) -> Build<()> {
        if anchor != 0 {
            let (values, depth) = measure(&tree);
            self.anchors.insert(anchor, (tree.clone(), values, depth));
        }
        self.place(tree)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Build<()> {
        let Some((tree, values, depth)) = self.anchors.get(&anchor) else {
            let message = "this alias stands inside the very value that it stands for";
            return Err(self.error(&codes::YAML_ALIAS, message, span));
        };
        self.expanded = self.expanded.saturating_add(*values);
        if self.expanded > ALIAS_BUDGET {
            let message = format!("the aliases of this file stand for more than {ALIAS_BUDGET} values");
            return Err(self.error(&codes::YAML_ALIAS, &message, span));
        }
        if self.stack.len() + depth > MAX_DEPTH {
            let message = format!("with its aliases, this file nests more than {MAX_DEPTH} deep");
            return Err(self.error(&codes::NESTING_TOO_DEEP, &message, span));
        }
        let tree = tree.clone();
        self.place(tree)
    }

    /// Puts a finished value where it belongs: as key, as value, as item, as document.
    fn place(&mut self, tree: Tree) -> Build<()> {
        let source = self.source;
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(tree);
            return Ok(());
        };
        match &mut open.items {
            Items::List(items) => items.push(tree),
            Items::Map { entries, seen, key } => match key.take() {
                Some((name, key_span)) => entries.push(Entry { key: name, key_span, value: tree }),
                None => {
                    let span = tree.span;
                    let Some(name) = yaml_scalar::key(source, &tree) else {
                        return Err(self.error(&codes::YAML_SYNTAX, "a key has to be a text", span));
                    };
                    if name == "<<" && source.slice(span) == "<<" {
                        return Err(self.error(&codes::YAML_MERGE_KEY, "merge keys are not read", span));
                    }
                    if !seen.insert(name.clone()) {
                        let first = entries.iter().find(|entry| entry.key == name).map(|e| e.key_span);
                        let message = format!("the key `{name}` stands here twice");
                        let finding = self.error(&codes::DUPLICATE_KEY, &message, span);
                        return Err(Box::new(match first {
                            Some(first) => finding.also(first, "first here"),
                            None => *finding,
                        }));
                    }
                    *key = Some((name, span));
                }
            },
        }
        Ok(())
    }

    fn span(&self, marks: Marks) -> Span {
        Span::new(self.offsets.byte(marks.start.index()), self.offsets.byte(marks.end.index()))
    }

    fn error(&self, code: &'static Code, message: &str, span: Span) -> Box<Diagnostic> {
        Box::new(Diagnostic::new(code, message).at(self.source, span, ""))
    }
}

/// Number of values and depth; bounded by [`MAX_DEPTH`].
fn measure(tree: &Tree) -> (usize, usize) {
    let inner = |(values, depth): (usize, usize), item: &Tree| {
        let (more, below) = measure(item);
        (values.saturating_add(more), depth.max(below + 1))
    };
    match &tree.kind {
        TreeKind::List(items) => items.iter().fold((1, 1), inner),
        TreeKind::Map(entries) => entries.iter().map(|entry| &entry.value).fold((1, 1), inner),
        _ => (1, 0),
    }
}
