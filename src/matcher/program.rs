//! Flat programs: a predicate as a list of tests, each with the place to go on when it is true and
//! when it is false. And, or and not have become jumps; nothing is hashed or allocated for an event
//! unless a test looks into the normalised document, nested elements or all leaves.

use super::World;
use super::check::Check;
use super::derived;
use super::free_text::is_nested_away;
use super::leaves::any_leaf;
use super::tree::{AnyField, Nested, Place, Probe, Step, Tree};
use crate::event::{Layout, Leaf, Projection, Slots};
use crate::ir::{FieldType, Vocabulary};
use crate::schema::Derived;

/// Below this many bytes every payload of a record has its flattened copy
/// ([`Reach::Flattened`](crate::schema::Reach::Flattened)).
const SMALL: usize = 8192;

const PASS: u32 = u32::MAX;
const FAIL: u32 = u32::MAX - 1;

/// A compiled predicate.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<(Step, u32, u32)>,
    entry: u32,
}

impl Program {
    /// Lays a tree out flat.
    pub(super) fn new(tree: Tree) -> Self {
        let mut program = Program { steps: Vec::new(), entry: FAIL };
        program.entry = program.emit(tree, PASS, FAIL);
        program
    }

    /// Emits a tree behind whose verdict the program goes on at `then` or `otherwise`; last part
    /// first, so that every target is known. Returns where the tree begins.
    fn emit(&mut self, tree: Tree, then: u32, otherwise: u32) -> u32 {
        match tree {
            Tree::Constant(true) => then,
            Tree::Constant(false) => otherwise,
            Tree::Not(inner) => self.emit(*inner, otherwise, then),
            Tree::And(trees) => {
                trees.into_iter().rev().fold(then, |next, tree| self.emit(tree, next, otherwise))
            }
            Tree::Or(trees) => {
                trees.into_iter().rev().fold(otherwise, |next, tree| self.emit(tree, then, next))
            }
            Tree::Step(step) => {
                self.steps.push((step, then, otherwise));
                (self.steps.len() - 1) as u32
            }
        }
    }

    /// Judges an event.
    pub(super) fn run(&self, event: &Event<'_>, memo: &mut Memo) -> bool {
        let mut at = self.entry;
        loop {
            match at {
                PASS => return true,
                FAIL => return false,
                _ => {}
            }
            let (step, then, otherwise) = &self.steps[at as usize];
            let truth = match step {
                Step::Test(probe, check) => test(*probe, check, event, memo),
                Step::AnyField(search) => any_field(search, event, memo),
                Step::Nested(nested) => any_element(nested, event, memo),
            };
            at = if truth { *then } else { *otherwise };
        }
    }
}

/// What a program needs beside the record: the plan's lists and the world.
pub(super) struct Context<'e> {
    pub derived: &'e [(Derived, Vec<usize>)],
    /// Slots of the payloads that have flattened copies.
    pub payloads: &'e [usize],
    pub document: &'e Projection,
    pub layout: Layout,
    pub world: &'e dyn World,
}

/// One event (or one nested element of it) under judgement.
pub(super) struct Event<'e> {
    pub record: &'e str,
    pub slots: &'e Slots,
    pub context: &'e Context<'e>,
}

/// What was computed for the current event; reused from event to event.
#[derive(Debug, Default)]
pub(super) struct Memo {
    derived: Vec<(bool, Texts)>,
    copies: Vec<Option<bool>>,
    document: Document,
    spare: Vec<Slots>,
}

/// Texts whose memory is used again for the next event.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: Vec<String>,
    used: usize,
}

impl Texts {
    /// Adds a text.
    pub(super) fn push(&mut self, text: &str) {
        match self.all.get_mut(self.used) {
            Some(old) => {
                old.clear();
                old.push_str(text);
            }
            None => self.all.push(text.to_owned()),
        }
        self.used += 1;
    }

    /// The texts of this event.
    pub(super) fn get(&self) -> &[String] {
        &self.all[..self.used]
    }
}

#[derive(Debug, Default)]
struct Document {
    done: bool,
    text: Option<String>,
    slots: Slots,
}

impl Memo {
    /// Forgets the last event.
    pub(super) fn begin(&mut self, derived: usize, payloads: usize) {
        self.copies.clear();
        self.copies.resize(payloads, None);
        self.derived.resize_with(derived, Default::default);
        self.derived.iter_mut().for_each(|(done, _)| *done = false);
        self.document.done = false;
    }

    fn derived(&mut self, number: usize, event: &Event<'_>) -> &[String] {
        let (done, values) = &mut self.derived[number];
        if !*done {
            *done = true;
            values.used = 0;
            let (function, slots) = &event.context.derived[number];
            if *function == Derived::Outcome {
                values.push(&derived::outcome(event.slots, slots, event.record));
                return values.get();
            }
            let inputs = |input: usize, visit: &mut dyn FnMut(Leaf<'_>) -> bool| {
                event.slots.values(slots[input], event.record).any(visit);
            };
            derived::compute(*function, &inputs, values);
        }
        values.get()
    }

    /// Whether a payload has a flattened copy; only large records can have one that has not.
    fn is_copied(&mut self, payload: usize, event: &Event<'_>) -> bool {
        event.record.len() < SMALL
            || *self.copies[payload].get_or_insert_with(|| {
                let slot = event.context.payloads[payload];
                event.slots.values(slot, event.record).all(|leaf| match leaf {
                    Leaf::Object(json) => event.context.world.has_flattened_copy(json),
                    _ => true,
                })
            })
    }

