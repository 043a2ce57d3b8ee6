//! What can be wrong with models before any request is served.

use demijohn_core::Check;
use demijohn_core::model::{FieldKind, FieldMeta, GenericRelationMeta, ManyToManyMeta, ModelMeta, Models, OnDelete};

use super::Database;
use crate::migrations::changed_apps;

/// Problems of the models themselves.
pub(super) fn models(models: &Models) -> Vec<Check> {
    let mut checks = Vec::new();
    let all: Vec<&'static ModelMeta> = models.iter().collect();
    for (n, meta) in all.iter().enumerate() {
        if let Some(other) = all[..n].iter().find(|other| other.table == meta.table) {
            let message = format!("its table `{}` is also the table of `{}`", meta.table, other.full_name());
            checks.push(
                Check::error("models.E028", meta.full_name(), message)
                    .with_hint("give one of them another with `#[model(table = \"…\")]`"),
            );
        }
        for field in meta.fields {
            checks.extend(relation(models, meta, field));
            checks.extend(decimal(meta, field));
        }
        checks.extend(meta.many_to_many.iter().filter_map(|set| pairs(meta, set)));
        checks.extend(meta.generic_relations.iter().filter_map(|relation| unregistered(models, meta, relation)));
        let names = meta.indexes.iter().flat_map(|index| index.fields.iter().copied());
        let names = names.chain(meta.ordering.iter().map(|order| order.field)).chain(meta.display.iter().copied());
        for name in names.filter(|name| meta.field(name).is_none()) {
            let error = meta.unknown_field(name);
            checks.push(Check::error("models.E012", meta.full_name(), error.to_string()));
        }
    }
    checks.extend(other_sides(&all));
    checks
}

