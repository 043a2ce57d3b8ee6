//! Rows as JSON, out and in, on every database. The exchange with Django itself is tested with the blog.

use std::net::IpAddr;

use demijohn_core::model::{Models, Uuid};
use demijohn_core::{Error, Result};
use demijohn_macros::{Choices, Model};
use demijohn_orm::fixtures::{DumpOptions, Fixture, LoadOptions, LoadReport, dumpdata, loaddata};
use demijohn_orm::{
    Date, Db, Decimal, Duration, Executor as _, ForeignKey, HStore, ManyToMany, Model as _, Range, Text, Time,
    Timestamp, migrations,
};
use expect_test::expect;
use serde_json::{Value, json};

use crate::databases::{Kind, run};

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(crate = demijohn_orm)]
enum Status {
    Draft,
    InReview,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "shop", crate = demijohn_orm, natural_key = ["name"], ordering = ["-name"])]
struct Label {
    id: i64,
    #[field(max_length = 50, unique)]
    name: String,
    #[field(on_delete = SetNull, related_name = "+")]
    better: Option<ForeignKey<Label>>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm)]
struct Thing {
    id: i64,
    small: i16,
    medium: i32,
    big: i64,
    tiny: u8,
    flag: bool,
    ratio: f64,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    #[field(max_length = 50)]
    name: String,
    body: Text,
    at: Timestamp,
    day: Date,
    hour: Time,
    length: Duration,
    code: Uuid,
    address: IpAddr,
    document: Value,
    bytes: Vec<u8>,
    status: Status,
    maybe: Option<i32>,
    #[field(generated = "{medium} * 2")]
    double: i32,
    #[field(on_delete = SetNull, related_name = "+")]
    parent: Option<ForeignKey<Thing>>,
    #[field(on_delete = Cascade, related_name = "+")]
    label: ForeignKey<Label>,
    #[field(related_name = "+")]
    labels: ManyToMany<Label>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "shop", crate = demijohn_orm)]
struct Seat {
    #[field(primary_key)]
    aisle: i32,
    #[field(primary_key, max_length = 3)]
    letter: String,
    #[field(default = 7)]
    price: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "shop", crate = demijohn_orm)]
struct OnlyPostgres {
    id: i64,
    words: Vec<String>,
    numbers: Option<Vec<i32>>,
    moments: Vec<Timestamp>,
    days: Range<Date>,
    span: Range<i32>,
    pairs: HStore,
}

fn models() -> Models {
    [Label::meta(), Thing::meta(), Seat::meta()].into_iter().collect()
}

/// Every kind of field as Django writes it, and rows that point forwards, to each other and to themselves.
const EVERYTHING: &str = r#"[
{
  "model": "shop.label",
  "pk": 1,
  "fields": {
    "name": "café \"x\"",
    "better": 2
  }
},
{
  "model": "shop.label",
  "pk": 2,
  "fields": {
    "name": "b",
    "better": 1
  }
},
{
  "model": "shop.thing",
  "pk": 7,
  "fields": {
    "small": -32768,
    "medium": 21,
    "big": 9223372036854775807,
    "tiny": 255,
    "flag": true,
    "ratio": 0.1,
    "price": "-12.50",
    "name": "Ünï\t\"q\" \\ 🍷",
    "body": "line\r\nline",
    "at": "2026-01-02T03:04:05.678901Z",
    "day": "0999-12-31",
    "hour": "23:59:59.120",
    "length": "-1 23:59:58.500000",
    "code": "0190cb1e-3c2f-7d4e-8a53-1f1c6f5b2a10",
    "address": "2001:db8::1",
    "document": {
      "a": [
        1,
        null,
        {}
      ]
    },
    "bytes": "AP8Q",
    "status": "in_review",
    "maybe": null,
    "parent": 9,
    "label": 2,
    "labels": [
      1,
      2
    ]
  }
},
{
  "model": "shop.thing",
  "pk": 9,
  "fields": {
    "small": 0,
    "medium": -1,
    "big": 0,
    "tiny": 0,
    "flag": false,
    "ratio": 1e+16,
    "price": "0.00",
    "name": "",
    "body": "",
    "at": "1969-12-31T23:59:59Z",
    "day": "2026-02-28",
    "hour": "00:00:00",
    "length": "00:00:00",
    "code": "00000000-0000-0000-0000-000000000000",
    "address": "10.0.0.1",
    "document": "text",
    "bytes": "",
    "status": "draft",
    "maybe": 5,
    "parent": null,
    "label": 1,
    "labels": []
  }
},
{
  "model": "shop.seat",
  "pk": [
    1,
    "a"
  ],
  "fields": {
    "aisle": 1,
    "letter": "a",
    "price": 3
  }
}
]
"#;

