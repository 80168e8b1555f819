//! One concept in every vocabulary: what `trailsmith list fields` prints, and near names for a
//! field that does not exist.

use std::sync::LazyLock;

use super::mapping::{Alias, How, MAPPINGS, SPLUNK, THREAT_STACK, below, of_ecs};
use super::{Reach, Shape, Version, base_field, ecs, finding, names, reach, types};
use crate::ir::{Field, FieldType, Service, Vocabulary};

/// A concept and its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// ECS path.
    pub ecs: Option<String>,
    /// Its type there.
    pub ty: FieldType,
    /// Raw CloudTrail path.
    pub cloudtrail: Option<String>,
    /// Whether the raw path holds the very value of the ECS field; else the latter is computed from
    /// it.
    pub same_value: bool,
    /// Threat Stack's names, aliases first.
    pub threat_stack: Vec<String>,
    /// Splunk's names, aliases first; an array's `{}` is not written.
    pub splunk: Vec<String>,
    /// The key that holds the very value in findings, by service.
    pub findings: Vec<(Service, String)>,
    /// How the ECS field comes out of a raw record, in a few words.
    pub how: String,
}

impl Row {
    /// The names of the concept's very value in one vocabulary.
    pub fn names(&self, vocabulary: Vocabulary) -> Vec<String> {
        match vocabulary {
            Vocabulary::Ecs => self.ecs.clone().into_iter().collect(),
            Vocabulary::CloudTrail => self.cloudtrail.clone().into_iter().collect(),
            Vocabulary::ThreatStack => self.threat_stack.clone(),
            Vocabulary::Splunk => self.splunk.clone(),
            Vocabulary::Finding(service) => {
                let own = self.findings.iter().filter(|(of, _)| *of == service);
                own.map(|(_, key)| key.clone()).collect()
            }
        }
    }

    /// The cells of a listing: ECS, type, CloudTrail, Threat Stack, Splunk, findings, how. `-` for no
    /// name.
    pub fn cells(&self) -> [String; 7] {
        let list = |names: Vec<String>| match names.is_empty() {
            true => "-".to_owned(),
            false => names.join(", "),
        };
        [
            list(self.names(Vocabulary::Ecs)),
            if self.ecs.is_some() { self.ty.as_str() } else { "-" }.to_owned(),
            list(self.names(Vocabulary::CloudTrail)),
            list(self.names(Vocabulary::ThreatStack)),
            list(self.names(Vocabulary::Splunk)),
            list(self.findings.iter().map(|(service, key)| format!("{}: {key}", service.as_str())).collect()),
            self.how.clone(),
        ]
    }
}

/// Every concept: the mapping table in its order, then aliases without an ECS twin, then the other
/// ECS fields.
pub fn concepts() -> Vec<Row> {
    let mut out: Vec<Row> =
        MAPPINGS.iter().map(|row| of_mapping(row.ecs, row.raw, row.twin, row.how)).collect();
    for (vocabulary, table) in [(Vocabulary::ThreatStack, &*THREAT_STACK), (Vocabulary::Splunk, &*SPLUNK)] {
        out.extend(table.iter().filter(|alias| alias.how != "same").map(|alias| of_alias(vocabulary, alias)));
    }
    for raw in names(Vocabulary::CloudTrail) {
        if !out.iter().any(|row| row.cloudtrail.as_deref() == Some(raw)) {
            out.push(of_raw(raw));
        }
    }
    for path in names(Vocabulary::Ecs) {
        if path == base_field(path) && of_ecs(path).is_none() {
            out.push(of_mapping(path, None, false, How::Never));
        }
    }
    for service in Service::ALL {
        for key in names(Vocabulary::Finding(service)) {
            let known = |row: &Row| row.findings.iter().any(|(of, own)| *of == service && own == key);
            if !out.iter().any(known) {
                out.push(of_finding(service, key));
            }
        }
    }
    out
}

/// The concepts that a name stands for in any vocabulary; keys below payloads are translated.
/// Without an exact match those whose name holds the word, whatever its case.
pub fn lookup(name: &str) -> Vec<Row> {
    let name = base_field(name);
    static ALL: LazyLock<Vec<Row>> = LazyLock::new(concepts);
    let all = &*ALL;
    let has = |row: &Row| Vocabulary::ALL.into_iter().any(|v| row.names(v).iter().any(|n| n == name));
    let mut found: Vec<Row> = all.iter().filter(|row| has(row)).cloned().collect();
    if found.is_empty() {
        found.extend(MAPPINGS.iter().filter_map(|row| {
            let open = matches!(row.how, How::Under | How::Flattened);
            let root = row.ecs.strip_suffix(".*").unwrap_or(row.ecs);
            let rest = below(name, root).or_else(|| below(name, row.raw.filter(|_| row.twin)?));
            let rest = rest.filter(|rest| rest.len() > 1 && (open || row.ecs.ends_with(".*")))?;
            let raw = row.raw.map(|raw| format!("{raw}{rest}"));
            Some(of_mapping(&format!("{root}{rest}"), raw.as_deref(), row.twin, row.how))
        }));
    }
    if found.is_empty() {
        let word = name.to_lowercase();
        let holds = |row: &Row| {
            Vocabulary::ALL.into_iter().any(|v| row.names(v).iter().any(|n| n.to_lowercase().contains(&word)))
        };
        found.extend(all.iter().filter(|row| holds(row)).cloned());
    }
    found
}

