//! `kql`: the condition in Kibana's query language.
//!
//! A rule that was written in KQL keeps its text, unless exceptions have to be added or it mixes
//! `and` and `or` without parentheses, which readers of KQL take differently (kql.md §3). The text is
//! meant for an index whose field types are known, as the detection engine runs it.

mod build;

use trailsmith_grammar::kql::{self as syntax, TrapKind};

use super::capability::{Capabilities, Feature};
use super::codes;
use super::loss::{Artefact, Loss};
use super::predicate::{Fitted, Refusal, fit, prepare};
use super::target::{Made, Options, Target};
use crate::diagnostic::Severity;
use crate::ir::{Comparison, GlobPart, Language, Node, Predicate, Rule, Test, TextMatch, Vocabulary, Words};

/// The target.
#[derive(Debug)]
pub struct Kql;

const FLATTENED: &str =
    "on a key of a flattened field Kibana's wildcard forgets the key and searches the whole object";

/// Facts: kql.md, target_languages.md §3, ENGINES.md.
static CAPABILITIES: Capabilities = Capabilities {
    lacks: &[
        (Feature::EqualsAnyCase, "KQL compares keywords with their case"),
        (Feature::PatternAnyCase, "KQL compares keywords with their case"),
        (Feature::OneCharacter, "the only wildcard of KQL is `*`"),
        (Feature::FlattenedPrefix, FLATTENED),
        (Feature::FlattenedPattern, FLATTENED),
        (
            Feature::TextRangeBothEnds,
            "a range of KQL has one end, and two ranges may be met by two values of a list",
        ),
        (Feature::FlattenedRange, "Elasticsearch refuses a range with one end on a key of a flattened field"),
        (Feature::Threshold, "KQL has no counts"),
        (Feature::Cardinality, "KQL has no counts"),
        (Feature::NewTerms, "KQL knows nothing of earlier values"),
    ],
    limits: &[
        (Feature::Number, "on values indexed as text: equality and small upper bounds of whole numbers"),
        (Feature::AddressRange, "one end"),
        (Feature::WordPattern, "without white space; ranges with one end"),
    ],
    holds: None,
};

impl Target for Kql {
    fn name(&self) -> &'static str {
        "kql"
    }

    fn summary(&self) -> &'static str {
        "query in Kibana's language"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn extension(&self) -> &'static str {
        "kql"
    }

    fn make(&self, rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Made {
        let text = text(rule, options, losses)?;
        super::over_events(rule, self, losses);
        Ok(Artefact::Text(text))
    }
}

