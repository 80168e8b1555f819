//! Guessing the next key of an object from the key before it.
//!
//! A service writes the keys of its records in the same order every time. So each key remembers
//! which two keys followed it last, and comparing 32 bytes with them replaces finding the end of the
//! key and looking it up. A guess is only ever confirmed byte by byte: a wrong one costs a little time.

use super::trie::NodeId;

/// Bytes of a key that can be guessed, with its quotes and colon.
const WIDTH: usize = 32;
/// Number of keys whose followers are remembered; a power of two.
const CELLS: usize = 256;

/// What a key leads to: its entry and the node of that, if any path needs it.
pub(super) type Entry = Option<(u32, NodeId)>;

/// A key that followed another one.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// `"key":`, as four words, and which bits of them count.
    text: [u64; 4],
    mask: [u64; 4],
    node: NodeId,
    length: u32,
    entry: Entry,
    /// Where the key itself remembers its follower.
    state: u32,
}

/// Never confirmed: no node has that number.
const NEVER: Cell = Cell { text: [0; 4], mask: [0; 4], node: u32::MAX, length: 0, entry: None, state: 0 };

impl Cell {
    /// Whether this is the key that begins with these words.
    #[inline(always)]
    fn check(&self, node: NodeId, words: [u64; 4]) -> Option<Guessed> {
        let (text, mask) = (&self.text, &self.mask);
        let difference = u64::from(self.node ^ node)
            | ((words[0] ^ text[0]) & mask[0])
            | ((words[1] ^ text[1]) & mask[1])
            | ((words[2] ^ text[2]) & mask[2])
            | ((words[3] ^ text[3]) & mask[3]);
        (difference == 0).then_some(Guessed {
            length: self.length as usize,
            entry: self.entry,
            state: self.state,
        })
    }
}

/// What followed what.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    /// The follower met last, and the one before it.
    cells: Vec<[Cell; 2]>,
    /// Identity of the trie that the entries belong to.
    trie: u64,
}

/// A guess that was right.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guessed {
    /// Length of key, quotes and colon.
    pub(super) length: usize,
    pub(super) entry: Entry,
    pub(super) state: u32,
}

impl Guesses {
    /// Forgets everything that was learnt with another trie.
    #[inline]
    pub(super) fn begin(&mut self, trie: u64) {
        if self.trie != trie || self.cells.is_empty() {
            self.cells.clear();
            self.cells.resize(CELLS, [NEVER; 2]);
            self.trie = trie;
        }
    }

    /// Where the beginning of an object remembers its first key.
    #[inline(always)]
    pub(super) fn start(node: NodeId) -> u32 {
        node.wrapping_mul(0x9e37_79b1) >> 24
    }

    /// The key that begins at `at`, if it is the one that is expected.
    #[inline(always)]
    pub(super) fn check(&self, state: u32, node: NodeId, bytes: &[u8], at: usize) -> Option<Guessed> {
        self.cells.get(state as usize % CELLS)?[0].check(node, words(bytes, at)?)
    }

    /// The key that begins at `at`, if it is the one that followed before the last one.
    #[inline(always)]
    pub(super) fn check_second(
        &mut self,
        state: u32,
        node: NodeId,
        bytes: &[u8],
        at: usize,
    ) -> Option<Guessed> {
        let cells = self.cells.get_mut(state as usize % CELLS)?;
        let guessed = cells[1].check(node, words(bytes, at)?)?;
        cells.swap(0, 1);
        Some(guessed)
    }

    /// Remembers the key that began at `at` and was read in full: a key without escapes, `length`
    /// bytes long with its quotes. Returns where it remembers its own follower.
    pub(super) fn learn(
        &mut self,
        state: u32,
        node: NodeId,
        bytes: &[u8],
        at: usize,
        length: usize,
        entry: Entry,
    ) -> u32 {
        let Some(words) = words(bytes, at) else { return Self::start(node) };
        // Only keys with the colon right behind them.
        let length = length + 1;
        if length > WIDTH || bytes[at + length - 1] != b':' {
            return Self::start(node);
        }
        let mask = std::array::from_fn(|n| match (8 * length).saturating_sub(64 * n) {
            0 => 0,
            bits => u64::MAX >> (64 - bits.min(64)),
        });
        let mut text = words;
        let mut hash = u64::from(node);
        for (n, word) in text.iter_mut().enumerate() {
            *word &= mask[n];
            hash = (hash.rotate_left(23) ^ *word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let follower = (hash >> 56) as u32;
        let cells = &mut self.cells[state as usize % CELLS];
        cells[1] = cells[0];
        cells[0] = Cell { text, mask, node, length: length as u32, entry, state: follower };
        follower
    }
}

#[inline(always)]
fn words(bytes: &[u8], at: usize) -> Option<[u64; 4]> {
    let chunk = bytes.get(at..)?.first_chunk::<WIDTH>()?;
    let (&[a, b, c, d], _) = chunk.as_chunks::<8>() else { return None };
    Some([u64::from_le_bytes(a), u64::from_le_bytes(b), u64::from_le_bytes(c), u64::from_le_bytes(d)])
}
