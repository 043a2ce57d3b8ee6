//! What becomes of the rows that point to a row which is deleted, beyond the plain cases in `writes`.

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, ForeignKey, Model as _, QueryLog};

use crate::models::{Comment, Post, Tag};

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Owner {
    id: i64,
    #[field(unique)]
    number: i64,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Jar {
    id: i64,
    /// It holds the owner's number, not its key.
    #[field(on_delete = Cascade, to_field = "number")]
    owner: ForeignKey<Owner>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Cork {
    id: i64,
    #[field(set_to = 1)]
    owner: ForeignKey<Owner>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "shelf", crate = demijohn_orm)]
struct Label {
    id: i64,
    #[field(on_delete = SetDefault, default = 1)]
    owner: ForeignKey<Owner>,
}

fn models() -> Models {
    [Owner::meta(), Jar::meta(), Cork::meta(), Label::meta()].into_iter().collect()
}

async fn owners(db: &Db) -> Vec<Owner> {
    let mut owners = Vec::new();
    // The number of each is the key of the other: who confuses them deletes the wrong rows.
    for number in [2, 1] {
        owners.push(Owner::create().number(number).save(db).await.expect("it is new"));
    }
    assert_eq!((owners[0].id, owners[1].id), (1, 2));
    owners
}

async fn what_holds_another_column_goes_with_its_row(db: &Db) {
    let owners = owners(db).await;
    let of_first = Jar::create().owner(2).save(db).await.expect("it holds the first one's number");
    let of_second = Jar::create().owner(1).save(db).await.expect("it holds the second one's number");
    assert_eq!(owners[0].clone().delete(db).await.expect("nothing forbids it"), 2);
    let left = Jar::objects().all(db).await.expect("it runs");
    assert_eq!(left.iter().map(|jar| jar.id).collect::<Vec<_>>(), [of_second.id]);
    assert_ne!(left[0].id, of_first.id);
}

async fn what_is_set_to_a_value_stays_with_it(db: &Db) {
    let owners = owners(db).await;
    Cork::create().owner(&owners[1]).save(db).await.expect("it is new");
    assert_eq!(owners[1].clone().delete(db).await.expect("nothing forbids it"), 1);
    let cork = Cork::objects().get(db).await.expect("it stays");
    assert_eq!(cork.owner.key(), 1);
}

async fn what_is_set_to_its_default_stays_with_it(db: &Db) {
    let owners = owners(db).await;
    let label = Label::create().owner(&owners[1]).save(db).await.expect("it is new");
    assert_eq!(label.owner.key(), 2);
    assert_eq!(owners[1].clone().delete(db).await.expect("nothing forbids it"), 1);
    assert_eq!(Label::objects().get(db).await.expect("it stays").owner.key(), 1);
}

/// What the statements of a deletion do to which tables, without values.
fn verbs(log: &QueryLog) -> Vec<String> {
    let word = |sql: &str| {
        let verb = sql.split_whitespace().next().unwrap_or_default().to_owned();
        let table = sql.split(" FROM ").nth(1).and_then(|rest| rest.split(['"', '`']).nth(1)).unwrap_or_default();
        format!("{verb} {table}")
    };
    log.queries().iter().map(|query| word(&query.sql)).collect()
}

async fn rows_that_nothing_points_to_go_by_one_statement(db: &Db) {
    crate::models::fill(db).await;
    let log = QueryLog::new();
    let watched = db.with_log(log.clone());
    let deleted = Comment::objects().filter(|c| c.post().views.eq(3)).delete(&watched).await.expect("it runs");
    assert_eq!(deleted, 2);
    assert_eq!(verbs(&log), ["DELETE blog_comment"]);
    let comment = Comment::objects().order_by(|c| c.id).first(db).await.expect("it runs").expect("there is one");
    assert_eq!(comment.delete(&watched).await.expect("it runs"), 1);
    assert_eq!(verbs(&log), ["DELETE blog_comment", "DELETE blog_comment"]);
    // A slice is no condition: its rows are looked for first.
    let rest = Comment::objects().order_by(|c| c.id).limit(5).delete(&watched).await.expect("it runs");
    assert_eq!(rest, 1);
    assert_eq!(verbs(&log)[2..], ["SELECT blog_comment", "DELETE blog_comment"]);
    assert_eq!(Comment::objects().none().delete(&watched).await.expect("nothing is asked"), 0);
    assert_eq!(log.len(), 4);
}

async fn what_goes_is_counted_by_model_and_leaves_are_not_looked_for(db: &Db) {
    let (ada, _) = crate::models::fill(db).await;
    let tag = Tag::create().name("t").save(db).await.expect("it is new");
    let posts = Post::objects().order_by(|p| p.id).all(db).await.expect("it runs");
    posts[0].tags.add([&tag], db).await.expect("it is added");
    posts[1].tags.add([&tag], db).await.expect("it is added");
    let log = QueryLog::new();
    let deleted = posts[1].clone().delete(&db.with_log(log.clone())).await.expect("nothing forbids it");
    assert_eq!((deleted.count(), deleted.of::<Post>(), deleted.of::<Comment>(), deleted.of::<Tag>()), (4, 1, 2, 0));
    let mut tables = verbs(&log);
    assert_eq!(tables.pop().as_deref(), Some("DELETE blog_post"));
    tables.sort();
    assert_eq!(tables, ["DELETE blog_comment", "DELETE blog_post_tags"], "no row was looked for");
    let deleted = ada.delete(db).await.expect("nothing forbids it");
    let mut by_model: Vec<_> = deleted.by_model().map(|(meta, rows)| (meta.name, rows)).collect();
    by_model.sort_unstable();
    assert_eq!(by_model, [("Comment", 2), ("Post", 2), ("Post_tags", 1), ("User", 1)]);
    let words = deleted.to_string();
    assert!(words.starts_with("6 rows (") && words.contains("2 Comment"), "{words}");
    assert_eq!(Comment::objects().count(db).await.expect("it runs"), 0);
}

/// A house keeps its rooms, a room restricts the removal of its floor, unless the house goes with it.
mod house {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "house", crate = demijohn_orm)]
    pub(super) struct House {
        pub id: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "house", crate = demijohn_orm)]
    pub(super) struct Floor {
        pub id: i64,
        #[field(on_delete = Cascade)]
        pub house: ForeignKey<House>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "house", crate = demijohn_orm, display = ["name"])]
    pub(super) struct Room {
        pub id: i64,
        #[field(max_length = 20)]
        pub name: String,
        #[field(on_delete = Cascade)]
        pub house: ForeignKey<House>,
        #[field(on_delete = Restrict)]
        pub floor: ForeignKey<Floor>,
    }
}

