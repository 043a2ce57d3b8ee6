//! `dumpdata` and `loaddata`, Django's and ours: what the one writes, the other loads, row for row.

use std::path::{Path, PathBuf};

use demijohn_e2e::process::{run, run_ok};
use demijohn_e2e::{Django, TempDir, django};

use crate::site::{Site, blog_on};
use crate::tables::Tables;

/// A row of what the copied site has none of, and values that are easily lost.
const MORE: &str = r#"
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from datetime import datetime, timezone as tz
ada = User.objects.get(username='ada')
ada.last_login = datetime(2026, 2, 3, 4, 5, 6, 7, tz.utc); ada.save()
ada.user_permissions.set(Permission.objects.filter(codename__in=['add_tag', 'view_session']))
post = Post.objects.create(title='Ünï "q" \\ 🍷 </script>', content='one\r\n\ttwo\u2028\x7f\n', author=ada)
post.tags.set(Tag.objects.all()[3:9])
Comment.objects.create(post=post, author=None, body='', approved=True)
LogEntry.objects.create(user=ada, content_type=ContentType.objects.get(model='post'), object_id='1', object_repr='é',
    action_flag=2, change_message='[{"changed": {"fields": ["Title"]}}]')
"#;

/// The site that Django made, with [`MORE`], and a folder for what comes of it.
struct Exchange {
    folder: TempDir,
    site: PathBuf,
}

impl Exchange {
    fn new() -> Option<Self> {
        let folder = TempDir::new("fixtures");
        let site = django::site_copy(&folder)?;
        Django::over(&site)?.shell(MORE);
        Some(Self { folder, site })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs `dumpdata` of Django over a database.
    fn django_dumps(&self, database: &Path, flags: &[&str]) -> PathBuf {
        let file = self.file("from_django.json");
        over(database).manage(&[&["dumpdata", "--output", text(&file)], flags].concat());
        file
    }

    fn we_dump(&self, database: &Path, flags: &[&str]) -> PathBuf {
        let file = self.file("from_us.json");
        run_ok(blog_on(self.folder.path(), database).args(["dumpdata", "--output", text(&file)]).args(flags));
        file
    }

    /// Loads a file into a new database that Django made.
    fn django_loads(&self, file: &Path) -> PathBuf {
        let database = self.file("of_django.sqlite3");
        over(&database).manage(&["migrate", "--verbosity", "0"]);
        over(&database).manage(&["loaddata", text(file)]);
        database
    }

    /// Loads a file into a new database that we made.
    fn we_load(&self, file: &Path) -> PathBuf {
        let database = self.file("of_us.sqlite3");
        run_ok(blog_on(self.folder.path(), &database).arg("migrate"));
        run_ok(blog_on(self.folder.path(), &database).args(["loaddata", text(file)]));
        database
    }
}

fn over(database: &Path) -> Django {
    Django::over(database).expect("it was there a moment ago")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a test's folder is text")
}

#[test]
fn what_django_dumps_is_loaded_as_django_loads_it() {
    let Some(exchange) = Exchange::new() else { return };
    let file = exchange.django_dumps(&exchange.site, &[]);
    let ours = Tables::of(&exchange.we_load(&file));
    // Not the site itself, for Django's files have moments to the millisecond only.
    ours.assert_same(&Tables::of(&exchange.django_loads(&file)));
    assert_eq!((ours.count("blog_post"), ours.count("django_admin_log"), ours.count("django_session")), (2208, 1, 1));
}

#[test]
fn what_we_dump_is_loaded_by_django_and_by_us_to_the_microsecond() {
    let Some(exchange) = Exchange::new() else { return };
    let site = Tables::of(&exchange.site);
    let file = exchange.we_dump(&exchange.site, &[]);
    site.assert_same(&Tables::of(&exchange.django_loads(&file)));
    site.assert_same(&Tables::of(&exchange.we_load(&file)));
}

#[test]
fn files_with_natural_keys_are_loaded_by_the_other_one() {
    loaded_by_the_other_one(&["--natural-foreign", "--natural-primary"]);
}

#[test]
fn files_with_natural_keys_and_numbers_are_loaded_by_the_other_one() {
    loaded_by_the_other_one(&["--natural-foreign"]);
}

fn loaded_by_the_other_one(flags: &[&str]) {
    let Some(exchange) = Exchange::new() else { return };
    let file = exchange.django_dumps(&exchange.site, flags);
    let ours = Tables::by_name(&exchange.we_load(&file));
    ours.assert_same(&Tables::by_name(&exchange.django_loads(&file)));
    assert_eq!((ours.count("blog_comment"), ours.count("auth_user")), (3307, 12));

    let Some(exchange) = Exchange::new() else { return };
    let file = exchange.we_dump(&exchange.site, flags);
    let site = Tables::by_name(&exchange.site);
    site.assert_same(&Tables::by_name(&exchange.django_loads(&file)));
    site.assert_same(&Tables::by_name(&exchange.we_load(&file)));
}

#[test]
fn a_site_that_began_here_moves_to_django_by_its_natural_keys() {
    let Some(exchange) = Exchange::new() else { return };
    let site = Site::fresh();
    // Its login and its change are rows, too: a session and an entry of the admin's log.
    Site::add_post(&mut site.log_in_admin(), "From here <b>", "line\nline", "ada");
    let file = exchange.we_dump(&site.database, &["--natural-foreign", "--natural-primary"]);
    let here = Tables::by_name(&site.database);
    here.assert_same(&Tables::by_name(&exchange.django_loads(&file)));
    assert_eq!((here.count("blog_post"), here.count("django_admin_log"), here.count("django_session")), (1, 1, 1));
}

#[test]
fn a_row_that_fits_nowhere_is_named_and_nothing_is_loaded() {
    let folder = TempDir::new("fixtures");
    let database = folder.join("blog.sqlite3");
    run_ok(blog_on(folder.path(), &database).arg("migrate"));
    let before = Tables::of(&database);
    let rows = r#"[{"model": "blog.tag", "pk": 1, "fields": {"name": "cork", "slug": "cork"}},
 {"model": "blog.post", "pk": 1, "fields": {"title": "t", "content": "", "created_at": "2026-01-01T00:00:00Z", "author": 7}}]"#;
    std::fs::write(folder.join("rows.json"), rows).expect("the folder can be written to");
    let refused = run(blog_on(folder.path(), &database).args(["loaddata", "rows.json"]));
    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    let place = "rows.json:2:2: `blog.post 1`: `author` points to `auth.user` 7, which is neither in the database";
    assert!(refused.stderr.contains(place), "{}", refused.stderr);
    Tables::of(&database).assert_same(&before);
}
