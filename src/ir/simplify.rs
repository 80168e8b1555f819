//! Rewrites that keep the meaning of a predicate.

use super::{Node, Predicate};

impl Node {
    /// Folds constants, flattens nested conjunctions and disjunctions and removes double negation.
    /// Origins of the tests that remain are kept.
    pub fn simplified(self) -> Node {
        let origin = self.origin;
        match self.predicate {
            Predicate::And(nodes) => combine(nodes, origin, true),
            Predicate::Or(nodes) => combine(nodes, origin, false),
            Predicate::Not(inner) => match inner.simplified() {
                Node { predicate: Predicate::Constant(value), .. } => {
                    Node { predicate: Predicate::Constant(!value), origin }
                }
                Node { predicate: Predicate::Not(body), .. } => *body,
                body => Node { predicate: Predicate::Not(Box::new(body)), origin },
            },
            Predicate::Nested { path, body } => {
                let body = Box::new(body.simplified());
                Node { predicate: Predicate::Nested { path, body }, origin }
            }
            other => Node { predicate: other, origin },
        }
    }
}

/// `conjunction`: And, else Or. The neutral element is dropped, the absorbing one wins.
fn combine(nodes: Vec<Node>, origin: Option<crate::diagnostic::Span>, conjunction: bool) -> Node {
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node.simplified() {
            Node { predicate: Predicate::Constant(value), .. } if value == conjunction => {}
            absorbing @ Node { predicate: Predicate::Constant(_), .. } => return absorbing,
            Node { predicate: Predicate::And(inner), .. } if conjunction => flat.extend(inner),
            Node { predicate: Predicate::Or(inner), .. } if !conjunction => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Node { predicate: Predicate::Constant(conjunction), origin },
        1 => flat.remove(0),
        _ if conjunction => Node { predicate: Predicate::And(flat), origin },
        _ => Node { predicate: Predicate::Or(flat), origin },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_fold_and_groups_flatten() {
        let constant = |value| Node::synthetic(Predicate::Constant(value));
        let words = || Node::synthetic(Predicate::AnyField(crate::ir::Words::AnyOf("x".into())));
        let inner = Node::synthetic(Predicate::And(vec![words(), constant(true)]));
        let outer = Node::synthetic(Predicate::And(vec![inner, words()]));
        assert_eq!(outer.simplified().predicate, Predicate::And(vec![words(), words()]));
        let or = Node::synthetic(Predicate::Or(vec![words(), constant(true)]));
        assert_eq!(or.simplified().predicate, Predicate::Constant(true));
        assert_eq!(Node::negate(Node::negate(words())).simplified(), words());
    }
}
