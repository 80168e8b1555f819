//! Events as rules over time see them: when, which, and the values of the key fields.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Reading, Scalar};
use crate::ir::Field;
use crate::matcher::overrides::FieldValues;

/// An event that can be asked for its time and for values; implemented by whoever reads events.
pub trait Document {
    /// The event's id (`_id`, `eventID`); empty if it has none, and then it is like no other event.
    fn id(&self) -> &str;

    /// The index or file it comes from; together with the id it names the event.
    fn index(&self) -> &str {
        ""
    }

    /// The event's own time (`@timestamp`, `eventTime`) in milliseconds since 1970; `None` if it has
    /// none that can be read.
    fn time(&self) -> Option<i64>;

    /// A date field in milliseconds since 1970, for rules with a timestamp override.
    fn date(&self, path: &str) -> Option<i64>;

    /// The values of a field, none where it is absent, null or an empty array.
    /// [`Scalar::from_leaf`] turns a leaf into one.
    fn values(&self, field: &Field) -> Vec<Scalar>;

    /// The fields that overrides of severity, risk score and name read; none unless known.
    fn overrides(&self) -> Overrides {
        Overrides::default()
    }
}

/// Fields that overrides read, by path. Shared, since alerts hand them on.
pub type Overrides = Option<Arc<[(String, FieldValues)]>>;

/// What is kept of a matching event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: Arc<str>,
    /// The index or file it comes from.
    pub index: Arc<str>,
    /// The caller's own number for it, such as its position in the input; handed back with
    /// [`EventRef`] and otherwise ignored. 0 unless set.
    pub tag: u64,
    /// Its own time (`@timestamp`), in milliseconds since 1970.
    pub time: Option<i64>,
    /// The time by which the rule sees it: the override field, else (unless switched off) its own.
    pub effective: Option<i64>,
    /// What overrides read of it.
    pub overrides: Overrides,
    /// The override field alone, where the rule has one; else the same as `time`.
    pub(crate) primary: Option<i64>,
    /// Tells events without an id apart; 0 for all others.
    pub(crate) serial: usize,
    /// Values by slot of the [`Reading`], each list sorted and without repetitions.
    pub(crate) values: Vec<Vec<Scalar>>,
}

/// An event that an alert rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRef {
    /// Its id.
    pub id: Arc<str>,
    /// The index or file it comes from.
    pub index: Arc<str>,
    /// The number that the caller gave it ([`Event::tag`]).
    pub tag: u64,
    /// Its own time, in milliseconds since 1970.
    pub time: Option<i64>,
    /// What overrides read of it.
    pub overrides: Overrides,
}

impl Event {
    /// Takes from a document what the rule behind `reading` needs.
    pub fn read(document: &impl Document, reading: &Reading) -> Self {
        let time = document.time();
        let primary = reading.override_field().map_or(time, |path| document.date(path));
        let effective = primary.or(time.filter(|_| reading.falls_back()));
        let values = reading
            .fields()
            .iter()
            .map(|field| {
                let mut values = document.values(field);
                values.sort();
                values.dedup();
                values
            })
            .collect();
        Event {
            id: document.id().into(),
            index: document.index().into(),
            time,
            effective,
            primary,
            tag: 0,
            serial: 0,
            values,
            overrides: document.overrides(),
        }
    }

    /// An event with the same values at another time. Both go by their own time: no timestamp override
    /// moves them.
    pub fn again(&self, id: &str, time: i64) -> Self {
        let time = Some(time);
        Event { id: id.into(), time, effective: time, primary: self.primary.and(time), ..self.clone() }
    }

    /// The reference that alerts carry.
    pub fn reference(&self) -> EventRef {
        EventRef {
            id: self.id.clone(),
            index: self.index.clone(),
            tag: self.tag,
            time: self.time,
            overrides: self.overrides.clone(),
        }
    }

    /// Order of evaluation: effective time (events without one last), then id; the rest only makes
    /// the order total, so that the order of the input never shows.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |event: &Event| (event.effective.is_none(), event.effective);
        key(self)
            .cmp(&key(other))
            .then_with(|| self.id.cmp(&other.id))
            .then_with(|| self.index.cmp(&other.index))
            .then_with(|| self.time.cmp(&other.time))
            .then_with(|| self.values.cmp(&other.values))
    }
}
