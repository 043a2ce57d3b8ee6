//! Pages that begin where another ended: as quick at the end of a long table as at its beginning.

mod cursor;

use demijohn_core::model::Value;
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Compare, Dialect, Expr, Flow, Order, Row, Select, Statement, decode};

use super::QuerySet;
use crate::{Executor, Model, Plan, Rows, run};

/// The values that a row is ordered by: where it stands among the others.
pub(super) type Position = Vec<Value>;

/// A page of rows, and the ways to those beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorPage<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// The cursor of the page after it, if there are rows.
    pub next: Option<String>,
    /// The cursor of the page before it, if there are rows.
    pub previous: Option<String>,
}

/// A page that is about to be read; see [`QuerySet::keyset`].
#[must_use = "nothing is read until `.get(&db)` is awaited"]
pub struct Keyset<M> {
    steps: Steps,
    plan: Plan,
    size: u64,
    cursor: Option<String>,
    _model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> QuerySet<M, Rows<M>> {
    /// Pages of so many rows that begin where another page ended, not after a number of rows: the last page of a
    /// million is as quick as the first where an index has the order, and rows that come or go meanwhile shift nothing.
    ///
    /// Any order will do, with directions mixed and NULLs in it; rows that are equal in it are told apart by their key.
    /// A cursor is text for an address (`?cursor=…`). It holds the values that its row is ordered by, and is checked: a
    /// cursor that this query did not make is `orm.cursor`, which a client sees as 400.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/models.rs"));
    /// # use demijohn_sql::Sqlite;
    /// # async fn example(db: demijohn_orm::Db, cursor: Option<&str>) -> demijohn_core::Result<()> {
    /// let page = Post::objects().order_by(|p| p.views.desc()).keyset(20).at(cursor).get(&db).await?;
    /// let link = page.next.map(|cursor| format!("?cursor={cursor}"));
    /// # Ok(()) }
    /// # fn main() {
    /// // The first page asks for one row more, to know whether there is another page:
    /// assert_eq!(
    ///     Post::objects().order_by(|p| p.views.desc()).keyset(20).to_sql(&Sqlite).expect("its order can be compared").sql,
    ///     r#"SELECT "id", "title", "views", "author_id", "views", "id" FROM "blog_post" ORDER BY "views" DESC, "id" DESC LIMIT 21"#
    /// );
    /// // The others: … WHERE "views" <= ? AND ("views" < ? OR ("views" = ? AND "id" < ?)) ORDER BY …
    /// # }
    /// ```
    pub fn keyset(self, size: u64) -> Keyset<M> {
        let plan = self.plan();
        let steps = Steps::new(self.select);
        Keyset { steps, plan, size: size.max(1), cursor: None, _model: std::marker::PhantomData }
    }
}

impl<M: Model> Keyset<M> {
    /// The page that a cursor leads to; the first page without one.
    pub fn at(mut self, cursor: Option<&str>) -> Self {
        self.cursor = cursor.filter(|cursor| !cursor.is_empty()).map(str::to_owned);
        self
    }

    /// The SQL it would run, with its values beside it.
    ///
    /// # Errors
    /// `orm.cursor` when this query did not make the cursor.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Statement> {
        let (select, _) = self.query(dialect)?;
        Ok(demijohn_sql::writer::select(select, dialect))
    }

    fn query(&self, dialect: &'static dyn Dialect) -> Result<(Select, Option<bool>)> {
        let start = self.cursor.as_deref().map(|cursor| cursor::read(cursor, &self.steps.order)).transpose()?;
        let back = start.as_ref().map(|(back, _)| *back);
        let position = start.as_ref().map(|(_, position)| position);
        Ok((self.steps.query(position, back == Some(true), self.size + 1, dialect), back))
    }

    /// Reads the page.
    ///
    /// # Errors
    /// `orm.cursor` (400) when this query did not make the cursor; `orm.cursor_order` when a value of the order cannot
    /// be kept in a cursor; what the database reports.
    pub async fn get(self, db: &dyn Executor) -> Result<CursorPage<M>> {
        let (select, back) = self.query(db.connection().dialect())?;
        let mut found: Vec<(M, Position)> = Vec::new();
        let read = run::query(db, select, &mut |row| {
            found.push((M::from_row(row, &self.plan)?, self.steps.position(row)?));
            Ok(Flow::More)
        })
        .await;
        read.map_err(|error| match error.code() {
            // A value that was tampered with can be of another type than what it is compared with.
            "orm.type" | "orm.out_of_range" if back.is_some() => cursor::refused(),
            _ => error,
        })?;
        let more = found.len() as u64 > self.size;
        found.truncate(usize::try_from(self.size).unwrap_or(usize::MAX));
        let turned = back == Some(true);
        if turned {
            found.reverse();
        }
        let (has_next, has_previous) = if turned { (true, more) } else { (more, back.is_some()) };
        let order = &self.steps.order;
        let next = found.last().filter(|_| has_next).map(|(_, at)| cursor::write(false, at, order)).transpose()?;
        let previous = found.first().filter(|_| has_previous).map(|(_, at)| cursor::write(true, at, order));
        let previous = previous.transpose()?;
        Ok(CursorPage { rows: found.into_iter().map(|(row, _)| row).collect(), next, previous })
    }
}

