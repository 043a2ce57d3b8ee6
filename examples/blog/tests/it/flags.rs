//! The commands of migrations and data with their options, through the built program: what they print, do and end with.

use std::path::PathBuf;
use std::process::Command;

use demijohn_e2e::process::{Finished, run, run_ok, run_with_input};
use demijohn_e2e::{TempDir, django, tools};
use rusqlite::Connection;

use crate::site::blog_on;
use crate::tables::Tables;

const AUTH: &str = "0012_alter_user_first_name_max_length";

struct Shell {
    folder: TempDir,
    database: PathBuf,
}

impl Shell {
    /// A database without tables.
    fn empty() -> Self {
        let folder = TempDir::new("flags");
        let database = folder.join("blog.sqlite3");
        Self { folder, database }
    }

    fn migrated() -> Self {
        let shell = Self::empty();
        shell.done("migrate --no-input");
        shell
    }

    /// Migrated, with two tags.
    fn with_tags() -> Self {
        let shell = Self::migrated();
        shell.sql("INSERT INTO blog_tag (id, name, slug) VALUES (1, 'cork', 'cork'), (2, 'wine', 'wine')");
        shell
    }

    fn command(&self, line: &str) -> Command {
        let mut command = blog_on(self.folder.path(), &self.database);
        command.args(line.split_whitespace());
        command
    }

    fn done(&self, line: &str) -> String {
        run_ok(&mut self.command(line))
    }

    fn run(&self, line: &str) -> Finished {
        run(&mut self.command(line))
    }

    /// A command that must end with 1, and what it says.
    fn refused(&self, line: &str) -> String {
        let finished = self.run(line);
        assert_eq!(finished.code, Some(1), "`{line}`: {}{}", finished.stdout, finished.stderr);
        finished.stderr
    }

    fn sql(&self, sql: &str) {
        Connection::open(&self.database).expect("the database opens").execute_batch(sql).expect("the SQL runs");
    }

    fn numbers(&self, sql: &str) -> Vec<i64> {
        let database = Connection::open(&self.database).expect("the database opens");
        let mut statement = database.prepare(sql).expect("the statement is well formed");
        let rows = statement.query_map([], |row| row.get(0)).expect("the query runs");
        rows.collect::<Result<_, _>>().expect("every row is a number")
    }

