//! SPL: what is printed reads back, whatever was built; hostile text is refused, never fatal.

use proptest::collection::vec;
use proptest::prelude::*;
use trailsmith_grammar::MAX_DEPTH;
use trailsmith_grammar::Span;
use trailsmith_grammar::spl::{
    Aggregation, Arg, ArithmeticOp, Assignment, Command, CommandKind, CompareOp, ErrorKind, Eval, EvalKind,
    Literal, Macro, Name, Number, Pipeline, Renaming, Search, SearchKind, SearchOp, Stats, TermKind, lints,
    parse,
};

/// Pieces that come near everything the lexers treat specially.
const PIECES: &[&str] = &[
    "a", "b", "and", "AND", " and ", " AND ", "OR", " or ", "NOT", "not ", "IN", "in", "xor", "like", " ",
    "\n", "\t", "\u{a0}", "\u{3000}", "=", "==", "!=", "<", ">=", "(", ")", "[", "]", "{}", "|", ",", "\"",
    "'", "`", "```", "\\", "\\\"", "\\|", "*", "?", "%", "!", ".", "-", "+", "/", "5", "1.5", "1e3", "é",
    "\u{0}", "search", "where", "eval", "stats", "count", "by", "as", "rename", "bin", "spath", "TERM(",
    "CASE(x)", "_time", "$x$",
];

/// Pieces that only make sense in a search.
const SYNTAX: &[&str] = &[
    "a=b",
    "a!=\"b c\"",
    "a IN (b, c)",
    "`m(x)`",
    "[ search a ]",
    " | where ",
    "isnull('a.b{}')",
    "a = \"x\"",
    " | eval x=if(a=1, \"y\", 2)",
    " | stats count dc(a) as n by b, c",
    " | rename a.* as *",
    " | bin _time span=5m",
    " | table a, b",
    "```note```",
    "TERM(a.b)",
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

/// Text that a macro may hold.
fn plain() -> impl Strategy<Value = String> {
    "[a-z_]{1,6}(\\([a-z, ]{0,5}\\))?"
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        text().prop_map(Literal::bare),
        text().prop_map(Literal::quoted),
        text().prop_map(Literal::field)
    ]
}

fn search() -> impl Strategy<Value = Search> {
    let ops = [SearchOp::Eq, SearchOp::Ne, SearchOp::Lt, SearchOp::Le, SearchOp::Gt, SearchOp::Ge];
    let kinds = [TermKind::Term, TermKind::Case];
    let leaf = prop_oneof![
        (literal(), prop::sample::select(ops.to_vec()), literal())
            .prop_map(|(f, o, v)| Search::compare(f, o, v)),
        (literal(), vec(literal(), 1..4)).prop_map(|(f, v)| Search::any_of(f, v)),
        literal().prop_map(Search::text),
        plain().prop_map(Search::call),
        (prop::sample::select(kinds.to_vec()), "[a-z0-9.]{1,5}")
            .prop_map(|(kind, text)| Search::new(SearchKind::Term { kind, text: Literal::bare(text) })),
        "[a-z=| ]{0,8}".prop_map(|text| Search::new(SearchKind::Subsearch(text.trim().to_owned()))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Search::and),
            vec(inner.clone(), 2..4).prop_map(Search::or),
            inner.prop_map(Search::not),
        ]
    })
}

fn eval() -> impl Strategy<Value = Eval> {
    let ops = [
        CompareOp::Eq,
        CompareOp::Ne,
        CompareOp::Lt,
        CompareOp::Le,
        CompareOp::Gt,
        CompareOp::Ge,
        CompareOp::Like,
    ];
    let sums = [ArithmeticOp::Add, ArithmeticOp::Subtract, ArithmeticOp::Concat];
    let products = [ArithmeticOp::Multiply, ArithmeticOp::Divide, ArithmeticOp::Remainder];
    let leaf = prop_oneof![
        // Single quotes do not hide what ends a command or begins a text.
        text().prop_map(|text| Eval::field(text.replace(['[', ']', '|', '"', '`'], "_"))),
        text().prop_map(Eval::text),
        (0u32..1000).prop_map(|n| Eval::number(n.to_string())),
        "[0-9]{1,3}\\.[0-9]{1,3}".prop_map(Eval::number),
        plain().prop_map(|text| Eval::new(EvalKind::Macro(Macro::new(text)))),
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let rest = |ops: [ArithmeticOp; 3]| vec((prop::sample::select(ops.to_vec()), inner.clone()), 1..3);
        let chain = |(first, rest)| Eval::new(EvalKind::Arithmetic { first: Box::new(first), rest });
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Eval::and),
            vec(inner.clone(), 2..4).prop_map(Eval::or),
            vec(inner.clone(), 2..4).prop_map(|list| Eval::new(EvalKind::Xor(list))),
            inner.clone().prop_map(Eval::not),
            inner.clone().prop_map(|e| Eval::new(EvalKind::Negative(Box::new(e)))),
            (inner.clone(), prop::sample::select(ops.to_vec()), inner.clone())
                .prop_map(|(l, o, r)| Eval::compare(l, o, r)),
            (inner.clone(), vec(inner.clone(), 1..3))
                .prop_map(|(left, list)| Eval::new(EvalKind::In { left: Box::new(left), list })),
            (inner.clone(), rest(sums)).prop_map(chain),
            (inner.clone(), rest(products)).prop_map(chain),
            ("[a-z]{1,2}[a-z0-9_]{3,6}|like|in", vec(inner, 0..3))
                .prop_map(|(name, args)| Eval::call(name, args)),
        ]
    })
}

