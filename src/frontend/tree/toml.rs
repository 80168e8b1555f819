//! TOML → [`Tree`], by the `toml` crate's spanned document.

use std::sync::Arc;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::{Entry, Tree, TreeKind, number, toml_string};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::frontend::codes;

/// Reads a TOML document; the first syntax error ends it.
///
/// # Errors
/// `toml-syntax` or `duplicate-key` at the offending place. Nesting is limited by the parser (80).
pub fn parse(source: &Arc<Source>) -> Result<Tree, Box<Diagnostic>> {
    let document = DeTable::parse(source.text()).map_err(|error| {
        let span = error.span().map_or(Span::new(0, 0), Span::from);
        let code = match error.message() {
            message if message.starts_with("duplicate key") => &codes::DUPLICATE_KEY,
            _ => &codes::TOML_SYNTAX,
        };
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        Box::new(Diagnostic::new(code, format!("this is not TOML: {message}")).at(source, span, ""))
    })?;
    let span = Span::new(0, source.text().len());
    Ok(Tree::new(TreeKind::Map(table(source.text(), document.get_ref())), span))
}

fn table(outer: &str, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, item)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span().into(),
            value: value(outer, item),
        })
        .collect();
    // A table that is reopened further down keeps its first place.
    entries.sort_by_key(|entry| entry.key_span.start);
    entries
}

fn value(outer: &str, item: &Spanned<DeValue<'_>>) -> Tree {
    let span: Span = item.span().into();
    let written = || outer.get(span.range()).unwrap_or_default();
    let kind = match item.get_ref() {
        DeValue::String(text) => TreeKind::Text(toml_string::text(written(), span, text)),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) => TreeKind::Int(number),
            Err(_) => TreeKind::Literal(written().into()),
        },
        DeValue::Float(float) => match number(float.as_str()) {
            TreeKind::Int(_) => TreeKind::Literal(written().into()),
            kind => kind,
        },
        DeValue::Boolean(truth) => TreeKind::Bool(*truth),
        DeValue::Datetime(datetime) => TreeKind::Literal(datetime.to_string()),
        DeValue::Array(items) => TreeKind::List(items.iter().map(|item| value(outer, item)).collect()),
        DeValue::Table(inner) => TreeKind::Map(table(outer, inner)),
    };
    Tree::new(kind, span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Arc<Source>, Tree) {
        let source = Arc::new(Source::new("f.toml", text));
        let tree = parse(&source).unwrap();
        (source, tree)
    }

    /// Every character of a text must lead back to the file: plain ones to themselves.
    fn check(text: &str, expected: &str, at: &[(usize, &str)]) {
        let (source, tree) = parsed(text);
        let TreeKind::Text(inner) = &tree.get("k").unwrap().kind else { panic!("{tree:?}") };
        assert_eq!(inner.text, expected, "{text:?}");
        assert_eq!(inner.map.inner_len(), expected.len(), "{text:?}");
        for (offset, outer) in at {
            let end = offset + expected[*offset..].chars().next().unwrap().len_utf8();
            assert_eq!(source.slice(inner.map.span(Span::new(*offset, end))), *outer, "{text:?} at {offset}");
        }
    }

    #[test]
    fn every_string_form_leads_back_to_the_file() {
        check(r#"k = "a\tb\u00e9c""#, "a\tbéc", &[(0, "a"), (1, r"\t"), (2, "b"), (3, r"\u00e9"), (5, "c")]);
        check(r"k = 'a\tb'", r"a\tb", &[(0, "a"), (1, r"\"), (2, "t")]);
        check("k = '''\nab\n'c'''", "ab\n'c", &[(0, "a"), (2, "\n"), (3, "'"), (4, "c")]);
        check("k = '''ab''''", "ab'", &[(0, "a"), (2, "'")]);
        check("k = \"\"\"\r\na\\\r\n   b\r\nc\"\"\"", "ab\r\nc", &[(0, "a"), (1, "b"), (4, "c")]);
        check("k = \"\"\"a \\  \n\n  b\\\"\"\"\"", "a b\"", &[(0, "a"), (2, "b"), (3, "\\\"")]);
        check(r#"k = "\x41\e""#, "A\u{1b}", &[(0, r"\x41"), (1, r"\e")]);
        check("k = ''", "", &[]);
        check("k = '''\n'''", "", &[]);
    }

    #[test]
    fn spans_and_kinds() {
        let (source, tree) = parsed("[a]\nd = 1979-05-27\nf = 1.50\nn = 0x10\nb = true\n[[a.t]]\nx = 1\n");
        let a = tree.get("a").unwrap();
        assert_eq!(a.get("d").unwrap().kind, TreeKind::Literal("1979-05-27".into()));
        assert_eq!(a.get("f").unwrap().kind, TreeKind::Literal("1.50".into()));
        assert_eq!(a.get("n").unwrap().kind, TreeKind::Int(16));
        assert_eq!(source.slice(a.entries().unwrap()[3].key_span), "b");
        assert_eq!(a.get("t").unwrap().items().unwrap().len(), 1);
    }

    #[test]
    fn errors_have_a_place() {
        for (text, code) in [("a = 1\na = 2", "duplicate-key"), ("a = ", "toml-syntax"), ("[", "toml-syntax")]
        {
            let source = Arc::new(Source::new("f", text));
            let error = parse(&source).unwrap_err();
            assert_eq!(error.code.name, code, "{text}: {}", error.title);
            assert!(error.span().is_some());
        }
        let deep = format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(parse(&Arc::new(Source::new("f", deep))).is_err());
        let dotted = format!("{} = 1", vec!["a"; 10_000].join("."));
        assert!(parse(&Arc::new(Source::new("f", dotted))).is_err());
    }
}
