//! Rows that point to rows of any model.

#![expect(clippy::type_complexity, reason = "the types of what is read are what is shown")]

mod content_types;
mod django;
mod queries;
mod removal;
mod site;

use demijohn_core::model::Models;
use demijohn_macros::Model;
use demijohn_orm::{
    ContentType, Db, ForeignKey, GenericForeignKey, GenericRelation, Model as _, Prefetch as _, QueryLog, Text,
};

/// What people write about posts, jars and other notes.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(app = "desk", crate = demijohn_orm, ordering = ["id"], index("content_type", "object_id"))]
struct Note {
    id: i64,
    text: Text,
    about: GenericForeignKey,
    /// Notes on notes.
    notes: GenericRelation<Note>,
}

#[derive(Model, Debug, Clone)]
#[model(app = "desk", crate = demijohn_orm, ordering = ["id"])]
struct Article {
    id: i64,
    #[field(max_length = 200)]
    title: String,
    notes: GenericRelation<Note>,
    seen: GenericRelation<Event, 1>,
}

/// Its name is its key, so only what holds texts points to it.
#[derive(Model, Debug, Clone)]
#[model(app = "desk", crate = demijohn_orm)]
struct Jar {
    #[field(primary_key, max_length = 40)]
    name: String,
    seen: GenericRelation<Event, 1>,
}

/// A model without a relation back: its notes stay when it goes.
#[derive(Model, Debug, Clone)]
#[model(app = "desk", crate = demijohn_orm)]
struct Cork {
    id: i64,
    #[field(on_delete = Cascade)]
    article: ForeignKey<Article>,
}

/// Who did it, if anybody, and to what.
#[derive(Model, Debug, Clone)]
#[model(app = "desk", crate = demijohn_orm, ordering = ["id"])]
struct Event {
    id: i64,
    #[field(content_type = "actor_type", object_id = "actor_id")]
    actor: Option<GenericForeignKey>,
    #[field(content_type = "target_type", object_id = "target_id", max_length = 40)]
    target: GenericForeignKey<String>,
    #[field(max_length = 20)]
    verb: String,
}

fn models() -> Models {
    [Note::meta(), Article::meta(), Jar::meta(), Cork::meta(), Event::meta(), ContentType::meta()].into_iter().collect()
}

async fn article(db: &Db, title: &str) -> Article {
    Article::create().title(title).save(db).await.expect("it is new")
}

/// Two articles and a cork with the keys 1, 2 and 1, and a note on each.
async fn desk(db: &Db) -> (Article, Article, Cork) {
    let (first, second) = (article(db, "Rust").await, article(db, "Glass").await);
    let cork = Cork::create().article(&second).save(db).await.expect("it is new");
    assert_eq!((first.id, second.id, cork.id), (1, 2, 1));
    Note::create().text("on rust").about(&first).save(db).await.expect("it is new");
    Note::create().text("on glass").about(&second).save(db).await.expect("it is new");
    Note::create().text("on a cork").about(&cork).save(db).await.expect("it is new");
    (first, second, cork)
}

fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

async fn a_note_leads_to_the_row_it_is_about_and_to_no_other(db: &Db) {
    let (first, _, cork) = desk(db).await;
    let notes = Note::objects().all(db).await.expect("it runs");
    let [on_rust, _, on_cork] = &notes[..] else { panic!("three notes: {notes:?}") };
    let found: Option<Article> = on_rust.about.get(db).await.expect("it runs");
    assert_eq!(found.expect("it is there").title, "Rust");
    // The cork has the key of an article, too.
    assert!(on_cork.about.get::<Article>(db).await.expect("it runs").is_none());
    assert_eq!(on_cork.about.get::<Cork>(db).await.expect("it runs").expect("it is there").id, cork.id);
    assert!(on_rust.about.is::<Article>(db).await.expect("it runs"));
    assert!(!on_rust.about.is::<Cork>(db).await.expect("it runs"));
    match on_cork.about.model(db).await.expect("it runs") {
        Some(model) if model == Cork::meta() => {}
        other => panic!("it is about a cork, not {other:?}"),
    }
    let record = on_rust.about.record(db).await.expect("it runs").expect("it is there");
    assert_eq!(record.display(), "Rust");
    assert_eq!((on_rust.about.object_id(), first.id), (1, 1));
    first.delete(db).await.expect("nothing forbids it");
    assert!(on_rust.about.get::<Article>(db).await.expect("it runs").is_none());
}

