//! Dates as the pipelines read and write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads ISO 8601 with dashes, as Elasticsearch's `ISO8601` format does; no zone means UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    parse_any(text)
}

/// Reads the basic form (`20131102T010628Z`) too.
pub(super) fn parse_any(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil =
            text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)));
        civil.ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// The form that documents hold: milliseconds, UTC, `2023-07-10T11:42:43.000Z`.
pub(super) fn print(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_printed() {
        let show = |text: &str| parse(text).map(print);
        assert_eq!(show("2023-07-10T11:42:43Z").as_deref(), Some("2023-07-10T11:42:43.000Z"));
        assert_eq!(show("2023-07-10T13:42:43.1239+02:00").as_deref(), Some("2023-07-10T11:42:43.123Z"));
        assert_eq!(show("2023-07-10").as_deref(), Some("2023-07-10T00:00:00.000Z"));
        assert_eq!(show("20131102T010628Z"), None);
        assert_eq!(parse_any("20131102T010628Z").map(print).as_deref(), Some("2013-11-02T01:06:28.000Z"));
        assert_eq!(show("yesterday"), None);
        assert_eq!(show(""), None);
    }
}
