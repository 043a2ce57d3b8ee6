use demijohn_core::model::FieldKind;
use demijohn_sql::{Flow, Statement, ValueRef, decode, text_format};

use crate::place::Place;
use crate::{number, sql};

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/django/site.sqlite3");

/// A copy of the database that real Django made; None where it is not at hand.
fn copy_of_site() -> Option<Place> {
    let place = Place::new();
    match std::fs::read(SITE) {
        Ok(bytes) => std::fs::write(place.file("test.db"), bytes).expect("the folder can be written"),
        Err(error) => {
            eprintln!("skipped: {SITE}: {error}");
            return None;
        }
    }
    Some(place)
}

#[tokio::test]
async fn reads_the_posts_that_django_wrote_and_writes_the_same_text() {
    let Some(place) = copy_of_site() else { return };
    let db = place.open("").await;
    let posts = Statement::plain("SELECT id, created_at FROM blog_post ORDER BY id");
    let mut count = 0;
    db.query(&posts, &mut |row| {
        let ValueRef::Text(text) = row.get(1)? else { panic!("Django keeps a moment as text") };
        let decoded = decode(row.get(1)?, FieldKind::Timestamp)?;
        let demijohn_core::model::Value::Timestamp(moment) = decoded else { panic!("it is a moment") };
        assert_eq!(text_format::timestamp(moment), text);
        count += 1;
        Ok(Flow::More)
    })
    .await
    .expect("every post can be read");
    assert_eq!(count, 2_207);
}

#[tokio::test]
async fn moment_that_we_wrote_finds_the_row_that_django_wrote() {
    let Some(place) = copy_of_site() else { return };
    let db = place.open("").await;
    let mut first = None;
    db.query(
        &Statement::plain("SELECT created_at FROM blog_post WHERE id = (SELECT min(id) FROM blog_post)"),
        &mut |row| {
            first = Some(decode(row.get(0)?, FieldKind::Timestamp)?);
            Ok(Flow::Stop)
        },
    )
    .await
    .expect("there is a first post");
    let same = sql("SELECT count(*) FROM blog_post WHERE created_at = ?", first);
    let mut found = 0;
    db.query(&same, &mut |row| {
        if let ValueRef::Int(count) = row.get(0)? {
            found = count;
        }
        Ok(Flow::Stop)
    })
    .await
    .expect("the query runs");
    assert!(found >= 1);
}

#[tokio::test]
async fn djangos_deferred_foreign_keys_hold() {
    let Some(place) = copy_of_site() else { return };
    let db = place.open("").await;
    let tx = db.begin(demijohn_sql::TransactionOptions::default()).await.expect("it begins");
    tx.execute(&sql("UPDATE blog_post SET author_id = ?", [999_999_i64.into()])).await.expect("the check is deferred");
    let error = tx.commit().await.expect_err("there is no such user");
    assert_eq!(error.code(), "orm.foreign_key");
    assert_eq!(number(&*db, "SELECT count(*) FROM blog_post WHERE author_id = 999999").await, 0);
}
