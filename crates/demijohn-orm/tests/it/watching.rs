//! Statements are counted, listed, and a loop that asks for each row is named with its line.

use demijohn_orm::{Db, Model as _, QueryLog};

use crate::models::{Post, User, all, fill};

async fn statements_are_counted_inside_and_outside_of_transactions(db: &Db) {
    fill(db).await;
    let log = QueryLog::new();
    let watched = db.with_log(log.clone());
    User::objects().all(&watched).await.expect("it runs");
    watched.atomic(async |tx| Post::objects().count(tx).await).await.expect("it runs");
    assert_eq!(log.len(), 2);
    assert!(log.queries()[1].sql.contains("COUNT(*)"), "{:?}", log.queries()[1]);
    User::objects().none().all(&watched).await.expect("it asks nothing");
    log.assert_count(2);
}

async fn a_loop_over_relations_is_found_with_its_line(db: &Db) {
    fill(db).await;
    let log = QueryLog::new();
    let watched = db.with_log(log.clone());
    let posts = Post::objects().all(&watched).await.expect("it runs");
    let line = line!() + 2;
    for mut post in posts {
        post.author.load(&watched).await.expect("there is one");
    }
    let repeated = log.repeated(3);
    assert_eq!(repeated.len(), 1, "{repeated:?}");
    assert_eq!(repeated[0].count, 3);
    let place = repeated[0].place.clone().expect("tests have debug information");
    assert!(place.ends_with(&format!("tests/it/watching.rs:{line}")), "{place}");
    assert!(log.repeated(4).is_empty());
}

on_every_database! {
    all();
    statements_are_counted_inside_and_outside_of_transactions,
    a_loop_over_relations_is_found_with_its_line,
}
