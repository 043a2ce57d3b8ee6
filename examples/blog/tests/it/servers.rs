//! The blog on PostgreSQL and on MariaDB: from no tables to a site with posts, and its rows out and in again.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use demijohn_e2e::database::Kind;
use demijohn_e2e::process::{free_address, run, run_ok, run_with_input};
use demijohn_e2e::{Client, Django, Process, TempDir, TestDatabase, django, tools};

use crate::site::{ADMIN, Site, blog, blog_on};

/// A database on a server, and a folder to work in.
struct Shell {
    database: TestDatabase,
    folder: TempDir,
}

impl Shell {
    /// A new database with all tables; `None` where its server is not there (which is printed).
    fn migrated(kind: Kind) -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let database = runtime.block_on(TestDatabase::new(kind))?;
        let shell = Self { database, folder: TempDir::new("servers") };
        shell.done("migrate");
        Some(shell)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = blog(self.folder.path());
        command.env("DATABASE_URL", self.database.url()).args(line.split_whitespace());
        command
    }

    fn done(&self, line: &str) -> String {
        run_ok(&mut self.command(line))
    }

    fn dump(&self) -> String {
        self.done("dumpdata")
    }

    fn serve(&self) -> (Process, SocketAddr) {
        let address = free_address();
        let mut process = Process::start(self.command("serve --bind").arg(address.to_string()));
        process.wait_for_listener(address);
        (process, address)
    }

    /// What the database's own client answers to a question; `None` where there is no client (which is printed).
    fn ask(&self, program: &str, flags: &str, sql: &str) -> Option<String> {
        if run_is_missing(program) {
            tools::skip(&format!("`dbshell` with a real `{program}`: it is not there"));
            return None;
        }
        let answer = run_with_input(&mut self.command(&format!("dbshell -- {flags}")), sql);
        assert_eq!(answer.code, Some(0), "{}{}", answer.stdout, answer.stderr);
        Some(answer.stdout.trim().to_owned())
    }
}

fn run_is_missing(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    !found
}

fn logged_in(address: SocketAddr) -> Client {
    let mut client = Client::new(address);
    let login = client.get("/accounts/login/?next=/dashboard").expect_status(200);
    let landed = client.submit(&login, &[("username", ADMIN.0), ("password", ADMIN.1)], None);
    assert_eq!(landed.path, "/dashboard", "{}", landed.body);
    client
}

/// From `migrate` to a post that people see, and its rows in a file that SQLite's blog loads and writes again.
fn is_made_used_and_dumped(kind: Kind) {
    let Some(shell) = Shell::migrated(kind) else { return };
    run_ok(
        shell
            .command("createsuperuser --noinput")
            .env("DJANGO_SUPERUSER_USERNAME", ADMIN.0)
            .env("DJANGO_SUPERUSER_PASSWORD", ADMIN.1)
            .env("DJANGO_SUPERUSER_EMAIL", "ada@example.org"),
    );
    assert_eq!(shell.done("migrate --check"), "nothing to migrate\n");
    let id = {
        let (_process, address) = shell.serve();
        let mut ada = logged_in(address);
        let id = Site::add_post(&mut ada, "On a server <b>", "Ünï 🍷\nline", "ada");
        let page = Client::new(address).get(&format!("/posts/{id}")).expect_status(200);
        assert!(page.body.contains("On a server &lt;b&gt;") && page.body.contains("Ünï 🍷"), "{}", page.body);
        let home = Client::new(address).get("/").expect_status(200);
        assert!(home.body.contains(&format!("/posts/{id}")), "{}", home.body);
        let list = ada.get("/admin/blog/post/?q=server").expect_status(200);
        assert!(list.body.contains("On a server &lt;b&gt;"), "{}", list.body);
        id
    };
    let dumped = shell.dump();
    for part in ["\"title\": \"On a server <b>\"", "\"model\": \"admin.logentry\"", "\"model\": \"sessions.session\""] {
        assert!(dumped.contains(part), "`{part}` is not in:\n{dumped}");
    }
    assert_eq!(through_sqlite(&shell.folder, &dumped), dumped);

    // Emptied and loaded, it is as it was, and numbers go on behind the highest.
    shell.done("flush --no-input");
    assert!(!shell.dump().contains("blog.post"));
    let loaded = run_with_input(&mut shell.command("loaddata -"), &dumped);
    assert_eq!(loaded.code, Some(0), "{}", loaded.stderr);
    assert_eq!(shell.dump(), dumped);
    let (_process, address) = shell.serve();
    assert_eq!(Site::add_post(&mut logged_in(address), "The next", "text", "ada"), id + 1);
}

