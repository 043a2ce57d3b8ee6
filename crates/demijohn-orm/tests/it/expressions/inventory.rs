//! One case for each lookup and function that has none elsewhere: what is asked for, and which rows or values come.

use demijohn_orm::{
    Condition, Date, DateUnit, Db, Decimal, Duration, Executor as _, Model as _, Order, Time, Timestamp, atan2,
    coalesce, pi, random, sum, value,
};
use serde_json::json;

use super::models::{self, Sample, SampleColumns, fill};

type Lookup = fn(SampleColumns) -> Condition;

async fn every_lookup_finds_its_rows(db: &Db) {
    fill(db).await;
    let moment: Timestamp = "2024-03-31T01:00:00Z".parse().expect("it is a moment");
    let lookups: [(&str, Lookup, &[i64]); 32] = [
        ("exact", |s| s.name.eq("Ada"), &[1]),
        ("exact of a number", |s| s.whole.eq(-7), &[2]),
        ("exact of a truth value", |s| s.flag.eq(true), &[1, 3]),
        ("exact of an exact number", |s| s.exact.eq(Decimal::new(125, 2)), &[2]),
        ("exact of a day", |s| s.day.eq(Date::constant(2023, 12, 31)), &[3]),
        ("exact of a time", |s| s.time.eq(Time::constant(23, 30, 0, 0)), &[3]),
        ("iexact", |s| s.name.iexact("ADA"), &[1]),
        ("contains", |s| s.name.contains("d"), &[1]),
        ("contains minds letter case", |s| s.name.contains("D"), &[]),
        ("icontains", |s| s.name.icontains("B"), &[2]),
        ("startswith", |s| s.name.startswith("A"), &[1]),
        ("startswith minds letter case", |s| s.name.startswith("a"), &[]),
        ("istartswith", |s| s.name.istartswith("a"), &[1]),
        ("endswith", |s| s.name.endswith("b"), &[2]),
        ("endswith minds letter case", |s| s.name.endswith("B"), &[]),
        ("iendswith", |s| s.name.iendswith("B"), &[2]),
        ("in", |s| s.small.is_in([2, 5]), &[1, 4]),
        ("gt", |s| s.whole.gt(0), &[1, 3]),
        ("gte", |s| s.whole.ge(0), &[1, 3, 4]),
        ("lt", |s| s.whole.lt(0), &[2]),
        ("lte", |s| s.whole.le(0), &[2, 4]),
        ("range", |s| s.whole.between(0, 7), &[1, 4]),
        ("range of days", |s| s.day.between(Date::constant(2024, 1, 1), Date::constant(2024, 6, 1)), &[1, 2]),
        ("isnull", |s| s.maybe.is_null(), &[3, 4]),
        ("isnull=False", |s| s.maybe.is_not_null(), &[1, 2]),
        ("regex", |s| s.name.regex("^b.b$"), &[2]),
        ("iregex", |s| s.name.iregex("^B.B$"), &[2]),
        ("a transform and a comparison", |s| s.moment.year().lt(2024), &[3]),
        ("a date of a moment", |s| s.moment.date().eq(Date::constant(2024, 3, 31)), &[1, 2]),
        ("a time of a moment", |s| s.moment.time().ge(Time::constant(23, 0, 0, 0)), &[3]),
        ("a column's other column", |s| s.whole.gt(s.id), &[1, 3]),
        ("the empty text", |s| s.name.is_empty(), &[4]),
    ];
    for (name, lookup, wanted) in lookups {
        let found = Sample::objects().filter(lookup).select(|s| s.id).all(db).await.expect(name);
        assert_eq!(found, wanted, "{name}");
        let known = |s: SampleColumns| lookup(s) | !lookup(s);
        let all = Sample::objects().filter(known).count(db).await.expect(name);
        assert_eq!(all, 4, "{name}: what is turned round finds the other rows");
    }
    // As in Django, `=` of MariaDB compares by the column's collation.
    let exact = Sample::objects().filter(|s| s.name.eq("ada")).count(db).await.expect("exact");
    assert_eq!(exact, u64::from(db.connection().dialect().name() == "mysql"));
    let found = Sample::objects().filter(|s| s.moment.ge(moment)).select(|s| s.id).all(db).await.expect("gte");
    assert_eq!(found, [2, 4]);
}

