use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use demijohn_core::model::Value;
use demijohn_sql::{Driver, Statement};

use crate::place::Place;
use crate::{number, run, sql};

/// Every transaction adds two rows, so a reader that counts an odd number saw half of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn eight_threads_read_whole_transactions_while_one_task_writes() {
    let place = Place::new();
    let db = place.open("?readers=4").await;
    run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer)").await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..16).map(|_| tokio::spawn(watch(Arc::clone(&db), Arc::clone(&done)))).collect();
    for n in 0..300_i64 {
        let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
        tx.execute(&sql("INSERT INTO cup (n) VALUES (?)", [n.into()])).await.expect("it is written");
        tokio::task::yield_now().await;
        tx.execute(&sql("INSERT INTO cup (n) VALUES (?)", [n.into()])).await.expect("it is written");
        tx.commit().await.expect("it commits");
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        assert!(reader.await.expect("no reader panics") > 0);
    }
    assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, 600);
}

async fn watch(db: Arc<dyn Driver>, done: Arc<AtomicBool>) -> usize {
    let (mut reads, mut last) = (0, 0);
    loop {
        let was_done = done.load(Ordering::Acquire);
        let count = number(&*db, "SELECT count(*) FROM cup").await;
        assert!(count % 2 == 0 && count >= last, "{count} rows after {last}");
        (reads, last) = (reads + 1, count);
        if was_done {
            return reads;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_write_in_turn_and_none_is_lost() {
    let place = Place::new();
    let db = place.open("").await;
    run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer)").await;
    run(&*db, "INSERT INTO cup VALUES (1, 0)").await;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let db = Arc::clone(&db);
            tokio::spawn(async move {
                for _ in 0..20 {
                    db.execute(&Statement::plain("UPDATE cup SET n = n + 1")).await.expect("its turn comes");
                    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("its turn comes");
                    let n = number(&*tx, "SELECT n FROM cup").await;
                    tokio::task::yield_now().await;
                    tx.execute(&sql("UPDATE cup SET n = ?", [(n + 1).into()])).await.expect("it is written");
                    tx.commit().await.expect("it commits");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no task panics");
    }
    assert_eq!(number(&*db, "SELECT n FROM cup").await, 32 * 20 * 2);
}

/// One thread: if a read that is answered at once never let others run, the other task would never start.
#[tokio::test]
async fn task_that_only_reads_lets_others_run() {
    let place = Place::new();
    let db = place.open("").await;
    let other_ran = Arc::new(AtomicBool::new(false));
    tokio::spawn({
        let other_ran = Arc::clone(&other_ran);
        async move { other_ran.store(true, Ordering::Release) }
    });
    let mut reads = 0;
    while !other_ran.load(Ordering::Acquire) {
        number(&*db, "SELECT 1").await;
        reads += 1;
        assert!(reads < 1000, "the other task never ran");
    }
}

/// A query that was slow runs where it holds up nobody; its answer stays the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn slow_query_leaves_its_thread_to_others() {
    let place = Place::new();
    let db = place.open("").await;
    run(&*db, "CREATE TABLE cup (n integer)").await;
    let many: Vec<Vec<Value>> = (0..20_000_i64).map(|n| vec![n.into()]).collect();
    db.execute_many("INSERT INTO cup VALUES (?)", &many).await.expect("they are written");
    let slow = "SELECT n FROM cup WHERE n % 20000 = 19999";
    tokio::spawn(async move {
        assert_eq!(number(&*db, slow).await, 19_999);
        let (sender, receiver) = std::sync::mpsc::channel();
        // The only worker thread: this task runs during the query below only if the query gave the thread away.
        tokio::spawn(async move { sender.send(()).expect("the query listens") });
        db.query(&Statement::plain(slow), &mut move |_| {
            receiver.recv_timeout(Duration::from_mins(1)).expect("the other task ran");
            Ok(demijohn_sql::Flow::Stop)
        })
        .await
        .expect("it runs");
    })
    .await
    .expect("no panic");
}

/// The sink runs while its connection is taken; a query inside it takes another one.
#[tokio::test]
async fn query_inside_a_sink_does_not_wait_for_itself() {
    let place = Place::new();
    let db = place.open("?readers=2&wait=0").await;
    let one = Statement::plain("SELECT 1");
    let inside = |depth: usize| {
        let mut codes = Vec::new();
        nested(&*db, &one, depth, &mut codes);
        codes
    };
    assert_eq!(inside(2), ["ok", "ok"]);
    assert_eq!(inside(3), ["orm.readers", "ok", "ok"]);
}

fn nested(db: &dyn Driver, one: &Statement, depth: usize, codes: &mut Vec<&'static str>) {
    if depth == 0 {
        return;
    }
    let mut sink = |_: &dyn demijohn_sql::Row| {
        nested(db, one, depth - 1, codes);
        Ok(demijohn_sql::Flow::More)
    };
    let demijohn_sql::Answer::Ready(Some(result)) = db.query(one, &mut sink) else { panic!("reads answer at once") };
    codes.push(result.err().map_or("ok", |error| error.code()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_many_tasks_insert_at_once_is_all_there_and_each_knows_its_key() {
    let place = Place::new();
    let db = place.open("").await;
    run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer UNIQUE)").await;
    let tasks: Vec<_> = (0..64_i64)
        .map(|task| {
            let db = Arc::clone(&db);
            tokio::spawn(async move {
                let mut keys = Vec::new();
                for n in 0..50 {
                    let own = sql("INSERT INTO cup (n) VALUES (?)", [(task * 50 + n).into()]);
                    keys.push((task * 50 + n, db.execute(&own).await.expect("it is new").last_key));
                    let taken = db.execute(&sql("INSERT INTO cup (n) VALUES (?)", [(task * 50).into()])).await;
                    assert_eq!(taken.expect_err("it is there").code(), "orm.unique");
                }
                keys
            })
        })
        .collect();
    for task in tasks {
        for (n, key) in task.await.expect("no task panics") {
            let found = number(&*db, &format!("SELECT id FROM cup WHERE n = {n}")).await;
            assert_eq!(Some(found), key);
        }
    }
    assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, 3200);
}
