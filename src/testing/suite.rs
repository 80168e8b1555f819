//! Which fixture file is for which rule, and the run of all of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::codes::{FIXTURE_EVENTS, FIXTURE_WITHOUT_RULE, INVALID_FIXTURE};
use super::coverage::RuleCoverage;
use super::discover::{candidates, clean};
use super::events::{EventFiles, prepare};
use super::fixture::{Case, FixtureFile};
use super::judge::{Judged, judge};
use super::outcome::{CaseReport, Failure, Outcome, Report};
use super::{Settings, read};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::ir::Rule;
use crate::matcher::explain::Observation;

/// A case, what was seen of the rule's clauses, and what is wrong with the fixture file.
type CaseResult = (CaseReport, Vec<Observation>, Option<Diagnostic>);

/// Fixture files that were read, and the rule files they are for.
#[derive(Debug, Clone, Default)]
pub struct Fixtures {
    files: Vec<(FixtureFile, Vec<PathBuf>)>,
    /// What is wrong with them.
    pub diagnostics: Vec<Diagnostic>,
}

impl Fixtures {
    /// Reads fixture files; what is wrong is among the diagnostics.
    pub fn read(paths: &[PathBuf]) -> Self {
        let mut fixtures = Fixtures::default();
        for path in paths {
            let name = path.to_string_lossy().replace('\\', "/");
            let text = std::fs::read(path).map_err(|error| error.to_string());
            let text = text.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "not UTF-8 text".into()));
            let text = match text {
                Ok(text) => text,
                Err(reason) => {
                    let source = Arc::new(Source::new(name, ""));
                    let title = format!("cannot read the fixture file: {reason}");
                    fixtures.diagnostics.push(Diagnostic::new(&INVALID_FIXTURE, title).in_file(&source));
                    continue;
                }
            };
            let (file, diagnostics) = read(&Arc::new(Source::new(name, text)));
            fixtures.diagnostics.extend(diagnostics);
            let rules = match &file.rule {
                Some(rule) => vec![clean(&path.parent().unwrap_or(Path::new("")).join(&rule.file))],
                None => candidates(path).iter().map(|path| clean(path)).collect(),
            };
            fixtures.files.push((file, rules));
        }
        fixtures
    }

    /// The rule files that the fixtures are for and that exist.
    pub fn rule_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            self.files.iter().flat_map(|(_, rules)| rules.iter().cloned()).collect();
        files.retain(|path| path.is_file());
        files.sort();
        files.dedup();
        files
    }

    /// Finds the rule of every file among `rules`.
    pub(super) fn pair(&mut self, rules: &[Arc<Rule>]) -> Vec<(FixtureFile, Arc<Rule>)> {
        let mut pairs = Vec::new();
        for (file, paths) in std::mem::take(&mut self.files) {
            let of_file = rules.iter().filter(|rule| paths.contains(&clean(Path::new(rule.source.path()))));
            let id = file.rule.as_ref().and_then(|rule| rule.id.as_deref());
            let of_id: Vec<&Arc<Rule>> = of_file.filter(|rule| id.is_none_or(|id| rule.id == id)).collect();
            match of_id.as_slice() {
                [rule] => pairs.push((file, Arc::clone(rule))),
                found => self.diagnostics.push(without_rule(&file, &paths, found)),
            }
        }
        pairs
    }
}

fn without_rule(file: &FixtureFile, paths: &[PathBuf], found: &[&Arc<Rule>]) -> Diagnostic {
    let title = match (&file.rule, found) {
        (_, [_, ..]) => {
            let ids: Vec<&str> = found.iter().map(|rule| rule.id.as_str()).collect();
            let finding = Diagnostic::new(&FIXTURE_WITHOUT_RULE, "the file holds several rules");
            let finding = finding.help(format!("write `rule: FILE#RULE_ID`; ids: {}", ids.join(", ")));
            return place(finding, file);
        }
        (Some(rule), []) => match &rule.id {
            _ if !paths.iter().any(|path| path.is_file()) => format!("there is no file `{}`", rule.file),
            Some(id) => format!("`{}` holds no rule with the id `{id}` that can be read", rule.file),
            None => format!("`{}` holds no rule that can be read", rule.file),
        },
        (None, []) if paths.is_empty() => "no rule file of the same name lies beside the fixture file".into(),
        (None, []) => "the rule file of the same name holds no rule that can be read".into(),
    };
    place(Diagnostic::new(&FIXTURE_WITHOUT_RULE, title), file)
}

