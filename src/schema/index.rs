//! The mapping of an index that holds the documents of `normalize`: what Elasticsearch and OpenSearch
//! must be told about fields so that a query means there what it means to the matcher.

use serde_json::{Map, Value, json};

use super::table::rows;

/// Whose names of field types a mapping uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Elasticsearch: open objects are `flattened`.
    Elasticsearch,
    /// OpenSearch: open objects are `flat_object`.
    OpenSearch,
}

impl Engine {
    fn open_object(self) -> &'static str {
        match self {
            Engine::Elasticsearch => "flattened",
            Engine::OpenSearch => "flat_object",
        }
    }
}

/// The value of `mappings` for an index of CloudTrail documents: every field of the vocabulary with
/// its type. Text under any other name becomes a keyword, as in Fleet's templates; no text is taken
/// for a date.
pub fn index_mapping(engine: Engine) -> Value {
    let mut properties = Map::new();
    let mut templates = Vec::new();
    for [path, ty, ignore_above, multi] in rows(include_str!("data/ecs.tsv")) {
        let limit = ignore_above.parse::<u32>().ok();
        if let Some(root) = path.strip_suffix(".*") {
            let field = field(engine, ty, limit, "-");
            templates.push(json!({ root: { "path_match": path, "mapping": field } }));
        } else {
            insert(&mut properties, path, field(engine, ty, limit, multi));
        }
    }
    templates.push(json!({ "texts": {
        "match_mapping_type": "string",
        "mapping": field(engine, "keyword", Some(1024), "-"),
    } }));
    json!({ "date_detection": false, "dynamic_templates": templates, "properties": properties })
}

/// The mapping of one field. `object` has no type of its own.
fn field(engine: Engine, ty: &str, ignore_above: Option<u32>, multi: &str) -> Value {
    let mut field = Map::new();
    let name = if ty == "flattened" { engine.open_object() } else { ty };
    field.insert("type".into(), name.into());
    if let Some(limit) = ignore_above {
        field.insert("ignore_above".into(), limit.into());
    }
    if multi != "-" {
        field.insert("fields".into(), json!({ multi: { "type": multi } }));
    }
    Value::Object(field)
}

/// Puts a field at its place; objects on the way need no type.
fn insert(properties: &mut Map<String, Value>, path: &str, field: Value) {
    match path.split_once('.') {
        None => drop(properties.insert(path.to_owned(), field)),
        Some((first, rest)) => {
            let object = properties.entry(first).or_insert_with(|| json!({ "properties": {} }));
            // No field of the table stands below one that has a value itself.
            if let Some(inner) = object.get_mut("properties").and_then(Value::as_object_mut) {
                insert(inner, rest, field);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_type() {
        let mapping = index_mapping(Engine::Elasticsearch);
        let at = |mapping: &Value, path: &str| {
            mapping.pointer(&format!("/properties/{}", path.replace('.', "/properties/"))).cloned()
        };
        for [path] in rows(include_str!("data/ecs.tsv")) {
            assert!(path.ends_with(".*") || at(&mapping, path).is_some(), "{path}");
        }
        let payload =
            json!({ "type": "keyword", "ignore_above": 8191, "fields": { "text": { "type": "text" } } });
        assert_eq!(at(&mapping, "aws.cloudtrail.request_parameters"), Some(payload));
        let copy = "aws.cloudtrail.flattened.request_parameters";
        assert_eq!(at(&mapping, copy), Some(json!({ "type": "flattened" })));
        assert_eq!(at(&index_mapping(Engine::OpenSearch), copy), Some(json!({ "type": "flat_object" })));
        assert_eq!(mapping["dynamic_templates"][0]["labels"]["path_match"], "labels.*");
    }
}
