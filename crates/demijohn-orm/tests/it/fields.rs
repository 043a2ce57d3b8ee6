//! Every type of field and every option, written by us and read raw, on all three databases.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use demijohn_core::model::{DbDefault, Deferrable, FieldKind, IndexMethod, Models, OnDelete, UniqueFor, Value};
use demijohn_macros::{Choices, Fields, Model};
use demijohn_orm::{
    Choices as _, Date, Db, Decimal, Duration, ForeignKey, Json, Model as _, Range, Text, TextVector, Timestamp, exists,
};

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(crate = demijohn_orm)]
enum Status {
    #[choice(label = "Not published yet", value = "d")]
    Draft,
    InReview,
}

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
#[choices(crate = demijohn_orm)]
#[repr(i16)]
enum Level {
    Low = 1,
    High = 5,
}

#[derive(Fields, Debug, Clone, PartialEq)]
#[model(crate = demijohn_orm)]
struct Stamps {
    #[field(auto_now_add)]
    created_at: Timestamp,
    #[field(auto_now)]
    changed_at: Timestamp,
}

type Settings = std::collections::BTreeMap<String, i64>;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a validator gets what the field holds")]
fn is_even(number: &i32) -> Result<(), &'static str> {
    if number % 2 == 0 { Ok(()) } else { Err("Give an even number.") }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "shop", crate = demijohn_orm, ordering = ["-created_at"], latest_by = ["created_at"])]
struct Wide {
    id: i64,
    tiny: u8,
    small: u16,
    medium: u32,
    large: u64,
    length: Duration,
    address: IpAddr,
    four: Ipv4Addr,
    six: Option<Ipv6Addr>,
    settings: Json<Settings>,
    status: Status,
    level: Option<Level>,
    #[field(flatten)]
    stamps: Stamps,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "shop", crate = demijohn_orm)]
struct Seat {
    #[field(primary_key)]
    aisle: i32,
    #[field(primary_key, max_length = 3)]
    letter: String,
    #[field(default)]
    taken: bool,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm, comment = "what is sold", permissions = [("sell_item", "Can sell item")])]
#[model(index("-price", "name", name = "shop_price", condition = "{price} > 0", include = ["stock"]))]
#[model(index(expressions = ["lower({name})"], name = "shop_lower", method = BTree))]
#[model(unique("name", "stock", name = "shop_once", condition = "{stock} > 0", message = "There is one."))]
#[model(unique("price", deferrable = Deferred, nulls_distinct = false))]
#[model(check("shop_price_positive", "{price} >= 0", message = "A price is not negative."))]
#[model(exclude("shop_no_overlap", ("{name}", "="), ("{during}", "&&"), condition = "{stock} > 0"))]
struct Item {
    id: i64,
    #[field(max_length = 50, comment = "for people", collation = "C", min_length = 2, unique_for_year = "day")]
    name: String,
    #[field(min = -5, max = 1_000, validators = [is_even], db_default = 4)]
    price: i32,
    #[field(db_default = sql("1 + 1"))]
    stock: i64,
    #[field(generated = "{price} * {stock}", virtual)]
    total: i64,
    #[field(db_default = now)]
    made: Timestamp,
    day: Option<Date>,
    during: Range<Date>,
    tags: Vec<String>,
    #[field(generated = "to_tsvector('english', {name})")]
    words: TextVector,
    #[field(set_to = 1, no_constraint)]
    wide: ForeignKey<Wide>,
    #[field(format = Image, default = "")]
    picture: Text,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm)]
struct Price {
    id: i64,
    #[field(max_digits = 6, decimal_places = 2)]
    usual: Decimal,
    #[field(max_digits = 6, decimal_places = 3)]
    lowered: Option<Decimal>,
}

fn models() -> Models {
    [Wide::meta(), Seat::meta(), Price::meta()].into_iter().collect()
}

#[test]
fn the_derive_writes_every_description() {
    let meta = Item::meta();
    assert_eq!(meta.comment, "what is sold");
    assert_eq!(meta.permissions, [("sell_item", "Can sell item")]);
    assert_eq!(meta.indexes[0].fields, ["-price", "name"]);
    assert_eq!(meta.indexes[0].include, ["stock"]);
    assert_eq!(meta.indexes[1].expressions[0].0, "lower({name})");
    assert_eq!(meta.indexes[1].method, IndexMethod::BTree);
    assert_eq!(meta.indexes[2].message, Some("There is one."));
    assert_eq!(meta.indexes[3].deferrable, Some(Deferrable::Deferred));
    assert_eq!(meta.indexes[3].nulls_distinct, Some(false));
    assert_eq!(meta.checks[0].name, "shop_price_positive");
    assert_eq!(meta.exclusions[0].parts[1].1, "&&");
    let field = |name: &str| meta.field(name).expect("it is a field");
    assert_eq!(field("name").unique_for, [(UniqueFor::Year, "day")]);
    assert!(matches!(field("price").db_default, Some(DbDefault::Value(value)) if value() == Value::Int(4)));
    assert!(matches!(field("stock").db_default, Some(DbDefault::Sql("1 + 1"))));
    assert!(matches!(field("made").db_default, Some(DbDefault::Now)));
    assert!(field("total").generated.is_some_and(|generated| !generated.stored));
    assert!(field("words").generated.is_some_and(|generated| generated.stored));
    assert_eq!(field("tags").kind, FieldKind::Array(&FieldKind::Text));
    assert_eq!(field("during").kind, FieldKind::Range(&FieldKind::Date));
    let relation = field("wide").relation.expect("it points somewhere");
    assert_eq!((relation.on_delete, relation.constraint), (OnDelete::SetTo, false));
    assert_eq!(
        field("price").problems(&Value::Int(-7)).join(" "),
        "Ensure this value is greater than or equal to -5. Give an even number."
    );
    let names: Vec<_> = Wide::meta().fields.iter().map(|field| field.name).collect();
    assert_eq!(names[11..], ["level", "created_at", "changed_at"]);
    assert!(Seat::meta().has_composite_key());
}

