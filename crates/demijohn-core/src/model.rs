//! What a model is, as data: everything migrations, forms, the admin and APIs need to know about it.
//!
//! A derive makes one `static` [`ModelMeta`] for each model; a table read from a live database gets one at run time.
//! Screens and migrations work on these and on [`Value`]s, never on the user's type.

mod field;
mod kind;
mod meta;
mod registry;
mod value;

pub use field::{AutoNow, Choice, FieldMeta, Format};
pub use kind::FieldKind;
pub use meta::{IndexMeta, ManyToManyMeta, ModelMeta, OnDelete, OrderMeta, RelationMeta, SourceMeta};
pub use registry::Models;
pub use value::Value;

pub use jiff::Timestamp;
pub use jiff::civil::{Date, Time};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;
