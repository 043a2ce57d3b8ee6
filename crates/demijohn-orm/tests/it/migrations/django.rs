//! The same tables as Django makes, to the letter.

use std::path::Path;

use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{MigrateOptions, pending, showmigrations};
use expect_test::expect;

use super::{Scratch, listed};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// Django's own apps. The columns stand in the order in which Django's migrations left them.
pub(crate) fn contrib() -> Vec<Migration> {
    let content_types = Migration::new("contenttypes", "0002_remove_content_type_name")
        .replaces(&["0001_initial"])
        .create_model("ContentType", |m| {
            m.table("django_content_type");
            m.field("id", auto_integer());
            m.field("app_label", varchar(100));
            m.field("model", varchar(100));
            m.index(unique(["app_label", "model"]));
        });
    let sessions = Migration::new("sessions", "0001_initial").create_model("Session", |m| {
        m.table("django_session");
        m.field("session_key", varchar(40).primary_key());
        m.field("session_data", text());
        m.field("expire_date", timestamp().indexed());
    });
    vec![content_types, auth(), sessions]
}

fn auth() -> Migration {
    Migration::new("auth", "0012_alter_user_first_name_max_length")
        .replaces(&["0001_initial", "0002_alter_permission_name_max_length", "0011_update_proxy_permissions"])
        .depends_on("contenttypes", "0001_initial")
        .create_model("Permission", |m| {
            m.field("id", auto_integer());
            m.field("content_type", foreign_key("contenttypes.ContentType"));
            m.field("codename", varchar(100));
            m.field("name", varchar(255));
            m.index(unique(["content_type", "codename"]));
        })
        .create_model("Group", |m| {
            m.field("id", auto_integer());
            m.field("name", varchar(150).unique());
            m.many_to_many("permissions", "Permission");
        })
        .create_model("User", |m| {
            m.field("id", auto_integer());
            m.field("password", varchar(128));
            m.field("last_login", timestamp().null());
            m.field("is_superuser", boolean());
            m.field("username", varchar(150).unique());
            m.field("last_name", varchar(150));
            m.field("email", varchar(254));
            m.field("is_staff", boolean());
            m.field("is_active", boolean());
            m.field("date_joined", timestamp());
            m.field("first_name", varchar(150));
            m.many_to_many("groups", "Group");
            m.many_to_many("user_permissions", "Permission");
        })
}

pub(crate) fn blog() -> Migration {
    Migration::new("blog", "0001_initial")
        .depends_on("auth", "0012_alter_user_first_name_max_length")
        .create_model("Tag", |m| {
            m.field("id", auto());
            m.field("name", varchar(50).unique());
            m.field("slug", varchar(50).unique());
        })
        .create_model("Post", |m| {
            m.field("id", auto());
            m.field("title", varchar(200));
            m.field("content", text());
            m.field("created_at", timestamp());
            m.field("author", foreign_key("auth.User"));
            m.many_to_many("tags", "Tag");
        })
        .create_model("Comment", |m| {
            m.field("id", auto());
            m.field("body", text());
            m.field("created_at", timestamp());
            m.field("approved", boolean());
            m.field("author", foreign_key("auth.User").null());
            m.field("post", foreign_key("Post"));
        })
        .add_index("Comment", index(["post", "created_at"]).named("comment_post_created"))
}

pub(crate) fn all() -> Vec<Migration> {
    let mut list = contrib();
    list.push(blog());
    list
}

/// A scratch database that is a copy of the one that Django made, if that is at hand.
pub(crate) async fn copy_of_site() -> Option<Scratch> {
    let site = Path::new(SHARED).join("django/site.sqlite3");
    if !site.is_file() {
        eprintln!("skipped: {} is absent", site.display());
        return None;
    }
    let folder = Scratch::folder();
    std::fs::copy(&site, folder.join("db.sqlite3")).expect("the temporary folder can be written");
    let driver = Scratch::open(&folder).await;
    Some(Scratch { folder, driver })
}

#[tokio::test]
async fn contrib_tables_are_those_of_django() {
    let path = Path::new(SHARED).join("vectors/django-schema-sqlite.sql");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let ours = ["auth_", "django_content_type", "django_session"];
    let is_ours = |line: &&str| {
        ours.iter().any(|table| line.contains(&format!("TABLE \"{table}")) || line.contains(&format!(" ON \"{table}")))
    };
    let mut wanted: Vec<&str> = text.lines().filter(is_ours).map(|line| line.trim_end_matches(';')).collect();
    wanted.sort_unstable();
    assert!(wanted.len() > 15, "{wanted:#?}");

    let scratch = Scratch::new().await;
    scratch.apply(&contrib()).await;
    let made = scratch.schema().await;
    for (made, wanted) in made.iter().zip(&wanted) {
        assert_eq!(made, wanted);
    }
    assert_eq!(made.len(), wanted.len());
    let migrations_table = scratch.rows("SELECT sql FROM sqlite_master WHERE name = 'django_migrations'").await;
    assert!(text.contains(&migrations_table[0]), "{migrations_table:?}");
}

