use demijohn_core::Settings;
use demijohn_orm::migrations::{MigrateContext, MigrateOptions, PostMigrate, migrate};
use demijohn_web::test::test_settings;
use demijohn_web::{App, TestClient};

use super::*;
use crate::hashers::{Hasher, Hashing, Pbkdf2};

fn development(path: &std::path::Path) -> Settings {
    let mut settings = test_settings();
    settings.debug = true;
    settings.bind = "127.0.0.1:8123".to_owned();
    settings.database_url = Some(format!("sqlite:{}", path.join("site.sqlite3").display()).into());
    settings
}

fn hashing() -> Hashing {
    Hashing::new(Hasher::Pbkdf2(Pbkdf2::sha256(10)))
}

async fn client(settings: Settings) -> TestClient {
    let admin = App::named("admin").get("/", async || "admin").name("index");
    let app = App::new().install(crate::app()).get("/who", async |user: User| user.username).mount("/admin", admin);
    let client = TestClient::new((app, settings)).await.expect("a sound site");
    let database = Database::of(client.site()).expect("a database");
    let context = MigrateContext {
        driver: database.db().await.expect("a connection").driver().as_ref(),
        models: database.models(),
        migrations: database.migrations(),
        post_migrate: client.site().contributions::<PostMigrate>(),
    };
    migrate(&context, &MigrateOptions::default(), &mut |_| {}).await.expect("migrated");
    client
}

async fn path_of_link(site: &Site) -> String {
    let text = announcement(site).await.expect("a link");
    let (_, path) = text.trim_end().split_once("http://127.0.0.1:8123").expect("an address");
    path.to_owned()
}

#[tokio::test]
async fn the_link_signs_in_the_first_active_superuser_once() {
    let folder = std::env::temp_dir().join(format!("demijohn-auth-link-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let client = client(development(&folder)).await;
    let site = client.site();
    let db = Database::of(site).expect("a database").db().await.expect("a connection");
    assert!(announcement(site).await.expect("a text").contains("createsuperuser"));
    User::create_user(db, &hashing(), "plain", "", None).await.expect("a user");
    let gone = User::create_superuser(db, &hashing(), "gone", "", None).await.expect("a superuser");
    User::objects().with_key(gone.id).update(|user| user.is_active.set(false)).execute(db).await.expect("updated");
    User::create_superuser(db, &hashing(), "root", "", None).await.expect("a superuser");
    User::create_superuser(db, &hashing(), "later", "", None).await.expect("a superuser");

    let path = path_of_link(site).await;
    let response = client.get(&path).await.assert_redirect("/admin/");
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(client.get("/who").await.text(), "root");
    client.clear_cookies();
    client.get(&path).await.assert_status(403);
    client.get("/who").await.assert_status(302);
    client.get("/accounts/sign-in/1.abc:def:ghi/").await.assert_status(403);

    // A user who was made inactive between printing and following is not let in, and the link is used up.
    let path = path_of_link(site).await;
    User::objects().update(|user| user.is_active.set(false)).execute(db).await.expect("updated");
    client.get(&path).await.assert_status(403);
    User::objects().update(|user| user.is_active.set(true)).execute(db).await.expect("updated");
    client.get(&path).await.assert_status(403);

    // The same database in production, and on an address that others reach: no link, and no such page.
    let unused = path_of_link(site).await;
    for (debug, bind) in [(false, "127.0.0.1:8123"), (true, "0.0.0.0:8123")] {
        let mut settings = development(&folder);
        settings.debug = debug;
        bind.clone_into(&mut settings.bind);
        let other = self::client(settings).await;
        assert_eq!(announcement(other.site()).await.expect("a text"), "");
        other.get(&unused).await.assert_status(404);
    }
    client.get(&unused).await.assert_redirect("/admin/");
    let _ = std::fs::remove_dir_all(&folder);
}
