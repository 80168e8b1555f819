//! Thresholds and new terms: the groups and values that an engine counts by aggregations against the
//! alerts that a replay of one range gives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use trailsmith::backend::Artefact;
use trailsmith::ir::{Detection, Rule, Window};
use trailsmith::matcher::Scratch;
use trailsmith::matcher::over_time::{Alert, Event, Reading, Scalar, run_once};

use crate::node::Node;
use crate::ways::{self, INDEX};
use crate::world::World;

/// The alerts of a rule over everything as one range; `rule` may differ from the subject in what it
/// counts, not in its condition.
fn alerts(world: &World, subject: usize, rule: &Rule) -> Vec<Alert> {
    let reading = Reading::of(rule).expect("a rule that can be read");
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut events = Vec::new();
    for &at in &world.native[subject] {
        let (text, layout) = world.records[at].judged();
        world.set.judge(text, layout, &mut scratch, &mut hits).expect("a record");
        let evidence = world.set.evidence(subject, text, layout, &mut scratch);
        events.push(Event::read(&evidence, &reading));
    }
    run_once(rule, &reading, events).alerts
}

/// A group and how many events it has.
type Groups = BTreeMap<Vec<String>, u64>;

/// The groups in an answer: the aggregation of each key holds that of the next.
fn groups(aggregations: &Json, above: &[String], out: &mut Groups) {
    let inner = aggregations.as_object().into_iter().flatten().map(|(_, inner)| &inner["buckets"]);
    let Some(buckets) = inner.clone().find(|buckets| !buckets.is_null()) else { return };
    let items: Vec<(Option<String>, &Json)> = match buckets {
        Json::Array(items) => items.iter().map(|bucket| (Some(key(bucket)), bucket)).collect(),
        Json::Object(map) => map.values().map(|bucket| (None, bucket)).collect(),
        other => panic!("{other}"),
    };
    for (key, bucket) in items {
        let mut path = above.to_vec();
        path.extend(key);
        let has_groups = bucket.as_object().unwrap().values().any(|value| value.get("buckets").is_some());
        if has_groups {
            groups(bucket, &path, out);
        } else {
            out.insert(path, bucket["doc_count"].as_u64().expect("a count"));
        }
    }
}

