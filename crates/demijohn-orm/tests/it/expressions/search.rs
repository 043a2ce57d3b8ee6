//! Full-text search.

use demijohn_orm::{Db, Executor as _, Model as _, search};

use super::models::{self, Sample, fill};

async fn words_are_found_in_several_texts(db: &Db) {
    fill(db).await;
    let mysql = db.connection().dialect().name() == "mysql";
    if mysql {
        let index = "ALTER TABLE lab_sample ADD FULLTEXT INDEX words (name, note)";
        db.connection().execute_script(index).await.expect("the index is made");
    }
    let ids = async |query: demijohn_orm::QuerySet<Sample>| query.select(|s| s.id).all(db).await.expect("it is found");
    let all = Sample::objects;
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "GLASS").matches())).await, [1, 2]);
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "glass bob"))).await, [2]);
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "glass bottles").phrase())).await, [1]);
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "bottles glass").phrase())).await, Vec::<i64>::new());
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "glass -water").web())).await, [1]);
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "corks or water").web())).await, [1, 2]);
    assert_eq!(ids(all().filter(|s| search((s.name, s.note), "nothing' OR \"1").matches())).await, Vec::<i64>::new());
    let ranked = all().select(|s| search((s.name, s.note), "water").rank()).all(db).await.expect("they are ranked");
    assert!(ranked[1] > 0.0 && ranked[0] <= 0.0, "{ranked:?}");
    let headline =
        all().filter(|s| s.id.eq(2)).select(|s| search((s.name, s.note), "Glass").headline(s.name, "<b>", "</b>"));
    match headline.get(db).await {
        Ok(text) => assert_eq!(text, "bob"),
        Err(error) => assert_eq!((mysql, error.code()), (true, "orm.unsupported")),
    }
}

on_every_database! { models::all(); words_are_found_in_several_texts }
