//! Which rows queries find, on a real database.

use demijohn_orm::{Db, Model as _, avg, coalesce, count, count_rows, exists, max, sum, when};

use crate::models::{Comment, Post, User, fill};

async fn titles(db: &Db, query: demijohn_orm::QuerySet<Post>) -> Vec<String> {
    let posts = query.order_by(|p| p.id).all(db).await.expect("the query runs");
    posts.into_iter().map(|post| post.title).collect()
}

async fn text_lookups_take_special_characters_as_they_are(db: &Db) {
    fill(db).await;
    let all = Post::objects;
    assert_eq!(titles(db, all().filter(|p| p.title.icontains("RUST"))).await, ["Rust and glass", "Über rust"]);
    assert_eq!(titles(db, all().filter(|p| p.title.contains("rust"))).await, ["Über rust"]);
    assert_eq!(titles(db, all().filter(|p| p.content.contains("_b%"))).await, ["Rust and glass"]);
    assert_eq!(titles(db, all().filter(|p| p.content.icontains("a_b%C"))).await, ["Rust and glass"]);
    assert_eq!(titles(db, all().filter(|p| p.content.icontains("a%c"))).await, Vec::<String>::new());
    assert_eq!(titles(db, all().filter(|p| p.content.startswith("A*"))).await, ["Über rust"]);
    assert_eq!(titles(db, all().filter(|p| p.content.contains("?"))).await, Vec::<String>::new());
    assert_eq!(titles(db, all().filter(|p| p.title.iexact("ON CORKS"))).await, ["On corks"]);
    assert_eq!(titles(db, all().filter(|p| p.title.endswith("rust"))).await, ["Über rust"]);
    assert_eq!(titles(db, all().filter(|p| p.content.is_empty())).await, ["On corks"]);
}

async fn columns_are_compared_with_columns_and_expressions(db: &Db) {
    fill(db).await;
    let all = Post::objects;
    assert_eq!(titles(db, all().filter(|p| p.views.gt(p.id + 3))).await, ["On corks", "Über rust"]);
    assert_eq!(titles(db, all().filter(|p| (p.views % 2).eq(0))).await, ["On corks"]);
    assert_eq!(titles(db, all().filter(|p| p.title.contains(p.author().username))).await, Vec::<String>::new());
    assert_eq!(titles(db, all().filter(|p| p.views.between(3, 7))).await, ["Rust and glass", "Über rust"]);
    assert_eq!(titles(db, all().filter(|p| p.id.is_in(Vec::<i64>::new()))).await, Vec::<String>::new());
    assert_eq!(titles(db, all().filter(|p| p.title.length().gt(8))).await, ["Rust and glass", "Über rust"]);
    assert_eq!(titles(db, all().filter(|p| !p.id.eq(1) | p.title.lower().eq("x"))).await, ["On corks", "Über rust"]);
}

async fn relations_are_walked_and_the_rows_come_along(db: &Db) {
    let (ada, bob) = fill(db).await;
    let post = Post::objects()
        .filter(|p| p.author().username.eq("bob"))
        .select_related(|p| (p.author(), p.editor()))
        .get(db)
        .await
        .expect("bob wrote one post");
    assert_eq!(post.author.get().expect("it was loaded"), &bob);
    assert!(post.editor.is_none());
    let comments = Comment::objects().select_related(|c| c.post().author()).all(db).await.expect("the query runs");
    assert_eq!(comments.len(), 4);
    let first = comments[0].post.get().expect("the post was loaded on the way");
    assert_eq!(first.author.get().expect("and its author"), &ada);
    assert!(comments[0].author.as_ref().expect("it has an author").loaded().is_none(), "this one was not asked for");
}