async fn a_generic_key_is_given_and_changed(db: &Db) {
    let (first, second, cork) = desk(db).await;
    let mut note = Note::create().text("moves").about(&first).save(db).await.expect("it is new");
    note.about = GenericForeignKey::to(&cork, db).await.expect("it runs");
    note.save(db).await.expect("it is there");
    note.refresh(db).await.expect("it is there");
    assert_eq!(note.about.get::<Cork>(db).await.expect("it runs").expect("it is there").id, 1);
    let copy = Note::create().text("copy").about(note.about.clone()).save(db).await.expect("it is new");
    assert_eq!(copy.about, note.about);
    let drafts = [&first, &second].map(|article| Note::create().text("many").about(article).build());
    assert_eq!(Note::bulk_create(drafts).save(db).await.expect("they are new"), 2);
    let draft = || Note::create().text("many").about(&second).build();
    let (found, is_new) =
        draft().get_or_create(|n| (n.content_type, n.object_id, n.text), db).await.expect("it is there");
    assert!(!is_new && found.about.object_id() == second.id);
    draft().validate(db).await.expect("nothing is wrong");
    let about: Vec<i64> =
        Note::objects().filter(|n| n.text.eq("many")).select(|n| n.object_id).all(db).await.expect("it runs");
    assert_eq!(about, [1, 2]);
}

async fn an_update_points_rows_elsewhere(db: &Db) {
    let (first, ..) = desk(db).await;
    Event::create().verb("read").target(&first).actor(&first).save(db).await.expect("it is new");
    let jar = Jar::create().name("blue").save(db).await.expect("it is new");
    // No row stands for jars yet: it is made.
    let changed = Event::objects().update(|e| (e.target.set(&jar), e.verb.set("filled"))).execute(db).await;
    assert_eq!(changed.expect("it runs"), 1);
    let event = Event::objects().get(db).await.expect("it is there");
    assert_eq!((event.target.object_id().as_str(), event.verb.as_str()), ("blue", "filled"));
    assert!(event.target.is::<Jar>(db).await.expect("it runs"));
    let no_one = Event::objects().update(|e| (e.actor_type.set(None), e.actor_id.set(None))).execute(db).await;
    assert_eq!(no_one.expect("it runs"), 1);
    assert!(Event::objects().get(db).await.expect("it is there").actor.is_none());
}

async fn rows_are_made_and_moved_from_the_other_side(db: &Db) {
    let (first, second, _) = desk(db).await;
    let made = first.notes.create().text("more").save(db).await.expect("it is new");
    assert_eq!(texts(&first.notes.all(db).await.expect("it runs")), ["on rust", "more"]);
    assert_eq!(second.notes.count(db).await.expect("it runs"), 1);
    assert!(first.notes.contains(&made, db).await.expect("it runs"));
    second.notes.add([&made], db).await.expect("it is there");
    assert!(!first.notes.contains(&made, db).await.expect("it runs"));
    assert_eq!(texts(&second.notes.all(db).await.expect("it runs")), ["on glass", "more"]);
    // Only those that point here go: the note on rust stays.
    let on_rust = first.notes.objects().get(db).await.expect("it is there");
    assert_eq!(second.notes.remove([&made, &on_rust], db).await.expect("nothing forbids it"), 1);
    assert_eq!(texts(&second.notes.all(db).await.expect("it runs")), ["on glass"]);
    second.notes.set([&on_rust], db).await.expect("it runs");
    assert_eq!(texts(&second.notes.all(db).await.expect("it runs")), ["on rust"]);
    assert!(!first.notes.exists(db).await.expect("it runs"));
    assert_eq!(second.notes.clear(db).await.expect("nothing forbids it"), 1);
    assert_eq!(texts(&Note::objects().all(db).await.expect("it runs")), ["on a cork"]);
}

