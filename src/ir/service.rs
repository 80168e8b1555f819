//! AWS services whose findings are read beside CloudTrail's records.

/// A service that reports findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Amazon GuardDuty.
    GuardDuty,
    /// AWS Security Hub: its own findings and those of all services that report to it, in the AWS
    /// Security Finding Format.
    SecurityHub,
    /// Amazon Inspector, in its own form. Through Security Hub they arrive as Security Hub's.
    Inspector,
    /// Amazon Macie, in its own form. Through Security Hub they arrive as Security Hub's.
    Macie,
}

impl Service {
    /// Every service.
    pub const ALL: [Service; 4] =
        [Service::GuardDuty, Service::SecurityHub, Service::Inspector, Service::Macie];

    /// The name in rule files and listings.
    pub fn as_str(self) -> &'static str {
        match self {
            Service::GuardDuty => "guardduty",
            Service::SecurityHub => "securityhub",
            Service::Inspector => "inspector",
            Service::Macie => "macie",
        }
    }

    /// Its place in [`Service::ALL`].
    pub fn number(self) -> usize {
        self as usize
    }

    /// What people call one of its findings.
    pub fn finding(self) -> &'static str {
        match self {
            Service::GuardDuty => "a GuardDuty finding",
            Service::SecurityHub => "a Security Hub finding",
            Service::Inspector => "an Inspector finding",
            Service::Macie => "a Macie finding",
        }
    }

    /// The data set that Elastic's AWS integration gives to its findings.
    pub fn dataset(self) -> &'static str {
        match self {
            Service::GuardDuty => "aws.guardduty",
            Service::SecurityHub => "aws.securityhub_findings",
            Service::Inspector => "aws.inspector",
            Service::Macie => "aws.macie",
        }
    }

    /// `source` of its events on EventBridge.
    pub fn event_source(self) -> &'static str {
        match self {
            Service::GuardDuty => "aws.guardduty",
            Service::SecurityHub => "aws.securityhub",
            Service::Inspector => "aws.inspector2",
            Service::Macie => "aws.macie",
        }
    }

    /// `detail-type` of its findings on EventBridge.
    pub fn detail_type(self) -> &'static str {
        match self {
            Service::GuardDuty => "GuardDuty Finding",
            Service::SecurityHub => "Security Hub Findings - Imported",
            Service::Inspector => "Inspector2 Finding",
            Service::Macie => "Macie Finding",
        }
    }

    /// Reads a name: the own one, that of the data set or of the event source, with or without the
    /// words that people put between and behind.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace(['-', '_', ' '], "");
        let name = name.strip_prefix("aws.").unwrap_or(&name);
        Some(match name.strip_suffix("findings").or_else(|| name.strip_suffix("finding")).unwrap_or(name) {
            "guardduty" => Service::GuardDuty,
            "securityhub" => Service::SecurityHub,
            "inspector" | "inspector2" => Service::Inspector,
            "macie" | "macie2" => Service::Macie,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_service_is_read() {
        for service in Service::ALL {
            for name in [service.as_str(), service.dataset(), service.event_source()] {
                assert_eq!(Service::parse(name), Some(service), "{name}");
            }
            assert_eq!(Service::ALL[service.number()], service);
        }
        assert_eq!(Service::parse("Security-Hub"), Some(Service::SecurityHub));
        assert_eq!(Service::parse("aws.guardduty_malware"), None);
        assert_eq!(Service::parse("cloudtrail"), None);
    }
}
