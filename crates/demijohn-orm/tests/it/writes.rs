//! Making, changing and deleting rows; transactions.

use demijohn_core::model::Value;
use demijohn_core::{Error, Result};
use demijohn_orm::{Date, Db, Decimal, Model as _, Timestamp, Uuid};

use crate::models::{Comment, Everything, Post, Tag, User, fill, filled};

async fn every_type_comes_back_as_it_went(db: &Db) {
    let made = Everything::create()
        .small(-3_i16)
        .medium(70_000)
        .large(i64::MAX)
        .truth(true)
        .real(0.1)
        .exact("123456789.125".parse::<Decimal>().expect("a number"))
        .moment("2026-11-22T08:15:30.000123Z".parse::<Timestamp>().expect("a moment"))
        .day("1969-07-20".parse::<Date>().expect("a day"))
        .time("23:59:59.5".parse::<demijohn_orm::Time>().expect("a time"))
        .document(serde_json::json!({ "a": [1, null, "é"] }))
        .bytes(vec![0, 255, 10])
        .save(db)
        .await
        .expect("it is stored");
    let read = Everything::objects().with_key(made.key).get(db).await.expect("it is there");
    assert_eq!(read, made);
    assert_eq!(read.maybe, None);
    let found = Everything::objects().filter(|e| e.exact.gt("123456789".parse::<Decimal>().expect("a number")));
    assert_eq!(found.count(db).await.expect("the query runs"), 1, "exact numbers compare as numbers");
    assert!(Everything::objects().with_key(Uuid::nil()).first(db).await.expect("the query runs").is_none());
}

async fn saving_writes_the_row_back_and_moves_its_clock(db: &Db) {
    let (ada, _) = fill(db).await;
    let mut post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    let (made, changed) = (post.created_at, post.changed_at);
    "New".clone_into(&mut post.title);
    post.editor = Some((&ada).into());
    post.save(db).await.expect("it is stored");
    let read = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    assert_eq!((read.title.as_str(), read.created_at), ("New", made));
    assert!(read.changed_at >= changed && read.changed_at == post.changed_at);
    assert_eq!(read.editor.expect("it was set").key(), ada.id);
    let mut gone = post.clone();
    gone.id = 99;
    let error = gone.save(db).await.expect_err("no such row");
    assert_eq!(
        (error.code(), error.to_string().as_str()),
        ("orm.row_gone", "the `Post` with key `99` is no longer there")
    );
}

async fn update_can_count_with_the_rows_own_columns(db: &Db) {
    let (_, bob) = fill(db).await;
    let changed = Post::objects().filter(|p| p.id.eq(1)).update(|p| p.views.set(p.views + 1)).execute(db).await;
    assert_eq!(changed.expect("it runs"), 1);
    let through = Post::objects().filter(|p| p.author().username.eq("ada"));
    let changed = through.update(|p| (p.editor.set(&bob), p.content.set("edited"))).execute(db).await;
    assert_eq!(changed.expect("it runs"), 2);
    let post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    assert_eq!((post.views, post.content.as_str()), (4, "edited"));
    let cleared = Post::objects().update(|p| p.editor.set(None)).execute(db).await;
    assert_eq!(cleared.expect("it runs"), 3);
}

async fn a_duplicate_is_a_conflict_that_names_the_column(db: &Db) {
    fill(db).await;
    let error = User::create().username("ada").save(db).await.expect_err("she is there already");
    assert_eq!((error.status(), error.code()), (409, "orm.unique"));
    assert!(error.to_string().contains("username"), "{error}");
}

async fn bulk_create_stores_all_or_none(db: &Db) {
    fill(db).await;
    let tags = (0..1000).map(|n| Tag::create().name(format!("tag {n}")).build());
    assert_eq!(Tag::bulk_create(tags).save(db).await.expect("they are new"), 1000);
    let twice = ["new", "tag 7"].map(|name| Tag::create().name(name).build());
    assert!(Tag::bulk_create(twice).save(db).await.is_err());
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 1000, "the good one was taken back with the bad one");
}

