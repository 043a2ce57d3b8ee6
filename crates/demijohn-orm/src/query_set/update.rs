//! [`UpdateSet`]: new values for the rows of a query.

use demijohn_core::model::{ModelMeta, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Assignment, Column, Dialect, Expr, Projection, Select, Statement, Update, writer};

use crate::{Assigned, Executor, content_type, run};

/// New values for the rows of a query.
#[derive(Debug, Clone)]
#[must_use = "nothing changes until `.execute(&db)` is awaited"]
pub struct UpdateSet {
    update: Update,
    /// A column of another table that was given a value.
    foreign: Option<Column>,
    /// A slice of rows whose key has several parts.
    is_unnamable: bool,
    /// The content types whose numbers are to be filled in, by the place of the assignment.
    types: Vec<(usize, &'static ModelMeta)>,
}

impl UpdateSet {
    pub(super) fn new(select: Select, assigned: Vec<Assigned>) -> Self {
        let from = select.from;
        let foreign = assigned.iter().map(|assigned| assigned.column).find(|column| !std::ptr::eq(column.path, from));
        let types = assigned.iter().enumerate().filter_map(|(n, one)| Some((n, one.type_of?))).collect();
        let assignments = assigned.into_iter().map(|one| Assignment { field: one.column.field, value: one.value });
        let assignments = assignments.collect();
        let is_unnamable = select.is_sliced() && select.model().has_composite_key();
        Self { update: Update { from, assignments, filter: rows_of(select) }, foreign, is_unnamable, types }
    }

    /// The SQL it would run, with its values beside it.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Statement {
        writer::update(self.update.clone(), dialect)
    }

    /// Changes them; how many is returned.
    ///
    /// # Errors
    /// `orm.foreign_assignment` when a column of another table was given a value; `orm.composite_slice` for a slice of
    /// rows whose key has several parts; `orm.unique` and the like when the database refuses.
    pub async fn execute(mut self, db: &dyn Executor) -> Result<u64> {
        if let Some(column) = self.foreign {
            let (own, other) = (self.update.from.model().name, column.path.model().name);
            let message = format!("an update of `{own}` cannot set `{}` of `{other}`", column.meta().name);
            return Err(Error::new(ErrorKind::Internal, "orm.foreign_assignment", message)
                .with_hint(format!("update `{other}::objects()`, and filter it by `in_query` or `exists`")));
        }
        if self.is_unnamable {
            let name = self.update.from.model().name;
            let message = format!("a slice of `{name}`, whose key has several parts, cannot be updated");
            return Err(Error::new(ErrorKind::Internal, "orm.composite_slice", message)
                .with_hint("leave out `limit` and `offset`, or read the rows and save each"));
        }
        for (place, meta) in self.types {
            let number = content_type::require(db, self.update.from.model(), meta).await?;
            self.update.assignments[place].value = Expr::Value(Value::Int(number));
        }
        run::update(db, self.update).await
    }
}

/// Which rows a query finds, as a condition. An update knows no limit, so a slice is found by its keys.
fn rows_of(mut select: Select) -> Option<Expr> {
    if select.none {
        return Some(Expr::Or(Vec::new()));
    }
    if !select.is_sliced() {
        return select.filter;
    }
    let field = select.model().key_index() as u16;
    let key = |path| Expr::Column(Column { path, field });
    let own = key(select.from);
    select.apply_default_order();
    select.sink_to(select.from.depth() + 1);
    select.projection = Projection::Exprs(vec![key(select.from)]);
    Some(Expr::InQuery(Box::new(own), Box::new(select)))
}
