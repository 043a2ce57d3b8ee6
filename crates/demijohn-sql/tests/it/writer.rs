//! Trees in, text out: the three dialects beside each other.

use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta, OnDelete, Value};
use demijohn_sql::{
    Assignment, Column, Compare, Conflict, Delete, Dialect, Expr, Insert, Match, Mysql, Order, Path, Postgres,
    Projection, Select, Sqlite, Statement, Update, writer,
};
use expect_test::{Expect, expect};

static USER_FIELDS: [FieldMeta; 2] = [
    FieldMeta::new("id", "id", "ID", FieldKind::Integer).primary_key().auto(),
    FieldMeta::new("username", "username", "username", FieldKind::Varchar(150)).unique(),
];
static USER: ModelMeta = ModelMeta::new("auth", "User", "auth_user", "user", "users", &USER_FIELDS);

static POST_FIELDS: [FieldMeta; 4] = [
    FieldMeta::new("id", "id", "ID", FieldKind::BigInt).primary_key().auto(),
    FieldMeta::new("title", "title", "title", FieldKind::Varchar(200)),
    FieldMeta::new("author", "author_id", "author", FieldKind::Integer).references(|| &USER, OnDelete::Cascade, None),
    FieldMeta::new("editor", "editor_id", "editor", FieldKind::Integer).null(true).references(
        || &USER,
        OnDelete::SetNull,
        None,
    ),
];
static POST: ModelMeta = ModelMeta::new("blog", "Post", "blog_post", "post", "posts", &POST_FIELDS);
pub(crate) static ROOT: Path = Path::root(&POST);
static USER_ROOT: Path = Path::root(&USER);

pub(crate) fn column(path: &'static Path, name: &str) -> Expr {
    Expr::Column(Column { path, field: path.model().index_of(name).expect("it is a field") as u16 })
}

pub(crate) fn equals(left: Expr, right: impl Into<Value>) -> Expr {
    compares(Compare::Eq, left, right)
}

pub(crate) fn compares(how: Compare, left: Expr, right: impl Into<Value>) -> Expr {
    Expr::Compare(how, Box::new((left, Expr::Value(right.into()))))
}

