//! What is kept of an event that a rule matched.

use std::sync::Arc;

use super::date;
use super::over_time::{Document, Overrides, Scalar};
use super::overrides::FieldValues;
use crate::ir::Field;

/// Time, id and the values of the fields that matter beyond the verdict. Rules over time read it as
/// their [`Document`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The event's own time (`eventTime`, `@timestamp`), milliseconds since 1970; `None` if it has
    /// none that can be read.
    pub time_ms: Option<i64>,
    /// The event's id (`eventID`, `event.id`).
    pub event_id: Option<String>,
    /// The fields of interest ([`fields_of_interest`](super::fields_of_interest)).
    pub fields: Arc<[Field]>,
    /// Their values, by field, in the order of the record; a field that is not there has none.
    pub values: Vec<Vec<Scalar>>,
    /// The fields that overrides of severity, risk score and name read, as they stand in the event:
    /// numbers as numbers, arrays as arrays ([`overrides`](super::overrides) tells them apart).
    pub overrides: Vec<(String, FieldValues)>,
}

impl Evidence {
    /// The values of a field of interest by its path; none for any other field.
    pub fn values_of(&self, path: &str) -> &[Scalar] {
        let known = self.fields.iter().position(|field| field.path == path);
        known.and_then(|number| self.values.get(number)).map_or(&[], Vec::as_slice)
    }

    /// The values of a field that an override reads; none for any other field.
    pub fn override_values(&self, path: &str) -> FieldValues {
        let known = self.overrides.iter().find(|(known, _)| known == path);
        known.map(|(_, values)| values.clone()).unwrap_or_default()
    }
}

impl Document for Evidence {
    fn id(&self) -> &str {
        self.event_id.as_deref().unwrap_or_default()
    }

    fn time(&self) -> Option<i64> {
        self.time_ms
    }

    fn date(&self, path: &str) -> Option<i64> {
        self.values_of(path).first().and_then(|value| date::parse(value.as_text()))
    }

    fn overrides(&self) -> Overrides {
        (!self.overrides.is_empty()).then(|| self.overrides.as_slice().into())
    }

    fn values(&self, field: &Field) -> Vec<Scalar> {
        let known = self.fields.iter().position(|known| known == field);
        known.and_then(|number| self.values.get(number)).cloned().unwrap_or_default()
    }
}
