//! Elastic rules' `filters`: Query DSL clauses that Kibana ANDs to the query.
//!
//! A clause that is not understood is an error; it is never left out, for then the rule would match
//! more than it says.

use indexmap::IndexMap;

use super::typed::{self, Operand, Relation};
use super::{LowerInput, Lowered, codes};
use crate::diagnostic::{Diagnostic, Span};
use crate::ir::{
    Bound, Case, Comparison, Field, FieldType, Glob, GlobPart, Node, Predicate, Test, TextMatch, Value,
    Vocabulary, Words,
};
use crate::schema::{self, FieldTypes};

/// Lowers `filters`; `span` is where they stand. Disabled filters count as absent, negated ones
/// are negated.
pub fn filters(input: &LowerInput<'_>, filters: &[Value], span: Span) -> Lowered {
    let mut nodes = Vec::new();
    let mut diagnostics = Vec::new();
    let mut failed = false;
    for (index, filter) in filters.iter().enumerate() {
        match one(filter, schema::ecs()) {
            Ok(Some(predicate)) => nodes.push(Node::at(predicate, span)),
            Ok(None) => {}
            Err(problem) => {
                failed = true;
                let title = format!("filter {} of the rule is not understood: {problem}", index + 1);
                let diagnostic = Diagnostic::new(&codes::FILTER_NOT_UNDERSTOOD, title)
                    .at(input.source, span, "in these filters")
                    .help("write the condition into the query")
                    .for_rule(input.rule_id, input.rule_name);
                diagnostics.push(diagnostic);
            }
        }
    }
    let predicate = (!failed).then_some(Node { predicate: Predicate::And(nodes), origin: Some(span) });
    Lowered { predicate, diagnostics, ..Lowered::default() }
}

type Map = IndexMap<String, Value>;

fn one(filter: &Value, types: &dyn FieldTypes) -> Result<Option<Predicate>, String> {
    let map = filter.as_map().ok_or_else(|| format!("it is {}", filter.kind()))?;
    let meta = map.get("meta").and_then(Value::as_map);
    // A flag of another type could turn the filter's meaning round: it is never guessed.
    let flag = |key: &str| match meta.and_then(|meta| meta.get(key)) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(set)) => Ok(*set),
        Some(other) => Err(format!("`meta.{key}` is {} instead of true or false", other.kind())),
    };
    let negate = flag("negate")?;
    if flag("disabled")? {
        return Ok(None);
    }
    let clause = match map.get("query") {
        Some(query) => clause(query, types)?,
        None => {
            let rest: Map = map
                .iter()
                .filter(|(k, _)| *k != "meta" && *k != "$state")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            if rest.is_empty() {
                return Err("it has no query".into());
            }
            clause(&Value::Map(rest), types)?
        }
    };
    Ok(Some(if negate { Predicate::Not(Box::new(Node::synthetic(clause))) } else { clause }))
}

fn clause(value: &Value, types: &dyn FieldTypes) -> Result<Predicate, String> {
    let map = value.as_map().ok_or_else(|| format!("{} where a query was expected", value.kind()))?;
    let (Some((name, body)), 1) = (map.iter().next(), map.len()) else {
        return Err("a query object must have exactly one key".into());
    };
    match name.as_str() {
        "match_all" => Ok(Predicate::Constant(true)),
        "match_none" => Ok(Predicate::Constant(false)),
        "bool" => boolean(table(body)?, types),
        "exists" => {
            let path = table(body)?.get("field").and_then(Value::as_text).ok_or("`exists` names no field")?;
            Ok(typed::exists(&field(path, types)))
        }
        "term" | "match" | "match_phrase" => {
            let (path, value, options) = field_and(body, if name == "term" { "value" } else { "query" })?;
            let field = field(path, types);
            let case = case(options)?;
            only(name, options, &["value", "query", "case_insensitive"])?;
            whole_words(name, &field)?;
            equal(&field, value, name == "match_phrase" || name == "term", case)
        }
        "terms" => {
            let (path, value, _) = field_and(body, "")?;
            let field = field(path, types);
            whole_words(name, &field)?;
            let values = value.as_list().ok_or("`terms` without a list")?;
            let nodes = values.iter().map(|v| equal(&field, v, true, Case::Sensitive).map(Node::synthetic));
            Ok(Predicate::Or(nodes.collect::<Result<_, _>>()?))
        }
        "prefix" | "wildcard" => {
            let (path, value, options) = field_and(body, "value")?;
            only(name, options, &["value", "case_insensitive"])?;
            let text = value.as_text().ok_or_else(|| format!("`{name}` without a text"))?;
            let field = field(path, types);
            if field.ty == FieldType::Text {
                // Patterns see the analysed words, which are in lower case.
                let mut glob = lucene_wildcard(text);
                if name == "prefix" {
                    glob = Glob { parts: vec![GlobPart::Literal(text.into()), GlobPart::Any] };
                }
                return Ok(Predicate::Test(Test {
                    field,
                    comparison: Comparison::Words(Words::Pattern(glob)),
                }));
            }
            if !is_text(field.ty) {
                return Err(format!("`{name}` on `{field}`, which is of type {}", field.ty.as_str()));
            }
            let matcher = match name.as_str() {
                "prefix" => TextMatch::Prefix(text.into()),
                _ => typed::glob_match(&lucene_wildcard(text)),
            };
            let comparison = Comparison::Text { matcher, case: case(options)? };
            Ok(Predicate::Test(Test { field, comparison }))
        }
        "range" => range(table(body)?, types),
        "nested" => {
            let body = table(body)?;
            let path = body.get("path").and_then(Value::as_text).ok_or("`nested` names no path")?;
            let query = body.get("query").ok_or("`nested` has no query")?;
            let path = Field::new(Vocabulary::Ecs, path, FieldType::Nested);
            Ok(Predicate::Nested { path, body: Box::new(Node::synthetic(clause(query, types)?)) })
        }
        other => Err(format!("`{other}` queries are not supported in filters")),
    }
}

