//! The thorough walk, for the rare record in which a key that matters is repeated in one object:
//! lists the members of every object on the way and keeps the last of each key, as
//! `serde_json::Value` does.

use std::collections::HashMap;

use super::scan::{self, space};
use super::slots::{Kind, Slots};
use super::trie::{NodeId, Trie};

/// Fills the slots from a record that is known to be JSON of bounded depth.
pub(super) fn walk(trie: &Trie, record: &str, slots: &mut Slots) {
    let start = space(record.as_bytes(), 0);
    // The record was accepted before, so no step below can fail; if one did, nothing is found.
    let _ = value(trie, record, slots, start, 0);
}

fn value(trie: &Trie, record: &str, slots: &mut Slots, at: usize, node: NodeId) -> Option<()> {
    let bytes = record.as_bytes();
    // The depth was checked in the first pass.
    let end = scan::value(bytes, at, 0)?;
    let slot = trie.node(node).slot;
    let kind = match bytes[at] {
        b'[' => {
            let mut item = space(bytes, at + 1);
            while bytes[item] != b']' {
                value(trie, record, slots, item, node)?;
                item = after_comma(bytes, scan::value(bytes, item, 0)?);
            }
            return Some(());
        }
        b'{' => Kind::Object,
        b'n' => Kind::Null,
        b't' => Kind::True,
        b'f' => Kind::False,
        b'"' if bytes[at..end].contains(&b'\\') => Kind::Escaped,
        b'"' => Kind::Text,
        _ => Kind::Number,
    };
    if let Some(slot) = slot {
        let trim = usize::from(bytes[at] == b'"');
        slots.push(slot, kind, at + trim, end - trim);
    }
    if kind == Kind::Object {
        let mut members: Vec<(NodeId, usize)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut next = space(bytes, at + 1);
        while bytes[next] != b'}' {
            let member = scan::member(bytes, next)?;
            next = after_comma(bytes, scan::value(bytes, member.value, 0)?);
            let Ok(key) = serde_json::from_str::<String>(&record[member.start - 1..=member.end]) else {
                continue;
            };
            if let Some(target) = trie.step(node, &key) {
                match places.get(&key) {
                    Some(&place) => members[place].1 = member.value,
                    None => {
                        places.insert(key, members.len());
                        members.push((target, member.value));
                    }
                }
            }
        }
        members.sort_by_key(|member| member.1);
        for (target, at) in members {
            value(trie, record, slots, at, target)?;
        }
    }
    Some(())
}

/// The next item or the closing bracket, from the end of an item.
fn after_comma(bytes: &[u8], at: usize) -> usize {
    let at = space(bytes, at);
    if bytes[at] == b',' { space(bytes, at + 1) } else { at }
}
