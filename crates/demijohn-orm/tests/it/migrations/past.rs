//! Work on data with the models as they were, on every database.

use demijohn_core::model::Models;
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, MigrateReport, migrate};
use demijohn_orm::{Db, Executor as _};

use super::listed;

async fn run(db: &Db, list: &[Migration], options: &MigrateOptions) -> Result<MigrateReport> {
    let (models, migrations) = (Models::new(), listed(list.to_vec()));
    let context =
        MigrateContext { driver: db.driver().as_ref(), models: &models, migrations: &migrations, post_migrate: &[] };
    migrate(&context, options, &mut |_| {}).await
}

async fn add_posts(tx: &Tx, past: &Past) -> Result<()> {
    let (authors, posts) = (past.model("blog.Author")?, past.model("blog.Post")?);
    let ada = authors.insert(tx, [("name", "Ada".into())]).await?;
    for title in ["One", "Two"] {
        posts.insert(tx, [("title", title.into()), ("author", ada.key().clone())]).await?;
    }
    Ok(())
}

/// `slug` is there at this point, and the structs of today need not know any of it.
async fn fill_slugs(tx: &Tx, past: &Past) -> Result<()> {
    let posts = past.model("blog.Post")?;
    for post in posts.rows().filter(posts.is("slug", "")?).all(tx).await? {
        let slug = post.require("title")?.to_string().to_lowercase();
        posts.update(tx, post.key(), [("slug", slug.into())]).await?;
    }
    Ok(())
}

async fn empty_slugs(tx: &Tx, past: &Past) -> Result<()> {
    let posts = past.model("blog.Post")?;
    let count = posts.update_where(tx, posts.is("slug", "one")?, [("slug", "".into())]).await?;
    assert_eq!(count, 1);
    assert_eq!(posts.delete_where(tx, posts.is("slug", "two")?).await?, 1);
    Ok(())
}

async fn mistyped(tx: &Tx, past: &Past) -> Result<()> {
    let post = past.model("blog.Post")?.rows().first(tx).await?.expect("there is one");
    post.require("titel").map(|_| ())
}

fn history() -> Vec<Migration> {
    vec![
        Migration::new("blog", "0001_initial")
            .create_model("Author", |m| {
                m.field("id", auto());
                m.field("name", varchar(50));
            })
            .create_model("Post", |m| {
                m.field("id", auto());
                m.field("title", varchar(50));
                m.field("author", foreign_key("blog.Author"));
            }),
        Migration::new("blog", "0002_posts").depends_on("blog", "0001_initial").run(add_posts, nothing),
        Migration::new("blog", "0003_slug")
            .depends_on("blog", "0002_posts")
            .add_field("Post", "slug", varchar(50).fill_with(""))
            .run(fill_slugs, empty_slugs),
        // What comes later is not seen by what came before.
        Migration::new("blog", "0004_heading")
            .depends_on("blog", "0003_slug")
            .rename_field("Post", "title", "heading")
            .rename_model("Post", "Article"),
    ]
}

async fn articles(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    let statement = demijohn_sql::Statement::plain("SELECT heading, slug, author_id FROM blog_article ORDER BY id");
    let mut sink = |row: &dyn demijohn_sql::Row| {
        found.push(format!("{:?} {:?} {:?}", row.get(0)?, row.get(1)?, row.get(2)?));
        Ok(demijohn_sql::Flow::More)
    };
    db.connection().query(&statement, &mut sink).await.expect("the table is there");
    found
}

async fn steps_see_the_models_of_their_time(db: &Db) {
    run(db, &history(), &MigrateOptions::default()).await.expect("all of it can be done");
    let wanted = [r#"Text("One") Text("one") Int(1)"#, r#"Text("Two") Text("two") Int(1)"#];
    assert_eq!(articles(db).await, wanted);
    run(db, &history(), &super::database::to("blog", "0002")).await.expect("it can be taken back");
    run(db, &history(), &MigrateOptions::default()).await.expect("and done again");
    assert_eq!(articles(db).await, wanted[..1]);
}

async fn a_field_of_another_time_is_refused_with_those_of_this(db: &Db) {
    let mut list = history();
    list.truncate(2);
    list.push(Migration::new("blog", "0003_x").depends_on("blog", "0002_posts").run_irreversible(mistyped));
    let error = run(db, &list, &MigrateOptions::default()).await.expect_err("there is no `titel`");
    expect_test::expect![[r#"
        migration `blog.0003_x` failed: unknown field `titel` on model `Post`; choices are `id`, `title`, `author`
        hint: did you mean `title`?"#]]
    .assert_eq(&format!("{error:#}"));
}

async fn an_app_that_knows_nothing_of_another_can_be_made_to_wait_for_it(db: &Db) {
    let one = |app: &str| {
        Migration::new(app, "0001_initial").create_model("Thing", |m| {
            m.field("id", auto());
        })
    };
    let list = [one("a"), one("b").run_before("a", "0001_initial")];
    let report = run(db, &list, &MigrateOptions::default()).await.expect("it can be done");
    assert_eq!(report.applied, ["b.0001_initial", "a.0001_initial"]);
    let stray = [one("c").run_before("a", "0009_gone")];
    let error = run(db, &stray, &MigrateOptions::default()).await.expect_err("it is not there");
    assert_eq!(error.code(), "migrations.unknown_dependency");
}

mod on_each {
    macro_rules! each {
        ($($test:ident),+ $(,)?) => {$(
            mod $test {
                use crate::databases::{Kind, run};
                use demijohn_core::model::Models;

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    run(Kind::Sqlite, Models::new(), super::super::$test).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    run(Kind::Postgres, Models::new(), super::super::$test).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn mysql() {
                    run(Kind::Mysql, Models::new(), super::super::$test).await;
                }
            }
        )+};
    }

    each! {
        steps_see_the_models_of_their_time,
        a_field_of_another_time_is_refused_with_those_of_this,
        an_app_that_knows_nothing_of_another_can_be_made_to_wait_for_it,
    }
}
