//! Statements are counted, listed, and a loop that asks for each row is named with its line.

use std::sync::{Arc, Mutex};
use std::time::Duration;

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

/// Takes what is reported as slow.
struct Taken(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Taken {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "demijohn::query" && *metadata.level() == tracing::Level::WARN
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        struct Words(String);
        impl tracing::field::Visit for Words {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                self.0.push_str(&format!("{field}={value:?} "));
            }
        }
        let mut words = Words(String::new());
        event.record(&mut words);
        self.0.lock().expect("no panic").push(words.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn a_slow_statement_is_reported_without_its_values() {
    let taken = Arc::new(Mutex::new(Vec::new()));
    let _until_the_end = tracing::subscriber::set_default(Taken(Arc::clone(&taken)));
    let db = crate::models::database().await;
    let slow = |limit| db.reporting_slow(limit);
    let name = "a value that nobody else need know";
    User::objects().filter(|u| u.username.eq(name)).count(&slow(Duration::from_secs(3600))).await.expect("it runs");
    assert_eq!(taken.lock().expect("no panic").len(), 0, "it was quick");
    User::objects().filter(|u| u.username.eq(name)).count(&slow(Duration::ZERO)).await.expect("it runs");
    let reports = taken.lock().expect("no panic").clone();
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(reports[0].contains("slow query") && reports[0].contains("auth_user"), "{reports:?}");
    assert!(!reports[0].contains("nobody else"), "{reports:?}");
}

on_every_database! {
    all();
    statements_are_counted_inside_and_outside_of_transactions,
    a_loop_over_relations_is_found_with_its_line,
}
