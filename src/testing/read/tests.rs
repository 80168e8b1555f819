use std::sync::Arc;

use super::*;

fn read_text(text: &str) -> (FixtureFile, Vec<String>) {
    let source = Arc::new(Source::new("x.test.yml", text));
    let (file, diagnostics) = read(&source);
    let place = |d: &Diagnostic| d.span().map(|span| source.slice(span).to_owned()).unwrap_or_default();
    (file, diagnostics.iter().map(|d| format!("{} @ {}", d.title, place(d).trim())).collect())
}

#[test]
fn a_whole_fixture() {
    let (file, said) = read_text(
        "rule: a.toml#r-1\ntests:\n  - name: one\n    expect: match\n    events:\n      \
         - file: e.json\n        select: $.Records[2]\n      - eventName: X\n        \
         recipientAccountId: 012345678901\n        n: 1.5\n        when: 2024-01-01T00:00:00Z\n    \
         with: {source.geo.country_iso_code: NL}\n  \
         - name: two\n    expect: {alerts: 2, group: [{user.name: a}, {user.name: 7}]}\n    \
         schedule: {from: 2024-01-01T00:00:00Z, to: 2024-01-01T01:00:00Z}\n    events: [{a: null}]\n  \
         - name: three\n    todo: later\n",
    );
    assert_eq!(said, Vec::<String>::new());
    let rule = file.rule.expect("it names a rule");
    assert_eq!((rule.file.as_str(), rule.id.as_deref()), ("a.toml", Some("r-1")));
    let [one, two, three] = file.cases.as_slice() else { panic!("three cases") };
    let EventSpec::Inline { json, .. } = &one.events[1] else { panic!("inline") };
    assert_eq!(
        json,
        r#"{"eventName":"X","recipientAccountId":"012345678901","n":1.5,"when":"2024-01-01T00:00:00Z"}"#
    );
    assert_eq!(one.with[0].1, "NL");
    let groups = vec![vec![("user.name".into(), "a".into())], vec![("user.name".into(), "7".into())]];
    assert_eq!(two.expect, Some(Expect::Alerts { count: 2, groups }));
    assert_eq!(two.schedule, Some(RunPlan::Between(1_704_067_200_000, 1_704_070_800_000)));
    assert_eq!(three.todo.as_deref(), Some("later"));
}

#[test]
fn what_is_wrong_is_named_and_the_good_case_survives() {
    for (text, said) in [
        ("", "the fixture file is empty @ "),
        ("tests: []", "`tests` holds no case @ []"),
        ("rule: x", "the fixture file has no `tests` @ "),
        ("- a", "a fixture file is a table of keys, not a list @ - a"),
        ("tests:\n  - name: a\n    expects: match", "unknown key `expects` @ expects"),
        ("tests:\n  - name: a\n    expect: maybe", "`maybe` is nothing to expect @ maybe"),
        ("tests:\n  - name: a\n    expect: {group: {a: b}}", "`expect` needs `alerts` @ {group: {a: b}}"),
        ("tests:\n  - name: a\n    events: [{a: b}]", "the case `a` has no `expect` @ a"),
        ("tests:\n  - name: a\n    expect: match", "the case `a` has no `events` @ a"),
        ("tests:\n  - name: a\n    expect: {alerts: -1}", "`alerts` is a whole number @ -1"),
        (
            "tests:\n  - name: a\n    expect: match\n    events: [7]",
            "an event is a table of keys, not a number @ 7",
        ),
        (
            "tests:\n  - name: a\n    expect: match\n    events: [{file: x, selekt: y}]",
            "unknown key `selekt` @ selekt",
        ),
        ("tests:\n  - name: a\n    schedule: {runs: [soon]}", "not an instant @ soon"),
    ] {
        let (_, diagnostics) = read_text(text);
        assert_eq!(diagnostics, [said.to_owned()], "{text}");
    }
    let good = "  - name: good\n    expect: match\n    events: [{a: b}]\n";
    let (file, said) = read_text(&format!("tests:\n  - expect: match\n{good}{good}"));
    assert_eq!(file.cases.len(), 2);
    assert_eq!(said, ["a case needs a `name` @ ".to_owned(), "two cases are named `good` @ good".to_owned()]);
}

#[test]
fn a_field_that_does_not_exist_is_a_warning() {
    let text = "tests:\n  - name: a\n    expect: match\n    events: [{a: b}]\n    \
                with: {source.geo.country_iso_cod: NL, user_agent.name: curl, my.own: 1}\n";
    let source = Arc::new(Source::new("x.test.yml", text));
    let (file, diagnostics) = read(&source);
    assert_eq!(file.cases[0].with.len(), 3, "the values are supplied all the same");
    let said: Vec<_> =
        diagnostics.iter().map(|d| (d.code.name, d.title.as_str(), d.help.join("; "))).collect();
    let near = "did you mean `source.geo.country_iso_code`?".to_owned();
    assert_eq!(
        said[0],
        ("fixture-unknown-field", "no event has the field `source.geo.country_iso_cod`", near)
    );
    assert_eq!((said.len(), said[1].1), (2, "no event has the field `my.own`"));
    assert!(diagnostics.iter().all(|d| d.severity == crate::diagnostic::Severity::Warning));
}
