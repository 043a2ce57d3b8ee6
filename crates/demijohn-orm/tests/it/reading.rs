//! What a query can give: values beside rows, rows together, slices, locks, portions.

use demijohn_orm::{
    DateUnit, Db, Duration, Flow, Model as _, Timestamp, avg, count, count_rows, max, min, random, scalar, sum,
};

use crate::models::{Comment, Post, Tag, User, all, fill};

async fn a_row_comes_back(db: &Db) {
    let made = Tag::create().name("cork").save(db).await.expect("the row is new");
    let found = Tag::objects().filter(|t| t.name.eq("cork")).get(db).await.expect("it is found");
    assert_eq!(found.id, made.id);
}

async fn values_stand_beside_whole_rows(db: &Db) {
    fill(db).await;
    let query = Post::objects().annotate(|p| (p.title.upper(), p.views * 2)).filter(|p| (p.views * 2).gt(9));
    let rows = query.order_by(|p| (p.views * 2).desc()).all(db).await.expect("it runs");
    let shown: Vec<_> = rows.iter().map(|(post, (title, twice))| (post.views, title.as_str(), *twice)).collect();
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0], (10, "ON CORKS", 20));
    let (post, name) = Post::objects()
        .select_related(|p| p.author())
        .annotate(|p| p.author().username.upper())
        .first(db)
        .await
        .expect("it runs")
        .expect("there are posts");
    assert_eq!((post.author.get().map(|user| user.username.as_str()).ok(), name.as_str()), (Some("ada"), "ADA"));
}

async fn a_query_inside_gives_a_value(db: &Db) {
    fill(db).await;
    let most =
        |u: demijohn_orm::Column<i64>| scalar(Post::objects().filter(|p| p.author.eq(u)).select(|p| max(p.views)));
    let users = User::objects().annotate(|u| most(u.id)).order_by(|u| u.id).all(db).await.expect("it runs");
    let shown: Vec<_> = users.iter().map(|(user, most)| (user.username.as_str(), *most)).collect();
    assert_eq!(shown, [("ada", Some(7)), ("bob", Some(10))]);
    let many = User::objects().filter(|u| most(u.id).gt(8)).all(db).await.expect("it runs");
    assert_eq!(many.len(), 1);
}

async fn aggregates_are_of_all_rows_or_of_a_slice(db: &Db) {
    fill(db).await;
    let everything = Post::objects().aggregate(|p| (count_rows(), sum(p.views), avg(p.views), min(p.title)));
    let (posts, views, mean, _) = everything.get(db).await.expect("one row");
    assert_eq!((posts, views), (3, Some(20)));
    assert!((mean.expect("there are posts") - 20.0 / 3.0).abs() < 0.001);
    let best = Post::objects().order_by(|p| p.views.desc()).limit(2).aggregate(|p| (count(p.id), min(p.views)));
    assert_eq!(best.get(db).await.expect("one row"), (2, Some(7)));
    let each = Post::objects().distinct_on(|p| p.author).order_by(|p| p.views).aggregate(|p| sum(p.views));
    assert_eq!(each.get(db).await.expect("one row"), Some(13));
    let nothing = Post::objects().none().aggregate(|p| (count(p.id), max(p.views))).get_or_none(db).await;
    assert_eq!(nothing.expect("it runs"), Some((0, None)));
}

