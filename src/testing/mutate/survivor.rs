//! Why a mutant lives, and what record would end that.

use super::Survivor;
use super::mutants::{Kind, Mutant};
use crate::ir::{Node, Predicate, Rule};
use crate::matcher::Standard;
use crate::matcher::explain::Explainer;
use crate::testing::Settings;
use crate::witness::{Options as Search, Sample, of_predicate};

/// Most fields of a record that are told.
const TOLD: usize = 4;

/// Describes a survivor.
pub(super) fn explain(rule: &Rule, mutant: &Mutant, settings: &Settings) -> Survivor {
    let at = rule.source.position(mutant.origin.unwrap_or(rule.origin).start);
    Survivor {
        line: at.line,
        column: at.column,
        clause: mutant.clause.clone(),
        change: mutant.change.clone(),
        reason: reason(rule, mutant, settings),
    }
}

fn reason(rule: &Rule, mutant: &Mutant, settings: &Settings) -> String {
    let (Some(own), Some(other)) = (whole(rule), whole(&mutant.rule)) else { return String::new() };
    if own == other {
        return match mutant.kind {
            Kind::OffByOne => "no case stands exactly on the count and one below it".into(),
            _ => "no case has events that differ in this key only".into(),
        };
    }
    let Some((sample, matches)) = telling(rule, &own, &other, settings) else {
        return "no record that was tried tells the two apart: perhaps they mean the same".into();
    };
    let expect = if matches { "match" } else { "no-match" };
    let told = fields(rule, &sample, settings);
    format!("a case that expects `{expect}` would notice, of an event with {told}")
}

/// The whole condition of a rule: its predicate and none of its exceptions.
fn whole(rule: &Rule) -> Option<Node> {
    let mut nodes = vec![rule.detection.predicate()?.clone()];
    let not = |node: &Node| Node::synthetic(Predicate::Not(Box::new(node.clone())));
    nodes.extend(rule.exceptions.iter().map(|exception| not(&exception.predicate)));
    Some(Node::all(nodes).simplified())
}

/// A record on which the two disagree, and whether the rule matches it.
fn telling(rule: &Rule, own: &Node, other: &Node, settings: &Settings) -> Option<(Sample, bool)> {
    let not = |node: &Node| Node::synthetic(Predicate::Not(Box::new(node.clone())));
    let search = Search { version: settings.version, ..Search::default() };
    [(own, other, true), (other, own, false)].into_iter().find_map(|(yes, no, matches)| {
        let differs = Node::all(vec![yes.clone(), not(no)]).simplified();
        let found = of_predicate(&differs, rule, &search).matching.into_iter().next()?;
        Some((found.sample, matches))
    })
}

/// What a record holds in the fields that the rule reads.
fn fields(rule: &Rule, sample: &Sample, settings: &Settings) -> String {
    let (layout, record) = sample.judged(settings.version);
    let record = record.to_string();
    let world = Standard { version: settings.version };
    let explainer = Explainer::new(&world, None);
    let mut told: Vec<String> = Vec::new();
    visit(rule.detection.predicate(), &mut |field| {
        let (values, _) = explainer.values(field, &record, layout);
        let values: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.as_text())).collect();
        let text = match values.is_empty() {
            true => format!("no {field}"),
            false => format!("{field} {}", values.join(", ")),
        };
        if !told.contains(&text) {
            told.push(text);
        }
    });
    let more = told.len() > TOLD;
    told.truncate(TOLD);
    format!("{}{}", told.join("; "), if more { "; …" } else { "" })
}

fn visit(node: Option<&Node>, see: &mut dyn FnMut(&crate::ir::Field)) {
    match node.map(|node| &node.predicate) {
        Some(Predicate::And(nodes) | Predicate::Or(nodes)) => {
            nodes.iter().for_each(|node| visit(Some(node), see));
        }
        Some(Predicate::Not(inner)) => visit(Some(inner), see),
        Some(Predicate::Nested { body, .. }) => visit(Some(body), see),
        Some(Predicate::Test(test)) => see(&test.field),
        Some(Predicate::Constant(_) | Predicate::AnyField(_)) | None => {}
    }
}
