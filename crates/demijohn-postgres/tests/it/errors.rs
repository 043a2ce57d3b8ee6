//! What is reported for what the server reports.

use crate::{on_a_schema, run};

#[tokio::test]
async fn failures_have_the_codes_that_all_drivers_share() {
    on_a_schema("&statement_timeout=200", async |db| {
        db.execute_script(
            "CREATE TABLE a (id int PRIMARY KEY, name varchar(3) UNIQUE, n int NOT NULL DEFAULT 1 CHECK (n > 0));
             CREATE TABLE b (a_id int REFERENCES a); INSERT INTO a VALUES (1, 'one', 1); INSERT INTO b VALUES (1)",
        )
        .await
        .expect("tables");
        for (sql, code, message) in [
            ("INSERT INTO a VALUES (1, 'x')", "orm.unique", "a row with the same `a.id` is there already"),
            ("INSERT INTO a VALUES (2, 'one')", "orm.unique", "a row with the same `a.name` is there already"),
            ("INSERT INTO a VALUES (2, 'x', NULL)", "orm.not_null", "`a.n` must not be NULL"),
            ("INSERT INTO a VALUES (2, 'x', 0)", "orm.check", "the check `a_n_check` fails"),
            ("INSERT INTO b VALUES (9)", "orm.foreign_key", "a foreign key would refer to a row that is not there"),
            ("DELETE FROM a", "orm.foreign_key", "other rows still refer to the row"),
            ("INSERT INTO a VALUES (2, 'long')", "orm.too_long", "value too long"),
            ("INSERT INTO a VALUES (99999999999)", "orm.out_of_range", "integer out of range"),
            ("SELECT * FROM nowhere", "orm.no_such_table", "the database has no table `nowhere`"),
            ("SELECT nothing FROM a", "orm.no_such_column", "the database has no column `nothing`"),
            ("SELEC 1", "orm.sql", "syntax error"),
            ("SELECT pg_sleep(5)", "orm.statement_timeout", "took longer"),
            ("BEGIN", "orm.transaction", "begins or ends a transaction by itself"),
        ] {
            let error = run(&**db, sql, vec![]).await.expect_err(sql);
            assert_eq!(error.code(), code, "{sql}: {error:#}");
            assert!(error.to_string().contains(message), "{sql}: {error}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_prepared_statement_survives_a_change_of_its_table() {
    on_a_schema("&pool=1", async |db| {
        run(&**db, "CREATE TABLE a (id int)", vec![]).await.expect("a table");
        run(&**db, "INSERT INTO a VALUES (1)", vec![]).await.expect("a row");
        assert_eq!(crate::texts(&**db, "SELECT * FROM a").await.expect("rows"), ["1"]);
        run(&**db, "ALTER TABLE a ALTER id TYPE text USING 'one'", vec![]).await.expect("another type");
        assert_eq!(crate::texts(&**db, "SELECT * FROM a").await.expect("rows"), ["one"]);
    })
    .await;
}

#[tokio::test]
async fn a_full_pool_says_how_many_and_how_long() {
    on_a_schema("&pool=1&wait=50", async |db| {
        let held = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("a transaction");
        let error = run(&**db, "SELECT 1", vec![]).await.expect_err("the pool is full");
        assert_eq!(error.code(), "orm.pool");
        assert!(error.to_string().contains("waited 50ms for one of the 1 connections"), "{error}");
        held.rollback().await.expect("it is taken back");
        run(&**db, "SELECT 1", vec![]).await.expect("the connection is free again");
    })
    .await;
}
