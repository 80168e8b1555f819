//! The functions behind [`Derived`]: values that are computed from a raw record (or, two of them,
//! from an ECS document), whether it was parsed or only projected.

use serde_json::Value;

use super::identity;
use super::values::{Values, any_text, text, with_text};
use super::{dates, java};
use crate::event::Leaf;
use crate::schema::{Derived, Payload, Version, category};

/// The values of a derived field. `record` must hold the values of [`Derived::inputs`]. Values are
/// handed over as canonical texts.
pub fn derive_from(derived: Derived, record: &dyn Values, emit: &mut dyn FnMut(&str)) {
    let mut one = |value: Option<String>| {
        if let Some(value) = value {
            emit(&value);
        }
    };
    match derived {
        Derived::Timestamp => one(text(record, "eventTime").and_then(|t| dates::parse(&t)).map(dates::print)),
        Derived::Outcome => emit(&outcome(record)),
        Derived::Category(version) => {
            let found = text(record, "eventName").and_then(|name| category(&name, version));
            found.iter().flat_map(|row| &row.category).for_each(|value| emit(value));
        }
        Derived::Type(version) => match text(record, "eventName").and_then(|name| category(&name, version)) {
            Some(row) => row.kind.iter().for_each(|value| emit(value)),
            None => emit("info"),
        },
        Derived::CloudServiceName => one(service_of(text(record, "eventSource"))),
        Derived::AccountId => one(["userIdentity.accountId", "recipientAccountId", "awsAccountId"]
            .into_iter()
            .find_map(|path| text(record, path))),
        Derived::SourceIp => {
            with_text(record, "sourceIPAddress", |text| identity::is_ip(text).then(|| emit(text)));
        }
        Derived::UserName(version) => {
            identity::with_user_name(record, version, emit);
        }
        Derived::UserId(version) => one(identity::user_id(record, version)),
        Derived::UserEmail(version) => one(identity::user_email(record, version)),
        Derived::ServiceName => one(identity::service_name(record)),
        Derived::TlsVersion => one(tls_version(record).map(|(_, version)| version)),
        Derived::TlsProtocol => one(tls_version(record).and_then(|(protocol, _)| protocol)),
        Derived::TlsCipher => one(tls(record, "tlsDetails.cipherSuite")),
        Derived::TlsServerName => one(tls(record, "tlsDetails.clientProvidedHostHeader")),
        Derived::TlsKeyExchange => one(tls(record, "tlsDetails.keyExchange")),
        Derived::RelatedUser(version) => {
            identity::related_user(record, version).iter().for_each(|name| emit(name));
        }
        Derived::RelatedIp => identity::related_ip(record).iter().for_each(|ip| emit(ip)),
        Derived::SessionCreated => {
            let created = text(record, "userIdentity.sessionContext.attributes.creationDate");
            one(created.and_then(|t| dates::parse_any(&t)).map(dates::print));
        }
        Derived::ConsoleLoginTo => one(console(record, "additionalEventData.LoginTo")),
        Derived::ConsoleMfaUsed => one(console_flag(record, "additionalEventData.MFAUsed")),
        Derived::ConsoleMobileVersion => one(console_flag(record, "additionalEventData.MobileVersion")),
        Derived::Text(payload) => one(payload_text(record, payload)),
        Derived::ThreatStackUser => one(threat_stack_user(record)),
        Derived::ThreatStackArnRole => {
            one(any_text(record, "userIdentity.arn").map(|arn| last_part(&arn, ':').to_owned()));
        }
        Derived::ThreatStackTime => one(millis(record, "eventTime")),
        Derived::SplunkErrorCode => {
            one(Some(text(record, "errorCode").unwrap_or_else(|| "success".to_owned())));
        }
        Derived::EventTime => {
            let time = any_text(record, "@timestamp").and_then(|t| dates::parse(&t));
            one(time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
        }
        Derived::EventTimeMillis => one(millis(record, "@timestamp")),
    }
}

/// The values of a derived field of a parsed record; flags as booleans, everything else as texts.
pub fn derive(derived: Derived, record: &Value) -> Vec<Value> {
    let flag = matches!(derived, Derived::ConsoleMfaUsed | Derived::ConsoleMobileVersion);
    let mut out = Vec::new();
    derive_from(derived, record, &mut |value| {
        out.push(if flag { Value::Bool(value == "true") } else { Value::from(value) });
    });
    out
}

/// `failure` with an error, else `success`; a console sign-in says so itself (§3).
fn outcome(record: &dyn Values) -> String {
    if text(record, "eventName").as_deref() == Some("ConsoleLogin")
        && let Some(result) = text(record, "responseElements.ConsoleLogin")
    {
        return result.to_lowercase();
    }
    let failed = ["errorCode", "errorMessage"].into_iter().any(|path| text(record, path).is_some());
    if failed { "failure" } else { "success" }.to_owned()
}

fn service_of(source: Option<String>) -> Option<String> {
    source?.strip_suffix(".amazonaws.com").filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The whole block is dropped when it holds a placeholder.
fn tls(record: &dyn Values, path: &str) -> Option<String> {
    match text(record, "tlsDetails.tlsVersion").as_deref() {
        Some("tlsVersion") => None,
        _ => text(record, path),
    }
}

/// `TLSv1.2` is split at its first `v`; without one it is a version only.
fn tls_version(record: &dyn Values) -> Option<(Option<String>, String)> {
    let whole = tls(record, "tlsDetails.tlsVersion")?;
    Some(match whole.split_once('v') {
        Some((protocol, version)) => (
            Some(protocol.to_lowercase()).filter(|protocol| !protocol.is_empty()),
            Some(version.to_owned()).filter(|version| !version.is_empty())?,
        ),
        None => (None, whole),
    })
}

fn console(record: &dyn Values, path: &str) -> Option<String> {
    match text(record, "eventName").as_deref() {
        Some("ConsoleLogin") => text(record, path),
        _ => None,
    }
}

fn console_flag(record: &dyn Values, path: &str) -> Option<String> {
    console(record, path).map(|value| (value != "No").to_string())
}

fn payload_text(record: &dyn Values, payload: Payload) -> Option<String> {
    let mut found = None;
    record.each(payload.raw(), &mut |leaf| {
        if found.is_none() {
            found = match leaf {
                Leaf::Object(json) => serde_json::from_str::<Value>(json).ok(),
                Leaf::Number(number) => serde_json::from_str::<Value>(number).ok(),
                scalar => scalar.text().map(|text| Value::from(text.into_owned())),
            };
        }
    });
    let value = found.filter(|value| !super::prune::vanishes(value))?;
    // Any modern generation: they differ in services only, and a service has no name to add.
    let moved = payload == Payload::AdditionalEventData
        && identity::takes_added_name(record, Version::V8_9)
        && identity::plain_user_name(record, Version::V8_9).is_none();
    Some(java::without_key(&value, true, moved.then_some("UserName")))
}

fn threat_stack_user(record: &dyn Values) -> Option<String> {
    let raw = |path| any_text(record, path);
    match raw("userIdentity.type").as_deref() {
        Some("Root") => return Some("root".to_owned()),
        Some("AssumedRole") => {
            let principal = raw("userIdentity.principalId");
            if let Some((_, session)) = principal.as_deref().and_then(|id| id.split_once(':')) {
                return Some(session.to_owned());
            }
        }
        _ => {}
    }
    raw("userIdentity.userName").or_else(|| raw("userIdentity.invokedBy")).or_else(|| {
        let arn = raw("userIdentity.arn")?;
        Some(last_part(last_part(&arn, ':'), '/').to_owned())
    })
}

fn last_part(text: &str, separator: char) -> &str {
    text.rsplit(separator).next().unwrap_or(text)
}

fn millis(record: &dyn Values, path: &str) -> Option<String> {
    let time = any_text(record, path).and_then(|text| dates::parse(&text))?;
    Some(time.as_millisecond().to_string())
}
