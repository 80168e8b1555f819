//! One rule set compiled for one layout of records.

use std::sync::Arc;

use super::index::{ACTION, Index, SOURCE};
use super::interest::{fields_of_interest, keys};
use super::lower::{Lowering, Problem, Way};
use super::program::Program;
use super::tree::Tree;
use super::{World, codes};
use crate::diagnostic::Diagnostic;
use crate::event::{Layout, Projection};
use crate::ir::{Field, Input, Rule, Service, Vocabulary};
use crate::schema::{Derived, has_documents};

/// Programs over the slots of one projection.
#[derive(Debug)]
pub(super) struct Plan {
    pub layout: Layout,
    pub projection: Projection,
    /// Paths of the normalised document that tests read.
    pub document: Projection,
    pub derived: Vec<(Derived, Vec<usize>)>,
    /// By rule; `None`: not run on this layout.
    pub programs: Vec<Option<Program>>,
    pub index: Index,
    /// Slots of the payloads whose flattened copies are read.
    pub payloads: Vec<usize>,
    /// By rule: the fields of interest and where they are.
    pub interest: Vec<(Arc<[Field]>, Vec<Way>)>,
    /// The slots of an ECS document's data set; empty for raw records.
    pub dataset: Vec<usize>,
    /// Rules that are not run, and why.
    pub skipped: Vec<(usize, Diagnostic)>,
    /// Clauses that can never be true.
    pub notes: Vec<Diagnostic>,
}

/// Slot of the event's time in every plan.
pub(super) const TIME: usize = 2;
/// Slot of the event's id in every plan.
pub(super) const ID: usize = 3;

impl Plan {
    pub(super) fn new(rules: &[Arc<Rule>], layout: Layout, now: Option<i64>, world: &dyn World) -> Self {
        let fixed: &[&str] = match layout {
            Layout::CloudTrail => &["eventName", "eventSource", "eventTime", "eventID"],
            Layout::Ecs => &[
                "event.action",
                "event.provider",
                "@timestamp",
                "event.id",
                "data_stream.dataset",
                "event.dataset",
            ],
            Layout::Finding(service) => finding_slots(service),
        };
        const { assert!(ACTION == 0 && SOURCE == 1 && TIME == 2 && ID == 3) };
        let mut lowering = lowering(layout, now, world);
        lowering.paths = fixed.iter().map(|path| (*path).to_owned()).collect();
        let mut index = Index::default();
        let (mut programs, mut interest) = (Vec::new(), Vec::new());
        let (mut skipped, mut notes) = (Vec::new(), Vec::new());
        for (number, rule) in rules.iter().enumerate() {
            let tree = whole(rule, &mut lowering);
            let found: Vec<Problem> = lowering.notes.drain(..).collect();
            programs.push(match tree {
                Ok(tree) => {
                    notes.extend(found.into_iter().map(|note| finding(rule, note)));
                    index.insert(number as u32, &tree);
                    Some(Program::new(tree))
                }
                Err(problem) => {
                    skipped.push((number, finding(rule, problem)));
                    None
                }
            });
            // What is never run is never asked for its fields either.
            let run = matches!(programs.last(), Some(Some(_)));
            let fields = if run { fields_of_interest(rule, world) } else { Vec::new() };
            let ways = fields.iter().map(|field| lowering.way(field).unwrap_or(Way::Never)).collect();
            interest.push((fields.into(), ways));
        }
        Plan {
            layout,
            projection: Projection::new(lowering.paths.iter().map(String::as_str)),
            document: Projection::new(lowering.document_paths.iter().map(String::as_str)),
            derived: lowering.derived,
            payloads: lowering.payloads.into_iter().collect(),
            programs,
            index,
            interest,
            dataset: if layout == Layout::Ecs { (4..fixed.len()).collect() } else { Vec::new() },
            skipped,
            notes,
        }
    }
}

