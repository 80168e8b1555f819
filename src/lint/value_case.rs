//! Values whose case CloudTrail never writes.

use super::predicates;
use crate::diagnostic::Diagnostic;
use crate::ir::{Case, Comparison, GlobPart, Rule, TextMatch, Vocabulary};

crate::codes! {
    /// CloudTrail writes the event source as a lower-case host name (`iam.amazonaws.com`), and the
    /// comparison minds the case: it is never true.
    ///
    /// ```text
    /// eventSource = "IAM.amazonaws.com"      never true
    /// eventSource = "iam.amazonaws.com"
    /// ```
    pub VALUE_CASE = warning "value-case": "CloudTrail never writes this value in this case";
}

/// The names of `eventSource` by vocabulary.
const EVENT_SOURCE: &[(Vocabulary, &str)] = &[
    (Vocabulary::CloudTrail, "eventSource"),
    (Vocabulary::ThreatStack, "eventSource"),
    (Vocabulary::Ecs, "event.provider"),
    (Vocabulary::Splunk, "eventSource"),
];

pub(super) fn check(rule: &Rule, findings: &mut Vec<Diagnostic>) {
    if rule.input != crate::ir::Input::CloudTrail {
        return;
    }
    for node in predicates(rule) {
        node.for_each_test(&mut |test, origin| {
            let field = (test.field.vocabulary, test.field.path.as_str());
            if !EVENT_SOURCE.contains(&field) {
                return;
            }
            let Comparison::Text { matcher, case: Case::Sensitive } = &test.comparison else { return };
            let Some(value) = upper_case(matcher) else { return };
            let title = format!("`{}` never holds upper-case letters", test.field);
            let finding =
                Diagnostic::new(&VALUE_CASE, title).help(format!("write `{}`", value.to_ascii_lowercase()));
            let mut finding = super::at(finding, rule, origin, "never true");
            // The fix is offered only where the value stands in the file just as it is compared.
            if let Some(origin) = origin
                && let Some(offset) = rule.source.slice(origin).find(value)
            {
                let start = origin.start + offset;
                let span = crate::diagnostic::Span::new(start, start + value.len());
                finding = finding.fix("write it in lower case", span, value.to_ascii_lowercase(), false);
            }
            findings.push(finding);
        });
    }
}

fn upper_case(matcher: &TextMatch) -> Option<&str> {
    let has_upper = |text: &&str| text.bytes().any(|byte| byte.is_ascii_uppercase());
    match matcher {
        TextMatch::Equals(text)
        | TextMatch::Prefix(text)
        | TextMatch::Suffix(text)
        | TextMatch::Contains(text) => Some(text.as_str()).filter(has_upper),
        TextMatch::Glob(glob) => glob.parts.iter().find_map(|part| match part {
            GlobPart::Literal(text) => Some(text.as_str()).filter(has_upper),
            GlobPart::Any | GlobPart::One => None,
        }),
    }
}
