use super::super::test_support::*;
use super::super::{Alert, Scalar, Term};
use crate::ir::{MissingFields, Window};

/// Times in minutes and counts.
fn shape(alerts: &[Alert]) -> Vec<(i64, u64)> {
    alerts.iter().map(|alert| (alert.time.unwrap() / MINUTE, alert.count)).collect()
}

/// Documents of one user at these minutes.
fn at(times: &[i64]) -> Vec<Doc> {
    times.iter().enumerate().map(|(n, &minute)| doc(&format!("{n:03}"), minute, "u", "")).collect()
}

// threatstack.md §5: anchored at the first event; t ≥ t0 + window opens a new group; fires once when
// the count is reached; later events only raise the count.
#[test]
fn anchored_windows_begin_at_the_first_event() {
    let rule = threshold(3, Window::FirstEvent(minutes(60)));
    let found = once(&rule, &at(&[0, 10, 20, 30, 59, 60, 61, 119, 200, 201]));
    assert_eq!(shape(&found.alerts), [(20, 5), (119, 3)]);
    assert_eq!(found.alerts[0].events.len(), 5);
    // 50 to 69 would hold three events in a sliding window, but 0 to 60 and 60 to 120 do not.
    assert!(once(&rule, &at(&[0, 50, 60, 65])).alerts.is_empty());
}

#[test]
fn an_anchored_window_with_threshold_one_removes_doubles() {
    let rule = threshold(1, Window::FirstEvent(minutes(60)));
    let found = once(&rule, &at(&[0, 1, 59, 60, 61]));
    assert_eq!(shape(&found.alerts), [(0, 3), (60, 2)]);
}

#[test]
fn sliding_windows_find_any_stretch() {
    let rule = threshold(3, Window::Sliding(minutes(20)));
    assert_eq!(shape(&once(&rule, &at(&[0, 50, 60, 65])).alerts), [(65, 3)]);
    // Exactly one length apart is outside.
    assert!(once(&rule, &at(&[0, 10, 20])).alerts.is_empty());
    // One alert while the condition lasts; another after it lapsed.
    assert_eq!(shape(&once(&rule, &at(&[0, 5, 10, 15, 20, 100, 101, 102])).alerts), [(10, 5), (102, 3)]);
    let each = threshold(1, Window::Sliding(minutes(20)));
    assert_eq!(shape(&once(&each, &at(&[0, 5, 100])).alerts), [(0, 2), (100, 1)]);
}

#[test]
fn tumbling_windows_follow_the_clock() {
    let rule = threshold(2, Window::Tumbling(minutes(10)));
    assert!(once(&rule, &at(&[9, 10])).alerts.is_empty(), "a burst across the boundary is lost");
    assert_eq!(shape(&once(&rule, &at(&[-1, -10, 10, 19])).alerts), [(-1, 2), (19, 2)]);
}

#[test]
fn the_whole_input_is_one_run() {
    let rule = distinct(threshold(3, Window::Run), "ip", 2);
    let mut docs = vec![doc("a", 0, "u", "1"), doc("b", 10_000, "u", "1"), doc("c", 20_000, "u", "1")];
    assert!(once(&rule, &docs).alerts.is_empty());
    docs.push(doc("d", 5, "u", "2"));
    docs.push(doc("e", 5, "", "3"));
    let found = once(&rule, &docs).alerts;
    assert_eq!(shape(&found), [(20_000, 4)]);
    assert_eq!(found[0].cardinality, [("ip".to_owned(), 2)]);
    assert_eq!(found[0].group, [("user".to_owned(), Some(Scalar::text("u")))]);
    let ids: Vec<_> = found[0].events.iter().map(|event| &*event.id).collect();
    assert_eq!(ids, ["a", "d", "b", "c"]);
}

#[test]
fn distinct_values_leave_a_sliding_window_with_their_events() {
    let rule = distinct(threshold(2, Window::Sliding(minutes(10))), "ip", 2);
    let docs = [doc("a", 0, "u", "1"), doc("b", 9, "u", "2"), doc("c", 11, "u", "2"), doc("d", 12, "u", "2")];
    assert_eq!(shape(&once(&rule, &docs).alerts), [(9, 2)]);
    let docs = [doc("a", 0, "u", "1"), doc("b", 12, "u", "2"), doc("c", 13, "u", "2")];
    assert!(once(&rule, &docs).alerts.is_empty());
}