    fn document(&mut self, event: &Event<'_>) {
        let document = &mut self.document;
        if !document.done {
            document.done = true;
            document.text = event
                .context
                .world
                .document(event.record, event.context.layout)
                .filter(|text| event.context.document.extract(text, &mut document.slots).is_ok());
        }
    }

    /// Calls `found` with the values of a place until it returns true; says whether it did.
    fn any(&mut self, place: Place, event: &Event<'_>, found: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        match place {
            Place::Slot(slot) => event.slots.values(slot, event.record).any(found),
            Place::Derived(number) => self.derived(number, event).iter().any(|text| found(Leaf::Text(text))),
            Place::Document(slot) => {
                self.document(event);
                match &self.document.text {
                    Some(text) => self.document.slots.values(slot, text).any(found),
                    None => false,
                }
            }
        }
    }
}

impl Probe {
    /// Calls `found` with what the probe sees in a value of its place.
    fn see(&self, leaf: Leaf<'_>, found: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        match leaf {
            Leaf::Object(json) if self.leaves => {
                any_leaf(json, "", &mut |_, leaf| self.view.sees(leaf, self.limit) && found(leaf))
            }
            _ => self.view.sees(leaf, self.limit) && found(self.view.shown(leaf)),
        }
    }

    /// Calls `found` with every value that counts.
    pub(super) fn each(&self, event: &Event<'_>, memo: &mut Memo, found: &mut dyn FnMut(Leaf<'_>)) {
        if self.payload.is_some_and(|payload| !memo.is_copied(payload, event)) {
            return;
        }
        memo.any(self.place, event, &mut |leaf| {
            self.see(leaf, &mut |leaf| {
                found(leaf);
                false
            })
        });
    }
}

#[inline]
fn test(probe: Probe, check: &Check, event: &Event<'_>, memo: &mut Memo) -> bool {
    if probe.payload.is_some_and(|payload| !memo.is_copied(payload, event)) {
        return false;
    }
    if let (Place::Slot(slot), false) = (probe.place, probe.leaves) {
        if event.slots.is_missing(slot) {
            return false;
        }
        let mut values = event.slots.values(slot, event.record);
        return values.any(|leaf| probe.view.sees(leaf, probe.limit) && check.holds(probe.view.shown(leaf)));
    }
    if let Place::Derived(number) = probe.place {
        let mut values = memo.derived(number, event).iter().map(|text| Leaf::Text(text));
        return values.any(|leaf| probe.view.sees(leaf, probe.limit) && check.holds(leaf));
    }
    memo.any(probe.place, event, &mut |leaf| probe.see(leaf, &mut |leaf| check.holds(leaf)))
}

fn any_field(search: &AnyField, event: &Event<'_>, memo: &mut Memo) -> bool {
    let world = event.context.world;
    let text = if search.document {
        memo.document(event);
        match &memo.document.text {
            Some(text) => text,
            None => return false,
        }
    } else {
        event.record
    };
    let ecs = search.vocabulary == Vocabulary::Ecs;
    any_leaf(text, &search.prefix, &mut |path, leaf| {
        // Neither is searched by a query without a field: `_id` is no text, `event.original` is not
        // indexed (cloudtrail_to_ecs.md §2).
        if ecs && matches!(path, "_id" | "_index" | "event.original") {
            return false;
        }
        if search.vocabulary == Vocabulary::Splunk {
            return search.query.holds_raw(path, leaf);
        }
        let ty = world.field_type(search.vocabulary, path);
        let found = search.view.sees(leaf, ty.ignore_above()) && search.query.holds(ty, leaf);
        // A keyword may have an analysed copy beside it (`error_message.text`), without its limit.
        let beside = || world.field_type(search.vocabulary, &format!("{path}.text")) == FieldType::Text;
        let in_words = || {
            matches!(ty, FieldType::Keyword { .. })
                && search.view.sees(leaf, None)
                && search.query.holds(FieldType::Text, leaf)
                && beside()
        };
        let field_type = |path: &str| world.field_type(search.vocabulary, path);
        (found || in_words()) && !is_nested_away(path, &search.prefix, field_type)
    })
}

fn any_element(nested: &Nested, event: &Event<'_>, memo: &mut Memo) -> bool {
    // The document is taken out while its elements are judged: bodies read their element only.
    if matches!(nested.place, Place::Document(_)) {
        memo.document(event);
    }
    let document = std::mem::take(&mut memo.document);
    let mut slots = memo.spare.pop().unwrap_or_default();
    let mut judge = |leaf: Leaf<'_>| match leaf {
        Leaf::Object(element) if nested.projection.extract(element, &mut slots).is_ok() => {
            nested.body.run(&Event { record: element, slots: &slots, context: event.context }, memo)
        }
        _ => false,
    };
    let truth = match (nested.place, &document.text) {
        (Place::Slot(slot), _) => event.slots.values(slot, event.record).any(&mut judge),
        (Place::Document(slot), Some(text)) => document.slots.values(slot, text).any(&mut judge),
        (Place::Document(_), None) | (Place::Derived(_), _) => false,
    };
    memo.spare.push(slots);
    memo.document = document;
    truth
}
