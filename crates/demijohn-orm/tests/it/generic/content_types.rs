//! Which row stands for which model: found once, made where it is missing, and never remembered when it is not there.

use demijohn_core::Error;
use demijohn_orm::{ContentType, Db, Executor as _, Model as _, QueryLog};

use super::{Article, Cork, Jar, Note, article, models};

async fn a_content_type_is_asked_for_once(db: &Db) {
    let log = QueryLog::new();
    let db = &db.with_log(log.clone());
    let first = article(db, "Rust").await;
    log.assert_count(1);
    // Looked for, made, read; then the note.
    Note::create().text("a").about(&first).save(db).await.expect("it is new");
    log.assert_count(5);
    let note = Note::create().text("b").about(&first).save(db).await.expect("it is new");
    log.assert_count(6);
    assert!(note.about.is::<Article>(db).await.expect("it runs"));
    assert_eq!(note.about.model(db).await.expect("it runs"), Some(Article::meta()));
    log.assert_count(6);
    // Every other model is another row; that there is none is not remembered.
    assert!(!note.about.is::<Cork>(db).await.expect("it runs"));
    assert!(ContentType::find(Cork::meta(), db).await.expect("it runs").is_none());
    log.assert_count(8);
    let made = ContentType::of::<Cork>(db).await.expect("it is made");
    assert_eq!((made.app_label.as_str(), made.model.as_str()), ("desk", "cork"));
    assert_eq!(ContentType::find(Cork::meta(), db).await.expect("it runs"), Some(made.id));
}

async fn what_another_made_is_found(db: &Db) {
    let sql = "INSERT INTO django_content_type (id, app_label, model) VALUES (70, 'desk', 'article')";
    db.connection().execute_script(sql).await.expect("it is new");
    let first = article(db, "Rust").await;
    let note = Note::create().text("a").about(&first).save(db).await.expect("it is new");
    assert_eq!(note.about.content_type(), 70);
    let sql = "INSERT INTO django_content_type (id, app_label, model) VALUES (71, 'gone', 'thing')";
    db.connection().execute_script(sql).await.expect("it is new");
    let of_none = demijohn_orm::GenericForeignKey::<i64>::new(71, 1);
    assert_eq!(of_none.model(db).await.expect("it runs"), None);
    assert!(of_none.record(db).await.expect("it runs").is_none());
}

async fn what_was_taken_back_is_not_remembered(db: &Db) {
    let first = article(db, "Rust").await;
    let failed = db
        .atomic(async |tx| {
            Note::create().text("a").about(&first).save(tx).await?;
            // Inside it is known.
            assert!(ContentType::find(Article::meta(), tx).await?.is_some());
            Err::<(), _>(Error::internal("something else"))
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(ContentType::find(Article::meta(), db).await.expect("it runs"), None);
    // So with a savepoint.
    let (inside, after) = db
        .atomic(async |tx| {
            let failed = tx
                .atomic(async |tx| {
                    first.notes.create().text("a").save(tx).await?;
                    Err::<(), _>(Error::internal("something else"))
                })
                .await;
            assert!(failed.is_err());
            let inside = ContentType::find(Article::meta(), tx).await?;
            let note = first.notes.create().text("b").save(tx).await?;
            Ok((inside, note.about.content_type()))
        })
        .await
        .expect("it is committed");
    assert_eq!(inside, None);
    let log = QueryLog::new();
    let found = ContentType::find(Article::meta(), &db.with_log(log.clone())).await.expect("it runs");
    assert_eq!(found, Some(after), "what was committed is known");
    log.assert_count(0);
    assert_eq!(first.notes.count(db).await.expect("it runs"), 1);
}

async fn a_row_changed_past_the_orm_is_forgotten_on_demand(db: &Db) {
    let id = ContentType::of::<Article>(db).await.expect("it is made").id;
    db.connection().execute_script("DELETE FROM django_content_type").await.expect("nothing points to it");
    assert_eq!(ContentType::of::<Article>(db).await.expect("it is known").id, id);
    let first = article(db, "Rust").await;
    let refused = first.notes.create().text("a").save(db).await.expect_err("no row stands for articles");
    assert_eq!(refused.code(), "orm.foreign_key");
    ContentType::forget(db);
    assert_eq!(ContentType::find(Article::meta(), db).await.expect("it runs"), None);
}

async fn two_at_once_make_one_row(db: &Db) {
    let [one, two, three] = [(); 3].map(|()| {
        let db = db.clone();
        tokio::spawn(async move { ContentType::of::<Jar>(&db).await.map(|row| row.id) })
    });
    let ids = [one, two, three];
    let mut found = Vec::new();
    for id in ids {
        found.push(id.await.expect("it ends").expect("it is there"));
    }
    assert!(found.iter().all(|id| *id == found[0]), "{found:?}");
    assert_eq!(ContentType::objects().filter(|c| c.model.eq("jar")).count(db).await.expect("it runs"), 1);
}

on_every_database! {
    models();
    a_content_type_is_asked_for_once, what_another_made_is_found, what_was_taken_back_is_not_remembered,
    a_row_changed_past_the_orm_is_forgotten_on_demand, two_at_once_make_one_row,
}