fn of_mapping(path: &str, raw: Option<&str>, twin: bool, how: How) -> Row {
    let other = |table: &[Alias]| -> Vec<String> {
        let Some(raw) = raw.filter(|_| twin) else { return Vec::new() };
        let aliases = table.iter().filter(|alias| alias.how == "same" && alias.raw == Some(raw));
        aliases.map(|alias| alias.name.to_owned()).chain([raw.to_owned()]).collect()
    };
    Row {
        ecs: Some(path.to_owned()),
        ty: ecs().field_type(path),
        cloudtrail: raw.filter(|_| twin).map(str::to_owned),
        same_value: twin,
        threat_stack: other(&THREAT_STACK),
        splunk: other(&SPLUNK),
        findings: of_findings(path),
        how: match (how, raw) {
            (How::Never, None) if in_findings(path) => in_documents(path),
            (How::Constant(value), _) => format!("always `{value}`"),
            (How::Cluster, _) => "added by the agent or the cluster".to_owned(),
            (How::Never, _) => "never on CloudTrail events".to_owned(),
            (How::Text, Some(raw)) => format!("text of {raw}"),
            (How::Flattened | How::Under, Some(_)) => "same value, as a flattened leaf".to_owned(),
            (_, Some(_)) if twin => "same value".to_owned(),
            (_, raw) => computed(Vocabulary::Ecs, path, raw),
        },
    }
}

/// A key of a finding that no field holds.
fn of_finding(service: Service, key: &str) -> Row {
    Row {
        ecs: None,
        ty: FieldType::Unknown,
        cloudtrail: None,
        same_value: false,
        threat_stack: Vec::new(),
        splunk: Vec::new(),
        findings: vec![(service, key.to_owned())],
        how: match finding::has_documents(service) {
            true => "no field has its very value".to_owned(),
            false => format!("a key of {}", service.finding()),
        },
    }
}

/// The keys of findings whose very value an ECS field holds.
fn of_findings(path: &str) -> Vec<(Service, String)> {
    let key = |service| Some((service, finding::raw_of(service, path)?.replace("[]", "")));
    Service::ALL.into_iter().filter_map(key).collect()
}

fn in_findings(path: &str) -> bool {
    Service::ALL.into_iter().any(|service| reach_in(path, service) != Reach::Never)
        || Service::ALL.into_iter().any(|service| finding::raw_of(service, path).is_some())
}

fn reach_in(path: &str, service: Service) -> Reach {
    let field = Field::new(Vocabulary::Ecs, path, ecs().field_type(path));
    reach(&field, Shape::Finding(service), Version::default())
}

/// Which findings have documents with the field.
fn in_documents(path: &str) -> String {
    let has = |service: &Service| reach_in(path, *service) != Reach::Never;
    let services: Vec<_> = Service::ALL.into_iter().filter(has).map(Service::as_str).collect();
    match services.is_empty() {
        true => "left out by default: an ECS field has its value".to_owned(),
        false => format!("in documents of {} findings", services.join(" and ")),
    }
}

/// What a computed field is computed from: everything that the function reads.
fn computed(vocabulary: Vocabulary, path: &str, raw: Option<&str>) -> String {
    match reach(&Field::new(vocabulary, path, FieldType::Unknown), Shape::CloudTrail, Version::default()) {
        Reach::Derived(function) => format!("computed from {}", function.inputs().join(", ")),
        _ => format!("computed from {}", raw.unwrap_or("the record")),
    }
}

fn of_raw(raw: &str) -> Row {
    let named = |table: &[Alias]| -> Vec<String> {
        let aliases = table.iter().filter(|alias| alias.how == "same" && alias.raw == Some(raw));
        aliases.map(|alias| alias.name.to_owned()).chain([raw.to_owned()]).collect()
    };
    Row {
        ecs: None,
        ty: FieldType::Unknown,
        cloudtrail: Some(raw.to_owned()),
        same_value: false,
        threat_stack: named(&THREAT_STACK),
        splunk: named(&SPLUNK),
        findings: Vec::new(),
        how: "no ECS field holds the very value".to_owned(),
    }
}

fn of_alias(vocabulary: Vocabulary, alias: &Alias) -> Row {
    let named = |of: Vocabulary| if of == vocabulary { vec![alias.name.to_owned()] } else { Vec::new() };
    Row {
        ecs: None,
        ty: FieldType::Unknown,
        cloudtrail: None,
        same_value: false,
        threat_stack: named(Vocabulary::ThreatStack),
        splunk: named(Vocabulary::Splunk),
        findings: Vec::new(),
        how: match (alias.how, alias.how.strip_prefix("constant:")) {
            (_, Some(value)) => format!("always `{value}`"),
            ("host", _) => "host events only, never on CloudTrail events".to_owned(),
            ("lookup", _) => "from the add-on's own tables".to_owned(),
            _ => computed(vocabulary, alias.name, None),
        },
    }
}

