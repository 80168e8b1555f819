//! How a field of some vocabulary is reached in a record: the types. `resolve.rs` decides.

use super::Version;

/// The way to a field's values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reach {
    /// The values at a path of the record. `prune`: the ECS view, in which `null`, `""`, `"-"`,
    /// `"none"` and empty containers do not exist.
    Path {
        /// Dotted path in the record.
        path: String,
        /// Whether empty values vanish.
        prune: bool,
    },
    /// A key below a `flattened` copy: as [`Reach::Path`], but only while the text of the whole
    /// payload is shorter than 32,766 characters, since longer ones have no flattened copy
    /// (`cloudtrail_to_ecs.md` §2). A record below 8 KiB never exceeds that; for others
    /// `event::normalize::has_flattened_copy` decides.
    Flattened {
        /// The payload that was copied.
        payload: Payload,
        /// Dotted path in the raw record, the payload's key included.
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
    /// What only an agent or a cluster adds (GeoIP, user agent parsing, ingestion time, entities,
    /// tags): missing in a replay unless a fixture supplies it. The ECS path.
    Enrichment(String),
    /// This input can never have the field.
    Never,
}

/// The parts of a record that depend on the service and are indexed as text and as `flattened`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payload {
    /// `requestParameters`.
    RequestParameters,
    /// `responseElements`.
    ResponseElements,
    /// `additionalEventData`.
    AdditionalEventData,
    /// `serviceEventDetails`.
    ServiceEventDetails,
}

impl Payload {
    /// All four, in the order of the pipeline.
    pub const ALL: [Payload; 4] = [
        Payload::RequestParameters,
        Payload::ResponseElements,
        Payload::AdditionalEventData,
        Payload::ServiceEventDetails,
    ];

    /// The key in the raw record.
    pub fn raw(self) -> &'static str {
        match self {
            Payload::RequestParameters => "requestParameters",
            Payload::ResponseElements => "responseElements",
            Payload::AdditionalEventData => "additionalEventData",
            Payload::ServiceEventDetails => "serviceEventDetails",
        }
    }

    /// The key below `aws.cloudtrail` and `aws.cloudtrail.flattened`.
    pub fn ecs(self) -> &'static str {
        match self {
            Payload::RequestParameters => "request_parameters",
            Payload::ResponseElements => "response_elements",
            Payload::AdditionalEventData => "additional_eventdata",
            Payload::ServiceEventDetails => "service_event_details",
        }
    }
}

/// Values that are computed from a record. Sources: `cloudtrail_to_ecs.md` §2–4 for the ECS ones,
/// `threatstack.md` §3 for the aliases. `event::normalize` computes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Derived {
    /// `@timestamp`: `eventTime` with milliseconds.
    Timestamp,
    /// `event.outcome`.
    Outcome,
    /// `event.category`.
    Category(Version),
    /// `event.type`.
    Type(Version),
    /// `cloud.service.name`: the part of `eventSource` before `.amazonaws.com`.
    CloudServiceName,
    /// `cloud.account.id`.
    AccountId,
    /// `source.ip`: `sourceIPAddress` where it is one.
    SourceIp,
    /// `user.name`.
    UserName(Version),
    /// `user.id`.
    UserId(Version),
    /// `user.email`.
    UserEmail(Version),
    /// `service.name` of an AWS service that acts (8.9).
    ServiceName,
    /// `tls.version`.
    TlsVersion,
    /// `tls.version_protocol`.
    TlsProtocol,
    /// `tls.cipher`.
    TlsCipher,
    /// `tls.client.server_name`.
    TlsServerName,
    /// `aws.cloudtrail.tls_details.key_exchange`.
    TlsKeyExchange,
    /// `related.user`.
    RelatedUser(Version),
    /// `related.ip`.
    RelatedIp,
    /// `…session_context.creation_date`.
    SessionCreated,
    /// `…console_login.additional_eventdata.login_to`.
    ConsoleLoginTo,
    /// `…console_login.additional_eventdata.mfa_used`, a boolean.
    ConsoleMfaUsed,
    /// `…console_login.additional_eventdata.mobile_version`, a boolean.
    ConsoleMobileVersion,
    /// The text copy of a payload: Java's `Map.toString()`.
    Text(Payload),
    /// Threat Stack `user`.
    ThreatStackUser,
    /// Threat Stack `arnRole`.
    ThreatStackArnRole,
    /// Threat Stack `eventTime` and `timestamp`: epoch milliseconds.
    ThreatStackTime,
    /// Splunk `errorCode`: the raw one, else `success`.
    SplunkErrorCode,
    /// Raw `eventTime` of an ECS document: `@timestamp` without its fraction.
    EventTime,
    /// Threat Stack `eventTime` of an ECS document: `@timestamp` in epoch milliseconds.
    EventTimeMillis,
}