async fn deleting_takes_along_what_cascades(db: &Db) {
    let (ada, bob) = fill(db).await;
    let post = Post::objects().filter(|p| p.id.eq(2)).get(db).await.expect("it is there");
    let tag = Tag::create().name("glass").save(db).await.expect("it is new");
    post.tags.add([&tag], db).await.expect("it is added");
    Post::objects().filter(|p| p.id.eq(3)).update(|p| p.editor.set(&ada)).execute(db).await.expect("it runs");
    // One post, its two comments and its pair.
    assert_eq!(post.delete(db).await.expect("nothing forbids it"), 4);
    assert_eq!(Comment::objects().count(db).await.expect("it runs"), 2);
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 1, "the tag itself stays");
    let error = bob.delete(db).await.expect_err("a comment protects him");
    expect_test::expect![[r"
        the `User` cannot be deleted: it is needed by 1 `Comment` through `author` (`Comment object (1)`)
        hint: delete those rows first, or let them point to another"]]
    .assert_eq(&format!("{error:#}"));
    assert_eq!(User::objects().count(db).await.expect("it runs"), 2, "nothing was touched");
    Comment::objects().delete(db).await.expect("nothing forbids it");
    assert_eq!(ada.delete(db).await.expect("nothing forbids it"), 3);
    assert_eq!(Post::objects().count(db).await.expect("it runs"), 0);
}

async fn many_to_many_sets_are_added_to_taken_from_and_replaced(db: &Db) {
    fill(db).await;
    let post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    let mut tags = Vec::new();
    for name in ["c", "a", "b"] {
        tags.push(Tag::create().name(name).save(db).await.expect("it is new"));
    }
    post.tags.add(&tags[..2], db).await.expect("it runs");
    post.tags.add(&tags[1..], db).await.expect("one of them is there already");
    let names = |tags: Vec<Tag>| tags.into_iter().map(|tag| tag.name).collect::<Vec<_>>();
    assert_eq!(names(post.tags.all(db).await.expect("it runs")), ["a", "b", "c"]);
    post.tags.remove([&tags[0]], db).await.expect("it runs");
    assert_eq!(names(post.tags.all(db).await.expect("it runs")), ["a", "b"]);
    post.tags.set([&tags[0]], db).await.expect("it runs");
    assert_eq!(post.tags.keys(db).await.expect("it runs"), [Value::Int(tags[0].id)]);
}

async fn an_error_takes_a_transaction_back_and_a_savepoint_only_itself(db: &Db) {
    let (ada, _) = fill(db).await;
    let result: Result<()> = db
        .atomic(async |tx| {
            Tag::create().name("outer").save(tx).await?;
            let inner: Result<()> = tx
                .atomic(async |tx| {
                    Tag::create().name("inner").save(tx).await?;
                    Err(Error::invalid("changed my mind"))
                })
                .await;
            assert_eq!(inner.expect_err("it says so").to_string(), "changed my mind");
            assert_eq!(Tag::objects().count(tx).await?, 1);
            Ok(())
        })
        .await;
    result.expect("the outer one is committed");
    assert_eq!(Tag::objects().select(|t| t.name).all(db).await.expect("it runs"), ["outer"]);
    let result: Result<()> = db
        .atomic(async |tx| {
            ada.clone().delete(tx).await.err();
            Tag::objects().delete(tx).await?;
            Err(Error::invalid("no"))
        })
        .await;
    assert!(result.is_err());
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 1);
}

/// Does it compile: what axum asks of a handler's future.
#[tokio::test]
async fn a_transaction_can_be_used_in_a_spawned_task() {
    let (db, ..) = filled().await;
    let task = tokio::spawn(async move {
        db.atomic(async |tx| {
            let post = Post::objects().filter(|p| p.id.eq(1)).get(tx).await?;
            post.delete(tx).await
        })
        .await
    });
    assert_eq!(task.await.expect("it does not panic").expect("it is deleted"), 3);
}

on_every_database! {
    crate::models::all();
    every_type_comes_back_as_it_went, saving_writes_the_row_back_and_moves_its_clock, update_can_count_with_the_rows_own_columns, a_duplicate_is_a_conflict_that_names_the_column, bulk_create_stores_all_or_none, deleting_takes_along_what_cascades, many_to_many_sets_are_added_to_taken_from_and_replaced, an_error_takes_a_transaction_back_and_a_savepoint_only_itself
}
