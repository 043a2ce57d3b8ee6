//! Tests of the policy: what is renewed, what a failed check costs, how many run at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};
use tokio::task::{spawn, yield_now};

use super::*;
use crate::hashers::{Argon2, Bcrypt, MAX_PASSWORD_LENGTH, make_unusable};

const QUICK: Hasher = Hasher::Pbkdf2(Pbkdf2::sha256(2));
const SLOWER: Hasher = Hasher::Pbkdf2(Pbkdf2::sha256(1000));

fn stored(hasher: Hasher) -> String {
    hasher.encode("right").expect("short")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

#[test]
fn renews_only_when_asked_to() {
    let (old, new) = (stored(SLOWER), stored(QUICK));
    let hashing = Hashing::new(QUICK);
    assert_eq!(hashing.check("right", &old), Outcome::Correct);
    let hashing = hashing.with_upgrades();
    assert_eq!(hashing.check("right", &old), Outcome::Outdated);
    assert_eq!(hashing.check("right", &new), Outcome::Correct);
    assert_eq!(hashing.check("wrong", &old), Outcome::Wrong);
    assert!(Outcome::Outdated.is_correct() && Outcome::Correct.is_correct() && !Outcome::Wrong.is_correct());
}

#[test]
fn refuses_md5_unless_told_otherwise() {
    let md5 = stored(Hasher::Md5);
    assert_eq!(Hashing::new(QUICK).check("right", &md5), Outcome::Wrong);
    assert_eq!(Hashing::new(QUICK).with_md5().check("right", &md5), Outcome::Correct);
    assert_eq!(Hashing::new(Hasher::Md5).check("right", &md5), Outcome::Correct);
}

#[test]
fn unknown_users_cost_as_much_as_the_slowest_password_met() {
    let hashing = Hashing::new(QUICK);
    assert_eq!(hashing.slowest(), QUICK);
    hashing.check("wrong", &stored(SLOWER));
    assert_eq!(hashing.slowest(), SLOWER);
    hashing.check("wrong", &stored(QUICK));
    hashing.check("wrong", &make_unusable());
    hashing.check("wrong", "pbkdf2_sha256$4000000000$s$7uPyO44geqCt/Nv3ztly1adSqh5hHCYtGPDoMYOOBWU=");
    assert_eq!(hashing.clone().slowest(), SLOWER, "clones learn together, and hostile rows teach nothing");
    let speed = Speed::default();
    assert_eq!(speed.owed(QUICK, SLOWER), 998);
    assert_eq!((speed.owed(SLOWER, QUICK), speed.owed(SLOWER, SLOWER)), (0, 0));
    let fresh = Hashing::new(QUICK);
    fresh.observe(&stored(SLOWER));
    assert_eq!(fresh.slowest(), SLOWER);
}

#[test]
fn a_refused_algorithm_teaches_nothing() {
    let hashing = Hashing::new(QUICK);
    hashing.observe(&stored(Hasher::Md5));
    hashing.check("right", &stored(Hasher::Md5));
    assert_eq!(hashing.slowest(), QUICK);
}

#[test]
fn costs_are_in_the_order_that_was_measured() {
    let (argon2, bcrypt) = (Hasher::default(), Hasher::Bcrypt(Bcrypt::default()));
    assert!(Hasher::DJANGO_5_2.cost() < argon2.cost() && argon2.cost() < bcrypt.cost());
    let largest = Hasher::Argon2(Argon2 { memory: 1 << 19, passes: 8, ..Argon2::default() });
    largest.check_limits().expect("the largest that is allowed");
    assert!(u32::try_from(largest.cost()).is_ok(), "what is owed can be burnt");
}

#[test]
fn checks_and_makes_off_the_async_threads() {
    runtime().block_on(async {
        let hashing = Hashing::new(QUICK);
        let stored = hashing.make_async("right").await.expect("short");
        assert_eq!(hashing.check_async("right", Some(stored.clone())).await.expect("free"), Outcome::Correct);
        assert_eq!(hashing.check_async("wrong", Some(stored)).await.expect("free"), Outcome::Wrong);
        assert_eq!(hashing.check_async("right", None).await.expect("free"), Outcome::Wrong);
        let long = "x".repeat(MAX_PASSWORD_LENGTH + 1);
        hashing.make_async(long.as_str()).await.expect_err("too long");
        assert_eq!(hashing.check_async(long, None).await.expect("free"), Outcome::Wrong);
    });
}

#[test]
fn no_more_run_than_there_are_cores_and_no_more_wait_than_there_are_places() {
    let hashing = Hashing::new(QUICK);
    let cores = hashing.cores.available_permits();
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (sender, receiver) = mpsc::channel::<()>();
    let receiver = Arc::new(Mutex::new(receiver));
    runtime().block_on(async {
        let tasks: Vec<_> = (0..cores + MAX_WAITING)
            .map(|_| {
                let (hashing, running, most) = (hashing.clone(), Arc::clone(&running), Arc::clone(&most));
                let receiver = Arc::clone(&receiver);
                spawn(async move {
                    let work = move |_: &Hashing| {
                        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        // Ends when the sender is dropped.
                        let ended = receiver.lock().expect("no test thread panicked").recv();
                        running.fetch_sub(1, Ordering::SeqCst);
                        ended.expect_err("nothing is sent");
                    };
                    hashing.run(work).await
                })
            })
            .collect();
        for _ in 0..cores + MAX_WAITING {
            yield_now().await;
        }
        assert_eq!(hashing.places.available_permits(), 0);
        let error = hashing.check_async("x", None).await.expect_err("no place left");
        assert_eq!((error.code(), error.status()), ("auth.busy", 503));
        drop(sender);
        for task in tasks {
            task.await.expect("the task ends").expect("there was a place");
        }
        hashing.check_async("x", None).await.expect("places are free again");
    });
    assert!((1..=cores).contains(&most.load(Ordering::SeqCst)));
    assert_eq!(hashing.cores.available_permits(), cores);
}
