//! Thresholds as aggregations: one bucket a group that reaches the count.

use serde_json::{Map, Value, json};

use crate::backend::codes;
use crate::backend::loss::Loss;
use crate::ir::{
    Comparison, Field, FieldType, MissingFields, Predicate, Test, Threshold, Vocabulary, Window,
};
use crate::schema::Version;

/// Buckets of one aggregation: Elasticsearch's default `search.max_buckets`.
const MOST_BUCKETS: u64 = 65_535;

/// The aggregations of a threshold; they count over the range that the search is run on.
pub(super) fn aggregations(
    threshold: &Threshold,
    version: Version,
    losses: &mut Vec<Loss>,
) -> Map<String, Value> {
    match threshold.window {
        Window::Run => {}
        Window::FirstEvent(length) => window(losses, &format!("{length} from the first event of a group")),
        Window::Sliding(length) => window(losses, &format!("any {length}")),
        Window::Tumbling(length) => window(losses, &format!("stretches of {length}")),
    }
    let mut inner = Map::new();
    // Elastic reads the first only.
    if let Some(cardinality) = threshold.cardinality.first()
        && let Some(field) = field(&cardinality.field, "threshold.cardinality[0]", version, losses)
    {
        inner.insert("distinct".into(), json!({ "cardinality": { "field": field.path } }));
        let script = format!("params.distinct >= {}", cardinality.at_least);
        let selector =
            json!({ "bucket_selector": { "buckets_path": { "distinct": "distinct" }, "script": script } });
        inner.insert("distinct_check".into(), selector);
    }
    let mut keys = Vec::new();
    for (index, key) in threshold.group_by.iter().enumerate() {
        keys.extend(field(key, &format!("threshold.group_by[{index}]"), version, losses));
    }
    if keys.is_empty() {
        let script = format!("params.count >= {}", threshold.at_least);
        let check = json!({ "bucket_selector": { "buckets_path": { "count": "_count" }, "script": script } });
        inner.insert("count_check".into(), check);
        let all = json!({ "filters": { "all": { "match_all": {} } } });
        return Map::from_iter([("all".to_owned(), json!({ "filters": all, "aggs": inner }))]);
    }
    for key in keys.iter().rev() {
        let mut terms = Map::new();
        terms.insert("field".into(), key.path.as_str().into());
        terms.insert("min_doc_count".into(), threshold.at_least.into());
        terms.insert("size".into(), MOST_BUCKETS.into());
        if threshold.missing == MissingFields::Group {
            match key.ty {
                // Documents never hold an empty text, so it can stand for "missing".
                FieldType::Keyword { .. } | FieldType::Unknown | FieldType::FlattenedLeaf => {
                    terms.insert("missing".into(), "".into());
                }
                _ => {
                    let message =
                        format!("events without `{key}` form no group of their own in an aggregation");
                    losses.push(Loss::new(&codes::LOSS_THRESHOLD, "threshold.missing", message));
                }
            }
        }
        let mut body = Map::from_iter([("terms".to_owned(), Value::Object(terms))]);
        if !inner.is_empty() {
            body.insert("aggs".into(), Value::Object(inner));
        }
        inner = Map::from_iter([(key.path.clone(), Value::Object(body))]);
    }
    inner
}

fn window(losses: &mut Vec<Loss>, meant: &str) {
    let message = format!("the rule counts over {meant}; a search counts over the range that it is run on");
    losses.push(Loss::new(&codes::LOSS_WINDOW, "threshold.window", message));
}

/// A key in the index; where there is none the loss says so and events are grouped without it.
fn field(key: &Field, path: &str, version: Version, losses: &mut Vec<Loss>) -> Option<Field> {
    let found = match key.vocabulary {
        Vocabulary::Ecs => Some(key.clone()),
        _ => {
            let exists = Test { field: key.clone(), comparison: Comparison::Exists };
            match crate::backend::predicate::to_ecs(&exists, version) {
                Ok(said) => match said.predicate {
                    Predicate::Test(of) => Some(of.field),
                    _ => None,
                },
                Err(_) => None,
            }
        }
    };
    let usable =
        found.filter(|field| !matches!(field.ty, FieldType::Text | FieldType::Object | FieldType::Nested));
    if usable.is_none() {
        let message = format!("no indexed field holds the values of `{key}`; the key is left out");
        losses.push(Loss::new(&codes::LOSS_FIELD, path, message));
    }
    usable
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::ecs;
    use crate::ir::{Cardinality, Duration, Node};

    #[test]
    fn groups_nest_and_windows_are_losses() {
        let threshold = Threshold {
            filter: Node::synthetic(Predicate::Constant(true)),
            group_by: vec![ecs("user.name"), ecs("source.ip")],
            at_least: 5,
            cardinality: vec![Cardinality { field: ecs("event.action"), at_least: 3 }],
            window: Window::FirstEvent(Duration::seconds(3600)),
            missing: MissingFields::Exclude,
        };
        let mut losses = Vec::new();
        let aggregations = Value::Object(aggregations(&threshold, Version::V8_9, &mut losses));
        let outer = &aggregations["user.name"];
        assert_eq!(outer["terms"]["min_doc_count"], 5);
        let inner = &outer["aggs"]["source.ip"];
        assert_eq!(inner["aggs"]["distinct"]["cardinality"]["field"], "event.action");
        assert_eq!(losses.iter().map(|loss| loss.code.name).collect::<Vec<_>>(), ["loss-window"]);
    }
}
