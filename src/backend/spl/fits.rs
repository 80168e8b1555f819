//! What a search can say of a test on a raw field.

use super::columns::columns;
use super::{CAPABILITIES, networks, number};
use crate::backend::codes;
use crate::backend::predicate::{Fitted, Refusal, Said, any, check, test};
use crate::ir::{
    Bound, Case, Comparison, DateBound, Field, FieldType, Predicate, Test, TextMatch, Vocabulary,
};
use crate::schema::{is_object, is_open, names, types};

/// The leaf in a form that `where` has.
pub fn fits(leaf: &Predicate) -> Fitted {
    check(leaf, &CAPABILITIES)?;
    let Predicate::Test(Test { field, comparison }) = leaf else { return Ok(leaf.clone().into()) };
    let refuse = |code, message: String| Err(Box::new(Refusal::new(code, message)));
    let Some(columns) = columns(field) else {
        let message = format!("`{field}`: which keys on the way hold lists is not known");
        return refuse(&codes::LOSS_FIELD_FORM, message);
    };
    match comparison {
        Comparison::Exists if field.vocabulary != Vocabulary::Splunk => exists(leaf, field),
        Comparison::Date { lower, upper } => match on_time(field, lower, upper) {
            Some(predicate) => Ok(predicate.into()),
            None => refuse(
                &codes::LOSS_DATE,
                format!("`{field}`: only `eventTime` is compared with dates, and not with date math"),
            ),
        },
        Comparison::Number { value, .. } if number(*value).is_none() => {
            refuse(&codes::LOSS_NUMBER_ORDER, format!("`{field}` is compared with a number out of range"))
        }
        Comparison::IpRange { from, to } if networks(*from, *to).is_none() => {
            refuse(&codes::LOSS_ADDRESS, format!("`{field}`: too many networks cover the range of addresses"))
        }
        // The add-on's word for no error: no record has it.
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive }
            if columns.iter().any(|column| column.absent == Some("success")) && text == "success" =>
        {
            Ok(Predicate::Constant(false).into())
        }
        Comparison::Text { matcher: TextMatch::Equals(text), case }
            if columns.iter().any(|column| column.absent == Some("null")) && is_null(text, *case) =>
        {
            let message = format!("`{field}`: Splunk shows `null` of JSON as this text, too");
            Ok(Said { predicate: leaf.clone(), note: Some((&codes::LOSS_NULL_TEXT, message)) })
        }
        _ => Ok(leaf.clone().into()),
    }
}

fn is_null(text: &str, case: Case) -> bool {
    text == "null" || case == Case::AsciiInsensitive && text.eq_ignore_ascii_case("null")
}

/// Objects have no field: one with fixed keys is there if one of them is.
fn exists(leaf: &Predicate, field: &Field) -> Fitted {
    if field.ty == FieldType::Object {
        let below = format!("{}.", field.path);
        let table = types(Vocabulary::CloudTrail);
        let leaves = names(Vocabulary::CloudTrail).into_iter().filter(|name| name.starts_with(&below));
        let exist = leaves.map(|name| {
            test(&Field::new(Vocabulary::CloudTrail, name, table.field_type(name)), Comparison::Exists)
        });
        return Ok(any(exist).into());
    }
    let root = !field.path.contains('.') && is_open(&format!("{}.?", field.path));
    if root || is_object(&field.path) {
        let message = format!("`{field}` is an object in some records, and Splunk has no field for it");
        return Err(Box::new(Refusal::new(&codes::LOSS_FIELD_FORM, message)));
    }
    Ok(leaf.clone().into())
}

/// Dates of `eventTime` as texts: it is always written `2024-03-05T06:07:08Z` (cloudtrail_facts.md).
fn on_time(field: &Field, lower: &Bound<DateBound>, upper: &Bound<DateBound>) -> Option<Predicate> {
    if field.path != "eventTime" || field.vocabulary == Vocabulary::ThreatStack {
        return None;
    }
    // Whole seconds lie at or after an instant from the next second on, and after it from the one
    // that follows its own.
    let lower = end(lower, |millis, inclusive| {
        let second = millis.div_euclid(1000);
        if inclusive && millis.rem_euclid(1000) == 0 { second } else { second + 1 }
    })?;
    let upper = end(upper, |millis, inclusive| {
        let second = millis.div_euclid(1000);
        if inclusive || millis.rem_euclid(1000) != 0 { second } else { second - 1 }
    })?;
    Some(test(field, Comparison::TextRange { lower, upper }))
}

fn end(bound: &Bound<DateBound>, second: impl Fn(i64, bool) -> i64) -> Option<Bound<String>> {
    let Some(limit) = &bound.limit else { return Some(Bound::OPEN) };
    let DateBound::Millis(millis) = limit.value else { return None };
    let time = jiff::Timestamp::from_second(second(millis, limit.inclusive)).ok()?;
    let text = time.to_string();
    // Years before 0 and after 9999 are not in order as texts.
    (text.len() == 20 && text.starts_with(|c: char| c.is_ascii_digit())).then(|| Bound::inclusive(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str) -> Field {
        Field::new(Vocabulary::CloudTrail, path, types(Vocabulary::CloudTrail).field_type(path))
    }

    #[test]
    fn dates_are_texts_of_whole_seconds() {
        let range = |lower, upper| on_time(&field("eventTime"), &lower, &upper).unwrap();
        let at = DateBound::Millis;
        let texts = |lower: &str, upper: &str| {
            let (lower, upper) = (Bound::inclusive(lower.to_owned()), Bound::inclusive(upper.to_owned()));
            test(&field("eventTime"), Comparison::TextRange { lower, upper })
        };
        assert_eq!(
            range(Bound::inclusive(at(1_000)), Bound::inclusive(at(2_999))),
            texts("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z")
        );
        assert_eq!(
            range(Bound::exclusive(at(1_000)), Bound::exclusive(at(3_000))),
            texts("1970-01-01T00:00:02Z", "1970-01-01T00:00:02Z")
        );
        assert_eq!(
            range(Bound::inclusive(at(1_001)), Bound::exclusive(at(3_001))),
            texts("1970-01-01T00:00:02Z", "1970-01-01T00:00:03Z")
        );
        let math = Bound::inclusive(DateBound::Math("now-1d".into()));
        assert_eq!(on_time(&field("eventTime"), &math, &Bound::OPEN), None);
    }

    #[test]
    fn objects() {
        let exists = |path: &str| fits(&test(&field(path), Comparison::Exists));
        let identity = exists("userIdentity.sessionContext.attributes").unwrap().predicate;
        let Predicate::Or(leaves) = identity else { panic!("{identity:?}") };
        assert_eq!(leaves.len(), 2, "creationDate and mfaAuthenticated");
        assert_eq!(exists("requestParameters").unwrap_err().code.name, "loss-field-form");
        assert!(exists("requestParameters.policyArn").is_ok());
    }
}
