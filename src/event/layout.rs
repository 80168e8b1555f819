//! The shape a record arrives in.

use crate::ir::Service;
use crate::schema::Shape;

/// Which vocabulary the keys of a record belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Layout {
    /// A raw CloudTrail record (`eventName`, `userIdentity`, …).
    CloudTrail,
    /// A document already normalised to ECS, with nested or dotted keys.
    Ecs,
    /// A finding as its service wrote it.
    Finding(Service),
}

impl Layout {
    /// Every layout.
    pub const ALL: [Layout; 6] = [
        Layout::CloudTrail,
        Layout::Ecs,
        Layout::Finding(Service::GuardDuty),
        Layout::Finding(Service::SecurityHub),
        Layout::Finding(Service::Inspector),
        Layout::Finding(Service::Macie),
    ];

    /// As the mapping tables know it.
    pub fn shape(self) -> Shape {
        match self {
            Layout::CloudTrail => Shape::CloudTrail,
            Layout::Ecs => Shape::Ecs,
            Layout::Finding(service) => Shape::Finding(service),
        }
    }

    /// What people call such records, in the plural.
    pub fn plural(self) -> &'static str {
        match self {
            Layout::CloudTrail => "CloudTrail records",
            Layout::Ecs => "ECS documents",
            Layout::Finding(Service::GuardDuty) => "GuardDuty findings",
            Layout::Finding(Service::SecurityHub) => "Security Hub findings",
            Layout::Finding(Service::Inspector) => "Inspector findings",
            Layout::Finding(Service::Macie) => "Macie findings",
        }
    }
}
