//! SQL that people write.

use demijohn_core::model::Value;
use demijohn_orm::{Db, Flow, Model as _, RawRecord};

use crate::models::{Post, Tag, all, fill};

async fn free_sql_takes_values_and_gives_rows(db: &Db) {
    fill(db).await;
    let rows: Vec<(i64, String)> = db
        .query("SELECT id, title FROM blog_post WHERE views > ? AND title <> '?' ORDER BY id", (5_i64,))
        .await
        .expect("it runs");
    assert_eq!(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [2, 3]);
    let changed = db.execute("UPDATE blog_post SET title = ? WHERE id = ?", ("New", 2_i64)).await.expect("it runs");
    assert_eq!(changed, 1);
    let tags = Tag::raw("SELECT name, id FROM blog_tag WHERE name = ?", ("none",)).all(db).await.expect("it runs");
    assert!(tags.is_empty());
    let post = Post::raw("SELECT * FROM blog_post WHERE id = ?", (2_i64,)).first(db).await.expect("it runs");
    assert_eq!(post.expect("it is there").title, "New");
    let record: Vec<RawRecord> = db.query("SELECT id, title FROM blog_post WHERE id = 2", ()).await.expect("it runs");
    assert_eq!(record[0].columns()[1].1, Value::from("New"));
    let error = db.execute("DELETE FROM blog_post WHERE id = ?", ()).await.expect_err("a value is missing");
    assert_eq!(error.to_string(), "the statement takes 1 values, but was given 0");
    let error = Post::raw("SELECT id FROM blog_post", ()).all(db).await.expect_err("columns are missing");
    assert_eq!(error.code(), "orm.raw_columns");
}

async fn free_sql_does_not_escape_a_transaction(db: &Db) {
    let escaped = db.atomic(async |_| db.execute("DELETE FROM blog_tag", ()).await).await;
    assert_eq!(escaped.expect_err("it would not be taken back").code(), "orm.outside_transaction");
    let inside = db.atomic(async |tx| tx.execute("DELETE FROM blog_tag", ()).await).await;
    assert_eq!(inside.expect("it is inside"), 0);
}

async fn a_million_rows_pass_one_by_one(db: &Db) {
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n";
    let before = resident();
    let (mut sum, mut most) = (0_i64, 0);
    db.query_each(numbers, (), |(i,): (i64,)| {
        sum += i;
        if i % 100_000 == 0 {
            most = most.max(resident());
        }
        Ok(if i == 900_000 { Flow::Stop } else { Flow::More })
    })
    .await
    .expect("it runs");
    assert_eq!(sum, 900_000 * 900_001 / 2);
    // Ten million bytes would be eleven for each row; other tests run beside this one.
    assert!(most.saturating_sub(before) < 64 << 20, "memory grew from {before} to {most} bytes");
}

/// The memory of this process, in bytes; 0 where nobody says.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok()).unwrap_or(0) * 4096
}

on_every_database! { all(); free_sql_takes_values_and_gives_rows, free_sql_does_not_escape_a_transaction }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_on_sqlite() {
    crate::databases::run_on(crate::databases::Kind::Sqlite, all(), a_million_rows_pass_one_by_one).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_flat_on_postgres() {
    crate::databases::run_on(crate::databases::Kind::Postgres, all(), a_million_rows_pass_one_by_one).await;
}
