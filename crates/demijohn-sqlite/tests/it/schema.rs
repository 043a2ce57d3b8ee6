use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use demijohn_sql::Statement;
use demijohn_sqlite::Options;
use expect_test::expect;

use crate::place::Place;
use crate::{memory, number, rows, run, told};

const TABLES: &str = "CREATE TABLE a (id integer PRIMARY KEY);
    CREATE TABLE b (id integer PRIMARY KEY, a_id bigint REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);
    INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (10, 1), (11, 2);";

const REBUILD: &str =
    "CREATE TABLE new__a (id integer PRIMARY KEY, name text); INSERT INTO new__a (id) SELECT id FROM a;
    DROP TABLE a; ALTER TABLE new__a RENAME TO a;";

#[tokio::test]
async fn table_that_others_refer_to_can_be_rebuilt() {
    let place = Place::new();
    let db = place.open("").await;
    db.execute_script(TABLES).await.expect("the tables are made");
    let read = Statement::plain("SELECT * FROM a");
    assert_eq!(rows(&*db, &read).await.expect("it can be read"), ["Int(1)", "Int(2)"]);
    let tx = db.begin_schema_change().await.expect("it begins");
    tx.execute_script(REBUILD).await.expect("the table is rebuilt");
    tx.commit().await.expect("no row was lost");
    let seen = rows(&*db, &read).await.expect("a statement prepared before goes on");
    assert_eq!(seen, ["Int(1), Null", "Int(2), Null"]);
    let error = db.execute(&Statement::plain("INSERT INTO b VALUES (12, 99)")).await;
    assert_eq!(error.expect_err("foreign keys are checked again").code(), "orm.foreign_key");
}

#[tokio::test]
async fn migration_that_loses_referred_rows_is_refused() {
    let db = memory().await;
    db.execute_script(TABLES).await.expect("the tables are made");
    let tx = db.begin_schema_change().await.expect("it begins");
    run(&*tx, "DELETE FROM a").await;
    let error = tx.commit().await.expect_err("two rows of b hang in the air");
    expect![[r"
        Conflict orm.foreign_key: the migration would leave 2 foreign key(s) without their row
              | row 10 of `b` refers to a row of `a` that is not there
              | row 11 of `b` refers to a row of `a` that is not there
        hint: nothing was changed; mend or remove these rows and migrate again"]]
    .assert_eq(&told(&error, ""));
    assert_eq!(number(&*db, "SELECT count(*) FROM a").await, 2);
    assert_eq!(number(&*db, "PRAGMA foreign_keys").await, 1);
}

#[tokio::test]
async fn foreign_keys_are_on_again_however_a_schema_change_ends() {
    let db = memory().await;
    for end in ["commit", "rollback", "drop"] {
        let tx = db.begin_schema_change().await.expect("it begins");
        assert_eq!(number(&*tx, "PRAGMA foreign_keys").await, 0);
        match end {
            "commit" => tx.commit().await.expect("it commits"),
            "rollback" => tx.rollback().await.expect("it rolls back"),
            _ => drop(tx),
        }
        assert_eq!(number(&*db, "PRAGMA foreign_keys").await, 1, "{end}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_one_program_migrates_at_once() {
    let place = Place::new();
    let (first, second) = (place.open("").await, place.open("").await);
    let guard = first.lock_migrations().await.expect("nobody has it");
    let error = second.lock_migrations().await.err().expect("the first one has it");
    let text = told(&error, place.dir()).replace(&std::process::id().to_string(), "PID");
    expect![[r"
        Timeout orm.migrate_lock: waited 30s to migrate `sqlite:DIR/test.db`, which process PID is migrating: it holds `DIR/test.db.migrate-lock`
        hint: let it finish, or end it; a lock file that nobody holds is no hindrance"]].assert_eq(&text);
    drop(guard);
    let guard = second.lock_migrations().await.expect("it was given back");
    drop(guard);
    assert!(!std::path::Path::new(&place.file("test.db.migrate-lock")).exists(), "nothing is left behind");
}

#[tokio::test(start_paused = true)]
async fn memory_is_migrated_once_at_a_time() {
    let options = Options::parse("sqlite::memory:").expect("it is an address").with_wait(Duration::from_millis(20));
    let db = options.connect().await.expect("memory opens");
    let guard = db.lock_migrations().await.expect("nobody has it");
    let error = db.lock_migrations().await.err().expect("it is taken");
    expect![[r"
        Timeout orm.migrate_lock: waited 20ms to migrate `sqlite::memory:`, which this program is migrating already
        hint: let it finish, or end it; a lock file that nobody holds is no hindrance"]]
    .assert_eq(&told(&error, ""));
    drop(guard);
    drop(db.lock_migrations().await.expect("it was given back"));
}

#[tokio::test]
async fn lock_file_that_a_dead_program_left_is_no_hindrance() {
    let place = Place::new();
    let db = place.open("").await;
    std::fs::write(place.file("test.db.migrate-lock"), "999999\n").expect("the folder can be written");
    drop(db.lock_migrations().await.expect("nobody holds it"));
}

const CHILD: &str = "DEMIJOHN_TEST_HOLDS_LOCK_OF";

/// The other program of the test below; alone it does nothing.
#[tokio::test]
async fn child_holds_the_lock_until_it_is_killed() {
    let Ok(address) = std::env::var(CHILD) else { return };
    let db = demijohn_sqlite::connect(&address).await.expect("the database opens");
    let _guard = db.lock_migrations().await.expect("nobody has it");
    writeln!(std::io::stdout(), "\nlocked").expect("the parent listens");
    std::io::stdin().read_line(&mut String::new()).expect("the parent writes nothing");
}

#[tokio::test]
async fn lock_of_a_program_that_was_killed_is_free_again() {
    let place = Place::new();
    let db = place.open("?wait=0").await;
    let mut child = Command::new(std::env::current_exe().expect("the test has a file"))
        .args(["--exact", "schema::child_holds_the_lock_until_it_is_killed", "--nocapture"])
        .env(CHILD, format!("sqlite:{}", place.file("test.db")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test can be started again");
    let said = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    assert!(said.map_while(Result::ok).any(|line| line == "locked"), "the child ended early");

    let error = db.lock_migrations().await.err().expect("the child has it");
    let text = told(&error, place.dir()).replace(&child.id().to_string(), "PID");
    expect![[r"
        Timeout orm.migrate_lock: waited 0ns to migrate `sqlite:DIR/test.db?wait=0`, which process PID is migrating: it holds `DIR/test.db.migrate-lock`
        hint: let it finish, or end it; a lock file that nobody holds is no hindrance"]].assert_eq(&text);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    drop(db.lock_migrations().await.expect("the operating system gave it back"));
}
