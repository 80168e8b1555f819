//! Mappings of stored queries.

use serde_json::json;

use super::mapping::mappings;
use crate::backend::Stack;
use crate::backend::predicate::{all, any, ecs, equals, not, test};
use crate::ir::{Comparison, Node, Words};

#[test]
fn every_field_of_a_query_is_mapped() {
    let leaf = "aws.cloudtrail.flattened.request_parameters.policyArn";
    let node = Node::synthetic(all([
        test(&ecs("event.action"), equals("x")),
        not(any([test(&ecs("source.ip"), Comparison::Exists), test(&ecs(leaf), equals("x"))])),
        test(&ecs("user.name.text"), Comparison::Words(Words::AnyOf("x".into()))),
        test(&ecs("aws.cloudtrail.read_only"), Comparison::Bool(true)),
    ]));
    let found = mappings(&node, Stack::default());
    assert_eq!(found["dynamic"], false);
    let fields = &found["properties"];
    assert_eq!(fields["query"], json!({"type": "percolator"}));
    assert_eq!(fields["event"]["properties"]["action"], json!({"type": "keyword", "ignore_above": 1024}));
    assert_eq!(fields["source"]["properties"]["ip"], json!({"type": "ip"}));
    let cloudtrail = &fields["aws"]["properties"]["cloudtrail"]["properties"];
    assert_eq!(cloudtrail["read_only"], json!({"type": "boolean"}));
    assert_eq!(cloudtrail["flattened"]["properties"]["request_parameters"], json!({"type": "flattened"}));
    let name = &fields["user"]["properties"]["name"];
    assert_eq!((&name["type"], &name["fields"]), (&json!("keyword"), &json!({"text": {"type": "text"}})));
    let there = mappings(&node, Stack::OpenSearch);
    let root =
        "/properties/aws/properties/cloudtrail/properties/flattened/properties/request_parameters/type";
    assert_eq!(there.pointer(root), Some(&json!("flat_object")));
}

#[test]
fn an_object_exists_where_a_field_of_it_does() {
    let node = Node::synthetic(test(&ecs("user.target"), Comparison::Exists));
    let found = mappings(&node, Stack::default());
    let below = &found["properties"]["user"]["properties"]["target"]["properties"];
    assert_eq!(below["name"]["type"], "keyword");
    assert!(below["entity"]["properties"]["id"].is_object());
}

#[test]
fn opensearch_has_patterns_on_keys() {
    use crate::backend::predicate::rewrite;
    use crate::ir::{Case, TextMatch};
    let leaf = ecs("aws.cloudtrail.flattened.request_parameters.policyArn");
    let matcher = TextMatch::Suffix("Admin".into());
    let node = Node::synthetic(test(&leaf, Comparison::Text { matcher, case: Case::Sensitive }));
    for (stack, lost) in [(Stack::default(), 1), (Stack::OpenSearch, 0)] {
        let mut losses = Vec::new();
        rewrite(&node, "q", &mut |leaf| super::fits(leaf, stack), &mut losses);
        assert_eq!(losses.len(), lost, "{stack}: {losses:?}");
    }
}