/// A query in an order that tells every row from every other.
pub(super) struct Steps {
    select: Select,
    order: Vec<Order>,
}

impl Steps {
    pub(super) fn new(mut select: Select) -> Self {
        select.order_by_key_if_unordered();
        let mut order = select.order.clone();
        if select.is_sliced() || !select.distinct_on.is_empty() {
            let projection = select.projection.clone();
            select.put_aside();
            select.projection = projection;
        }
        let descending = order.last().is_some_and(|step| step.descending);
        for key in select.from.key_columns() {
            if !order.iter().any(|step| matches!(step.expr, Expr::Column(column) if column == key)) {
                order.push(Order { descending, ..Order::by(Expr::Column(key)) });
            }
        }
        select.annotations = order.iter().map(|step| step.expr.clone()).collect();
        select.order.clone_from(&order);
        Self { select, order }
    }

    /// So many rows after a position, or before it with the last of them first.
    pub(super) fn query(
        &self,
        position: Option<&Position>,
        back: bool,
        limit: u64,
        dialect: &'static dyn Dialect,
    ) -> Select {
        let mut select = self.select.clone();
        if back {
            select.reverse();
        }
        if let Some(position) = position {
            select.and_filter(after(&select.order, position, dialect.name() == "postgres"));
        }
        select.limit = Some(limit);
        select
    }

    /// Where a row stands.
    pub(super) fn position(&self, row: &dyn Row) -> Result<Position> {
        let first = row.len().saturating_sub(self.order.len());
        (first..row.len()).map(|column| Ok(row.get(column)?.to_value())).collect()
    }
}

/// Which rows come after one that has these values?
fn after(order: &[Order], position: &[Value], nulls_are_greatest: bool) -> Expr {
    let mut ways = Vec::new();
    for (n, (step, value)) in order.iter().zip(position).enumerate() {
        let Some(beyond) = beyond(step, value, nulls_are_greatest, false) else { continue };
        let same = order[..n].iter().zip(position).map(|(step, value)| same_as(&step.expr, value));
        ways.push(same.chain([beyond]).reduce(Expr::and).expect("one was chained"));
    }
    let ways = ways.into_iter().reduce(Expr::or).unwrap_or(Expr::Or(Vec::new()));
    // Says nothing new, but an index can begin here.
    match (order, position) {
        ([first, _, ..], [value, ..]) if !first.expr.can_be_unknown() => {
            let start = beyond(first, value, nulls_are_greatest, true);
            start.map_or(ways.clone(), |start| start.and(ways))
        }
        _ => ways,
    }
}

fn same_as(expr: &Expr, value: &Value) -> Expr {
    match value {
        Value::Null => Expr::IsNull(Box::new(expr.clone()), true),
        value => Expr::Compare(Compare::Eq, Box::new((expr.clone(), Expr::Value(value.clone())))),
    }
}

/// Does a row come after this value, in one step of the order alone? `None` when nothing does.
fn beyond(step: &Order, value: &Value, nulls_are_greatest: bool, or_same: bool) -> Option<Expr> {
    let nulls_last = step.nulls_last.unwrap_or(nulls_are_greatest != step.descending);
    let is_null = |is: bool| Expr::IsNull(Box::new(step.expr.clone()), is);
    if value.is_null() {
        return (!nulls_last).then(|| is_null(false));
    }
    let how = match (step.descending, or_same) {
        (false, false) => Compare::Gt,
        (false, true) => Compare::Ge,
        (true, false) => Compare::Lt,
        (true, true) => Compare::Le,
    };
    let beyond = Expr::Compare(how, Box::new((step.expr.clone(), Expr::Value(value.clone()))));
    Some(if nulls_last && step.expr.can_be_unknown() { beyond.or(is_null(true)) } else { beyond })
}

/// Could a column hold this value?
fn fits(step: &Order, value: &Value) -> bool {
    match step.expr {
        Expr::Column(column) if !value.is_null() => decode(value_of(value), column.meta().kind).is_ok(),
        Expr::Column(column) => column.meta().null || column.path.is_optional(),
        _ => true,
    }
}

fn value_of(value: &Value) -> demijohn_sql::ValueRef<'_> {
    demijohn_sql::ValueRef::of(value)
}

#[cold]
fn cannot_keep(value: &Value) -> Error {
    let message = format!("rows cannot be paged by a value of type {}", value.kind_name());
    Error::new(ErrorKind::Misconfigured, "orm.cursor_order", message)
        .with_hint("order by a number, a text, a date or the like")
}
