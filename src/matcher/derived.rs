//! Values computed from a raw record, for fields that no key of the record holds as such.
//!
//! Each function reads a few paths of the record; the plan extracts them like any other path, and a
//! value is computed at most once for an event.

use std::borrow::Cow;

use super::{View, date};
use crate::event::Leaf;
use crate::schema::Derived;

/// A computed value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Computed {
    Text(Cow<'static, str>),
    Number(String),
}

impl Computed {
    pub(super) fn leaf(&self) -> Leaf<'_> {
        match self {
            Computed::Text(text) => Leaf::Text(text),
            Computed::Number(number) => Leaf::Number(number),
        }
    }
}

/// The paths of the record that a function reads, in the order in which it is given their values.
pub(super) fn inputs(derived: Derived) -> &'static [&'static str] {
    match derived {
        Derived::Outcome => &["errorCode", "errorMessage", "eventName", "responseElements.ConsoleLogin"],
        Derived::ThreatStackUser => &[
            "userIdentity.type",
            "userIdentity.principalId",
            "userIdentity.userName",
            "userIdentity.invokedBy",
            "userIdentity.arn",
        ],
        Derived::ThreatStackArnRole => &["userIdentity.arn"],
        Derived::ThreatStackTime => &["eventTime"],
    }
}

/// Computes the values into `out`. `first` gives the first value of an input (by its place in
/// [`inputs`]) that the view sees.
pub(super) fn compute<'a>(
    derived: Derived,
    first: &dyn Fn(usize, View) -> Option<Cow<'a, str>>,
    out: &mut Vec<Computed>,
) {
    out.extend(match derived {
        Derived::Outcome => Some(Computed::Text(outcome(first))),
        Derived::ThreatStackUser => user(first).map(owned),
        Derived::ThreatStackArnRole => {
            first(0, View::Raw).map(|arn| owned(arn.rsplit(':').next().unwrap_or_default().to_owned()))
        }
        Derived::ThreatStackTime => first(0, View::Raw)
            .and_then(|text| date::parse(&text))
            .map(|millis| Computed::Number(millis.to_string())),
    });
}

fn owned(text: String) -> Computed {
    Computed::Text(Cow::Owned(text))
}

/// cloudtrail_to_ecs.md §3.
fn outcome<'a>(first: &dyn Fn(usize, View) -> Option<Cow<'a, str>>) -> Cow<'static, str> {
    if first(2, View::Pruned).as_deref() == Some("ConsoleLogin") {
        match first(3, View::Pruned).as_deref() {
            Some("Success") => return Cow::Borrowed("success"),
            Some("Failure") => return Cow::Borrowed("failure"),
            Some(other) => return Cow::Owned(other.to_lowercase()),
            None => {}
        }
    }
    let failed = first(0, View::Pruned).is_some() || first(1, View::Pruned).is_some();
    Cow::Borrowed(if failed { "failure" } else { "success" })
}

/// threatstack.md §3.
fn user<'a>(first: &dyn Fn(usize, View) -> Option<Cow<'a, str>>) -> Option<String> {
    let get = |input| first(input, View::Raw).filter(|text| !text.is_empty());
    match get(0).as_deref() {
        Some("Root") => return Some("root".to_owned()),
        Some("AssumedRole") => {
            let session = get(1).and_then(|id| id.split_once(':').map(|(_, session)| session.to_owned()));
            if session.is_some() {
                return session;
            }
        }
        _ => {}
    }
    let last = |arn: Cow<'_, str>| arn.rsplit([':', '/']).next().unwrap_or_default().to_owned();
    get(2).or_else(|| get(3)).map(Cow::into_owned).or_else(|| get(4).map(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computed(derived: Derived, values: &[(&str, &'static str)]) -> Option<Computed> {
        let mut out = Vec::new();
        let first = |input: usize, view: View| {
            let (_, value) = values.iter().find(|(path, _)| *path == inputs(derived)[input])?;
            view.sees(Leaf::Text(value), None).then_some(Cow::Borrowed(*value))
        };
        compute(derived, &first, &mut out);
        assert!(out.len() <= 1);
        out.pop()
    }

    #[test]
    fn outcomes() {
        let outcome = |values: &[_]| computed(Derived::Outcome, values).unwrap();
        let text = |text: &'static str| Computed::Text(text.into());
        assert_eq!(outcome(&[]), text("success"));
        assert_eq!(outcome(&[("errorCode", "")]), text("success"));
        assert_eq!(outcome(&[("errorMessage", "no")]), text("failure"));
        let login = |value| [("eventName", "ConsoleLogin"), ("responseElements.ConsoleLogin", value)];
        assert_eq!(outcome(&login("Failure")), text("failure"));
        assert_eq!(outcome(&login("Odd")), text("odd"));
    }

    #[test]
    fn threat_stack_aliases() {
        let user = |values: &[_]| computed(Derived::ThreatStackUser, values);
        let text = |text: &'static str| Some(Computed::Text(text.into()));
        assert_eq!(user(&[("userIdentity.type", "Root")]), text("root"));
        let role = [("userIdentity.type", "AssumedRole"), ("userIdentity.principalId", "AROA:i-1:x")];
        assert_eq!(user(&role), text("i-1:x"));
        assert_eq!(user(&[("userIdentity.arn", "arn:aws:iam::1:user/a/bob")]), text("bob"));
        assert_eq!(user(&[]), None);
        let arn = [("userIdentity.arn", "arn:aws:sts::1:assumed-role/r/s")];
        assert_eq!(computed(Derived::ThreatStackArnRole, &arn), text("assumed-role/r/s"));
        let time = [("eventTime", "1970-01-01T00:00:01Z")];
        assert_eq!(computed(Derived::ThreatStackTime, &time), Some(Computed::Number("1000".into())));
    }
}
