use demijohn_core::model::Value;
use demijohn_sql::{Driver, Statement};
use expect_test::expect;

use crate::place::Place;
use crate::{memory, number, run, sql, told};

const COUNT: &str = "SELECT count(*) FROM cup";

async fn with_table(db: &dyn Driver) {
    run(db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer UNIQUE)").await;
}

#[tokio::test]
async fn nobody_else_sees_rows_before_the_commit() {
    let place = Place::new();
    let db = place.open("").await;
    with_table(&*db).await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "INSERT INTO cup (n) VALUES (1)").await;
    assert_eq!((number(&*tx, COUNT).await, number(&*db, COUNT).await), (1, 0));
    tx.commit().await.expect("it commits");
    assert_eq!(number(&*db, COUNT).await, 1);
}

#[tokio::test]
async fn dropped_or_rolled_back_it_leaves_nothing() {
    let db = memory().await;
    with_table(&*db).await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "INSERT INTO cup (n) VALUES (1)").await;
    drop(tx);
    assert_eq!(number(&*db, COUNT).await, 0);
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins again");
    run(&*tx, "INSERT INTO cup (n) VALUES (1)").await;
    tx.rollback().await.expect("it rolls back");
    assert_eq!(number(&*db, COUNT).await, 0);
}

#[tokio::test]
async fn cancelled_task_leaves_nothing_and_the_next_gets_its_turn() {
    let place = Place::new();
    let db = place.open("").await;
    with_table(&*db).await;
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let task = tokio::spawn({
        let db = std::sync::Arc::clone(&db);
        async move {
            let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
            run(&*tx, "INSERT INTO cup (n) VALUES (1)").await;
            began.send(()).expect("the test listens");
            std::future::pending::<()>().await;
            drop(tx);
        }
    });
    has_begun.await.expect("the task began");
    let next = tokio::spawn({
        let db = std::sync::Arc::clone(&db);
        async move { db.execute(&Statement::plain("INSERT INTO cup (n) VALUES (2)")).await }
    });
    tokio::task::yield_now().await;
    task.abort();
    next.await.expect("no panic").expect("its turn comes");
    assert_eq!(number(&*db, "SELECT group_concat(n) = '2' FROM cup").await, 1);
}

