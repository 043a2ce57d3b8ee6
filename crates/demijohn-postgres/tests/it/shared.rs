//! Reads by a key share connections: they wait for nobody who is slow, and survive the loss of a connection.

use std::time::{Duration, Instant};

use demijohn_core::Result;
use demijohn_core::model::Value;
use demijohn_sql::{Driver, Extent, Flow, Statement, TransactionOptions};

use crate::{on_a_schema, run, texts};

const TWO_TABLES: &str = "CREATE TABLE a (id int PRIMARY KEY, name text); CREATE TABLE b (id int PRIMARY KEY);
    INSERT INTO a SELECT n, 'row ' || n FROM generate_series(1, 100) n; INSERT INTO b VALUES (1)";

/// One row by its key, as a statement that may share a connection.
async fn point(db: &dyn Driver, sql: &str, key: i64) -> Result<Option<i64>> {
    let mut statement = Statement::new(sql, vec![Value::Int(key)]);
    statement.extent = Extent::Point;
    let mut found = None;
    db.query(&statement, &mut |row| {
        found = match row.get(0)? {
            demijohn_sql::ValueRef::Int(number) => Some(number),
            other => panic!("{other:?}"),
        };
        Ok(Flow::More)
    })
    .await?;
    Ok(found)
}

/// All rows of `wide` up to a key, as a statement that may share a connection with others of its kind.
async fn page_of_wide(db: &dyn Driver, last: i64) -> Result<usize> {
    let sql = "SELECT id, text FROM wide WHERE id <= $1 ORDER BY id LIMIT 1000";
    let mut statement = Statement::new(sql, vec![Value::Int(last)]);
    statement.extent = Extent::Page;
    let mut rows = 0;
    db.query(&statement, &mut |_| {
        rows += 1;
        Ok(Flow::More)
    })
    .await?;
    Ok(rows)
}

async fn point_of_a(db: &dyn Driver, key: i64) -> Result<Option<i64>> {
    point(db, "SELECT id FROM a WHERE id = $1", key).await
}

/// How many connections the driver has, and how many of them ran a read of `a` last.
async fn connections(db: &dyn Driver) -> (usize, usize) {
    let sql = "SELECT query FROM pg_stat_activity WHERE application_name = current_setting('application_name')";
    let queries = texts(db, sql).await.expect("the server says what runs");
    (queries.len(), queries.iter().filter(|query| query.starts_with("SELECT id FROM a")).count())
}

fn slowest_of_hundred(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

#[tokio::test]
async fn many_tasks_share_few_connections() {
    on_a_schema("&shared=2&pool=2&application_name=shared-few", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        point_of_a(&**db, 1).await.expect("a row, while shared connections are being made");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let tasks: Vec<_> = (0..64_i64)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for round in 0..50 {
                        let key = (task * 50 + round) % 101;
                        let found = point_of_a(&*db, key).await.expect("an answer");
                        assert_eq!(found, (key != 0).then_some(key), "each task gets its own answers");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        let (all, used) = connections(&**db).await;
        assert!(all <= 4 && used >= 2, "{all} connections, {used} of them read");
    })
    .await;
}

#[tokio::test]
async fn a_slow_statement_holds_up_no_read_by_key() {
    on_a_schema("&shared=2&pool=8", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        for key in 1..=20 {
            point_of_a(&**db, key).await.expect("a row");
        }
        let slow: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { texts(&*db, "SELECT pg_sleep(1)").await })
            })
            .collect();
        let (start, mut times) = (Instant::now(), Vec::new());
        while start.elapsed() < Duration::from_millis(900) {
            let before = Instant::now();
            assert_eq!(point_of_a(&**db, 7).await.expect("a row"), Some(7));
            times.push(before.elapsed());
        }
        let p99 = slowest_of_hundred(times);
        assert!(p99 < Duration::from_millis(200), "99 of 100 reads took up to {p99:?} beside a query of a second");
        for task in slow {
            task.await.expect("no panic").expect("it slept");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_share_connections_that_reads_by_key_do_not_wait_for() {
    on_a_schema("&shared=2&pool=4&application_name=shared-pages", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        let wide = "CREATE TABLE wide (id int PRIMARY KEY, text text);
            INSERT INTO wide SELECT n, repeat('x', 4000) FROM generate_series(1, 1000) n";
        db.execute_script(wide).await.expect("a table of 4 MB");
        page_of_wide(&**db, 1).await.expect("a row, while shared connections are being made");
        point_of_a(&**db, 1).await.expect("a row");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let pages: Vec<_> = (1..=32_usize)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..5 {
                        let rows = page_of_wide(&*db, task as i64 * 30).await.expect("an answer");
                        assert_eq!(rows, task * 30, "each task gets its own answers, whole");
                    }
                })
            })
            .collect();
        let mut times = Vec::new();
        while times.len() < 100 || pages.iter().any(|task| !task.is_finished()) {
            let before = Instant::now();
            assert_eq!(point_of_a(&**db, 7).await.expect("a row"), Some(7));
            times.push(before.elapsed());
        }
        let p99 = slowest_of_hundred(times);
        assert!(p99 < Duration::from_millis(200), "99 of 100 reads by key took up to {p99:?} beside pages");
        for task in pages {
            task.await.expect("no panic");
        }
        // Two of the pages', two of the keys', and up to four of the pool, to which those go who waited too long.
        let (all, _) = connections(&**db).await;
        assert!(all <= 8, "{all} connections");
    })
    .await;
}

