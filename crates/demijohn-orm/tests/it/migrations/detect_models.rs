//! What `makemigrations` finds when whole models change: renamed, gone, beyond the reach of migrations.

use demijohn_orm::Model as _;
use demijohn_orm::migrations::{MakeOptions, Migration, makemigrations};
use expect_test::expect;

use super::detect::{check, dry, made, models, placed};
use super::{Scratch, listed};

mod before {
    use demijohn_macros::Model;
    use demijohn_orm::{ForeignKey, ManyToMany};

    #[derive(Model, Debug, Clone)]
    #[model(app = "press", crate = demijohn_orm)]
    pub(super) struct Writer {
        pub id: i64,
        #[field(max_length = 20)]
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "press", crate = demijohn_orm)]
    pub(super) struct Article {
        pub id: i64,
        #[field(max_length = 20)]
        pub title: String,
        #[field(on_delete = Cascade)]
        pub writer: ForeignKey<Writer>,
        #[field(on_delete = SetNull, related_name = "replies")]
        pub answers: Option<ForeignKey<Article>>,
        #[field(related_name = "readings")]
        #[expect(dead_code, reason = "only its description is read")]
        pub readers: ManyToMany<Writer>,
    }
}

/// The article is a story now.
mod renamed {
    use demijohn_macros::Model;
    use demijohn_orm::{ForeignKey, ManyToMany};

    use super::before::Writer;

    #[derive(Model, Debug, Clone)]
    #[model(app = "press", crate = demijohn_orm)]
    pub(super) struct Story {
        pub id: i64,
        #[field(max_length = 20)]
        pub title: String,
        #[field(on_delete = Cascade)]
        pub writer: ForeignKey<Writer>,
        #[field(on_delete = SetNull, related_name = "replies")]
        pub answers: Option<ForeignKey<Story>>,
        #[field(related_name = "readings")]
        #[expect(dead_code, reason = "only its description is read")]
        pub readers: ManyToMany<Writer>,
    }
}

/// Writers are kept by another program, and articles point to that.
mod foreign {
    use demijohn_macros::Model;
    use demijohn_orm::{ForeignKey, ManyToMany};

    #[derive(Model, Debug, Clone)]
    #[model(app = "press", crate = demijohn_orm, table = "staff", unmanaged)]
    pub(super) struct Person {
        #[field(integer, column = "number")]
        pub id: i64,
        #[field(max_length = 20)]
        pub name: String,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "press", crate = demijohn_orm)]
    pub(super) struct Article {
        pub id: i64,
        #[field(max_length = 20)]
        pub title: String,
        #[field(on_delete = Cascade)]
        pub writer: ForeignKey<Person>,
        #[field(related_name = "readings")]
        #[expect(dead_code, reason = "only its description is read")]
        pub readers: ManyToMany<Person>,
    }
}

fn first() -> Vec<Migration> {
    let models = models(&[before::Writer::meta(), before::Article::meta()]);
    made(makemigrations(&models, &[], &dry(), None).expect("nothing is asked for new models"))
}