    fn has_table(&self, name: &str) -> bool {
        !self
            .numbers(&format!("SELECT count(*) FROM sqlite_master WHERE name = '{name}' HAVING count(*) > 0"))
            .is_empty()
    }
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn makemigrations_finds_no_changes_and_writes_only_without_dry_run() {
    let shell = Shell::empty();
    let sources =
        || std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/migrations")).expect("a folder").count();
    let before = sources();
    assert_eq!(shell.done("makemigrations --check"), "no changes\n");
    assert_eq!(shell.done("makemigrations --check --dry-run blog"), "no changes\n");
    assert_eq!(shell.done("makemigrations --update --dry-run"), "no changes\n");
    for name in ["--name later", "--name=later", "-n later"] {
        let shown = shell.done(&format!("makemigrations --empty --dry-run {name} blog"));
        contains(
            &shown,
            &["m0002_later.rs", "Migration::new(\"blog\", \"0002_later\").depends_on(\"blog\", \"0001_initial\")"],
        );
    }
    contains(&shell.refused("makemigrations --empty"), &["`--empty` needs the app"]);
    contains(&shell.refused("makemigrations --merge --no-input"), &["nothing to merge"]);
    for line in ["makemigrations blogg", "makemigrations --check blogg", "makemigrations --empty --dry-run blogg"] {
        contains(&shell.refused(line), &["unknown app `blogg`", "`blog`"]);
    }
    contains(&shell.refused("makemigrations --drynk"), &["unknown option `--drynk`", "`--dry-run`"]);
    assert_eq!(sources(), before);
    assert!(!shell.has_table("django_migrations"), "none of these writes to the database");
}

#[test]
fn migrate_plans_checks_and_goes_there_and_back() {
    let shell = Shell::empty();
    let plan = shell.done("migrate --plan");
    contains(&plan, &["blog.0001_initial\n", "create model Post"]);
    contains(&shell.refused("migrate --check"), &["migrations are not applied", "`blog.0001_initial`"]);
    assert!(!shell.has_table("blog_post"), "a plan does nothing");
    contains(&shell.done("migrate --noinput"), &["applying blog.0001_initial... ok"]);
    assert_eq!(shell.done("migrate --check"), "nothing to migrate\n");
    contains(&shell.done("migrate blog zero --plan"), &["undo: create model Post"]);
    assert!(shell.has_table("blog_post"));
    shell.done("migrate blog zero");
    assert!(!shell.has_table("blog_post") && shell.has_table("auth_user"));
    shell.done("migrate blog 0001 --database default");
    assert!(shell.has_table("blog_post"));
    contains(&shell.refused("migrate --database archive"), &["unknown database `archive`"]);
    contains(&shell.refused("migrate blog 0007"), &["no migration `0007` of app `blog`", "`0001_initial`"]);
}

#[test]
fn migrate_records_without_doing_and_forgets() {
    let shell = Shell::migrated();
    let applied = |shell: &Shell| shell.done("showmigrations blog");
    shell.done("migrate blog zero --fake");
    assert_eq!(applied(&shell), "blog\n [ ] 0001_initial\n");
    assert!(shell.has_table("blog_post"));
    contains(&shell.refused("migrate"), &["blog_tag"]);
    shell.done("migrate --fake-initial");
    assert_eq!(applied(&shell), "blog\n [X] 0001_initial\n");
    shell.done("migrate blog zero");
    shell.done("migrate blog --fake");
    assert!(!shell.has_table("blog_post") && applied(&shell).contains("[X]"));

    shell.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('blog', '0000_gone', '2026-01-01 00:00:00')");
    contains(&applied(&shell), &[" [?] 0000_gone"]);
    contains(&shell.refused("migrate --prune"), &["`--prune` needs the app"]);
    shell.done("migrate blog --prune");
    assert_eq!(applied(&shell), "blog\n [X] 0001_initial\n");
}

#[test]
fn migrate_goes_on_where_one_stopped_or_behind_it() {
    let shell = Shell::migrated();
    let stop = || {
        shell.sql("UPDATE django_migrations SET name = '0001_initial (2 of 3 steps)' WHERE app = 'blog'");
        shell.sql("DROP TABLE blog_comment");
    };
    stop();
    assert_eq!(shell.done("showmigrations blog"), "blog\n [ ] 0001_initial (2 of 3 steps are applied)\n");
    assert_eq!(shell.done("migrate --plan"), "blog.0001_initial\n    create model Comment\n");
    contains(&shell.done("migrate"), &["it stopped at step 3 of 3 and goes on there: create model Comment... ok\n"]);
    assert_eq!(shell.done("showmigrations blog"), "blog\n [X] 0001_initial\n");
    assert!(shell.has_table("blog_comment"));
    stop();
    contains(&shell.done("migrate --skip-step"), &["applying blog.0001_initial... ok"]);
    assert_eq!(shell.done("showmigrations blog"), "blog\n [X] 0001_initial\n");
    assert!(!shell.has_table("blog_comment"), "it was to be finished by hand");
}

#[test]
fn optimizemigration_says_when_there_is_nothing_to_do() {
    let shell = Shell::empty();
    assert_eq!(shell.done("optimizemigration blog 1 --check"), "no optimizations possible\n");
    contains(&shell.refused("optimizemigration blog"), &["needs an app and a migration"]);
    contains(&shell.refused("optimizemigration blog 7"), &["no migration `7` of app `blog`"]);
}

#[test]
fn migrations_are_shown_as_lists_plans_and_sql() {
    let shell = Shell::empty();
    contains(&shell.done("showmigrations"), &["auth\n [ ] 0012_alter", "sessions\n [ ] 0001_initial\n"]);
    shell.done("migrate auth");
    let auth = format!("auth\n [X] {AUTH} (stands for 11 older)\n");
    for flag in ["", "--list", "-l"] {
        assert_eq!(shell.done(&format!("showmigrations auth {flag}")), auth);
    }
    for flag in ["--plan", "-p"] {
        let plan = shell.done(&format!("showmigrations {flag} blog"));
        let lines = format!("[X] contenttypes.0002_remove_content_type_name\n[X] auth.{AUTH}\n[ ] blog.0001_initial\n");
        assert_eq!(plan, lines);
    }
    contains(&shell.refused("showmigrations --plan --list"), &["give one of them"]);
    contains(&shell.refused("showmigrations blogg"), &["`blogg`", "`blog`"]);

    let forward = shell.done("sqlmigrate blog 0001");
    contains(&forward, &["-- blog.0001_initial\nCREATE TABLE \"blog_tag\""]);
    contains(&shell.done("sqlmigrate blog 0001 --backwards"), &["DROP TABLE \"blog_post\";"]);
    shell.sql(&forward);
    assert!(shell.has_table("blog_comment"), "what is printed runs");
    contains(&shell.refused("sqlmigrate blog"), &["needs an app and a migration"]);
    let only_one = shell.run("squashmigrations blog 0001 --no-input --dry-run");
    assert_eq!(only_one.code, Some(1), "{}", only_one.stdout);
}

#[test]
fn inspectdb_writes_the_tables_that_are_named_and_views_on_request() {
    let shell = Shell::migrated();
    shell.sql("CREATE VIEW busy AS SELECT author_id, count(*) AS posts FROM blog_post GROUP BY author_id");
    let all = shell.done("inspectdb");
    contains(&all, &["struct BlogPost ", "struct AuthUser ", "table = \"django_session\""]);
    assert!(!all.contains("\"busy\""), "{all}");
    contains(&shell.done("inspectdb --include-views"), &["table = \"busy\"", "struct BlogPost "]);
    let one = shell.done("inspectdb blog_tag");
    contains(&one, &["struct BlogTag ", "max_length = 50, unique"]);
    assert!(!one.contains("blog_post"), "{one}");
    contains(&shell.done("inspectdb busy"), &["table = \"busy\""]);
    contains(&shell.refused("inspectdb blog_tagg"), &["blog_tagg"]);
}

#[test]
fn dumpdata_chooses_indents_and_writes_files() {
    let shell = Shell::with_tags();
    let tag = |key: u8, name: &str| {
        format!(r#"{{"model": "blog.tag", "pk": {key}, "fields": {{"name": "{name}", "slug": "{name}"}}}}"#)
    };
    let both = format!("[{}, {}]", tag(1, "cork"), tag(2, "wine"));
    assert_eq!(shell.done("dumpdata blog.Tag"), both);
    assert_eq!(shell.done("dumpdata --exclude auth -e contenttypes"), both);
    assert_eq!(shell.done("dumpdata blog.tag --pks 2"), format!("[{}]", tag(2, "wine")));
    assert_eq!(shell.done("dumpdata blog --exclude=blog.tag"), "[]");
    let indented = shell.done("dumpdata blog.tag --pks 1 --indent 2 --format json");
    contains(&indented, &["[\n{\n  \"model\": \"blog.tag\",\n  \"pk\": 1,\n  \"fields\": {\n    \"name\": \"cork\""]);
    for flag in ["--output", "-o"] {
        assert_eq!(shell.done(&format!("dumpdata blog.tag {flag} tags.json")), "");
        assert_eq!(std::fs::read_to_string(shell.folder.join("tags.json")).expect("it was written"), both);
    }
    contains(&shell.refused("dumpdata blog.tagg"), &["unknown model `blog.tagg`", "`blog.Tag`"]);
    contains(&shell.refused("dumpdata blog --pks 1"), &["one model only"]);
    contains(&shell.refused("dumpdata --format yaml"), &["the only choice is `json`"]);
    contains(&shell.refused("dumpdata -o nowhere/tags.json"), &["cannot write `nowhere/tags.json`"]);
}

#[test]
fn loaddata_reads_files_and_standard_input_and_leaves_out() {
    let shell = Shell::migrated();
    let tag = r#"{"model": "blog.tag", "pk": 1, "fields": {"name": "cork", "slug": "cork", "colour": "red"}}"#;
    let gone = r#"{"model": "shop.gone", "pk": 1, "fields": {}}"#;
    std::fs::write(shell.folder.join("old.json"), format!("[{tag}, {gone}]")).expect("the folder can be written to");
    contains(&shell.refused("loaddata old.json"), &["old.json:1:", "unknown field `colour`"]);
    for flag in ["--ignorenonexistent", "-i"] {
        shell.sql("DELETE FROM blog_tag");
        assert_eq!(shell.done(&format!("loaddata old.json {flag}")), "loaded 1 object from 1 file; 1 other left out\n");
        assert_eq!(shell.numbers("SELECT id FROM blog_tag"), [1]);
    }
    assert_eq!(
        shell.done("loaddata old.json -i --exclude blog.tag"),
        "loaded 0 objects from 1 file; 2 others left out\n"
    );

    let other = Shell::with_tags();
    let loaded = run_with_input(&mut shell.command("loaddata -"), &other.done("dumpdata blog"));
    assert_eq!((loaded.code, loaded.stdout.as_str()), (Some(0), "loaded 2 objects from 1 file\n"), "{}", loaded.stderr);
    assert_eq!(shell.numbers("SELECT id FROM blog_tag ORDER BY id"), [1, 2]);
    contains(&shell.refused("loaddata"), &["`loaddata` needs a file"]);
    contains(&shell.refused("loaddata nowhere.json"), &["cannot read `nowhere.json`"]);
}

#[test]
fn flush_and_its_sql_leave_what_a_migrate_leaves() {
    let fresh = Tables::of(&Shell::migrated().database);
    let shell = Shell::with_tags();
    // Nobody is there to answer.
    contains(&shell.refused("flush"), &["nobody is there to answer", "`--no-input`"]);
    assert_eq!(shell.numbers("SELECT count(*) FROM blog_tag"), [2]);
    shell.done("flush --no-input");
    Tables::of(&shell.database).assert_same(&fresh);

    let shell = Shell::with_tags();
    let sql = shell.done("sqlflush");
    assert_eq!(shell.numbers("SELECT count(*) FROM blog_tag"), [2]);
    shell.sql(&sql);
    let counts = "SELECT count(*) FROM blog_tag UNION ALL SELECT count(*) FROM auth_permission";
    assert_eq!(shell.numbers(counts), [0, 0]);
    assert_eq!(shell.done("sqlsequencereset blog auth"), "-- nothing to do\n");
    contains(&shell.refused("sqlsequencereset"), &["needs an app"]);
    contains(&shell.refused("sqlsequencereset blogg"), &["unknown app `blogg`", "did you mean `blog`?"]);
}

#[test]
fn dbshell_hands_over_to_sqlite() {
    let shell = Shell::with_tags();
    let answer = run_with_input(&mut shell.command("dbshell"), "select count(*) from blog_tag;\n");
    if answer.stderr.contains("`sqlite3` does not start") {
        tools::skip("`dbshell` with a real `sqlite3`: it is not there");
        return;
    }
    assert_eq!((answer.code, answer.stdout.as_str()), (Some(0), "2\n"), "{}", answer.stderr);
}

#[test]
fn a_database_that_django_made_has_nothing_to_migrate_even_without_its_records() {
    let folder = TempDir::new("flags");
    let Some(database) = django::site_copy(&folder) else { return };
    let shell = Shell { folder, database };
    let before = Tables::of(&shell.database);
    assert_eq!(shell.done("migrate --check"), "nothing to migrate\n");
    shell.sql("DELETE FROM django_migrations");
    shell.done("migrate --fake-initial");
    assert_eq!(shell.done("migrate --check"), "nothing to migrate\n");
    Tables::of(&shell.database).assert_same(&before);
}
