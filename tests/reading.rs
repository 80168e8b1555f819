//! Reading the public corpora: every record is found, in every container and with any threads.

mod common;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use trailsmith::event::{Block, Input, Inputs, Layout, Projection, ReadOptions, Slots, Summary, read_blocks};

/// The ids of all events, and the summary.
fn ids(inputs: &Inputs, threads: usize) -> (Vec<String>, Summary) {
    let projection = Projection::new(["eventID"]);
    let worker = || {
        let mut slots = Slots::default();
        let projection = &projection;
        move |block: &mut Block| {
            let mut ids = Vec::new();
            block.records(|record| {
                assert_eq!(record.layout, Layout::CloudTrail);
                projection.extract(record.text, &mut slots)?;
                let id = slots.values(0, record.text).next();
                ids.push(id.and_then(|id| id.text()).unwrap_or_default().into_owned());
                Ok(())
            });
            ids
        }
    };
    let mut all = Vec::new();
    let options = ReadOptions { threads, block: 100_000, ..ReadOptions::default() };
    let summary = read_blocks(inputs, &options, worker, |ids, _| all.extend(ids));
    (all, summary)
}

#[test]
fn invictus_has_2900_records_in_any_container() {
    let Some(path) = common::shared("data/cloudtrail/cloudtrail_invictus.ndjson.gz") else { return };
    let (expected, summary) = ids(&Inputs::find([&path]), 1);
    assert_eq!(expected.len(), 2900);
    assert_eq!(summary, Summary { records: 2900, ..Summary::default() });
    let mut lines = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(std::fs::File::open(&path).unwrap()),
        &mut lines,
    )
    .unwrap();
    let list = format!("{{\"Records\":[{}]}}", lines.trim_end().replace('\n', ","));
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(list.as_bytes()).unwrap();
    let array = format!("{:#}", serde_json::from_str::<serde_json::Value>(&list).unwrap()["Records"]);
    let forms = [packed.finish().unwrap(), list.into_bytes(), array.into_bytes()];
    let inputs = Inputs::of(forms.into_iter().map(|form| Input::bytes("form", form)).collect());
    for threads in [1, 2, 4] {
        let (found, summary) = ids(&inputs, threads);
        assert_eq!(found, [&expected[..], &expected, &expected].concat(), "{threads} threads");
        assert_eq!(summary, Summary { records: 8700, ..Summary::default() });
    }
}

#[test]
fn stratus_has_310_records() {
    let Some(path) = common::shared("data/cloudtrail/cloudtrail_stratus.ndjson") else { return };
    let (found, summary) = ids(&Inputs::find([&path]), 2);
    assert_eq!(found.len(), 310);
    assert_eq!(summary, Summary { records: 310, ..Summary::default() });
}
