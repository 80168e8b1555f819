//! The schedule simulation does what Elastic's detection engine does: situations after Kibana's tests
//! and executor code (`data/elastic/rule_type_scenarios.jsonl`, whose first line is its format).
//!
//! Rows about severity, risk score and rule name are not about time and are tested with the code
//! that fills alerts in.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use trailsmith::diagnostic::{Source, Span, TextMap};
use trailsmith::event::Layout;
use trailsmith::frontend::lower;
use trailsmith::ir::date_math::parse_instant;
use trailsmith::ir::{
    Cardinality, Detection, Duration, Field, FieldType, Format, Input, Language, Metadata, MissingFields,
    NewTerms, Node, QueryText, Rule, Schedule, Suppression, Threshold, Vocabulary, Window,
};
use trailsmith::matcher::over_time::{
    Corpus, Event, Reading, Scalar, Simulator, Term, Timing, Written, calculate_from, format_time,
};
use trailsmith::matcher::{Options, RuleSet, Scratch};

/// A document as the rows write it: dotted keys.
struct Row {
    id: String,
    body: Map<String, Json>,
}

impl Row {
    /// The document that is indexed.
    fn record(&self) -> String {
        let mut body = self.body.clone();
        body.insert("event.id".into(), json!(self.id));
        Json::Object(body).to_string()
    }
}

fn field(path: &Json) -> Field {
    Field::new(Vocabulary::Ecs, path.as_str().expect("a path"), FieldType::Json)
}

fn fields(paths: &Json) -> Vec<Field> {
    paths.as_array().into_iter().flatten().map(field).collect()
}

fn text(value: &Json) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn rule(settings: &Json) -> Rule {
    let source = Arc::new(Source::new("rule", ""));
    let filter = filter(&source, settings["query"].as_str().unwrap_or(""));
    let detection = match settings["type"].as_str() {
        Some("query") => Detection::Event(filter),
        Some("threshold") => {
            let threshold = &settings["threshold"];
            let cardinality = threshold["cardinality"].as_array().into_iter().flatten();
            Detection::Threshold(Threshold {
                filter,
                group_by: fields(&threshold["field"]),
                at_least: threshold["value"].as_u64().expect("a count"),
                cardinality: cardinality
                    .map(|row| Cardinality {
                        field: field(&row["field"]),
                        at_least: row["value"].as_u64().expect("a count"),
                    })
                    .collect(),
                window: Window::Run,
                missing: MissingFields::Exclude,
            })
        }
        Some("new_terms") => Detection::NewTerms(NewTerms {
            filter,
            fields: fields(&settings["new_terms_fields"]),
            history_start: text(&settings["history_window_start"]).expect("date math"),
        }),
        other => panic!("no such type: {other:?}"),
    };
    let suppression = settings.get("alert_suppression").map(|suppression| Suppression {
        group_by: fields(&suppression["group_by"]),
        duration: suppression.get("duration").map(|duration| {
            let text = format!("{}{}", duration["value"], duration["unit"].as_str().expect("a unit"));
            Duration::parse(&text).expect("a duration")
        }),
        missing: suppression["missing_fields_strategy"].as_str().map(|strategy| match strategy {
            "suppress" => MissingFields::Group,
            "doNotSuppress" => MissingFields::Exclude,
            other => panic!("no such strategy: {other}"),
        }),
    });
    let mut metadata = Metadata { name: "R".into(), ..Metadata::default() };
    metadata.overrides.timestamp = text(&settings["timestamp_override"]);
    Rule {
        id: "r".into(),
        id_is_derived: false,
        input: Input::CloudTrail,
        vocabulary: Vocabulary::Ecs,
        format: Format::KibanaNdjson,
        source_type: text(&settings["type"]),
        metadata,
        query: None,
        index: None,
        filters: None,
        detection,
        exceptions: Vec::new(),
        exception_lists: None,
        suppression,
        schedule: Schedule {
            from: text(&settings["from"]),
            to: text(&settings["to"]),
            interval: text(&settings["interval"]),
            max_signals: settings["max_signals"].as_i64(),
        },
        source,
        origin: Span::default(),
    }
}

fn filter(source: &Arc<Source>, query: &str) -> Node {
    let input = lower::LowerInput { source, rule_id: "r", rule_name: "R" };
    let map = TextMap::verbatim(0, query.len());
    let query = QueryText { language: Language::Kuery, text: query.into(), map };
    let lowered = lower::query(&input, &query, Vocabulary::Ecs);
    lowered.predicate.unwrap_or_else(|| panic!("{:?}", lowered.diagnostics))
}

