//! Fixtures: rows as JSON in Django's format, `[{"model": "blog.tag", "pk": 1, "fields": {"name": "cork"}}]`.
//!
//! [`dumpdata`] writes them and [`loaddata`] reads them, Django's as well as ours. What is written is what Django writes,
//! but for the digits behind a second: Django cuts moments to milliseconds, here they keep their microseconds when they
//! have any (which Django reads).
//!
//! ```
//! # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
//! use demijohn_orm::fixtures::{DumpOptions, Fixture, LoadOptions, dumpdata, loaddata};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> demijohn_core::Result<()> {
//! # use demijohn_orm::Executor as _;
//! # let db = demijohn_orm::Db::connect("sqlite::memory:", [User::meta()].into_iter().collect()).await?;
//! # db.connection().execute_script("CREATE TABLE auth_user (id integer PRIMARY KEY, username text)").await?;
//! let file = Fixture::new("users.json", r#"[{"model": "auth.user", "pk": 7, "fields": {"username": "ada"}}]"#);
//! loaddata(&db, &[file], &LoadOptions::default()).await?;
//! let mut written = Vec::new();
//! dumpdata(&db, &DumpOptions::default(), &mut written).await?;
//! assert_eq!(
//!     String::from_utf8_lossy(&written),
//!     r#"[{"model": "auth.user", "pk": 7, "fields": {"username": "ada"}}]"#
//! );
//! # Ok(()) }
//! ```

mod choose;
mod decode;
mod dump;
mod encode;
mod file;
mod load;
mod natural;
mod prepare;
mod renumber;
mod sequences;
mod sets;

pub use dump::{DumpOptions, dumpdata};
pub use file::Fixture;
pub use load::{LoadOptions, LoadReport, loaddata};
pub use renumber::Renumbered;
pub use sequences::sequence_resets;
