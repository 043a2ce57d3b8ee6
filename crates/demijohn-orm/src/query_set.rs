//! [`QuerySet`]: which rows, in which order, and what of them.

mod annotate;
mod closure;
mod combine;
mod explain;
mod keyed;
mod keyset;
mod lock;
mod page;
mod prefetch;
mod stream;
mod terminal;
mod unasked;
mod update;

pub use annotate::{Annotated, scalar};
pub use closure::OverColumns;
pub use explain::Explain;
pub use keyset::{CursorPage, Keyset};
pub use lock::RowLock;
pub use page::Page;
pub(crate) use prefetch::complete;
pub use prefetch::{PrefetchChunks, PrefetchSet};
pub use stream::Chunks;
pub use update::UpdateSet;

use std::fmt;
use std::marker::PhantomData;

use demijohn_core::model::{FieldKind, PairsMeta, Value};
use demijohn_sql::{Dialect, Expr, Order, Path, Projection, Select, Statement, normalize, writer};

use crate::{
    Assignments, FieldValue, IntoCondition, Model, Ordering, Plan, Related, Rows, Selection, Shape, records, run, scope,
};

/// Which rows of `M`, in which order, and what of them. Nothing is asked of the database until one of the methods
/// that take `db` is awaited.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
/// # async fn example(db: demijohn_orm::Db) -> demijohn_core::Result<()> {
/// let posts: Vec<Post> = Post::objects()
///     .filter(|p| p.title.icontains("rust") & p.author().username.eq("ada"))
///     .order_by(|p| (p.views.desc(), p.id))
///     .limit(20)
///     .all(&db)
///     .await?;
/// # Ok(()) }
/// # fn main() {}
/// ```
#[must_use = "a query does nothing until `.all(&db)`, `.get(&db)` or the like is awaited"]
pub struct QuerySet<M, S = Rows<M>> {
    select: Select,
    _shape: PhantomData<fn() -> (M, S)>,
}

impl<M, S> Clone for QuerySet<M, S> {
    fn clone(&self) -> Self {
        Self { select: self.select.clone(), _shape: PhantomData }
    }
}

impl<M: Model> QuerySet<M, Rows<M>> {
    pub(crate) fn new() -> Self {
        let mut select = Select::new(M::root());
        select.sink_to(scope::depth());
        Self { select, _shape: PhantomData }
    }

    /// Reads related rows with the query, through joins: `.select_related(|p| p.author())`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().select_related(|p| p.author());
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT t0."id", t0."title", t0."views", t0."author_id", t1."id", t1."username" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id""#
    /// );
    /// # }
    /// ```
    pub fn select_related<R: Related>(mut self, paths: impl OverColumns<M::Columns, R>) -> Self {
        let related = self.with_columns(paths);
        if let Projection::Model(known) = &mut self.select.projection {
            related.push(known);
        }
        self
    }

    /// Reads these values instead of whole rows. With an aggregate among them, the rows are grouped by the others.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// use demijohn_orm::count;
    ///
    /// let query = Post::objects().select(|p| (p.author, count(p.id)));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "author_id", COUNT("id") FROM "blog_post" GROUP BY "author_id""#
    /// );
    /// # }
    /// ```
    pub fn select<T: Selection>(mut self, values: impl OverColumns<M::Columns, T>) -> QuerySet<M, T> {
        let mut exprs = Vec::new();
        self.with_columns(values).push(&mut exprs);
        self.select.projection = Projection::Exprs(exprs);
        QuerySet { select: self.select, _shape: PhantomData }
    }

    /// The row with this primary key.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().with_key(7);
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" WHERE "id" = ?"#
    /// );
    /// # }
    /// ```
    pub fn with_key(mut self, key: M::Key) -> Self {
        let condition = run::key_is(self.select.from, key.to_value());
        self.select.and_filter(condition);
        self
    }

