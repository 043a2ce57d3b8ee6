//! Accounts for Demijohn: users, groups, permissions, passwords, login.
//!
//! ```no_run
//! use demijohn_auth::{self as auth, User, login_required};
//! use demijohn_web::App;
//!
//! async fn dashboard(user: User) -> String {
//!     format!("hello {user}")
//! }
//!
//! let app = App::new()
//!     .install(auth::app())
//!     .get("/dashboard", dashboard)
//!     .mount("/staff", App::named("staff").get("/", async || "in").guard(auth::staff_required()));
//! # let _ = (app, login_required());
//! ```
//!
//! Tables, passwords and sessions are Django's, byte for byte: a database that a Django uses works as it is, and a
//! browser that is logged in on one side is logged in on the other. So a correct password is not stored anew at login
//! unless [`Hashing::with_upgrades`](hashers::Hashing::with_upgrades) asks for it: that would end the user's sessions.

// What the macro `embed!` writes names the framework.
extern crate demijohn_web as demijohn;

mod accounts;
mod app;
mod auth;
mod authenticate;
mod checks;
mod commands;
mod content;
mod current;
mod extract;
mod guards;
pub mod hashers;
mod login;
mod migrations;
pub mod models;
pub mod password_validation;
mod permissions;
mod session_store;
mod sign_in_link;
mod template_context;
pub mod test;
mod throttle;
pub mod tokens;
mod views;

pub use accounts::Accounts;
pub use app::{app, app_with};
pub use auth::{Attempt, Auth};
pub use authenticate::authenticate;
pub use commands::commands;
pub use current::current_user;
pub use guards::{login_required, permission, staff_required, superuser_required};
pub use login::{login, logout, update_session_auth_hash};
pub use models::{ContentType, Group, Permission, User};
pub use permissions::{PermissionSet, permissions_of};
pub use session_store::DbSessionStore;
pub use throttle::Throttle;
pub use views::{Refusal, login_form, password_change_form};
