//! KQL as the detection engine runs it: parsed as Kibana does, typed by the fields of the index.

use trailsmith_grammar::TrapKind as _;
use trailsmith_grammar::kql as syntax;
use trailsmith_grammar::kql::{Expr, ExprKind, Literal, LiteralKind, RangeOp, Segment, ValueExpr, ValueKind};

use super::typed::{self, Mismatch, Operand, Relation};
use super::{LowerInput, Lowered, codes};
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::ir::{Field, FieldType, Glob, GlobPart, Node, Predicate, QueryText, Vocabulary, Words};
use crate::schema::FieldTypes;

/// Lowers a KQL query; `types` are the fields of the index it runs on.
pub fn lower(
    input: &LowerInput<'_>,
    query: &QueryText,
    vocabulary: Vocabulary,
    types: &dyn FieldTypes,
) -> Lowered {
    let mut lowerer = Lowerer { input, query, vocabulary, types, diagnostics: Vec::new(), failed: false };
    let tree = match syntax::parse(&query.text) {
        Ok(tree) => tree,
        Err(error) => {
            lowerer.syntax_error(&error);
            return Lowered { diagnostics: lowerer.diagnostics, ..Lowered::default() };
        }
    };
    for trap in syntax::lints(&query.text, &tree) {
        lowerer.trap(&trap);
    }
    let node = match &tree.expr {
        None => Node::at(Predicate::Constant(true), lowerer.place(Span::new(0, query.text.len()))),
        Some(expr) => lowerer.expr(expr, None),
    };
    let predicate = (!lowerer.failed).then_some(node);
    Lowered { predicate, diagnostics: lowerer.diagnostics, ..Lowered::default() }
}

struct Lowerer<'a> {
    input: &'a LowerInput<'a>,
    query: &'a QueryText,
    vocabulary: Vocabulary,
    types: &'a dyn FieldTypes,
    diagnostics: Vec<Diagnostic>,
    failed: bool,
}

/// What a field name in a query stands for.
enum Target {
    /// `*`, or no field: any field.
    Any,
    /// These fields; none where a pattern matches none.
    Fields(Vec<Field>),
}

