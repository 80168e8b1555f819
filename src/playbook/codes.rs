//! Codes of what keeps a playbook from being filled in for an event.

crate::codes! {
    /// A name that a step of the playbook uses has no value: the event does not hold its field, or
    /// only the responder can know it (the isolation group, the forensic image, the home country).
    ///
    /// trailsmith prints no playbook with a hole in it. Give the value, or leave the step out:
    ///
    /// ```text
    /// trailsmith playbook RULE --event FILE --set isolation_group=sg-0123456789abcdef0
    /// trailsmith playbook RULE --event FILE --skip 4
    /// ```
    ///
    /// `trailsmith playbook RULE` without an event lists every name, where its value comes from and
    /// what it means. A list gets one `--set` for each of its values.
    pub UNFILLED = error "playbook-unfilled": "a name of the playbook has no value";

    /// A name stands for several values where a call takes one: the event holds a list, or `--set`
    /// was given more than once.
    ///
    /// Choose one with `--set NAME=VALUE`. The author of a playbook lets a call run once for each
    /// value with `each: NAME`, or hands all of them over as the item of a list: `["{{NAME}}"]`.
    pub SEVERAL_VALUES = error "playbook-several-values": "several values stand where one is meant";

    /// The playbook is filled in for an event that its rule does not match. The parameters may be
    /// those of something else.
    ///
    /// `trailsmith explain RULE --event FILE` shows which clause is false.
    pub EVENT_NOT_MATCHED = warning "playbook-event-not-matched": "the rule of the playbook does not match the event";
}