async fn rows_without_a_value_come_first_or_last(db: &Db) {
    fill(db).await;
    type By = fn(SampleColumns) -> Order;
    let orders: [(By, [i64; 4]); 4] = [
        (|s| s.maybe.asc().nulls_first(), [3, 4, 1, 2]),
        (|s| s.maybe.asc().nulls_last(), [1, 2, 3, 4]),
        (|s| s.maybe.desc().nulls_first(), [3, 4, 2, 1]),
        (|s| s.maybe.desc().nulls_last(), [2, 1, 3, 4]),
    ];
    for (n, (order, wanted)) in orders.into_iter().enumerate() {
        let found =
            Sample::objects().order_by(|s| (order(s), s.id)).select(|s| s.id).all(db).await.expect("it is ordered");
        assert_eq!(found, wanted, "order {n}");
    }
}

async fn rows_are_shuffled(db: &Db) {
    fill(db).await;
    let mut found = Sample::objects().order_by(|_| random()).select(|s| s.id).all(db).await.expect("they are shuffled");
    found.sort_unstable();
    assert_eq!(found, [1, 2, 3, 4]);
    let inside = Sample::objects().filter(|_| random().ge(0.0) & random().lt(1.0)).count(db).await;
    assert_eq!(inside.expect("they are counted"), 4);
}

async fn functions_that_are_named_nowhere_else(db: &Db) {
    fill(db).await;
    let dialect = db.connection().dialect().name();
    if dialect == "postgres" {
        db.connection().execute_script("CREATE EXTENSION pgcrypto").await.expect("the extension is there");
    }
    let one = || Sample::objects().filter(|s| s.id.eq(1));
    let padded = || value::<String>("  x ");
    let texts = one().select(|s| (padded().ltrim(), padded().rtrim(), padded().trim(), s.name.sha1())).get(db).await;
    let texts = texts.expect("they are worked out");
    assert_eq!((texts.0.as_str(), texts.1.as_str(), texts.2.as_str()), ("x ", "  x", "x"));
    assert_eq!(texts.3, "5c3cb098d52deb3f67e97b7fba960c4cf6880461");
    let angles = one().select(|s| (atan2(s.real, s.whole), pi())).get(db).await.expect("they are worked out");
    assert!((angles.0 - 2.5_f64.atan2(7.0)).abs() < 1e-9 && (angles.1 - std::f64::consts::PI).abs() < 1e-9);
    let letters = match dialect {
        "postgres" => "C",
        "mysql" => "utf8mb4_bin",
        _ => "BINARY",
    };
    let ordered = Sample::objects().order_by(|s| s.name.collate(letters)).select(|s| s.id).all(db).await;
    assert_eq!(ordered.expect("they are ordered"), [4, 1, 2, 3], "by bytes");
    let or = Sample::objects().order_by(|s| s.id).select(|s| coalesce(s.maybe, s.whole)).all(db).await;
    assert_eq!(or.expect("they are worked out"), [1, 5, 10, 0], "the first that is not null");
}

