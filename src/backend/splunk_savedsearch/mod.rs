//! `splunk-savedsearch`: the rule as a stanza of `savedsearches.conf`, scheduled, and set up as a
//! correlation search of Splunk Enterprise Security with its finding ("notable") and risk.
//!
//! The search is that of the target `spl`; the keys are those that Splunk's own content uses
//! (splunk.md, "Search shape").

mod alert;
mod schedule;
mod settings;
mod stanza;

use super::capability::Capabilities;
use super::codes;
use super::loss::{Artefact, Loss};
use super::metadata::Key;
use super::spl;
use super::target::{Made, Options, Target};
use crate::ir::Rule;

use stanza::Stanza;

/// Keys that a stanza has a place for.
const HOLDS: &[Key] = &[
    Key::Name,
    Key::Id,
    Key::Description,
    Key::Severity,
    Key::RiskScore,
    Key::Tags,
    Key::Author,
    Key::License,
    Key::References,
    Key::FalsePositives,
    Key::Threat,
    Key::InvestigationGuide,
    Key::Setup,
    Key::AlertTitle,
    Key::Enabled,
    Key::Version,
    Key::Suppression,
    Key::Schedule,
    // The base search takes their place.
    Key::Index,
];

static CAPABILITIES: Capabilities =
    Capabilities { lacks: spl::LACKS, limits: spl::LIMITS, holds: Some(HOLDS) };

/// The target.
#[derive(Debug)]
pub struct SplunkSavedSearch;

impl Target for SplunkSavedSearch {
    fn name(&self) -> &'static str {
        "splunk-savedsearch"
    }

    fn summary(&self) -> &'static str {
        "stanza of Splunk's savedsearches.conf: search, schedule, finding and risk"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "conf"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let (mut search, rows) = spl::text(rule, options, losses)?;
        let mut stanza = Stanza::new(rule.name());
        settings::describe(rule, &mut stanza);
        let timing = schedule::timing(rule, losses);
        let mut columns = settings::Columns::default();
        settings::act(rule, &rows, options, &mut columns, &mut stanza, losses);
        alert::fold(rule, &rows, &timing, options, &mut columns, &mut stanza, losses);
        if let Some(command) = columns.command() {
            search.push_str(&format!("\n| {command}"));
        }
        timing.set(&mut stanza);
        stanza.set("search", search);
        if rule.index.as_ref().is_some_and(|patterns| !patterns.is_empty()) {
            let message =
                "index patterns of Elasticsearch say nothing in Splunk; the base search finds the events";
            losses.push(Loss::new(&codes::LOSS_INDEX, "index", message));
        }
        Ok(Artefact::Text(stanza.to_string()))
    }
}
