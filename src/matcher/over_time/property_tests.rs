//! What holds for any events, hostile ones included.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::test_support::*;
use super::{Alert, Scalar, simulate};
use crate::ir::{Duration, MissingFields, Rule, Window};

fn scalars() -> impl Strategy<Value = Vec<Scalar>> {
    let scalar = prop_oneof![
        4 => "[a-c]".prop_map(|text| Scalar::text(&text)),
        1 => any::<bool>().prop_map(Scalar::Bool),
        1 => "-?[0-9]{1,3}(\\.[0-9])?|1e999|NaN".prop_map(|number| Scalar::number(&number)),
    ];
    prop::collection::vec(scalar, 0..3)
}

fn times() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        8 => (0..300i64).prop_map(|minute| Some(minute * MINUTE)),
        1 => Just(None),
        1 => prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, i64::MAX]).prop_map(Some),
    ]
}

fn docs() -> impl Strategy<Value = Vec<Doc>> {
    let doc =
        ("[0-9]{2}", times(), times(), scalars(), scalars()).prop_map(|(id, time, ingested, user, ip)| Doc {
            id,
            time,
            ingested,
            values: BTreeMap::from([("user", user), ("ip", ip)]),
        });
    prop::collection::vec(doc, 0..30)
}

fn lengths() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..60i64).prop_map(minutes),
        Just(Duration { millis: i64::MAX }),
        Just(Duration { millis: 1 })
    ]
}

fn windows() -> impl Strategy<Value = Window> {
    let of = (0..4, lengths());
    of.prop_map(|(kind, length)| match kind {
        0 => Window::Run,
        1 => Window::FirstEvent(length),
        2 => Window::Sliding(length),
        _ => Window::Tumbling(length),
    })
}

fn rules() -> impl Strategy<Value = Rule> {
    let base = prop_oneof![
        Just(events()),
        (0..5u64, windows(), 0..3u64).prop_map(|(least, window, ips)| {
            let rule = threshold(least, window);
            if ips > 0 { distinct(rule, "ip", ips) } else { rule }
        }),
        prop::sample::select(vec!["now-30m", "now-7d/d", "1970-01-01", "now-9223372036854775807y"])
            .prop_map(|history| new_terms(&["user", "ip"], history)),
    ];
    let duration = prop::option::of(prop_oneof![0..100i64, Just(i64::MAX)]);
    let missing = prop::sample::select(vec![None, Some(MissingFields::Group), Some(MissingFields::Exclude)]);
    let suppression = prop::option::of((duration, missing));
    (base, suppression, any::<bool>(), any::<bool>()).prop_map(|(rule, suppression, ingested, fallback)| {
        let mut rule = match suppression {
            Some((duration, missing)) => suppress(rule, duration, missing),
            None => rule,
        };
        if ingested {
            rule.metadata.overrides.timestamp = Some("event.ingested".into());
            rule.metadata.overrides.timestamp_fallback_disabled = Some(!fallback);
        }
        rule
    })
}

/// Alerts and everything folded into them.
fn weight(alerts: &[Alert]) -> u64 {
    alerts.iter().map(|alert| 1 + alert.suppression.as_ref().map_or(0, |s| s.docs_count)).sum()
}

