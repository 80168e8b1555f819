//! Walks the scalar leaves of JSON text without building a tree and without recursion, so that
//! depth costs memory only. Used where a test looks at everything below a path: free text,
//! `flattened` roots, existence of objects.

use crate::event::Leaf;

/// Calls `visit` with the dotted path and value of every scalar in `json` (arrays are entered and
/// add nothing to the path) until it returns true; says whether it did. `prefix` is the path of
/// `json` itself. Text that is no JSON ends the walk.
pub(super) fn any_leaf<'a>(
    json: &'a str,
    prefix: &str,
    visit: &mut dyn FnMut(&str, Leaf<'a>) -> bool,
) -> bool {
    Walk { json, at: 0, path: prefix.to_owned(), open: Vec::new() }.run(visit).unwrap_or(false)
}

/// An open container: an object with the path length before its current key, or an array.
enum Open {
    Object(usize),
    Array,
}

struct Walk<'a> {
    json: &'a str,
    at: usize,
    path: String,
    open: Vec<Open>,
}

impl<'a> Walk<'a> {
    /// `None`: not JSON from here on.
    fn run(&mut self, visit: &mut dyn FnMut(&str, Leaf<'a>) -> bool) -> Option<bool> {
        loop {
            // At the start of a value.
            let leaf = match self.peek()? {
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek()? == close {
                        self.at += 1;
                    } else if open == b'{' {
                        self.open.push(Open::Object(self.path.len()));
                        self.key()?;
                        continue;
                    } else {
                        self.open.push(Open::Array);
                        continue;
                    }
                    None
                }
                b'"' => Some(self.string()?),
                _ => Some(self.bare()?),
            };
            if leaf.is_some_and(|leaf| visit(&self.path, leaf)) {
                return Some(true);
            }
            // After a value: close what ends here, then stand at the next value.
            loop {
                let Some(open) = self.open.last() else { return Some(false) };
                if let Open::Object(length) = *open {
                    self.path.truncate(length);
                }
                let object = matches!(open, Open::Object(_));
                let sign = self.peek()?;
                self.at += 1;
                match sign {
                    b',' if object => {
                        self.key()?;
                        break;
                    }
                    b',' => break,
                    b'}' | b']' => drop(self.open.pop()),
                    _ => return None,
                }
            }
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.json.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        Some(bytes[self.at])
    }

    fn key(&mut self) -> Option<()> {
        (self.peek()? == b'"').then_some(())?;
        let key = self.string()?.text()?;
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(&key);
        (self.peek()? == b':').then_some(())?;
        self.at += 1;
        Some(())
    }

    fn string(&mut self) -> Option<Leaf<'a>> {
        let start = self.at + 1;
        let mut end = start;
        let mut escaped = false;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.json.as_bytes().get(end..)?)?;
            if self.json.as_bytes()[end] == b'"' {
                break;
            }
            escaped = true;
            end += 2;
        }
        self.at = end + 1;
        let text = self.json.get(start..end)?;
        Some(if escaped { Leaf::Escaped(text) } else { Leaf::Text(text) })
    }

    fn bare(&mut self) -> Option<Leaf<'a>> {
        let rest = self.json.get(self.at..)?;
        let end = rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len());
        self.at += end;
        Some(match &rest[..end] {
            "null" => Leaf::Null,
            "true" => Leaf::Bool(true),
            "false" => Leaf::Bool(false),
            number if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Leaf::Number(number),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(json: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        any_leaf(json, "", &mut |path, leaf| {
            out.push((path.to_owned(), leaf.text().unwrap_or("null".into()).into_owned()));
            false
        });
        out
    }

    #[test]
    fn paths_and_values() {
        let found = all(r#" {"a" : [1, {"b":"x\"y"}, [] ], "c.d":{"e":null,"f":{}}, "g":true} "#);
        let expected = [("a", "1"), ("a.b", "x\"y"), ("c.d.e", "null"), ("g", "true")];
        assert_eq!(found, expected.map(|(p, v)| (p.to_owned(), v.to_owned())));
    }

    #[test]
    fn depth_and_broken_text_are_survived() {
        let deep = format!("{}7{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(all(&deep).len(), 1);
        for broken in
            ["", "{", "{\"a\"", "{\"a\":", "[1,", "\"a", "\"\\", "{1}", "[1}", "nul", "[1 2]", "{\"é\\"]
        {
            all(broken);
        }
        assert!(any_leaf("[1,2,3]", "p", &mut |path, leaf| path == "p" && leaf == Leaf::Number("2")));
    }
}
