//! Every mistake, repair, extension and trap of Threat Stack filters, with the text it underlines.

use trailsmith_grammar::threatstack::{
    ErrorKind, Extension, Foreign, Mode, RepairKind, TrapKind, lints, parse,
};

#[track_caller]
fn fails(source: &str, kind: ErrorKind, at: &str) {
    let error = parse(source, Mode::Strict).expect_err(source);
    assert_eq!(error.kind, kind, "{source}");
    assert_eq!(error.span.of(source), at, "{source}");
    assert!(!error.name().is_empty() && !error.to_string().ends_with('.'));
    if let Some(replacement) = error.kind.replacement() {
        assert!(error.help().expect("a replacement is a help").contains(replacement));
    }
}

/// What strict reading refuses with a fix and lenient reading mends the same way.
#[track_caller]
fn mended(source: &str, kind: RepairKind, at: &str, replacement: &str) {
    let read = parse(source, Mode::Lenient).unwrap_or_else(|e| panic!("{source}: {e}"));
    let repair = read.repairs.first().expect("a repair");
    assert_eq!(
        (repair.kind, repair.span.of(source), &repair.replacement[..]),
        (kind, at, replacement),
        "{source}"
    );
    assert!(!kind.explain().is_empty() && !kind.name().is_empty());
    let error = parse(source, Mode::Strict).expect_err(source);
    if kind == RepairKind::MismatchedQuotes {
        // A straight mark may also just lack its partner; strict reading does not guess.
        return;
    }
    assert_eq!(error.kind.replacement(), Some(replacement), "{source}");
    assert_eq!(error.span, repair.span, "{source}");
}

#[test]
fn repairs() {
    use RepairKind::*;
    mended("a = „b“", TypographicQuotes, "„b“", "\"b\"");
    mended("a = “b\"", TypographicQuotes, "“b\"", "\"b\"");
    mended("a = ”b”", TypographicQuotes, "”b”", "\"b\"");
    mended("a = ‘b’", TypographicQuotes, "‘b’", "\"b\"");
    mended("a = «b»", TypographicQuotes, "«b»", "\"b\"");
    mended("a = \"b”", MismatchedQuotes, "\"b”", "\"b\"");
    mended("a = 1 und b = 2", LocalisedKeyword, "und", "and");
    mended("a = 1 ODER b = 2", LocalisedKeyword, "ODER", "or");
    mended("a = 1且 b = 2", LocalisedKeyword, "且", "and");
    mended("a = \"1\"且 b = 2", LocalisedKeyword, "且", "and");
    mended("a beginnt_mit \"x\"", LocalisedKeyword, "beginnt_mit", "starts_with");
    mended("exe=/bin/exe", BareValue, "/bin/exe", "\"/bin/exe\"");
    mended("(ip = 10.0.0.1)", BareValue, "10.0.0.1", "\"10.0.0.1\"");
    mended("a = b", BareValue, "b", "\"b\"");
    mended("a like b-c", BareValue, "b-c", "\"b-c\"");
}

#[test]
fn operators_of_other_languages() {
    use Foreign::*;
    let foreign = |f| ErrorKind::ForeignOperator(f);
    fails("a in (\"b\")", foreign(In), "in");
    fails("a not in (\"b\")", foreign(In), "not");
    fails("a contains \"b\"", foreign(Contains), "contains");
    fails("a matches \"b\"", foreign(Regex), "matches");
    fails("a regex \"b\"", foreign(Regex), "regex");
    fails("a startswith \"b\"", foreign(StartsWith), "startswith");
    fails("a is null", foreign(Is), "is");
    fails("a exists", foreign(Exists), "exists");
    fails("exists a", foreign(Exists), "exists");
    fails("exists(a)", foreign(Exists), "exists");
    fails("cidr_match(ip, \"x\")", foreign(Cidr), "cidr_match");
    fails("ip = 10.0.0.0/8", foreign(Cidr), "10.0.0.0/8");
    let sign = |s: &str| ErrorKind::ForeignSymbol(s.to_owned());
    fails("a == \"b\"", sign("=="), "==");
    fails("a = 1 && b = 2", sign("&&"), "&&");
    fails("a =~ \"b\"", sign("=~"), "=~");
    fails("a: \"b\"", sign(":"), ":");
}

