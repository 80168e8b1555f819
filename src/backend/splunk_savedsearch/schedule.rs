//! When the search runs and over which range.

use super::stanza::Stanza;
use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::backend::spl::{length, relative};
use crate::ir::date_math::DateMath;
use crate::ir::{Detection, Duration, Rule, Window};

/// Elastic's defaults, for rules that do not say when they run (elastic_rule_types.md).
const INTERVAL: &str = "5m";
const FROM: &str = "now-6m";

/// The range where a start cannot be written: longer than rules look back.
const LONG: &str = "-24h";

/// When and over what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Timing {
    cron: String,
    /// Time between runs.
    pub interval: Duration,
    /// How far back new events are looked for.
    pub look_back: Duration,
    earliest: String,
    latest: String,
}

impl Timing {
    /// Adds the settings.
    pub fn set(self, stanza: &mut Stanza) {
        stanza.set("cron_schedule", self.cron);
        stanza.set("dispatch.earliest_time", self.earliest);
        stanza.set("dispatch.latest_time", self.latest);
        stanza.set("enableSched", "1");
        stanza.set("realtime_schedule", "0");
        stanza.set("counttype", "number of events");
        stanza.set("relation", "greater than");
        stanza.set("quantity", "0");
    }
}

/// The timing of a rule.
pub(super) fn timing(rule: &Rule, losses: &mut Vec<Loss>) -> Timing {
    let schedule = &rule.schedule;
    let mut loss = |key: &str, message: String| {
        losses.push(Loss::new(&codes::LOSS_METADATA_VALUE, key, message));
    };
    let written = schedule.interval.as_deref().unwrap_or(INTERVAL);
    let wanted = Duration::parse(written).unwrap_or(Duration::seconds(300));
    let (interval, cron) = cron(wanted);
    if interval != wanted || Duration::parse(written).is_none() {
        let message = format!("cron has no \"every {written}\"; the search runs every {interval}");
        loss("schedule.interval", message);
    }
    let from = schedule.from.as_deref().unwrap_or(FROM);
    let mut earliest = relative(from).unwrap_or_else(|| {
        loss(
            "schedule.from",
            format!("`{from}` has no fixed distance from now; the search begins at `{LONG}`"),
        );
        LONG.to_owned()
    });
    let to = schedule.to.as_deref().unwrap_or("now");
    let latest = relative(to).unwrap_or_else(|| {
        loss("schedule.to", format!("`{to}` has no fixed distance from now; the search ends now"));
        "now".to_owned()
    });
    let offset = DateMath::parse(from).and_then(|math| math.fixed_offset()).unwrap_or(-86_400_000);
    let mut look_back = Duration { millis: offset.saturating_abs() };
    match &rule.detection {
        // The first run that sees the last event of a window has to see all of it.
        Detection::Threshold(threshold) => {
            if let Window::FirstEvent(span) | Window::Sliding(span) | Window::Tumbling(span) =
                threshold.window
                && (threshold.at_least > 1 || !threshold.cardinality.is_empty())
            {
                let needed = Duration { millis: span.millis.saturating_add(interval.millis) };
                if needed > look_back {
                    look_back = needed;
                    earliest = format!("-{}", length(needed));
                }
            }
        }
        // The history is a part of the search.
        Detection::NewTerms(new_terms) => {
            if let Some(history) = relative(&new_terms.history_start) {
                earliest = history;
            }
        }
        Detection::Event(_) | Detection::Opaque(_) => {}
    }
    Timing { cron, interval, look_back, earliest, latest }
}

/// The longest interval up to the wanted one that cron can keep, and its line.
fn cron(wanted: Duration) -> (Duration, String) {
    let minutes = wanted.millis / 60_000;
    let every = |minutes: i64| Duration::seconds(minutes * 60);
    match minutes {
        10_080.. => (every(10_080), "0 0 * * 1".into()),
        1_440.. => (every(1_440), "0 0 * * *".into()),
        60.. => {
            let hours = (1..=minutes / 60).rev().find(|hours| 24 % hours == 0).unwrap_or(1);
            let field = if hours == 1 { "*".to_owned() } else { format!("*/{hours}") };
            (every(hours * 60), format!("0 {field} * * *"))
        }
        _ => {
            let minutes = (1..=minutes.max(1)).rev().find(|minutes| 60 % minutes == 0).unwrap_or(1);
            let field = if minutes == 1 { "*".to_owned() } else { format!("*/{minutes}") };
            (every(minutes), format!("{field} * * * *"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_as_cron() {
        for (interval, kept, line) in [
            ("30s", "1m", "* * * * *"),
            ("5m", "5m", "*/5 * * * *"),
            ("7m", "6m", "*/6 * * * *"),
            ("1h", "1h", "0 * * * *"),
            ("90m", "1h", "0 * * * *"),
            ("5h", "4h", "0 */4 * * *"),
            ("1d", "1d", "0 0 * * *"),
            ("7d", "7d", "0 0 * * 1"),
        ] {
            let expected = (Duration::parse(kept).unwrap(), line.to_owned());
            assert_eq!(cron(Duration::parse(interval).unwrap()), expected, "{interval}");
        }
    }
}
