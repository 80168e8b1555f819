//! Finding where records begin and end in a stream of JSON, without understanding or checking them.
//!
//! A text is a value of the top level, an element of an array at the top, or an element of the list
//! in `{"Records": [`, `{"Events": [` and `{"Findings": [`. Only brackets and strings are looked at, so that
//! the scan can stop and go on anywhere and a damaged record costs its neighbours as little as can
//! be: a raw newline inside a string, which JSON forbids, ends the text, and reading goes on at the
//! next line that begins with `{`.

use super::super::projection::special;

/// Where one text lies in the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Something amiss between texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between texts.
    Between,
    /// In an object or array, that many levels deep.
    Nested(usize),
    /// In a string, that many levels deep; 0 for a string that is a text of its own.
    Quoted(usize),
    /// In a number, a literal or rubbish.
    Bare,
    /// Behind a damaged text, until a line begins with `{`.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    None,
    /// In a top-level array.
    Array,
    /// In the list of a wrapping object.
    Wrapped,
    /// Behind that list, up to the end of the object.
    Tail,
}

/// The state of the scan between two buffers.
#[derive(Debug)]
pub(super) struct Structure {
    state: State,
    list: List,
    /// Next byte to look at.
    at: usize,
    /// Where the current text began, in this buffer.
    start: usize,
    /// Whether a comma must come before the next element.
    comma: bool,
    /// What is found, to be taken by the caller.
    pub(super) texts: Vec<Text>,
    pub(super) faults: Vec<Fault>,
}

impl Structure {
    pub(super) fn new() -> Self {
        let (texts, faults) = (Vec::new(), Vec::new());
        Structure { state: State::Between, list: List::None, at: 0, start: 0, comma: false, texts, faults }
    }

    /// Whether a text has begun and not ended.
    pub(super) fn is_inside(&self) -> bool {
        matches!(self.state, State::Nested(_) | State::Quoted(_) | State::Bare) && self.list != List::Tail
    }

    /// The first byte that must be kept for the next buffer.
    pub(super) fn kept_from(&self) -> usize {
        if self.is_inside() { self.start } else { self.at }
    }

    /// The caller has dropped that many bytes from the front of the buffer.
    pub(super) fn dropped(&mut self, count: usize) {
        self.at -= count;
        self.start = self.start.saturating_sub(count);
    }

    /// Gives the current text up without an end; the caller may drop all bytes before `at`.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes on to the end of the buffer, or until a text has ended if `one`; `last` when nothing follows.
    pub(super) fn feed(&mut self, buffer: &[u8], last: bool) {
        while self.at < buffer.len() {
            let went_on = match self.state {
                State::Between => self.between(buffer, last),
                State::Nested(depth) => self.nested(buffer, depth),
                State::Quoted(depth) => self.quoted(buffer, depth, last),
                State::Bare => self.bare(buffer),
                State::Lost => self.lost(buffer, last),
            };
            if !went_on {
                break;
            }
        }
        if last {
            self.finish(buffer);
        }
    }

    fn finish(&mut self, buffer: &[u8]) {
        match (self.state, self.list) {
            (State::Nested(_) | State::Quoted(_), List::None | List::Array | List::Wrapped) => {
                self.faults.push(Fault { at: self.start, message: "the record is cut short" });
            }
            (State::Bare, _) => {
                self.texts.push(Text { start: self.start, end: buffer.len() });
                if self.list != List::None {
                    self.fault(buffer.len(), "the list of records is cut short");
                }
            }
            (_, List::None) | (State::Lost, _) => {}
            _ => self.fault(buffer.len(), "the list of records is cut short"),
        }
        self.state = State::Between;
        self.list = List::None;
        self.at = buffer.len();
    }

    fn fault(&mut self, at: usize, message: &'static str) {
        self.faults.push(Fault { at, message });
    }

    fn begin(&mut self, state: State, at: usize) {
        if self.comma && self.list != List::None {
            self.fault(at, "expected a comma before this record");
        }
        self.comma = true;
        self.start = at;
        self.state = state;
        self.at = at + 1;
    }