/// The events of the rows that a rule matches, as its simulator reads them.
fn events(rule: &Rule, rows: &[Row], reading: &Reading) -> Vec<Event> {
    let set = RuleSet::compile(&[Arc::new(rule.clone())], &Options::default());
    assert!(set.skipped(Layout::Ecs).is_empty(), "{:?}", set.skipped(Layout::Ecs));
    let (mut scratch, mut hits) = (Scratch::default(), Vec::new());
    let mut found = Vec::new();
    for record in rows.iter().map(Row::record) {
        set.judge(&record, Layout::Ecs, &mut scratch, &mut hits).expect("JSON");
        if !hits.is_empty() {
            let evidence = set.evidence(0, &record, Layout::Ecs, &mut scratch);
            found.push(Event::read(&evidence, reading));
        }
    }
    found
}

fn instant(value: &Json) -> i64 {
    parse_instant(value.as_str().expect("an instant")).expect("an instant")
}

/// The documents of an `add` step: `_n` repeats, `_each` numbers.
fn add(documents: &Json, rows: &mut Vec<Row>) {
    for document in documents.as_array().expect("documents") {
        let mut body = document.as_object().expect("a document").clone();
        let copies = body.remove("_n").and_then(|n| n.as_u64()).unwrap_or(1);
        let each = body.remove("_each").and_then(|n| n.as_u64());
        for copy in 0..each.unwrap_or(copies) {
            let mut body = body.clone();
            if each.is_some() {
                let number = format!("{copy:03}");
                for value in body.values_mut() {
                    if let Json::String(text) = value {
                        *text = text.replace("{i}", &number);
                    }
                }
            }
            rows.push(Row { id: format!("d{:06}", rows.len()), body });
        }
    }
}

fn terms(pairs: &[(String, Json)]) -> Json {
    pairs.iter().map(|(field, value)| json!({"field": field, "value": value})).collect()
}

fn plain(value: &Scalar) -> Json {
    match value {
        Scalar::Bool(truth) => json!(truth),
        other => json!(other.as_text()),
    }
}

fn time(at: Option<i64>) -> Json {
    at.map_or(Json::Null, |at| json!(format_time(at)))
}

/// What the alert document holds under a key.
fn alert_value(written: &Written, rule: &str, rows: &BTreeMap<&str, &Row>, key: &str) -> Json {
    let alert = &written.alert;
    let suppression = alert.suppression.as_ref();
    match key {
        "@timestamp" => time(Some(written.at)),
        "last_detected" => time(Some(written.last_detected)),
        "workflow_status" => json!(if written.closed { "closed" } else { "open" }),
        "original_time" => time(alert.time),
        "new_terms" => alert.new_terms.iter().flatten().map(plain).collect(),
        "threshold_result.count" => json!(alert.count),
        "threshold_result.terms" => {
            let value = |value: &Option<Scalar>| value.as_ref().map_or(Json::Null, plain);
            let pairs: Vec<_> = alert.group.iter().map(|(path, v)| (path.clone(), value(v))).collect();
            terms(&pairs)
        }
        "threshold_result.cardinality" => {
            let pairs: Vec<_> = alert.cardinality.iter().map(|(path, n)| (path.clone(), json!(n))).collect();
            terms(&pairs)
        }
        "suppression.docs_count" => suppression.map_or(Json::Null, |s| json!(s.docs_count)),
        "suppression.start" => suppression.map_or(Json::Null, |s| time(s.start)),
        "suppression.end" => suppression.map_or(Json::Null, |s| time(s.end)),
        "suppression.terms" => suppression.map_or(Json::Null, |suppression| {
            let value = |term: &Term| match term {
                Term::Missing => Json::Null,
                Term::One(value) => plain(value),
                Term::All(values) => values.iter().map(plain).collect(),
            };
            let pairs: Vec<_> = suppression.terms.iter().map(|(path, t)| (path.clone(), value(t))).collect();
            terms(&pairs)
        }),
        // A threshold alert carries its group keys, any other a copy of its event.
        key if rule == "threshold" => {
            let pair = alert.group.iter().find(|(path, _)| path == key);
            pair.and_then(|(_, value)| value.as_ref()).map_or(Json::Null, plain)
        }
        key => rows[&*alert.events[0].id].body.get(key).cloned().unwrap_or(Json::Null),
    }
}

/// Equality by value: `100` and `"100"` are the same.
fn same(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Json::Null, other) | (other, Json::Null) => other.is_null(),
        (Json::String(a), b) if b.is_number() => b.as_f64() == a.parse().ok(),
        (a, Json::String(b)) if a.is_number() => a.as_f64() == b.parse().ok(),
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

/// Whether every entry finds an alert of its own (bipartite matching by augmenting paths).
fn assign(fits: &[Vec<usize>], alerts: usize) -> bool {
    fn place(entry: usize, fits: &[Vec<usize>], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
        fits[entry].iter().any(|&alert| {
            if std::mem::replace(&mut tried[alert], true) {
                return false;
            }
            let free = taken[alert].is_none_or(|holder| place(holder, fits, taken, tried));
            if free {
                taken[alert] = Some(entry);
            }
            free
        })
    }
    let mut taken = vec![None; alerts];
    (0..fits.len()).all(|entry| place(entry, fits, &mut taken, &mut vec![false; alerts]))
}

