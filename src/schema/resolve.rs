//! Decides how a field is reached in a record of either shape.

use super::mapping::{self, How, MAPPINGS, alias, below, of_ecs};
use super::{Derived, Payload, Reach, Shape, Version, base_field, ecs, finding};
use crate::ir::{Field, FieldType, Vocabulary};

/// How the values of `field` are reached in a record of the given shape. `version`: the generation
/// of documents that ECS rules are meant for; raw fields do not depend on it.
pub fn reach(field: &Field, shape: Shape, version: Version) -> Reach {
    let path = field.path.as_str();
    match (field.vocabulary, shape) {
        (_, Shape::Finding(service)) => finding::on_finding(field, service),
        (Vocabulary::Finding(_), Shape::CloudTrail) => Reach::Never,
        (Vocabulary::Finding(service), Shape::Ecs) => match finding::finding_twin(service, path) {
            Some(path) => Reach::Path { path, prune: false },
            None => Reach::Never,
        },
        (Vocabulary::Ecs, Shape::Ecs) => Reach::Path { path: base_field(path).to_owned(), prune: false },
        (Vocabulary::Ecs, Shape::CloudTrail) => ecs_on_raw(base_field(path), version),
        (Vocabulary::CloudTrail, _) => raw(path, shape),
        (Vocabulary::ThreatStack, _) => match alias(&mapping::THREAT_STACK, path) {
            Some(alias) => of_alias(alias, shape, threat_stack_function(path, shape)),
            None => raw(path, shape),
        },
        (Vocabulary::Splunk, _) => match alias(&mapping::SPLUNK, path) {
            Some(alias) => {
                let derived = (shape == Shape::CloudTrail).then_some(Derived::SplunkErrorCode);
                of_alias(alias, shape, derived)
            }
            None => raw(&path.replace("{}", ""), shape),
        },
    }
}

fn raw(path: &str, shape: Shape) -> Reach {
    match shape {
        Shape::CloudTrail => Reach::Path { path: path.to_owned(), prune: false },
        // Findings have keys of their own.
        Shape::Finding(_) => Reach::Never,
        Shape::Ecs if path == "eventTime" => Reach::Derived(Derived::EventTime),
        Shape::Ecs => match mapping::ecs_twin(path) {
            Some(path) => Reach::Path { path, prune: false },
            None => Reach::Never,
        },
    }
}

fn of_alias(alias: &'static mapping::Alias, shape: Shape, derived: Option<Derived>) -> Reach {
    match (alias.how, alias.raw) {
        ("same", Some(path)) => raw(path, shape),
        ("derived", _) => derived.map_or(Reach::Never, Reach::Derived),
        (how, _) => match how.strip_prefix("constant:") {
            Some(value) => Reach::Constant(value),
            None => Reach::Never,
        },
    }
}

fn threat_stack_function(name: &str, shape: Shape) -> Option<Derived> {
    match (name, shape) {
        ("eventTime" | "timestamp", Shape::CloudTrail) => Some(Derived::ThreatStackTime),
        ("eventTime" | "timestamp", Shape::Ecs) => Some(Derived::EventTimeMillis),
        ("user", Shape::CloudTrail) => Some(Derived::ThreatStackUser),
        ("arnRole", Shape::CloudTrail) => Some(Derived::ThreatStackArnRole),
        _ => None,
    }
}

