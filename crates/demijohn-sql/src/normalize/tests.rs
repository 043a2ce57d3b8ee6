use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, OnDelete, Value};
use expect_test::{Expect, expect};

use super::*;
use crate::{Aggregate, Order, Sqlite, writer};

const fn key() -> FieldMeta {
    FieldMeta::new("id", "id", "ID", FieldKind::BigInt).primary_key().auto()
}

const fn to(name: &'static str, column: &'static str, model: fn() -> &'static ModelMeta) -> FieldMeta {
    FieldMeta::new(name, column, name, FieldKind::BigInt).references(model, OnDelete::Cascade, None)
}

static USER_FIELDS: [FieldMeta; 2] = [key(), FieldMeta::new("age", "age", "age", FieldKind::BigInt)];
static USER: ModelMeta = ModelMeta::new("a", "User", "user", "user", "users", &USER_FIELDS);
static POST_FIELDS: [FieldMeta; 4] = [
    key(),
    FieldMeta::new("views", "views", "views", FieldKind::BigInt),
    FieldMeta::new("rank", "rank", "rank", FieldKind::BigInt).null(true),
    to("author", "author_id", || &USER),
];
static POST: ModelMeta = ModelMeta::new("a", "Post", "post", "post", "posts", &POST_FIELDS);
static NOTE_FIELDS: [FieldMeta; 3] =
    [key(), FieldMeta::new("size", "size", "size", FieldKind::BigInt), to("post", "post_id", || &POST)];
static NOTE: ModelMeta = ModelMeta::new("a", "Note", "note", "note", "notes", &NOTE_FIELDS);
static BADGE_FIELDS: [FieldMeta; 3] =
    [key(), FieldMeta::new("level", "level", "level", FieldKind::BigInt), to("user", "user_id", || &USER)];
static BADGE: ModelMeta = ModelMeta::new("a", "Badge", "badge", "badge", "badges", &BADGE_FIELDS);
static ROOT: Path = Path::root(&USER);

fn posts(field: u16) -> Expr {
    Expr::Column(Column { path: ROOT.reverse(&POST, 3), field })
}

fn notes(field: u16) -> Expr {
    Expr::Column(Column { path: ROOT.reverse(&POST, 3).reverse(&NOTE, 2), field })
}

fn level() -> Expr {
    Expr::Column(Column { path: ROOT.reverse(&BADGE, 2), field: 1 })
}

fn age() -> Expr {
    Expr::Column(Column { path: &ROOT, field: 1 })
}

fn more(left: Expr, right: Expr) -> Expr {
    Expr::Compare(Compare::Gt, Box::new((left, right)))
}

fn above(left: Expr, number: i64) -> Expr {
    more(left, Expr::Value(Value::Int(number)))
}

fn null(expr: Expr) -> Expr {
    Expr::IsNull(Box::new(expr), true)
}

fn count(argument: Expr) -> Expr {
    let argument = Some(Box::new(argument));
    Expr::Aggregate { function: Aggregate::Count, distinct: false, argument, filter: None, more: None }
}

/// What follows `WHERE` in the query of users of which this holds.
#[track_caller]
fn check(condition: Expr, expect: Expect) {
    let mut query = Select::new(&ROOT);
    query.and_filter(super::condition(condition, &ROOT));
    let sql = writer::select(query, &Sqlite).sql.replace('"', "");
    expect.assert_eq(sql.split_once(" WHERE ").expect("it has a condition").1);
}

#[test]
fn one_row_answers_for_all_that_is_joined_by_and() {
    check(
        above(posts(1), 1).and(above(age(), 2)).and(above(posts(2), 3)),
        expect![
            "t0.age > ? AND EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ? AND t1.rank > ?)"
        ],
    );
}

#[test]
fn each_part_of_or_is_wrapped_on_its_own() {
    check(
        above(posts(1), 1).or(above(age(), 2)),
        expect!["EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ?) OR t0.age > ?"],
    );
}

