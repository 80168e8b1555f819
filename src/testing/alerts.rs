//! Expected alerts against those that a rule raised.

use similar::{ChangeTag, TextDiff};

use super::outcome::Failure;
use crate::ir::{Detection, Rule};
use crate::matcher::over_time::{Alert, Scalar, Term};

/// The fields of an alert by which it can be told from others, each with its value as text; a
/// missing field has none.
type Fields = Vec<(String, Option<String>)>;

/// Compares; `None` when all is as expected. Every expected group has to be that of an alert of its
/// own: an alert has the group when each named field has the value.
pub(super) fn compare(
    rule: &Rule,
    count: u64,
    groups: &[Vec<(String, String)>],
    alerts: &[Alert],
) -> Option<Failure> {
    let found: Vec<Fields> = alerts.iter().map(|alert| fields(rule, alert)).collect();
    let mut free: Vec<usize> = (0..found.len()).collect();
    // The groups that name most fields choose first, so that a loose one does not take their alert.
    let mut order: Vec<&Vec<(String, String)>> = groups.iter().collect();
    order.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut unmatched = 0;
    for group in order {
        match free.iter().position(|&alert| has(&found[alert], group)) {
            Some(at) => drop(free.remove(at)),
            None => unmatched += 1,
        }
    }
    if alerts.len() as u64 == count && unmatched == 0 {
        return None;
    }
    let some = |n: u64| if n == 1 { "1 alert".to_owned() } else { format!("{n} alerts") };
    let message = match alerts.len() as u64 == count {
        true => "no alert has the expected group".to_owned(),
        false => format!("expected {}, the rule raised {}", some(count), some(alerts.len() as u64)),
    };
    Some(Failure { message, detail: diff(&expected(count, groups), &raised(&found, groups, alerts)) })
}

fn has(alert: &Fields, group: &[(String, String)]) -> bool {
    group.iter().all(|(field, value)| {
        alert.iter().any(|(name, found)| name == field && found.as_deref() == Some(value.as_str()))
    })
}

fn fields(rule: &Rule, alert: &Alert) -> Fields {
    let text = |value: &Scalar| value.as_text().to_owned();
    let mut out: Fields =
        alert.group.iter().map(|(name, value)| (name.clone(), value.as_ref().map(text))).collect();
    let mut add = |name: &str, value: Option<String>| {
        if !out.iter().any(|(known, _)| known == name) {
            out.push((name.to_owned(), value));
        }
    };
    if let (Detection::NewTerms(new_terms), Some(values)) = (&rule.detection, &alert.new_terms) {
        new_terms.fields.iter().zip(values).for_each(|(field, value)| add(&field.path, Some(text(value))));
    }
    for (name, term) in alert.suppression.iter().flat_map(|suppressed| &suppressed.terms) {
        let value = match term {
            Term::Missing => None,
            Term::One(value) => Some(text(value)),
            Term::All(values) => Some(values.iter().map(text).collect::<Vec<_>>().join(", ")),
        };
        add(name, value);
    }
    out
}

fn expected(count: u64, groups: &[Vec<(String, String)>]) -> String {
    let mut out = format!("alerts: {count}\n");
    for group in groups {
        out.push_str("- group\n");
        group.iter().for_each(|(field, value)| out.push_str(&format!("    {field}: {value}\n")));
    }
    out
}

/// In the form of [`expected`]; where that names fields, only those are shown.
fn raised(found: &[Fields], groups: &[Vec<(String, String)>], alerts: &[Alert]) -> String {
    let named = |field: &String| groups.is_empty() || groups.iter().flatten().any(|(name, _)| name == field);
    let mut out = format!("alerts: {}\n", alerts.len());
    for fields in found {
        out.push_str("- group\n");
        for (field, value) in fields.iter().filter(|(field, _)| named(field)) {
            out.push_str(&format!("    {field}: {}\n", value.as_deref().unwrap_or("(missing)")));
        }
    }
    out
}

fn diff(expected: &str, raised: &str) -> String {
    let mut out = String::from("- expected\n+ raised\n");
    for change in TextDiff::from_lines(expected, raised).iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        out.push_str(&format!("{sign} {}", change.value()));
    }
    out
}
