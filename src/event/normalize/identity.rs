//! Who acted: user, service and session (`cloudtrail_to_ecs.md` §2).

use std::net::IpAddr;

use super::values::{Values, any_text, text, with_text};
use crate::schema::Version;

const ISSUER_ARN: &str = "userIdentity.sessionContext.sessionIssuer.arn";
const ISSUER_NAME: &str = "userIdentity.sessionContext.sessionIssuer.userName";

/// The service that acts, where no person does: the identity is an AWS service or a service-linked
/// role. Never decided from `invokedBy` alone, which console sessions of people have too.
pub(super) fn service_name(record: &dyn Values) -> Option<String> {
    let invoked_by = || text(record, "userIdentity.invokedBy");
    match kind(record) {
        Kind::Service => invoked_by(),
        Kind::AssumedRole => {
            let arn = text(record, ISSUER_ARN)?;
            let (_, rest) = arn.split_once(":role/aws-service-role/")?;
            let in_path = || rest.split_once('/').map(|(service, _)| service.to_owned());
            invoked_by().or_else(in_path).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

/// The types of identity that decide something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Service,
    AssumedRole,
    FederatedUser,
    IdentityCenterUser,
    Other,
}

fn kind(record: &dyn Values) -> Kind {
    let kind = with_text(record, "userIdentity.type", |text| match text {
        "AWSService" => Kind::Service,
        "AssumedRole" => Kind::AssumedRole,
        "FederatedUser" => Kind::FederatedUser,
        "IdentityCenterUser" => Kind::IdentityCenterUser,
        _ => Kind::Other,
    });
    kind.unwrap_or(Kind::Other)
}

fn is_service(record: &dyn Values, version: Version) -> bool {
    version >= Version::V8_9 && service_name(record).is_some()
}

/// The name before `additionalEventData.UserName` is asked.
pub(super) fn plain_user_name(record: &dyn Values, version: Version) -> Option<String> {
    if version == Version::Legacy {
        return any_text(record, "userIdentity.userName").or_else(|| any_text(record, ISSUER_NAME));
    }
    if is_service(record, version) {
        return None;
    }
    let has_issuer = matches!(kind(record), Kind::AssumedRole | Kind::FederatedUser);
    has_issuer.then(|| text(record, ISSUER_NAME)).flatten().or_else(|| text(record, "userIdentity.userName"))
}

/// `user.name`: the role's name for role sessions.
pub(super) fn user_name(record: &dyn Values, version: Version) -> Option<String> {
    plain_user_name(record, version).or_else(|| match takes_added_name(record, version) {
        true => text(record, "additionalEventData.UserName"),
        false => None,
    })
}

/// Whether `additionalEventData.UserName` becomes the user's name, and leaves its place, if no other
/// name was found.
pub(super) fn takes_added_name(record: &dyn Values, version: Version) -> bool {
    version != Version::Legacy
        && with_text(record, "eventName", |name| name == "UserAuthentication") == Some(true)
}

/// `user.id`.
pub(super) fn user_id(record: &dyn Values, version: Version) -> Option<String> {
    if is_service(record, version) {
        return None;
    }
    text(record, "userIdentity.principalId").or_else(|| {
        let center = kind(record) == Kind::IdentityCenterUser;
        center.then(|| text(record, "userIdentity.onBehalfOf.userId")).flatten()
    })
}

/// The session's name: what follows the last `/` of an STS ARN.
pub(super) fn session_name(record: &dyn Values) -> Option<String> {
    if !matches!(kind(record), Kind::AssumedRole | Kind::FederatedUser | Kind::IdentityCenterUser) {
        return None;
    }
    let arn = text(record, "userIdentity.arn")?;
    let (partition, rest) = arn.strip_prefix("arn:")?.split_once(':')?;
    let is_partition = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if partition.is_empty() || !partition.chars().all(is_partition) {
        return None;
    }
    let (_, name) = rest.strip_prefix("sts:")?.rsplit_once('/')?;
    Some(name.to_owned())
}

/// `user.email`.
pub(super) fn user_email(record: &dyn Values, version: Version) -> Option<String> {
    session_name(record)
        .filter(|name| name.contains('@'))
        .or_else(|| user_name(record, version).filter(|name| name.find('@').is_some_and(|at| at > 0)))
}

/// `related.user`, without duplicates.
pub(super) fn related_user(record: &dyn Values, version: Version) -> Vec<String> {
    let session = session_name(record);
    let local_part =
        session.as_deref().and_then(|name| name.split_once('@')).map(|(local, _)| local.to_owned());
    let raw = |path| text(record, path);
    let all = [
        session,
        local_part,
        raw("requestParameters.userName"),
        raw("requestParameters.newUserName"),
        raw("responseElements.user.userId"),
        user_id(record, version),
        user_name(record, version),
        raw("userIdentity.onBehalfOf.userId"),
    ];
    distinct(all.into_iter().flatten().filter(|name| !name.is_empty()))
}

/// The address, if the text is one as Elasticsearch reads it (no leading zeros).
pub(super) fn ip(text: Option<String>) -> Option<String> {
    text.filter(|text| text.parse::<IpAddr>().is_ok())
}

/// `related.ip`, without duplicates.
pub(super) fn related_ip(record: &dyn Values) -> Vec<String> {
    let all = ["sourceIPAddress", "serviceEventDetails.sourceIpAddress"];
    distinct(all.into_iter().filter_map(|path| ip(text(record, path))))
}

/// The items in order, each once.
pub(super) fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = Vec::new();
    items.for_each(|item| {
        if !out.contains(&item) {
            out.push(item);
        }
    });
    out
}
