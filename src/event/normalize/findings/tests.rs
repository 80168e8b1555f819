use serde_json::{Value, json};

use super::*;
use crate::schema::Version;

fn document(finding: &Value, service: Service) -> Value {
    Value::Object(normalize_finding(finding, service, &Options::default()).expect("documents are known"))
}

fn finding() -> Value {
    json!({
        "accountId": "111122223333", "id": "a", "partition": "aws", "region": "eu-central-1",
        "type": "UnauthorizedAccess:EC2/SSHBruteForce", "severity": 8.5,
        "createdAt": "2026-11-18T02:00:00.000Z", "updatedAt": "2026-11-18T02:30:00.000Z",
        "resource": {"resourceType": "Instance", "instanceDetails": {
            "instanceId": "i-0a", "tags": [{"key": "", "value": "x"}],
            "networkInterfaces": [{"privateIpAddress": "10.0.0.5", "vpcId": "vpc-1", "odd": 1,
                "privateIpAddresses": [{"privateIpAddress": "10.0.0.5", "privateDnsName": "d"}],
                "securityGroups": [{"groupId": "sg-1", "groupName": "g"}]}]}},
        "service": {"serviceName": "guardduty", "evidence": null, "count": 3, "action": {
            "actionType": "NETWORK_CONNECTION", "networkConnectionAction": {
                "connectionDirection": "INBOUND", "protocol": "TCP",
                "localIpDetails": {"ipAddressV4": "10.0.0.5"}, "localPortDetails": {"port": 22, "portName": "SSH"},
                "remoteIpDetails": {"ipAddressV4": "198.51.100.7", "organization": {"asn": "64500"}}}}}
    })
}

#[test]
fn what_ecs_fields_hold_is_not_kept_twice() {
    let out = document(&finding(), Service::GuardDuty);
    assert_eq!(out["event"]["kind"], json!(["alert"]));
    assert_eq!(out["event"]["severity"], 8);
    assert_eq!(out["event"]["action"], "NETWORK_CONNECTION");
    assert_eq!(
        out["rule"],
        json!({"name": "UnauthorizedAccess:EC2/SSHBruteForce",
        "category": "UnauthorizedAccess", "ruleset": "UnauthorizedAccess:EC2"})
    );
    assert_eq!(out["source"]["address"], json!(["198.51.100.7"]));
    assert_eq!(out["destination"]["address"], json!(["10.0.0.5"]));
    assert_eq!(out["source"]["port"], json!([22]));
    assert_eq!(out["source"]["as"]["number"], json!([64500]));
    assert_eq!(out["network"], json!({"direction": "inbound", "transport": ["tcp"]}));
    assert_eq!(out["related"]["ip"], json!(["10.0.0.5", "198.51.100.7"]));
    let own = &out["aws"]["guardduty"];
    assert_eq!(own["severity"], json!({"code": 8.5, "value": "High"}));
    assert!(own.get("type").is_none() && own.get("updated_at").is_none());
    let instance = &own["resource"]["instance_details"];
    assert_eq!(instance["tags"], json!([{"value": "x"}]));
    assert_eq!(
        instance["network_interfaces"],
        json!([{"odd": 1, "private": {"ip_address": "10.0.0.5",
            "ip_addresses": [{"private": {"ip_address": "10.0.0.5", "dns_name": "d"}}]},
            "security_groups": [{"group": {"id": "sg-1", "name": "g"}}], "vpc_id": "vpc-1"}])
    );
}

#[test]
fn severities_have_words() {
    for (number, word) in [
        (0.9, None),
        (1.0, Some("Low")),
        (3.9, Some("Low")),
        (4.0, Some("Medium")),
        (6.9, Some("Medium")),
        (7.0, Some("High")),
        (8.9, Some("High")),
        (9.0, None),
    ] {
        let mut finding = finding();
        finding["severity"] = json!(number);
        let out = document(&finding, Service::GuardDuty);
        let found = out["aws"]["guardduty"]["severity"].get("value").and_then(Value::as_str);
        assert_eq!(found, word, "{number}");
        assert_eq!(out["event"]["severity"], number as i64);
    }
}

#[test]
fn a_security_hub_finding_with_several_resources() {
    let finding = json!({
        "Id": "f", "ProductArn": "arn:aws:securityhub:eu-central-1::product/aws/inspector",
        "GeneratorId": "AWSInspector", "AwsAccountId": "111122223333", "Region": "eu-central-1",
        "CreatedAt": "2026-11-18T02:00:00Z", "UpdatedAt": "2026-11-18T02:30:00Z",
        "Title": "CVE-2026-0001", "Description": "", "Severity": {"Label": "HIGH", "Normalized": 70},
        "Compliance": {"Status": "FAILED"}, "Workflow": {"Status": "NEW"},
        "Resources": [
            {"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:eu-central-1:111122223333:instance/i-0a",
             "Details": {"AwsEc2Instance": {"IpV4Addresses": ["10.0.0.5"]}}},
            {"Type": "AwsIamUser", "Id": "arn:aws:iam::111122223333:user/bob",
             "Details": {"AwsIamUser": {"UserName": "bob"}}}],
        "Vulnerabilities": [{"Id": "CVE-2026-0001", "Cvss": [{"BaseScore": 9.1, "Version": "3.1"}]}]
    });
    let out = document(&finding, Service::SecurityHub);
    assert_eq!(out["event"]["severity"], 70);
    assert_eq!(out["event"]["outcome"], "failure");
    assert_eq!(out["aws"]["securityhub_findings"]["severity"], json!({"label": "HIGH", "normalized": "70"}));
    assert_eq!(out["resource"]["type"], json!(["AwsEc2Instance", "AwsIamUser"]));
    assert_eq!(out["user"], json!({"name": ["bob"]}));
    assert_eq!(out["host"]["ip"], json!(["10.0.0.5"]));
    assert_eq!(out["cloud"]["service"]["name"], json!(["ec2", "iam"]));
    assert_eq!(
        out["vulnerability"],
        json!({"id": "CVE-2026-0001", "score": {"base": 9.1, "version": "3.1"}})
    );
    assert_eq!(out["aws"]["securityhub_findings"]["vulnerabilities"][0]["cvss"][0]["base_score"], 9.1);
    let legacy = Options { version: Version::Legacy, ..Options::default() };
    let old = normalize_finding(&finding, Service::SecurityHub, &legacy).unwrap();
    assert_eq!(old["event"]["kind"], "event");
}
