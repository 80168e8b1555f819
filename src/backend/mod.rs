//! Rules → artefacts, one folder a target.

pub mod elastic_toml;
pub mod kibana;
pub mod threat_stack;
