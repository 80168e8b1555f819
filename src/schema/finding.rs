//! Findings: which keys a service writes, which fields Elastic's AWS integration makes of them, and
//! how a field is reached in a finding as the service wrote it.
//!
//! GuardDuty and Security Hub have documents there. Inspector's and Macie's own forms are read by
//! their own keys only; through Security Hub their findings have documents like all others there.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::rows;
use super::{Reach, base_field, ecs};
use crate::ir::{Field, FieldType, Service, Vocabulary};

/// What becomes of a value on its way into a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convert {
    /// Nothing.
    Same,
    /// A date in ISO 8601 or in seconds since 1970, written as a date with milliseconds.
    Date,
    /// A number.
    Double,
    /// A whole number.
    Long,
    /// True or false.
    Boolean,
    /// A text.
    Text,
    /// An address; what is none is left out.
    Ip,
    /// A hardware address, upper case with dashes.
    Mac,
}

/// A key of a finding and the field that the integration makes of it.
#[derive(Debug)]
pub struct FindingField {
    /// Path of the key; `[]` behind a list whose elements are entered.
    pub raw: &'static str,
    /// Path of the field below [`finding_root`], with `[]` as in `raw`.
    pub field: &'static str,
    /// What becomes of the value.
    pub convert: Convert,
    /// Whether the field is left out by default, since an ECS field has the same value.
    pub dropped: bool,
    ty: &'static str,
}

/// How an ECS field of a document comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingHow {
    /// Always this text.
    Constant(&'static str),
    /// Always a list of this text.
    List(&'static str),
    /// The value of another field.
    Copy,
    /// The values of other fields, each once, as a list.
    Append,
    /// The value of another field in lower case.
    Lower,
    /// As [`FindingHow::Append`], as whole numbers.
    Numbers,
    /// Computed.
    Code,
    /// Added by the agent or the cluster.
    Cluster,
}

/// An ECS field of a document and where its values come from.
#[derive(Debug)]
pub struct FindingMapping {
    /// Path of the field.
    pub ecs: &'static str,
    /// How it comes about.
    pub how: FindingHow,
    /// The fields it is made of, below [`finding_root`].
    pub from: Vec<&'static str>,
}

struct Tables {
    fields: Vec<FindingField>,
    maps: Vec<FindingMapping>,
    /// By whole ECS path, without `[]`.
    by_field: HashMap<String, usize>,
    by_ecs: HashMap<&'static str, usize>,
}

static GUARDDUTY: LazyLock<Tables> = LazyLock::new(|| {
    Tables::new(
        Service::GuardDuty,
        include_str!("data/guardduty.tsv"),
        include_str!("data/guardduty.map.tsv"),
    )
});

static SECURITYHUB: LazyLock<Tables> = LazyLock::new(|| {
    Tables::new(
        Service::SecurityHub,
        include_str!("data/securityhub.tsv"),
        include_str!("data/securityhub.map.tsv"),
    )
});

fn tables(service: Service) -> Option<&'static Tables> {
    match service {
        Service::GuardDuty => Some(&GUARDDUTY),
        Service::SecurityHub => Some(&SECURITYHUB),
        Service::Inspector | Service::Macie => None,
    }
}

impl Tables {
    fn new(service: Service, fields: &'static str, maps: &'static str) -> Self {
        let fields: Vec<FindingField> = rows(fields)
            .map(|[raw, field, ty, how, default]| FindingField {
                raw,
                field,
                convert: convert(how),
                dropped: default == "dropped",
                ty,
            })
            .collect();
        let maps: Vec<FindingMapping> = rows(maps)
            .map(|[ecs, how, from]| FindingMapping {
                ecs,
                how: map_how(how),
                from: from.split(',').filter(|field| *field != "-").collect(),
            })
            .collect();
        let root = finding_root(service);
        let whole = |field: &FindingField| format!("{root}.{}", field.field.replace("[]", ""));
        let by_field = fields.iter().enumerate().map(|(at, field)| (whole(field), at)).collect();
        let by_ecs = maps.iter().enumerate().map(|(at, map)| (map.ecs, at)).collect();
        Tables { fields, maps, by_field, by_ecs }
    }
}

fn convert(how: &str) -> Convert {
    match how {
        "date" => Convert::Date,
        "double" => Convert::Double,
        "long" => Convert::Long,
        "boolean" => Convert::Boolean,
        "string" => Convert::Text,
        "ip" => Convert::Ip,
        "mac" => Convert::Mac,
        _ => Convert::Same,
    }
}

fn map_how(how: &'static str) -> FindingHow {
    match (how, how.split_once(':')) {
        (_, Some(("constant", text))) => FindingHow::Constant(text),
        (_, Some(("list", text))) => FindingHow::List(text),
        ("copy", _) => FindingHow::Copy,
        ("append", _) => FindingHow::Append,
        ("lower", _) => FindingHow::Lower,
        ("numbers", _) => FindingHow::Numbers,
        ("cluster", _) => FindingHow::Cluster,
        _ => FindingHow::Code,
    }
}

