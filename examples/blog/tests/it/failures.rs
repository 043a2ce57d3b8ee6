//! What is wrong outside the program is said at its start: what was found, what was possible, what to do.

use std::net::TcpListener;
use std::process::Command;

use demijohn_e2e::TempDir;
use demijohn_e2e::process::{free_address, run, run_ok};

use crate::site::{blog, blog_on};

/// Runs a command that must end with code 1 and one readable error, and returns that.
fn failure(command: &mut Command) -> String {
    let finished = run(command);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    finished.stderr
}

/// Fails unless the error says each of these.
fn assert_says(error: &str, words: &[&str]) {
    for word in words {
        assert!(error.contains(word), "the error does not say `{word}`:\n{error}");
    }
}

fn serve(command: &mut Command) -> &mut Command {
    command.args(["serve", "--bind", &free_address().to_string()])
}

#[test]
fn a_database_address_of_an_unknown_kind_lists_the_known_ones() {
    let folder = TempDir::new("failures");
    let error = failure(serve(blog(folder.path()).env("DATABASE_URL", "sqlte:blog.sqlite3")));
    assert_says(&error, &["sqlte", "sqlite:", "DATABASE_URL", "hint"]);
}

#[test]
fn a_database_in_a_folder_that_is_not_there_names_the_path() {
    let folder = TempDir::new("failures");
    let missing = folder.join("no/such/folder/blog.sqlite3");
    let error = failure(serve(&mut blog_on(folder.path(), &missing)));
    assert_says(&error, &["no/such/folder", "hint"]);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let folder = TempDir::new("failures");
    let file = folder.join("letter.sqlite3");
    let text = "Dear reader, this is a letter and no database. ".repeat(50);
    std::fs::write(&file, &text).expect("the folder can be written to");
    let error = failure(serve(&mut blog_on(folder.path(), &file)));
    assert_says(&error, &["letter.sqlite3"]);
    assert_eq!(std::fs::read_to_string(&file).expect("it is still there"), text);
}

#[test]
fn a_port_in_use_names_the_address_and_the_way_out() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = taken.local_addr().expect("a bound socket has an address").to_string();
    let folder = TempDir::new("failures");
    let database = folder.join("blog.sqlite3");
    run_ok(blog_on(folder.path(), &database).arg("migrate"));
    let error = failure(blog_on(folder.path(), &database).args(["serve", "--bind", &address]));
    assert_says(&error, &[&address, "in use", "--bind"]);
}

#[test]
fn an_unapplied_migration_is_named_with_the_command_that_applies_it() {
    let folder = TempDir::new("failures");
    let database = folder.join("blog.sqlite3");
    run_ok(blog_on(folder.path(), &database).arg("migrate"));
    run_ok(blog_on(folder.path(), &database).args(["migrate", "blog", "zero"]));
    let error = failure(serve(&mut blog_on(folder.path(), &database)));
    assert_says(&error, &["blog.0001_initial", "migrate"]);
}

#[test]
fn a_misspelt_command_lists_the_commands() {
    let folder = TempDir::new("failures");
    let error = failure(blog(folder.path()).arg("migrat"));
    assert_says(&error, &["migrat", "`migrate`", "`serve`"]);
}

#[test]
fn a_superuser_is_not_made_twice_nor_without_a_name() {
    let folder = TempDir::new("failures");
    let database = folder.join("blog.sqlite3");
    run_ok(blog_on(folder.path(), &database).arg("migrate"));
    let create = || {
        let mut command = blog_on(folder.path(), &database);
        command.args(["createsuperuser", "--noinput"]).env("DJANGO_SUPERUSER_EMAIL", "ada@example.org");
        command.env("DJANGO_SUPERUSER_PASSWORD", "a-long-password-2026");
        command
    };
    assert_says(&failure(&mut create()), &["DJANGO_SUPERUSER_USERNAME"]);
    run_ok(create().env("DJANGO_SUPERUSER_USERNAME", "ada"));
    assert_says(&failure(create().env("DJANGO_SUPERUSER_USERNAME", "ada")), &["ada", "taken"]);
}
