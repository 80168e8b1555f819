//! Fields that are computed from several keys of a record, as columns that `eval` makes before
//! `where` asks for them (cloudtrail_to_ecs.md §2 and §3, threatstack.md §3).

use trailsmith_grammar::spl::{Assignment, CompareOp, Eval, EvalKind, Name};

use crate::backend::target::Options;
use crate::ir::{Field, FieldType, Node, Predicate, Rule, Test, Vocabulary};
use crate::schema::{Derived, Reach, Shape, Version, reach};

/// A field that is a column of an `eval`: no raw key is of this type.
pub(super) fn is_computed(field: &Field) -> bool {
    field.vocabulary == Vocabulary::CloudTrail && matches!(field.ty, FieldType::Keyword { .. })
}

/// The rule with such columns in place of computed fields, and what makes them. `None`: it has none.
pub(super) fn replaced(rule: &Rule, options: &Options) -> Option<(Rule, Vec<Assignment>)> {
    let mut any = false;
    let conditions = rule.exceptions.iter().map(|exception| &exception.predicate);
    for node in rule.detection.predicate().into_iter().chain(conditions) {
        node.for_each_test(&mut |test, _| any |= column(&test.field, options.version).is_some());
    }
    if !any {
        return None;
    }
    let (mut rule, mut made) = (rule.clone(), Vec::new());
    let mut replace = |node: &mut Node| walk(node, options.version, &mut made);
    match &mut rule.detection {
        crate::ir::Detection::Event(node) => replace(node),
        crate::ir::Detection::Threshold(threshold) => replace(&mut threshold.filter),
        crate::ir::Detection::NewTerms(new_terms) => replace(&mut new_terms.filter),
        crate::ir::Detection::Opaque(_) => {}
    }
    rule.exceptions.iter_mut().for_each(|exception| replace(&mut exception.predicate));
    Some((rule, made))
}

fn walk(node: &mut Node, version: Version, made: &mut Vec<Assignment>) {
    match &mut node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            nodes.iter_mut().for_each(|node| walk(node, version, made));
        }
        Predicate::Not(inner) => walk(inner, version, made),
        Predicate::Test(Test { field, .. }) => {
            if let Some(assignment) = column(field, version) {
                *field = Field::new(Vocabulary::CloudTrail, &assignment.field.text, FieldType::KEYWORD);
                if !made.contains(&assignment) {
                    made.push(assignment);
                }
            }
        }
        Predicate::Nested { .. } | Predicate::Constant(_) | Predicate::AnyField(_) => {}
    }
}

/// The column for a computed field.
pub(super) fn column(field: &Field, version: Version) -> Option<Assignment> {
    match field.vocabulary {
        // Nothing is computed of raw keys; the add-on's aliases are columns already.
        Vocabulary::CloudTrail | Vocabulary::Splunk | Vocabulary::Finding(_) => None,
        Vocabulary::Ecs | Vocabulary::ThreatStack => match reach(field, Shape::CloudTrail, version) {
            Reach::Derived(derived) => {
                let (name, value) = value(derived)?;
                Some(Assignment { field: Name::new(name), value })
            }
            _ => None,
        },
    }
}

fn value(derived: Derived) -> Option<(&'static str, Eval)> {
    Some(match derived {
        Derived::ThreatStackUser => ("user", threat_stack_user()),
        Derived::ThreatStackArnRole => ("arn_role", without(identity("arn"), "^.*:")),
        Derived::UserName(version) => ("user_name", user_name(version)),
        Derived::UserId(version) => ("user_id", user_id(version)),
        Derived::TlsCipher => ("tls_cipher", tls("cipherSuite")),
        Derived::TlsServerName => ("tls_server_name", tls("clientProvidedHostHeader")),
        Derived::TlsKeyExchange => ("tls_key_exchange", tls("keyExchange")),
        Derived::ConsoleLoginTo => ("login_to", console(added("LoginTo"))),
        Derived::ConsoleMfaUsed => ("mfa_used", console(flag("MFAUsed"))),
        Derived::ConsoleMobileVersion => ("mobile_version", console(flag("MobileVersion"))),
        _ => return None,
    })
}

