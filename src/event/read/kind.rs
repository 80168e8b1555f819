//! What a top-level key says about the object it stands in.
//!
//! CloudTrail's fields: "CloudTrail record contents", user guide. ECS roots: ECS 8.11 and the
//! fields that Elastic's AWS integration adds.

/// What a key is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A CloudTrail record and nothing else.
    CloudTrail,
    /// A CloudTrail record, if nothing speaks for another thing.
    PerhapsCloudTrail,
    /// A list of records or wrapped records.
    List,
    /// An object that is or holds the record.
    Wrapper,
    /// The record as text.
    Text,
    /// The record as text, if the document was not parsed already.
    PerhapsText,
    /// Base64 of gzip, as subscriptions deliver it.
    Packed,
    /// `event`: the record, its text, or the ECS fields of that name.
    Event,
    /// An ECS document that was parsed.
    Parsed,
    /// An ECS document, if nothing speaks for another thing.
    Ecs,
    Digest,
    Insight,
    Finding,
    /// A finding, if the value is a type of findings.
    PerhapsFinding,
    None,
}

pub(super) fn sign(key: &str) -> Sign {
    match key {
        "eventVersion"
        | "userIdentity"
        | "eventTime"
        | "eventSource"
        | "eventName"
        | "awsRegion"
        | "sourceIPAddress"
        | "userAgent"
        | "requestParameters"
        | "responseElements"
        | "requestID"
        | "eventID"
        | "eventType"
        | "recipientAccountId"
        | "managementEvent"
        | "additionalEventData" => Sign::CloudTrail,
        "readOnly"
        | "errorCode"
        | "errorMessage"
        | "sharedEventID"
        | "tlsDetails"
        | "eventCategory"
        | "sessionCredentialFromConsole"
        | "vpcEndpointId"
        | "serviceEventDetails"
        | "resources"
        | "apiVersion" => Sign::PerhapsCloudTrail,
        "Records" | "Events" | "logEvents" | "records" | "Findings" | "findings" => Sign::List,
        "detail" | "_source" | "eventData" | "awslogs" | "kinesis" | "hits" | "result" => Sign::Wrapper,
        "CloudTrailEvent" | "_raw" | "Message" => Sign::Text,
        "message" | "event.original" => Sign::PerhapsText,
        "data" => Sign::Packed,
        "event" => Sign::Event,
        "event.action" | "event.provider" | "event.outcome" | "event.category" | "event.type" => Sign::Parsed,
        "digestStartTime" | "digestS3Object" | "digestEndTime" => Sign::Digest,
        "insightDetails" => Sign::Insight,
        "detectorId" | "schemaVersion" | "SchemaVersion" | "GeneratorId" | "ProductArn" | "findingArn" => {
            Sign::Finding
        }
        "type" | "Type" => Sign::PerhapsFinding,
        "@timestamp" | "aws" | "cloud" | "ecs" | "user" | "source" | "related" | "user_agent" | "agent"
        | "data_stream" | "destination" | "host" => Sign::Ecs,
        _ => match key.split_once('.') {
            Some(("aws", rest)) if rest.starts_with("cloudtrail") => Sign::Parsed,
            Some((root, _)) => match sign(root) {
                Sign::CloudTrail | Sign::PerhapsCloudTrail => Sign::PerhapsCloudTrail,
                Sign::Ecs | Sign::Event => Sign::Ecs,
                _ => Sign::None,
            },
            None => Sign::None,
        },
    }
}

/// Whether a key of the object `event` speaks for a parsed ECS document.
pub(super) fn is_parsed_event(key: &str) -> bool {
    matches!(key, "action" | "provider" | "outcome" | "category" | "type")
}
