//! From a raw CloudTrail record to the ECS document that Elastic's AWS integration would index, and
//! the functions that compute single fields of it without building the document.
//!
//! Left to the cluster: GeoIP and ASN, the parts of the user agent, actor and target entities,
//! ingestion times. A date that cannot be read gives no field; the pipeline would also mark the
//! document `pipeline_error`.

mod dates;
mod derive;
mod document;
mod findings;
mod hosts;
mod identity;
mod java;
mod legacy;
mod modern;
mod payload;
mod prune;
#[cfg(test)]
mod tests;
mod values;

use serde_json::{Map, Value};

pub use derive::{derive, derive_from};
pub use findings::normalize_finding;
pub use payload::has_flattened_copy;
pub use values::{Values, each_at, values_at};

use crate::event::Layout;
use crate::schema::Version;

/// Which copies of the payloads a document keeps: the integration's `retain` setting
/// (`cloudtrail_to_ecs.md` §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retain {
    /// Text and flattened copies.
    #[default]
    All,
    /// Text only.
    Keyword,
    /// Flattened only.
    Flattened,
    /// Neither.
    None,
    /// Text, and the nine flattened leaves that Elastic's rules read.
    Minimal,
}

/// What to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// The generation of documents.
    pub version: Version,
    /// Which copies of the payloads to keep.
    pub retain: Retain,
    /// Whether to keep the record's text in `event.original` (and, since the integration, the tag
    /// that asks for it).
    pub preserve_original: bool,
    /// Findings: whether to keep fields whose value an ECS field has too (the tag
    /// `preserve_duplicate_custom_fields`).
    pub preserve_duplicates: bool,
}

/// What a record of CloudTrail's bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An API call, a sign-in or another event: what rules are for.
    Event,
    /// An Insights event: about unusual rates of calls.
    Insight,
    /// A digest: checksums of delivered files. No event.
    Digest,
}

/// A document and what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalized {
    /// The nested document, keys in a fixed order.
    pub document: Map<String, Value>,
    /// What the record is.
    pub kind: Kind,
}

/// The ECS document of a record of a layout; `None` where it is one already, or where it is not known
/// which document Elastic's AWS integration would make of it.
pub fn document(record: &Value, layout: Layout, options: &Options) -> Option<Map<String, Value>> {
    match layout {
        Layout::CloudTrail => Some(normalize(record, options).document),
        Layout::Ecs => None,
        Layout::Finding(service) => normalize_finding(record, service, options),
    }
}

/// Builds the ECS document of a record. Anything but an object gives a document of constants.
pub fn normalize(record: &Value, options: &Options) -> Normalized {
    let document = match options.version {
        Version::Legacy => legacy::document(record, options),
        _ => {
            let pruned = prune::prune(record).unwrap_or(Value::Null);
            modern::document(&pruned, record, options)
        }
    };
    Normalized { document: document.into_map(), kind: kind(record) }
}

/// What a record is.
pub fn kind(record: &Value) -> Kind {
    if is_digest(record) {
        Kind::Digest
    } else if record.get("insightDetails").is_some_and(|details| !details.is_null()) {
        Kind::Insight
    } else {
        Kind::Event
    }
}

fn is_digest(record: &Value) -> bool {
    record.get("eventName").is_none()
        && ["digestS3Object", "digestEndTime"].iter().any(|key| record.get(key).is_some())
}
