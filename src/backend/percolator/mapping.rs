//! The mapping of an index of stored queries: the fields of one rule's query, and the rule's own.

use serde_json::{Map, Value, json};

use crate::backend::stack::Stack;
use crate::ir::{Field, FieldType, Glob, GlobPart, Node, Predicate, Vocabulary};
use crate::schema::{Engine, base_field, field_mapping, types};

/// The mapping. What it does not name is not looked at (`dynamic: false`), so the mappings of several
/// rules merge.
pub(super) fn mappings(node: &Node, stack: Stack) -> Value {
    let mut root = Map::new();
    root.insert("query".into(), json!({ "type": "percolator" }));
    let keyword = json!({ "type": "keyword" });
    root.insert(
        "rule".into(),
        json!({
            "dynamic": false,
            "properties": {
                "rule_id": keyword,
                "name": keyword,
                "type": keyword,
                "severity": keyword,
                "risk_score": { "type": "float" },
                "tags": keyword,
                "enabled": { "type": "boolean" },
            },
        }),
    );
    let mut fields = Fields { root, stack };
    fields.of(node);
    json!({ "dynamic": false, "properties": fields.root })
}

struct Fields {
    root: Map<String, Value>,
    stack: Stack,
}

impl Fields {
    fn of(&mut self, node: &Node) {
        match &node.predicate {
            Predicate::And(nodes) | Predicate::Or(nodes) => nodes.iter().for_each(|node| self.of(node)),
            Predicate::Not(inner) => self.of(inner),
            Predicate::Nested { path, body } => {
                self.add(&path.path, json!({ "type": "nested" }));
                self.of(body);
            }
            Predicate::Test(test) => self.field(&test.field),
            Predicate::Constant(_) | Predicate::AnyField(_) => {}
        }
    }

    fn field(&mut self, field: &Field) {
        let table = types(Vocabulary::Ecs);
        let engine = if self.stack == Stack::OpenSearch { Engine::OpenSearch } else { Engine::Elasticsearch };
        match field.ty {
            FieldType::Text => {
                let base = base_field(&field.path);
                if base == field.path {
                    self.own(field, engine);
                    return;
                }
                self.field(&Field::new(Vocabulary::Ecs, base, table.field_type(base)));
                let name = field.path[base.len() + 1..].to_owned();
                self.add(base, json!({ "fields": { name: { "type": "text" } } }));
            }
            FieldType::FlattenedLeaf => {
                let path = &field.path;
                let mut above = path.match_indices('.').map(|(dot, _)| &path[..dot]);
                if let Some(root) = above.find(|above| table.field_type(above) == FieldType::Flattened) {
                    self.own(&Field::new(Vocabulary::Ecs, root, FieldType::Flattened), engine);
                }
            }
            // An object exists where one of its fields does.
            FieldType::Object => {
                let below = [GlobPart::Literal(format!("{}.", field.path)), GlobPart::Any];
                for path in table.expand(&Glob { parts: below.into() }) {
                    self.field(&Field::new(Vocabulary::Ecs, path.as_str(), table.field_type(&path)));
                }
            }
            _ => self.own(field, engine),
        }
    }

    /// Maps a field whose type has a mapping of its own.
    fn own(&mut self, field: &Field, engine: Engine) {
        if let Some(definition) = field_mapping(engine, field.ty) {
            self.add(&field.path, definition);
        }
    }

    /// Puts a definition at a path, or adds to the one that is there.
    fn add(&mut self, path: &str, definition: Value) {
        let mut level = &mut self.root;
        let (above, last) = path.rsplit_once('.').map_or((None, path), |(above, last)| (Some(above), last));
        for name in above.into_iter().flat_map(|above| above.split('.')) {
            let entry = level.entry(name).or_insert_with(|| json!({}));
            let Value::Object(entry) = entry else { return };
            let properties = entry.entry("properties").or_insert_with(|| json!({}));
            let Value::Object(properties) = properties else { return };
            level = properties;
        }
        if let (Value::Object(known), Value::Object(more)) =
            (level.entry(last).or_insert_with(|| json!({})), definition)
        {
            known.extend(more);
        }
    }
}
