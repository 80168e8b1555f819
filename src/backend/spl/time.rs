//! Stretches of time as Splunk writes them.

use crate::ir::Duration;
use crate::ir::date_math::DateMath;

/// `90s`, `5m`, `2h`, `1d`: a span, in the largest unit that divides it; at least a second.
pub(in crate::backend) fn length(duration: Duration) -> String {
    Duration::seconds((duration.millis / 1000).max(1)).to_string()
}

/// A time relative to now: `-9m` for `now-9m`. `None`: it has no fixed distance from now.
pub(in crate::backend) fn relative(math: &str) -> Option<String> {
    let millis = DateMath::parse(math)?.fixed_offset()?;
    Some(match millis {
        0 => "now".to_owned(),
        _ if millis % 1000 != 0 => return None,
        _ => {
            let sign = if millis < 0 { '-' } else { '+' };
            format!("{sign}{}", Duration { millis: millis.checked_abs()? })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(relative("now-9m").as_deref(), Some("-9m"));
        assert_eq!(relative("now-14d").as_deref(), Some("-14d"));
        assert_eq!(relative("now").as_deref(), Some("now"));
        assert_eq!(relative("now-90s").as_deref(), Some("-90s"));
        assert_eq!(relative("now/d"), None);
        assert_eq!(relative("2024-01-01"), None);
        assert_eq!(length(Duration::seconds(86_400)), "1d");
    }
}
