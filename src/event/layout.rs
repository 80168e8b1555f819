//! The shape a record arrives in.

/// Which vocabulary the keys of a record belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A raw CloudTrail record (`eventName`, `userIdentity`, …).
    CloudTrail,
    /// A document already normalised to ECS, with nested or dotted keys.
    Ecs,
}
