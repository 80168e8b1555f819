use std::sync::Arc;

use super::*;
use crate::diagnostic::{Source, Span};

crate::codes! {
    /// An operator inside a bare value ends it.
    pub KEYWORD = error "kql-keyword-in-text": "an operator inside a word ends the value";
    /// Anything else.
    pub OTHER = warning "other-code": "something else";
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(format!("render-{name}"), text));
}

fn span_of(source: &Source, needle: &str) -> Span {
    let start = source.text().find(needle).expect("the needle stands in the text");
    Span::new(start, start + needle.len())
}

fn sample() -> Vec<Diagnostic> {
    let text = "query = '''\nevent.dataset: aws.cloudtrail\n\tand message: cannot delete\n'''\n";
    let source = Arc::new(Source::new("rules/a b.toml", text));
    let value = span_of(&source, "cannot delete");
    let word = span_of(&source, "not delete");
    let word = Span::new(word.start, word.start + 4);
    let quoted = Diagnostic::new(&KEYWORD, "`not ` inside a word ends the value")
        .at(&source, word, "Kibana reads the operator `not` here and refuses the query")
        .also(value, "")
        .help("quote the value")
        .note("`and`, `or` and `not` are operators in every case")
        .fix("quote the value", value, "\"cannot delete\"", true)
        .for_rule("r-1", "A rule");
    let wide = Arc::new(Source::new("rules/宽.yml", "name: 名前 ünïcode x\nid: 1\n"));
    let wide =
        Diagnostic::new(&OTHER, "`x` is not known, 100% sure").at(&wide, span_of(&wide, "x\n"), "here");
    let whole = Arc::new(Source::new("rules/empty.toml", ""));
    let file = Diagnostic::new(&OTHER, "the file is empty").in_file(&whole);
    let nowhere = Diagnostic::new(&OTHER, "no rule was found").severity(crate::diagnostic::Severity::Info);
    vec![quoted, wide, file, nowhere]
}

fn text(format: Format, diagnostics: &[Diagnostic]) -> String {
    let mut out = Vec::new();
    render(format, diagnostics, Style::PLAIN, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("renderers write UTF-8")
}

#[test]
fn every_format() {
    assert_eq!(ALL.len(), 2);
    for (name, format) in [
        ("full", Format::Full),
        ("concise", Format::Concise),
        ("json", Format::Json),
        ("json-lines", Format::JsonLines),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
        ("gitlab", Format::Gitlab),
        ("junit", Format::Junit),
    ] {
        snapshot(name, &text(format, &sample()));
    }
}

#[test]
fn a_rule_on_one_endless_line_is_cut_around_the_caret() {
    let line = format!(
        "{{\"note\":\"{}\",\"query\":\"a: b and (\",\"x\":\"{}\"}}",
        "é".repeat(50_000),
        "y".repeat(50_000)
    );
    let source = Arc::new(Source::new("export.ndjson", format!("{{}}\n{line}\n")));
    let place = span_of(&source, "(");
    let diagnostic = Diagnostic::new(&OTHER, "unclosed parenthesis").at(&source, place, "opened here").fix(
        "close it",
        Span::new(place.end, place.end),
        ")",
        true,
    );
    let shown = text(Format::Full, std::slice::from_ref(&diagnostic));
    assert!(shown.lines().all(|line| line.chars().count() < 200), "{shown}");
    snapshot("long-line", &shown);
    let whole = Diagnostic::new(&OTHER, "all of it").at(&source, source.line_span(2), "");
    assert!(text(Format::Full, &[whole]).len() < 2000);
}

#[test]
fn odd_spans_never_panic() {
    let source = Arc::new(Source::new("f", "é\u{0}\r\n\ttab\u{7}\n"));
    for start in 0..source.text().len() + 2 {
        for end in [start, start + 1, start + 3, 99] {
            let d = Diagnostic::new(&OTHER, "t").at(&source, Span::new(start, end), "l").fix(
                "f",
                Span::new(start, end),
                "x",
                false,
            );
            for format in [Format::Full, Format::Sarif, Format::Json, Format::Github] {
                assert!(!text(format, std::slice::from_ref(&d)).is_empty());
            }
        }
    }
}
