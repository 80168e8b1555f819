//! The targets `kibana` and `elastic-toml`: the same rule in two formats.

use crate::backend::capability::{Capabilities, Feature};
use crate::backend::elastic::{HOLDS, moved};
use crate::backend::loss::{Artefact, Loss};
use crate::backend::target::{Made, Options, Target};
use crate::backend::{codes, elastic_toml, kibana};
use crate::diagnostic::Severity;
use crate::ir::{Format, Language, Rule};

/// The API's object, one a line of an import.
#[derive(Debug)]
pub struct Kibana;

/// A file of elastic/detection-rules.
#[derive(Debug)]
pub struct ElasticToml;

/// A query in KQL with Elastic's own thresholds and new terms; rules that came from Elastic keep their
/// queries in every language.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::EqualsAnyCase, "KQL compares keywords with their case"),
        (Feature::PatternAnyCase, "KQL compares keywords with their case"),
        (Feature::OneCharacter, "the only wildcard of KQL is `*`"),
        (Feature::FlattenedPrefix, "Kibana's wildcard forgets the key"),
        (Feature::FlattenedPattern, "Kibana's wildcard forgets the key"),
        (Feature::TextRangeBothEnds, "a range of KQL has one end"),
        (Feature::FlattenedRange, "Elasticsearch refuses a range with one end there"),
    ],
    limits: &[
        (Feature::Number, "on values indexed as text: equality and small upper bounds of whole numbers"),
        (Feature::AddressRange, "one end"),
        (Feature::WordPattern, "without white space; ranges with one end"),
        (Feature::Threshold, "over the range of each run"),
    ],
    holds: Some(HOLDS),
};

impl Target for Kibana {
    fn name(&self) -> &'static str {
        "kibana"
    }

    fn summary(&self) -> &'static str {
        "a line of NDJSON that Kibana imports"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "ndjson"
    }

    fn carries_opaque(&self) -> bool {
        true
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let (moved, text) = moved(rule, options, losses)?;
        if rule.format == Format::ElasticToml {
            beside(rule, losses);
        }
        let query = match &text {
            Some(text) => Some((Language::Kuery, text.as_str())),
            None => kibana::own_query(&moved),
        };
        Ok(Artefact::Json(kibana::import(&moved, query, losses)))
    }
}

impl Target for ElasticToml {
    fn name(&self) -> &'static str {
        "elastic-toml"
    }

    fn summary(&self) -> &'static str {
        "a TOML file as in elastic/detection-rules"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "toml"
    }

    fn carries_opaque(&self) -> bool {
        true
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let (moved, text) = moved(rule, options, losses)?;
        items(rule, losses);
        Ok(Artefact::Text(match &text {
            Some(text) => elastic_toml::write_with(&moved, Some((Language::Kuery, text))),
            None => elastic_toml::write(&moved),
        }))
    }
}

/// Tables of a TOML file that are about the file, not part of the rule.
fn beside(rule: &Rule, losses: &mut Vec<Loss>) {
    // `transform` is filled into the note.
    let outside = |key: &String| key != "rule" && key != "transform";
    for extra in rule.metadata.extra.iter().filter(|extra| extra.path.first().is_none_or(outside)) {
        let key = extra.path.join(".");
        let message = format!("`{key}` is about the file; Kibana's rules have no place for it");
        let loss = Loss::new(&codes::LOSS_METADATA, key, message).at(extra.origin);
        losses.push(Loss { severity: Severity::Info, ..loss });
    }
}

/// Exception items of an Elastic rule stand beside it, and a TOML file has no place for them. (Kibana
/// imports them from lines of their own, which `compile` prints behind the rules.)
fn items(rule: &Rule, losses: &mut Vec<Loss>) {
    let elastic = matches!(rule.format, Format::ElasticToml | Format::KibanaNdjson);
    if elastic && !rule.exceptions.is_empty() {
        let message = format!(
            "the file refers to the rule's exception lists, and their items ({} are known) are no part of it",
            rule.exceptions.len()
        );
        losses.push(Loss::new(&codes::LOSS_EXCEPTION_LIST, "exceptions", message).at(Some(rule.origin)));
    }
}
