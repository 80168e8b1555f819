//! A playbook filled in for an event: every name has a value, or a call before gives it.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::resolve::{Gap, Scope};
use super::resolved::{Each, Piece, Resolved};
use super::{codes, look};
use crate::diagnostic::Diagnostic;
use crate::event::Layout;
use crate::ir::{Binding, Call, Duration, Playbook, Rule, Step};
use crate::matcher::World;

/// An event to respond to.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// What people call it: `record 7a3e…`.
    pub name: &'a str,
    /// Its JSON text.
    pub json: &'a str,
    /// Whose keys it has.
    pub layout: Layout,
}

/// What the responder adds.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Values by name. They go before those of the event.
    pub set: IndexMap<String, Vec<String>>,
    /// Numbers of steps to leave out, from 1.
    pub skip: BTreeSet<usize>,
}

/// A playbook without holes.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The rule's name.
    pub rule: String,
    /// The rule's id.
    pub rule_id: String,
    /// The playbook's id.
    pub id: Option<String>,
    /// What the playbook achieves.
    pub summary: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// The event's region.
    pub region: Option<String>,
    /// The values that the steps use.
    pub parameters: Vec<FilledParameter>,
    /// The steps, those that are left out included.
    pub steps: Vec<FilledStep>,
}

/// A parameter and its values.
#[derive(Debug, Clone)]
pub struct FilledParameter {
    /// Its name.
    pub name: String,
    /// At least one.
    pub values: Vec<String>,
    /// Where they come from: a field, `given`, `default`.
    pub from: String,
}

/// A step.
#[derive(Debug, Clone)]
pub struct FilledStep {
    /// From 1.
    pub number: usize,
    /// In a few words.
    pub title: Vec<Piece>,
    /// Details in Markdown.
    pub text: Option<Vec<Piece>>,
    /// What has to be true beforehand.
    pub requires: Vec<String>,
    /// Why it is left out.
    pub skipped: Option<Vec<Piece>>,
    /// The calls.
    pub calls: Vec<FilledCall>,
    /// How long to wait afterwards.
    pub wait: Option<Duration>,
}

/// A call.
#[derive(Debug, Clone)]
pub struct FilledCall {
    /// The service.
    pub service: String,
    /// The action.
    pub action: String,
    /// What it is repeated for.
    pub each: Option<Each>,
    /// Its parameters, a [`Resolved::Map`].
    pub parameters: Resolved,
    /// What of the response later calls use.
    pub outputs: IndexMap<String, String>,
    /// Whether values are added to those of the call before: from the second turn on.
    pub adds: bool,
    /// What to wait for: the waiter and its parameters.
    pub until: Option<(String, Resolved)>,
}

/// Fills a playbook in.
///
/// # Errors
/// Every name that has no value or too many, at the place where it is bound.
pub fn fill(
    rule: &Rule,
    playbook: &Playbook,
    event: Option<&Event<'_>>,
    answers: &Answers,
    world: &dyn World,
) -> Result<Filled, Vec<Diagnostic>> {
    let mut from: IndexMap<String, String> = IndexMap::new();
    let mut known: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, binding) in &playbook.parameters {
        if let Some((values, origin)) = value_of(rule, name, binding, event, answers, world) {
            known.insert(name.clone(), values);
            from.insert(name.clone(), origin);
        }
    }
    // Values given for outputs stand for the responses.
    for (name, values) in &answers.set {
        known.insert(name.clone(), values.clone());
    }
    let mut filler = Filler { playbook, known: &known, outputs: BTreeSet::new(), gaps: BTreeSet::new() };
    let mut steps = Vec::new();
    let mut used = BTreeSet::new();
    for (at, step) in playbook.steps.iter().enumerate() {
        let skipped = match event {
            _ if answers.skip.contains(&(at + 1)) => Some(vec![Piece::Text("on request".to_owned())]),
            Some(event) => does_not_apply(rule, step, event, world),
            None => None,
        };
        steps.push(filler.step(at + 1, step, skipped, &mut used));
    }
    if !filler.gaps.is_empty() {
        return Err(filler.gaps.iter().map(|gap| report(rule, playbook, gap, event.is_some())).collect());
    }
    let shown = playbook.parameters.keys().filter(|name| used.contains(*name));
    let shown = shown.filter_map(|name| {
        let values = known.get(name)?.clone();
        Some(FilledParameter { name: name.clone(), values, from: from.get(name)?.clone() })
    });
    Ok(Filled {
        rule: rule.name().to_owned(),
        rule_id: rule.id.clone(),
        id: playbook.id.clone(),
        summary: playbook.summary.clone(),
        event: event.map(|event| event.name.to_owned()),
        region: event.and_then(look::region),
        parameters: shown.collect(),
        steps,
    })
}

/// A parameter's values: those given, else those of the event, else the default.
fn value_of(
    rule: &Rule,
    name: &str,
    binding: &Binding,
    event: Option<&Event<'_>>,
    answers: &Answers,
    world: &dyn World,
) -> Option<(Vec<String>, String)> {
    if let Some(values) = answers.set.get(name) {
        return Some((values.clone(), "given".to_owned()));
    }
    if let (Some(path), Some(event)) = (&binding.field, event) {
        let values = look::values(rule, path, event, world);
        if !values.is_empty() {
            return Some((values, path.clone()));
        }
    }
    binding.default.as_ref().map(|value| (vec![value.clone()], "default".to_owned()))
}