fn place(finding: Diagnostic, file: &FixtureFile) -> Diagnostic {
    match &file.rule {
        Some(rule) => finding.at(&file.source, rule.span, ""),
        None => finding.in_file(&file.source),
    }
}

/// Runs every case on its rule, in parallel; the report is in a stable order.
pub fn run(mut fixtures: Fixtures, rules: &[Arc<Rule>], settings: &Settings) -> Report {
    let mut pairs = fixtures.pair(rules);
    pairs.sort_by_cached_key(key);
    let files = EventFiles::default();
    let results: Vec<Vec<CaseResult>> = pairs
        .par_iter()
        .map(|(file, rule)| {
            let wanted =
                |case: &&Case| settings.filter.as_ref().is_none_or(|f| f.is_match(&full_name(rule, case)));
            file.cases.iter().filter(wanted).map(|case| one(file, case, rule, &files, settings)).collect()
        })
        .collect();
    let mut report = Report { rules: rules.len(), ..Report::default() };
    let mut observed: Vec<(Arc<Rule>, Vec<Observation>)> = Vec::new();
    for ((_, rule), cases) in pairs.iter().zip(results) {
        if !observed.last().is_some_and(|(last, _)| Arc::ptr_eq(last, rule)) {
            observed.push((Arc::clone(rule), Vec::new()));
        }
        for (case, seen, diagnostic) in cases {
            if let Some((_, all)) = observed.last_mut() {
                all.resize(all.len().max(seen.len()), Observation::default());
                all.iter_mut().zip(seen).for_each(|(all, one)| *all = all.merge(one));
            }
            report.cases.push(case);
            report.diagnostics.extend(diagnostic);
        }
    }
    if settings.coverage {
        report.coverage = observed.iter().map(|(rule, seen)| RuleCoverage::new(rule, seen)).collect();
    }
    let has_fixture = |rule: &Arc<Rule>| observed.iter().any(|(known, _)| Arc::ptr_eq(known, rule));
    report.without_fixture = rules.iter().filter(|rule| !has_fixture(rule)).cloned().collect();
    report.diagnostics.splice(0..0, fixtures.diagnostics);
    report
}

pub(super) fn key((file, rule): &(FixtureFile, Arc<Rule>)) -> (String, usize, String) {
    (rule.source.path().to_owned(), rule.origin.start, file.source.path().to_owned())
}

/// What `--filter` looks at.
pub(super) fn full_name(rule: &Rule, case: &Case) -> String {
    format!("{} › {} › {}", rule.source.path(), rule.name(), case.name)
}

fn one(
    file: &FixtureFile,
    case: &Case,
    rule: &Arc<Rule>,
    files: &EventFiles,
    settings: &Settings,
) -> CaseResult {
    let (judged, diagnostic) = match prepare(file, case, files, settings.version) {
        Ok(events) if events.is_empty() => (Judged::default(), None),
        Ok(events) => (judge(rule, case, &events, settings), None),
        Err(diagnostic) => {
            let failures = vec![Failure::new(diagnostic.title.clone())];
            (Judged { failures, ..Judged::default() }, Some(*diagnostic))
        }
    };
    let runnable = case.expect.is_some() && !case.events.is_empty();
    let broken = diagnostic.as_ref().is_some_and(|d| d.code == &FIXTURE_EVENTS);
    let outcome = match &case.todo {
        Some(reason) if !runnable || (!judged.failures.is_empty() && !broken) => {
            Outcome::Todo(reason.clone())
        }
        Some(reason) if judged.failures.is_empty() => Outcome::Failed(vec![Failure::new(format!(
            "the case is marked `todo` ({reason}) but passes; remove `todo`"
        ))]),
        _ if judged.failures.is_empty() => Outcome::Passed,
        _ => Outcome::Failed(judged.failures),
    };
    let report = CaseReport {
        rule_path: rule.source.path().to_owned(),
        rule_id: rule.id.clone(),
        rule_name: rule.name().to_owned(),
        fixture: file.source.path().to_owned(),
        line: line(&file.source, case.span),
        name: case.name.clone(),
        expect: case.expect.clone(),
        outcome,
    };
    (report, judged.observed, diagnostic)
}

fn line(source: &Source, span: Span) -> usize {
    source.position(span.start).line
}
