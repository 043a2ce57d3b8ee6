//! Transactions, and what is left when they end half-way.

use std::sync::Arc;

use demijohn_core::model::Value;
use demijohn_sql::{Isolation, TransactionOptions};

use crate::{on_a_schema, run, texts};

#[tokio::test]
async fn a_commit_after_a_failed_statement_is_an_error() {
    on_a_schema("", async |db| {
        run(&**db, "CREATE TABLE a (id int PRIMARY KEY)", vec![]).await.expect("a table");
        let tx = db.begin(TransactionOptions::default()).await.expect("it begins");
        run(&*tx, "INSERT INTO a VALUES (1)", vec![]).await.expect("a row");
        run(&*tx, "INSERT INTO a VALUES (1)", vec![]).await.expect_err("it is there");
        assert_eq!(tx.commit().await.expect_err("nothing is kept").code(), "orm.transaction");
        assert!(texts(&**db, "SELECT id FROM a").await.expect("rows").is_empty());
        // A savepoint takes the failure back.
        let tx = db.begin(TransactionOptions::default()).await.expect("it begins");
        run(&*tx, "INSERT INTO a VALUES (1)", vec![]).await.expect("a row");
        let rows = [vec![Value::Int(2)], vec![Value::Int(1)]];
        let error = tx.execute_many("INSERT INTO a VALUES ($1)", &rows).await.expect_err("it is there");
        assert!(format!("{error:#}").contains("in row 2 of 2"), "{error:#}");
        tx.commit().await.expect("what was before is kept");
        assert_eq!(texts(&**db, "SELECT id FROM a").await.expect("rows"), ["1"]);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_is_what_was_asked_for() {
    on_a_schema("", async |db| {
        let options = TransactionOptions::default().isolation(Isolation::Serializable).read_only();
        let tx = db.begin(options).await.expect("it begins");
        assert_eq!(texts(&*tx, "SHOW transaction_isolation").await.expect("a setting"), ["serializable"]);
        assert_eq!(texts(&*tx, "SHOW transaction_read_only").await.expect("a setting"), ["on"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_are_aborted_leave_no_transaction_open() {
    on_a_schema("&pool=4", async |db| {
        run(&**db, "CREATE TABLE a (id int PRIMARY KEY)", vec![]).await.expect("a table");
        for round in 0..60_u32 {
            let mut tasks = Vec::new();
            for task in 0..4 {
                let db = Arc::clone(db);
                tasks.push(tokio::spawn(async move {
                    let tx = db.begin(TransactionOptions::default()).await?;
                    run(&*tx, "INSERT INTO a VALUES ($1)", vec![Value::from(round * 4 + task)]).await?;
                    run(&*tx, "SELECT pg_sleep(10)", vec![]).await?;
                    tx.commit().await
                }));
            }
            // Each round ends them somewhere else on their way.
            for _ in 0..round * 4 {
                tokio::task::yield_now().await;
            }
            tasks.iter().for_each(|task| task.abort());
        }
        assert!(texts(&**db, "SELECT id FROM a").await.expect("a connection is clean").is_empty());
        let counted = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()
                       AND application_name = 'demijohn' AND query LIKE '%INSERT INTO a VALUES%'";
        for _ in 0..100 {
            if texts(&**db, counted).await.expect("a count") == ["0"] {
                return;
            }
        }
        panic!("a transaction is open: {:?}", texts(&**db, counted).await);
    })
    .await;
}

#[tokio::test]
async fn one_program_migrates_at_a_time() {
    on_a_schema("&wait=200", async |db| {
        // Other tests of this server's database hold no such lock.
        let held = db.lock_migrations().await.expect("it is free");
        assert_eq!(db.lock_migrations().await.err().expect("it is held").code(), "orm.migrate_lock");
        drop(held);
        db.lock_migrations().await.expect("it is free again");
    })
    .await;
}

#[tokio::test]
async fn a_setting_does_not_stay_on_the_connection() {
    on_a_schema("&pool=1", async |db| {
        let before = texts(&**db, "SHOW work_mem").await.expect("a setting");
        run(&**db, "SET work_mem = '7MB'", vec![]).await.expect("it is set");
        assert_eq!(texts(&**db, "SHOW work_mem").await.expect("a setting"), before);
        assert!(texts(&**db, "SHOW search_path").await.expect("a setting")[0].starts_with("demijohn_pg_"));
    })
    .await;
}