async fn load(db: &Db, text: &str) -> Result<LoadReport> {
    loaddata(db, &[Fixture::new("site.json", text)], &LoadOptions::default()).await
}

async fn dump(db: &Db, options: DumpOptions) -> String {
    let mut written = Vec::new();
    dumpdata(db, &options, &mut written).await.expect("it is written");
    String::from_utf8(written).expect("JSON is text")
}

async fn all(db: &Db) -> String {
    dump(db, DumpOptions { indent: Some(2), ..DumpOptions::default() }).await
}

async fn refused(db: &Db, text: &str) -> Error {
    let error = load(db, text).await.expect_err("it is wrong");
    assert_eq!(Label::objects().count(db).await.expect("it runs"), 0, "nothing is left of it: {error:#}");
    error
}

async fn every_kind_of_field_goes_in_and_comes_out_as_it_was(db: &Db) {
    let report = load(db, EVERYTHING).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!((report.loaded, report.left_out), (5, 0));
    assert_eq!(all(db).await, EVERYTHING);
    let thing = Thing::objects().with_key(7).get(db).await.expect("it is there");
    assert_eq!((thing.double, thing.bytes.as_slice(), thing.status), (42, [0, 255, 16].as_slice(), Status::InReview));
    assert_eq!((thing.length, thing.price), (Duration::from_millis(-1_500), Decimal::new(-1250, 2)));
    assert_eq!(thing.at, "2026-01-02T03:04:05.678901Z".parse::<Timestamp>().expect("it is a moment"));
    // The same once more changes nothing, and new rows are numbered behind those with numbers of their own.
    load(db, EVERYTHING).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(all(db).await, EVERYTHING);
    let new = Label::create().name("new").save(db).await.expect("its number is free");
    assert_eq!(new.id, 3);
    let compact = dump(db, DumpOptions { labels: vec!["shop.Label".to_owned()], ..DumpOptions::default() }).await;
    assert_eq!(
        compact,
        r#"[{"model": "shop.label", "pk": 1, "fields": {"name": "café \"x\"", "better": 2}}, {"model": "shop.label", "pk": 2, "fields": {"name": "b", "better": 1}}, {"model": "shop.label", "pk": 3, "fields": {"name": "new", "better": null}}]"#
    );
}

async fn many_rows_are_written_page_by_page(db: &Db) {
    let object = |n: usize| json!({"model": "shop.seat", "pk": [n, "a"], "fields": {"price": n}});
    let label = |n: usize| json!({"model": "shop.label", "pk": n, "fields": {"name": format!("n{n}")}});
    let objects: Vec<Value> = (1..=1203).map(object).chain((1..=1203).map(label)).collect();
    load(db, &Value::from(objects).to_string()).await.unwrap_or_else(|error| panic!("{error:#}"));
    let written: Vec<Value> = serde_json::from_str(&all(db).await).expect("it is JSON");
    let keys = |model: &str| written.iter().filter(|one| one["model"] == model).map(|one| one["pk"].clone()).collect();
    let seats: Vec<Value> = keys("shop.seat");
    assert_eq!(seats, (1..=1203).map(|n| json!([n, "a"])).collect::<Vec<_>>());
    let labels: Vec<Value> = keys("shop.label");
    assert_eq!(labels, (1..=1203).map(|n| json!(n)).collect::<Vec<_>>());
}

