use demijohn_core::model::{FieldKind, Value};
use demijohn_sql::{Flow, Row, Statement, decode};
use expect_test::expect;

use crate::{memory, rows, run, sql};

const COLUMNS: &str =
    "a bool, b bigint, c real, d decimal, e text, f BLOB, g datetime, h date, i time, j char(32), k text, l text";

fn values() -> Vec<Value> {
    vec![
        true.into(),
        i64::MIN.into(),
        0.1.into(),
        Value::Decimal("12.50".parse().expect("a decimal")),
        "Käse\0'; DROP TABLE cup".into(),
        vec![0_u8, 255].into(),
        Value::Timestamp("2026-11-22T08:15:30.000123+02:00".parse().expect("a timestamp")),
        Value::Date("2026-11-22".parse().expect("a date")),
        Value::Time("08:15:30".parse().expect("a time")),
        Value::Uuid("67e55044-10b1-426f-9247-bb680e5fe0c8".parse().expect("a UUID")),
        Value::Json(serde_json::json!({ "b": [1, null], "a": "ß" })),
        Value::Null,
    ]
}

const KINDS: [FieldKind; 12] = [
    FieldKind::Bool,
    FieldKind::BigInt,
    FieldKind::Float,
    FieldKind::Decimal { max_digits: 6, decimal_places: 2 },
    FieldKind::Text,
    FieldKind::Binary,
    FieldKind::Timestamp,
    FieldKind::Date,
    FieldKind::Time,
    FieldKind::Uuid,
    FieldKind::Json,
    FieldKind::Text,
];

#[tokio::test]
async fn keeps_every_kind_of_value_as_django_keeps_it() {
    let db = memory().await;
    run(&*db, &format!("CREATE TABLE cup ({COLUMNS})")).await;
    let insert = sql("INSERT INTO cup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values());
    db.execute(&insert).await.expect("all of them can be kept");
    let kept = rows(&*db, &Statement::plain("SELECT * FROM cup")).await.expect("the row is there");
    expect![[r#"
        Int(1), Int(-9223372036854775808), Float(0.1), Float(12.5), Text("Käse\0'; DROP TABLE cup"), Bytes([0, 255]), Text("2026-11-22 06:15:30.000123"), Text("2026-11-22"), Text("08:15:30"), Text("67e5504410b1426f9247bb680e5fe0c8"), Text("{\"a\":\"ß\",\"b\":[1,null]}"), Null"#]]
    .assert_eq(&kept.join("\n"));
}

#[tokio::test]
async fn what_is_kept_decodes_to_the_value_that_was_given() {
    let db = memory().await;
    run(&*db, &format!("CREATE TABLE cup ({COLUMNS})")).await;
    db.execute(&sql("INSERT INTO cup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values()))
        .await
        .expect("it is kept");
    let mut decoded = Vec::new();
    db.query(&Statement::plain("SELECT * FROM cup"), &mut |row| {
        for (n, kind) in KINDS.into_iter().enumerate() {
            decoded.push(decode(row.get(n)?, kind)?);
        }
        Ok(Flow::More)
    })
    .await
    .expect("the row is there");
    assert_eq!(decoded, values());
}

#[tokio::test]
async fn outcome_counts_the_rows_of_this_statement_only() {
    let db = memory().await;
    let mut seen = Vec::new();
    for text in [
        "CREATE TABLE cup (id integer PRIMARY KEY AUTOINCREMENT, n integer UNIQUE)",
        "INSERT INTO cup (n) VALUES (1), (2), (3)",
        "CREATE INDEX cup_n ON cup (n)",
        "UPDATE cup SET n = n + 10 WHERE n > 1",
        "INSERT OR IGNORE INTO cup (n) VALUES (1)",
        " replace INTO cup (id, n) VALUES (1, 1)",
        "INSERT INTO cup (n) VALUES (99) RETURNING id",
        "DELETE FROM cup",
        "SAVEPOINT s; ",
    ] {
        if let Ok(outcome) = db.execute(&Statement::plain(text)).await {
            seen.push((outcome.rows, outcome.last_key));
        }
    }
    let expected = [(0, None), (3, Some(3)), (0, None), (2, None), (0, None), (1, Some(1)), (1, Some(5)), (4, None)];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn sink_can_stop_and_can_fail() {
    let db = memory().await;
    let numbers = Statement::plain("WITH RECURSIVE n(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT x FROM n");
    let mut count = 0;
    let stop_at_three = |_: &dyn Row| {
        count += 1;
        Ok(if count == 3 { Flow::Stop } else { Flow::More })
    };
    db.query(&numbers, &mut { stop_at_three }).await.expect("an endless query ends where the sink says");
    assert_eq!(count, 3);
    let error = db.query(&numbers, &mut |row| row.get(1).map(|_| Flow::More)).await.expect_err("there is one column");
    assert_eq!(error.to_string(), "the row has no column 1; it has 1, from 0");
}

#[tokio::test]
async fn query_that_writes_keeps_nothing_when_the_sink_fails() {
    for place in [Some(crate::place::Place::new()), None] {
        let db = match &place {
            Some(place) => place.open("").await,
            None => memory().await,
        };
        run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, n integer)").await;
        let insert = Statement::plain("INSERT INTO cup (n) VALUES (5), (6) RETURNING id, n");
        assert_eq!(rows(&*db, &insert).await.expect("it gives rows"), ["Int(1), Int(5)", "Int(2), Int(6)"]);
        db.query(&insert, &mut |row| row.get(9).map(|_| Flow::More)).await.expect_err("there are two columns");
        db.query(&insert, &mut |_| Ok(Flow::Stop)).await.expect("it may stop after the first row");
        assert_eq!(crate::number(&*db, "SELECT count(*) FROM cup").await, 4);
    }
}
