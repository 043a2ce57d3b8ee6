//! Random changes to models: what the detector finds and the editor does leads to the schema that is made from scratch,
//! and rows survive.
//!
//! `DEMIJOHN_RANDOM_STEPS=2000 DEMIJOHN_RANDOM_SEED=7 cargo test -p demijohn-orm random` goes on for longer, from a seed.

mod change;
mod model;

use std::env;
use std::sync::Arc;

use demijohn_core::model::{IndexMethod, Models, SourceMeta, Value};
use demijohn_core::{Error, Result};
use demijohn_orm::migrations::{
    Ask, MakeOptions, MigrateContext, MigrateOptions, Migration, Migrations, SquashOptions, makemigrations, migrate,
    pending, squashmigrations,
};
use demijohn_orm::{Db, Executor as _, introspect};
use demijohn_sql::schema::{Fill, Table, quoted};
use demijohn_sql::{Connection, Dialect, Flow, Statement, ValueRef};

use super::Scratch;
use crate::databases::{Kind, run};
use change::{Random, Renames};
use model::{Field, Spec};

/// Rows of each model.
const ROWS: i64 = 3;

fn number(variable: &str, usual: u64) -> u64 {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test]
async fn random_changes_lead_to_the_same_schema_on_sqlite() {
    wander(Kind::Sqlite).await;
}

#[tokio::test]
async fn random_changes_lead_to_the_same_schema_on_postgres() {
    wander(Kind::Postgres).await;
}

#[tokio::test]
async fn random_changes_lead_to_the_same_schema_on_mysql() {
    wander(Kind::Mysql).await;
}

async fn wander(kind: Kind) {
    let steps = number("DEMIJOHN_RANDOM_STEPS", 12);
    let seed = number("DEMIJOHN_RANDOM_SEED", 1);
    for round in 0..steps.div_ceil(12) {
        let seed = seed + round;
        run(kind, Models::new(), async |db| {
            run(kind, Models::new(), async |fresh| {
                let mut walk = Walk::new(kind, seed);
                for step in 0..12.min(steps) {
                    walk.step(db, fresh, step).await;
                }
                walk.squash(db, fresh).await;
            })
            .await;
        })
        .await;
    }
}

/// Answers the questions of the detector: nothing is renamed but what was said, and old rows get a value of the kind.
struct Answers<'a> {
    spec: &'a Spec,
}

impl Ask for Answers<'_> {
    fn ask(&mut self, question: &str) -> Result<String> {
        if question.contains("[y/n]") {
            return Ok("n".to_owned());
        }
        let name = question.split('`').nth(1).unwrap_or_default();
        let mut parts = name.split('.').skip(1);
        let (model, field) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let found = self.spec.models.iter().find(|own| own.name() == model);
        let field = found.and_then(|own| own.fields.iter().find(|own| own.name() == field));
        let field = field.ok_or_else(|| Error::invalid(format!("what is asked? {question}")))?;
        Ok(match field.sample(1, self.spec) {
            Value::Bool(value) => value.to_string(),
            value => value.to_string(),
        })
    }
}

impl Drop for Walk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.source.manifest_dir);
    }
}

struct Walk {
    kind: Kind,
    seed: u64,
    random: Random,
    spec: Spec,
    history: Vec<Migration>,
    log: Vec<String>,
    /// Where the list of migrations would be kept.
    source: SourceMeta,
}

impl Walk {
    fn new(kind: Kind, seed: u64) -> Self {
        let random = Random::new(seed);
        let folder = Scratch::folder();
        std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n").expect("it can be written");
        std::fs::write(folder.join("mod.rs"), "demijohn::migrations! { \"shop\" }\n").expect("it can be written");
        let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
        Self { kind, seed, random, spec: Spec::default(), history: Vec::new(), log: Vec::new(), source }
    }

