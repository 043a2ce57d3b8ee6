//! Parts and beginnings of dates and moments, in time zones.

use demijohn_orm::{DateUnit, Db, Model as _, Timestamp, now};

use super::models::{self, Sample, fill};

const BERLIN: &str = "Europe/Berlin";

async fn parts_are_those_of_the_zone(db: &Db) {
    fill(db).await;
    let utc = Sample::objects()
        .select(|s| {
            (s.moment.year(), s.moment.month(), s.moment.day(), s.moment.hour(), s.moment.minute(), s.moment.second())
        })
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(
        utc,
        [(2024, 3, 31, 0, 59, 30), (2024, 3, 31, 1, 0, 0), (2023, 12, 31, 23, 30, 0), (2024, 10, 27, 0, 30, 0)]
    );
    let berlin = Sample::objects()
        .select(|s| {
            let local = || s.moment.in_time_zone(BERLIN);
            (local().year(), local().month(), local().day(), local().hour(), local().minute(), local().second())
        })
        .all(db)
        .await
        .expect("they are worked out");
    // The clocks went forward at one o'clock UTC; the third is already in the new year there.
    assert_eq!(
        berlin,
        [(2024, 3, 31, 1, 59, 30), (2024, 3, 31, 3, 0, 0), (2024, 1, 1, 0, 30, 0), (2024, 10, 27, 2, 30, 0)]
    );
    let calendar = Sample::objects()
        .select(|s| {
            let local = || s.moment.in_time_zone(BERLIN);
            (local().iso_year(), local().quarter(), local().week(), local().week_day(), local().iso_week_day())
        })
        .all(db)
        .await
        .expect("they are worked out");
    assert_eq!(calendar, [(2024, 1, 13, 1, 7), (2024, 1, 13, 1, 7), (2024, 1, 1, 2, 1), (2024, 4, 43, 1, 7)]);
    let optional = Sample::objects().select(|s| s.later.year()).all(db).await.expect("they are worked out");
    assert_eq!(optional, [Some(2024), Some(2024), None, None]);
}

async fn beginnings_are_moments_of_the_zone(db: &Db) {
    fill(db).await;
    let moment = |text: &str| text.parse::<Timestamp>().expect("it is a moment");
    for (unit, utc, berlin) in [
        (DateUnit::Year, "2024-01-01T00:00:00Z", "2023-12-31T23:00:00Z"),
        (DateUnit::Quarter, "2024-01-01T00:00:00Z", "2023-12-31T23:00:00Z"),
        (DateUnit::Month, "2024-03-01T00:00:00Z", "2024-02-29T23:00:00Z"),
        (DateUnit::Week, "2024-03-25T00:00:00Z", "2024-03-24T23:00:00Z"),
        (DateUnit::Day, "2024-03-31T00:00:00Z", "2024-03-30T23:00:00Z"),
        (DateUnit::Hour, "2024-03-31T00:00:00Z", "2024-03-31T00:00:00Z"),
        (DateUnit::Minute, "2024-03-31T00:59:00Z", "2024-03-31T00:59:00Z"),
        (DateUnit::Second, "2024-03-31T00:59:30Z", "2024-03-31T00:59:30Z"),
    ] {
        let found = Sample::objects()
            .filter(|s| s.id.eq(1))
            .select(|s| (s.moment.trunc(unit), s.moment.in_time_zone(BERLIN).trunc(unit)))
            .get(db)
            .await
            .expect("it is worked out");
        assert_eq!(found, (moment(utc), moment(berlin)), "{unit:?}");
    }
    // Of an hour that comes twice, each keeps its own beginning; in Nepal an hour begins at a quarter past in UTC.
    let found = Sample::objects()
        .filter(|s| s.id.eq(4))
        .select(|s| {
            (
                s.moment.in_time_zone(BERLIN).trunc(DateUnit::Hour),
                s.moment.in_time_zone("Asia/Kathmandu").trunc(DateUnit::Hour),
            )
        })
        .get(db)
        .await
        .expect("it is worked out");
    assert_eq!(found, (moment("2024-10-27T00:00:00Z"), moment("2024-10-27T00:15:00Z")));
}

async fn dates_and_times_have_parts_of_their_own(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .filter(|s| s.id.eq(3))
        .select(|s| {
            (
                s.day.year(),
                s.day.week(),
                s.day.iso_year(),
                s.day.week_day(),
                s.day.trunc(DateUnit::Quarter),
                s.day.trunc(DateUnit::Week),
                s.time.hour(),
                s.time.minute(),
                s.time.trunc(DateUnit::Hour),
                s.moment.in_time_zone(BERLIN).date(),
                s.moment.in_time_zone(BERLIN).time(),
            )
        })
        .get(db)
        .await
        .expect("they are worked out");
    let date = jiff::civil::date;
    assert_eq!((found.0, found.1, found.2, found.3), (2023, 52, 2023, 1));
    assert_eq!((found.4, found.5), (date(2023, 10, 1), date(2023, 12, 25)));
    assert_eq!((found.6, found.7, found.8), (23, 30, jiff::civil::time(23, 0, 0, 0)));
    assert_eq!((found.9, found.10), (date(2024, 1, 1), jiff::civil::time(0, 30, 0, 0)));
}

async fn moments_are_grouped_by_month(db: &Db) {
    fill(db).await;
    let found = Sample::objects()
        .select(|s| (s.moment.in_time_zone(BERLIN).month(), demijohn_orm::count_rows()))
        .order_by(|s| s.moment.in_time_zone(BERLIN).month())
        .all(db)
        .await;
    assert_eq!(found.expect("they are grouped"), [(1, 1), (3, 2), (10, 1)]);
}

async fn now_is_now(db: &Db) {
    fill(db).await;
    let found = Sample::objects().filter(|s| s.id.eq(1) & s.moment.lt(now())).select(|_| now()).get(db).await;
    let apart = Timestamp::now().duration_since(found.expect("it is read")).abs();
    assert!(apart < jiff::SignedDuration::from_mins(5), "{apart}");
}

async fn a_zone_that_is_none_is_an_error_before_the_database_is_asked(db: &Db) {
    let found = Sample::objects().filter(|s| s.moment.in_time_zone("Europe/Bottle'").year().eq(1)).all(db).await;
    let error = found.expect_err("there is no such zone");
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("orm.time_zone", "there is no time zone `Europe/Bottle\\'`")
    );
}

on_every_database! {
    models::all();
    parts_are_those_of_the_zone, beginnings_are_moments_of_the_zone, dates_and_times_have_parts_of_their_own,
    moments_are_grouped_by_month, now_is_now, a_zone_that_is_none_is_an_error_before_the_database_is_asked
}
