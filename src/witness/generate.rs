//! The whole of it: for every clause of a rule a record in which it decides, and near misses of that.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::clauses::{self, Goal, Leaf, Tree};
use super::judge::{Judge, Truths};
use super::outcome::{Change, NearMiss, Reason, Sample, Side, Unreached, Witness, Witnesses};
use super::place::Placer;
use super::propose::{self, Proposal};
use super::search::{Search, time};
use super::{base, state, text};
use crate::ir::{Case, Comparison, Detection, Input, Node, Predicate, Rule, Test};
use crate::matcher::explain;
use crate::schema::{Reach, Version};

/// What to generate.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The generation of documents that ECS rules are meant for.
    pub version: Version,
    /// The present of date math, in milliseconds since 1970; `None`: the time of each record, as in
    /// fixtures.
    pub now_ms: Option<i64>,
    /// Most clauses that are looked at, in the order of the text.
    pub most_clauses: usize,
    /// Most records that are judged for one clause.
    pub budget: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { version: Version::default(), now_ms: None, most_clauses: 400, budget: 600 }
    }
}

/// Witnesses and near misses of a rule's event predicate, its exceptions included. The same rule gives
/// the same records. Every record was judged by the native matcher.
pub fn witnesses(rule: &Rule, options: &Options) -> Witnesses {
    let mut out = Witnesses { clauses: explain::clauses(rule), ..Witnesses::default() };
    match run(rule, options, &mut out) {
        Ok(()) => {}
        Err(reason) => {
            out.unreached.push(Unreached { clause: None, origin: None, side: Side::Match, reason });
        }
    }
    out
}

/// As [`witnesses`], of a predicate of some vocabulary alone.
pub fn of_predicate(node: &Node, like: &Rule, options: &Options) -> Witnesses {
    let detection = Detection::Event(node.clone());
    witnesses(&Rule { detection, exceptions: Vec::new(), ..super::judge::bare(like, node.clone()) }, options)
}

/// A rule ready to be searched.
pub(super) struct Subject<'r> {
    pub tree: Tree,
    pub leaves: Vec<Leaf<'r>>,
    pub judge: Judge,
    pub placer: Placer,
}

/// Reads and compiles a rule.
///
/// # Errors
/// Why the rule has no witnesses at all.
pub(super) fn subject<'r>(rule: &'r Rule, options: &Options) -> Result<Subject<'r>, Reason> {
    if let Input::Other(name) = &rule.input {
        return Err(Reason::OtherInput(name.clone()));
    }
    if let Detection::Opaque(opaque) = &rule.detection {
        return Err(Reason::NotRun(opaque.reason.clone()));
    }
    let read = clauses::read(rule).ok_or_else(|| Reason::NotRun("the rule has no event predicate".into()));
    let (tree, leaves) = read?;
    let judge = Judge::new(rule, &leaves, options.version, options.now_ms).map_err(Reason::NotRun)?;
    Ok(Subject { tree, leaves, judge, placer: Placer { version: options.version } })
}

impl Subject<'_> {
    /// A sample that reaches goals, and whether the search ended before its time.
    pub fn find(&mut self, goals: &[Goal<'_>], budget: usize) -> (Option<(Sample, Truths)>, bool) {
        let mut search = Search::new(&self.leaves, &mut self.judge, self.placer, budget);
        let found = search.find(&state::sample(base::record()), goals);
        (found, search.budget == 0)
    }
}

fn run(rule: &Rule, options: &Options, out: &mut Witnesses) -> Result<(), Reason> {
    let mut subject = subject(rule, options)?;
    let tree = std::mem::replace(&mut subject.tree, Tree::Constant(true));
    let mut run = Run { subject, rule, known: HashMap::new(), out };
    let (plain, gave_up) = run.subject.find(&[(&tree, true)], options.budget);
    match plain {
        Some((sample, truths)) if truths.whole => drop(run.matching(sample, None, false)),
        _ if gave_up => return Err(Reason::GaveUp),
        _ => return Err(Reason::NotRun("no record was found for which the rule is true".into())),
    }
    for leaf in 0..run.subject.leaves.len() {
        if leaf >= options.most_clauses {
            run.unreached(leaf, Side::Match, Reason::TooMany);
            continue;
        }
        run.leaf(leaf, &tree, options);
    }
    run.name();
    Ok(())
}

struct Run<'r, 'o> {
    subject: Subject<'r>,
    rule: &'r Rule,
    /// Samples that are listed already, by their keys: matching ones with their place.
    known: HashMap<String, Option<usize>>,
    out: &'o mut Witnesses,
}

