//! Arithmetic, mathematics, aggregates.

use demijohn_orm::{
    DateUnit, Db, Decimal, Model as _, any_value, avg, bool_and, case, count, count_rows, greatest, least, max, min,
    raw_sql, std_dev, std_dev_sample, string_agg, sum, value, variance, variance_sample,
};

use super::models::{self, Sample, fill};

async fn integers_divide_as_in_rust_and_exact_numbers_stay_exact(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| {
            (
                s.whole / 2,
                s.whole % 4,
                s.whole * 3 - 1,
                -s.whole,
                s.exact / Decimal::from(3),
                s.exact % Decimal::from(3),
            )
        })
        .all(db)
        .await
        .expect("they are worked out");
    let decimal = |text: &str| text.parse::<Decimal>().expect("it is a number");
    let expected = [
        (3, 3, 20, -7, decimal("1.3333333333"), decimal("1")),
        (-3, -3, -22, 7, decimal("0.4166666667"), decimal("1.25")),
        (5, 2, 29, -10, decimal("3.3333333333"), decimal("1")),
        (0, 0, -1, 0, decimal("-0.8333333333"), decimal("-2.5")),
    ];
    assert_eq!(found, expected);
    let real = Sample::objects().select(|s| (s.real / 2.0, s.real + 0.5, s.exact + Decimal::ONE)).all(db).await;
    let real = real.expect("they are worked out");
    assert_eq!(real[1], (-0.75, -1.0, decimal("2.25")));
}

async fn dividing_by_zero_gives_null(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .filter(|s| (s.id / s.whole).is_null() | (s.exact / (s.exact - s.exact.abs())).eq(Decimal::ONE_THOUSAND))
        .select(|s| s.id)
        .all(db)
        .await;
    assert_eq!(found.expect("zero is no error"), [4]);
}

async fn bits_have_a_sign(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| {
            (s.whole.bit_and(6), s.whole.bit_or(8), s.whole.bit_xor(5), s.whole.shift_left(1), s.small.shift_right(1))
        })
        .all(db)
        .await
        .expect("they are worked out");
    let rust = |whole: i64, small: i16| (whole & 6, whole | 8, whole ^ 5, whole << 1, small >> 1);
    assert_eq!(found, [rust(7, 2), rust(-7, 3), rust(10, 4), rust(0, 5)]);
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

async fn mathematics_is_that_of_rust(db: &Db) {
    fill(db).await;
    let real = 2.5_f64;
    macro_rules! check {
        ($($name:ident => $expected:expr),+ $(,)?) => {$(
            let found = Sample::objects().filter(|s| s.id.eq(1)).select(|s| s.real.$name()).get(db).await;
            let found = found.expect("it is worked out");
            assert!(near(found, $expected), "{}: {found}", stringify!($name));
        )+};
    }
    check! {
        sqrt => real.sqrt(), exp => real.exp(), ln => real.ln(), sin => real.sin(), cos => real.cos(), tan => real.tan(),
        cot => 1.0 / real.tan(), atan => real.atan(), degrees => real.to_degrees(), radians => real.to_radians(),
        ceil => 3.0, floor => 2.0, abs => 2.5,
    }
    let found = Sample::objects()
        .filter(|s| s.id.eq(2))
        .select(|s| {
            (s.real.round(0), s.exact.round(1), s.real.sign(), s.whole.power(2.0), s.small.log(3.0), s.whole.abs())
        })
        .get(db)
        .await
        .expect("it is worked out");
    assert_eq!((found.0, found.1.normalize(), found.2, found.3), (-2.0, Decimal::new(13, 1), -1, 49.0));
    assert!(near(found.4, 1.0));
    assert_eq!(found.5, 7);
    let found = Sample::objects().filter(|s| s.id.eq(3)).select(|s| (s.real.asin(), s.real.acos())).get(db).await;
    let found = found.expect("it is worked out");
    assert!(near(found.0, 0.25_f64.asin()) && near(found.1, 0.25_f64.acos()));
}

