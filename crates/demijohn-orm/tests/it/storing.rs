//! How rows are written: one, some of its fields, once, many at a time; and what does not fit.

use demijohn_core::model::Value;
use demijohn_macros::Model;
use demijohn_orm::{Db, Draft, Model as _, Timestamp};

use crate::models::{Everything, Post, Tag, User, all, fill};

async fn a_row_writes_and_reads_some_of_its_fields(db: &Db) {
    fill(db).await;
    let mut post = Post::objects().with_key(1).get(db).await.expect("it is there");
    let before = post.changed_at;
    (post.title, post.content, post.views) = ("New".to_owned(), "unsaved".to_owned(), 30);
    post.save_only(|p| (p.title, p.views), db).await.expect("it is there");
    let stored = Post::objects().with_key(1).get(db).await.expect("it is there");
    assert_eq!((stored.title.as_str(), stored.content.as_str(), stored.views), ("New", "a_b%c", 30));
    assert!(stored.changed_at > before);
    Post::objects().update(|p| p.views.set(p.views + 1)).execute(db).await.expect("they change");
    post.refresh_only(|p| p.views, db).await.expect("it is there");
    assert_eq!((post.views, post.content.as_str()), (31, "unsaved"));
    post.id = 99;
    let error = post.save_only(|p| p.title, db).await.expect_err("it is not there");
    assert_eq!(error.code(), "orm.row_gone");
    let stored = post.insert(db).await.expect("its key is free");
    assert_eq!(Post::objects().with_key(99).get(db).await.expect("it is there").title, stored.title);
    assert_eq!(stored.insert(db).await.expect_err("the key is taken").code(), "orm.unique");
    let tag = Tag::create().name("own key").build().with_key(41).save(db).await.expect("the key is free");
    assert_eq!(tag.id, 41);
}

async fn a_row_is_found_or_made_once(db: &Db) {
    fill(db).await;
    let ada = || User::create().username("ada").is_staff(false).build();
    let (found, is_new) = ada().get_or_create(|u| u.username, db).await.expect("it is found");
    assert_eq!((found.id, found.is_staff, is_new), (1, true, false));
    let (changed, is_new) = ada().update_or_create(|u| u.username, db).await.expect("it is changed");
    assert_eq!((changed.id, changed.is_staff, is_new), (1, false, false));
    let eve = User::create().username("eve").build();
    let (eve, is_new) = eve.update_or_create(|u| u.username, db).await.expect("it is made");
    assert!(is_new && eve.id > 2);
    db.atomic(async |tx| {
        // A unique value of another row, in a transaction that goes on afterwards.
        let wrong = User::create().username("bob").is_staff(true).build();
        let error = wrong.get_or_create(|u| (u.username, u.is_staff), tx).await.expect_err("there is a bob");
        assert_eq!(error.code(), "orm.unique");
        assert_eq!(User::objects().count(tx).await?, 3);
        Ok(())
    })
    .await
    .expect("the transaction is whole");
    let error = Draft::<User>::new().get_or_create(|u| u.username, db).await.expect_err("there is no name");
    assert_eq!(error.to_string(), "a row is looked up by `username`, which the draft was not given");
    let many = Post::create().title("x").author(1).build().get_or_create(|p| p.author, db).await;
    assert_eq!(many.expect_err("ada has two posts").code(), "orm.multiple_rows");
}

async fn everybody_gets_the_row_that_is_made_once(db: &Db) {
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let draft = Tag::create().name("shared").build();
                if n % 2 == 0 {
                    draft.get_or_create(|t| t.name, &db).await
                } else {
                    db.atomic(async |tx| draft.get_or_create(|t| t.name, tx).await).await
                }
            })
        })
        .collect();
    let (mut keys, mut made) = (Vec::new(), 0);
    for task in tasks {
        let (tag, is_new) = task.await.expect("no task panics").expect("everybody gets it");
        keys.push(tag.id);
        made += i32::from(is_new);
    }
    keys.dedup();
    assert_eq!((keys.len(), made), (1, 1));
}

async fn many_rows_are_stored_at_once(db: &Db) {
    let draft = |n: i64| Tag::create().name(format!("tag {n}")).build();
    let stored = Tag::bulk_create((0..2500).map(draft)).batch_size(700).save(db).await.expect("they are new");
    assert_eq!(stored, 2500);
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 2500);
    let error = Tag::bulk_create((2400..2600).map(draft)).batch_size(50).save(db).await.expect_err("some are there");
    assert_eq!(error.code(), "orm.unique");
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 2500);
    Tag::bulk_create((2400..2600).map(draft)).ignore_conflicts().save(db).await.expect("those are left out");
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 2600);
    let made = Tag::bulk_create((3000..3500).rev().map(draft)).batch_size(200).save_returning(db).await;
    let made = made.expect("they are new");
    assert_eq!((made.len(), made[0].name.as_str(), made[499].name.as_str()), (500, "tag 3499", "tag 3000"));
    let again = Tag::objects().in_bulk(made.iter().map(|tag| tag.id), db).await.expect("it runs");
    assert!(made.iter().all(|tag| again[&tag.id].name == tag.name));
    let error =
        Tag::bulk_create([draft(1)]).ignore_conflicts().save_returning(db).await.expect_err("it may be left out");
    assert_eq!(error.code(), "orm.bulk_returning");
    assert_eq!(Tag::bulk_create([]).save(db).await.expect("nothing to do"), 0);
}

