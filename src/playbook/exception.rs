//! The exception for the responder's role, in the language of a rule that the responder sets off.

use std::sync::Arc;

use crate::event::Layout;
use crate::ir::{
    Case, Comparison, Exception, Field, Language, Node, Predicate, Rule, Test, TextMatch, Vocabulary,
};
use crate::matcher::{Options, RuleSet, Scratch, World};

/// An exception that was tried out: with it the role's calls no longer set off the rule, and those of
/// another role still do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The field that names the role of a session.
    pub field: String,
    /// The role's ARN.
    pub role: String,
    /// The condition in the rule's language, as an exception of a rule file takes it.
    pub query: String,
    /// The language.
    pub language: Language,
}

/// The exception for a role, tried out on a record of a call by the role and on the same record of
/// another one; `None` where it would not do, or where the rule's language takes no exception.
pub fn propose(
    rule: &Arc<Rule>,
    role: &str,
    by_role: &str,
    by_other: &str,
    world: &Arc<dyn World>,
) -> Option<Proposal> {
    let language = rule.query.as_ref()?.language;
    let ecs = "aws.cloudtrail.user_identity.session_context.session_issuer.arn";
    let raw = "userIdentity.sessionContext.sessionIssuer.arn";
    let quoted = format!("\"{}\"", role.replace('\\', "\\\\").replace('"', "\\\""));
    let (field, query) = match language {
        Language::Kuery => (ecs, format!("{ecs}: {quoted}")),
        Language::Lucene => (ecs, format!("{ecs}:{quoted}")),
        Language::Eql => (ecs, format!("any where {ecs} == {quoted}")),
        Language::Esql => (ecs, format!("{ecs} == {quoted}")),
        Language::ThreatStack => (raw, format!("{raw} = {quoted}")),
        Language::Spl => (raw, format!("{raw}={quoted}")),
    };
    let vocabulary = if field == ecs { Vocabulary::Ecs } else { Vocabulary::CloudTrail };
    let field = Field::new(vocabulary, field, world.field_type(vocabulary, field));
    let matcher = TextMatch::Equals(role.to_owned());
    let comparison = Comparison::Text { matcher, case: Case::Sensitive };
    let path = field.path.to_string();
    let predicate = Node::synthetic(Predicate::Test(Test { field, comparison }));
    let mut excepted = Rule::clone(rule);
    excepted.exceptions.push(Exception { predicate, text: Some(query.clone()), name: None });
    let set = RuleSet::compile_in(&[Arc::new(excepted)], &Options::default(), Arc::clone(world));
    let fires = |record: &str| {
        let mut hits = Vec::new();
        set.judge(record, Layout::CloudTrail, &mut Scratch::default(), &mut hits).is_ok() && !hits.is_empty()
    };
    let holds = !fires(by_role) && fires(by_other);
    holds.then(|| Proposal { field: path, role: role.to_owned(), query, language })
}