#[tokio::test]
async fn a_read_that_waits_for_a_lock_is_left_behind() {
    on_a_schema("&shared=2&pool=8", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        point_of_a(&**db, 1).await.expect("a row");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let locks = db.begin(TransactionOptions::default()).await.expect("a transaction");
        locks.execute(&Statement::plain("LOCK TABLE b IN ACCESS EXCLUSIVE MODE")).await.expect("the lock");
        // Each is sent over a shared connection, and is stuck there and then on one of its own.
        let stuck: Vec<_> = (0..3)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { point(&*db, "SELECT id FROM b WHERE id = $1", 1).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let (start, mut times) = (Instant::now(), Vec::new());
        while start.elapsed() < Duration::from_secs(1) {
            let before = Instant::now();
            assert_eq!(point_of_a(&**db, 7).await.expect("a row"), Some(7));
            times.push(before.elapsed());
        }
        let (slowest, p99) = (*times.iter().max().expect("reads"), slowest_of_hundred(times));
        assert!(slowest < Duration::from_millis(900) && p99 < Duration::from_millis(200), "{slowest:?} {p99:?}");
        assert!(stuck.iter().all(|task| !task.is_finished()), "they wait for the lock");
        locks.rollback().await.expect("the lock is given back");
        for task in stuck {
            assert_eq!(task.await.expect("no panic").expect("a row"), Some(1));
        }
        // What was stuck serves again.
        for _ in 0..100 {
            assert_eq!(point_of_a(&**db, 9).await.expect("a row"), Some(9));
        }
    })
    .await;
}

#[tokio::test]
async fn lost_connections_are_made_anew() {
    on_a_schema("&shared=2&pool=4&application_name=shared-lost", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        for round in 0..5 {
            for key in 1..=20 {
                let found = point_of_a(&**db, key).await;
                assert_eq!(found.expect("a read is asked again when its connection is lost"), Some(key), "{round}");
            }
            let killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'shared-lost' AND pid <> pg_backend_pid()";
            texts(&**db, killed).await.expect("the others are ended");
        }
    })
    .await;
}

#[tokio::test]
async fn a_read_dropped_on_the_way_disturbs_no_other() {
    on_a_schema("&shared=1&pool=2", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        point_of_a(&**db, 1).await.expect("a row");
        tokio::time::sleep(Duration::from_millis(300)).await;
        for key in 1..=100_i64 {
            let left = point_of_a(&**db, 101 - key);
            let kept = point_of_a(&**db, key);
            tokio::select! {
                biased;
                _ = left => {}
                () = tokio::time::sleep(Duration::from_micros(key as u64 * 7)) => {}
            }
            assert_eq!(kept.await.expect("a row"), Some(key));
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_table_is_read_again() {
    on_a_schema("&shared=2", async |db| {
        db.execute_script(TWO_TABLES).await.expect("tables");
        let all = "SELECT * FROM a WHERE id = $1";
        assert_eq!(point(&**db, all, 3).await.expect("a row"), Some(3));
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(point(&**db, all, 3).await.expect("a row"), Some(3));
        run(&**db, "ALTER TABLE a ADD COLUMN more int", Vec::new()).await.expect("a column more");
        assert_eq!(point(&**db, all, 3).await.expect("prepared anew"), Some(3));
        let error = point(&**db, "SELECT id FROM nowhere WHERE id = $1", 3).await.expect_err("no such table");
        assert_eq!(error.code(), "orm.no_such_table");
        assert_eq!(point_of_a(&**db, 3).await.expect("an error of another changes nothing"), Some(3));
    })
    .await;
}
