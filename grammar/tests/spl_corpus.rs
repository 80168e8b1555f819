//! SPL: the precedence of both kinds of condition, the mistakes and the traps, and every public
//! search that is at hand.

mod support;

use trailsmith_grammar::spl::{CommandKind, Pipeline, lints, parse};

/// The text with every chain in parentheses.
fn shape(source: &str) -> String {
    parse(source).unwrap_or_else(|e| panic!("{source}: {e}")).to_string()
}

#[test]
fn precedence_differs_by_command() {
    // Splunk, Search Manual, "Boolean expressions": `search` evaluates OR before AND.
    assert_eq!(shape("a=1 b=2 OR c=3 d=4"), "a=1 (b=2 OR c=3) d=4");
    assert_eq!(shape("a=1 AND b=2 OR NOT c=3"), "a=1 (b=2 OR NOT c=3)");
    assert_eq!(shape("NOT a OR b c"), "(NOT a OR b) c");
    // `where` and `eval`: AND before OR.
    assert_eq!(shape("a | where x=1 OR y=2 AND z=3"), "a | where x = 1 OR (y = 2 AND z = 3)");
    assert_eq!(shape("a | where not x=1 or y=2"), "a | where NOT x = 1 OR y = 2");
    assert_eq!(shape("a | where a=1 xor b=2 or c=3"), "a | where a = 1 XOR (b = 2 OR c = 3)");
    assert_eq!(shape("a | where a+b*2 > -c"), "a | where (a + (b * 2)) > (-c)");
}