async fn wide(db: &Db) -> Wide {
    Wide::create()
        .tiny(255)
        .small(32_767)
        .medium(2_147_483_647)
        .large(u64::from(u32::MAX) * 2)
        .length(Duration::from_micros(-1_500_000))
        .address("2001:db8::1".parse::<IpAddr>().expect("an address"))
        .four(Ipv4Addr::LOCALHOST)
        .settings(Json(Settings::from([("page".to_owned(), 7)])))
        .status(Status::InReview)
        .level(Level::High)
        .save(db)
        .await
        .expect("it is stored")
}

async fn every_type_comes_back_as_it_was(db: &Db) {
    let stored = wide(db).await;
    let read = Wide::objects().get(db).await.expect("it is there");
    assert_eq!(read, stored);
    assert_eq!(read.settings["page"], 7);
    assert_eq!((read.status.label(), read.tiny, read.six), ("In review", 255, None));
}

async fn columns_are_compared_with_values_of_their_type(db: &Db) {
    wide(db).await;
    let found = async |count: u64, query: u64| assert_eq!(count, query);
    let all = Wide::objects;
    found(1, all().filter(|w| w.status.eq(Status::InReview)).count(db).await.expect("it runs")).await;
    found(0, all().filter(|w| w.level.eq(Level::Low)).count(db).await.expect("it runs")).await;
    found(1, all().filter(|w| w.tiny.gt(254_u8)).count(db).await.expect("it runs")).await;
    found(1, all().filter(|w| w.length.lt(Duration::ZERO)).count(db).await.expect("it runs")).await;
    found(1, all().filter(|w| w.stamps.created_at.le(w.stamps.changed_at)).count(db).await.expect("it runs")).await;
}

async fn flattened_fields_follow_the_clock(db: &Db) {
    let mut row = wide(db).await;
    let before = row.stamps.clone();
    row.small = 1;
    row.save(db).await.expect("it is saved");
    assert_eq!(row.stamps.created_at, before.created_at);
    assert!(row.stamps.changed_at > before.changed_at);
    row.refresh(db).await.expect("it is there");
    assert_eq!(row.small, 1);
}

async fn what_does_not_fit_is_refused_before_it_is_sent(db: &Db) {
    let mut row = wide(db).await;
    row.large = u64::MAX;
    let error = row.save(db).await.expect_err("no column of 64 bits holds it");
    assert_eq!(error.code(), "orm.out_of_range");
    let error = Wide::objects().update(|w| w.small.set(40_000_u16)).execute(db).await.expect_err("it has 15 bits");
    assert_eq!(error.message(), "`small` holds 0 to 32767, but was given `40000`");
    let error = Seat::create().aisle(1).letter("long").save(db).await.expect_err("it is too long");
    assert_eq!(error.message(), "`letter` holds at most 3 characters, but was given 4");
}

async fn decimals_have_the_places_of_their_field(db: &Db) {
    for lowered in ["0", "0.5", "-12.345"] {
        let lowered: Decimal = lowered.parse().expect("a number");
        Price::create().usual(Decimal::new(95, 1)).lowered(lowered).save(db).await.expect("it is stored");
    }
    Price::create().usual(Decimal::from(1_200)).save(db).await.expect("it is stored");
    let prices = Price::objects().order_by(|p| p.id).all(db).await.expect("they are there");
    let shown =
        |price: &Price| format!("{} {}", price.usual, price.lowered.map_or_else(String::new, |it| it.to_string()));
    assert_eq!(prices.iter().map(shown).collect::<Vec<_>>(), ["9.50 0.000", "9.50 0.500", "9.50 -12.345", "1200.00 "]);
    // Values by themselves and beside rows are no different; what was computed has the digits that it needs.
    let second = || Price::objects().with_key(2);
    let values = second().select(|p| (p.id, p.usual, p.lowered, p.usual + p.usual)).get(db).await.expect("it is there");
    let (_, usual, lowered, twice) = values;
    assert_eq!(format!("{usual} {} {}", lowered.expect("a price"), twice.normalize()), "9.50 0.500 19");
    assert_eq!(second().select(|p| p.usual).get(db).await.expect("it is there").to_string(), "9.50");
    let (price, (id, lowered)) = second().annotate(|p| (p.id, p.lowered)).get(db).await.expect("it is there");
    assert_eq!((price.id, lowered.expect("a price").to_string().as_str()), (id, "0.500"));
}

