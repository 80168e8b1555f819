//! Rules, where they stand in ATT&CK and what their fixtures showed: what every form is printed from.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use crate::ir::{Purpose, Rule};
use crate::schema::{AttackEntry, attack, attack_tactics};
use crate::testing::{CaseReport, Outcome, Report, RuleCoverage, RuleMutation};

/// A set of rules.
#[derive(Debug, Default)]
pub struct Survey {
    /// The rules, by file and by place in it.
    pub entries: Vec<Entry>,
    /// What rules say of ATT&CK and the release does not have.
    pub unplaced: Vec<Unplaced>,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The rule.
    pub rule: Arc<Rule>,
    /// The folder its file lies in: in the pack the name of the service.
    pub folder: String,
    /// Tactics and techniques that go together in the release, each once, in the rule's order. A
    /// tactic without a technique stands alone.
    pub attack: Vec<(&'static AttackEntry, Option<&'static AttackEntry>)>,
    /// Its cases.
    pub cases: Vec<CaseReport>,
    /// Its clauses, where it has fixtures and coverage was asked for.
    pub coverage: Option<RuleCoverage>,
    /// Its mutants, where it has fixtures and they were asked for.
    pub mutation: Option<RuleMutation>,
}

/// A tactic or technique that a rule names and the release does not have, at least not together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The rule's file.
    pub path: String,
    /// The rule's name.
    pub rule: String,
    /// `TA0003`, or `T1078 of TA0040`.
    pub what: String,
}

/// Sums over rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rules, hunts included.
    pub rules: usize,
    /// Those that alert nobody.
    pub hunts: usize,
    /// Tactics with a rule.
    pub tactics: usize,
    /// Techniques with a rule; a sub-technique counts for its technique.
    pub techniques: usize,
    /// Cases.
    pub cases: usize,
    /// Cases that ended as expected.
    pub passed: usize,
    /// Twice the number of clauses.
    pub clauses: usize,
    /// How many of them were seen.
    pub covered: usize,
    /// Changes made to rules.
    pub mutants: usize,
    /// Changes that a fixture noticed.
    pub killed: usize,
}

impl Survey {
    /// Puts rules beside what a run of fixtures said of them.
    pub fn new(rules: &[Arc<Rule>], report: &Report) -> Self {
        let mut survey = Survey::default();
        for rule in rules {
            let attack = place(rule, &mut survey.unplaced);
            let is = |path: &str, id: &str| path == rule.source.path() && id == rule.id;
            let coverage = report.coverage.iter().find(|one| is(&one.rule_path, &one.rule_id));
            let mutation = report.mutation.iter().find(|one| is(&one.rule_path, &one.rule_id));
            let cases = report.cases.iter().filter(|case| is(&case.rule_path, &case.rule_id));
            survey.entries.push(Entry {
                rule: Arc::clone(rule),
                folder: folder(rule.source.path()),
                attack,
                cases: cases.cloned().collect(),
                coverage: coverage.cloned(),
                mutation: mutation.cloned(),
            });
        }
        let key = |entry: &Entry| (entry.rule.source.path().to_owned(), entry.rule.origin.start);
        survey.entries.sort_by_cached_key(key);
        survey
    }

    /// Every tactic in the order of the matrix, with the rules that name it.
    pub fn by_tactic(&self) -> impl Iterator<Item = (&'static AttackEntry, Vec<&Entry>)> {
        attack_tactics().map(|tactic| {
            (tactic, self.entries.iter().filter(|entry| entry.tactics().any(|own| own == tactic)).collect())
        })
    }

    /// Rules that name no tactic of the release.
    pub fn without_tactic(&self) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| entry.attack.is_empty()).collect()
    }

    /// The sums.
    pub fn totals(&self) -> Totals {
        let pairs = || self.entries.iter().flat_map(|entry| &entry.attack);
        let whole = |entry: &'static AttackEntry| entry.parent().unwrap_or(entry).id;
        let techniques: BTreeSet<_> = pairs().filter_map(|(_, technique)| technique.map(whole)).collect();
        let tactics: BTreeSet<_> = pairs().map(|(tactic, _)| tactic.id).collect();
        let mut sum = Totals { tactics: tactics.len(), techniques: techniques.len(), ..Totals::default() };
        for entry in &self.entries {
            sum.rules += 1;
            sum.hunts += usize::from(entry.is_hunt());
            sum.cases += entry.cases.len();
            sum.passed += entry.passed();
            sum.clauses += entry.coverage.as_ref().map_or(0, RuleCoverage::total);
            sum.covered += entry.coverage.as_ref().map_or(0, RuleCoverage::covered);
            sum.mutants += entry.mutation.as_ref().map_or(0, |rule| rule.mutants);
            sum.killed += entry.mutation.as_ref().map_or(0, RuleMutation::killed);
        }
        sum
    }
}

