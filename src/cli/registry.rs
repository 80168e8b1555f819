//! Every code of every room, for `explain CODE`, `list lints` and the configuration.

use crate::diagnostic::{Code, Page};
use crate::{backend, cli, event, frontend, lint, matcher, playbook, testing};

/// The codes of each room, by the name of the group that listings print.
pub(super) fn groups() -> Vec<(&'static str, Page)> {
    let mut groups: Vec<(&'static str, Page)> =
        vec![("rule files", frontend::codes::ALL), ("queries", frontend::lower::codes::ALL)];
    groups.push(("queries", frontend::lower::spl::codes::ALL));
    groups.extend(lint::ALL.iter().map(|lint| ("lints", lint.codes)));
    groups.push(("lints", lint::suppression::ALL));
    groups.push(("events", event::codes::ALL));
    groups.push(("matching", matcher::codes::ALL));
    groups.push(("rules over time", matcher::over_time::codes::ALL));
    groups.push(("compiling", backend::codes::ALL));
    groups.push(("playbooks", playbook::codes::ALL));
    groups.push(("fixtures", testing::codes::ALL));
    groups.push(("configuration", cli::codes::ALL));
    groups
}

/// Every code, by name.
pub(super) fn all() -> Vec<(&'static str, &'static Code)> {
    let mut codes: Vec<_> =
        groups().into_iter().flat_map(|(group, page)| page.iter().map(move |code| (group, *code))).collect();
    codes.sort_by_key(|(_, code)| code.name);
    codes.dedup_by_key(|(_, code)| code.name);
    codes
}

/// The code of a name.
pub(super) fn find(name: &str) -> Option<&'static Code> {
    groups().into_iter().find_map(|(_, page)| page.iter().copied().find(|code| code.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_kebab_case_and_every_page_says_something() {
        let mut seen = std::collections::HashMap::new();
        for (group, code) in
            groups().into_iter().flat_map(|(group, page)| page.iter().map(move |c| (group, *c)))
        {
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(code.name.chars().all(kebab), "{}", code.name);
            assert!(code.page.trim().len() > 20, "{} has no page", code.name);
            let twin = seen.insert(code.name, (group, code.summary));
            assert!(twin.is_none_or(|twin| twin.1 == code.summary), "{} means two things", code.name);
        }
    }

    /// Every code that any file declares; what `codes!` declares elsewhere than in the registry would
    /// be printed with findings and have no page.
    #[test]
    fn every_code_of_the_source_is_registered() {
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        let mut declared = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                // The renderers' tests have codes of their own.
                if path.extension().is_none_or(|e| e != "rs") || path.ends_with("render/tests.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let lines = text.lines().map(str::trim).filter(|line| line.starts_with("pub "));
                for (_, rest) in lines.filter_map(|line| line.split_once(" = ")) {
                    let severity = ["error \"", "warning \"", "info \""];
                    let Some(name) = severity.iter().find_map(|word| rest.strip_prefix(word)) else {
                        continue;
                    };
                    let name = name.split('"').next().unwrap();
                    assert!(find(name).is_some(), "{} declares {name}: add it to groups()", path.display());
                    declared += 1;
                }
            }
        }
        let registered: usize = groups().iter().map(|(_, page)| page.len()).sum();
        assert!(declared >= all().len() && declared <= registered, "{declared} of {registered}");
    }
}