#[tokio::test]
async fn blog_tables_are_those_of_the_site_that_django_made() {
    let Some(site) = copy_of_site().await else { return };
    let scratch = Scratch::new().await;
    scratch.apply(&all()).await;
    let blog = |schema: Vec<String>| -> Vec<String> {
        schema.into_iter().filter(|sql| sql.contains(" \"blog_") || sql.contains("comment_post")).collect()
    };
    let wanted = blog(site.schema().await);
    assert_eq!(wanted.len(), 11);
    assert_eq!(blog(scratch.schema().await), wanted);
}

#[tokio::test]
async fn a_database_that_django_migrated_is_recognised() {
    let Some(site) = copy_of_site().await else { return };
    let migrations = listed(all());
    assert_eq!(pending(&*site.driver, &migrations).await.expect("it is consistent"), []);
    let before = (site.schema().await, site.rows("SELECT * FROM django_migrations").await);
    let report = site.run(&migrations, &MigrateOptions::default()).await.expect("there is nothing to do");
    assert_eq!(report.to_string(), "nothing to migrate\n");
    assert_eq!((site.schema().await, site.rows("SELECT * FROM django_migrations").await), before);
    expect![[r#"
        contenttypes
         [X] 0002_remove_content_type_name (stands for 1 older)
        auth
         [X] 0012_alter_user_first_name_max_length (stands for 3 older)
         [?] 0003_alter_user_email_max_length (applied, but not in this program)
         [?] 0004_alter_user_username_opts (applied, but not in this program)
         [?] 0005_alter_user_last_login_null (applied, but not in this program)
         [?] 0006_require_contenttypes_0002 (applied, but not in this program)
         [?] 0007_alter_validators_add_error_messages (applied, but not in this program)
         [?] 0008_alter_user_username_max_length (applied, but not in this program)
         [?] 0009_alter_user_last_name_max_length (applied, but not in this program)
         [?] 0010_alter_group_name_max_length (applied, but not in this program)
        sessions
         [X] 0001_initial
        blog
         [X] 0001_initial
    "#]]
    .assert_eq(&showmigrations(&*site.driver, &migrations, &[]).await.expect("it can be shown"));
}

#[tokio::test]
async fn a_site_that_django_made_goes_on_with_our_migrations() {
    let Some(site) = copy_of_site().await else { return };
    let second = Migration::new("blog", "0002_post_views")
        .depends_on("blog", "0001_initial")
        .add_field("Post", "views", integer().fill_with(0))
        .alter_field("Tag", "name", varchar(80).unique());
    let mut list = all();
    list.push(second);
    site.apply(&list).await;
    assert_eq!(site.rows("SELECT count(*), sum(views) FROM blog_post").await, ["2207|0"]);
    assert_eq!(site.rows("SELECT count(*) FROM blog_tag").await, ["89"]);
    assert_eq!(site.rows("SELECT count(*) FROM blog_post_tags").await, ["2207"]);
    site.assert_sound().await;
    site.go(&list, "blog", "0001").await;
    let scratch = Scratch::new().await;
    scratch.apply(&all()).await;
    let of_post =
        "SELECT sql FROM sqlite_master WHERE tbl_name IN ('blog_post', 'blog_tag') AND sql IS NOT NULL ORDER BY sql";
    assert_eq!(site.rows(of_post).await, scratch.rows(of_post).await);
    site.assert_sound().await;
}

#[tokio::test]
async fn replaced_migrations_are_recorded_and_forgotten_with_the_one_that_replaces_them() {
    let scratch = Scratch::new().await;
    scratch.apply(&contrib()).await;
    let names = "SELECT name FROM django_migrations WHERE app = 'auth' ORDER BY id";
    assert_eq!(
        scratch.rows(names).await,
        [
            "0001_initial",
            "0002_alter_permission_name_max_length",
            "0011_update_proxy_permissions",
            "0012_alter_user_first_name_max_length"
        ]
    );
    scratch.go(&contrib(), "auth", "zero").await;
    assert_eq!(scratch.rows(names).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_that_stopped_half_way_is_refused() {
    let scratch = Scratch::new().await;
    scratch.apply(&contrib()[..1]).await;
    scratch
        .sql(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', '2020-01-01 00:00:00')",
        )
        .await;
    let error = pending(&*scratch.driver, &listed(contrib())).await.expect_err("it is half-way");
    expect![[r#"
        the tables of `auth` stopped half-way: 1 of the 3 migrations before `0012_alter_user_first_name_max_length` are applied, the last is `0001_initial`
        hint: finish them with the program that has them all: `migrate auth`, or the Django project they come from: `python manage.py migrate auth`"#]]
    .assert_eq(&format!("{error:#}"));
}
