//! Conversions of single values as the pipelines' processors do them.

use jiff::Timestamp;
use serde_json::{Map, Number, Value};

use super::super::dates;
use crate::schema::Convert;

/// The converted value; `None` where the processor fails.
pub(super) fn convert(value: &Value, how: Convert) -> Option<Value> {
    if how != Convert::Same
        && let Value::Array(items) = value
    {
        return Some(Value::Array(items.iter().filter_map(|item| convert(item, how)).collect()));
    }
    Some(match how {
        Convert::Same => value.clone(),
        Convert::Text => Value::from(text(value)?),
        Convert::Date => Value::from(date(value)?),
        Convert::Ip => match text(value)?.parse::<std::net::IpAddr>() {
            Ok(_) => value.clone(),
            Err(_) => return None,
        },
        Convert::Boolean => match value {
            Value::Bool(_) => value.clone(),
            _ => Value::from(text(value)?.to_ascii_lowercase().parse::<bool>().ok()?),
        },
        Convert::Long => match value {
            Value::Number(number) if number.is_i64() || number.is_u64() => value.clone(),
            _ => Value::from(text(value)?.parse::<i64>().ok()?),
        },
        Convert::Double => match value {
            Value::Number(_) => value.clone(),
            _ => Value::Number(Number::from_f64(text(value)?.parse().ok()?)?),
        },
        Convert::Mac => Value::from(text(value)?.replace([':', '.'], "-").to_uppercase()),
    })
}

/// A scalar as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// ISO 8601, or seconds since 1970 with a fraction.
fn date(value: &Value) -> Option<String> {
    let written = text(value)?;
    // The processor wants a `T` between date and time.
    let iso = written.as_bytes().get(10).is_none_or(|byte| *byte == b'T');
    let time = dates::parse(&written).filter(|_| iso).or_else(|| {
        let seconds: f64 = written.parse().ok()?;
        // Beyond that no date is meant, and the cast would saturate.
        (seconds.abs() < 1e11).then(|| Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok())?
    });
    time.map(dates::print)
}

/// The value without `null`, `""`, `[]` and `{}` at any depth; `None` if nothing is left.
pub(super) fn without_empty(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then_some(Value::String(text)),
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().filter_map(without_empty).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(map) => {
            let map: Map<String, Value> =
                map.into_iter().filter_map(|(key, value)| Some((key, without_empty(value)?))).collect();
            (!map.is_empty()).then_some(Value::Object(map))
        }
        other => Some(other),
    }
}
