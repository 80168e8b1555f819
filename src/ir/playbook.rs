//! A response playbook: what a responder does, in order, with parameters taken from the event.

use indexmap::IndexMap;

use super::Value;
use crate::diagnostic::Span;

/// Ordered steps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Playbook {
    /// What the playbook achieves.
    pub summary: Option<String>,
    /// Values taken from the event once and named for the steps.
    pub parameters: IndexMap<String, Binding>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Binding {
    /// A field of the event in the rule's vocabulary; `None`: the responder supplies it.
    pub field: Option<String>,
    /// What the value is, for people.
    pub description: Option<String>,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// The step in a few words.
    pub title: String,
    /// Details in Markdown.
    pub text: Option<String>,
    /// Calls to make, in order.
    pub calls: Vec<Call>,
    /// Keys that trailsmith does not interpret yet, in order.
    pub extra: IndexMap<String, Value>,
}

/// A call of an AWS API.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The service's endpoint prefix: `iam`, `ec2`.
    pub service: String,
    /// The API action: `UpdateAccessKey`.
    pub action: String,
    /// Parameters; texts may hold `{{name}}` of a [`Binding`].
    pub parameters: IndexMap<String, Value>,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
}
