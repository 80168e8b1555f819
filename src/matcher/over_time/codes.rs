//! Findings about time: schedules that cannot be read, ranges not searched, alerts cut.

crate::codes! {
    /// The detection of this rule is a query that only its own target can run (EQL, ES|QL, machine
    /// learning, an unsupported construct), so no alerts can be computed from its events here.
    ///
    /// Replay the rule on its target, or rewrite it as a query, threshold or new terms rule.
    pub OPAQUE = error "time-opaque-detection": "the detection cannot be evaluated over time";
    /// `from`, `to` or `history_window_start` is not Elasticsearch date math, so it is unknown which
    /// events a run of the rule would see.
    ///
    /// Write `now`, `now-6m`, `now-7d/d` or an ISO 8601 date such as `2024-03-05T06:00:00Z`. Units are
    /// `y M w d h m s`.
    pub DATE_MATH = error "time-date-math": "a time of the schedule is not date math";
    /// The interval of the rule is not a length of time, so it is unknown when it runs.
    ///
    /// Write a whole number above zero and a unit: `30s`, `5m`, `1h`, `1d`.
    pub INTERVAL = error "time-interval": "the interval of the schedule cannot be read";
    /// `from` is not before `to`: every run searches an empty range and the rule never alerts.
    ///
    /// Let `from` reach back at least one interval (`from: now-6m`, `to: now`, `interval: 5m`).
    pub EMPTY_RANGE = error "time-empty-range": "the range of a run is empty";
    /// Elastic reads the history of a new terms rule from `history_window_start` to the end of the
    /// range; it has to begin before the range itself (`from`), or every run fails.
    ///
    /// Let the history reach further back than the look-back, usually 7 to 14 days (`now-14d`).
    pub HISTORY_WINDOW = error "time-history-window": "the history begins after the range";
    /// A run found more than `max_signals` allows and dropped the rest. Events that are still in range
    /// at the next run may alert then; the others never do.
    ///
    /// Narrow the query, suppress by a field, shorten the interval, or raise `max_signals` (a cluster
    /// allows 1000 unless configured otherwise).
    pub MAX_SIGNALS = warning "time-max-signals": "a run reached its maximum of alerts";
    /// `max_signals` of the rule is above what the cluster allows
    /// (`xpack.alerting.rules.run.alerts.max`, by default 1000), so the cluster's number holds.
    ///
    /// Lower `max_signals`, or raise the setting of the cluster.
    pub MAX_SIGNALS_CAPPED = warning "time-max-signals-capped": "max_signals is above the cluster's limit";
    /// Between two runs lies a stretch of time that no run searched: the interval plus four catch-up
    /// ranges did not reach back to the previous run. Events there do not alert until the gap is
    /// filled by hand.
    ///
    /// Let `from` reach back further than the interval.
    pub GAP = warning "time-gap": "a stretch of time was not searched";
    /// Events without a time cannot be placed in a window, so a rule with a time window or a
    /// suppression duration leaves them out.
    ///
    /// Give the events a time (`eventTime` in a raw CloudTrail record, `@timestamp` in ECS).
    pub UNTIMED = warning "time-untimed-events": "events without a time were left out";
    /// The arrays of an event span more combinations of key values than are evaluated (100,000); the
    /// combinations beyond are left out.
    ///
    /// Group by fields that hold one value.
    pub COMBINATIONS = warning "time-too-many-combinations": "an event spans too many key combinations";
    /// Between the first event and the end of the simulation the rule would run more often than is
    /// simulated (1,000,000 runs).
    ///
    /// Simulate a shorter stretch of time, or a longer interval.
    pub TOO_MANY_RUNS = error "time-too-many-runs": "the schedule has too many runs to simulate";
}
