//! Walks a predicate and replaces each leaf by what the target has. Where the target has nothing, a
//! loss is recorded and the leaf gives way to a condition that errs in one direction only: the whole
//! predicate then matches every event it matched before, and perhaps more.

use crate::backend::loss::Loss;
use crate::diagnostic::Code;
use crate::ir::{Bound, Case, Comparison, Glob, GlobPart, Node, Predicate, Test, TextMatch};

/// What takes a leaf's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The condition.
    pub predicate: Predicate,
    /// Something worth knowing about it: no loss that needs leave.
    pub note: Option<(&'static Code, String)>,
}

impl From<Predicate> for Said {
    fn from(predicate: Predicate) -> Self {
        Said { predicate, note: None }
    }
}

/// Why a leaf cannot be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The loss.
    pub code: &'static Code,
    /// What and why, without a final stop.
    pub message: String,
    /// A condition that is true wherever the leaf is.
    pub over: Option<Predicate>,
    /// A condition that is true nowhere but where the leaf is.
    pub under: Option<Predicate>,
}

/// A boxed refusal, so that the good case stays small.
pub type Refused = Box<Refusal>;

/// The outcome for a leaf.
pub type Fitted = Result<Said, Refused>;

impl Refusal {
    /// A refusal without a substitute of its own.
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into(), over: None, under: None }
    }

    /// Offers a wider condition.
    pub fn over(mut self, predicate: Predicate) -> Self {
        self.over = Some(predicate);
        self
    }

    /// Offers a narrower condition.
    pub fn under(mut self, predicate: Predicate) -> Self {
        self.under = Some(predicate);
        self
    }
}

/// Rewrites every leaf of `node` with `fit`, which also decides about [`Predicate::Nested`] before
/// its body is entered.
pub fn rewrite(
    node: &Node,
    path: &str,
    fit: &mut dyn FnMut(&Predicate) -> Fitted,
    losses: &mut Vec<Loss>,
) -> Node {
    walk(node, path, true, fit, losses)
}

/// `widen`: whether the node may become true more often (else: false more often).
fn walk(
    node: &Node,
    path: &str,
    widen: bool,
    fit: &mut dyn FnMut(&Predicate) -> Fitted,
    losses: &mut Vec<Loss>,
) -> Node {
    let origin = node.origin;
    let predicate = match &node.predicate {
        Predicate::And(nodes) | Predicate::Or(nodes) => {
            let conjunction = matches!(node.predicate, Predicate::And(_));
            let word = if conjunction { "and" } else { "or" };
            let each = |(index, node)| walk(node, &format!("{path}.{word}[{index}]"), widen, fit, losses);
            let nodes = nodes.iter().enumerate().map(each).collect();
            if conjunction { Predicate::And(nodes) } else { Predicate::Or(nodes) }
        }
        Predicate::Not(inner) => {
            Predicate::Not(Box::new(walk(inner, &format!("{path}.not"), !widen, fit, losses)))
        }
        leaf => match fit(leaf) {
            Ok(said) => {
                if let Some((code, message)) = said.note {
                    losses.push(Loss::new(code, path, message).at(origin));
                }
                match said.predicate {
                    Predicate::Nested { path: field, body } => {
                        let body = walk(&body, &format!("{path}.nested"), widen, fit, losses);
                        Predicate::Nested { path: field, body: Box::new(body) }
                    }
                    predicate => predicate,
                }
            }
            Err(refusal) => {
                let at = losses.len();
                let hint = if widen { refusal.over } else { refusal.under };
                let substitute = match hint.or_else(|| weaker(leaf, widen)) {
                    // A substitute may be refused in turn; that is no loss of its own.
                    Some(predicate) => {
                        let mut silent = Vec::new();
                        let node = Node { predicate, origin };
                        walk(&node, path, widen, fit, &mut silent).simplified().predicate
                    }
                    None => Predicate::Constant(widen),
                };
                let instead = match (widen, &substitute) {
                    (true, Predicate::Constant(_)) => "the condition is left out",
                    (true, _) => "a wider condition takes its place",
                    (false, Predicate::Constant(_)) => "the exclusion is left out",
                    (false, _) => "a narrower exclusion takes its place",
                };
                let message = format!("{}; if allowed, {instead}", refusal.message);
                losses.insert(at, Loss::new(refusal.code, path, message).at(origin));
                substitute
            }
        },
    };
    Node { predicate, origin }
}