#[test]
fn forms() {
    for (source, printed) in [
        ("search index=main", "index=main"),
        ("  index = main   x!=y ", "index=main x!=y"),
        (r#""a.b{}.c"=* d.e{}.f="x y""#, r#""a.b{}.c"=* d.e{}.f="x y""#),
        ("a IN(b,c , \"d e\")", "a IN (b, c, \"d e\")"),
        ("`cloudtrail` eventName=A", "`cloudtrail` eventName=A"),
        ("TERM(a.b) CASE(X)", "TERM(a.b) CASE(X)"),
        ("a ```note``` b", "a b"),
        ("| tstats count where x=y by z", "| tstats count where x=y by z"),
        ("a [search b | table c] d", "a [search b | table c] d"),
        ("a | STATS count BY x y,z", "a | stats count by x, y, z"),
        ("a | stats count(eval(x=1)) AS n, dc(y) by z", "a | stats count(eval(x=1)) as n dc(y) by z"),
        ("a | bucket span=10m _time", "a | bucket span=10m _time"),
        ("a | rename b.* as *, c AS \"d e\"", "a | rename b.* as *, c as \"d e\""),
        ("a | eval b.c=d, e=\"x\".f", "a | eval b.c=d, e=\"x\" . f"),
        ("a | `macro(x)` | table b", "a | `macro(x)` | table b"),
        (r#"a="x\"y\\z\d\|""#, r#"a="x\"y\\z\\d|""#),
        ("a | where 'x.y{}' like \"a%\" and in(z, \"1\")", "a | where 'x.y{}' LIKE \"a%\" AND in(z, \"1\")"),
    ] {
        assert_eq!(shape(source), printed);
        assert_eq!(shape(printed), printed);
    }
}

#[test]
fn mistakes_are_told_apart() {
    for (source, name, marked) in [
        ("", "empty", ""),
        (" ```x``` ", "empty", ""),
        ("|", "empty", ""),
        ("a | | b", "empty-command", "|"),
        ("a |", "empty-command", "|"),
        ("a=\"b", "unterminated-quote", "\""),
        ("`a", "unterminated-macro", "`"),
        ("a [b", "unclosed", "["),
        ("(a", "unclosed", "("),
        ("a)", "unopened", ")"),
        ("a]", "unopened", "]"),
        ("a=", "missing-operand", "="),
        ("a AND", "missing-operand", "AND"),
        ("a OR OR b", "missing-operand", "OR"),
        ("a OR AND b", "missing-operand", "OR"),
        ("AND b", "missing-operand", "AND"),
        ("(OR b)", "missing-operand", "OR"),
        ("a==b", "double-equals", "=="),
        ("a in (b, c)", "lowercase-in", "in"),
        ("a=(b OR c)", "value-list", "("),
        ("a=b=c", "unexpected", "="),
        ("\"a\"b", "unexpected", "b"),
        ("a, b", "unexpected", ","),
        ("x | where a.b{}.c=1", "unquoted-braces", "{}"),
        ("x | where a=", "missing-operand", "="),
        ("x | where a=1 AND", "missing-operand", "AND"),
        ("x | where", "unexpected-end", ""),
        ("x | where (a=1", "unclosed", "("),
        ("x | where a=1)", "unopened", ")"),
        ("x | where 'a=1", "unterminated-quote", "'"),
        ("x | where a b", "unexpected", "b"),
        ("x | stats", "unexpected-end", ""),
        ("x | stats count by", "missing-operand", "by"),
        ("x | rename a", "unexpected-end", ""),
        ("x | 7", "unexpected", "7"),
    ] {
        let error = match parse(source) {
            Err(error) => error,
            Ok(Pipeline { commands }) => commands
                .into_iter()
                .find_map(|command| match command.kind {
                    CommandKind::Broken { error, .. } => Some(error),
                    _ => None,
                })
                .unwrap_or_else(|| panic!("{source} was read")),
        };
        assert_eq!((error.name(), error.span.of(source)), (name, marked), "{source}");
    }
}

#[test]
fn a_broken_command_spoils_no_other() {
    let pipeline = parse("a=1 | where ( | stats count by x").unwrap();
    assert!(matches!(pipeline.commands[0].kind, CommandKind::Search(Some(_))));
    assert!(matches!(pipeline.commands[1].kind, CommandKind::Broken { .. }));
    assert!(matches!(pipeline.commands[2].kind, CommandKind::Stats(_)));
}

#[test]
fn traps_are_found() {
    for (source, expected) in [
        ("a=1 and b=2", &[("lowercase-operator", "and", Some("AND"))][..]),
        ("a=1 \"and\" b=2", &[]),
        (
            "eventName=A OR B OR C",
            &[("bare-alternative", "eventName=A OR B OR C", Some("eventName IN (A, B, C)"))],
        ),
        ("eventName=A OR eventName=B", &[]),
        ("a=1 b=2 OR c=3", &[("mixed-and-or", "b=2 OR c=3", Some("(b=2 OR c=3)"))]),
        ("a=1 (b=2 OR c=3)", &[]),
        ("a!=b", &[("not-equals", "a!=b", Some("NOT a=b"))]),
        ("a!=*", &[("not-equals-star", "a!=*", Some("NOT a=*"))]),
        (r#"a="x\*""#, &[("escaped-star", r#""x\*""#, None)]),
        ("a=x?", &[("question-mark", "x?", None)]),
        ("a='x'", &[("single-quotes", "'x'", Some("\"x\""))]),
        ("a=NULL", &[("null", "NULL", None)]),
        ("x | where \"a.b\"=\"c\"", &[("quoted-field", "\"a.b\"", Some("'a.b'"))]),
        ("x | where a.b=\"c\"", &[("dotted-field", "a.b", Some("'a.b'"))]),
        ("x | eval y=a.\", \".b", &[]),
        ("x | where a=\"b*\"", &[("star-in-expression", "\"b*\"", None)]),
        ("x | where a=\"*\"", &[]),
        ("x | where like(a, \"b*\")", &[("star-in-like", "\"b*\"", None)]),
        ("x | where a like \"b*\"", &[("star-in-like", "\"b*\"", None)]),
    ] {
        let pipeline = parse(source).unwrap();
        let found: Vec<_> = lints(source, &pipeline)
            .into_iter()
            .map(|trap| (trap.kind.to_string(), trap.span.of(source).to_owned(), trap.suggestion()))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, text, fix)| ((*name).to_owned(), (*text).to_owned(), fix.map(str::to_owned)))
            .collect();
        assert_eq!(found, expected, "{source}");
    }
}

/// Commands of the corpora that this grammar refuses, by search: what `search` reads behind other
/// commands may be no search at all.
#[test]
fn public_searches_are_read() {
    let (Some(seeds), Some(public)) =
        (support::rows("seeds/spl_searches.jsonl"), support::rows("splunk/splunk_cloudtrail_searches.jsonl"))
    else {
        return;
    };
    let seed_texts =
        seeds.iter().flat_map(|row| ["verbatim", "one_line", "canonical_spl"].map(|key| &row[key]));
    let texts: Vec<&str> =
        seed_texts.chain(public.iter().map(|row| &row["search"])).filter_map(|t| t.as_str()).collect();
    let (mut commands, mut broken) = (0, Vec::new());
    for text in &texts {
        let pipeline = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        for command in &pipeline.commands {
            commands += 1;
            if let CommandKind::Broken { text, error } = &command.kind {
                broken.push(format!("{error}: {text}"));
            }
        }
        if !pipeline.commands.iter().any(|c| matches!(c.kind, CommandKind::Broken { .. })) {
            assert_eq!(parse(&pipeline.to_string()).as_ref(), Ok(&pipeline), "{text}");
        }
    }
    println!("{} searches, {commands} commands, {} not read", texts.len(), broken.len());
    // A value of `search` is no expression.
    let call = "`)` does not fit here: search isOutlier=1 AND _time >= relative_time(now(), \"-10m@m\")";
    assert_eq!(broken, [call, call]);
    assert_eq!(texts.len(), 7 * 3 + 97);
}
