//! What indexed CloudTrail documents are like beyond the types of their fields: which fields every
//! index maps, and which hold at most one value. Languages that fail on unknown columns, or lose
//! lists, depend on it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::ir::{Field, FieldType, Input, Rule, Vocabulary};
use crate::schema::{Derived, Reach, Shape, Version, base_field, names, reach};

/// Fields of nearly every document, so that every index has them mapped. The package's own field
/// file declares `aws.cloudtrail.*`; other ECS fields are mapped when a document first brings one.
const EVERYWHERE: [&str; 21] = [
    "@timestamp",
    "cloud.account.id",
    "cloud.provider",
    "cloud.region",
    "data_stream.dataset",
    "data_stream.namespace",
    "data_stream.type",
    "event.action",
    "event.category",
    "event.dataset",
    "event.id",
    "event.kind",
    "event.module",
    "event.outcome",
    "event.provider",
    "event.type",
    "source.address",
    "source.ip",
    "user.id",
    "user.name",
    "user_agent.original",
];

/// Fields of the documents of every integration; they say where a document belongs, and when.
const ANY_INTEGRATION: [&str; 7] = [
    "@timestamp",
    "data_stream.dataset",
    "data_stream.namespace",
    "data_stream.type",
    "event.dataset",
    "event.kind",
    "event.module",
];

static SCALARS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    // `resources` is a list of objects, so each of its keys has a value an object.
    names(Vocabulary::CloudTrail).into_iter().filter(|path| !path.starts_with("resources.")).collect()
});

/// The documents that a query reads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Documents {
    /// Their generation.
    pub version: Version,
    /// Whether they are CloudTrail events. Little is known of others.
    pub cloudtrail: bool,
}

impl Documents {
    /// The documents that a rule reads.
    pub fn of(rule: &Rule, version: Version) -> Self {
        Documents { version, cloudtrail: rule.input == Input::CloudTrail }
    }

    /// Whether every index of such documents maps the field. A key below a `flattened` root has no
    /// mapping of its own and needs none.
    pub fn is_always_mapped(self, field: &Field) -> bool {
        let path = base_field(&field.path);
        if field.ty == FieldType::Unknown || reach(field, Shape::CloudTrail, self.version) == Reach::Never {
            return false;
        }
        match self.cloudtrail {
            true => path.starts_with("aws.cloudtrail.") || EVERYWHERE.contains(&path),
            false => ANY_INTEGRATION.contains(&path),
        }
    }

    /// Whether no document holds a list here: a constant, a function with one result, or a key of the
    /// record that AWS documents as a scalar. Below payloads anything may stand.
    pub fn has_one_value(self, field: &Field) -> bool {
        if !self.cloudtrail {
            return ANY_INTEGRATION.contains(&field.path.as_str());
        }
        match reach(field, Shape::CloudTrail, self.version) {
            Reach::Constant(_) => true,
            Reach::Path { path, .. } => SCALARS.contains(path.as_str()),
            Reach::Derived(derived) => !matches!(
                derived,
                Derived::Category(_) | Derived::Type(_) | Derived::RelatedUser(_) | Derived::RelatedIp
            ),
            Reach::Flattened { .. } | Reach::Document(_) | Reach::Enrichment(_) | Reach::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::ecs;

    #[test]
    fn lists_are_told_from_single_values() {
        let documents = Documents { version: Version::V8_9, cloudtrail: true };
        let one = |path| documents.has_one_value(&ecs(path));
        for path in ["event.action", "@timestamp", "source.ip", "user.name", "data_stream.dataset"] {
            assert!(one(path), "{path}");
        }
        assert!(one("aws.cloudtrail.request_parameters") && one("aws.cloudtrail.read_only"));
        // Lists by ECS, a list of objects in the record, and keys of a payload.
        for path in ["event.type", "related.user", "aws.cloudtrail.resources.arn", "user.target.name", "tags"]
        {
            assert!(!one(path), "{path}");
        }
    }

    #[test]
    fn what_the_package_does_not_map_may_be_missing() {
        let mapped = |path, version| Documents { version, cloudtrail: true }.is_always_mapped(&ecs(path));
        assert!(mapped("aws.cloudtrail.error_code", Version::V8_9));
        assert!(mapped("event.action", Version::V8_9));
        assert!(mapped("data_stream.dataset", Version::V8_9));
        assert!(!mapped("data_stream.dataset", Version::Legacy));
        assert!(!mapped("user.target.name", Version::V8_9));
        assert!(!mapped("aws.cloudtrail.no_such_field", Version::V8_9));
        let findings = Documents { version: Version::V8_9, cloudtrail: false };
        assert!(
            !findings.is_always_mapped(&ecs("event.action")) && !findings.has_one_value(&ecs("source.ip"))
        );
        assert!(findings.is_always_mapped(&ecs("data_stream.dataset")));
    }
}
