//! How fast `trailsmith match` replays events, end to end, beside what serde_json takes to validate
//! and to parse the same lines in the same run.
//!
//! `cargo bench --bench throughput [-- EVENTS]` writes that many CloudTrail records (1,000,000
//! unless told otherwise) to a temporary file, replicated from the shared Invictus corpus, and
//! replays the shared Elastic rules on them with one thread and with two. It prints the best and
//! the median of nine passes, the passes of all ways interleaved so that noise hits them alike, and
//! the median of what each pass took beside the validation of the same round. It asserts nothing.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const PASSES: usize = 9;

fn main() {
    let shared = std::env::var_os("TRAILSMITH_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let corpus = shared.join("data/cloudtrail/cloudtrail_invictus.ndjson.gz");
    if !corpus.exists() {
        println!("skipped: no {}", corpus.display());
        return;
    }
    let events = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(1_000_000_usize);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("events.ndjson");
    replicate(&corpus, &file, events);
    let bytes = fs::metadata(&file).expect("the file just written").len();
    println!("{events} events, {:.1} MB", bytes as f64 / 1e6);

    let rules = shared.join("data/elastic/rules");
    let mut ways: Vec<(&str, Vec<Duration>, u64)> = vec![
        ("serde_json validate (IgnoredAny), one thread", Vec::new(), 0),
        ("trailsmith match, one thread", Vec::new(), 0),
        ("trailsmith match, two threads", Vec::new(), 0),
        ("serde_json Value, one thread", Vec::new(), 0),
    ];
    for _ in 0..PASSES {
        ways[0].1.push(time(|| validate::<serde::de::IgnoredAny>(&file)));
        for (way, threads) in [(1, "1"), (2, "2")] {
            let (duration, peak) = replay(&rules, &file, threads);
            ways[way].1.push(duration);
            ways[way].2 = ways[way].2.max(peak);
        }
    }
    ways[3].1.push(time(|| validate::<serde_json::Value>(&file)));
    let floors = ways[0].1.clone();
    for (name, durations, peak) in &mut ways {
        let mut ratios: Vec<f64> = durations
            .iter()
            .zip(&floors)
            .map(|(own, floor)| floor.as_secs_f64() / own.as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        durations.sort();
        let best = durations[0];
        let rate = |duration: Duration| events as f64 / duration.as_secs_f64();
        let median = durations[durations.len() / 2];
        print!(
            "{name:<46} best {:>9.0} events/s, median {:>9.0}, {:>6.0} MB/s, {:.2} of validation (median of pairs)",
            rate(best),
            rate(median),
            bytes as f64 / 1e6 / best.as_secs_f64(),
            ratios[ratios.len() / 2]
        );
        println!("{}", if *peak > 0 { format!(", peak {} MB", *peak / 1024) } else { String::new() });
    }
    let (one, two) = (ways[1].1[0].as_secs_f64(), ways[2].1[0].as_secs_f64());
    println!("two threads against one: {:.2}", one / two);
    load(&shared, folder.path());
}

/// Time to load and compile all shared rules: the AWS ones and the 1,198 others.
fn load(shared: &Path, folder: &Path) {
    let archive = File::open(shared.join("data/elastic/other_rules.tar.gz")).expect("the other rules");
    tar::Archive::new(flate2::read::GzDecoder::new(archive))
        .unpack(folder.join("other"))
        .expect("a tar archive");
    let mut best = Duration::MAX;
    let mut summary = String::new();
    for _ in 0..PASSES {
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_trailsmith"))
            .args(["list", "rules", "--format", "json-lines"])
            .arg(shared.join("data/elastic/rules"))
            .arg(folder.join("other"))
            .output()
            .expect("the program runs");
        best = best.min(start.elapsed());
        summary = format!("{} rules", output.stdout.iter().filter(|&&b| b == b'\n').count());
    }
    println!("load {summary}: {:.0} ms", best.as_secs_f64() * 1e3);
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn replicate(corpus: &Path, file: &Path, events: usize) {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(File::open(corpus).expect("the corpus"))
        .read_to_end(&mut text)
        .expect("gzip");
    let lines: Vec<&[u8]> = text.split(|&b| b == b'\n').filter(|line| !line.is_empty()).collect();
    let mut out = BufWriter::new(File::create(file).expect("a file"));
    for line in lines.iter().cycle().take(events) {
        out.write_all(line).and_then(|()| out.write_all(b"\n")).expect("disk space");
    }
    out.flush().expect("disk space");
}

/// Reads the file in blocks as the program does, and parses every line as `T`.
fn validate<T: serde::de::DeserializeOwned>(file: &Path) {
    let mut file = File::open(file).expect("the file");
    let mut block = Vec::with_capacity(2 << 20);
    loop {
        let kept = block.len();
        block.resize(kept + (1 << 20), 0);
        let read = file.read(&mut block[kept..]).expect("readable");
        block.truncate(kept + read);
        let end = block.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let text = std::str::from_utf8(&block[..end]).expect("UTF-8");
        for line in text.lines() {
            std::hint::black_box(serde_json::from_str::<T>(line).expect("JSON"));
        }
        block.drain(..end);
        if read == 0 {
            return;
        }
    }
}

/// Runs the program; returns its time and its peak resident memory in kB.
fn replay(rules: &Path, file: &Path, threads: &str) -> (Duration, u64) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_trailsmith"))
        .args(["match", "--count", "--quiet", "--threads", threads, "-r"])
        .args([rules, file])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(exit) = child.try_wait().expect("a child") {
            assert!(exit.code().is_some_and(|code| code != 2), "{exit}");
            return (start.elapsed(), peak);
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(peak).max(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
}
