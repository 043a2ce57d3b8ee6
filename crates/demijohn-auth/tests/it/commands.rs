//! The commands of accounts.

use std::time::SystemTime;

use demijohn_auth::hashers::Outcome;
use demijohn_auth::models::Session;
use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{DbSessionStore, User};
use demijohn_core::Result;
use demijohn_orm::Model as _;
use demijohn_web::session::SessionData;
use demijohn_web::{Args, SessionStore as _, Site};

use crate::app::{Fresh, PASSWORD, hashing};

async fn run(site: &Site, line: &[&str]) -> Result<()> {
    let command = demijohn_auth::commands().into_iter().find(|command| command.name() == line[0]).expect("the command");
    command.run(site.clone(), Args::new(line[0], line[1..].iter().copied())).await
}

#[tokio::test]
async fn createsuperuser_takes_djangos_variables() {
    let site = Fresh::with(|settings| {
        let settings = settings.with_var("DJANGO_SUPERUSER_USERNAME", "from_variable");
        settings.with_var("DJANGO_SUPERUSER_EMAIL", "Root@EXAMPLE.org").with_var("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    })
    .await;
    run(site.client.site(), &["createsuperuser", "--noinput"]).await.expect("made");
    run(site.client.site(), &["createsuperuser", "--noinput", "--username", "root"]).await.expect("made");
    for name in ["from_variable", "root"] {
        let user = User::objects().filter(|user| user.username.eq(name)).get(&site.db).await.expect("the user");
        assert!(user.is_superuser && user.is_staff && user.is_active);
        assert_eq!(user.email, "Root@example.org");
        assert_eq!(hashing().check(PASSWORD, &user.password), Outcome::Correct);
    }
    let entered = site.client.post("/accounts/login/").form(&[("username", "root"), ("password", PASSWORD)]).await;
    entered.assert_redirect("/home");
}

#[tokio::test]
async fn createsuperuser_says_what_is_missing() {
    let site = Fresh::new().await;
    let site_ref = site.client.site();
    let error = run(site_ref, &["createsuperuser", "--noinput"]).await.expect_err("no name");
    assert_eq!(error.to_string(), "no user name was given");
    let hint = "use `--username NAME` or the variable DJANGO_SUPERUSER_USERNAME";
    assert_eq!(error.hint(), Some(hint));
    run(site_ref, &["createsuperuser", "--noinput", "--username", "root"]).await.expect("without a password");
    let root = User::objects().get(&site.db).await.expect("the user");
    assert!(!root.has_usable_password());
    let error = run(site_ref, &["createsuperuser", "--noinput", "--username", "root"]).await.expect_err("taken");
    assert_eq!(error.to_string(), "the user name `root` cannot be used: That username is already taken.");
    let error = run(site_ref, &["createsuperuser", "--noinput", "--username", "a b\u{1b}[2J"]).await.expect_err("bad");
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
    let error = run(site_ref, &["createsuperuser", "--no-inputs"]).await.expect_err("unknown");
    assert!(error.to_string().contains("--noinput"), "{error}");
    assert_eq!(User::objects().count(&site.db).await.expect("a count"), 1);
}

#[tokio::test]
async fn changepassword_ends_the_users_sessions() {
    let site = Fresh::with(|settings| settings.with_var("DEMIJOHN_NEW_PASSWORD", "another good 1 entirely")).await;
    let ada = site.user("ada").await;
    site.client.login(&ada).await.expect("a session");
    run(site.client.site(), &["changepassword", "ada", "--noinput"]).await.expect("changed");
    assert_eq!(site.client.get("/maybe").await.text(), "nobody");
    let stored = User::objects().with_key(ada.id).get(&site.db).await.expect("ada").password;
    assert_eq!(hashing().check("another good 1 entirely", &stored), Outcome::Correct);
    let error = run(site.client.site(), &["changepassword", "nobody", "--noinput"]).await.expect_err("unknown");
    assert_eq!(error.to_string(), "there is no user `nobody`");
    let error = run(site.client.site(), &["changepassword", "--noinput"]).await.expect_err("no name");
    assert_eq!(error.to_string(), "`changepassword` needs a user name");
}

#[tokio::test]
async fn clearsessions_removes_what_has_expired_only() {
    let site = Fresh::new().await;
    let store = site.client.site().get::<DbSessionStore>().expect("the store");
    let (now, hour) = (SystemTime::now(), std::time::Duration::from_hours(1));
    store.create(&SessionData::new(), now - hour).await.expect("an old one");
    let kept = store.create(&SessionData::new(), now + hour).await.expect("a new one");
    run(site.client.site(), &["clearsessions"]).await.expect("cleared");
    let left = Session::objects().select(|row| row.session_key).all(&site.db).await.expect("rows");
    assert_eq!(left, [kept]);
}
