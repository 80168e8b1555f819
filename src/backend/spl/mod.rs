//! `spl`: a search of Splunk on raw `aws:cloudtrail` events.
//!
//! The condition is split: `search` says what it can say exactly, and a wider form of what it cannot,
//! so that few events are fetched; `where` then says the rest with its case, its numbers and its
//! missing fields. Counts become `stats`. A rule that was written in SPL keeps its text.
//!
//! The search works with and without Splunk's add-on for AWS: it names the keys of the record, not
//! the add-on's aliases.

mod aggregate;
mod columns;
mod computed;
mod filter;
mod fits;
mod pattern;
mod search;
mod time;

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use trailsmith_grammar::spl::{Command, CommandKind, Literal, Pipeline, Search, SearchOp};

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::{Artefact, Loss};
use super::predicate::{decided, prepare};
use super::target::{Made, Options, Target};
use crate::ir::{Detection, Input, Language, Node, Predicate, Rule, Vocabulary};

pub use aggregate::Rows;
pub(super) use aggregate::key;
pub use fits::fits;
pub(super) use time::{length, relative};

/// Where the events are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// An index, `*` for all of them; the source type is added.
    Index(String),
    /// A macro that stands for the whole base search, without its backquotes.
    Macro(String),
}

impl Base {
    /// An index; `None`: no name of one. `*` stands for any number of characters.
    pub fn index(name: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-*".contains(c);
        (!name.is_empty() && name.chars().all(plain)).then(|| Base::Index(name.to_owned()))
    }

    /// A macro, with its arguments if it takes any; `None`: no text of one.
    pub fn from_macro(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches('`');
        let plain = |c: char| !c.is_control() && c != '`';
        let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        (begins && text.chars().all(plain)).then(|| Base::Macro(text.to_owned()))
    }
}

impl Default for Base {
    fn default() -> Self {
        Base::Index("*".into())
    }
}

/// The target.
#[derive(Debug)]
pub struct Spl;

/// Facts: splunk.md, target_languages.md §6.
pub(super) const LACKS: &[(Feature, &str)] = &[
    (Feature::Words, "Splunk keeps no analysed copy of a field"),
    (Feature::WordPattern, "Splunk keeps no analysed copy of a field"),
    (Feature::FreeText, "free text of a search looks at the words of the raw event, not at values"),
    (Feature::Nested, "Splunk forgets which values of a list of objects belong together"),
];

/// Limits shared with saved searches.
pub(super) const LIMITS: &[(Feature, &str)] = &[
    (Feature::Exists, "not of objects, which have no field of their own"),
    (Feature::Date, "of `eventTime`, without date math"),
    (Feature::AddressRange, "that a few networks cover"),
    (Feature::Threshold, "windows from the first event of a group become sliding ones"),
    (Feature::NewTerms, "with a history of fixed length"),
];

static CAPABILITIES: Capabilities = Capabilities { lacks: LACKS, limits: LIMITS, holds: None };

impl Target for Spl {
    fn name(&self) -> &'static str {
        "spl"
    }

    fn summary(&self) -> &'static str {
        "search of Splunk on aws:cloudtrail events"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "spl"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        Ok(Artefact::Text(text(rule, options, losses)?.0))
    }
}

