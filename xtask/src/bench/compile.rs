//! What models cost the compiler: the same program with none and with many.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use super::{Effort, Report, folder};
use crate::Result;
use crate::measure::{Figures, round};
use crate::shell::{cargo, read, root, run as run_command};

const ROUNDS: u32 = 5;
const MODELS: u32 = 20;
/// Seconds that one model may add.
const LIMIT: f64 = 0.25;

/// Twenty fields of the usual kinds, the key among them.
const FIELDS: &str = "\
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(max_length = 200, unique)]
    pub slug: String,
    pub body: Text,
    #[field(default = 0)]
    pub views: i64,
    pub size: i32,
    pub rating: f64,
    pub is_open: bool,
    pub is_listed: bool,
    #[field(auto_now_add)]
    pub created_at: Timestamp,
    #[field(auto_now)]
    pub changed_at: Timestamp,
    pub due_at: Option<Timestamp>,
    #[field(max_length = 100)]
    pub place: Option<String>,
    #[field(max_length = 50)]
    pub colour: String,
    pub weight: Option<f64>,
    pub number: Option<i64>,
    pub day: Date,
    pub moment: Option<Time>,
    #[field(max_digits = 12, decimal_places = 2)]
    pub price: Decimal,
    #[field(on_delete = Cascade)]
    pub owner: ForeignKey<Owner>,
";

const OWNER: &str = "\
//! Models to be compiled.

use demijohn::Model;
#[allow(unused_imports)]
use demijohn::orm::{Date, Db, Decimal, ForeignKey, Text, Time, Timestamp};

#[derive(Model, Debug, Clone)]
#[model(app = \"shop\")]
pub struct Owner {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
}
";

/// A kind of build, and what it took with none and with all of the models.
struct Build {
    title: &'static str,
    verb: &'static str,
    /// Is nothing of the program there from an earlier build?
    cold: bool,
    without: Figures,
    with: Figures,
}

pub(super) fn run(effort: Effort, report: &mut Report) -> Result {
    let built = folder().join("compile");
    let programs = [(0, folder().join("models-none")), (MODELS, folder().join("models-many"))];
    for (models, program) in &programs {
        write_program(program, *models)?;
    }
    let build = |title, verb, cold| Build { title, verb, cold, without: Figures::default(), with: Figures::default() };
    let mut builds = [
        build("`cargo build` of the whole program's crate", "build", true),
        build("`cargo build` after an edit of a model's file", "build", false),
        build("`cargo check` of the whole program's crate", "check", true),
        build("`cargo check` after an edit of a model's file", "check", false),
    ];
    for build in &mut builds {
        // What both depend on is compiled before the clock starts.
        for (_, program) in &programs {
            seconds(program, &built, build.verb, 0)?;
        }
        for number in 1..=effort.rounds(ROUNDS) {
            for (models, program) in &programs {
                if build.cold {
                    read(
                        cargo(&["clean", "--quiet", "--package", "models"])
                            .current_dir(program)
                            .env("CARGO_TARGET_DIR", &built),
                    )?;
                } else {
                    // The other program was built in the same folder meanwhile.
                    seconds(program, &built, build.verb, 0)?;
                }
                let figures = if *models == 0 { &mut build.without } else { &mut build.with };
                figures.add(seconds(program, &built, build.verb, number)?);
            }
        }
    }
    write(report, &builds);
    Ok(())
}

fn write(report: &mut Report, builds: &[Build]) {
    report.section(
        "What a model costs the compiler",
        &format!(
            "Seconds of wall time, debug profile: one crate with no model of its own beside `Owner`, and with {MODELS} \
             models of 20 fields, each in use (create, filter, get, all, update, delete); all dependencies built before. \
             The edit adds a line to a function in the models' file."
        ),
    );
    let head = ["what", "no models", &format!("{MODELS} models"), "a model"].map(str::to_owned).to_vec();
    let each = |build: &Build| (build.with.median() - build.without.median()) / f64::from(MODELS);
    let mut rows = vec![head];
    rows.extend(builds.iter().map(|build| {
        vec![build.title.to_owned(), build.without.to_string(), build.with.to_string(), round(each(build))]
    }));
    report.table(&rows);
    for build in builds {
        report.at_most(&format!("seconds that a model of 20 fields adds, {}", build.title), each(build), LIMIT);
    }
}

