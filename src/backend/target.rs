//! The registry of targets. To add one: a folder with an implementation of [`Target`], and one line
//! in [`ALL`].

use super::capability::Capabilities;
use super::codes;
use super::loss::{Artefact, Compiled, Loss};
use super::metadata::Key;
use super::stack::Stack;
use crate::ir::{Detection, Purpose, Rule, UNREADABLE};
use crate::schema::Version;

/// What the caller may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The generation of documents that queries on ECS fields run on.
    pub version: Version,
    /// `query-dsl`: print what Kibana prints where it does not know the types of fields.
    pub untyped: bool,
    /// `spl`, `splunk-savedsearch`: where Splunk keeps the events.
    pub splunk: super::spl::Base,
    /// `query-dsl`, `esql`, `eql`, `percolator`: the engine that queries run on.
    pub stack: Stack,
}

/// What a target makes of a rule before metadata is looked at.
pub type Made = Result<Artefact, Loss>;

/// A language or format that rules are written to.
pub trait Target: Sync {
    /// The name on the command line.
    fn name(&self) -> &'static str;

    /// One line for listings.
    fn summary(&self) -> &'static str;

    /// What it can say.
    fn capabilities(&self) -> &'static Capabilities;

    /// The ending of files with one artefact, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether it takes queries as they stand that trailsmith does not understand.
    fn carries_opaque(&self) -> bool {
        false
    }

    /// Writes the rule and lists what is lost. Metadata that the target has no place for is listed by
    /// [`compile`].
    ///
    /// # Errors
    ///
    /// Where nothing can come out, whatever is allowed.
    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made;
}

/// Every target, in the order of listings.
pub static ALL: &[&dyn Target] = &[
    &super::query_dsl::QueryDsl,
    &super::kql::Kql,
    &super::lucene::Lucene,
    &super::eql::Eql,
    &super::esql::Esql,
    &super::percolator::Percolator,
    &super::kibana::Kibana,
    &super::kibana::ElasticToml,
    &super::spl::Spl,
    &super::splunk_savedsearch::SplunkSavedSearch,
    &super::threat_stack::ThreatStack,
    &super::sigma::Sigma,
    &super::eventbridge::EventBridge,
    &super::trailsmith::Trailsmith,
];

/// The target of a name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|target| target.name() == name)
}

/// Compiles a rule. The artefact is there even where losses need leave:
/// [`Compiled::refuse_losses`] takes it away.
pub fn compile(rule: &Rule, target: &dyn Target, options: &Options) -> Compiled {
    let mut losses = Vec::new();
    // What is wrong in the source is wrong in every target, even in one that takes the text as it is.
    if let Detection::Opaque(opaque) = &rule.detection
        && opaque.reason == UNREADABLE
    {
        let error = Loss::new(&codes::LOSS_OPAQUE, "detection", UNREADABLE).at(Some(rule.origin));
        return Compiled { artefact: None, losses, error: Some(error) };
    }
    let holds = target.capabilities().holds;
    // Where rules alert, a hunt is a rule that is switched off.
    let off = rule.metadata.purpose == Purpose::Hunting
        && holds.is_some_and(|keys| keys.contains(&Key::Enabled) && !keys.contains(&Key::Purpose));
    let made = if off {
        let mut rule = rule.clone();
        rule.metadata.enabled = Some(false);
        target.make(&rule, options, &mut losses)
    } else {
        target.make(rule, options, &mut losses)
    };
    match made {
        Err(error) => Compiled { artefact: None, losses, error: Some(error) },
        Ok(artefact) => {
            losses.extend(super::metadata::losses(rule, target.name(), holds));
            Compiled { artefact: Some(artefact), losses, error: None }
        }
    }
}
