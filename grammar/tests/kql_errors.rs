//! Every mistake in KQL that has a kind of its own, with the text it underlines.

use trailsmith_grammar::ErrorKind as _;
use trailsmith_grammar::kql::{ErrorKind, Keyword, parse};

#[track_caller]
fn fails(source: &str, kind: ErrorKind, at: &str) {
    let error = parse(source).expect_err(source);
    assert_eq!(error.kind, kind, "{source}");
    assert_eq!(error.span.of(source), at, "{source}");
    assert!(!error.name().is_empty() && !error.to_string().ends_with('.'));
    if let Some(help) = error.help() {
        assert!(!help.is_empty());
    }
}

#[test]
fn misplaced_not() {
    use ErrorKind::*;
    fails("a: cannot open", NotInText, "not");
    fails("a: b not c", NotInText, "not");
    fails("a: not b", NotAfterColon, "not");
    fails("a: not (b or c)", NotAfterColon, "not");
    fails("not(a: b)", NotWithoutSpace, "not");
    fails("a: b and not(c: d)", NotWithoutSpace, "not");
    fails("not not a: b", DoubleNot, "not not");
    fails("\"a\" not b", MissingOperator, "not");
}

#[test]
fn missing_parts() {
    use ErrorKind::*;
    fails("a: b and ", MissingOperand(Keyword::And), "and");
    fails("(a: b or )", MissingOperand(Keyword::Or), "or");
    fails("a: (not )", MissingOperand(Keyword::Not), "not");
    fails("(a: b)and c: d", KeywordWithoutSpace(Keyword::And), "and");
    fails("(a: b) or(c: d)", KeywordWithoutSpace(Keyword::Or), "or");
    fails("(a: b) (c: d)", MissingOperator, "(");
    fails("a: \"b\" c: d", MissingOperator, "c");
    fails("a:", UnexpectedEnd, "");
    fails("a: ()", EmptyParentheses, "()");
    fails("( )", EmptyParentheses, "( )");
    fails("a: { }", EmptyParentheses, "{ }");
    fails("x: y and (a: b", Unclosed('('), "(");
    fails("a: { b: c", Unclosed('{'), "{");
    fails("a: b)", Unopened(')'), ")");
    fails(")", Unopened(')'), ")");
}

#[test]
fn values() {
    use ErrorKind::*;
    fails(r"a: x\qy", BadEscape(Some('q')), r"\q");
    fails(r"a: x\", BadEscape(None), r"\");
    fails(r"a: \é", BadEscape(Some('é')), r"\é");
    fails("a: \"b", UnterminatedQuote, "\"");
    fails(r#"a: "C:\""#, UnterminatedQuote, "\"");
    fails("a: arn:aws:iam", UnescapedSpecial(':'), ":");
    fails("a: b(c)", UnescapedSpecial('('), "(");
    fails("a: b<c", UnescapedSpecial('<'), "<");
    fails("a: > 5", RangeAfterColon, ">");
    fails("a: (b or > 5)", RangeInValueList, ">");
    fails("a: (b: c)", FieldInValueList, ":");
}

#[test]
fn sentences() {
    let sentence = |source: &str| parse(source).expect_err(source).to_string();
    assert_eq!(sentence("a:"), "the query ends too early, expected `(`, `{` or a value");
    assert_eq!(sentence(": b"), "found `:`, expected `(`, `not` or a condition");
    assert_eq!(sentence("a > not b"), "found `not`, expected a value");
    assert_eq!(ErrorKind::TooDeep.to_string(), "more than 200 brackets are open");
    assert_eq!(ErrorKind::TooDeep.help(), None);
}
