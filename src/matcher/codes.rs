//! What the matcher says about rules that it does not run.

crate::codes! {
    /// The rule's query is carried along but not understood: a machine-learning job, a pipeline or
    /// a language that only its own target can run. The native matcher gives no verdict for it: it
    /// is left out of `match` and `test`, and never counts as "did not match".
    ///
    /// Run it on its own target, or write the detection as a query in a language that is compiled
    /// (KQL, Threat Stack).
    pub OPAQUE = warning "match-opaque": "a rule that only its own target can run";

    /// A date comparison is relative to the present (`now-1d`), and no present is known, so the
    /// rule is not run. `match` and `test` take the newest event as the present unless `--now` is
    /// given; this finding means that neither was available.
    ///
    /// Give `--now`, or write the date out.
    pub NOW_UNKNOWN = error "match-now-unknown": "date math without a present";

    /// A date in the rule is neither a date nor date math, so the clause has no meaning and the
    /// rule is not run. Elasticsearch refuses such a query as a whole, too.
    ///
    /// Write `2024-03-05`, `2024-03-05T06:07:08Z`, epoch milliseconds, or date math such as
    /// `now-1d/d`.
    pub BAD_DATE = error "match-bad-date": "neither a date nor date math";

    /// The predicate is nested deeper than the matcher follows (500 levels), so the rule is not
    /// run. No rule written by people comes near; a generator probably chained `(a or (b or (c …`.
    ///
    /// Write the alternatives as one flat list.
    pub TOO_DEEP = error "match-too-deep": "a predicate nested too deeply";

    /// The rule is written for events of another kind than these records: rules for findings of
    /// GuardDuty, hosts and so on never run on CloudTrail records, and rules for CloudTrail never on
    /// findings, because equal names mean other things there.
    pub OTHER_INPUT = info "match-other-input": "a rule for events of another kind";

    /// The rule's file switches it off (`enabled: false`). It is judged all the same, since a replay
    /// is there to try rules out; its target would not run it.
    pub DISABLED = info "match-disabled-rule": "a rule that is switched off is judged all the same";

    /// A threshold rule of Elastic counts the events of one run, those between `from` and `to`. A
    /// replay without `--schedule` takes the whole input as one range, and here the counted events
    /// of an alert lie further apart than a run looks back: Elastic would not count them together.
    ///
    /// Replay with `--schedule` to see the alerts of its runs.
    pub WIDER_THAN_A_RUN = info "match-wider-than-a-run": "a count over more time than a run looks back";

    /// The rule names raw CloudTrail keys (or aliases of them), and the event is a document already
    /// normalised to ECS, in which those keys do not exist. The rule gives no verdict on it.
    ///
    /// Replay the raw records instead.
    pub OTHER_VOCABULARY = warning "match-other-vocabulary": "a rule whose fields these documents do not have";

    /// The field exists in the cluster only (an enrichment such as `source.geo.*`, or a field of
    /// another data set): no raw CloudTrail record leads to it, so the clause is false for every
    /// record and its negation true.
    ///
    /// In a fixture, supply the value under `with:`.
    pub UNREACHABLE = info "match-field-unreachable": "a clause on a field that no raw record has";
}
