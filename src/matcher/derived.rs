//! Values computed from a record, for fields that no key of the record holds as such. The functions
//! are the normaliser's; the one that most rules read has a way here that allocates nothing.

use std::borrow::Cow;

use super::View;
use super::program::Texts;
use crate::event::{Leaf, Slots, normalize};
use crate::schema::Derived;

/// Gives the values of one input of a function, by its place in [`Derived::inputs`], until it is
/// told to stop.
pub(super) type Inputs<'a> = &'a dyn Fn(usize, &mut dyn FnMut(Leaf<'_>) -> bool);

/// Computes the values of a function into `out`, as canonical texts.
pub(super) fn compute(derived: Derived, inputs: Inputs<'_>, out: &mut Texts) {
    let paths = derived.inputs();
    let record = |path: &str, visit: &mut dyn FnMut(Leaf<'_>)| {
        if let Some(input) = paths.iter().position(|known| *known == path) {
            inputs(input, &mut |leaf| {
                visit(leaf);
                false
            });
        }
    };
    normalize::derive_from(derived, &record, &mut |text| out.push(text));
}

/// The same for `event.outcome` from the slots of its inputs: what the normaliser computes
/// (cloudtrail_to_ecs.md §3), without an allocation.
pub(super) fn outcome(slots: &Slots, inputs: &[usize], record: &str) -> Cow<'static, str> {
    let &[code, message, name, login] = inputs else { return Cow::Borrowed("success") };
    let first = |slot: usize| {
        let mut texts = slots.values(slot, record).filter(|leaf| !matches!(leaf, Leaf::Object(_)));
        texts.find(|leaf| View::Pruned.sees(*leaf, None))
    };
    let said = if slots.is_missing(login) { None } else { first(login).and_then(Leaf::text) };
    if let Some(said) = said
        && first(name).and_then(Leaf::text).as_deref() == Some("ConsoleLogin")
    {
        return match &*said {
            "Success" => Cow::Borrowed("success"),
            "Failure" => Cow::Borrowed("failure"),
            other => Cow::Owned(other.to_lowercase()),
        };
    }
    let failed = first(code).is_some() || first(message).is_some();
    Cow::Borrowed(if failed { "failure" } else { "success" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Projection;

    #[test]
    fn the_short_way_to_the_outcome_is_the_normalisers() {
        for record in [
            r#"{}"#,
            r#"{"errorCode":""}"#,
            r#"{"errorCode":null,"errorMessage":"-"}"#,
            r#"{"errorMessage":"no"}"#,
            r#"{"errorCode":"AccessDenied"}"#,
            r#"{"errorCode":{"a":1}}"#,
            r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Failure"}}"#,
            r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"ODD"},"errorCode":"x"}"#,
            r#"{"eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":""},"errorCode":"x"}"#,
            r#"{"eventName":"ConsoleLogin","responseElements":null}"#,
            r#"{"eventName":"Other","responseElements":{"ConsoleLogin":"Failure"}}"#,
        ] {
            let projection = Projection::new(Derived::Outcome.inputs().iter().copied());
            let mut slots = Slots::default();
            projection.extract(record, &mut slots).unwrap();
            let out = outcome(&slots, &[0, 1, 2, 3], record);
            let value: serde_json::Value = serde_json::from_str(record).unwrap();
            let expected = normalize::derive(Derived::Outcome, &value);
            assert_eq!(out, expected[0].as_str().unwrap(), "{record}");
        }
    }
}
