//! Emptying a database.

use demijohn_core::model::Models;
use demijohn_orm::flush::flush;
use demijohn_orm::migrations::PostMigrate;
use demijohn_orm::{Db, Executor as _, Model as _};
use demijohn_sql::Driver;
use demijohn_web::BoxFuture;

use crate::models::{Post, Tag, User, all};

/// As an app does that needs a row to be there.
fn add_a_tag<'a>(driver: &'a dyn Driver, _: &'a Models) -> BoxFuture<'a, demijohn_core::Result<()>> {
    Box::pin(async move {
        let statement = demijohn_sql::Statement::plain("INSERT INTO blog_tag (name) VALUES ('of the app')");
        driver.execute(&statement).await.map(|_| ())
    })
}

async fn rows_go_and_numbers_begin_anew(db: &Db) {
    for _ in 0..2 {
        let ada = User::create().username("ada").save(db).await.expect("it is new");
        assert_eq!(ada.id, 1);
        let post = Post::create().title("One").author(&ada).save(db).await.expect("it is new");
        let tag = Tag::create().name("cork").save(db).await.expect("it is new");
        post.tags.add([&tag], db).await.expect("added");
        flush(db.driver().as_ref(), db.models(), &[PostMigrate(add_a_tag)]).await.expect("emptied");
        assert_eq!(User::objects().count(db).await.expect("a count"), 0);
        assert_eq!(Post::objects().count(db).await.expect("a count"), 0);
        let tags = Tag::objects().all(db).await.expect("rows");
        assert_eq!(tags.iter().map(|tag| (tag.id, tag.name.as_str())).collect::<Vec<_>>(), [(1, "of the app")]);
    }
}

on_every_database! { all(); rows_go_and_numbers_begin_anew }
