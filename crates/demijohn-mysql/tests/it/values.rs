use std::collections::BTreeSet;

use demijohn_core::model::FieldKind;

use super::*;

fn samples() -> Vec<(&'static str, FieldKind, Value)> {
    let text = |text: &str| Value::Text(text.to_owned());
    vec![
        ("smallint", FieldKind::SmallInt, Value::Int(-7)),
        ("bigint", FieldKind::BigInt, Value::Int(i64::MIN)),
        ("bigint UNSIGNED", FieldKind::PositiveBigInt, Value::Int(i64::MAX)),
        ("bool", FieldKind::Bool, Value::Bool(true)),
        ("double precision", FieldKind::Float, Value::Float(0.1)),
        (
            "numeric(20, 5)",
            FieldKind::Decimal { max_digits: 20, decimal_places: 5 },
            Value::Decimal("-123456789.00001".parse().expect("a number")),
        ),
        ("varchar(20)", FieldKind::Varchar(20), text("Grüße 🍷 'x' \\")),
        ("longtext", FieldKind::Text, text("")),
        (
            "datetime(6)",
            FieldKind::Timestamp,
            Value::Timestamp("2026-03-29T01:30:00.123456Z".parse().expect("a moment")),
        ),
        ("date", FieldKind::Date, Value::Date("0001-01-01".parse().expect("a date"))),
        ("time(6)", FieldKind::Time, Value::Time("23:59:59.999999".parse().expect("a time"))),
        ("char(32)", FieldKind::Uuid, Value::Uuid("0190d3a4-6c1e-7c3a-9d0b-1f2e3d4c5b6a".parse().expect("a UUID"))),
        ("json", FieldKind::Json, Value::Json(serde_json::json!({"a": [1, null, "ü"]}))),
        ("longblob", FieldKind::Binary, Value::Bytes(vec![0, 255, 128, 39, 92])),
        ("bigint", FieldKind::Duration, Value::Duration(demijohn_core::model::Duration::from_micros(-1_500_001))),
        ("char(39)", FieldKind::IpAddress, Value::Ip("2001:db8::1".parse().expect("an address"))),
    ]
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_went() {
    let Some(fresh) = fresh("").await else { return };
    for (column_type, kind, value) in samples() {
        for value in [value, Value::Null] {
            let make = format!("DROP TABLE IF EXISTS t; CREATE TABLE t (v {column_type} NULL)");
            fresh.db.execute_script(&make).await.expect("the table is made");
            let insert = Statement::new("INSERT INTO t (v) VALUES (?)", vec![value.clone()]);
            fresh.db.execute(&insert).await.expect("it is stored");
            let mut found = None;
            let mut sink = |row: &dyn Row| {
                found = Some(decode(row.get(0)?, kind)?);
                Ok(Flow::More)
            };
            fresh.db.query(&Statement::plain("SELECT v FROM t"), &mut sink).await.expect("it is read");
            assert_eq!(found, Some(value), "{column_type}");
        }
    }
    fresh.drop_it().await;
}

#[tokio::test]
async fn sessions_are_strict_in_utc_and_read_what_is_committed() {
    let Some(fresh) = fresh("").await else { return };
    let mode = one(&*fresh.db, "SELECT @@sql_mode").await;
    let modes: BTreeSet<&str> = mode.split(['"', ',', '(', ')']).collect();
    assert!(modes.contains("STRICT_ALL_TABLES") && modes.contains("NO_AUTO_VALUE_ON_ZERO"), "{mode}");
    assert_eq!(one(&*fresh.db, "SELECT @@time_zone").await, r#"Text("+00:00")"#);
    assert_eq!(one(&*fresh.db, "SELECT @@character_set_client").await, r#"Text("utf8mb4")"#);
    assert_eq!(one(&*fresh.db, "SELECT @@tx_isolation").await, r#"Text("READ-COMMITTED")"#);
    fresh.drop_it().await;
}

#[tokio::test]
async fn an_update_counts_the_rows_it_found() {
    let Some(fresh) = fresh("").await else { return };
    let make = "CREATE TABLE t (id bigint AUTO_INCREMENT PRIMARY KEY, v integer)";
    fresh.db.execute_script(make).await.expect("the table is made");
    let insert = Statement::new("INSERT INTO t (v) VALUES (?), (?)", vec![1.into(), 2.into()]);
    let outcome = fresh.db.execute(&insert).await.expect("they are stored");
    assert_eq!((outcome.rows, outcome.last_key), (2, Some(2)));
    let update = Statement::new("UPDATE t SET v = ? WHERE id = ?", vec![1.into(), 1.into()]);
    assert_eq!(fresh.db.execute(&update).await.expect("it runs").rows, 1);
    fresh.drop_it().await;
}

#[tokio::test]
async fn a_date_of_zeros_reads_as_null() {
    let Some(fresh) = fresh("").await else { return };
    let make = "CREATE TABLE t (v date); SET sql_mode = ''; INSERT INTO t VALUES ('0000-00-00')";
    fresh.db.execute_script(make).await.expect("another program wrote it");
    assert_eq!(one(&*fresh.db, "SELECT v FROM t").await, format!("{:?}", ValueRef::Null));
    fresh.drop_it().await;
}