fn ecs_on_raw(path: &str, version: Version) -> Reach {
    let Some((row, rest)) = of_ecs(path) else {
        // An object above known fields has values in some records; any other field has none.
        return match ecs().field_type(path) {
            FieldType::Object => Reach::Document(path.to_owned()),
            _ => Reach::Never,
        };
    };
    let prune = version != Version::Legacy;
    let document = || Reach::Document(path.to_owned());
    match if version == Version::Legacy { row.legacy } else { row.how } {
        How::Never => Reach::Never,
        How::Cluster => Reach::Enrichment(path.to_owned()),
        How::Constant(value) => Reach::Constant(value),
        How::Path(raw) => Reach::Path { path: raw.to_owned(), prune },
        How::Same => match row.raw {
            Some(raw) => Reach::Path { path: raw.to_owned(), prune },
            None => document(),
        },
        How::Document => document(),
        How::Text => match payload(row.raw.unwrap_or_default()) {
            Some(payload) => Reach::Derived(Derived::Text(payload)),
            None => document(),
        },
        // A test on the root sees every leaf, a test on an object sees none of its keys.
        How::Under | How::Flattened if rest.is_empty() => document(),
        // The pipeline moves this one key away when it serves as the user's name.
        How::Flattened if path.ends_with(".additional_eventdata.UserName") && prune => document(),
        How::Under => match row.raw {
            Some(raw) => Reach::Path { path: format!("{raw}{rest}"), prune },
            None => document(),
        },
        How::Flattened => match row.raw.and_then(|raw| Some((raw, payload(raw)?))) {
            Some((raw, payload)) => Reach::Flattened { payload, path: format!("{raw}{rest}"), prune },
            None => document(),
        },
        How::Derived => match function(path, version) {
            Some(derived) => Reach::Derived(derived),
            None if path == "service.name" => Reach::Never,
            None => document(),
        },
    }
}