async fn rows_of_several_queries_come_together(db: &Db) {
    fill(db).await;
    let long = || Post::objects().filter(|p| p.views.ge(7));
    let adas = || Post::objects().filter(|p| p.author().username.eq("ada"));
    let keys = async |query: demijohn_orm::QuerySet<Post>| {
        let rows = query.order_by(|p| p.id).all(db).await.expect("it runs");
        rows.into_iter().map(|post| post.id).collect::<Vec<_>>()
    };
    assert_eq!(keys(long().union(adas())).await, [1, 2, 3]);
    assert_eq!(keys(long().union_all(adas())).await, [1, 2, 3, 3]);
    assert_eq!(keys(long().intersection(adas())).await, [3]);
    assert_eq!(keys(long().difference(adas())).await, [2]);
    let further = long().union(adas()).filter(|p| p.author().username.eq("ada")).select_related(|p| p.author());
    assert_eq!(further.clone().count(db).await.expect("it runs"), 2);
    let row = further.order_by(|p| p.id.desc()).first(db).await.expect("it runs").expect("a row");
    assert_eq!((row.id, row.author.get().map(|user| user.id).ok()), (3, Some(1)));
    let newest = Post::objects().order_by(|p| p.id.desc()).limit(1);
    let oldest = Post::objects().order_by(|p| p.id).limit(1);
    assert_eq!(keys(newest.union(oldest)).await, [1, 3]);
    let names = User::objects().select(|u| u.username).union(Post::objects().select(|p| p.title));
    let names = names.order_by(|u| u.username.desc()).range(1..4).all(db).await.expect("it runs");
    assert_eq!(names.len(), 3);
    let inside = Post::objects().filter(|p| p.id.in_query(long().select(|p| p.id).union(adas().select(|p| p.id))));
    assert_eq!(inside.count(db).await.expect("it runs"), 3);
    let wrong = User::objects().select(|u| u.id).union(Post::objects().select(|p| p.id)).filter(|u| u.id.gt(1));
    let error = wrong.all(db).await.expect_err("it has no such columns");
    assert_eq!(error.to_string(), "a union of values cannot be filtered: filter its parts");
}

async fn the_first_of_each_group(db: &Db) {
    fill(db).await;
    let best = Post::objects().distinct_on(|p| p.author).order_by(|p| p.views.desc());
    let rows = best.clone().all(db).await.expect("it runs");
    assert_eq!(rows.iter().map(|post| (post.author.key(), post.views)).collect::<Vec<_>>(), [(1, 7), (2, 10)]);
    assert_eq!(best.clone().count(db).await.expect("it runs"), 2);
    assert_eq!(best.clone().range(1..).all(db).await.expect("it runs").len(), 1);
    assert!(best.exists(db).await.expect("it runs"));
}

async fn rows_are_found_by_their_keys(db: &Db) {
    let (ada, _) = fill(db).await;
    let found = User::objects().in_bulk([1, 2, 99], db).await.expect("it runs");
    assert_eq!((found.len(), found[&2].username.as_str()), (2, "bob"));
    let names = ["bob".to_owned(), "eve".to_owned()];
    let found = User::objects().in_bulk_by(|u| u.username, names, db).await.expect("it runs");
    assert_eq!(found["bob"].id, 2);
    let error = Post::objects().in_bulk_by(|p| p.title, [], db).await.expect_err("titles are not unique");
    assert_eq!(error.to_string(), "rows of `Post` are not told apart by `title`");
    assert!(User::objects().filter(|u| u.is_staff).contains(&ada, db).await.expect("it runs"));
    assert!(!User::objects().order_by(|u| u.id.desc()).limit(1).contains(&ada, db).await.expect("it runs"));
    assert!(User::objects().filter(|u| u.id.eq(9)).get_or_none(db).await.expect("it runs").is_none());
    let error = Tag::objects().latest(db).await.expect_err("tags have no time");
    assert_eq!(error.code(), "orm.no_latest_by");
}

async fn pages_have_numbers(db: &Db) {
    fill(db).await;
    let page = Post::objects().page(2, 2, db).await.expect("it runs");
    assert_eq!((page.rows.len(), page.number, page.total, page.pages(), page.has_next()), (1, 2, 3, 2, false));
    assert_eq!(Post::objects().page(9, 2, db).await.expect("it runs").number, 2);
    let nothing = Post::objects().none().page(0, 0, db).await.expect("it runs");
    assert_eq!((nothing.number, nothing.pages(), nothing.has_previous()), (1, 1, false));
}

