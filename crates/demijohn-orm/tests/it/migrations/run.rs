//! Applying and taking back: order, one at a time, all or nothing.

use std::sync::{Arc, Mutex};

use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{
    MigrateContext, MigrateOptions, PostMigrate, Progress, migrate, pending, showmigrations, sqlmigrate,
};
use expect_test::expect;

use super::database::to;
use super::{Scratch, django, listed};

fn app(app: &str, name: &str) -> Migration {
    let model = name.split_once('_').expect("a number and a word").1.to_owned();
    Migration::new(app, name).create_model(&model, |m| {
        m.field("id", auto());
    })
}

/// `a` before `b.0001`, `b.0001` before `a.0002`.
fn crossing() -> Vec<Migration> {
    vec![
        app("a", "0001_one"),
        app("a", "0002_two").depends_on("a", "0001_one").depends_on("b", "0001_three"),
        app("b", "0001_three").depends_on("a", "0001_one"),
    ]
}

async fn applied(scratch: &Scratch) -> Vec<String> {
    scratch.rows("SELECT app || '.' || name FROM django_migrations ORDER BY id").await
}

#[tokio::test]
async fn applies_each_after_what_it_depends_on_and_says_so() {
    let scratch = Scratch::new().await;
    let mut said = String::new();
    let mut progress = |event: Progress| said.push_str(&event.to_string());
    let report = scratch.run_saying(&listed(crossing()), &MigrateOptions::default(), &mut progress).await;
    assert_eq!(report.expect("it can be done").applied, ["a.0001_one", "b.0001_three", "a.0002_two"]);
    let lines = ["  applying a.0001_one... ok", "  applying b.0001_three... ok", "  applying a.0002_two... ok"];
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
    assert_eq!(applied(&scratch).await, ["a.0001_one", "b.0001_three", "a.0002_two"]);
}

#[tokio::test]
async fn one_app_brings_what_it_depends_on_and_nothing_else() {
    let scratch = Scratch::new().await;
    let only_b = MigrateOptions { app: Some("b".into()), ..MigrateOptions::default() };
    scratch.run(&listed(crossing()), &only_b).await.expect("it can be done");
    assert_eq!(applied(&scratch).await, ["a.0001_one", "b.0001_three"]);
    let open = pending(&*scratch.driver, &listed(crossing())).await.expect("it is consistent");
    assert_eq!(open, [("a".to_owned(), "0002_two".to_owned())]);
}

