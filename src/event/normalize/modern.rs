//! The documents of the AWS integration, packages 7.4 to 8.9 (`cloudtrail_to_ecs.md` §2).

use serde_json::Value;

use super::document::Document;
use super::values::{any_text, get};
use super::{Options, dates, derive, hosts, payload};
use crate::schema::{Origin, Version, origins};

/// Fields that are lists in every document.
const LISTS: [&str; 4] = ["event.category", "event.type", "related.user", "related.ip"];

/// `record`: pruned; `original`: as it came.
pub(super) fn document(record: &Value, original: &Value, options: &Options) -> Document {
    let mut out = Document::default();
    for (path, origin) in origins(options.version) {
        fill(&mut out, path, origin, record, options.version);
    }
    payload::copy(original, options.version, options.retain, &mut out);
    out.set_some("aws.cloudtrail.resources", hosts::resources(record));
    out.set_some(
        "aws.cloudtrail.shared_event_id",
        ["sharedEventID", "sharedEventId"].iter().find_map(|key| record.get(key)).cloned(),
    );
    out.set_list("related.hosts", hosts::related(record));
    digest(&mut out, record);
    if options.preserve_original {
        out.set("event.original", Value::from(original.to_string()));
        out.set("tags", Value::from(vec!["preserve_original_event"]));
    }
    out
}

/// Fills one field from where the mapping table says its value comes from.
pub(super) fn fill(out: &mut Document, path: &str, origin: Origin, record: &Value, version: Version) {
    match origin {
        Origin::Constant(text) => out.set(path, Value::from(text)),
        // The parts of resources are copied with their items.
        Origin::Copy(_) if path.starts_with("aws.cloudtrail.resources.") => {}
        Origin::Copy(raw) => {
            let value = get(record, raw).filter(|value| !value.is_null()).cloned();
            let value = match value {
                // Converted to text by the modern pipelines, to a boolean by none.
                Some(Value::Bool(truth)) if raw == "managementEvent" && version != Version::Legacy => {
                    Some(Value::from(truth.to_string()))
                }
                other => other,
            };
            out.set_some(path, value);
        }
        Origin::Derived(derived) => {
            let values = derive(derived, record);
            match LISTS.contains(&path) {
                true => out.set_list(path, values),
                false => out.set_some(path, values.into_iter().next()),
            }
        }
    }
}

/// Digest files: not events, but documents of the same data stream.
fn digest(out: &mut Document, record: &Value) {
    const COPIES: [(&str, &str); 9] = [
        ("previousDigestS3Object", "previous_s3_object"),
        ("previousDigestSignature", "previous_signature"),
        ("previousDigestHashValue", "previous_hash_value"),
        ("logFiles", "log_files"),
        ("digestS3Bucket", "s3_bucket"),
        ("previousDigestS3Bucket", "previous_s3_bucket"),
        ("previousDigestHashAlgorithm", "previous_hash_algorithm"),
        ("publicKeyFingerprint", "public_key_fingerprint"),
        ("digestPublicKeyFingerprint", "public_key_fingerprint"),
    ];
    const ROOT: &str = "aws.cloudtrail.flattened.digest";
    for (raw, key) in COPIES {
        out.set_some(&format!("{ROOT}.{key}"), record.get(raw).cloned());
    }
    out.set_some(&format!("{ROOT}.signature_algorithm"), record.get("digestSignatureAlgorithm").cloned());
    digest_dates(out, record, ROOT);
    out.set_list("related.hash", any_text(record, "previousDigestHashValue").into_iter().collect());
}

/// The four dates of a digest below `root`; the end is the document's own time.
pub(super) fn digest_dates(out: &mut Document, record: &Value, root: &str) {
    for (raw, key) in [
        ("digestStartTime", "start_time"),
        ("digestEndTime", "end_time"),
        ("newestEventTime", "newest_event_time"),
        ("oldestEventTime", "oldest_event_time"),
    ] {
        let time = any_text(record, raw).and_then(|text| dates::parse(&text)).map(dates::print);
        if raw == "digestEndTime" {
            out.set_some("@timestamp", time.clone());
        }
        out.set_some(&format!("{root}.{key}"), time);
    }
}
