//! What a replay has to say about its rules, once it is known what kinds of events were read: a rule
//! that gave no verdict must not look like one that found nothing.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostic::Diagnostic;
use crate::event::Layout;
use crate::ir::date_math::DateMath;
use crate::ir::{Detection, Purpose, Rule, Threshold, Window};
use crate::matcher::over_time::Alert;
use crate::matcher::{RuleSet, codes};

/// Findings of one code that are listed one by one; more become one finding.
const ONE_BY_ONE: usize = 3;

/// The kinds of events that were read; shared by all threads.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    read: [AtomicBool; Layout::ALL.len()],
    datasets: Mutex<BTreeSet<Option<String>>>,
}

impl Kinds {
    /// Notes the kinds of a block of events.
    pub(super) fn add(&self, read: &[Layout], datasets: BTreeSet<Option<String>>) {
        for (layout, known) in Layout::ALL.iter().zip(&self.read) {
            if read.contains(layout) {
                known.store(true, Ordering::Relaxed);
            }
        }
        if !datasets.is_empty() {
            // Whoever held the lock and panicked left a set that is good as it is.
            self.datasets.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(datasets);
        }
    }

    /// What is to be said about the rules that were run on these kinds.
    pub(super) fn findings(&self, set: &RuleSet) -> Vec<Diagnostic> {
        let datasets = self.datasets.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = Layout::ALL.into_iter().zip(&self.read);
        let read: Vec<Layout> =
            known.filter(|(_, read)| read.load(Ordering::Relaxed)).map(|(layout, _)| layout).collect();
        if read.is_empty() {
            return Vec::new();
        }
        let fits = |rule: usize, layout: Layout| match layout {
            Layout::Ecs => datasets.iter().any(|name| set.is_for(rule, layout, name.as_deref())),
            _ => set.is_for(rule, layout, None),
        };
        let skipped = |rule: usize, layout: Layout| {
            set.skipped(layout).iter().find(|(number, _)| *number == rule).map(|(_, why)| why)
        };
        let (mut others, mut disabled, mut out) = (Vec::new(), Vec::new(), Vec::new());
        for (number, rule) in set.rules().iter().enumerate() {
            let whole = |code, title: String| {
                Diagnostic::new(code, title).at(&rule.source, rule.origin, "").for_rule(&rule.id, rule.name())
            };
            let on: Vec<Layout> = read.iter().copied().filter(|layout| fits(number, *layout)).collect();
            let raw = rule.input.service().map_or(Layout::CloudTrail, Layout::Finding);
            let ways = [raw, Layout::Ecs].map(|layout| skipped(number, layout));
            if let [Some(raw), Some(_)] = ways
                && raw.code != &codes::OTHER_INPUT
            {
                // Run nowhere: the rule set itself reports it.
                continue;
            }
            if on.is_empty() {
                let input = rule.input.as_str();
                let title = format!("the rule is for `{input}`, and no event of that kind was read");
                others.push(whole(&codes::OTHER_INPUT, title));
                continue;
            }
            out.extend(on.iter().filter_map(|layout| skipped(number, *layout)).cloned());
            if rule.metadata.enabled == Some(false) {
                let title = "the rule is switched off (`enabled: false`); it is judged all the same";
                disabled.push(whole(&codes::DISABLED, title.into()));
            }
        }
        let mut notes: Vec<&Diagnostic> = Vec::new();
        for note in read.iter().flat_map(|layout| set.notes(*layout)) {
            let same = |known: &&Diagnostic| known.sort_key() == note.sort_key() && known.title == note.title;
            if !notes.iter().any(same) {
                notes.push(note);
            }
        }
        out.extend(several(notes.into_iter().cloned().collect(), "clauses or keys that no such event holds"));
        out.extend(several(others, "rules are for events of another kind and gave no verdict"));
        out.extend(several(disabled, "rules are switched off and are judged all the same"));
        out
    }
}

/// Whether an alert counts events that no single run of the rule would see together.
pub(super) fn wider_than_a_run(rule: &Rule, alerts: &[Alert]) -> Option<Diagnostic> {
    let Detection::Threshold(Threshold { window: Window::Run, .. }) = &rule.detection else { return None };
    // A hunt runs when somebody asks, over what they ask about.
    if rule.metadata.purpose == Purpose::Hunting {
        return None;
    }
    let offset = |text: Option<&str>, default| {
        DateMath::parse(text.unwrap_or(default)).and_then(|math| math.fixed_offset())
    };
    // Kibana's defaults (kibana_rule_import.md).
    let from = offset(rule.schedule.from.as_deref(), "now-6m")?;
    let run = offset(rule.schedule.to.as_deref(), "now")?.saturating_sub(from);
    let wide =
        |alert: &&Alert| alert.to.zip(alert.from).is_some_and(|(to, from)| to.saturating_sub(from) > run);
    let number = alerts.iter().filter(wide).count();
    (number > 0).then(|| {
        let title = format!("{number} alerts count events that lie further apart than one run looks back");
        let finding = Diagnostic::new(&codes::WIDER_THAN_A_RUN, title).at(&rule.source, rule.origin, "");
        finding.help("`--schedule` counts by the rule's own runs").for_rule(&rule.id, rule.name())
    })
}

/// The findings themselves if they are few, else one that counts them and names the first rules.
fn several(findings: Vec<Diagnostic>, what: &str) -> Vec<Diagnostic> {
    let Some(first) = findings.first().filter(|_| findings.len() > ONE_BY_ONE) else { return findings };
    let mut names: Vec<&str> = Vec::new();
    for rule in findings.iter().filter_map(|finding| finding.rule.as_ref()) {
        if !names.contains(&rule.name.as_str()) {
            names.push(&rule.name);
        }
    }
    let more = names.len().saturating_sub(ONE_BY_ONE);
    let mut list =
        names.iter().take(ONE_BY_ONE).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if more > 0 {
        list.push_str(&format!(" and {more} more"));
    }
    let finding = Diagnostic::new(first.code, format!("{} {what}: {list}", findings.len()));
    vec![finding.help("`trailsmith check` and a replay of fewer rules say it one by one")]
}