/// Where a service's own fields stand in its documents: `aws.guardduty`.
pub fn finding_root(service: Service) -> &'static str {
    service.dataset()
}

/// Whether it is known which documents Elastic's AWS integration makes of a service's findings.
pub fn has_documents(service: Service) -> bool {
    tables(service).is_some()
}

/// The keys of a finding that documents keep, in the order of the pipeline; an element's row stands
/// behind that of its list.
pub fn finding_fields(service: Service) -> &'static [FindingField] {
    tables(service).map_or(&[], |tables| &tables.fields)
}

/// The ECS fields of a service's documents.
pub fn finding_mappings(service: Service) -> &'static [FindingMapping] {
    tables(service).map_or(&[], |tables| &tables.maps)
}

/// Every field of documents of findings that is not in the table of ECS fields: path, type, limit.
pub(super) fn document_fields() -> impl Iterator<Item = (String, &'static str, Option<u32>)> {
    let own = Service::ALL.into_iter().flat_map(|service| {
        let root = finding_root(service);
        finding_fields(service)
            .iter()
            .map(move |field| (format!("{root}.{}", field.field.replace("[]", "")), field.ty, None))
    });
    let beside = rows(include_str!("data/findings.tsv"))
        .map(|[path, ty, limit]| (path.to_owned(), ty, limit.parse().ok()));
    own.chain(beside)
}

/// The keys of a service's findings: path without `[]`, and whether any key may stand below.
pub(super) fn raw_keys(service: Service) -> Vec<(String, bool)> {
    let listed = |file: &'static str| {
        rows(file).map(|[path, kind]| (path.to_owned(), kind == "open")).collect::<Vec<_>>()
    };
    match service {
        Service::Inspector => listed(include_str!("data/inspector.tsv")),
        Service::Macie => listed(include_str!("data/macie.tsv")),
        Service::GuardDuty | Service::SecurityHub => finding_fields(service)
            .iter()
            .map(|field| {
                let open = matches!(field.ty, "flattened" | "object" | "geo_point");
                (field.raw.replace("[]", ""), open)
            })
            .collect(),
    }
}

/// How a field is reached in a finding as its service wrote it.
pub(super) fn on_finding(field: &Field, service: Service) -> Reach {
    match field.vocabulary {
        Vocabulary::Finding(own) if own == service => Reach::Path { path: field.path.clone(), prune: false },
        Vocabulary::Ecs => ecs_on_finding(base_field(&field.path), service),
        _ => Reach::Never,
    }
}

fn ecs_on_finding(path: &str, service: Service) -> Reach {
    let Some(tables) = tables(service) else { return Reach::Never };
    if let Some(map) = tables.by_ecs.get(path).map(|at| &tables.maps[*at]) {
        let copied = match (map.how, map.from.as_slice()) {
            (FindingHow::Constant(text) | FindingHow::List(text), _) => return Reach::Constant(text),
            (FindingHow::Cluster, _) => return Reach::Enrichment(path.to_owned()),
            (FindingHow::Copy, [from]) => tables.by_field.get(&format!("{}.{from}", finding_root(service))),
            _ => None,
        };
        return match copied.and_then(|at| plain(&tables.fields[*at])) {
            Some(raw) => Reach::Path { path: raw, prune: true },
            None => Reach::Document(path.to_owned()),
        };
    }
    if let Some(field) = tables.by_field.get(path).map(|at| &tables.fields[*at]) {
        return match (field.dropped, plain(field)) {
            (true, _) => Reach::Never,
            (false, Some(raw)) => Reach::Path { path: raw, prune: true },
            (false, None) => Reach::Document(path.to_owned()),
        };
    }
    // Below an open object, or an object above known fields.
    let own = path.strip_prefix(finding_root(service)).is_some_and(|rest| rest.starts_with('.'));
    match ecs().field_type(path) {
        FieldType::Object => Reach::Document(path.to_owned()),
        FieldType::FlattenedLeaf if own => Reach::Document(path.to_owned()),
        _ if own && below_open(tables, path) => Reach::Document(path.to_owned()),
        _ => Reach::Never,
    }
}

fn below_open(tables: &Tables, path: &str) -> bool {
    super::table::prefixes(path)
        .skip(1)
        .any(|above| tables.by_field.get(above).is_some_and(|at| tables.fields[*at].ty == "object"))
}

/// The raw path of a field that is a copy of its key's value, whatever that is.
fn plain(field: &FindingField) -> Option<String> {
    let kept = field.convert == Convert::Same && !matches!(field.ty, "object" | "flattened" | "geo_point");
    kept.then(|| field.raw.replace("[]", ""))
}

