//! A web framework that starts as small as Flask and grows as full as Django.
//!
//! ```no_run
//! use demijohn::prelude::*;
//!
//! async fn hello() -> Json<Value> {
//!     Json(json!({ "message": "Hello, World!" }))
//! }
//!
//! #[demijohn::main]
//! async fn main() -> Result<()> {
//!     App::new().get("/api/hello", hello).run().await
//! }
//! ```
//!
//! Without features this is the micro framework. `templates` adds pages, `signing` sessions and keyed hashes, `full`
//! everything else.

#[doc(no_inline)]
pub use axum;
pub use demijohn_core::{Check, Error, ErrorKind, FieldErrors, Level, Result, Settings};
pub use demijohn_macros::{embed, main, test};
pub use demijohn_web::{
    App, Args, BoxFuture, Command, Cookie, Dir, Form, Guard, Html, Json, Path, PeerAddr, Plugin, Query, Redirect,
    Request, RequestContext, Response, RouteInfo, SameSite, Site, SiteBuilder, State, Urls,
};
#[cfg(feature = "signing")]
pub use demijohn_web::{Messages, Session, SessionStore, session};
#[cfg(feature = "templates")]
pub use demijohn_web::{Templates, context, minijinja, to_template_value};
pub use serde_json;

#[cfg(feature = "signing")]
pub use demijohn_core::signing;

#[cfg(feature = "admin")]
pub use demijohn_admin as admin;
#[cfg(feature = "auth")]
pub use demijohn_auth as auth;
#[cfg(feature = "forms")]
pub use demijohn_forms as forms;
#[cfg(feature = "orm")]
pub use demijohn_macros::{Choices, Fields, Model};
#[cfg(feature = "orm")]
pub use demijohn_orm::{self as orm, Choices, Fields, Model, migrations};

/// What tests are written with.
pub mod test {
    pub use demijohn_web::TestClient;
    pub use demijohn_web::test::{TestRequest, TestResponse, test_settings};
}

/// What almost every file of a site uses: `use demijohn::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "admin")]
    pub use crate::admin::{self, AppAdmin};
    #[cfg(feature = "auth")]
    pub use crate::auth::{self, User, login_required, permission};
    #[cfg(feature = "orm")]
    pub use crate::orm::{
        AppModels, Choices, ContentType, Date, Db, Decimal, Duration, Fields, ForeignKey, GenericForeignKey,
        GenericRelation, ManyToMany, Model, OneToOne, Prefetch, Text, Time, Timestamp, Tx, Uuid, avg, coalesce, count,
        count_rows, exists, max, min, sum, when,
    };
    pub use crate::{App, Error, Form, Html, Json, Path, Query, Redirect, Result, Settings, State, Urls};
    #[cfg(feature = "signing")]
    pub use crate::{Messages, Session};
    #[cfg(feature = "templates")]
    pub use crate::{Templates, context};
    #[cfg(feature = "orm")]
    pub use demijohn_macros::{Choices, Fields, Model};
    pub use serde_json::{Value, json};
}

/// Names that macros expand to. Not part of the public interface.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "orm")]
    pub use demijohn_orm::__private::*;
    pub use demijohn_web::__private::*;
}
