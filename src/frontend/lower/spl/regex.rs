//! Regular expressions of `match` and `mvfind`, as far as wildcards can say them: text, `.`, `.*`,
//! `.+`, groups of alternatives, `^`, `$`, `\A`, `\z` and leading flags `i` and `s`. Both functions
//! search, so that a pattern without anchors may match any part. A dot that stops at the end of a
//! line, and a `$` before a last line feed, are read as in texts of one line.

use super::text::push;
use crate::ir::{Case, GlobPart};

/// Alternatives that are written out.
const MOST: usize = 64;

/// The patterns one of which the whole text must match; `None`: the expression says more than
/// wildcards can.
pub(super) fn patterns(regex: &str) -> Option<(Vec<Vec<GlobPart>>, Case)> {
    let flags = regex.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
    let flags = flags.filter(|(flags, _)| !flags.is_empty() && flags.chars().all(|c| matches!(c, 'i' | 's')));
    let (case, rest) = match flags {
        Some((flags, rest)) if flags.contains('i') => (Case::AsciiInsensitive, rest),
        Some((_, rest)) => (Case::Sensitive, rest),
        None => (Case::Sensitive, regex),
    };
    let mut reader = Reader { chars: rest.chars().collect(), at: 0 };
    let mut all = Vec::new();
    loop {
        let start = reader.eat('^') || reader.eat_escape('A');
        let bodies = reader.sequence(0)?;
        let end = reader.eat('$') || reader.eat_escape('z');
        for body in bodies {
            let mut parts = Vec::new();
            if !start {
                parts.push(GlobPart::Any);
            }
            body.into_iter().for_each(|part| append(&mut parts, part));
            if !end {
                append(&mut parts, GlobPart::Any);
            }
            all.push(parts);
        }
        if reader.at == reader.chars.len() {
            return (all.len() <= MOST).then_some((all, case));
        }
        if !reader.eat('|') {
            return None;
        }
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn eat_escape(&mut self, wanted: char) -> bool {
        let found = self.chars.get(self.at..self.at + 2) == Some(&['\\', wanted][..]);
        self.at += if found { 2 } else { 0 };
        found
    }

    /// What stands behind a backslash, if it is one character.
    fn escaped(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        match c {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'x' if self.eat('{') => {
                let rest = &self.chars[self.at..];
                let digits: String = rest.iter().take_while(|c| c.is_ascii_hexdigit()).take(6).collect();
                self.at += digits.len();
                self.eat('}').then(|| char::from_u32(u32::from_str_radix(&digits, 16).ok()?))?
            }
            'x' => {
                let digits: String = self.chars.get(self.at..self.at + 2)?.iter().collect();
                self.at += 2;
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
            }
            c => c.is_ascii_punctuation().then_some(c),
        }
    }

    /// Atoms up to `|`, `)`, `$` or the end: every way in which they can be written out.
    fn sequence(&mut self, depth: usize) -> Option<Vec<Vec<GlobPart>>> {
        let mut all: Vec<Vec<GlobPart>> = vec![Vec::new()];
        while let Some(c) = self.peek() {
            let end = c == '\\' && self.chars.get(self.at + 1) == Some(&'z');
            if end || matches!(c, '|' | ')' | '$') {
                break;
            }
            let atoms = self.atom(depth)?;
            let mut next = Vec::with_capacity(all.len() * atoms.len());
            for head in &all {
                for atom in &atoms {
                    let mut joined = head.clone();
                    atom.iter().cloned().for_each(|part| append(&mut joined, part));
                    next.push(joined);
                }
            }
            if next.len() > MOST {
                return None;
            }
            all = next;
        }
        Some(all)
    }

    fn atom(&mut self, depth: usize) -> Option<Vec<Vec<GlobPart>>> {
        let c = self.peek()?;
        self.at += 1;
        let one = match c {
            '.' => {
                return Some(match self.peek() {
                    Some('*') => {
                        self.at += 1;
                        self.eat('?');
                        vec![vec![GlobPart::Any]]
                    }
                    Some('+') => {
                        self.at += 1;
                        self.eat('?');
                        vec![vec![GlobPart::One, GlobPart::Any]]
                    }
                    Some('?') => {
                        self.at += 1;
                        vec![Vec::new(), vec![GlobPart::One]]
                    }
                    Some('{') => return None,
                    _ => vec![vec![GlobPart::One]],
                });
            }
            '\\' => {
                let escaped = self.escaped()?;
                vec![vec![GlobPart::Literal(escaped.to_string())]]
            }
            '(' => self.group(depth)?,
            '[' => self.class()?,
            '^' | '*' | '+' | '?' | '{' => return None,
            c => vec![vec![GlobPart::Literal(c.to_string())]],
        };
        match self.peek() {
            Some('?') => {
                self.at += 1;
                Some(std::iter::once(Vec::new()).chain(one).collect())
            }
            Some('*' | '+' | '{') => None,
            _ => Some(one),
        }
    }

    fn group(&mut self, depth: usize) -> Option<Vec<Vec<GlobPart>>> {
        if depth > 8 {
            return None;
        }
        if self.eat('?') && !self.eat(':') {
            return None;
        }
        let mut all = Vec::new();
        loop {
            all.extend(self.sequence(depth + 1)?);
            if self.eat(')') {
                return (all.len() <= MOST).then_some(all);
            }
            if !self.eat('|') {
                return None;
            }
        }
    }

    /// `[Aa]`: a few characters, no ranges and no complement.
    fn class(&mut self) -> Option<Vec<Vec<GlobPart>>> {
        let mut all = Vec::new();
        loop {
            let c = self.peek()?;
            self.at += 1;
            match c {
                ']' if !all.is_empty() => return Some(all),
                '^' | '-' | '[' | ']' => return None,
                '\\' => {
                    let escaped = self.escaped()?;
                    all.push(vec![GlobPart::Literal(escaped.to_string())]);
                }
                c => all.push(vec![GlobPart::Literal(c.to_string())]),
            }
        }
    }
}

fn append(parts: &mut Vec<GlobPart>, part: GlobPart) {
    match part {
        GlobPart::Literal(text) => text.chars().for_each(|c| push(parts, c)),
        GlobPart::Any if parts.last() == Some(&GlobPart::Any) => {}
        part => parts.push(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Glob;

    fn matches(regex: &str, text: &str) -> Option<bool> {
        let (all, case) = patterns(regex)?;
        Some(all.into_iter().any(|parts| Glob { parts }.matches(text, case)))
    }

    #[test]
    fn what_wildcards_can_say() {
        for (regex, text, expected) in [
            ("all", "install", Some(true)),
            ("^all", "install", Some(false)),
            ("^all$", "all", Some(true)),
            ("^(Run|Create).*s$", "RunInstances", Some(true)),
            ("^(Run|Create).*s$", "RunInstance", Some(false)),
            ("(?i)^root$", "Root", Some(true)),
            ("a|^b", "xa", Some(true)),
            ("a|^b", "xb", Some(false)),
            (r"\.amazonaws\.com$", "s3.amazonaws.com", Some(true)),
            (r"\.amazonaws\.com$", "s3xamazonaws.com", Some(false)),
            ("^[Aa]b?c$", "ac", Some(true)),
            ("^a.+c$", "ac", Some(false)),
            ("^a.?c$", "abc", Some(true)),
            ("", "anything", Some(true)),
            (r"(?is)^a\x60\x{e9}\z", "A`é", Some(true)),
            (r"\Aa\tb", "a\tbc", Some(true)),
            ("(?s)^a.*", "abc", Some(true)),
            ("(?m)^a", "a", None),
            (r"\d+", "1", None),
            ("[a-z]", "b", None),
            ("a{2}", "aa", None),
            ("ab*", "a", None),
            ("(a", "a", None),
            ("a)", "a", None),
            ("a$b", "a", None),
            ("(?=a)", "a", None),
            (r"\bx", "x", None),
        ] {
            assert_eq!(matches(regex, text), expected, "{regex} {text}");
        }
        let long = "(a|b)".repeat(30);
        assert_eq!(patterns(&long), None);
    }
}