/// The next condition that is true at least (`widen`) or at most where the leaf is; `None`: only
/// the constant is left.
fn weaker(leaf: &Predicate, widen: bool) -> Option<Predicate> {
    let Predicate::Test(Test { field, comparison }) = leaf else {
        return match leaf {
            Predicate::Nested { body, .. } if widen => Some(body.predicate.clone()),
            _ => None,
        };
    };
    let test = |comparison| Predicate::Test(Test { field: field.clone(), comparison });
    let text = |matcher, case| test(Comparison::Text { matcher, case });
    if !widen {
        return match comparison {
            Comparison::Text { matcher, case: Case::AsciiInsensitive } => {
                Some(text(matcher.clone(), Case::Sensitive))
            }
            _ => None,
        };
    }
    match comparison {
        Comparison::Exists => None,
        Comparison::Text { matcher: TextMatch::Glob(glob), case } => {
            if glob.parts.contains(&GlobPart::One) {
                return Some(text(TextMatch::Glob(without_one(glob)), *case));
            }
            match glob.parts.first() {
                Some(GlobPart::Literal(head)) => Some(text(TextMatch::Prefix(head.clone()), *case)),
                _ => Some(test(Comparison::Exists)),
            }
        }
        Comparison::TextRange { lower, upper } if lower.limit.is_some() && upper.limit.is_some() => {
            let one = |lower: Bound<String>, upper: Bound<String>| {
                Node::synthetic(test(Comparison::TextRange { lower, upper }))
            };
            let ends = vec![one(lower.clone(), Bound::OPEN), one(Bound::OPEN, upper.clone())];
            Some(Predicate::And(ends))
        }
        _ => Some(test(Comparison::Exists)),
    }
}

/// The pattern with `*` for every `?`.
fn without_one(glob: &Glob) -> Glob {
    let mut parts: Vec<GlobPart> = Vec::with_capacity(glob.parts.len());
    for part in &glob.parts {
        let part = if *part == GlobPart::One { GlobPart::Any } else { part.clone() };
        if part != GlobPart::Any || parts.last() != Some(&GlobPart::Any) {
            parts.push(part);
        }
    }
    Glob { parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::codes;
    use crate::backend::predicate::{ecs, equals, test};

    fn parts(pattern: &str) -> Glob {
        let part = |c: char| match c {
            '*' => GlobPart::Any,
            '?' => GlobPart::One,
            c => GlobPart::Literal(c.into()),
        };
        Glob { parts: pattern.chars().map(part).collect() }
    }

    /// A target that has equality, existence and beginnings only.
    fn poor(leaf: &Predicate) -> Fitted {
        match leaf {
            Predicate::Test(Test { comparison: Comparison::Exists, .. }) => Ok(leaf.clone().into()),
            Predicate::Test(Test {
                comparison:
                    Comparison::Text {
                        matcher: TextMatch::Equals(_) | TextMatch::Prefix(_),
                        case: Case::Sensitive,
                    },
                ..
            }) => Ok(leaf.clone().into()),
            _ => Err(Box::new(Refusal::new(&codes::LOSS_PATTERN, "no"))),
        }
    }

    #[test]
    fn substitutes_err_in_one_direction() {
        let field = ecs("user.name");
        let glob = |pattern| {
            test(&field, Comparison::Text { matcher: TextMatch::Glob(parts(pattern)), case: Case::Sensitive })
        };
        let fold = test(
            &field,
            Comparison::Text { matcher: TextMatch::Equals("Ab".into()), case: Case::AsciiInsensitive },
        );
        let exists = test(&field, Comparison::Exists);
        let prefix =
            test(&field, Comparison::Text { matcher: TextMatch::Prefix("a".into()), case: Case::Sensitive });
        for (leaf, wider, narrower) in [
            (glob("a?b"), prefix.clone(), Predicate::Constant(false)),
            (glob("*b"), exists.clone(), Predicate::Constant(false)),
            (fold, exists, test(&field, equals("Ab"))),
        ] {
            let mut losses = Vec::new();
            let found = rewrite(&Node::synthetic(leaf.clone()), "q", &mut poor, &mut losses);
            assert_eq!(found.predicate, wider);
            let found = rewrite(&Node::negate(Node::synthetic(leaf)), "q", &mut poor, &mut losses);
            assert_eq!(found, Node::negate(Node::synthetic(narrower)));
            assert_eq!(losses.iter().map(|loss| loss.path.as_str()).collect::<Vec<_>>(), ["q", "q.not"]);
        }
    }
}
