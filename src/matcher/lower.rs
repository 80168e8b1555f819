//! From a predicate of the intermediate representation to a tree with resolved fields.

use indexmap::IndexSet;

use super::check::{Check, CheckError};
use super::free_text::FreeText;
use super::program::Program;
use super::tree::{AnyField, Nested, Place, Probe, Step, Tree};
use super::{View, World, codes};
use crate::diagnostic::{Code, Span};
use crate::event::{Layout, Leaf, Projection};
use crate::ir::{Field, FieldType, Node, Predicate, Test, Vocabulary, Words};
use crate::schema::{Derived, Reach};

/// Levels of a predicate that are followed.
const DEEPEST: usize = 500;

/// Why a rule or a clause of it is not run.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub code: &'static Code,
    pub title: String,
    pub origin: Option<Span>,
}

/// Where the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Way {
    Probe(Probe),
    Constant(&'static str),
    Never,
}

/// Resolves the fields of all rules of a plan and collects the paths they read.
pub(super) struct Lowering<'w> {
    pub layout: Layout,
    pub now: Option<i64>,
    pub world: &'w dyn World,
    /// The vocabulary of the rule that is being lowered.
    pub vocabulary: Vocabulary,
    pub paths: IndexSet<String>,
    pub document_paths: IndexSet<String>,
    pub derived: Vec<(Derived, Vec<usize>)>,
    /// Slots of the payloads whose flattened copies are read.
    pub payloads: IndexSet<usize>,
    /// Clauses that can never be true here.
    pub notes: Vec<Problem>,
}

/// The element that a body is about: its path and the paths below it that are read.
struct Element {
    path: String,
    view: View,
    reads: IndexSet<String>,
}

/// The layout of records that a vocabulary was made for.
fn raw(vocabulary: Vocabulary) -> Layout {
    match vocabulary {
        Vocabulary::Finding(service) => Layout::Finding(service),
        _ => Layout::CloudTrail,
    }
}

fn slot(paths: &mut IndexSet<String>, path: &str) -> usize {
    paths.get_index_of(path).unwrap_or_else(|| paths.insert_full(path.to_owned()).0)
}

/// Whether a predicate is nested deeper than is followed.
fn too_deep(node: &Node, level: usize) -> bool {
    level > DEEPEST
        || match &node.predicate {
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                nodes.iter().any(|node| too_deep(node, level + 1))
            }
            Predicate::Not(node) => too_deep(node, level + 1),
            Predicate::Nested { body, .. } => too_deep(body, level + 1),
            Predicate::Constant(_) | Predicate::Test(_) | Predicate::AnyField(_) => false,
        }
}