proptest! {
    #[test]
    fn thinning_changes_no_alert(rule in rules(), docs in docs(), cuts in prop::collection::vec(0..30usize, 0..4)) {
        let reading = super::Reading::of(&rule).unwrap();
        let mut kept = Vec::new();
        for (index, event) in read(&rule, &docs).into_iter().enumerate() {
            kept.push(event);
            if cuts.contains(&index) {
                super::thin(&reading, &mut kept);
            }
        }
        let all = super::run_once(&rule, &reading, read(&rule, &docs));
        prop_assert_eq!(super::run_once(&rule, &reading, kept).alerts, all.alerts);
    }

    #[test]
    fn the_order_of_the_input_never_matters(rule in rules(), docs in docs(), seed: u64) {
        let mut shuffled = docs.clone();
        // A permutation that the seed decides.
        shuffled.sort_by_key(|doc| {
            let mix = format!("{doc:?}").bytes().fold(seed, |h, b| h.rotate_left(5) ^ u64::from(b).wrapping_mul(seed | 1));
            (mix, format!("{doc:?}"))
        });
        prop_assert_eq!(once(&rule, &docs).alerts, once(&rule, &shuffled).alerts);
    }

    #[test]
    fn suppression_loses_no_alert(rule in rules(), docs in docs()) {
        let mut plain = rule.clone();
        plain.suppression = None;
        let folded = once(&rule, &docs);
        let left_out = folded.findings.iter().any(|finding| finding.code.name == "time-untimed-events");
        // An event with several values of the suppression field is one alert in each of their groups.
        let single = docs.iter().all(|doc| doc.values["user"].len() < 2);
        let events = matches!(rule.detection, crate::ir::Detection::Event(_));
        if !left_out && (single || !events) {
            prop_assert_eq!(weight(&folded.alerts), weight(&once(&plain, &docs).alerts));
        }
    }

    #[test]
    fn windows_hold_what_they_promise(docs in docs(), least in 1..5u64, length in 1..60i64, kind in 0..3) {
        let length = minutes(length);
        let window = [Window::FirstEvent(length), Window::Sliding(length), Window::Tumbling(length)][kind as usize];
        let alerts = once(&threshold(least, window), &docs).alerts;
        for alert in &alerts {
            prop_assert!(alert.count >= least);
            prop_assert_eq!(alert.count as usize, alert.events.len());
            prop_assert!(alert.from <= alert.time && alert.time <= alert.to);
            let span = alert.to.unwrap().saturating_sub(alert.from.unwrap());
            prop_assert!(matches!(window, Window::Sliding(_)) || span < length.millis);
        }
        // A stretch that one of the other windows finds is a stretch of the length, so sliding finds
        // one in the same group, and no group counts an event twice.
        let groups = |alerts: &[Alert]| alerts.iter().map(|a| a.group.clone()).collect::<Vec<_>>();
        let sliding = groups(&once(&threshold(least, Window::Sliding(length)), &docs).alerts);
        prop_assert!(groups(&alerts).iter().all(|group| sliding.contains(group)));
        prop_assert!(weight(&alerts) <= docs.iter().map(|doc| doc.values["user"].len() as u64).sum());
    }

    #[test]
    fn a_schedule_survives_anything(
        rule in rules(), docs in docs(), from in "now-[0-9]{1,19}[smhdwMy]|now|now/d|.{0,5}",
        interval in "[0-9]{1,2}[mh]|0m|.{0,3}", most in prop::option::of(-1..5i64),
    ) {
        let mut rule = rule;
        rule.schedule.from = Some(from);
        rule.schedule.interval = Some(interval);
        rule.schedule.max_signals = most;
        let events = read(&rule, &docs);
        if let Ok(simulation) = simulate(&rule, events, 0, 400 * MINUTE) {
            prop_assert!(simulation.runs.iter().all(|run| run.created.iter().all(|at| *at < simulation.alerts.len())));
        }
    }

    #[test]
    fn a_schedule_without_limits_finds_every_event_once(docs in docs()) {
        let mut rule = events();
        rule.schedule.max_signals = Some(1000);
        rule.schedule.from = Some("now-20m".into());
        let seen = |doc: &&Doc| doc.time.is_some_and(|time| (0..=300 * MINUTE).contains(&time));
        let mut ids: Vec<_> = docs.iter().filter(seen).map(|doc| doc.id.clone()).collect();
        ids.sort();
        ids.dedup();
        let found = simulate(&rule, read(&rule, &docs), 0, 300 * MINUTE).unwrap();
        let mut alerted: Vec<_> = found.alerts.iter().map(|w| w.alert.events[0].id.to_string()).collect();
        alerted.sort();
        alerted.retain(|id| ids.contains(id));
        prop_assert_eq!(alerted, ids);
    }
}