impl Derived {
    /// The paths of the record that the function reads: raw ones, or `@timestamp` for the two
    /// functions of ECS documents.
    pub fn inputs(self) -> &'static [&'static str] {
        const TYPE: &str = "userIdentity.type";
        const ARN: &str = "userIdentity.arn";
        const NAME: &str = "userIdentity.userName";
        const PRINCIPAL: &str = "userIdentity.principalId";
        const INVOKED_BY: &str = "userIdentity.invokedBy";
        const ISSUER: &str = "userIdentity.sessionContext.sessionIssuer.arn";
        const ISSUER_NAME: &str = "userIdentity.sessionContext.sessionIssuer.userName";
        const BEHALF: &str = "userIdentity.onBehalfOf.userId";
        const ADDED_NAME: &str = "additionalEventData.UserName";
        const TLS: &str = "tlsDetails.tlsVersion";
        match self {
            Derived::Timestamp | Derived::ThreatStackTime => &["eventTime"],
            Derived::Outcome => &["errorCode", "errorMessage", "eventName", "responseElements.ConsoleLogin"],
            Derived::Category(_) | Derived::Type(_) => &["eventName"],
            Derived::CloudServiceName => &["eventSource"],
            Derived::AccountId => &["userIdentity.accountId", "recipientAccountId", "awsAccountId"],
            Derived::SourceIp => &["sourceIPAddress"],
            Derived::UserName(_) => &[TYPE, NAME, ISSUER, ISSUER_NAME, INVOKED_BY, "eventName", ADDED_NAME],
            Derived::UserId(_) => &[TYPE, PRINCIPAL, ISSUER, INVOKED_BY, BEHALF],
            Derived::UserEmail(_) => {
                &[TYPE, NAME, ARN, ISSUER, ISSUER_NAME, INVOKED_BY, "eventName", ADDED_NAME]
            }
            Derived::ServiceName => &[TYPE, ISSUER, INVOKED_BY],
            Derived::TlsVersion | Derived::TlsProtocol => &[TLS],
            Derived::TlsCipher => &[TLS, "tlsDetails.cipherSuite"],
            Derived::TlsServerName => &[TLS, "tlsDetails.clientProvidedHostHeader"],
            Derived::TlsKeyExchange => &[TLS, "tlsDetails.keyExchange"],
            Derived::RelatedUser(_) => &[
                TYPE,
                NAME,
                ARN,
                PRINCIPAL,
                ISSUER,
                ISSUER_NAME,
                INVOKED_BY,
                BEHALF,
                "eventName",
                ADDED_NAME,
                "requestParameters.userName",
                "requestParameters.newUserName",
                "responseElements.user.userId",
            ],
            Derived::RelatedIp => &["sourceIPAddress", "serviceEventDetails.sourceIpAddress"],
            Derived::SessionCreated => &["userIdentity.sessionContext.attributes.creationDate"],
            Derived::ConsoleLoginTo => &["eventName", "additionalEventData.LoginTo"],
            Derived::ConsoleMfaUsed => &["eventName", "additionalEventData.MFAUsed"],
            Derived::ConsoleMobileVersion => &["eventName", "additionalEventData.MobileVersion"],
            Derived::Text(Payload::RequestParameters) => &["requestParameters"],
            Derived::Text(Payload::ResponseElements) => &["responseElements"],
            Derived::Text(Payload::AdditionalEventData) => {
                &["additionalEventData", "eventName", NAME, TYPE, ISSUER, ISSUER_NAME, INVOKED_BY]
            }
            Derived::Text(Payload::ServiceEventDetails) => &["serviceEventDetails"],
            Derived::ThreatStackUser => &[TYPE, PRINCIPAL, NAME, INVOKED_BY, ARN],
            Derived::ThreatStackArnRole => &[ARN],
            Derived::SplunkErrorCode => &["errorCode"],
            Derived::EventTime | Derived::EventTimeMillis => &["@timestamp"],
        }
    }
}
