//! Threat Stack filters as they are found in the wild.

mod support;

use std::collections::BTreeMap;

use serde_json::Value;
use support::{rows, shared};
use trailsmith_grammar::threatstack::{Expr, ExprKind, Mode, Op, lints, parse};

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().expect("a string")
}

fn count(expr: &Expr, counts: &mut BTreeMap<&'static str, usize>) {
    match &expr.kind {
        ExprKind::And(list) | ExprKind::Or(list) => list.iter().for_each(|e| count(e, counts)),
        ExprKind::Not(operand) => count(operand, counts),
        ExprKind::Comparison(c) => *counts.entry(c.op.symbol()).or_default() += 1,
    }
}

#[test]
fn collected_filters() {
    let Some(rows) = rows("threatstack/filters.jsonl") else {
        return;
    };
    let (mut strict, mut lenient, mut truncated) = (0, 0, 0);
    let (mut normalized, mut exact) = (0, 0);
    let mut operators = BTreeMap::new();
    for row in &rows {
        let (id, source) = (text(row, "id"), text(row, "filter"));
        let read = parse(source, Mode::Lenient);
        if row["complete"] == false {
            let error = read.expect_err(id);
            println!("{id} (cut off) {:?}: {error}", error.span);
            truncated += 1;
            continue;
        }
        let read = read.unwrap_or_else(|e| panic!("{id}: {e} at {:?}", e.span));
        match parse(source, Mode::Strict) {
            Ok(same) => {
                assert_eq!(same, read, "{id}");
                assert_eq!(read.repairs, [], "{id}");
                strict += 1;
            }
            Err(error) => {
                println!("{id} (lenient only) {:?}: {error}", error.span);
                assert!(error.kind.replacement().is_some(), "{id}: {error}");
                assert!(!read.repairs.is_empty(), "{id}");
                lenient += 1;
                // The repairs are the fix: applied to the text they make it strict.
                let mut mended = source.to_owned();
                for repair in read.repairs.iter().rev() {
                    mended.replace_range(repair.span.start..repair.span.end, &repair.replacement);
                }
                let mended = parse(&mended, Mode::Strict).expect(id);
                assert_eq!(mended.expr, read.expr, "{id}");
            }
        }
        if let Some(canonical) = row["normalized"].as_str() {
            let canonical = parse(canonical, Mode::Strict).expect(id);
            // Capitalised keys are slips that only a front end, which knows keys, can mend.
            let lower = |e: &Expr| e.to_string().to_lowercase();
            assert_eq!(lower(&canonical.expr), lower(&read.expr), "{id}");
            exact += usize::from(canonical.expr == read.expr);
            normalized += 1;
        }
        let printed = read.expr.to_string();
        let again = parse(&printed, Mode::Strict).unwrap_or_else(|e| panic!("{id}: {printed}: {e}"));
        assert_eq!(again.expr, read.expr, "{id}: {printed}");
        let traps = lints(source, &read.expr);
        if !traps.is_empty() || !read.notes.is_empty() {
            println!("{id}: {traps:?} {:?}", read.notes);
        }
        count(&read.expr, &mut operators);
    }
    println!("strict {strict}, lenient {lenient}, cut off {truncated}");
    println!("{normalized} normalized, {exact} of them to the letter");
    println!("{operators:?}");
    assert_eq!((rows.len(), strict, lenient, truncated), (32, 22, 8, 2));
    let expected = [(Op::Ne, 3), (Op::Eq, 41), (Op::Gt, 2), (Op::Like, 14), (Op::StartsWith, 44)];
    assert!(operators.into_iter().eq(expected.map(|(op, n)| (op.symbol(), n))));
}

#[test]
fn filters_of_the_seed_rules() {
    let Some(text) = shared("threatstack/seed_rules.json") else {
        return;
    };
    let seeds: Value = serde_json::from_str(&text).expect("JSON");
    let rules = seeds["rules"].as_array().expect("a list of rules");
    for rule in rules {
        let source = rule["filter"].as_str().expect("a filter");
        let read = parse(source, Mode::Strict).unwrap_or_else(|e| panic!("{source}: {e}"));
        assert_eq!(read.notes, [], "{source}");
        assert_eq!(lints(source, &read.expr), [], "{source}");
        assert_eq!(read.expr.to_string(), source);
    }
    println!("{} seed rules", rules.len());
    assert_eq!(rules.len(), 16);
}
