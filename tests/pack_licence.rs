//! The pack's prose is its own: no eight words in a row of a description, a guide, a set-up note or a
//! false positive stand in any file of the shared corpora.

mod common;

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use trailsmith::frontend;
use trailsmith::ir::Rule;

/// So many words in a row are somebody's sentence.
const WORDS: usize = 8;

/// Hashes of the words of a text: runs of ASCII letters and digits, whatever their case.
fn words(text: &[u8]) -> Vec<u64> {
    let mut words = Vec::new();
    let (mut hash, mut inside) = (FNV, false);
    for &byte in text.iter().chain(b" ") {
        if byte.is_ascii_alphanumeric() {
            hash = step(hash, byte.to_ascii_lowercase().into());
            inside = true;
        } else if inside {
            words.push(hash);
            (hash, inside) = (FNV, false);
        }
    }
    words
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn step(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// A hash of each run of [`WORDS`] words, with the number of its first one.
fn runs(words: &[u64]) -> impl Iterator<Item = (usize, u64)> {
    let hash = |run: &[u64]| run.iter().fold(FNV, |hash, word| step(hash.rotate_left(5), *word));
    words.windows(WORDS).map(hash).enumerate()
}

fn prose(rule: &Rule) -> Vec<&str> {
    let meta = &rule.metadata;
    let mut texts: Vec<&str> = meta.description.iter().map(String::as_str).collect();
    texts.extend(meta.investigation_guide.as_deref());
    texts.extend(meta.setup.as_deref());
    texts.extend(meta.false_positives.iter().flatten().map(String::as_str));
    let steps = meta.playbook.iter().flat_map(|playbook| &playbook.steps);
    texts.extend(steps.filter_map(|step| step.text.as_deref()));
    texts
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

/// A file's bytes, unpacked; of an archive its files one after the other.
fn bytes(path: &Path) -> Vec<u8> {
    let raw = std::fs::read(path).expect("a readable corpus");
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return raw;
    }
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_end(&mut unpacked).expect("gzip");
    unpacked
}

/// Line breaks that JSON writes as two signs part words, too.
fn without_escapes(mut text: Vec<u8>) -> Vec<u8> {
    for at in 1..text.len() {
        if text[at - 1] == b'\\' && matches!(text[at], b'n' | b't' | b'r') {
            text[at] = b' ';
        }
    }
    text
}

#[test]
fn no_sentence_of_the_pack_is_somebody_elses() {
    let Some(data) = common::shared("data") else { return };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = frontend::load(&[root.join("rules")], &frontend::Options::default()).rules;
    let mut own: HashMap<u64, (&str, String)> = HashMap::new();
    for rule in &rules {
        for text in prose(rule) {
            let spelt: Vec<&str> =
                text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
            for (at, hash) in runs(&words(text.as_bytes())) {
                own.insert(hash, (rule.name(), spelt[at..at + WORDS].join(" ")));
            }
        }
    }
    assert!(rules.len() >= 72 && own.len() > 10_000, "{} rules, {} runs", rules.len(), own.len());
    let mut paths = Vec::new();
    files(&data, &mut paths);
    let mut found = Vec::new();
    for path in &paths {
        let text = without_escapes(bytes(path));
        for (_, hash) in runs(&words(&text)) {
            if let Some((rule, run)) = own.get(&hash) {
                found.push(format!("{rule}: `{run}` stands in {}", path.display()));
            }
        }
    }
    found.sort();
    found.dedup();
    println!("{} runs of {WORDS} words in {} files: {} found", own.len(), paths.len(), found.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_borrowed_sentence_is_found() {
    let hashes = |text: &[u8]| runs(&words(text)).map(|(_, hash)| hash).collect::<Vec<u64>>();
    let theirs = hashes(b"They wrote: \"An access key was found\\nin a public place yesterday\".");
    let borrowed = hashes(b"an ACCESS key was\nfound; in a public");
    assert_eq!(borrowed.len(), 1);
    assert!(!theirs.contains(&borrowed[0]), "an escape is no word break by itself");
    let text = without_escapes(b"An access key was found\\nin a public place".to_vec());
    assert!(hashes(&text).contains(&borrowed[0]));
    assert!(!hashes(b"an access key was found in some public place").contains(&borrowed[0]));
}

#[test]
fn the_pack_is_under_its_own_licence() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = frontend::load(&[root.join("rules")], &frontend::Options::default()).rules;
    let other: Vec<&str> = rules
        .iter()
        .filter(|rule| rule.metadata.license.as_deref() != Some("Apache-2.0"))
        .map(|rule| rule.name())
        .collect();
    assert_eq!(other, Vec::<&str>::new());
}
