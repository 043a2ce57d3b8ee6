//! The one migration: the table of notes.

use cot::db::migrations::{Field, MigrationDependency, Operation, SyncDynMigration};
use cot::db::{Auto, DatabaseField, Identifier};

/// All of them, in order.
pub const MIGRATIONS: &[&SyncDynMigration] = &[&Initial];

#[derive(Debug, Copy, Clone)]
struct Initial;

impl cot::db::migrations::Migration for Initial {
    const APP_NAME: &'static str = "cot-admin";
    const MIGRATION_NAME: &'static str = "m_0001_initial";
    const DEPENDENCIES: &'static [MigrationDependency] = &[];
    const OPERATIONS: &'static [Operation] = &[Operation::create_model()
        .table_name(Identifier::new("cot_admin__note"))
        .fields(&[
            Field::new(Identifier::new("id"), <Auto<i32> as DatabaseField>::TYPE)
                .auto()
                .primary_key()
                .set_null(<Auto<i32> as DatabaseField>::NULLABLE),
            Field::new(Identifier::new("title"), <String as DatabaseField>::TYPE)
                .set_null(<String as DatabaseField>::NULLABLE),
        ])
        .build()];
}

#[derive(Debug)]
#[cot::db::model(model_type = "migration")]
struct _Note {
    #[model(primary_key)]
    id: Auto<i32>,
    title: String,
}
