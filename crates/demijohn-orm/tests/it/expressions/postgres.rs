//! What only PostgreSQL has columns or functions for, and what the others say instead.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{
    Condition, Date, Db, Executor as _, HStore, Model as _, Range, array_agg, bit_and, bit_or, bit_xor, bool_or, corr,
    covar_pop, covar_sample, json_agg, migrations, random_uuid, regr_avgx, regr_avgy, regr_count, regr_intercept,
    regr_r2, regr_slope, regr_sxx, regr_sxy, regr_syy, transaction_now,
};

use super::models::{self, Sample, fill};
use crate::databases::{Kind, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "lab", crate = demijohn_orm, ordering = ["id"])]
struct Booking {
    id: i64,
    tags: Vec<String>,
    scores: Option<Vec<i32>>,
    extra: HStore,
    during: Range<Date>,
    sizes: Option<Range<i32>>,
}

fn day(day: i8) -> Date {
    Date::constant(2024, 5, day)
}

fn bookings() -> Models {
    [Booking::meta()].into_iter().collect()
}

fn pairs<const N: usize>(pairs: [(&str, Option<&str>); N]) -> HStore {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text.map(str::to_owned))).collect()
}

/// Three bookings, on a database with the extension.
async fn with_bookings(db: &Db) {
    let script = "CREATE EXTENSION hstore";
    db.connection().execute_script(script).await.expect("the extension is there");
    migrations::create_tables(db).await.expect("the tables are made");
    let rows = [
        (
            vec!["a", "b"],
            Some(vec![1, 2, 3]),
            pairs([("k", Some("v")), ("n", None)]),
            Range::new(day(1), day(5)),
            Some(1..9),
        ),
        (vec!["b"], Some(vec![3]), pairs([("k", Some("w"))]), Range::new(day(5), day(9)), None),
        (vec![], None, HStore::new(), Range::Empty, Some(7..12)),
    ];
    for (tags, scores, extra, during, sizes) in rows {
        let tags: Vec<String> = tags.into_iter().map(str::to_owned).collect();
        let draft = Booking::create().tags(tags).scores(scores).extra(extra).during(during);
        draft.sizes(sizes.map(Range::from)).save(db).await.expect("the row is new");
    }
}

async fn ids(db: &Db, condition: impl FnOnce(BookingColumns) -> Condition) -> Vec<i64> {
    Booking::objects().filter(condition).select(|b| b.id).all(db).await.expect("it is found")
}

#[tokio::test]
async fn lists_are_searched_measured_and_cut() {
    run(Kind::Postgres, bookings(), async |db| {
        with_bookings(db).await;
        assert_eq!(ids(db, |b| b.tags.list_contains(["b"])).await, [1, 2]);
        assert_eq!(ids(db, |b| b.tags.list_contains(["a", "b"])).await, [1]);
        assert_eq!(ids(db, |b| b.tags.contained_by(["b", "c"])).await, [2, 3]);
        assert_eq!(ids(db, |b| b.tags.overlap(["a", "c"])).await, [1]);
        assert_eq!(ids(db, |b| b.scores.overlap([1, 3])).await, [1, 2]);
        assert_eq!(ids(db, |b| b.tags.len().eq(0)).await, [3]);
        assert_eq!(ids(db, |b| b.tags.item(0).eq("b")).await, [2]);
        assert_eq!(ids(db, |b| b.tags.eq(vec!["b".to_owned()])).await, [2]);
        let cut = Booking::objects().select(|b| (b.tags.item(1), b.scores.slice(0..2), b.scores.len())).all(db).await;
        let expected =
            [(Some("b".to_owned()), Some(vec![1, 2]), Some(3)), (None, Some(vec![3]), Some(1)), (None, None, None)];
        assert_eq!(cut.expect("they are cut"), expected);
        let read = Booking::objects().with_key(1).get(db).await.expect("it is there");
        assert_eq!((read.tags, read.scores), (vec!["a".to_owned(), "b".to_owned()], Some(vec![1, 2, 3])));
    })
    .await;
}

