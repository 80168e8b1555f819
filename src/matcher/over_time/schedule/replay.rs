//! A whole schedule over events that are known beforehand.

use super::super::Event;
use super::super::reading::finding;
use super::super::{codes, format_time as format, keys};
use super::{ALERTING_MAX, Corpus, Run, Simulator, Written};
use crate::diagnostic::Diagnostic;
use crate::ir::Rule;

/// Most runs that are simulated.
const MOST_RUNS: u64 = 1_000_000;

/// What a schedule would have done.
#[derive(Debug, Clone, Default)]
pub struct Simulation {
    /// The runs that alerted or have something to report, in order; quiet ones are left out.
    pub runs: Vec<Run>,
    /// Every alert written, as it stands at the end.
    pub alerts: Vec<Written>,
    /// Findings about the rule and its events as a whole.
    pub findings: Vec<Diagnostic>,
}

/// Runs a rule every interval, the last time at `end`, the first time not before `start` (both in
/// milliseconds since 1970; usually the first event and `now`). `events` are those that match the rule,
/// in any order, those before `start` included where new terms have a history. A run sees what happened
/// until then. Fails where the schedule cannot be read or has more than a million runs.
pub fn simulate(
    rule: &Rule,
    events: Vec<Event>,
    start: i64,
    end: i64,
) -> Result<Simulation, Box<Diagnostic>> {
    play(rule, events, start, end, MOST_RUNS)
}

/// [`simulate`] with a limit of one's own on the number of runs that see events.
pub(super) fn play(
    rule: &Rule,
    events: Vec<Event>,
    start: i64,
    end: i64,
    most: u64,
) -> Result<Simulation, Box<Diagnostic>> {
    let mut simulator = Simulator::new(rule, ALERTING_MAX)?;
    simulator.as_they_happen = true;
    let Some(interval) = simulator.timing.interval() else {
        let text = rule.schedule.interval.as_deref().unwrap_or_default();
        let title = format!("`interval: {text}` is not a length of time above zero");
        return Err(Box::new(finding(rule, &codes::INTERVAL, title)));
    };
    let corpus = Corpus::new(&simulator.reading, events);
    let mut simulation =
        Simulation { findings: findings(rule, &simulator, &corpus, end), ..Simulation::default() };
    let steps = end.saturating_sub(start).max(0) / interval;
    let mut executed = 0;
    let mut step = 0;
    while step <= steps {
        // `end` is the last run: the newest event is always seen.
        let now = end.saturating_sub(interval.saturating_mul(steps - step));
        let ahead = quiet_steps(&simulator, &corpus, now, interval);
        if ahead > 0 {
            step = step.saturating_add(ahead);
            // The run before the next one was made, though there was nothing to see.
            simulator.skip_to(now.saturating_add(interval.saturating_mul(ahead - 1)));
            continue;
        }
        executed += 1;
        if executed > most {
            let title = format!("more than {most} runs between {} and {}", format(start), format(end));
            return Err(Box::new(finding(rule, &codes::TOO_MANY_RUNS, title)));
        }
        let run = simulator.run(now, &corpus);
        if !(run.created.is_empty() && run.updated.is_empty() && run.findings.is_empty()) {
            simulation.runs.push(run);
        }
        step += 1;
    }
    simulation.alerts = simulator.store.alerts;
    Ok(simulation)
}

/// How many runs from the one at `now` on see no event at all and can be passed over: they change
/// neither alerts nor state. Only known where the end of the range keeps its distance from the run.
fn quiet_steps(simulator: &Simulator<'_>, corpus: &Corpus, now: i64, interval: i64) -> i64 {
    let (from, to) = simulator.timing.range(now);
    // A run looks back further than its range where it catches up a gap.
    let searched = simulator.timing.ranges(simulator.previous_start(), now);
    let from = searched.ranges.iter().fold(from, |least, range| least.min(range.0));
    if searched.remaining_gap > 0 {
        return 0;
    }
    let visible = to.min(now);
    match corpus.next_time(from) {
        None => i64::MAX,
        Some(next) if next <= visible => 0,
        Some(next) => match simulator.timing.end_offset() {
            Some(offset) => {
                let due = next.max(next.saturating_sub(offset));
                let distance = due.saturating_sub(now);
                (distance / interval).saturating_add(i64::from(distance % interval != 0)).max(1)
            }
            None => 1,
        },
    }
}

fn findings(rule: &Rule, simulator: &Simulator<'_>, corpus: &Corpus, end: i64) -> Vec<Diagnostic> {
    let mut findings = simulator.timing.findings(rule);
    let (from, to) = simulator.timing.range(end);
    if from >= to {
        let title = format!("the run at {} searches from {} to {}", format(end), format(from), format(to));
        findings.push(finding(rule, &codes::EMPTY_RANGE, title));
    }
    if corpus.unseen() > 0 {
        let title = format!("{} matching events have no time that the rule sees them by", corpus.unseen());
        findings.push(finding(rule, &codes::UNTIMED, title));
    }
    if corpus.cut() > 0 {
        let title = format!(
            "{} matching events span more than {} key combinations; those beyond were left out",
            corpus.cut(),
            keys::MOST_COMBINATIONS
        );
        findings.push(finding(rule, &codes::COMBINATIONS, title));
    }
    findings
}