fn boolean(body: &Map, types: &dyn FieldTypes) -> Result<Predicate, String> {
    let mut all = Vec::new();
    let mut should = Vec::new();
    let mut at_least = None;
    for (key, value) in body {
        let clauses = |value: &Value| -> Result<Vec<Node>, String> {
            let list = value.as_list().unwrap_or(std::slice::from_ref(value));
            list.iter().map(|v| clause(v, types).map(Node::synthetic)).collect()
        };
        match key.as_str() {
            "must" | "filter" => all.extend(clauses(value)?),
            "must_not" => all.extend(clauses(value)?.into_iter().map(Node::negate)),
            "should" => should = clauses(value)?,
            "minimum_should_match" => {
                at_least = match value {
                    Value::Int(number) => Some(*number),
                    Value::Text(text) => text.parse().ok(),
                    _ => None,
                };
                if at_least.is_none() {
                    return Err("`minimum_should_match` that is no whole number".into());
                }
            }
            "boost" => {}
            other => return Err(format!("`{other}` in `bool`")),
        }
    }
    // Elasticsearch: `should` is optional where there is a `must` or `filter`, unless told otherwise.
    // Kibana writes those keys with empty lists, too, which demand nothing.
    let demands = |key: &str| match body.get(key) {
        None => false,
        Some(Value::List(clauses)) => !clauses.is_empty(),
        Some(_) => true,
    };
    let optional = demands("must") || demands("filter");
    match at_least.unwrap_or(i64::from(!optional && !should.is_empty())) {
        0 => {}
        1 => all.push(Node::synthetic(Predicate::Or(should))),
        n if n == should.len() as i64 => all.extend(should),
        n => return Err(format!("`minimum_should_match: {n}`")),
    }
    Ok(Predicate::And(all))
}

fn range(body: &Map, types: &dyn FieldTypes) -> Result<Predicate, String> {
    let (Some((path, bounds)), 1) = (body.iter().next(), body.len()) else {
        return Err("`range` must name exactly one field".into());
    };
    let field = field(path, types);
    let mut nodes = Vec::new();
    for (key, value) in table(bounds)? {
        let relation = match key.as_str() {
            "gt" => Relation { upper: false, inclusive: false },
            "gte" => Relation { upper: false, inclusive: true },
            "lt" => Relation { upper: true, inclusive: false },
            "lte" => Relation { upper: true, inclusive: true },
            "format" if value.as_text() == Some("strict_date_optional_time") => continue,
            other => return Err(format!("`{other}` in `range`")),
        };
        let text = scalar(value).ok_or_else(|| format!("{} as an end of `range`", value.kind()))?;
        nodes.push(Node::synthetic(typed::range(&field, relation, &text).map_err(|m| m.title)?));
    }
    Ok(match nodes.as_slice() {
        [a, b] => both_ends(&a.predicate, &b.predicate).unwrap_or(Predicate::And(nodes)),
        _ => Predicate::And(nodes),
    })
}

