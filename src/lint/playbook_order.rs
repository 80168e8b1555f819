//! The order of a playbook's calls: evidence first, and nothing that cannot be taken back.

use super::at;
use crate::diagnostic::Diagnostic;
use crate::ir::{Call, Rule};

crate::codes! {
    /// The playbook disturbs an instance (a diagnostic interrupt, a stop, a termination) before it
    /// isolates it. Whoever is on the machine notices, and still has the network to react with.
    ///
    /// ```yaml
    /// - {service: ec2, action: StopInstances, parameters: {InstanceIds: ["{{instance}}"]}}
    /// - {service: ec2, action: ModifyInstanceAttribute, parameters: {InstanceId: "{{instance}}", Groups: ["{{isolation_group}}"]}}
    /// ```
    ///
    /// Change the groups first, then interrupt, then stop.
    pub ISOLATE_FIRST = error "playbook-isolate-first": "an instance is disturbed before it is isolated";

    /// The playbook stops an instance and then sends it a diagnostic interrupt. A stopped machine
    /// answers no interrupt, and its memory is gone.
    ///
    /// Send the interrupt first, give the kernel time to write its dump (`wait: 30s`), then stop.
    pub INTERRUPT_BEFORE_STOP = error "playbook-interrupt-before-stop": "a stopped instance is interrupted";

    /// The playbook detaches a volume before a snapshot of one is complete. A snapshot that is still
    /// being made, or was never asked for, is no copy of the evidence.
    ///
    /// ```yaml
    /// - service: ec2
    ///   action: CreateSnapshot
    ///   each: volumes
    ///   parameters: {VolumeId: "{{volumes}}"}
    ///   outputs: {snapshots: SnapshotId}
    ///   until: {state: snapshot-completed, parameters: {SnapshotIds: ["{{snapshots}}"]}}
    /// - {service: ec2, action: DetachVolume, each: volumes, parameters: {VolumeId: "{{volumes}}"}}
    /// ```
    ///
    /// Wait for `snapshot-completed` before the volume is detached or deleted and before its instance
    /// is terminated.
    pub SNAPSHOT_BEFORE_DETACH = error "playbook-snapshot-before-detach": "a volume is detached before its snapshot is complete";

    /// The playbook deletes an access key. What is deleted cannot come back: the application that used
    /// the key breaks for good, and the id no longer leads from the trail to its user.
    ///
    /// ```yaml
    /// - {service: iam, action: UpdateAccessKey, parameters: {UserName: "{{user}}", AccessKeyId: "{{key}}", Status: Inactive}}
    /// ```
    ///
    /// Disable the key.
    pub KEY_DELETED = error "playbook-key-deleted": "an access key is deleted instead of disabled";
}

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    let Some(playbook) = &rule.metadata.playbook else { return };
    let calls: Vec<&Call> = playbook.steps.iter().flat_map(|step| &step.calls).collect();
    let mut report = |code, title: &str, call: &Call| {
        findings.push(at(Diagnostic::new(code, title), rule, call.origin, ""));
    };
    let isolation = calls.iter().position(|call| isolates(call));
    let stop = calls.iter().position(|call| is(call, "ec2", &["StopInstances", "TerminateInstances"]));
    let copied = calls.iter().position(|call| {
        call.service == "ec2" && call.until.as_ref().is_some_and(|until| until.state == "snapshot-completed")
    });
    for (number, call) in calls.iter().enumerate() {
        let interrupts = is(call, "ec2", &["SendDiagnosticInterrupt"]);
        let stops = is(call, "ec2", &["StopInstances", "TerminateInstances"]);
        if (interrupts || stops) && isolation.is_some_and(|isolation| isolation > number) {
            let title = format!("`{}` comes before the instance is isolated", call.action);
            report(&ISOLATE_FIRST, &title, call);
        }
        if interrupts && stop.is_some_and(|stop| stop < number) {
            report(&INTERRUPT_BEFORE_STOP, "the instance is stopped before it is interrupted", call);
        }
        let takes_apart = is(call, "ec2", &["DetachVolume", "DeleteVolume", "TerminateInstances"]);
        if takes_apart && copied.is_none_or(|copied| copied >= number) {
            let title = format!("`{}` comes before a snapshot is complete", call.action);
            report(&SNAPSHOT_BEFORE_DETACH, &title, call);
        }
        if is(call, "iam", &["DeleteAccessKey"]) {
            report(&KEY_DELETED, "the access key is deleted, not disabled", call);
        }
    }
}

fn is(call: &Call, service: &str, actions: &[&str]) -> bool {
    call.service == service && actions.contains(&call.action.as_str())
}

/// Whether a call exchanges the groups of an instance or of its interface.
fn isolates(call: &Call) -> bool {
    is(call, "ec2", &["ModifyInstanceAttribute", "ModifyNetworkInterfaceAttribute"])
        && call.parameters.contains_key("Groups")
}
