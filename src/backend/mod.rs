//! Rules → artefacts, one folder a target.
