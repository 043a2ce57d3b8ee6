//! Behind a PgBouncer in transaction mode: nothing may depend on the session.

use demijohn_core::model::Value;
use demijohn_sql::{Flow, Statement, ValueRef};

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
