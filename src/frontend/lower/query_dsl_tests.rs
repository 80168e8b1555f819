//! Filters as Kibana stores them, and what is refused.

use super::*;

/// A filter as Kibana stores it, from JSON.
fn read(json: serde_json::Value) -> Result<Option<Predicate>, String> {
    fn value(json: serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(flag),
            serde_json::Value::Number(number) => Value::Int(number.as_i64().unwrap()),
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(value).collect()),
            serde_json::Value::Object(map) => {
                Value::Map(map.into_iter().map(|(key, json)| (key, value(json))).collect())
            }
        }
    }
    one(&value(json), schema::ecs())
}

#[test]
fn an_empty_must_leaves_should_required() {
    let bob = serde_json::json!([{"term": {"user.name": "bob"}}]);
    let demanded = |json| match read(json).unwrap().unwrap() {
        Predicate::And(nodes) => nodes.len(),
        other => panic!("{other:?}"),
    };
    // Lucene: without a clause that must hold, one of `should` has to.
    for other in ["must", "filter", "must_not"] {
        let json = serde_json::json!({"query": {"bool": {other: [], "should": bob}}});
        assert_eq!(demanded(json), 1, "{other}");
    }
    let json = serde_json::json!({"query": {"bool": {"must": [{"match_all": {}}], "should": bob}}});
    assert!(matches!(read(json).unwrap().unwrap(), Predicate::And(nodes)
        if matches!(nodes.as_slice(), [Node { predicate: Predicate::Constant(true), .. }])));
}

#[test]
fn queries_that_mean_something_else_on_a_type_are_refused() {
    for (query, field) in [("wildcard", "source.ip"), ("prefix", "@timestamp"), ("term", "user.name.text")] {
        let json = serde_json::json!({"query": {query: {field: "1*"}}});
        assert!(read(json).unwrap_err().contains(field), "{query} on {field}");
    }
    // Case is a matter of texts: an address stays an address.
    let json = serde_json::json!(
        {"query": {"term": {"source.ip": {"value": "10.0.0.0/8", "case_insensitive": true}}}});
    let Some(Predicate::Test(test)) = read(json).unwrap() else { panic!() };
    assert!(matches!(test.comparison, Comparison::Ip(_)));
}

#[test]
fn flags_and_options_are_never_guessed() {
    let exists = serde_json::json!({"exists": {"field": "user.name"}});
    for meta in ["negate", "disabled"] {
        let json = serde_json::json!({"meta": {meta: "true"}, "query": exists});
        assert!(read(json).unwrap_err().contains(meta));
    }
    let json = serde_json::json!({"meta": {"negate": true, "disabled": false}, "query": exists});
    assert!(matches!(read(json).unwrap().unwrap(), Predicate::Not(_)));
    for (query, option) in [("match", "fuzziness"), ("match_phrase", "slop"), ("wildcard", "rewrite")] {
        let key = if query == "wildcard" { "value" } else { "query" };
        let json = serde_json::json!({"query": {query: {"user.name": {key: "bob", option: "1"}}}});
        assert!(read(json).unwrap_err().contains(option), "{query}");
    }
}

#[test]
fn wildcards_follow_lucene() {
    let glob = lucene_wildcard(r"?:\\Program*\*");
    assert!(glob.matches(r"C:\Program Files*", Case::Sensitive));
    assert!(!glob.matches(r"C:\Program Files", Case::Sensitive));
}