async fn keys_of_other_types_and_none_are_kept(db: &Db) {
    let (first, ..) = desk(db).await;
    let jar = Jar::create().name("blue").save(db).await.expect("it is new");
    Event::create().verb("filled").target(&jar).actor(&first).save(db).await.expect("it is new");
    Event::create().verb("read").target(&first).save(db).await.expect("it is new");
    let events = Event::objects().all(db).await.expect("it runs");
    assert_eq!(events[0].target.get::<Jar>(db).await.expect("it runs").expect("it is there").name, "blue");
    let actor = events[0].actor.as_ref().expect("somebody did it");
    assert_eq!(actor.get::<Article>(db).await.expect("it runs").expect("it is there").id, first.id);
    // The number of the article, as text.
    assert_eq!(events[1].target.object_id(), "1");
    assert_eq!(events[1].target.get::<Article>(db).await.expect("it runs").expect("it is there").id, first.id);
    assert!(events[1].actor.is_none());
    let verbs = |found: Vec<Event>| found.into_iter().map(|event| event.verb).collect::<Vec<_>>();
    assert_eq!(verbs(first.seen.all(db).await.expect("it runs")), ["read"]);
    assert_eq!(verbs(jar.seen.all(db).await.expect("it runs")), ["filled"]);
    let seen = Article::objects().filter(|a| a.seen().verb.eq("read")).select(|a| a.id).all(db).await;
    assert_eq!(seen.expect("text and number are compared"), [first.id]);
    let of_rust = Event::objects().filter(|e| e.target.of::<Article>().title.eq("Rust")).all(db).await;
    assert_eq!(verbs(of_rust.expect("text and number are compared")), ["read"]);
    let articles: Vec<(Article, Vec<Event>)> =
        Article::objects().prefetch(|a| a.seen()).all(db).await.expect("it runs");
    assert_eq!(articles.iter().map(|(_, seen)| seen.len()).collect::<Vec<_>>(), [1, 0]);
    let events: Vec<(Event, Option<Article>, Option<Jar>, Option<Article>)> = Event::objects()
        .prefetch(|e| (e.target.of::<Article>(), e.target.of::<Jar>(), e.actor.of::<Article>()))
        .all(db)
        .await
        .expect("it runs");
    let found = |n: usize| {
        let (_, article, jar, actor): &(Event, Option<Article>, Option<Jar>, Option<Article>) = &events[n];
        (article.is_some(), jar.is_some(), actor.is_some())
    };
    assert_eq!([found(0), found(1)], [(false, true, true), (true, false, false)]);
    assert_eq!(first.seen.create().verb("made").save(db).await.expect("it is new").target.object_id(), "1");
}

async fn fifty_articles_and_their_notes_are_two_queries(db: &Db) {
    let drafts = (0..50).map(|n| Article::create().title(format!("article {n}")).build());
    let articles = Article::bulk_create(drafts).save_returning(db).await.expect("they are new");
    let notes = articles.iter().flat_map(|article| [(article, "a"), (article, "b")]);
    let notes = notes.map(|(article, text)| Note::create().text(text).about(article).build());
    Note::bulk_create(notes).save(db).await.expect("they are new");
    let cork = Cork::create().article(&articles[0]).save(db).await.expect("it is new");
    Note::create().text("c").about(&cork).save(db).await.expect("it is new");

    let log = QueryLog::new();
    let found: Vec<(Article, Vec<Note>)> =
        Article::objects().prefetch(|a| a.notes()).all(&db.with_log(log.clone())).await.expect("it runs");
    log.assert_count(2);
    assert_eq!(found.len(), 50);
    assert!(found.iter().all(|(article, notes)| {
        texts(notes) == ["a", "b"] && notes.iter().all(|note| note.about.object_id() == article.id)
    }));
    let last: Vec<(Article, Vec<Note>)> = Article::objects()
        .prefetch(|a| a.notes().order_by(|n| n.id.desc()).limit(1))
        .limit(3)
        .all(db)
        .await
        .expect("the last of each");
    assert!(last.iter().all(|(_, notes)| texts(notes) == ["b"]));

    // From the other side: the notes, and a query for each model.
    let log = QueryLog::new();
    let found: Vec<(Note, Option<Article>, Option<(Cork, Option<Article>)>)> = Note::objects()
        .prefetch(|n| (n.about.of::<Article>(), n.about.of::<Cork>().prefetch(|c| c.article())))
        .all(&db.with_log(log.clone()))
        .await
        .expect("it runs");
    log.assert_count(4);
    assert_eq!(found.iter().filter(|(_, article, _)| article.is_some()).count(), 100);
    let (note, article, cork) = &found[100];
    assert!(note.text == "c" && article.is_none());
    let (_, of) = cork.as_ref().expect("it is about the cork");
    assert_eq!(of.as_ref().expect("it has an article").title, "article 0");
    // Rows at hand, of which none is about a cork: nothing is asked of corks.
    let log = QueryLog::new();
    let notes = articles[7].notes.all(db).await.expect("it runs");
    let watched = db.with_log(log.clone());
    let notes = Note::prefetch(notes, |n| (n.about.of::<Article>(), n.about.of::<Cork>()), &watched).await;
    assert_eq!(notes.expect("it runs").len(), 2);
    log.assert_count(1);
}

on_every_database! {
    models();
    a_note_leads_to_the_row_it_is_about_and_to_no_other, a_generic_key_is_given_and_changed,
    an_update_points_rows_elsewhere,
    rows_are_made_and_moved_from_the_other_side, keys_of_other_types_and_none_are_kept,
    fifty_articles_and_their_notes_are_two_queries,
}
