use super::*;

async fn with_table(parameters: &str) -> Option<Fresh> {
    let fresh = fresh(parameters).await?;
    fresh.db.execute_script("CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, v integer)").await.expect("a table");
    Some(fresh)
}

#[tokio::test]
async fn a_transaction_keeps_all_or_nothing() {
    let Some(fresh) = with_table("").await else { return };
    let insert = Statement::new("INSERT INTO t (v) VALUES (?)", vec![1.into()]);
    let begin = || fresh.db.begin(TransactionOptions::default());
    let kept = begin().await.expect("it begins");
    kept.execute(&insert).await.expect("it is stored");
    kept.commit().await.expect("it is kept");
    let undone = begin().await.expect("it begins");
    undone.execute(&insert).await.expect("it is stored");
    undone.rollback().await.expect("it is taken back");
    let dropped = begin().await.expect("it begins");
    dropped.execute(&insert).await.expect("it is stored");
    drop(dropped);
    assert_eq!(one(&*fresh.db, "SELECT COUNT(*) FROM t").await, "Int(1)");
    let rows = [vec![Value::Int(5)], vec![Value::Text("no number".into())]];
    let error = fresh.db.execute_many("INSERT INTO t (v) VALUES (?)", &rows).await.expect_err("one is no number");
    assert_eq!(error.code(), "orm.type");
    assert_eq!(one(&*fresh.db, "SELECT COUNT(*) FROM t").await, "Int(1)");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_change_of_a_table_ends_a_transaction_of_rows_and_it_says_so() {
    let Some(fresh) = with_table("").await else { return };
    let transaction = fresh.db.begin(TransactionOptions::default()).await.expect("it begins");
    transaction.execute_script("CREATE TABLE u (id bigint)").await.expect("the table is made");
    let error = transaction.execute(&Statement::plain("INSERT INTO t (v) VALUES (1)")).await.expect_err("it is over");
    assert_eq!(error.code(), "orm.transaction");
    drop(transaction);
    let change = fresh.db.begin_schema_change().await.expect("it begins");
    change.execute_script("DROP TABLE u").await.expect("the table goes");
    change.execute(&Statement::plain("INSERT INTO t (v) VALUES (1)")).await.expect("another transaction began");
    change.rollback().await.expect("it is taken back");
    assert_eq!(one(&*fresh.db, "SELECT COUNT(*) FROM t").await, "Int(0)");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_transaction_that_may_only_read_refuses_to_write() {
    let Some(fresh) = with_table("").await else { return };
    let transaction = fresh.db.begin(TransactionOptions::default().read_only()).await.expect("it begins");
    let error = transaction.execute(&Statement::plain("INSERT INTO t (v) VALUES (1)")).await.expect_err("it may not");
    assert_eq!(error.code(), "orm.read_only");
    drop(transaction);
    fresh.drop_it().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_is_dropped_halfway_leaves_nothing_behind() {
    let Some(fresh) = with_table("?pool=3").await else { return };
    for step in 0..60_u64 {
        let db = &fresh.db;
        let work = async move {
            let transaction = db.begin(TransactionOptions::default()).await?;
            transaction.execute(&Statement::new("INSERT INTO t (v) VALUES (?)", vec![1.into()])).await?;
            transaction.query(&Statement::plain("SELECT * FROM seq_1_to_5000"), &mut |_| Ok(Flow::More)).await?;
            std::future::pending::<demijohn_core::Result<()>>().await
        };
        let _ = tokio::time::timeout(std::time::Duration::from_micros(step * 100), work).await;
    }
    assert_eq!(one(&*fresh.db, "SELECT COUNT(*) FROM t").await, "Int(0)");
    assert_eq!(one(&*fresh.db, "SELECT 7").await, "Int(7)");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_reader_that_wants_no_more_stops_the_stream() {
    let Some(fresh) = with_table("?pool=1").await else { return };
    let mut count = 0;
    let mut sink = |_: &dyn Row| {
        count += 1;
        Ok(if count == 3 { Flow::Stop } else { Flow::More })
    };
    fresh.db.query(&Statement::plain("SELECT * FROM seq_1_to_1000000"), &mut sink).await.expect("it stops");
    assert_eq!(count, 3);
    assert_eq!(one(&*fresh.db, "SELECT 7").await, "Int(7)");
    fresh.drop_it().await;
}

#[tokio::test]
async fn two_programs_cannot_migrate_at_once() {
    let Some(fresh) = fresh("?wait=50").await else { return };
    let held = fresh.db.lock_migrations().await.expect("it is free");
    let error = fresh.db.lock_migrations().await.err().expect("it is taken");
    assert_eq!(error.code(), "orm.migrate_lock");
    drop(held);
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_change_of_tables_that_was_not_committed_leaves_its_session_to_nobody() {
    let Some(fresh) = fresh("?pool=1").await else { return };
    for ends_by_itself in [false, true] {
        let change = fresh.db.begin_schema_change().await.expect("it begins");
        change.execute(&Statement::plain("SET FOREIGN_KEY_CHECKS = 0")).await.expect("turned off");
        if ends_by_itself {
            change.rollback().await.expect("taken back");
        } else {
            drop(change);
        }
        assert_eq!(one(&*fresh.db, "SELECT @@foreign_key_checks").await, "Int(1)");
    }
    fresh.drop_it().await;
}
