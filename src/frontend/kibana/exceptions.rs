//! Exception items → exceptions of the rules that name their list.
//!
//! Kibana turns the entries of an item into one conjunction of Query DSL
//! (`elastic_rule_types.md` §1.6, `build_exception_filter.ts`); the same Query DSL is built here
//! and lowered like any filter, so that both mean the same. An item that cannot be said (value
//! lists) makes its rules opaque: without it they would alert on more than they should.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Read;
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::frontend::codes;
use crate::frontend::lower::{self, LowerInput};
use crate::frontend::tree::Tree;
use crate::ir::{Detection, Exception, Opaque, Rule, Value};

/// Gives every rule the exceptions of the lists that it names. `held`: the file's lists, whether they
/// have items or not.
pub(super) fn link(source: &Arc<Source>, read: &mut Read, items: &[&Tree], held: &[ListKey]) {
    let mut used = vec![false; items.len()];
    for rule in &mut read.rules {
        let lists: Vec<ListKey> = rule.exception_lists.iter().flatten().filter_map(named).collect();
        let mut unsaid = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if let Some(key) = key_of(item).filter(|key| lists.contains(key)) {
                used[index] = true;
                let (exception, diagnostics) = exception(source, rule, item);
                read.diagnostics.extend(diagnostics);
                match exception {
                    Some(exception) => rule.exceptions.push(exception),
                    None => {
                        make_opaque(rule);
                        unsaid.push(key);
                    }
                }
            }
        }
        for list in rule.exception_lists.iter_mut().flatten() {
            list.resolved = named(list).is_some_and(|key| held.contains(&key) && !unsaid.contains(&key));
        }
    }
    for (item, _) in items.iter().zip(used).filter(|(_, used)| !used) {
        let title = "no rule of this file names the list of this item";
        let head = Span::new(item.span.start, item.span.start + 1);
        read.diagnostics.push(Diagnostic::new(&codes::EXCEPTION_UNUSED, title).at(source, head, ""));
    }
}

/// Findings on the lists that rules name and their file does not hold: what those except is not
/// known here. `held`: the lists of the file, whether they have items or not.
pub fn absent(source: &Arc<Source>, rules: &[Rule], held: &[ListKey]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for rule in rules {
        for list in rule.exception_lists.iter().flatten() {
            let Some(key) = named(list).filter(|key| !held.contains(key)) else { continue };
            let title =
                format!("the exception list `{}` is not in this file, so nothing is excepted", key.id);
            let finding = Diagnostic::new(&codes::EXCEPTION_LIST_ABSENT, title)
                .at(source, list.origin.unwrap_or(rule.origin), "")
                .help("export the rule together with its exception lists");
            findings.push(finding.for_rule(&rule.id, rule.name()));
        }
    }
    findings
}

/// What tells lists apart: two lists of one id may live in different name spaces.
#[derive(Debug, PartialEq, Eq)]
pub struct ListKey {
    id: String,
    agnostic: bool,
}

impl ListKey {
    fn new(id: Option<&str>, namespace: Option<&str>) -> Option<Self> {
        Some(ListKey { id: id?.to_owned(), agnostic: namespace == Some("agnostic") })
    }
}

/// The list that an item belongs to, or that a list is.
pub fn key_of(tree: &Tree) -> Option<ListKey> {
    let text = |key: &str| tree.get(key).and_then(Tree::text);
    ListKey::new(text("list_id"), text("namespace_type"))
}

/// The list that a rule names.
fn named(list: &crate::ir::ExceptionList) -> Option<ListKey> {
    let map = list.value.as_map()?;
    let text = |key: &str| map.get(key).and_then(Value::as_text);
    ListKey::new(text("list_id"), text("namespace_type"))
}

fn make_opaque(rule: &mut Rule) {
    let query = rule.query.as_ref();
    rule.detection = Detection::Opaque(Opaque {
        language: query.map(|query| query.language),
        text: query.map(|query| query.text.clone()),
        reason: "one of its exceptions cannot be expressed".into(),
    });
}

