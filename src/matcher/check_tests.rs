//! Tables of values and comparisons. Expected truths: the documentation of [`Comparison`],
//! threatstack.md §2 and ENGINES.md.

use super::*;
use crate::ir::Words;

fn holds(comparison: Comparison, leaf: Leaf<'_>) -> bool {
    Check::new(&comparison, Some(1_500_000_000_000)).unwrap().holds(leaf)
}

fn text(matcher: TextMatch, case: Case) -> Comparison {
    Comparison::Text { matcher, case }
}

#[test]
fn canonical_text_of_every_scalar() {
    let equals = |wanted: &str, leaf| holds(text(TextMatch::Equals(wanted.into()), Case::Sensitive), leaf);
    assert!(equals("5902", Leaf::Number("5902")));
    assert!(equals("true", Leaf::Bool(true)));
    assert!(equals("a\"b", Leaf::Escaped("a\\\"b")));
    assert!(!equals("1", Leaf::Number("1.0")));
    assert!(!equals("null", Leaf::Null));
    assert!(!equals("{}", Leaf::Object("{}")));
    assert!(!equals("Root", Leaf::Text("root")));
}

#[test]
fn parts_and_case() {
    use Case::{AsciiInsensitive as Fold, Sensitive};
    for (matcher, case, value, expected) in [
        (TextMatch::Prefix("Del".into()), Sensitive, "DeleteTrail", true),
        (TextMatch::Prefix("del".into()), Sensitive, "DeleteTrail", false),
        (TextMatch::Prefix("del".into()), Fold, "DeleteTrail", true),
        (TextMatch::Prefix("long prefix".into()), Fold, "long", false),
        (TextMatch::Prefix("a".into()), Fold, "é", false),
        (TextMatch::Suffix("Trail".into()), Sensitive, "DeleteTrail", true),
        (TextMatch::Suffix("TRAIL".into()), Fold, "DeleteTrail", true),
        (TextMatch::Suffix("a".into()), Sensitive, "", false),
        (TextMatch::Contains("%".into()), Sensitive, "100%", true),
        (TextMatch::Contains("ETE".into()), Fold, "DeleteTrail", true),
        (TextMatch::Contains("ETE".into()), Sensitive, "DeleteTrail", false),
        (TextMatch::Contains(String::new()), Fold, "", true),
        (TextMatch::Equals("É".into()), Fold, "é", false),
    ] {
        let check = text(matcher, case);
        assert_eq!(holds(check.clone(), Leaf::Text(value)), expected, "{check:?} {value}");
    }
}

#[test]
fn numbers_and_booleans() {
    let over = |leaf| holds(Comparison::Number { op: NumberOp::Gt, value: 8.0 }, leaf);
    assert!(over(Leaf::Number("9")) && over(Leaf::Text("9.5")) && over(Leaf::Number("1e3")));
    for none in ["", "inf", "NaN", "infinity", "9 ", "0x10", "ten", "-", "."] {
        assert!(!over(Leaf::Text(none)), "{none}");
    }
    assert!(!over(Leaf::Bool(true)) && !over(Leaf::Object("{\"a\":9}")));
    assert!(holds(Comparison::Bool(true), Leaf::Text("true")));
    assert!(holds(Comparison::Bool(false), Leaf::Bool(false)));
    assert!(!holds(Comparison::Bool(false), Leaf::Text("False")));
    assert!(!holds(Comparison::Bool(false), Leaf::Number("0")));
}

#[test]
fn ranges() {
    let between =
        Comparison::TextRange { lower: Bound::inclusive("1".into()), upper: Bound::exclusive(":".into()) };
    assert!(holds(between.clone(), Leaf::Number("12")));
    assert!(!holds(between.clone(), Leaf::Number("0")));
    assert!(!holds(between, Leaf::Text(":")));
    let dates = |lower, upper| Comparison::Date { lower, upper };
    let math = |text: &str| DateBound::Math(text.into());
    assert!(holds(
        dates(Bound::inclusive(DateBound::Millis(1_400_000_000_000)), Bound::OPEN),
        Leaf::Number("1400000000000")
    ));
    assert!(!holds(
        dates(Bound::exclusive(DateBound::Millis(1_400_000_000_000)), Bound::OPEN),
        Leaf::Number("1400000000000")
    ));
    assert!(holds(dates(Bound::OPEN, Bound::inclusive(math("now"))), Leaf::Number("1500000000000")));
    assert!(!holds(dates(Bound::OPEN, Bound::exclusive(math("now"))), Leaf::Number("1500000000000")));
    // `> day` begins on the next day, `>= day` on the day itself; `<= day` ends with the day.
    let day = || math("2018-03-28");
    let noon = Leaf::Text("2018-03-28T12:00:00Z");
    assert!(!holds(dates(Bound::exclusive(day()), Bound::OPEN), noon));
    assert!(holds(dates(Bound::inclusive(day()), Bound::inclusive(day())), noon));
    assert!(!holds(dates(Bound::OPEN, Bound::exclusive(day())), noon));
}

#[test]
fn what_cannot_be_compiled_says_so() {
    let date = |text: &str| Comparison::Date {
        lower: Bound::OPEN,
        upper: Bound::inclusive(DateBound::Math(text.into())),
    };
    let unknown = Check::new(&date("now-1d"), None).unwrap_err();
    assert_eq!(unknown, CheckError::NowUnknown("now-1d".into()));
    assert_eq!(Check::new(&date("soon"), Some(0)).unwrap_err(), CheckError::BadDate("soon".into()));
}

#[test]
fn disjunctions_on_one_value() {
    let equals = |text: &str| Check::Equals(text.into());
    let any = Check::any(vec![equals("a"), Check::Number(NumberOp::Gt, 3.0), equals("b"), Check::Never]);
    assert!(any.holds(Leaf::Text("a")) && any.holds(Leaf::Text("b")) && any.holds(Leaf::Number("4")));
    assert!(!any.holds(Leaf::Text("c")) && !any.holds(Leaf::Number("3")));
    assert!(matches!(Check::any(vec![]), Check::Never));
    let words = Comparison::Words(Words::AnyOf("Trail".into()));
    assert!(holds(words, Leaf::Escaped("a\\ntrail")));
}
