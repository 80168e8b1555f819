//! The query of a rule in a language of the format, and its exceptions in the same one.

use crate::backend::elastic;
use crate::backend::loss::Loss;
use crate::backend::predicate::rewrite;
use crate::backend::target::Options;
use crate::backend::{codes, kql, threat_stack};
use crate::ir::{Detection, Exception, Format, Language, Node, Predicate, Rule, Value, Vocabulary};

/// What says the condition.
pub(super) struct Query {
    pub(super) language: Language,
    pub(super) text: String,
    pub(super) filters: Option<Vec<Value>>,
    pub(super) exceptions: Vec<Value>,
}

/// The rule's own query; without one, the condition as a filter or as KQL.
///
/// # Errors
///
/// A detection that no language of the format says.
pub(super) fn of(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<Query, Loss> {
    let opaque = |reason: &str| {
        Err(Loss::new(&codes::LOSS_OPAQUE, "detection", reason.to_owned()).at(Some(rule.origin)))
    };
    if let Detection::Opaque(detection) = &rule.detection {
        let carried = matches!(
            detection.language,
            Some(Language::Eql | Language::Esql | Language::Lucene | Language::Spl)
        );
        // Anything else is more than its query: a job, a list of indicators, a count in another language.
        let elastic = matches!(rule.format, Format::ElasticToml | Format::KibanaNdjson);
        let bare = !elastic || matches!(rule.source_type.as_deref(), Some("query" | "eql" | "esql"));
        if !carried || !bare {
            return opaque(&detection.reason);
        }
    }
    let Some(query) = &rule.query else { return written(rule, options, losses) };
    let exceptions = rule.exceptions.iter().enumerate();
    let exceptions = exceptions.filter_map(|(index, one)| exception(one, query.language, index, losses));
    Ok(Query {
        language: query.language,
        text: query.text.clone(),
        exceptions: exceptions.collect(),
        filters: rule.filters.clone(),
    })
}

/// A condition that no text stands for.
fn written(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<Query, Loss> {
    if rule.vocabulary == Vocabulary::Ecs {
        let (text, filters) = elastic::condition(rule, options, losses)?;
        let filters = (!filters.is_empty()).then_some(filters);
        return Ok(Query { language: Language::Kuery, text, filters, exceptions: Vec::new() });
    }
    let language = Language::ThreatStack;
    let text = threat_stack::filter(rule, options, losses)?;
    let exceptions = rule.exceptions.iter().enumerate();
    let exceptions = exceptions.filter_map(|(index, one)| exception(one, language, index, losses)).collect();
    Ok(Query { language, text, filters: None, exceptions })
}

/// `{name, query}`. Narrowing is the safe direction: fewer events are excepted.
fn exception(of: &Exception, language: Language, index: usize, losses: &mut Vec<Loss>) -> Option<Value> {
    let path = format!("exceptions[{index}]");
    let text = match &of.text {
        Some(text) => text.clone(),
        None => match said(of, language, &path, losses) {
            Ok(text) => text?,
            Err(loss) => {
                losses.push(loss);
                return None;
            }
        },
    };
    Some(super::table([("name", super::text(&of.name)), ("query", Some(text.into()))]))
}

/// The predicate of an exception as text; `None`: what is left of it excepts nothing.
fn said(
    of: &Exception,
    language: Language,
    path: &str,
    losses: &mut Vec<Loss>,
) -> Result<Option<String>, Loss> {
    let negated = Node::negate(of.predicate.clone());
    let mut fit = match language {
        Language::Kuery => kql::fits,
        Language::ThreatStack => threat_stack::fits,
        other => {
            let message =
                format!("an exception cannot be written in {}; its events match too", other.as_str());
            return Err(Loss::new(&codes::LOSS_EXCEPTION_LIST, path, message));
        }
    };
    let node = Node::negate(rewrite(&negated, path, &mut fit, losses)).simplified();
    if node.predicate == Predicate::Constant(false) {
        return Ok(None);
    }
    if language == Language::Kuery { kql::print(&node) } else { threat_stack::text(&node, losses) }.map(Some)
}
