//! The tables of accounts, on new databases and on Django's.

use demijohn_auth::User;
use demijohn_core::Level;
use demijohn_e2e::database::Kind;
use demijohn_orm::migrations::changed_apps;
use demijohn_orm::{Database, Model as _};
use demijohn_sql::{Flow, Statement, ValueRef};

use crate::app::{Fresh, migrate_all, on_django};

/// What a query gives, one line for each row.
async fn lines(site: &Fresh, sql: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut read = |row: &dyn demijohn_sql::Row| {
        if let ValueRef::Text(text) = row.get(0)? {
            lines.push(text.to_owned());
        }
        Ok(Flow::More)
    };
    site.db.driver().query(&Statement::plain(sql), &mut read).await.expect("rows");
    lines
}

const RECORDED: &str = "SELECT app || '.' || name FROM django_migrations WHERE app IN ('auth', 'contenttypes', 'sessions') \
    ORDER BY app, name";

const TABLES: &str = "SELECT name FROM sqlite_master WHERE name LIKE 'auth%' OR name LIKE 'django_%' ORDER BY name";

#[tokio::test]
async fn a_new_database_is_what_django_would_have_made() {
    let Some(django) = on_django().await else { return };
    let fresh = Fresh::new().await;
    if fresh.database.kind() != Kind::Sqlite {
        // There is nothing of Django's to compare with.
        return;
    }
    assert_eq!(lines(&fresh, RECORDED).await, lines(&django, RECORDED).await);
    let mut expected = lines(&django, TABLES).await;
    expected.retain(|name| !name.starts_with("django_admin_log"));
    assert_eq!(lines(&fresh, TABLES).await, expected);
    for table in &expected {
        let columns = format!(
            "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk FROM pragma_table_info('{table}') ORDER BY name"
        );
        assert_eq!(lines(&fresh, &columns).await, lines(&django, &columns).await, "{table}");
        let keys =
            format!("SELECT \"from\" || \"table\" || \"to\" FROM pragma_foreign_key_list('{table}') ORDER BY id");
        assert_eq!(lines(&fresh, &keys).await, lines(&django, &keys).await, "{table}");
    }
}

#[tokio::test]
async fn djangos_database_is_recognised_and_left_as_it_is() {
    let Some(site) = on_django().await else { return };
    let schema = "SELECT coalesce(sql, name) FROM sqlite_master ORDER BY name";
    let users = "SELECT username || password || is_staff || date_joined FROM auth_user ORDER BY id";
    let permissions = "SELECT id || name || codename FROM auth_permission ORDER BY id";
    let before = (lines(&site, schema).await, lines(&site, users).await, lines(&site, permissions).await);
    let applied = migrate_all(site.client.site()).await.expect("migrated");
    assert_eq!(applied, Vec::<String>::new());
    let after = (lines(&site, schema).await, lines(&site, users).await, lines(&site, permissions).await);
    assert_eq!(after, before);
    assert_eq!(User::objects().count(&site.db).await.expect("a count"), 12);
}

#[tokio::test]
async fn models_and_migrations_agree() {
    let site = Fresh::new().await;
    let database = Database::of(site.client.site()).expect("a database");
    let changed = changed_apps(database.models(), database.migrations()).expect("they can be compared");
    assert_eq!(changed, Vec::<String>::new());
    let checks = site.client.site().checks(false);
    assert!(checks.iter().all(|check| check.level != Level::Error), "{checks:#?}");
}
