use expect_test::{Expect, expect};

use crate::place::Place;
use crate::{number, run, told};

async fn refuses(address: &str, dir: &str, expected: Expect) {
    let error = demijohn_sqlite::connect(address).await.err().expect("it cannot be opened");
    expected.assert_eq(&told(&error, dir));
}

#[tokio::test]
async fn refuses_addresses_that_are_not_sqlites() {
    refuses("postgres://ada@localhost/shop", "", expect![[r"
        Misconfigured sqlite.unknown_scheme: unknown scheme `postgres` in the address of an SQLite database; possible are `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:` or a plain path
        hint: another database needs its own driver: turn on its feature in `Cargo.toml`"]]).await;
    refuses(
        "sqlite:",
        "",
        expect![[r"
        Misconfigured sqlite.address: the address `sqlite:` names no file
        hint: write `sqlite:PATH`, `sqlite://PATH`, `sqlite::memory:` or a plain path"]],
    )
    .await;
    refuses("sqlite:a.db?mode=read", "", expect![[r"
        Misconfigured sqlite.parameter: `mode=read` in the address of the database; choices are `ro`, `rw`, `rwc`, `memory`"]]).await;
    refuses("sqlite:a.db?busy_timout=5", "", expect![[r"
        Misconfigured sqlite.parameter: unknown parameter `busy_timout` in the address of the database; choices are `mode`, `busy_timeout`, `wait`, `readers`
        hint: did you mean `busy_timeout`?"]]).await;
    refuses("sqlite:a.db?wait=5s", "", expect![[r"
        Misconfigured sqlite.parameter: `wait=5s` in the address of the database; a number of milliseconds from 0 to 86400000 is possible"]]).await;
    refuses("sqlite:a.db?readers=0", "", expect![[r"
        Misconfigured sqlite.parameter: `readers=0` in the address of the database; a number from 1 to 256 is possible"]]).await;
    refuses(
        "sqlite:a%FF.db",
        "",
        expect![[r"
        Misconfigured sqlite.address: `a%FF.db` in the address of the database is not UTF-8
        hint: write a `%` of the path itself as `%25`"]],
    )
    .await;
}

#[tokio::test]
async fn says_why_a_file_cannot_be_opened() {
    let place = Place::new();
    let dir = place.dir();
    refuses(
        &format!("sqlite:{dir}/none/shop.db"),
        dir,
        expect![[r"
        Misconfigured sqlite.no_folder: there is no folder `DIR/none` for the database file `DIR/none/shop.db`
        hint: make it (`mkdir -p DIR/none`), or name a file in a folder that is there"]],
    )
    .await;
    refuses(
        &format!("sqlite:{dir}"),
        dir,
        expect![[r"
        Misconfigured sqlite.is_a_folder: `DIR` is a folder, not a database file
        hint: name a file in it: `sqlite:DIR/db.sqlite3`"]],
    )
    .await;
    refuses(
        &format!("sqlite:{dir}/shop.db?mode=rw"),
        dir,
        expect![[r"
        Misconfigured sqlite.no_file: there is no database file `DIR/shop.db`
        hint: look for a typing mistake, or leave out `mode`: then the file is made"]],
    )
    .await;
    std::fs::write(place.file("notes.txt"), "Dear diary, ".repeat(1000)).expect("the folder can be written");
    refuses(
        &format!("sqlite:{dir}/notes.txt"),
        dir,
        expect![[r"
        Misconfigured sqlite.not_a_database: the file `DIR/notes.txt` is not an SQLite database
        caused by: file is not a database
        hint: name another file, or move this one away and let a new database be made"]],
    )
    .await;
}

#[tokio::test]
async fn opens_every_form_of_address() {
    let place = Place::new();
    let db = demijohn_sqlite::connect(&place.file("plain.db")).await.expect("a plain path opens");
    assert_eq!(db.address(), place.file("plain.db"));
    for form in ["sqlite:{}", "sqlite://{}", "sqlite3:{}"] {
        let address = form.replace("{}", &place.file("with%20space.db"));
        let db = demijohn_sqlite::connect(&address).await.expect("the address opens");
        run(&*db, "CREATE TABLE IF NOT EXISTS cup (id integer PRIMARY KEY)").await;
        run(&*db, "INSERT INTO cup DEFAULT VALUES").await;
    }
    let db = demijohn_sqlite::connect(&place.file("with space.db")).await.expect("the same file opens");
    assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, 3);
}

#[tokio::test]
async fn three_slashes_with_a_relative_file_are_not_guessed_at() {
    // The tests of a crate run in its folder, where `Cargo.toml` is.
    refuses(
        "sqlite:///Cargo.toml",
        "",
        expect![[r"
        Misconfigured sqlite.address: three slashes mean the file `/Cargo.toml`, which is not there
        hint: write `sqlite:Cargo.toml` for the file `Cargo.toml` in this folder"]],
    )
    .await;
}

#[tokio::test]
async fn a_read_only_database_is_read_and_never_written() {
    let place = Place::new();
    run(&*place.open("").await, "CREATE TABLE cup (id integer PRIMARY KEY)").await;
    let db = place.open("?mode=ro").await;
    assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, 0);
    let error = db.execute(&crate::sql("INSERT INTO cup DEFAULT VALUES", [])).await.expect_err("it is read-only");
    expect![[r"
        Misconfigured orm.read_only: the database can only be read
        caused by: attempt to write a readonly database (SQLite 8)
          sql | INSERT INTO cup DEFAULT VALUES
        hint: let this program write the file and its folder, and leave out `mode=ro`"]]
    .assert_eq(&told(&error, ""));
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("a transaction may only read");
    let error = tx.execute(&crate::sql("INSERT INTO cup DEFAULT VALUES", [])).await.expect_err("it is read-only");
    assert_eq!(error.code(), "orm.read_only");
}

#[tokio::test]
async fn a_file_of_another_program_becomes_wal_and_keeps_its_rows() {
    let place = Place::new();
    let other = place.other_program();
    other
        .execute_batch("CREATE TABLE cup (id integer PRIMARY KEY); INSERT INTO cup VALUES (7)")
        .expect("it is writable");
    let db = place.open("").await;
    assert_eq!(number(&*db, "SELECT id FROM cup").await, 7);
    other.execute_batch("INSERT INTO cup VALUES (8)").expect("the other program goes on");
    assert_eq!(number(&*db, "SELECT max(id) FROM cup").await, 8);
    let mode: String = other.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("it has a mode");
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_file_that_is_in_use_at_the_start_works_without_wal() {
    let place = Place::new();
    let other = place.other_program();
    other.execute_batch("CREATE TABLE cup (id integer PRIMARY KEY)").expect("it is writable");
    // A reader in its transaction keeps the mode as it is.
    other.execute_batch("BEGIN; SELECT count(*) FROM cup").expect("it can be read");
    let mut statement = other.prepare("SELECT count(*) FROM cup").expect("it can be read");
    let mut open = statement.query([]).expect("it can be read");
    assert!(open.next().expect("it has a row").is_some());

    let db = place.open("?busy_timeout=0").await;
    assert_eq!(number(&*db, "SELECT count(*) FROM cup").await, 0);
    drop(open);
    drop(statement);
    other.execute_batch("COMMIT").expect("the reader ends");
    run(&*db, "INSERT INTO cup DEFAULT VALUES").await;
    let mode: String = other.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("it has a mode");
    assert_eq!((mode.as_str(), number(&*db, "SELECT count(*) FROM cup").await), ("delete", 1));
}
