//! MITRE ATT&CK: which tactics and techniques there are, in one named release.
//!
//! The table stands in `data/attack.tsv`: ids, names and tactics as in the release's own STIX bundle,
//! without what it has revoked or deprecated.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::table::rows;

/// The release that the table holds, for Enterprise.
pub const ATTACK_RELEASE: &str = "18.1";

/// A tactic, technique or sub-technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttackEntry {
    /// `TA0003`, `T1098`, `T1098.001`.
    pub id: &'static str,
    /// The entry's own name, of a sub-technique without its technique's.
    pub name: &'static str,
    /// Ids of the tactics it serves; none for a tactic.
    pub tactics: Vec<&'static str>,
}

static ENTRIES: LazyLock<BTreeMap<&str, AttackEntry>> = LazyLock::new(|| {
    rows(include_str!("data/attack.tsv"))
        .map(|[id, name, tactics]| {
            let tactics = tactics.split(',').filter(|id| *id != "-").collect();
            (id, AttackEntry { id, name, tactics })
        })
        .collect()
});

/// The entry of an id, in upper case as ATT&CK writes it.
pub fn attack(id: &str) -> Option<&'static AttackEntry> {
    ENTRIES.get(id)
}

/// Every entry of that name: several sub-techniques share one.
pub fn attack_named(name: &str) -> impl Iterator<Item = &'static AttackEntry> {
    ENTRIES.values().filter(move |entry| entry.name.eq_ignore_ascii_case(name))
}

/// The tactics in the order of the matrix that ATT&CK shows for Enterprise.
pub fn attack_tactics() -> impl Iterator<Item = &'static AttackEntry> {
    const MATRIX: [&str; 14] = [
        "TA0043", "TA0042", "TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0006", "TA0007", "TA0008",
        "TA0009", "TA0011", "TA0010", "TA0040",
    ];
    MATRIX.into_iter().filter_map(attack)
}

/// How many techniques serve a tactic, sub-techniques not counted; for `None` all there are.
pub fn attack_techniques(tactic: Option<&str>) -> usize {
    let technique = |entry: &&AttackEntry| entry.id.starts_with("T1") && !entry.id.contains('.');
    let serves = |entry: &&AttackEntry| tactic.is_none_or(|tactic| entry.tactics.contains(&tactic));
    ENTRIES.values().filter(technique).filter(serves).count()
}

impl AttackEntry {
    /// Whether it is a tactic.
    pub fn is_tactic(&self) -> bool {
        self.id.starts_with("TA")
    }

    /// The technique of a sub-technique.
    pub fn parent(&self) -> Option<&'static AttackEntry> {
        attack(self.id.split_once('.')?.0)
    }

    /// Its name, of a sub-technique behind its technique's: `Account Manipulation: SSH Authorized Keys`.
    pub fn full_name(&self) -> String {
        match self.parent() {
            Some(parent) => format!("{}: {}", parent.name, self.name),
            None => self.name.to_owned(),
        }
    }

    /// Its page on the site of ATT&CK.
    pub fn url(&self) -> String {
        let kind = if self.is_tactic() { "tactics" } else { "techniques" };
        format!("https://attack.mitre.org/{kind}/{}/", self.id.replace('.', "/"))
    }

    /// The name in STIX and in layers of the Navigator (`x_mitre_shortname`): `command-and-control`.
    pub fn short_name(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_whole() {
        // Counts of release 18.1 for Enterprise: 14 tactics, 216 techniques, 475 sub-techniques.
        let count = |test: fn(&str) -> bool| ENTRIES.keys().filter(|id| test(id)).count();
        assert_eq!(count(|id| id.starts_with("TA")), 14);
        assert_eq!(count(|id| id.starts_with("T1") && !id.contains('.')), 216);
        assert_eq!(count(|id| id.contains('.')), 475);
    }

    #[test]
    fn every_technique_serves_known_tactics_and_every_sub_technique_has_its_technique() {
        for entry in ENTRIES.values().filter(|entry| !entry.id.starts_with("TA")) {
            assert!(!entry.tactics.is_empty(), "{}", entry.id);
            entry.tactics.iter().for_each(|id| assert!(attack(id).is_some(), "{}: {id}", entry.id));
            let (technique, _) = entry.id.split_once('.').unwrap_or((entry.id, ""));
            assert!(attack(technique).is_some(), "{}", entry.id);
        }
    }

    #[test]
    fn entries_are_found_by_id_and_by_name() {
        let entry = attack("T1098.001").unwrap();
        assert_eq!(entry.name, "Additional Cloud Credentials");
        assert_eq!(entry.tactics, ["TA0003", "TA0004"]);
        assert!(attack("T9999").is_none());
        let named: Vec<_> = attack_named("cloud accounts").map(|entry| entry.id).collect();
        assert_eq!(named, ["T1078.004", "T1585.003", "T1586.003"]);
    }

    #[test]
    fn the_matrix_has_every_tactic_once() {
        let mut shown: Vec<_> = attack_tactics().map(|entry| entry.id).collect();
        assert_eq!((shown[0], shown[13]), ("TA0043", "TA0040"));
        shown.sort_unstable();
        let all: Vec<_> = ENTRIES.keys().copied().filter(|id| id.starts_with("TA")).collect();
        assert_eq!(shown, all);
        assert_eq!(attack_techniques(None), 216);
        assert!((1..216).contains(&attack_techniques(Some("TA0040"))));
    }

    #[test]
    fn names_and_addresses() {
        let entry = attack("T1098.001").unwrap();
        assert_eq!(entry.full_name(), "Account Manipulation: Additional Cloud Credentials");
        assert_eq!(entry.url(), "https://attack.mitre.org/techniques/T1098/001/");
        assert_eq!(attack("TA0011").unwrap().short_name(), "command-and-control");
    }
}
