//! The database of a request: counted statements, one transaction for each request, several databases.

use std::collections::BTreeMap;
use std::path::PathBuf;

use demijohn_core::model::ModelMeta;
use demijohn_core::{Error, ErrorKind, Result, Settings};
use demijohn_orm::{Access, AppModels as _, DatabaseRouter, Db, Executor as _, Model as _, Replicas, migrations};
use demijohn_web::{App, TestClient};

use crate::models::{Tag, all};

/// A folder for the databases of one test; it goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("demijohn-requests-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder is made");
        Self(path)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:{}", self.0.join(name).display())
    }

    /// A database with the tables and these tags.
    async fn database(&self, name: &str, tags: &[&str]) -> Db {
        let db = Db::connect(&self.url(name), all()).await.expect("it opens");
        migrations::create_tables(&db).await.expect("the tables are made");
        for tag in tags {
            Tag::create().name(*tag).save(&db).await.expect("it is new");
        }
        db
    }

    fn settings(&self, name: &str) -> Settings {
        let mut settings = Settings::default().with_secret_key("x".repeat(50));
        settings.debug = false;
        settings.database_url = Some(demijohn_core::settings::Secret::new(self.url(name)));
        settings
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn app() -> App {
    App::named("blog").model::<Tag>()
}

async fn list(db: Db) -> Result<String> {
    let tags = Tag::objects().all(&db).await?;
    Ok(tags.into_iter().map(|tag| tag.name).collect::<Vec<_>>().join(","))
}

async fn each(db: Db) -> Result<&'static str> {
    for tag in Tag::objects().all(&db).await? {
        Tag::objects().with_key(tag.id).get(&db).await?;
    }
    Ok("done")
}

#[tokio::test]
async fn a_test_client_counts_the_statements_of_a_request() {
    let folder = Folder::new("count");
    folder.database("db", &["a", "b", "c", "d", "e"]).await;
    let client =
        TestClient::new((app().get("/", list).get("/each", each), folder.settings("db"))).await.expect("sound");
    let response = client.get("/").await.assert_num_queries(1).assert_no_repeated_queries();
    assert_eq!(response.text(), "a,b,c,d,e");
    let response = client.get("/each").await.assert_num_queries(6);
    let repeated = response.queries().repeated(5);
    assert_eq!(repeated[0].count, 5);
    assert!(repeated[0].place.as_deref().is_some_and(|place| place.contains("tests/it/requests.rs:")), "{repeated:?}");
}

async fn add_and_fail(db: Db) -> Result<()> {
    Tag::create().name("lost").save(&db).await?;
    Err(Error::new(ErrorKind::Invalid, "test.failed", "it fails after it wrote"))
}

async fn add_twice(first: Db, second: Db) -> Result<String> {
    Tag::create().name("kept").save(&first).await?;
    // Both are one handle: the second sees what the first wrote, and nests.
    let inner: Result<()> = second
        .atomic(async |tx| {
            Tag::create().name("lost").save(tx).await?;
            Err(Error::new(ErrorKind::Invalid, "test.failed", "the savepoint goes"))
        })
        .await;
    assert!(inner.is_err());
    list(second).await
}

async fn leak(db: Db) -> Result<&'static str> {
    Tag::create().name("lost").save(&db).await?;
    let kept = Box::leak(Box::new(db));
    Ok(if kept.models().iter().count() > 0 { "leaked" } else { "" })
}

#[tokio::test]
async fn a_request_in_a_transaction_is_committed_or_taken_back_whole() {
    let folder = Folder::new("atomic");
    let db = folder.database("db", &[]).await;
    let app = app().post("/fail", add_and_fail).post("/twice", add_twice).post("/leak", leak).get("/", list);
    let client = TestClient::new((app.atomic_requests(), folder.settings("db"))).await.expect("sound").accept_json();
    client.post("/fail").await.assert_status(400);
    assert_eq!(client.get("/").await.assert_status(200).text(), "");
    assert_eq!(client.post("/twice").await.assert_status(200).text(), "kept");
    assert_eq!(client.get("/").await.text(), "kept");
    client.post("/leak").await.assert_status(500);
    assert_eq!(Tag::objects().count(&db).await.expect("it runs"), 1, "nothing of it was committed");
}

#[tokio::test]
async fn reads_go_to_replicas_until_the_request_writes() {
    let folder = Folder::new("replicas");
    let primary = folder.database("db", &["of the primary"]).await;
    folder.database("replica", &["of the replica"]).await;
    std::fs::write(folder.0.join("demijohn.toml"), "[databases.replica]\nurl = \"sqlite:replica\"\n").expect("written");
    let mut settings =
        Settings::load_from(&folder.0, &BTreeMap::new()).expect("the file is good").with_secret_key("x".repeat(50));
    settings.database_url = Some(demijohn_core::settings::Secret::new(folder.url("db")));
    settings.debug = false;
    async fn write_then_read(db: Db) -> Result<String> {
        Tag::create().name("written").save(&db).await?;
        list(db).await
    }
    async fn by_name(db: Db) -> Result<String> {
        let replica = db.named("replica").await?;
        let count = Tag::objects().count(&replica).await?;
        let unknown = db.named("replika").await.expect_err("there is none");
        Ok(format!("{count} {unknown}"))
    }
    let app = app().get("/", list).post("/", write_then_read).get("/named", by_name);
    let app = app.database_router(Replicas::new(["replica"]));
    let client = TestClient::new((app, settings)).await.expect("sound").accept_json();
    assert_eq!(client.get("/").await.assert_status(200).text(), "of the replica");
    assert_eq!(client.post("/").await.assert_status(200).text(), "of the primary,written");
    assert_eq!(client.get("/").await.text(), "of the replica");
    assert_eq!(client.get("/named").await.text(), "1 unknown database `replika`; choices are `replica`");
    assert_eq!(Tag::objects().count(&primary).await.expect("it runs"), 2);
}

#[tokio::test]
async fn a_router_to_nowhere_says_where_it_could_go() {
    struct Nowhere;
    impl DatabaseRouter for Nowhere {
        fn route(&self, model: &'static ModelMeta, _: Access) -> Option<&str> {
            (model.name == "Tag").then_some("nowhere")
        }
    }
    let folder = Folder::new("nowhere");
    folder.database("db", &[]).await;
    let app = app().get("/", list).database_router(Nowhere);
    let client = TestClient::new((app, folder.settings("db"))).await.expect("sound").accept_json();
    client.get("/").await.assert_status(500);
}
