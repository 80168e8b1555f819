//! Fields: a path in a vocabulary, and what type its values have there.

use std::fmt;

use super::Service;

/// The naming system that a field path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vocabulary {
    /// Elastic Common Schema plus the fields of Elastic's AWS integration.
    Ecs,
    /// The keys of a raw CloudTrail record.
    CloudTrail,
    /// Raw CloudTrail keys plus Threat Stack's flat aliases (`user`, `ip`, `region`, …).
    ThreatStack,
    /// Names that Splunk's add-on for AWS gives to `aws:cloudtrail` events.
    Splunk,
    /// The keys of a finding as the service itself writes it.
    Finding(Service),
}

impl Vocabulary {
    /// Every vocabulary.
    pub const ALL: [Vocabulary; 8] = [
        Vocabulary::Ecs,
        Vocabulary::CloudTrail,
        Vocabulary::ThreatStack,
        Vocabulary::Splunk,
        Vocabulary::Finding(Service::GuardDuty),
        Vocabulary::Finding(Service::SecurityHub),
        Vocabulary::Finding(Service::Inspector),
        Vocabulary::Finding(Service::Macie),
    ];

    /// The name used in listings and in rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Vocabulary::Ecs => "ecs",
            Vocabulary::CloudTrail => "cloudtrail",
            Vocabulary::ThreatStack => "threat-stack",
            Vocabulary::Splunk => "splunk",
            Vocabulary::Finding(service) => service.as_str(),
        }
    }
}

/// The type of a field in its vocabulary; decides what a comparison without a type of its own
/// (KQL `field: value`) means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Exact text. Values longer than `ignore_above` characters are not indexed: no comparison and
    /// no existence test sees them.
    Keyword {
        /// Elasticsearch's `ignore_above`, in characters.
        ignore_above: Option<u32>,
    },
    /// Analysed text.
    Text,
    /// A whole number.
    Long,
    /// A floating-point number.
    Double,
    /// True or false.
    Boolean,
    /// A point in time.
    Date,
    /// An IPv4 or IPv6 address.
    Ip,
    /// The root of a `flattened` object: a test sees all its leaves.
    Flattened,
    /// A key below a `flattened` root: every leaf is a keyword, ranges compare text.
    FlattenedLeaf,
    /// An array of objects whose members keep their pairing.
    Nested,
    /// An object; has no value of its own.
    Object,
    /// Raw JSON of no declared type (raw CloudTrail, Threat Stack): a comparison brings its own.
    Json,
    /// Not in the vocabulary. A finding; behaves as keyword.
    Unknown,
}

impl FieldType {
    /// A keyword without a length limit.
    pub const KEYWORD: FieldType = FieldType::Keyword { ignore_above: None };

    /// The longest value that is indexed, in characters, where the type sets a limit.
    pub fn ignore_above(self) -> Option<u32> {
        match self {
            FieldType::Keyword { ignore_above } => ignore_above,
            _ => None,
        }
    }

    /// The name used in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldType::Keyword { .. } => "keyword",
            FieldType::Text => "text",
            FieldType::Long => "long",
            FieldType::Double => "double",
            FieldType::Boolean => "boolean",
            FieldType::Date => "date",
            FieldType::Ip => "ip",
            FieldType::Flattened => "flattened",
            FieldType::FlattenedLeaf => "flattened leaf",
            FieldType::Nested => "nested",
            FieldType::Object => "object",
            FieldType::Json => "json",
            FieldType::Unknown => "unknown",
        }
    }
}

/// A field as a rule names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// Whose name it is.
    pub vocabulary: Vocabulary,
    /// The dotted path: `event.action`, `userIdentity.type`.
    pub path: String,
    /// Its type there.
    pub ty: FieldType,
}

impl Field {
    /// A field of a known type.
    pub fn new(vocabulary: Vocabulary, path: impl Into<String>, ty: FieldType) -> Self {
        Field { vocabulary, path: path.into(), ty }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}
