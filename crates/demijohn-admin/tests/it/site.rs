//! The site that the tests use, its database and its people.

use demijohn_auth::hashers::{Hasher, Hashing, Pbkdf2};
use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{Accounts, Permission, User, app_with};
use demijohn_core::Settings;
use demijohn_core::model::Value;
use demijohn_e2e::TestDatabase;
use demijohn_e2e::database::Kind;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, PostMigrate, migrate};
use demijohn_orm::{Database, Db, Executor as _, Model as _};
use demijohn_sql::{Flow, Statement, ValueRef};
use demijohn_web::test::TestResponse;
use demijohn_web::{App, Site, TestClient};

use crate::blog::{self, Comment, Post, Tag};

/// The password of everybody.
pub(crate) const PASSWORD: &str = "quartz blimp 7 ferry";

/// A site on a new database.
pub(crate) struct Fresh {
    pub(crate) site: Site,
    pub(crate) db: Db,
    pub(crate) database: TestDatabase,
}

/// Accounts whose passwords cost little to hash.
pub(crate) fn accounts() -> Accounts {
    Accounts::new().hashing(Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(100))))
}

pub(crate) fn app() -> App {
    App::new().install(app_with(accounts())).install(demijohn_admin::app()).mount("/", blog::app())
}

impl Fresh {
    pub(crate) async fn new() -> Self {
        Self::with(app(), |settings| settings).await
    }

    /// A site on a copy of a database that is there.
    pub(crate) async fn on_copy_of(file: &std::path::Path, app: App) -> Self {
        let database = TestDatabase::new(Kind::Sqlite).await.expect("a folder");
        let copy = database.folder().expect("a folder").join("site.sqlite3");
        std::fs::copy(file, copy).expect("a copy of the database");
        let mut settings = demijohn_web::test::test_settings();
        settings.database_url = Some(database.url().into());
        let site = TestClient::new((app, settings)).await.expect("a sound site").site().clone();
        let db = Database::of(&site).expect("a database").db().await.expect("a connection").clone();
        Self { site, db, database }
    }

    pub(crate) async fn with(app: App, change: impl FnOnce(Settings) -> Settings) -> Self {
        let on = TestDatabase::new(Kind::of_this_run()).await.expect("its server is there");
        Self::on(on, app, change).await
    }

    /// A site on this database, which is empty.
    pub(crate) async fn on(on: TestDatabase, app: App, change: impl FnOnce(Settings) -> Settings) -> Self {
        let mut settings = demijohn_web::test::test_settings();
        settings.database_url = Some(on.url().into());
        let client = TestClient::new((app, change(settings))).await.expect("a sound site");
        let site = client.site().clone();
        let database = Database::of(&site).expect("a database");
        let db = database.db().await.expect("a connection").clone();
        let context = MigrateContext {
            driver: db.driver().as_ref(),
            models: database.models(),
            migrations: database.migrations(),
            post_migrate: site.contributions::<PostMigrate>(),
        };
        migrate(&context, &MigrateOptions::default(), &mut |_| {}).await.expect("migrated");
        Self { site, db, database: on }
    }

    /// A browser in which nobody is logged in.
    pub(crate) async fn stranger(&self) -> TestClient {
        TestClient::new(self.site.clone()).await.expect("a sound site")
    }

    /// A browser in which this user is logged in.
    pub(crate) async fn client(&self, user: &User) -> TestClient {
        let client = self.stranger().await;
        client.login(user).await.expect("logged in");
        client
    }

    /// Somebody who may do everything.
    pub(crate) async fn superuser(&self, name: &str) -> User {
        let hashing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(100)));
        User::create_superuser(&self.db, &hashing, name, "", PASSWORD).await.expect("a new user")
    }

    /// Somebody who may come in and do these: `blog.add_post`.
    pub(crate) async fn staff(&self, name: &str, permissions: &[&str]) -> User {
        let hashing = Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(100)));
        let mut user = User::create_user(&self.db, &hashing, name, "", PASSWORD).await.expect("a new user");
        user.is_staff = true;
        user.save(&self.db).await.expect("saved");
        let mut keys = Vec::new();
        for name in permissions {
            let (app, codename) = name.split_once('.').expect("app and codename");
            let found = Permission::objects()
                .filter(|p| p.codename.eq(codename) & p.content_type().app_label.eq(app))
                .get(&self.db)
                .await;
            keys.push(Value::Int(found.unwrap_or_else(|_| panic!("no permission {name}")).id));
        }
        let set = User::meta().many_to_many.iter().find(|set| set.name == "user_permissions").expect("a set");
        demijohn_orm::records::set_pairs(&self.db, set.pairs(User::meta()), &Value::Int(user.id), keys)
            .await
            .expect("given");
        user
    }

    /// The first column of what a query gives, as text.
    pub(crate) async fn sql(&self, sql: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut sink = |row: &dyn demijohn_sql::Row| {
            found.push(match row.get(0)? {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Int(number) => number.to_string(),
                ValueRef::Text(text) => text.to_owned(),
                other => format!("{other:?}"),
            });
            Ok(Flow::More)
        };
        let statement = Statement::plain(sql.to_owned());
        self.db.connection().query(&statement, &mut sink).await.unwrap_or_else(|error| panic!("{sql}: {error:#}"));
        found
    }

    /// Lets a trigger refuse every new row of a table.
    pub(crate) async fn refuse_rows(&self, table: &str, reason: &str) {
        let act = match self.database.kind() {
            Kind::Sqlite => format!("BEGIN SELECT RAISE(ABORT, '{reason}'); END"),
            Kind::Mysql => format!("FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{reason}'"),
            Kind::Postgres => {
                let body = format!("BEGIN RAISE EXCEPTION '{reason}'; END");
                self.sql(&format!(
                    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS '{}'",
                    body.replace('\'', "''")
                ))
                .await;
                "FOR EACH ROW EXECUTE FUNCTION refuse()".to_owned()
            }
        };
        self.sql(&format!("CREATE TRIGGER refuses BEFORE INSERT ON {table} {act}")).await;
    }

    pub(crate) async fn post(&self, title: &str, author: &User) -> Post {
        let slug = title.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-");
        let slug: String = slug.chars().take(60).collect();
        Post::create().title(title).slug(slug).author(author).save(&self.db).await.expect("a new post")
    }

    pub(crate) async fn comment(&self, post: &Post, body: &str) -> Comment {
        Comment::create().post(post).body(body).save(&self.db).await.expect("a new comment")
    }

    pub(crate) async fn tag(&self, name: &str) -> Tag {
        Tag::create().name(name).save(&self.db).await.expect("a new tag")
    }
}

/// The page of a response that must be one.
#[track_caller]
pub(crate) fn page(response: TestResponse) -> String {
    text(response.assert_status(200))
}

/// The text of a response.
pub(crate) fn text(response: TestResponse) -> String {
    response.text().clone()
}

/// The fields of a form for a new post that are required.
pub(crate) fn post_fields<'a>(title: &'a str, slug: &'a str, author: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![("title", title), ("slug", slug), ("status", "draft"), ("author", author)]
}
