//! Hundreds of generated queries over the data that Django made, asked of Django's own ORM and of ours: the same rows.
//!
//! Each query is made twice from one random choice: with our typed API, and as Python for the peer project. The seed is
//! printed with a difference; `DEMIJOHN_SEED` and `DEMIJOHN_QUERIES` choose others.
//!
//! With other seeds one difference in some thousands of queries is known, and is Django's: `~Q(author__username=…)` keeps
//! the rows without an author, but loses them where another part of the same filter mentions `author` (Django then leaves
//! out its `IS NOT NULL`). Ours means the same wherever it stands.

mod generator;
mod models;

use std::env;

use demijohn_core::model::Models;
use demijohn_e2e::django::site_copy;
use demijohn_e2e::{Django, TempDir};
use demijohn_orm::{Db, Model as _};
use serde_json::Value;

use crate::databases::{Kind, run};
use generator::{Generated, Generator};
use models::{Comment, Post, Tag, User};

/// So many queries are compared on each database.
const QUERIES: usize = 600;

fn models() -> Models {
    [User::meta(), Tag::meta(), Post::meta(), Comment::meta()].into_iter().collect()
}

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Asks both, and tells every query whose answers differ.
async fn compare(db: &Db, django: &Django, folder: &TempDir) {
    let seed = number("DEMIJOHN_SEED", 20_261_127);
    let count = usize::try_from(number("DEMIJOHN_QUERIES", QUERIES as u64)).expect("it is no huge number");
    let mut generator = Generator::new(seed, db).await;
    let queries: Vec<Generated> = (0..count).map(|_| generator.query()).collect();
    let theirs = ask_django(django, folder, &queries);
    assert_eq!(theirs.len(), count, "Django answers every query");
    let mut differences = Vec::new();
    let mut empty = 0;
    for (n, (query, theirs)) in queries.into_iter().zip(theirs).enumerate() {
        let python = query.python;
        let ours = (query.ours)(db).await.unwrap_or_else(|error| Value::String(format!("{error:#}")));
        empty += usize::from(matches!(&theirs, Value::Array(rows) if rows.is_empty()));
        if ours != theirs {
            let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            differences.push(format!("{n}. {python}\n   ours   {}\n   theirs {}", short(&ours), short(&theirs)));
        }
    }
    let shown = differences.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "seed {seed}: {} of {count} queries differ:\n{shown}", differences.len());
    assert!(empty * 3 < count, "{empty} of {count} queries found nothing: they compare too little");
}

/// One Python process answers all.
fn ask_django(django: &Django, folder: &TempDir, queries: &[Generated]) -> Vec<Value> {
    let mut script = String::from(
        "import json\nfrom decimal import Decimal\nfrom datetime import datetime, timedelta, timezone as tz\n\
         from django.db.models import *\nfrom django.db.models.functions import *\n\
         from blog.models import *\nfrom django.contrib.auth.models import User\n\
         EPOCH = datetime(1970, 1, 1, tzinfo=tz.utc)\n\
         def at(micros): return EPOCH + timedelta(microseconds=micros)\n\
         def plain(value):\n\
         \x20   if isinstance(value, datetime): return (value - EPOCH) // timedelta(microseconds=1)\n\
         \x20   if isinstance(value, (list, tuple, QuerySet)): return [plain(one) for one in value]\n\
         \x20   if isinstance(value, dict): return [plain(one) for one in value.values()]\n\
         \x20   if isinstance(value, Decimal): return int(value) if value == int(value) else round(float(value), 6)\n\
         \x20   if isinstance(value, float): return round(value, 6)\n\
         \x20   return value\n\
         print('answers ' + json.dumps([plain(query()) for query in [\n",
    );
    for query in queries {
        script.push_str("lambda: ");
        script.push_str(&query.python);
        script.push_str(",\n");
    }
    script.push_str("]]))\n");
    let path = folder.join("queries.py");
    std::fs::write(&path, script).expect("the script is written");
    let code = format!("exec(open({:?}).read(), {{}})", path.display().to_string());
    let output = django.shell(&code);
    let answers = output.lines().find_map(|line| line.strip_prefix("answers ")).expect("Django prints its answers");
    serde_json::from_str(answers).expect("they are JSON")
}

#[tokio::test]
async fn our_rows_are_djangos_on_sqlite() {
    let folder = TempDir::new("differential");
    let Some(database) = site_copy(&folder) else { return };
    let Some(django) = Django::over(&database) else { return };
    let db = Db::connect(&format!("sqlite:{}", database.display()), models()).await.expect("it opens");
    compare(&db, &django, &folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_rows_are_djangos_on_postgres() {
    let folder = TempDir::new("differential-postgres");
    let Some(database) = site_copy(&folder) else { return };
    let Some(django) = Django::over(&database) else { return };
    run(Kind::Postgres, models(), async |db| {
        let name = db.driver().address().rsplit('/').next().unwrap_or_default().to_owned();
        let dump = folder.join("site.json");
        let dump = dump.to_str().expect("temporary folders have plain names");
        django.manage(&["dumpdata", "--natural-foreign", "-e", "contenttypes", "-e", "auth.permission", "-o", dump]);
        let django = django.clone().on_postgres(&Kind::Postgres.server(), &name);
        django.manage(&["migrate", "-v0"]);
        django.manage(&["loaddata", "-v0", dump]);
        compare(db, &django, &folder).await;
    })
    .await;
}
