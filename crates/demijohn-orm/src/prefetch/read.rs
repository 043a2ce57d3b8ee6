//! Reading related rows: the one query of a level, in as few parts as the database's limit of values allows.

use std::collections::HashMap;

use demijohn_core::model::{ModelMeta, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::{Expr, Flow, Order, Row, Select, Window, WindowCall, WindowFunction, decode, normalize, writer};

use super::{Link, PrefetchList};
use crate::delete::Key;
use crate::{Executor, run};

/// What holds the relations of rows on their side: a list for each relation, with a value for each row. For the ORM.
#[derive(Debug, Default)]
pub struct Keys {
    fields: Vec<u16>,
    values: std::collections::VecDeque<Vec<Value>>,
}

impl Keys {
    /// None yet, of the rows that these relations are of.
    pub(crate) fn of<T>(relations: &impl PrefetchList<T>) -> Result<Self> {
        let mut fields = Vec::new();
        relations.owner_fields(&mut fields)?;
        Ok(Self { values: fields.iter().map(|_| Vec::new()).collect(), fields })
    }

    /// Adds those of a row that begins with the columns of this model.
    pub(crate) fn read(&mut self, row: &dyn Row, meta: &'static ModelMeta) -> Result<()> {
        for (field, values) in self.fields.iter().zip(&mut self.values) {
            let field = usize::from(*field);
            values.push(decode(row.get(field)?, meta.fields[field].kind)?);
        }
        Ok(())
    }

    /// Adds those of a row with these values.
    pub(crate) fn take(&mut self, row: &[Value]) {
        for (field, values) in self.fields.iter().zip(&mut self.values) {
            values.push(row[usize::from(*field)].clone());
        }
    }

    /// Those of the next relation.
    pub(super) fn next(&mut self) -> Vec<Value> {
        self.values.pop_front().unwrap_or_default()
    }
}

/// Up to so many values it is not worth the while to ask how many a statement takes.
const FEW: usize = 500;

/// Hands over each related row with the number of the owner that it belongs to.
pub(super) async fn each(
    db: &dyn Executor,
    link: &Link,
    mut select: Select,
    owners: Vec<Value>,
    found: &mut (dyn FnMut(usize, &dyn Row) -> Result<()> + Send),
) -> Result<()> {
    if let Some(around) = normalize::mentions_around(&select) {
        return Err(mentions_owner(around.model(), select.model()));
    }
    let from = select.from;
    let annotated = select.annotations.len();
    let beside = link.beside(from);
    let is_beside = beside.is_some();
    select.annotations.splice(0..0, beside);
    if let Some(condition) = link.condition(from) {
        select.and_filter(condition);
    }
    let slice = (select.limit.take(), select.offset.take());
    let is_sliced = slice != (None, None);
    if is_sliced {
        place(&mut select, link);
    } else {
        select.apply_default_order();
    }
    let (places, values) = known(owners);
    let connection = db.connection_for(select.model(), crate::Access::Read)?;
    let dialect = connection.dialect();
    let write = |select: Select| {
        if is_sliced {
            return writer::select_placed(select, slice.0, slice.1, dialect);
        }
        writer::select(select, dialect)
    };
    let most = match values.len() {
        0..=FEW => FEW,
        _ => dialect.max_params().saturating_sub(write(select.clone()).params.len()).max(1),
    };
    if select.none {
        return Ok(());
    }
    run::refuse_misuse(&select)?;
    let (column, kind) = (link.column(from), link.kind(from));
    for chunk in values.chunks(most) {
        let mut part = select.clone();
        let values = chunk.iter().cloned().map(Expr::Value).collect();
        part.and_filter(Expr::In(Box::new(Expr::Column(column)), values));
        run::query_on(db, connection, &write(part), &mut |row| {
            let at = if is_beside { row.len() - annotated - 1 } else { usize::from(column.field) };
            let owner = decode(row.get(at)?, kind)?;
            for owner in places.get(&Key::of(&owner)).into_iter().flatten() {
                found(*owner, row)?;
            }
            Ok(Flow::More)
        })
        .await?;
    }
    Ok(())
}

/// The owners by what they are known by, and each value once.
fn known(owners: Vec<Value>) -> (HashMap<Key, Vec<usize>>, Vec<Value>) {
    let mut places: HashMap<Key, Vec<usize>> = HashMap::with_capacity(owners.len());
    let mut values = Vec::with_capacity(owners.len());
    for (n, owner) in owners.into_iter().enumerate().filter(|(_, owner)| !owner.is_null()) {
        let owners = places.entry(Key::of(&owner)).or_default();
        if owners.is_empty() {
            values.push(owner);
        }
        owners.push(n);
    }
    (places, values)
}

/// Adds the place of each row among those of its owner.
fn place(select: &mut Select, link: &Link) {
    select.order_by_key_if_unordered();
    let mut order = std::mem::take(&mut select.order);
    // Rows that are equal in the order have places all the same: by key, so that they are the same ones every time.
    order.extend(select.from.key_columns().map(|key| Order::by(Expr::Column(key))));
    select.annotations.push(Expr::Window(Box::new(Window {
        function: WindowCall::Function(WindowFunction::RowNumber, Vec::new()),
        partition: vec![Expr::Column(link.column(select.from))],
        order,
        frame: None,
    })));
}

#[cold]
fn mentions_owner(owner: &ModelMeta, related: &ModelMeta) -> Error {
    let (owner, related) = (owner.name, related.name);
    let message = format!("the query for the related `{related}` mentions the `{owner}` that it belongs to");
    Error::new(ErrorKind::Internal, "orm.prefetch", message).with_hint(
        "the related rows of all rows are read by one query: walk back to the owner from the related row, `p.author()`",
    )
}
