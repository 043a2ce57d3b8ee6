//! What becomes of notes when what they are about is deleted.

use demijohn_core::Error;
use demijohn_orm::{ContentType, Db, Model as _, collect};

use super::{Article, Cork, Event, Jar, Note, desk, models, texts};

async fn notes_go_with_what_they_are_about(db: &Db) {
    let (first, second, _) = desk(db).await;
    let note = first.notes.objects().get(db).await.expect("it is there");
    let on_note = note.notes.create().text("on a note").save(db).await.expect("it is new");
    on_note.notes.create().text("and on that").save(db).await.expect("it is new");
    Event::create().verb("read").target(&first).save(db).await.expect("it is new");
    let shown = collect(db, Article::meta(), vec![first.id.into()]).await.expect("it runs");
    assert_eq!(shown.count(), 5);
    let deleted = first.delete(db).await.expect("nothing forbids it");
    assert_eq!((deleted.of::<Article>(), deleted.of::<Note>(), deleted.of::<Event>()), (1, 3, 1));
    assert_eq!(texts(&Note::objects().all(db).await.expect("it runs")), ["on glass", "on a cork"]);
    // The cork goes by its foreign key; it has no relation back, so its note stays, as in Django.
    let deleted = second.delete(db).await.expect("nothing forbids it");
    assert_eq!((deleted.of::<Cork>(), deleted.of::<Note>()), (1, 1));
    let left = Note::objects().all(db).await.expect("it runs");
    assert_eq!(texts(&left), ["on a cork"]);
    assert!(left[0].about.get::<Cork>(db).await.expect("it runs").is_none());
}

async fn events_of_a_query_go_too(db: &Db) {
    let (first, second, _) = desk(db).await;
    // A key of which the same text is another row's.
    let jar = Jar::create().name("1").save(db).await.expect("it is new");
    let on_first = Event::create().verb("read").target(&first).save(db).await.expect("it is new");
    Event::create().verb("filled").target(&jar).save(db).await.expect("it is new");
    Event::create().verb("read").target(&second).save(db).await.expect("it is new");
    let deleted = Jar::objects().delete(db).await.expect("nothing forbids it");
    assert_eq!((deleted.of::<Jar>(), deleted.of::<Event>()), (1, 1));
    let left = Event::objects().filter(|e| e.verb.ne("x")).all(db).await.expect("it runs");
    assert_eq!((left.len(), left[0].id), (2, on_first.id));
    assert_eq!(Article::objects().delete(db).await.expect("nothing forbids it").of::<Event>(), 2);
}

async fn all_of_it_or_nothing(db: &Db) {
    let (first, ..) = desk(db).await;
    let failed = db
        .atomic(async |tx| {
            first.clone().delete(tx).await?;
            assert_eq!(Note::objects().count(tx).await?, 2);
            Err::<(), _>(Error::internal("something else"))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(Note::objects().count(db).await.expect("it runs"), 3);
}

async fn notes_go_with_their_content_type(db: &Db) {
    desk(db).await;
    let corks = ContentType::of::<Cork>(db).await.expect("it is there");
    let deleted = corks.delete(db).await.expect("nothing forbids it");
    assert_eq!((deleted.of::<ContentType>(), deleted.of::<Note>()), (1, 1));
    // It is not remembered: a new one is made.
    let cork = Cork::objects().get(db).await.expect("it is there");
    let note = Note::create().text("again").about(&cork).save(db).await.expect("it is new");
    assert!(note.about.is::<Cork>(db).await.expect("it runs"));
    assert_eq!(
        ContentType::objects().filter(|c| c.model.eq("cork")).get(db).await.expect("it is new").id,
        note.about.content_type()
    );
}

on_every_database! {
    models();
    notes_go_with_what_they_are_about, events_of_a_query_go_too, all_of_it_or_nothing, notes_go_with_their_content_type,
}