impl Lowering<'_> {
    /// The slot of a path of the record.
    pub(super) fn slot(&mut self, path: &str) -> usize {
        slot(&mut self.paths, path)
    }

    /// Where a field's values are in a record of this layout.
    pub(super) fn way(&mut self, field: &Field) -> Result<Way, Problem> {
        let probe = |place, view| {
            let leaves = field.ty == FieldType::Flattened;
            Probe { place, view, limit: field.ty.ignore_above(), payload: None, leaves }
        };
        let view = |prune| match (prune, self.layout, field.vocabulary) {
            (true, Layout::Finding(_), _) => View::Filled,
            (true, ..) => View::Pruned,
            (false, Layout::CloudTrail, Vocabulary::Splunk) => View::Splunk,
            (false, Layout::CloudTrail, Vocabulary::CloudTrail | Vocabulary::ThreatStack) => View::Raw,
            (false, Layout::Finding(_), Vocabulary::Finding(_)) => View::Raw,
            (false, ..) => View::Indexed,
        };
        Ok(match self.world.reach(field, self.layout) {
            Reach::Path { path, prune } => {
                let view = view(prune);
                Way::Probe(probe(Place::Slot(self.slot(&path)), view))
            }
            Reach::Flattened { payload, path, prune } => {
                let view = view(prune);
                let whole = self.slot(payload.raw());
                let number = self.payloads.get_index_of(&whole);
                let number = number.unwrap_or_else(|| self.payloads.insert_full(whole).0);
                let place = Place::Slot(self.slot(&path));
                Way::Probe(Probe { payload: Some(number), ..probe(place, view) })
            }
            Reach::Constant(text) => Way::Constant(text),
            Reach::Derived(function) => {
                let known = self.derived.iter().position(|(known, _)| *known == function);
                let number = known.unwrap_or_else(|| {
                    let slots = function.inputs().iter().map(|path| self.slot(path)).collect();
                    self.derived.push((function, slots));
                    self.derived.len() - 1
                });
                Way::Probe(probe(Place::Derived(number), View::Raw))
            }
            Reach::Document(path) => {
                Way::Probe(probe(Place::Document(slot(&mut self.document_paths, &path)), View::Indexed))
            }
            Reach::Never if self.layout == Layout::Ecs && field.vocabulary != Vocabulary::Ecs => {
                // A key that raw records have and documents have not would make the rule mean
                // something else here; one that neither has is missing as it would be there.
                if self.world.reach(field, raw(field.vocabulary)) != Reach::Never {
                    let title = format!("`{field}` is a key of raw records that ECS documents do not keep");
                    return Err(Problem { code: &codes::OTHER_VOCABULARY, title, origin: None });
                }
                Way::Never
            }
            Reach::Enrichment(_) | Reach::Never => Way::Never,
        })
    }

    /// Lowers a whole predicate.
    pub(super) fn tree(&mut self, node: &Node) -> Result<Tree, Problem> {
        if too_deep(node, 0) {
            let title = format!("the predicate is nested deeper than {DEEPEST} levels");
            return Err(Problem { code: &codes::TOO_DEEP, title, origin: node.origin });
        }
        self.node(node, None)
    }

    fn node(&mut self, node: &Node, mut element: Option<&mut Element>) -> Result<Tree, Problem> {
        let placed = |mut problem: Problem| {
            problem.origin = problem.origin.or(node.origin);
            problem
        };
        match &node.predicate {
            Predicate::Constant(value) => Ok(Tree::Constant(*value)),
            Predicate::And(nodes) | Predicate::Or(nodes) => {
                let mut trees = Vec::with_capacity(nodes.len());
                for node in nodes {
                    trees.push(self.node(node, element.as_deref_mut())?);
                }
                Ok(Tree::combine(trees, matches!(node.predicate, Predicate::And(_))))
            }
            Predicate::Not(inner) => Ok(self.node(inner, element)?.negate()),
            Predicate::Test(test) => self.test(test, element, node.origin).map_err(placed),
            Predicate::AnyField(words) => Ok(self.any_field(words, element)),
            Predicate::Nested { path, body } => self.nested(path, body, element).map_err(placed),
        }
    }

    fn test(
        &mut self,
        test: &Test,
        element: Option<&mut Element>,
        origin: Option<Span>,
    ) -> Result<Tree, Problem> {
        let check = self.check(test)?;
        let way = match element {
            Some(element) => element.way(&test.field),
            None => self.way(&test.field)?,
        };
        Ok(match way {
            Way::Probe(probe) => Tree::Step(Step::Test(probe, check)),
            Way::Constant(text) => Tree::Constant(check.holds(Leaf::Text(text))),
            Way::Never => {
                let title = format!("no record of this kind holds `{}`", test.field);
                self.notes.push(Problem { code: &codes::UNREACHABLE, title, origin });
                Tree::Constant(false)
            }
        })
    }

    fn check(&self, test: &Test) -> Result<Check, Problem> {
        Check::of(test, self.now).map_err(|error| {
            let (code, title) = match error {
                CheckError::NowUnknown(text) => (&codes::NOW_UNKNOWN, format!("`{text}` needs a present")),
                CheckError::BadDate(text) => (&codes::BAD_DATE, format!("`{text}` is no date")),
            };
            Problem { code, title, origin: None }
        })
    }

    fn any_field(&mut self, words: &Words, element: Option<&mut Element>) -> Tree {
        let raw = self.layout != Layout::Ecs;
        let (view, prefix, document) = match element {
            Some(element) => (element.view, element.path.clone(), false),
            None => (View::Indexed, String::new(), raw && self.vocabulary == Vocabulary::Ecs),
        };
        let query = FreeText::new(words, self.now);
        let vocabulary = self.vocabulary;
        let view = if vocabulary == Vocabulary::Ecs { view } else { View::Raw };
        let search = AnyField { query, vocabulary, document, view, prefix };
        Tree::Step(Step::AnyField(Box::new(search)))
    }

    fn nested(&mut self, path: &Field, body: &Node, outer: Option<&mut Element>) -> Result<Tree, Problem> {
        let way = match outer {
            Some(outer) => outer.way(path),
            // The members of an element have other names in a raw record than in ECS.
            None if self.layout != Layout::Ecs && path.vocabulary == Vocabulary::Ecs => {
                let place = Place::Document(slot(&mut self.document_paths, &path.path));
                Way::Probe(Probe { place, view: View::Indexed, limit: None, payload: None, leaves: false })
            }
            None => self.way(path)?,
        };
        let Way::Probe(probe) = way else { return Ok(Tree::Constant(false)) };
        let mut element = Element { path: path.path.clone(), view: probe.view, reads: IndexSet::new() };
        let tree = self.node(body, Some(&mut element))?;
        let projection = Projection::new(element.reads.iter().map(String::as_str));
        let nested = Nested { place: probe.place, projection, body: Program::new(tree) };
        Ok(Tree::Step(Step::Nested(Box::new(nested))))
    }
}

impl Element {
    /// Where a field's values are in the element; nowhere if it is not below the element's path.
    fn way(&mut self, field: &Field) -> Way {
        match field.path.strip_prefix(self.path.as_str()).and_then(|rest| rest.strip_prefix('.')) {
            Some(rest) => Way::Probe(Probe {
                // Splunk's names mark arrays; the element's keys do not.
                place: Place::Slot(slot(&mut self.reads, &rest.replace("{}", ""))),
                view: self.view,
                limit: field.ty.ignore_above(),
                payload: None,
                leaves: field.ty == FieldType::Flattened,
            }),
            None => Way::Never,
        }
    }
}
