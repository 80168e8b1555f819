//! Every code of every room, for `explain CODE`, `list lints` and the configuration.

use crate::diagnostic::{Code, Page};
use crate::{backend, cli, event, frontend, lint, matcher, testing};

/// The codes of each room, by the name of the group that listings print.
pub(super) fn groups() -> Vec<(&'static str, Page)> {
    let mut groups: Vec<(&'static str, Page)> =
        vec![("rule files", frontend::codes::ALL), ("queries", frontend::lower::codes::ALL)];
    groups.extend(lint::ALL.iter().map(|lint| ("lints", lint.codes)));
    groups.push(("lints", lint::suppression::ALL));
    groups.push(("events", event::codes::ALL));
    groups.push(("matching", matcher::codes::ALL));
    groups.push(("rules over time", matcher::over_time::codes::ALL));
    groups.push(("compiling", backend::codes::ALL));
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
}