async fn a_row_that_was_not_loaded_says_how_to_load_it(db: &Db) {
    let (ada, _) = fill(db).await;
    let mut post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    let error = post.author.get().expect_err("it was not loaded");
    expect_test::expect![[r"
        the `User` of a foreign key was read but not loaded
        hint: load it with the query: `.select_related(|row| row.user())`, or afterwards: `.load(&db).await?`"]]
    .assert_eq(&format!("{error:#}"));
    assert_eq!(post.author.load(db).await.expect("it is there"), &ada);
}

async fn groups_follow_from_the_selection(db: &Db) {
    fill(db).await;
    let busy: Vec<(String, i64)> = Post::objects()
        .select(|p| (p.author().username, count(p.id)))
        .order_by(|p| count(p.id).desc())
        .all(db)
        .await
        .expect("the query runs");
    assert_eq!(busy, [("ada".to_owned(), 2), ("bob".to_owned(), 1)]);
    let prolific: Vec<String> = Post::objects()
        .select(|p| (p.author().username, count(p.id)))
        .having(|p| count(p.id).gt(1))
        .all(db)
        .await
        .expect("the query runs")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(prolific, ["ada"]);
    let (total, mean, most, rows, rust) = Post::objects()
        .select(|p| {
            (sum(p.views), avg(p.views), max(p.title), count_rows(), count_rows().only(p.title.icontains("rust")))
        })
        .get(db)
        .await
        .expect("one row");
    assert_eq!((total, rows, rust), (Some(20), 3, 2));
    assert_eq!(most.as_deref(), Some("Über rust"));
    assert!((mean.expect("there are rows") - 20.0 / 3.0).abs() < 1e-9);
    let empty = Post::objects().filter(|p| p.id.lt(0)).select(|p| sum(p.views)).get(db).await.expect("one row");
    assert_eq!(empty, None);
}

async fn a_subquery_sees_the_row_of_the_query_around_it(db: &Db) {
    fill(db).await;
    let with_approved = Post::objects().filter(|p| exists(Comment::objects().filter(|c| c.post.eq(p.id) & c.approved)));
    assert_eq!(titles(db, with_approved).await, ["Rust and glass", "On corks"]);
    let newest_of_author =
        Post::objects().filter(|p| !exists(Post::objects().filter(|q| q.author.eq(p.author) & q.id.gt(p.id))));
    assert_eq!(titles(db, newest_of_author).await, ["On corks", "Über rust"]);
    // Begun outside, finished inside: the same model must not be mistaken for the row around it.
    let popular = Post::objects().filter(|q| q.views.gt(5));
    let has_popular_sibling =
        Post::objects().filter(|p| exists(popular.clone().filter(|q| q.author.eq(p.author) & q.id.ne(p.id))));
    assert_eq!(titles(db, has_popular_sibling).await, ["Rust and glass"]);
    let authors = User::objects().filter(|u| u.is_staff).select(|u| u.id);
    assert_eq!(titles(db, Post::objects().filter(|p| p.author.in_query(authors.clone()))).await.len(), 2);
}

async fn exclude_keeps_the_rows_of_which_the_condition_is_unknown(db: &Db) {
    let (ada, _) = fill(db).await;
    let all = Post::objects().count(db).await.expect("the query runs");
    let excluded = Post::objects().exclude(|p| p.editor.eq(&ada)).count(db).await.expect("the query runs");
    assert_eq!(excluded, all, "no post has an editor, so none was edited by ada");
    let through = Post::objects().exclude(|p| p.editor().username.eq("ada")).count(db).await.expect("the query runs");
    assert_eq!(through, all);
    let none = Post::objects().filter(|p| p.editor.ne(&ada)).count(db).await.expect("the query runs");
    assert_eq!(none, 0, "`ne` alone does not find rows without a value");
    assert_eq!(User::objects().filter(|u| u.last_login.eq(None)).count(db).await.expect("the query runs"), 2);
    assert_eq!(User::objects().filter(|u| u.last_login.is_not_null()).count(db).await.expect("the query runs"), 0);
}

async fn rows_are_sliced_counted_and_turned_round(db: &Db) {
    fill(db).await;
    let by_views = || Post::objects().order_by(|p| p.views);
    let views = |posts: Vec<Post>| posts.into_iter().map(|post| post.views).collect::<Vec<_>>();
    assert_eq!(views(by_views().limit(2).all(db).await.expect("it runs")), [3, 7]);
    assert_eq!(views(by_views().offset(1).all(db).await.expect("it runs")), [7, 10]);
    assert_eq!(views(by_views().reverse().limit(1).offset(1).all(db).await.expect("it runs")), [7]);
    assert_eq!(by_views().last(db).await.expect("it runs").map(|post| post.views), Some(10));
    assert_eq!(Post::objects().first(db).await.expect("it runs").map(|post| post.id), Some(1));
    assert_eq!(by_views().offset(1).count(db).await.expect("it runs"), 2);
    assert_eq!(Comment::objects().select(|c| c.post).distinct().count(db).await.expect("it runs"), 2);
    assert!(Post::objects().filter(|p| p.views.gt(9)).exists(db).await.expect("it runs"));
    assert!(!Post::objects().none().exists(db).await.expect("it runs"));
    assert_eq!(Post::objects().none().count(db).await.expect("it runs"), 0);
}

async fn get_wants_exactly_one_row(db: &Db) {
    fill(db).await;
    let missing = Post::objects().filter(|p| p.id.eq(99)).get(db).await.expect_err("there is none");
    assert_eq!((missing.status(), missing.public()), (404, "post not found"));
    let several = Post::objects().get(db).await.expect_err("there are three");
    expect_test::expect![[r"
        more than one `Post` matches a query for one
        hint: filter by something unique, or take `.first(&db)`"]]
    .assert_eq(&format!("{several:#}"));
}

async fn values_are_chosen_by_conditions(db: &Db) {
    fill(db).await;
    let kinds = Post::objects()
        .select(|p| (p.id, when(p.views.gt(5), "much read".to_owned(), "quiet".to_owned())))
        .order_by(|p| p.id)
        .all(db)
        .await
        .expect("the query runs");
    assert_eq!(kinds[0].1, "quiet");
    assert_eq!(kinds[1].1, "much read");
    let never = User::objects().select(|u| coalesce(u.last_login, demijohn_orm::Timestamp::UNIX_EPOCH)).all(db).await;
    assert_eq!(never.expect("the query runs"), [demijohn_orm::Timestamp::UNIX_EPOCH; 2]);
}

on_every_database! {
    crate::models::all();
    text_lookups_take_special_characters_as_they_are, columns_are_compared_with_columns_and_expressions, relations_are_walked_and_the_rows_come_along, a_row_that_was_not_loaded_says_how_to_load_it, groups_follow_from_the_selection, a_subquery_sees_the_row_of_the_query_around_it, exclude_keeps_the_rows_of_which_the_condition_is_unknown, rows_are_sliced_counted_and_turned_round, get_wants_exactly_one_row, values_are_chosen_by_conditions
}
