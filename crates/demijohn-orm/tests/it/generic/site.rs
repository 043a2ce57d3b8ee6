//! A site whose models have generic keys: its content types, their migration, and its other databases.

use std::collections::BTreeMap;

use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, Result, Settings};
use demijohn_e2e::TempDir;
use demijohn_orm::fixtures::{DumpOptions, Fixture, LoadOptions, dumpdata, loaddata};
use demijohn_orm::migrations::{MakeOptions, makemigrations};
use demijohn_orm::{Access, AppModels as _, ContentType, Database, DatabaseRouter, Db, Model as _, migrations};
use demijohn_web::{App, Args, Site, TestClient};
use expect_test::expect;

use super::{Article, Cork, Note, article, models};

/// A site with three models, and nobody who brings content types.
fn app() -> App {
    App::named("desk").model::<Note>().model::<Article>().model::<Cork>().model::<super::Event>()
}

fn settings(folder: &TempDir) -> Settings {
    let file = "[databases.archive]\nurl = \"sqlite:archive.sqlite3\"\n";
    std::fs::write(folder.join("demijohn.toml"), file).expect("it is written");
    let settings = Settings::load_from(folder.path(), &BTreeMap::new()).expect("the file is good");
    let mut settings = settings.with_secret_key("x".repeat(50));
    settings.debug = false;
    settings.database_url =
        Some(demijohn_core::settings::Secret::new(format!("sqlite:{}", folder.join("db.sqlite3").display())));
    settings
}

/// The site's database and its archive, in which the numbers of content types are others.
async fn databases(folder: &TempDir) -> [Db; 2] {
    let open = async |name: &str| {
        let url = format!("sqlite:{}", folder.join(name).display());
        let db = Db::connect(&url, models()).await.expect("it opens");
        migrations::create_tables(&db).await.expect("the tables are made");
        db
    };
    let [site, archive] = [open("db.sqlite3").await, open("archive.sqlite3").await];
    for model in [Cork::meta(), Article::meta()] {
        ContentType::of_meta(model, &archive).await.expect("it is made");
    }
    [site, archive]
}

