//! Rows of any model, known by its description only: what the admin, forms and migrations work on.

mod pairs;

use std::sync::RwLock;

use demijohn_core::model::{AutoNow, FieldKind, ModelMeta, Value};
use demijohn_core::{Error, ErrorKind, Result, suggest};
use demijohn_sql::{Assignment, Column, Expr, Flow, Order, Path, Projection, Row, Select, decode};

pub(crate) use pairs::{add_pairs, add_pairs_with, clear_pairs, paired, remove_pairs};
pub use pairs::{pairs, set_pairs};

pub use crate::validation::{already_exists, clean_row, conflicts, problems};

use crate::model::not_found;
use crate::{Condition, Executor, run};

/// A model's table as a query's own, when no Rust type is at hand. The same path for the same model, always.
pub fn root(meta: &'static ModelMeta) -> &'static Path {
    // An interner of descriptions, not state: it holds nothing of any site.
    static ROOTS: RwLock<Vec<&'static Path>> = RwLock::new(Vec::new());
    let find = |roots: &[&'static Path]| roots.iter().copied().find(|path| std::ptr::eq(path.model(), meta));
    if let Some(path) = find(&ROOTS.read().expect("no code panics while it holds the roots")) {
        return path;
    }
    let mut roots = ROOTS.write().expect("no code panics while it holds the roots");
    find(&roots).unwrap_or_else(|| {
        let path = Path::root_of(meta);
        roots.push(path);
        path
    })
}

/// The column that a dotted name leads to: `title`, `author.username`.
///
/// # Errors
/// `orm.unknown_field` and `orm.not_a_relation`, with the choices, when a part of it is no field or leads nowhere;
/// `orm.too_many_steps`.
pub fn column(from: &'static Path, name: &str) -> Result<Column> {
    let mut path = from;
    let mut parts = name.split('.').peekable();
    while let Some(part) = parts.next() {
        let meta = path.model();
        let field = meta.index_of(part).ok_or_else(|| meta.unknown_field(part))? as u16;
        if parts.peek().is_none() {
            return Ok(Column { path, field });
        }
        if path.len() >= MOST_STEPS {
            let message = format!("a name walks at most {MOST_STEPS} relations");
            return Err(Error::new(ErrorKind::Invalid, "orm.too_many_steps", message));
        }
        if meta.fields[usize::from(field)].relation.is_none() {
            let relations = meta.fields.iter().filter(|field| field.relation.is_some()).map(|field| field.name);
            let message = format!("`{part}` on model `{}` leads to no other model", meta.name);
            return Err(Error::new(ErrorKind::Invalid, "orm.not_a_relation", message)
                .with_hint(format!("the foreign keys are {}", suggest::list(relations))));
        }
        path = path.child(field);
    }
    Err(from.model().unknown_field(name))
}

/// Names from data cannot make endless paths through models that point to each other.
const MOST_STEPS: usize = 6;

/// A row, and the related rows that were read with it.
#[derive(Debug, Clone)]
pub struct Record {
    root: &'static Path,
    values: Vec<Value>,
    related: Vec<(&'static Path, Vec<Value>)>,
}

impl Record {
    /// A row of values that are at hand.
    pub fn new(root: &'static Path, values: Vec<Value>) -> Self {
        Self { root, values, related: Vec::new() }
    }

    /// Its model.
    pub fn meta(&self) -> &'static ModelMeta {
        self.root.model()
    }

    /// The values, in the order of the fields.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a field, by name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.as_slice().get(self.meta().index_of(name)?)
    }

    /// The value of a field, by name.
    ///
    /// # Errors
    /// `orm.unknown_field`, with the choices, when there is none.
    pub fn require(&self, name: &str) -> Result<&Value> {
        self.value(name).ok_or_else(|| self.meta().unknown_field(name))
    }

    /// The primary key.
    pub fn key(&self) -> &Value {
        &self.values[self.meta().key_index()]
    }

    /// What people read for it.
    pub fn display(&self) -> String {
        self.meta().display_row(&self.values)
    }

    /// The value of a column of this row or of a row read with it.
    pub fn column(&self, column: Column) -> Option<&Value> {
        self.row_at(column.path)?.get(usize::from(column.field))
    }

    /// The row at the end of a path, if it was read and is there.
    pub fn row_at(&self, path: &'static Path) -> Option<&[Value]> {
        if std::ptr::eq(path, self.root) {
            return Some(&self.values);
        }
        let (_, values) = self.related.iter().find(|(known, _)| std::ptr::eq(*known, path))?;
        // After a LEFT JOIN that found nothing, every column is NULL, the key too.
        (!values[path.model().key_index()].is_null()).then_some(values.as_slice())
    }
}

/// Which rows of a model, in which order.
#[derive(Debug, Clone)]
#[must_use = "a query does nothing until `.all(&db)` or the like is awaited"]
pub struct RecordSet {
    select: Select,
}

impl RecordSet {
    /// Every row of the model at this path, which is a query's own table ([`root`], or `Model::root()`).
    pub fn new(root: &'static Path) -> Self {
        Self { select: Select::new(root) }
    }

    /// Keeps the rows for which this holds.
    pub fn filter(mut self, condition: Condition) -> Self {
        self.select.and_filter(condition.into_expr());
        self
    }

    /// The row with this key.
    pub fn with_key(self, key: Value) -> Self {
        let condition = run::key_is(self.select.from, key);
        self.filter(Condition::from_expr(condition))
    }

    /// The rows with these keys.
    pub fn with_keys(self, keys: Vec<Value>) -> Self {
        let condition = run::keys_in(self.select.from, &keys);
        self.filter(Condition::from_expr(condition))
    }

    /// Adds a step to the order.
    pub fn then_by(mut self, column: Column, descending: bool) -> Self {
        self.select.order.push(Order { expr: Expr::Column(column), descending, nulls_last: None });
        self
    }

    /// Reads the rows at the end of these paths too.
    pub fn with_related(mut self, paths: impl IntoIterator<Item = &'static Path>) -> Self {
        if let Projection::Model(known) = &mut self.select.projection {
            for path in paths {
                if !path.is_root() && !known.iter().any(|other| std::ptr::eq(*other, path)) {
                    known.push(path);
                }
            }
        }
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(rows);
        self
    }

    /// Leaves out the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.select.offset = Some(rows);
        self
    }

    /// All the rows.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn all(mut self, db: &dyn Executor) -> Result<Vec<Record>> {
        self.select.apply_default_order();
        let root = self.select.from;
        let paths = match &self.select.projection {
            Projection::Model(related) => related.clone(),
            _ => Vec::new(),
        };
        let mut records = Vec::new();
        run::query(db, self.select, &mut |row| {
            records.push(read(row, root, &paths)?);
            Ok(Flow::More)
        })
        .await?;
        Ok(records)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn first(mut self, db: &dyn Executor) -> Result<Option<Record>> {
        self.select.order_by_key_if_unordered();
        Ok(self.limit(1).all(db).await?.pop())
    }

    /// The first row.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn get(self, db: &dyn Executor) -> Result<Record> {
        let meta = self.select.model();
        self.first(db).await?.ok_or_else(|| not_found(meta))
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn count(self, db: &dyn Executor) -> Result<u64> {
        run::count(db, self.select).await
    }

    /// The keys of the rows.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn keys(self, db: &dyn Executor) -> Result<Vec<Value>> {
        keys_of(db, self.select).await
    }
}

