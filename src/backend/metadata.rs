//! What a rule says about itself, as keys that a target may have a place for.

use super::codes;
use super::loss::Loss;
use crate::ir::{Purpose, Rule};

/// A key of a rule that is no part of its condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The name.
    Name,
    /// The id.
    Id,
    /// The description.
    Description,
    /// The severity's level.
    Severity,
    /// The severity on the source's own scale.
    OriginalSeverity,
    /// The risk score.
    RiskScore,
    /// Tags.
    Tags,
    /// Authors.
    Author,
    /// The licence.
    License,
    /// Web addresses.
    References,
    /// Known benign causes.
    FalsePositives,
    /// MITRE ATT&CK.
    Threat,
    /// The investigation guide.
    InvestigationGuide,
    /// The setup guide.
    Setup,
    /// Fields to look at first.
    InvestigationFields,
    /// The playbook.
    Playbook,
    /// The title template.
    AlertTitle,
    /// Values taken from the event.
    Overrides,
    /// Whether the rule is on.
    Enabled,
    /// The version.
    Version,
    /// That it is a hunt.
    Purpose,
    /// Building block.
    BuildingBlock,
    /// Timeline template.
    Timeline,
    /// Keys that trailsmith does not interpret.
    Extra,
    /// Folding of alerts.
    Suppression,
    /// When the rule runs.
    Schedule,
    /// Index patterns.
    Index,
    /// References to exception lists.
    ExceptionLists,
}

impl Key {
    /// The name in losses and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Key::Name => "name",
            Key::Id => "id",
            Key::Description => "description",
            Key::Severity => "severity.level",
            Key::OriginalSeverity => "severity.original",
            Key::RiskScore => "risk_score",
            Key::Tags => "tags",
            Key::Author => "author",
            Key::License => "license",
            Key::References => "references",
            Key::FalsePositives => "false_positives",
            Key::Threat => "mitre",
            Key::InvestigationGuide => "investigation_guide",
            Key::Setup => "setup",
            Key::InvestigationFields => "investigation_fields",
            Key::Playbook => "playbook",
            Key::AlertTitle => "alert_title",
            Key::Overrides => "overrides",
            Key::Enabled => "enabled",
            Key::Version => "version",
            Key::Purpose => "purpose",
            Key::BuildingBlock => "building_block",
            Key::Timeline => "timeline",
            Key::Extra => "extra",
            Key::Suppression => "suppress",
            Key::Schedule => "schedule",
            Key::Index => "index",
            Key::ExceptionLists => "exception_lists",
        }
    }

    /// The keys that a rule has, in a fixed order.
    pub fn of(rule: &Rule) -> Vec<Key> {
        let meta = &rule.metadata;
        let overrides = &meta.overrides;
        let has_overrides = !overrides.severity.is_empty()
            || !overrides.risk_score.is_empty()
            || overrides.rule_name.is_some()
            || overrides.timestamp.is_some()
            || overrides.timestamp_fallback_disabled.is_some();
        let schedule = &rule.schedule;
        let has_schedule = schedule.from.is_some()
            || schedule.to.is_some()
            || schedule.interval.is_some()
            || schedule.max_signals.is_some();
        let texts = |texts: &Option<Vec<String>>| texts.as_ref().is_some_and(|list| !list.is_empty());
        let original = meta.severity.as_ref().is_some_and(|severity| severity.original.is_some());
        [
            (Key::Name, !meta.name.is_empty()),
            (Key::Id, !rule.id_is_derived),
            (Key::Description, meta.description.is_some()),
            (Key::Severity, meta.severity.is_some()),
            (Key::OriginalSeverity, original),
            (Key::RiskScore, meta.risk_score.is_some()),
            (Key::Tags, texts(&meta.tags)),
            (Key::Author, texts(&meta.author)),
            (Key::License, meta.license.is_some()),
            (Key::References, texts(&meta.references)),
            (Key::FalsePositives, texts(&meta.false_positives)),
            (Key::Threat, meta.threat.as_ref().is_some_and(|list| !list.is_empty())),
            (Key::InvestigationGuide, meta.investigation_guide.is_some()),
            (Key::Setup, meta.setup.is_some()),
            (Key::InvestigationFields, texts(&meta.investigation_fields)),
            (Key::Playbook, meta.playbook.is_some()),
            (Key::AlertTitle, meta.alert_title.is_some()),
            (Key::Overrides, has_overrides),
            (Key::Enabled, meta.enabled.is_some()),
            (Key::Version, meta.version.is_some()),
            (Key::Purpose, meta.purpose == Purpose::Hunting),
            (Key::BuildingBlock, meta.building_block.is_some()),
            (Key::Timeline, meta.timeline.is_some()),
            (Key::Extra, !meta.extra.is_empty()),
            (Key::Suppression, rule.suppression.is_some()),
            (Key::Schedule, has_schedule),
            (Key::Index, texts(&rule.index)),
            (Key::ExceptionLists, rule.exception_lists.iter().flatten().any(|list| !list.resolved)),
        ]
        .into_iter()
        .filter_map(|(key, there)| there.then_some(key))
        .collect()
    }
}

/// Losses for the keys of a rule that a target has no place for. A bare query (`holds` is `None`)
/// loses what changes which events alert, and notes how alerts are folded; the rest is no part of it.
pub(super) fn losses(rule: &Rule, target: &str, holds: Option<&[Key]>) -> Vec<Loss> {
    let mut losses = Vec::new();
    for key in Key::of(rule) {
        let loss = match (holds, key) {
            (Some(holds), key) if holds.contains(&key) => continue,
            (_, Key::ExceptionLists) => Loss::new(
                &codes::LOSS_EXCEPTION_LIST,
                key.as_str(),
                "the rule refers to an exception list that is not in its file, or not understood; its entries are \
                 not excepted",
            ),
            (None, Key::Suppression) => Loss::new(
                &codes::LOSS_ALERTS,
                key.as_str(),
                "a query says which events match, not how their alerts are folded",
            ),
            (None, _) => continue,
            // Said by what switches it off, see `target::compile`.
            (Some(holds), Key::Purpose) if holds.contains(&Key::Enabled) => Loss::new(
                &codes::LOSS_HUNT,
                key.as_str(),
                format!("`{target}` knows no hunts; the rule comes out switched off"),
            ),
            (Some(_), Key::Suppression) => Loss::new(
                &codes::LOSS_SUPPRESSION,
                key.as_str(),
                format!("`{target}` does not fold alerts as the rule asks"),
            ),
            (Some(_), Key::Extra) => {
                for extra in &rule.metadata.extra {
                    let path = extra.path.join(".");
                    let message = format!("`{target}` has no place for the key `{path}`");
                    losses.push(Loss::new(&codes::LOSS_METADATA, path, message).at(extra.origin));
                }
                continue;
            }
            (Some(_), key) => Loss::new(
                &codes::LOSS_METADATA,
                key.as_str(),
                format!("`{target}` has no place for `{}`", key.as_str()),
            ),
        };
        losses.push(loss);
    }
    losses
}
