//! When a rule runs and over which range.

use std::fmt;

/// A length of time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    /// Milliseconds.
    pub millis: i64,
}

impl Duration {
    /// So many seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Duration { millis: seconds.saturating_mul(1000) }
    }

    /// Reads `90s`, `5m`, `2h`, `1d`, `1w` (a whole number and one unit).
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let number: i64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
        let millis = match unit {
            's' => 1_000,
            'm' => 60_000,
            'h' => 3_600_000,
            'd' => 86_400_000,
            'w' => 604_800_000,
            _ => return None,
        };
        (number >= 0).then(|| number.checked_mul(millis).map(|millis| Duration { millis }))?
    }

    /// In the largest of hours, minutes and seconds that divides it, as Kibana writes durations;
    /// parts of a second are dropped.
    pub fn in_hours_minutes_seconds(self) -> (i64, &'static str) {
        match self.millis {
            0 => (0, "s"),
            millis if millis % 3_600_000 == 0 => (millis / 3_600_000, "h"),
            millis if millis % 60_000 == 0 => (millis / 60_000, "m"),
            millis => (millis / 1_000, "s"),
        }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, millis) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)] {
            if self.millis % millis == 0 && self.millis != 0 {
                return write!(f, "{}{unit}", self.millis / millis);
            }
        }
        write!(f, "{}ms", self.millis)
    }
}

/// Timing of a rule as written; defaults are the executor's business.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// Start of the range as date math (`now-9m`); Elastic's default is `now-6m`.
    pub from: Option<String>,
    /// End of the range as date math; default `now`.
    pub to: Option<String>,
    /// Time between runs (`5m`).
    pub interval: Option<String>,
    /// Most alerts of one run; Elastic's default is 100.
    pub max_signals: Option<i64>,
}
