//! The steps that our admin must follow, in Django's own.

use demijohn_e2e::admin::AdminVisit;
use demijohn_e2e::{Browser, Client, Django, TempDir, django};

#[test]
fn a_post_lives_and_dies_in_the_admin_of_django_itself() {
    let folder = TempDir::new("django");
    let Some(database) = django::site_copy(&folder) else { return };
    let Some(django) = Django::over(&database) else { return };
    let (_server, address) = django.serve();
    let base = format!("http://{address}");
    for javascript in [true, false] {
        let Some(browser) = Browser::start(javascript) else { return };
        let visit = AdminVisit::new(&browser, &base, None);
        visit.log_in("ada", "ada-pass-2026");
        assert_eq!(visit.search("zlib.decompressobj"), ["zlib.decompressobj"]);
        let number = visit.add("A title", "Some <b>content</b>", "grace");
        assert_eq!(visit.read(number), ("A title".into(), "Some <b>content</b>".into(), "grace".into()));
        visit.edit(number, "Another title", "Other content");
        assert_eq!(visit.read(number), ("Another title".into(), "Other content".into(), "grace".into()));
        assert_eq!(visit.search("Another title"), ["Another title"]);
        visit.delete(number);
        assert_eq!(visit.search("Another title"), Vec::<String>::new());
    }
    assert_eq!(django.shell("print(Post.objects.count())").trim(), "2207");
}

#[test]
fn forms_are_filled_in_and_sent_to_django_without_a_browser() {
    let folder = TempDir::new("django");
    let Some(database) = django::site_copy(&folder) else { return };
    let Some(django) = Django::over(&database) else { return };
    let (_server, address) = django.serve();
    let mut client = Client::new(address);
    let login = client.get("/admin/").expect_status(200);
    let index = client.submit(&login, &[("username", "ada"), ("password", "ada-pass-2026")], None).expect_status(200);
    assert_eq!(index.path, "/admin/");
    let page = client.get("/admin/blog/post/7/change/").expect_status(200);
    let author = page.form_with("title").choice("author", "alan").expect("alan can be chosen").to_owned();
    let saved = client.submit(&page, &[("title", "Näme & \"quotes\""), ("author", &author)], Some("_save"));
    assert_eq!((saved.status, saved.path.as_str()), (200, "/admin/blog/post/"));
    assert_eq!(django.shell("p = Post.objects.get(pk=7); print(p.title, p.author)").trim(), "Näme & \"quotes\" alan");
}
