//! The site that the tests use, and its database.

use demijohn_auth::hashers::{Hasher, Hashing, Pbkdf2};
use demijohn_auth::{Accounts, Auth, PermissionSet, User, app_with, login_required, permission, staff_required};
use demijohn_core::{Result, Settings};
use demijohn_e2e::TestDatabase;
use demijohn_e2e::database::Kind;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, PostMigrate, migrate};
use demijohn_orm::{Database, Db};
use demijohn_web::{App, Dir, Html, RequestContext, Session, Site, Templates, TestClient, context};

/// The secret key of the Django that made the shared database.
pub(crate) const DJANGO_KEY: &str = "a-shared-secret-for-tests-only-0123456789abcdefghijklmnopqrstuvwxyz";

/// A password that keeps all rules.
pub(crate) const PASSWORD: &str = "quartz blimp 7 ferry";

/// A client of a site on a new, migrated database, with the database that must outlive it.
pub(crate) struct Fresh {
    pub(crate) client: TestClient,
    pub(crate) db: Db,
    pub(crate) database: TestDatabase,
}

impl Fresh {
    pub(crate) async fn new() -> Self {
        Self::with(|settings| settings).await
    }

    pub(crate) async fn with(change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = TestDatabase::new(Kind::of_this_run()).await.expect("its server is there");
        let settings = change(settings(database.url()));
        let client = TestClient::new((app(), settings)).await.expect("a sound site");
        migrate_all(client.site()).await.expect("migrated");
        let db = self::database(client.site()).await;
        Self { client, db, database }
    }

    /// A client with no cookies, of the same site.
    pub(crate) async fn another_client(&self) -> TestClient {
        TestClient::new(self.client.site().clone()).await.expect("a sound site")
    }

    /// A user whose password is [`PASSWORD`].
    pub(crate) async fn user(&self, name: &str) -> User {
        User::create_user(&self.db, &hashing(), name, "", PASSWORD).await.expect("a new user")
    }
}

/// A client of a site on a copy of the database that Django made; `None` where there is no such database.
pub(crate) async fn on_django() -> Option<Fresh> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/django/site.sqlite3");
    if !std::path::Path::new(shared).exists() {
        eprintln!("skipped: there is no shared database of Django's");
        return None;
    }
    let database = TestDatabase::new(Kind::Sqlite).await?;
    // A copy by `fs::copy` would be as read-only as the original.
    let bytes = std::fs::read(shared).expect("the database can be read");
    std::fs::write(database.folder()?.join("site.sqlite3"), bytes).expect("a copy of the database");
    let settings = settings(database.url()).with_secret_key(DJANGO_KEY);
    let client = TestClient::new((app(), settings)).await.expect("a sound site");
    let db = self::database(client.site()).await;
    Some(Fresh { client, db, database })
}

pub(crate) fn settings(url: &str) -> Settings {
    let mut settings = demijohn_web::test::test_settings();
    settings.database_url = Some(url.into());
    settings
}

/// Cheap, so that tests are quick.
pub(crate) fn hashing() -> Hashing {
    Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(100)))
}

pub(crate) async fn database(site: &Site) -> Db {
    Database::of(site).expect("a database").db().await.expect("a connection").clone()
}

pub(crate) async fn migrate_all(site: &Site) -> Result<Vec<String>> {
    let database = Database::of(site)?;
    let context = MigrateContext {
        driver: database.db().await?.driver().as_ref(),
        models: database.models(),
        migrations: database.migrations(),
        post_migrate: site.contributions::<PostMigrate>(),
    };
    Ok(migrate(&context, &MigrateOptions::default(), &mut |_| {}).await?.applied)
}

pub(crate) fn app() -> App {
    let guarded = |guard: &'static str| App::named(guard).get("/", async || "in");
    App::new()
        .install(app_with(Accounts::new().hashing(hashing()).login_redirect("/home")))
        .templates(Dir::embedded(TEMPLATES))
        .get("/who", who)
        .get("/maybe", maybe)
        .get("/may", may)
        .get("/page", page)
        .get("/plain", async || "plain")
        .get("/queries", queries)
        .get("/visits", visits)
        .mount("/members", guarded("members").guard(login_required()))
        .mount("/staff", guarded("staff").guard(staff_required()))
        .mount("/writers", guarded("writers").guard(permission("auth.add_group")))
}

const TEMPLATES: &[(&str, &[u8])] = &[("who.html", WHO.as_bytes())];

const WHO: &str = "{% if user %}{{ user.username }} ({{ user.full_name }}){% else %}nobody{% endif %}\
    {{ ' group' if perms.auth.add_group }}{{ ' app' if perms.auth }}{{ ' in' if 'auth.add_group' in perms }}\
    {{ ' other' if perms.shop.add_item }}{{ user.password }}";

async fn who(user: User) -> String {
    user.username
}

async fn maybe(user: Option<User>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |user| user.username)
}

async fn may(permissions: PermissionSet) -> String {
    if permissions.is_everything() { "everything".to_owned() } else { permissions.iter().collect::<Vec<_>>().join(" ") }
}

async fn page(page: Templates) -> Result<Html> {
    page.render("who.html", context! {})
}

/// The tables of this request's queries, after everything that could ask was asked twice.
async fn queries(
    _: User,
    _: Option<User>,
    _: PermissionSet,
    _: PermissionSet,
    auth: Auth,
    page: Templates,
    context: RequestContext,
) -> Result<String> {
    auth.permissions().await?;
    page.render("who.html", context! {})?;
    let tables = context.queries().into_iter().filter_map(|query| {
        let sql = query.sql.replace('`', "\"");
        let (_, rest) = sql.split_once(" FROM \"")?;
        rest.split('"').next().map(ToOwned::to_owned)
    });
    Ok(tables.collect::<Vec<_>>().join(" "))
}

async fn visits(session: Session) -> Result<String> {
    let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}