    fn between(&mut self, buffer: &[u8], last: bool) -> bool {
        let at = self.at;
        match (buffer[at], self.list) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => self.at += 1,
            (b',', List::None) => self.at += 1,
            (b',', _) => {
                if !std::mem::take(&mut self.comma) {
                    self.fault(at, "expected a record, not a comma");
                }
                self.at += 1;
            }
            (b'[', List::None) => {
                (self.list, self.comma) = (List::Array, false);
                self.at += 1;
            }
            (b'{', List::None) => match list_prefix(&buffer[at..]) {
                Prefix::List(length) => {
                    (self.list, self.comma) = (List::Wrapped, false);
                    self.at += length;
                }
                Prefix::Unclear if !last => return false,
                _ => self.begin(State::Nested(1), at),
            },
            (b'{' | b'[', _) => self.begin(State::Nested(1), at),
            (b'"', _) => self.begin(State::Quoted(0), at),
            (b']', List::Array) => {
                self.list = List::None;
                self.at += 1;
            }
            (b']', List::Wrapped) => {
                self.list = List::Tail;
                self.state = State::Nested(1);
                self.at += 1;
            }
            (b']' | b'}', _) => {
                self.fault(at, "a closing bracket without an opening one");
                self.at += 1;
            }
            _ => self.begin(State::Bare, at),
        }
        true
    }

    fn end(&mut self, end: usize) {
        if self.list == List::Tail {
            self.list = List::None;
        } else {
            self.texts.push(Text { start: self.start, end });
        }
        self.state = State::Between;
    }

    fn nested(&mut self, buffer: &[u8], mut depth: usize) -> bool {
        let mut at = self.at;
        while let Some(&byte) = buffer.get(at) {
            at += 1;
            match byte {
                b'"' => {
                    // Most strings end in the same buffer and have no escapes.
                    let end = special(buffer, at);
                    if buffer.get(end) == Some(&b'"') {
                        at = end + 1;
                        continue;
                    }
                    self.at = at;
                    self.state = State::Quoted(depth);
                    return true;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at = at;
                        self.end(at);
                        return true;
                    }
                }
                _ => {}
            }
        }
        self.at = at;
        self.state = State::Nested(depth);
        true
    }

    fn quoted(&mut self, buffer: &[u8], depth: usize, last: bool) -> bool {
        self.at = special(buffer, self.at);
        match buffer.get(self.at) {
            None => {}
            Some(b'"') => {
                self.at += 1;
                if depth == 0 {
                    self.end(self.at);
                } else {
                    self.state = State::Nested(depth);
                }
            }
            Some(b'\\') if self.at + 1 == buffer.len() && !last => return false,
            Some(b'\\') => self.at += 2,
            Some(b'\n') => {
                let at = if self.list == List::Tail { self.at } else { self.start };
                self.fault(at, "a string is not closed on its line");
                self.state = State::Lost;
                self.list = List::None;
            }
            // Another control character: the record is not JSON, which is found when it is parsed.
            Some(_) => self.at += 1,
        }
        self.at = self.at.min(buffer.len());
        true
    }

    fn bare(&mut self, buffer: &[u8]) -> bool {
        let ends = |byte: &u8| match self.list {
            List::None => *byte == b'\n',
            _ => matches!(byte, b',' | b']' | b'}' | b'\n'),
        };
        let Some(length) = buffer[self.at..].iter().position(ends) else {
            self.at = buffer.len();
            return true;
        };
        self.at += length;
        self.end(self.at);
        true
    }

    fn lost(&mut self, buffer: &[u8], last: bool) -> bool {
        let Some(length) = memchr::memchr(b'\n', &buffer[self.at..]) else {
            self.at = buffer.len();
            return true;
        };
        let line = self.at + length;
        let next = buffer[line..].iter().position(|byte| !byte.is_ascii_whitespace());
        match next.map(|next| line + next) {
            Some(next) if buffer[next] == b'{' => {
                self.at = next;
                self.state = State::Between;
            }
            Some(next) => self.at = next,
            None if last => self.at = buffer.len(),
            // White space may go on in the next buffer: stand on the newline.
            None => {
                self.at = line;
                return false;
            }
        }
        true
    }
}

