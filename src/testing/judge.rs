//! One rule on the events of one case.

use std::sync::Arc;

use super::fixture::{Case, Expect, RunPlan};
use super::outcome::Failure;
use super::{Settings, alerts};
use crate::event::Layout;
use crate::ir::{Detection, Input, Rule};
use crate::matcher::explain::{ExplainError, Explainer, Observation, observe, render};
use crate::matcher::over_time::{ALERTING_MAX, Alert, Corpus, Event, Reading, Simulator, run_once, simulate};
use crate::matcher::{Evidence, Options, RuleSet, Scratch};
use crate::replay::events::{Prepared, newest};

/// What came of one case.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Empty: as expected.
    pub failures: Vec<Failure>,
    /// What was seen of each clause, by its number; empty unless asked for.
    pub observed: Vec<Observation>,
}

/// Judges the events of a case; `expect` is the case's own.
pub(super) fn judge(rule: &Arc<Rule>, case: &Case, events: &[Prepared], settings: &Settings) -> Judged {
    let mut judged = Judged::default();
    if let Detection::Opaque(opaque) = &rule.detection {
        judged.failures.push(Failure::new(format!("the rule cannot be run here: {}", opaque.reason)));
        return judged;
    }
    let alien: Vec<Failure> = events.iter().filter_map(|event| misfit(rule, event)).collect();
    if !alien.is_empty() {
        judged.failures = alien;
        return judged;
    }
    let now = newest(events);
    let options = Options { now_ms: now, version: settings.version };
    let set = RuleSet::compile(&[Arc::clone(rule)], &options);
    let explainer = Explainer::new(set.world(), now);
    let mut matched = Vec::with_capacity(events.len());
    let mut scratch = Scratch::default();
    let mut hits = Vec::new();
    for event in events {
        if let Some((_, why)) = set.skipped(event.layout).first() {
            judged
                .failures
                .push(Failure::new(format!("the rule cannot be run on {}: {}", event.name, why.title)));
            return judged;
        }
        if let Err(error) = set.judge(&event.json, event.layout, &mut scratch, &mut hits) {
            judged.failures.push(Failure::new(format!("{} is not JSON: {error}", event.name)));
            return judged;
        }
        let evidence = hits.first().map(|&hit| set.evidence(hit, &event.json, event.layout, &mut scratch));
        matched.push(evidence);
        if settings.coverage {
            add(&mut judged.observed, observe(&explainer, rule, &event.json, event.layout));
        }
    }
    match &case.expect {
        None => {}
        Some(expect @ (Expect::Match | Expect::NoMatch)) => {
            let wanted = *expect == Expect::Match;
            for (event, evidence) in events.iter().zip(&matched) {
                if evidence.is_some() != wanted {
                    judged.failures.push(wrong_verdict(rule, event, wanted, &explainer));
                }
            }
        }
        Some(Expect::Alerts { count, groups }) => {
            let raised = Reading::of(rule).and_then(|reading| {
                let of = |evidence: &Option<Evidence>| Some(Event::read(evidence.as_ref()?, &reading));
                let hits: Vec<Event> = matched.iter().filter_map(of).collect();
                raise(rule, &reading, hits, case.schedule.as_ref())
            });
            match raised {
                Ok(raised) => judged.failures.extend(alerts::compare(rule, *count, groups, &raised)),
                Err(diagnostic) => judged.failures.push(Failure::new(diagnostic.title)),
            }
        }
    }
    judged
}

/// The alerts of the matching events: at once, or by the runs of a schedule.
fn raise(
    rule: &Rule,
    reading: &Reading,
    hits: Vec<Event>,
    plan: Option<&RunPlan>,
) -> Result<Vec<Alert>, Box<crate::diagnostic::Diagnostic>> {
    match plan {
        None => Ok(run_once(rule, reading, hits).alerts),
        Some(RunPlan::Between(from, to)) => {
            Ok(simulate(rule, hits, *from, *to)?.alerts.into_iter().map(|written| written.alert).collect())
        }
        Some(RunPlan::At(instants)) => {
            let mut simulator = Simulator::new(rule, ALERTING_MAX)?;
            let corpus = Corpus::new(reading, hits);
            for instant in instants {
                simulator.run(*instant, &corpus);
            }
            Ok(simulator.alerts().iter().map(|written| written.alert.clone()).collect())
        }
    }
}

fn wrong_verdict(rule: &Rule, event: &Prepared, wanted: bool, explainer: &Explainer<'_>) -> Failure {
    let message = match wanted {
        true => format!("expected a match, the rule did not match {}", event.name),
        false => format!("expected no match, the rule matched {}", event.name),
    };
    let detail = match explainer.explain(rule, &event.json, event.layout) {
        Ok(verdict) => render(&verdict),
        Err(error) => error.to_string(),
    };
    Failure { message, detail }
}

/// Why an event is not of the rule's input: a rule for findings never judges a CloudTrail record,
/// and the other way round.
fn misfit(rule: &Rule, event: &Prepared) -> Option<Failure> {
    let is = match (&rule.input, event.layout) {
        (Input::CloudTrail, Layout::CloudTrail) if event.is_cloudtrail => return None,
        (Input::CloudTrail, Layout::CloudTrail) => "no CloudTrail record".to_owned(),
        (Input::Other(_), Layout::CloudTrail) if event.is_cloudtrail => "a CloudTrail record".to_owned(),
        (Input::Other(_), Layout::CloudTrail) => match rule.input.service() {
            Some(service) => format!("not {}", service.finding()),
            None => "no ECS document".to_owned(),
        },
        (input, Layout::Finding(service)) if input.service() == Some(service) => return None,
        (_, Layout::Finding(service)) => service.finding().to_owned(),
        (input, Layout::Ecs) => {
            let dataset = event.dataset.as_deref();
            let fits = match (input, dataset) {
                (Input::CloudTrail, None) => true,
                (Input::CloudTrail, Some(dataset)) => dataset == "aws.cloudtrail",
                (Input::Other(name), Some(dataset)) => {
                    input.service().is_some_and(|service| service.dataset() == dataset)
                        || dataset == name
                        || dataset.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
                }
                (Input::Other(_), None) => false,
            };
            if fits {
                return None;
            }
            match dataset {
                Some(dataset) => format!("a document of the data set {dataset}"),
                None => "a document that names no data set".to_owned(),
            }
        }
    };
    let input = rule.input.as_str();
    Some(Failure::new(format!("wrong input type: {} is {is}, the rule is for {input}", event.name)))
}

fn add(all: &mut Vec<Observation>, observed: Result<Vec<Observation>, ExplainError>) {
    let Ok(observed) = observed else { return };
    all.resize(all.len().max(observed.len()), Observation::default());
    all.iter_mut().zip(observed).for_each(|(all, one)| *all = all.merge(one));
}
