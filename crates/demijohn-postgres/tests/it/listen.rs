//! Notifications reach a listener, through lost connections too.

use std::time::Duration;

use demijohn_postgres::{Heard, Listener, PostgresDriver};
use demijohn_sql::{Driver, Statement, TransactionOptions};
use tokio::time::timeout;

use crate::{on_a_schema, texts};

/// That the connection was lost and made anew.
const MADE_ANEW: &str = "(made anew)";

fn postgres(db: &dyn Driver) -> &PostgresDriver {
    PostgresDriver::of(db).expect("the database is PostgreSQL")
}

/// What is heard next: the channel and the payload, or [`MADE_ANEW`].
async fn next(listener: &mut Listener) -> (String, String) {
    let heard = timeout(Duration::from_secs(10), listener.next()).await.expect("something is heard");
    match heard.expect("the server is there") {
        Heard::Notification { channel, payload, .. } => (channel, payload),
        _ => said(MADE_ANEW, ""),
    }
}

fn said(channel: &str, payload: &str) -> (String, String) {
    (channel.to_owned(), payload.to_owned())
}

#[tokio::test]
async fn what_is_said_is_heard() {
    on_a_schema("", async |db| {
        let postgres = postgres(&**db);
        let mut listener = postgres.listen(&["demijohn \"orders\"", "demijohn_other"]).await.expect("it listens");
        postgres.notify("demijohn \"orders\"", "42").await.expect("it is said");
        postgres.notify("demijohn_silent", "").await.expect("it is said");
        postgres.notify("demijohn_other", "").await.expect("it is said");
        assert_eq!(next(&mut listener).await, said("demijohn \"orders\"", "42"));
        assert_eq!(next(&mut listener).await, said("demijohn_other", ""));

        let said_inside =
            Statement::plain("SELECT pg_notify('demijohn_other', 'never'), pg_notify('demijohn_other', '')");
        let transaction = db.begin(TransactionOptions::default()).await.expect("a transaction");
        transaction.execute(&said_inside).await.expect("it is said");
        transaction.rollback().await.expect("it is taken back");
        let nothing = timeout(Duration::from_millis(100), listener.next()).await;
        assert!(nothing.is_err(), "what was taken back is not heard: {nothing:?}");
        postgres.notify("demijohn_other", "after").await.expect("it is said");
        assert_eq!(next(&mut listener).await, said("demijohn_other", "after"), "a dropped `next` loses nothing");
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_is_told_and_made_anew() {
    on_a_schema("", async |db| {
        let postgres = postgres(&**db);
        let mut listener = postgres.listen(&["demijohn_lost"]).await.expect("it listens");
        let ended =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN \"demijohn_lost\"%'";
        assert_eq!(texts(&**db, ended).await.expect("it is ended").len(), 1);
        assert_eq!(next(&mut listener).await.0, MADE_ANEW);
        postgres.notify("demijohn_lost", "again").await.expect("it is said");
        assert_eq!(next(&mut listener).await, said("demijohn_lost", "again"));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_no_channel_can_have_is_refused() {
    on_a_schema("", async |db| {
        for name in ["", "a\0b", &"é".repeat(32)] {
            let error = postgres(&**db).listen(&[name]).await.err().expect("refused");
            assert_eq!((error.code(), error.hint()), ("postgres.listen", Some("a name has 1 to 63 bytes")));
        }
    })
    .await;
}
