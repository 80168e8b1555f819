//! Every container, every kind of damage, any number of threads.

use std::io::Write;

use base64::Engine;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::event::{Layout, Projection, Slots};

/// `line offset layout text` of every record, and the summary.
fn read(inputs: Vec<Input>, options: &ReadOptions) -> (Vec<(u64, u64, Layout, String)>, Summary) {
    let mut all = Vec::new();
    let projection = Projection::new(["eventName"]);
    let worker = || {
        let mut slots = Slots::default();
        let projection = &projection;
        move |block: &mut Block| {
            let mut records = Vec::new();
            block.records(|record| {
                projection.extract(record.text, &mut slots)?;
                records.push((record.line(), record.offset, record.layout, record.text.to_owned()));
                Ok(())
            });
            records
        }
    };
    let mut done = 0;
    let summary = read_blocks(&Inputs::of(inputs), options, worker, |records, progress| {
        assert!(progress.done >= done && progress.total.is_none_or(|total| progress.done <= total));
        done = progress.done;
        all.extend(records);
    });
    (all, summary)
}

fn texts(bytes: impl AsRef<[u8]>) -> (Vec<String>, Summary) {
    let (records, summary) = read(vec![Input::bytes("t", bytes.as_ref())], &ReadOptions::default());
    (records.into_iter().map(|record| record.3).collect(), summary)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn record(n: usize) -> Value {
    json!({"eventVersion": "1.08", "userIdentity": {"type": "Root"}, "eventName": format!("E{n}"),
        "requestParameters": {"text": "a \"quoted\" {brace \\", "list": [1, [2]]}})
}

fn values(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

#[test]
fn every_container_gives_its_records() {
    let (a, b) = (record(1), record(2));
    let both = vec![a.clone(), b.clone()];
    let lines = format!("{a}\n{b}\n");
    let logs = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
        "subscriptionFilters": ["f"], "logEvents": [{"id": "1", "timestamp": 1, "message": a.to_string()},
        {"id": "2", "timestamp": 2, "message": b.to_string()}]});
    let packed = base64::engine::general_purpose::STANDARD.encode(gzip(logs.to_string().as_bytes()));
    let bridge = |record: &Value| {
        json!({"version": "0", "id": "x", "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.iam", "account": "1", "time": "t", "region": "r", "resources": [], "detail": record})
    };
    let looked_up = json!({"Events": [{"EventId": "1", "EventName": "E1", "ReadOnly": "true", "Resources": [],
        "CloudTrailEvent": a.to_string()}, {"EventId": "2", "CloudTrailEvent": b.to_string()}], "NextToken": "n"});
    let beat = |record: &Value, key: &str| json!({"@timestamp": "t", "agent": {"type": "filebeat"}, key: record.to_string()});
    let original =
        |record: &Value| json!({"@timestamp": "t", "message": "", "event": {"original": record.to_string()}});
    let forms = [
        lines.clone(),
        lines.trim_end().to_owned(),
        lines.replace('\n', "\r\n\r\n"),
        format!("\u{feff}{lines}"),
        format!("{a}{b}"),
        format!("{a}{b}\n"),
        format!("{a:#}\n{b:#}\n"),
        format!("[\n{a:#},\n{b}]"),
        json!([a, b]).to_string(),
        json!({"Records": [a, b]}).to_string(),
        format!("{:#}", json!({"Records": [a, b]})),
        format!("{}\n{}\n", json!({"Records": [a]}), json!({"Records": [b]})),
        format!("{{\"x\":1,\"Records\":[{a},{b}]}}"),
        format!("{}\n{}\n", bridge(&a), bridge(&b)),
        json!([bridge(&a), bridge(&b)]).to_string(),
        logs.to_string(),
        format!("{logs:#}"),
        packed.clone(),
        json!({"awslogs": {"data": packed}}).to_string(),
        json!({"Records": [{"kinesis": {"data": packed}}]}).to_string(),
        looked_up.to_string(),
        format!("{looked_up:#}"),
        format!("{}\n{}", beat(&a, "message"), beat(&b, "message")),
        format!("{}\n{}", beat(&a, "event.original"), beat(&b, "event.original")),
        format!("{}\n{}", original(&a), original(&b)),
        format!("{}\n{}", json!({"technique_id": "t", "event": a}), json!({"technique_id": "t", "event": b})),
        format!("{}\n{}", json!({"eventCategory": "m", "eventData": a}), json!({"eventData": b})),
        format!("{}\n{}", json!(a.to_string()), json!(b.to_string())),
    ];
    for form in forms {
        for bytes in [form.clone().into_bytes(), gzip(form.as_bytes())] {
            let (found, summary) = texts(&bytes);
            assert_eq!(values(&found), both, "{form}");
            assert_eq!(summary, Summary { records: 2, ..Summary::default() }, "{form}");
        }
    }
    let (cut, rest) = lines.split_at(40);
    assert_eq!(values(&texts([gzip(cut.as_bytes()), gzip(rest.as_bytes())].concat()).0), both, "two members");
}

