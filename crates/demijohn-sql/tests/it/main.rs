//! The writer and the schema, by snapshots.

mod sources;
mod writer;
