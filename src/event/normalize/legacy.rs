//! The documents of Filebeat 7.17's module (`cloudtrail_to_ecs.md` §8): nothing is pruned, and what
//! the pipeline could not move is lost.

use serde_json::Value;

use super::document::Document;
use super::modern::{digest_dates, fill};
use super::values::{any_text, get};
use super::{Options, dates, identity, payload};
use crate::schema::{Derived, Origin, Version, category, origins};

/// `record`: as it came.
pub(super) fn document(record: &Value, options: &Options) -> Document {
    let mut out = Document::default();
    for (path, origin) in origins(Version::Legacy) {
        match origin {
            Origin::Derived(Derived::Type(_)) => out.set(path, kind(record)),
            _ => fill(&mut out, path, origin, record, Version::Legacy),
        }
    }
    let raw = |path| any_text(record, path);
    let created = raw("userIdentity.sessionContext.attributes.creationDate");
    out.set_some(
        "aws.cloudtrail.user_identity.session_context.creation_date",
        created.and_then(|text| dates::parse(&text)).map(dates::print),
    );
    payload::copy(record, Version::Legacy, options.retain, &mut out);
    // `resources` is a list in every known record, and its keys could not be moved out of a list.
    for (from, to) in [("ARN", "arn"), ("accountId", "account_id"), ("type", "type")] {
        let value = get(record, "resources").and_then(|resources| resources.get(from)).cloned();
        out.set_some(&format!("aws.cloudtrail.resources.{to}"), value);
    }
    console_login(&mut out, record);
    out.set_some("event.outcome", outcome(record));
    let users = ["userIdentity.userName", "requestParameters.userName", "requestParameters.newUserName"];
    out.set_list("related.user", identity::distinct(users.into_iter().filter_map(raw)));
    digest(&mut out, record);
    if options.preserve_original {
        out.set("event.original", Value::from(record.to_string()));
    }
    out
}

/// A plain text by default, a list from the table.
fn kind(record: &Value) -> Value {
    let found = any_text(record, "eventName").and_then(|name| category(&name, Version::Legacy));
    found.map_or_else(|| Value::from("info"), |row| Value::from(row.kind.clone()))
}

/// The pipeline asks below `aws.cloudtrail`, which digests do not have at that point.
fn outcome(record: &Value) -> Option<String> {
    if super::is_digest(record) {
        return None;
    }
    if any_text(record, "eventName").as_deref() == Some("ConsoleLogin")
        && let Some(result) = any_text(record, "responseElements.ConsoleLogin")
    {
        return Some(result.to_lowercase());
    }
    let failed = ["errorCode", "errorMessage"].into_iter().any(|path| any_text(record, path).is_some());
    Some(if failed { "failure" } else { "success" }.to_owned())
}

fn console_login(out: &mut Document, record: &Value) {
    if any_text(record, "eventName").as_deref() != Some("ConsoleLogin") {
        return;
    }
    let root = "aws.cloudtrail.console_login.additional_eventdata";
    for (raw, key) in [("MobileVersion", "mobile_version"), ("MFAUsed", "mfa_used")] {
        let value = any_text(record, &format!("additionalEventData.{raw}"));
        out.set_some(&format!("{root}.{key}"), value.map(|value| value != "No"));
    }
    out.set_some(&format!("{root}.login_to"), any_text(record, "additionalEventData.LoginTo"));
}

fn digest(out: &mut Document, record: &Value) {
    if !super::is_digest(record) {
        return;
    }
    let root = "aws.cloudtrail.digest";
    for (raw, key) in [
        ("logFiles", "log_files"),
        ("digestS3Bucket", "s3_bucket"),
        ("previousDigestS3Bucket", "previous_s3_bucket"),
        ("previousDigestHashAlgorithm", "previous_hash_algorithm"),
        ("publicKeyFingerprint", "public_key_fingerprint"),
        ("digestSignatureAlgorithm", "signature_algorithm"),
    ] {
        out.set_some(&format!("{root}.{key}"), record.get(raw).cloned());
    }
    digest_dates(out, record, root);
    out.set_some("cloud.account.id", record.get("awsAccountId").cloned());
    if any_text(record, "previousDigestHashAlgorithm").as_deref() == Some("SHA-256") {
        out.set_some("file.hash.sha256", record.get("previousDigestSignature").cloned());
    }
}
