//! Guards and what they let in.

use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{Permission, User};
use demijohn_core::Level;
use demijohn_orm::Model as _;

use crate::app::{Fresh, PASSWORD, hashing};

#[tokio::test]
async fn each_guard_lets_in_its_own() {
    let site = Fresh::new().await;
    let plain = site.user("plain").await;
    let mut staff = site.user("staff").await;
    staff.is_staff = true;
    staff.save(&site.db).await.expect("saved");
    let writer = site.user("writer").await;
    let add_group =
        Permission::objects().filter(|p| p.codename.eq("add_group")).get(&site.db).await.expect("it is made");
    writer.user_permissions.add([&add_group], &site.db).await.expect("given");
    let root = User::create_superuser(&site.db, &hashing(), "root", "", PASSWORD).await.expect("a superuser");
    for (user, members, office, writers) in
        [(&plain, 200, 403, 403), (&staff, 200, 200, 403), (&writer, 200, 403, 200), (&root, 200, 200, 200)]
    {
        let client = site.another_client().await;
        client.login(user).await.expect("a session");
        for (path, expected) in [("/members/", members), ("/staff/", office), ("/writers/", writers)] {
            let response = client.get(path).await;
            assert_eq!(response.status(), expected, "{user} at {path}");
            assert!(!response.text().contains("add_group"), "the page names the permission");
        }
    }
    for path in ["/members/", "/staff/", "/writers/"] {
        let login = format!("/accounts/login/?next=%2F{}%2F", path.trim_matches('/'));
        site.client.get(path).await.assert_redirect(&login);
        site.another_client().await.accept_json().get(path).await.assert_status(401);
    }
    let needs: Vec<_> = site.client.site().routes().iter().flat_map(|route| route.guards.clone()).collect();
    assert_eq!(needs, ["login", "staff", "permission auth.add_group"]);
}

#[tokio::test]
async fn a_permission_that_no_model_has_is_found_at_start() {
    let app = crate::app::app().mount(
        "/x",
        demijohn_web::App::named("x").get("/", async || "in").guard(demijohn_auth::permission("auth.add_gruop")),
    );
    let site = app.build(crate::app::settings("sqlite::memory:")).await.expect("a site");
    let checks = site.checks(false);
    let check = checks.iter().find(|check| check.id == "auth.W001").expect("the check");
    assert_eq!((check.level, check.object.as_str()), (Level::Warning, "route `/x/`"));
    assert_eq!(check.hint.as_deref(), Some("did you mean `auth.add_group`?"));
    assert_eq!(checks.iter().filter(|check| check.id == "auth.W001").count(), 1);
}

#[tokio::test]
async fn production_without_a_secret_key_does_not_start() {
    let mut settings = demijohn_core::Settings::default();
    settings.debug = false;
    settings.database_url = Some("sqlite::memory:".into());
    let site = crate::app::app().build(settings).await.expect("a site");
    let error = site.require_sound().expect_err("it has no key");
    assert!(format!("{error:#}").contains("auth.E001"), "{error:#}");
}