/// What rules on findings ask for first, and time and id.
fn finding_slots(service: Service) -> &'static [&'static str] {
    match service {
        Service::GuardDuty => &["type", "resource.resourceType", "updatedAt", "id"],
        Service::SecurityHub => &["GeneratorId", "ProductArn", "UpdatedAt", "Id"],
        Service::Inspector => &["type", "severity", "updatedAt", "findingArn"],
        Service::Macie => &["type", "category", "updatedAt", "id"],
    }
}

fn lowering(layout: Layout, now: Option<i64>, world: &dyn World) -> Lowering<'_> {
    Lowering {
        layout,
        now,
        world,
        vocabulary: crate::ir::Vocabulary::Ecs,
        paths: Default::default(),
        document_paths: Default::default(),
        derived: Vec::new(),
        payloads: Default::default(),
        notes: Vec::new(),
    }
}

/// Why a rule is not run on a layout, if it is not.
pub(super) fn refusal(rule: &Rule, layout: Layout, now: Option<i64>, world: &dyn World) -> Option<Problem> {
    whole(rule, &mut lowering(layout, now, world)).err()
}

/// Whether a rule for `input` is for documents of a data set. Documents that do not say are taken
/// for CloudTrail.
pub(super) fn is_for(input: &Input, dataset: Option<&str>) -> bool {
    match (input, dataset) {
        (Input::CloudTrail, None) => true,
        (Input::CloudTrail, Some(dataset)) => dataset == "aws.cloudtrail",
        (Input::Other(_), None) => false,
        (Input::Other(name), Some(dataset)) => {
            if let Some(service) = input.service() {
                return dataset == service.dataset();
            }
            dataset.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        }
    }
}

/// Whether rules for `input` are run on records of a layout. Documents say for themselves what they
/// are.
pub(super) fn reads(input: &Input, layout: Layout) -> bool {
    match layout {
        Layout::CloudTrail => *input == Input::CloudTrail,
        Layout::Ecs => true,
        Layout::Finding(service) => input.service() == Some(service),
    }
}

/// A rule's predicate without its exceptions; also looks at the keys of its alerts.
fn whole(rule: &Rule, lowering: &mut Lowering<'_>) -> Result<Tree, Problem> {
    let refuse = |code, title| Err(Problem { code, title, origin: Some(rule.origin) });
    if !reads(&rule.input, lowering.layout) {
        let (input, what) = (rule.input.as_str(), lowering.layout.plural());
        return refuse(&codes::OTHER_INPUT, format!("the rule is for `{input}`, not for {what}"));
    }
    if let Layout::Finding(service) = lowering.layout {
        let own = rule.vocabulary == Vocabulary::Finding(service);
        let ecs = rule.vocabulary == Vocabulary::Ecs;
        if !(own || ecs && has_documents(service)) {
            let (what, words) = (lowering.layout.plural(), rule.vocabulary.as_str());
            let title = format!("{what} have no fields of the vocabulary {words}");
            return refuse(&codes::OTHER_VOCABULARY, title);
        }
    }
    lowering.vocabulary = rule.vocabulary;
    let Some(node) = rule.detection.predicate() else {
        let reason = match &rule.detection {
            crate::ir::Detection::Opaque(opaque) => opaque.reason.as_str(),
            _ => "the detection has no event predicate",
        };
        return refuse(&codes::OPAQUE, format!("the rule is not run here: {reason}"));
    };
    let mut trees = vec![lowering.tree(node)?];
    for exception in &rule.exceptions {
        trees.push(lowering.tree(&exception.predicate)?.negate());
    }
    for key in keys(rule) {
        if lowering.way(key)? == Way::Never {
            let title = format!("no record of this kind holds the key `{key}`: no event has a value of it");
            lowering.notes.push(Problem { code: &codes::UNREACHABLE, title, origin: None });
        }
    }
    Ok(Tree::combine(trees, true))
}

fn finding(rule: &Rule, problem: Problem) -> Diagnostic {
    let diagnostic = Diagnostic::new(problem.code, problem.title);
    let diagnostic = match problem.origin {
        Some(span) => diagnostic.at(&rule.source, span, ""),
        None => diagnostic.at(&rule.source, rule.origin, ""),
    };
    diagnostic.for_rule(&rule.id, rule.name())
}