/// The condition of a rule as KQL: its own text where that says everything.
///
/// # Errors
///
/// Where nothing can come out.
pub fn text(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<String, Loss> {
    if let Some((text, tree)) = own(rule) {
        note_own_losses(rule, options, losses);
        let mixed = syntax::lints(text, &tree).iter().any(|trap| matches!(trap.kind, TrapKind::MixedAndOr));
        return Ok(if mixed { tree.to_string() } else { text.to_owned() });
    }
    Ok(tree(rule, options, losses)?.to_string())
}

/// The condition as a syntax tree.
///
/// # Errors
///
/// Where nothing can come out.
pub fn tree(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) -> Result<syntax::Query, Loss> {
    if let Some((_, tree)) = own(rule) {
        note_own_losses(rule, options, losses);
        return Ok(tree);
    }
    let node = prepare(rule, Vocabulary::Ecs, options.version, &mut fits, losses)?;
    Ok(syntax::Query { expr: Some(build::expr(&node)?) })
}

/// The rule's own text, if it is KQL and nothing stands beside it.
fn own(rule: &Rule) -> Option<(&str, syntax::Query)> {
    let query = rule.query.as_ref().filter(|query| query.language == Language::Kuery)?;
    let filters = rule.filters.as_ref().is_some_and(|filters| !filters.is_empty());
    if filters || !rule.exceptions.is_empty() || rule.vocabulary != Vocabulary::Ecs {
        return None;
    }
    Some((&query.text, syntax::parse(&query.text).ok()?))
}

/// The text stays as its author wrote it; what Kibana does not run as it is written is noted.
fn note_own_losses(rule: &Rule, options: &Options, losses: &mut Vec<Loss>) {
    let mut own = Vec::new();
    // The tree that comes out is of no interest: the text stands.
    if let Err(loss) = prepare(rule, Vocabulary::Ecs, options.version, &mut fits, &mut own)
        && loss.code == &codes::LOSS_OPAQUE
    {
        return;
    }
    losses.extend(own.into_iter().map(|loss| Loss {
        message: loss.message.split("; if allowed, ").next().unwrap_or_default().to_owned(),
        severity: Severity::Info,
        ..loss
    }));
}

/// A condition that fits as text.
///
/// # Errors
///
/// A comparison that KQL lacks; [`fits`] leaves none.
pub fn print(node: &Node) -> Result<String, Loss> {
    Ok(build::expr(node)?.to_string())
}

/// What KQL can say of a leaf.
pub fn fits(leaf: &Predicate) -> Fitted {
    let said = form(leaf)?;
    // A nested body is looked at leaf by leaf afterwards.
    if !matches!(said.predicate, Predicate::Nested { .. })
        && let Err(loss) = build::expr(&Node::synthetic(said.predicate.clone()))
    {
        return Err(Box::new(Refusal::new(loss.code, loss.message)));
    }
    Ok(said)
}

fn form(leaf: &Predicate) -> Fitted {
    let said = fit(leaf, &CAPABILITIES)?;
    let refuse = |feature: Feature, message: &str| Err(Box::new(Refusal::new(feature.code(), message)));
    match &said.predicate {
        Predicate::Test(Test { comparison: Comparison::IpRange { .. }, .. })
            if build::expr(&Node::synthetic(said.predicate.clone())).is_err() =>
        {
            refuse(Feature::AddressRange, "a range of KQL has one end, over both families of addresses")
        }
        Predicate::Test(Test { comparison: Comparison::Words(words), .. }) | Predicate::AnyField(words) => {
            let any_field = matches!(said.predicate, Predicate::AnyField(_));
            match words {
                Words::Between { lower: Some(_), upper: Some(_) } => {
                    refuse(Feature::WordPattern, "a range of KQL has one end")
                }
                Words::Between { .. } if any_field => {
                    refuse(Feature::FreeText, "KQL has no range on every field")
                }
                Words::Pattern(glob) if glob.parts.contains(&GlobPart::One) => {
                    refuse(Feature::OneCharacter, "the only wildcard of KQL is `*`")
                }
                Words::Pattern(glob) if !any_field && has_space(glob) => {
                    refuse(Feature::WordPattern, "KQL splits a pattern for words at white space")
                }
                // A lone star asks for existence, and a text may have no word.
                Words::Pattern(glob) if !any_field && is_any(glob) => {
                    refuse(Feature::WordPattern, "KQL has no pattern for any word")
                }
                Words::Pattern(glob) if !glob.parts.contains(&GlobPart::Any) => {
                    refuse(Feature::WordPattern, "KQL has no pattern without a wildcard")
                }
                _ => Ok(said),
            }
        }
        Predicate::Test(Test { field, comparison: Comparison::Text { matcher, .. } })
            if field.ty == crate::ir::FieldType::Flattened && !matches!(matcher, TextMatch::Equals(_)) =>
        {
            refuse(
                Feature::FlattenedPattern,
                "Kibana sends a wildcard on a flattened field as a query string",
            )
        }
        _ => Ok(said),
    }
}

/// Whether a pattern is made of stars only.
fn is_any(glob: &crate::ir::Glob) -> bool {
    let says_nothing = |part: &GlobPart| match part {
        GlobPart::Literal(text) => text.is_empty(),
        GlobPart::Any => true,
        GlobPart::One => false,
    };
    glob.parts.contains(&GlobPart::Any) && glob.parts.iter().all(says_nothing)
}

fn has_space(glob: &crate::ir::Glob) -> bool {
    glob.parts
        .iter()
        .any(|part| matches!(part, GlobPart::Literal(text) if text.contains(char::is_whitespace)))
}
