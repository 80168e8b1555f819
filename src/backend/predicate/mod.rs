//! Predicates on their way into a target: other field names, comparisons that the target has, and a
//! loss for everything else.
//!
//! Everything here maps predicates to predicates; printing them is each target's own business.

mod adapt;
mod fold;
mod known;
mod rewrite;
mod to_ecs;
mod to_raw;

pub use adapt::{adapt, canonical};
pub use fold::folded;
pub use known::decided;
pub use rewrite::{Fitted, Refusal, Refused, Said, rewrite};
pub use to_ecs::to_ecs;
pub use to_raw::to_raw;

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::Loss;
use crate::ir::{
    Case, Comparison, Detection, Field, FieldType, Node, Predicate, Rule, Test, TextMatch, Vocabulary,
};
use crate::schema::{Reach, Shape, Version, reach, types};

/// A field of the ECS vocabulary.
pub(super) fn ecs(path: &str) -> Field {
    Field::new(Vocabulary::Ecs, path, types(Vocabulary::Ecs).field_type(path))
}

/// A comparison on a field.
pub(super) fn test(field: &Field, comparison: Comparison) -> Predicate {
    Predicate::Test(Test { field: field.clone(), comparison })
}

/// The whole text, with its case.
pub(super) fn equals(text: impl Into<String>) -> Comparison {
    Comparison::Text { matcher: TextMatch::Equals(text.into()), case: Case::Sensitive }
}

/// All of these.
pub(super) fn all(predicates: impl IntoIterator<Item = Predicate>) -> Predicate {
    Predicate::And(predicates.into_iter().map(Node::synthetic).collect())
}

/// Any of these.
pub(super) fn any(predicates: impl IntoIterator<Item = Predicate>) -> Predicate {
    Predicate::Or(predicates.into_iter().map(Node::synthetic).collect())
}

/// The opposite.
pub(super) fn not(predicate: Predicate) -> Predicate {
    Predicate::Not(Box::new(Node::synthetic(predicate)))
}

/// The events that a rule counts or alerts on: its condition without its exceptions. `None`: the
/// query is not understood.
pub fn events(rule: &Rule) -> Option<Vec<(String, Node)>> {
    let mut parts = vec![("detection".to_owned(), rule.detection.predicate()?.clone())];
    for (index, exception) in rule.exceptions.iter().enumerate() {
        parts.push((format!("exceptions[{index}]"), Node::negate(exception.predicate.clone())));
    }
    Some(parts)
}

/// Translates the events of a rule into a vocabulary and into what the target can say.
///
/// # Errors
///
/// Where the query is not understood, or nothing of the condition is left.
pub fn prepare(
    rule: &Rule,
    vocabulary: Vocabulary,
    version: Version,
    fit: &mut dyn FnMut(&Predicate) -> Fitted,
    losses: &mut Vec<Loss>,
) -> Result<Node, Loss> {
    let Some(parts) = events(rule) else {
        let reason = match &rule.detection {
            Detection::Opaque(opaque) => opaque.reason.clone(),
            _ => "the query is not understood".into(),
        };
        return Err(Loss::new(&codes::LOSS_OPAQUE, "detection", reason).at(Some(rule.origin)));
    };
    let trivial = Node::all(parts.iter().map(|(_, node)| node.clone()).collect()).simplified();
    let node = prepare_parts(&parts, (rule.vocabulary, vocabulary), version, fit, losses);
    let everything = Predicate::Constant(true);
    if node.predicate == everything && trivial.predicate != everything && losses.iter().any(Loss::is_refused)
    {
        let message = "what the target can say of the condition is true for every event";
        return Err(Loss::new(&codes::LOSS_EVERYTHING, "detection", message).at(trivial.origin));
    }
    Ok(node)
}

