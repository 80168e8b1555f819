//! The one pass over a record: walks where the trie leads, skips the rest, checks everything.
//!
//! Recursion happens only where a path leads on, and never beyond the depth limit.

use super::guess::{Entry, Guesses};
use super::scan::{self, DEPTH, Member, space};
use super::slots::{Kind, Slots};
use super::trie::{NodeId, Trie};

/// What became of a record that is JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All values are in the slots.
    Complete,
    /// A key that a path needs stands twice in an object (or a path is too long to be listed):
    /// the slots hold too much and the record has to be walked again, thoroughly.
    KeyRepeated,
}

/// Fills the slots; `None` if the record is not JSON.
pub(super) fn walk(trie: &Trie, record: &str, slots: &mut Slots) -> Option<Outcome> {
    let bytes = record.as_bytes();
    let mut walk = Walk { trie, bytes, slots, repeated: trie.thorough };
    let end = walk.value(space(bytes, 0), 0, 0)?;
    if space(bytes, end) != bytes.len() {
        return None;
    }
    Some(if walk.repeated { Outcome::KeyRepeated } else { Outcome::Complete })
}

struct Walk<'a> {
    trie: &'a Trie,
    bytes: &'a [u8],
    slots: &'a mut Slots,
    repeated: bool,
}

impl Walk<'_> {
    /// Takes the value that starts at `at` for a node; returns the index behind it.
    #[inline(always)]
    fn value(&mut self, at: usize, node: NodeId, depth: u32) -> Option<usize> {
        let first = *self.bytes.get(at)?;
        if first == b'"' {
            let (end, escaped) = scan::string(self.bytes, at + 1)?;
            if let Some(slot) = self.trie.node(node).slot {
                self.slots.push(slot, if escaped { Kind::Escaped } else { Kind::Text }, at + 1, end);
            }
            return Some(end + 1);
        }
        self.other_value(first, at, node, depth)
    }

    fn other_value(&mut self, first: u8, at: usize, node: NodeId, depth: u32) -> Option<usize> {
        let kind = match first {
            b'{' => return self.object(at, node, depth),
            b'[' => return self.array(at, node, depth),
            b'n' => Kind::Null,
            b't' => Kind::True,
            b'f' => Kind::False,
            _ => Kind::Number,
        };
        let end = scan::word(self.bytes, at)?;
        if let Some(slot) = self.trie.node(node).slot {
            self.slots.push(slot, kind, at, end);
        }
        Some(end)
    }

    fn object(&mut self, at: usize, node: NodeId, depth: u32) -> Option<usize> {
        let here = self.trie.node(node);
        let found = here.slot.map(|slot| self.slots.push(slot, Kind::Object, at, at));
        let end =
            if here.inner { self.members(at, node, depth + 1)? } else { scan::value(self.bytes, at, depth)? };
        if let Some(found) = found {
            self.slots.finish(found, end);
        }
        Some(end)
    }

    fn members(&mut self, at: usize, node: NodeId, depth: u32) -> Option<usize> {
        if depth > DEPTH {
            return None;
        }
        let bytes = self.bytes;
        let object = self.slots.enter();
        let mut state = Guesses::start(node);
        let mut at = space(bytes, at + 1);
        if *bytes.get(at)? == b'}' {
            return Some(at + 1);
        }
        loop {
            let (entry, value) = match self.slots.guesses.check(state, node, bytes, at) {
                Some(guessed) => {
                    state = guessed.state;
                    (guessed.entry, space(bytes, at + guessed.length))
                }
                None => {
                    let (entry, value, follower) = self.key(at, node, state)?;
                    state = follower;
                    (entry, value)
                }
            };
            at = match entry {
                Some((entry, target)) => {
                    self.repeated |= !self.slots.first_time(entry, object);
                    self.value(value, target, depth)?
                }
                None => scan::value(bytes, value, depth)?,
            };
            at = space(bytes, at);
            match *bytes.get(at)? {
                b',' => at = space(bytes, at + 1),
                b'}' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    /// Reads and looks up a key that was not guessed at first: its entry, where its value begins, and where
    /// it remembers its follower.
    #[inline(never)]
    fn key(&mut self, at: usize, node: NodeId, state: u32) -> Option<(Entry, usize, u32)> {
        let bytes = self.bytes;
        if let Some(guessed) = self.slots.guesses.check_second(state, node, bytes, at) {
            return Some((guessed.entry, space(bytes, at + guessed.length), guessed.state));
        }
        let member = scan::member(bytes, at)?;
        if member.escaped {
            return Some((self.escaped_key(member, node), member.value, Guesses::start(node)));
        }
        let entry = self.trie.find(self.trie.node(node), bytes, member.start, member.end);
        let length = member.end + 1 - at;
        let follower = self.slots.guesses.learn(state, node, bytes, at, length, entry);
        Some((entry, member.value, follower))
    }

    #[cold]
    fn escaped_key(&mut self, member: Member, node: NodeId) -> Option<(u32, NodeId)> {
        // A lone surrogate leaves a key that no path can name.
        let quoted = std::str::from_utf8(&self.bytes[member.start - 1..=member.end]).ok()?;
        let key: String = serde_json::from_str(quoted).ok()?;
        self.trie.find(self.trie.node(node), key.as_bytes(), 0, key.len())
    }

    fn array(&mut self, at: usize, node: NodeId, depth: u32) -> Option<usize> {
        if depth + 1 > DEPTH {
            return None;
        }
        let mut at = space(self.bytes, at + 1);
        if *self.bytes.get(at)? == b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(at, node, depth + 1)?;
            at = space(self.bytes, at);
            match *self.bytes.get(at)? {
                b',' => at = space(self.bytes, at + 1),
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }
}