/// What the other side of a relation is called: a method that others may have too.
fn other_sides(all: &[&'static ModelMeta]) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut known: Vec<(&ModelMeta, String, String)> = Vec::new();
    for meta in all.iter().filter(|meta| !meta.auto_created) {
        let keys = meta.fields.iter().filter_map(|field| {
            let relation = field.relation?;
            Some((field.name, (relation.to)(), relation.other_side(meta)?))
        });
        let sets = meta.many_to_many.iter().filter_map(|set| Some((set.name, (set.to)(), set.other_side(meta)?)));
        for (field, target, name) in keys.chain(sets) {
            let object = format!("{}.{field}", meta.full_name());
            let own = target.fields.iter().filter(|field| field.relation.is_some()).map(|field| field.name);
            let own = own.chain(target.many_to_many.iter().map(|set| set.name));
            let own = own.chain(target.generic_relations.iter().map(|relation| relation.name)).find(|own| *own == name);
            if let Some(own) = own {
                let message =
                    format!("`{name}` of its other side is hidden by the relation `{}.{own}`", target.full_name());
                let hint = "give it another name with `#[field(related_name = \"…\")]`";
                checks.push(Check::error("fields.E302", object.clone(), message).with_hint(hint));
            }
            if let Some((.., other)) = known.iter().find(|(to, known, _)| *to == target && *known == name) {
                let message = format!("`{name}` of `{}` is also the other side of `{other}`", target.full_name());
                let hint = "where both are imported neither can be called: give one another name with \
                            `#[field(related_name = \"…\")]`";
                checks.push(Check::warning("fields.W304", object.clone(), message).with_hint(hint));
            }
            known.push((target, name, object));
        }
    }
    checks
}

/// A model of pairs has one foreign key to either side, or it is said which they are.
fn pairs(meta: &ModelMeta, set: &ManyToManyMeta) -> Option<Check> {
    let through = (set.through)();
    if through.auto_created {
        return None;
    }
    let object = format!("{}.{}", meta.full_name(), set.name);
    let pairs = set.pairs(meta);
    let keys = |target: &ModelMeta| through.fields.iter().filter(|field| field.target() == Some(target)).count();
    let to = (set.to)();
    for (at, target) in [(pairs.own, meta), (pairs.other, to)] {
        let field = through.fields.get(usize::from(at)).filter(|field| field.target() == Some(target));
        let Some(field) = field else {
            let message =
                format!("`{}`, the model of its pairs, has no foreign key to `{}`", through.name, target.name);
            let hint = format!("add one, or name both with `#[field(through_fields(\"…\", \"{}\"))]`", to.name_lower());
            return Some(Check::error("fields.E333", object, message).with_hint(hint));
        };
        if field.relation.is_some_and(|relation| !relation.target_field().primary_key) {
            let message =
                format!("`{}.{}`, a foreign key of its pairs, holds no primary key", through.name, field.name);
            return Some(Check::error("fields.E338", object, message).with_hint("take away its `to_field`"));
        }
    }
    let expected = if to == meta { 2 } else { 1 };
    if set.through_fields.is_none() && (keys(meta) > expected || keys(to) > expected) {
        let message = format!("`{}`, the model of its pairs, has several foreign keys to one side", through.name);
        let hint = "say which they are: `#[field(through_fields(\"…\", \"…\"))]`, first the one to this model";
        return Some(Check::error("fields.E335", object, message).with_hint(hint));
    }
    None
}

/// The rows of a generic relation are deleted with those they point to: their model must be there.
fn unregistered(models: &Models, meta: &ModelMeta, relation: &GenericRelationMeta) -> Option<Check> {
    let target = (relation.to)();
    if models.iter().any(|known| known == target) {
        return None;
    }
    let object = format!("{}.{}", meta.full_name(), relation.name);
    let message = format!("its rows are those of `{}`, which no app of this site registered", target.full_name());
    Some(
        Check::error("fields.E300", object, message)
            .with_hint(format!("add `.model::<{}>()` to the app it belongs to, or install that app", target.name)),
    )
}

fn relation(models: &Models, meta: &ModelMeta, field: &FieldMeta) -> Option<Check> {
    let target = field.target()?;
    let object = format!("{}.{}", meta.full_name(), field.name);
    if !models.iter().any(|known| known == target) {
        let message = format!("it points to `{}`, which no app of this site registered", target.full_name());
        return Some(
            Check::error("fields.E300", object, message)
                .with_hint(format!("add `.model::<{}>()` to the app it belongs to, or install that app", target.name)),
        );
    }
    let on_delete = field.relation.map(|relation| relation.on_delete)?;
    if on_delete == OnDelete::SetNull && !field.null {
        return Some(
            Check::error("fields.E320", object, "`on_delete = SetNull`, but it may not be NULL")
                .with_hint("make it an `Option<ForeignKey<…>>`, or choose another `on_delete`"),
        );
    }
    None
}

fn decimal(meta: &ModelMeta, field: &FieldMeta) -> Option<Check> {
    let FieldKind::Decimal { max_digits, decimal_places } = field.kind else { return None };
    let object = format!("{}.{}", meta.full_name(), field.name);
    if max_digits > 28 || decimal_places > max_digits || max_digits == 0 {
        let message = format!("`max_digits = {max_digits}`, `decimal_places = {decimal_places}` cannot be kept");
        return Some(
            Check::error("fields.E134", object, message)
                .with_hint("`max_digits` is 1 to 28, `decimal_places` at most that"),
        );
    }
    None
}

/// A model whose app is not the one it was registered in.
pub(super) fn app_of(app: &str, meta: &ModelMeta) -> Option<Check> {
    if app.is_empty() || app == meta.app {
        return None;
    }
    let message = format!("it says it belongs to app `{}`, but app `{app}` registered it", meta.app);
    Some(Check::error("models.E005", meta.full_name(), message).with_hint(format!(
        "write `#[model(app = \"{app}\")]` above it, or name the app `App::named(\"{}\")`",
        meta.app
    )))
}

/// Models without migrations, or with changes that no migration has.
pub(super) fn migrations(database: &Database) -> Vec<Check> {
    let has = |app: &str| database.migrations().iter().any(|migrations| migrations.app == app);
    let mut apps: Vec<&str> = Vec::new();
    for meta in database.models().iter().filter(|meta| meta.managed && !has(meta.app)) {
        if !apps.contains(&meta.app) {
            apps.push(meta.app);
        }
    }
    let check = |app: &&str| {
        Check::warning("migrations.W001", format!("app {app}"), "it has models, but no migrations")
            .with_hint(format!("run `makemigrations {app}`"))
    };
    let mut checks: Vec<Check> = apps.iter().map(check).collect();
    match changed_apps(database.models(), database.migrations()) {
        Ok(changed) => checks.extend(changed.iter().filter(|app| has(app)).map(|app| {
            Check::warning("migrations.W002", format!("app {app}"), "its models have changes that no migration has")
                .with_hint(format!("run `makemigrations {app}`"))
        })),
        Err(error) => {
            let check = Check::error("migrations.E001", "migrations", error.message().to_owned());
            let hint = error.hint().map(str::to_owned);
            checks.push(hint.into_iter().fold(check, Check::with_hint));
        }
    }
    checks
}
