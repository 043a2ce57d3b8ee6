//! Rows put aside, put together, locked, told apart: the three dialects beside each other.

use demijohn_sql::{Combine, Compare, Extent, Lock, LockWait, Order, Projection, Select, Sqlite, writer};
use expect_test::expect;

use crate::writer::{ROOT, check, column, compares, equals};

#[test]
fn queries_put_together_stand_in_place_of_the_table() {
    let mut query = Select::new(&ROOT);
    query.and_filter(equals(column(&ROOT, "title"), "a"));
    let mut newest = Select::new(&ROOT);
    newest.order.push(Order { descending: true, ..Order::by(column(&ROOT, "id")) });
    newest.limit = Some(3);
    query.combine(Combine::Union, newest);
    query.and_filter(equals(column(ROOT.child(2), "username"), "ada"));
    query.order.push(Order::by(column(&ROOT, "title")));
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id" FROM (SELECT t2."id", t2."title", t2."author_id", t2."editor_id" FROM "blog_post" AS t2 WHERE t2."title" = ? UNION SELECT * FROM (SELECT t3."id", t3."title", t3."author_id", t3."editor_id" FROM "blog_post" AS t3 ORDER BY t3."id" DESC LIMIT 3) AS part4) AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = ? ORDER BY t0."title"
          [Text("a"), Text("ada")]
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id" FROM (SELECT t2."id", t2."title", t2."author_id", t2."editor_id" FROM "blog_post" AS t2 WHERE t2."title" = $1 UNION SELECT * FROM (SELECT t3."id", t3."title", t3."author_id", t3."editor_id" FROM "blog_post" AS t3 ORDER BY t3."id" DESC LIMIT 3) AS part4) AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = $2 ORDER BY t0."title"
          [Text("a"), Text("ada")]
        SELECT t0.`id`, t0.`title`, t0.`author_id`, t0.`editor_id` FROM (SELECT t2.`id`, t2.`title`, t2.`author_id`, t2.`editor_id` FROM `blog_post` AS t2 WHERE t2.`title` = ? UNION SELECT * FROM (SELECT t3.`id`, t3.`title`, t3.`author_id`, t3.`editor_id` FROM `blog_post` AS t3 ORDER BY t3.`id` DESC LIMIT 3) AS part4) AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` WHERE t1.`username` = ? ORDER BY t0.`title`
          [Text("a"), Text("ada")]
    "#]],
    );
    check(
        |dialect| writer::count(query.clone(), dialect),
        expect![[r#"
        SELECT COUNT(*) FROM (SELECT t2."id", t2."title", t2."author_id", t2."editor_id" FROM "blog_post" AS t2 WHERE t2."title" = ? UNION SELECT * FROM (SELECT t3."id", t3."title", t3."author_id", t3."editor_id" FROM "blog_post" AS t3 ORDER BY t3."id" DESC LIMIT 3) AS part4) AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = ?
          [Text("a"), Text("ada")]
        SELECT COUNT(*) FROM (SELECT t2."id", t2."title", t2."author_id", t2."editor_id" FROM "blog_post" AS t2 WHERE t2."title" = $1 UNION SELECT * FROM (SELECT t3."id", t3."title", t3."author_id", t3."editor_id" FROM "blog_post" AS t3 ORDER BY t3."id" DESC LIMIT 3) AS part4) AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t1."username" = $2
          [Text("a"), Text("ada")]
        SELECT COUNT(*) FROM (SELECT t2.`id`, t2.`title`, t2.`author_id`, t2.`editor_id` FROM `blog_post` AS t2 WHERE t2.`title` = ? UNION SELECT * FROM (SELECT t3.`id`, t3.`title`, t3.`author_id`, t3.`editor_id` FROM `blog_post` AS t3 ORDER BY t3.`id` DESC LIMIT 3) AS part4) AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` WHERE t1.`username` = ?
          [Text("a"), Text("ada")]
    "#]],
    );
}

