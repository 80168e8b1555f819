//! Running rules: from a rule and events to verdicts and alerts.

pub mod over_time;
