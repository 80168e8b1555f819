//! Small hostile records and their documents.

use proptest::prelude::*;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value as Json, json};
use trailsmith::event::{Layout, normalize};

use super::values::{ADDRESSES, TIMES, text};

/// How many.
const RECORDS: usize = 300;

/// A document, and the record that it is made of; none where it holds more than the record gives.
pub struct Record {
    pub raw: Option<String>,
    pub document: String,
}

impl Record {
    /// What the matcher judges.
    pub fn judged(&self) -> (&str, Layout) {
        match &self.raw {
            Some(raw) => (raw, Layout::CloudTrail),
            None => (&self.document, Layout::Ecs),
        }
    }
}

/// The records.
pub fn all(runner: &mut TestRunner) -> Vec<Record> {
    let (strategy, added) = (record(), added());
    let mut some = |at: usize| {
        let raw = strategy.new_tree(runner).expect("a record").current();
        let mut document = normalize::normalize(&raw, &normalize::Options::default()).document;
        if at.is_multiple_of(2) {
            return Record { raw: Some(raw.to_string()), document: Json::Object(document).to_string() };
        }
        for (path, value) in added.new_tree(runner).expect("fields").current() {
            if !value.is_null() {
                put(&mut document, path, value);
            }
        }
        Record { raw: None, document: Json::Object(document).to_string() }
    };
    (0..RECORDS).map(&mut some).collect()
}

fn put(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = object.entry(first).or_insert_with(|| json!({}));
            put(inner.as_object_mut().expect("an object"), rest, value);
        }
    }
}

fn texts() -> BoxedStrategy<Json> {
    text().prop_map(Json::from).boxed()
}

fn select(values: &'static [&'static str]) -> BoxedStrategy<Json> {
    proptest::sample::select(values).prop_map(Json::from).boxed()
}

/// A value, or none.
fn maybe(value: BoxedStrategy<Json>) -> BoxedStrategy<Json> {
    prop_oneof![1 => Just(Json::Null), 3 => value].boxed()
}

fn scalar() -> BoxedStrategy<Json> {
    let numbers = proptest::sample::select(vec![
        json!(0),
        json!(1),
        json!(2),
        json!(9),
        json!(10),
        json!(-5),
        json!(0.5),
        json!(1024),
        json!(100_000),
    ]);
    prop_oneof![6 => texts(), 2 => numbers, 1 => any::<bool>().prop_map(Json::from), 1 => Just(Json::Null)]
        .boxed()
}

/// A value, a list, or a list of objects.
fn open() -> BoxedStrategy<Json> {
    let list = || proptest::collection::vec(scalar(), 0..4);
    let objects = proptest::collection::vec(scalar(), 0..3)
        .prop_map(|values| values.into_iter().map(|value| json!({ "c": value })).collect::<Json>());
    prop_oneof![
        5 => scalar(),
        2 => list().prop_map(Json::from),
        1 => scalar().prop_map(|value| json!({ "c": value })),
        1 => objects,
        1 => (list(), scalar()).prop_map(|(list, one)| json!([list, one])),
        1 => Just(Json::Null),
    ]
    .boxed()
}

/// Keys of a payload: a plain one, one with dots, one with signs, and a value below.
fn payload() -> BoxedStrategy<Json> {
    let object = (open(), open(), open(), scalar(), maybe(texts()), maybe(texts())).prop_map(
        |(a, dotted, signs, user, group, deep)| {
            json!({ "a": a, "b.c": dotted, "x-y z": signs, "n": user, "userName": group, "d": { "e": { "f": deep } } })
        },
    );
    prop_oneof![5 => object, 1 => Just(Json::Null), 1 => Just(json!({}))].boxed()
}

fn record() -> BoxedStrategy<Json> {
    let resources = proptest::collection::vec((maybe(texts()), maybe(texts())), 0..3).prop_map(|list| {
        let one = |(arn, ty)| json!({ "ARN": arn, "accountId": "111122223333", "type": ty });
        list.into_iter().map(one).collect::<Json>()
    });
    let identity = (texts(), maybe(texts()), maybe(texts()), maybe(texts())).prop_map(|(ty, name, arn, id)| {
        json!({ "type": ty, "userName": name, "arn": arn, "principalId": id, "accountId": "111122223333" })
    });
    let head = (maybe(texts()), maybe(texts()), maybe(texts()), maybe(texts()), maybe(texts()));
    let ip = prop_oneof![3 => select(ADDRESSES), 1 => texts()].boxed();
    let read_only = prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::from)].boxed();
    (head, maybe(ip), select(TIMES), read_only, identity, payload(), payload(), resources)
        .prop_map(|(head, ip, time, read_only, identity, request, response, resources)| {
            let (name, source, code, message, agent) = head;
            json!({
                "eventTime": time,
                "eventName": name,
                "eventSource": source,
                "errorCode": code,
                "errorMessage": message,
                "userAgent": agent,
                "sourceIPAddress": ip,
                "readOnly": read_only,
                "userIdentity": identity,
                "requestParameters": request,
                "responseElements": response,
                "resources": resources,
                "recipientAccountId": "111122223333",
                "awsRegion": "us-east-1",
            })
        })
        .boxed()
}

/// Fields that other processors give to documents.
fn added() -> BoxedStrategy<Vec<(&'static str, Json)>> {
    let some = |value: BoxedStrategy<Json>| {
        prop_oneof![
            1 => Just(Json::Null),
            3 => value.clone(),
            1 => proptest::collection::vec(value, 0..3).prop_map(Json::from),
        ]
    };
    let port = proptest::sample::select(vec![json!(0), json!(1), json!(9), json!(10), json!(65535)]).boxed();
    let score =
        proptest::sample::select(vec![json!(0.0), json!(0.5), json!(1.0), json!(73.25), json!(-2.5)]).boxed();
    let log = (texts(), texts()).prop_map(|(a, b)| json!({ "s3_bucket": a, "s3_object": b })).boxed();
    (some(texts()), some(texts()), some(port), some(score), some(select(ADDRESSES)), some(texts()), some(log))
        .prop_map(|(tags, label, port, score, ip, message, log)| {
            vec![
                ("tags", tags),
                ("labels.x", label),
                ("destination.port", port),
                ("event.risk_score", score),
                ("host.ip", ip),
                ("message", message),
                ("aws.cloudtrail.digest.log_files", log),
            ]
        })
        .boxed()
}