/// Loads a file into a new SQLite database and writes it again.
fn through_sqlite(folder: &TempDir, dumped: &str) -> String {
    let database = folder.join("copy.sqlite3");
    let _ = std::fs::remove_file(&database);
    let command = |arguments: &[&str]| {
        let mut command = blog_on(folder.path(), &database);
        command.args(arguments);
        command
    };
    run_ok(&mut command(&["migrate"]));
    let loaded = run_with_input(&mut command(&["loaddata", "-"]), dumped);
    assert_eq!(loaded.code, Some(0), "{}", loaded.stderr);
    run_ok(&mut command(&["dumpdata"]))
}

/// A file that Django wrote of its own site.
fn is_filled_from_django(kind: Kind) {
    let Some(shell) = Shell::migrated(kind) else { return };
    let Some(site) = django::site_copy(&shell.folder) else { return };
    let Some(django) = Django::over(&site) else { return };
    let dumped = django.manage(&["dumpdata"]);
    let loaded = run_with_input(&mut shell.command("loaddata -"), &dumped);
    assert_eq!(loaded.code, Some(0), "{}", loaded.stderr);
    // What SQLite's blog makes of the file is compared with Django's database elsewhere.
    let ours = shell.dump();
    assert!(ours == through_sqlite(&shell.folder, &dumped), "other rows than on SQLite");
    assert!(ours.contains("\"pk\": 2207, \"fields\": {\"title\": \"zoneinfo.available_timezones\""));
    let (_process, address) = shell.serve();
    assert_eq!(Site::add_post(&mut logged_in(address), "The next", "text", "ada"), 2208);
}

mod postgres {
    use super::*;

    #[test]
    fn the_blog_is_made_used_and_dumped() {
        is_made_used_and_dumped(Kind::Postgres);
    }

    #[test]
    fn the_blog_is_filled_from_django() {
        is_filled_from_django(Kind::Postgres);
    }

    #[test]
    fn dbshell_and_the_sql_of_commands_run() {
        let Some(shell) = Shell::migrated(Kind::Postgres) else { return };
        let Some(answer) = shell.ask("psql", "-At", "select 1 + 1;") else { return };
        assert_eq!(answer, "2");
        shell.ask("psql", "-At", "INSERT INTO blog_tag (id, name, slug) VALUES (7, 'cork', 'cork')");
        let reset = shell.done("sqlsequencereset blog");
        shell.ask("psql", "-At", &reset);
        let next = "INSERT INTO blog_tag (name, slug) VALUES ('wine', 'wine') RETURNING id";
        assert_eq!(shell.ask("psql", "-Atq", next).as_deref(), Some("8"));
        shell.ask("psql", "-At", &shell.done("sqlflush"));
        assert_eq!(shell.ask("psql", "-At", "SELECT count(*) FROM blog_tag").as_deref(), Some("0"));
    }
}

mod mariadb {
    use super::*;

    #[test]
    fn the_blog_is_made_used_and_dumped() {
        is_made_used_and_dumped(Kind::Mysql);
    }

    #[test]
    fn the_blog_is_filled_from_django() {
        is_filled_from_django(Kind::Mysql);
    }