#[tokio::test]
async fn texts_by_name_are_asked_for_names_and_texts() {
    run(Kind::Postgres, bookings(), async |db| {
        with_bookings(db).await;
        assert_eq!(ids(db, |b| b.extra.key("k").eq("v")).await, [1]);
        assert_eq!(ids(db, |b| b.extra.has_key("n")).await, [1]);
        assert_eq!(ids(db, |b| b.extra.has_keys(["k", "n"])).await, [1]);
        assert_eq!(ids(db, |b| b.extra.has_any_keys(["n", "k"])).await, [1, 2]);
        assert_eq!(ids(db, |b| b.extra.contains(pairs([("k", Some("w"))]))).await, [2]);
        assert_eq!(ids(db, |b| b.extra.contained_by(pairs([("k", Some("w")), ("x", None)]))).await, [2, 3]);
        let lists =
            Booking::objects().filter(|b| b.id.eq(2)).select(|b| (b.extra.keys(), b.extra.values())).get(db).await;
        assert_eq!(lists.expect("they are listed"), (Some(vec!["k".to_owned()]), Some(vec!["w".to_owned()])));
        let read = Booking::objects().with_key(1).get(db).await.expect("it is there");
        assert_eq!(read.extra, pairs([("k", Some("v")), ("n", None)]));
    })
    .await;
}

#[tokio::test]
async fn ranges_lie_in_before_and_beside_one_another() {
    run(Kind::Postgres, bookings(), async |db| {
        with_bookings(db).await;
        assert_eq!(ids(db, |b| b.during.holds(day(5))).await, [2]);
        assert_eq!(ids(db, |b| b.during.range_contains(day(2)..day(4))).await, [1]);
        assert_eq!(ids(db, |b| b.during.contained_by(day(1)..day(6))).await, [1, 3]);
        assert_eq!(ids(db, |b| b.during.overlap(day(4)..day(6))).await, [1, 2]);
        assert_eq!(ids(db, |b| b.during.fully_lt(day(5)..day(6))).await, [1]);
        assert_eq!(ids(db, |b| b.during.fully_gt(day(1)..day(5))).await, [2]);
        assert_eq!(ids(db, |b| b.during.not_lt(day(2)..day(3))).await, [2]);
        assert_eq!(ids(db, |b| b.during.not_gt(day(1)..day(5))).await, [1]);
        assert_eq!(ids(db, |b| b.during.adjacent_to(day(9)..day(11))).await, [2]);
        assert_eq!(ids(db, |b| b.during.start().eq(day(5))).await, [2]);
        assert_eq!(ids(db, |b| b.during.end().eq(day(5))).await, [1]);
        assert_eq!(ids(db, |b| b.during.is_empty_range()).await, [3]);
        assert_eq!(ids(db, |b| b.during.lower_inc()).await, [1, 2]);
        assert_eq!(ids(db, |b| b.during.upper_inc()).await, Vec::<i64>::new());
        assert_eq!(ids(db, |b| b.during.lower_inf() | b.during.upper_inf()).await, Vec::<i64>::new());
        assert_eq!(ids(db, |b| b.sizes.holds(8)).await, [1, 3]);
        let open = Range::Between(std::ops::Bound::Unbounded, std::ops::Bound::Excluded(3));
        let changed = Booking::objects().with_key(2).update(|b| b.sizes.set(open)).execute(db).await;
        assert_eq!(changed.expect("it is changed"), 1);
        assert_eq!(ids(db, |b| b.sizes.lower_inf()).await, [2]);
        assert_eq!(ids(db, |b| b.sizes.upper_inf()).await, Vec::<i64>::new());
        assert_eq!(Booking::objects().with_key(2).get(db).await.expect("it is there").sizes, Some(open));
    })
    .await;
}

async fn columns_of_postgres_are_refused_by_the_others(db: &Db) {
    if db.connection().dialect().name() == "postgres" {
        return;
    }
    macro_rules! refused {
        ($($name:literal: $condition:expr),+ $(,)?) => {$(
            let query = Booking::objects().filter($condition).select(|b| b.id);
            let error = query.all(db).await.expect_err("only PostgreSQL has it");
            assert_eq!(error.code(), "orm.unsupported", $name);
            assert!(error.to_string().contains(concat!("`", $name, "`")), "{}: {error}", $name);
        )+};
    }
    refused! {
        "list_contains": |b| b.tags.list_contains(["b"]),
        "overlap": |b| b.tags.overlap(["b"]),
        "item": |b| b.tags.item(0).eq("b"),
        "has_key": |b| b.extra.has_key("n"),
        "range_contains": |b| b.during.range_contains(day(1)..day(2)),
        "upper_inf": |b| b.sizes.upper_inf(),
    }
}

fn near(left: Option<f64>, right: f64) {
    assert!((left.expect("there are rows") - right).abs() < 1e-9, "{left:?} is not {right}");
}

