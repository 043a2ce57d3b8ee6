//! What an address says reaches the server, and bounds what a connection keeps and reads.

use demijohn_core::model::Value;
use demijohn_sql::{Flow, Statement, TransactionOptions};

use crate::{on_a_schema, run, texts};

#[tokio::test]
async fn the_server_knows_every_setting() {
    let parameters = "&pool=1&shared=0&statement_timeout=91000&lock_timeout=81000\
        &idle_in_transaction_session_timeout=71000&application_name=settings-test";
    on_a_schema(parameters, async |db| {
        for (setting, value) in [
            ("statement_timeout", "91s"),
            ("lock_timeout", "81s"),
            ("idle_in_transaction_session_timeout", "71s"),
            ("application_name", "settings-test"),
            ("TimeZone", "UTC"),
        ] {
            assert_eq!(texts(&**db, &format!("SHOW {setting}")).await.expect("it is one"), [value], "{setting}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_waits_too_long_for_a_lock_or_a_statement_is_told_so() {
    on_a_schema("&lock_timeout=50&statement_timeout=2000", async |db| {
        db.execute_script("CREATE TABLE t (id int); INSERT INTO t VALUES (1)").await.expect("a table");
        let holder = db.begin(TransactionOptions::default()).await.expect("it begins");
        holder.execute(&Statement::plain("UPDATE t SET id = 2")).await.expect("the row is held");
        let error = run(&**db, "UPDATE t SET id = $1", vec![Value::Int(3)]).await.expect_err("it is held");
        assert_eq!(error.code(), "orm.lock");
        let error = texts(&**db, "SELECT pg_sleep(20)").await.expect_err("it takes too long");
        assert_eq!(error.code(), "orm.statement_timeout");
        holder.commit().await.expect("it is not disturbed");
        assert_eq!(texts(&**db, "SELECT id FROM t").await.expect("a row"), ["2"]);
    })
    .await;
}

#[tokio::test]
async fn a_connection_keeps_only_so_many_prepared_statements() {
    on_a_schema("&pool=1&shared=0&statements=3", async |db| {
        for number in 0..40 {
            // Each text is another statement; every third comes again and again.
            let sql = if number % 3 == 0 { "SELECT 0".to_owned() } else { format!("SELECT {number}") };
            texts(&**db, &sql).await.expect("it runs");
        }
        let kept = texts(&**db, "SELECT statement FROM pg_prepared_statements").await.expect("the server says");
        assert!(kept.len() <= 4, "{kept:?}");
        assert!(kept.iter().any(|sql| sql == "SELECT 0"), "what is asked often is kept: {kept:?}");
    })
    .await;
}

#[tokio::test]
async fn who_has_seen_enough_gets_no_more_rows() {
    on_a_schema("&pool=1&shared=0&wait=20000", async |db| {
        let mut seen = 0;
        let endless = Statement::plain("SELECT n FROM generate_series(1, 3000000) n");
        db.query(&endless, &mut |_| {
            seen += 1;
            Ok(if seen == 3 { Flow::Stop } else { Flow::More })
        })
        .await
        .expect("it is no error");
        assert_eq!(seen, 3);
        assert_eq!(texts(&**db, "SELECT 1").await.expect("the only connection goes on"), ["1"]);
    })
    .await;
}
