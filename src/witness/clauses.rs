//! A rule as a truth function of its clauses: tests, searches of free text, tests on elements.
//!
//! The clauses have the numbers of [`explain::clauses`](crate::matcher::explain::clauses). A test on
//! elements is one leaf here, however many clauses its body has; it has the number of the first.

use crate::ir::{Node, Predicate, Rule};

/// A truth function of leaves.
#[derive(Debug)]
pub(super) enum Tree {
    Constant(bool),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    /// A leaf by its place in the list.
    Leaf(usize),
}

/// A leaf of the truth function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf<'r> {
    /// What it tests.
    pub node: &'r Node,
    /// Its clause.
    pub clause: usize,
}

/// What part of the rule has to be true or false.
pub(super) type Goal<'t> = (&'t Tree, bool);

/// The truth function of a rule: its predicate, and none of its exceptions.
pub(super) fn read(rule: &Rule) -> Option<(Tree, Vec<Leaf<'_>>)> {
    let mut leaves = Vec::new();
    let mut clause = 0;
    let mut trees = vec![tree(rule.detection.predicate()?, &mut leaves, &mut clause)];
    for exception in &rule.exceptions {
        trees.push(Tree::Not(Box::new(tree(&exception.predicate, &mut leaves, &mut clause))));
    }
    Some((Tree::And(trees), leaves))
}

fn tree<'r>(node: &'r Node, leaves: &mut Vec<Leaf<'r>>, clause: &mut usize) -> Tree {
    match &node.predicate {
        Predicate::Constant(truth) => Tree::Constant(*truth),
        Predicate::And(nodes) => Tree::And(nodes.iter().map(|node| tree(node, leaves, clause)).collect()),
        Predicate::Or(nodes) => Tree::Or(nodes.iter().map(|node| tree(node, leaves, clause)).collect()),
        Predicate::Not(inner) => Tree::Not(Box::new(tree(inner, leaves, clause))),
        Predicate::Test(_) | Predicate::AnyField(_) | Predicate::Nested { .. } => {
            leaves.push(Leaf { node, clause: *clause });
            *clause += count(node);
            Tree::Leaf(leaves.len() - 1)
        }
    }
}

/// How many clauses a node has.
pub(super) fn count(node: &Node) -> usize {
    match &node.predicate {
        Predicate::Constant(_) => 0,
        Predicate::And(nodes) | Predicate::Or(nodes) => nodes.iter().map(count).sum(),
        Predicate::Not(inner) | Predicate::Nested { body: inner, .. } => count(inner),
        Predicate::Test(_) | Predicate::AnyField(_) => 1,
    }
}

impl Tree {
    /// The truth, given those of the leaves.
    pub(super) fn truth(&self, leaves: &[bool]) -> bool {
        match self {
            Tree::Constant(truth) => *truth,
            Tree::And(trees) => trees.iter().all(|tree| tree.truth(leaves)),
            Tree::Or(trees) => trees.iter().any(|tree| tree.truth(leaves)),
            Tree::Not(tree) => !tree.truth(leaves),
            Tree::Leaf(leaf) => leaves[*leaf],
        }
    }

    /// Collects what must hold so that `leaf` alone decides: all that stands beside it in a
    /// conjunction is true, all beside it in a disjunction is false. Gives the truth of the leaf that
    /// makes the whole true; `None` where the leaf is not below.
    pub(super) fn decisive<'t>(&'t self, leaf: usize, goals: &mut Vec<Goal<'t>>) -> Option<bool> {
        match self {
            Tree::Constant(_) => None,
            Tree::Leaf(own) => (*own == leaf).then_some(true),
            Tree::Not(tree) => tree.decisive(leaf, goals).map(|truth| !truth),
            Tree::And(trees) | Tree::Or(trees) => {
                let conjunction = matches!(self, Tree::And(_));
                let (at, truth) = trees
                    .iter()
                    .enumerate()
                    .find_map(|(at, tree)| Some((at, tree.decisive(leaf, goals)?)))?;
                let beside = trees.iter().enumerate().filter(|(other, _)| *other != at);
                goals.extend(beside.map(|(_, tree)| (tree, conjunction)));
                Some(truth)
            }
        }
    }
}

/// Goals without what has only one way to come true: conjunctions that must be true and the like.
pub(super) fn flatten<'t>(goals: &[Goal<'t>], out: &mut Vec<Goal<'t>>) {
    for &(tree, wanted) in goals {
        match (tree, wanted) {
            (Tree::And(trees), true) | (Tree::Or(trees), false) => {
                flatten(&trees.iter().map(|tree| (tree, wanted)).collect::<Vec<_>>(), out);
            }
            (Tree::Not(tree), _) => flatten(&[(tree, !wanted)], out),
            _ => out.push((tree, wanted)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_a_leaf_decide() {
        // 0 and not (1 or 2)
        let or = Tree::Or(vec![Tree::Leaf(1), Tree::Leaf(2)]);
        let tree = Tree::And(vec![Tree::Leaf(0), Tree::Not(Box::new(or))]);
        assert!(tree.truth(&[true, false, false]) && !tree.truth(&[true, false, true]));
        let mut goals = Vec::new();
        assert_eq!(tree.decisive(2, &mut goals), Some(false));
        let mut flat = Vec::new();
        flatten(&goals, &mut flat);
        let shown: Vec<(usize, bool)> = flat
            .iter()
            .map(|(tree, wanted)| match tree {
                Tree::Leaf(leaf) => (*leaf, *wanted),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(shown, [(1, false), (0, true)]);
        assert_eq!(tree.decisive(7, &mut Vec::new()), None);
    }
}
