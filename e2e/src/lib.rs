//! What end-to-end tests need and a unit test does not: a real Chromium, a real Django, server processes on real
//! sockets, and a client that fills HTML forms in as a browser without JavaScript would.
//!
//! Tools that a machine may lack are named by environment variables, which `cargo xtask test` sets (see [`tools`]).
//! Everything here panics with a sentence when the world is not as a test needs it: a test is its only caller.

pub mod admin;
pub mod browser;
pub mod client;
#[cfg(feature = "databases")]
pub mod database;
pub mod django;
pub mod form;
pub mod http;
pub mod process;
pub mod server;
pub mod temp;
pub mod tools;
pub mod wait;

pub use browser::{Browser, Element};
pub use client::{Client, Page};
#[cfg(feature = "databases")]
pub use database::TestDatabase;
pub use django::Django;
pub use process::Process;
pub use server::Server;
pub use temp::TempDir;
