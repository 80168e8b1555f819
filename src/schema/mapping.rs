//! The mapping table between the vocabularies, one concept a row.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::rows;

/// How the values of an ECS field come out of a raw record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Same,
    Under,
    Flattened,
    Text,
    Derived,
    Constant(&'static str),
    Document,
    Cluster,
    Path(&'static str),
    Never,
}

/// A row of `data/mapping.tsv`.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) ecs: &'static str,
    /// The raw path; `twin` says whether it holds the very value.
    pub(super) raw: Option<&'static str>,
    pub(super) twin: bool,
    pub(super) how: How,
    pub(super) legacy: How,
}

/// A row of `data/threat_stack.tsv` or `data/splunk.tsv`.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) name: &'static str,
    pub(super) raw: Option<&'static str>,
    pub(super) how: &'static str,
}

pub(super) static MAPPINGS: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    rows(include_str!("data/mapping.tsv"))
        .map(|[ecs, raw, how, legacy]| {
            let how = parse_how(how);
            let bracketed = raw.strip_prefix('[').and_then(|raw| raw.strip_suffix(']'));
            Mapping {
                ecs,
                raw: bracketed.or(Some(raw).filter(|raw| *raw != "-")),
                twin: bracketed.is_none() && raw != "-",
                how,
                legacy: if legacy == "=" { how } else { parse_how(legacy) },
            }
        })
        .collect()
});

fn parse_how(text: &'static str) -> How {
    match text {
        "same" => How::Same,
        "under" => How::Under,
        "flattened" => How::Flattened,
        "text" => How::Text,
        "derived" => How::Derived,
        "document" => How::Document,
        "cluster" => How::Cluster,
        _ => match text.split_once(':') {
            Some(("constant", value)) => How::Constant(value),
            Some(("path", path)) => How::Path(path),
            _ => How::Never,
        },
    }
}

pub(super) static THREAT_STACK: LazyLock<Vec<Alias>> =
    LazyLock::new(|| aliases(include_str!("data/threat_stack.tsv")));

pub(super) static SPLUNK: LazyLock<Vec<Alias>> = LazyLock::new(|| aliases(include_str!("data/splunk.tsv")));

fn aliases(file: &'static str) -> Vec<Alias> {
    rows(file)
        .map(|[name, raw, how]| Alias {
            name,
            raw: Some(raw.trim_matches(['[', ']'])).filter(|raw| *raw != "-"),
            how,
        })
        .collect()
}

/// The alias of a name; `name.*` rows cover the keys below.
pub(super) fn alias<'t>(table: &'t [Alias], name: &str) -> Option<&'t Alias> {
    table.iter().find(|alias| match alias.name.strip_suffix(".*") {
        Some(root) => below(name, root).is_some(),
        None => alias.name == name,
    })
}

static BY_ECS: LazyLock<HashMap<&str, &Mapping>> =
    LazyLock::new(|| MAPPINGS.iter().map(|row| (row.ecs, row)).collect());

/// What stands below `root` in `path`: `""` for the root itself, `.x.y` for a key below.
pub(super) fn below<'p>(path: &'p str, root: &str) -> Option<&'p str> {
    path.strip_prefix(root).filter(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The row of an ECS path and what stands below the row's own path.
pub(super) fn of_ecs(path: &str) -> Option<(&'static Mapping, &str)> {
    if let Some(row) = BY_ECS.get(path) {
        return Some((row, ""));
    }
    super::table::prefixes(path).find_map(|above| {
        let rest = &path[above.len()..];
        match BY_ECS.get(format!("{above}.*").as_str()) {
            Some(row) => Some((*row, rest)),
            None => BY_ECS
                .get(above)
                .filter(|row| [row.how, row.legacy].iter().any(|h| matches!(h, How::Under | How::Flattened)))
                .map(|row| (*row, rest)),
        }
    })
}

/// The ECS path that holds the very values of a raw path.
pub(super) fn ecs_twin(raw: &str) -> Option<String> {
    MAPPINGS.iter().filter(|row| row.twin && row.how != How::Never).find_map(|row| {
        let rest = below(raw, row.raw?)?;
        let open = matches!(row.how, How::Under | How::Flattened);
        (rest.is_empty() || open).then(|| format!("{}{rest}", row.ecs))
    })
}
