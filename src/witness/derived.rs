//! Functions of the record, the other way round: what to write so that a function gives a value.
//! Source: `cloudtrail_to_ecs.md` §2–4, `threatstack.md` §3, as `event::normalize` computes them.

use serde_json::{Value, json};

use super::outcome::Sample;
use super::payload;
use super::state::{Edit, Write};
use super::values::instant_text;
use crate::schema::{self, Derived, Version};

const TYPE: &str = "userIdentity.type";
const NAME: &str = "userIdentity.userName";
const ARN: &str = "userIdentity.arn";
const PRINCIPAL: &str = "userIdentity.principalId";
const INVOKED_BY: &str = "userIdentity.invokedBy";
const ISSUER_NAME: &str = "userIdentity.sessionContext.sessionIssuer.userName";
const LOGIN: &str = "responseElements.ConsoleLogin";

fn set(path: &str, value: impl Into<Value>) -> Write {
    Write::Set(path.to_owned(), value.into())
}

fn remove(path: &str) -> Write {
    Write::Remove(path.to_owned())
}

/// The text of a value.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Edits after which the function may give the value (`None`: no value at all), each an alternative,
/// those that touch least first.
pub(super) fn edits(function: Derived, value: Option<&Value>, sample: &Sample) -> Vec<Edit> {
    let wanted = value.map(text);
    let same = |path: &str| match &wanted {
        Some(text) => vec![vec![set(path, text.clone())]],
        None => vec![vec![remove(path)]],
    };
    match function {
        Derived::Timestamp | Derived::EventTime | Derived::EventTimeMillis => same("eventTime"),
        Derived::ThreatStackTime => match &wanted {
            Some(text) => {
                let time = text.parse::<f64>().map_or_else(|_| text.clone(), |ms| instant_text(ms as i64));
                vec![vec![set("eventTime", time)]]
            }
            None => vec![vec![remove("eventTime")]],
        },
        Derived::Outcome => outcome(wanted.as_deref(), sample),
        Derived::Category(version) => named(version, wanted.as_deref(), |row| &row.category),
        Derived::Type(version) => named(version, wanted.as_deref(), |row| &row.kind),
        Derived::CloudServiceName => match wanted {
            Some(name) => vec![vec![set("eventSource", format!("{name}.amazonaws.com"))]],
            None => vec![vec![remove("eventSource")]],
        },
        Derived::AccountId => match wanted {
            Some(id) => vec![
                vec![set("userIdentity.accountId", id.clone())],
                vec![set("userIdentity.accountId", id.clone()), set("recipientAccountId", id)],
            ],
            None => vec![vec![
                remove("userIdentity.accountId"),
                remove("recipientAccountId"),
                remove("awsAccountId"),
            ]],
        },
        Derived::SourceIp | Derived::RelatedIp => match wanted {
            Some(address) => vec![vec![set("sourceIPAddress", address)]],
            None => vec![vec![set("sourceIPAddress", "AWS Internal")], vec![remove("sourceIPAddress")]],
        },
        Derived::UserName(_) => user_name(wanted),
        Derived::UserId(_) => match wanted {
            Some(id) => vec![vec![set(PRINCIPAL, id)]],
            None => vec![vec![remove(PRINCIPAL)], vec![remove(PRINCIPAL), remove("userIdentity.onBehalfOf")]],
        },
        Derived::UserEmail(_) => match wanted {
            Some(email) => vec![
                vec![set(NAME, email.clone())],
                vec![
                    set(TYPE, "AssumedRole"),
                    set(ARN, format!("arn:aws:sts::111122223333:assumed-role/Developer/{email}")),
                ],
            ],
            None => vec![
                vec![set(NAME, "alice")],
                vec![set(ISSUER_NAME, "Developer"), remove(NAME)],
                vec![remove(ARN)],
            ],
        },
        Derived::ServiceName => match wanted {
            Some(name) => vec![
                vec![set(INVOKED_BY, name.clone())],
                vec![set(TYPE, "AWSService"), set(INVOKED_BY, name)],
            ],
            None => vec![vec![remove(INVOKED_BY)], vec![set(TYPE, "IAMUser")]],
        },
        Derived::TlsVersion => match wanted {
            Some(version) => vec![
                vec![set("tlsDetails.tlsVersion", format!("TLSv{version}"))],
                vec![set("tlsDetails.tlsVersion", version)],
            ],
            None => vec![vec![remove("tlsDetails.tlsVersion")]],
        },
        Derived::TlsProtocol => match wanted {
            Some(protocol) => {
                vec![vec![set("tlsDetails.tlsVersion", format!("{}v1.3", protocol.to_uppercase()))]]
            }
            None => vec![vec![remove("tlsDetails.tlsVersion")]],
        },
        Derived::TlsCipher => same("tlsDetails.cipherSuite"),
        Derived::TlsServerName => same("tlsDetails.clientProvidedHostHeader"),
        Derived::TlsKeyExchange => same("tlsDetails.keyExchange"),
        Derived::RelatedUser(_) => match wanted {
            Some(name) => vec![vec![set(NAME, name.clone())], vec![set("requestParameters.userName", name)]],
            None => vec![
                vec![remove(NAME), remove(PRINCIPAL)],
                vec![remove("userIdentity"), remove("requestParameters.userName")],
            ],
        },
        Derived::SessionCreated => same("userIdentity.sessionContext.attributes.creationDate"),
        Derived::ConsoleLoginTo => console("LoginTo", wanted.map(Value::from)),
        Derived::ConsoleMfaUsed => console("MFAUsed", wanted.map(|text| yes_or_no(&text))),
        Derived::ConsoleMobileVersion => console("MobileVersion", wanted.map(|text| yes_or_no(&text))),
        Derived::Text(part) => payload::edits(part, wanted.as_deref(), sample),
        Derived::ThreatStackUser => match wanted.as_deref() {
            Some("root") => vec![vec![set(NAME, "root")], vec![set(TYPE, "Root")]],
            Some(name) => vec![
                vec![set(NAME, name)],
                vec![set(PRINCIPAL, format!("AROACKCEVSQ6C2EXAMPLE:{name}"))],
                vec![set(TYPE, "AssumedRole"), set(PRINCIPAL, format!("AROACKCEVSQ6C2EXAMPLE:{name}"))],
            ],
            None => vec![vec![remove(NAME), remove(ARN), remove(INVOKED_BY)], vec![remove("userIdentity")]],
        },
        Derived::ThreatStackArnRole => match wanted {
            Some(role) => {
                vec![vec![set(ARN, format!("arn:aws:sts::111122223333:{role}"))], vec![set(ARN, role)]]
            }
            None => vec![vec![remove(ARN)]],
        },
        Derived::SplunkErrorCode => match wanted.as_deref() {
            Some("success") | None => vec![vec![remove("errorCode")]],
            Some(code) => vec![vec![set("errorCode", code)]],
        },
    }
}

