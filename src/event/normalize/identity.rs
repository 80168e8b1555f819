//! Who acted: user, service and session (`cloudtrail_to_ecs.md` §2).

use std::net::IpAddr;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::values::{Values, any_text, first_text, text, with_text};
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
            let in_path = |arn: &str| linked_service(arn).map(|service| service.map(str::to_owned));
            let in_path = with_text(record, ISSUER_ARN, in_path)??;
            invoked_by().or(in_path).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

/// The service in the path of a service-linked role's ARN: `None` for other roles, `Some(None)` where
/// the path does not go on to a service.
fn linked_service(arn: &str) -> Option<Option<&str>> {
    const FOLDER: &str = ":role/aws-service-role/";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(FOLDER));
    let rest = &arn[FINDER.find(arn.as_bytes())? + FOLDER.len()..];
    Some(rest.split_once('/').map(|(service, _)| service))
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

/// Whether a service acts, in the generations that set it apart; nothing is copied for the many
/// records of people and their roles.
fn is_service(record: &dyn Values, version: Version, kind: Kind) -> bool {
    let may_be = match kind {
        Kind::Service => true,
        Kind::AssumedRole => with_text(record, ISSUER_ARN, |arn| linked_service(arn).is_some()) == Some(true),
        _ => false,
    };
    version >= Version::V8_9 && may_be && service_name(record).is_some()
}

/// The name before `additionalEventData.UserName` is asked.
pub(super) fn plain_user_name(record: &dyn Values, version: Version) -> Option<String> {
    with_plain_user_name(record, version, str::to_owned)
}

fn with_plain_user_name<T>(record: &dyn Values, version: Version, see: impl FnOnce(&str) -> T) -> Option<T> {
    const NAME: &str = "userIdentity.userName";
    if version == Version::Legacy {
        return any_text(record, NAME).or_else(|| any_text(record, ISSUER_NAME)).as_deref().map(see);
    }
    let kind = kind(record);
    if is_service(record, version, kind) {
        return None;
    }
    match kind {
        Kind::AssumedRole | Kind::FederatedUser => first_text(record, &[ISSUER_NAME, NAME], see),
        _ => with_text(record, NAME, see),
    }
}

/// `user.name`: the role's name for role sessions.
pub(super) fn user_name(record: &dyn Values, version: Version) -> Option<String> {
    with_user_name(record, version, str::to_owned)
}

/// What `see` makes of `user.name`; nothing is copied.
pub(super) fn with_user_name<T>(
    record: &dyn Values,
    version: Version,
    see: impl FnOnce(&str) -> T,
) -> Option<T> {
    let mut see = Some(see);
    let found = with_plain_user_name(record, version, |name| see.take().map(|see| see(name))).flatten();
    match see {
        Some(see) if takes_added_name(record, version) => {
            with_text(record, "additionalEventData.UserName", see)
        }
        _ => found,
    }
}

/// Whether `additionalEventData.UserName` becomes the user's name, and leaves its place, if no other
/// name was found.
pub(super) fn takes_added_name(record: &dyn Values, version: Version) -> bool {
    version != Version::Legacy
        && with_text(record, "eventName", |name| name == "UserAuthentication") == Some(true)
}

/// `user.id`.
pub(super) fn user_id(record: &dyn Values, version: Version) -> Option<String> {
    if is_service(record, version, kind(record)) {
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

/// Whether a text is an address as Elasticsearch reads it (no leading zeros).
pub(super) fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// `related.ip`, without duplicates.
pub(super) fn related_ip(record: &dyn Values) -> Vec<String> {
    let all = ["sourceIPAddress", "serviceEventDetails.sourceIpAddress"];
    distinct(all.into_iter().filter_map(|path| text(record, path).filter(|text| is_ip(text))))
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
