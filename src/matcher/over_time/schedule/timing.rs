//! When a rule runs and which ranges a run searches.

use super::super::codes;
use super::super::reading::{date_math, finding};
use crate::diagnostic::Diagnostic;
use crate::ir::date_math::{DateMath, Round};
use crate::ir::{Duration, Rule};

/// Kibana's `xpack.alerting.rules.run.alerts.max` unless configured otherwise.
pub const ALERTING_MAX: u64 = 1000;

/// Most ranges that catch up a gap (elastic_rule_types §1.2).
const MOST_CATCH_UP: i64 = 4;

/// The schedule of a rule, with Elastic's defaults filled in (kibana_rule_import, common fields).
#[derive(Debug, Clone)]
pub struct Timing {
    from: DateMath,
    to: DateMath,
    /// Milliseconds between runs; `None` if the text is no length of time.
    interval: Option<i64>,
    max_signals: u64,
    capped: Option<u64>,
}

/// The ranges that one run searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges {
    /// Both ends inclusive, oldest first.
    pub ranges: Vec<(i64, i64)>,
    /// Milliseconds that stay unsearched since the previous run.
    pub remaining_gap: i64,
}

impl Timing {
    /// Reads the schedule of `rule`; `alerting_max` is the cluster's limit on `max_signals`. Fails
    /// where `from` or `to` is not date math. An interval that cannot be read is no failure here: a
    /// run of its own needs none.
    pub fn of(rule: &Rule, alerting_max: u64) -> Result<Self, Box<Diagnostic>> {
        let schedule = &rule.schedule;
        let wanted = schedule.max_signals.map_or(100, |most| u64::try_from(most).unwrap_or(0));
        Ok(Timing {
            from: date_math(rule, "from", schedule.from.as_deref().unwrap_or("now-6m"))?,
            to: date_math(rule, "to", schedule.to.as_deref().unwrap_or("now"))?,
            interval: Duration::parse(schedule.interval.as_deref().unwrap_or("5m"))
                .map(|interval| interval.millis)
                .filter(|millis| *millis > 0),
            max_signals: wanted.min(alerting_max),
            capped: (wanted > alerting_max).then_some(wanted),
        })
    }

    /// Milliseconds between runs; `None` if the rule's text is no length of time.
    pub fn interval(&self) -> Option<i64> {
        self.interval
    }

    /// Most alerts of one range, the cluster's limit applied.
    pub fn max_signals(&self) -> u64 {
        self.max_signals
    }

    /// The `max_signals` that the rule asks for, if the cluster's limit cut it.
    pub fn capped(&self) -> Option<u64> {
        self.capped
    }

    /// Start and end of the normal range of a run that starts at `now`.
    pub fn range(&self, now: i64) -> (i64, i64) {
        (self.from.resolve_saturating(now, Round::Down), self.to.resolve_saturating(now, Round::Down))
    }

    /// The distance of the range's end from the run, where it never changes.
    pub(crate) fn end_offset(&self) -> Option<i64> {
        self.to.fixed_offset()
    }

    /// The ranges of a run that starts at `now`, its predecessor having started at `previous`
    /// (elastic_rule_types §1.2).
    pub fn ranges(&self, previous: Option<i64>, now: i64) -> Ranges {
        let (from, to) = self.range(now);
        let mut found = Ranges { ranges: vec![(from, to)], remaining_gap: 0 };
        let (Some(previous), Some(interval)) = (previous, self.interval) else { return found };
        let gap = now.saturating_sub(previous).saturating_sub(to.saturating_sub(from));
        if gap <= 0 {
            return found;
        }
        let catch_up = (gap / interval).saturating_add(i64::from(gap % interval != 0)).min(MOST_CATCH_UP);
        for step in 1..=catch_up {
            let shift = interval.saturating_mul(step);
            found.ranges.insert(0, (from.saturating_sub(shift), to.saturating_sub(shift)));
        }
        found.remaining_gap = gap.saturating_sub(interval.saturating_mul(catch_up)).max(0);
        found
    }

    /// What there is to say about the schedule before any run.
    pub fn findings(&self, rule: &Rule) -> Vec<Diagnostic> {
        let title = |wanted| {
            format!("max_signals {wanted} is above the cluster's limit; {} are used", self.max_signals)
        };
        let capped = self.capped.map(|wanted| finding(rule, &codes::MAX_SIGNALS_CAPPED, title(wanted)));
        capped.into_iter().collect()
    }
}

/// The `from` that Kibana's rule form writes for an interval and a look-back: `now-540s` for `5m` and
/// `4m`. A text that is no length of time counts as nothing.
pub fn calculate_from(interval: &str, lookback: &str) -> String {
    let seconds = |text| Duration::parse(text).map_or(0, |duration| duration.millis / 1000);
    format!("now-{}s", seconds(interval).saturating_add(seconds(lookback)))
}
