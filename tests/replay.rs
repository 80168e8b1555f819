//! Replays give the same hits in the same order whatever the number of threads.

mod common;

use std::path::PathBuf;

use trailsmith::event::Inputs;
use trailsmith::frontend;
use trailsmith::replay::{Replay, Settings, json};

/// The hits of the shared rules on the shared records, as JSON lines.
fn hits(threads: usize, dedup: bool, times: usize) -> Option<Vec<String>> {
    let rules = common::shared("data/elastic/rules")?;
    let records = common::shared("data/cloudtrail/cloudtrail_stratus.ndjson")?;
    let invictus = common::shared("data/cloudtrail/cloudtrail_invictus.ndjson.gz")?;
    let loaded = frontend::load(&[rules], &frontend::Options::default());
    let paths: Vec<PathBuf> = [records, invictus].into_iter().cycle().take(2 * times).collect();
    let inputs = Inputs::find(&paths);
    let replay = Replay::new(&loaded.rules, &inputs, Settings { threads, dedup, ..Settings::default() });
    let mut out = Vec::new();
    let stats = replay
        .run(&inputs, &mut |_| {}, &mut |found| {
            out.push(json(&found).to_string());
            Ok(())
        })
        .expect("a vector takes everything");
    assert_eq!(stats.hits as usize, out.len());
    Some(out)
}

#[test]
fn the_number_of_threads_never_shows() {
    let Some(one) = hits(1, false, 1) else { return };
    assert!(!one.is_empty());
    for threads in [2, 3, 8] {
        assert_eq!(hits(threads, false, 1).as_ref(), Some(&one), "{threads} threads");
    }
}

#[test]
fn files_given_twice_change_nothing_when_asked() {
    let Some(once) = hits(2, true, 1) else { return };
    assert_eq!(hits(2, true, 2), Some(once));
}