    fn listed(&self) -> Vec<Arc<Migrations>> {
        if self.history.is_empty() {
            return Vec::new();
        }
        vec![Arc::new(Migrations::new("shop", self.source, self.history.clone()))]
    }

    fn fail(&self, what: &str) -> ! {
        let log = self.log.join("\n  ");
        panic!("DEMIJOHN_RANDOM_SEED={} on {:?}: {what}\nchanges:\n  {log}", self.seed, self.kind);
    }

    async fn step(&mut self, db: &Db, fresh: &Db, number: u64) {
        let before = self.spec.clone();
        let kept = contents(db.connection(), &before).await;
        let kept = kept.unwrap_or_else(|error| self.fail(&format!("rows cannot be read: {error:#}")));
        let mut renames = Renames::new(&before);
        for _ in 0..=self.random.below(3) {
            let words = change::change(&mut self.spec, &mut self.random, self.kind, &mut renames);
            self.log.push(format!("{number}: {words}"));
        }
        let models = self.spec.models();
        let made = self.make(&models, &renames, &self.listed());
        let sources: Vec<String> = made.iter().map(|(_, source)| source.clone()).collect();
        self.log.extend(sources);
        self.history.extend(made.into_iter().map(|(migration, _)| migration));
        let migrations = self.listed();
        self.migrate(db, &models, &migrations).await;
        let again = self.make(&models, &Renames::default(), &self.listed());
        if let Some((_, source)) = again.first() {
            self.fail(&format!("the same models make another migration:\n{source}"));
        }
        self.compare(db, fresh, &models).await;
        let now = contents(db.connection(), &self.spec).await;
        let now = now.unwrap_or_else(|error| self.fail(&format!("rows cannot be read: {error:#}")));
        for ((place, old), (_, field)) in kept.iter().zip(&before_fields(&before)) {
            let new = now.iter().find(|(own, _)| own == place);
            let same_kind = self.spec.field(place.1).is_some_and(|now| now.kind == field.kind && now.to == field.to);
            if let Some((_, new)) = new.filter(|_| same_kind) {
                let lost = old.iter().zip(new).find(|(old, new)| old.is_some() && old != new);
                if let Some((old, new)) = lost {
                    self.fail(&format!("`{}` held {old:?} and holds {new:?}", field.name()));
                }
                if old.len() != new.len() {
                    self.fail(&format!("rows of `{}` were lost", field.name()));
                }
            }
        }
        if let Err(error) = self.furnish(db.connection(), &before).await {
            self.fail(&format!("rows cannot be written: {error:#}"));
        }
    }

    fn make(&self, models: &Models, renames: &Renames, history: &[Arc<Migrations>]) -> Vec<(Migration, String)> {
        let options = MakeOptions { dry_run: true, renames: renames.options(&self.spec), ..MakeOptions::default() };
        let mut answers = Answers { spec: &self.spec };
        match makemigrations(models, history, &options, Some(&mut answers)) {
            Ok(report) => report.made.into_iter().map(|made| (made.migration, made.source)).collect(),
            Err(error) => self.fail(&format!("no migration can be made: {error:#}")),
        }
    }

    async fn migrate(&self, db: &Db, models: &Models, migrations: &[Arc<Migrations>]) {
        let driver = db.driver().as_ref();
        let context = MigrateContext { driver, models, migrations, post_migrate: &[] };
        if let Err(error) = migrate(&context, &MigrateOptions::default(), &mut |_| {}).await {
            self.fail(&format!("it cannot be migrated: {error:#}"));
        }
    }

    /// The tables are those that are made from nothing.
    async fn compare(&self, db: &Db, fresh: &Db, models: &Models) {
        let made = self.make(models, &Renames::default(), &[]).into_iter().map(|(migration, _)| migration).collect();
        self.compare_with(db, fresh, models, made).await;
    }

