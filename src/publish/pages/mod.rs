//! A Markdown page for each rule, made from the rule, and an index by folder and by tactic.
//!
//! Pages lie like the rules' files do: of `rules/aws/ec2/x.yml` below `rules`, the page is
//! `aws/ec2/x.md`. They begin with a line by which a later run knows them as its own.

mod detection;
mod fields;
mod index;
mod markdown;
mod playbook;
mod rule;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Entry, Links, Survey};
use crate::testing::clean;

/// The first line of every page.
pub const MARK: &str = "<!-- Written by `trailsmith docs rules`. Edit the rule, not this page. -->";

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file, below the folder of all pages; with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The pages of all rules and their index, `README.md`. `named` are the files and folders that the
/// rules were read from; `folder` is where the pages will lie and `root` where relative paths start.
pub fn pages(survey: &Survey, named: &[PathBuf], folder: &Path, root: &Path) -> Vec<Page> {
    let paths = paths(survey, named);
    let mut pages = vec![Page { path: "README.md".into(), text: index::page(survey, &paths) }];
    let names = fields::Names::new(survey);
    let page = |(entry, path): (&Entry, &String)| {
        let own = folder.join(path);
        let own = own.parent().unwrap_or(folder);
        let text = rule::page(entry, &names, &Links::Beside { folder: own, root });
        Page { path: path.clone(), text }
    };
    pages.par_extend(survey.entries.par_iter().zip(&paths).map(page));
    pages
}

/// Where the page of each rule goes: the way of its file below what was named; with the rule's
/// number where a file holds several, with the file's ending where two files differ in that only.
fn paths(survey: &Survey, named: &[PathBuf]) -> Vec<String> {
    let named: Vec<PathBuf> = named.iter().map(|path| clean(path)).collect();
    let file = |path: &str| {
        let path = clean(Path::new(path));
        let below = named.iter().filter(|named| **named != path).find_map(|named| {
            if named == Path::new(".") { Some(path.as_path()) } else { path.strip_prefix(named).ok() }
        });
        let below = below.filter(|below| below.is_relative()).map(Path::to_path_buf);
        below.unwrap_or_else(|| path.file_name().map(PathBuf::from).unwrap_or_default())
    };
    let files: Vec<&str> = survey.entries.iter().map(|entry| entry.rule.source.path()).collect();
    let plain = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let stem = |path: &str| plain(&file(path).with_extension(""));
    let mut stems: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in &files {
        let known = stems.entry(stem(path)).or_default();
        if !known.contains(path) {
            known.push(path);
        }
    }
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    files
        .iter()
        .map(|path| {
            let stem = stem(path);
            // The index has its name to itself.
            let shared = stems.get(&stem).is_some_and(|files| files.len() > 1) || stem == "README";
            let name = if shared { plain(&file(path)) } else { stem };
            let number = numbers.entry(path).or_default();
            *number += 1;
            let alone = files.iter().filter(|other| *other == path).count() == 1;
            if alone { format!("{name}.md") } else { format!("{name}-{number}.md") }
        })
        .collect()
}

#[cfg(test)]
mod tests;
