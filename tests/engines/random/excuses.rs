//! Limits of the engines in this test, each recognised in the artefact that runs into it.

use trailsmith::backend::Artefact;

use crate::ways::Way;

/// Why an engine's answer is no evidence; `None`: it is.
pub fn of(_way: Way, _artefact: &Artefact) -> Option<&'static str> {
    None
}

/// The same for the EQL engine.
pub fn of_eql(_artefact: &Artefact) -> Option<&'static str> {
    None
}
