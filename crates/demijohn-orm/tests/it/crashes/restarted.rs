//! A server that is restarted under load, orderly and not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use demijohn_core::{Error, ErrorKind, Result};
use demijohn_e2e::Server;
use demijohn_e2e::server::Stop;
use demijohn_orm::{Db, Model as _, migrations};

use super::assert_kept;
use crate::models::Tag;

const WRITERS: usize = 16;

/// What the writers have seen so far.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<Vec<String>>,
    errors: AtomicUsize,
    over: AtomicBool,
}

impl Seen {
    fn count(&self) -> usize {
        self.acknowledged.lock().expect("no panic").len()
    }

    fn acknowledge(&self, names: impl IntoIterator<Item = String>) {
        self.acknowledged.lock().expect("no panic").extend(names);
    }

    /// Only the loss of the server is an error here.
    fn fail(&self, error: &Error) {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:#}");
        self.errors.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until so many more writes were acknowledged.
    async fn wait_for(&self, more: usize, what: &str) {
        let (start, before) = (Instant::now(), self.count());
        while self.count() < before + more {
            assert!(start.elapsed() < Duration::from_secs(60), "{what}: {} of {more} writes", self.count() - before);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn write(db: Db, seen: Arc<Seen>, writer: usize) {
    for n in 0.. {
        if seen.over.load(Ordering::Relaxed) {
            return;
        }
        let single = format!("{writer}-{n}");
        match Tag::create().name(single.as_str()).save(&db).await {
            Ok(tag) => {
                seen.acknowledge([single]);
                match Tag::objects().with_key(tag.id).get(&db).await {
                    Ok(read) => assert_eq!(read.name, tag.name),
                    Err(error) => seen.fail(&error),
                }
            }
            Err(error) => seen.fail(&error),
        }
        let pair = [format!("{writer}-{n}-a"), format!("{writer}-{n}-b")];
        let written: Result<()> = db
            .atomic(async |tx| {
                for half in &pair {
                    Tag::create().name(half.as_str()).save(tx).await?;
                }
                Ok(())
            })
            .await;
        match written {
            Ok(()) => seen.acknowledge(pair),
            Err(error) => seen.fail(&error),
        }
    }
}

async fn nothing_is_lost(mut server: Server, database: &str) {
    let url = format!("{}/{database}", server.url());
    let db = Db::connect(&url, crate::models::all()).await.expect("the server is there");
    migrations::create_tables(&db).await.expect("tables");
    let seen = Arc::new(Seen::default());
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write(db.clone(), Arc::clone(&seen), writer))).collect();
    seen.wait_for(200, "before").await;
    for how in [Stop::Immediate, Stop::Fast] {
        server = tokio::task::spawn_blocking(move || {
            server.stop(how);
            server.start().unwrap_or_else(|reason| panic!("{how:?}: {reason}"));
            server
        })
        .await
        .expect("it starts again");
        seen.wait_for(200, "after").await;
    }
    seen.over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("a writer saw nothing but the loss of the server");
    }
    assert!(seen.errors.load(Ordering::Relaxed) > 0, "the restarts were not noticed");
    let acknowledged = std::mem::take(&mut *seen.acknowledged.lock().expect("no panic"));
    assert_kept(&db, &acknowledged).await;
}

/// The server, unless this machine has none (which CI may not).
fn present(server: std::result::Result<Server, String>) -> Option<Server> {
    server
        .inspect_err(|reason| {
            assert!(std::env::var_os("CI").is_none(), "{reason}");
            eprintln!("skipped: {reason}");
        })
        .ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_loses_no_acknowledged_write() {
    let Some(server) = present(Server::postgres(&[], |_| ())) else { return };
    nothing_is_lost(server, "postgres").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mysql_loses_no_acknowledged_write() {
    let Some(server) = present(Server::mariadb(&[])) else { return };
    {
        let admin = Db::connect(&format!("{}/mysql", server.url()), demijohn_core::model::Models::new()).await;
        let admin = admin.expect("the server is there");
        let create = "CREATE DATABASE crashes CHARACTER SET utf8mb4";
        admin.driver().execute_script(create).await.expect("a database");
    }
    nothing_is_lost(server, "crashes").await;
}
