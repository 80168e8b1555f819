//! Names of fields: what Splunk's extraction makes of a record.

use super::value::{Fold, Leaf};
use super::{Lowerer, codes};
use crate::diagnostic::Diagnostic;
use crate::ir::{Field, FieldType, Vocabulary};

/// A field as Splunk names it.
pub(super) fn splunk(name: &str) -> Field {
    super::super::field(Vocabulary::Splunk, name)
}

/// The same as a value.
pub(super) fn leaf(name: &str) -> Leaf {
    Leaf::Field(splunk(name), Fold::None)
}

/// Whether the name says that the field may have several values.
pub(super) fn is_multivalue(field: &Field) -> bool {
    field.vocabulary == Vocabulary::Splunk && field.path.contains("{}")
}

impl Lowerer<'_> {
    /// Reports what is odd about the name of a field that a condition compares.
    pub(super) fn check_name(&mut self, field: &Field, span: trailsmith_grammar::Span) {
        if field.vocabulary != Vocabulary::Splunk {
            return;
        }
        if field.ty == FieldType::Object {
            let title = format!("`{field}` is an object; Splunk has fields for its values only");
            let diagnostic = Diagnostic::new(&codes::SPL_OBJECT_FIELD, title)
                .help(format!("name a value below it: `{field}.…`"));
            let span = self.span(span);
            self.report(diagnostic, span, "never holds");
        }
        if let Some(name) = with_braces(&field.path) {
            let title = format!("`{field}` goes through an array, whose name ends in `{{}}`");
            let diagnostic = Diagnostic::new(&codes::SPL_MISSING_BRACES, title);
            let text = span.of(&self.query.text);
            // The name stands in quotes of its language, or in none.
            let diagnostic = match text.find(field.path.as_str()) {
                Some(at) => {
                    let start = span.start + at;
                    let inner = trailsmith_grammar::Span::new(start, start + field.path.len());
                    self.with_fix(diagnostic, "name the array as Splunk does", inner, &name)
                }
                None => diagnostic.help(format!("write `{name}`")),
            };
            let span = self.span(span);
            self.report(diagnostic, span, "no event has this field");
        }
    }
}

/// The name with `{}` where an array is known: EC2 wraps every list as `items` (`item` in old
/// records), and a record's `resources` is a list.
fn with_braces(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('.').collect();
    let last = segments.len() - 1;
    let array = |i: usize, segment: &str| {
        i < last && ((i > 0 && matches!(segment, "items" | "item")) || (i == 0 && segment == "resources"))
    };
    let found = segments.iter().enumerate().any(|(i, segment)| array(i, segment));
    let written = segments.iter().enumerate().map(|(i, segment)| match array(i, segment) {
        true => format!("{segment}{{}}"),
        false => (*segment).to_owned(),
    });
    found.then(|| written.collect::<Vec<_>>().join("."))
}

#[cfg(test)]
mod tests {
    use super::with_braces;

    #[test]
    fn arrays_that_are_known() {
        let path = "requestParameters.ipPermissions.items.ipRanges.items.cidrIp";
        let mended = "requestParameters.ipPermissions.items{}.ipRanges.items{}.cidrIp";
        assert_eq!(with_braces(path).as_deref(), Some(mended));
        assert_eq!(with_braces(mended), None);
        assert_eq!(with_braces("resources.ARN").as_deref(), Some("resources{}.ARN"));
        assert_eq!(with_braces("requestParameters.resources.x"), None);
        assert_eq!(with_braces("requestParameters.items"), None);
    }
}