    /// The tables are those that these migrations make.
    async fn compare_with(&self, db: &Db, fresh: &Db, models: &Models, list: Vec<Migration>) {
        let found = introspect::schema(db.connection()).await.expect("the schema can be read");
        let first = vec![Arc::new(Migrations::new("shop", self.source, list))];
        self.migrate(fresh, models, &first).await;
        let fresh_tables = introspect::schema(fresh.connection()).await.expect("the schema can be read");
        empty(self.kind, fresh.connection(), &fresh_tables).await.expect("tables can be dropped");
        let wanted = normal(fresh_tables);
        let found = normal(found);
        for (found, wanted) in found.iter().zip(&wanted) {
            if found != wanted {
                self.fail(&format!("found  {found:#?}\nwanted {wanted:#?}"));
            }
        }
        let names = |tables: &[Table]| tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>();
        if names(&found) != names(&wanted) {
            self.fail(&format!("found {:?}, wanted {:?}", names(&found), names(&wanted)));
        }
    }

    /// One migration in place of all, of the older half or of the newer makes the same tables, and a database that has
    /// them all has it.
    async fn squash(&mut self, db: &Db, fresh: &Db) {
        let models = self.spec.models();
        let name = |place: usize| self.history[place].name().to_owned();
        let (last, half) = (self.history.len() - 1, self.history.len() / 2);
        for (from, to) in [(0, last), (0, half), (half, last)] {
            if to - from < 1 {
                continue;
            }
            let start = (from > 0).then(|| name(from));
            let options = SquashOptions {
                app: "shop".to_owned(),
                start,
                end: name(to),
                dry_run: true,
                ..SquashOptions::default()
            };
            let squash = match squashmigrations(&models, &self.listed(), &options, None) {
                Ok(report) => report.made,
                Err(error) => self.fail(&format!("{from} to {to} cannot be squashed: {error:#}")),
            };
            self.log.push(squash.source);
            let mut list = self.history.clone();
            list.push(squash.migration.clone());
            let both = vec![Arc::new(Migrations::new("shop", self.source, list))];
            let open = pending(db.driver().as_ref(), &both).await.expect("they fit together");
            assert_eq!(open, [], "all of them are applied");
            let mut list = self.history[..from].to_vec();
            list.push(squash.migration);
            list.extend_from_slice(&self.history[to + 1..]);
            self.compare_with(db, fresh, &models, list).await;
            self.log.pop();
        }
    }

    /// Gives new models rows, and new fields values.
    async fn furnish(&self, connection: &dyn Connection, before: &Spec) -> Result<()> {
        let dialect = connection.dialect();
        for model in self.spec.in_order() {
            let table = quoted(&model.table(), dialect);
            let is_new = !before.models.iter().any(|own| own.id == model.id);
            for row in (1..=ROWS).filter(|_| is_new) {
                let fields = model.fields.iter().filter(|field| field.generated.is_none());
                let mut names = vec![quoted("id", dialect)];
                let mut values = vec![row.to_string()];
                for field in fields {
                    names.push(quoted(&field.column(), dialect));
                    values.push(literal(field, row, &self.spec, dialect)?);
                }
                let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
                connection.execute(&Statement::plain(sql)).await?;
            }
            for field in model.fields.iter().filter(|field| !is_new && field.generated.is_none()) {
                let known = before.field(field.id).is_some_and(|old| old.kind == field.kind && old.to == field.to);
                for row in (1..=ROWS).filter(|_| !known) {
                    let value = literal(field, row, &self.spec, dialect)?;
                    let sql =
                        format!("UPDATE {table} SET {} = {value} WHERE id = {row}", quoted(&field.column(), dialect));
                    connection.execute(&Statement::plain(sql)).await?;
                }
            }
        }
        Ok(())
    }
}

fn literal(field: &Field, row: i64, spec: &Spec, dialect: &dyn Dialect) -> Result<String> {
    Fill::Value(field.sample(row, spec)).literal(field.kind, dialect)
}

