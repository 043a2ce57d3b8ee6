//! Every kind of value there and back.

use std::collections::BTreeMap;
use std::ops::Bound;

use demijohn_core::model::{Date, Decimal, Duration, FieldKind, Range, Time, Timestamp, Uuid, Value};
use demijohn_sql::{Flow, Statement, ValueRef, decode};

use crate::{on_a_schema, run};

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    let moment: Timestamp = "2026-11-22T08:15:30.000123Z".parse().expect("a moment");
    let early: Timestamp = "-000043-03-15T12:00:00Z".parse().expect("a moment");
    let day: Date = "1999-12-31".parse().expect("a day");
    let decimal = |text: &str| -> Decimal { text.parse().expect("a number") };
    let pairs: BTreeMap<_, _> = [("a\"b".to_owned(), Some("c,d".to_owned())), ("e".to_owned(), None)].into();
    let half_open = Range::Between(Bound::Included(Value::Int(1)), Bound::Excluded(Value::Int(10)));
    let days = Range::Between(Bound::Included(Value::Date(day)), Bound::Unbounded);
    let number = FieldKind::Decimal { max_digits: 20, decimal_places: 6 };
    let cases: Vec<(&str, FieldKind, Value)> = vec![
        ("int2", FieldKind::SmallInt, Value::Int(-32768)),
        ("int4", FieldKind::Integer, Value::Int(i32::MAX.into())),
        ("int8", FieldKind::BigInt, Value::Int(i64::MIN)),
        ("bool", FieldKind::Bool, Value::Bool(true)),
        ("float8", FieldKind::Float, Value::Float(0.1)),
        ("float8", FieldKind::Float, Value::Float(f64::INFINITY)),
        ("float4", FieldKind::Float, Value::Float(0.1)),
        ("numeric(20, 6)", number, Value::Decimal(decimal("-12345678901234.567890"))),
        ("numeric(20, 6)", number, Value::Decimal(decimal("0.000000"))),
        ("text", FieldKind::Text, Value::Text("naïve 🍾 \\ ' \"".into())),
        ("varchar(20)", FieldKind::Varchar(20), Value::Text(String::new())),
        ("timestamptz", FieldKind::Timestamp, Value::Timestamp(moment)),
        ("timestamptz", FieldKind::Timestamp, Value::Timestamp(early)),
        ("date", FieldKind::Date, Value::Date(day)),
        ("time", FieldKind::Time, Value::Time("23:59:59.999999".parse::<Time>().expect("a time"))),
        ("uuid", FieldKind::Uuid, Value::Uuid(Uuid::from_u128(0x1234_5678_9ABC_DEF0))),
        ("jsonb", FieldKind::Json, Value::Json(serde_json::json!({"a": [1, null, "b"]}))),
        ("json", FieldKind::Json, Value::Json(serde_json::json!("text"))),
        ("bytea", FieldKind::Binary, Value::Bytes(vec![0, 255, 39, 92])),
        ("interval", FieldKind::Duration, Value::Duration(Duration::from_micros(-1_234_567_890_123))),
        ("inet", FieldKind::IpAddress, Value::Ip("2001:db8::1".parse().expect("an address"))),
        ("inet", FieldKind::IpAddress, Value::Ip("10.0.0.1".parse().expect("an address"))),
        (
            "text[]",
            FieldKind::Array(&FieldKind::Text),
            Value::Array(vec!["a\"\\".into(), Value::Null, "NULL".into(), "".into()]),
        ),
        (
            "int4[]",
            FieldKind::Array(&FieldKind::Integer),
            Value::Array(vec![Value::Array(vec![1.into(), 2.into()]), Value::Array(vec![3.into(), 4.into()])]),
        ),
        ("int4[]", FieldKind::Array(&FieldKind::Integer), Value::Array(vec![])),
        ("int4range", FieldKind::Range(&FieldKind::Integer), Value::Range(Box::new(half_open))),
        ("daterange", FieldKind::Range(&FieldKind::Date), Value::Range(Box::new(days))),
        ("int4range", FieldKind::Range(&FieldKind::Integer), Value::Range(Box::new(Range::Empty))),
        ("hstore", FieldKind::HStore, Value::HStore(pairs)),
    ];
    on_a_schema("", async |db| {
        db.execute_script("CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public").await.expect("hstore is installed");
        for (n, (ty, kind, value)) in cases.into_iter().enumerate() {
            run(&**db, &format!("CREATE TABLE t{n} (v {ty})"), vec![]).await.expect("a table");
            let insert = format!("INSERT INTO t{n} (v) VALUES ($1)");
            for value in [value, Value::Null] {
                run(&**db, &insert, vec![value.clone()]).await.unwrap_or_else(|e| panic!("{ty} {value:?}: {e:#}"));
                let mut found = None;
                let select = format!("SELECT v FROM t{n} WHERE v = $1 OR (v IS NULL AND $2)");
                let select = match ty {
                    "json" => format!("SELECT v FROM t{n} WHERE v IS NULL OR $1::text IS NOT NULL AND NOT $2"),
                    _ => select,
                };
                let statement = Statement::new(select, vec![value.clone(), value.is_null().into()]);
                db.query(&statement, &mut |row| {
                    found = Some(decode(row.get(0)?, kind)?);
                    Ok(Flow::More)
                })
                .await
                .unwrap_or_else(|e| panic!("{ty} {value:?}: {e:#}"));
                assert_eq!(found, Some(value), "{ty}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_text_becomes_what_it_is_compared_with_or_an_error_without_the_text() {
    on_a_schema("", async |db| {
        let ask = async |sql: &str, value: Value| {
            let mut found = false;
            let statement = Statement::new(sql, vec![value]);
            db.query(&statement, &mut |row| {
                found = row.get(0)? == ValueRef::Bool(true);
                Ok(Flow::More)
            })
            .await?;
            demijohn_core::Result::Ok(found)
        };
        run(&**db, "CREATE TYPE mood AS ENUM ('glad', 'sad')", vec![]).await.expect("a type");
        assert!(ask("SELECT 'glad'::mood = $1", "glad".into()).await.expect("an enum"));
        assert!(ask("SELECT '10.0.0.0/8'::inet >> $1", "10.1.2.3".into()).await.expect("an address"));
        assert!(ask("SELECT '{\"a\": 1}'::jsonb = $1", "{\"a\":1}".into()).await.expect("a document"));
        assert!(ask("SELECT date '2026-01-02' = $1", "2026-01-02".into()).await.expect("a date"));
        assert!(ask("SELECT 1.50::numeric = $1", Value::Float(1.5)).await.expect("a number"));
        assert!(ask("SELECT '5' = $1", Value::Int(5)).await.expect("a number as text"));
        assert!(ask("SELECT $1 IS NOT NULL", Value::Int(5)).await.expect("a value of whatever type"));
        for (sql, value, code) in [
            ("SELECT 'glad'::mood = $1", Value::from("hidden"), "orm.type"),
            ("SELECT 1::int4 = $1", "hidden".into(), "orm.type"),
            ("SELECT '{}'::jsonb = $1", "{hidden".into(), "orm.type"),
            ("SELECT 'a'::text = $1", "a\0hidden".into(), "orm.type"),
            ("SELECT 1::int4 = $1", Value::Int(3_000_000_000), "orm.out_of_range"),
        ] {
            let error: demijohn_core::Error = ask(sql, value).await.expect_err(sql);
            assert_eq!(error.code(), code, "{error:#}");
            assert!(!format!("{error:#}").contains("hidden"), "{error:#}");
        }
    })
    .await;
}