/// Where the normaliser takes a field's value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The same text in every document.
    Constant(&'static str),
    /// The value at a raw path.
    Copy(&'static str),
    /// A function of the record.
    Derived(Derived),
}

/// The fields of a generation's documents that the mapping table describes completely, in its order.
/// The copies of payloads, lists and digests are the normaliser's own business.
pub fn origins(version: Version) -> impl Iterator<Item = (&'static str, Origin)> {
    MAPPINGS.iter().filter_map(move |row| {
        let origin = match if version == Version::Legacy { row.legacy } else { row.how } {
            How::Constant(text) => Origin::Constant(text),
            How::Same | How::Under => Origin::Copy(row.raw?),
            How::Path(raw) => Origin::Copy(raw),
            How::Derived => Origin::Derived(function(row.ecs, version)?),
            _ => return None,
        };
        Some((row.ecs, origin))
    })
}

fn payload(raw: &str) -> Option<Payload> {
    Payload::ALL.into_iter().find(|payload| payload.raw() == raw)
}

fn function(path: &str, version: Version) -> Option<Derived> {
    Some(match path {
        "@timestamp" => Derived::Timestamp,
        "event.outcome" => Derived::Outcome,
        "event.category" => Derived::Category(version),
        "event.type" => Derived::Type(version),
        "cloud.service.name" => Derived::CloudServiceName,
        "cloud.account.id" => Derived::AccountId,
        "source.ip" => Derived::SourceIp,
        "user.name" => Derived::UserName(version),
        "user.id" => Derived::UserId(version),
        "user.email" => Derived::UserEmail(version),
        // Package 8.9 was the first to name the service that acts.
        "service.name" if version >= Version::V8_9 => Derived::ServiceName,
        "tls.version" => Derived::TlsVersion,
        "tls.version_protocol" => Derived::TlsProtocol,
        "tls.cipher" => Derived::TlsCipher,
        "tls.client.server_name" => Derived::TlsServerName,
        "aws.cloudtrail.tls_details.key_exchange" => Derived::TlsKeyExchange,
        "related.user" => Derived::RelatedUser(version),
        "related.ip" => Derived::RelatedIp,
        "aws.cloudtrail.user_identity.session_context.creation_date" => Derived::SessionCreated,
        _ => match below(path, "aws.cloudtrail.console_login.additional_eventdata")? {
            ".login_to" => Derived::ConsoleLoginTo,
            ".mfa_used" => Derived::ConsoleMfaUsed,
            ".mobile_version" => Derived::ConsoleMobileVersion,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::types;

    fn of(vocabulary: Vocabulary, path: &str, shape: Shape, version: Version) -> Reach {
        reach(&Field::new(vocabulary, path, types(vocabulary).field_type(path)), shape, version)
    }

    fn path(path: &str, prune: bool) -> Reach {
        Reach::Path { path: path.into(), prune }
    }

    #[test]
    fn ecs_on_raw_records() {
        let on_raw = |path, version| of(Vocabulary::Ecs, path, Shape::CloudTrail, version);
        let v = Version::V8_9;
        assert_eq!(on_raw("event.action", v), path("eventName", true));
        assert_eq!(on_raw("event.action", Version::Legacy), path("eventName", false));
        assert_eq!(on_raw("user_agent.original.text", v), path("userAgent", true));
        assert_eq!(on_raw("user_agent.name", v), Reach::Enrichment("user_agent.name".into()));
        assert_eq!(on_raw("data_stream.dataset", v), Reach::Constant("aws.cloudtrail"));
        assert_eq!(on_raw("data_stream.dataset", Version::Legacy), Reach::Never);
        assert_eq!(on_raw("user.name", Version::V7_4), Reach::Derived(Derived::UserName(Version::V7_4)));
        assert_eq!(on_raw("service.name", Version::V7_4), Reach::Never);
        assert_eq!(on_raw("process.name", v), Reach::Never);
        assert_eq!(on_raw("aws.cloudtrail", v), Reach::Document("aws.cloudtrail".into()));
        assert_eq!(
            on_raw("aws.cloudtrail.request_parameters.text", v),
            Reach::Derived(Derived::Text(Payload::RequestParameters))
        );
        assert_eq!(
            on_raw("aws.cloudtrail.flattened.request_parameters.a.b", v),
            Reach::Flattened {
                payload: Payload::RequestParameters,
                path: "requestParameters.a.b".into(),
                prune: true
            }
        );
        assert_eq!(on_raw("aws.cloudtrail.request_id", Version::Legacy), path("requestId", false));
    }

    #[test]
    fn raw_names_on_documents() {
        let on_ecs = |vocabulary, path| of(vocabulary, path, Shape::Ecs, Version::V8_9);
        assert_eq!(on_ecs(Vocabulary::CloudTrail, "eventName"), path("event.action", false));
        assert_eq!(on_ecs(Vocabulary::CloudTrail, "sourceIPAddress"), path("source.address", false));
        assert_eq!(on_ecs(Vocabulary::ThreatStack, "ip"), path("source.address", false));
        assert_eq!(on_ecs(Vocabulary::CloudTrail, "userIdentity.userName"), Reach::Never);
        assert_eq!(
            on_ecs(Vocabulary::ThreatStack, "responseElements.a.HIGH"),
            path("aws.cloudtrail.flattened.response_elements.a.HIGH", false)
        );
        assert_eq!(on_ecs(Vocabulary::ThreatStack, "event_type"), Reach::Constant("cloudtrail"));
        assert_eq!(on_ecs(Vocabulary::CloudTrail, "eventTime"), Reach::Derived(Derived::EventTime));
    }

    #[test]
    fn aliases_on_raw_records() {
        let on_raw = |vocabulary, path| of(vocabulary, path, Shape::CloudTrail, Version::V8_9);
        assert_eq!(on_raw(Vocabulary::ThreatStack, "ip"), path("sourceIPAddress", false));
        assert_eq!(on_raw(Vocabulary::ThreatStack, "user"), Reach::Derived(Derived::ThreatStackUser));
        assert_eq!(on_raw(Vocabulary::ThreatStack, "tty"), Reach::Never);
        assert_eq!(on_raw(Vocabulary::ThreatStack, "eventName"), path("eventName", false));
        assert_eq!(on_raw(Vocabulary::Splunk, "resources{}.ARN"), path("resources.ARN", false));
        assert_eq!(on_raw(Vocabulary::Splunk, "errorCode"), Reach::Derived(Derived::SplunkErrorCode));
        assert_eq!(on_raw(Vocabulary::Splunk, "dest"), Reach::Never);
    }

    #[test]
    fn every_row_of_the_mapping_resolves_as_it_says() {
        for row in MAPPINGS.iter().filter(|row| !row.ecs.ends_with(".*")) {
            assert_ne!(ecs().field_type(row.ecs), FieldType::Unknown, "{} has no type", row.ecs);
            let found = of(Vocabulary::Ecs, row.ecs, Shape::CloudTrail, Version::V8_9);
            match row.how {
                How::Derived => assert!(matches!(found, Reach::Derived(_)), "{}: {found:?}", row.ecs),
                How::Same => assert!(matches!(found, Reach::Path { .. }), "{}: {found:?}", row.ecs),
                How::Never => assert_eq!(found, Reach::Never, "{}", row.ecs),
                _ => {}
            }
        }
    }
}