/// The field of a service's documents that holds the very value of a raw key, and whether documents
/// have it by default.
pub fn finding_twin(service: Service, raw: &str) -> Option<String> {
    let tables = tables(service)?;
    let root = finding_root(service);
    let field = tables.fields.iter().find(|field| field.raw.replace("[]", "") == raw)?;
    let own = field.field.replace("[]", "");
    if !field.dropped {
        return Some(format!("{root}.{own}"));
    }
    let copy = tables.maps.iter().find(|map| map.how == FindingHow::Copy && map.from == [own.as_str()]);
    copy.map(|map| map.ecs.to_owned())
}

/// The outermost list on the way to a key of a finding, or at its end; `None`: no list is there.
pub fn finding_list(service: Service, raw: &str) -> Option<String> {
    let marked = finding_fields(service).iter().filter_map(|field| {
        let (list, _) = field.raw.split_once("[]")?;
        super::mapping::below(raw, list).map(|_| list.to_owned())
    });
    let listed = rows(include_str!("data/finding_lists.tsv"))
        .filter(|[of, list]| *of == service.as_str() && super::mapping::below(raw, list).is_some())
        .map(|[_, list]| list.to_owned());
    marked.chain(listed).min_by_key(String::len)
}

/// How the value of a key is converted on its way into a document: tells numbers and truths from
/// texts.
pub fn finding_conversion(service: Service, raw: &str) -> Option<Convert> {
    let number = match service {
        Service::Inspector => matches!(raw, "inspectorScore" | "epss.score"),
        Service::Macie => matches!(raw, "severity.score" | "count"),
        _ => false,
    };
    if number {
        return Some(Convert::Double);
    }
    if service == Service::Macie && matches!(raw, "archived" | "sample") {
        return Some(Convert::Boolean);
    }
    if service == Service::SecurityHub && raw.ends_with("Severity.Normalized") {
        return Some(Convert::Long);
    }
    finding_fields(service).iter().find(|field| field.raw.replace("[]", "") == raw).map(|field| field.convert)
}

/// The key whose value a field is made of by a conversion that keeps the value.
pub fn finding_source(service: Service, path: &str) -> Option<String> {
    raw_of(service, base_field(path)).map(|raw| raw.replace("[]", ""))
}

/// The raw key of a field of a service's documents, as `list fields` prints it: with `[]`.
pub(super) fn raw_of(service: Service, path: &str) -> Option<&'static str> {
    let tables = tables(service)?;
    let own = |field: &str| tables.by_field.get(field).map(|at| tables.fields[*at].raw);
    own(path).or_else(|| {
        let map = tables.by_ecs.get(path).map(|at| &tables.maps[*at])?;
        match (map.how, map.from.as_slice()) {
            (FindingHow::Copy, [from]) => own(&format!("{}.{from}", finding_root(service))),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Shape, Version, reach, types};

    fn of(service: Service, vocabulary: Vocabulary, path: &str) -> Reach {
        let field = Field::new(vocabulary, path, types(vocabulary).field_type(path));
        reach(&field, Shape::Finding(service), Version::default())
    }

    #[test]
    fn every_field_of_the_tables_has_a_type() {
        for service in Service::ALL {
            for map in finding_mappings(service) {
                assert_ne!(ecs().field_type(map.ecs), FieldType::Unknown, "{}", map.ecs);
                for from in &map.from {
                    let from = format!("{}.{from}", finding_root(service));
                    assert!(tables(service).unwrap().by_field.contains_key(&from), "{}: {from}", map.ecs);
                }
            }
            for field in finding_fields(service) {
                assert_eq!(
                    field.raw.matches("[]").count(),
                    field.field.matches("[]").count(),
                    "{}",
                    field.raw
                );
            }
        }
    }

    #[test]
    fn fields_are_reached_in_findings() {
        let on = |path| of(Service::GuardDuty, Vocabulary::Ecs, path);
        let path = |path: &str| Reach::Path { path: path.into(), prune: true };
        assert_eq!(on("rule.name"), path("type"));
        assert_eq!(on("aws.guardduty.resource.type"), path("resource.resourceType"));
        assert_eq!(on("cloud.instance.id"), path("resource.instanceDetails.instanceId"));
        assert_eq!(on("data_stream.dataset"), Reach::Constant("aws.guardduty"));
        assert_eq!(on("aws.guardduty.severity.code"), Reach::Document("aws.guardduty.severity.code".into()));
        assert_eq!(on("source.ip"), Reach::Document("source.ip".into()));
        // The pipeline removes what `rule.name` has already.
        assert_eq!(on("aws.guardduty.type"), Reach::Never);
        assert_eq!(on("aws.cloudtrail.error_code"), Reach::Never);
        let raw = of(Service::GuardDuty, Vocabulary::Finding(Service::GuardDuty), "service.count");
        assert_eq!(raw, Reach::Path { path: "service.count".into(), prune: false });
        let hub = of(Service::SecurityHub, Vocabulary::Ecs, "aws.securityhub_findings.severity.label");
        assert_eq!(hub, path("Severity.Label"));
        assert_eq!(finding_twin(Service::GuardDuty, "type").as_deref(), Some("rule.name"));
        assert_eq!(finding_twin(Service::Macie, "type"), None);
    }
}
