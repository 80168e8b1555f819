//! `threat-stack`: a rule object of Threat Stack's API (threatstack.md §4), its filter included.
//!
//! Rules that came from there are written back as they were. For others, what the API numbers by
//! itself (`id`, times, the ruleset) is not written: it refuses them on the way in.

mod filter;
mod own;
mod rule;

use super::capability::Capabilities;
use super::codes;
use super::loss::{Artefact, Loss};
use super::metadata::Key;
use super::target::{Made, Options, Target};
use crate::ir::{Format, Input, Rule};

pub use filter::{filter, fits, text};
pub use own::write;

/// Keys that the rule object has a place for.
const HOLDS: &[Key] = &[
    Key::Name,
    // The API gives its own.
    Key::Id,
    Key::Description,
    Key::Severity,
    Key::OriginalSeverity,
    // Follows from the severity when the rule is read back.
    Key::RiskScore,
    Key::AlertTitle,
    Key::Enabled,
    Key::Suppression,
    Key::Extra,
];

/// The target.
#[derive(Debug)]
pub struct ThreatStack;

impl Target for ThreatStack {
    fn name(&self) -> &'static str {
        "threat-stack"
    }

    fn summary(&self) -> &'static str {
        "rule object of Threat Stack's API, with its filter"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &filter::CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        if rule.input != Input::CloudTrail && rule.vocabulary != crate::ir::Vocabulary::ThreatStack {
            let message =
                format!("the rule reads `{}`, which is no feed of Threat Stack", rule.input.as_str());
            return Err(Loss::new(&codes::LOSS_INPUT, "input", message));
        }
        if rule.format == Format::ThreatStackJson
            && let Some(object) = own::write(rule)
        {
            return Ok(Artefact::Json(object));
        }
        let filter = filter(rule, options, losses)?;
        super::over_events(rule, self, losses);
        Ok(Artefact::Json(rule::object(rule, filter, options, losses)?))
    }
}
