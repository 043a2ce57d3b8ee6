use super::*;

#[tokio::test]
async fn what_the_server_refuses_has_the_code_that_all_databases_share() {
    let Some(fresh) = fresh("").await else { return };
    let make = "CREATE TABLE p (id bigint PRIMARY KEY, v varchar(3) NOT NULL, n smallint, UNIQUE KEY by_v (v), \
                CONSTRAINT small CHECK (n < 10)); \
                CREATE TABLE c (p_id bigint NOT NULL, CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p (id)); \
                INSERT INTO p VALUES (1, 'a', 1); INSERT INTO c VALUES (1)";
    fresh.db.execute_script(make).await.expect("the tables are made");
    let cases = [
        ("INSERT INTO p VALUES (2, 'a', 1)", "orm.unique"),
        ("INSERT INTO p VALUES (1, 'b', 1)", "orm.unique"),
        ("INSERT INTO p VALUES (2, NULL, 1)", "orm.not_null"),
        ("INSERT INTO p VALUES (2, 'b', 11)", "orm.check"),
        ("INSERT INTO p VALUES (2, 'bbbb', 1)", "orm.too_long"),
        ("INSERT INTO p VALUES (2, 'b', 99999)", "orm.out_of_range"),
        ("INSERT INTO p VALUES (2, 'b', 'x')", "orm.type"),
        ("INSERT INTO c VALUES (9)", "orm.foreign_key"),
        ("DELETE FROM p", "orm.foreign_key"),
        ("DELETE FROM nowhere", "orm.no_such_table"),
        ("UPDATE p SET nothing = 1", "orm.no_such_column"),
        ("DELETE FORM p", "orm.sql"),
        ("SELECT 1", "orm.gives_rows"),
        ("CREATE TABLE p (id bigint)", "orm.already_exists"),
    ];
    for (sql, code) in cases {
        let error = fresh.db.execute(&Statement::plain(sql)).await.expect_err(sql);
        assert_eq!(error.code(), code, "{sql}: {error:#}");
    }
    let error = fresh.db.execute(&Statement::new("DELETE FROM p WHERE id = ?", vec![])).await.expect_err("no value");
    assert_eq!(error.code(), "orm.sql");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_full_pool_waits_with_a_bound_and_then_says_so() {
    let Some(fresh) = fresh("?pool=1&wait=50").await else { return };
    let transaction = fresh.db.begin(TransactionOptions::default()).await.expect("it begins");
    let error = fresh.db.execute(&Statement::plain("DO 1")).await.expect_err("the only connection is taken");
    assert_eq!(error.code(), "orm.pool");
    transaction.rollback().await.expect("it ends");
    fresh.db.execute(&Statement::plain("DO 1")).await.expect("the connection is free again");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_and_says_so() {
    let Some(fresh) = fresh("?statement_timeout=100").await else { return };
    let sql = "SELECT COUNT(*) FROM seq_1_to_100000 a JOIN seq_1_to_100000 b ON a.seq * b.seq < 0";
    let error = fresh.db.query(&Statement::plain(sql), &mut |_| Ok(Flow::More)).await.expect_err("it is ended");
    assert_eq!(error.code(), "orm.statement_timeout");
    assert_eq!(one(&*fresh.db, "SELECT 7").await, "Int(7)");
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_connection_that_the_server_ended_is_replaced() {
    let Some(fresh) = fresh("?pool=1").await else { return };
    let id = one(&*fresh.db, "SELECT CONNECTION_ID()").await;
    let id = id.trim_matches(|c: char| !c.is_ascii_digit());
    fresh.admin.execute_script(&format!("KILL {id}")).await.expect("the server ends it");
    assert_eq!(one(&*fresh.db, "SELECT 7").await, "Int(7)");
    fresh.drop_it().await;
}