    #[test]
    fn dbshell_and_the_sql_of_commands_run() {
        let Some(shell) = Shell::migrated(Kind::Mysql) else { return };
        let program = if run_is_missing("mysql") { "mariadb" } else { "mysql" };
        let Some(answer) = shell.ask(program, "-N", "select 1 + 1;") else { return };
        assert_eq!(answer, "2");
        shell.ask(program, "-N", "INSERT INTO blog_tag (id, name, slug) VALUES (7, 'cork', 'cork')");
        shell.ask(program, "-N", &shell.done("sqlflush"));
        assert_eq!(shell.ask(program, "-N", "SELECT count(*) FROM blog_tag").as_deref(), Some("0"));
        assert_eq!(shell.done("sqlsequencereset blog"), "-- nothing to do\n");
    }
}

/// Programs in the place of the clients: they print how they were started.
#[cfg(unix)]
mod clients {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn dbshell(folder: &Path, url: &str, arguments: &[&str]) -> demijohn_e2e::process::Finished {
        let mut command = blog(folder);
        command.env("DATABASE_URL", url).env("PATH", folder).arg("dbshell").args(arguments);
        run(&mut command)
    }

    fn install(folder: &Path, name: &str) {
        let program = folder.join(name);
        let script = "#!/bin/sh\necho \"${0##*/} $*\"\necho \"$PGPASSWORD$MYSQL_PWD\"\nexit 3\n";
        std::fs::write(&program, script).expect("the folder can be written to");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    #[test]
    fn a_password_goes_through_the_environment_and_the_clients_end_is_ours() {
        let folder = TempDir::new("clients");
        let postgres = "postgres://ada:p%40ss@127.0.0.1:1/shop?pool=2";
        let missing = dbshell(folder.path(), postgres, &[]);
        assert_eq!(missing.code, Some(1));
        assert!(missing.stderr.contains("error: `psql` does not start"), "{}", missing.stderr);

        install(folder.path(), "psql");
        let started = dbshell(folder.path(), postgres, &["--", "-c", "select 1"]);
        let line = "psql --host=127.0.0.1 --port=1 --username=ada --dbname=shop -c select 1\np@ss\n";
        assert_eq!((started.code, started.stdout.as_str()), (Some(3), line), "{}", started.stderr);

        let mysql = "mysql://ada:p%40ss@127.0.0.1:1/shop";
        install(folder.path(), "mariadb");
        let started = dbshell(folder.path(), mysql, &[]);
        assert_eq!(started.stdout, "mariadb --host=127.0.0.1 --port=1 --user=ada --database=shop\np@ss\n");
        install(folder.path(), "mysql");
        assert!(dbshell(folder.path(), mysql, &[]).stdout.starts_with("mysql --host=127.0.0.1 "));
    }

    #[test]
    fn the_client_of_another_database_of_the_settings_is_started() {
        let folder = TempDir::new("clients");
        install(folder.path(), "sqlite3");
        install(folder.path(), "psql");
        let settings = "[databases.archive]\nurl = \"postgres://ada@127.0.0.1:1/archive\"\n";
        std::fs::write(folder.join("demijohn.toml"), settings).expect("the folder can be written to");
        let usual = dbshell(folder.path(), "sqlite:site.sqlite3", &["--database", "default"]);
        let file = folder.path().canonicalize().expect("it is there").join("site.sqlite3");
        assert_eq!(usual.stdout, format!("sqlite3 {}\n\n", file.display()), "{}", usual.stderr);
        let other = dbshell(folder.path(), "sqlite:site.sqlite3", &["--database=archive"]);
        assert_eq!(other.stdout, "psql --host=127.0.0.1 --port=1 --username=ada --dbname=archive\n\n");
        let unknown = dbshell(folder.path(), "sqlite:site.sqlite3", &["--database", "archiv"]);
        assert_eq!(unknown.code, Some(1));
        assert!(unknown.stderr.contains("unknown database `archiv`; choices are `archive`"), "{}", unknown.stderr);
    }
}