async fn rows_that_are_there_are_changed_in_place(db: &Db) {
    fill(db).await;
    let users = [("ada", false), ("eve", true)];
    let drafts = users.map(|(name, staff)| User::create().username(name).is_staff(staff).build());
    let users = User::bulk_create(drafts).update_conflicts(|u| u.username, |u| u.is_staff).save_returning(db).await;
    let users = users.expect("they are stored");
    assert_eq!((users[0].id, users[0].is_staff, users[1].is_staff), (1, false, true));
    assert_eq!(User::objects().count(db).await.expect("it runs"), 3);
    let bob = User::create().username("bob").is_staff(true).build();
    User::bulk_create([bob]).update_conflicts(|u| u.username, |u| u.is_staff).save(db).await.expect("he is changed");
    let staff = User::objects().filter(|u| u.is_staff).order_by(|u| u.id).all(db).await.expect("it runs");
    assert_eq!(staff.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["bob", "eve"]);
}

async fn many_rows_are_changed_at_once(db: &Db) {
    let (ada, bob) = fill(db).await;
    let drafts = (0..1200_i64).map(|n| Post::create().title(format!("{n}")).author(&bob).build());
    Post::bulk_create(drafts).save(db).await.expect("they are new");
    let mut posts = Post::objects().all(db).await.expect("it runs");
    for (post, n) in posts.iter_mut().zip(0..) {
        post.title.push('!');
        post.views = n;
        post.editor = (n % 2 == 0).then(|| (&ada).into());
    }
    let changed = Post::bulk_update(&posts, |p| (p.title, p.views, p.editor)).batch_size(500).save(db).await;
    assert_eq!(changed.expect("they are there"), 1203);
    let after = Post::objects().in_bulk(posts.iter().map(|post| post.id), db).await.expect("it runs");
    for post in &posts {
        let stored = &after[&post.id];
        assert_eq!((&stored.title, stored.views), (&post.title, post.views));
        assert_eq!(stored.editor.is_some(), post.editor.is_some());
    }
    posts[1100].title = "x".repeat(201);
    "lost".clone_into(&mut posts[0].title);
    let error = Post::bulk_update(&posts, |p| p.title).save(db).await.expect_err("one is too long");
    assert_eq!(error.code(), "orm.too_long");
    assert_eq!(Post::objects().filter(|p| p.title.eq("lost")).count(db).await.expect("it runs"), 0);
}

async fn what_does_not_fit_is_refused(db: &Db) {
    let long = Tag::create().name("x".repeat(51)).save(db).await.expect_err("50 letters are the most");
    assert_eq!(long.to_string(), "`name` holds at most 50 characters, but was given 51");
    let tag = Tag::create().name("ß".repeat(50)).save(db).await.expect("letters count, not bytes");
    let change = Tag::objects().with_key(tag.id).update(|t| t.name.set("y".repeat(60)));
    assert_eq!(change.execute(db).await.expect_err("it is too long").code(), "orm.too_long");
    let many = Tag::bulk_create([Tag::create().name("z".repeat(60)).build()]).save(db).await;
    assert_eq!(many.expect_err("it is too long").code(), "orm.too_long");
    let field = |name| Everything::meta().index_of(name).expect("it is a field");
    let wrong = Draft::<Everything>::new().set(field("small"), Value::Int(40_000)).save(db).await;
    let told = wrong.expect_err("it is too large");
    assert_eq!(
        (told.code(), told.to_string()),
        ("orm.out_of_range", "`small` holds -32768 to 32767, but was given `40000`".into())
    );
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 1);
}

on_every_database! {
    all();
    a_row_writes_and_reads_some_of_its_fields,
    a_row_is_found_or_made_once,
    everybody_gets_the_row_that_is_made_once,
    many_rows_are_stored_at_once,
    rows_that_are_there_are_changed_in_place,
    many_rows_are_changed_at_once,
    what_does_not_fit_is_refused,
}

/// What a shop has, with values that the database makes.
#[derive(Model, Debug, Clone)]
#[model(app = "shop", crate = demijohn_orm)]
struct Ware {
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(db_default = 4)]
    price: i32,
    #[field(db_default = sql("1 + 1"))]
    stock: i64,
    #[field(db_default = now)]
    made: Timestamp,
    #[field(generated = "{price} * {stock}")]
    total: i64,
}

async fn what_the_database_makes_is_in_the_row_that_was_saved(db: &Db) {
    let before = Timestamp::now();
    let mut ware = Ware::create().name("jar").save(db).await.expect("the database has the rest");
    assert_eq!((ware.price, ware.stock, ware.total), (4, 2, 8));
    let apart = ware.made.duration_since(before).abs();
    assert!(apart < jiff::SignedDuration::from_mins(5), "{apart} beside the clock of the database");
    ware.price = 10;
    ware.save(db).await.expect("it is there");
    assert_eq!(ware.total, 20, "what is worked out from it came back");
    let stored = Ware::objects().get(db).await.expect("it is there");
    assert_eq!((stored.price, stored.total, stored.made), (10, 20, ware.made));
    let own = Ware::create().name("jug").price(1).stock(9).save(db).await.expect("it is new");
    assert_eq!((own.price, own.stock, own.total), (1, 9, 9));
}

on_every_database! {
    [Ware::meta()].into_iter().collect();
    what_the_database_makes_is_in_the_row_that_was_saved,
}