#[test]
fn mistakes() {
    use ErrorKind::*;
    fails("", Empty, "");
    fails(" \n", Empty, " \n");
    fails("a = 1 and", MissingOperand("and"), "and");
    fails("(a = 1 or )", MissingOperand("or"), "or");
    fails("not", MissingOperand("not"), "not");
    fails("a = 1 b = 2", MissingConnective, "b");
    fails("a = 1 (b = 2)", MissingConnective, "(");
    fails("not not a = 1", DoubleNot, "not not");
    fails("()", EmptyParentheses, "()");
    fails("(a = 1", Unclosed, "(");
    fails("a = 1)", Unopened, ")");
    fails("a > null", OrderNeedsNumber, "null");
    fails("a like 5", MatchingNeedsText, "5");
    fails("\"b\" = a", ValueBeforeKey, "\"b\"");
    fails("a = \"b", UnterminatedString, "\"");
    fails("a = „b", UnterminatedString, "„");
    fails("a = \"b\\\"", UnterminatedString, "\"");
    fails("a = 1 ; b", Unexpected(";".to_owned()), ";");
    let error = parse("a", Mode::Strict).expect_err("a key alone");
    assert_eq!(
        error.to_string(),
        "the filter ends too early, expected `=`, `!=`, `>`, `starts_with`, `ends_with` or `like`"
    );
}

#[test]
fn extensions() {
    let source = "not a-b >= -1.5 and @c = true or d = \"x\\\"y\"";
    let read = parse(source, Mode::Strict).expect("extensions are accepted");
    let notes: Vec<_> = read.notes.iter().map(|n| (n.kind, n.span.of(source))).collect();
    use Extension::*;
    assert_eq!(
        notes,
        [
            (Not, "not a-b >= -1.5"),
            (KeyCharacter, "a-b"),
            (OrderOperator, ">="),
            (Number, "-1.5"),
            (KeyCharacter, "@c"),
            (Boolean, "true"),
            (Escape, "\\\""),
        ]
    );
    assert!(notes.iter().all(|(kind, _)| !kind.explain().is_empty() && !kind.name().is_empty()));
}

#[test]
fn traps() {
    #[track_caller]
    fn one(source: &str, kind: TrapKind, at: &str, suggestion: Option<&str>) {
        let read = parse(source, Mode::Strict).unwrap_or_else(|e| panic!("{source}: {e}"));
        let traps = lints(source, &read.expr);
        let found: Vec<_> = traps.iter().map(|t| (t.kind, t.span.of(source), t.suggestion())).collect();
        assert_eq!(found, [(kind, at, suggestion.map(str::to_owned))], "{source}");
        assert!(!traps[0].explain().is_empty());
    }
    use TrapKind::*;
    one("a = 1 or b = 2 and c = 3", MixedAndOr, "b = 2 and c = 3", Some("(b = 2 and c = 3)"));
    one("a like \"%rm%\"", PatternInLike, "\"%rm%\"", Some("\"rm\""));
    one("a like \"r?m\"", PatternInLike, "\"r?m\"", None);
    one("a like \"_m\"", PatternInLike, "\"_m\"", None);
    one("a starts_with '/tmp/*'", PatternInText, "'/tmp/*'", Some("\"/tmp/\""));
    one("a = \"x*\"", PatternInText, "\"x*\"", None);
    one("a = \"C:\\Windows\"", LoneBackslash, "\\", Some("\\\\"));
    one("a = \"C:\\\\\"", TrailingBackslash, "\"C:\\\\\"", None);
    one("a = \"10.0.0.0/8\"", AddressRange, "\"10.0.0.0/8\"", None);
    let clean = "a like \"net.ipv4.tcp_x\" and (b = \"/x/y\" or c = null)";
    let read = parse(clean, Mode::Strict).expect(clean);
    assert_eq!(lints(clean, &read.expr), []);
}