async fn rows_come_one_after_another_and_in_portions(db: &Db) {
    fill(db).await;
    let mut seen = Vec::new();
    let query = Comment::objects().order_by(|c| c.id);
    query
        .for_each(db, |comment| {
            seen.push(comment.id);
            Ok(if seen.len() == 3 { Flow::Stop } else { Flow::More })
        })
        .await
        .expect("it runs");
    assert_eq!(seen, [1, 2, 3]);
    let mut portions = Comment::objects().order_by(|c| (c.author.desc().nulls_last(), c.body)).chunks(2);
    let mut bodies = Vec::new();
    while let Some(comments) = portions.next(db).await.expect("it runs") {
        bodies.push(comments.into_iter().map(|comment| comment.body).collect::<Vec<_>>());
    }
    assert_eq!(bodies, [["first", "second"], ["third", "x"]]);
    let mut few = Comment::objects().order_by(|c| c.id.desc()).limit(3).chunks(2);
    assert_eq!(few.next(db).await.expect("it runs").map(|rows| rows.len()), Some(2));
    assert_eq!(few.next(db).await.expect("it runs").map(|rows| rows[0].id), Some(2));
    assert!(few.next(db).await.expect("it runs").is_none());
}

async fn rows_come_in_an_order_of_chance(db: &Db) {
    fill(db).await;
    let mut orders = std::collections::HashSet::new();
    for _ in 0..60 {
        let posts = Post::objects().order_by(|_| random()).all(db).await.expect("it runs");
        assert_eq!(posts.len(), 3);
        orders.insert(posts.iter().map(|post| post.id).collect::<Vec<_>>());
    }
    // One of six would come sixty times in a row about once in 6⁵⁹.
    assert!(orders.len() > 1, "always {orders:?}");
}

async fn the_days_of_many_rows_come_once_each(db: &Db) {
    fill(db).await;
    let day: Timestamp = "2026-03-04T05:06:07Z".parse().expect("a moment");
    Post::objects().update(|p| p.created_at.set(day)).execute(db).await.expect("they change");
    let hour = || Post::objects().select(|p| p.created_at.trunc(DateUnit::Day)).distinct();
    let days = hour().all(db).await.expect("it runs");
    assert_eq!(days.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-03-04T00:00:00Z"]);
    Post::objects()
        .with_key(1)
        .update(|p| p.created_at.set(p.created_at + Duration::from_hours(24)))
        .execute(db)
        .await
        .expect("it is there");
    assert_eq!(hour().count(db).await.expect("it runs"), 2);
}

async fn rows_are_locked_inside_a_transaction_only(db: &Db) {
    fill(db).await;
    let query = || Post::objects().with_key(1).select_for_update_with(|lock| lock.nowait());
    let error = query().get(db).await.expect_err("there is no transaction");
    assert_eq!(error.to_string(), "rows can be locked only inside a transaction");
    assert_eq!(error.code(), "orm.lock_outside_transaction");
    db.atomic(async |tx| {
        let mut post = query().get(tx).await?;
        post.views += 1;
        post.save(tx).await?;
        let related =
            Post::objects().select_related(|p| p.author()).select_for_update_with(|lock| lock.of(|p| p.author()));
        assert_eq!(related.all(tx).await?.len(), 3);
        let left = Post::objects().select_for_update_with(|lock| lock.skip_locked().no_key()).all(tx).await?;
        assert_eq!(left.len(), 3);
        Ok(())
    })
    .await
    .expect("it is committed");
}

async fn a_database_explains_itself(db: &Db) {
    fill(db).await;
    let plan = Post::objects().with_key(1).explain().get(db).await.expect("it explains");
    assert!(!plan.is_empty());
    let plan = Post::objects().with_key(1).explain().analyze().json().get(db).await.expect("it explains");
    assert!(!plan.is_empty());
}

on_every_database! {
    all();
    a_row_comes_back,
    values_stand_beside_whole_rows,
    a_query_inside_gives_a_value,
    aggregates_are_of_all_rows_or_of_a_slice,
    rows_of_several_queries_come_together,
    the_first_of_each_group,
    rows_are_found_by_their_keys,
    pages_have_numbers,
    rows_come_one_after_another_and_in_portions,
    rows_come_in_an_order_of_chance,
    the_days_of_many_rows_come_once_each,
    rows_are_locked_inside_a_transaction_only,
    a_database_explains_itself,
}
