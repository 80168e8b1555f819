//! The vocabularies: which fields there are and of which type.

use std::sync::LazyLock;

use super::FieldTypes;
use super::finding::{document_fields, raw_keys};
use super::table::{Table, prefixes, rows};
use crate::ir::{FieldType, Glob, Service, Vocabulary};

static ECS: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    for [path, ty, ignore_above, multi] in rows(include_str!("data/ecs.tsv")) {
        table.add(path, field_type(ty, ignore_above.parse().ok()));
        if multi == "text" {
            table.add_multi_field(path, "text", FieldType::Text);
        }
    }
    for (path, ty, ignore_above) in document_fields() {
        let object = ty == "object";
        let path: &'static str = path.leak();
        if table.field_type(path) == FieldType::Unknown || object {
            table.add(path, field_type(ty, ignore_above));
        }
        if object {
            table.add_below(path, FieldType::KEYWORD);
        }
    }
    table
});

fn field_type(ty: &str, ignore_above: Option<u32>) -> FieldType {
    match ty {
        "text" => FieldType::Text,
        "long" => FieldType::Long,
        "double" => FieldType::Double,
        "boolean" => FieldType::Boolean,
        "date" => FieldType::Date,
        "ip" => FieldType::Ip,
        "flattened" => FieldType::Flattened,
        "nested" => FieldType::Nested,
        "object" => FieldType::Object,
        _ => FieldType::Keyword { ignore_above },
    }
}

/// Whether a field of the ECS vocabulary is one of Elastic Common Schema 8.11 itself, not of the AWS
/// integration, of Beats, of alerts or of a later version.
pub fn is_ecs(path: &str) -> bool {
    const BESIDE: [&str; 12] = [
        "actor.",
        "aws.",
        "entity.",
        "fileset.",
        "host.target.",
        "input.",
        "kibana.",
        "log.offset",
        "resource.",
        "result.",
        "rule.references",
        "rule.remediation",
    ];
    ECS.field_type(path) != FieldType::Unknown
        && !BESIDE.iter().any(|prefix| path.starts_with(prefix))
        && !path.split('.').any(|part| part == "entity")
}

static CLOUDTRAIL: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    add_raw(&mut table);
    table
});

static THREAT_STACK: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::default();
    add_raw(&mut table);
    for [name] in rows(include_str!("data/threat_stack.tsv")) {
        table.add(name, FieldType::Json);
    }
    table
});

static SPLUNK: LazyLock<SplunkTypes> = LazyLock::new(|| {
    let mut table = Table::default();
    add_raw(&mut table);
    for [name] in rows(include_str!("data/splunk.tsv")) {
        table.add(name, FieldType::Json);
    }
    SplunkTypes(table)
});

static FINDINGS: LazyLock<[Table; 4]> = LazyLock::new(|| {
    Service::ALL.map(|service| {
        let mut table = Table::default();
        for (path, open) in raw_keys(service) {
            let path: &'static str = path.leak();
            table.add(path, FieldType::Json);
            if open {
                table.add_below(path, FieldType::Json);
            }
        }
        table
    })
});

fn add_raw(table: &mut Table) {
    for [path, kind] in rows(include_str!("data/cloudtrail.tsv")) {
        match kind {
            "object" => table.add(path, FieldType::Object),
            _ => table.add(path, FieldType::Json),
        }
        if kind == "open" {
            table.add_below(path, FieldType::Json);
        }
    }
}

/// Raw paths with `{}` after every array.
struct SplunkTypes(Table);

impl FieldTypes for SplunkTypes {
    fn field_type(&self, path: &str) -> FieldType {
        self.0.field_type(&path.replace("{}", ""))
    }

    fn expand(&self, pattern: &Glob) -> Vec<String> {
        self.0.expand(pattern)
    }
}

/// Elastic Common Schema 8.11 and the fields of the AWS integration.
pub fn ecs() -> &'static dyn FieldTypes {
    &*ECS
}

/// The keys of a raw CloudTrail record. Everything with a value is [`FieldType::Json`].
pub fn cloudtrail() -> &'static dyn FieldTypes {
    &*CLOUDTRAIL
}

