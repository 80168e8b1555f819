//! Predicates with every field resolved: the form in which rules are simplified, ordered and asked
//! for what they require, before they become programs.

use super::check::Check;
use super::free_text::FreeText;
use super::program::Program;
use super::{View, text_set::TextSet};
use crate::event::Projection;

/// Where values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A slot of the projection of the record (in a nested body: of the element).
    Slot(usize),
    /// A computed value, by its number in the plan.
    Derived(usize),
    /// A slot of the projection of the normalised document.
    Document(usize),
}

/// Where and how values are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Probe {
    pub place: Place,
    pub view: View,
    /// Elasticsearch's `ignore_above`.
    pub limit: Option<u32>,
    /// The payload (by its number in the plan) whose flattened copy is read.
    pub payload: Option<usize>,
    /// Objects stand for all the leaves below them (`flattened` roots).
    pub leaves: bool,
}

/// A test that needs the event.
#[derive(Debug)]
pub(super) enum Step {
    /// Some value satisfies the check.
    Test(Probe, Check),
    /// Some leaf of the record or of its document satisfies a query of free text.
    AnyField(Box<AnyField>),
    /// Some element satisfies a program of its own.
    Nested(Box<Nested>),
}

#[derive(Debug)]
pub(super) struct AnyField {
    pub query: FreeText,
    pub vocabulary: crate::ir::Vocabulary,
    /// Whether the normalised document is searched instead of the record.
    pub document: bool,
    pub view: View,
    /// The path of the nested element that is searched; empty for whole events.
    pub prefix: String,
}

#[derive(Debug)]
pub(super) struct Nested {
    pub place: Place,
    pub projection: Projection,
    pub body: Program,
}

/// A predicate with resolved fields.
#[derive(Debug)]
pub(super) enum Tree {
    Constant(bool),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    Step(Step),
}

impl Tree {
    /// The opposite.
    pub(super) fn negate(self) -> Tree {
        match self {
            Tree::Constant(value) => Tree::Constant(!value),
            Tree::Not(inner) => *inner,
            other => Tree::Not(Box::new(other)),
        }
    }

    /// All or any of the trees: folded, flattened, tests on one field merged, the cheap ones first.
    /// Every step is free of effects, so the order never changes a verdict.
    pub(super) fn combine(trees: Vec<Tree>, conjunction: bool) -> Tree {
        let mut flat = Vec::with_capacity(trees.len());
        for tree in trees {
            match tree {
                Tree::Constant(value) if value == conjunction => {}
                Tree::Constant(value) => return Tree::Constant(value),
                Tree::And(inner) if conjunction => flat.extend(inner),
                Tree::Or(inner) if !conjunction => flat.extend(inner),
                other => flat.push(other),
            }
        }
        let mut flat = merge(flat, conjunction);
        flat.sort_by_key(Tree::cost);
        match flat.len() {
            0 => Tree::Constant(conjunction),
            1 => flat.remove(0),
            _ if conjunction => Tree::And(flat),
            _ => Tree::Or(flat),
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Tree::Constant(_) => 0,
            Tree::And(trees) | Tree::Or(trees) => trees.iter().map(Tree::cost).sum(),
            Tree::Not(tree) => tree.cost(),
            Tree::Step(Step::Test(probe, check)) => match probe.place {
                Place::Slot(_) => check.cost() + u32::from(probe.leaves) * 200,
                Place::Derived(_) => check.cost() + 6,
                Place::Document(_) => check.cost() + 10_000,
            },
            Tree::Step(Step::AnyField(_)) => 100_000,
            Tree::Step(Step::Nested(_)) => 20_000,
        }
    }
}

/// In a disjunction: positive tests with one probe become one test. In a conjunction: negated ones.
fn merge(trees: Vec<Tree>, conjunction: bool) -> Vec<Tree> {
    let mut groups: Vec<(Probe, Vec<Check>)> = Vec::new();
    let mut out = Vec::new();
    for tree in trees {
        let (probe, check) = match tree {
            Tree::Step(Step::Test(probe, check)) if !conjunction => (probe, check),
            Tree::Not(inner) if conjunction => match *inner {
                Tree::Step(Step::Test(probe, check)) => (probe, check),
                other => {
                    out.push(Tree::Not(Box::new(other)));
                    continue;
                }
            },
            other => {
                out.push(other);
                continue;
            }
        };
        match groups.iter_mut().find(|(known, _)| *known == probe) {
            Some((_, checks)) => checks.push(check),
            None => groups.push((probe, vec![check])),
        }
    }
    out.extend(groups.into_iter().map(|(probe, checks)| {
        let test = Tree::Step(Step::Test(probe, Check::any(checks)));
        if conjunction { Tree::Not(Box::new(test)) } else { test }
    }));
    out
}

/// What a value must be for a rule to match: one of these texts, or one that begins so.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Keys {
    pub exact: Vec<Box<str>>,
    pub prefixes: Vec<Box<str>>,
}

impl Tree {
    /// The keys one of which a slot must hold for the predicate to be true; `None`: no demand.
    pub(super) fn required(&self, slot: usize) -> Option<Keys> {
        match self {
            Tree::Constant(true) | Tree::Not(_) => None,
            Tree::Constant(false) => Some(Keys::default()),
            Tree::And(trees) => trees
                .iter()
                .filter_map(|tree| tree.required(slot))
                .min_by_key(|keys| (keys.prefixes.len(), keys.exact.len())),
            Tree::Or(trees) => trees.iter().try_fold(Keys::default(), |mut all, tree| {
                let keys = tree.required(slot)?;
                all.exact.extend(keys.exact);
                all.prefixes.extend(keys.prefixes);
                Some(all)
            }),
            Tree::Step(Step::Test(probe, check)) if probe.place == Place::Slot(slot) => check_keys(check),
            Tree::Step(_) => None,
        }
    }
}

fn check_keys(check: &Check) -> Option<Keys> {
    use crate::ir::{Case, GlobPart};
    let exact = |texts: &[Box<str>]| Keys { exact: texts.to_vec(), prefixes: Vec::new() };
    let prefix =
        |text: &str| (!text.is_empty()).then(|| Keys { exact: Vec::new(), prefixes: vec![text.into()] });
    match check {
        Check::Never => Some(Keys::default()),
        Check::Equals(text) => Some(exact(std::slice::from_ref(text))),
        Check::OneOf(set) => Some(exact(TextSet::texts(set))),
        Check::Prefix(text, Case::Sensitive) => prefix(text),
        Check::Glob(glob, Case::Sensitive) => match glob.parts.first() {
            Some(GlobPart::Literal(text)) => prefix(text),
            _ => None,
        },
        Check::Any(checks) => checks.iter().try_fold(Keys::default(), |mut all, check| {
            let keys = check_keys(check)?;
            all.exact.extend(keys.exact);
            all.prefixes.extend(keys.prefixes);
            Some(all)
        }),
        _ => None,
    }
}