#[tokio::test]
async fn a_renamed_model_keeps_its_rows_and_what_points_to_it() {
    let now = models(&[before::Writer::meta(), renamed::Story::meta()]);
    check(
        &makemigrations(&now, &placed(first()), &dry(), None),
        expect![[r#"
        model `press.Article` is gone and `Story` with the same fields is new: was it renamed, or is one removed with its data and the other added?
        hint: say `--rename Article=Story` to keep the data, or `--no-rename` to remove and add"#]],
    );
    let options = MakeOptions { renames: vec!["Article=Story".into()], ..dry() };
    let report = makemigrations(&now, &placed(first()), &options, None);
    check(
        &report,
        expect![[r#"
        press.0002_rename_article_story
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("press", "0002_rename_article_story")
                .depends_on("press", "0001_initial")
                .rename_model("Article", "Story")
        }
    "#]],
    );

    let scratch = Scratch::new().await;
    scratch.apply(&first()).await;
    scratch
        .sql(
            "INSERT INTO press_writer (name) VALUES ('Ada');
             INSERT INTO press_article (title, writer_id, answers_id) VALUES ('one', 1, NULL), ('two', 1, 1);
             INSERT INTO press_article_readers (article_id, writer_id) VALUES (2, 1);",
        )
        .await;
    let mut list = first();
    list.extend(made(report.expect("it was answered")));
    scratch.apply(&list).await;
    assert_eq!(scratch.rows("SELECT title, answers_id FROM press_story").await, ["one|NULL", "two|1"]);
    assert_eq!(scratch.rows("SELECT story_id, writer_id FROM press_story_readers").await, ["2|1"]);
    scratch.assert_sound().await;

    // Without the answer it is another table.
    let options = MakeOptions { no_rename: true, ..dry() };
    check(
        &makemigrations(&now, &placed(first()), &options, None),
        expect![[r#"
        press.0002_story_delete_article
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("press", "0002_story_delete_article")
                .depends_on("press", "0001_initial")
                .create_model("Story", |m| {
                    m.field("id", auto());
                    m.field("title", varchar(20));
                    m.field("writer", foreign_key("press.Writer"));
                    m.field("answers", foreign_key("press.Story").null());
                    m.many_to_many("readers", "press.Writer");
                })
                .delete_model("Article")
        }
    "#]],
    );
}

#[tokio::test]
async fn what_points_to_a_model_goes_before_it_does() {
    let now = models(&[foreign::Person::meta(), foreign::Article::meta()]);
    let report = makemigrations(&now, &placed(first()), &dry(), None);
    check(
        &report,
        expect![[r#"
        press.0002_remove_article_readers_remove_article_answers_and_more
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new(
                "press",
                "0002_remove_article_readers_remove_article_answers_and_more",
            )
            .depends_on("press", "0001_initial")
            .remove_many_to_many("Article", "readers")
            .remove_field("Article", "answers")
            .add_many_to_many(
                "Article",
                "readers",
                pairs(table("staff", "number", integer())).columns("article_id", "person_id"),
            )
            .alter_field(
                "Article",
                "writer",
                foreign_key(table("staff", "number", integer())),
            )
            .delete_model("Writer")
        }
    "#]],
    );
    let scratch = Scratch::new().await;
    scratch.apply(&first()).await;
    scratch.sql("CREATE TABLE staff (number integer PRIMARY KEY, name varchar(20))").await;
    let mut list = first();
    list.extend(made(report.expect("nothing is asked")));
    scratch.apply(&list).await;
    scratch
        .sql("INSERT INTO staff VALUES (7, 'Ada'); INSERT INTO press_article (title, writer_id) VALUES ('one', 7)")
        .await;
    scratch.assert_sound().await;
    let again = makemigrations(&now, &placed(list.clone()), &dry(), None).expect("nothing is asked");
    assert!(!again.has_changes(), "{again}");
    assert_eq!(listed(list).len(), 1);
}

#[test]
fn a_migration_without_steps_is_made_on_demand() {
    let now = models(&[before::Writer::meta(), before::Article::meta()]);
    let options = MakeOptions { empty: true, apps: vec!["press".into()], name: Some("tidy_up".into()), ..dry() };
    check(
        &makemigrations(&now, &placed(first()), &options, None),
        expect![[r#"
        press.0002_tidy_up
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("press", "0002_tidy_up").depends_on("press", "0001_initial")
        }
    "#]],
    );
}

#[test]
fn other_apps_wait_when_one_is_named() {
    let now = models(&[before::Writer::meta(), before::Article::meta(), super::detect::other_app()]);
    let options = MakeOptions { apps: vec!["shop".into()], ..dry() };
    let report = makemigrations(&now, &[], &options, None).expect("nothing is asked");
    let apps: Vec<&str> = report.made.iter().map(|made| made.migration.app()).collect();
    assert_eq!(apps, ["shop"]);
}
