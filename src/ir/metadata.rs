//! What a rule says about itself: everything but the detection.

use super::{Playbook, Value};
use crate::diagnostic::Span;

/// Severity on the common scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth recording only.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Level {
    /// The lower-case word.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// Reads the lower-case word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "informational" => Level::Informational,
            "low" => Level::Low,
            "medium" => Level::Medium,
            "high" => Level::High,
            "critical" => Level::Critical,
            _ => return None,
        })
    }

    /// The risk score that Elastic's AWS rules give to the level (21, 47, 73, 99).
    pub fn default_risk_score(self) -> i64 {
        match self {
            Level::Informational => 1,
            Level::Low => 21,
            Level::Medium => 47,
            Level::High => 73,
            Level::Critical => 99,
        }
    }
}

/// What the hits of a rule are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Purpose {
    /// A person is told of each.
    #[default]
    Alerting,
    /// They answer a question that somebody asks: the rule runs when it is called for and alerts nobody.
    Hunting,
}

impl Purpose {
    /// The word in rule files and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Alerting => "alerting",
            Purpose::Hunting => "hunting",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Purpose::Alerting, Purpose::Hunting].into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// Severity: the common scale beside the source's own.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSeverity {
    /// On the common scale.
    pub level: Level,
    /// As the source wrote it, where its scale is another (Threat Stack: `1` to `3`).
    pub original: Option<Value>,
}

/// A severity, risk score or name taken from the event.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overrides {
    /// Rows that raise or lower the severity.
    pub severity: Vec<SeverityMapping>,
    /// Rows that set the risk score; Elastic reads the first only.
    pub risk_score: Vec<RiskScoreMapping>,
    /// The field that gives the alert its name.
    pub rule_name: Option<String>,
    /// The field that the time filter reads instead of `@timestamp`.
    pub timestamp: Option<String>,
    /// Whether documents without the override field are skipped instead of read by `@timestamp`.
    pub timestamp_fallback_disabled: Option<bool>,
}

/// One row of a severity mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct SeverityMapping {
    /// The field.
    pub field: String,
    /// `equals`; the executor ignores it.
    pub operator: String,
    /// The value to equal, as text.
    pub value: String,
    /// The severity then.
    pub severity: Level,
}

/// One row of a risk score mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskScoreMapping {
    /// The field that holds the score.
    pub field: String,
    /// `equals`; the executor ignores it.
    pub operator: String,
    /// Ignored by the executor.
    pub value: String,
    /// Ignored by the executor.
    pub risk_score: Option<i64>,
}

/// A tactic of MITRE ATT&CK and its techniques.
#[derive(Debug, Clone, PartialEq)]
pub struct Threat {
    /// `MITRE ATT&CK`.
    pub framework: String,
    /// The tactic.
    pub tactic: Tactic,
    /// Techniques below it; `None`: not written (an empty list is written).
    pub techniques: Option<Vec<Technique>>,
}

/// A tactic.
#[derive(Debug, Clone, PartialEq)]
pub struct Tactic {
    /// `TA0003`.
    pub id: String,
    /// `Persistence`.
    pub name: String,
    /// Its page.
    pub reference: Option<String>,
}

/// A technique or, below one, a sub-technique.
#[derive(Debug, Clone, PartialEq)]
pub struct Technique {
    /// `T1078` or `T1078.004`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its page.
    pub reference: Option<String>,
    /// Sub-techniques; `None`: not written.
    pub subtechniques: Option<Vec<Technique>>,
}

/// A key that trailsmith does not interpret, kept for the way back.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    /// The path of the key in its format: `metadata.maturity`, `transform.osquery`.
    pub path: Vec<String>,
    /// Its value.
    pub value: Value,
    /// Where it stands.
    pub origin: Option<Span>,
}

/// Everything a rule says about itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metadata {
    /// The name.
    pub name: String,
    /// One paragraph.
    pub description: Option<String>,
    /// Severity; `None`: not written.
    pub severity: Option<RuleSeverity>,
    /// 0 to 100; `None`: not written.
    pub risk_score: Option<i64>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// Authors.
    pub author: Option<Vec<String>>,
    /// Licence of the rule.
    pub license: Option<String>,
    /// Web addresses.
    pub references: Option<Vec<String>>,
    /// Known benign causes.
    pub false_positives: Option<Vec<String>>,
    /// MITRE ATT&CK.
    pub threat: Option<Vec<Threat>>,
    /// Investigation guide in Markdown (Elastic: `note`).
    pub investigation_guide: Option<String>,
    /// What has to be set up for the rule to see events, in Markdown.
    pub setup: Option<String>,
    /// Fields that an analyst looks at first.
    pub investigation_fields: Option<Vec<String>>,
    /// Response playbook.
    pub playbook: Option<Playbook>,
    /// Title template of the alert (`{{user}} called {{eventName}}`).
    pub alert_title: Option<String>,
    /// Values taken from the event.
    pub overrides: Overrides,
    /// Whether the rule is switched on; `None`: not written.
    pub enabled: Option<bool>,
    /// Version of the rule.
    pub version: Option<i64>,
    /// What its hits are for.
    pub purpose: Purpose,
    /// Alerts are material for other rules, not for people.
    pub building_block: Option<String>,
    /// Timeline template: id and title.
    pub timeline: Option<(String, String)>,
    /// Keys not interpreted, in order.
    pub extra: Vec<Extra>,
}