fn key(bucket: &Json) -> String {
    match (&bucket["key_as_string"], &bucket["key"]) {
        (Json::String(text), _) | (_, Json::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The thresholds as aggregations of Query DSL, which need scripts: OpenSearch has them.
///
/// # Errors
/// Groups that only one side has, or with another count.
pub fn thresholds(world: &World, node: &Node) -> Result<(), String> {
    compare(world, "query-dsl", &|artefact| {
        let answer = node.ask("POST", &format!("/{INDEX}/_search"), &artefact.to_json())?;
        let mut found = Groups::new();
        groups(&answer["aggregations"], &[], &mut found);
        Ok(found)
    })
}

/// The thresholds as `STATS` of ES|QL.
///
/// # Errors
/// Groups that only one side has, or with another count.
pub fn esql_thresholds(world: &World, node: &Node) -> Result<(), String> {
    compare(world, "esql", &|artefact| {
        let query = format!("{}\n| LIMIT 10000", ways::text(artefact));
        let answer = node.ask("POST", "/_query", &json!({ "query": query }))?;
        let columns = answer["columns"].as_array().expect("columns");
        let names: Vec<&str> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
        let text = |value: &Json| match value {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let row = |row: &Json| {
            let cell = |(at, _): (usize, _)| text(&row[at]);
            // What is counted has a name of its own; the others are the keys, in order.
            let keys = names.iter().enumerate().filter(|(_, name)| !name.starts_with("Esql.")).map(cell);
            let count = names.iter().position(|name| *name == "Esql.event_count").expect("a count");
            (keys.collect(), row[count].as_u64().expect("a count"))
        };
        Ok(answer["values"].as_array().expect("rows").iter().map(row).collect())
    })
}

/// Every threshold as written, and with a count of one, which shows every group.
fn compare(
    world: &World,
    target: &str,
    ask: &dyn Fn(&Artefact) -> Result<Groups, String>,
) -> Result<(), String> {
    let (mut wrong, mut rules, mut compared) = (Vec::new(), 0, 0);
    for (at, subject) in world.subjects.iter().enumerate() {
        let Detection::Threshold(threshold) = &subject.rule.detection else { continue };
        rules += 1;
        for at_least in [threshold.at_least, 1] {
            let rule = over_everything(&subject.rule, at_least);
            let compiled = ways::compile(&rule, target);
            let mut lost = compiled.losses.iter().filter(|loss| loss.is_refused()).chain(&compiled.error);
            if let Some(loss) = lost.next() {
                wrong.push(format!("{}: {}", subject.name, loss.message));
                continue;
            }
            let native: Groups = alerts(world, at, &rule).iter().map(group).collect();
            compared += native.len();
            match ask(&compiled.artefact.expect("an artefact")) {
                Ok(found) if found == native => {}
                found => wrong.push(format!("{} at {at_least}: {native:?}, not {found:?}", subject.name)),
            }
        }
    }
    println!("thresholds as {target}: {rules} rules, {compared} groups compared");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The rule with another count, over one range.
fn over_everything(rule: &Rule, at_least: u64) -> Rule {
    let mut rule = rule.clone();
    rule.suppression = None;
    if let Detection::Threshold(threshold) = &mut rule.detection {
        threshold.at_least = at_least;
        threshold.window = Window::Run;
        for cardinality in &mut threshold.cardinality {
            cardinality.at_least = cardinality.at_least.min(at_least);
        }
    }
    rule
}

fn group(alert: &Alert) -> (Vec<String>, u64) {
    let key = |value: &Option<Scalar>| value.as_ref().map_or("", Scalar::as_text).to_owned();
    (alert.group.iter().map(|(_, value)| key(value)).collect(), alert.count)
}

/// Every rule for new terms: the combinations with all their times, from which follows when each was
/// new.
///
/// # Errors
/// Combinations and times that only one side has.
pub fn new_terms(world: &World, node: &Node) -> Result<(), String> {
    let (mut wrong, mut rules, mut compared) = (Vec::new(), 0, 0);
    for (at, subject) in world.subjects.iter().enumerate() {
        let Detection::NewTerms(new_terms) = &subject.rule.detection else { continue };
        let mut rule = Rule::clone(&subject.rule);
        rule.suppression = None;
        let native: BTreeSet<(Vec<String>, i64)> = alerts(world, at, &rule)
            .iter()
            .map(|alert| {
                let terms = alert.new_terms.iter().flatten().map(|term| term.as_text().to_owned());
                (terms.collect(), alert.time.expect("a time"))
            })
            .collect();
        let compiled = ways::compile(&rule, "query-dsl");
        let query = ways::query(&compiled.artefact.expect("an artefact"));
        let sources: Vec<Json> = new_terms
            .fields
            .iter()
            .map(|field| json!({ &field.path: { "terms": { "field": field.path } } }))
            .collect();
        let times = json!({ "terms": { "field": "@timestamp", "size": 10_000, "order": { "_key": "asc" } } });
        let body = json!({ "size": 0, "query": query, "aggs": { "terms": {
            "composite": { "size": 10_000, "sources": sources }, "aggs": { "times": times } } } });
        let answer = match node.ask("POST", &format!("/{INDEX}/_search"), &body) {
            Ok(answer) => answer,
            Err(reason) => {
                wrong.push(format!("{}: {reason}", subject.name));
                continue;
            }
        };
        let history = millis(&new_terms.history_start);
        let mut engine = BTreeSet::new();
        for bucket in answer["aggregations"]["terms"]["buckets"].as_array().expect("buckets") {
            let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let terms: Vec<String> =
                new_terms.fields.iter().map(|field| text(&bucket["key"][&field.path])).collect();
            let mut last: Option<i64> = None;
            for time in bucket["times"]["buckets"].as_array().expect("times") {
                let time = time["key"].as_i64().expect("milliseconds");
                if last.is_none_or(|last| time - last > history) {
                    engine.insert((terms.clone(), time));
                }
                last = Some(time);
            }
        }
        compared += native.len();
        rules += 1;
        if native != engine {
            let only = |a: &BTreeSet<_>, b: &BTreeSet<_>| {
                format!("{:?}", a.difference(b).take(5).collect::<Vec<_>>())
            };
            let (ours, theirs) = (only(&native, &engine), only(&engine, &native));
            wrong.push(format!("{}: only native {ours}, only the engine {theirs}", subject.name));
        }
    }
    println!("new terms: {rules} rules, {compared} alerts compared");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The length of a history: `now-14d`.
fn millis(history_start: &str) -> i64 {
    let length = history_start.strip_prefix("now-").expect("date math");
    let (number, unit) = length.split_at(length.len() - 1);
    let unit = match unit {
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        other => panic!("unit {other}"),
    };
    number.parse::<i64>().expect("a number") * unit
}
