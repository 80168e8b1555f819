//! What one field of an event can be asked: a test, or its opposite, as alternatives of a pattern.

use serde_json::{Number, Value, json};

use super::super::codes;
use super::super::predicate::{Refusal, Refused, check};
use super::{CAPABILITIES, Events};
use crate::ir::{Case, Comparison, FieldType, Glob, GlobPart, NumberOp, Predicate, Test, TextMatch};
use crate::schema::{self, Convert};

/// Alternatives for the value of one field.
pub(super) type Values = Vec<Value>;

/// Largest number that `numeric` compares (EventBridge user guide, "Numeric matching").
const LARGEST: f64 = 5.0e9;

/// What is known of the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
    /// Any scalar.
    Any,
}

/// The alternatives under which a test is true.
///
/// # Errors
/// A test that a pattern cannot say.
pub(super) fn positive(test: &Test, events: Events) -> Result<Values, Refused> {
    check(&Predicate::Test(test.clone()), &CAPABILITIES)?;
    let path = &test.field.path;
    let kind = kind(path, events);
    Ok(match &test.comparison {
        Comparison::Exists if has_keys(test, events) => {
            return refuse(
                &codes::LOSS_FIELD_FORM,
                format!("`{path}` is an object; only plain values exist"),
            );
        }
        Comparison::Exists => vec![json!({"exists": true})],
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => equal(text, kind),
        Comparison::Text { matcher, case } => vec![pattern(path, matcher, *case)?],
        Comparison::Bool(truth) => {
            equal(&truth.to_string(), if kind == Kind::Text { kind } else { Kind::Truth })
        }
        Comparison::Number { op: NumberOp::Eq, value } if kind != Kind::Number && value.fract() == 0.0 => {
            vec![number(path, *value)?, Value::from(value.to_string())]
        }
        Comparison::Number { op, value } => {
            if kind != Kind::Number {
                let message = format!("`{path}` may hold numbers as texts, which EventBridge does not order");
                return refuse(&codes::LOSS_NUMBER_ORDER, message);
            }
            match op {
                NumberOp::Eq => vec![number(path, *value)?],
                _ => vec![json!({"numeric": [op.as_str(), number(path, *value)?]})],
            }
        }
        Comparison::Ip(network) if network.prefix_len() == network.max_prefix_len() => {
            vec![Value::from(network.addr().to_string())]
        }
        Comparison::Ip(network) => vec![json!({"cidr": network.to_string()})],
        // Refused above.
        _ => return refuse(&codes::LOSS_FIELD_FORM, format!("`{path}`: no such comparison")),
    })
}

/// The alternatives under which a field that is there makes a test false; for `exists` none.
///
/// # Errors
/// A test whose opposite a pattern cannot say.
pub(super) fn negative(test: &Test, events: Events) -> Result<Values, Refused> {
    let path = &test.field.path;
    if test.comparison == Comparison::Exists {
        positive(test, events)?;
        return Ok(Vec::new());
    }
    if may_be_list(path, events) {
        let message = format!("`{path}` may hold a list, of which `anything-but` wants any value to differ");
        return refuse(&codes::LOSS_ANYTHING_BUT, message);
    }
    let kind = kind(path, events);
    let numeric = |op: &str, value: f64| Ok(vec![json!({"numeric": [op, number(path, value)?]})]);
    let values = positive(test, events)?;
    match &test.comparison {
        Comparison::Number { op, value } if kind == Kind::Number => match op {
            NumberOp::Eq => Ok(vec![json!({"anything-but": [number(path, *value)?]})]),
            NumberOp::Lt => numeric(">=", *value),
            NumberOp::Le => numeric(">", *value),
            NumberOp::Gt => numeric("<=", *value),
            NumberOp::Ge => numeric("<", *value),
        },
        Comparison::Bool(truth) if kind == Kind::Truth => Ok(vec![Value::from(!truth)]),
        Comparison::Text { matcher: TextMatch::Equals(text), case: Case::Sensitive } => match kind {
            Kind::Text => Ok(vec![json!({"anything-but": [text]})]),
            Kind::Truth if matches!(text.as_str(), "true" | "false") => {
                Ok(vec![Value::from(text == "false")])
            }
            _ => {
                let message =
                    format!("`{path}` may hold other values than texts, which `anything-but` cannot mix");
                refuse(&codes::LOSS_ANYTHING_BUT, message)
            }
        },
        Comparison::Text { .. } if kind == Kind::Text => match values.as_slice() {
            [one] => Ok(vec![json!({ "anything-but": one })]),
            _ => refuse(&codes::LOSS_PATTERN, format!("`{path}`: no opposite of this pattern")),
        },
        Comparison::Ip(_) => match values.as_slice() {
            [Value::String(address)] => Ok(vec![json!({"anything-but": [address]})]),
            _ => refuse(&codes::LOSS_ADDRESS, format!("`{path}`: EventBridge has no opposite of a network")),
        },
        _ => refuse(&codes::LOSS_FIELD_FORM, format!("`{path}`: no opposite of this comparison")),
    }
}

fn refuse<T>(code: &'static crate::diagnostic::Code, message: String) -> Result<T, Refused> {
    Err(Box::new(Refusal::new(code, message)))
}

