//! The writer and the schema, by snapshots.

mod writer;
