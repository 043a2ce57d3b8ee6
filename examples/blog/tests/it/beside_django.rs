//! The same database under real Django and under us, at the same time.

use demijohn_e2e::{Client, Django};
use serde_json::json;

use crate::site::{ADMIN, Site};

/// The session that Django's `make_site` made for grace.
const GRACES_SESSION: &str = "graceslivesession0123456789abcde";

#[test]
fn the_site_that_django_made_is_served_as_it_is() {
    let Some(site) = Site::made_by_django() else { return };
    let before = site.schema();
    let home = site.client().get("/").expect_status(200);
    assert!(home.body.contains("zoneinfo.available_timezones"), "{}", home.body);
    let detail = site.client().get("/posts/2207").expect_status(200);
    assert!(detail.body.contains("zoneinfo.available_timezones"), "{}", detail.body);
    let post = site.api().get("/api/posts/7").expect_status(200).json();
    let (title, content): (String, String) = site
        .look()
        .query_row("SELECT title, content FROM blog_post WHERE id = 7", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("the query runs");
    assert_eq!((&post["id"], &post["title"], &post["content"]), (&json!(7), &json!(title), &json!(content)));
    assert_eq!(site.api().get("/api/posts").expect_status(200).json()["count"], json!(2207));

    let list = site.log_in_admin().get("/admin/blog/post/").expect_status(200);
    assert!(list.body.contains("2207") || list.body.contains("2,207"), "{}", list.body);
    assert_eq!(site.schema(), before);
    site.check_integrity();
}

#[test]
fn users_log_in_with_the_passwords_that_django_hashed_in_four_ways() {
    let Some(site) = Site::made_by_django() else { return };
    for (name, full_name) in [("ada", "Ada"), ("grace", "Grace"), ("alan", "Alan"), ("edsger", "Edsger")] {
        let (_, landed) = site.log_in(name, &format!("{name}-pass-2026"));
        assert_eq!((landed.status, landed.path.as_str()), (200, "/dashboard"), "{name} is not let in");
        assert!(landed.body.contains(&format!("{full_name} Example")), "{}", landed.body);
        let (_, turned_away) = site.log_in(name, &format!("{name}-pass-2027"));
        assert!(turned_away.path.starts_with("/accounts/login/"), "{name} got in with a wrong password");
    }
    let (_, inactive) = site.log_in("john", "john-pass-2026");
    assert!(inactive.path.starts_with("/accounts/login/"), "john is not active and got in");
}

#[test]
fn a_session_that_django_started_goes_on_here() {
    let Some(site) = Site::made_by_django() else { return };
    let mut grace = site.client();
    grace.set_cookie("sessionid", GRACES_SESSION);
    let dashboard = grace.get("/dashboard").expect_status(200);
    assert_eq!(dashboard.path, "/dashboard");
    assert!(dashboard.body.contains("Grace Example"), "{}", dashboard.body);
    let mut stranger = site.client();
    stranger.set_cookie("sessionid", "nobodyslivesession0123456789abcd");
    assert!(stranger.request("GET", "/dashboard", None).redirect().is_some());
}

#[test]
fn what_one_of_the_two_writes_the_other_reads() {
    let Some(site) = Site::made_by_django() else { return };
    let Some(django) = Django::over(&site.database) else { return };
    let before = site.schema();

    // Django writes, we read.
    let made = django.shell(
        "u = User.objects.create_user('hedy', 'hedy@example.org', 'hedy-pass-2026')\n\
         print(Post.objects.create(title='From Django <b>', content='Frequency & hopping', author=u).pk)",
    );
    let id = made.trim();
    let page = site.client().get(&format!("/posts/{id}")).expect_status(200);
    assert!(page.body.contains("From Django &lt;b&gt;"), "{}", page.body);
    let post = site.api().get(&format!("/api/posts/{id}")).expect_status(200).json();
    assert_eq!((&post["title"], &post["content"]), (&json!("From Django <b>"), &json!("Frequency & hopping")));
    let mut ada = site.log_in_admin();
    let list = ada.get("/admin/blog/post/?q=hopping").expect_status(200);
    assert!(list.body.contains("From Django &lt;b&gt;") && list.body.contains("hedy"), "{}", list.body);
    let users = ada.get("/admin/auth/user/?q=hedy").expect_status(200);
    assert!(users.body.contains("hedy@example.org"), "{}", users.body);
    let (_, landed) = site.log_in("hedy", "hedy-pass-2026");
    assert_eq!((landed.status, landed.path.as_str()), (200, "/dashboard"));

    // We write, Django reads: in its shell, and in its admin.
    let id = Site::add_post(&mut ada, "From us \u{201c}quoted\u{201d}", "Line one\nline two & <three>", "grace");
    let seen = django.shell(&format!(
        "p = Post.objects.get(pk={id}); p.full_clean()\n\
         print(p.title, repr(p.content.replace(chr(13), '')), p.author.username, p.created_at.tzinfo, timezone.now() - p.created_at < timedelta(minutes=5))",
    ));
    assert_eq!(seen.trim(), "From us \u{201c}quoted\u{201d} 'Line one\\nline two & <three>' grace UTC True");
    let (_server, address) = django.serve();
    let mut client = Client::new(address);
    let login = client.get("/admin/").expect_status(200);
    client.submit(&login, &[("username", ADMIN.0), ("password", ADMIN.1)], None).expect_status(200);
    let list = client.get("/admin/blog/post/?q=From+us").expect_status(200);
    assert!(list.body.contains("From us \u{201c}quoted\u{201d}"), "{}", list.body);
    let form = client.get(&format!("/admin/blog/post/{id}/change/")).expect_status(200).form_with("title");
    assert_eq!(form.value("content"), Some("Line one\nline two & <three>"));

    // What an edit does not touch stays: the tags, the moment to the microsecond, the text.
    let facts = "p = Post.objects.get(pk=7); print(p.created_at.isoformat(), p.author_id, list(p.tags.values_list('pk')), repr(p.content))";
    let untouched = django.shell(facts);
    let form = ada.get("/admin/blog/post/7/change/").expect_status(200);
    ada.submit(&form, &[("title", "Only the title")], Some("_save")).expect_status(200);
    assert_eq!(django.shell(facts), untouched);
    assert_eq!(django.shell("print(Post.objects.get(pk=7).title)").trim(), "Only the title");

    // Django finds its project as it was.
    assert!(django.manage(&["check"]).contains("no issues"));
    django.manage(&["migrate", "--check"]);
    django.manage(&["makemigrations", "--check", "--dry-run"]);
    assert_eq!(django.shell("print(Post.objects.count(), User.objects.count())").trim(), "2209 13");
    assert_eq!(site.schema(), before);
    site.check_integrity();
}

#[test]
fn a_password_and_a_session_made_here_are_good_in_django() {
    let Some(site) = Site::made_by_django() else { return };
    let Some(django) = Django::over(&site.database) else { return };
    let ours = site.log_in_admin();
    let session = ours.cookie("sessionid").expect("a login sets the cookie that Django's is called").to_owned();
    let (_server, address) = django.serve();
    let mut client = Client::new(address);
    client.set_cookie("sessionid", &session);
    let index = client.get("/admin/").expect_status(200);
    assert!(index.path == "/admin/" && index.body.contains("Ada"), "at {}:\n{}", index.path, index.body);

    demijohn_e2e::process::run_ok(
        crate::site::blog_on(site.folder.path(), &site.database)
            .args(["createsuperuser", "--noinput"])
            .env("DJANGO_SUPERUSER_USERNAME", "hedy")
            .env("DJANGO_SUPERUSER_PASSWORD", "hedy-pass-2026")
            .env("DJANGO_SUPERUSER_EMAIL", "hedy@example.org"),
    );
    let seen = django.shell("u = User.objects.get(username='hedy'); print(u.check_password('hedy-pass-2026'), u.is_superuser, u.is_staff, u.is_active)");
    assert_eq!(seen.trim(), "True True True True");
}
