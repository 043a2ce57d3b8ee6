//! What belongs to the rows of a query comes with one query for each relation, however many rows there are.

#![expect(clippy::type_complexity, reason = "the types of what is read are what is shown")]

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{Db, Executor as _, ForeignKey, Model as _, Prefetch as _, QueryLog, count};

use crate::models::{Comment, CommentByPost as _, Post, PostByAuthor as _, PostByEditor as _, PostByTags as _};
use crate::models::{Tag, User, fill};

/// A handle whose statements are counted.
fn watched(db: &Db) -> (Db, QueryLog) {
    let log = QueryLog::new();
    (db.with_log(log.clone()), log)
}

fn titles(posts: &[Post]) -> Vec<&str> {
    posts.iter().map(|post| post.title.as_str()).collect()
}

/// Two users, three posts, four comments, and tags: post 1 has `a` and `b`, post 3 has `a`.
async fn fill_with_tags(db: &Db) -> (User, User) {
    let users = fill(db).await;
    let mut posts = Post::objects().order_by(|p| p.id).all(db).await.expect("it runs");
    let a = Tag::create().name("a").save(db).await.expect("it is new");
    let b = Tag::create().name("b").save(db).await.expect("it is new");
    posts[0].tags.add([&b, &a], db).await.expect("they are added");
    posts[2].tags.add([&a], db).await.expect("it is added");
    posts[1].editor = Some((&users.0).into());
    posts[1].save(db).await.expect("it is saved");
    users
}

async fn a_reverse_key_comes_with_one_query(db: &Db) {
    fill_with_tags(db).await;
    User::create().username("cy").save(db).await.expect("cy is new");
    let (watched, log) = watched(db);
    let users: Vec<(User, Vec<Post>)> = User::objects()
        .prefetch(|u| u.posts().filter(|p| p.views.gt(2)).order_by(|p| p.views.desc()))
        .order_by(|u| u.id)
        .all(&watched)
        .await
        .expect("it runs");
    log.assert_count(2);
    let found: Vec<_> = users.iter().map(|(user, posts)| (user.username.as_str(), titles(posts))).collect();
    assert_eq!(
        found,
        [("ada", vec!["Über rust", "Rust and glass"]), ("bob", vec!["On corks"]), ("cy", vec![])],
        "each has its own, in their order"
    );
}

