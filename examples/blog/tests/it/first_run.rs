//! What a person sees who just cloned the project and starts it.

use demijohn_e2e::process::{free_address, run_ok};
use demijohn_e2e::{Client, Process, TempDir};

use crate::site::blog;

/// The sign-in link's path in what the program printed.
fn sign_in_path(output: &str, base: &str) -> Option<String> {
    let start = format!("{base}/accounts/sign-in/");
    let token = output.split(&start).nth(1)?.split(|c: char| c == '/' || c.is_whitespace()).next()?;
    Some(format!("/accounts/sign-in/{token}/"))
}

#[test]
fn the_first_start_makes_a_site_and_prints_a_link_that_signs_in_once() {
    let folder = TempDir::new("clone");
    let address = free_address();
    let base = format!("http://{address}");
    // Without `serve`, DATABASE_URL or SECRET_KEY: the command of the README, at a free address.
    let mut command = blog(folder.path());
    let mut process = Process::start(command.env_remove("SECRET_KEY").args(["serve", "--bind", &address.to_string()]));
    process.wait_for_listener(address);
    let path = process.wait_for_output("a sign-in link", |output| sign_in_path(output, &base));

    let home = Client::new(address).get("/").expect_status(200);
    assert!(home.unescaped().contains("/posts/"), "there is something to see:\n{}", home.body);
    let mut owner = Client::new(address);
    let admin = owner.get(&path).expect_status(200);
    assert_eq!(admin.path, "/admin/");
    owner.get("/admin/blog/post/add/").expect_status(200).form_with("title");

    let mut thief = Client::new(address);
    thief.get(&path);
    assert!(thief.request("GET", "/admin/", None).redirect().is_some(), "the link must not work twice");
    assert!(!process.output().contains("panicked"), "{}", process.output());
}

#[test]
fn the_database_of_the_first_start_is_used_again_at_the_second() {
    let folder = TempDir::new("clone");
    for _ in 0..2 {
        let address = free_address();
        let mut process = Process::start(blog(folder.path()).args(["serve", "--bind", &address.to_string()]));
        process.wait_for_listener(address);
        let home = Client::new(address).get("/").expect_status(200);
        assert!(home.unescaped().contains("/posts/"), "{}", home.body);
        assert!(process.terminate().success(), "{}", process.output());
    }
    let shown = run_ok(blog(folder.path()).arg("showmigrations"));
    assert!(shown.contains("[X]") && !shown.contains("[ ]"), "{shown}");
}
