//! Which calls of a playbook would set off which rules.

use std::sync::Arc;

use super::exception::{Proposal, propose};
use super::{example, trail};
use crate::event::Layout;
use crate::ir::{Detection, Rule};
use crate::matcher::{Options, RuleSet, Scratch, World};

/// A call that a rule sees.
#[derive(Debug, Clone)]
pub struct Collision {
    /// The rule whose playbook it is.
    pub playbook: Arc<Rule>,
    /// The step's number, from 1.
    pub step: usize,
    /// The call's service.
    pub service: String,
    /// The call's action.
    pub action: String,
    /// The rule that sees it.
    pub fires: Arc<Rule>,
    /// Whether one such call is enough; rules over several events only count it.
    pub alone: bool,
    /// The exception for the responder's role.
    pub proposal: Option<Proposal>,
}

/// A role that is not the responder's.
const OTHER: &str = "arn:aws:iam::111122223333:role/SomebodyElse";

/// Judges the record that each call of each playbook would leave by every rule, with the native
/// matcher. Records are those of successful calls with example values; what a rule wants to know of
/// the response, they do not hold. Playbooks that bind not all of their names are passed over.
pub fn collisions(
    playbooks: &[Arc<Rule>],
    rules: &[Arc<Rule>],
    role: &str,
    world: &Arc<dyn World>,
) -> Vec<Collision> {
    let set = RuleSet::compile_in(rules, &Options::default(), Arc::clone(world));
    let (mut scratch, mut hits, mut found) = (Scratch::default(), Vec::new(), Vec::new());
    let mut proposals: Vec<Option<Option<Proposal>>> = vec![None; rules.len()];
    for rule in playbooks {
        let Some(playbook) = &rule.metadata.playbook else { continue };
        let Some(filled) = example::filled(rule, playbook, &**world) else { continue };
        for step in &filled.steps {
            for call in &step.calls {
                let parameters = example::value(&call.parameters);
                let of = |role| trail::record(&call.service, &call.action, &parameters, role).to_string();
                let record = of(role);
                if set.judge(&record, Layout::CloudTrail, &mut scratch, &mut hits).is_err() {
                    continue;
                }
                for &hit in &hits {
                    let fires = &rules[hit];
                    let proposal = proposals[hit]
                        .get_or_insert_with(|| propose(fires, role, &record, &of(OTHER), world))
                        .clone();
                    found.push(Collision {
                        playbook: Arc::clone(rule),
                        step: step.number,
                        service: call.service.clone(),
                        action: call.action.clone(),
                        fires: Arc::clone(fires),
                        alone: matches!(fires.detection, Detection::Event(_)),
                        proposal,
                    });
                }
            }
        }
    }
    found
}