#[test]
fn ecs_documents_are_told_from_raw_ones() {
    for document in [
        json!({"@timestamp": "t", "event": {"action": "E", "original": record(1).to_string()}, "message": "{"}),
        json!({"event.action": "E", "event.original": record(1).to_string()}),
        json!({"aws": {"cloudtrail": {"event_version": "1"}}, "message": record(1).to_string()}),
        json!({"aws.cloudtrail.event_version": "1"}),
        json!({"user": {"name": "x"}}),
        json!({"source.ip": "1.2.3.4"}),
    ] {
        let bytes: &[u8] = &document.to_string().into_bytes();
        let (found, summary) = read(vec![Input::bytes("t", bytes)], &ReadOptions::default());
        assert_eq!(found, [(1, 0, Layout::Ecs, document.to_string())]);
        assert_eq!(summary.problems, []);
        let hits = json!({"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_index": "i", "_source": document}]}});
        assert_eq!(texts(hits.to_string()).0, [document.to_string()]);
    }
    for record in [
        json!({"eventSource": "s3.amazonaws.com"}),
        json!({"userIdentity": {}}),
        json!({"errorCode": "AccessDenied"}),
        json!({"userIdentity.type": "Root", "x": 1}),
    ] {
        let bytes: &[u8] = &record.to_string().into_bytes();
        let (found, _) = read(vec![Input::bytes("t", bytes)], &ReadOptions::default());
        assert_eq!(found, [(1, 0, Layout::CloudTrail, record.to_string())]);
    }
}

#[test]
fn what_lies_beside_records_is_counted_and_skipped() {
    let digest =
        json!({"awsAccountId": "1", "digestStartTime": "t", "digestS3Object": "o", "logFiles": [{}]});
    let insight = json!({"eventVersion": "1.07", "eventTime": "t", "awsRegion": "r", "eventType": "AwsCloudTrailInsight",
        "insightDetails": {"state": "Start"}, "eventCategory": "Insight"});
    let finding =
        json!({"schemaVersion": "2.0", "accountId": "1", "type": "Recon", "service": {"detectorId": "d"}});
    let mentions = json!({"eventName": "E", "requestParameters": {"insightDetails": 1}});
    let stream = [&digest, &insight, &finding, &mentions, &json!({"odd": 1}), &json!(5)]
        .map(Value::to_string)
        .join("\n");
    let (found, summary) = texts(stream);
    assert_eq!(values(&found), [mentions]);
    assert_eq!(summary.skipped, Skipped { digests: 1, insights: 1, findings: 1, unknown: 2 });
    assert!(!summary.loss);
    let lines: Vec<u64> = summary.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [5, 6]);
    assert_eq!(summary.diagnostics().len(), 5);
}

#[test]
fn damage_is_reported_with_its_place_and_the_rest_is_read() {
    let good = record(1).to_string();
    let damaged: [&[u8]; 6] = [
        b"{\"eventVersion\":\"1.08\",\"userIdentity\":{",
        b"{\"eventName\":\"\xff\xfe\"}",
        b"{\"eventName\":\"a\0b\"}",
        b"not json",
        b"{\"Records\":[{]}",
        b"\0\0\0",
    ];
    for bad in damaged {
        let stream = [good.as_bytes(), bad, good.as_bytes()].join(&b'\n');
        for bytes in [stream.clone(), gzip(&stream)] {
            let (records, summary) = read(vec![Input::bytes("t", bytes)], &ReadOptions::default());
            assert_eq!(records.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 3], "{}", bad.escape_ascii());
            assert!(summary.loss);
            assert!(summary.problems.iter().all(|problem| problem.line == 2), "{:?}", summary.problems);
            assert_eq!(summary.problems[0].kind, ProblemKind::NotJson);
            assert!(summary.problems[0].offset > good.len() as u64);
            let finding = summary.problems[0].to_diagnostic();
            assert_eq!(finding.source.map(|source| source.path().to_owned()).as_deref(), Some("t:2"));
        }
    }
}