/// A sign-in says itself how it went; anything else failed if it has an error.
fn outcome(wanted: Option<&str>, sample: &Sample) -> Vec<Edit> {
    let is_login = sample.record.get("eventName").is_some_and(|name| name == "ConsoleLogin");
    let denied = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform this action";
    let mut out = match wanted {
        Some("success") => vec![vec![remove("errorCode"), remove("errorMessage")]],
        Some("failure") => vec![vec![set("errorCode", "AccessDenied")], vec![set("errorMessage", denied)]],
        _ => vec![
            vec![set("errorCode", "AccessDenied")],
            vec![set("errorMessage", denied)],
            vec![remove("errorCode"), remove("errorMessage")],
        ],
    };
    let said = |word: &str| vec![set(LOGIN, word)];
    let login = match wanted {
        Some("success") => vec![said("Success")],
        Some("failure") => {
            vec![vec![set(LOGIN, "Failure"), set("errorMessage", "Failed authentication")], said("Failure")]
        }
        Some(other) => vec![said("Failure"), said("Success"), said(other)],
        None => vec![said("Failure"), said("Success")],
    };
    match is_login {
        true => out.splice(0..0, login).for_each(drop),
        // Only a sign-in can have an outcome that is neither.
        false => out.extend(login.into_iter().map(|mut edit| {
            edit.push(set("eventName", "ConsoleLogin"));
            edit
        })),
    }
    out
}

/// The name stands in the identity or, for roles, in the issuer of the session.
fn user_name(wanted: Option<String>) -> Vec<Edit> {
    match wanted {
        Some(name) => vec![
            vec![set(NAME, name.clone())],
            vec![set(ISSUER_NAME, name.clone())],
            vec![set(NAME, name.clone()), set(ISSUER_NAME, name.clone())],
            vec![set(TYPE, "IAMUser"), set(NAME, name)],
        ],
        None => vec![
            vec![remove(NAME)],
            vec![remove(ISSUER_NAME)],
            vec![remove(NAME), remove(ISSUER_NAME), remove("additionalEventData.UserName")],
        ],
    }
}

/// Event names of which a table says what is wanted.
fn named(
    version: Version,
    wanted: Option<&str>,
    list: fn(&'static schema::Category) -> &'static Vec<&'static str>,
) -> Vec<Edit> {
    let says = |name: &&str| {
        schema::category(name, version).is_some_and(|row| wanted.is_some_and(|w| list(row).contains(&w)))
    };
    let names = schema::event_names();
    let mut out: Vec<Edit> =
        names.into_iter().filter(says).take(12).map(|name| vec![set("eventName", name)]).collect();
    // A name that the table does not know has no category, and the type `info`.
    out.push(vec![set("eventName", "ListTagsOfResource")]);
    out.push(vec![remove("eventName")]);
    out
}

fn console(key: &str, value: Option<Value>) -> Vec<Edit> {
    let path = format!("additionalEventData.{key}");
    match value {
        Some(value) => vec![
            vec![Write::Set(path.clone(), value.clone())],
            vec![set("eventName", "ConsoleLogin"), Write::Set(path, value)],
        ],
        None => vec![vec![Write::Remove(path)]],
    }
}

fn yes_or_no(text: &str) -> Value {
    if text == "true" { json!("Yes") } else { json!("No") }
}
