//! Splunk's relative times and lengths of time.

use crate::ir::Duration;

/// `-1h@h`, `now`: as date math (`now-1h/h`); `None`: another notation.
pub(super) fn date_math(text: &str) -> Option<String> {
    if text == "now" || text == "now()" {
        return Some("now".to_owned());
    }
    let (offset, snap) = match text.split_once('@') {
        Some((offset, snap)) => (offset, Some(unit(snap)?)),
        None => (text, None),
    };
    let mut out = String::from("now");
    if !offset.is_empty() {
        let sign = offset.chars().next().filter(|c| matches!(c, '-' | '+'))?;
        let rest = &offset[1..];
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u32 = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        out.push_str(&format!("{sign}{number}{}", unit(&rest[digits..])?));
    } else if snap.is_none() {
        return None;
    }
    if let Some(snap) = snap {
        out.push_str(&format!("/{snap}"));
    }
    Some(out)
}

/// The unit of date math; Splunk's `m` are minutes and `mon` months.
fn unit(text: &str) -> Option<char> {
    Some(match text {
        "s" | "sec" | "secs" | "second" | "seconds" => 's',
        "m" | "min" | "mins" | "minute" | "minutes" => 'm',
        "h" | "hr" | "hrs" | "hour" | "hours" => 'h',
        "d" | "day" | "days" => 'd',
        "w" | "week" | "weeks" => 'w',
        "mon" | "month" | "months" => 'M',
        "y" | "yr" | "yrs" | "year" | "years" => 'y',
        _ => return None,
    })
}

/// The length of a `span=`: `5m`, `1h`, `30min`; `None`: none of a fixed length.
pub(super) fn span(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = &text[..digits];
    match unit(if digits == text.len() { "s" } else { &text[digits..] })? {
        'M' | 'y' => None,
        unit => Duration::parse(&format!("{}{unit}", if number.is_empty() { "1" } else { number })),
    }
    .filter(|length| length.millis > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times() {
        for (text, expected) in [
            ("-1h", Some("now-1h")),
            ("-1d@d", Some("now-1d/d")),
            ("@d", Some("now/d")),
            ("now", Some("now")),
            ("-70m@m", Some("now-70m/m")),
            ("-h", Some("now-1h")),
            ("-2mon", Some("now-2M")),
            ("10/19/2009:0:0:0", None),
            ("0", None),
            ("", None),
            ("-5", None),
        ] {
            assert_eq!(date_math(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(span("5m"), Some(Duration::seconds(300)));
        assert_eq!(span("1hour"), Some(Duration::seconds(3600)));
        assert_eq!(span("30"), Some(Duration::seconds(30)));
        assert_eq!(span("1mon"), None);
        assert_eq!(span("0m"), None);
    }
}
