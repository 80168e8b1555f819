//! The part of Query DSL that rules need, as a typed tree, and its printer.

use serde_json::{Map, Value, json};

/// A query.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Every document.
    MatchAll,
    /// None.
    MatchNone,
    /// One exact value.
    Term {
        /// The field.
        field: String,
        /// Text, number or boolean.
        value: Value,
        /// Whether letters of ASCII match their other case.
        any_case: bool,
    },
    /// Any of several exact values.
    Terms {
        /// The field.
        field: String,
        /// Texts, numbers or booleans.
        values: Vec<Value>,
    },
    /// A pattern with `*`, `?` and `\`.
    Wildcard {
        /// The field.
        field: String,
        /// The pattern, escaped.
        pattern: String,
        /// Whether letters of ASCII match their other case.
        any_case: bool,
    },
    /// The beginning of a value.
    Prefix {
        /// The field.
        field: String,
        /// The beginning.
        text: String,
        /// Whether letters of ASCII match their other case.
        any_case: bool,
    },
    /// Values between two ends.
    Range {
        /// The field.
        field: String,
        /// `gt`, `gte`, `lt`, `lte` and their values.
        bounds: Vec<(&'static str, Value)>,
    },
    /// The field has a value.
    Exists(String),
    /// Any analysed word, or on exact types the value.
    Match {
        /// The field.
        field: String,
        /// What to look for.
        query: Value,
    },
    /// The analysed words in their order.
    MatchPhrase {
        /// The field.
        field: String,
        /// What to look for.
        query: Value,
    },
    /// Free text on every field; `phrase`: in its order.
    MultiMatch {
        /// What to look for.
        query: Value,
        /// Words in their order.
        phrase: bool,
    },
    /// Lucene syntax.
    QueryString {
        /// The fields; empty: every field.
        fields: Vec<String>,
        /// The query, escaped.
        query: String,
    },
    /// One element of a nested field.
    Nested {
        /// The nested field.
        path: String,
        /// What the element satisfies.
        query: Box<Query>,
    },
    /// A combination. At least one of `should` where there are any.
    Bool {
        /// All of them.
        filter: Vec<Query>,
        /// At least one of them.
        should: Vec<Query>,
        /// None of them.
        must_not: Vec<Query>,
    },
}

/// Most values of one `terms` query (`index.max_terms_count`).
pub const MOST_TERMS: usize = 65_536;

/// Most clauses that every cluster takes.
pub const MOST_CLAUSES: usize = 1024;

impl Query {
    /// All of several queries.
    pub fn all(filter: Vec<Query>) -> Query {
        Query::Bool { filter, should: Vec::new(), must_not: Vec::new() }
    }

    /// Any of several queries.
    pub fn any(should: Vec<Query>) -> Query {
        Query::Bool { filter: Vec::new(), should, must_not: Vec::new() }
    }

    /// None of several queries.
    pub fn none(must_not: Vec<Query>) -> Query {
        Query::Bool { filter: Vec::new(), should: Vec::new(), must_not }
    }

    /// The clauses that count against Elasticsearch's limit; a list of terms is one.
    pub fn clauses(&self) -> usize {
        match self {
            Query::Bool { filter, should, must_not } => {
                [filter, should, must_not].into_iter().flatten().map(Query::clauses).sum()
            }
            Query::Nested { query, .. } => query.clauses(),
            _ => 1,
        }
    }

    /// The query as Elasticsearch reads it. A single clause of `must_not` stands without a list, as
    /// Kibana prints it.
    pub fn to_json(&self) -> Value {
        let with = |kind: &str, field: &str, key: &str, value: &Value, any_case: &bool| {
            let mut inner = Map::new();
            inner.insert(key.into(), value.clone());
            if *any_case {
                inner.insert("case_insensitive".into(), true.into());
            }
            json!({ kind: { field: inner } })
        };
        match self {
            Query::MatchAll => json!({ "match_all": {} }),
            Query::MatchNone => json!({ "match_none": {} }),
            Query::Term { field, value, any_case: false } => json!({ "term": { field: value } }),
            Query::Term { field, value, any_case } => with("term", field, "value", value, any_case),
            Query::Terms { field, values } => json!({ "terms": { field: values } }),
            Query::Wildcard { field, pattern, any_case } => {
                with("wildcard", field, "value", &pattern.as_str().into(), any_case)
            }
            Query::Prefix { field, text, any_case } => {
                with("prefix", field, "value", &text.as_str().into(), any_case)
            }
            Query::Range { field, bounds } => {
                let bounds: Map<_, _> = bounds.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
                json!({ "range": { field: bounds } })
            }
            Query::Exists(field) => json!({ "exists": { "field": field } }),
            Query::Match { field, query } => json!({ "match": { field: query } }),
            Query::MatchPhrase { field, query } => json!({ "match_phrase": { field: query } }),
            Query::MultiMatch { query, phrase } => {
                let kind = if *phrase { "phrase" } else { "best_fields" };
                json!({ "multi_match": { "type": kind, "query": query, "lenient": true } })
            }
            Query::QueryString { fields, query } if fields.is_empty() => {
                json!({ "query_string": { "query": query } })
            }
            Query::QueryString { fields, query } => {
                json!({ "query_string": { "fields": fields, "query": query } })
            }
            Query::Nested { path, query } => {
                json!({ "nested": { "path": path, "query": query.to_json(), "score_mode": "none" } })
            }
            Query::Bool { filter, should, must_not } => {
                let list = |queries: &[Query]| queries.iter().map(Query::to_json).collect::<Value>();
                let mut body = Map::new();
                if !filter.is_empty() {
                    body.insert("filter".into(), list(filter));
                }
                if !should.is_empty() {
                    body.insert("should".into(), list(should));
                    body.insert("minimum_should_match".into(), 1.into());
                }
                match must_not.as_slice() {
                    [] => {}
                    [one] => drop(body.insert("must_not".into(), one.to_json())),
                    many => drop(body.insert("must_not".into(), list(many))),
                }
                json!({ "bool": body })
            }
        }
    }
}
