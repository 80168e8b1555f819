//! The paths as a trie of segments, with a table of the keys that lead on from every node.
//!
//! A key may hold several segments joined by dots (`"user.name": …`), so a node has an entry for
//! each of its descendants, not only for its children.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::keys::{Keys, Table};

/// The number of a node; the root is 0.
pub(super) type NodeId = u32;

#[derive(Debug)]
pub(super) struct Node {
    /// The slot of the path that ends here.
    pub(super) slot: Option<u32>,
    /// Whether paths lead on from here.
    pub(super) inner: bool,
    table: Table,
}

#[derive(Debug)]
pub(super) struct Trie {
    /// Different for every trie of the process: what is learnt with one is of no use to another.
    pub(super) identity: u64,
    nodes: Vec<Node>,
    keys: Keys,
    /// By entry: the node it leads to.
    targets: Vec<NodeId>,
    /// For the thorough walk: child of a node by one segment.
    children: HashMap<(NodeId, String), NodeId>,
    /// Slots whose path was named before, with the slot of that.
    pub(super) aliases: Vec<(u32, u32)>,
    /// Number of slots.
    pub(super) slots: usize,
    /// There is a path too long for joined keys to be listed: only the thorough walk will do.
    pub(super) thorough: bool,
}

/// Segments of a path above which joined keys are not listed: their number grows with the square.
const LISTED: usize = 32;

impl Trie {
    pub(super) fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut children: HashMap<(NodeId, String), NodeId> = HashMap::new();
        let mut parents: Vec<Option<(NodeId, String)>> = vec![None];
        let mut ends: Vec<Option<u32>> = vec![None];
        let mut aliases = Vec::new();
        let mut thorough = false;
        let mut slots = 0;
        for (path, slot) in paths.into_iter().zip(0u32..) {
            slots += 1;
            let mut node = 0;
            let mut length = 0;
            for segment in path.split('.') {
                length += 1;
                let step = (node, segment.to_owned());
                node = *children.entry(step).or_insert_with_key(|step| {
                    parents.push(Some(step.clone()));
                    ends.push(None);
                    parents.len() as NodeId - 1
                });
            }
            thorough |= length > LISTED;
            match ends[node as usize] {
                Some(of) => aliases.push((slot, of)),
                None => ends[node as usize] = Some(slot),
            }
        }
        let mut entries: Vec<Vec<(String, u32)>> = vec![Vec::new(); parents.len()];
        let mut targets = Vec::new();
        for target in 1..if thorough { 1 } else { parents.len() } {
            let mut key = String::new();
            let mut node = target;
            while let Some((parent, segment)) = &parents[node] {
                key = if node == target { segment.clone() } else { format!("{segment}.{key}") };
                entries[*parent as usize].push((key.clone(), targets.len() as u32));
                targets.push(target as NodeId);
                node = *parent as usize;
            }
        }
        let mut keys = Keys::default();
        let nodes = entries
            .iter()
            .zip(ends)
            .map(|(entries, slot)| {
                let entries: Vec<(&str, u32)> = entries.iter().map(|(key, n)| (key.as_str(), *n)).collect();
                Node { slot, inner: !entries.is_empty(), table: keys.add(&entries) }
            })
            .collect();
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let identity = NEXT.fetch_add(1, Ordering::Relaxed);
        Trie { identity, nodes, keys, targets, children, aliases, slots, thorough }
    }

    /// Number of entries of all nodes.
    pub(super) fn entries(&self) -> usize {
        self.targets.len()
    }

    #[inline(always)]
    pub(super) fn node(&self, node: NodeId) -> &Node {
        &self.nodes[node as usize]
    }

    /// The entry that the key in `bytes[start..end]` has at a node, and the node it leads to.
    #[inline(always)]
    pub(super) fn find(&self, node: &Node, bytes: &[u8], start: usize, end: usize) -> Option<(u32, NodeId)> {
        let entry = self.keys.find(node.table, bytes, start, end)?;
        Some((entry, self.targets[entry as usize]))
    }

    /// The same for a whole key, segment by segment.
    pub(super) fn step(&self, node: NodeId, key: &str) -> Option<NodeId> {
        key.split('.').try_fold(node, |node, segment| self.children.get(&(node, segment.to_owned())).copied())
    }
}
