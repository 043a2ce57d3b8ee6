//! Generic keys in conditions, orders and aggregates, walked both ways.

use demijohn_orm::{Db, Model as _, count, exists};
use demijohn_sql::Sqlite;
use expect_test::expect;

use super::{Article, Cork, Note, desk, models, texts};

#[test]
fn the_database_looks_the_content_type_up() {
    let sql = |sql: String| sql.split_once(" FROM ").map(|(_, rest)| rest.to_owned()).expect("it has a table");
    let query = Article::objects().filter(|a| a.notes().text.eq("x"));
    expect![[r#""desk_article" AS t0 WHERE EXISTS (SELECT 1 FROM "desk_note" AS t1 WHERE t1."object_id" = t0."id" AND t1."content_type_id" = (SELECT t2."id" FROM "django_content_type" AS t2 WHERE t2."app_label" = ? AND t2."model" = ?) AND t1."text" = ?) ORDER BY t0."id""#]]
        .assert_eq(&sql(query.to_sql(&Sqlite).sql));
    let query = Note::objects().filter(|n| n.about.of::<Article>().title.eq("x"));
    expect![[r#""desk_note" AS t0 LEFT JOIN "desk_article" AS t1 ON t1."id" = t0."object_id" AND t0."content_type_id" = (SELECT t2."id" FROM "django_content_type" AS t2 WHERE t2."app_label" = ? AND t2."model" = ?) WHERE t1."title" = ? ORDER BY t0."id""#]]
        .assert_eq(&sql(query.to_sql(&Sqlite).sql));
    let statement = query.to_sql(&Sqlite);
    assert_eq!(format!("{:?}", statement.params), r#"[Text("desk"), Text("article"), Text("x")]"#);
}

async fn conditions_walk_both_ways(db: &Db) {
    let (first, second, cork) = desk(db).await;
    let notes = async |query: demijohn_orm::QuerySet<Note>| {
        let notes = query.order_by(|n| n.id).all(db).await.expect("it runs");
        texts(&notes).iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(notes(Note::objects().filter(|n| n.about.is(&first))).await, ["on rust"]);
    assert_eq!(notes(Note::objects().filter(|n| n.about.is_one_of([&first, &second]))).await, ["on rust", "on glass"]);
    assert_eq!(notes(Note::objects().filter(|n| n.about.is_a::<Cork>())).await, ["on a cork"]);
    assert_eq!(notes(Note::objects().exclude(|n| n.about.is(&cork))).await, ["on rust", "on glass"]);
    assert_eq!(notes(Note::objects().filter(|n| n.about.of::<Article>().title.eq("Glass"))).await, ["on glass"]);
    assert_eq!(
        notes(Note::objects().exclude(|n| n.about.of::<Article>().title.eq("Glass"))).await,
        ["on rust", "on a cork"]
    );
    assert_eq!(notes(Note::objects().filter(|n| n.about.of::<Article>().id.is_null())).await, ["on a cork"]);
    // One step further: the cork's article.
    let further = Note::objects().filter(|n| n.about.of::<Cork>().article().title.eq("Glass"));
    assert_eq!(notes(further).await, ["on a cork"]);
    let either = Note::objects()
        .filter(|n| n.about.of::<Cork>().article().title.eq("Glass") | n.about.of::<Article>().title.eq("Rust"));
    assert_eq!(notes(either).await, ["on rust", "on a cork"]);

    let titles = async |query: demijohn_orm::QuerySet<Article>| {
        query.order_by(|a| a.id).select(|a| a.title).all(db).await.expect("it runs")
    };
    first.notes.create().text("on rust").save(db).await.expect("it is new");
    // Rows never come twice.
    assert_eq!(titles(Article::objects().filter(|a| a.notes().text.contains("rust"))).await, ["Rust"]);
    assert_eq!(titles(Article::objects().exclude(|a| a.notes().text.contains("rust"))).await, ["Glass"]);
    assert_eq!(titles(Article::objects().filter(|a| count(a.notes().id).gt(1))).await, ["Rust"]);
    assert_eq!(titles(Article::objects().filter(|a| a.notes().about.is(&second))).await, ["Glass"]);
    assert_eq!(
        titles(Article::objects().filter(|a| exists(Note::objects().filter(|n| n.object_id.eq(a.id))))).await.len(),
        2
    );
    // A note on a note on an article.
    let note = first.notes.objects().first(db).await.expect("it runs").expect("it is there");
    note.notes.create().text("quite so").save(db).await.expect("it is new");
    assert_eq!(titles(Article::objects().filter(|a| a.notes().notes().text.eq("quite so"))).await, ["Rust"]);
    let above = Note::objects().filter(|n| n.about.of::<Note>().about.of::<Article>().title.eq("Rust"));
    assert_eq!(notes(above).await, ["quite so"]);
}

async fn queries_inside_queries_keep_their_rows_apart(db: &Db) {
    let (first, _, cork) = desk(db).await;
    let titles = async |query: demijohn_orm::QuerySet<Article>| {
        query.order_by(|a| a.id).select(|a| a.title).all(db).await.expect("it runs")
    };
    let with_notes = Article::objects().filter(|a| {
        exists(Note::objects().filter(|n| n.about.of::<Article>().title.eq(a.title) & n.text.eq("on rust")))
    });
    assert_eq!(titles(with_notes).await, ["Rust"]);
    let corks = Cork::objects()
        .filter(|c| exists(Article::objects().filter(|a| a.notes().text.eq("on glass") & a.id.eq(c.article))));
    assert_eq!(corks.all(db).await.expect("it runs").len(), 1);
    let corks = Cork::objects()
        .filter(|c| exists(Article::objects().filter(|a| a.notes().text.eq("on rust") & a.id.eq(c.article))));
    assert_eq!(corks.all(db).await.expect("it runs").len(), 0);
    // There and back: articles with a note that is about an article called so, which is the article itself.
    assert_eq!(
        titles(Article::objects().filter(|a| a.notes().about.of::<Article>().title.eq("Glass"))).await,
        ["Glass"]
    );
    let about_first = Note::objects().filter(|n| n.about.is(&first));
    let both = Note::objects().filter(|n| n.about.is(&cork)).union(about_first);
    let left = both.exclude(|n| n.about.of::<Article>().title.eq("Rust")).all(db).await.expect("it runs");
    assert_eq!(texts(&left), ["on a cork"]);
    let cut = Note::objects().filter(|n| n.about.is_a::<Article>()).order_by(|n| n.id).limit(1);
    assert_eq!(cut.count(db).await.expect("it runs"), 1);
    let none: [&Article; 0] = [];
    assert_eq!(Note::objects().filter(|n| n.about.is_one_of(none)).count(db).await.expect("it runs"), 0);
    let with_types = Note::objects().select_related(|n| n.content_type()).order_by(|n| n.id).all(db).await;
    assert_eq!(with_types.expect("it runs")[2].about.object_id(), cork.id);
}

async fn rows_are_counted_by_model_and_row(db: &Db) {
    let (first, ..) = desk(db).await;
    first.notes.create().text("more").save(db).await.expect("it is new");
    let counted = Article::objects().annotate(|a| count(a.notes().id)).order_by(|a| a.id).all(db).await;
    let counted: Vec<_> =
        counted.expect("it runs").into_iter().map(|(article, notes)| (article.title, notes)).collect();
    assert_eq!(counted, [("Rust".to_owned(), 2), ("Glass".to_owned(), 1)]);
    // Joined and grouped: the cork's note, whose key is an article's too, counts for none.
    let grouped = Article::objects().select(|a| (a.title, count(a.notes().id))).order_by(|a| a.title).all(db).await;
    assert_eq!(grouped.expect("it runs"), [("Glass".to_owned(), 1), ("Rust".to_owned(), 2)]);
    let by_model =
        Note::objects().select(|n| (n.content_type().model, count(n.id))).order_by(|n| n.content_type().model);
    let by_model = by_model.all(db).await.expect("it runs");
    assert_eq!(by_model, [("article".to_owned(), 3), ("cork".to_owned(), 1)]);
    let titles = Note::objects().order_by(|n| n.id).select(|n| n.about.of::<Article>().title.optional()).all(db).await;
    let titles = titles.expect("it is joined, one row each");
    assert_eq!(titles.iter().flatten().count(), 3);
    assert!(titles[2].is_none());
}

async fn a_change_can_look_at_the_row(db: &Db) {
    desk(db).await;
    let about_articles = Note::objects().filter(|n| n.about.is_a::<Article>());
    let changed = about_articles.update(|n| n.text.set(n.about.of::<Article>().title)).execute(db).await;
    assert_eq!(changed.expect("it runs"), 2);
    assert_eq!(texts(&Note::objects().all(db).await.expect("it runs")), ["Rust", "Glass", "on a cork"]);
    let gone = Note::objects().filter(|n| n.about.of::<Article>().title.eq("Rust")).delete(db).await;
    assert_eq!(gone.expect("nothing forbids it"), 1);
}

on_every_database! {
    models();
    conditions_walk_both_ways, queries_inside_queries_keep_their_rows_apart, rows_are_counted_by_model_and_row, a_change_can_look_at_the_row,
}
