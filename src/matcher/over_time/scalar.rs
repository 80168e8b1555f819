//! Values of key fields, as an index would compare them.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::event::Leaf;
use crate::ir::{FieldType, Value};

/// One value of a field. Arrays are several scalars of one field, null and absence none: so does
/// Elasticsearch see them.
///
/// Ordered as in a composite aggregation: booleans, numbers by size, texts by their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number in one canonical spelling: `1.0` and `1` are equal.
    Number(Arc<str>),
    /// Text.
    Text(Arc<str>),
}

impl Scalar {
    /// A text.
    pub fn text(text: &str) -> Self {
        Scalar::Text(text.into())
    }

    /// A number from the text it was written as.
    pub fn number(written: &str) -> Self {
        // Every whole number of up to 38 digits keeps all of them; only then does a double decide.
        if let Ok(whole) = written.parse::<i128>() {
            return Scalar::Number(whole.to_string().into());
        }
        match written.parse::<f64>() {
            Ok(number) if number == number.trunc() && number.abs() < 1e15 => {
                Scalar::Number((number as i64).to_string().into())
            }
            Ok(number) if number.is_finite() => Scalar::Number(number.to_string().into()),
            _ => Scalar::Number(written.into()),
        }
    }

    /// A leaf of an event as a field of type `ty` indexes it; `None` where nothing is indexed (null,
    /// objects, keywords beyond `ignore_above`, texts that are not of the field's type).
    pub fn from_leaf(leaf: Leaf<'_>, ty: FieldType) -> Option<Self> {
        let text = leaf.text()?;
        Some(match ty {
            FieldType::Keyword { ignore_above: Some(limit) } if text.chars().count() > limit as usize => {
                return None;
            }
            FieldType::Long | FieldType::Double if matches!(leaf, Leaf::Bool(_)) => return None,
            FieldType::Long | FieldType::Double => {
                text.parse::<f64>().ok()?;
                Scalar::number(&text)
            }
            FieldType::Boolean => match &*text {
                "true" => Scalar::Bool(true),
                "false" | "" => Scalar::Bool(false),
                _ => return None,
            },
            FieldType::Json => match leaf {
                Leaf::Bool(truth) => Scalar::Bool(truth),
                Leaf::Number(number) => Scalar::number(number),
                _ => Scalar::text(&text),
            },
            _ => Scalar::text(&text),
        })
    }

    /// The value as text, as Kibana compares group keys.
    pub fn as_text(&self) -> &str {
        match self {
            Scalar::Bool(true) => "true",
            Scalar::Bool(false) => "false",
            Scalar::Number(text) | Scalar::Text(text) => text,
        }
    }

    /// As an untyped value, for output.
    pub fn to_value(&self) -> Value {
        match self {
            Scalar::Bool(truth) => Value::Bool(*truth),
            Scalar::Text(text) => Value::Text(text.to_string()),
            Scalar::Number(text) => match text.parse() {
                Ok(whole) => Value::Int(whole),
                Err(_) => Value::Literal(text.to_string()),
            },
        }
    }
}

impl Ord for Scalar {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Scalar::Bool(a), Scalar::Bool(b)) => a.cmp(b),
            (Scalar::Text(a), Scalar::Text(b)) => a.cmp(b),
            (Scalar::Number(a), Scalar::Number(b)) => {
                let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
                // The text decides between numbers too close for a double, so order agrees with `==`.
                number(a).total_cmp(&number(b)).then_with(|| a.cmp(b))
            }
            (Scalar::Bool(_), _) | (Scalar::Number(_), Scalar::Text(_)) => Ordering::Less,
            _ => Ordering::Greater,
        }
    }
}

impl PartialOrd for Scalar {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value() {
        assert_eq!(Scalar::number("1.0"), Scalar::number("1"));
        assert_eq!(Scalar::number("1e2"), Scalar::number("100"));
        assert_ne!(Scalar::number("9007199254740993"), Scalar::number("9007199254740992"));
        assert!(Scalar::number("9") < Scalar::number("10"));
        assert!(Scalar::number("10") < Scalar::text("1"));
    }

    #[test]
    fn leaves_are_typed_by_their_field() {
        assert_eq!(Scalar::from_leaf(Leaf::Number("1.0"), FieldType::KEYWORD), Some(Scalar::text("1.0")));
        assert_eq!(Scalar::from_leaf(Leaf::Text("5"), FieldType::Long), Some(Scalar::number("5")));
        assert_eq!(Scalar::from_leaf(Leaf::Text("x"), FieldType::Long), None);
        assert_eq!(Scalar::from_leaf(Leaf::Null, FieldType::KEYWORD), None);
        let short = FieldType::Keyword { ignore_above: Some(2) };
        assert_eq!(Scalar::from_leaf(Leaf::Text("abc"), short), None);
        assert_eq!(Scalar::from_leaf(Leaf::Bool(true), FieldType::Json), Some(Scalar::Bool(true)));
    }
}
