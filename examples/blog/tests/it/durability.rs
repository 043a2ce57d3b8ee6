//! No write that was acknowledged is lost by a program that dies.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use demijohn_e2e::client::filled;
use demijohn_e2e::wait;

use crate::site::Site;

const DEATHS: usize = 3;
const WRITERS: usize = 4;
/// Writes that must have been acknowledged before the program dies.
const ENOUGH: usize = 40;

#[test]
fn no_acknowledged_write_is_lost_when_the_program_is_killed() {
    let mut site = Site::fresh();
    let mut acknowledged = Vec::new();
    for death in 0..DEATHS {
        acknowledged.extend(write_until_death(&mut site, death));
        site.restart();
        site.check_integrity();
        let database = site.look();
        let mut find =
            database.prepare("SELECT 1 FROM blog_post WHERE title = ?1").expect("the statement is well formed");
        for title in &acknowledged {
            assert!(find.exists([title]).expect("the query runs"), "`{title}` was acknowledged and is lost");
        }
    }
    assert!(acknowledged.len() >= DEATHS * ENOUGH);
    let mut ada = site.log_in_admin();
    Site::add_post(&mut ada, "Still alive", "after all that", "ada");
}

/// Adds posts from several clients at once, kills the program in the middle, returns the titles it had acknowledged.
fn write_until_death(site: &mut Site, death: usize) -> Vec<String> {
    let (titles, count) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let clients: Vec<_> = (0..WRITERS)
        .map(|_| {
            let mut client = site.log_in_admin();
            let form = client.get("/admin/blog/post/add/").expect_status(200);
            (client, form)
        })
        .collect();
    thread::scope(|scope| {
        for (writer, (mut client, form)) in clients.into_iter().enumerate() {
            let (titles, count) = (&titles, &count);
            scope.spawn(move || {
                let author = form.form_with("title").choice("author", "ada").expect("ada can be chosen").to_owned();
                for number in 0.. {
                    let title = format!("post {death}-{writer}-{number}");
                    let fields = [("title", title.as_str()), ("content", "text"), ("author", author.as_str())];
                    let (path, values) = filled(&form, &fields, Some("_save"));
                    // A broken connection is the death we wait for; any other answer is a defect.
                    let Ok(answer) = client.try_request("POST", &path, Some(&values)) else { return };
                    assert!(answer.redirect().is_some(), "{}: {}", answer.status, answer.body);
                    titles.lock().expect("no writer panics").push(title);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let enough = wait::until(|| (count.load(Ordering::Relaxed) >= ENOUGH).then_some(()));
        site.process.kill();
        assert!(enough.is_some(), "the program acknowledged {} writes in all that time", count.load(Ordering::Relaxed));
    });
    titles.into_inner().expect("no writer panicked")
}
