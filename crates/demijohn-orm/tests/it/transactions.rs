//! Transactions: what they keep, what they refuse, what is done after them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_orm::{Db, Isolation, Model as _, is_retryable};

use crate::models::{Tag, all};

fn failed() -> Error {
    Error::new(ErrorKind::Internal, "test.failed", "it fails on purpose")
}

async fn names(db: &Db) -> Vec<String> {
    Tag::objects().all(db).await.expect("the query runs").into_iter().map(|tag| tag.name).collect()
}

async fn an_error_takes_everything_back(db: &Db) {
    let result: Result<()> = db
        .atomic(async |tx| {
            Tag::create().name("a").save(tx).await?;
            Err(failed())
        })
        .await;
    assert_eq!(result.expect_err("it failed").code(), "test.failed");
    assert_eq!(names(db).await, Vec::<String>::new());
}

async fn a_savepoint_is_taken_back_alone(db: &Db) {
    db.atomic(async |tx| {
        Tag::create().name("kept").save(tx).await?;
        let inner: Result<()> = tx
            .atomic(async |tx| {
                Tag::create().name("lost").save(tx).await?;
                // A statement that the database refuses must not spoil the transaction around the savepoint.
                Tag::create().name("kept").save(tx).await.map(|_| ())
            })
            .await;
        assert_eq!(inner.expect_err("the name is taken").code(), "orm.unique");
        Tag::create().name("also").save(tx).await.map(|_| ())
    })
    .await
    .expect("the transaction goes on");
    assert_eq!(names(db).await, ["also", "kept"]);
}

async fn a_query_beside_its_transaction_is_refused_with_the_place(db: &Db) {
    let line = line!() + 2;
    let result = db
        .atomic(async |tx| {
            Tag::create().name("inside").save(tx).await?;
            Tag::objects().count(db).await
        })
        .await;
    let error = result.expect_err("it would not see what the transaction did");
    assert_eq!(error.code(), "orm.outside_transaction");
    let place = format!("transactions.rs:{line}:");
    assert!(error.message().contains(&place), "{} names {place}", error.message());
    assert_eq!(names(db).await, Vec::<String>::new(), "it was taken back");
    let nested = db.atomic(async |_| db.atomic(async |_| Ok(())).await).await;
    assert_eq!(nested.expect_err("a second one would wait for the first").code(), "orm.outside_transaction");
    let write = db.atomic(async |_| Tag::create().name("x").save(db).await).await;
    assert_eq!(write.expect_err("it would not be taken back").code(), "orm.outside_transaction");
    // The mark is gone afterwards.
    assert_eq!(Tag::objects().count(db).await.expect("it runs"), 0);
}

async fn another_task_and_the_code_beside_are_not_refused(db: &Db) {
    let (begun, begin) = tokio::sync::oneshot::channel();
    let (finish, finished) = tokio::sync::oneshot::channel();
    let transaction = db.atomic(async move |tx| {
        tx.on_commit(async {});
        begun.send(()).expect("somebody listens");
        finished.await.expect("somebody says so");
        Ok(())
    });
    let beside = async {
        begin.await.expect("it begins");
        // In memory there is one connection, which the transaction has.
        if db.driver().address() != "sqlite::memory:" {
            assert_eq!(Tag::objects().count(db).await.expect("this is no part of the transaction"), 0);
        }
        finish.send(()).expect("somebody listens");
    };
    let (result, ()) = tokio::join!(transaction, beside);
    result.expect("it commits");
}

async fn what_is_meant_to_go_past_says_so(db: &Db) {
    if db.driver().address() == "sqlite::memory:" {
        return;
    }
    let result = db
        .atomic(async |tx| {
            Tag::create().name("inside").save(tx).await?;
            let outside = db.outside_transaction();
            assert_eq!(Tag::objects().count(&outside).await?, 0, "another connection does not see it yet");
            Tag::objects().count(tx).await
        })
        .await;
    assert_eq!(result.expect("it was meant"), 1);
}

async fn after_the_commit_and_only_then(db: &Db) {
    let done = Arc::new(Mutex::new(Vec::new()));
    let note = |word: &'static str| {
        let done = Arc::clone(&done);
        async move { done.lock().expect("no panic").push(word) }
    };
    db.atomic(async |tx| {
        tx.on_commit(note("first"));
        let _: Result<()> = tx
            .atomic(async |tx| {
                tx.on_commit(note("of the savepoint that failed"));
                Err(failed())
            })
            .await;
        tx.atomic(async |tx| {
            tx.on_commit(note("second"));
            Ok(())
        })
        .await?;
        assert!(done.lock().expect("no panic").is_empty(), "nothing is done before the commit");
        Ok(())
    })
    .await
    .expect("it commits");
    let failed: Result<()> = db
        .atomic(async |tx| {
            tx.on_commit(note("of the transaction that failed"));
            Err(failed())
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(*done.lock().expect("no panic"), ["first", "second"]);
}

async fn serializable_transactions_are_tried_again(db: &Db) {
    Tag::create().name("0").save(db).await.expect("it is new");
    let attempts = AtomicU32::new(0);
    let add = || {
        db.transaction().isolation(Isolation::Serializable).retry(30).run(async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            let mut tag = Tag::objects().get(tx).await?;
            let number: u32 = tag.name.parse().expect("it is a number");
            tokio::task::yield_now().await;
            tag.name = (number + 1).to_string();
            tag.save(tx).await
        })
    };
    let (a, b, c, d) = tokio::join!(add(), add(), add(), add());
    for result in [a, b, c, d] {
        result.expect("one attempt came through");
    }
    assert_eq!(names(db).await, ["4"], "no addition was lost");
    assert!(attempts.into_inner() >= 4);
}