impl Lowerer<'_> {
    fn expr(&mut self, expr: &Expr, nested: Option<&str>) -> Node {
        let origin = self.span(expr.span);
        match &expr.kind {
            ExprKind::And(operands) => {
                let nodes = operands.iter().map(|operand| self.expr(operand, nested)).collect();
                Node::at(Predicate::And(nodes), origin)
            }
            ExprKind::Or(operands) => {
                let nodes = operands.iter().map(|operand| self.expr(operand, nested)).collect();
                Node::at(Predicate::Or(nodes), origin)
            }
            ExprKind::Not(operand) => {
                let node = self.expr(operand, nested);
                Node::at(Predicate::Not(Box::new(node)), origin)
            }
            ExprKind::Is { field, value } => {
                let target = self.target(field.as_ref(), nested);
                self.value(&target, value, origin, nested)
            }
            ExprKind::Range { field, op, value, .. } => self.range(field, *op, value, origin, nested),
            ExprKind::Nested { path, body } => {
                let path = join(nested, &path.plain());
                let node = self.expr(body, Some(&path));
                let ty = self.types.field_type(&path);
                if ty != FieldType::Nested {
                    let title = format!("`{path}` is not a nested field");
                    let diagnostic = Diagnostic::new(&codes::KQL_NOT_NESTED, title);
                    match ty {
                        FieldType::Unknown => self.report(diagnostic, origin, "this group"),
                        _ => self.fail(diagnostic, origin, "this group"),
                    }
                }
                let path = Field::new(self.vocabulary, path, FieldType::Nested);
                Node::at(Predicate::Nested { path, body: Box::new(node) }, origin)
            }
        }
    }

    /// A value or a list of values, each compared with the same field.
    fn value(&mut self, target: &Target, value: &ValueExpr, origin: Span, nested: Option<&str>) -> Node {
        let each = |this: &mut Self, values: &[ValueExpr]| {
            values.iter().map(|v| this.value(target, v, this.span(v.span), nested)).collect()
        };
        match &value.kind {
            ValueKind::Literal(literal) => self.is(target, literal, origin, nested),
            ValueKind::And(values) => Node::at(Predicate::And(each(self, values)), origin),
            ValueKind::Or(values) => Node::at(Predicate::Or(each(self, values)), origin),
            ValueKind::Not(value) => {
                let inner = self.value(target, value, self.span(value.span), nested);
                Node::at(Predicate::Not(Box::new(inner)), origin)
            }
        }
    }

    fn is(&mut self, target: &Target, literal: &Literal, origin: Span, nested: Option<&str>) -> Node {
        let operand = match operand(literal) {
            Some(operand) => operand,
            None => {
                let diagnostic = Diagnostic::new(&codes::KQL_NULL, "unquoted `null` is not a text in KQL")
                    .help(
                        "for a missing field write `not field: *`; for the text, put it in quotes: \"null\"",
                    );
                self.fail(diagnostic, self.span(literal.span), "this value");
                return Node::at(Predicate::Constant(false), origin);
            }
        };
        let star = matches!(&operand, Operand::Glob(glob) if glob.parts == [GlobPart::Any]);
        match target {
            Target::Any if star => Node::at(Predicate::Constant(true), origin),
            Target::Any => {
                if let Some(path) = nested {
                    // kql.md §3: Kibana turns a bare term in a nested group into the field `path.null`.
                    let title =
                        format!("free text inside `{path}: {{ }}` is read as the field `{path}.null`");
                    let diagnostic = Diagnostic::new(&codes::KQL_BARE_TERM_IN_NESTED, title)
                        .help("name the field: `field: value`");
                    self.fail(diagnostic, origin, "no field is named here");
                    return Node::at(Predicate::Constant(false), origin);
                }
                let words = match operand {
                    Operand::Text(text, true) => Words::Phrase(text),
                    Operand::Text(text, false) => Words::AnyOf(text),
                    Operand::Glob(glob) => Words::Pattern(glob),
                };
                Node::at(Predicate::AnyField(words), origin)
            }
            Target::Fields(fields) => {
                let mut nodes = Vec::with_capacity(fields.len());
                for field in fields {
                    let predicate =
                        if star { Ok(typed::exists(field)) } else { typed::equals(field, &operand) };
                    self.leaf(predicate, field, literal.span, &mut nodes, origin, nested);
                }
                with_origin(Node::any(nodes), origin)
            }
        }
    }

    fn range(
        &mut self,
        field: &Literal,
        op: RangeOp,
        value: &Literal,
        origin: Span,
        nested: Option<&str>,
    ) -> Node {
        let relation = Relation {
            upper: matches!(op, RangeOp::Lt | RangeOp::Lte),
            inclusive: matches!(op, RangeOp::Lte | RangeOp::Gte),
        };
        let text = value.plain();
        let fields = match self.target(Some(field), nested) {
            Target::Fields(fields) => fields,
            Target::Any => Vec::new(),
        };
        let mut nodes = Vec::with_capacity(fields.len());
        for field in &fields {
            if field.ty == FieldType::FlattenedLeaf {
                let title = format!("a range on `{field}`, a key of a flattened field, compares text");
                let diagnostic = Diagnostic::new(&codes::KQL_RANGE_ON_FLATTENED, title)
                    .note("Elasticsearch refuses a range with one end on such a key")
                    .help("compare with exact values, or test the raw field in a rule on raw CloudTrail");
                self.report(diagnostic, origin, "text order: \"10\" < \"9\"");
            }
            let predicate = typed::range(field, relation, &text);
            self.leaf(predicate, field, value.span, &mut nodes, origin, nested);
        }
        with_origin(Node::any(nodes), origin)
    }

    /// Adds one typed comparison. A value that does not fit the field is an error, also where the
    /// field is one of several that a pattern stands for: Elasticsearch then refuses the whole query.
    fn leaf(
        &mut self,
        predicate: Result<Predicate, Mismatch>,
        field: &Field,
        value: trailsmith_grammar::Span,
        nodes: &mut Vec<Node>,
        origin: Span,
        nested: Option<&str>,
    ) {
        match predicate {
            Ok(predicate) => {
                if field.ty == FieldType::FlattenedLeaf && is_pattern(&predicate) {
                    let title = format!("a wildcard on `{field}`, a key of a flattened field");
                    let diagnostic = Diagnostic::new(&codes::KQL_WILDCARD_ON_FLATTENED, title)
                        .note("Elasticsearch forgets the key and searches every value of the object")
                        .help("compare with whole values, or search the text copy of the object");
                    self.report(diagnostic, origin, "does not do in Elasticsearch what it says");
                }
                nodes.push(self.wrap(field, Node::at(predicate, origin), nested));
            }
            Err(mismatch) => {
                let mut diagnostic = Diagnostic::new(mismatch.code, mismatch.title);
                diagnostic.help.extend(mismatch.help);
                self.fail(diagnostic, self.span(value), "this value");
            }
        }
    }

    /// Kibana wraps a field below a nested one into `nested` by itself, with the innermost path.
    fn wrap(&self, field: &Field, node: Node, nested: Option<&str>) -> Node {
        let known = nested.map_or(0, str::len);
        let mut dots = field.path.rmatch_indices('.').map(|(at, _)| at).take_while(|&at| at > known);
        match dots.find(|&at| self.types.field_type(&field.path[..at]) == FieldType::Nested) {
            Some(at) => {
                let origin = node.origin;
                let path = Field::new(self.vocabulary, &field.path[..at], FieldType::Nested);
                Node { predicate: Predicate::Nested { path, body: Box::new(node) }, origin }
            }
            None => node,
        }
    }

    fn target(&mut self, field: Option<&Literal>, nested: Option<&str>) -> Target {
        let Some(literal) = field else { return Target::Any };
        let LiteralKind::Wildcard(segments) = &literal.kind else {
            let path = join(nested, &literal.plain());
            let ty = self.types.field_type(&path);
            return Target::Fields(vec![Field::new(self.vocabulary, path, ty)]);
        };
        if segments.as_slice() == [Segment::Star] && nested.is_none() {
            return Target::Any;
        }
        let mut glob = glob(segments);
        if let Some(path) = nested {
            glob.parts.insert(0, GlobPart::Literal(format!("{path}.")));
        }
        let paths = self.types.expand(&glob);
        if paths.is_empty() {
            let title = format!("no field matches `{}`", glob.escaped());
            let diagnostic = Diagnostic::new(&codes::KQL_FIELD_PATTERN, title)
                .note("Kibana then sends the pattern itself as a field name, which matches nothing");
            self.report(diagnostic, self.span(literal.span), "this pattern");
        }
        let fields = paths.into_iter().map(|path| {
            let ty = self.types.field_type(&path);
            Field::new(self.vocabulary, path, ty)
        });
        Target::Fields(
            fields.filter(|field| !matches!(field.ty, FieldType::Nested | FieldType::Object)).collect(),
        )
    }

    fn syntax_error(&mut self, error: &syntax::SyntaxError) {
        let mut diagnostic = Diagnostic::new(codes::find("kql", error.name()), error.kind.to_string());
        if !error.expected.is_empty() {
            diagnostic = diagnostic.note(format!("expected {}", error.expected.join(", ")));
        }
        diagnostic.help.extend(error.help());
        let span = self.span(error.span);
        if let (syntax::ErrorKind::NotInText, Some(value)) =
            (&error.kind, unquoted_around(&self.query.text, error.span.start))
        {
            let outer = self.place(value);
            // Only where the query stands verbatim in the file can an edit be offered.
            if self.input.source.slice(outer) == &self.query.text[value.range()] {
                let quoted = format!("\"{}\"", syntax::escape_quoted(&self.query.text[value.range()]));
                // The query as it stands means nothing, so there is no meaning to change.
                diagnostic = diagnostic.fix("quote the value", outer, quoted, true);
            }
        }
        self.fail(diagnostic, span, "");
    }

    fn trap(&mut self, trap: &syntax::Trap) {
        let mut diagnostic = Diagnostic::new(codes::find("kql", trap.kind.name()), trap.explain());
        let span = self.span(trap.span);
        if let Some(text) = trap.suggestion() {
            // Only where the query stands verbatim in the file can an edit be offered.
            if self.input.source.slice(span) == trap.span.of(&self.query.text) {
                diagnostic = diagnostic.fix("write what was probably meant", span, text, false);
            } else {
                diagnostic = diagnostic.help(format!("write `{text}`"));
            }
        }
        self.report(diagnostic, span, "");
    }

    fn report(&mut self, diagnostic: Diagnostic, span: Span, label: &str) {
        let diagnostic =
            diagnostic.at(self.input.source, span, label).for_rule(self.input.rule_id, self.input.rule_name);
        self.diagnostics.push(diagnostic);
    }

    fn fail(&mut self, diagnostic: Diagnostic, span: Span, label: &str) {
        self.failed = true;
        self.report(diagnostic.severity(Severity::Error), span, label);
    }

    fn span(&self, inner: trailsmith_grammar::Span) -> Span {
        self.place(Span::new(inner.start, inner.end))
    }

    fn place(&self, inner: Span) -> Span {
        self.query.map.span(inner)
    }
}