impl Run<'_, '_> {
    fn leaf(&mut self, leaf: usize, tree: &Tree, options: &Options) {
        let mut goals = Vec::new();
        let Some(truth) = tree.decisive(leaf, &mut goals) else { return };
        let own = Tree::Leaf(leaf);
        goals.push((&own, truth));
        if self.contradict(&goals) {
            return self.unreached(leaf, Side::Match, Reason::Masked);
        }
        let (found, gave_up) = self.subject.find(&goals, options.budget);
        let Some((sample, truths)) = found.filter(|(_, truths)| truths.whole) else {
            let reason = match self.way(leaf) {
                _ if gave_up => Reason::GaveUp,
                Some(Reach::Constant(_)) => Reason::Constant,
                Some(Reach::Never) => Reason::NoSuchField,
                _ => Reason::Masked,
            };
            return self.unreached(leaf, Side::Match, reason);
        };
        let clause = self.subject.leaves[leaf].clause;
        let decides = !matches!(self.way(leaf), Some(Reach::Constant(_)));
        let of = self.matching(sample.clone(), decides.then_some(clause), false);
        if truth {
            self.other_case(leaf, &sample);
        }
        if self.near_misses(leaf, truth, &sample, &truths, of) == 0 {
            let reason = match self.way(leaf) {
                Some(Reach::Constant(_)) => Reason::Constant,
                Some(Reach::Never) => Reason::NoSuchField,
                _ => Reason::Masked,
            };
            self.unreached(leaf, Side::NearMiss, reason);
        }
    }

    /// Whether a text that has to be there implies another that must not, on the same field: `*Guardrail*`
    /// and not `*Guard*`. No search would find one.
    fn contradict(&self, goals: &[Goal<'_>]) -> bool {
        let mut flat = Vec::new();
        clauses::flatten(goals, &mut flat);
        let text = |goal: &Goal<'_>, wanted: bool| match goal {
            (Tree::Leaf(leaf), truth) if *truth == wanted => match &self.subject.leaves[*leaf].node.predicate
            {
                Predicate::Test(Test {
                    field,
                    comparison: Comparison::Text { matcher, case: Case::Sensitive },
                }) => Some((field, matcher)),
                _ => None,
            },
            _ => None,
        };
        // Lists are no way out: the element that has the one has the other.
        let not: Vec<_> = flat.iter().filter_map(|goal| text(goal, false)).collect();
        let mut there = flat.iter().filter_map(|goal| text(goal, true));
        there.any(|(field, one)| {
            not.iter().any(|(other, matcher)| *other == field && text::implies(one, matcher))
        })
    }

    /// Lists a matching sample; gives its place.
    fn matching(&mut self, sample: Sample, clause: Option<usize>, other_case: bool) -> usize {
        let key = sample.key();
        if let Some(Some(place)) = self.known.get(&key) {
            let place = *place;
            let listed = &mut self.out.matching[place];
            listed.clause = listed.clause.or(clause);
            return place;
        }
        self.known.insert(key, Some(self.out.matching.len()));
        self.out.matching.push(Witness { clause, other_case, sample });
        self.out.matching.len() - 1
    }

    /// Where the rule does not mind the case, a record in the other one.
    fn other_case(&mut self, leaf: usize, sample: &Sample) {
        let Leaf { node, clause } = self.subject.leaves[leaf];
        let Predicate::Test(test) = &node.predicate else { return };
        let Comparison::Text { matcher, case: Case::AsciiInsensitive } = &test.comparison else { return };
        for text in text::samples(matcher).iter().filter_map(|text| text::other_case(text)) {
            for edit in self.subject.placer.edits(&test.field, Some(&json!(text)), sample) {
                let other = sample.edited(&edit);
                if other != *sample && self.subject.judge.judge(&other).is_some_and(|now| now.whole) {
                    self.matching(other, Some(clause), true);
                    return;
                }
            }
        }
    }