fn call(name: &str, args: impl IntoIterator<Item = Eval>) -> Eval {
    Eval::call(name, args.into_iter().collect())
}

fn is(field: Eval, text: &str) -> Eval {
    Eval::compare(field, CompareOp::Eq, Eval::text(text))
}

fn null() -> Eval {
    call("null", [])
}

fn always() -> Eval {
    call("true", [])
}

fn identity(key: &str) -> Eval {
    Eval::field(format!("userIdentity.{key}"))
}

fn issuer(key: &str) -> Eval {
    identity(&format!("sessionContext.sessionIssuer.{key}"))
}

fn added(key: &str) -> Eval {
    Eval::field(format!("additionalEventData.{key}"))
}

/// The text without what a pattern finds.
fn without(text: Eval, pattern: &str) -> Eval {
    call("replace", [text, Eval::text(pattern), Eval::text("")])
}

fn tls(key: &str) -> Eval {
    // Some records hold the names of the keys instead of values.
    let header = is(Eval::field("tlsDetails.tlsVersion"), "tlsVersion");
    call("if", [header, null(), Eval::field(format!("tlsDetails.{key}"))])
}

/// Something that only console sign-ins have.
fn console(value: Eval) -> Eval {
    call("if", [is(Eval::field("eventName"), "ConsoleLogin"), value, null()])
}

fn flag(key: &str) -> Eval {
    let said = Eval::compare(added(key), CompareOp::Ne, Eval::text("No"));
    call("case", [is(added(key), "No"), Eval::text("false"), said, Eval::text("true")])
}

fn threat_stack_user() -> Eval {
    let has_session = call("match", [identity("principalId"), Eval::text(":")]);
    let named = [identity("userName"), identity("invokedBy"), without(identity("arn"), "^.*[:/]")];
    call(
        "case",
        [
            is(identity("type"), "Root"),
            Eval::text("root"),
            Eval::and(vec![is(identity("type"), "AssumedRole"), has_session]),
            without(identity("principalId"), "^[^:]*:"),
            always(),
            call("coalesce", named),
        ],
    )
}

/// A service acts, or a role that is one's own.
fn is_service() -> Eval {
    let invoked = call("isnotnull", [identity("invokedBy")]);
    let linked = call("like", [issuer("arn"), Eval::text("%:role/aws-service-role/%")]);
    Eval::or(vec![
        Eval::and(vec![is(identity("type"), "AWSService"), invoked]),
        Eval::and(vec![is(identity("type"), "AssumedRole"), linked]),
    ])
}

fn user_name(version: Version) -> Eval {
    if version == Version::Legacy {
        return call("coalesce", [identity("userName"), issuer("userName")]);
    }
    let mut cases = Vec::new();
    if version >= Version::V8_9 {
        cases.extend([is_service(), null()]);
    }
    let list = ["AssumedRole", "FederatedUser"].map(Eval::text).into();
    cases.push(Eval::new(EvalKind::In { left: Box::new(identity("type")), list }));
    cases.push(call("coalesce", [issuer("userName"), identity("userName")]));
    cases.extend([always(), identity("userName")]);
    let directory = is(Eval::field("eventName"), "UserAuthentication");
    call("coalesce", [call("case", cases), call("if", [directory, added("UserName"), null()])])
}

fn user_id(version: Version) -> Eval {
    let center = is(identity("type"), "IdentityCenterUser");
    let other = call("if", [center, identity("onBehalfOf.userId"), null()]);
    let id = call("coalesce", [identity("principalId"), other]);
    if version >= Version::V8_9 { call("if", [is_service(), null(), id]) } else { id }
}