/// The unquoted value on one line around an offset, if a value is what stands there: behind a colon
/// or a parenthesis, and not itself followed by a colon.
fn unquoted_around(text: &str, at: usize) -> Option<Span> {
    let special = |c: char| matches!(c, ':' | '(' | ')' | '<' | '>' | '{' | '}' | '"' | '\\');
    let start = text[..at].rfind(special).filter(|&start| matches!(text.as_bytes()[start], b':' | b'('))? + 1;
    let end = text[at..].find(|c| special(c) || c == '\n').map_or(text.len(), |length| at + length);
    if text[end..].starts_with([':', '"', '\\', '<', '>']) {
        return None;
    }
    let value = text[start..end].trim();
    let start = start + text[start..end].find(value)?;
    let has_operator = |word: &str| value.to_ascii_lowercase().contains(word);
    let whole = !value.is_empty() && !value.contains('*') && !has_operator(" and ") && !has_operator(" or ");
    whole.then(|| Span::new(start, start + value.len()))
}

fn with_origin(node: Node, origin: Span) -> Node {
    Node { origin: Some(origin), ..node }
}

fn join(nested: Option<&str>, path: &str) -> String {
    nested.map_or_else(|| path.to_owned(), |prefix| format!("{prefix}.{path}"))
}

fn operand(literal: &Literal) -> Option<Operand> {
    Some(match &literal.kind {
        LiteralKind::Quoted(text) => Operand::Text(text.clone(), true),
        LiteralKind::Text(text) => Operand::Text(text.clone(), false),
        LiteralKind::Bool(value) => Operand::Text(value.to_string(), false),
        LiteralKind::Wildcard(segments) => Operand::Glob(glob(segments)),
        LiteralKind::Null => return None,
    })
}

