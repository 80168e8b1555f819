//! What a responder must be allowed to do.

use std::collections::BTreeMap;

use super::service;
use crate::ir::Playbook;

/// An IAM action and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// `ec2:StopInstances`.
    pub action: String,
    /// The numbers of the steps that need it, from 1, ascending.
    pub steps: Vec<usize>,
}

/// The IAM actions of every call and of every wait, sorted, each once. Calls that pass a role to a
/// service need `iam:PassRole`.
pub fn permissions(playbook: &Playbook) -> Vec<Permission> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, step) in playbook.steps.iter().enumerate() {
        for call in &step.calls {
            let parameters = call.parameters.keys().map(String::as_str);
            let mut actions = service::iam_actions(&call.service, &call.action, parameters);
            if let Some(action) = call.until.as_ref().and_then(|u| service::waiter(&call.service, &u.state)) {
                actions.extend(service::iam_actions(&call.service, action, std::iter::empty()));
            }
            for action in actions {
                let steps = found.entry(action).or_default();
                if steps.last() != Some(&(at + 1)) {
                    steps.push(at + 1);
                }
            }
        }
    }
    found.into_iter().map(|(action, steps)| Permission { action, steps }).collect()
}
