use super::super::test_support::*;
use super::*;
use crate::ir::{Rule, Window};

fn schedule(mut rule: Rule, from: &str, interval: &str) -> Rule {
    rule.schedule.from = Some(from.into());
    rule.schedule.interval = Some(interval.into());
    rule
}

fn instants(simulation: &Simulation) -> Vec<i64> {
    simulation.runs.iter().map(|run| run.at / MINUTE).collect()
}

#[test]
fn runs_end_at_now_and_see_what_happened_until_then() {
    let rule = schedule(events(), "now-10m", "10m");
    let docs = [doc("a", 0, "u", ""), doc("b", 12, "u", ""), doc("c", 35, "u", ""), doc("d", 36, "u", "")];
    let found = simulate(&rule, read(&rule, &docs), 0, 35 * MINUTE).unwrap();
    assert_eq!(instants(&found), [5, 15, 35]);
    assert_eq!(found.alerts.len(), 3, "d has not happened yet");
    assert!(found.findings.is_empty());
}

#[test]
fn a_threshold_over_two_runs_does_not_add_up() {
    let rule = schedule(threshold(2, Window::Run), "now-10m", "10m");
    let docs = [doc("a", 4, "u", ""), doc("b", 6, "u", "")];
    assert!(simulate(&rule, read(&rule, &docs), 5 * MINUTE, 15 * MINUTE).unwrap().alerts.is_empty());
    let rule = schedule(threshold(2, Window::Run), "now-15m", "10m");
    assert_eq!(simulate(&rule, read(&rule, &docs), 5 * MINUTE, 15 * MINUTE).unwrap().alerts.len(), 1);
}

// Passing over quiet runs must not show: an event every few hours, and a run every five minutes.
#[test]
fn quiet_stretches_change_nothing() {
    let rule = suppress(schedule(events(), "now-6m", "5m"), Some(60 * 24), None);
    let docs: Vec<Doc> = (0..20).map(|n| doc(&format!("{n:02}"), n * 313, "u", "")).collect();
    let end = 20 * 313 * MINUTE;
    let found = simulate(&rule, read(&rule, &docs), 0, end).unwrap();

    let mut simulator = Simulator::new(&rule, ALERTING_MAX).unwrap();
    let corpus = Corpus::new(simulator.reading(), read(&rule, &docs));
    let first = end % (5 * MINUTE);
    for step in 0..=end / (5 * MINUTE) {
        simulator.run(first + step * 5 * MINUTE, &corpus);
    }
    let seen = |written: &Written| (written.alert.clone(), written.at, written.last_detected);
    let all = |alerts: &[Written]| alerts.iter().map(seen).collect::<Vec<_>>();
    assert_eq!(all(&found.alerts), all(simulator.alerts()));
    // Each alert takes in what is seen within a day of it: five events 313 minutes apart.
    assert_eq!(found.alerts.iter().map(|w| w.at / MINUTE).collect::<Vec<_>>(), [0, 1565, 3130, 4695]);
}

#[test]
fn a_short_range_leaves_gaps_that_are_caught_up() {
    let rule = schedule(events(), "now-1m", "10m");
    // Seen at 20 only because that run searches 9 to 10 again.
    let docs = [doc("a", 5, "u", ""), doc("b", 20, "u", "")];
    let found = simulate(&rule, read(&rule, &docs), 0, 20 * MINUTE).unwrap();
    assert_eq!(found.alerts.len(), 1);
}

#[test]
fn a_long_pause_is_a_gap() {
    let rule = schedule(events(), "now-10m", "10m");
    let mut simulator = Simulator::new(&rule, ALERTING_MAX).unwrap();
    let corpus = Corpus::new(simulator.reading(), read(&rule, &[doc("a", 11, "u", "")]));
    simulator.run(0, &corpus);
    let run = simulator.run(120 * MINUTE, &corpus);
    assert_eq!(run.ranges.len(), 5);
    assert_eq!(run.findings[0].code.name, "time-gap");
    assert!(run.findings[0].title.ends_with("from 1970-01-01T00:00:00.000Z to 1970-01-01T01:10:00.000Z"));
    assert!(simulator.alerts().is_empty());
}