on_every_database! { models();
    decimals_have_the_places_of_their_field,
    every_type_comes_back_as_it_was,
    columns_are_compared_with_values_of_their_type,
    flattened_fields_follow_the_clock,
    what_does_not_fit_is_refused_before_it_is_sent,
    a_row_is_known_by_both_parts_of_its_key,
    rows_with_a_composite_key_are_changed_and_deleted_by_all_of_it,
}

/// What goes through the keys of rows (a deletion, a condition over other tables) means both parts.
async fn rows_with_a_composite_key_are_changed_and_deleted_by_all_of_it(db: &Db) {
    let all = [(1, "a"), (1, "b"), (2, "a"), (2, "b")];
    for (row, letter) in all {
        Seat::create().aisle(row).letter(letter).save(db).await.expect("it is new");
    }
    let left = async || {
        let seats = Seat::objects().order_by(|s| (s.aisle, s.letter)).all(db).await.expect("it runs");
        seats.into_iter().map(|seat| (seat.aisle, seat.letter, seat.taken)).collect::<Vec<_>>()
    };
    let taken = Seat::objects()
        .filter(|s| s.aisle.eq(2) & exists(Seat::objects().filter(|o| o.letter.eq("b") & s.letter.eq("b"))));
    assert_eq!(taken.update(|s| s.taken.set(true)).execute(db).await.expect("it runs"), 1);
    let deleted = Seat::objects().filter(|s| s.aisle.eq(1) & s.letter.eq("b")).delete(db).await;
    assert_eq!(deleted.expect("nothing forbids it"), 1);
    let seat = |aisle, letter: &str, taken| (aisle, letter.to_owned(), taken);
    assert_eq!(left().await, [seat(1, "a", false), seat(2, "a", false), seat(2, "b", true)]);
    let first = Seat::objects().first(db).await.expect("it runs").expect("there is one");
    assert_eq!((first.aisle, first.letter.as_str()), (1, "a"));
    let deleted = Seat::objects().order_by(|s| (s.aisle, s.letter)).limit(2).delete(db).await;
    assert_eq!(deleted.expect("nothing forbids it"), 2);
    assert_eq!(left().await, [seat(2, "b", true)]);
    let slice = Seat::objects().limit(1).update(|s| s.taken.set(false)).execute(db).await;
    assert_eq!(slice.expect_err("its rows have no single name").code(), "orm.composite_slice");
}

/// A key over two fields finds, changes, reads again and deletes its row, and no other.
async fn a_row_is_known_by_both_parts_of_its_key(db: &Db) {
    for (row, letter) in [(1, "a"), (1, "b"), (2, "a")] {
        Seat::create().aisle(row).letter(letter).save(db).await.expect("it is new");
    }
    let (first, none) = ((1, "a".to_owned()), (2, "b".to_owned()));
    let found = Seat::objects().in_bulk([first.clone(), none], db).await.expect("it runs");
    assert_eq!(found.len(), 1, "each part alone has a row");
    assert_eq!(found[&first].letter, "a");
    let many = (0..500).map(|row| (row, "a".to_owned()));
    assert_eq!(Seat::objects().in_bulk(many, db).await.expect("they are no single statement").len(), 2);
    let error = Seat::objects().in_bulk_by(|s| s.letter, ["a".to_owned()], db).await.expect_err("half a key");
    assert_eq!(error.code(), "orm.not_unique");
    let mut seat = Seat::objects().with_key((1, "b".to_owned())).get(db).await.expect("it is there");
    seat.taken = true;
    seat.save(db).await.expect("it is saved");
    let taken = Seat::objects().filter(|s| s.taken.eq(true)).all(db).await.expect("it runs");
    assert_eq!(taken, [seat.clone()]);
    seat.refresh(db).await.expect("it is there");
    seat.delete(db).await.expect("it is deleted");
    assert_eq!(Seat::objects().count(db).await.expect("it runs"), 2);
    assert!(Seat::create().aisle(1).letter("a").save(db).await.is_err());
}

#[test]
fn validation_names_every_problem_of_a_row() {
    let errors = Seat::meta().problems(&[Value::Int(i64::MAX), Value::from("long"), Value::Null]);
    assert_eq!(errors.of("aisle"), ["Ensure this value is less than or equal to 2147483647."]);
    assert_eq!(errors.of("letter"), ["Ensure this value has at most 3 characters (it has 4)."]);
}
