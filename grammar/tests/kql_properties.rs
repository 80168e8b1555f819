//! KQL: what is printed reads back, whatever was built; hostile text is refused, never fatal.

use proptest::collection::vec;
use proptest::prelude::*;
use trailsmith_grammar::MAX_DEPTH;
use trailsmith_grammar::kql::{ErrorKind, Expr, Literal, Query, RangeOp, Segment, ValueExpr, lints, parse};

/// Pieces that come near everything the lexer treats specially.
const PIECES: &[&str] = &[
    "a", "b", "n", "N", "not", "Not", "not ", "nOt\t", "and", " and ", "or", " OR ", "cannot", " ", "  ",
    "\n", "\t", "\u{a0}", "\u{3000}", "\u{feff}", ":", "(", ")", "{", "}", "<", "<=", ">", ">=", "*", "\\",
    "\"", "'", "é", "𝄞", "\u{0}", "\u{85}", "\u{2028}", "true", "null", "!", "-", "?", "/", "[1 TO 2]", "~1",
    "^2", "#", "//", "/*", "&&", "u0041", "t", "ot", ".",
];

/// Pieces that only make sense in a query, escapes above all.
const SYNTAX: &[&str] = &[
    "a:b",
    "a: (b or c)",
    "a:{ b:c }",
    "a > 5",
    "\"x y\"",
    "\\and",
    "\\NOT",
    "\\not",
    "\\n",
    "\\t",
    "\\u0020",
    "\\ud834",
    "\\udd1e",
    "\\q",
    "\\*",
    "\"\\u00e9\\\"\\\\\"",
    "_exists_:",
];

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(PIECES), 0..6).prop_map(|pieces| pieces.concat())
}

fn hostile() -> impl Strategy<Value = String> {
    let all: Vec<&str> = PIECES.iter().chain(SYNTAX).copied().collect();
    prop_oneof![
        4 => vec(prop::sample::select(all), 0..20).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    let segment = prop_oneof![Just(Segment::Star), text().prop_map(Segment::Text),];
    prop_oneof![
        text().prop_map(Literal::text),
        text().prop_map(Literal::quoted),
        vec(segment, 1..4).prop_map(Literal::wildcard),
        any::<bool>().prop_map(Literal::bool),
        Just(Literal::null()),
    ]
}

/// Literals that KQL can say to the letter.
fn expressible() -> impl Strategy<Value = Literal> {
    literal().prop_filter("KQL has no form for it", Literal::is_expressible)
}

fn value() -> impl Strategy<Value = ValueExpr> {
    expressible().prop_map(ValueExpr::from).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(ValueExpr::and),
            vec(inner.clone(), 2..4).prop_map(ValueExpr::or),
            inner.prop_map(ValueExpr::not),
        ]
    })
}

