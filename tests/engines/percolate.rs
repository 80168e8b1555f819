//! The percolator of OpenSearch: rules are stored as the target writes them, events are held against
//! them.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use trailsmith::backend::Artefact;

use crate::node::Node;

/// Documents in one request.
const BATCH: usize = 250;

/// Stores rules in an index of their own. By rule, the positions of the documents that its stored query finds; or why it cannot be stored.
pub fn run(
    index: &str,
    documents: &[&str],
    node: &Node,
    rules: &[(usize, Artefact)],
) -> BTreeMap<usize, Result<Vec<usize>, String>> {
    let mut found: BTreeMap<usize, Result<Vec<usize>, String>> = BTreeMap::new();
    node.ask("PUT", &format!("/{index}"), &json!({ "settings": { "number_of_replicas": 0 } }))
        .expect("an index");
    for (subject, artefact) in rules {
        let artefact = artefact.to_json();
        let stored = node
            .ask("PUT", &format!("/{index}/_mapping"), &artefact["mappings"])
            .and_then(|_| node.ask("PUT", &format!("/{index}/_doc/{subject}"), &artefact["document"]));
        found.insert(*subject, stored.map(|_| Vec::new()));
    }
    node.ask("POST", &format!("/{index}/_refresh"), &Json::Null).expect("a refresh");
    for (batch, records) in documents.chunks(BATCH).enumerate() {
        let documents: Vec<Json> =
            records.iter().map(|text| serde_json::from_str(text).expect("a document")).collect();
        let body = json!({
            "size": 1000,
            "_source": false,
            "query": { "percolate": { "field": "query", "documents": documents } },
        });
        let answer = node.ask("POST", &format!("/{index}/_search"), &body).expect("percolated documents");
        for hit in answer["hits"]["hits"].as_array().expect("hits") {
            let subject: usize = hit["_id"].as_str().and_then(|id| id.parse().ok()).expect("a position");
            let slots = hit["fields"]["_percolator_document_slot"].as_array().expect("slots");
            let positions = slots.iter().filter_map(Json::as_u64).map(|slot| batch * BATCH + slot as usize);
            if let Some(Ok(list)) = found.get_mut(&subject) {
                list.extend(positions);
            }
        }
    }
    found
}
