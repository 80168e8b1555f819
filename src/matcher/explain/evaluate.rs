//! The plain evaluator that records everything it sees.

use super::super::check::Check;
use super::super::free_text::{FreeText, is_nested_away};
use super::super::json::Json;
use super::super::leaves::any_leaf;
use super::super::plan::{is_for, refusal};
use super::super::{Datum, View, World};
use super::look::{Look, Subject, at};
use super::{Clause, ClauseKind, Seen, Verdict, describe};
use crate::diagnostic::Span;
use crate::event::{Layout, Leaf};
use crate::ir::{Field, FieldType, Node, Predicate, Rule, Test, Vocabulary, Words};

/// Why there is no explanation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// The record is not a JSON object, or nested too deeply.
    #[error("the record is not a JSON object")]
    NotAnObject,
    /// The rule is not run on such records; says why.
    #[error("{0}")]
    NotRun(String),
}

/// Explains verdicts in a world, with a present for date math.
#[derive(Clone, Copy)]
pub struct Explainer<'w> {
    pub(super) world: &'w dyn World,
    pub(super) now_ms: Option<i64>,
}

impl<'w> Explainer<'w> {
    /// `now_ms`: the present in milliseconds since 1970-01-01T00:00:00Z.
    pub fn new(world: &'w dyn World, now_ms: Option<i64>) -> Self {
        Explainer { world, now_ms }
    }

    /// Explains the verdict of a rule on a record. Every clause is evaluated, whether it decides or
    /// not.
    ///
    /// # Errors
    /// The record is no JSON object, or the rule is not run on records of this layout.
    pub fn explain(&self, rule: &Rule, record: &str, layout: Layout) -> Result<Verdict, ExplainError> {
        if let Some(problem) = refusal(rule, layout, self.now_ms, self.world) {
            return Err(ExplainError::NotRun(problem.title));
        }
        let Some(node) = rule.detection.predicate() else {
            return Err(ExplainError::NotRun("the detection has no event predicate".into()));
        };
        let record_json = Json::parse(record).filter(|json| matches!(json, Json::Object(..)));
        let record_json = record_json.ok_or(ExplainError::NotAnObject)?;
        let document = match layout {
            Layout::Ecs => None,
            _ if rule.vocabulary == Vocabulary::Ecs => self.world.document(record, layout),
            _ => None,
        };
        let document = document.as_deref().and_then(Json::parse);
        let subject = Subject { record: record_json, document: document.as_ref(), layout, world: self.world };
        if layout == Layout::Ecs && !is_for(&rule.input, subject.dataset().as_deref()) {
            return Err(ExplainError::NotRun("the document is of another data set than the rule's".into()));
        }
        let walk = Walk { rule, subject: &subject, now: self.now_ms };
        let mut root = walk.node(node, None)?;
        if !rule.exceptions.is_empty() {
            let mut children = vec![root];
            for exception in &rule.exceptions {
                let inner = walk.node(&exception.predicate, None)?;
                let name = exception.name.as_deref().or(exception.text.as_deref()).unwrap_or("unnamed");
                let mut clause =
                    group(ClauseKind::Not, exception.predicate.origin, !inner.truth, vec![inner]);
                clause.text = format!("exception {name}");
                children.push(clause);
            }
            let truth = children.iter().all(|child| child.truth);
            root = group(ClauseKind::All, None, truth, children);
        }
        Ok(Verdict { matched: root.truth, root })
    }

    /// The values of a field in a record and whether they stand in an array.
    pub fn values(&self, field: &Field, record: &str, layout: Layout) -> (Vec<Datum>, bool) {
        let Some(json) = Json::parse(record) else { return (Vec::new(), false) };
        let document = match layout {
            Layout::Ecs => None,
            _ => self.world.document(record, layout),
        };
        let document = document.as_deref().and_then(Json::parse);
        let subject = Subject { record: json, document: document.as_ref(), layout, world: self.world };
        let look = subject.look(field);
        let list = look.list;
        (look.seen().values, list)
    }
}

fn group(kind: ClauseKind, origin: Option<Span>, truth: bool, children: Vec<Clause>) -> Clause {
    let text = match kind {
        ClauseKind::All => "and",
        ClauseKind::Any => "or",
        _ => "not",
    };
    Clause {
        kind,
        origin,
        text: text.to_owned(),
        field: None,
        expected: None,
        truth,
        seen: Seen::default(),
        children,
    }
}

struct Walk<'a> {
    rule: &'a Rule,
    subject: &'a Subject<'a>,
    now: Option<i64>,
}

/// The nested element that a body is about.
#[derive(Clone, Copy)]
struct Element<'a> {
    json: &'a Json<'a>,
    path: &'a str,
    view: View,
}

