//! Several programs with the same history that migrate at the same time.

use demijohn_orm::Db;

use super::{Child, MIGRATIONS, ROWS, assert_sound, column};
use crate::databases::{Kind, TestDatabase};

const PROGRAMS: usize = 4;

async fn each_migration_is_applied_once(kind: Kind) {
    let Some(database) = TestDatabase::new(kind).await else { return };
    let children: Vec<Child> = (0..PROGRAMS).map(|_| Child::start("migrate", database.url(), "")).collect();
    // They are read one after another: none says so much that it would have to wait for us.
    let mut begun = Vec::new();
    for mut child in children {
        begun.extend(std::iter::from_fn(|| child.says()));
        assert!(child.ended_well(), "one of the programs failed");
    }
    begun.sort();
    let wanted: Vec<String> = (0..MIGRATIONS).map(|n| format!("crash.{n:04}_step")).collect();
    assert_eq!(begun, wanted, "each was begun by one of them");
    let db = Db::connect(database.url(), crate::models::all()).await.expect("the database is there");
    assert_sound(&db).await;
    assert_eq!(column(&db, "SELECT name FROM django_migrations WHERE app = 'crash'").await.len(), MIGRATIONS);
    for n in (0..MIGRATIONS).step_by(2) {
        assert_eq!(column(&db, &format!("SELECT count(*) FROM crash_thing{n}")).await, [ROWS.to_string()]);
    }
}

#[tokio::test]
async fn on_sqlite() {
    each_migration_is_applied_once(Kind::Sqlite).await;
}

#[tokio::test]
async fn on_postgres() {
    each_migration_is_applied_once(Kind::Postgres).await;
}

#[tokio::test]
async fn on_mysql() {
    each_migration_is_applied_once(Kind::Mysql).await;
}
