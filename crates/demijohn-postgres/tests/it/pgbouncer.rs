//! Behind a PgBouncer in transaction mode: nothing may depend on the session.

use demijohn_core::model::Value;
use demijohn_e2e::Server;
use demijohn_sql::{Driver, Extent, Flow, Statement, TransactionOptions, ValueRef};

use crate::{run, texts};

/// A driver in that mode; the server is asked directly, so that it can say what it remembers.
async fn driver() -> Option<std::sync::Arc<dyn demijohn_sql::Driver>> {
    let server = std::env::var("DEMIJOHN_TEST_POSTGRES");
    let server = server.unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432".to_owned());
    let address = format!("{server}/postgres?pool=1&wait=200&pgbouncer=transaction");
    match demijohn_postgres::connect(&address).await {
        Ok(db) => Some(db),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL must be there: {error:#}");
            eprintln!("skipped: {error:#}");
            None
        }
    }
}

#[tokio::test]
async fn no_statement_has_a_name_that_the_next_session_would_not_know() {
    let Some(db) = driver().await else { return };
    let sql = "SELECT $1::int4 + 1, $2::text, $3::timestamptz IS NULL, $4::uuid[]";
    let list = Value::Array(vec!["00000000-0000-0000-0000-000000000001".into()]);
    let statement = Statement::new(sql, vec![Value::Int(4), "a\"b".into(), Value::Null, list]);
    for _ in 0..3 {
        let mut found = false;
        db.query(&statement, &mut |row| {
            found = row.get(0)? == ValueRef::Int(5)
                && row.get(1)? == ValueRef::Text("a\"b")
                && row.get(2)? == ValueRef::Bool(true)
                && matches!(row.get(3)?, ValueRef::Value(Value::Array(list)) if list.len() == 1);
            Ok(Flow::More)
        })
        .await
        .expect("it runs");
        assert!(found);
    }
    let names = crate::texts(&*db, "SELECT name FROM pg_prepared_statements WHERE name <> ''").await;
    assert!(names.expect("the server says").is_empty());
}

/// A PgBouncer with two sessions for everybody, and what is behind it. None where the machine has none.
fn bouncer() -> Option<(Server, Server)> {
    let settings = ["pool_mode = transaction", "default_pool_size = 2", "max_client_conn = 100"];
    let started = Server::postgres(&["fsync=off", "TimeZone=Asia/Kathmandu"], |_| ())
        .and_then(|behind| Ok((Server::pgbouncer(&behind, &settings)?, behind)));
    match started {
        Ok(servers) => Some(servers),
        Err(reason) => {
            assert!(std::env::var_os("CI").is_none(), "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// Reads by key, pages and slow reads, and a transaction that moves one from a row to another.
async fn work(db: &dyn Driver, task: i64) -> demijohn_core::Result<()> {
    for extent in [Extent::Point, Extent::Page, Extent::Open] {
        let sql = "SELECT id FROM account WHERE id = $1";
        let statement = Statement { extent, ..Statement::new(sql, vec![Value::Int(task)]) };
        let mut found = Vec::new();
        let sink = &mut |row: &dyn demijohn_sql::Row| {
            found.push(row.get(0)? == ValueRef::Int(task));
            Ok(Flow::More)
        };
        db.query(&statement, sink).await?;
        assert_eq!(found, [true]);
    }
    let transaction = db.begin(TransactionOptions::default()).await?;
    let change = "UPDATE account SET money = money + $1 WHERE id = $2";
    transaction.execute(&Statement::new(change, vec![Value::Int(-1), Value::Int(task)])).await?;
    let inner = transaction.execute(&Statement::new(change, vec![Value::Int(1), Value::Int(task + 32)])).await?;
    assert_eq!(inner.rows, 1);
    if task % 4 == 0 { transaction.rollback().await } else { transaction.commit().await }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_two_sessions_of_a_bouncer() {
    let Some((bouncer, behind)) = bouncer() else { return };
    let address = format!("{}/postgres?pool=16&pgbouncer=transaction", bouncer.url());
    let db = demijohn_postgres::connect(&address).await.expect("the bouncer lets us in");
    let tables = "CREATE TABLE account (id bigint PRIMARY KEY, money bigint NOT NULL);
        INSERT INTO account SELECT n, 100 FROM generate_series(1, 64) n";
    db.execute_script(tables).await.expect("a table");
    let tasks: Vec<_> = (1..=32_i64)
        .map(|task| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    work(&*db, task).await?;
                }
                demijohn_core::Result::<()>::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("the work is done");
    }
    let zones = async |db: &dyn Driver| texts(db, "SHOW TimeZone").await.expect("the server says");
    let mut asked = Vec::new();
    for _ in 0..8 {
        asked.push(async { assert_eq!(zones(&*db).await, ["UTC"], "not that of the server") });
    }
    futures_util::future::join_all(asked).await;
    // Eight of the 32 took it back each time.
    let moved = texts(&*db, "SELECT sum(money)::bigint FROM account WHERE id > 32").await.expect("a sum");
    assert_eq!(moved, [(32 * 100 + 24 * 10).to_string()]);
    let sessions = texts(&*db, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").await;
    assert_eq!(sessions.expect("a number"), ["2"], "the bouncer has two, whatever we have");
    let direct = demijohn_postgres::connect(&format!("{}/postgres?pool=1", behind.url())).await.expect("it is there");
    assert_eq!(zones(&*direct).await, ["UTC"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_one_program_migrates_through_a_bouncer() {
    let Some((bouncer, _behind)) = bouncer() else { return };
    let address = format!("{}/postgres?wait=300&pgbouncer=transaction", bouncer.url());
    let db = demijohn_postgres::connect(&address).await.expect("the bouncer lets us in");
    let lock = db.lock_migrations().await.expect("nobody has it");
    let change = db.begin_schema_change().await.expect("it begins");
    change.execute_script("CREATE TABLE made (id int)").await.expect("a table");
    change.commit().await.expect("it is kept");
    let error = db.lock_migrations().await.err().expect("it is taken");
    assert_eq!(error.code(), "orm.migrate_lock");
    drop(lock);
    db.lock_migrations().await.expect("it was given back");
    run(&*db, "INSERT INTO made VALUES ($1)", vec![Value::Int(1)]).await.expect("the table is there");
}