impl Walk<'_> {
    fn node(&self, node: &Node, element: Option<Element<'_>>) -> Result<Clause, ExplainError> {
        Ok(match &node.predicate {
            Predicate::Constant(truth) => {
                let mut clause = group(ClauseKind::Constant, node.origin, *truth, Vec::new());
                clause.text = self.words(node.origin, None, if *truth { "always" } else { "never" });
                clause
            }
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                let mut children = Vec::with_capacity(nodes.len());
                for child in nodes {
                    children.push(self.node(child, element)?);
                }
                if matches!(node.predicate, Predicate::And(_)) {
                    let truth = children.iter().all(|child| child.truth);
                    group(ClauseKind::All, node.origin, truth, children)
                } else {
                    let truth = children.iter().any(|child| child.truth);
                    group(ClauseKind::Any, node.origin, truth, children)
                }
            }
            Predicate::Not(inner) => {
                let inner = self.node(inner, element)?;
                group(ClauseKind::Not, node.origin, !inner.truth, vec![inner])
            }
            Predicate::Test(test) => self.test(test, node.origin, element)?,
            Predicate::AnyField(words) => self.any_field(words, node.origin, element),
            Predicate::Nested { path, body } => self.nested(path, body, node.origin, element)?,
        })
    }

    fn test(
        &self,
        test: &Test,
        origin: Option<Span>,
        element: Option<Element<'_>>,
    ) -> Result<Clause, ExplainError> {
        let check = Check::of(test, self.now).map_err(|_| {
            ExplainError::NotRun("a date of the rule cannot be resolved without a present".into())
        })?;
        let look = self.look(&test.field, element);
        let truth = look.values.iter().any(|value| check.holds(value.leaf()));
        let expected = describe::comparison(&test.comparison);
        let ours = format!("{} {expected}", test.field);
        Ok(Clause {
            kind: ClauseKind::Test,
            origin,
            text: self.words(origin, Some(&test.field), &ours),
            field: Some(test.field.clone()),
            expected: Some(expected),
            truth,
            seen: look.seen(),
            children: Vec::new(),
        })
    }

    fn look(&self, field: &Field, element: Option<Element<'_>>) -> Look {
        let Some(element) = element else { return self.subject.look(field) };
        match field.path.strip_prefix(element.path).and_then(|rest| rest.strip_prefix('.')) {
            // Splunk's names mark arrays; the element's keys do not.
            Some(rest) => at(element.json, &rest.replace("{}", ""), field, element.view, "element"),
            None => {
                Look { remark: Some(format!("the field is not below {}", element.path)), ..Look::default() }
            }
        }
    }

    fn nested(
        &self,
        path: &Field,
        body: &Node,
        origin: Option<Span>,
        element: Option<Element<'_>>,
    ) -> Result<Clause, ExplainError> {
        let (look, view) = match element {
            Some(outer) => (self.look(path, Some(Element { view: View::Raw, ..outer })), outer.view),
            None if path.vocabulary == Vocabulary::Ecs => (self.subject.elements(path), View::Indexed),
            None => (self.subject.elements(path), self.subject.view(path, false)),
        };
        let mut children = Vec::new();
        for value in &look.values {
            let Leaf::Object(text) = value.leaf() else { continue };
            let Some(json) = Json::parse(text) else { continue };
            children.push(self.node(body, Some(Element { json: &json, path: &path.path, view }))?);
        }
        let truth = children.iter().any(|child| child.truth);
        let ours = format!("an element of {path}");
        Ok(Clause {
            text: self.words(origin, Some(path), &ours),
            field: Some(path.clone()),
            seen: Seen { path: look.path, values: Vec::new(), remark: look.remark },
            ..group(ClauseKind::Nested, origin, truth, children)
        })
    }

    fn any_field(&self, words: &Words, origin: Option<Span>, element: Option<Element<'_>>) -> Clause {
        let query = FreeText::new(words, self.now);
        let vocabulary = self.rule.vocabulary;
        let (json, prefix, view) = match element {
            Some(element) => (Some(element.json), element.path, element.view),
            None => (self.subject.searched(vocabulary), "", View::Indexed),
        };
        let view = if vocabulary == Vocabulary::Ecs { view } else { View::Raw };
        let mut seen = Seen::default();
        let truth = match json {
            Some(Json::Object(text, _)) => any_leaf(text, prefix, &mut |path, leaf| {
                let ty = |path: &str| self.subject.world.field_type(vocabulary, path);
                let is_seen = self.searchable(path) && !is_nested_away(path, prefix, ty);
                let found = is_seen && self.free(&query, path, leaf, view);
                if found {
                    seen.path = Some(path.to_owned());
                    seen.values.extend(Datum::from_leaf(leaf));
                }
                found
            }),
            _ => false,
        };
        if !truth {
            seen.remark = Some("no field of the event satisfies it".into());
        }
        let expected = describe::words(words);
        Clause {
            text: self.words(origin, None, &format!("some field {expected}")),
            expected: Some(expected),
            seen,
            ..group(ClauseKind::FreeText, origin, truth, Vec::new())
        }
    }

    fn searchable(&self, path: &str) -> bool {
        self.rule.vocabulary != Vocabulary::Ecs || !matches!(path, "_id" | "_index" | "event.original")
    }

    fn free(&self, query: &FreeText, path: &str, leaf: Leaf<'_>, view: View) -> bool {
        if self.rule.vocabulary == Vocabulary::Splunk {
            return query.holds_raw(path, leaf);
        }
        let ty = |path: &str| self.subject.world.field_type(self.rule.vocabulary, path);
        let own = ty(path);
        (view.sees(leaf, own.ignore_above()) && query.holds(own, leaf))
            || (matches!(own, FieldType::Keyword { .. })
                && ty(&format!("{path}.text")) == FieldType::Text
                && view.sees(leaf, None)
                && query.holds(FieldType::Text, leaf))
    }

    /// The clause in the rule's own words, on one line.
    fn words(&self, origin: Option<Span>, field: Option<&Field>, ours: &str) -> String {
        own_words(self.rule, origin, field, ours)
    }
}

/// The text of a clause in the rule's file, white space collapsed. A value that stands apart from
/// its field (in a list) gets the field's name before it; `ours` where no text stands for it.
pub(super) fn own_words(rule: &Rule, origin: Option<Span>, field: Option<&Field>, ours: &str) -> String {
    let Some(origin) = origin else { return ours.to_owned() };
    let text = rule.source.slice(origin).split_whitespace().collect::<Vec<_>>().join(" ");
    let last = field.and_then(|field| field.path.rsplit('.').next());
    match (field, last) {
        _ if text.is_empty() => ours.to_owned(),
        (Some(field), Some(last)) if !text.contains(last) => format!("{field}: {text}"),
        _ => text,
    }
}