async fn several_relations_stand_beside_each_other_and_nest(db: &Db) {
    fill_with_tags(db).await;
    let (watched, log) = watched(db);
    let users: Vec<(User, Vec<(Post, Vec<Tag>, Vec<Comment>)>, Vec<Post>)> = User::objects()
        .order_by(|u| u.id)
        .prefetch(|u| {
            let posts = u.posts().order_by(|p| p.id).prefetch(|p| (p.tags(), p.comments().exclude(|c| c.body.eq("x"))));
            (posts, u.post_set())
        })
        .all(&watched)
        .await
        .expect("it runs");
    log.assert_count(5);
    let (_, posts, edited) = &users[0];
    assert_eq!(titles(edited), ["On corks"]);
    let found: Vec<_> = posts
        .iter()
        .map(|(post, tags, comments)| {
            let tags: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
            (post.id, tags, comments.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(found, [(1, vec!["a", "b"], vec!["first", "second"]), (3, vec!["a"], vec![])], "tags by their ordering");
    assert_eq!(users[1].1[0].2.len(), 1, "the other comment was excluded");
}

async fn a_set_comes_from_both_of_its_ends(db: &Db) {
    fill_with_tags(db).await;
    let (watched, log) = watched(db);
    let tags: Vec<(Tag, Vec<Post>)> = Tag::objects()
        .prefetch(|t| t.posts().filter(|p| p.author().username.eq("ada")).order_by(|p| p.id.desc()))
        .all(&watched)
        .await
        .expect("it runs");
    log.assert_count(2);
    let found: Vec<_> = tags.iter().map(|(tag, posts)| (tag.name.as_str(), titles(posts))).collect();
    assert_eq!(found, [("a", vec!["Über rust", "Rust and glass"]), ("b", vec!["Rust and glass"])]);
}

async fn a_foreign_key_gives_one_row_or_none(db: &Db) {
    fill_with_tags(db).await;
    let (watched, log) = watched(db);
    let posts: Vec<(Post, Option<User>, Option<(User, Vec<Post>)>)> = Post::objects()
        .order_by(|p| p.id)
        .prefetch(|p| (p.editor(), p.author().filter(|u| u.username.eq("ada")).prefetch(|u| u.posts())))
        .all(&watched)
        .await
        .expect("it runs");
    log.assert_count(4);
    let names: Vec<_> = posts
        .iter()
        .map(|(_, editor, author)| {
            let author = author.as_ref().map(|(author, posts)| (author.username.as_str(), posts.len()));
            (editor.as_ref().map(|editor| editor.username.as_str()), author)
        })
        .collect();
    assert_eq!(names, [(None, Some(("ada", 2))), (Some("ada"), None), (None, Some(("ada", 2)))]);
}

async fn each_row_has_its_own_first_ones(db: &Db) {
    let (ada, _) = fill_with_tags(db).await;
    for n in 0..5 {
        Post::create().title(format!("more {n}")).views(100 + n).author(&ada).save(db).await.expect("it is new");
    }
    let (watched, log) = watched(db);
    let users = User::objects()
        .order_by(|u| u.id)
        .prefetch(|u| u.posts().select_related(|p| p.author()).order_by(|p| p.views.desc()).limit(2).offset(1))
        .all(&watched)
        .await
        .expect("it runs");
    log.assert_count(2);
    assert_eq!(titles(&users[0].1), ["more 3", "more 2"]);
    assert_eq!(users[0].1[0].author.get().expect("it was read with the post").username, "ada");
    assert_eq!(titles(&users[1].1), [""; 0], "bob has one, which is left out");
    let tags =
        Tag::objects().prefetch(|t| t.posts().order_by(|p| p.id.desc()).limit(1)).all(db).await.expect("it runs");
    assert_eq!(tags.iter().map(|(_, posts)| posts[0].id).collect::<Vec<_>>(), [3, 1]);
}

async fn a_query_set_of_ones_own_is_taken_with_what_it_reads(db: &Db) {
    fill_with_tags(db).await;
    let busy = || Post::objects().filter(|p| p.views.gt(5)).annotate(|p| count(p.comments().id)).order_by(|p| p.id);
    let users: Vec<(User, Vec<(Post, i64)>)> =
        User::objects().order_by(|u| u.id).prefetch(|u| u.posts().within(busy())).all(db).await.expect("it runs");
    let counts: Vec<_> =
        users.iter().map(|(_, posts)| posts.iter().map(|(post, n)| (post.id, *n)).collect::<Vec<_>>()).collect();
    assert_eq!(counts, [vec![(3, 0)], vec![(2, 2)]]);
    // Values beside the rows, and beside the related rows of a set.
    let tags: Vec<((Tag, i64), Vec<(Post, i64)>)> = Tag::objects()
        .annotate(|t| count(t.posts().id))
        .prefetch(|t| t.posts().within(busy().order_by(|p| p.views)).limit(9))
        .all(db)
        .await
        .expect("it runs");
    assert_eq!(tags[0].0.1, 2);
    assert_eq!(tags[0].1.iter().map(|(post, n)| (post.id, *n)).collect::<Vec<_>>(), [(3, 0)]);
}

async fn one_row_a_page_and_portions_have_theirs(db: &Db) {
    let (ada, _) = fill_with_tags(db).await;
    let all = || User::objects().prefetch(|u| u.posts());
    let (found, posts) = all().filter(|u| u.username.eq("ada")).get(db).await.expect("there is one");
    assert_eq!((found.id, posts.len()), (ada.id, 2));
    assert_eq!(all().get(db).await.expect_err("there are two").code(), "orm.multiple_rows");
    assert_eq!(all().limit(0).get(db).await.expect_err("there is none").code(), "orm.not_found");
    assert_eq!(all().order_by(|u| u.id.desc()).first(db).await.expect("it runs").expect("there is one").1.len(), 1);
    assert_eq!(all().count(db).await.expect("it runs"), 2);
    let (watched, log) = watched(db);
    let page = all().page(2, 1, &watched).await.expect("it runs");
    log.assert_count(3);
    assert_eq!((page.rows[0].0.username.as_str(), page.rows[0].1.len(), page.total), ("bob", 1, 2));
    let mut portions = all().chunks(1);
    let mut seen = Vec::new();
    while let Some(rows) = portions.next(db).await.expect("it runs") {
        seen.extend(rows.into_iter().map(|(user, posts)| (user.username, posts.len())));
    }
    assert_eq!(seen, [("ada".to_owned(), 2), ("bob".to_owned(), 1)]);
    // Rows that are at hand, one of them twice.
    let bob = User::objects().filter(|u| u.username.eq("bob")).get(db).await.expect("there is one");
    let users = User::prefetch(vec![ada.clone(), bob, ada], |u| u.posts(), db).await.expect("it runs");
    assert_eq!(users.iter().map(|(_, posts)| posts.len()).collect::<Vec<_>>(), [2, 1, 2]);
}

async fn no_rows_ask_for_nothing(db: &Db) {
    fill_with_tags(db).await;
    let (watched, log) = watched(db);
    let none =
        User::objects().filter(|u| u.id.eq(99)).prefetch(|u| u.posts().prefetch(|p| p.tags())).all(&watched).await;
    assert_eq!(none.expect("it runs").len(), 0);
    log.assert_count(1);
    // No post of `bob` has a tag: the tags of no posts are not asked for either.
    let users = User::objects().prefetch(|u| u.posts().within(Post::objects().none())).all(&watched).await;
    assert!(users.expect("it runs").iter().all(|(_, posts)| posts.is_empty()));
    log.assert_count(2);
}

async fn what_is_no_single_relation_is_refused(db: &Db) {
    fill_with_tags(db).await;
    let error = User::objects().prefetch(|u| u.posts().comments()).all(db).await.expect_err("it is two relations");
    assert_eq!(error.code(), "orm.prefetch");
    assert!(error.message().contains("several relations in a row"), "{error}");
    let error = User::objects().prefetch(|u| u).all(db).await.expect_err("it is none");
    assert!(error.message().contains("`User` itself, which is no relation"), "{error}");
    let error = User::objects().prefetch(|u| u.posts().filter(|p| p.id.eq(u.id))).all(db).await;
    let error = error.expect_err("the owner is not in the second query");
    assert!(error.message().contains("the related `Post` mentions the `User` that it belongs to"), "{error}");
}

async fn a_list_of_keys_is_cut_where_the_database_takes_no_more(db: &Db) {
    let (ada, bob) = fill_with_tags(db).await;
    let most = db.connection().dialect().max_params() as i64;
    let made = |id| User { id, username: String::new(), is_staff: false, last_login: None };
    let mut users: Vec<User> = (3..most).map(made).collect();
    let first = ada.clone();
    users.push(ada);
    // With the value of the condition there are as many as one statement takes.
    assert_eq!(users.len() as i64, most - 2);
    let (watched, log) = watched(db);
    let posts = |users| User::prefetch(users, |u| u.posts().filter(|p| p.views.gt(0)), &watched);
    let found = posts(users.clone()).await.expect("it runs");
    log.assert_count(1);
    assert_eq!(found.last().expect("ada is there").1.len(), 2);
    users.extend([bob, made(most + 1)]);
    let found = posts(users).await.expect("it runs");
    log.assert_count(3);
    let with_posts: Vec<_> = found.iter().filter(|(_, posts)| !posts.is_empty()).map(|(user, _)| user.id).collect();
    assert_eq!(with_posts, [first.id, 2]);
}

/// Two models whose relation holds another column than the key, and one that is known by two foreign keys.
mod shelf {
    use super::*;

    #[derive(Model, Debug, Clone)]
    #[model(app = "shelf", crate = demijohn_orm)]
    pub(super) struct Owner {
        pub id: i64,
        #[field(unique)]
        pub number: i64,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shelf", crate = demijohn_orm)]
    pub(super) struct Jar {
        pub id: i64,
        #[field(on_delete = Cascade, to_field = "number")]
        pub owner: ForeignKey<Owner>,
    }

    #[derive(Model, Debug, Clone)]
    #[model(app = "shelf", crate = demijohn_orm)]
    pub(super) struct Loan {
        #[field(primary_key)]
        pub shelf: i64,
        #[field(primary_key)]
        pub place: i64,
        #[field(on_delete = Cascade)]
        pub jar: ForeignKey<Jar>,
        #[field(on_delete = Cascade)]
        pub borrower: Option<ForeignKey<Owner>>,
    }
}

fn shelves() -> Models {
    [shelf::Owner::meta(), shelf::Jar::meta(), shelf::Loan::meta()].into_iter().collect()
}

async fn keys_may_be_of_two_fields_or_hold_another_column(db: &Db) {
    use shelf::{Jar, JarByOwner as _, Loan, LoanByJar as _, Owner};

    // The number of each is the key of the other.
    let first = Owner::create().number(2).save(db).await.expect("it is new");
    Owner::create().number(1).save(db).await.expect("it is new");
    let jar = Jar::create().owner(2).save(db).await.expect("it holds the first one's number");
    for place in 1..=3 {
        Loan::create().shelf(7).place(place).jar(&jar).borrower(&first).save(db).await.expect("it is new");
    }
    assert_eq!(first.jar_set().count(db).await.expect("it runs"), 1, "a row knows what holds its other column");
    let owners: Vec<(Owner, Vec<(Jar, Vec<(Loan, Option<Owner>)>)>)> = Owner::objects()
        .order_by(|o| o.id)
        .prefetch(|o| {
            o.jar_set().prefetch(|j| j.loan_set().order_by(|l| l.place.desc()).limit(2).prefetch(|l| l.borrower()))
        })
        .all(db)
        .await
        .expect("it runs");
    assert_eq!(owners[1].1.len(), 0);
    let loans = &owners[0].1[0].1;
    assert_eq!(loans.iter().map(|(loan, _)| loan.place).collect::<Vec<_>>(), [3, 2]);
    assert!(loans.iter().all(|(_, borrower)| borrower.as_ref().is_some_and(|owner| owner.id == first.id)));
    let jars: Vec<(Jar, Option<Owner>)> = Jar::objects().prefetch(|j| j.owner()).all(db).await.expect("it runs");
    assert_eq!(jars[0].1.as_ref().map(|owner| owner.id), Some(first.id));
}

on_every_database! {
    crate::models::all();
    a_reverse_key_comes_with_one_query,
    several_relations_stand_beside_each_other_and_nest,
    a_set_comes_from_both_of_its_ends,
    a_foreign_key_gives_one_row_or_none,
    each_row_has_its_own_first_ones,
    a_query_set_of_ones_own_is_taken_with_what_it_reads,
    one_row_a_page_and_portions_have_theirs,
    no_rows_ask_for_nothing,
    what_is_no_single_relation_is_refused,
    a_list_of_keys_is_cut_where_the_database_takes_no_more,
}

on_every_database! { shelves(); keys_may_be_of_two_fields_or_hold_another_column }
