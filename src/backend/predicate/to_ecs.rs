//! Tests on raw records as tests on the documents that are indexed.

use super::Said;
use super::{Fitted, Refusal, ecs, folded, not, test};
use crate::backend::codes;
use crate::ir::{Bound, Case, Comparison, DateBound, FieldType, NumberOp, Predicate, Test, TextMatch};
use crate::schema::{Derived, Reach, Shape, Version, reach};

/// Texts that the ingest pipeline takes for "no value" (cloudtrail_to_ecs.md §2).
const DROPPED: [&str; 3] = ["", "-", "none"];

/// The test on ECS fields.
pub fn to_ecs(of: &Test, version: Version) -> Fitted {
    let Test { field, comparison } = of;
    let refuse = |message: String| Err(Box::new(Refusal::new(&codes::LOSS_FIELD, message)));
    if reach(field, Shape::of(field.vocabulary), version) == Reach::Never {
        // No record has the field, so every comparison with it is false.
        return Ok(Predicate::Constant(false).into());
    }
    match reach(field, Shape::Ecs, version) {
        Reach::Constant(value) => match folded(comparison, value) {
            Some(truth) => Ok(Predicate::Constant(truth).into()),
            None => refuse(format!(
                "`{field}` is the same in every event, and this comparison is not about texts"
            )),
        },
        Reach::Path { path, .. } => on_path(of, &path, version),
        Reach::Derived(Derived::EventTimeMillis) => on_time(of),
        Reach::Derived(Derived::EventTime) if *comparison == Comparison::Exists => {
            Ok(test(&ecs("@timestamp"), Comparison::Exists).into())
        }
        Reach::Derived(_) => {
            refuse(format!("`{field}` is indexed as the date `@timestamp`, which has no comparison of texts"))
        }
        _ => refuse(format!("no indexed field holds the values of `{field}`")),
    }
}

fn on_path(of: &Test, path: &str, version: Version) -> Fitted {
    let Test { field, comparison } = of;
    let target = ecs(path);
    if target.ty == FieldType::Flattened && *comparison != Comparison::Exists {
        let message = format!("`{field}` is an object; the index holds its keys one by one");
        return Err(Box::new(Refusal::new(&codes::LOSS_FIELD_FORM, message)));
    }
    let pruned = version != Version::Legacy;
    let exact = test(&target, comparison.clone());
    if !pruned {
        return Ok(exact.into());
    }
    let dropped = |value: &&str| folded(comparison, value) == Some(true);
    if let Comparison::Text { matcher: TextMatch::Equals(text), .. } = comparison
        && DROPPED.iter().any(dropped)
    {
        let message = format!("documents never hold `{field}` = \"{text}\": such values are dropped");
        let refusal = Refusal::new(&codes::LOSS_EMPTY_VALUE, message);
        return Err(Box::new(refusal.over(not(test(&target, Comparison::Exists)))));
    }
    let note = DROPPED.iter().any(dropped).then(|| {
        let message =
            format!("a raw `{field}` of \"\", \"-\" or \"none\" is not indexed, so `{path}` is missing then");
        (&codes::LOSS_EMPTY_EXISTS, message)
    });
    Ok(Said { predicate: exact, note })
}

/// `eventTime` in milliseconds as `@timestamp`.
fn on_time(of: &Test) -> Fitted {
    let time = ecs("@timestamp");
    let millis = |value: f64| (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64);
    let whole = match &of.comparison {
        Comparison::Number { op, value } => millis(*value).map(|millis| (*op, millis)),
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => {
            text.parse().ok().filter(|n: &i64| n.to_string() == *text).map(|n| (NumberOp::Eq, n))
        }
        Comparison::Exists => return Ok(test(&time, Comparison::Exists).into()),
        _ => None,
    };
    let Some((op, millis)) = whole else {
        let message = format!("`{}` is indexed as a date; this comparison has no form there", of.field);
        return Err(Box::new(Refusal::new(&codes::LOSS_FIELD_FORM, message)));
    };
    let at = DateBound::Millis(millis);
    let (lower, upper) = match op {
        NumberOp::Eq => (Bound::inclusive(at.clone()), Bound::inclusive(at)),
        NumberOp::Lt => (Bound::OPEN, Bound::exclusive(at)),
        NumberOp::Le => (Bound::OPEN, Bound::inclusive(at)),
        NumberOp::Gt => (Bound::exclusive(at), Bound::OPEN),
        NumberOp::Ge => (Bound::inclusive(at), Bound::OPEN),
    };
    Ok(test(&time, Comparison::Date { lower, upper }).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::equals;
    use crate::ir::{Field, Vocabulary};
    use crate::schema::types;

    fn translated(path: &str, comparison: Comparison) -> Fitted {
        let vocabulary = Vocabulary::ThreatStack;
        let field = Field::new(vocabulary, path, types(vocabulary).field_type(path));
        to_ecs(&Test { field, comparison }, Version::V8_9)
    }

    #[test]
    fn every_way_a_field_can_go() {
        let said = |path, comparison| translated(path, comparison).unwrap().predicate;
        assert_eq!(said("eventName", equals("x")), test(&ecs("event.action"), equals("x")));
        assert_eq!(said("event_type", equals("cloudtrail")), Predicate::Constant(true));
        assert_eq!(said("event_type", equals("host")), Predicate::Constant(false));
        assert_eq!(said("tty", Comparison::Exists), Predicate::Constant(false));
        assert_eq!(
            said("timestamp", Comparison::Number { op: NumberOp::Gt, value: 5.0 }),
            test(
                &ecs("@timestamp"),
                Comparison::Date { lower: Bound::exclusive(DateBound::Millis(5)), upper: Bound::OPEN }
            )
        );
        let refused = |path, comparison| translated(path, comparison).unwrap_err().code.name;
        assert_eq!(refused("user", equals("alice")), "loss-field");
        assert_eq!(refused("userIdentity.userName", equals("alice")), "loss-field");
        assert_eq!(refused("requestParameters", equals("x")), "loss-field-form");
        assert_eq!(refused("errorMessage", equals("-")), "loss-empty-value");
        let note = translated("errorMessage", Comparison::Exists).unwrap().note.unwrap();
        assert_eq!(note.0.name, "loss-empty-exists");
    }
}