fn before_fields(spec: &Spec) -> Vec<((u32, u32), Field)> {
    let of = |model: &model::Model| {
        let id = model.id;
        model.fields.iter().map(move |field| ((id, field.id), field.clone())).collect::<Vec<_>>()
    };
    spec.models.iter().flat_map(of).collect()
}

/// Drops all tables.
async fn empty(kind: Kind, connection: &dyn Connection, tables: &[Table]) -> Result<()> {
    let names: Vec<String> = tables.iter().map(|table| quoted(&table.name, connection.dialect())).collect();
    let words = tables.iter().flat_map(|table| &table.indexes).filter(|index| index.method == IndexMethod::FullText);
    let words = words.filter_map(|index| index.name.as_deref()).map(|name| quoted(name, connection.dialect()));
    let drops: Vec<String> = names.iter().cloned().chain(words).map(|name| format!("DROP TABLE {name}")).collect();
    let sql = match kind {
        Kind::Sqlite => format!("PRAGMA foreign_keys = OFF; {}; PRAGMA foreign_keys = ON", drops.join("; ")),
        Kind::Postgres => format!("DROP TABLE {} CASCADE", names.join(", ")),
        Kind::Mysql => {
            format!("SET foreign_key_checks = 0; DROP TABLE {}; SET foreign_key_checks = 1", names.join(", "))
        }
    };
    connection.execute_script(&sql).await
}

/// A model and one of its fields with what the rows hold, in the order of their keys.
type Contents = Vec<((u32, u32), Vec<Option<String>>)>;

async fn contents(connection: &dyn Connection, spec: &Spec) -> Result<Contents> {
    let dialect = connection.dialect();
    let mut all = Vec::new();
    let kind = if dialect.name() == "mysql" { "char" } else { "text" };
    for (place, field) in before_fields(spec) {
        let model = spec.models.iter().find(|model| model.id == place.0).expect("its fields were listed");
        let (table, column) = (quoted(&model.table(), dialect), quoted(&field.column(), dialect));
        let statement = Statement::plain(format!("SELECT CAST({column} AS {kind}) FROM {table} ORDER BY id"));
        let mut values = Vec::new();
        let mut sink = |row: &dyn demijohn_sql::Row| {
            values.push(match row.get(0)? {
                ValueRef::Null => None,
                ValueRef::Text(text) => Some(text.to_owned()),
                ValueRef::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
                other => Some(format!("{other:?}")),
            });
            Ok(Flow::More)
        };
        connection.query(&statement, &mut sink).await?;
        all.push((place, values));
    }
    Ok(all)
}

/// The tables without what may differ: the order of columns, and names that were made up.
fn normal(mut tables: Vec<Table>) -> Vec<Table> {
    tables.retain(|table| table.name != "django_migrations");
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    for table in &mut tables {
        table.columns.sort_by(|one, other| one.name.cmp(&other.name));
        for index in &mut table.indexes {
            // Of two unique indexes over one column, either may be taken for the column's own.
            let is_of_unique = matches!(index.parts.as_slice(), [part] if index.unique && part.as_column().is_some());
            index.name.take_if(|name| !name.starts_with("ix_") || is_of_unique);
            if let Some(condition) = &mut index.condition {
                *condition = bare(condition);
            }
        }
        for check in &mut table.checks {
            check.condition = bare(&check.condition);
        }
        for column in &mut table.columns {
            if let Some(generated) = &mut column.generated {
                generated.expression = bare(&generated.expression);
            }
        }
        table.indexes.sort_by_key(|index| format!("{index:?}"));
        table.indexes.dedup();
        table.checks.sort_by_key(|check| format!("{check:?}"));
    }
    tables
}

fn bare(sql: &demijohn_sql::schema::Sql) -> demijohn_sql::schema::Sql {
    let text = sql.render(&demijohn_sql::Sqlite);
    demijohn_sql::schema::Sql::text(text.chars().filter(|letter| !"\"`() ".contains(*letter)).collect::<String>())
}