async fn casts_lead_to_every_kind(db: &Db) {
    fill(db).await;
    let one = || Sample::objects().filter(|s| s.id.eq(1));
    let text = |text: &'static str| value::<String>(text);
    let found = one()
        .select(|s| {
            (
                text("2024-02-29").cast::<Date>(),
                text("12:30:05").cast::<Time>(),
                text("1.5").cast::<f64>(),
                text("-12").cast::<i32>(),
                s.flag.cast::<i32>(),
                s.real.cast::<Decimal>(),
                s.moment.cast::<Date>(),
                s.exact.cast::<f64>(),
            )
        })
        .get(db)
        .await
        .expect("they are cast");
    assert_eq!((found.0, found.1), (Date::constant(2024, 2, 29), Time::constant(12, 30, 5, 0)));
    assert_eq!((found.3, found.4, found.5.normalize()), (-12, 1, Decimal::new(25, 1)));
    assert!((found.2 - 1.5).abs() < f64::EPSILON && (found.7 - 4.0).abs() < f64::EPSILON);
    assert_eq!(found.6, Date::constant(2024, 3, 31));
    let read = one().select(|_| text(r#"{"a": [1]}"#).cast::<serde_json::Value>()).get(db).await;
    assert_eq!(read.expect("it is cast"), json!({ "a": [1] }));
}

async fn moments_move_by_lengths_of_time(db: &Db) {
    fill(db).await;
    let day = Duration::from_hours(24);
    let first = Sample::objects().filter(|s| s.later.eq(s.moment + day)).select(|s| s.id).all(db).await;
    assert_eq!(first.expect("they are compared"), [1]);
    let found = Sample::objects()
        .select(|s| {
            (s.moment, s.moment + day, s.moment - Duration::from_micros(1), s.later - day, s.later.since(s.moment))
        })
        .all(db)
        .await
        .expect("they are worked out");
    for (moment, after, before, later, between) in &found {
        assert_eq!((*after, *before), (*moment + day, *moment - Duration::from_micros(1)));
        assert_eq!(*later, between.map(|between| *moment + between - day));
    }
    let between: Vec<_> = found.iter().map(|row| row.4).collect();
    assert_eq!(between, [Some(day), Some(day * 5), None, None]);
    let of_days = Sample::objects()
        .select(|s| (s.day.since(Date::constant(2024, 1, 1)), s.time.since(Time::midnight())))
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(of_days[1], (day * 90, Duration::from_hours(1)));
    assert_eq!(of_days[2].0, -day);
    let moved = Sample::objects().with_key(1).update(|s| s.moment.set(s.moment + Duration::from_secs(30))).execute(db);
    assert_eq!(moved.await.expect("it is moved"), 1);
    let moment = Sample::objects().with_key(1).select(|s| s.moment).get(db).await.expect("it is there");
    assert_eq!(moment.to_string(), "2024-03-31T01:00:00.5Z");
}

/// Django's `dates()` and `datetimes()`.
async fn beginnings_of_months_are_listed(db: &Db) {
    fill(db).await;
    let days = Sample::objects()
        .select(|s| s.day.trunc(DateUnit::Month))
        .distinct()
        .order_by(|s| s.day.trunc(DateUnit::Month));
    let month = |year, month| Date::constant(year, month, 1);
    assert_eq!(days.all(db).await.expect("they are listed"), [month(2023, 12), month(2024, 3), month(2024, 10)]);
    let zone = |s: SampleColumns| s.moment.in_time_zone("Europe/Berlin").trunc(DateUnit::Year);
    let moments = Sample::objects().select(zone).distinct().order_by(zone).all(db).await.expect("they are listed");
    assert_eq!(moments.len(), 1, "in Berlin the new year has begun: {moments:?}");
}

async fn windows_reach_over_values(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| sum(s.whole).over(|w| w.order_by(s.small).range(-1..=1)))
        .order_by(|s| s.small)
        .all(db)
        .await
        .expect("they are added up");
    assert_eq!(found, [Some(0), Some(10), Some(3), Some(10)]);
}

on_every_database! {
    models::all();
    every_lookup_finds_its_rows, rows_without_a_value_come_first_or_last, rows_are_shuffled,
    functions_that_are_named_nowhere_else, casts_lead_to_every_kind, moments_move_by_lengths_of_time,
    beginnings_of_months_are_listed, windows_reach_over_values
}