fn run(row: &Json) -> Result<(), String> {
    let steps = row["steps"].as_array().expect("steps");
    let settings: Vec<&Json> =
        std::iter::once(&row["rule"]).chain(steps.iter().filter_map(|step| step.get("set_rule"))).collect();
    let rules: Vec<Rule> = settings.iter().map(|settings| rule(settings)).collect();
    let mut current = rules.iter();
    let mut rule = current.next().expect("a rule");
    let mut simulator = Simulator::new(rule, 1000).map_err(|d| d.title)?;
    let mut rows = Vec::new();
    let mut warned = false;
    for step in steps {
        let (kind, value) = step.as_object().and_then(|step| step.iter().next()).expect("a step");
        match kind.as_str() {
            "add" => add(value, &mut rows),
            "close" => simulator.close_alerts(),
            "reset_state" => simulator.reset_state(),
            "set_rule" => {
                rule = current.next().expect("a rule");
                simulator.set_rule(rule).map_err(|d| d.title)?;
            }
            "run" => {
                let reading = simulator.reading();
                let corpus = Corpus::new(reading, events(rule, &rows, reading));
                warned = simulator.run(instant(value), &corpus).max_signals_exceeded;
            }
            other => panic!("no such step: {other}"),
        }
    }

    let alerts = simulator.alerts();
    let expect = &row["expect"];
    if Some(alerts.len() as u64) != expect["alerts"].as_u64() {
        return Err(format!("{} alerts instead of {}", alerts.len(), expect["alerts"]));
    }
    if expect["warning"].as_bool().is_some_and(|expected| expected != warned) {
        return Err(format!("warning: {warned}"));
    }
    let kind = row["rule"]["type"].as_str().expect("a type");
    let by_id: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
    let mut fits = Vec::new();
    for entry in expect["match"].as_array().into_iter().flatten() {
        let fit = |written: &&Written| {
            let mut keys = entry.as_object().expect("an entry").iter();
            keys.all(|(key, expected)| same(expected, &alert_value(written, kind, &by_id, key)))
        };
        fits.push((0..alerts.len()).filter(|&at| fit(&&alerts[at])).collect::<Vec<_>>());
    }
    if !assign(&fits, alerts.len()) {
        return Err(format!("no alert of its own for every entry: {fits:?} in {alerts:#?}"));
    }
    Ok(())
}

fn range_tuples(input: &Json, expect: &Json) -> Result<(), String> {
    let mut settings = json!({"type": "query"});
    for key in ["interval", "from", "to", "max_signals"] {
        settings[key] = input[key].clone();
    }
    let rule = rule(&settings);
    let timing = Timing::of(&rule, input["alerting_max"].as_u64().expect("a limit")).map_err(|d| d.title)?;
    let previous = input["previous_started_at"].as_str().map(|_| instant(&input["previous_started_at"]));
    let found = timing.ranges(previous, instant(&input["started_at"]));
    let pairs: Json =
        found.ranges.iter().map(|&(from, to)| json!([format_time(from), format_time(to)])).collect();
    let found = json!({"tuples": pairs, "remaining_gap_ms": found.remaining_gap});
    if same(expect, &found) { Ok(()) } else { Err(found.to_string()) }
}

fn max_signals(input: &Json, expect: &Json) -> Result<(), String> {
    let rule = rule(&json!({"type": "query", "max_signals": input["max_signals"]}));
    let timing = Timing::of(&rule, input["alerting_max"].as_u64().expect("a limit")).map_err(|d| d.title)?;
    let found = json!({"used": timing.max_signals(), "warning": !timing.findings(&rule).is_empty()});
    if same(expect, &found) { Ok(()) } else { Err(found.to_string()) }
}

#[test]
fn every_situation_ends_as_in_kibana() {
    let Some(rows) = common::rows("data/elastic/rule_type_scenarios.jsonl") else { return };
    let mut failures = Vec::new();
    let (mut passed, mut elsewhere, mut all) = (0, 0, 0);
    for row in rows.iter().filter(|row| row["kind"] != "format") {
        all += 1;
        let (input, expect) = (&row["input"], &row["expect"]);
        let outcome = match row["kind"].as_str().expect("a kind") {
            "run" => run(row),
            "range_tuples" => range_tuples(input, expect),
            "max_signals" => max_signals(input, expect),
            "calculate_from" => {
                let part = |key: &str| input[key].as_str().expect("a text");
                let found = calculate_from(part("interval"), part("lookback"));
                if expect["from"] == json!(found) { Ok(()) } else { Err(found) }
            }
            "severity" | "risk_score" | "rule_name" => {
                elsewhere += 1;
                continue;
            }
            other => Err(format!("no such kind: {other}")),
        };
        match outcome {
            Ok(()) => passed += 1,
            Err(message) => failures.push(format!("{}: {message}", row["id"])),
        }
    }
    println!("{passed} of {all} ({elsewhere} about overrides are tested elsewhere)");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(passed + elsewhere, all);
}