#[tokio::test]
async fn going_back_takes_what_depends_on_it_along() {
    let scratch = Scratch::new().await;
    scratch.apply(&crossing()).await;
    let report = scratch.run(&listed(crossing()), &to("b", "zero")).await.expect("it can be done");
    assert_eq!(report.taken_back, ["a.0002_two", "b.0001_three"]);
    assert_eq!(applied(&scratch).await, ["a.0001_one"]);
    scratch.go(&crossing(), "a", "zero").await;
    assert_eq!(scratch.schema().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_plan_changes_nothing() {
    let scratch = Scratch::new().await;
    let plan = MigrateOptions { plan: true, ..MigrateOptions::default() };
    let report = scratch.run(&listed(django::all()), &plan).await.expect("it can be planned");
    expect![[r#"
        contenttypes.0002_remove_content_type_name
            create model ContentType
        auth.0012_alter_user_first_name_max_length
            create model Permission
            create model Group
            create model User
        sessions.0001_initial
            create model Session
        blog.0001_initial
            create model Tag
            create model Post
            create model Comment
            add index `comment_post_created` to Comment
    "#]]
    .assert_eq(&report.to_string());
    assert_eq!(scratch.rows("SELECT name FROM sqlite_master").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_failure_in_the_middle_leaves_the_state_before_it() {
    let scratch = Scratch::new().await;
    let list = vec![
        app("a", "0001_one"),
        app("a", "0002_two")
            .depends_on("a", "0001_one")
            .run_sql("INSERT INTO a_two (id) VALUES (1)", "")
            .add_field("one", "x", text().null())
            .run_sql("INSERT INTO nowhere VALUES (1)", ""),
        app("a", "0003_three").depends_on("a", "0002_two"),
    ];
    let error = scratch.run(&listed(list), &MigrateOptions::default()).await.expect_err("no such table");
    assert!(format!("{error:#}").contains("migration `a.0002_two` failed: "), "{error:#}");
    assert!(format!("{error:#}").contains("INSERT INTO nowhere VALUES (1)"), "{error:#}");
    assert_eq!(applied(&scratch).await, ["a.0001_one"]);
    let tables = scratch.schema().await;
    assert_eq!(tables, ["CREATE TABLE \"a_one\" (\"id\" integer NOT NULL PRIMARY KEY AUTOINCREMENT)"]);
}

#[tokio::test]
async fn faking_records_without_doing() {
    let scratch = Scratch::new().await;
    let fake = MigrateOptions { fake: true, ..MigrateOptions::default() };
    scratch.run(&listed(crossing()), &fake).await.expect("it can be recorded");
    assert_eq!(applied(&scratch).await.len(), 3);
    assert_eq!(scratch.schema().await, Vec::<String>::new());
    let back = MigrateOptions { fake: true, ..to("a", "0001_one") };
    scratch.run(&listed(crossing()), &back).await.expect("it can be forgotten");
    assert_eq!(applied(&scratch).await, ["a.0001_one", "b.0001_three"]);
}

#[tokio::test]
async fn fake_initial_takes_tables_that_are_there_for_made() {
    let scratch = Scratch::new().await;
    scratch.apply(&django::all()).await;
    scratch.sql("DELETE FROM django_migrations").await;
    let before = scratch.schema().await;
    let options = MigrateOptions { fake_initial: true, ..MigrateOptions::default() };
    let mut said = String::new();
    let mut progress = |event: Progress| said.push_str(&event.to_string());
    scratch.run_saying(&listed(django::all()), &options, &mut progress).await.expect("the tables are there");
    assert_eq!(said.matches("recorded").count(), 4, "{said}");
    assert_eq!(scratch.schema().await, before);
}

#[tokio::test]
async fn two_programs_migrate_one_after_the_other() {
    let scratch = Scratch::new().await;
    let other = Scratch::open(&scratch.folder).await;
    let held = other.lock_migrations().await.expect("nobody has it yet");
    let said = Arc::new(Mutex::new(Vec::new()));
    let task = tokio::spawn({
        let (driver, said) = (Arc::clone(&scratch.driver), Arc::clone(&said));
        async move {
            let (models, migrations) = (Models::new(), listed(crossing()));
            let context =
                MigrateContext { driver: &*driver, models: &models, migrations: &migrations, post_migrate: &[] };
            let mut progress = |event: Progress| said.lock().expect("no test panics with it").push(event.to_string());
            migrate(&context, &MigrateOptions::default(), &mut progress).await
        }
    });
    while said.lock().expect("no test panics with it").is_empty() {
        tokio::task::yield_now().await;
    }
    let first = said.lock().expect("no test panics with it")[0].clone();
    assert!(first.starts_with("waiting for another program that migrates "), "{first}");
    assert_eq!(scratch.rows("SELECT name FROM sqlite_master").await, Vec::<String>::new());
    drop(held);
    assert_eq!(task.await.expect("it does not panic").expect("it has its turn").applied.len(), 3);
}

#[tokio::test]
async fn hooks_run_when_everything_is_applied() {
    fn hook<'a>(driver: &'a dyn demijohn_sql::Driver, _: &'a Models) -> demijohn_web::BoxFuture<'a, Result<()>> {
        Box::pin(async move { driver.execute_script("INSERT INTO a_one DEFAULT VALUES").await })
    }
    let scratch = Scratch::new().await;
    let (models, migrations) = (Models::new(), listed(crossing()));
    let hooks = [PostMigrate(hook)];
    let context =
        MigrateContext { driver: &*scratch.driver, models: &models, migrations: &migrations, post_migrate: &hooks };
    migrate(&context, &to("a", "0001_one"), &mut |_| {}).await.expect("it can be done");
    assert_eq!(scratch.rows("SELECT count(*) FROM a_one").await, ["0"]);
    migrate(&context, &MigrateOptions::default(), &mut |_| {}).await.expect("it can be done");
    assert_eq!(scratch.rows("SELECT count(*) FROM a_one").await, ["1"]);
    migrate(&context, &to("a", "zero"), &mut |_| {}).await.expect("it can be taken back");
}

#[tokio::test]
async fn shows_the_sql_of_a_migration() {
    let migrations = listed(django::all());
    let dialect = &demijohn_sql::Sqlite;
    let sql = sqlmigrate(dialect, &migrations, "blog", "0001", false).await.expect("it can be written");
    expect![[r#"
        -- blog.0001_initial
        CREATE TABLE "blog_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE, "slug" varchar(50) NOT NULL UNIQUE);
        CREATE TABLE "blog_post" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "content" text NOT NULL, "created_at" datetime NOT NULL, "author_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
        CREATE INDEX "blog_post_author_id_dd7a8485" ON "blog_post" ("author_id");
        CREATE TABLE "blog_post_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "post_id" bigint NOT NULL REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED, "tag_id" bigint NOT NULL REFERENCES "blog_tag" ("id") DEFERRABLE INITIALLY DEFERRED);
        CREATE UNIQUE INDEX "blog_post_tags_post_id_tag_id_4925ec37_uniq" ON "blog_post_tags" ("post_id", "tag_id");
        CREATE INDEX "blog_post_tags_post_id_a1c71c8a" ON "blog_post_tags" ("post_id");
        CREATE INDEX "blog_post_tags_tag_id_0875c551" ON "blog_post_tags" ("tag_id");
        CREATE TABLE "blog_comment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "body" text NOT NULL, "created_at" datetime NOT NULL, "approved" bool NOT NULL, "author_id" integer NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "post_id" bigint NOT NULL REFERENCES "blog_post" ("id") DEFERRABLE INITIALLY DEFERRED);
        CREATE INDEX "blog_comment_author_id_4f11e2e0" ON "blog_comment" ("author_id");
        CREATE INDEX "blog_comment_post_id_580e96ef" ON "blog_comment" ("post_id");
        CREATE INDEX "comment_post_created" ON "blog_comment" ("post_id", "created_at");
    "#]]
    .assert_eq(&sql);
    let sql = sqlmigrate(dialect, &migrations, "blog", "0001", true).await.expect("it can be written");
    expect![[r#"
        -- blog.0001_initial
        DROP INDEX "comment_post_created";
        DROP TABLE "blog_comment";
        DROP TABLE "blog_post_tags";
        DROP TABLE "blog_post";
        DROP TABLE "blog_tag";
    "#]]
    .assert_eq(&sql);
}

#[tokio::test]
async fn shows_which_are_applied() {
    let scratch = Scratch::new().await;
    scratch.go(&crossing(), "a", "1").await;
    let shown =
        showmigrations(&*scratch.driver, &listed(crossing()), &["a".to_owned()]).await.expect("it can be shown");
    assert_eq!(shown, "a\n [X] 0001_one\n [ ] 0002_two\n");
}
