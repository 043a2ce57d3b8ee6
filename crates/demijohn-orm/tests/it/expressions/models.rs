//! The model of these tests and its rows.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Date, Db, Decimal, Model as _, Text, Time, Timestamp};
use serde_json::{Value as Json, json};

#[derive(Model, Debug, Clone)]
#[model(app = "lab", crate = demijohn_orm, ordering = ["id"])]
pub(crate) struct Sample {
    pub id: i64,
    #[field(max_length = 50)]
    pub name: String,
    pub note: Option<Text>,
    pub whole: i64,
    pub small: i16,
    pub real: f64,
    #[field(max_digits = 12, decimal_places = 3)]
    pub exact: Decimal,
    pub maybe: Option<i64>,
    pub flag: bool,
    pub moment: Timestamp,
    pub later: Option<Timestamp>,
    pub day: Date,
    pub time: Time,
    pub data: Json,
}

pub(crate) fn all() -> Models {
    [Sample::meta()].into_iter().collect()
}

/// Four rows: `Ada` and `bob` have all values, `Ünï` and the one without a name have none of the optional ones.
pub(crate) async fn fill(db: &Db) {
    type Row = (&'static str, Option<&'static str>, i64, i16, f64, i64, Option<i64>, &'static str, Json);
    let rows: [Row; 4] = [
        (
            "Ada",
            Some("glass bottles and corks"),
            7,
            2,
            2.5,
            4_000,
            Some(1),
            "2024-03-31T00:59:30.5Z",
            json!({"name": "ada", "n": 1.5, "list": [1, 2, 3], "deep": {"a": [{"b": true}]}, "null": null}),
        ),
        (
            "bob",
            Some("A glass of water"),
            -7,
            3,
            -1.5,
            1_250,
            Some(5),
            "2024-03-31T01:00:00Z",
            json!({"name": "bob", "n": 20, "list": [3]}),
        ),
        ("Ünï", None, 10, 4, 0.25, 10_000, None, "2023-12-31T23:30:00Z", json!([1, "two", null])),
        ("", None, 0, 5, 100.0, -2_500, None, "2024-10-27T00:30:00.000001Z", Json::Null),
    ];
    for (name, note, whole, small, real, mills, maybe, moment, data) in rows {
        let moment: Timestamp = moment.parse().expect("it is a moment");
        let civil = moment.to_zoned(jiff::tz::TimeZone::UTC).datetime();
        Sample::create()
            .name(name)
            .note(note.map(str::to_owned))
            .whole(whole)
            .small(small)
            .real(real)
            .exact(Decimal::new(mills, 3))
            .maybe(maybe)
            .flag(whole > 0)
            .moment(moment)
            .later(maybe.map(|days| moment + jiff::SignedDuration::from_hours(24 * days)))
            .day(civil.date())
            .time(civil.time())
            .data(data)
            .save(db)
            .await
            .expect("the row is new");
    }
}
