//! The ground Demijohn stands on: [`Error`], [`Check`], [`settings`], the description of models and signing.
//!
//! This crate does no I/O beyond reading settings, knows no runtime and no database. What belongs here is what a
//! crate on *every* level needs.

mod check;
mod error;
pub mod excerpt;
#[cfg(feature = "model")]
pub mod model;
#[cfg(feature = "response")]
pub mod response;
pub mod settings;
#[cfg(feature = "signing")]
pub mod signing;
pub mod suggest;

pub use check::{Check, Level};
pub use error::{Error, ErrorKind, FieldErrors, Result};
pub use settings::Settings;
