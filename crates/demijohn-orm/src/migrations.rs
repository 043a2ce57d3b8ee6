//! Migrations: how tables follow the models.
//!
//! The models "now" are the descriptions in the running program; the models "before" come from replaying the
//! migrations that are compiled into it. [`makemigrations`] writes the difference as Rust source, [`migrate`] brings a
//! database to it. Names and tables are Django's, so a database that Django migrated is recognised.
//!
//! The way of a change: `detect` finds the steps, `source` writes them, the user compiles them in, `graph` puts
//! them in order, and `executor` turns each into the difference of two lists of tables
//! ([`demijohn_sql::schema::diff`]).

mod answers;
mod commands;
mod constraint;
mod cost;
mod create;
mod detect;
mod editor;
mod field;
mod first;
mod graph;
mod index;
mod inspect;
mod limits;
mod make;
mod migrate;
mod migration;
mod name;
mod operation;
mod optimize;
mod past;
mod plan;
mod recorder;
mod rewrite;
mod server;
mod show;
mod source;
mod squash;
mod state;
mod step;
mod stepwise;
mod touch;

pub use answers::{Ask, Terminal};
pub use constraint::{Constraint, check, exclusion};
pub use create::create_tables;
pub use demijohn_core::model::SourceMeta;
pub use demijohn_core::model::{Deferrable, IndexMethod};
pub use field::{
    Field, Target, array, auto, auto_integer, auto_small_int, big_int, binary, boolean, date, decimal, duration, float,
    foreign_key, hstore, integer, ip_address, json, positive_big_int, positive_integer, positive_small_int, range,
    small_int, table, text, text_vector, time, timestamp, uuid, varchar,
};
pub use first::migrate_if_empty;
pub use index::{Index, Pairs, index, index_on, pairs, unique, unique_on};
pub use make::{MadeMigration, MakeOptions, MakeReport, changed_apps, makemigrations};
pub(crate) use migrate::follow;
pub use migrate::{MigrateContext, MigrateOptions, MigrateReport, PostMigrate, Progress, migrate};
pub use migration::{Migration, Migrations, NewModel};
pub use past::{Past, PastModel};
pub use rewrite::{OptimizeReport, optimizemigration};
pub use server::{Collation, collation};
pub use show::{pending, showmigrations, showplan, sqlmigrate};
pub use squash::{SquashOptions, SquashReport, squashmigrations};
pub use step::{MigrationFn, nothing};

pub(crate) use commands::{commands, print, require_applied};
pub(crate) use editor::Editor;
pub(crate) use inspect::rows;
pub(crate) use limits::limit_checks;
pub(crate) use operation::Operation;
pub(crate) use state::State;
pub(crate) use step::Step;

/// What the source of a migration uses.
pub mod prelude {
    pub use super::{
        Collation, Constraint, Deferrable, Field, Index, IndexMethod, Migration, NewModel, Pairs, Past, PastModel,
        Target, array, auto, auto_integer, auto_small_int, big_int, binary, boolean, check, collation, date, decimal,
        duration, exclusion, float, foreign_key, hstore, index, index_on, integer, ip_address, json, nothing, pairs,
        positive_big_int, positive_integer, positive_small_int, range, small_int, table, text, text_vector, time,
        timestamp, unique, unique_on, uuid, varchar,
    };
    pub use crate::Tx;
    pub use demijohn_core::Result;
}