async fn rows_are_named_by_natural_keys_and_may_come_in_any_order(db: &Db) {
    let thing = EVERYTHING.split("\"fields\": {\n    \"small\": 0,").nth(1).expect("there are two");
    let thing = thing.split("\n  }\n}").next().expect("it ends").replace("\"label\": 1", "\"label\": [\"late\"]");
    let thing = thing.replace("\"labels\": []", "\"labels\": [[\"late\"], [\"ring\"]]");
    let text = format!(
        r#"[{{"model": "shop.thing", "pk": 9, "fields": {{"small": 0, {thing}}}}},
            {{"model": "shop.label", "pk": 50, "fields": {{"name": "ring", "better": ["late"]}}}},
            {{"model": "shop.label", "pk": 60, "fields": {{"name": "late", "better": ["ring"]}}}}]"#
    );
    load(db, &text).await.unwrap_or_else(|error| panic!("{error:#}"));
    let row = Thing::objects().with_key(9).get(db).await.expect("it is there");
    assert_eq!(row.label.key(), 60);
    let names: Vec<String> = row.labels.all(db).await.expect("it runs").into_iter().map(|label| label.name).collect();
    assert_eq!(names, ["ring", "late"]);
    let ring = Label::objects().with_key(50).get(db).await.expect("it is there");
    assert_eq!(ring.better.map(|better| better.key()), Some(60));

    let natural = DumpOptions { natural_foreign: true, natural_primary: true, ..DumpOptions::default() };
    let written = dump(db, natural.clone()).await;
    assert!(
        written.contains(r#"{"model": "shop.label", "fields": {"name": "ring", "better": ["late"]}}"#),
        "{written}"
    );
    assert!(written.contains(r#""label": ["late"], "labels": [["ring"], ["late"]]"#), "{written}");
    // A row without a key is the one with its natural key, or a new one.
    let text = r#"[{"model": "shop.label", "fields": {"name": "late", "better": null}},
                   {"model": "shop.label", "fields": {"name": "other", "better": ["late"]}}]"#;
    load(db, text).await.unwrap_or_else(|error| panic!("{error:#}"));
    let late = Label::objects().with_key(60).get(db).await.expect("it is there");
    assert_eq!(late.better, None);
    assert_eq!(Label::objects().count(db).await.expect("it runs"), 3);
}

async fn what_is_left_out_keeps_what_it_holds_and_sets_are_exact(db: &Db) {
    load(db, EVERYTHING).await.unwrap_or_else(|error| panic!("{error:#}"));
    let text = r#"[{"model": "shop.thing", "pk": 7, "fields": {"maybe": 8, "labels": [2]}}]"#;
    load(db, text).await.unwrap_or_else(|error| panic!("{error:#}"));
    let thing = Thing::objects().with_key(7).get(db).await.expect("it is there");
    assert_eq!((thing.maybe, thing.medium), (Some(8), 21));
    assert_eq!(thing.labels.keys(db).await.expect("it runs"), [demijohn_core::model::Value::Int(2)]);
    load(db, r#"[{"model": "shop.seat", "pk": [9, "z"], "fields": {}}]"#).await.expect("the price has a default");
    let seat = Seat::objects().with_key((9, "z".to_owned())).get(db).await.expect("it is there");
    assert_eq!(seat.price, 7);
}

async fn errors_name_the_place_the_object_and_the_field(db: &Db) {
    let unknown = refused(db, "[\n  {\"model\": \"shop.label\", \"pk\": 1, \"fields\": {\n    \"nam\": 1}}]").await;
    expect![[r#"
        site.json:3:12: `shop.label 1`: unknown field `nam`; choices are `id`, `name`, `better`
        hint: did you mean `name`?"#]]
    .assert_eq(&format!("{unknown:#}"));
    let model = refused(db, r#"[{"model": "shop.lable", "pk": 1, "fields": {}}]"#).await;
    expect![[r#"
        site.json:1:2: unknown model `shop.lable`; choices are `shop.label`, `shop.thing`, `shop.thing_labels`, `shop.seat`
        hint: did you mean `shop.label`?"#]]
    .assert_eq(&format!("{model:#}"));
    let value = refused(db, r#"[{"model": "shop.seat", "pk": ["x", "a"], "fields": {}}]"#).await;
    assert_eq!(
        value.message(),
        "site.json:1:32: `shop.seat [\"x\", \"a\"]`: `aisle` holds integer, but here is the text `\"x\"`"
    );
    assert_eq!(value.code(), "loaddata.value");
    let long = format!(r#"[{{"model": "shop.label", "pk": 1, "fields": {{"name": "{}"}}}}]"#, "x".repeat(51));
    let long = refused(db, &long).await;
    assert_eq!(
        (long.code(), long.message()),
        ("orm.too_long", "site.json:1:2: `shop.label 1`: `name` holds at most 50 characters, but was given 51")
    );
    let null = refused(db, r#"[{"model": "shop.label", "pk": 1, "fields": {"name": null}}]"#).await;
    assert_eq!(null.message(), "site.json:1:54: `shop.label 1`: `name` may not be null");
    let missing = refused(db, r#"[{"model": "shop.label", "pk": 1, "fields": {}}]"#).await;
    assert_eq!(missing.code(), "orm.missing_field", "{missing:#}");
    let lost = refused(db, r#"[{"model": "shop.label", "pk": 1, "fields": {"name": "a", "better": 5}}]"#).await;
    assert_eq!(
        lost.message(),
        "site.json:1:2: `shop.label 1`: `better` points to `shop.label` 5, which is neither in the database nor in the \
         files"
    );
    let nobody = r#"[{"model": "shop.label", "pk": 1, "fields": {"name": "a", "better": ["b"]}}]"#;
    let nobody = refused(db, nobody).await;
    assert_eq!(
        nobody.message(),
        "site.json:1:69: `shop.label 1`: `better` no `shop.label` has the natural key `[\"b\"]`, in the database or in \
         the files"
    );
    let twice = r#"[{"model": "shop.label", "pk": 1, "fields": {"name": "a"}},
        {"model": "shop.label", "pk": 2, "fields": {"name": "a"}}]"#;
    let twice = refused(db, twice).await;
    assert_eq!(twice.code(), "orm.unique");
    assert!(twice.message().starts_with("site.json:2:9: `shop.label 2`: "), "{twice:#}");
    for (text, place) in [("[{]", "site.json:1:3"), ("{}", "site.json:1:0"), ("[7]", "site.json:1:2")] {
        let error = refused(db, text).await;
        assert_eq!(error.code(), "loaddata.json");
        assert!(error.message().starts_with(place), "{text}: {error:#}");
    }
}

async fn what_is_not_there_any_more_is_left_out_on_request(db: &Db) {
    let text = r#"[{"model": "shop.gone", "pk": 1, "fields": {"a": 1}},
                   {"model": "shop.label", "pk": 1, "fields": {"name": "a", "gone": [1]}},
                   {"model": "shop.seat", "pk": [1, "a"], "fields": {"price": 1}}]"#;
    let options =
        LoadOptions { ignore_nonexistent: true, exclude: vec!["shop.seat".to_owned()], ..LoadOptions::default() };
    let report = loaddata(db, &[Fixture::new("site.json", text)], &options).await.expect("it is loaded");
    assert_eq!((report.loaded, report.left_out), (1, 2));
    assert_eq!(Seat::objects().count(db).await.expect("it runs"), 0);
}

async fn rows_that_migrate_makes_get_the_numbers_of_the_file(db: &Db) {
    load(db, EVERYTHING).await.unwrap_or_else(|error| panic!("{error:#}"));
    let row = |number, name| format!(r#"{{"model": "shop.label", "pk": {number}, "fields": {{"name": {name}}}}}"#);
    // The two swap their numbers, and a third takes that of one of them.
    let three = [row(2, r#""café \"x\"""#), row(3, r#""b""#), row(1, r#""new""#)];
    let fixture = [Fixture::new("site.json", format!("[{}]", three.join(", ")))];
    let refused = loaddata(db, &fixture, &LoadOptions::default()).await.expect_err("the names are there already");
    assert_eq!(refused.code(), "orm.unique", "{refused:#}");

    let options = LoadOptions { renumber: vec![Label::meta()], ..LoadOptions::default() };
    loaddata(db, &fixture, &options).await.unwrap_or_else(|error| panic!("{error:#}"));
    let labels = Label::objects().order_by(|l| l.id).all(db).await.expect("it runs");
    let shown: Vec<_> =
        labels.iter().map(|l| (l.id, l.name.as_str(), l.better.as_ref().map(ForeignKey::key))).collect();
    assert_eq!(shown, [(1, "new", None), (2, "café \"x\"", Some(3)), (3, "b", Some(2))]);
    // Who pointed to label 2 and had both labels still does.
    let thing = Thing::objects().filter(|t| t.id.eq(7)).get(db).await.expect("it is there");
    assert_eq!(thing.label.key(), 3);
    let mut held: Vec<i64> = thing.labels.all(db).await.expect("it runs").iter().map(|label| label.id).collect();
    held.sort_unstable();
    assert_eq!(held, [2, 3]);
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm, natural_key = ["label", "code"], ordering = ["id"])]
struct Right {
    id: i64,
    #[field(on_delete = Cascade, related_name = "+")]
    label: ForeignKey<Label>,
    #[field(max_length = 20)]
    code: String,
}

/// Label 2 was another where the file comes from: whoever holds right 9 there would hold one of our label 2 here.
#[tokio::test]
async fn rows_are_not_taken_for_those_of_the_file_by_numbers_that_it_does_not_name() {
    run(Kind::Sqlite, [Label::meta(), Right::meta()].into_iter().collect(), async |db| {
        migrations::create_tables(db).await.expect("the tables are made");
        let label = |number: i64, name: &str| json!({"model": "shop.label", "pk": number, "fields": {"name": name}});
        let right = |number: i64, label: Value| {
            json!({"model": "shop.right", "pk": number, "fields": {"label": label, "code": "change"}})
        };
        let options = || LoadOptions { renumber: vec![Label::meta(), Right::meta()], ..LoadOptions::default() };
        let load = async |rows: Value| loaddata(db, &[Fixture::new("site.json", rows.to_string())], &options()).await;
        let rights = async || {
            let rows = Right::objects().all(db).await.expect("they are read");
            rows.iter().map(|r| (r.id, r.label.key())).collect::<Vec<_>>()
        };
        load(json!([label(1, "ours"), label(2, "users"), right(5, json!(2))])).await.expect("it is loaded");
        let error = load(json!([right(9, json!(2))])).await.expect_err("which label is that?");
        assert_eq!(error.code(), "loaddata.renumber", "{error:#}");
        assert_eq!(rights().await, [(5, 2)]);
        // The same number is the same row, and a label that is named is known.
        load(json!([right(5, json!(2))])).await.expect("it is loaded");
        load(json!([right(9, json!(["users"]))])).await.expect("it is loaded");
        assert_eq!(rights().await, [(9, 2)]);
        load(json!([label(7, "users"), right(4, json!(7))])).await.expect("it is loaded");
        assert_eq!(rights().await, [(4, 7)]);
    })
    .await;
}

async fn rows_are_chosen_by_app_model_and_key(db: &Db) {
    load(db, EVERYTHING).await.unwrap_or_else(|error| panic!("{error:#}"));
    let models = async |labels: &[&str], exclude: &[&str], keys: &[&str]| {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let options =
            DumpOptions { labels: own(labels), exclude: own(exclude), keys: own(keys), ..DumpOptions::default() };
        let mut written = Vec::new();
        dumpdata(db, &options, &mut written).await?;
        let objects: Vec<Value> = serde_json::from_slice(&written).expect("it is JSON");
        Ok::<_, Error>(objects.iter().map(|one| format!("{} {}", one["model"], one["pk"])).collect::<Vec<_>>())
    };
    let seats = models(&["shop"], &["shop.label", "shop.thing"], &[]).await.expect("it is written");
    assert_eq!(seats, [r#""shop.seat" [1,"a"]"#]);
    assert_eq!(models(&["shop.thing"], &[], &["9"]).await.expect("it is written"), [r#""shop.thing" 9"#]);
    let codes = [
        models(&["shp"], &[], &[]).await,
        models(&["shop.thin"], &[], &[]).await,
        models(&["shop"], &[], &["1"]).await,
        models(&["shop.label"], &[], &["x"]).await,
    ]
    .map(|outcome| outcome.expect_err("it is wrong").code());
    assert_eq!(codes, ["orm.unknown_app", "orm.unknown_model", "dumpdata.keys", "migrations.fill"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_postgres_has_goes_in_and_comes_out() {
    run(Kind::Postgres, [OnlyPostgres::meta()].into_iter().collect(), async |db| {
        db.connection().execute_script("CREATE EXTENSION hstore").await.expect("the server has it");
        migrations::create_tables(db).await.expect("the tables are made");
        let text = r#"[{"model": "shop.onlypostgres", "pk": 1, "fields": {"words": "[\"a\", \"b, \\\"c\\\"\"]", "numbers": "[\"1\", \"-2\"]", "moments": "[\"2026-01-02T03:04:05+00:00\"]", "days": "{\"bounds\": \"[)\", \"lower\": \"2026-01-01\", \"upper\": null}", "span": "{\"empty\": true}", "pairs": "{\"a\": \"1\", \"b\": null}"}}]"#;
        load(db, text).await.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(dump(db, DumpOptions::default()).await, text);
        let row = OnlyPostgres::objects().get(db).await.expect("it is there");
        assert_eq!((row.numbers, row.span), (Some(vec![1, -2]), Range::Empty));
    })
    .await;
}

on_every_database! { models();
    every_kind_of_field_goes_in_and_comes_out_as_it_was,
    many_rows_are_written_page_by_page,
    rows_are_named_by_natural_keys_and_may_come_in_any_order,
    what_is_left_out_keeps_what_it_holds_and_sets_are_exact,
    errors_name_the_place_the_object_and_the_field,
    what_is_not_there_any_more_is_left_out_on_request,
    rows_that_migrate_makes_get_the_numbers_of_the_file,
    rows_are_chosen_by_app_model_and_key,
}