fn name() -> impl Strategy<Value = Name> {
    text().prop_map(Name::new)
}

fn command() -> impl Strategy<Value = Command> {
    let aggregation = ("[a-z]{3,6}", prop::option::of("[a-z.{}*]{0,4}"), prop::option::of(name())).prop_map(
        |(function, argument, alias)| Aggregation { function, argument, alias, span: Span::default() },
    );
    prop_oneof![
        search().prop_map(|search| CommandKind::Search(Some(search))),
        Just(CommandKind::Search(None)),
        eval().prop_map(CommandKind::Where),
        vec((name(), eval()), 1..3).prop_map(|list| {
            CommandKind::Eval(list.into_iter().map(|(field, value)| Assignment { field, value }).collect())
        }),
        (vec(aggregation, 1..4), vec(name(), 0..3))
            .prop_map(|(aggregations, by)| CommandKind::Stats(Stats { aggregations, by })),
        vec((name(), name()), 1..3).prop_map(|list| {
            CommandKind::Rename(list.into_iter().map(|(from, to)| Renaming { from, to }).collect())
        }),
        (prop::sample::select(vec!["bin", "bucket", "spath"]), vec((prop::option::of(name()), name()), 0..3))
            .prop_map(|(command, args)| CommandKind::Args {
                name: command.to_owned(),
                args: args.into_iter().map(|(key, value)| Arg { key, value }).collect(),
            }),
        plain().prop_map(|text| CommandKind::Macro(Macro::new(text))),
        ("x[a-z]{2,6}", "[a-z=,]{0,6}").prop_map(|(name, args)| CommandKind::Other { name, args }),
    ]
    .prop_map(Command::new)
}