/// Seconds of a build after an edit.
fn seconds(program: &Path, built: &Path, verb: &str, edit: u32) -> Result<f64> {
    let path = program.join("src/models.rs");
    let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let kept = text.split("\n// the edit\n").next().unwrap_or_default();
    let function = format!("pub fn edited() -> u32 {{\n    std::hint::black_box({edit})\n}}\n");
    write_file(&path, &format!("{kept}\n// the edit\n{function}"))?;
    let mut build = cargo(&[verb, "--quiet", "--offline"]);
    build.current_dir(program).env("CARGO_TARGET_DIR", built);
    let start = Instant::now();
    run_command(&mut build)?;
    Ok(start.elapsed().as_secs_f64())
}

/// A program of its own with so many models.
fn write_program(program: &Path, models: u32) -> Result {
    let source = program.join("src");
    fs::create_dir_all(&source).map_err(|error| format!("cannot make {}: {error}", source.display()))?;
    let facade = root().join("crates/demijohn");
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"models\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\ndemijohn = {{ path = \"{}\", features = [\"sqlite\"] }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n",
        facade.display()
    );
    write_file(&program.join("Cargo.toml"), &manifest)?;
    // The versions that the framework is built with.
    let lock = root().join("Cargo.lock");
    fs::copy(&lock, program.join("Cargo.lock")).map_err(|error| format!("cannot copy {}: {error}", lock.display()))?;
    let (mut declared, mut used) = (OWNER.to_owned(), String::new());
    for n in 0..models {
        let _ = write!(
            declared,
            "\n#[derive(Model, Debug, Clone)]\n#[model(app = \"shop\")]\npub struct Thing{n} {{\n{FIELDS}}}\n\n{}",
            use_of(n)
        );
        let _ = writeln!(used, "    println!(\"{{:?}}\", models::use_thing{n}(db).await);");
    }
    write_file(&source.join("models.rs"), &declared)?;
    let main = format!(
        "mod models;\n\nuse demijohn::prelude::*;\nuse demijohn::orm::Db;\n\nasync fn use_all(db: &Db) {{\n    \
         println!(\"{{:?}} {{}}\", models::Owner::objects().count(db).await, models::edited());\n{used}}}\n\n\
         #[demijohn::main]\nasync fn main() -> demijohn::Result<()> {{\n    \
         let db = Db::connect(\"sqlite::memory:\", [models::Owner::meta()].into_iter().collect()).await?;\n    \
         use_all(&db).await;\n    Ok(())\n}}\n"
    );
    write_file(&source.join("main.rs"), &main)
}

/// What a program does with a model.
fn use_of(n: u32) -> String {
    format!(
        "pub async fn use_thing{n}(db: &Db) -> demijohn::Result<usize> {{\n    \
         let found = Thing{n}::objects().filter(|t| t.views.gt(3) & t.title.contains(\"a\")).order_by(|t| t.id.desc()).all(db).await?;\n    \
         Thing{n}::create().title(\"a\").slug(\"one\").body(\"b\").size(1).rating(0.5).is_open(true).is_listed(false)\n        \
         .colour(\"red\").day(Date::constant(2026, 1, 31)).price(Decimal::ONE).owner(1).save(db).await?;\n    \
         let one = Thing{n}::objects().filter(|t| t.slug.eq(\"one\")).get(db).await?;\n    \
         Thing{n}::objects().filter(|t| t.id.eq(one.id)).update(|t| t.views.set(one.views + 1)).execute(db).await?;\n    \
         one.delete(db).await?;\n    Ok(found.len())\n}}\n"
    )
}

fn write_file(path: &Path, text: &str) -> Result {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
