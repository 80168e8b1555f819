//! What the corpora's pairs do not show; expectations from `cloudtrail_to_ecs.md`.

use serde_json::{Value, json};

use super::{Kind, Options, Retain, has_flattened_copy, normalize};
use crate::schema::Version;

fn build(record: &Value, options: Options) -> Value {
    Value::Object(normalize(record, &options).document)
}

fn at(record: &Value, version: Version, path: &str) -> Value {
    let document = build(record, Options { version, ..Options::default() });
    path.split('.').fold(document, |value, key| value.get(key).cloned().unwrap_or(Value::Null))
}

fn newest(record: &Value, path: &str) -> Value {
    at(record, Version::V8_9, path)
}

/// §2 "AWS-service actor" and §8, row 8.9.0.
#[test]
fn services_are_no_users_since_8_9() {
    let role = json!({"userIdentity": {"type": "AssumedRole", "principalId": "AROA:s",
        "arn": "arn:aws:sts::1:assumed-role/AWSServiceRoleForX/s",
        "sessionContext": {"sessionIssuer": {"userName": "AWSServiceRoleForX",
            "arn": "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"}}}});
    assert_eq!(newest(&role, "service.name"), "x.amazonaws.com");
    assert_eq!(newest(&role, "user"), Value::Null);
    assert_eq!(newest(&role, "related.user"), json!(["s"]), "the session's name stays");
    assert_eq!(at(&role, Version::V7_4, "service"), Value::Null);
    assert_eq!(at(&role, Version::V7_4, "user"), json!({"name": "AWSServiceRoleForX", "id": "AROA:s"}));

    let service = json!({"userIdentity": {"type": "AWSService", "invokedBy": "config.amazonaws.com"}});
    assert_eq!(newest(&service, "service.name"), "config.amazonaws.com");
    let person =
        json!({"userIdentity": {"type": "IAMUser", "userName": "a", "invokedBy": "signin.amazonaws.com"}});
    assert_eq!(newest(&person, "service"), Value::Null, "never decided from invokedBy alone");
    assert_eq!(newest(&person, "user.name"), "a");
}

/// §2, row sessionIssuer.userName, and §8, first row.
#[test]
fn the_issuer_names_the_user_of_a_role_session() {
    let record = |kind: &str| {
        json!({"userIdentity": {"type": kind, "userName": "own",
            "sessionContext": {"sessionIssuer": {"userName": "Issuer"}}}})
    };
    assert_eq!(newest(&record("AssumedRole"), "user.name"), "Issuer");
    assert_eq!(newest(&record("FederatedUser"), "user.name"), "Issuer");
    assert_eq!(newest(&record("IAMUser"), "user.name"), "own");
    assert_eq!(at(&record("AssumedRole"), Version::Legacy, "user.name"), "own");
}

/// §3.
#[test]
fn outcomes() {
    let login = |result: &str| {
        json!({"eventName": "ConsoleLogin", "errorMessage": "Failed authentication",
            "responseElements": {"ConsoleLogin": result}})
    };
    for version in Version::ALL {
        assert_eq!(at(&login("Success"), version, "event.outcome"), "success");
        assert_eq!(at(&login("Failure"), version, "event.outcome"), "failure");
        assert_eq!(at(&json!({"errorMessage": "x"}), version, "event.outcome"), "failure");
        assert_eq!(at(&json!({"errorCode": null}), version, "event.outcome"), "success");
    }
}

/// §2: resources, addresses and hosts.
#[test]
fn resources_and_hosts() {
    let resource = json!({"ARN": "arn:aws:ec2:r:1:instance/i-0123456789", "accountId": "1", "type": "T"});
    let record = json!({"resources": [resource, resource], "sourceIPAddress": "host.example.com",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1111111111"}, {"instanceId": "i-1"}]}}});
    assert_eq!(
        newest(&record, "aws.cloudtrail.resources"),
        json!([{"type": "T", "arn": "arn:aws:ec2:r:1:instance/i-0123456789", "account_id": "1"}])
    );
    assert_eq!(newest(&record, "related.hosts"), json!(["host.example.com", "i-0123456789", "i-1111111111"]));
    assert_eq!(newest(&record, "source"), json!({"address": "host.example.com"}));
    let bad = json!({"sourceIPAddress": "225.178.039.250"});
    assert_eq!(newest(&bad, "source"), json!({"address": "225.178.039.250"}), "a leading zero is no address");
}

/// §7.
#[test]
fn retain_chooses_the_copies() {
    let record = json!({"requestParameters": {"policyArn": "p", "other": "o"}});
    let kept = |retain| {
        let document = build(&record, Options { retain, ..Options::default() });
        let cloudtrail = &document["aws"]["cloudtrail"];
        (
            cloudtrail.get("request_parameters").is_some(),
            cloudtrail["flattened"]["request_parameters"].clone(),
        )
    };
    let both = json!({"policyArn": "p", "other": "o"});
    assert_eq!(kept(Retain::All), (true, both.clone()));
    assert_eq!(kept(Retain::Keyword), (true, Value::Null));
    assert_eq!(kept(Retain::Flattened), (false, both));
    assert_eq!(kept(Retain::None), (false, Value::Null));
    assert_eq!(kept(Retain::Minimal), (true, json!({"policyArn": "p"})));
}

/// §2: the flattened copy needs a text below 32,766 characters; `{k=` and `}` are four of them.
#[test]
fn long_payloads_have_no_flattened_copy() {
    for (length, copied) in [(32_761, true), (32_762, false)] {
        let payload = json!({"k": "x".repeat(length)});
        let record = json!({"requestParameters": payload});
        let copy = newest(&record, "aws.cloudtrail.flattened.request_parameters.k");
        assert_eq!(!copy.is_null(), copied);
        assert!(newest(&record, "aws.cloudtrail.request_parameters").is_string());
        assert_eq!(has_flattened_copy(&payload.to_string(), Version::V8_9), copied);
    }
}

/// §2, last rows.
#[test]
fn digests_are_recognised_and_dated_by_their_end() {
    let record = json!({"digestS3Object": "o", "digestEndTime": "2020-09-11T19:36:49Z", "awsAccountId": "1",
        "previousDigestHashValue": "h"});
    let normalized = normalize(&record, &Options::default());
    assert_eq!(normalized.kind, Kind::Digest);
    assert_eq!(newest(&record, "@timestamp"), "2020-09-11T19:36:49.000Z");
    assert_eq!(newest(&record, "file.path"), "o");
    assert_eq!(newest(&record, "related.hash"), json!(["h"]));
    assert_eq!(newest(&record, "aws.cloudtrail.flattened.digest.previous_hash_value"), "h");
    assert_eq!(newest(&record, "cloud.account.id"), "1");
}

#[test]
fn the_original_is_kept_on_demand_and_anything_is_survived() {
    let record = json!({"eventName": "A"});
    let options = Options { preserve_original: true, ..Options::default() };
    assert_eq!(build(&record, options)["event"]["original"], r#"{"eventName":"A"}"#);
    for odd in [json!(null), json!([]), json!("x"), json!({"userIdentity": [1], "resources": {"ARN": 1}})] {
        for version in Version::ALL {
            assert_eq!(at(&odd, version, "event.kind"), "event");
        }
    }
}
