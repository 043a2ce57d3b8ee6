//! The users and sessions of a database that Django made.

use demijohn_auth::models::Session;
use demijohn_auth::test::TestLogin as _;
use demijohn_auth::{User, authenticate};
use demijohn_core::signing::{Keys, session};
use demijohn_orm::Model as _;
use serde_json::Value;

use crate::app::{DJANGO_KEY, Fresh, PASSWORD, hashing, on_django};
use crate::login::SESSION;

/// The session that Django keeps for grace, and that no browser has ended.
const LIVE: &str = "graceslivesession0123456789abcde";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_of_all_four_hashers_log_in_with_their_django_passwords() {
    let Some(site) = on_django().await else { return };
    for name in ["ada", "grace", "alan", "edsger"] {
        let before = User::objects().filter(|user| user.username.eq(name)).get(&site.db).await.expect("the user");
        let client = site.another_client().await;
        let password = format!("{name}-pass-2026");
        client
            .post("/accounts/login/")
            .form(&[("username", name), ("password", &password)])
            .await
            .assert_redirect("/home");
        assert_eq!(client.get("/who").await.text(), name);
        let after = User::objects().filter(|user| user.username.eq(name)).get(&site.db).await.expect("the user");
        assert_eq!(after.password, before.password, "a login stored the password of {name} anew");
        let key = client.cookie(SESSION).expect("a cookie");
        let row = Session::objects().filter(|row| row.session_key.eq(key.as_str())).get(&site.db).await.expect("a row");
        let data = session::decode(&row.session_data, &Keys::new(DJANGO_KEY)).expect("Django's format");
        assert_eq!(data["_auth_user_id"], Value::from(after.id.to_string()));
        assert_eq!(data["_auth_user_backend"], "django.contrib.auth.backends.ModelBackend");
    }
    let login =
        async |name: &str, password: &str| authenticate(&site.db, &hashing(), name, password).await.expect("an answer");
    assert_eq!(login("john", "john-pass-2026").await, None, "john is not active");
    assert_eq!(login("grace", "grace-pass-2025").await, None);
}

#[tokio::test]
async fn a_browser_that_is_logged_in_on_django_is_logged_in_here() {
    let Some(site) = on_django().await else { return };
    let client = &site.client;
    client.set_cookie(SESSION, LIVE);
    let response = client.get("/who").await.assert_status(200);
    assert_eq!(response.text(), "grace");
    assert_eq!(response.headers("set-cookie").count(), 0, "nothing changed, so nothing is sent");
    let stored = |data: &str| session::decode(data, &Keys::new(DJANGO_KEY)).expect("Django's format");
    let row = async || Session::objects().filter(|row| row.session_key.eq(LIVE)).get(&site.db).await.expect("the row");
    let before = stored(&row().await.session_data);
    // Django counted visits in this session, too.
    assert_eq!(before["visits"], 3);
    assert_eq!(client.get("/visits").await.text(), "4");
    let mut expected = before.clone();
    expected.insert("visits".to_owned(), 4.into());
    assert_eq!(stored(&row().await.session_data), expected);
    client.post("/accounts/logout/").await.assert_status(200);
    assert_eq!(Session::objects().filter(|row| row.session_key.eq(LIVE)).count(&site.db).await.expect("a count"), 0);
}

#[tokio::test]
async fn another_secret_key_makes_every_session_anonymous() {
    let Some(site) = on_django().await else { return };
    let settings =
        site.client.site().settings().clone().with_secret_key("not the key of that Django, but as long as it");
    let client = demijohn_web::TestClient::new((crate::app::app(), settings)).await.expect("a site");
    client.set_cookie(SESSION, LIVE);
    assert_eq!(client.get("/maybe").await.text(), "nobody");
    assert_eq!(client.get("/visits").await.text(), "1");
    assert_ne!(client.cookie(SESSION).as_deref(), Some(LIVE), "a row that is not ours was taken over");
    site.client.set_cookie(SESSION, LIVE);
    assert_eq!(site.client.get("/who").await.text(), "grace");
}

#[tokio::test]
async fn an_inactive_user_is_nobody_with_a_good_session() {
    let Some(site) = on_django().await else { return };
    let john = User::objects().filter(|user| user.username.eq("john")).get(&site.db).await.expect("john");
    site.client.login(&john).await.expect("a session");
    site.client.get("/who").await.assert_status(302);
    assert_eq!(site.client.get("/maybe").await.text(), "nobody");
}

/// What Django finds: the session's user and values, and whether the password is right.
const READ: &str = "
from importlib import import_module
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.hashers import check_password
from django.http import HttpRequest
request = HttpRequest()
request.session = import_module(settings.SESSION_ENGINE).SessionStore(KEY)
user = get_user(request)
print(user.username, user.has_perm('blog.add_post'), request.session['visits'], check_password(PASSWORD, user.password))
print(user.last_login is not None, user.get_session_auth_hash() == request.session['_auth_user_hash'])
request.session['visits'] += 1
request.session.save()
";

/// Runs a command of the Django project that shares its database with a site; `None` where there is no Django.
fn manage(site: &Fresh, arguments: &[&str]) -> Option<String> {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/django/peer");
    let Some(python) = std::env::var_os("DEMIJOHN_DJANGO_PYTHON").filter(|_| std::path::Path::new(project).exists())
    else {
        eprintln!("skipped: DEMIJOHN_DJANGO_PYTHON names no Python with Django, or there is no shared project");
        return None;
    };
    let settings = site.client.site().settings();
    let path = settings.database_url.as_ref().and_then(|url| url.expose().strip_prefix("sqlite:")).expect("a file");
    let mut django = std::process::Command::new(python);
    django.current_dir(project).env("SITE_DB", path).env("PYTHONDONTWRITEBYTECODE", "1").arg("manage.py");
    let output = django.args(arguments).output().expect("Django runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn django_reads_and_writes_what_is_made_here() {
    let Some(site) = on_django().await else { return };
    User::create_superuser(&site.db, &hashing(), "countess", "c@example.org", PASSWORD).await.expect("a user");
    let fields = [("username", "countess"), ("password", PASSWORD)];
    site.client.post("/accounts/login/").form(&fields).await.assert_redirect("/home");
    assert_eq!(site.client.get("/visits").await.text(), "1");
    let key = site.client.cookie(SESSION).expect("a cookie");
    let code = format!("KEY = {key:?}\nPASSWORD = {PASSWORD:?}{READ}");
    let Some(said) = manage(&site, &["shell", "--no-imports", "-c", &code]) else { return };
    assert_eq!(said, "countess True 1 True\nTrue True\n");
    assert_eq!(site.client.get("/visits").await.text(), "3");
    assert_eq!(site.client.get("/who").await.text(), "countess");
}

#[tokio::test]
async fn django_finds_a_new_database_migrated() {
    let site = Fresh::new().await;
    let Some(said) = manage(&site, &["migrate", "--no-color"]) else { return };
    let applied: Vec<&str> = said.lines().filter_map(|line| line.trim().strip_prefix("Applying ")).collect();
    assert!(
        !applied.is_empty() && applied.iter().all(|name| name.starts_with("admin.") || name.starts_with("blog.")),
        "{said}"
    );
    assert_eq!(manage(&site, &["check"]).expect("it ran before"), "System check identified no issues (0 silenced).\n");
    site.user("ada").await;
    let count = "from django.contrib.auth.models import *; print(User.objects.count(), Permission.objects.count())";
    assert_eq!(manage(&site, &["shell", "--no-imports", "-c", count]).expect("it ran before"), "1 36\n");
}
