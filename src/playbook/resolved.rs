//! Parameters of calls in which every name has found its value, or the call that will give it.

use indexmap::IndexMap;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text of the playbook.
    Text(String),
    /// A value of the event or of the responder.
    Value(String),
    /// The first value of an output.
    Output(String),
    /// The value whose turn it is in a repeated call.
    Item(String),
    /// The letter of the turn.
    Letter,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved {
    /// Null, a boolean or a number, as JSON.
    Plain(String),
    /// A text in stretches.
    Text(Vec<Piece>),
    /// A text that is itself JSON: a policy document.
    Document(Box<Resolved>),
    /// A sequence.
    List(Vec<Resolved>),
    /// In a list: all values of an output, one item each.
    Splice(String),
    /// A mapping.
    Map(IndexMap<String, Resolved>),
}

/// What a repeated call is repeated for.
#[derive(Debug, Clone, PartialEq)]
pub enum Each {
    /// The values of an output, known only when the call before has been answered.
    Output(String),
    /// One value; the call stands once for every one.
    Value(String),
}

/// A stretch of JSON text.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// JSON as it is.
    Json(String),
    /// Inside a JSON text: a value known later, in which nothing has to be escaped.
    Later(Piece),
    /// A whole list's items, each a JSON text, that are known later.
    LaterItems(String),
}

impl Resolved {
    /// The value as JSON text on one line.
    pub fn tokens(&self) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.write(0, &mut tokens);
        let mut joined: Vec<Token> = Vec::new();
        for token in tokens {
            match (joined.last_mut(), token) {
                (Some(Token::Json(text)), Token::Json(more)) => text.push_str(&more),
                (_, token) => joined.push(token),
            }
        }
        joined
    }

    /// The value as JSON text with `<name>` where a value is known later, for reading.
    pub fn readable(&self) -> String {
        let text = |token: &Token| match token {
            Token::Json(text) => text.clone(),
            Token::Later(piece) => piece.readable(),
            Token::LaterItems(name) => format!("\"<{name}>\""),
        };
        self.tokens().iter().map(text).collect()
    }

    /// `depth`: how many JSON texts lie around this value, whose quotes have to be escaped.
    fn write(&self, depth: usize, out: &mut Vec<Token>) {
        let json = |text: &str| Token::Json(escaped(text, depth));
        match self {
            Resolved::Plain(text) => out.push(json(text)),
            Resolved::Text(pieces) => {
                out.push(json("\""));
                for piece in pieces {
                    match piece {
                        Piece::Text(text) | Piece::Value(text) => {
                            out.push(Token::Json(escaped(text, depth + 1)));
                        }
                        later => out.push(Token::Later(later.clone())),
                    }
                }
                out.push(json("\""));
            }
            Resolved::Document(inner) => {
                out.push(json("\""));
                inner.write(depth + 1, out);
                out.push(json("\""));
            }
            Resolved::Splice(name) => out.push(Token::LaterItems(name.clone())),
            Resolved::List(items) => {
                out.push(json("["));
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(json(","));
                    }
                    item.write(depth, out);
                }
                out.push(json("]"));
            }
            Resolved::Map(map) => {
                out.push(json("{"));
                for (at, (key, value)) in map.iter().enumerate() {
                    out.push(json(if at > 0 { ",\"" } else { "\"" }));
                    out.push(Token::Json(escaped(key, depth + 1)));
                    out.push(json("\":"));
                    value.write(depth, out);
                }
                out.push(json("}"));
            }
        }
    }
}

impl Piece {
    /// The text, or `<name>` where it is known later.
    pub fn readable(&self) -> String {
        match self {
            Piece::Text(text) | Piece::Value(text) => text.clone(),
            Piece::Output(name) | Piece::Item(name) => format!("<{name}>"),
            Piece::Letter => format!("<{}>", super::names::LETTER),
        }
    }
}

/// The inside of a JSON text that holds `text`, escaped so often.
fn escaped(text: &str, depth: usize) -> String {
    (0..depth).fold(text.to_owned(), |text, _| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_inside_json_is_escaped_and_parses() {
        let inner = Resolved::Text(vec![Piece::Text("a\"b\\".into())]);
        let policy = Resolved::Map([("Action".to_owned(), Resolved::List(vec![inner]))].into());
        let call = Resolved::Map([("Policy".to_owned(), Resolved::Document(Box::new(policy)))].into());
        let outer: serde_json::Value = serde_json::from_str(&call.readable()).unwrap();
        let inner: serde_json::Value = serde_json::from_str(outer["Policy"].as_str().unwrap()).unwrap();
        assert_eq!(inner["Action"][0], "a\"b\\");
    }
}