#[test]
fn values_put_together_are_ordered_by_name() {
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Exprs(vec![column(&ROOT, "title")]);
    let mut other = Select::new(ROOT.at_depth(0));
    other.projection = Projection::Exprs(vec![column(ROOT.child(2), "username")]);
    query.combine(Combine::Difference, other);
    query.order.push(Order { descending: true, nulls_last: Some(true), ..Order::by(column(&ROOT, "title")) });
    query.limit = Some(2);
    assert_eq!(query.misuse(), None);
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT * FROM (SELECT "title" AS v1 FROM "blog_post" EXCEPT SELECT t1."username" AS v1 FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id") AS t2 ORDER BY v1 DESC NULLS LAST LIMIT 2
          []
        SELECT * FROM (SELECT "title" AS v1 FROM "blog_post" EXCEPT SELECT t1."username" AS v1 FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id") AS t2 ORDER BY v1 DESC NULLS LAST LIMIT 2
          []
        SELECT * FROM (SELECT `title` AS v1 FROM `blog_post` EXCEPT SELECT t1.`username` AS v1 FROM `blog_post` AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id`) AS t2 ORDER BY v1 IS NULL, v1 DESC LIMIT 2
          []
    "#]],
    );
    query.order.push(Order::by(column(&ROOT, "id")));
    assert_eq!(
        query.misuse(),
        Some("a union of values can be ordered only by the values that its first query selects")
    );
}

#[test]
fn the_first_of_each_group_is_found_on_every_database() {
    let mut query = Select::new(&ROOT);
    query.and_filter(equals(column(&ROOT, "title"), "a"));
    query.distinct_on = vec![column(&ROOT, "author")];
    query.order.push(Order { descending: true, ..Order::by(column(&ROOT, "id")) });
    query.limit = Some(5);
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id" FROM (SELECT t1."id", t1."title", t1."author_id", t1."editor_id", ROW_NUMBER() OVER (PARTITION BY t1."author_id" ORDER BY t1."id" DESC) AS demijohn_place FROM "blog_post" AS t1 WHERE t1."title" = ?) AS t0 WHERE demijohn_place = 1 ORDER BY t0."author_id", t0."id" DESC LIMIT 5
          [Text("a")]
        SELECT DISTINCT ON ("author_id") "id", "title", "author_id", "editor_id" FROM "blog_post" WHERE "title" = $1 ORDER BY "author_id", "id" DESC LIMIT 5
          [Text("a")]
        SELECT t0.`id`, t0.`title`, t0.`author_id`, t0.`editor_id` FROM (SELECT t1.`id`, t1.`title`, t1.`author_id`, t1.`editor_id`, ROW_NUMBER() OVER (PARTITION BY t1.`author_id` ORDER BY t1.`id` DESC) AS demijohn_place FROM `blog_post` AS t1 WHERE t1.`title` = ?) AS t0 WHERE demijohn_place = 1 ORDER BY t0.`author_id`, t0.`id` DESC LIMIT 5
          [Text("a")]
    "#]],
    );
    query.put_aside();
    query.projection = Projection::Count;
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT COUNT(*) FROM (SELECT t1."id", t1."title", t1."author_id", t1."editor_id" FROM (SELECT t2."id", t2."title", t2."author_id", t2."editor_id", ROW_NUMBER() OVER (PARTITION BY t2."author_id" ORDER BY t2."id" DESC) AS demijohn_place FROM "blog_post" AS t2 WHERE t2."title" = ?) AS t1 WHERE demijohn_place = 1 ORDER BY t1."author_id", t1."id" DESC LIMIT 5) AS t0
          [Text("a")]
        SELECT COUNT(*) FROM (SELECT DISTINCT ON (t1."author_id") t1."id", t1."title", t1."author_id", t1."editor_id" FROM "blog_post" AS t1 WHERE t1."title" = $1 ORDER BY t1."author_id", t1."id" DESC LIMIT 5) AS t0
          [Text("a")]
        SELECT COUNT(*) FROM (SELECT t1.`id`, t1.`title`, t1.`author_id`, t1.`editor_id` FROM (SELECT t2.`id`, t2.`title`, t2.`author_id`, t2.`editor_id`, ROW_NUMBER() OVER (PARTITION BY t2.`author_id` ORDER BY t2.`id` DESC) AS demijohn_place FROM `blog_post` AS t2 WHERE t2.`title` = ?) AS t1 WHERE demijohn_place = 1 ORDER BY t1.`author_id`, t1.`id` DESC LIMIT 5) AS t0
          [Text("a")]
    "#]],
    );
}

#[test]
fn a_lock_names_its_tables_where_it_can() {
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Model(vec![ROOT.child(2)]);
    query.lock = Some(Box::new(Lock { wait: LockWait::Skip, of: vec![ROOT.child(2)], no_key: true }));
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t1."id", t1."username" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id"
          []
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t1."id", t1."username" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" FOR NO KEY UPDATE OF t0, t1 SKIP LOCKED
          []
        SELECT t0.`id`, t0.`title`, t0.`author_id`, t0.`editor_id`, t1.`id`, t1.`username` FROM `blog_post` AS t0 JOIN `auth_user` AS t1 ON t1.`id` = t0.`author_id` FOR UPDATE SKIP LOCKED
          []
    "#]],
    );
}

#[test]
fn whole_rows_with_an_aggregate_beside_them_are_grouped_by_their_keys() {
    let mut query = Select::new(&ROOT);
    query.projection = Projection::Model(vec![ROOT.child(2)]);
    query.annotations = vec![demijohn_sql::Expr::Aggregate {
        function: demijohn_sql::Aggregate::Count,
        distinct: false,
        argument: Some(Box::new(column(ROOT.child(3), "username"))),
        filter: None,
        more: None,
    }];
    check(
        |dialect| writer::select(query.clone(), dialect),
        expect![[r#"
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t2."id", t2."username", COUNT(t1."username") FROM "blog_post" AS t0 LEFT JOIN "auth_user" AS t1 ON t1."id" = t0."editor_id" JOIN "auth_user" AS t2 ON t2."id" = t0."author_id" GROUP BY t0."id", t2."id"
          []
        SELECT t0."id", t0."title", t0."author_id", t0."editor_id", t2."id", t2."username", COUNT(t1."username") FROM "blog_post" AS t0 LEFT JOIN "auth_user" AS t1 ON t1."id" = t0."editor_id" JOIN "auth_user" AS t2 ON t2."id" = t0."author_id" GROUP BY t0."id", t2."id"
          []
        SELECT t0.`id`, t0.`title`, t0.`author_id`, t0.`editor_id`, t2.`id`, t2.`username`, COUNT(t1.`username`) FROM `blog_post` AS t0 LEFT JOIN `auth_user` AS t1 ON t1.`id` = t0.`editor_id` JOIN `auth_user` AS t2 ON t2.`id` = t0.`author_id` GROUP BY t0.`id`, t2.`id`
          []
    "#]],
    );
}

#[test]
fn a_read_by_key_is_known_to_be_short_and_nothing_else_is() {
    let extent = |change: &dyn Fn(&mut Select)| {
        let mut query = Select::new(&ROOT);
        change(&mut query);
        writer::select(query, &Sqlite).extent
    };
    let by_key = |query: &mut Select| query.and_filter(equals(column(&ROOT, "id"), 7_i64));
    assert_eq!(extent(&by_key), Extent::Point);
    let by_unique_of_another = |query: &mut Select| query.and_filter(equals(column(ROOT.child(2), "username"), "ada"));
    assert_eq!(extent(&by_unique_of_another), Extent::Open);
    assert_eq!(extent(&|_| ()), Extent::Open);
    let with_related = |query: &mut Select| {
        by_key(query);
        query.and_filter(equals(column(&ROOT, "title"), "a"));
        query.projection = Projection::Model(vec![ROOT.child(2)]);
    };
    assert_eq!(extent(&with_related), Extent::Point);
    let locked = |query: &mut Select| {
        by_key(query);
        query.lock = Some(Box::default());
    };
    assert_eq!(extent(&locked), Extent::Open);
    let either = |query: &mut Select| {
        let title = equals(column(&ROOT, "title"), "a");
        query.and_filter(equals(column(&ROOT, "id"), 7_i64).or(title));
    };
    assert_eq!(extent(&either), Extent::Open);
    let with_call = |query: &mut Select| {
        by_key(query);
        let call = demijohn_sql::Expr::Call(demijohn_sql::Function::Upper, vec![column(&ROOT, "title")]);
        query.projection = Projection::Exprs(vec![call]);
    };
    assert_eq!(extent(&with_call), Extent::Open);
    let aside = |query: &mut Select| {
        query.put_aside();
        by_key(query);
    };
    assert_eq!(extent(&aside), Extent::Open);
}

#[test]
fn a_slice_along_a_key_is_known_to_be_a_page_and_no_other_slice_is() {
    let extent = |change: &dyn Fn(&mut Select)| {
        let mut query = Select::new(&ROOT);
        query.order = vec![Order::by(column(&ROOT, "id"))];
        query.limit = Some(20);
        change(&mut query);
        writer::select(query, &Sqlite).extent
    };
    assert_eq!(extent(&|_| ()), Extent::Page);
    assert_eq!(extent(&|query| query.projection = Projection::Model(vec![ROOT.child(2)])), Extent::Page);
    let after = |query: &mut Select| query.and_filter(compares(Compare::Gt, column(&ROOT, "id"), 7_i64));
    assert_eq!(extent(&after), Extent::Page);
    let between = |query: &mut Select| {
        after(query);
        query.and_filter(compares(Compare::Le, column(&ROOT, "id"), 70_i64));
        query.order.push(Order::by(column(&ROOT, "title")));
        query.offset = Some(980);
    };
    assert_eq!(extent(&between), Extent::Page);
    assert_eq!(extent(&|query| query.limit = None), Extent::Open);
    assert_eq!(extent(&|query| query.limit = Some(Extent::PAGE + 1)), Extent::Open);
    assert_eq!(extent(&|query| query.offset = Some(981)), Extent::Open);
    assert_eq!(extent(&|query| query.order = vec![Order::by(column(&ROOT, "title"))]), Extent::Open);
    assert_eq!(extent(&|query| query.order = vec![Order::by(column(ROOT.child(2), "id"))]), Extent::Open);
    assert_eq!(extent(&|query| query.distinct = true), Extent::Open);
    assert_eq!(extent(&|query| query.lock = Some(Box::default())), Extent::Open);
    let of_some = |query: &mut Select| query.and_filter(equals(column(&ROOT, "title"), "rare"));
    assert_eq!(extent(&of_some), Extent::Open);
}