/// At most three names of a vocabulary that may be meant by one it does not have: the same concept in
/// another vocabulary, another case, a few characters off.
pub fn nearest(vocabulary: Vocabulary, path: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let known = |name: &str| types(vocabulary).field_type(name) != FieldType::Unknown;
    let exact = |row: &Row| Vocabulary::ALL.into_iter().any(|v| row.names(v).iter().any(|n| n == path));
    // A twin first; what is computed from the name is a second thought.
    for row in lookup(path).iter().filter(|row| exact(row)) {
        out.extend(row.names(vocabulary));
    }
    if vocabulary == Vocabulary::Ecs {
        let computed = MAPPINGS.iter().filter(|row| !row.twin && row.raw == Some(path));
        out.extend(computed.map(|row| row.ecs.to_owned()));
    }
    let mut near: Vec<(usize, &str)> = names(vocabulary)
        .into_iter()
        .filter_map(|name| Some((distance(&path.to_lowercase(), &name.to_lowercase())?, name)))
        .collect();
    near.sort();
    out.extend(near.into_iter().map(|(_, name)| name.to_owned()));
    let mut seen = std::collections::HashSet::new();
    out.retain(|name| name != path && known(name) && seen.insert(name.clone()));
    out.truncate(3);
    out
}

/// Edits (insert, delete, replace, swap of neighbours) from one text to the other, if few for their
/// length.
fn distance(a: &str, b: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let limit = 1 + a.len().min(b.len()) / 8;
    if a.len().abs_diff(b.len()) > limit || a.len() > 256 {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|edits| *edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(name: &str) -> Row {
        let mut rows = lookup(name);
        assert_eq!(rows.len(), 1, "{name}: {rows:?}");
        rows.remove(0)
    }

    #[test]
    fn a_name_is_found_in_every_vocabulary() {
        let row = only("eventSource");
        assert_eq!(
            row.cells(),
            [
                "event.provider",
                "keyword",
                "eventSource",
                "eventSource",
                "eventSource",
                "guardduty: service.action.awsApiCallAction.serviceName",
                "same value",
            ]
        );
        assert_eq!(only("event.provider"), row);
        let ip = only("ip");
        assert_eq!(ip.ecs.as_deref(), Some("source.address"));
        assert_eq!(ip.threat_stack, ["ip", "sourceIPAddress"]);
        assert_eq!(ip.splunk, ["src", "src_ip", "sourceIPAddress"]);
        assert_eq!(only("aws.cloudtrail.request_parameters.text").how, "text of requestParameters");
        assert_eq!(only("event_type").how, "always `cloudtrail`");
        assert_eq!(only("userIdentity.userName").ecs, None);
        let outcome = "computed from errorCode, errorMessage, eventName, responseElements.ConsoleLogin";
        assert_eq!(only("event.outcome").how, outcome);
        assert_eq!(only("arnRole").how, "computed from userIdentity.arn");
    }

    #[test]
    fn keys_below_payloads_are_translated_both_ways() {
        let row = only("requestParameters.policyArn");
        assert_eq!(row.ecs.as_deref(), Some("aws.cloudtrail.flattened.request_parameters.policyArn"));
        assert_eq!(only("aws.cloudtrail.flattened.request_parameters.policyArn"), row);
        assert_eq!(row.ty, FieldType::FlattenedLeaf);
    }

    #[test]
    fn words_are_found_inside_names() {
        assert!(
            lookup("mfa")
                .iter()
                .any(|row| row.cloudtrail.as_deref().is_some_and(|n| n.ends_with("mfaAuthenticated")))
        );
        assert!(lookup("no such thing at all").is_empty());
    }

    #[test]
    fn near_names_are_proposed() {
        assert_eq!(nearest(Vocabulary::Ecs, "eventName")[0], "event.action");
        assert_eq!(nearest(Vocabulary::Ecs, "userIdentity.userName")[0], "user.name");
        assert_eq!(nearest(Vocabulary::CloudTrail, "event.action"), ["eventName"]);
        assert_eq!(nearest(Vocabulary::CloudTrail, "eventname")[0], "eventName");
        assert_eq!(nearest(Vocabulary::CloudTrail, "sourceIpAdress")[0], "sourceIPAddress");
        assert_eq!(nearest(Vocabulary::Ecs, "event.aciton")[0], "event.action");
        assert_eq!(
            nearest(Vocabulary::Ecs, "aws.cloudtrail.user_identity.acces_key_id")[0],
            "aws.cloudtrail.user_identity.access_key_id"
        );
        assert!(nearest(Vocabulary::Ecs, "zzzzzzzz").is_empty());
    }
}