    /// The rows for which a condition over their own table holds.
    pub(crate) fn matching(mut self, condition: impl FnOnce(&'static Path) -> Expr) -> Self {
        self.select.and_filter(condition(self.select.from));
        self
    }

    /// The rows that a table of pairs leads to.
    pub(crate) fn paired(self, pairs: PairsMeta, owner: &Value) -> Self {
        self.matching(|from| records::paired(from, pairs, owner))
    }

    /// Changes the rows: `.update(|p| p.views.set(p.views + 1)).execute(&db)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().filter(|p| p.id.eq(1)).update(|p| p.views.set(p.views + 1));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"UPDATE "blog_post" SET "views" = "views" + ? WHERE "id" = ?"#
    /// );
    /// # }
    /// ```
    pub fn update<A: Assignments>(mut self, change: impl OverColumns<M::Columns, A>) -> UpdateSet {
        let mut assigned = Vec::new();
        self.with_columns(change).push(&mut assigned);
        UpdateSet::new(self.select, assigned)
    }
}

impl<M: Model, S: Selection> QuerySet<M, S> {
    /// Keeps the groups for which this holds: the rows are grouped by the values that `select` named.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// use demijohn_orm::count;
    ///
    /// let query = Post::objects().select(|p| p.author).having(|p| count(p.id).gt(9));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "author_id" FROM "blog_post" GROUP BY "author_id" HAVING COUNT("id") > ?"#
    /// );
    /// # }
    /// ```
    pub fn having<C: IntoCondition>(mut self, condition: impl OverColumns<M::Columns, C>) -> Self {
        let condition = self.with_columns(condition).into_condition();
        self.select.having = Some(match self.select.having.take() {
            Some(having) => having.and(condition.0),
            None => condition.0,
        });
        self
    }
}

impl<M: Model, S: Shape> QuerySet<M, S> {
    /// Runs a closure over the columns of this query's own table.
    pub(crate) fn with_columns<R>(&mut self, closure: impl FnOnce(M::Columns) -> R) -> R {
        // Begun outside a closure and continued inside it: the rows of the query around must stay distinguishable.
        self.select.sink_to(scope::depth());
        let from = self.select.from;
        scope::inside(from.depth(), || closure(M::columns(from)))
    }

    /// Keeps the rows for which this holds. Filtering twice means AND.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().filter(|p| p.views.gt(9) & p.author().username.eq("ada"));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT t0."id", t0."title", t0."views", t0."author_id" FROM "blog_post" AS t0 JOIN "auth_user" AS t1 ON t1."id" = t0."author_id" WHERE t0."views" > ? AND t1."username" = ?"#
    /// );
    /// # }
    /// ```
    pub fn filter<C: IntoCondition>(mut self, condition: impl OverColumns<M::Columns, C>) -> Self {
        let condition = self.with_columns(condition).into_condition();
        let condition = normalize::condition(condition.0, self.select.from);
        self.select.and_filter(condition);
        self
    }

    /// Leaves out the rows for which this holds. Rows of which it is unknown (NULL) stay.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().exclude(|p| p.views.lt(9) | p.id.eq(1));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" WHERE NOT ("views" < ? OR "id" = ?)"#
    /// );
    /// # }
    /// ```
    pub fn exclude<C: IntoCondition>(mut self, condition: impl OverColumns<M::Columns, C>) -> Self {
        let condition = self.with_columns(condition).into_condition();
        let condition = normalize::condition(condition.0, self.select.from);
        self.select.and_filter(condition.negate());
        self
    }

    /// Puts the rows into this order, in place of any other.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().order_by(|p| (p.views.desc(), p.id));
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" ORDER BY "views" DESC, "id""#
    /// );
    /// # }
    /// ```
    pub fn order_by<O: Ordering>(mut self, order: impl OverColumns<M::Columns, O>) -> Self {
        let mut steps = Vec::new();
        self.with_columns(order).push(&mut steps);
        if !matches!(self.select.projection, Projection::Exprs(_)) {
            let from = self.select.from;
            steps = steps.into_iter().map(|step| Order { expr: normalize::value(step.expr, from), ..step }).collect();
        }
        self.select.order = steps;
        self
    }

    /// Turns the order round. A limit and an offset count from the new beginning.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().order_by(|p| (p.views.desc(), p.id)).reverse();
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" ORDER BY "views", "id" DESC"#
    /// );
    /// # }
    /// ```
    pub fn reverse(mut self) -> Self {
        self.select.reverse();
        self
    }

