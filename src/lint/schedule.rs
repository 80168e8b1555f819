//! Schedules that leave events unseen.

use super::{at, place_of};
use crate::diagnostic::Diagnostic;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{Duration, Format, Rule};

crate::codes! {
    /// Each run looks back over less time than passes until the next run, so events in between are
    /// never searched.
    ///
    /// ```toml
    /// interval = "15m"
    /// from = "now-9m"      # 6 of every 15 minutes are never seen
    /// ```
    ///
    /// Let `from` reach back at least one interval, plus the time that events need to arrive
    /// (CloudTrail delivers within about 5 to 15 minutes).
    pub SCHEDULE_GAP = warning "schedule-gap": "the look-back is shorter than the interval";

    /// The interval is not a length of time, so it is unknown when the rule runs.
    ///
    /// Write a whole number and a unit: `30s`, `5m`, `1h`, `1d`.
    pub SCHEDULE_INTERVAL = error "schedule-interval": "the interval cannot be read";

    /// The start or the end of the range is not Elasticsearch date math, so it is unknown which
    /// events a run sees.
    ///
    /// Write `now-9m`, `now-1d/d` or `now`. Units: `y M w d h H m s`.
    pub SCHEDULE_RANGE = error "schedule-range": "the range of a run cannot be read";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let schedule = &rule.schedule;
    let mut said = findings.len();
    for (key, value) in [("from", &schedule.from), ("to", &schedule.to)] {
        if let Some(text) = value.as_deref().filter(|text| DateMath::parse(text).is_none()) {
            let finding = Diagnostic::new(&SCHEDULE_RANGE, format!("`{key}` is not date math: `{text}`"))
                .help("write something like `now-9m`; units are y M w d h H m s");
            findings.push(at(finding, rule, place_of(rule, text), ""));
        }
    }
    let interval = schedule.interval.as_deref();
    if let Some(text) = interval.filter(|text| Duration::parse(text).is_none_or(|d| d.millis == 0)) {
        let finding =
            Diagnostic::new(&SCHEDULE_INTERVAL, format!("the interval is no length of time: `{text}`"))
                .help("write something like `5m`");
        findings.push(at(finding, rule, place_of(rule, text), ""));
    }
    said = findings.len() - said;
    // Threat Stack rules have no runs.
    let runs = matches!(rule.format, Format::ElasticToml | Format::KibanaNdjson) || interval.is_some();
    if said > 0 || !runs {
        return;
    }
    // Kibana's defaults: every 5 minutes, from now-6m to now.
    let interval = interval.and_then(Duration::parse).unwrap_or(Duration::seconds(300));
    let at_now = |text: &str| DateMath::parse(text).filter(DateMath::is_relative)?.resolve(0, Round::Down);
    let from = at_now(schedule.from.as_deref().unwrap_or("now-6m"));
    let to = at_now(schedule.to.as_deref().unwrap_or("now"));
    let Some((from, to)) = from.zip(to) else { return };
    // A rounded start reaches back further at any other time than midnight of 1970.
    if to - from < interval.millis && !schedule.from.as_deref().is_some_and(|text| text.contains('/')) {
        let gap = Duration { millis: interval.millis - (to - from) };
        let title = format!("{gap} of every {interval} are never searched");
        let span = schedule.from.as_deref().and_then(|text| place_of(rule, text));
        let label = format!("reaches back {}", Duration { millis: to - from });
        let help = "let `from` reach back at least one interval, plus the delay of the events";
        findings.push(at(Diagnostic::new(&SCHEDULE_GAP, title).help(help), rule, span, &label));
    }
}
