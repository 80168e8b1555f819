//! How a field of some vocabulary is reached in a raw CloudTrail record.

/// The way to a field's values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The values at a path of the record. `prune`: the ECS view, in which `null`, `""`, `"-"`,
    /// `"none"` and empty containers do not exist.
    Path {
        /// Dotted path in the raw record.
        path: String,
        /// Whether empty values vanish.
        prune: bool,
    },
    /// The same text for every event.
    Constant(&'static str),
    /// A function of the record.
    Derived(Derived),
    /// Through the normalised document only (slow): the ECS path to read there.
    Document(String),
    /// This input can never have the field.
    Never,
}

/// Values that are computed from a record. Sources: `cloudtrail_to_ecs.md` §2–3 for the ECS ones,
/// `threatstack.md` §3 for the aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Derived {
    /// `event.outcome`.
    Outcome,
    /// Threat Stack `user`.
    ThreatStackUser,
    /// Threat Stack `arnRole`.
    ThreatStackArnRole,
    /// Threat Stack `eventTime` and `timestamp`: epoch milliseconds.
    ThreatStackTime,
}
