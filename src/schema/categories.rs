//! What the pipelines derive from an event's name alone: ECS category and type.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Version;
use super::table::rows;

/// Category and type of an event name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// `event.category`.
    pub category: Vec<&'static str>,
    /// `event.type`.
    pub kind: Vec<&'static str>,
    legacy: bool,
}

static CATEGORIES: LazyLock<HashMap<&str, Category>> = LazyLock::new(|| {
    rows(include_str!("data/categories.tsv"))
        .map(|[name, category, kind, since]| {
            let list = |text: &'static str| text.split(',').collect();
            (name, Category { category: list(category), kind: list(kind), legacy: since == "legacy" })
        })
        .collect()
});

/// Category and type of an event name in its exact case; `None`: no category, and the type `info`.
/// Source: `cloudtrail_to_ecs.md` §3.
pub fn category(event_name: &str, version: Version) -> Option<&'static Category> {
    CATEGORIES.get(event_name).filter(|entry| entry.legacy || version != Version::Legacy)
}

/// Every event name that has a category, in order.
pub fn event_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = CATEGORIES.keys().copied().collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legacy_generation_knows_fewer_names() {
        let create = category("CreateUser", Version::Legacy).unwrap();
        assert_eq!((&create.category[..], &create.kind[..]), (&["iam"][..], &["user", "creation"][..]));
        assert!(category("StartSession", Version::Legacy).is_none());
        assert_eq!(category("StartSession", Version::V7_4).unwrap().kind, ["start"]);
        assert!(category("createuser", Version::V8_9).is_none());
        assert_eq!(CATEGORIES.len(), 91, "event_category_map.json");
    }
}
