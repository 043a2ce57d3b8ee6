//! What is said when migrations do not fit: to each other, to the database, or to what was asked.

use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateOptions, pending, showmigrations, sqlmigrate};
use expect_test::{Expect, expect};

use super::database::to;
use super::{Scratch, listed};

fn empty(name: &str) -> Migration {
    Migration::new("blog", name)
}

fn posts() -> Migration {
    empty("0001_initial").create_model("Post", |m| {
        m.field("id", auto());
        m.field("title", varchar(20).null());
        m.index(index(["title"]));
    })
}

async fn check_with(scratch: &Scratch, list: Vec<Migration>, options: &MigrateOptions, wanted: Expect) {
    let error = scratch.run(&listed(list), options).await.expect_err("it does not fit");
    wanted.assert_eq(&format!("{error:#}"));
}

async fn check(list: Vec<Migration>, wanted: Expect) {
    check_with(&Scratch::new().await, list, &MigrateOptions::default(), wanted).await;
}

#[tokio::test]
async fn migrations_that_do_not_fit_together() {
    check(
        vec![posts(), empty("0002_x").depends_on("blog", "0001_inital")],
        expect![[r#"
        migration `blog.0002_x` depends on `blog.0001_inital`, which is not there
        hint: migrations of `blog` are `0001_initial`, `0002_x`"#]],
    )
    .await;
    check(
        vec![posts().depends_on("auth", "0001_initial")],
        expect![[r#"
        migration `blog.0001_initial` depends on `auth.0001_initial`, which is not there
        hint: no app `auth` with migrations is installed; install it, or remove the dependency"#]],
    )
    .await;
    check(
        vec![empty("0001_a").depends_on("blog", "0002_b"), empty("0002_b").depends_on("blog", "0001_a")],
        expect!["migrations depend on each other in a circle: `blog.0001_a`, `blog.0002_b`"],
    )
    .await;
    check(
        vec![posts(), empty("0002_views").depends_on("blog", "0001_initial"), empty("0002_likes").depends_on("blog", "0001_initial")],
        expect![[r#"
            app `blog` has several newest migrations: `0002_views`, `0002_likes`
            hint: they were made side by side; join them with `makemigrations --merge`, or, where `0002_likes` is applied nowhere yet, put it behind the other: write `.depends_on("blog", "0002_views")` in it"#]],
    )
    .await;
    check(
        vec![posts(), posts()],
        expect![[r#"
        two migrations are called `blog.0001_initial`
        hint: give one of the two files and its `Migration::new` the next number"#]],
    )
    .await;
}

#[tokio::test]
async fn steps_that_do_not_fit_the_models() {
    let after =
        |change: fn(Migration) -> Migration| vec![posts(), change(empty("0002_x").depends_on("blog", "0001_initial"))];
    check(
        after(|m| m.add_field("Pst", "views", integer().null())),
        expect![[r#"
        migration `blog.0002_x` failed: unknown model `blog.Pst`; at this point of the migrations there are `blog.Post`
        hint: if another app makes it, say so with `.depends_on(app, migration)`"#]],
    )
    .await;
    check(after(|m| m.remove_field("Post", "views")), expect!["migration `blog.0002_x` failed: unknown field `views` on model `blog.Post`; at this point it has `id`, `title`"]).await;
    check(
        after(|m| m.remove_field("Post", "title")),
        expect![[r#"
        migration `blog.0002_x` failed: field `title` of `blog.Post` is still part of index on `title`
        hint: remove that with `.remove_index(…)` before the field"#]],
    )
    .await;
    check(
        after(|m| m.add_field("Post", "title", text().null())),
        expect!["migration `blog.0002_x` failed: model `blog.Post` has a field `title` already"],
    )
    .await;
    check(
        after(|m| m.remove_index("Post", index(["id"]))),
        expect!["migration `blog.0002_x` failed: model `blog.Post` has no index on `id`; it has index on `title`"],
    )
    .await;
    check(after(|m| m.add_field("Post", "author", foreign_key("auth.User").null())), expect![[r#"
        migration `blog.0002_x` failed: `blog.Post.author` cannot be made: unknown model `auth.User`; at this point of the migrations there are `blog.Post`
        hint: if another app makes it, say so with `.depends_on(app, migration)`"#]]).await;
    check(
        after(|m| m.create_model("Post", |_| {})),
        expect!["migration `blog.0002_x` failed: model `blog.Post` is made twice"],
    )
    .await;
    check(
        after(|m| m.add_field("Post", "views", integer().fill_with("many"))),
        expect!["migration `blog.0002_x` failed: `many` does not fit a column of integer"],
    )
    .await;
}

#[tokio::test]
async fn rows_that_stand_in_the_way() {
    let scratch = Scratch::new().await;
    scratch.apply(&[posts()]).await;
    scratch.sql("INSERT INTO blog_post (title) VALUES (NULL), ('a'), (NULL)").await;
    let after =
        |change: fn(Migration) -> Migration| vec![posts(), change(empty("0002_x").depends_on("blog", "0001_initial"))];
    let all = MigrateOptions::default();
    check_with(&scratch, after(|m| m.alter_field("Post", "title", varchar(20))), &all, expect![[r#"
        migration `blog.0002_x` failed: 2 rows of `blog_post` have no value for `title`, which may not be NULL
        hint: give the rows that are there a value: `.fill_with(…)` on the field in the migration, or `.remove_field_restoring(…)` to take a removal back"#]]).await;
    check_with(&scratch, after(|m| m.add_field("Post", "views", integer())), &all, expect![[r#"
        migration `blog.0002_x` failed: 3 rows of `blog_post` have no value for `views`, which may not be NULL
        hint: give the rows that are there a value: `.fill_with(…)` on the field in the migration, or `.remove_field_restoring(…)` to take a removal back"#]]).await;
    check_with(
        &scratch,
        after(|m| m.add_field("Post", "slug", text().unique().fill_with(""))),
        &all,
        expect![[r#"
        migration `blog.0002_x` failed: a row with the same `blog_post.slug` is there already
        caused by: UNIQUE constraint failed: new__blog_post.slug (SQLite 2067)
          sql | INSERT INTO "new__blog_post" ("id", "title", "slug") SELECT "id", "title", '' FROM "blog_post""#]],
    )
    .await;

    let list = after(|m| {
        m.remove_index("Post", index(["title"]))
            .add_field("Post", "views", integer().fill_with(0))
            .remove_field("Post", "views")
    });
    scratch.apply(&list).await;
    check_with(&scratch, list, &to("blog", "0001"), expect![[r#"
        migration `blog.0002_x` failed: 3 rows of `blog_post` have no value for `views`, which may not be NULL
        hint: give the rows that are there a value: `.fill_with(…)` on the field in the migration, or `.remove_field_restoring(…)` to take a removal back"#]]).await;
}

#[tokio::test]
async fn a_way_back_that_is_not_there_is_said_before_anything_happens() {
    let scratch = Scratch::new().await;
    let list = vec![
        posts(),
        empty("0002_data").depends_on("blog", "0001_initial").run_sql_irreversible("UPDATE blog_post SET title = ''"),
        empty("0003_views").depends_on("blog", "0002_data").add_field("Post", "views", integer().null()),
    ];
    scratch.apply(&list).await;
    check_with(
        &scratch,
        list,
        &to("blog", "zero"),
        expect![[r#"
        migration `blog.0002_data` cannot be taken back: run SQL
        hint: give that step a way back; nothing was changed"#]],
    )
    .await;
    assert_eq!(scratch.rows("SELECT name FROM django_migrations").await.len(), 3);
}

#[tokio::test]
async fn names_that_nothing_has() {
    let scratch = Scratch::new().await;
    let list = || {
        vec![
            posts(),
            empty("0002_views").depends_on("blog", "0001_initial"),
            empty("0003_views").depends_on("blog", "0002_views"),
        ]
    };
    check_with(
        &scratch,
        list(),
        &to("blgo", "zero"),
        expect![[r#"
        unknown app `blgo`; apps with models or migrations are `blog`
        hint: did you mean `blog`?"#]],
    )
    .await;
    check_with(
        &scratch,
        list(),
        &to("blog", "0004"),
        expect!["no migration `0004` of app `blog`; choices are `0001_initial`, `0002_views`, `0003_views`, `zero`"],
    )
    .await;
    check_with(
        &scratch,
        list(),
        &to("blog", "000"),
        expect!["`000` is the beginning of several migrations of `blog`: `0001_initial`, `0002_views`, `0003_views`"],
    )
    .await;
    let error = showmigrations(&*scratch.driver, &listed(list()), &["auth".to_owned()]).await.expect_err("no such app");
    expect!["unknown app `auth`; apps with models or migrations are `blog`"].assert_eq(&format!("{error:#}"));
    let error =
        sqlmigrate(&demijohn_sql::Sqlite, &listed(list()), "blog", "9", false).await.expect_err("no such migration");
    expect!["no migration `9` of app `blog`; choices are `0001_initial`, `0002_views`, `0003_views`, `zero`"]
        .assert_eq(&format!("{error:#}"));
}

#[tokio::test]
async fn tables_that_are_there_already() {
    let scratch = Scratch::new().await;
    scratch.sql("CREATE TABLE blog_post (id integer PRIMARY KEY)").await;
    check_with(
        &scratch,
        vec![posts()],
        &MigrateOptions::default(),
        expect![[r#"
        migration `blog.0001_initial` failed: the table `blog_post` is there already
        hint: if it is the right one, `migrate --fake-initial` records the migration without making it"#]],
    )
    .await;
    let fake_initial = MigrateOptions { fake_initial: true, ..MigrateOptions::default() };
    let list = vec![posts().create_model("Tag", |m| {
        m.field("id", auto());
    })];
    scratch.sql("CREATE TABLE blog_tag (id integer PRIMARY KEY)").await;
    check_with(
        &scratch,
        list,
        &fake_initial,
        expect![[r#"
        only some of what migration `blog.0001_initial` makes is there: `blog_tag` is, `blog_post.title` is not
        hint: make the rest by hand and record the migration with `--fake`, or begin with an empty database"#]],
    )
    .await;
}

#[tokio::test]
async fn a_history_with_a_hole() {
    let scratch = Scratch::new().await;
    let list = vec![posts(), empty("0002_views").depends_on("blog", "0001_initial")];
    scratch.apply(&list).await;
    scratch.sql("DELETE FROM django_migrations WHERE name = '0001_initial'").await;
    let error = pending(&*scratch.driver, &listed(list)).await.expect_err("there is a hole");
    expect![[r#"
        migration `blog.0002_views` is applied, but `blog.0001_initial`, on which it depends, is not
        hint: if the tables are there, record it with `migrate --fake`; otherwise the database was migrated by hand"#]]
    .assert_eq(&format!("{error:#}"));
}