pub(crate) fn check(write: impl Fn(&'static dyn Dialect) -> Statement, expect: Expect) {
    let dialects: [&'static dyn Dialect; 3] = [&Sqlite, &Postgres, &Mysql];
    let text = dialects.map(|dialect| {
        let statement = write(dialect);
        format!("{}\n  {:?}\n", statement.sql, statement.params)
    });
    expect.assert_eq(&text.concat());
}

#[test]
fn one_table_needs_no_alias() {
    let mut query = Select::new(&ROOT);
    query.and_filter(equals(column(&ROOT, "id"), 7_i64));
    query.offset = Some(2);
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT "id", "title", "author_id", "editor_id" FROM "blog_post" WHERE "id" = ? LIMIT -1 OFFSET ?
          [Int(7), Int(2)]
        SELECT "id", "title", "author_id", "editor_id" FROM "blog_post" WHERE "id" = $1 OFFSET $2
          [Int(7), Int(2)]
        SELECT `id`, `title`, `author_id`, `editor_id` FROM `blog_post` WHERE `id` = ? LIMIT 18446744073709551615 OFFSET ?
          [Int(7), Int(2)]
    "#]],
    );
}

#[test]
fn a_relation_is_joined_once_and_not_for_its_key_alone() {
    let author = ROOT.child(2);
    let editor = ROOT.child(3);
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Model(vec![author]);
    query.and_filter(equals(column(author, "username"), "ada"));
    query.and_filter(equals(column(editor, "username"), "bob").negate());
    query.and_filter(equals(column(author, "id"), 3_i64));
    query.order.push(Order { expr: column(author, "username"), descending: true, nulls_last: Some(true) });
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t1."id", t1."username" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" LEFT JOIN "auth_user" AS t2 ON t2."id" = t0."editor_id" WHERE t1."username" = ? AND (t2."username" = ?) IS NOT TRUE AND t0."author_id" = ? ORDER BY t1."username" DESC NULLS LAST
          [Text("ada"), Text("bob"), Int(3)]
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t1."id", t1."username" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" LEFT JOIN "auth_user" AS t2 ON t2."id" = t0."editor_id" WHERE t1."username" = $1 AND (t2."username" = $2) IS NOT TRUE AND t0."author_id" = $3 ORDER BY t1."username" DESC NULLS LAST
          [Text("ada"), Text("bob"), Int(3)]
        SELECT t0.`id`, t0.`title`, t0.`author_id`, t0.`editor_id`, t1.`id`, t1.`username` FROM `blog_post` AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` LEFT JOIN `auth_user` AS t2 ON t2.`id` = t0.`editor_id` WHERE t1.`username` = ? AND (t2.`username` = ?) IS NOT TRUE AND t0.`author_id` = ? ORDER BY t1.`username` IS NULL, t1.`username` DESC
          [Text("ada"), Text("bob"), Int(3)]
    "#]],
    );
}

#[test]
fn text_matches_escape_what_is_special_in_them() {
    let matches = |how, ignore_case, text: &str| Expr::Match {
        how,
        ignore_case,
        operands: Box::new((column(&ROOT, "title"), Expr::Value(Value::from(text)))),
    };
    let mut query = Select::new(&ROOT);
    query.projection = Projection::One;
    query.and_filter(matches(Match::Contains, false, "50%*[x]_\\'"));
    query.and_filter(matches(Match::StartsWith, true, "50%_\\'").or(matches(Match::EndsWith, false, "?")));
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT 1 FROM "blog_post" WHERE "title" GLOB ? AND ("title" LIKE ? ESCAPE '\' OR "title" GLOB ?)
          [Text("*50%[*][[]x]_\\'*"), Text("50\\%\\_\\\\'%"), Text("*[?]")]
        SELECT 1 FROM "blog_post" WHERE "title" LIKE $1 ESCAPE '\' AND ("title" ILIKE $2 ESCAPE '\' OR "title" LIKE $3 ESCAPE '\')
          [Text("%50\\%*[x]\\_\\\\'%"), Text("50\\%\\_\\\\'%"), Text("%?")]
        SELECT 1 FROM `blog_post` WHERE `title` LIKE BINARY ? ESCAPE '\\' AND (`title` LIKE ? ESCAPE '\\' OR `title` LIKE BINARY ? ESCAPE '\\')
          [Text("%50\\%*[x]\\_\\\\'%"), Text("50\\%\\_\\\\'%"), Text("%?")]
    "#]],
    );
}

#[test]
fn a_change_that_looks_at_other_tables_goes_through_the_key() {
    let author = ROOT.child(2);
    let filter = || Some(equals(column(author, "username"), "ada"));
    let assignments = vec![Assignment { field: 1, value: Expr::Value(Value::from("x")) }];
    let update = Update { from: &ROOT, assignments, filter: filter() };
    check(
        |dialect| writer::update(update.clone(), dialect),
        expect![[r#"
        UPDATE "blog_post" SET "title" = ? WHERE "id" IN (SELECT t0."id" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = ?)
          [Text("x"), Text("ada")]
        UPDATE "blog_post" SET "title" = $1 WHERE "id" IN (SELECT t0."id" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = $2)
          [Text("x"), Text("ada")]
        UPDATE `blog_post` SET `title` = ? WHERE `id` IN (SELECT * FROM (SELECT t0.`id` FROM `blog_post` AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` WHERE t1.`username` = ?) AS rows_aside)
          [Text("x"), Text("ada")]
    "#]],
    );
    let delete = Delete { from: &ROOT, filter: filter() };
    check(
        |dialect| writer::delete(delete.clone(), dialect),
        expect![[r#"
        DELETE FROM "blog_post" WHERE "id" IN (SELECT t0."id" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = ?)
          [Text("ada")]
        DELETE FROM "blog_post" WHERE "id" IN (SELECT t0."id" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = $1)
          [Text("ada")]
        DELETE FROM `blog_post` WHERE `id` IN (SELECT * FROM (SELECT t0.`id` FROM `blog_post` AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` WHERE t1.`username` = ?) AS rows_aside)
          [Text("ada")]
    "#]],
    );
}

#[test]
fn new_rows_are_numbered_by_the_database() {
    let rows = vec![vec![Value::from("a"), Value::Int(1)], vec![Value::from("b"), Value::Null]];
    let insert = Insert { model: &POST, fields: vec![1, 2], rows, conflict: Conflict::Ignore, returning: vec![] };
    check(
        |dialect| writer::insert(insert.clone(), dialect),
        expect![[r#"
            INSERT INTO "blog_post" ("title", "author_id") VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING
              [Text("a"), Int(1), Text("b"), Null]
            INSERT INTO "blog_post" ("title", "author_id") VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING
              [Text("a"), Int(1), Text("b"), Null]
            INSERT INTO `blog_post` (`title`, `author_id`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `id` = `id`
              [Text("a"), Int(1), Text("b"), Null]
        "#]],
    );
}

#[test]
fn the_key_of_a_single_new_row_comes_back() {
    let insert = Insert {
        model: &POST,
        fields: vec![1],
        rows: vec![vec![Value::from("a")]],
        conflict: Conflict::Fail,
        returning: vec![],
    };
    check(
        |dialect| writer::insert(insert.clone(), dialect),
        expect![[r#"
            INSERT INTO "blog_post" ("title") VALUES (?)
              [Text("a")]
            INSERT INTO "blog_post" ("title") VALUES ($1) RETURNING "id"
              [Text("a")]
            INSERT INTO `blog_post` (`title`) VALUES (?)
              [Text("a")]
        "#]],
    );
}

#[test]
fn a_row_by_its_key_reads_the_same_every_time() {
    let by_key = |key: Value| {
        let mut query = Select::new(&ROOT);
        query.and_filter(equals(column(&ROOT, "id"), key));
        query
    };
    let dialects: [&'static dyn Dialect; 3] = [&Sqlite, &Postgres, &Mysql];
    for (key, dialect) in [7, 8].into_iter().flat_map(|key| dialects.map(|dialect| (Value::Int(key), dialect))) {
        let kept = writer::select(by_key(key.clone()), dialect);
        // With a limit it is written anew.
        let mut query = by_key(key.clone());
        query.limit = Some(1);
        let long = writer::select(query, dialect);
        assert_eq!(format!("{} LIMIT 1", kept.sql), long.sql);
        assert_eq!((kept.params, kept.extent), (vec![key], long.extent));
    }
    let none = writer::select(by_key(Value::Null), &Sqlite);
    assert!(none.sql.ends_with(r#"WHERE "id" IS NULL"#) && none.params.is_empty(), "{none:?}");
}

#[test]
fn rows_that_are_cut_are_counted_after_the_cut() {
    let mut query = Select::new(&ROOT);
    check(
        |dialect| writer::count(query.clone(), dialect),
        expect![[r#"
        SELECT COUNT(*) FROM "blog_post"
          []
        SELECT COUNT(*) FROM "blog_post"
          []
        SELECT COUNT(*) FROM `blog_post`
          []
    "#]],
    );
    query.limit = Some(5);
    check(
        |dialect| writer::count(query.clone(), dialect),
        expect![[r#"
            SELECT COUNT(*) FROM (SELECT "id" FROM "blog_post" LIMIT 5) AS counted
              []
            SELECT COUNT(*) FROM (SELECT "id" FROM "blog_post" LIMIT 5) AS counted
              []
            SELECT COUNT(*) FROM (SELECT `id` FROM `blog_post` LIMIT 5) AS counted
              []
        "#]],
    );
    query.limit = None;
    query.distinct = true;
    query.projection = Projection::Exprs(vec![column(&ROOT, "author")]);
    check(
        |dialect| writer::count(query.clone(), dialect),
        expect![[r#"
        SELECT COUNT(*) FROM (SELECT DISTINCT "author_id" FROM "blog_post") AS counted
          []
        SELECT COUNT(*) FROM (SELECT DISTINCT "author_id" FROM "blog_post") AS counted
          []
        SELECT COUNT(*) FROM (SELECT DISTINCT `author_id` FROM `blog_post`) AS counted
          []
    "#]],
    );
}

#[test]
fn a_quote_in_an_identifier_stays_inside_it() {
    static FIELDS: [FieldMeta; 1] = [FieldMeta::new("id", "i\"d`", "ID", FieldKind::BigInt).primary_key()];
    static ODD: ModelMeta = ModelMeta::new("x", "Odd", "o\"dd`; --", "odd", "odds", &FIELDS);
    static ODD_ROOT: Path = Path::root(&ODD);
    check(
        |dialect| writer::select(Select::new(&ODD_ROOT), dialect),
        expect![[r#"
        SELECT "i""d`" FROM "o""dd`; --"
          []
        SELECT "i""d`" FROM "o""dd`; --"
          []
        SELECT `i"d``` FROM `o"dd``; --`
          []
    "#]],
    );
}

#[test]
fn set_takes_values_from_other_tables_without_joining_them() {
    let author = ROOT.child(2);
    let inner = ROOT.at_depth(1);
    let mut same_title = Select::new(inner);
    same_title.projection = Projection::One;
    let titles = (column(inner, "title"), column(&ROOT, "title"));
    same_title.and_filter(Expr::Compare(Compare::Eq, Box::new(titles)));
    let doubled = Expr::Case(
        vec![(Expr::Exists(Box::new(same_title)), Expr::Value(Value::from("twice")))],
        Box::new(column(author, "username")),
    );
    let assignments = vec![Assignment { field: 1, value: doubled }];
    let update = Update { from: &ROOT, assignments, filter: Some(equals(column(&ROOT, "id"), 7_i64)) };
    check(
        |dialect| writer::update(update.clone(), dialect),
        expect![[r#"
            UPDATE "blog_post" SET "title" = CASE WHEN EXISTS (SELECT 1 FROM "blog_post" AS t0 WHERE t0."title" = "blog_post"."title") THEN ? ELSE (SELECT t1."username" FROM "auth_user" AS t1 WHERE t1."id" = "blog_post"."author_id") END WHERE "id" = ?
              [Text("twice"), Int(7)]
            UPDATE "blog_post" SET "title" = CASE WHEN EXISTS (SELECT 1 FROM "blog_post" AS t0 WHERE t0."title" = "blog_post"."title") THEN $1::text ELSE (SELECT t1."username" FROM "auth_user" AS t1 WHERE t1."id" = "blog_post"."author_id") END WHERE "id" = $2
              [Text("twice"), Int(7)]
            UPDATE `blog_post` SET `title` = CASE WHEN EXISTS (SELECT 1 FROM `blog_post` AS t0 WHERE t0.`title` = `blog_post`.`title`) THEN ? ELSE (SELECT t1.`username` FROM `auth_user` AS t1 WHERE t1.`id` = `blog_post`.`author_id`) END WHERE `id` = ?
              [Text("twice"), Int(7)]
        "#]],
    );
}

#[test]
fn groups_are_named_by_position_where_they_hold_values() {
    let is_new = Expr::Case(
        vec![(equals(column(&ROOT, "title"), "x"), Expr::Value(Value::Int(1)))],
        Box::new(Expr::Value(Value::Int(0))),
    );
    let rows = Expr::Aggregate {
        function: demijohn_sql::Aggregate::Count,
        distinct: false,
        argument: None,
        filter: None,
        more: None,
    };
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Exprs(vec![is_new, column(&ROOT, "author")]);
    query.having = Some(Expr::Compare(Compare::Gt, Box::new((rows, Expr::Value(Value::Int(1))))));
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
            SELECT CASE WHEN "title" = ? THEN ? ELSE ? END, "author_id" FROM "blog_post" GROUP BY 1, "author_id" HAVING COUNT(*) > ?
              [Text("x"), Int(1), Int(0), Int(1)]
            SELECT CASE WHEN "title" = $1 THEN $2::bigint ELSE $3::bigint END, "author_id" FROM "blog_post" GROUP BY 1, "author_id" HAVING COUNT(*) > $4::bigint
              [Text("x"), Int(1), Int(0), Int(1)]
            SELECT CASE WHEN `title` = ? THEN ? ELSE ? END, `author_id` FROM `blog_post` GROUP BY 1, `author_id` HAVING COUNT(*) > ?
              [Text("x"), Int(1), Int(0), Int(1)]
        "#]],
    );
    check(
        |dialect| writer::count(query.clone(), dialect),
        expect![[r#"
            SELECT COUNT(*) FROM (SELECT CASE WHEN "title" = ? THEN ? ELSE ? END AS v1, "author_id" AS v2 FROM "blog_post" GROUP BY 1, "author_id" HAVING COUNT(*) > ?) AS counted
              [Text("x"), Int(1), Int(0), Int(1)]
            SELECT COUNT(*) FROM (SELECT CASE WHEN "title" = $1 THEN $2::bigint ELSE $3::bigint END AS v1, "author_id" AS v2 FROM "blog_post" GROUP BY 1, "author_id" HAVING COUNT(*) > $4::bigint) AS counted
              [Text("x"), Int(1), Int(0), Int(1)]
            SELECT COUNT(*) FROM (SELECT CASE WHEN `title` = ? THEN ? ELSE ? END AS v1, `author_id` AS v2 FROM `blog_post` GROUP BY 1, `author_id` HAVING COUNT(*) > ?) AS counted
              [Text("x"), Int(1), Int(0), Int(1)]
        "#]],
    );
}

#[test]
fn empty_conditions_and_subqueries_keep_their_meaning() {
    let mut nobody = Select::new(USER_ROOT.at_depth(1));
    nobody.none = true;
    nobody.limit = Some(3);
    nobody.projection = Projection::Exprs(vec![column(USER_ROOT.at_depth(1), "id")]);
    let mut query = Select::new(&ROOT);
    query.projection = Projection::One;
    let empty = Expr::In(Box::new(column(&ROOT, "editor")), Vec::new());
    query.and_filter(Expr::And(Vec::new()).or(Expr::Or(Vec::new())).negate());
    query.and_filter(empty.negate().negate());
    query.and_filter(Expr::InQuery(Box::new(column(&ROOT, "author")), Box::new(nobody)).negate());
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT 1 FROM "blog_post" AS t0 WHERE NOT ((1 = 1)) AND NOT ((1 = 0) IS NOT TRUE) AND (t0."author_id" IN (SELECT t1."id" FROM "auth_user" AS t1 WHERE 1 = 0 LIMIT 3)) IS NOT TRUE
          []
        SELECT 1 FROM "blog_post" AS t0 WHERE NOT ((1 = 1)) AND NOT ((1 = 0) IS NOT TRUE) AND (t0."author_id" IN (SELECT t1."id" FROM "auth_user" AS t1 WHERE 1 = 0 LIMIT 3)) IS NOT TRUE
          []
        SELECT 1 FROM `blog_post` AS t0 WHERE NOT ((1 = 1)) AND NOT ((1 = 0) IS NOT TRUE) AND (t0.`author_id` IN (SELECT * FROM (SELECT t1.`id` FROM `auth_user` AS t1 WHERE 1 = 0 LIMIT 3) AS rows_aside)) IS NOT TRUE
          []
    "#]],
    );
}

#[test]
fn exact_numbers_are_numbers_beside_expressions() {
    let sum = Expr::Arithmetic(
        demijohn_sql::Arithmetic::Mul,
        Box::new((column(&ROOT, "id"), Expr::Value(Value::Decimal("1.5".parse().expect("a number"))))),
    );
    let mut query = Select::new(&ROOT);
    query.projection = Projection::One;
    query.and_filter(Expr::Compare(
        Compare::Gt,
        Box::new((sum, Expr::Value(Value::Decimal("2".parse().expect("a number"))))),
    ));
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
            SELECT 1 FROM "blog_post" WHERE ("id" * CAST(? AS NUMERIC)) > CAST(? AS NUMERIC)
              [Decimal(1.5), Decimal(2)]
            SELECT 1 FROM "blog_post" WHERE ("id" * $1::numeric) > $2::numeric
              [Decimal(1.5), Decimal(2)]
            SELECT 1 FROM `blog_post` WHERE (`id` * ?) > ?
              [Decimal(1.5), Decimal(2)]
        "#]],
    );
}
