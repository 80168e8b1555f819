//! A rule: one detection with everything around it.

use std::sync::Arc;

use super::{
    Detection, Exception, ExceptionList, Metadata, Schedule, Service, Suppression, Value, Vocabulary,
};
use crate::diagnostic::{Source, Span, TextMap};

/// The kind of events a rule is written for; it is never run on another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Input {
    /// CloudTrail API, console and service events.
    CloudTrail,
    /// Something else, by the name of its data set or feed: `aws.guardduty`, `host`.
    Other(String),
}

impl Input {
    /// The name used in rule files and listings.
    pub fn as_str(&self) -> &str {
        match self {
            Input::CloudTrail => "cloudtrail",
            Input::Other(name) => name,
        }
    }

    /// The service whose findings the rule reads, if it reads findings of a known one.
    pub fn service(&self) -> Option<Service> {
        match self {
            Input::CloudTrail => None,
            Input::Other(name) => Service::parse(name),
        }
    }
}

/// Query languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Kibana Query Language.
    Kuery,
    /// Lucene query strings.
    Lucene,
    /// Event Query Language.
    Eql,
    /// Elasticsearch's piped language.
    Esql,
    /// Threat Stack filters.
    ThreatStack,
    /// Splunk's search language.
    Spl,
}

impl Language {
    /// The name as rule files write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Kuery => "kuery",
            Language::Lucene => "lucene",
            Language::Eql => "eql",
            Language::Esql => "esql",
            Language::ThreatStack => "threat-stack",
            Language::Spl => "spl",
        }
    }

    /// Reads a name; accepts `kql` and `threatstack` too.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "kuery" | "kql" => Language::Kuery,
            "lucene" => Language::Lucene,
            "eql" => Language::Eql,
            "esql" => Language::Esql,
            "threat-stack" | "threatstack" => Language::ThreatStack,
            "spl" => Language::Spl,
            _ => return None,
        })
    }
}

/// The format a rule was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A TOML file as in elastic/detection-rules.
    ElasticToml,
    /// A line of a Kibana export or import.
    KibanaNdjson,
    /// A rule object of the Threat Stack API.
    ThreatStackJson,
    /// A bare Threat Stack filter.
    ThreatStackFilter,
    /// A bare SPL search.
    SplunkSearch,
    /// A stanza of Splunk's `savedsearches.conf`.
    SplunkSavedSearch,
    /// trailsmith's own YAML.
    Trailsmith,
}

impl Format {
    /// The name used in listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::ElasticToml => "elastic-toml",
            Format::KibanaNdjson => "kibana",
            Format::ThreatStackJson => "threat-stack",
            Format::ThreatStackFilter => "threat-stack-filter",
            Format::SplunkSearch => "splunk-search",
            Format::SplunkSavedSearch => "splunk-savedsearch",
            Format::Trailsmith => "trailsmith",
        }
    }
}

/// A query as its author wrote it, and the way from its offsets to the file's.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryText {
    /// Its language.
    pub language: Language,
    /// The text, unescaped.
    pub text: String,
    /// From offsets in `text` to offsets in the file.
    pub map: TextMap,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The source's own id, or a UUIDv5 of its place.
    pub id: String,
    /// Whether `id` was derived because the source has none.
    pub id_is_derived: bool,
    /// The events it is written for.
    pub input: Input,
    /// The vocabulary of its fields.
    pub vocabulary: Vocabulary,
    /// The format it was read from.
    pub format: Format,
    /// The type as the source names it (`query`, `threshold`, `CloudTrail`).
    pub source_type: Option<String>,
    /// What it says about itself.
    pub metadata: Metadata,
    /// The query as written.
    pub query: Option<QueryText>,
    /// Elastic index patterns.
    pub index: Option<Vec<String>>,
    /// Elastic `filters` in Query DSL, as written; ANDed into the detection's predicate.
    pub filters: Option<Vec<Value>>,
    /// What it detects.
    pub detection: Detection,
    /// Events for which one of these is true never count (Threat Stack suppressions, exception
    /// items).
    pub exceptions: Vec<Exception>,
    /// References to exception lists.
    pub exception_lists: Option<Vec<ExceptionList>>,
    /// Alerts folded into one.
    pub suppression: Option<Suppression>,
    /// When it runs.
    pub schedule: Schedule,
    /// The file it stands in.
    pub source: Arc<Source>,
    /// Where in that file the whole rule stands.
    pub origin: Span,
}

impl Rule {
    /// The rule's name.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// The severity's word, or an empty text.
    pub fn severity(&self) -> &'static str {
        self.metadata.severity.as_ref().map_or("", |severity| severity.level.as_str())
    }
}
