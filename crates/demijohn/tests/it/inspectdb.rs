//! The models that `inspectdb` writes are what lies beside this file, byte for byte: they compile with this test, and
//! read every row of the tables they were made of. `UPDATE_EXPECT=1` writes them anew.

mod rows;

/// The written models, one module for each database.
macro_rules! written {
    ($($name:ident),+) => {$(
        #[rustfmt::skip]
        #[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic, reason = "nobody wrote it by hand")]
        mod $name;
    )+};
}

written!(mysql, postgres, site, sqlite);

use demijohn::orm::inspectdb::{InspectOptions, inspectdb};
use demijohn::orm::{Db, Executor as _};
use demijohn_e2e::TempDir;
use demijohn_e2e::django::site_copy;
use expect_test::expect_file;

use crate::databases::{Kind, run};

async fn inspected(db: &Db) -> String {
    let options = InspectOptions { include_views: true, ..InspectOptions::default() };
    inspectdb(db.connection(), &options).await.expect("it is inspected")
}

async fn fill(db: &Db, sql: &str) {
    db.connection().execute_script(sql).await.expect("the tables are made");
}

#[tokio::test]
async fn the_models_of_a_rich_schema_compile_and_read_its_rows_on_sqlite() {
    run(Kind::Sqlite, [].into_iter().collect(), async |db| {
        fill(db, include_str!("inspectdb/sqlite.sql")).await;
        expect_file!["inspectdb/sqlite.rs"].assert_eq(&inspected(db).await);
        rows::sqlite(db).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_models_of_a_rich_schema_compile_and_read_its_rows_on_postgres() {
    run(Kind::Postgres, [].into_iter().collect(), async |db| {
        fill(db, include_str!("inspectdb/postgres.sql")).await;
        expect_file!["inspectdb/postgres.rs"].assert_eq(&inspected(db).await);
        rows::postgres(db).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_models_of_a_rich_schema_compile_and_read_its_rows_on_mysql() {
    run(Kind::Mysql, [].into_iter().collect(), async |db| {
        fill(db, include_str!("inspectdb/mysql.sql")).await;
        expect_file!["inspectdb/mysql.rs"].assert_eq(&inspected(db).await);
        rows::mysql(db).await;
    })
    .await;
}

#[tokio::test]
async fn the_models_of_a_site_that_django_made_read_every_row_of_every_table() {
    let folder = TempDir::new("inspectdb");
    let Some(database) = site_copy(&folder) else { return };
    let db = Db::connect(&format!("sqlite:{}", database.display()), [].into_iter().collect()).await.expect("it opens");
    expect_file!["inspectdb/site.rs"].assert_eq(&inspected(&db).await);
    rows::site(&db).await;
}

#[tokio::test]
async fn only_the_tables_that_are_named_are_inspected() {
    run(Kind::Sqlite, [].into_iter().collect(), async |db| {
        fill(db, include_str!("inspectdb/sqlite.sql")).await;
        let of = async |names: &[&str]| {
            let options =
                InspectOptions { tables: names.iter().map(|name| (*name).to_owned()).collect(), include_views: false };
            inspectdb(db.connection(), &options).await
        };
        let source = of(&["shop_seat"]).await.expect("it is inspected");
        assert_eq!(source.matches("#[derive(Model").count(), 1, "{source}");
        assert!(source.contains("points to `shop_cup.code`, which is not among these models."), "{source}");
        assert!(of(&["shop_prices"]).await.expect("it is inspected").contains("// A view."));
        let error = of(&["shop_seats"]).await.expect_err("there is no such table");
        assert_eq!(error.code(), "inspectdb.unknown_table");
        assert_eq!(error.hint(), Some("did you mean `shop_seat`?"));
        assert!(!inspectdb(db.connection(), &InspectOptions::default()).await.expect("it runs").contains("A view"));
    })
    .await;
}