fn read(row: &dyn Row, root: &'static Path, paths: &[&'static Path]) -> Result<Record> {
    let mut at = 0;
    let mut next = |path: &'static Path| -> Result<Vec<Value>> {
        let fields = path.model().fields;
        let values = fields.iter().enumerate().map(|(n, field)| decode(row.get(at + n)?, field.kind)).collect();
        at += fields.len();
        values
    };
    let values = next(root)?;
    let related = paths.iter().map(|path| Ok((*path, next(path)?))).collect::<Result<_>>()?;
    Ok(Record { root, values, related })
}

/// The keys of the rows that a query finds.
pub(crate) async fn keys_of(db: &dyn Executor, mut select: Select) -> Result<Vec<Value>> {
    let meta = select.model();
    select.projection = Projection::Exprs(select.from.key_columns().map(Expr::Column).collect());
    if select.is_sliced() {
        select.apply_default_order();
    } else {
        select.order.clear();
    }
    if !meta.has_composite_key() {
        return values_of(db, select, meta.key().kind).await;
    }
    let kinds: Vec<FieldKind> = meta.fields.iter().filter(|field| field.primary_key).map(|field| field.kind).collect();
    let mut keys = Vec::new();
    run::query(db, select, &mut |row| {
        let parts = kinds.iter().enumerate().map(|(n, kind)| decode(row.get(n)?, *kind));
        keys.push(Value::Array(parts.collect::<Result<_>>()?));
        Ok(Flow::More)
    })
    .await?;
    Ok(keys)
}

pub(crate) async fn values_of(db: &dyn Executor, select: Select, kind: FieldKind) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    run::query(db, select, &mut |row| {
        values.push(decode(row.get(0)?, kind)?);
        Ok(Flow::More)
    })
    .await?;
    Ok(values)
}

/// Stores a new row. Fields without a value get their default, or the present moment where they follow the clock.
/// The values of the row come back, its key among them.
///
/// # Errors
/// `orm.missing_field` when a required field has no value; `orm.unique` and the like when the database refuses.
pub async fn insert(db: &dyn Executor, meta: &'static ModelMeta, values: Vec<Option<Value>>) -> Result<Record> {
    let values = run::insert_row(db, meta, values).await?;
    Ok(Record::new(root(meta), values))
}

/// Gives some fields of a row, by position, new values. Fields that follow the clock on every save are set too.
///
/// # Errors
/// `orm.row_gone` when the row is not there; `orm.unique` and the like when the database refuses.
pub async fn update(
    db: &dyn Executor,
    meta: &'static ModelMeta,
    key: Value,
    changes: Vec<(usize, Value)>,
) -> Result<()> {
    let from = root(meta);
    let now = run::now();
    let given = |position: usize| changes.iter().any(|(field, _)| *field == position);
    let clock = meta.fields.iter().enumerate().filter(|(n, field)| field.auto_now == AutoNow::OnSave && !given(*n));
    let clock: Vec<(usize, Value)> = clock.map(|(n, field)| (n, run::clock(field, now))).collect();
    let assignments: Vec<Assignment> = changes
        .into_iter()
        .chain(clock)
        .map(|(field, value)| Assignment { field: field as u16, value: Expr::Value(value) })
        .collect();
    if assignments.is_empty() {
        return Ok(());
    }
    run::update_one(db, from, key, assignments).await
}
