//! The mapping of an index that holds the documents of `normalize`: what Elasticsearch and OpenSearch
//! must be told about fields so that a query means there what it means to the matcher.

use serde_json::{Map, Value, json};

use super::ecs;
use super::table::rows;
use crate::ir::FieldType;

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
    for [path, _, _, multi] in rows(include_str!("data/ecs.tsv")) {
        let root = path.strip_suffix(".*");
        let ty = ecs().field_type(&root.map_or(path.to_owned(), |root| format!("{root}.any")));
        let mut field = field_mapping(engine, ty).unwrap_or_else(|| json!({ "type": "object" }));
        if multi != "-" {
            field["fields"] = json!({ multi: { "type": multi } });
        }
        match root {
            Some(root) => templates.push(json!({ root: { "path_match": path, "mapping": field } })),
            None => insert(&mut properties, path, field),
        }
    }
    let text = field_mapping(engine, FieldType::Keyword { ignore_above: Some(1024) });
    templates.push(json!({ "texts": { "match_mapping_type": "string", "mapping": text } }));
    json!({ "date_detection": false, "dynamic_templates": templates, "properties": properties })
}

/// The mapping of a field of a type. `None`: objects, and what stands inside another field.
pub fn field_mapping(engine: Engine, ty: FieldType) -> Option<Value> {
    Some(match ty {
        FieldType::Keyword { ignore_above: Some(limit) } => {
            json!({ "type": "keyword", "ignore_above": limit })
        }
        FieldType::Keyword { ignore_above: None } | FieldType::Unknown | FieldType::Json => {
            json!({ "type": "keyword" })
        }
        FieldType::Flattened => json!({ "type": engine.open_object() }),
        FieldType::FlattenedLeaf | FieldType::Object => return None,
        FieldType::Text
        | FieldType::Long
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Ip
        | FieldType::Nested => json!({ "type": ty.as_str() }),
    })
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
