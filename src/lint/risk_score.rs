//! Risk scores that do not go with the severity.

use super::{at, place_of};
use crate::diagnostic::Diagnostic;
use crate::ir::{Level, Rule};

crate::codes! {
    /// The risk score lies in the band of another severity. Elastic's AWS rules give 21 to low, 47 to
    /// medium, 73 to high and 99 to critical; bands: 0–21, 22–47, 48–73, 74–100. Analysts sort by
    /// either, so the two should tell the same story.
    ///
    /// Sometimes they differ on purpose; both are kept as written either way.
    pub RISK_SCORE_BAND = info "risk-score-band": "risk score and severity tell different stories";

    /// A risk score is a whole number from 0 to 100; Kibana refuses any other.
    pub RISK_SCORE_RANGE = error "risk-score-range": "a risk score outside 0 to 100";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(score) = rule.metadata.risk_score else { return };
    let place = || {
        ["risk_score = ", "risk_score: ", "\"risk_score\":", "\"risk_score\": "]
            .iter()
            .find_map(|key| place_of(rule, &format!("{key}{score}")))
    };
    if !(0..=100).contains(&score) {
        let finding =
            Diagnostic::new(&RISK_SCORE_RANGE, format!("the risk score {score} is not within 0 to 100"));
        findings.push(at(finding, rule, place(), ""));
        return;
    }
    let Some(severity) = &rule.metadata.severity else { return };
    // Threat Stack has no risk score of its own: whoever adds one to "Sev n" decides both.
    let band = match severity.level {
        Level::Informational | Level::Low => 0..=21,
        Level::Medium => 22..=47,
        Level::High => 48..=73,
        Level::Critical => 74..=100,
    };
    if !band.contains(&score) {
        let level = severity.level;
        let title = format!("risk score {score} does not go with severity {}", level.as_str());
        let help = format!("Elastic's AWS rules give {} to {}", level.default_risk_score(), level.as_str());
        findings.push(at(Diagnostic::new(&RISK_SCORE_BAND, title).help(help), rule, place(), ""));
    }
}