/// Threat Stack's keys: the raw ones, the flat aliases and the keys of its host events.
pub fn threat_stack() -> &'static dyn FieldTypes {
    &*THREAT_STACK
}

/// Splunk's names: the raw paths (arrays as `{}`) and the aliases of the add-on for AWS.
pub fn splunk() -> &'static dyn FieldTypes {
    &*SPLUNK
}

/// The keys of a service's findings as the service writes them. Everything with a value is
/// [`FieldType::Json`].
pub fn finding(service: Service) -> &'static dyn FieldTypes {
    &FINDINGS[service.number()]
}

/// The table of a vocabulary.
pub fn types(vocabulary: Vocabulary) -> &'static dyn FieldTypes {
    match vocabulary {
        Vocabulary::Ecs => ecs(),
        Vocabulary::CloudTrail => cloudtrail(),
        Vocabulary::ThreatStack => threat_stack(),
        Vocabulary::Splunk => splunk(),
        Vocabulary::Finding(service) => finding(service),
    }
}

/// Every name of a vocabulary, in order; keys below open objects are not enumerable.
pub fn names(vocabulary: Vocabulary) -> Vec<&'static str> {
    let table: &'static Table = match vocabulary {
        Vocabulary::Ecs => &ECS,
        Vocabulary::CloudTrail => &CLOUDTRAIL,
        Vocabulary::ThreatStack => &THREAT_STACK,
        Vocabulary::Splunk => &SPLUNK.0,
        Vocabulary::Finding(service) => &FINDINGS[service.number()],
    };
    table.names().collect()
}

/// The field that a multi-field belongs to (`user.name` for `user.name.text`); any other path is
/// returned as it is.
pub fn base_field(path: &str) -> &str {
    match prefixes(path).nth(1) {
        Some(base) if path.ends_with(".text") && ECS.field_type(path) == FieldType::Text => {
            match ECS.field_type(base) {
                FieldType::Keyword { .. } => base,
                _ => path,
            }
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecs_fields_have_their_types() {
        let ty = |path| ecs().field_type(path);
        assert_eq!(ty("event.action"), FieldType::Keyword { ignore_above: Some(1024) });
        assert_eq!(
            ty("aws.cloudtrail.request_parameters"),
            FieldType::Keyword { ignore_above: Some(8191) },
            "fields.yml of the integration"
        );
        assert_eq!(ty("aws.cloudtrail.request_parameters.text"), FieldType::Text);
        assert_eq!(ty("aws.cloudtrail.flattened.request_parameters"), FieldType::Flattened);
        assert_eq!(ty("aws.cloudtrail.flattened.request_parameters.a.b"), FieldType::FlattenedLeaf);
        assert_eq!(ty("aws.cloudtrail.read_only"), FieldType::Boolean);
        assert_eq!(ty("source.ip"), FieldType::Ip);
        assert_eq!(ty("aws.cloudtrail"), FieldType::Object);
        assert_eq!(ty("aws.cloudtrail.user_identity.name"), FieldType::Unknown);
        assert_eq!(ty("labels.team"), FieldType::Keyword { ignore_above: Some(1024) });
        assert_eq!(ty("eventName"), FieldType::Unknown);
        assert_eq!(base_field("user.name.text"), "user.name");
        assert_eq!(
            base_field("aws.cloudtrail.flattened.request_parameters.text"),
            "aws.cloudtrail.flattened.request_parameters.text"
        );
    }

    #[test]
    fn raw_keys_are_json_and_open_below_payloads() {
        assert_eq!(cloudtrail().field_type("eventName"), FieldType::Json);
        assert_eq!(cloudtrail().field_type("requestParameters.any.thing"), FieldType::Json);
        assert_eq!(cloudtrail().field_type("userIdentity.nonsense"), FieldType::Unknown);
        assert_eq!(cloudtrail().field_type("eventname"), FieldType::Unknown);
        assert_eq!(cloudtrail().field_type("ip"), FieldType::Unknown);
        assert_eq!(threat_stack().field_type("ip"), FieldType::Json);
        assert_eq!(threat_stack().field_type("tty"), FieldType::Json);
        assert_eq!(splunk().field_type("resources{}.ARN"), FieldType::Json);
    }
}
