//! Users and their passwords.

use demijohn_auth::User;
use demijohn_orm::Model as _;

use crate::site::{Fresh, PASSWORD, page};

const OTHER: &str = "another blimp 8 ferry";

#[tokio::test]
async fn a_new_user_gets_a_name_and_a_password_first_and_can_log_in() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    let body = page(client.get("/admin/auth/user/add/").await);
    assert!(body.contains("name=\"password2\"") && !body.contains("name=\"is_superuser\""), "{body}");
    let wrong = [("username", "a b"), ("password1", "12345"), ("password2", "1234")];
    let body = page(client.post("/admin/auth/user/add/").form(&wrong).await);
    for message in ["Enter a valid username.", "The two password fields didn’t match.", "too short", "too common"] {
        assert!(body.contains(message), "no {message} in {body}");
    }
    assert!(!body.contains("12345"), "the password came back: {body}");
    let taken = [("username", "ada"), ("password1", OTHER), ("password2", OTHER)];
    assert!(
        page(client.post("/admin/auth/user/add/").form(&taken).await)
            .contains("User with this Username already exists.")
    );
    let right = [("username", "grace"), ("password1", OTHER), ("password2", OTHER), ("is_superuser", "on")];
    client.post("/admin/auth/user/add/").form(&right).await.assert_redirect("/admin/auth/user/2/change/");
    let grace = User::objects().with_key(2).get(&fresh.db).await.expect("grace");
    assert!(!grace.is_superuser && !grace.is_staff && grace.is_active);
    assert!(grace.password.starts_with("pbkdf2_sha256$"), "{}", grace.password);
    let fields = [("username", "grace"), ("is_staff", "on"), ("is_active", "on"), ("date_joined", "2026-11-22 08:00")];
    client.post("/admin/auth/user/2/change/").form(&fields).await.assert_redirect("/admin/auth/user/");
    assert_eq!(fresh.sql("SELECT password FROM auth_user WHERE id = 2").await, [grace.password]);
    let login = fresh.stranger().await;
    login.post("/admin/login/").form(&[("username", "grace"), ("password", OTHER)]).await.assert_redirect("/admin/");
    page(login.get("/admin/").await);
}

#[tokio::test]
async fn the_stored_password_is_on_no_page_and_nobody_can_ask_for_it() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    let hash = ada.password.rsplit('$').next().expect("a hash").to_owned();
    let salt = ada.password.split('$').nth(2).expect("a salt").to_owned();
    for path in [
        "/admin/auth/user/",
        "/admin/auth/user/1/change/",
        "/admin/auth/user/1/history/",
        "/admin/auth/user/1/delete/",
        "/admin/auth/user/?q=pbkdf2",
    ] {
        let body = page(client.get(path).await);
        assert!(!body.contains(&hash) && !body.contains(&salt), "{path}: {body}");
    }
    let body = page(client.get("/admin/auth/user/1/change/").await);
    assert!(
        body.contains("Stored with pbkdf2_sha256") && body.contains("href=\"/admin/auth/user/1/password/\""),
        "{body}"
    );
    let fields = [
        ("username", "ada"),
        ("is_superuser", "on"),
        ("is_staff", "on"),
        ("is_active", "on"),
        ("date_joined", "2026-11-22 08:00"),
        ("password", "forged"),
    ];
    client.post("/admin/auth/user/1/change/").form(&fields).await.assert_redirect("/admin/auth/user/");
    assert_eq!(fresh.sql("SELECT password FROM auth_user").await, [ada.password]);
}

#[tokio::test]
async fn another_ones_password_is_set_on_a_page_of_its_own_and_ends_their_sessions() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let grace = fresh.superuser("grace").await;
    let (client, theirs) = (fresh.client(&ada).await, fresh.client(&grace).await);
    page(theirs.get("/admin/").await);
    page(client.get("/admin/auth/user/2/password/").await);
    let body =
        page(client.post("/admin/auth/user/2/password/").form(&[("password1", OTHER), ("password2", "x")]).await);
    assert!(body.contains("didn’t match"), "{body}");
    let fields = [("password1", OTHER), ("password2", OTHER)];
    client.post("/admin/auth/user/2/password/").form(&fields).await.assert_redirect("/admin/auth/user/2/change/");
    theirs.get("/admin/").await.assert_redirect("/admin/login/?next=%2Fadmin%2F");
    page(client.get("/admin/").await);
    let log = fresh.sql("SELECT change_message FROM django_admin_log").await;
    assert_eq!(log, [r#"[{"changed": {"fields": ["password"]}}]"#]);
}

#[tokio::test]
async fn people_change_their_own_password_with_the_old_one_and_stay_logged_in() {
    let fresh = Fresh::new().await;
    let ada = fresh.staff("ada", &[]).await;
    let (client, elsewhere) = (fresh.client(&ada).await, fresh.client(&ada).await);
    let body = page(client.get("/admin/password_change/").await);
    assert!(body.contains("at least 8 characters"), "{body}");
    let wrong = [("old_password", "wrong"), ("new_password1", OTHER), ("new_password2", OTHER)];
    assert!(
        page(client.post("/admin/password_change/").form(&wrong).await)
            .contains("Your old password was entered incorrectly.")
    );
    let right = [("old_password", PASSWORD), ("new_password1", OTHER), ("new_password2", OTHER)];
    client.post("/admin/password_change/").form(&right).await.assert_redirect("/admin/password_change/done/");
    assert!(page(client.get("/admin/password_change/done/").await).contains("Your password was changed"));
    elsewhere.get("/admin/").await.assert_redirect("/admin/login/?next=%2Fadmin%2F");
    let login = fresh.stranger().await;
    login.post("/admin/login/").form(&[("username", "ada"), ("password", OTHER)]).await.assert_redirect("/admin/");
}

#[tokio::test]
async fn groups_are_given_permissions_by_names_that_tell_them_apart() {
    let fresh = Fresh::new().await;
    let ada = fresh.superuser("ada").await;
    let client = fresh.client(&ada).await;
    let body = page(client.get("/admin/auth/group/add/").await);
    assert!(body.contains("blog post | Can add post"), "{body}");
    let add = fresh.sql("SELECT id FROM auth_permission WHERE codename = 'add_post'").await;
    let fields = [("name", "Writers"), ("permissions", add[0].as_str())];
    client.post("/admin/auth/group/add/").form(&fields).await.assert_redirect("/admin/auth/group/");
    let fields = [("username", "grace"), ("password1", OTHER), ("password2", OTHER)];
    client.post("/admin/auth/user/add/").form(&fields).await.assert_redirect("/admin/auth/user/2/change/");
    let fields = [
        ("username", "grace"),
        ("is_staff", "on"),
        ("is_active", "on"),
        ("groups", "1"),
        ("date_joined", "2026-11-22 08:00"),
    ];
    client.post("/admin/auth/user/2/change/").form(&fields).await.assert_redirect("/admin/auth/user/");
    let grace = User::objects().with_key(2).get(&fresh.db).await.expect("grace");
    let client = fresh.client(&grace).await;
    client.get("/admin/blog/post/add/").await.assert_status(200);
    client.get("/admin/blog/tag/add/").await.assert_status(403);
}