fn exception(source: &Arc<Source>, rule: &Rule, item: &Tree) -> (Option<Exception>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut report = |code, title: String, span: Span| {
        let finding = Diagnostic::new(code, title).at(source, span, "");
        diagnostics.push(finding.for_rule(&rule.id, rule.name()));
    };
    let entries = item.get("entries").and_then(Tree::items).unwrap_or_default();
    if entries.is_empty() {
        report(&codes::EXCEPTION_NOT_READ, "this item has no entries".into(), item.span);
        return (None, diagnostics);
    }
    let mut filters = Vec::new();
    for entry in entries {
        match self::entry(entry, "") {
            Ok(query) => filters.push(filter(query)),
            Err(title) => {
                report(&codes::EXCEPTION_NOT_READ, title, entry.span);
                return (None, diagnostics);
            }
        }
    }
    let systems = item.get("os_types").and_then(Tree::items).unwrap_or_default();
    if !systems.is_empty() {
        let names = systems.iter().filter_map(Tree::text);
        let clause = |name: &str| {
            ["host.os.type", "host.os.name.caseless"]
                .map(|field| one("match_phrase", one(field, name.into())))
        };
        filters.push(filter(should(names.flat_map(clause).collect())));
    }
    // Kibana drops an item whose time has come before a run starts (`elastic_rule_types.md` §1.6).
    // Here the event's own time stands for the run's.
    if let Some((expiry, text)) = item.get("expire_time").and_then(|tree| Some((tree, tree.text()?))) {
        filters.push(filter(one("range", one("@timestamp", one("lt", text.into())))));
        let title = format!("this item expires: it excepts events before {text} only");
        report(&codes::EXCEPTION_EXPIRES, title, expiry.span);
    }
    let input = LowerInput { source, rule_id: &rule.id, rule_name: rule.name() };
    let lowered = lower::filters(&input, &filters, item.span);
    diagnostics.extend(lowered.diagnostics);
    let name = item.get("name").and_then(Tree::text).map(str::to_owned);
    (lowered.predicate.map(|predicate| Exception { predicate, text: None, name }), diagnostics)
}

/// One entry as Query DSL; `parent` is the path of the nested object around it.
fn entry(tree: &Tree, parent: &str) -> Result<Value, String> {
    let text = |key: &str| tree.get(key).and_then(Tree::text);
    let field = text("field").ok_or("an entry has to name its `field`")?;
    let field = if parent.is_empty() { field.to_owned() } else { format!("{parent}.{field}") };
    let query = match text("type").unwrap_or_default() {
        "match" => one("match_phrase", one(&field, scalar(tree.get("value"))?)),
        "match_any" => {
            let values =
                tree.get("value").and_then(Tree::items).ok_or("`match_any` takes a list of values")?;
            let phrase = |value| Ok(one("match_phrase", one(&field, scalar(Some(value))?)));
            should(values.iter().map(phrase).collect::<Result<_, String>>()?)
        }
        "exists" => one("exists", one("field", field.into())),
        "wildcard" => one("wildcard", one(&field, scalar(tree.get("value"))?)),
        "nested" if parent.is_empty() => {
            let inner =
                tree.get("entries").and_then(Tree::items).ok_or("`nested` takes a list of entries")?;
            let inner: Vec<Value> = inner.iter().map(|item| entry(item, &field)).collect::<Result<_, _>>()?;
            let query = one("bool", one("filter", Value::List(inner)));
            let nested = [("path".to_owned(), field.into()), ("query".to_owned(), query)];
            return Ok(one("nested", Value::Map(IndexMap::from(nested))));
        }
        "list" => return Err("a value list lies in the cluster; its values are not known here".into()),
        other => return Err(format!("entries of type `{other}` are not read")),
    };
    match text("operator").unwrap_or("included") {
        "included" => Ok(query),
        "excluded" => Ok(one("bool", one("must_not", Value::List(vec![query])))),
        other => Err(format!("the operator `{other}` is not read")),
    }
}

fn scalar(tree: Option<&Tree>) -> Result<Value, String> {
    match tree.map(Tree::to_value) {
        None | Some(Value::Null | Value::List(_) | Value::Map(_)) => {
            Err("an entry has to name its `value`".into())
        }
        Some(value) => Ok(value),
    }
}

fn should(queries: Vec<Value>) -> Value {
    let clauses =
        [("should".to_owned(), Value::List(queries)), ("minimum_should_match".to_owned(), Value::Int(1))];
    one("bool", Value::Map(IndexMap::from(clauses)))
}

fn filter(query: Value) -> Value {
    one("query", query)
}

fn one(key: &str, value: Value) -> Value {
    Value::Map(IndexMap::from([(key.to_owned(), value)]))
}
