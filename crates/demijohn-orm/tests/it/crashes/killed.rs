//! A program that is killed while it writes or migrates.

use std::time::Duration;

use demijohn_orm::{Db, Executor as _, Model as _, migrations};

use super::{Child, MIGRATIONS, ROWS, a_moment, assert_kept, assert_sound, chance, column, migrate_all, say};
use crate::databases::{Kind, TestDatabase};
use crate::models::Tag;

/// So many tasks of a program write at once.
const WRITERS: usize = 8;

/// Writes rows, one by one and in pairs, from several tasks, and says of each when it is acknowledged.
pub(super) async fn write_for_ever(db: &Db, name: &str) {
    let writers = (0..WRITERS).map(|writer| {
        let (db, name) = (db.clone(), format!("{name}-{writer}"));
        tokio::spawn(async move {
            for n in 0_u64.. {
                let single = format!("{name}-{n}");
                Tag::create().name(single.as_str()).save(&db).await.expect("the database is there");
                say(&single);
                let pair = [format!("{name}-{n}-a"), format!("{name}-{n}-b")];
                db.atomic(async |tx| {
                    for half in &pair {
                        Tag::create().name(half.as_str()).save(tx).await?;
                    }
                    Ok(())
                })
                .await
                .expect("the database is there");
                pair.iter().for_each(|half| say(half));
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("it writes for ever");
    }
}

async fn writes_that_were_acknowledged_are_kept(kind: Kind, rounds: usize) {
    let Some(database) = TestDatabase::new(kind).await else { return };
    {
        let db = Db::connect(database.url(), crate::models::all()).await.expect("the database is there");
        migrations::create_tables(&db).await.expect("tables");
    }
    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        let mut child = Child::start("write", database.url(), &format!("round{round}"));
        let enough = 30 + chance(60) as usize;
        let mut said = Vec::new();
        while said.len() < enough {
            said.push(child.says().expect("it writes until it is killed"));
        }
        child.kill();
        // What it had said before it died.
        said.extend(std::iter::from_fn(|| child.says()));
        acknowledged.append(&mut said);
        let db = Db::connect(database.url(), crate::models::all()).await.expect("the database opens");
        assert_sound(&db).await;
        assert_kept(&db, &acknowledged).await;
        Tag::create().name(format!("after round {round}")).save(&db).await.expect("it can be written");
    }
}

#[tokio::test]
async fn sqlite_keeps_what_it_acknowledged() {
    writes_that_were_acknowledged_are_kept(Kind::Sqlite, 15).await;
}

#[tokio::test]
async fn postgres_keeps_what_it_acknowledged() {
    writes_that_were_acknowledged_are_kept(Kind::Postgres, 5).await;
}

#[tokio::test]
async fn mysql_keeps_what_it_acknowledged() {
    writes_that_were_acknowledged_are_kept(Kind::Mysql, 5).await;
}

/// Kills migrating programs at random moments until one comes through, then looks at what there is.
async fn a_killed_migration_is_done_or_not(kind: Kind, rounds: usize) {
    for round in 0..rounds {
        let Some(database) = TestDatabase::new(kind).await else { return };
        let mut child = Child::start("migrate", database.url(), "");
        for _ in 0..=chance(MIGRATIONS as u64 - 1) {
            child.says();
        }
        std::thread::sleep(a_moment(Duration::from_millis(if kind == Kind::Sqlite { 3 } else { 40 })));
        child.kill();
        drop(child);
        let db = Db::connect(database.url(), crate::models::all()).await.expect("the database opens");
        assert_sound(&db).await;
        assert_recorded_is_there(&db).await;
        match migrate_all(&db, &mut |_| {}).await {
            Ok(_) => {}
            // MariaDB ends a transaction at each CREATE TABLE: what it made is there, and the error says what to do.
            Err(error) => {
                assert!(kind == Kind::Mysql && error.code() == "migrations.table_exists", "round {round}: {error:#}");
                let next = recorded(&db).await.len();
                let steps = if next % 2 == 0 { "step 1 of 2, create model Thing" } else { "the table `crash_thing" };
                let wanted = format!("migration `crash.{next:04}_step` failed: {steps}{next}");
                assert!(error.message().starts_with(&wanted), "{wanted}: {error:#}");
                assert!(error.hint().is_some_and(|hint| hint.contains("undo by hand")), "{error:#}");
                // Its hint is followed.
                let drop = format!("DROP TABLE crash_thing{next}");
                db.driver().execute_script(&drop).await.expect("the table is there");
                migrate_all(&db, &mut |_| {}).await.unwrap_or_else(|error| panic!("round {round}: {error:#}"));
            }
        }
        assert_sound(&db).await;
        assert_recorded_is_there(&db).await;
        assert_eq!(recorded(&db).await.len(), MIGRATIONS, "round {round}");
    }
}

async fn recorded(db: &Db) -> Vec<String> {
    let made = match db.connection().dialect().name() {
        "sqlite" => "SELECT name FROM sqlite_master WHERE name = 'django_migrations'",
        "postgres" => "SELECT table_name FROM information_schema.tables WHERE table_name = 'django_migrations'",
        _ => {
            "SELECT table_name FROM information_schema.tables WHERE table_name = 'django_migrations' AND table_schema = database()"
        }
    };
    if column(db, made).await.is_empty() {
        return Vec::new();
    }
    // One that stopped between two of its steps is recorded with their number in brackets.
    column(db, "SELECT name FROM django_migrations WHERE app = 'crash' AND name NOT LIKE '%(%' ORDER BY name").await
}

/// Each migration that is recorded is there as a whole.
async fn assert_recorded_is_there(db: &Db) {
    for (n, _) in recorded(db).await.iter().enumerate() {
        let count = column(db, &format!("SELECT count(*) FROM crash_thing{n}")).await;
        let wanted = if n % 2 == 0 { ROWS } else { 0 };
        assert_eq!(count, [wanted.to_string()], "crash_thing{n}");
    }
}

#[tokio::test]
async fn sqlite_has_a_migration_or_has_it_not() {
    a_killed_migration_is_done_or_not(Kind::Sqlite, 20).await;
}

#[tokio::test]
async fn postgres_has_a_migration_or_has_it_not() {
    a_killed_migration_is_done_or_not(Kind::Postgres, 8).await;
}

#[tokio::test]
async fn mysql_names_the_migration_that_was_killed() {
    a_killed_migration_is_done_or_not(Kind::Mysql, 6).await;
}