#[tokio::test(start_paused = true)]
async fn waits_no_longer_than_allowed_and_says_for_whom() {
    let db = memory().await;
    with_table(&*db).await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "UPDATE cup\n   SET n = n + 1").await;
    let write = Statement::plain("DELETE FROM cup");
    let error = db.execute(&write).await.expect_err("the transaction holds it");
    expect![[r"
        Timeout orm.write_lock: waited 30s for a turn at `sqlite::memory:`, which a transaction has held for 30.0 s
          its last statement | UPDATE cup    SET n = n + 1
        hint: inside `atomic` use `tx`, not `db`, and await nothing slow; or wait longer: `?wait=…` in the address, in milliseconds"]].assert_eq(&told(&error, ""));
    let error = db.query(&Statement::plain(COUNT), &mut |_| Ok(demijohn_sql::Flow::More)).await;
    assert_eq!(error.expect_err("in memory a read waits, too").code(), "orm.write_lock");
    drop(tx);
    db.execute(&write).await.expect("it is free again");
}

#[tokio::test(start_paused = true)]
async fn waits_for_another_program_and_says_so() {
    let place = Place::new();
    let db = place.open("?busy_timeout=400").await;
    with_table(&*db).await;
    let other = place.other_program();
    other.execute_batch("BEGIN IMMEDIATE").expect("the other program writes");
    let write = Statement::plain("INSERT INTO cup (n) VALUES (1)");
    let error = db.execute(&write).await.expect_err("the other program holds it");
    expect![[r"
        Unavailable orm.busy: the database is held by another program
        caused by: database is locked (SQLite 5)
          sql | INSERT INTO cup (n) VALUES (1)
        hint: end the other program's transaction, or wait longer: `?busy_timeout=…` in the address, in milliseconds"]]
    .assert_eq(&told(&error, ""));
    assert_eq!(
        db.begin(demijohn_sql::TransactionOptions::default()).await.err().map(|error| error.code()),
        Some("orm.busy")
    );
    assert_eq!(number(&*db, COUNT).await, 0, "reads go on");

    let (waiting, ()) = tokio::join!(async { db.execute(&write).await }, async {
        tokio::task::yield_now().await;
        other.execute_batch("COMMIT").expect("the other program ends");
    });
    assert_eq!(waiting.expect("it was worth waiting").rows, 1);
}

#[tokio::test]
async fn many_rows_are_all_kept_or_none() {
    let db = memory().await;
    with_table(&*db).await;
    let insert = "INSERT INTO cup (n) VALUES (?)";
    let rows: Vec<Vec<Value>> = [1, 2, 3_i64].map(|n| vec![n.into()]).into();
    let outcome = db.execute_many(insert, &rows).await.expect("they are new");
    assert_eq!((outcome.rows, outcome.last_key), (3, Some(3)));

    let rows: Vec<Vec<Value>> = [4, 2, 5_i64].map(|n| vec![n.into()]).into();
    let error = db.execute_many(insert, &rows).await.expect_err("one is there already");
    expect![[r"
        Conflict orm.unique: a row with the same `cup.n` is there already
        caused by: UNIQUE constraint failed: cup.n (SQLite 2067)
          sql | INSERT INTO cup (n) VALUES (?)
              in row 2 of 3; none of them was kept"]]
    .assert_eq(&told(&error, ""));
    assert_eq!(number(&*db, COUNT).await, 3);

    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "INSERT INTO cup (n) VALUES (10)").await;
    tx.execute_many(insert, &rows).await.expect_err("one is there already");
    assert_eq!(number(&*tx, COUNT).await, 4, "what came before in the transaction stays");
    tx.execute_many(insert, &[vec![11_i64.into()]]).await.expect("it is new");
    tx.commit().await.expect("it commits");
    assert_eq!(number(&*db, COUNT).await, 5);
    assert_eq!(db.execute_many(insert, &[]).await.expect("no row is no work").rows, 0);
}

#[tokio::test]
async fn deferred_foreign_key_is_reported_at_the_commit() {
    let db = memory().await;
    db.execute_script(
        "CREATE TABLE a (id integer PRIMARY KEY);
         CREATE TABLE b (a_id bigint REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    .await
    .expect("the tables are made");
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "INSERT INTO b VALUES (7)").await;
    run(&*tx, "INSERT INTO a VALUES (7)").await;
    tx.commit().await.expect("the row came in time");
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "INSERT INTO b VALUES (8)").await;
    let error = tx.commit().await.expect_err("the row never came");
    expect![[r"
        Conflict orm.foreign_key: a foreign key would refer to a row that is not there
        caused by: FOREIGN KEY constraint failed (SQLite 787)
          sql | COMMIT
        hint: save the row that is referred to first; remove the rows that refer to a row before it"]]
    .assert_eq(&told(&error, ""));
    assert_eq!(number(&*db, "SELECT count(*) FROM b").await, 1);
}

#[tokio::test]
async fn savepoints_nest() {
    let db = memory().await;
    with_table(&*db).await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    run(&*tx, "SAVEPOINT one").await;
    run(&*tx, "INSERT INTO cup (n) VALUES (1)").await;
    run(&*tx, "ROLLBACK TO one").await;
    run(&*tx, "INSERT INTO cup (n) VALUES (2)").await;
    run(&*tx, "RELEASE one").await;
    tx.commit().await.expect("it commits");
    assert_eq!(number(&*db, "SELECT n FROM cup").await, 2);
}

#[tokio::test]
async fn nothing_runs_in_a_transaction_that_sql_has_ended() {
    let db = memory().await;
    with_table(&*db).await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    tx.execute(&sql("INSERT OR ROLLBACK INTO cup (id) VALUES (1), (1)", []))
        .await
        .expect_err("it rolls everything back");
    let error = tx.execute(&sql("INSERT INTO cup (n) VALUES (1)", [])).await.expect_err("the transaction is gone");
    expect![[r"
        Conflict orm.transaction: the transaction is over: the database rolled it back
        hint: an earlier statement failed (a full disk) or ended it with SQL; begin anew"]]
    .assert_eq(&told(&error, ""));
    assert_eq!(tx.commit().await.expect_err("there is nothing to commit").code(), "orm.transaction");
    assert_eq!(number(&*db, COUNT).await, 0);
}
