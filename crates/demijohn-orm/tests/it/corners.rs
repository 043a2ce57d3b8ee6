//! Queries and writes at their corners: what is empty, cut, grouped, nested or points to nothing.

use demijohn_core::model::{ModelMeta, Models, Value};
use demijohn_core::{Error, Result};
use demijohn_macros::Model;
use demijohn_orm::{
    Date, Db, Decimal, Executor as _, ForeignKey, Model as _, Timestamp, count, exists, records, sum, when,
};

use crate::models::{Comment, Everything, Post, Tag, User, all, database, fill, filled};

fn number(text: &str) -> Decimal {
    text.parse().expect("it is a number")
}

async fn everything(db: &Db, exact: &str, moment: &str) -> Result<Everything> {
    let draft = Everything::create().small(1_i16).medium(1).large(1).truth(true).real(0.5).exact(number(exact));
    let draft = draft.moment(moment.parse::<Timestamp>().expect("a moment")).day(Date::constant(2026, 11, 22));
    draft.time(demijohn_orm::Time::midnight()).document(serde_json::json!(null)).bytes(vec![]).save(db).await
}

async fn an_update_changes_the_rows_of_its_query_and_no_other(db: &Db) {
    fill(db).await;
    let none = Post::objects().none().update(|p| p.views.set(99)).execute(db).await.expect("it runs");
    assert_eq!(none, 0, "`none` has no rows to change");
    let cut = Post::objects().order_by(|p| p.views.desc()).limit(1).update(|p| p.views.set(99)).execute(db).await;
    assert_eq!(cut.expect("it runs"), 1);
    let views = Post::objects().order_by(|p| p.id).select(|p| p.views).all(db).await.expect("it runs");
    assert_eq!(views, [3, 99, 7]);
}

