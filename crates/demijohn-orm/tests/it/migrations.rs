//! Migrations on real SQLite files.

#![expect(clippy::needless_raw_string_hashes, reason = "snapshots are rewritten with hashes")]

mod cost;
mod database;
mod detect;
mod detect_models;
mod django;
mod errors;
mod everything;
mod indexes;
mod merge;
mod operations;
mod past;
mod random;
mod rebuild;
mod rewrite;
mod run;
mod sound;
mod source;
mod squash;
mod stepwise;
mod update;
mod words;

use std::sync::Arc;

use demijohn_core::model::SourceMeta;
use demijohn_orm::migrations::{Migration, Migrations};

pub(crate) use database::Scratch;

/// The migrations by app, in the order given.
pub(crate) fn listed(list: Vec<Migration>) -> Vec<Arc<Migrations>> {
    let mut apps: Vec<Migrations> = Vec::new();
    for migration in list {
        match apps.iter_mut().find(|own| own.app == migration.app()) {
            Some(own) => own.list.push(migration),
            None => {
                let app = migration.app().to_owned();
                apps.push(Migrations::new(&app, SourceMeta::default(), vec![migration]));
            }
        }
    }
    apps.into_iter().map(Arc::new).collect()
}