fn op() -> impl Strategy<Value = RangeOp> {
    prop::sample::select(&[RangeOp::Lt, RangeOp::Lte, RangeOp::Gt, RangeOp::Gte][..])
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        (expressible(), value()).prop_map(|(f, v)| Expr::is(f, v)),
        expressible().prop_map(Expr::free_text),
        (expressible(), op(), expressible()).prop_map(|(f, op, v)| Expr::range(f, op, v)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Expr::and),
            vec(inner.clone(), 2..4).prop_map(Expr::or),
            inner.clone().prop_map(Expr::not),
            (expressible(), inner).prop_map(|(path, body)| Expr::nested(path, body)),
        ]
    })
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        // There is no place for it outside `src`; what fails becomes a test of its own.
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn built_trees_read_back(expr in expr()) {
        let printed = expr.to_string();
        let read = parse(&printed);
        prop_assert_eq!(read, Ok(Query { expr: Some(expr) }), "{}", printed);
    }

    /// Where KQL has no form, the nearest one is still one literal and breaks nothing around it.
    #[test]
    fn any_literal_stays_one_literal(a in literal(), b in literal(), c in literal()) {
        let printed = format!("{a}: ({b} or {c}) and x: y");
        let Ok(Query { expr: Some(read) }) = parse(&printed) else {
            return Err(TestCaseError::fail(printed));
        };
        let again = read.to_string();
        prop_assert_eq!(parse(&again), parse(&printed), "{}", printed);
        let trailsmith_grammar::kql::ExprKind::And(list) = &read.kind else {
            return Err(TestCaseError::fail(printed));
        };
        prop_assert_eq!(list.len(), 2);
    }

    #[test]
    fn hostile_text_never_panics_and_what_is_read_prints(source in hostile()) {
        match parse(&source) {
            Ok(query) => {
                let printed = query.to_string();
                prop_assert_eq!(parse(&printed), Ok(query.clone()), "{:?} {:?}", source, printed);
                for trap in lints(&source, &query) {
                    prop_assert!(source.get(trap.span.start..trap.span.end).is_some());
                    if let Some(text) = trap.suggestion() {
                        let mut mended = source.clone();
                        mended.replace_range(trap.span.start..trap.span.end, &text);
                        // Joining what was apart may still be wrong elsewhere; it must not panic.
                        let _ = parse(&mended);
                    }
                }
            }
            Err(error) => {
                prop_assert!(source.get(error.span.start..error.span.end).is_some());
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }

    #[test]
    fn spans_of_children_lie_inside(source in hostile()) {
        if let Ok(Query { expr: Some(expr) }) = parse(&source) {
            nested_spans(&expr);
        }
    }
}

fn nested_spans(expr: &Expr) {
    use trailsmith_grammar::kql::ExprKind;
    let inside = |child: trailsmith_grammar::Span| {
        assert!(expr.span.start <= child.start && child.end <= expr.span.end);
    };
    match &expr.kind {
        ExprKind::And(list) | ExprKind::Or(list) => list.iter().for_each(|e| {
            inside(e.span);
            nested_spans(e);
        }),
        ExprKind::Not(e) | ExprKind::Nested { body: e, .. } => {
            inside(e.span);
            nested_spans(e);
        }
        ExprKind::Is { field, value } => {
            field.iter().for_each(|f| inside(f.span));
            inside(value.span);
        }
        ExprKind::Range { field, op_span, value, .. } => {
            inside(field.span);
            inside(*op_span);
            inside(value.span);
        }
    }
}

#[test]
fn deep_nesting_is_an_error_with_a_position() {
    const N: usize = 100_000;
    for (start, unit) in [
        ("", "("),
        ("", "not ("),
        ("", "a:{"),
        ("", "(a:b or "),
        ("", "(a:{not ("),
        ("a:", "("),
        ("a:", "(b or "),
        ("a:(", "not ("),
    ] {
        let source = format!("{start}{}", unit.repeat(N));
        let error = parse(&source).expect_err(unit);
        assert_eq!(error.kind, ErrorKind::TooDeep, "{start}{unit}");
        assert!(error.span.start < start.len() + unit.len() * (MAX_DEPTH + 1));
    }
}

#[test]
fn the_deepest_allowed_trees_survive_everything() {
    // A test thread has 2 MiB of stack, like any thread that Rust starts.
    for (open, close) in [("not (", ")"), ("a:{", "}"), ("(x:y or ", ")"), ("(", ")")] {
        let build = |depth: usize| format!("{}a:b{}", open.repeat(depth), close.repeat(depth));
        let source = build(MAX_DEPTH);
        let query = parse(&source).expect(open);
        let printed = query.clone().to_string();
        assert_eq!(parse(&printed).as_ref(), Ok(&query));
        assert!(!format!("{query:?}").is_empty());
        let _ = lints(&source, &query);
        let error = parse(&build(MAX_DEPTH + 1)).expect_err(open);
        assert_eq!(error.kind, ErrorKind::TooDeep);
    }
    let source = format!("a:{}b{}", "(not ".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    let query = parse(&source).expect("a nested list");
    assert_eq!(parse(&query.to_string()).as_ref(), Ok(&query));
}

#[test]
fn long_input_takes_linear_work() {
    // Quadratic work would take minutes here, in a debug build above all.
    const N: usize = 100_000;
    let list = |item: &str, separator: &str| vec![item; N].join(separator);
    let sources = [
        format!("a: ({})", list("b*", " or ")),
        list("a: b", " and "),
        list("a: b c", " or "),
        format!("a: {}", list("word", " ")),
        format!("a: b{}", " ".repeat(N)),
        format!("a: b{}c", " ".repeat(N)),
        format!("a:{}b", " or".repeat(N)),
        "*".repeat(N),
        "n".repeat(N),
        "no".repeat(N),
        "\\u0041".repeat(N),
        format!("\"{}\"", "\\\\".repeat(N)),
    ];
    for source in &sources {
        let query = parse(source).unwrap_or_else(|e| panic!("{}…: {e}", &source[..20]));
        assert_eq!(parse(&query.to_string()).as_ref(), Ok(&query));
        let _ = lints(source, &query);
    }
    for bad in ["\"".to_owned() + &"\\\"".repeat(N), "not ".repeat(N), ")".repeat(N)] {
        assert!(parse(&bad).is_err());
    }
    println!("{} texts of {N} parts and more", sources.len());
}