/// The conjunction of parts, each under its path, translated from the vocabulary of the rule into
/// another and into what the target can say.
pub fn prepare_parts(
    parts: &[(String, Node)],
    vocabularies: (Vocabulary, Vocabulary),
    version: Version,
    fit: &mut dyn FnMut(&Predicate) -> Fitted,
    losses: &mut Vec<Loss>,
) -> Node {
    let mut nodes = Vec::with_capacity(parts.len());
    for (path, node) in parts {
        let translated = rewrite(node, path, &mut |leaf| translate(leaf, vocabularies, version), losses);
        nodes.push(rewrite(&translated, path, fit, losses));
    }
    decided(&Node::all(nodes).simplified(), &is_single)
}

/// Whether a field is a key that a raw record has once, as a text (CloudTrail user guide, "Record
/// contents").
fn is_single(field: &Field) -> bool {
    field.vocabulary != Vocabulary::Ecs && matches!(field.path.as_str(), "eventName" | "eventSource")
}

fn translate(leaf: &Predicate, (from, to): (Vocabulary, Vocabulary), version: Version) -> Fitted {
    match leaf {
        // Splunk searches the raw text at the borders of words; every other language has its own idea
        // of a word.
        Predicate::AnyField(_) if from == Vocabulary::Splunk && to != from => {
            let message = "free text is searched in the raw event in Splunk only".to_owned();
            Err(Box::new(Refusal::new(&codes::LOSS_FREE_TEXT, message)))
        }
        // What only tables of the add-on know is not missing, it is unknown here.
        Predicate::Test(Test { field, .. })
            if field.vocabulary == Vocabulary::Splunk
                && to != Vocabulary::Splunk
                && field.ty != FieldType::Unknown
                && reach(field, Shape::CloudTrail, version) == Reach::Never =>
        {
            let message = format!("`{field}` is made by Splunk's add-on; no other record has it");
            Err(Box::new(Refusal::new(&codes::LOSS_FIELD, message)))
        }
        Predicate::Test(test) if test.field.vocabulary != to => match to {
            Vocabulary::Ecs => to_ecs(test, version),
            vocabulary => to_raw(test, vocabulary, version),
        },
        Predicate::Nested { path, body } if path.vocabulary != to => {
            // No nested field has a twin in another vocabulary: the CloudTrail mapping knows none.
            let message = format!("`{path}` keeps values together that the target keeps apart");
            Err(Box::new(Refusal::new(&codes::LOSS_NESTED, message).over(body.predicate.clone())))
        }
        other => Ok(other.clone().into()),
    }
}

/// Refuses a leaf that needs a feature which the target lacks.
pub fn check(leaf: &Predicate, capabilities: &Capabilities) -> Result<(), Refused> {
    for feature in Feature::of(leaf) {
        if let Some(reason) = capabilities.missing(feature) {
            let message = match leaf {
                Predicate::Test(Test { field, .. }) | Predicate::Nested { path: field, .. } => {
                    format!("`{field}`: {reason}")
                }
                _ => reason.to_owned(),
            };
            return Err(Box::new(Refusal::new(feature.code(), message)));
        }
    }
    Ok(())
}

/// The leaf as an indexed field of its type knows it, if the target can say that.
pub fn fit(leaf: &Predicate, capabilities: &Capabilities) -> Fitted {
    let said = match leaf {
        Predicate::Test(test) => adapt(test)?,
        other => Said::from(other.clone()),
    };
    let mut refusal = None;
    leaves(&said.predicate, &mut |leaf| {
        if refusal.is_none() {
            refusal = check(leaf, capabilities).err();
        }
    });
    match refusal {
        Some(refusal) => Err(refusal),
        None => Ok(said),
    }
}

/// Calls `visit` for every leaf.
pub(super) fn leaves(predicate: &Predicate, visit: &mut dyn FnMut(&Predicate)) {
    match predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            nodes.iter().for_each(|node| leaves(&node.predicate, visit));
        }
        Predicate::Not(node) => leaves(&node.predicate, visit),
        leaf => visit(leaf),
    }
}