fn houses() -> Models {
    [house::House::meta(), house::Floor::meta(), house::Room::meta()].into_iter().collect()
}

async fn what_restricts_is_named_and_may_go_with_the_rest(db: &Db) {
    use house::{Floor, House, Room};

    let home = House::create().save(db).await.expect("it is new");
    let floor = Floor::create().house(&home).save(db).await.expect("it is new");
    Room::create().house(&home).floor(&floor).name("kitchen").save(db).await.expect("it is new");
    let error = floor.clone().delete(db).await.expect_err("the kitchen is on it");
    assert_eq!(error.code(), "orm.protected");
    let expected = "the `Floor` cannot be deleted: it is needed by 1 `Room` through `floor` (`kitchen`)";
    assert_eq!(error.message(), expected);
    let elsewhere = House::create().save(db).await.expect("it is new");
    Room::create().house(&elsewhere).floor(&floor).name("annexe").save(db).await.expect("it is new");
    let error = home.clone().delete(db).await.expect_err("the annexe stays, and is on the floor that would go");
    assert!(error.message().ends_with("1 `Room` through `floor` (`annexe`)"), "{}", error.message());
    elsewhere.delete(db).await.expect("nothing needs it");
    let deleted = home.delete(db).await.expect("kitchen and floor go together");
    assert_eq!((deleted.count(), deleted.of::<Room>(), deleted.of::<Floor>()), (3, 1, 1));
}

on_every_database! {
    crate::models::all();
    rows_that_nothing_points_to_go_by_one_statement,
    what_goes_is_counted_by_model_and_leaves_are_not_looked_for,
}

on_every_database! { houses(); what_restricts_is_named_and_may_go_with_the_rest }

on_every_database! {
    models();
    what_holds_another_column_goes_with_its_row,
    what_is_set_to_a_value_stays_with_it,
    what_is_set_to_its_default_stays_with_it,
}
