//! What indexed CloudTrail documents are like beyond the types of their fields: which fields every
//! index maps, and which hold at most one value. Languages that fail on unknown columns, or lose
//! lists, depend on it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::ir::{Field, FieldType, Vocabulary};
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

/// Whether every index of such documents maps the field. A key below a `flattened` root has no
/// mapping of its own and needs none.
pub(super) fn is_always_mapped(field: &Field, version: Version) -> bool {
    let path = base_field(&field.path);
    let known = field.ty != FieldType::Unknown && reach(field, Shape::CloudTrail, version) != Reach::Never;
    known && (path.starts_with("aws.cloudtrail.") || EVERYWHERE.contains(&path))
}

static SCALARS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    // `resources` is a list of objects, so each of its keys has a value an object.
    names(Vocabulary::CloudTrail).into_iter().filter(|path| !path.starts_with("resources.")).collect()
});

/// Whether no document holds a list here: a constant, a function with one result, or a key of the
/// record that AWS documents as a scalar. Below payloads anything may stand.
pub(super) fn has_one_value(field: &Field, version: Version) -> bool {
    match reach(field, Shape::CloudTrail, version) {
        Reach::Constant(_) => true,
        Reach::Path { path, .. } => SCALARS.contains(path.as_str()),
        Reach::Derived(derived) => !matches!(
            derived,
            Derived::Category(_) | Derived::Type(_) | Derived::RelatedUser(_) | Derived::RelatedIp
        ),
        Reach::Flattened { .. } | Reach::Document(_) | Reach::Enrichment(_) | Reach::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::predicate::ecs;

    #[test]
    fn lists_are_told_from_single_values() {
        let one = |path| has_one_value(&ecs(path), Version::V8_9);
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
        let mapped = |path, version| is_always_mapped(&ecs(path), version);
        assert!(mapped("aws.cloudtrail.error_code", Version::V8_9));
        assert!(mapped("event.action", Version::V8_9));
        assert!(mapped("data_stream.dataset", Version::V8_9));
        assert!(!mapped("data_stream.dataset", Version::Legacy));
        assert!(!mapped("user.target.name", Version::V8_9));
        assert!(!mapped("aws.cloudtrail.no_such_field", Version::V8_9));
    }
}
