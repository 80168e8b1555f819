//! The ways in which a rule is asked of an engine: which target it is compiled to, and how the
//! artefact becomes a request.

use serde_json::{Value as Json, json};
use trailsmith::backend::{self, Artefact, Compiled, Options, Stack};
use trailsmith::ir::{Detection, Rule};
use trailsmith_grammar::kql::{Expr, ExprKind, ValueExpr, ValueKind};

use crate::node::Node;

/// The index, and the pattern of the CloudTrail integration that it answers to.
pub const INDEX: &str = "records";
pub const ALIAS: &str = "logs-aws.cloudtrail-engines";

/// A way.
#[derive(Clone, Copy)]
pub struct Way {
    /// The name in reports.
    pub name: &'static str,
    /// The target.
    pub target: &'static str,
    /// Whether it is OpenSearch that is asked.
    pub opensearch: bool,
    /// The ids of the documents of an index that an artefact finds.
    pub ask: fn(&Node, &str, &Artefact) -> Result<Vec<String>, String>,
}

pub const QUERY_DSL: Way =
    Way { name: "elasticsearch query-dsl", target: "query-dsl", opensearch: false, ask: query_dsl };
pub const KQL: Way = Way { name: "elasticsearch kql", target: "kql", opensearch: false, ask: kql };
pub const LUCENE: Way =
    Way { name: "elasticsearch lucene", target: "lucene", opensearch: false, ask: lucene };
pub const ESQL: Way = Way { name: "elasticsearch esql", target: "esql", opensearch: false, ask: esql };
pub const OPENSEARCH: Way =
    Way { name: "opensearch query-dsl", target: "query-dsl", opensearch: true, ask: query_dsl };

/// A rule in a target.
pub fn compile(rule: &Rule, target: &str) -> Compiled {
    backend::compile(rule, backend::find(target).expect("a target"), &Options::default())
}

/// The event predicate of a rule in a target: what it counts or compares with the past is left out.
pub fn compile_events(rule: &Rule, target: &str, stack: Stack) -> Compiled {
    let mut events = rule.clone();
    events.detection = Detection::Event(rule.detection.predicate().expect("a predicate").clone());
    events.suppression = None;
    let options = Options { stack, ..Options::default() };
    backend::compile(&events, backend::find(target).expect("a target"), &options)
}

/// The losses of a rule's condition that need leave, by code. What a target does not say of counts
/// and of earlier values is not part of an event's verdict.
pub fn losses(compiled: &Compiled) -> Vec<&'static str> {
    let of_the_condition = |path: &str| path.starts_with("detection") || path.starts_with("exceptions");
    let refused = compiled.losses.iter().filter(|loss| loss.is_refused() && of_the_condition(&loss.path));
    let mut codes: Vec<_> = refused.map(|loss| loss.code.name).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The text of an artefact.
pub fn text(artefact: &Artefact) -> &str {
    match artefact {
        Artefact::Text(text) => text,
        Artefact::Json(value) => panic!("{value}"),
    }
}

/// The query of a search body.
pub fn query(artefact: &Artefact) -> Json {
    artefact.to_json()["query"].take()
}

fn query_dsl(node: &Node, index: &str, artefact: &Artefact) -> Result<Vec<String>, String> {
    node.search(index, &query(artefact))
}

fn lucene(node: &Node, index: &str, artefact: &Artefact) -> Result<Vec<String>, String> {
    // As Kibana sends it.
    node.search(index, &json!({ "query_string": { "query": text(artefact), "analyze_wildcard": true } }))
}

fn kql(node: &Node, index: &str, artefact: &Artefact) -> Result<Vec<String>, String> {
    node.search(index, &kql_query(text(artefact)))
}

fn esql(node: &Node, _: &str, artefact: &Artefact) -> Result<Vec<String>, String> {
    let query = format!("{}\n| KEEP _id\n| LIMIT 10000", text(artefact));
    let answer = node.ask("POST", "/_query", &json!({ "query": query }))?;
    let rows = answer["values"].as_array().expect("values");
    let mut ids: Vec<String> = rows.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    ids.sort();
    Ok(ids)
}

/// A `kql` query. The parser of Elasticsearch 8.19 knows no lists of values, so each is written out.
pub fn kql_query(text: &str) -> Json {
    let query = match trailsmith_grammar::kql::parse(text) {
        Ok(tree) => tree.expr.map_or_else(String::new, |expr| without_lists(expr).to_string()),
        Err(_) => text.to_owned(),
    };
    json!({ "kql": { "query": query } })
}

fn without_lists(expr: Expr) -> Expr {
    let each = |exprs: Vec<Expr>| exprs.into_iter().map(without_lists).collect();
    match expr.kind {
        ExprKind::And(exprs) => Expr::and(each(exprs)),
        ExprKind::Or(exprs) => Expr::or(each(exprs)),
        ExprKind::Not(inner) => Expr::not(without_lists(*inner)),
        ExprKind::Nested { path, body } => Expr::nested(path, without_lists(*body)),
        ExprKind::Is { field, value } => {
            let one = |literal| match &field {
                Some(field) => Expr::is(field.clone(), literal),
                None => Expr::free_text(literal),
            };
            written_out(value, &one)
        }
        range @ ExprKind::Range { .. } => Expr::new(range),
    }
}

fn written_out(value: ValueExpr, one: &dyn Fn(trailsmith_grammar::kql::Literal) -> Expr) -> Expr {
    let each = |values: Vec<ValueExpr>| values.into_iter().map(|value| written_out(value, one)).collect();
    match value.kind {
        ValueKind::Literal(literal) => one(literal),
        ValueKind::And(values) => Expr::and(each(values)),
        ValueKind::Or(values) => Expr::or(each(values)),
        ValueKind::Not(value) => Expr::not(written_out(*value, one)),
    }
}
