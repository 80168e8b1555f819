//! Response playbooks: filled in for an event, printed as Markdown, shell or JSON; what a responder
//! must be allowed to do; and which calls of a playbook would set off which rules.
//!
//! Nothing here calls AWS. A playbook that cannot be filled in completely is not printed at all: a
//! command with a hole in it is worse than none. Reading playbooks from files is for `frontend`,
//! faults that need no event are for `lint`.

mod cli_name;
pub mod codes;
mod collisions;
mod example;
mod exception;
mod fill;
mod json;
mod look;
mod markdown;
pub mod names;
mod permissions;
mod resolve;
mod resolved;
pub mod service;
mod shell;
mod show;
mod trail;

pub use cli_name::kebab;
pub use collisions::{Collision, collisions};
pub use exception::{Proposal, propose};
pub use fill::{Answers, Event, Filled, FilledCall, FilledParameter, FilledStep, fill};
pub use json::json;
pub use markdown::markdown;
pub use permissions::{Permission, permissions};
pub use resolved::{Each, Piece, Resolved};
pub use shell::shell;
pub use show::{Overview, overview, overview_json};
pub use trail::record;
