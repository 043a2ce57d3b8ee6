use demijohn_core::model::Value;
use demijohn_sql::{Driver, Statement};
use expect_test::{Expect, expect};

use crate::{memory, rows, run, sql, told};

async fn shop() -> std::sync::Arc<dyn Driver> {
    let db = memory().await;
    db.execute_script(
        "CREATE TABLE user (id integer PRIMARY KEY, name varchar(150) NOT NULL UNIQUE, age integer CHECK (age >= 0));
         CREATE TABLE post (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, slug text, lang text,
             author_id bigint REFERENCES user (id) DEFERRABLE INITIALLY DEFERRED, UNIQUE (slug, lang));
         CREATE UNIQUE INDEX user_lower_name ON user (lower(name));
         CREATE TRIGGER no_admin BEFORE INSERT ON user WHEN NEW.name = 'admin' BEGIN SELECT RAISE(ABORT, 'reserved'); END;
         INSERT INTO user VALUES (1, 'ada', 36);
         INSERT INTO post VALUES (1, 'a', 'en', 1);",
    )
    .await
    .expect("the tables are made");
    db
}

async fn fails(statement: Statement, expected: Expect) {
    let error = shop().await.execute(&statement).await.expect_err("the statement fails");
    expected.assert_eq(&told(&error, ""));
}

