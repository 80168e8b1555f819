use serde_json::{Value, json};

use crate::backend::{Compiled, Fidelity, Options, compile, find};
use crate::ir::Rule;

fn rule(input: &str, language: &str, query: &str) -> Rule {
    let text = format!(
        "trailsmith: 1\nid: 7f1f1c2e-5b0a-4b1e-9d55-0123456789ab\nname: n\ninput: {input}\nlanguage: {language}\nquery: |\n  {query}\n"
    );
    let loaded = crate::frontend::load_text("rule.yml", &text);
    let rule = loaded.rules.first().unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    Rule::clone(rule)
}

fn compiled(input: &str, language: &str, query: &str) -> Compiled {
    compile(&rule(input, language, query), find("eventbridge").unwrap(), &Options::default())
}

fn pattern(input: &str, language: &str, query: &str) -> Value {
    let compiled = compiled(input, language, query);
    assert_eq!(compiled.fidelity(), Fidelity::Exact, "{:?}", compiled.losses);
    compiled.artefact.unwrap().to_json()
}

fn detail(query: &str) -> Value {
    pattern("guardduty", "threat-stack", query)["detail"].clone()
}

fn lost(input: &str, language: &str, query: &str) -> Vec<&'static str> {
    let compiled = compiled(input, language, query);
    assert_ne!(compiled.fidelity(), Fidelity::Exact, "{query}");
    compiled
        .losses
        .iter()
        .chain(&compiled.error)
        .filter(|loss| loss.is_refused())
        .map(|loss| loss.code.name)
        .collect()
}

#[test]
fn a_finding_rule_is_the_pattern_of_its_service() {
    let kql = "data_stream.dataset: aws.guardduty and aws.guardduty.resource.type: Instance";
    let expected = json!({
        "source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"],
        "detail": {"resource": {"resourceType": ["Instance"]}}
    });
    assert_eq!(pattern("guardduty", "kuery", kql), expected);
    let kql =
        "rule.name: UnauthorizedAccess\\:IAMUser/InstanceCredentialExfiltration* and event.severity >= 7";
    let found = pattern("guardduty", "kuery", kql);
    assert_eq!(
        found["detail"],
        json!({"type": [{"prefix": "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration"}],
            "severity": [{"numeric": [">=", 7]}]})
    );
    let kql = "aws.securityhub_findings.severity.label: (HIGH or CRITICAL) and aws.securityhub_findings.workflow.status: NEW";
    assert_eq!(
        pattern("securityhub", "kuery", kql)["detail"],
        json!({"findings": {"Severity": {"Label": ["HIGH", "CRITICAL"]}, "Workflow": {"Status": ["NEW"]}}})
    );
    let macie =
        pattern("macie", "threat-stack", "type starts_with \"SensitiveData:\" and severity.score >= 2");
    assert_eq!(macie["source"], json!(["aws.macie"]));
    assert_eq!(
        macie["detail"],
        json!({"type": [{"prefix": "SensitiveData:"}], "severity": {"score": [{"numeric": [">=", 2]}]}})
    );
}

#[test]
fn comparisons_have_their_operators() {
    assert_eq!(
        detail("severity > 3 and severity <= 8"),
        json!({"severity": [{"numeric": [">", 3, "<=", 8]}]})
    );
    assert_eq!(detail("type ends_with \"!DNS\""), json!({"type": [{"suffix": "!DNS"}]}));
    assert_eq!(detail("type like \"Bit*coin\""), json!({"type": [{"wildcard": "*Bit\\*coin*"}]}));
    assert_eq!(detail("service.archived = false"), json!({"service": {"archived": [false, "false"]}}));
    assert_eq!(detail("title != null"), json!({"title": [{"exists": true}]}));
}

#[test]
fn a_negation_holds_where_the_field_is_missing() {
    assert_eq!(
        detail("region != \"eu-central-1\" and severity >= 7"),
        json!({"severity": [{"numeric": [">=", 7]}],
            "$or": [{"region": [{"anything-but": ["eu-central-1"]}]}, {"region": [{"exists": false}]}]})
    );
    assert_eq!(
        detail("region != \"a\" and region != \"b\""),
        json!({"$or": [{"region": [{"anything-but": ["a", "b"]}]}, {"region": [{"exists": false}]}]})
    );
    assert_eq!(detail("title = null"), json!({"$or": [{"title": [null]}, {"title": [{"exists": false}]}]}));
}

#[test]
fn alternatives_share_what_they_have_in_common() {
    assert_eq!(
        detail("region = \"a\" and (accountId = \"1\" or type = \"x\")"),
        json!({"region": ["a"], "$or": [{"accountId": ["1"]}, {"type": ["x"]}]})
    );
    assert_eq!(detail("region = \"a\" or region = \"b\""), json!({"region": ["a", "b"]}));
}

#[test]
fn what_a_pattern_cannot_say_is_a_loss() {
    let gd = |query: &str| lost("guardduty", "threat-stack", query);
    assert_eq!(gd("type starts_with \"a\" and type ends_with \"b\""), ["loss-one-field"]);
    let groups = "resource.kubernetesDetails.kubernetesUserDetails.groups";
    assert_eq!(gd(&format!("{groups} != \"a\"")), ["loss-anything-but", "loss-everything"][..1]);
    assert_eq!(gd("service.action.awsApiCallAction != null"), ["loss-field-form"]);
    let interfaces = "resource.instanceDetails.networkInterfaces";
    assert_eq!(gd(&format!("{interfaces}.vpcId = \"a\" and {interfaces}.subnetId = \"b\"")), ["loss-nested"]);
    assert_eq!(lost("guardduty", "kuery", "event.created < 2026-01-01"), ["loss-field"]);
    assert_eq!(lost("guardduty", "kuery", "message: attack"), ["loss-words"]);
    assert_eq!(lost("host", "kuery", "message: attack"), ["loss-input"]);
}

#[test]
fn cloudtrail_rules_have_patterns_too() {
    let found =
        pattern("cloudtrail", "kuery", "event.provider: iam.amazonaws.com and event.action: CreateUser");
    let expected = json!({
        "detail-type": [{"suffix": " via CloudTrail"}],
        "detail": {"eventSource": ["iam.amazonaws.com"], "eventName": ["CreateUser"]}
    });
    assert_eq!(found, expected);
    let success = pattern("cloudtrail", "kuery", "event.action: CreateUser and event.outcome: success");
    let none = json!([{"exists": false}]);
    assert!(success["detail"].to_string().contains(&none.to_string()), "{success}");
    let count = "responseElements.imageScanFindings.findingSeverityCounts.HIGH > 0";
    assert_eq!(lost("cloudtrail", "threat-stack", count), ["loss-number-order"]);
}
