//! Demijohn's micro framework: [`App`], routing, server, templates, sessions, CSRF, test client.
//!
//! An [`App`] is a value that collects routes, other apps and plugins; [`App::build`] makes a [`Site`] of it, which
//! answers requests. Handlers, extractors and responses are axum's own traits.
//!
//! ```
//! use demijohn_web::{App, Json, TestClient};
//! use serde_json::{Value, json};
//!
//! async fn hello() -> Json<Value> {
//!     Json(json!({ "message": "Hello, World!" }))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> demijohn_core::Result<()> {
//! let client = TestClient::new(App::new().get("/api/hello", hello)).await?;
//! let response = client.get("/api/hello").await;
//! assert_eq!(response.json::<Value>()["message"], "Hello, World!");
//! # Ok(()) }
//! ```

use std::future::Future;
use std::pin::Pin;

mod app;
mod cli;
mod command;
mod context;
mod cookie;
mod dir;
mod extract;
mod guard;
mod html;
mod log;
mod pages;
mod plugin;
mod query_log;
mod redirect;
mod routing;
mod server;
#[cfg(feature = "sessions")]
pub mod session;
mod shell;
mod site;
mod static_files;
#[cfg(feature = "templates")]
mod templates;
pub mod test;

pub use app::{Answers, App};
pub use command::{Args, Command};
pub use context::RequestContext;
pub use cookie::{Cookie, SameSite, cookie_value};
pub use dir::Dir;
pub use extract::{Form, Json, Path, PeerAddr, Query, State, Urls};
pub use guard::Guard;
pub use html::{Html, escape};
pub use plugin::Plugin;
pub use query_log::{QueryLog, QueryRecord, RepeatedQuery};
pub use redirect::Redirect;
pub use routing::{RouteInfo, UrlParams};
pub use server::serve;
#[cfg(feature = "sessions")]
pub use session::{Messages, Session, SessionStore};
pub use site::{Site, SiteBuilder};
#[cfg(feature = "templates")]
pub use templates::{Templates, to_template_value};

/// The template engine, for filters and values of your own.
#[cfg(feature = "templates")]
pub use minijinja;
pub use test::TestClient;

pub use demijohn_core::response::Failure;

/// A boxed future: what methods of object-safe traits return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request as handlers and layers see it.
pub type Request = axum::extract::Request;

/// A response as handlers and layers see it.
pub type Response = axum::response::Response;

/// Names that macros expand to. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::cli::{MainOutcome, run_main, run_test};
    pub use crate::log::note;
    #[cfg(feature = "templates")]
    pub use crate::templates::{merge_contexts, template_context, to_template_value};
}