fn glob(segments: &[Segment]) -> Glob {
    let part = |segment: &Segment| match segment {
        Segment::Text(text) => GlobPart::Literal(text.clone()),
        Segment::Star => GlobPart::Any,
    };
    Glob { parts: segments.iter().map(part).collect() }
}

fn is_pattern(predicate: &Predicate) -> bool {
    use crate::ir::{Comparison, TextMatch};
    match predicate {
        Predicate::Test(test) => match &test.comparison {
            Comparison::Text { matcher, .. } => !matches!(matcher, TextMatch::Equals(_)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_value_is_offered_in_quotes() {
        let around = |text: &str| {
            let span = unquoted_around(text, text.find("not ").unwrap())?;
            Some(text[span.range()].to_owned())
        };
        assert_eq!(around("a: cannot delete").as_deref(), Some("cannot delete"));
        assert_eq!(around("a: (x or b: cannot delete )").as_deref(), Some("cannot delete"));
        assert_eq!(around("a: cannot delete\n and b: c").as_deref(), Some("cannot delete"));
        // A condition was probably meant, or the value has parts that quotes would change.
        assert_eq!(around("a: b not c: d"), None);
        assert_eq!(around("a: cannot delete and b"), None);
        assert_eq!(around("a: cannot del*"), None);
        assert_eq!(around("cannot delete"), None);
    }
}
