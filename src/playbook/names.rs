//! Names in texts: `{{instance}}`.

use std::collections::BTreeSet;

use crate::ir::{Call, Playbook, Value};

/// Inside a call with `each`, the letter of the turn: `f` for the first, up to `p`, which is what EBS
/// volumes are attached as (`/dev/sdf` … `/dev/sdp`; EC2 user guide, "Device names for volumes").
pub const LETTER: &str = "letter";

/// The letters, in order.
pub const LETTERS: &str = "fghijklmnop";

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// Text as it is.
    Text(&'a str),
    /// A name between `{{` and `}}`, without the blanks around it.
    Name(&'a str),
}

/// Splits a text at its names. Braces that are not closed are text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Name(name.trim()));
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// The one name that a text consists of.
pub fn whole(text: &str) -> Option<&str> {
    match parts(text).as_slice() {
        [Part::Name(name)] => Some(name),
        _ => None,
    }
}

/// Adds the names of a text.
pub fn of_text(text: &str, out: &mut BTreeSet<String>) {
    out.extend(parts(text).into_iter().filter_map(|part| match part {
        Part::Name(name) => Some(name.to_owned()),
        Part::Text(_) => None,
    }));
}

/// Adds the names in a value, keys included.
pub fn of_value(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Text(text) => of_text(text, out),
        Value::List(items) => items.iter().for_each(|item| of_value(item, out)),
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            of_text(key, out);
            of_value(value, out);
        }),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Literal(_) => {}
    }
}

/// The names that a call needs before it is made, those inside its policies included.
pub fn of_call(playbook: &Playbook, call: &Call) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = call.each.iter().cloned().collect();
    call.parameters.values().for_each(|value| of_value(value, &mut names));
    of_policies(playbook, &mut names);
    names
}

/// The names that the waiting after a call needs.
pub fn of_until(playbook: &Playbook, call: &Call) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    call.until.iter().flat_map(|until| until.parameters.values()).for_each(|v| of_value(v, &mut names));
    of_policies(playbook, &mut names);
    names
}

/// Adds what the policies among the names need themselves.
fn of_policies(playbook: &Playbook, names: &mut BTreeSet<String>) {
    for name in names.clone() {
        if let Some(policy) = playbook.policies.get(&name) {
            of_value(policy, names);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_split_at_names() {
        use Part::{Name, Text};
        assert_eq!(parts("a{{ b }}c"), [Text("a"), Name("b"), Text("c")]);
        assert_eq!(parts("{{b}}"), [Name("b")]);
        assert_eq!(parts("a{{b"), [Text("a{{b")]);
        assert_eq!(parts(""), []);
        assert_eq!(whole("{{b}}"), Some("b"));
        assert_eq!(whole("{{b}}/{{c}}"), None);
    }
}
