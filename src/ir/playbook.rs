//! A response playbook: what a responder does, in order, with parameters taken from the event.
//!
//! Names live in one space: a parameter, a policy document and the output of a call are all written
//! `{{name}}` where their value is to stand. Nothing here is ever carried out by trailsmith.

use indexmap::IndexMap;

use super::{Duration, Value};
use crate::diagnostic::Span;

/// Ordered steps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Playbook {
    /// A name by which it can be asked for.
    pub id: Option<String>,
    /// What the playbook achieves.
    pub summary: Option<String>,
    /// Values taken from the event once and named for the steps.
    pub parameters: IndexMap<String, Binding>,
    /// Policy documents by name; `{{name}}` stands for the whole document as JSON text.
    pub policies: IndexMap<String, Value>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Binding {
    /// A field of the event in the rule's vocabulary; `None`: the responder supplies it.
    pub field: Option<String>,
    /// The value where neither the event nor the responder gives one.
    pub default: Option<String>,
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
    /// What has to be true before the step makes sense (kdump is set up), for people.
    pub requires: Vec<String>,
    /// Fields of the event and the values that one of them must have; for any other event the step
    /// is left out. All entries have to hold.
    pub when: IndexMap<String, Vec<String>>,
    /// Calls to make, in order.
    pub calls: Vec<Call>,
    /// How long to wait after the calls.
    pub wait: Option<Duration>,
    /// Keys that trailsmith does not interpret yet, in order.
    pub extra: IndexMap<String, Value>,
}

/// A call of an AWS API.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// The service's endpoint prefix: `iam`, `ec2`.
    pub service: String,
    /// The API action: `UpdateAccessKey`.
    pub action: String,
    /// The name of a list: the call is made once for each of its values, for which the same name
    /// stands in `parameters`.
    pub each: Option<String>,
    /// Parameters; texts may hold `{{name}}` of a [`Binding`], a policy or an output.
    pub parameters: IndexMap<String, Value>,
    /// Values of the response that later calls use: name → JMESPath expression. With `each`, a list
    /// of one value a call.
    pub outputs: IndexMap<String, String>,
    /// What to wait for after the call, or after the last call of `each`.
    pub until: Option<Until>,
    /// Where it stands in the rule's file.
    pub origin: Option<Span>,
}

/// A state to wait for: a waiter of the AWS command line, which asks again and again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Until {
    /// The waiter of the call's service: `snapshot-completed`.
    pub state: String,
    /// Parameters of what the waiter asks.
    pub parameters: IndexMap<String, Value>,
}