/// What an object begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// A list of records; the length up to and including its opening bracket.
    List(usize),
    /// Something else.
    Other,
    /// The text is too short to tell.
    Unclear,
}

/// Looks for `{"Records": [`, `{"Events": [` and `{"Findings": [` at the beginning of a text.
pub(super) fn list_prefix(text: &[u8]) -> Prefix {
    let mut best = Prefix::Other;
    'names: for name in ["\"Records\"", "\"Events\"", "\"Findings\"", "\"findings\""] {
        let mut at = 0;
        for part in ["{", name, ":", "["] {
            while text.get(at).is_some_and(u8::is_ascii_whitespace) {
                at += 1;
            }
            let rest = &text[at..];
            if !rest.starts_with(part.as_bytes()) {
                if part.as_bytes().starts_with(rest) {
                    best = Prefix::Unclear;
                }
                continue 'names;
            }
            at += part.len();
        }
        return Prefix::List(at);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts and the number of faults, with the stream fed in pieces of `step` bytes.
    fn texts(stream: &str, step: usize) -> (Vec<String>, usize) {
        let mut structure = Structure::new();
        let mut found = Vec::new();
        let mut faults = 0;
        let mut buffer = Vec::new();
        let bytes = stream.as_bytes();
        for (n, chunk) in bytes.chunks(step).enumerate() {
            buffer.extend_from_slice(chunk);
            structure.feed(&buffer, (n + 1) * step >= bytes.len());
            for text in structure.texts.drain(..) {
                found.push(String::from_utf8_lossy(&buffer[text.start..text.end]).into_owned());
            }
            faults += structure.faults.drain(..).count();
            let keep = structure.kept_from();
            buffer.drain(..keep);
            structure.dropped(keep);
        }
        (found, faults)
    }

    #[test]
    fn texts_are_the_same_however_the_stream_is_cut() {
        let cases: &[(&str, &[&str], usize)] = &[
            (r#"{"Records":[{"a":1},{"b":["]}",{}]}]}"#, &[r#"{"a":1}"#, r#"{"b":["]}",{}]}"#], 0),
            ("{ \"Events\" : [ {\"a\":1} , {} ] , \"NextToken\":\"]}\" }\n{}", &["{\"a\":1}", "{}", "{}"], 0),
            (
                "[{\"a\":\"\\\"}\"},[1,[2]], \"x\\\\\", 5]",
                &["{\"a\":\"\\\"}\"}", "[1,[2]]", "\"x\\\\\"", "5"],
                0,
            ),
            ("{\n \"a\": 1\n}\n{\n \"b\": 2}{}", &["{\n \"a\": 1\n}", "{\n \"b\": 2}", "{}"], 0),
            (r#"{"Records":{"a":1}}"#, &[r#"{"Records":{"a":1}}"#], 0),
            (r#"{"Records":[]}{"Recor":1}"#, &[r#"{"Recor":1}"#], 0),
            (r#"{"Records":[{"a":1},{"b":"#, &[r#"{"a":1}"#], 1),
            (r#"{"Records":[{"a":1}"#, &[r#"{"a":1}"#], 1),
            (r#"{"Records":[{"a":1},"#, &[r#"{"a":1}"#], 1),
            (r#"[{"a":1}{"b":2},,{"c":3},]"#, &[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#], 2),
            ("{\"a\":\"open\n}\n{\"b\":2}\n", &[r#"{"b":2}"#], 1),
            ("rubbish } here\n{\"b\":2}]", &["rubbish } here", r#"{"b":2}"#], 1),
            ("", &[], 0),
        ];
        for (stream, expected, faults) in cases {
            for step in 1..=stream.len().max(1) {
                let found = texts(stream, step);
                assert_eq!(
                    found,
                    (expected.iter().map(|t| t.to_string()).collect(), *faults),
                    "{stream} {step}"
                );
            }
        }
    }
}