/// Why a step is not for this event.
fn does_not_apply(rule: &Rule, step: &Step, event: &Event<'_>, world: &dyn World) -> Option<Vec<Piece>> {
    step.when.iter().find_map(|(field, wanted)| {
        let values = look::values(rule, field, event, world);
        let holds = values.iter().any(|value| wanted.contains(value));
        let rule = format!("only where {field} is {}; here it is ", wanted.join(" or "));
        let seen = match values.is_empty() {
            true => Piece::Text("nothing".to_owned()),
            false => Piece::Value(values.join(", ")),
        };
        (!holds).then(|| vec![Piece::Text(rule), seen])
    })
}

struct Filler<'a> {
    playbook: &'a Playbook,
    known: &'a IndexMap<String, Vec<String>>,
    outputs: BTreeSet<String>,
    gaps: BTreeSet<Gap>,
}

impl Filler<'_> {
    fn scope<'s>(&'s self, each: Option<(&'s str, Option<(&'s str, usize)>)>) -> Scope<'s> {
        Scope { playbook: self.playbook, known: self.known, outputs: &self.outputs, each, in_policy: false }
    }

    fn step(
        &mut self,
        number: usize,
        step: &Step,
        skipped: Option<Vec<Piece>>,
        used: &mut BTreeSet<String>,
    ) -> FilledStep {
        let mut calls = Vec::new();
        let mut gaps = BTreeSet::new();
        if skipped.is_none() {
            for call in &step.calls {
                used.extend(super::names::of_call(self.playbook, call));
                used.extend(super::names::of_until(self.playbook, call));
                self.call(call, &mut calls, &mut gaps);
            }
            super::names::of_text(&step.title, used);
            step.text.iter().for_each(|text| super::names::of_text(text, used));
        }
        // A step that is left out is named, whatever it lacks.
        let mut in_texts = BTreeSet::new();
        let scope = self.scope(None);
        let title = match skipped {
            Some(_) => vec![Piece::Text(step.title.clone())],
            None => scope.pieces(&step.title, &mut in_texts),
        };
        let text = step.text.as_ref().filter(|_| skipped.is_none());
        let text = text.map(|text| scope.pieces(text, &mut in_texts));
        if skipped.is_none() {
            gaps.append(&mut in_texts);
        }
        self.gaps.append(&mut gaps);
        let wait = step.wait.filter(|_| skipped.is_none());
        FilledStep { number, title, text, requires: step.requires.clone(), skipped, calls, wait }
    }

    fn call(&mut self, call: &Call, calls: &mut Vec<FilledCall>, gaps: &mut BTreeSet<Gap>) {
        let turns: Vec<Option<(&str, usize)>> = match call.each.as_deref() {
            Some(each) if self.known.contains_key(each) => {
                self.known[each].iter().enumerate().map(|(at, value)| Some((value.as_str(), at))).collect()
            }
            _ => vec![None],
        };
        let first = calls.len();
        for (at, turn) in turns.into_iter().enumerate() {
            let each = call.each.as_deref().map(|each| (each, turn));
            if let Some((each, None)) = each
                && !self.outputs.contains(each)
            {
                gaps.insert(Gap::Unfilled(each.to_owned()));
            }
            calls.push(FilledCall {
                service: call.service.clone(),
                action: call.action.clone(),
                each: each.map(|(name, turn)| match turn {
                    Some((value, _)) => Each::Value(value.to_owned()),
                    None => Each::Output(name.to_owned()),
                }),
                parameters: self.scope(each).map(&call.parameters, gaps),
                outputs: call.outputs.clone(),
                adds: at > 0,
                until: None,
            });
        }
        self.outputs.extend(call.outputs.keys().filter(|name| !self.known.contains_key(*name)).cloned());
        if let (Some(until), Some(last)) = (&call.until, calls[first..].last_mut()) {
            last.until = Some((until.state.clone(), self.scope(None).map(&until.parameters, gaps)));
        }
    }
}

/// The finding on a name, at the place where it is bound.
fn report(rule: &Rule, playbook: &Playbook, gap: &Gap, with_event: bool) -> Diagnostic {
    let (code, name) = match gap {
        Gap::Unfilled(name) => (&codes::UNFILLED, name),
        Gap::Several(name) => (&codes::SEVERAL_VALUES, name),
    };
    let binding = playbook.parameters.get(name);
    let title = match (gap, binding.and_then(|binding| binding.field.as_ref())) {
        (Gap::Several(_), _) => format!("`{name}` has several values where one is meant"),
        (_, Some(field)) if with_event => format!("`{name}` has no value: the event holds no `{field}`"),
        _ => format!("`{name}` has no value"),
    };
    let mut finding = Diagnostic::new(code, title).help(format!("add --set {name}=VALUE"));
    if let Some(description) = binding.and_then(|binding| binding.description.as_ref()) {
        finding = finding.note(description.clone());
    }
    let span = binding.and_then(|binding| binding.origin).unwrap_or(rule.origin);
    let finding = match binding {
        Some(_) => finding.at(&rule.source, span, ""),
        None => finding.in_file(&rule.source),
    };
    finding.for_rule(&rule.id, rule.name())
}