#[test]
fn what_cannot_be_scheduled_is_a_finding() {
    let code = |rule: &Rule| simulate(rule, Vec::new(), 0, MINUTE).unwrap_err().code.name;
    assert_eq!(code(&schedule(events(), "yesterday", "5m")), "time-date-math");
    assert_eq!(code(&schedule(events(), "now-6m", "often")), "time-interval");
    assert_eq!(code(&schedule(events(), "now-6m", "0s")), "time-interval");
    assert_eq!(code(&new_terms(&["user"], "some time ago")), "time-date-math");
    let rule = schedule(events(), "1970-01-01", "1s");
    let endless = replay::play(&rule, read(&rule, &[doc("a", 0, "u", "")]), 0, i64::MAX, 1_000);
    assert_eq!(endless.unwrap_err().code.name, "time-too-many-runs");
}

#[test]
fn a_history_inside_the_range_fails_the_run() {
    let rule = schedule(new_terms(&["user"], "now-5m"), "now-10m", "5m");
    let found = simulate(&rule, read(&rule, &[doc("a", 0, "u", "")]), 0, 0).unwrap();
    assert_eq!(found.runs[0].findings[0].code.name, "time-history-window");
    assert!(found.alerts.is_empty());
}

// elastic_rule_types §7: `kibana.alert.start` ≥ now − D.
#[test]
fn a_suppression_window_includes_its_end() {
    for (minutes, expected) in [(10, 1), (9, 2)] {
        let rule = suppress(schedule(events(), "now-10m", "10m"), Some(minutes), None);
        let docs = [doc("a", 0, "u", ""), doc("b", 10, "u", "")];
        assert_eq!(simulate(&rule, read(&rule, &docs), 0, 10 * MINUTE).unwrap().alerts.len(), expected);
    }
}

// §2: sorted by the primary, then by the secondary timestamp; documents without the first come last.
#[test]
fn documents_without_the_override_are_searched_last() {
    let mut rule = schedule(events(), "now-60m", "10m");
    rule.metadata.overrides.timestamp = Some("event.ingested".into());
    rule.schedule.max_signals = Some(1);
    let mut docs = [doc("a", 1, "u", ""), doc("b", 2, "u", "")];
    docs[1].ingested = Some(30 * MINUTE);
    let found = simulate(&rule, read(&rule, &docs), 40 * MINUTE, 40 * MINUTE).unwrap();
    assert_eq!(&*found.alerts[0].alert.events[0].id, "b");
    assert_eq!(found.runs[0].findings[0].code.name, "time-max-signals");
    rule.metadata.overrides.timestamp_fallback_disabled = Some(true);
    rule.schedule.max_signals = None;
    let found = simulate(&rule, read(&rule, &docs), 40 * MINUTE, 40 * MINUTE).unwrap();
    assert_eq!(found.alerts.len(), 1);
    assert_eq!(found.findings[0].code.name, "time-untimed-events");
}

#[test]
fn events_without_an_id_are_not_the_same_event() {
    let rule = schedule(events(), "now-20m", "10m");
    let docs = [doc("", 1, "u", ""), doc("", 1, "u", ""), doc("", 2, "u", "")];
    assert_eq!(simulate(&rule, read(&rule, &docs), 0, 20 * MINUTE).unwrap().alerts.len(), 3);
}

// §3: the search's total, by which a threshold without fields counts, stops at 10,000.
#[test]
fn a_threshold_without_fields_never_counts_beyond_ten_thousand() {
    let mut rule = schedule(threshold(10_001, Window::Run), "now-10m", "10m");
    let docs: Vec<Doc> = (0..10_001).map(|n| doc(&n.to_string(), 1, "u", "")).collect();
    let count = |rule: &Rule| simulate(rule, read(rule, &docs), 0, 10 * MINUTE).unwrap().alerts.len();
    assert_eq!(count(&rule), 1);
    if let crate::ir::Detection::Threshold(threshold) = &mut rule.detection {
        threshold.group_by.clear();
    }
    assert_eq!(count(&rule), 0);
}