#[test]
fn a_damaged_record_in_a_list_costs_only_itself() {
    let good = record(1).to_string();
    let list = format!("{{\"Records\": [\n{good},\n{{\"eventName\": 01}},\n{good}\n]}}");
    let (records, summary) = read(vec![Input::bytes("t", list.into_bytes())], &ReadOptions::default());
    assert_eq!(records.iter().map(|r| r.0).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(summary.problems[0].line, 3);
    let open = format!("{{\"Records\": [\n{good},\n{{\"eventName\": \"x}},\n{good}\n]}}");
    assert_eq!(texts(open).0, [good.as_str(), good.as_str()]);
}

#[test]
fn a_cut_gzip_gives_what_it_holds() {
    let lines: String = (0..50).map(|n| format!("{}\n", record(n))).collect();
    let whole = gzip(lines.as_bytes());
    let mut most = 0;
    for length in 0..whole.len() {
        let (found, summary) = texts(&whole[..length]);
        assert!(length == 0 || summary.loss, "{length}");
        assert!(found.len() <= 50);
        most = most.max(found.len());
        for (n, value) in values(&found).into_iter().enumerate() {
            assert_eq!(value, record(n));
        }
    }
    assert_eq!(most, 50, "only the trailer is missing at the end");
    assert_eq!(texts(&whole).0.len(), 50);
}

#[test]
fn oversized_records_are_skipped_without_keeping_them() {
    let options = ReadOptions { max_record: 2000, block: 512, threads: 1 };
    let (good, huge) = (record(1).to_string(), format!("{{\"eventName\":\"{}\"}}", "x".repeat(100_000)));
    for stream in [
        format!("{good}\n{huge}\n{good}\n"),
        format!("{{\"Records\":[{good},\n{huge},{good}]}}"),
        format!("[{good},\n[{huge},5],{good}]"),
        format!("{good}{good}\n{huge}"),
    ] {
        let (records, summary) = read(vec![Input::bytes("t", stream.clone().into_bytes())], &options);
        assert_eq!(records.len(), 2, "{}", &stream[..300]);
        assert_eq!(summary.problems.len(), 1, "{:?}", summary.problems);
        assert_eq!((summary.problems[0].kind, summary.problems[0].line), (ProblemKind::TooLarge, 2));
    }
}

#[test]
fn results_come_in_order_whatever_the_threads() {
    let input = |file: usize| {
        let lines: Vec<String> = (0..file * 40).map(|n| record(file * 1000 + n).to_string()).collect();
        let bytes = match file % 3 {
            0 => gzip(lines.join("\n").as_bytes()),
            1 => lines.join("\n").into_bytes(),
            _ => format!("{{\"Records\":[{}]}}", lines.join(",\n")).into_bytes(),
        };
        Input::bytes(&format!("f{file}"), bytes)
    };
    let mut inputs: Vec<Input> = (0..12).map(input).collect();
    inputs.insert(3, Input::file(std::path::Path::new("/nonexistent/x.json")));
    let one = read(inputs.clone(), &ReadOptions { block: 3000, ..ReadOptions::default() });
    assert_eq!(one.0.len(), (0..12).sum::<usize>() * 40);
    assert_eq!(one.1.problems.len(), 1);
    assert_eq!(one.1.problems[0].place(), "/nonexistent/x.json");
    for threads in [2, 3, 8] {
        for block in [500, 3000, 1 << 20] {
            let many = read(inputs.clone(), &ReadOptions { threads, block, ..ReadOptions::default() });
            assert_eq!(many, one, "{threads} threads, blocks of {block}");
        }
    }
    for threads in [1, 4] {
        assert_eq!(
            read(Vec::new(), &ReadOptions { threads, ..ReadOptions::default() }).1,
            Summary::default()
        );
    }
}

#[test]
fn a_panicking_worker_does_not_hang_the_run() {
    let inputs = Inputs::of(
        (0..20).map(|n| Input::bytes(&format!("{n}"), record(n).to_string().into_bytes())).collect(),
    );
    let options = ReadOptions { threads: 3, ..ReadOptions::default() };
    let worker = || |block: &mut Block| assert!(&**block.file() != "7", "on purpose");
    let outcome = std::panic::catch_unwind(|| read_blocks(&inputs, &options, worker, |_, _| {}));
    assert!(outcome.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn rubbish_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), block in 1usize..400) {
        let options = ReadOptions { max_record: 100, block, threads: 1 };
        read(vec![Input::bytes("t", bytes.clone()), Input::bytes("z", gzip(&bytes))], &options);
    }

    #[test]
    fn json_like_rubbish_never_panics(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", "\"", "\\", ",", ":", "\n", " ", "\"Records\"", "{\"Records\":[", "\"event\"", "\"message\"",
            "\"{", "\\\"", "5", "null", "\"eventName\":\"x\"", "{\"eventName\":\"x\"}", "H4sI", "\"detail\"", "\u{e9}", "\0",
        ]), 0..60),
        block in 16usize..100,
    ) {
        let text = pieces.concat();
        let options = ReadOptions { max_record: 60, block, threads: 1 };
        let whole = ReadOptions::default();
        read(vec![Input::bytes("t", text.clone().into_bytes())], &options);
        read(vec![Input::bytes("t", text.clone().into_bytes())], &whole);
        read(vec![Input::bytes("t", json!(text).to_string().into_bytes())], &whole);
    }

    #[test]
    fn damage_to_one_line_leaves_the_others(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let lines: Vec<String> = (0..5).map(|n| record(n).to_string()).collect();
        let mut stream = lines.join("\n").into_bytes();
        let at = lines[0].len() + 1 + at.index(lines[1].len());
        stream[at] = byte;
        let (found, _) = texts(&stream);
        for (n, line) in lines.iter().enumerate().filter(|line| line.0 != 1) {
            prop_assert!(found.contains(line), "line {n} is gone");
        }
    }
}
