//! Values computed from a record, for fields that no key of the record holds as such. The functions
//! are the normaliser's; the one that most rules read has a way here that allocates nothing.

use std::borrow::Cow;

use super::View;
use crate::event::{Leaf, normalize};
use crate::schema::Derived;

/// Gives the values of one input of a function, by its place in [`Derived::inputs`], until it is
/// told to stop.
pub(super) type Inputs<'a> = &'a dyn Fn(usize, &mut dyn FnMut(Leaf<'_>) -> bool);

/// Computes the values of a function into `out`, as canonical texts.
pub(super) fn compute(derived: Derived, inputs: Inputs<'_>, out: &mut Vec<Cow<'static, str>>) {
    if derived == Derived::Outcome {
        out.push(outcome(inputs));
        return;
    }
    let paths = derived.inputs();
    let record = |path: &str, visit: &mut dyn FnMut(Leaf<'_>)| {
        if let Some(input) = paths.iter().position(|known| *known == path) {
            inputs(input, &mut |leaf| {
                visit(leaf);
                false
            });
        }
    };
    normalize::derive_from(derived, &record, &mut |text| out.push(Cow::Owned(text.to_owned())));
}

/// `event.outcome` (cloudtrail_to_ecs.md §3). The inputs: error code, error message, event name,
/// what a console sign-in says itself.
fn outcome(inputs: Inputs<'_>) -> Cow<'static, str> {
    let first = |input: usize, take: &mut dyn FnMut(&str)| {
        let mut found = false;
        inputs(input, &mut |leaf| {
            let text = leaf.text().filter(|_| View::Pruned.sees(leaf, None));
            found = text.is_some();
            text.iter().for_each(|text| take(text));
            found
        });
        found
    };
    let mut login = false;
    first(2, &mut |name| login = name == "ConsoleLogin");
    let mut said = None;
    if login {
        first(3, &mut |text| {
            said = Some(match text {
                "Success" => Cow::Borrowed("success"),
                "Failure" => Cow::Borrowed("failure"),
                other => Cow::Owned(other.to_lowercase()),
            });
        });
    }
    said.unwrap_or_else(|| {
        let failed = first(0, &mut |_| ()) || first(1, &mut |_| ());
        Cow::Borrowed(if failed { "failure" } else { "success" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::json::Json;

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
            let json = Json::parse(record).unwrap();
            let inputs = |input: usize, visit: &mut dyn FnMut(Leaf<'_>) -> bool| {
                json.at(Derived::Outcome.inputs()[input], &mut |value| {
                    value.leaf().map(&mut *visit);
                });
            };
            let mut out = Vec::new();
            compute(Derived::Outcome, &inputs, &mut out);
            let value: serde_json::Value = serde_json::from_str(record).unwrap();
            let expected = normalize::derive(Derived::Outcome, &value);
            assert_eq!(out, [expected[0].as_str().unwrap()], "{record}");
        }
    }
}