/// A text, and what it is the canonical text of where a field may hold that.
fn equal(text: &str, kind: Kind) -> Values {
    let mut out = Vec::new();
    let truth = text.parse::<bool>().ok().map(Value::from);
    let whole = text.parse::<i64>().ok().filter(|n| n.to_string() == text).map(Value::from);
    match kind {
        Kind::Text => {}
        Kind::Truth => out.extend(truth),
        Kind::Number => out.extend(whole),
        Kind::Any => out.extend(truth.or(whole)),
    }
    out.push(Value::from(text));
    out
}

fn number(path: &str, value: f64) -> Result<Value, Refused> {
    let whole = value.fract() == 0.0;
    let known =
        if whole { Some(Value::from(value as i64)) } else { Number::from_f64(value).map(Value::Number) };
    match known.filter(|_| value.abs() <= LARGEST) {
        Some(number) => Ok(number),
        None => refuse(&codes::LOSS_NUMBER_ORDER, format!("`{path}`: numbers reach from -5e9 to 5e9")),
    }
}

fn pattern(path: &str, matcher: &TextMatch, case: Case) -> Result<Value, Refused> {
    let any_case = case == Case::AsciiInsensitive;
    let ascii = |text: &str| match any_case && !text.is_ascii() {
        true => refuse(&codes::LOSS_CASE, format!("`{path}`: case is ignored of ASCII letters only")),
        false => Ok(()),
    };
    let end = |operator: &str, text: &str| {
        ascii(text)?;
        Ok(match any_case {
            true => json!({ operator: { "equals-ignore-case": text } }),
            false => json!({ operator: text }),
        })
    };
    let wildcard = |glob: &Glob| match any_case {
        true => refuse(&codes::LOSS_CASE, format!("`{path}`: a wildcard compares with case")),
        false => Ok(json!({"wildcard": written(glob)})),
    };
    let any = || Glob { parts: vec![GlobPart::Any] };
    match matcher {
        TextMatch::Equals(text) => {
            ascii(text)?;
            Ok(json!({"equals-ignore-case": text}))
        }
        // An empty text is part of every text.
        TextMatch::Prefix(text) | TextMatch::Suffix(text) | TextMatch::Contains(text) if text.is_empty() => {
            wildcard(&any())
        }
        TextMatch::Prefix(text) => end("prefix", text),
        TextMatch::Suffix(text) => end("suffix", text),
        TextMatch::Contains(text) => {
            wildcard(&Glob { parts: vec![GlobPart::Any, GlobPart::Literal(text.clone()), GlobPart::Any] })
        }
        TextMatch::Glob(glob) => match glob.parts.as_slice() {
            [GlobPart::Literal(text), GlobPart::Any] => end("prefix", text),
            [GlobPart::Any, GlobPart::Literal(text)] => end("suffix", text),
            _ => wildcard(glob),
        },
    }
}

/// Two stars must not follow one another; `*` and `\` are escaped.
fn written(glob: &Glob) -> String {
    let mut out = String::new();
    let mut star = false;
    for part in &glob.parts {
        match part {
            GlobPart::Any if star => {}
            // `?` is refused before.
            GlobPart::Any | GlobPart::One => out.push('*'),
            GlobPart::Literal(text) => {
                out.push_str(&text.replace('\\', "\\\\").replace('*', "\\*"));
            }
        }
        star = *part == GlobPart::Any;
    }
    out
}

fn kind(path: &str, events: Events) -> Kind {
    match events {
        Events::CloudTrail => match path {
            "readOnly" | "managementEvent" => Kind::Truth,
            _ if schema::is_open(path) => Kind::Any,
            _ => Kind::Text,
        },
        Events::Findings(service) => match schema::finding_conversion(service, path) {
            Some(Convert::Long | Convert::Double) => Kind::Number,
            Some(Convert::Boolean) => Kind::Truth,
            Some(Convert::Same | Convert::Date | Convert::Ip | Convert::Mac) => Kind::Text,
            Some(Convert::Text) => Kind::Any,
            None => match schema::finding_fields(service).is_empty() && !is_open(path, events) {
                true => Kind::Text,
                false => Kind::Any,
            },
        },
    }
}

fn is_open(path: &str, events: Events) -> bool {
    let types = schema::types(events.vocabulary());
    types.field_type(&format!("{path}.?")) == FieldType::Json
}

/// Whether a field has keys, of which a pattern must name one.
fn has_keys(test: &Test, events: Events) -> bool {
    let path = &test.field.path;
    let object = schema::types(events.vocabulary()).field_type(path) == FieldType::Object;
    let payload = events == Events::CloudTrail && schema::is_object(path);
    object || payload || (!path.contains('.') && is_open(path, events))
}

/// The outermost list on the way to a field, or at its end, as far as is known; the path itself where
/// that is not known.
pub(super) fn list(path: &str, events: Events) -> Option<String> {
    match events {
        Events::Findings(service) => schema::finding_list(service, path),
        Events::CloudTrail => match schema::splunk_names(path) {
            Some(names) => {
                let list = names.iter().filter_map(|name| name.split_once("{}")).map(|(list, _)| list);
                list.min_by_key(|list| list.len()).map(str::to_owned)
            }
            None => Some(path.split('.').take(2).collect::<Vec<_>>().join(".")),
        },
    }
}

/// Whether a key may be there with `null`: CloudTrail leaves out what its own fields do not have.
pub(super) fn may_be_null(path: &str, events: Events) -> bool {
    events != Events::CloudTrail || schema::is_open(path)
}

fn may_be_list(path: &str, events: Events) -> bool {
    list(path, events).is_some()
}