impl Entry {
    /// The tactics, each once.
    pub fn tactics(&self) -> impl Iterator<Item = &'static AttackEntry> {
        let mut seen = BTreeSet::new();
        self.attack.iter().map(|(tactic, _)| *tactic).filter(move |tactic| seen.insert(tactic.id))
    }

    /// The techniques named under a tactic; one of which a sub-technique is named beside it is left out.
    pub fn techniques(&self, tactic: &AttackEntry) -> Vec<&'static AttackEntry> {
        let own = self.attack.iter().filter(|(of, _)| *of == tactic);
        let all: Vec<&'static AttackEntry> = own.filter_map(|(_, technique)| *technique).collect();
        let below =
            |one: &AttackEntry| all.iter().any(|other| other.parent().is_some_and(|of| of.id == one.id));
        all.iter().filter(|one| !below(one)).copied().collect()
    }

    /// Whether its hits alert nobody.
    pub fn is_hunt(&self) -> bool {
        self.rule.metadata.purpose == Purpose::Hunting
    }

    /// Cases that ended as expected.
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.outcome == Outcome::Passed).count()
    }

    /// Line of the rule in its file.
    pub fn line(&self) -> usize {
        self.rule.source.position(self.rule.origin.start).line
    }

    /// Whether something about its fixtures is left to do: none there, one that does not pass, a
    /// clause not seen both ways, a mutant that survived.
    pub fn wants_work(&self) -> bool {
        self.cases.is_empty()
            || self.passed() < self.cases.len()
            || self.coverage.as_ref().is_some_and(|coverage| coverage.gaps().next().is_some())
            || self.mutation.as_ref().is_some_and(|mutation| !mutation.survivors.is_empty())
    }
}

/// The name of the folder of a file; empty where the path has none.
fn folder(path: &str) -> String {
    let parent = Path::new(path).parent().and_then(Path::file_name);
    parent.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The pairs that the release has; the others are told.
fn place(
    rule: &Rule,
    unplaced: &mut Vec<Unplaced>,
) -> Vec<(&'static AttackEntry, Option<&'static AttackEntry>)> {
    let mut pairs = Vec::new();
    let mut tell = |what: String| {
        let (path, rule) = (rule.source.path().to_owned(), rule.name().to_owned());
        unplaced.push(Unplaced { path, rule, what });
    };
    for threat in rule.metadata.threat.iter().flatten() {
        let Some(tactic) = attack(&threat.tactic.id).filter(|entry| entry.is_tactic()) else {
            tell(threat.tactic.id.clone());
            continue;
        };
        let techniques = threat.techniques.as_deref().unwrap_or_default();
        let below = |technique: &crate::ir::Technique| technique.subtechniques.clone().unwrap_or_default();
        let ids = techniques.iter().flat_map(|one| std::iter::once(one.clone()).chain(below(one)));
        let before = pairs.len();
        for technique in ids {
            match attack(&technique.id).filter(|entry| entry.tactics.contains(&tactic.id)) {
                Some(entry) => pairs.push((tactic, Some(entry))),
                None => tell(format!("{} of {}", technique.id, tactic.id)),
            }
        }
        if pairs.len() == before {
            pairs.push((tactic, None));
        }
    }
    let mut seen = BTreeSet::new();
    pairs.retain(|(tactic, technique)| seen.insert((tactic.id, technique.map(|entry| entry.id))));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(text: &str) -> Survey {
        let loaded = crate::frontend::load_text("rules/ec2/a.yml", text);
        Survey::new(&loaded.rules, &Report::default())
    }

    const HEAD: &str = "trailsmith: 1\nname: n\nlanguage: kuery\nquery: 'event.action: x'\n";

    #[test]
    fn a_rule_stands_where_it_says() {
        let survey = survey(&format!(
            "{HEAD}mitre:\n  - tactic: {{id: TA0003, name: Persistence}}\n    techniques:\n      - {{id: T1098, \
             name: a, subtechniques: [{{id: T1098.001, name: b}}]}}\n      - {{id: T1136, name: c}}\n"
        ));
        assert_eq!(survey.unplaced, []);
        let entry = &survey.entries[0];
        assert_eq!(entry.folder, "ec2");
        let tactic = attack("TA0003").unwrap();
        let ids: Vec<_> = entry.techniques(tactic).iter().map(|entry| entry.id).collect();
        assert_eq!(ids, ["T1098.001", "T1136"]);
        let totals = survey.totals();
        assert_eq!((totals.rules, totals.tactics, totals.techniques), (1, 1, 2));
        assert!(survey.without_tactic().is_empty() && entry.wants_work());
    }

    #[test]
    fn what_the_release_does_not_have_is_told() {
        let survey = survey(&format!(
            "{HEAD}mitre:\n  - tactic: {{id: TA9999, name: a}}\n  - tactic: {{id: TA0040, name: Impact}}\n    \
             techniques:\n      - {{id: T1098, name: b}}\n"
        ));
        let told: Vec<_> = survey.unplaced.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(told, ["TA9999", "T1098 of TA0040"]);
        assert_eq!(survey.entries[0].attack, [(attack("TA0040").unwrap(), None)]);
    }
}