async fn aggregates_have_the_types_they_promise(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| (sum(s.whole), sum(s.small), avg(s.whole), avg(s.exact), sum(s.exact), min(s.maybe), max(s.name)))
        .get(db)
        .await
        .expect("they are worked out");
    assert_eq!(found.0, Some(10));
    assert_eq!(found.1, Some(14));
    assert_eq!(found.2, Some(2.5));
    assert_eq!(found.3, Some(Decimal::new(31875, 4)));
    assert_eq!(found.4, Some(Decimal::new(1275, 2)));
    assert_eq!(found.5, Some(1));
    let found = Sample::objects()
        .select(|s| {
            (std_dev(s.whole), std_dev_sample(s.whole), variance(s.whole), variance_sample(s.whole), count(s.maybe))
        })
        .get(db)
        .await
        .expect("they are worked out");
    assert!(near(found.0.expect("rows"), 43.25_f64.sqrt()) && near(found.2.expect("rows"), 43.25));
    assert!(near(found.3.expect("rows"), 173.0 / 3.0) && near(found.1.expect("rows"), (173.0_f64 / 3.0).sqrt()));
    assert_eq!(found.4, 2);
    let found = Sample::objects()
        .select(|s| {
            (
                sum(s.whole).only(s.flag),
                count_rows().only(s.whole.lt(0)),
                count(s.flag).distinct(),
                sum(s.maybe).only(s.whole.gt(99)).or(0),
                any_value(s.maybe).only(s.id.ne(1)),
            )
        })
        .get(db)
        .await
        .expect("they are worked out");
    assert_eq!(found, (Some(17), 1, 2, 0, Some(5)));
    let none = Sample::objects().none().count(db).await.expect("no row is asked for");
    assert_eq!(none, 0);
}

async fn texts_are_put_together_in_order(db: &Db) {
    fill(db).await;
    let joined = Sample::objects()
        .filter(|s| s.id.le(2))
        .select(|s| (string_agg(s.name, "'; ").ordered_by(s.id.desc()), string_agg(s.note, ",").only(s.id.gt(5))))
        .get(db)
        .await
        .expect("they are put together");
    assert_eq!(joined, (Some("bob'; Ada".to_owned()), None));
}

async fn the_greatest_of_a_null_is_null(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| (greatest::<Option<i64>>((s.whole, s.maybe)), least::<i64>((s.whole, 3))))
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(found, [(Some(7), 3), (Some(5), -7), (None, 3), (None, 0)]);
}

async fn cases_and_values_and_casts_have_types(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| {
            let size = case::<String>().when(s.whole.gt(9), "large").when(s.whole.gt(0), "small").otherwise("none");
            (
                size,
                value::<i64>(42),
                value::<String>("x"),
                s.real.cast::<i64>(),
                s.whole.cast::<String>(),
                s.whole.null_if(7),
            )
        })
        .all(db)
        .await
        .expect("they are worked out");
    let row =
        |size: &str, cast, text: &str, null_if| (size.to_owned(), 42, "x".to_owned(), cast, text.to_owned(), null_if);
    let expected = [
        row("small", 2, "7", None),
        row("none", -1, "-7", Some(-7)),
        row("large", 0, "10", Some(10)),
        row("none", 100, "0", Some(0)),
    ];
    assert_eq!(found, expected);
    let raw = Sample::objects()
        .filter(|s| raw_sql::<bool>("{} + {} > 8", (s.whole, s.small)))
        .order_by(|s| s.whole * -1)
        .select(|s| s.id)
        .all(db)
        .await;
    assert_eq!(raw.expect("the SQL runs"), [3, 1]);
}

async fn expressions_order_group_and_update(db: &Db) {
    fill(db).await;
    let grouped = Sample::objects()
        .select(|s| (s.whole % 2, count_rows()))
        .order_by(|s| s.whole % 2)
        .all(db)
        .await
        .expect("they are grouped");
    assert_eq!(grouped, [(-1, 1), (0, 2), (1, 1)]);
    let changed = Sample::objects()
        .filter(|s| s.moment.year().eq(2024))
        .update(|s| {
            (s.whole.set(s.whole * 2 + 1), s.name.set(s.name.lower()), s.moment.set(s.moment.trunc(DateUnit::Month)))
        })
        .execute(db)
        .await
        .expect("they are changed");
    assert_eq!(changed, 3);
    let found = Sample::objects().select(|s| (s.whole, s.name)).all(db).await.expect("they are read");
    assert_eq!(found[0], (15, "ada".to_owned()));
}

async fn what_one_database_has_is_refused_by_the_others(db: &Db) {
    use demijohn_orm::Executor as _;
    fill(db).await;
    let found = Sample::objects().select(|s| bool_and(s.flag)).get(db).await;
    if db.connection().dialect().name() == "postgres" {
        assert_eq!(found.expect("it is worked out"), Some(false));
        return;
    }
    let error = found.expect_err("only PostgreSQL has it");
    assert_eq!(error.code(), "orm.unsupported");
    assert!(error.to_string().contains("no `bool_and`"), "{error}");
}

on_every_database! {
    models::all();
    integers_divide_as_in_rust_and_exact_numbers_stay_exact, dividing_by_zero_gives_null, bits_have_a_sign,
    mathematics_is_that_of_rust, aggregates_have_the_types_they_promise, texts_are_put_together_in_order,
    the_greatest_of_a_null_is_null, cases_and_values_and_casts_have_types, expressions_order_group_and_update,
    what_one_database_has_is_refused_by_the_others
}