async fn an_update_sets_columns_of_its_own_table_only(db: &Db) {
    fill(db).await;
    let error = Post::objects().update(|p| p.author().username.set("eve")).execute(db).await.expect_err("not its own");
    expect_test::expect![[r"
        an update of `Post` cannot set `username` of `User`
        hint: update `User::objects()`, and filter it by `in_query` or `exists`"]]
    .assert_eq(&format!("{error:#}"));
    assert_eq!(Post::objects().filter(|p| p.title.eq("eve")).count(db).await.expect("it runs"), 0);
}

async fn an_update_can_take_values_from_other_tables(db: &Db) {
    fill(db).await;
    let changed = Post::objects().update(|p| p.title.set(p.author().username)).execute(db).await;
    assert_eq!(changed.expect("it runs"), 3);
    let titles = Post::objects().order_by(|p| p.id).select(|p| p.title).all(db).await.expect("it runs");
    assert_eq!(titles, ["ada", "bob", "ada"]);
    // Both tables have an `id`: the one of the row that is changed is meant.
    let discussed = |p: <Post as demijohn_orm::Model>::Columns| exists(Comment::objects().filter(|c| c.post.eq(p.id)));
    let marked = Post::objects().update(|p| p.views.set(when::<i64>(discussed(p), 1, 0))).execute(db).await;
    assert_eq!(marked.expect("it runs"), 3);
    let views = Post::objects().order_by(|p| p.id).select(|p| p.views).all(db).await.expect("it runs");
    assert_eq!(views, [1, 1, 0]);
}

async fn a_subquery_without_rows_has_none(db: &Db) {
    fill(db).await;
    let by_nobody = Post::objects().filter(|p| p.author.in_query(User::objects().none().select(|u| u.id)));
    assert_eq!(by_nobody.count(db).await.expect("it runs"), 0);
    let discussed = Post::objects().filter(|_| exists(Comment::objects().none()));
    assert_eq!(discussed.count(db).await.expect("it runs"), 0);
    // The first two tags by name, as the query alone would give them.
    for name in ["c", "a", "b"] {
        Tag::create().name(name).save(db).await.expect("it is new");
    }
    let first = Tag::objects().filter(|t| t.id.in_query(Tag::objects().limit(2).select(|t| t.id)));
    assert_eq!(first.select(|t| t.name).all(db).await.expect("it runs"), ["a", "b"]);
}

async fn slices_follow_the_models_order(db: &Db) {
    fill(db).await;
    for name in ["c", "a", "b"] {
        Tag::create().name(name).save(db).await.expect("it is new");
    }
    let second = Tag::objects().offset(1).limit(1).get(db).await.expect("it is there");
    assert_eq!(second.name, "b");
    let last_of_two = Tag::objects().limit(2).last(db).await.expect("it runs").expect("it is there");
    assert_eq!(last_of_two.name, "b", "the last of the slice, not of all");
    assert!(Tag::objects().offset(5).last(db).await.expect("it runs").is_none());
    assert_eq!(Tag::objects().limit(1).delete(db).await.expect("nothing forbids it"), 1);
    assert_eq!(Tag::objects().select(|t| t.name).all(db).await.expect("it runs"), ["b", "c"]);
}

async fn groups_follow_from_conditions_and_orders_too(db: &Db) {
    fill(db).await;
    let prolific = || Post::objects().select(|p| p.author().username).having(|p| count(p.id).gt(1));
    assert_eq!(prolific().all(db).await.expect("it runs"), ["ada"]);
    assert_eq!(prolific().count(db).await.expect("it runs"), 1);
    assert!(prolific().exists(db).await.expect("it runs"));
    let very = Post::objects().select(|p| p.author().username).having(|p| count(p.id).gt(2));
    assert!(!very.exists(db).await.expect("it runs"));
    let busiest_last = Post::objects().select(|p| p.author().username).order_by(|p| count(p.id));
    assert_eq!(busiest_last.clone().all(db).await.expect("it runs"), ["bob", "ada"]);
    assert_eq!(busiest_last.last(db).await.expect("it runs").as_deref(), Some("ada"));
    let posts = Comment::objects().select(|c| c.post).distinct();
    assert!(posts.clone().offset(1).exists(db).await.expect("it runs"));
    assert!(!posts.offset(2).exists(db).await.expect("it runs"));
}

async fn exact_numbers_come_back_and_compare_as_they_are(db: &Db) {
    for (exact, moment) in [("123456789.123", "2026-11-22T08:15:30Z"), ("0.1", "2026-11-22T08:15:30Z")] {
        everything(db, exact, moment).await.expect("it is stored");
    }
    let all = Everything::objects().order_by(|e| e.exact).select(|e| e.exact).all(db).await.expect("it runs");
    assert_eq!(all, [number("0.1"), number("123456789.123")]);
    let doubled = Everything::objects().filter(|e| (e.exact + e.exact).gt(number("0.3")));
    assert_eq!(doubled.count(db).await.expect("it runs"), 1);
    let exactly = Everything::objects().filter(|e| (e.exact * number("2")).is_in([number("0.2")]));
    assert_eq!(exactly.count(db).await.expect("it runs"), 1);
    let sums = Everything::objects().select(|e| (e.truth, sum(e.exact))).having(|e| sum(e.exact).lt(number("5")));
    assert_eq!(sums.all(db).await.expect("it runs"), []);
}

#[tokio::test]
async fn moments_before_the_common_era_come_back() {
    let db = database().await;
    let made = everything(&db, "1", "-000043-03-15T12:00:00Z").await.expect("it is stored");
    let read = Everything::objects().with_key(made.key).get(&db).await.expect("it can be read");
    assert_eq!(read.moment, made.moment);
}

#[tokio::test]
async fn a_reference_to_a_row_that_is_gone_is_not_loaded() {
    let (db, ..) = filled().await;
    let script = "PRAGMA foreign_keys = OFF; UPDATE blog_post SET editor_id = 77; PRAGMA foreign_keys = ON;";
    db.connection().execute_script(script).await.expect("nobody checks");
    let posts = Post::objects().select_related(|p| (p.editor(),)).all(&db).await.expect("the rows can be read");
    let editor = posts[0].editor.as_ref().expect("it has a key");
    assert_eq!((editor.key(), editor.loaded()), (77, None));
}

/// A model that is nothing but its key.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Marker {
    id: i64,
}

/// A row whose key is bytes, that points to another of its kind.
#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Block {
    #[field(primary_key)]
    hash: Vec<u8>,
    #[field(on_delete = Cascade)]
    parent: Option<ForeignKey<Block>>,
    #[field(auto_now)]
    seen: Date,
}