fn pipeline() -> impl Strategy<Value = Pipeline> {
    vec(command(), 1..5).prop_map(|commands| Pipeline { commands })
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
    fn built_pipelines_read_back(pipeline in pipeline()) {
        let printed = pipeline.to_string();
        let read = parse(&printed);
        prop_assert_eq!(read, Ok(pipeline), "{}", printed);
    }

    #[test]
    fn hostile_text_never_panics_and_what_is_read_prints(source in hostile()) {
        match parse(&source) {
            Ok(pipeline) => {
                for command in &pipeline.commands {
                    prop_assert!(source.get(command.span.start..command.span.end).is_some());
                    if let CommandKind::Broken { error, .. } = &command.kind {
                        prop_assert!(source.get(error.span.start..error.span.end).is_some());
                        prop_assert!(!error.to_string().is_empty());
                    }
                }
                let whole = !pipeline.commands.iter().any(|c| matches!(c.kind, CommandKind::Broken { .. }));
                if whole {
                    let printed = pipeline.to_string();
                    prop_assert_eq!(parse(&printed), Ok(pipeline.clone()), "{:?} {:?}", source, printed);
                }
                for trap in lints(&source, &pipeline) {
                    prop_assert!(source.get(trap.span.start..trap.span.end).is_some());
                    if let Some(text) = trap.suggestion() {
                        let mut mended = source.clone();
                        mended.replace_range(trap.span.start..trap.span.end, &text);
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
        if let Ok(pipeline) = parse(&source) {
            for command in &pipeline.commands {
                match &command.kind {
                    CommandKind::Search(Some(search)) => searches(search, command.span),
                    CommandKind::Where(eval) => evals(eval, command.span),
                    _ => {}
                }
            }
        }
    }
}

fn inside(child: Span, parent: Span) {
    assert!(parent.start <= child.start && child.end <= parent.end, "{child:?} {parent:?}");
}

fn searches(search: &Search, parent: Span) {
    inside(search.span, parent);
    match &search.kind {
        SearchKind::And(list) | SearchKind::Or(list) => list.iter().for_each(|s| searches(s, search.span)),
        SearchKind::Not(inner) => searches(inner, search.span),
        SearchKind::Compare { field, value, .. } => {
            inside(field.span, search.span);
            inside(value.span, search.span);
        }
        SearchKind::In { values, .. } => values.iter().for_each(|v| inside(v.span, search.span)),
        SearchKind::Text(text) | SearchKind::Term { text, .. } => inside(text.span, search.span),
        SearchKind::Macro(call) => inside(call.span, search.span),
        SearchKind::Subsearch(_) => {}
    }
}

fn evals(eval: &Eval, parent: Span) {
    inside(eval.span, parent);
    match &eval.kind {
        EvalKind::And(list) | EvalKind::Or(list) | EvalKind::Xor(list) => {
            list.iter().for_each(|e| evals(e, eval.span));
        }
        EvalKind::Not(e) | EvalKind::Negative(e) => evals(e, eval.span),
        EvalKind::Compare { left, right, .. } => [left, right].iter().for_each(|e| evals(e, eval.span)),
        EvalKind::Arithmetic { first, rest } => {
            evals(first, eval.span);
            rest.iter().for_each(|(_, e)| evals(e, eval.span));
        }
        EvalKind::Call { args, .. } => args.iter().for_each(|e| evals(e, eval.span)),
        _ => {}
    }
}

/// The first error of a text, of the whole or of one command.
fn error(source: &str) -> trailsmith_grammar::spl::SyntaxError {
    match parse(source) {
        Err(error) => error,
        Ok(pipeline) => pipeline
            .commands
            .into_iter()
            .find_map(|command| match command.kind {
                CommandKind::Broken { error, .. } => Some(error),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{} was read", &source[..source.len().min(40)])),
    }
}

#[test]
fn deep_nesting_is_an_error_with_a_position() {
    const N: usize = 10_000;
    for (start, unit) in [
        ("", "("),
        ("", "NOT ("),
        ("", "NOT "),
        ("", "(a=b OR "),
        ("a | where ", "("),
        ("a | where ", "not "),
        ("a | where ", "-"),
        ("a | where ", "f("),
        ("a | where a=", "(- ("),
        ("a ", "["),
    ] {
        let source = format!("{start}{}", unit.repeat(N));
        let error = error(&source);
        assert_eq!(error.kind, ErrorKind::TooDeep, "{start}{unit}");
        assert!(error.span.start < start.len() + unit.len() * (MAX_DEPTH + 1));
    }
}

#[test]
fn the_deepest_allowed_trees_survive_everything() {
    for (start, open, close) in
        [("", "(a=b OR ", ")"), ("", "NOT (", ")"), ("a | where ", "not (", ")"), ("a | where ", "f(", ")")]
    {
        let depth = if open.contains("ot") || open.contains("OT") { MAX_DEPTH / 2 } else { MAX_DEPTH };
        let source = format!("{start}{}a=b{}", open.repeat(depth), close.repeat(depth));
        let pipeline = parse(&source).expect(open);
        assert!(!matches!(pipeline.commands.last().unwrap().kind, CommandKind::Broken { .. }), "{open}");
        assert_eq!(parse(&pipeline.to_string()).as_ref(), Ok(&pipeline));
        assert!(!format!("{pipeline:?}").is_empty());
        let _ = lints(&source, &pipeline);
    }
}

#[test]
fn long_input_takes_linear_work() {
    // Quadratic work would take minutes here, in a debug build above all.
    const N: usize = 50_000;
    let list = |item: &str, separator: &str| vec![item; N].join(separator);
    let sources = [
        format!("a IN ({})", list("b*", ", ")),
        list("a=b", " "),
        list("a=b", " OR "),
        list("word", " "),
        format!("a | where x = {}", list("1", " + ")),
        format!("a | where {}", list("a=1", " or ")),
        format!("a | eval {}", list("a=1", ", ")),
        format!("a | stats {}", list("count", " ")),
        list("a", " | "),
        "*".repeat(N),
        format!("\"{}\"", "\\\\".repeat(N)),
        format!("a {}", list("[b]", " ")),
        format!("a {}", "```x``` ".repeat(N)),
    ];
    for source in &sources {
        let pipeline = parse(source).unwrap_or_else(|e| panic!("{}…: {e}", &source[..20]));
        assert_eq!(parse(&pipeline.to_string()).as_ref(), Ok(&pipeline));
        let _ = lints(source, &pipeline);
    }
    for bad in ["\"".to_owned() + &"\\\"".repeat(N), "`".repeat(2 * N + 1), "]".repeat(N)] {
        assert!(parse(&bad).is_err());
    }
    println!("{} texts of {N} parts and more", sources.len());
}

#[test]
fn numbers_keep_their_text() {
    let pipeline = parse("a | where x=1.50").unwrap();
    let CommandKind::Where(Eval { kind: EvalKind::Compare { right, .. }, .. }) = &pipeline.commands[1].kind
    else {
        panic!("{pipeline:?}");
    };
    assert_eq!(right.kind, EvalKind::Number(Number("1.50".into())));
}