#[test]
fn new_terms_are_new_until_seen_and_again_after_the_history() {
    let rule = new_terms(&["user"], "now-60m");
    let docs = [doc("a", 0, "u", ""), doc("b", 60, "u", ""), doc("c", 121, "u", ""), doc("d", 121, "v", "")];
    let found = once(&rule, &docs).alerts;
    let ids: Vec<_> = found.iter().map(|alert| &*alert.events[0].id).collect();
    assert_eq!(ids, ["a", "c", "d"], "exactly one history length ago is known (elastic_rule_types §4)");
    assert_eq!(found[2].new_terms, Some(vec![Scalar::text("v")]));
}

#[test]
fn suppression_folds_within_its_duration() {
    let docs = at(&[0, 30, 60, 61, 200]);
    let folded = |rule| {
        let found = once(&rule, &docs).alerts;
        found.iter().map(|a| a.suppression.as_ref().unwrap().docs_count).collect::<Vec<_>>()
    };
    assert_eq!(folded(suppress(events(), Some(60), None)), [2, 0, 0]);
    assert_eq!(folded(suppress(events(), None, None)), [4]);
}

// elastic_rule_types §7: query rules take arrays apart, new terms rules take them whole.
#[test]
fn arrays_are_split_for_queries_and_kept_for_new_terms() {
    let mut both = doc("a", 0, "", "1");
    both.values.insert("user", vec![Scalar::text("v"), Scalar::text("u")]);
    let docs = [both, doc("b", 1, "u", "2")];
    let terms = |rule| {
        let found = once(&rule, &docs).alerts;
        let suppression = |alert: &Alert| alert.suppression.clone().unwrap();
        let term = |alert| (suppression(alert).terms[0].1.clone(), suppression(alert).docs_count);
        found.iter().map(term).collect::<Vec<_>>()
    };
    let one = |text| Term::One(Scalar::text(text));
    assert_eq!(terms(suppress(events(), None, None)), [(one("u"), 1), (one("v"), 0)]);
    let all = |texts: &[&str]| Term::All(texts.iter().map(|text| Scalar::text(text)).collect());
    let rule = suppress(new_terms(&["ip"], "now-7d"), None, None);
    assert_eq!(terms(rule), [(all(&["u", "v"]), 0), (all(&["u"]), 0)]);
}

#[test]
fn missing_keys_follow_the_strategy() {
    let docs = [doc("a", 0, "u", ""), doc("b", 1, "", ""), doc("c", 2, "", "")];
    let counts = |missing| {
        let found = once(&suppress(events(), None, missing), &docs).alerts;
        found.iter().map(|alert| alert.suppression.as_ref().map(|s| s.docs_count)).collect::<Vec<_>>()
    };
    assert_eq!(counts(None), [Some(0), Some(1)], "Elastic's default is `suppress`");
    assert_eq!(counts(Some(MissingFields::Exclude)), [Some(0), None, None]);
}

#[test]
fn events_without_a_time_count_where_no_clock_is_needed() {
    let mut docs = at(&[0, 1]);
    docs[1].time = None;
    assert_eq!(once(&events(), &docs).alerts.len(), 2);
    assert_eq!(once(&threshold(2, Window::Run), &docs).alerts.len(), 1);
    let found = once(&threshold(2, Window::Sliding(minutes(5))), &docs);
    assert!(found.alerts.is_empty());
    assert_eq!(found.findings[0].code.name, "time-untimed-events");
}

#[test]
fn a_long_row_of_the_same_values_is_thinned_to_what_matters() {
    let rule = new_terms(&["user"], "now-60m");
    let reading = super::super::Reading::of(&rule).unwrap();
    let mut events = read(&rule, &at(&(0..1000).collect::<Vec<_>>()));
    super::thin(&reading, &mut events);
    // One an hour, and the last.
    assert!(events.len() <= 1000 / 60 + 2, "{}", events.len());
    let threshold = threshold(3, Window::Run);
    let reading = super::super::Reading::of(&threshold).unwrap();
    let mut events = read(&threshold, &at(&[1, 2, 3]));
    super::thin(&reading, &mut events);
    assert_eq!(events.len(), 3, "a count needs every event");
}
