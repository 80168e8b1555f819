//! Generations of Elastic's CloudTrail documents, and the shapes a record arrives in.

use crate::ir::{Service, Vocabulary};

/// Which pipeline made, or would make, the ECS document. Source: `cloudtrail_to_ecs.md` §8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Version {
    /// Filebeat 7.17's module and the integration's first pipelines: nothing is pruned, the issuer's
    /// name fills `user.name` only where it is empty, 52 event names have a category.
    Legacy,
    /// Package 7.4 and its followers below 8.9.
    V7_4,
    /// Package 8.9: AWS services are no users (`service.name` instead of `user.*`).
    #[default]
    V8_9,
}

impl Version {
    /// Every generation, oldest first.
    pub const ALL: [Version; 3] = [Version::Legacy, Version::V7_4, Version::V8_9];

    /// The name used in options and configuration: `legacy`, `7.4`, `8.9`.
    pub fn as_str(self) -> &'static str {
        match self {
            Version::Legacy => "legacy",
            Version::V7_4 => "7.4",
            Version::V8_9 => "8.9",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Self> {
        Version::ALL.into_iter().find(|version| version.as_str() == name)
    }
}

/// Which vocabulary the keys of a record belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A raw CloudTrail record (`eventName`, `userIdentity`, …).
    CloudTrail,
    /// A document already normalised to ECS, with nested or dotted keys.
    Ecs,
    /// A finding as its service wrote it.
    Finding(Service),
}

impl Shape {
    /// The shape of the records that a vocabulary was made for.
    pub fn of(vocabulary: Vocabulary) -> Self {
        match vocabulary {
            Vocabulary::Ecs => Shape::Ecs,
            Vocabulary::Finding(service) => Shape::Finding(service),
            Vocabulary::CloudTrail | Vocabulary::ThreatStack | Vocabulary::Splunk => Shape::CloudTrail,
        }
    }
}
