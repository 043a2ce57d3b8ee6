//! The admin in a real browser, with JavaScript and without, and what its pages look like.

use std::env;
use std::path::PathBuf;

use demijohn_e2e::Browser;
use demijohn_e2e::admin::AdminVisit;

use crate::site::{ADMIN, Site};

/// Where pictures go: a folder that `cargo xtask test` names, or cargo's for the tests of this package.
fn screenshots(name: &str) -> PathBuf {
    let folder = env::var_os("DEMIJOHN_SCREENSHOTS").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    folder.join(name)
}

#[test]
fn a_post_is_added_found_edited_and_deleted_with_javascript_on() {
    post_lives_and_dies(true, "javascript");
}

#[test]
fn a_post_is_added_found_edited_and_deleted_with_javascript_off() {
    post_lives_and_dies(false, "no-javascript");
}

fn post_lives_and_dies(javascript: bool, pictures: &str) {
    let Some(mut browser) = Browser::start(javascript) else { return };
    let site = Site::fresh();
    let pictures = screenshots(pictures);
    let visit = AdminVisit::new(&browser, &site.base(), Some(&pictures));
    visit.log_in(ADMIN.0, ADMIN.1);
    let number = visit.add("A bottle of <wine>", "Some & \"content\"", "ada");
    assert_eq!(visit.read(number), ("A bottle of <wine>".into(), "Some & \"content\"".into(), "ada".into()));
    assert_eq!(visit.search("bottle"), ["A bottle of <wine>"]);
    visit.edit(number, "A barrel", "Other content");
    assert_eq!(visit.read(number), ("A barrel".into(), "Other content".into(), "ada".into()));
    assert_eq!(visit.search("other content"), ["A barrel"]);
    assert_eq!(visit.search("bottle"), Vec::<String>::new());
    visit.delete(number);
    assert_eq!(visit.search("barrel"), Vec::<String>::new());
    assert_eq!(browser.csp_violations(javascript), Vec::<String>::new());
    let left: i64 = site
        .look()
        .query_row("SELECT count(*) FROM blog_post WHERE id = ?1", [number], |row| row.get(0))
        .expect("the query runs");
    assert_eq!(left, 0);
}

#[test]
fn every_page_of_a_full_site_keeps_to_its_content_security_policy_in_light_dark_and_on_a_phone() {
    let Some(mut browser) = Browser::start(true) else { return };
    let Some(site) = Site::made_by_django() else { return };
    let pages = [
        ("home", "/"),
        ("post", "/posts/7"),
        ("dashboard", "/dashboard"),
        ("index", "/admin/"),
        ("list", "/admin/blog/post/"),
        ("list-page-2", "/admin/blog/post/?p=2"),
        ("list-search", "/admin/blog/post/?q=zlib"),
        ("list-nothing", "/admin/blog/post/?q=nothingofthekind"),
        ("add", "/admin/blog/post/add/"),
        ("change", "/admin/blog/post/7/change/"),
        ("delete", "/admin/blog/post/7/delete/"),
        ("tags", "/admin/blog/tag/"),
        ("comments", "/admin/blog/comment/"),
        ("users", "/admin/auth/user/"),
        ("user", "/admin/auth/user/1/change/"),
        ("missing", "/admin/blog/post/999999/change/"),
    ];
    let login = screenshots("light");
    AdminVisit::new(&browser, &site.base(), Some(&login)).log_in(ADMIN.0, ADMIN.1);
    for look in ["light", "dark", "phone"] {
        match look {
            "dark" => browser.prefer_dark(),
            "phone" => browser.show_as_phone(),
            _ => {}
        }
        let folder = screenshots(look);
        let visit = AdminVisit::new(&browser, &site.base(), Some(&folder));
        for (name, path) in pages {
            visit.goto(path);
            browser.find("body");
            visit.picture(name);
            if look == "phone" {
                let wider = browser.execute("return document.documentElement.scrollWidth - window.innerWidth", &[]);
                assert!(wider.as_i64() <= Some(0), "{path} is {wider} pixels wider than a phone");
            }
        }
    }
    assert_eq!(browser.csp_violations(true), Vec::<String>::new());
}

#[test]
fn all_errors_of_a_form_come_at_once_and_beside_their_fields() {
    let site = Site::fresh();
    let mut client = site.log_in_admin();
    let form = client.get("/admin/blog/post/add/").expect_status(200);
    let long = "x".repeat(201);
    let again = client.submit(&form, &[("title", &long), ("content", ""), ("author", "")], Some("_save"));
    assert!(matches!(again.status, 200 | 422), "{}", again.status);
    assert_eq!(again.form_with("title").value("title"), Some(long.as_str()), "what was typed must stay");
    let text = &again.body;
    assert!(text.contains("200 characters"), "{text}");
    for field in ["title", "content", "author"] {
        assert!(text.contains(&format!("id_{field}_error")), "no error beside `{field}`:\n{text}");
    }
    assert!(text.contains("This field is required"), "{text}");
    let added: i64 = site
        .look()
        .query_row("SELECT count(*) FROM blog_post WHERE length(title) > 200", [], |row| row.get(0))
        .expect("SQL");
    assert_eq!(added, 0);
}

#[test]
fn the_admin_is_closed_to_strangers_and_to_users_without_permission() {
    let Some(site) = Site::made_by_django() else { return };
    let page = site.client().get("/admin/blog/post/");
    assert!(page.path.contains("login"), "a stranger got to {}", page.path);
    page.form_with("username");
    // Margaret is active but no staff; Edsger is staff who may not delete posts or see users.
    let (mut margaret, _) = site.log_in("margaret", "margaret-pass-2026");
    let page = margaret.get("/admin/");
    assert!(!page.body.contains("/admin/blog/post/"), "{}", page.body);
    let (mut edsger, _) = site.log_in("edsger", "edsger-pass-2026");
    edsger.get("/admin/blog/post/7/change/").expect_status(200);
    edsger.get("/admin/blog/post/7/delete/").expect_status(403);
    edsger.get("/admin/auth/user/").expect_status(403);
    let forged = edsger.request("POST", "/admin/blog/post/7/delete/", Some(&[("post".to_owned(), "yes".to_owned())]));
    assert_eq!(forged.status, 403);
    site.api().get("/api/posts/7").expect_status(200);
}