#[test]
fn an_or_whose_sides_all_mention_the_rows_speaks_of_the_same_row() {
    check(
        above(posts(1), 1).and(above(posts(2), 2).or(above(posts(2), 3))),
        expect![
            "EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ? AND (t1.rank > ? OR t1.rank > ?))"
        ],
    );
}

#[test]
fn not_is_around_the_query() {
    check(
        above(posts(1), 1).and(above(posts(2), 2)).negate(),
        expect!["NOT (EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ? AND t1.rank > ?))"],
    );
}

#[test]
fn not_beside_a_condition_speaks_of_every_row() {
    check(
        above(posts(1), 1).and(above(posts(2), 2).negate()),
        expect![
            "NOT (EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.rank > ?)) AND EXISTS (SELECT 1 FROM post AS t2 WHERE t2.author_id = t0.id AND t2.views > ?)"
        ],
    );
}

#[test]
fn steps_nest() {
    check(
        above(posts(1), 1).and(above(notes(1), 2)),
        expect![
            "EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ? AND EXISTS (SELECT 1 FROM note AS t2 WHERE t2.post_id = t1.id AND t2.size > ?))"
        ],
    );
}

#[test]
fn two_relations_in_one_comparison_nest() {
    check(
        more(posts(1), level()).and(above(level(), 7)),
        expect![
            "EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND EXISTS (SELECT 1 FROM badge AS t2 WHERE t2.user_id = t0.id AND t1.views > t2.level AND t2.level > ?))"
        ],
    );
}

#[test]
fn null_holds_of_no_row_too() {
    check(
        null(posts(2)),
        expect![
            "EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.rank IS NULL) OR NOT (EXISTS (SELECT 1 FROM post AS t2 WHERE t2.author_id = t0.id))"
        ],
    );
    check(null(posts(0)), expect!["NOT (EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id))"]);
    check(
        null(notes(0)),
        expect![
            "EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND NOT (EXISTS (SELECT 1 FROM note AS t2 WHERE t2.post_id = t1.id))) OR NOT (EXISTS (SELECT 1 FROM post AS t3 WHERE t3.author_id = t0.id))"
        ],
    );
    check(
        null(posts(2)).and(above(posts(1), 1)),
        expect!["EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.rank IS NULL AND t1.views > ?)"],
    );
}

#[test]
fn aggregates_do_not_multiply_each_other() {
    check(
        more(count(posts(0)), count(level())),
        expect![
            "(SELECT COUNT(t1.id) FROM post AS t1 WHERE t1.author_id = t0.id) > (SELECT COUNT(t2.level) FROM badge AS t2 WHERE t2.user_id = t0.id)"
        ],
    );
    check(
        above(count(notes(0)), 1),
        expect![
            "(SELECT COUNT(t2.id) FROM post AS t1 LEFT JOIN note AS t2 ON t2.post_id = t1.id WHERE t1.author_id = t0.id) > ?"
        ],
    );
}

#[test]
fn two_filters_know_nothing_of_each_other() {
    let mut query = Select::new(&ROOT);
    query.and_filter(condition(above(posts(1), 1), &ROOT));
    query.and_filter(condition(above(posts(2), 2), &ROOT));
    query.order = vec![Order::by(value(count(posts(0)), &ROOT))];
    let sql = writer::select(query, &Sqlite).sql.replace('"', "");
    expect!["SELECT t0.id, t0.age FROM user AS t0 WHERE EXISTS (SELECT 1 FROM post AS t1 WHERE t1.author_id = t0.id AND t1.views > ?) AND EXISTS (SELECT 1 FROM post AS t2 WHERE t2.author_id = t0.id AND t2.rank > ?) ORDER BY (SELECT COUNT(t3.id) FROM post AS t3 WHERE t3.author_id = t0.id)"].assert_eq(&sql);
}

#[test]
fn rows_that_multiply_are_found() {
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Exprs(vec![age(), count(posts(0)), count(level())]);
    assert!(multiplied(&query).is_some());
    query.projection = Projection::Exprs(vec![age(), count(posts(0))]);
    assert!(multiplied(&query).is_none());
}