/// Keys that the database checks at each statement, unlike Django's.
const STRICT_TABLES: &str = r#"
CREATE TABLE "blog_block" ("hash" BLOB NOT NULL PRIMARY KEY, "parent_id" BLOB NULL REFERENCES "blog_block" ("hash"),
    "seen" date NOT NULL);
CREATE TABLE "blog_shelf" ("id" integer NOT NULL PRIMARY KEY);
CREATE TABLE "blog_box" ("id" integer NOT NULL PRIMARY KEY, "shelf_id" integer NOT NULL REFERENCES "blog_shelf" ("id"));
CREATE TABLE "blog_thing" ("id" integer NOT NULL PRIMARY KEY, "shelf_id" integer NOT NULL REFERENCES "blog_shelf" ("id"),
    "box_id" integer NOT NULL REFERENCES "blog_box" ("id"));
"#;

async fn strict(metas: &[&'static ModelMeta]) -> Db {
    let models: Models = metas.iter().copied().collect();
    let db = Db::connect("sqlite::memory:", models).await.expect("a database in memory opens");
    db.connection().execute_script(STRICT_TABLES).await.expect("the tables are made");
    db
}

async fn a_row_of_nothing_but_its_key_is_saved_and_missed(db: &Db) {
    let mut marker = Marker::create().save(db).await.expect("it is stored");
    marker.save(db).await.expect("it is there, and nothing has to change");
    marker.id = 7;
    assert_eq!(marker.save(db).await.expect_err("no such row").code(), "orm.row_gone");
}

#[tokio::test]
async fn keys_of_bytes_are_told_apart_and_children_go_first() {
    let db = strict(&[Block::meta()]).await;
    let mut parent: Option<Block> = None;
    for n in 0..1_200_u32 {
        let block = Block::create().hash(n.to_be_bytes().to_vec()).parent(parent.as_ref());
        parent = Some(block.save(&db).await.expect("it is new"));
    }
    let first = Block::objects().with_key(vec![0; 4]).get(&db).await.expect("it is there");
    assert_eq!(first.delete(&db).await.expect("nothing forbids it"), 1_200);
    assert_eq!(Block::objects().count(&db).await.expect("it runs"), 0);
}

#[tokio::test]
async fn a_day_that_follows_the_clock_stays_a_day() {
    let db = strict(&[Block::meta()]).await;
    let mut block = Block::create().hash(vec![1]).save(&db).await.expect("it is new");
    block.save(&db).await.expect("it is there");
    records::update(&db, Block::meta(), Value::Bytes(vec![1]), vec![]).await.expect("it is there");
    let text = Block::objects().select(|b| b.seen).get(&db).await.expect("it is a day");
    assert!(text >= block.seen);
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Shelf {
    id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", table = "blog_box", crate = demijohn_orm)]
struct Crate {
    id: i64,
    #[field(on_delete = Cascade)]
    shelf: ForeignKey<Shelf>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "blog", crate = demijohn_orm)]
struct Thing {
    id: i64,
    #[field(on_delete = Cascade)]
    shelf: ForeignKey<Shelf>,
    #[field(on_delete = Cascade, column = "box_id")]
    container: ForeignKey<Crate>,
}

async fn shelf_and_all_on_it(db: &Db) {
    let shelf = Shelf::create().save(db).await.expect("it is new");
    let container = Crate::create().shelf(&shelf).save(db).await.expect("it is new");
    Thing::create().shelf(&shelf).container(&container).save(db).await.expect("it is new");
    assert_eq!(shelf.delete(db).await.expect("each goes before what it points to"), 3);
}

#[tokio::test]
async fn what_points_to_a_row_goes_before_it_whatever_order_it_was_found_in() {
    let orders = [[Shelf::meta(), Crate::meta(), Thing::meta()], [Thing::meta(), Crate::meta(), Shelf::meta()]];
    for metas in orders {
        shelf_and_all_on_it(&strict(&metas).await).await;
    }
}

async fn a_set_of_many_rows_is_read_and_replaced_all_or_nothing(db: &Db) {
    fill(db).await;
    let post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    Tag::bulk_create((0..33_000).map(|n| Tag::create().name(format!("{n:05}")).build())).save(db).await.expect("new");
    let tags = Tag::objects().all(db).await.expect("it runs");
    post.tags.set(&tags, db).await.expect("it runs");
    assert_eq!(post.tags.all(db).await.expect("more than one list of values holds").len(), 33_000);
    let through = Post::meta().many_to_many[0].pairs(Post::meta());
    let error =
        records::set_pairs(db, through, &Value::Int(1), vec![Value::Int(99_999)]).await.expect_err("no such tag");
    assert_eq!(error.code(), "orm.foreign_key");
    assert_eq!(post.tags.keys(db).await.expect("it runs").len(), 33_000, "nothing was taken out");
    post.tags.set([], db).await.expect("it runs");
    assert!(post.tags.all(db).await.expect("it runs").is_empty());
}

/// Only SQLite takes a `ROLLBACK` that a program writes itself.
#[tokio::test]
async fn the_first_error_is_told_when_the_way_back_fails_too() {
    let (db, ..) = filled().await;
    let result: Result<()> = db
        .atomic(async |tx| {
            tx.atomic(async |tx| {
                let rollback = demijohn_sql::Statement::plain("ROLLBACK");
                tx.connection().execute(&rollback).await?;
                Err(Error::invalid("the cause"))
            })
            .await
        })
        .await;
    assert_eq!(result.expect_err("it failed").to_string(), "the cause");
}

async fn a_savepoint_dropped_half_way_keeps_its_transaction_from_being_committed(db: &Db) {
    fill(db).await;
    let result: Result<()> = db
        .atomic(async |tx| {
            let written = tokio::sync::Notify::new();
            let half = tx.atomic(async |tx| {
                Tag::create().name("half").save(tx).await?;
                written.notify_one();
                std::future::pending::<Result<()>>().await
            });
            tokio::select! {
                result = half => result?,
                () = written.notified() => {}
            }
            Ok(())
        })
        .await;
    assert_eq!(result.expect_err("it must not be committed").code(), "orm.savepoint");
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 0, "half of it is nothing");
}

async fn a_list_of_values_that_does_not_fit_the_model_is_an_error(db: &Db) {
    fill(db).await;
    let error = records::insert(db, Tag::meta(), vec![]).await.expect_err("a tag has two fields");
    assert_eq!(error.to_string(), "a new `Tag` was given 0 values for its 2 fields");
}

on_every_database! {
    all();
    an_update_changes_the_rows_of_its_query_and_no_other, an_update_sets_columns_of_its_own_table_only, an_update_can_take_values_from_other_tables, a_subquery_without_rows_has_none, slices_follow_the_models_order, groups_follow_from_conditions_and_orders_too, exact_numbers_come_back_and_compare_as_they_are, a_set_of_many_rows_is_read_and_replaced_all_or_nothing,  a_savepoint_dropped_half_way_keeps_its_transaction_from_being_committed, a_list_of_values_that_does_not_fit_the_model_is_an_error
}

on_every_database! {
    [Marker::meta(), Thing::meta(), Crate::meta(), Shelf::meta()].into_iter().collect();
    a_row_of_nothing_but_its_key_is_saved_and_missed, shelf_and_all_on_it
}
