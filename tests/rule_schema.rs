//! `docs/trailsmith-rule.schema.json` against the rules of the pack: what an editor says about a rule
//! is what the program says. The validator below knows the keywords that the schema uses and refuses
//! any other, so that none is skipped unnoticed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use trailsmith::diagnostic::Source;
use trailsmith::frontend::tree::yaml;
use trailsmith::ir;

/// Every way in which `value` breaks `schema`, by its path.
fn errors(schema: &Value, value: &Value, path: &str, out: &mut Vec<String>) {
    let holds = |schema: &Value| {
        let mut inner = Vec::new();
        errors(schema, value, path, &mut inner);
        inner.is_empty()
    };
    let schema_of = schema.as_object().expect("a schema is an object");
    for (keyword, demand) in schema_of {
        let texts = || demand.as_array().into_iter().flatten().filter_map(Value::as_str);
        let size = || value.as_array().map(Vec::len).zip(demand.as_u64());
        let number = || value.as_f64().zip(demand.as_f64());
        let kept = match keyword.as_str() {
            "$schema" | "title" | "description" => true,
            "type" => match demand {
                Value::Array(_) => texts().any(|name| has_type(value, name)),
                name => has_type(value, name.as_str().expect("a type is a name")),
            },
            "const" => value == demand,
            "enum" => demand.as_array().expect("a list").contains(value),
            "pattern" => value.as_str().is_none_or(|text| {
                regex::Regex::new(demand.as_str().expect("a pattern")).expect("a regex").is_match(text)
            }),
            "minimum" => number().is_none_or(|(is, least)| is >= least),
            "maximum" => number().is_none_or(|(is, most)| is <= most),
            "minItems" => size().is_none_or(|(is, least)| is as u64 >= least),
            "maxItems" => size().is_none_or(|(is, most)| is as u64 <= most),
            "required" => value.as_object().is_none_or(|map| texts().all(|key| map.contains_key(key))),
            "not" => !holds(demand),
            "oneOf" => demand.as_array().expect("a list").iter().filter(|one| holds(one)).count() == 1,
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    errors(demand, item, &format!("{path}[{index}]"), out);
                }
                true
            }
            "properties" => {
                let known = demand.as_object().expect("properties have names");
                for (key, item) in value.as_object().into_iter().flatten() {
                    known.get(key).into_iter().for_each(|s| errors(s, item, &format!("{path}.{key}"), out));
                }
                true
            }
            "additionalProperties" => {
                let known = schema_of.get("properties").and_then(Value::as_object);
                let more = value.as_object().into_iter().flatten();
                let more: Vec<_> =
                    more.filter(|(key, _)| known.is_none_or(|k| !k.contains_key(*key))).collect();
                match demand {
                    Value::Bool(allowed) => *allowed || more.is_empty(),
                    of => {
                        more.iter().for_each(|(key, item)| errors(of, item, &format!("{path}.{key}"), out));
                        true
                    }
                }
            }
            other => panic!("the test does not know the keyword `{other}`"),
        };
        if !kept {
            out.push(format!("{path}: {keyword} {demand}"));
        }
    }
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type `{other}`"),
    }
}

fn to_json(value: &ir::Value) -> Value {
    match value {
        ir::Value::Null => Value::Null,
        ir::Value::Bool(bool) => (*bool).into(),
        ir::Value::Int(number) => (*number).into(),
        ir::Value::Float(number) => (*number).into(),
        ir::Value::Literal(text) | ir::Value::Text(text) => text.as_str().into(),
        ir::Value::List(items) => items.iter().map(to_json).collect::<Vec<_>>().into(),
        ir::Value::Map(map) => map.iter().map(|(key, item)| (key.clone(), to_json(item))).collect(),
    }
}

fn of_yaml(text: &str) -> Vec<String> {
    let parsed = yaml::parse(&Arc::new(Source::new("rule.yml", text)));
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    let schema = include_str!("../docs/trailsmith-rule.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let mut out = Vec::new();
    errors(&schema, &to_json(&parsed.documents[0].to_value()), "$", &mut out);
    out
}

fn rules(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the pack is readable") {
        let path = entry.expect("an entry").path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            rules(&path, out);
        } else if name.ends_with(".yml") && !name.ends_with(".test.yml") {
            out.push(path);
        }
    }
}

#[test]
fn the_pack_keeps_to_the_schema() {
    let mut files = Vec::new();
    rules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &mut files);
    assert!(files.len() >= 16, "{} YAML rules", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable rule");
        assert_eq!(of_yaml(&text), Vec::<String>::new(), "{}", file.display());
    }
}

/// What the target `trailsmith` writes keeps to the schema as well.
#[test]
fn printed_rules_keep_to_the_schema() {
    use trailsmith::backend::{self, Artefact, Options};
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let loaded = trailsmith::frontend::load(&[rules], &trailsmith::frontend::Options::default());
    let target = backend::find("trailsmith").expect("a target");
    for rule in &loaded.rules {
        let compiled = backend::compile(rule, target, &Options::default());
        let Some(Artefact::Text(text)) = &compiled.artefact else { panic!("{}: {compiled:?}", rule.name()) };
        assert_eq!(of_yaml(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_example_of_the_documentation_keeps_to_the_schema_and_is_read() {
    let page = include_str!("../docs/rules.md");
    let (_, example) = page.split_once("```yaml\ntrailsmith: 1").expect("an example");
    let example = format!("trailsmith: 1{}", example.split_once("```").expect("its end").0);
    assert_eq!(of_yaml(&example), Vec::<String>::new());
    let loaded = trailsmith::frontend::load_text("example.yml", &example);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
}

#[test]
fn what_the_schema_refuses() {
    let rule = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'a: b'\n";
    assert_eq!(of_yaml(rule), Vec::<String>::new());
    for (more, path) in [
        ("risk_scor: 1\n", "$: additionalProperties"),
        ("risk_score: 101\n", "$.risk_score: maximum"),
        ("tags: a\n", "$.tags: "),
        ("threshold: {at_least: 0}\n", "$.threshold"),
        ("suppress: {by: [user], for: soon}\n", "$.suppress"),
    ] {
        let found = of_yaml(&format!("{rule}{more}"));
        assert!(found.iter().any(|error| error.starts_with(path)), "{more}: {found:?}");
    }
    assert_eq!(of_yaml("name: n\n").len(), 1, "{}", json!(of_yaml("name: n\n")));
}
