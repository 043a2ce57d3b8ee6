//! `COPY`, in and out.

use demijohn_postgres::PostgresDriver;
use demijohn_sql::Driver;

use crate::{on_a_schema, texts};

fn postgres(db: &dyn Driver) -> &PostgresDriver {
    PostgresDriver::of(db).expect("the database is PostgreSQL")
}

const IN: &str = "COPY city (name, people) FROM STDIN (FORMAT csv)";

#[tokio::test]
async fn rows_are_copied_in_and_out() {
    on_a_schema("", async |db| {
        db.execute_script("CREATE TABLE city (name text PRIMARY KEY, people int)").await.expect("a table");
        let mut rows = postgres(&**db).copy_in(IN).await.expect("it begins");
        for n in 0..5_000 {
            // A row in two pieces.
            rows.send(format!("city {n},")).await.expect("it is sent");
            rows.send(format!("{n}\n")).await.expect("it is sent");
        }
        assert_eq!(rows.finish().await.expect("all are kept"), 5_000);

        let mut out = postgres(&**db).copy_out("COPY (SELECT people FROM city) TO STDOUT").await.expect("it begins");
        let (mut sum, mut count) = (0, 0);
        while let Some(piece) = out.next().await.expect("a piece") {
            for line in std::str::from_utf8(&piece).expect("text").lines() {
                sum += line.parse::<i64>().expect("a number");
                count += 1;
            }
        }
        assert_eq!((count, sum), (5_000, 4_999 * 5_000 / 2));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_row_keeps_none_and_the_connection_serves_on() {
    on_a_schema("&pool=1&shared=0", async |db| {
        db.execute_script("CREATE TABLE city (name text PRIMARY KEY, people int)").await.expect("a table");
        for (wrong, code) in [("Oslo,many\n", "orm.type"), ("Oslo,1\nOslo,2\n", "orm.unique")] {
            let mut rows = postgres(&**db).copy_in(IN).await.expect("it begins");
            rows.send("Lagos,1\n").await.expect("it is sent");
            rows.send(wrong).await.expect("it is sent");
            let error = rows.finish().await.expect_err("a wrong row");
            assert_eq!(error.code(), code);
            assert!(!error.to_string().contains("many"), "no value is told: {error}");
        }
        let mut left = postgres(&**db).copy_in(IN).await.expect("it begins");
        left.send("Lagos,1\n").await.expect("it is sent");
        drop(left);
        assert_eq!(texts(&**db, "SELECT count(*) FROM city").await.expect("it serves on"), ["0"]);

        let all = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT";
        let mut out = postgres(&**db).copy_out(all).await.expect("it begins");
        assert!(out.next().await.expect("a piece").is_some());
        drop(out);
        assert_eq!(texts(&**db, "SELECT 1").await.expect("it serves on"), ["1"]);
        let error = postgres(&**db).copy_in("COPY nowhere FROM STDIN").await.err().expect("no such table");
        assert_eq!(error.code(), "orm.no_such_table");
        let error = postgres(&**db).copy_in("SELECT 1").await.err().expect("no COPY");
        assert_eq!(error.code(), "postgres.copy");
        let error = postgres(&**db).copy_in("COPY city TO STDOUT").await.err().expect("the other way");
        assert_eq!(texts(&**db, "SELECT 2").await.expect("it serves on"), ["2"], "{error}");
        let error = postgres(&**db).copy_out("COPY city FROM STDIN").await.err().expect("the other way");
        assert_eq!(texts(&**db, "SELECT 3").await.expect("it serves on"), ["3"], "{error}");
    })
    .await;
}