/// Two ends of one range, which one value has to lie between: of a list `[1, 9]` no element lies
/// between 4 and 6, though one is above and one below. `None`: the comparison knows one end only
/// (numbers) or the ends are the same.
fn both_ends(a: &Predicate, b: &Predicate) -> Option<Predicate> {
    let (Predicate::Test(a), Predicate::Test(b)) = (a, b) else { return None };
    fn bound<T: Clone>(a: &Bound<T>, b: &Bound<T>) -> Option<Bound<T>> {
        match (&a.limit, &b.limit) {
            (Some(_), Some(_)) => None,
            (Some(_), None) => Some(a.clone()),
            _ => Some(b.clone()),
        }
    }
    let comparison = match (&a.comparison, &b.comparison) {
        (Comparison::TextRange { lower: l, upper: u }, Comparison::TextRange { lower, upper }) => {
            Comparison::TextRange { lower: bound(l, lower)?, upper: bound(u, upper)? }
        }
        (Comparison::Date { lower: l, upper: u }, Comparison::Date { lower, upper }) => {
            Comparison::Date { lower: bound(l, lower)?, upper: bound(u, upper)? }
        }
        (Comparison::IpRange { from: f, to: t }, Comparison::IpRange { from, to }) => {
            let (f, from) = (f.filter(|f| *f != typed::LOWEST), from.filter(|f| *f != typed::LOWEST));
            let (t, to) = (t.filter(|t| *t != typed::HIGHEST), to.filter(|t| *t != typed::HIGHEST));
            if (f.is_some() && from.is_some()) || (t.is_some() && to.is_some()) {
                return None;
            }
            Comparison::IpRange {
                from: f.or(from).or(Some(typed::LOWEST)),
                to: t.or(to).or(Some(typed::HIGHEST)),
            }
        }
        (
            Comparison::Words(Words::Between { lower: l, upper: u }),
            Comparison::Words(Words::Between { lower, upper }),
        ) => {
            if (l.is_some() && lower.is_some()) || (u.is_some() && upper.is_some()) {
                return None;
            }
            let (lower, upper) = (l.clone().or(lower.clone()), u.clone().or(upper.clone()));
            Comparison::Words(Words::Between { lower, upper })
        }
        _ => return None,
    };
    Some(Predicate::Test(Test { field: a.field.clone(), comparison }))
}

fn equal(field: &Field, value: &Value, quoted: bool, case: Case) -> Result<Predicate, String> {
    let text = scalar(value).ok_or_else(|| format!("{} as a value", value.kind()))?;
    if case == Case::AsciiInsensitive && is_text(field.ty) {
        let comparison = Comparison::Text { matcher: TextMatch::Equals(text), case };
        return Ok(Predicate::Test(Test { field: field.clone(), comparison }));
    }
    typed::equals(field, &Operand::Text(text, quoted)).map_err(|mismatch| mismatch.title)
}

/// `{field: value}` or `{field: {key: value, options…}}`.
fn field_and<'v>(body: &'v Value, key: &str) -> Result<(&'v str, &'v Value, Option<&'v Map>), String> {
    let map = table(body)?;
    let (Some((path, value)), 1) = (map.iter().next(), map.len()) else {
        return Err("a field query must name exactly one field".into());
    };
    match value.as_map() {
        None => Ok((path, value, None)),
        Some(options) => {
            let value = options.get(key).ok_or_else(|| format!("`{path}` has no `{key}`"))?;
            Ok((path, value, Some(options)))
        }
    }
}

fn case(options: Option<&Map>) -> Result<Case, String> {
    match options.and_then(|options| options.get("case_insensitive")) {
        None | Some(Value::Bool(false)) => Ok(Case::Sensitive),
        Some(Value::Bool(true)) => Ok(Case::AsciiInsensitive),
        Some(other) => Err(format!("`case_insensitive` is {}", other.kind())),
    }
}

/// Whether values of a type are whole texts. Elasticsearch compares the others by their own type
/// (numbers, dates, addresses) or word by word.
fn is_text(ty: FieldType) -> bool {
    use FieldType::{Boolean, Date, Double, Ip, Long, Nested, Object, Text};
    !matches!(ty, Boolean | Date | Double | Ip | Long | Nested | Object | Text)
}

/// `term` and `terms` look for a value among the words of analysed text, which are in lower case.
fn whole_words(query: &str, field: &Field) -> Result<(), String> {
    match (query, field.ty) {
        ("term" | "terms", FieldType::Text) => Err(format!("`{query}` on `{field}`, which is analysed text")),
        _ => Ok(()),
    }
}

/// Refuses options that change what a query matches (`fuzziness`, `operator`, `slop`, …).
fn only(query: &str, options: Option<&Map>, known: &[&str]) -> Result<(), String> {
    let harmless = |key: &str| known.contains(&key) || matches!(key, "boost" | "_name");
    match options.and_then(|options| options.keys().find(|key| !harmless(key))) {
        Some(key) => Err(format!("the option `{key}` of `{query}`")),
        None => Ok(()),
    }
}

fn table(value: &Value) -> Result<&Map, String> {
    value.as_map().ok_or_else(|| format!("{} where a table was expected", value.kind()))
}

fn field(path: &str, types: &dyn FieldTypes) -> Field {
    Field::new(Vocabulary::Ecs, path, types.field_type(path))
}

fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text) | Value::Literal(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) => return None,
    })
}

/// A Lucene wildcard pattern: `*`, `?` and backslash escapes.
fn lucene_wildcard(pattern: &str) -> Glob {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let part = match c {
            '*' => GlobPart::Any,
            '?' => GlobPart::One,
            '\\' => {
                literal.push(chars.next().unwrap_or('\\'));
                continue;
            }
            c => {
                literal.push(c);
                continue;
            }
        };
        if !literal.is_empty() {
            parts.push(GlobPart::Literal(std::mem::take(&mut literal)));
        }
        parts.push(part);
    }
    if !literal.is_empty() {
        parts.push(GlobPart::Literal(literal));
    }
    Glob { parts }
}

#[cfg(test)]
#[path = "query_dsl_tests.rs"]
mod tests;