/// The others refuse each of them by name.
async fn aggregates_of_postgres(db: &Db) {
    fill(db).await;
    let postgres = db.connection().dialect().name() == "postgres";
    macro_rules! aggregate {
        ($($expression:expr => $check:expr),+ $(,)?) => {$(
            let found = Sample::objects().filter(|s| s.id.le(4)).select($expression).get(db).await;
            match found {
                Ok(value) => { assert!(postgres, "only PostgreSQL has it"); ($check)(value); }
                Err(error) => assert_eq!((postgres, error.code()), (false, "orm.unsupported"), "{error}"),
            }
        )+};
    }
    let wanted = |wanted: i16| move |found: Option<i16>| assert_eq!(found, Some(wanted));
    let number = |wanted: f64| move |found: Option<f64>| near(found, wanted);
    aggregate! {
        |s| bool_or(s.flag) => |found| assert_eq!(found, Some(true)),
        |s| bit_and(s.small).only(s.id.le(2)) => wanted(2),
        |s| bit_or(s.small).only(s.id.le(2)) => wanted(3),
        |s| bit_xor(s.small).only(s.id.le(2)) => wanted(1),
        |s| json_agg(s.small) => |found| assert_eq!(found, Some(serde_json::json!([2, 3, 4, 5]))),
        |s| array_agg(s.maybe).ordered_by(s.id.desc()) => |found| assert_eq!(found, Some(vec![5, 1])),
        |s| corr(s.whole, s.small) => number(-2.0 / 865_f64.sqrt()),
        |s| covar_pop(s.whole, s.small) => number(-0.5),
        |s| covar_sample(s.whole, s.small) => number(-2.0 / 3.0),
        |s| regr_avgx(s.whole, s.small) => number(3.5),
        |s| regr_avgy(s.whole, s.small) => number(2.5),
        |s| regr_count(s.whole, s.small) => |found| assert_eq!(found, 4),
        |s| regr_intercept(s.whole, s.small) => number(3.9),
        |s| regr_r2(s.whole, s.small) => number(4.0 / 865.0),
        |s| regr_slope(s.whole, s.small) => number(-0.4),
        |s| regr_sxx(s.whole, s.small) => number(5.0),
        |s| regr_sxy(s.whole, s.small) => number(-2.0),
        |s| regr_syy(s.whole, s.small) => number(173.0),
    }
}

/// The others refuse each of them by name.
async fn functions_of_postgres(db: &Db) {
    fill(db).await;
    let postgres = db.connection().dialect().name() == "postgres";
    if postgres {
        let script = "CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm";
        db.connection().execute_script(script).await.expect("the extensions are there");
    }
    macro_rules! function {
        ($($expression:expr => $check:expr),+ $(,)?) => {$(
            match Sample::objects().filter(|s| s.id.eq(3)).select($expression).get(db).await {
                Ok(value) => { assert!(postgres, "only PostgreSQL has it"); ($check)(value); }
                Err(error) => assert_eq!((postgres, error.code()), (false, "orm.unsupported"), "{error}"),
            }
        )+};
    }
    let is = |wanted: f64| move |found: f64| assert!((found - wanted).abs() < 1e-6, "{found} is not {wanted}");
    let bottle = || demijohn_orm::value::<String>("a glass bottle");
    function! {
        |s| s.name.unaccent() => |found| assert_eq!(found, "Uni"),
        |_| bottle().trigram_similarity("a glass bottle") => is(1.0),
        |_| bottle().trigram_distance("a glass bottle") => is(0.0),
        |_| bottle().trigram_word_similarity("glass") => is(1.0),
        |_| bottle().trigram_word_distance("glass") => is(0.0),
        |_| bottle().trigram_strict_word_similarity("glass") => is(1.0),
        |_| bottle().trigram_strict_word_distance("glass") => is(0.0),
        |_| random_uuid() => |found: demijohn_orm::Uuid| assert_eq!(found.get_version_num(), 4),
        |_| transaction_now() => |found: demijohn_orm::Timestamp| assert!(found > demijohn_orm::Timestamp::UNIX_EPOCH),
    }
    let found = async |condition: fn(super::models::SampleColumns) -> Condition| {
        Sample::objects().filter(condition).select(|s| s.id).all(db).await
    };
    let similar: [fn(super::models::SampleColumns) -> Condition; 3] = [
        |s| s.note.trigram_similar("glass bottles and cork"),
        |s| s.note.trigram_word_similar("bottles"),
        |s| s.note.trigram_strict_word_similar("bottles"),
    ];
    for condition in similar {
        match found(condition).await {
            Ok(ids) => assert_eq!((postgres, ids), (true, vec![1])),
            Err(error) => assert_eq!((postgres, error.code()), (false, "orm.unsupported"), "{error}"),
        }
    }
}

on_every_database! { models::all(); aggregates_of_postgres, functions_of_postgres, columns_of_postgres_are_refused_by_the_others }
