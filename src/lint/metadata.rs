//! What a rule should say about itself and does not.

use super::whole;
use crate::diagnostic::Diagnostic;
use crate::ir::{Format, Rule};

crate::codes! {
    /// The rule has no severity. An analyst cannot sort its alerts, and Kibana refuses the rule.
    ///
    /// Write `severity = "low"`, `"medium"`, `"high"` or `"critical"`.
    pub MISSING_SEVERITY = warning "missing-severity": "a rule without a severity";

    /// The rule has no description. Whoever gets its alert at night has only the name to go by, and
    /// Kibana refuses the rule.
    ///
    /// Write one paragraph: what was done, why an attacker does it, why it is not usual.
    pub MISSING_DESCRIPTION = warning "missing-description": "a rule without a description";

    /// The rule names no tactic of MITRE ATT&CK, so it is in no coverage map.
    ///
    /// Name at least the tactic; a technique where one fits. Rules without a place in ATT&CK (health
    /// of a log source) may ignore this: `# trailsmith: ignore[missing-mitre] reason`.
    pub MISSING_MITRE = info "missing-mitre": "a rule without a MITRE ATT&CK tactic";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let metadata = &rule.metadata;
    let mut missing = |code, what: &str, help: &str| {
        let title = format!("the rule has no {what}");
        findings.push(whole(Diagnostic::new(code, title).help(help), rule));
    };
    // The readers of Elastic's formats already ask for the keys that Kibana demands.
    let asked = matches!(rule.format, Format::ElasticToml | Format::KibanaNdjson);
    if metadata.severity.is_none() && !asked {
        missing(&MISSING_SEVERITY, "severity", "add `severity`: low, medium, high or critical");
    }
    if metadata.description.as_deref().is_none_or(|text| text.trim().is_empty()) && !asked {
        missing(&MISSING_DESCRIPTION, "description", "add `description`: what happened and why it matters");
    }
    if metadata.threat.as_deref().is_none_or(<[_]>::is_empty) {
        missing(&MISSING_MITRE, "MITRE ATT&CK tactic", "add at least the tactic that the behaviour serves");
    }
}