    /// At most so many rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().limit(20).offset(40);
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT "id", "title", "views", "author_id" FROM "blog_post" LIMIT 20 OFFSET ?"#
    /// );
    /// # }
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(rows);
        self
    }

    /// Leaves out the first so many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.select.offset = Some(rows);
        self
    }

    /// Each row once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # fn main() {
    /// let query = Post::objects().select(|p| p.author).distinct();
    /// assert_eq!(
    ///     query.to_sql(&Sqlite).sql,
    ///     r#"SELECT DISTINCT "author_id" FROM "blog_post""#
    /// );
    /// # }
    /// ```
    pub fn distinct(mut self) -> Self {
        self.select.distinct = true;
        self
    }

    /// No rows, without asking the database.
    pub fn none(mut self) -> Self {
        self.select.none = true;
        self
    }

    /// The SQL it would run, with its values beside it.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Statement {
        writer::select(self.clone().prepared(), dialect)
    }

    /// The query as a tree, for code that knows models only at run time.
    pub fn into_select(self) -> Select {
        self.select
    }

    /// Puts it inside so many queries.
    pub(crate) fn sink_to(&mut self, depth: u8) {
        self.select.sink_to(depth);
    }

    pub(crate) fn into_subquery(mut self) -> Select {
        self.select.sink_to(scope::depth());
        if self.select.is_sliced() {
            self.select.apply_default_order();
        }
        self.select
    }

    pub(crate) fn into_exists(self) -> Select {
        let mut select = self.into_subquery();
        select.ask_existence();
        select
    }

    /// The query to run: rows without an order of their own get the model's.
    fn prepared(mut self) -> Select {
        self.select.apply_default_order();
        self.select
    }

    /// For how many rows room is made when the first one comes.
    fn room(&self) -> usize {
        self.select.limit.map_or(FIRST_ROWS, |limit| limit.min(MOST_FIRST_ROWS) as usize)
    }

    pub(crate) fn plan(&self) -> Plan {
        let (mut plan, values) = match &self.select.projection {
            Projection::Model(related) if related.is_empty() => (Plan::OWN, &self.select.annotations),
            Projection::Model(related) => (Plan::of(self.select.from, related), &self.select.annotations),
            Projection::Exprs(values) => (Plan::OWN, values),
            _ => return Plan::OWN,
        };
        plan.places = places_of(values);
        plan
    }
}

impl<M: Model, S: Shape> fmt::Debug for QuerySet<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statement = self.to_sql(&demijohn_sql::Sqlite);
        write!(f, "QuerySet({} {:?})", statement.sql, statement.params)
    }
}

/// Room for so many rows is made when the first one comes, of a query that says nothing of its number.
///
/// A list that grows from four rows on is moved again and again. With the allocator of Linux it is worse: a small piece
/// that another thread freed grows in that thread's memory, behind its lock. A page of 20 rows took up to twice as long
/// on two threads.
const FIRST_ROWS: usize = 16;

/// The most that room is made for at once: many a query has a limit that its rows never reach.
const MOST_FIRST_ROWS: u64 = 64;

/// How many digits behind the point these values have at least; empty where that is said of none.
fn places_of(values: &[Expr]) -> Vec<u8> {
    let of = |value: &Expr| match value {
        Expr::Column(column) => match column.meta().kind {
            FieldKind::Decimal { decimal_places, .. } => decimal_places,
            _ => 0,
        },
        _ => 0,
    };
    if values.iter().all(|value| of(value) == 0) { Vec::new() } else { values.iter().map(of).collect() }
}

/// The primary-key comparison alone finds at most one row.
fn is_key_lookup(filter: Option<&Expr>, from: &'static Path) -> bool {
    matches!(filter, Some(Expr::Compare(demijohn_sql::Compare::Eq, sides))
        if matches!(sides.0, Expr::Column(column) if std::ptr::eq(column.path, from) && column.meta().primary_key)
            && matches!(sides.1, Expr::Value(_)))
}