async fn an_error_of_our_own_is_not_tried_again(db: &Db) {
    let attempts = AtomicU32::new(0);
    let result: Result<()> = db
        .transaction()
        .retry(5)
        .run(async |_| {
            attempts.fetch_add(1, Ordering::Relaxed);
            Err(failed())
        })
        .await;
    assert!(!is_retryable(&result.expect_err("it fails")));
    assert_eq!(attempts.into_inner(), 1);
}

async fn a_transaction_that_was_dropped_half_way_leaves_nothing(db: &Db) {
    for _ in 0..5 {
        let never = db.atomic(async |tx| {
            Tag::create().name("half").save(tx).await?;
            std::future::pending::<Result<()>>().await
        });
        let mut never = Box::pin(never);
        // Polled until it hangs: its statement is done, its commit is not.
        for _ in 0..200 {
            let polled =
                std::future::poll_fn(|context| std::task::Poll::Ready(never.as_mut().poll(context).is_ready())).await;
            assert!(!polled);
            tokio::task::yield_now().await;
        }
        drop(never);
        assert_eq!(names(db).await, Vec::<String>::new());
    }
    Tag::create().name("half").save(db).await.expect("no lock was left behind");
}

async fn a_deadlock_is_ended_and_tried_again(db: &Db) {
    let a = Tag::create().name("a").save(db).await.expect("it is new").id;
    let b = Tag::create().name("b").save(db).await.expect("it is new").id;
    let both = tokio::sync::Barrier::new(2);
    let attempts = AtomicU32::new(0);
    // Each takes one row, waits until the other has taken its own, and wants that.
    let take = async |first: i64, second: i64| {
        db.transaction()
            .retry(5)
            .run(async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                let add = async |key: i64, sign: &str| {
                    let found = Tag::objects().with_key(key).select_for_update().get(tx).await?;
                    let longer = format!("{}{sign}", found.name);
                    Tag::objects().with_key(key).update(|t| t.name.set(longer.as_str())).execute(tx).await
                };
                add(first, "1").await?;
                // Where only one can write, the other does not come.
                let _ = tokio::time::timeout(Duration::from_millis(300), both.wait()).await;
                add(second, "2").await?;
                Ok(())
            })
            .await
    };
    let (ab, ba) = tokio::join!(take(a, b), take(b, a));
    ab.expect("it came through");
    ba.expect("it came through");
    let is_server = !db.driver().address().starts_with("sqlite");
    let attempts = attempts.load(Ordering::Relaxed);
    assert!(attempts > 2 || !is_server, "{attempts} attempts: there was no deadlock");
    for name in names(db).await {
        assert_eq!(name.len(), 3, "both changed both rows: {name}");
    }
}

/// Only one can write to SQLite at a time, which is another matter.
fn has_locks_of_rows(db: &Db) -> bool {
    !db.driver().address().starts_with("sqlite")
}

async fn who_does_not_wait_for_a_locked_row_is_told_so(db: &Db) {
    if !has_locks_of_rows(db) {
        return;
    }
    let key = Tag::create().name("held").save(db).await.expect("it is new").id;
    let (other, apart) = (db.clone(), Tag::create().name("free").save(db).await.expect("it is new").id);
    db.atomic(async |tx| {
        Tag::objects().with_key(key).select_for_update().get(tx).await?;
        // Of another task, as a query beside the transaction would be refused in this one.
        let asks = async move {
            other
                .atomic(async |tx| {
                    let now = |key| Tag::objects().with_key(key).select_for_update_with(|lock| lock.nowait());
                    assert_eq!(now(apart).get(tx).await?.name, "free");
                    let free = Tag::objects().order_by(|t| t.id).select_for_update_with(|lock| lock.skip_locked());
                    assert_eq!(free.all(tx).await?.len(), 1, "the locked one is passed over");
                    now(key).get(tx).await
                })
                .await
        };
        let error = tokio::spawn(asks).await.expect("no panic").expect_err("the row is locked");
        assert_eq!((error.code(), error.kind()), ("orm.lock", demijohn_core::ErrorKind::Unavailable));
        Ok(())
    })
    .await
    .expect("the holder is not disturbed");
}

async fn a_level_of_isolation_says_what_of_others_is_seen(db: &Db) {
    if !has_locks_of_rows(db) {
        return;
    }
    for (level, then) in [(Isolation::ReadCommitted, 1), (Isolation::RepeatableRead, 0)] {
        Tag::objects().delete(db).await.expect("it runs");
        let seen = db
            .transaction()
            .isolation(level)
            .run(async |tx| {
                assert_eq!(Tag::objects().count(tx).await?, 0);
                let other = db.clone();
                let add = async move { Tag::create().name("new").save(&other).await };
                tokio::spawn(add).await.expect("no panic")?;
                Tag::objects().count(tx).await
            })
            .await;
        assert_eq!(seen.expect("it only reads"), then, "{level:?}");
    }
}

on_every_database! {
    all();
    who_does_not_wait_for_a_locked_row_is_told_so,
    a_level_of_isolation_says_what_of_others_is_seen,
    a_deadlock_is_ended_and_tried_again,
    an_error_takes_everything_back,
    a_savepoint_is_taken_back_alone,
    a_query_beside_its_transaction_is_refused_with_the_place,
    another_task_and_the_code_beside_are_not_refused,
    what_is_meant_to_go_past_says_so,
    after_the_commit_and_only_then,
    serializable_transactions_are_tried_again,
    an_error_of_our_own_is_not_tried_again,
    a_transaction_that_was_dropped_half_way_leaves_nothing,
}