    /// Lists the near misses of a leaf; says how many there are, listed before or now.
    fn near_misses(
        &mut self,
        leaf: usize,
        truth: bool,
        sample: &Sample,
        truths: &Truths,
        of: usize,
    ) -> usize {
        let subject = &mut self.subject;
        let own = subject.leaves[leaf];
        let now = time(sample);
        let proposals: Vec<Proposal> = match truth {
            true => propose::turn_false(own, subject.placer, now, sample),
            false => {
                propose::turn_true(own, &beside(&subject.leaves, leaf, truths), subject.placer, now, sample)
                    .into_iter()
                    .map(|edit| Proposal { change: Change::Present, clause: own.clause, edit })
                    .collect()
            }
        };
        // Of each clause and kind of change the one that turns the fewest other clauses.
        let mut best: Vec<(Proposal, Vec<usize>, Sample)> = Vec::new();
        for proposal in proposals {
            let known =
                best.iter().position(|(b, ..)| (b.clause, b.change) == (proposal.clause, proposal.change));
            if known.is_some_and(|known| best[known].1.is_empty()) {
                continue;
            }
            let near = sample.edited(&proposal.edit);
            let Some(verdict) = subject.judge.judge(&near).filter(|verdict| !verdict.whole) else { continue };
            if verdict.leaves[leaf] == truth {
                continue;
            }
            let others = verdict.leaves.iter().zip(&truths.leaves).enumerate();
            let also: Vec<usize> = others
                .filter(|(other, (now, then))| *other != leaf && now != then)
                .map(|(other, _)| subject.leaves[other].clause)
                .collect();
            match known {
                Some(known) if best[known].1.len() <= also.len() => {}
                Some(known) => best[known] = (proposal, also, near),
                None => best.push((proposal, also, near)),
            }
        }
        // One that turns nothing else is what was asked for.
        if best.iter().any(|(_, also, _)| also.is_empty()) {
            best.retain(|(_, also, _)| also.is_empty());
        }
        let count = best.len();
        for (proposal, also, sample) in best {
            let Proposal { change, clause, .. } = proposal;
            if self.known.insert(sample.key(), None).is_none() {
                let (origin, field) = self.clause(leaf, clause);
                self.out.near_misses.push(NearMiss { clause, origin, field, change, of, also, sample });
            }
        }
        count
    }

    /// Where a clause stands and what it reads.
    fn clause(
        &self,
        leaf: usize,
        clause: usize,
    ) -> (Option<crate::diagnostic::Span>, Option<crate::ir::Field>) {
        let node = self.subject.leaves[leaf].node;
        let origin = self.out.clauses.get(clause).and_then(|info| info.origin).or(node.origin);
        let field = match &node.predicate {
            Predicate::Test(test) => Some(test.field.clone()),
            Predicate::Nested { path, .. } => Some(path.clone()),
            _ => None,
        };
        (origin, field)
    }

    fn way(&self, leaf: usize) -> Option<Reach> {
        match &self.subject.leaves[leaf].node.predicate {
            Predicate::Test(test) => Some(self.subject.placer.reach(&test.field)),
            _ => None,
        }
    }

    fn unreached(&mut self, leaf: usize, side: Side, reason: Reason) {
        let Leaf { node, clause } = self.subject.leaves[leaf];
        self.out.unreached.push(Unreached { clause: Some(clause), origin: node.origin, side, reason });
    }

    /// Gives every record an id of its own, unless its id is what a rule asks for.
    fn name(&mut self) {
        let id = self.rule.id.clone();
        let judge = &mut self.subject.judge;
        let mut number = 0;
        let mut name = |sample: &mut Sample, matches: bool| {
            number += 1;
            base::put_in_order(&mut sample.record);
            if sample.record.get("eventID").is_none_or(|id| id != base::PLACEHOLDER_ID) {
                return;
            }
            let mut named = sample.clone();
            state::set(&mut named.record, "eventID", json!(event_id(&id, number)));
            if judge.judge(&named).is_some_and(|now| now.whole == matches) {
                *sample = named;
            }
        };
        self.out.matching.iter_mut().for_each(|witness| name(&mut witness.sample, true));
        self.out.near_misses.iter_mut().for_each(|near| name(&mut near.sample, false));
    }
}

/// Other tests on the field of a leaf that are true, and are to stay so.
fn beside<'r>(leaves: &[Leaf<'r>], leaf: usize, truths: &Truths) -> Vec<&'r Test> {
    let test = |leaf: &Leaf<'r>| match &leaf.node.predicate {
        Predicate::Test(test) => Some(test),
        _ => None,
    };
    let Some(own) = leaves.get(leaf).and_then(test) else { return Vec::new() };
    let there = leaves.iter().zip(&truths.leaves).filter(|(_, truth)| **truth);
    there
        .filter_map(|(leaf, _)| test(leaf))
        .filter(|other| other.field == own.field && *other != own)
        .collect()
}

/// The id of a rule's `number`-th record: the same every time.
pub(super) fn event_id(rule: &str, number: usize) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("witness {rule} {number}").as_bytes()).to_string()
}