#[tokio::test]
async fn content_types_come_with_the_models_that_need_them() {
    let folder = TempDir::new("generic-migrations");
    let site = app().build(settings(&folder)).await.expect("sound");
    site.require_sound().expect("nothing points to what is not there");
    let database = Database::of(&site).expect("it has models");
    assert!(database.models().find("contenttypes", "contenttype").is_some());
    let apps: Vec<&str> = database.migrations().iter().map(|migrations| migrations.app.as_str()).collect();
    assert_eq!(apps, ["contenttypes"]);
    let options = MakeOptions { dry_run: true, ..MakeOptions::default() };
    let models = [Note::meta(), ContentType::meta()].into_iter().collect();
    let report = makemigrations(&models, database.migrations(), &options, None).expect("nothing is asked");
    let [made] = &report.made[..] else { panic!("one migration, of notes: {report:?}") };
    expect![[r#"
        use demijohn_orm::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("desk", "0001_initial")
                .depends_on("contenttypes", "0002_remove_content_type_name")
                .create_model("Note", |m| {
                    m.field("id", auto());
                    m.field("text", text());
                    m.field("content_type", foreign_key("contenttypes.ContentType"));
                    m.field("object_id", big_int());
                    m.index(index(["content_type", "object_id"]));
                })
        }
    "#]]
    .assert_eq(&made.source);
}

/// Runs a command of the site.
async fn run(site: &Site, words: &[&str]) -> Result<()> {
    let command = site.commands().iter().find(|command| command.name() == words[0]).expect("there is such a command");
    command.run(site.clone(), Args::new(words[0], words[1..].iter().copied())).await
}

#[tokio::test]
async fn a_migrate_makes_the_rows_that_stand_for_models() {
    let folder = TempDir::new("generic-migrate");
    let site = app().build(settings(&folder)).await.expect("sound");
    run(&site, &["migrate"]).await.expect("the table is made");
    let db = Database::of(&site).expect("it has models").db().await.expect("it opens");
    let names = async || {
        let rows = ContentType::objects().order_by(|c| c.id).all(db).await.expect("it runs");
        rows.into_iter().map(|row| row.model).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["note", "article", "cork", "event", "contenttype"]);
    run(&site, &["migrate"]).await.expect("nothing to do");
    assert_eq!(names().await.len(), 5);
}

#[tokio::test]
async fn what_stands_for_no_model_is_removed_on_demand() {
    let folder = TempDir::new("generic-stale");
    let [db, _] = databases(&folder).await;
    let kept = ContentType::of::<Article>(&db).await.expect("it is made");
    for (app, model) in [("desk", "pencil"), ("shop", "cup")] {
        let row = ContentType::create().app_label(app).model(model).save(&db).await.expect("it is new");
        let about = demijohn_orm::GenericForeignKey::new(row.id, 1);
        Note::create().text(model).about(about).save(&db).await.expect("it is new");
    }
    let site = app().build(settings(&folder)).await.expect("sound");
    let left = async || {
        let notes = Note::objects().all(&db).await.expect("it runs");
        notes.into_iter().map(|note| note.text).collect::<Vec<_>>()
    };
    assert_eq!(left().await.len(), 2);
    run(&site, &["remove_stale_contenttypes", "--no-input"]).await.expect("it runs");
    assert_eq!(left().await, ["cup"]);
    run(&site, &["remove_stale_contenttypes", "--no-input", "--include-stale-apps"]).await.expect("it runs");
    assert_eq!(left().await.len(), 0);
    let rows = ContentType::objects().all(&db).await.expect("it runs");
    assert_eq!(rows, [kept]);
}

#[tokio::test]
async fn fixtures_name_the_model_where_a_number_would_mean_nothing() {
    let folder = TempDir::new("generic-fixtures");
    let [site, archive] = databases(&folder).await;
    let here = article(&site, "here").await;
    Note::create().text("a").about(&here).save(&site).await.expect("it is new");
    let apps = vec!["desk".to_owned()];
    let options = DumpOptions { labels: apps, natural_foreign: true, ..DumpOptions::default() };
    let mut written = Vec::new();
    dumpdata(&site, &options, &mut written).await.expect("it is written");
    let text = String::from_utf8(written).expect("it is text");
    assert!(text.contains(r#""content_type": ["desk", "article"]"#), "{text}");
    let fixture = Fixture::new("notes.json", text);
    loaddata(&archive, &[fixture], &LoadOptions::default()).await.expect("it is read");
    let note = Note::objects().get(&archive).await.expect("it is there");
    assert_eq!(note.about.content_type(), 2);
    assert_eq!(note.about.get::<Article>(&archive).await.expect("it runs").expect("it is there").title, "here");
}

#[tokio::test]
async fn a_relation_of_rows_that_no_app_has_is_found_at_start() {
    let folder = TempDir::new("generic-unregistered");
    let app = App::named("desk").model::<Article>().model::<super::Event>();
    let site = app.build(settings(&folder)).await.expect("it is built");
    let error = site.require_sound().expect_err("nobody registered notes");
    expect![[r#"
        the checks found 1 problem
        desk.Article.notes: (fields.E300) its rows are those of `desk.Note`, which no app of this site registered
            hint: add `.model::<Note>()` to the app it belongs to, or install that app"#]]
    .assert_eq(&format!("{error:#}"));
}

#[tokio::test]
async fn a_number_belongs_to_its_database() {
    let folder = TempDir::new("generic-databases");
    let [_, archive] = databases(&folder).await;
    async fn write(db: Db) -> Result<String> {
        let here = article(&db, "here").await;
        let archive = db.named("archive").await?;
        let there = article(&archive, "there").await;
        let mut numbers = Vec::new();
        for _ in 0..2 {
            numbers.push(here.notes.create().text("a").save(&db).await?.about.content_type());
            // Each time another handle, of the same database.
            let archive = db.named("archive").await?;
            numbers.push(there.notes.create().text("b").save(&archive).await?.about.content_type());
        }
        Ok(format!("{numbers:?}"))
    }
    let client = TestClient::new((app().get("/", write), settings(&folder))).await.expect("sound").accept_json();
    assert_eq!(client.get("/").await.assert_status(200).text(), "[1, 2, 1, 2]");
    let notes = Note::objects().all(&archive).await.expect("it runs");
    assert_eq!(notes.len(), 2);
    assert!(notes[0].about.is::<Article>(&archive).await.expect("it runs"));
}

/// Notes and what they are about lie in the archive; nobody said where content types lie.
struct Archived;

impl DatabaseRouter for Archived {
    fn route(&self, model: &'static ModelMeta, _: Access) -> Option<&str> {
        (model.app == "desk").then_some("archive")
    }
}

#[tokio::test]
async fn a_number_is_that_of_the_database_where_the_rows_are() {
    let folder = TempDir::new("generic-router");
    let [site, archive] = databases(&folder).await;
    async fn write(db: Db) -> Result<String> {
        let there = article(&db, "there").await;
        let first = Note::create().text("a").about(&there).save(&db).await?;
        let second = there.notes.create().text("b").save(&db).await?;
        Ok(format!("{} {}", first.about.content_type(), second.about.content_type()))
    }
    async fn read(db: Db) -> Result<String> {
        let note = Note::objects().first(&db).await?.ok_or_else(|| Error::internal("it is there"))?;
        let found: Option<Article> = note.about.get(&db).await?;
        let found = found.ok_or_else(|| Error::internal("it is about an article"))?;
        Ok(format!("{} {}", found.title, found.notes.count(&db).await?))
    }
    let app = app().get("/", read).post("/", write).database_router(Archived);
    let client = TestClient::new((app, settings(&folder))).await.expect("sound").accept_json();
    assert_eq!(client.post("/").await.assert_status(200).text(), "2 2");
    assert_eq!(client.get("/").await.assert_status(200).text(), "there 2");
    assert_eq!(Note::objects().count(&archive).await.expect("it runs"), 2);
    assert_eq!(Note::objects().count(&site).await.expect("it runs"), 0);
}

#[tokio::test]
async fn a_transaction_of_a_request_that_fails_leaves_nothing_behind() {
    let folder = TempDir::new("generic-request");
    let [site, _] = databases(&folder).await;
    article(&site, "here").await;
    async fn fail(db: Db) -> Result<()> {
        let article = Article::objects().get(&db).await?;
        article.notes.create().text("lost").save(&db).await?;
        Err(Error::new(demijohn_core::ErrorKind::Invalid, "test.failed", "it fails after it wrote"))
    }
    async fn keep(db: Db) -> Result<String> {
        let article = Article::objects().get(&db).await?;
        let note = article.notes.create().text("kept").save(&db).await?;
        Ok(note.about.content_type().to_string())
    }
    let app = app().post("/fail", fail).post("/keep", keep).atomic_requests();
    let client = TestClient::new((app, settings(&folder))).await.expect("sound").accept_json();
    client.post("/fail").await.assert_status(400);
    assert_eq!(ContentType::find(Article::meta(), &site).await.expect("it runs"), None);
    // Another takes the number that was lost.
    ContentType::of::<Cork>(&site).await.expect("it is made");
    assert_eq!(client.post("/keep").await.assert_status(200).text(), "2");
    let notes = Note::objects().all(&site).await.expect("it runs");
    assert_eq!((notes.len(), notes[0].about.content_type()), (1, 2));
}
