//! Filters: what is printed reads back, whatever was built; hostile text is refused, never fatal.

use proptest::collection::vec;
use proptest::prelude::*;
use trailsmith_grammar::MAX_DEPTH;
use trailsmith_grammar::threatstack::{
    ErrorKind, Expr, ExprKind, Key, Mode, Number, Op, Value, ValueKind, lints, parse,
};

const PIECES: &[&str] = &[
    "a",
    "a.b",
    "user-name",
    "@x",
    "und",
    "oder",
    "且",
    "或",
    "and",
    "OR",
    "not ",
    "like",
    "Starts_With",
    "ends_with",
    "null",
    "true",
    "in",
    "contains",
    "exists",
    "cidr",
    " ",
    "\n",
    "\u{a0}",
    "(",
    ")",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!",
    ":",
    "~",
    "\"",
    "'",
    "\\",
    "„",
    "“",
    "”",
    "‚",
    "‘",
    "’",
    "«",
    "»",
    "5",
    "-1.5",
    "10.0.0.1",
    "10.0.0.0/8",
    "/bin/x",
    "a = \"b\"",
    " and ",
    " or ",
    "a like 'x'",
    "%",
    "*",
    "é",
    "𝄞",
    "\u{0}",
    "-",
    ".",
];

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(prop::sample::select(PIECES), 0..20).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(PIECES), 0..5).prop_map(|pieces| pieces.concat())
}

fn key() -> impl Strategy<Value = Key> {
    let segment = "[a-zA-Z_@][A-Za-z0-9_-]{0,6}x";
    vec(segment, 1..4).prop_map(|segments| Key::new(segments.join(".")))
}

fn number() -> impl Strategy<Value = Value> {
    "-?[0-9]{1,20}(\\.[0-9]{1,4})?".prop_map(|text| {
        let mut value = Value::int(0);
        value.kind = ValueKind::Number(Number { text });
        value
    })
}

fn comparison() -> impl Strategy<Value = Expr> {
    let text = || text().prop_map(Value::str).boxed();
    let order = prop_oneof![text(), number()].boxed();
    let scalar = prop_oneof![text(), number(), Just(Value::null()), any::<bool>().prop_map(Value::bool)];
    let with = |ops: &'static [Op], value: BoxedStrategy<Value>| {
        (key(), prop::sample::select(ops), value).prop_map(|(k, op, v)| Expr::comparison(k, op, v))
    };
    prop_oneof![
        with(&[Op::Eq, Op::Ne], scalar.boxed()),
        with(&[Op::Lt, Op::Lte, Op::Gt, Op::Gte], order),
        with(&[Op::Like, Op::StartsWith, Op::EndsWith], text()),
    ]
}

fn expr() -> impl Strategy<Value = Expr> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Expr::and),
            vec(inner.clone(), 2..4).prop_map(Expr::or),
            inner.prop_map(Expr::not),
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
        let read = parse(&printed, Mode::Strict);
        prop_assert_eq!(read.as_ref().map(|r| &r.expr), Ok(&expr), "{}", printed);
        // Lenient reading changes nothing in text that is right.
        prop_assert_eq!(parse(&printed, Mode::Lenient), read, "{}", printed);
    }

    #[test]
    fn hostile_text_never_panics_and_repairs_are_the_fix(source in hostile()) {
        let strict = parse(&source, Mode::Strict);
        match parse(&source, Mode::Lenient) {
            Ok(read) => {
                let printed = read.expr.to_string();
                let again = parse(&printed, Mode::Strict);
                prop_assert_eq!(again.map(|r| r.expr), Ok(read.expr.clone()), "{:?}", source);
                let traps = lints(&source, &read.expr);
                for span in traps.iter().map(|t| t.span).chain(read.notes.iter().map(|n| n.span)) {
                    prop_assert!(source.get(span.start..span.end).is_some());
                }
                if read.repairs.is_empty() {
                    prop_assert_eq!(strict, Ok(read));
                }
            }
            Err(error) => {
                prop_assert!(source.get(error.span.start..error.span.end).is_some());
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}

#[test]
fn deep_nesting_is_an_error_with_a_position() {
    for unit in ["(", "not (", "(a = 1 or ", "(a = \"b\" and not ("] {
        let source = unit.repeat(100_000);
        for mode in [Mode::Strict, Mode::Lenient] {
            let error = parse(&source, mode).expect_err(unit);
            assert_eq!(error.kind, ErrorKind::TooDeep, "{unit}");
            assert!(error.span.start < unit.len() * (MAX_DEPTH + 1), "{unit}");
        }
    }
    for open in ["not (", "(a = 1 or ", "("] {
        let source = format!("{}b = 2{}", open.repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
        let read = parse(&source, Mode::Strict).expect(open);
        let again = parse(&read.expr.clone().to_string(), Mode::Strict).expect(open);
        assert_eq!(again.expr, read.expr);
    }
    let error = parse(&"not ".repeat(100_000), Mode::Strict).expect_err("not not");
    assert_eq!(error.kind, ErrorKind::DoubleNot);
}

#[test]
fn long_input_takes_linear_work() {
    const N: usize = 100_000;
    let sources = [
        vec!["ip starts_with \"10.\""; N].join(" or "),
        vec!["a = „x“"; N].join(" und "),
        vec!["a = b"; N].join(" and "),
        format!("a = \"{}\"", "\\\\".repeat(N)),
        format!("a = \"{}\"", "\\x".repeat(N)),
    ];
    for source in &sources {
        let read = parse(source, Mode::Lenient).unwrap_or_else(|e| panic!("{e}"));
        if let ExprKind::And(list) | ExprKind::Or(list) = &read.expr.kind {
            assert_eq!(list.len(), N);
        }
        let _ = lints(source, &read.expr);
        let again = parse(&read.expr.to_string(), Mode::Strict).expect("printed");
        assert_eq!(again.expr, read.expr);
    }
    for bad in ["\"".repeat(N + 1), "„".repeat(N), "a ".repeat(N), "a = „".repeat(N)] {
        assert!(parse(&bad, Mode::Lenient).is_err());
    }
    println!("{} texts of {N} parts and more", sources.len());
}
