//! Relations to many rows: in conditions, orders and aggregates, and from a row.

use demijohn_orm::{Condition, Db, Model as _, avg, count, max};
use demijohn_sql::Sqlite;
use expect_test::{Expect, expect};

use crate::models::{Comment, CommentByPost as _, Post, PostByAuthor as _, PostByTags as _, Tag, User, all, fill};

fn check(query: &demijohn_orm::QuerySet<User>, expected: &Expect) {
    let sql = query.to_sql(&Sqlite).sql;
    let (_, condition) = sql.split_once(" WHERE ").expect("it has a condition");
    expected.assert_eq(condition);
}

#[test]
fn a_condition_over_many_rows_asks_whether_there_is_one() {
    let users = User::objects;
    check(
        &users().filter(|u| u.posts().title.eq("a") & u.posts().views.gt(3)),
        &expect![[
            r#"EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id" AND t1."title" = ? AND t1."views" > ?)"#
        ]],
    );
    check(
        &users().filter(|u| u.posts().title.eq("a")).filter(|u| u.posts().views.gt(3)),
        &expect![[
            r#"EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id" AND t1."title" = ?) AND EXISTS (SELECT 1 FROM "blog_post" AS t2 WHERE t2."author_id" = t0."id" AND t2."views" > ?)"#
        ]],
    );
    check(
        &users().exclude(|u| u.posts().title.eq("a") & u.posts().views.gt(3)),
        &expect![[
            r#"NOT (EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id" AND t1."title" = ? AND t1."views" > ?))"#
        ]],
    );
    check(
        &users().filter(|u| u.posts().title.eq("a") | u.username.eq("b")),
        &expect![[
            r#"EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id" AND t1."title" = ?) OR t0."username" = ?"#
        ]],
    );
    check(
        &users()
            .filter(|u| u.posts().tags().name.eq("x") & u.posts().comments().approved.eq(true) & u.posts().views.gt(1)),
        &expect![[
            r#"EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id" AND t1."views" > ? AND EXISTS (SELECT 1 FROM "blog_post_tags" AS t2 JOIN "blog_tag" AS t3 ON t3."id" = t2."tag_id" WHERE t2."post_id" = t1."id" AND t3."name" = ?) AND EXISTS (SELECT 1 FROM "blog_comment" AS t4 WHERE t4."post_id" = t1."id" AND t4."approved" = ?))"#
        ]],
    );
    check(
        &users().filter(|u| u.posts().id.is_null()),
        &expect![[r#"NOT (EXISTS (SELECT 1 FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id"))"#]],
    );
    check(
        &users().filter(|u| count(u.posts().id).gt(1)),
        &expect![[r#"(SELECT COUNT(t1."id") FROM "blog_post" AS t1 WHERE t1."author_id" = t0."id") > ?"#]],
    );
}

async fn names(db: &Db, query: demijohn_orm::QuerySet<User>) -> Vec<String> {
    let users = query.order_by(|u| u.id).all(db).await.expect("the query runs");
    users.into_iter().map(|user| user.username).collect()
}

async fn rows_never_come_twice(db: &Db) {
    let (ada, bob) = fill(db).await;
    let cy = User::create().username("cy").save(db).await.expect("cy is new");
    let all = User::objects;
    assert_eq!(names(db, all().filter(|u| u.posts().views.gt(0))).await, ["ada", "bob"]);
    assert_eq!(names(db, all().exclude(|u| u.posts().views.gt(5))).await, ["cy"]);
    assert_eq!(names(db, all().exclude(|u| u.posts().views.gt(7))).await, ["ada", "cy"]);
    // One post needs both; two calls may be satisfied by two posts.
    let one = all().filter(|u| u.posts().views.eq(3) & u.posts().title.startswith("Über"));
    assert_eq!(names(db, one).await, Vec::<String>::new());
    let two = all().filter(|u| u.posts().views.eq(3)).filter(|u| u.posts().title.startswith("Über"));
    assert_eq!(names(db, two).await, ["ada"]);
    assert_eq!(names(db, all().filter(|u| u.posts().id.is_null())).await, ["cy"]);
    assert_eq!(names(db, all().filter(|u| u.posts().editor.is_null())).await, ["ada", "bob", "cy"]);
    assert_eq!(names(db, all().filter(|u| u.posts().comments().approved.eq(false))).await, ["ada"]);
    assert_eq!(names(db, all().filter(|u| count(u.posts().id).gt(1))).await, ["ada"]);
    assert_eq!(all().filter(|u| u.posts().views.gt(0)).count(db).await.expect("it runs"), 2);
    let most = User::objects().order_by(|u| (count(u.posts().id).desc(), u.id)).all(db).await.expect("it runs");
    assert_eq!(most.iter().map(|user| user.id).collect::<Vec<_>>(), [ada.id, bob.id, cy.id]);
    let changed = all().filter(|u| u.posts().views.gt(9)).update(|u| u.is_staff.set(true)).execute(db).await;
    assert_eq!(changed.expect("an update may ask for them too"), 1);
    let deleted = Comment::objects().filter(|c| c.post().tags().id.is_null()).delete(db).await;
    assert_eq!(deleted.expect("so may a deletion"), 4);
}

async fn a_row_has_its_other_side(db: &Db) {
    let (ada, bob) = fill(db).await;
    let titles = ada.posts().order_by(|p| p.views).select(|p| p.title).all(db).await.expect("it runs");
    assert_eq!(titles, ["Rust and glass", "Über rust"]);
    assert_eq!(bob.posts().count(db).await.expect("it runs"), 1);
    let tag = Tag::create().name("glass").save(db).await.expect("it is new");
    let posts = ada.posts().order_by(|p| p.id).all(db).await.expect("it runs");
    posts[0].tags.add([&tag], db).await.expect("it is put in");
    let tagged = tag.posts().all(db).await.expect("it runs");
    assert_eq!(tagged.iter().map(|post| post.id).collect::<Vec<_>>(), [posts[0].id]);
    assert_eq!(posts[0].comments().filter(|c| c.approved.eq(true)).count(db).await.expect("it runs"), 1);
    let by_tag = Post::objects().filter(|p| p.tags().name.icontains("GLA")).get(db).await.expect("there is one");
    assert_eq!(by_tag.id, posts[0].id);
    let writers = Tag::objects().filter(|t| t.posts().author().username.eq("ada")).count(db).await;
    assert_eq!(writers.expect("it runs"), 1);
}

async fn groups_join_and_whole_rows_do_not_multiply(db: &Db) {
    fill(db).await;
    let rows = User::objects()
        .select(|u| (u.username, count(u.posts().id), max(u.posts().views)))
        .order_by(|u| u.username)
        .all(db)
        .await
        .expect("it runs");
    assert_eq!(rows, [("ada".to_owned(), 2, Some(7)), ("bob".to_owned(), 1, Some(10))]);
    // Two posts, four comments on them and on another: neither counts the other's rows.
    let busy = User::objects()
        .filter(|u| count(u.posts().id).eq(2) & count(u.posts().comments().id).eq(2) & avg(u.posts().views).eq(5.0))
        .all(db)
        .await
        .expect("it runs");
    assert_eq!(busy.iter().map(|user| user.username.as_str()).collect::<Vec<_>>(), ["ada"]);
    let titles = User::objects()
        .select(|u| (u.username, u.posts().title.optional()))
        .order_by(|u| (u.username, u.posts().title))
        .all(db)
        .await
        .expect("a plain column joins: a row for each post");
    assert_eq!(titles.len(), 3);
}

async fn many_rows_are_not_read_beside_one(db: &Db) {
    let error = User::objects().select_related(|u| *u.posts()).all(db).await.expect_err("there is no place for them");
    assert_eq!(error.code(), "orm.many_related");
}

async fn what_forbids_a_deletion_is_named(db: &Db) {
    let (_, bob) = fill(db).await;
    let post = Post::objects().order_by(|p| p.id).first(db).await.expect("it runs").expect("there is one");
    for n in 0..7 {
        Comment::create().post(&post).author(Some(&bob)).body(n.to_string()).save(db).await.expect("it is new");
    }
    let error = bob.delete(db).await.expect_err("his comments forbid it");
    let message = error.message();
    assert!(message.contains("8 `Comment` through `author` (`Comment object ("), "{message}");
    assert!(message.ends_with(", 3 more)"), "{message}");
    assert!(!error.public().contains("object"), "{}", error.public());
}

async fn annotations_do_not_multiply(db: &Db) {
    fill(db).await;
    let rows = User::objects()
        .annotate(|u| (count(u.posts().id), count(u.posts().comments().id), max(u.posts().views)))
        .order_by(|u| u.id)
        .all(db)
        .await
        .expect("it runs");
    let rows: Vec<_> = rows.into_iter().map(|(user, values)| (user.username, values)).collect();
    assert_eq!(rows, [("ada".to_owned(), (2, 2, Some(7))), ("bob".to_owned(), (1, 2, Some(10)))]);
}

/// A condition on a user, to be evaluated by hand.
#[derive(Debug, Clone)]
enum Wish {
    Name(&'static str),
    Views(i64),
    Title(&'static str),
    Approved(bool),
    All(Vec<Wish>),
    Any(Vec<Wish>),
    Not(Box<Wish>),
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn wish(&mut self, depth: u32) -> Wish {
        let parts = |random: &mut Self| (0..2 + random.below(2)).map(|_| random.wish(depth - 1)).collect();
        match self.below(if depth == 0 { 4 } else { 9 }) {
            0 => Wish::Name(["ada", "bob", "cy"][self.below(3) as usize]),
            1 => Wish::Views(self.below(6) as i64),
            2 => Wish::Title(["x", "y", "z"][self.below(3) as usize]),
            3 => Wish::Approved(self.below(2) == 0),
            4 | 5 => Wish::All(parts(self)),
            6 | 7 => Wish::Any(parts(self)),
            _ => Wish::Not(Box::new(self.wish(depth - 1))),
        }
    }
}

/// A post as it was stored: its views, its title and the approvals of its comments.
type OfPost = (i64, &'static str, Vec<bool>);

/// A user as it was stored.
type Person = (&'static str, Vec<OfPost>);

impl Wish {
    fn condition(&self, u: <User as demijohn_orm::Model>::Columns) -> Condition {
        match self {
            Self::Name(name) => u.username.eq(*name),
            Self::Views(views) => u.posts().views.gt(*views),
            Self::Title(title) => u.posts().title.eq(*title),
            Self::Approved(approved) => u.posts().comments().approved.eq(*approved),
            Self::All(parts) => parts.iter().fold(Condition::all(), |all, part| all & part.condition(u)),
            Self::Any(parts) => parts.iter().fold(Condition::none(), |any, part| any | part.condition(u)),
            Self::Not(part) => !part.condition(u),
        }
    }

    /// Does it speak of a post, by itself or on every side of an OR?
    fn speaks(&self) -> bool {
        match self {
            Self::Views(_) | Self::Title(_) | Self::Approved(_) => true,
            Self::Any(parts) => parts.iter().all(Self::speaks),
            _ => false,
        }
    }

    /// The parts of a conjunction, those of conjunctions in it among them.
    fn flat(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::flat).collect(),
            other => vec![other],
        }
    }

    fn holds(&self, (name, posts): &Person) -> bool {
        let person = (*name, posts.clone());
        match self {
            Self::Name(wanted) => name == wanted,
            Self::All(_) => {
                let (speaking, others): (Vec<&Self>, Vec<&Self>) =
                    self.flat().into_iter().partition(|part| part.speaks());
                let one = speaking.is_empty() || posts.iter().any(|post| of_post(&speaking, post));
                one && others.iter().all(|part| part.holds(&person))
            }
            Self::Any(parts) => parts.iter().any(|part| part.holds(&person)),
            Self::Not(part) => !part.holds(&person),
            leaf => posts.iter().any(|post| of_post(&[leaf], post)),
        }
    }
}

/// Do all of these hold for one post? What they say of comments is said of one comment.
fn of_post(wishes: &[&Wish], post: &OfPost) -> bool {
    let (comments, others): (Vec<&Wish>, Vec<&Wish>) = wishes.iter().copied().partition(|wish| of_comment_only(wish));
    let holds = |wish: &Wish| match wish {
        Wish::Views(views) => post.0 > *views,
        Wish::Title(title) => post.1 == *title,
        Wish::Any(parts) => parts.iter().any(|part| of_post(&[part], post)),
        _ => unreachable!("only these speak of posts"),
    };
    let one =
        comments.is_empty() || post.2.iter().any(|approved| comments.iter().all(|wish| of_comment(wish, *approved)));
    one && others.iter().all(|wish| holds(wish))
}

fn of_comment_only(wish: &Wish) -> bool {
    match wish {
        Wish::Approved(_) => true,
        Wish::Any(parts) => parts.iter().all(of_comment_only),
        _ => false,
    }
}

fn of_comment(wish: &Wish, approved: bool) -> bool {
    match wish {
        Wish::Approved(wanted) => approved == *wanted,
        Wish::Any(parts) => parts.iter().any(|part| of_comment(part, approved)),
        _ => unreachable!("only these speak of comments"),
    }
}

async fn random_conditions_mean_what_they_say(db: &Db) {
    let mut random = Random(20_261_127);
    let mut people: Vec<Person> = Vec::new();
    for name in ["ada", "bob", "cy"] {
        let user = User::create().username(name).save(db).await.expect("it is new");
        let mut posts = Vec::new();
        for _ in 0..random.below(5) {
            let (views, title) = (random.below(7) as i64, ["x", "y", "z"][random.below(3) as usize]);
            let post = Post::create().title(title).views(views).author(&user).save(db).await.expect("it is new");
            let approvals: Vec<bool> = (0..random.below(3)).map(|_| random.below(2) == 0).collect();
            for approved in &approvals {
                let comment = Comment::create().post(&post).body("").approved(*approved);
                comment.save(db).await.expect("it is new");
            }
            posts.push((views, title, approvals));
        }
        people.push((name, posts));
    }
    for n in 0..300 {
        let wish = random.wish(3);
        let expected: Vec<&str> = people.iter().filter(|person| wish.holds(person)).map(|(name, _)| *name).collect();
        let query = User::objects().filter(|u| wish.condition(u));
        let sql = query.to_sql(&Sqlite).sql;
        assert_eq!(names(db, query).await, expected, "condition {n}: {wish:?}\n{sql}\n{people:?}");
    }
}

async fn two_relations_that_multiply_each_other_are_refused(db: &Db) {
    fill(db).await;
    let query = Post::objects().select(|p| (p.title, count(p.tags().id), count(p.comments().id)));
    let error = query.all(db).await.expect_err("it would lie");
    assert_eq!(error.code(), "orm.multiplied");
    let query = Post::objects()
        .select(|p| (p.id, count(p.tags().id).distinct(), count(p.comments().id).distinct()))
        .order_by(|p| p.id);
    assert_eq!(query.all(db).await.expect("distinct keys are counted once"), [(1, 0, 2), (2, 0, 2), (3, 0, 0)]);
}

async fn exclude_is_the_opposite_of_being_null_too(db: &Db) {
    fill(db).await;
    User::create().username("cat").save(db).await.expect("cat is new");
    Post::objects().filter(|p| p.id.eq(1)).update(|p| p.editor.set(1)).execute(db).await.expect("it runs");
    // Ada has a post with an editor and one without: both are true of her, so she is not among those left over.
    let found = names(db, User::objects().filter(|u| u.posts().editor.is_null())).await;
    assert_eq!(found, ["ada", "bob", "cat"]);
    assert_eq!(names(db, User::objects().exclude(|u| u.posts().editor.is_null())).await, [""; 0]);
}

async fn a_comparison_of_two_relations_shares_its_rows_with_its_neighbours(db: &Db) {
    fill(db).await;
    let tag = Tag::create().name("t").save(db).await.expect("t is new");
    let post = Post::objects().filter(|p| p.id.eq(1)).get(db).await.expect("it is there");
    post.tags.add([&tag], db).await.expect("added");
    // Tag 1 is on post 1 alone, whose comments are 1 and 2: no comment has both the tag's key and this text.
    let both = Post::objects().filter(|p| p.comments().id.eq(p.tags().id) & p.comments().body.eq("second"));
    assert_eq!(both.count(db).await.expect("it runs"), 0);
    let both = Post::objects().filter(|p| p.comments().id.eq(p.tags().id) & p.comments().body.eq("first"));
    assert_eq!(both.count(db).await.expect("it runs"), 1);
}

on_every_database! {
    all();
    two_relations_that_multiply_each_other_are_refused,
    exclude_is_the_opposite_of_being_null_too,
    a_comparison_of_two_relations_shares_its_rows_with_its_neighbours,
    rows_never_come_twice,
    a_row_has_its_other_side,
    groups_join_and_whole_rows_do_not_multiply,
    many_rows_are_not_read_beside_one,
    what_forbids_a_deletion_is_named,
    annotations_do_not_multiply,
    random_conditions_mean_what_they_say,
}
