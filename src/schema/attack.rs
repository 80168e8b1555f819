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
}
