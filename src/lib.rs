//! Detection rules as code for AWS CloudTrail.
//!
//! The rooms of this crate, lowest first; each may use those above it in this list and no other:
//! [`diagnostic`], [`ir`], [`schema`], [`frontend`], [`event`], [`matcher`], [`witness`],
//! [`backend`], [`playbook`], [`replay`], [`testing`], [`lint`], [`publish`], [`cli`].
//! `ARCHITECTURE.md` says what each owns.

pub mod backend;
pub mod cli;
pub mod diagnostic;
pub mod event;
pub mod frontend;
pub mod ir;
pub mod lint;
pub mod matcher;
pub mod playbook;
pub mod publish;
pub mod replay;
pub mod schema;
pub mod testing;
pub mod witness;
