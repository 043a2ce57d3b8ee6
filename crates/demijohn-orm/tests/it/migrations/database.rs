//! [`Scratch`]: a database file of a test's own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::Result;
use demijohn_core::model::Models;
use demijohn_orm::migrations::{
    MigrateContext, MigrateOptions, MigrateReport, Migration, Migrations, Progress, migrate,
};
use demijohn_sql::{Driver, Flow, Statement, ValueRef};

use super::listed;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A folder of a test's own with a database file in it; both go with it.
pub(crate) struct Scratch {
    pub(crate) folder: PathBuf,
    pub(crate) driver: Arc<dyn Driver>,
}

impl Scratch {
    pub(crate) async fn new() -> Self {
        let folder = Self::folder();
        let driver = Self::open(&folder).await;
        Self { folder, driver }
    }

    /// A folder without a database.
    pub(crate) fn folder() -> PathBuf {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("demijohn-migrations-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        folder
    }

    /// One more handle on the database in this folder.
    pub(crate) async fn open(folder: &std::path::Path) -> Arc<dyn Driver> {
        let address = format!("sqlite:{}", folder.join("db.sqlite3").display());
        demijohn_sqlite::connect(&address).await.expect("a new file opens")
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.driver.execute_script(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:#}"));
    }

    /// The rows of a query, values joined by `|`.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let mut rows = Vec::new();
        let statement = Statement::plain(sql);
        let mut sink = |row: &dyn demijohn_sql::Row| {
            let values = (0..row.len()).map(|place| {
                Ok(match row.get(place)? {
                    ValueRef::Null => "NULL".to_owned(),
                    ValueRef::Int(number) => number.to_string(),
                    ValueRef::Float(number) => number.to_string(),
                    ValueRef::Text(text) => text.to_owned(),
                    other => format!("{other:?}"),
                })
            });
            rows.push(values.collect::<Result<Vec<_>>>()?.join("|"));
            Ok(Flow::More)
        };
        self.driver.query(&statement, &mut sink).await.unwrap_or_else(|error| panic!("{sql}: {error:#}"));
        rows
    }

    /// Every statement of the schema, sorted; `sqlite_…` and the table of migrations left out.
    pub(crate) async fn schema(&self) -> Vec<String> {
        self.rows(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
             AND name <> 'django_migrations' ORDER BY sql",
        )
        .await
    }

    /// The database finds nothing wrong with itself.
    pub(crate) async fn assert_sound(&self) {
        assert_eq!(self.rows("PRAGMA foreign_key_check").await, Vec::<String>::new());
        assert_eq!(self.rows("PRAGMA integrity_check").await, ["ok"]);
    }

    pub(crate) async fn run(&self, migrations: &[Arc<Migrations>], options: &MigrateOptions) -> Result<MigrateReport> {
        self.run_saying(migrations, options, &mut |_| {}).await
    }

    pub(crate) async fn run_saying(
        &self,
        migrations: &[Arc<Migrations>],
        options: &MigrateOptions,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<MigrateReport> {
        let models = Models::new();
        let context = MigrateContext { driver: &*self.driver, models: &models, migrations, post_migrate: &[] };
        migrate(&context, options, progress).await
    }

    /// Applies all of these.
    pub(crate) async fn apply(&self, list: &[Migration]) {
        let report = self.run(&listed(list.to_vec()), &MigrateOptions::default()).await;
        report.unwrap_or_else(|error| panic!("{error:#}"));
    }

    /// Goes to a migration of an app, forwards or backwards.
    pub(crate) async fn go(&self, list: &[Migration], app: &str, target: &str) {
        let report = self.run(&listed(list.to_vec()), &to(app, target)).await;
        report.unwrap_or_else(|error| panic!("{error:#}"));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn to(app: &str, target: &str) -> MigrateOptions {
    MigrateOptions { app: Some(app.to_owned()), target: Some(target.to_owned()), ..MigrateOptions::default() }
}