#[tokio::test]
async fn names_the_columns_of_a_duplicate() {
    fails(
        sql("INSERT INTO user (name) VALUES (?)", ["ada".into()]),
        expect![[r"
        Conflict orm.unique: a row with the same values in the unique index `user_lower_name` is there already
        caused by: UNIQUE constraint failed: index 'user_lower_name' (SQLite 2067)
          sql | INSERT INTO user (name) VALUES (?)"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (name) VALUES (?)", ["ADA".into()]),
        expect![[r"
        Conflict orm.unique: a row with the same values in the unique index `user_lower_name` is there already
        caused by: UNIQUE constraint failed: index 'user_lower_name' (SQLite 2067)
          sql | INSERT INTO user (name) VALUES (?)"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (id, name) VALUES (1, 'bob')", []),
        expect![[r"
        Conflict orm.unique: a row with the same `user.id` is there already
        caused by: UNIQUE constraint failed: user.id (SQLite 1555)
          sql | INSERT INTO user (id, name) VALUES (1, 'bob')"]],
    )
    .await;
    fails(
        sql("INSERT INTO post (slug, lang) VALUES ('a', 'en')", []),
        expect![[r"
        Conflict orm.unique: a row with the same `post.slug`, `post.lang` is there already
        caused by: UNIQUE constraint failed: post.slug, post.lang (SQLite 2067)
          sql | INSERT INTO post (slug, lang) VALUES ('a', 'en')"]],
    )
    .await;
}

#[tokio::test]
async fn says_which_constraint_failed() {
    fails(
        sql("INSERT INTO user (name) VALUES (?)", [Value::Null]),
        expect![[r"
        Invalid orm.not_null: `user.name` must not be NULL
        caused by: NOT NULL constraint failed: user.name (SQLite 1299)
          sql | INSERT INTO user (name) VALUES (?)"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (name, age) VALUES ('bob', -1)", []),
        expect![[r"
        Invalid orm.check: the check `age >= 0` fails
        caused by: CHECK constraint failed: age >= 0 (SQLite 275)
          sql | INSERT INTO user (name, age) VALUES ('bob', -1)"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (name) VALUES ('admin')", []),
        expect![[r"
        Conflict orm.trigger: a trigger of the database refused: reserved
        caused by: reserved (SQLite 1811)
          sql | INSERT INTO user (name) VALUES ('admin')"]],
    )
    .await;
    fails(
        sql("INSERT INTO post (author_id) VALUES (99)", []),
        expect![[r"
        Conflict orm.foreign_key: a foreign key would refer to a row that is not there
        caused by: FOREIGN KEY constraint failed (SQLite 787)
          sql | INSERT INTO post (author_id) VALUES (99)
        hint: save the row that is referred to first; remove the rows that refer to a row before it"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (id, name) VALUES ('x', 'y')", []),
        expect![[r"
        Invalid orm.type: a value is of a type that its column cannot keep
        caused by: datatype mismatch (SQLite 20)
          sql | INSERT INTO user (id, name) VALUES ('x', 'y')
        hint: an integer primary key takes integers only"]],
    )
    .await;
}

#[tokio::test]
async fn says_what_the_database_has_not() {
    fails(
        sql("SELECT * FROM blog_post", []),
        expect![[r"
        Misconfigured orm.no_such_table: the database has no table `blog_post`
          sql | SELECT * FROM blog_post
        hint: run `migrate`; if nothing is left to apply, run `makemigrations` first"]],
    )
    .await;
    fails(
        sql("SELECT id, titel FROM post", []),
        expect![[r"
        Misconfigured orm.no_such_column: the database has no column `titel`
          sql | SELECT id, titel FROM post
              |            ^^^^^
        hint: run `migrate`; if nothing is left to apply, run `makemigrations` first"]],
    )
    .await;
    fails(
        sql("INSERT INTO post (titel) VALUES (1)", []),
        expect![[r"
        Misconfigured orm.no_such_column: the database has no column `post.titel`
          sql | INSERT INTO post (titel) VALUES (1)
        hint: run `migrate`; if nothing is left to apply, run `makemigrations` first"]],
    )
    .await;
    fails(
        sql("SELECT shout(slug) FROM post", []),
        expect![[r"
        Misconfigured orm.no_such_function: the database has no function `shout`
          sql | SELECT shout(slug) FROM post
              |        ^^^^^
        hint: SQLite has no such function of its own; an index or constraint of another program may use it"]],
    )
    .await;
    fails(
        sql("CREATE TABLE post (id)", []),
        expect![[r"
        Conflict orm.already_exists: table post already exists
          sql | CREATE TABLE post (id)
              |              ^^^^
        hint: the table was changed by another program; tell `migrate` so with `--fake`"]],
    )
    .await;
    fails(
        sql("ALTER TABLE post ADD COLUMN slug text", []),
        expect![[r"
        Conflict orm.already_exists: duplicate column name: slug
          sql | ALTER TABLE post ADD COLUMN slug text
        hint: the table was changed by another program; tell `migrate` so with `--fake`"]],
    )
    .await;
}

#[tokio::test]
async fn points_at_the_mistake_in_a_statement() {
    fails(
        sql("SELECT id,\n       slug\n  FRM post\n WHERE id = 1", []),
        expect![[r#"
        Internal orm.sql: near "post": syntax error
          sql |   FRM post
              |       ^^^^"#]],
    )
    .await;
    fails(
        sql("SELECT id FROM post; SELECT 2", []),
        expect![[r"
        Internal orm.sql: the text holds more than one statement
          sql | SELECT id FROM post; SELECT 2
        hint: run several statements with `execute_script`"]],
    )
    .await;
    fails(
        sql("SELECT id FROM post WHERE id = ?", []),
        expect![[r"
        Internal orm.param_count: the statement has 1 placeholders but got 0 values
          sql | SELECT id FROM post WHERE id = ?"]],
    )
    .await;
    fails(
        sql("SELECT id FROM post", []),
        expect![[r"
        Internal orm.gives_rows: the statement gives rows, which nobody would read
          sql | SELECT id FROM post
        hint: run it with `query`"]],
    )
    .await;
    fails(
        sql("INSERT INTO user (name) VALUES (?)", [f64::NAN.into()]),
        expect![[r"
        Invalid orm.value: NaN is not a number that SQLite can keep
          sql | INSERT INTO user (name) VALUES (?)"]],
    )
    .await;
    fails(
        sql("BEGIN", []),
        expect![[r"
        Misconfigured orm.transaction: a statement began a transaction and did not end it
          sql | BEGIN
        hint: begin a transaction with `atomic`, not with SQL; what the statement did was rolled back"]],
    )
    .await;
}

#[tokio::test]
async fn never_shows_the_values() {
    let db = shop().await;
    for text in ["INSERT INTO user (id, name) VALUES (1, ?)", "SELECT ?, ?", "SELECT nothing FROM user WHERE name = ?"]
    {
        let error = rows(&*db, &sql(text, ["hunter2".into()])).await.expect_err("the statement fails");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn script_shows_the_statement_that_failed() {
    let db = shop().await;
    let error = db.execute_script("DELETE FROM post; INSERT INTO user (id) VALUES (2); SELECT 1").await;
    expect![[r"
        Invalid orm.not_null: `user.name` must not be NULL
        caused by: NOT NULL constraint failed: user.name (SQLite 1299)
          sql | INSERT INTO user (id) VALUES (2);"]]
    .assert_eq(&told(&error.expect_err("the second one fails"), ""));
    let error = db.execute_script("SELECT 1;\nSELECT nope FROM user;").await;
    expect![[r"
        Misconfigured orm.no_such_column: the database has no column `nope`
          sql | SELECT nope FROM user;
              |        ^^^^
        hint: run `migrate`; if nothing is left to apply, run `makemigrations` first"]]
    .assert_eq(&told(&error.expect_err("the second one fails"), ""));
}

#[tokio::test]
async fn script_that_leaves_a_transaction_open_is_taken_back() {
    let db = shop().await;
    let error = db.execute_script("BEGIN; DELETE FROM post").await.expect_err("it is not ended");
    assert_eq!(error.code(), "orm.transaction");
    assert_eq!(crate::number(&*db, "SELECT count(*) FROM post").await, 1);
    db.execute_script("BEGIN; DELETE FROM post; SELECT nope").await.expect_err("it fails in between");
    assert_eq!(crate::number(&*db, "SELECT count(*) FROM post").await, 1);
}

#[tokio::test]
async fn text_that_is_not_utf8_is_an_error_that_names_its_column() {
    let db = memory().await;
    run(&*db, "CREATE TABLE cup (name text)").await;
    run(&*db, "INSERT INTO cup VALUES (CAST(x'4bff' AS text))").await;
    let error = rows(&*db, &Statement::plain("SELECT name FROM cup")).await.expect_err("it is not UTF-8");
    expect![[r"
        Internal orm.decode: the text `K\xff` in column `name` is not UTF-8
        hint: another program wrote it; read the column as bytes with `CAST(… AS BLOB)`, or mend the row"]]
    .assert_eq(&told(&error, ""));
}

#[tokio::test]
async fn damaged_file_is_called_damaged() {
    let place = crate::place::Place::new();
    {
        let db = place.open("").await;
        run(&*db, "CREATE TABLE cup (id integer PRIMARY KEY, name text)").await;
        let many: Vec<Vec<Value>> = (0..2000).map(|n| vec![format!("cup {n}").repeat(20).into()]).collect();
        db.execute_many("INSERT INTO cup (name) VALUES (?)", &many).await.expect("it is written");
    }
    let file = place.file("test.db");
    let mut bytes = std::fs::read(&file).expect("the file is there");
    for byte in &mut bytes[8192..] {
        *byte = 0xA5;
    }
    std::fs::write(&file, bytes).expect("the file can be written");
    let db = place.open("").await;
    let error = rows(&*db, &Statement::plain("SELECT count(name) FROM cup")).await.expect_err("it is damaged");
    assert_eq!(error.code(), "orm.corrupt", "{error:?}");
}