/// The search of a rule and what its results are: its own text where that says everything.
///
/// # Errors
///
/// Where nothing can come out.
pub fn text(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<(String, Rows), Loss> {
    if rule.input != Input::CloudTrail {
        let message = format!("the rule reads `{}`, not CloudTrail events", rule.input.as_str());
        return Err(Loss::new(&codes::LOSS_INPUT, "input", message));
    }
    if let Some(query) = rule.query.as_ref().filter(|query| query.language == Language::Spl)
        && rule.exceptions.is_empty()
    {
        return Ok((query.text.clone(), Rows::Events));
    }
    let (pipeline, rows) = pipeline(rule, options, losses)?;
    Ok((lines(pipeline), rows))
}

/// One command a line.
fn lines(pipeline: Pipeline) -> String {
    let mut commands = pipeline.commands.into_iter();
    let first = Pipeline { commands: commands.next().into_iter().collect() };
    let rest: String = commands.map(|command| format!("\n| {command}")).collect();
    format!("{first}{rest}")
}

/// The search as a syntax tree, and what its results are.
///
/// # Errors
///
/// Where nothing can come out.
pub fn pipeline(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<(Pipeline, Rows), Loss> {
    let vocabulary = match rule.vocabulary {
        Vocabulary::Splunk => Vocabulary::Splunk,
        _ => Vocabulary::CloudTrail,
    };
    let computed = computed::replaced(rule, options);
    let (rule, made) = computed.as_ref().map_or((rule, &[][..]), |(rule, made)| (rule, made));
    let node = prepare(rule, vocabulary, options.version, &mut fits, losses)?;
    let group = match &rule.detection {
        Detection::Threshold(threshold) => aggregate::threshold(threshold, options, losses),
        Detection::NewTerms(new_terms) => aggregate::new_terms(new_terms, &rule.schedule, options, losses),
        Detection::Event(_) | Detection::Opaque(_) => aggregate::Group::none(),
    };
    let mut nodes = vec![node];
    nodes.extend(group.needs.into_iter().map(Node::synthetic));
    let node = decided(&Node::all(nodes), &columns::is_single);
    let mut base = match &options.splunk {
        Base::Index(index) => vec![is("index", index), is("sourcetype", "aws:cloudtrail")],
        Base::Macro(name) => vec![Search::call(name.as_str())],
    };
    base.extend(group.earliest.map(|earliest| is("earliest", &earliest)));
    let (searches, filter) = split(&node)?;
    base.extend(searches);
    let mut commands = vec![CommandKind::Search(Some(search::all(base)))];
    if !made.is_empty() {
        commands.push(CommandKind::Eval(made.to_vec()));
    }
    commands.extend(filter.map(CommandKind::Where));
    commands.extend(group.commands);
    Ok((Pipeline { commands: commands.into_iter().map(Command::new).collect() }, group.rows))
}

fn is(field: &str, value: &str) -> Search {
    let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "_*-".contains(c));
    let value = if plain { Literal::bare(value) } else { Literal::quoted(value) };
    Search::compare(Literal::field(field), SearchOp::Eq, value)
}

/// What `search` says, and what `where` has to add.
fn split(node: &Node) -> Result<(Vec<Search>, Option<trailsmith_grammar::spl::Eval>), Loss> {
    let conditions = match &node.predicate {
        Predicate::And(nodes) => nodes.as_slice(),
        Predicate::Constant(true) => &[],
        _ => std::slice::from_ref(node),
    };
    let (mut searches, mut filters) = (Vec::new(), Vec::new());
    for condition in conditions {
        let wider = search::condition(condition, true);
        if wider.as_ref().is_none_or(|wider| !wider.exact) {
            let lacking = || {
                let message = "a comparison that `where` does not have";
                Loss::new(&codes::LOSS_FIELD_FORM, "detection", message).at(condition.origin)
            };
            filters.push(filter::condition(condition, true).ok_or_else(lacking)?);
        }
        searches.extend(wider.map(|wider| wider.search));
    }
    let filter = (!filters.is_empty()).then(|| filter::joined(filters, true));
    Ok((searches, filter))
}

/// A number as both commands write it; `None`: it has no such form.
fn number(value: f64) -> Option<String> {
    (value.is_finite() && value.abs() < 9e15).then(|| value.to_string())
}

/// Most networks that a range of addresses is spelt out into.
const MOST_NETWORKS: usize = 64;

/// The networks that cover a range of addresses exactly.
fn networks(from: Option<IpAddr>, to: Option<IpAddr>) -> Option<Vec<IpNet>> {
    let networks: Vec<IpNet> = match (from, to) {
        (Some(IpAddr::V4(_)) | None, Some(IpAddr::V4(_)) | None) => {
            let end = |end: Option<IpAddr>, open: [u8; 4]| match end {
                Some(IpAddr::V4(address)) => address,
                _ => open.into(),
            };
            let range = Ipv4Subnets::new(end(from, [0; 4]), end(to, [255; 4]), 0);
            range.take(MOST_NETWORKS + 1).map(IpNet::V4).collect()
        }
        (Some(IpAddr::V6(_)) | None, Some(IpAddr::V6(_)) | None) => {
            let end = |end: Option<IpAddr>, open: [u8; 16]| match end {
                Some(IpAddr::V6(address)) => address,
                _ => open.into(),
            };
            let range = Ipv6Subnets::new(end(from, [0; 16]), end(to, [255; 16]), 0);
            range.take(MOST_NETWORKS + 1).map(IpNet::V6).collect()
        }
        _ => return None,
    };
    (from.is_some() || to.is_some()).then_some(networks).filter(|networks| networks.len() <= MOST_NETWORKS)
}
