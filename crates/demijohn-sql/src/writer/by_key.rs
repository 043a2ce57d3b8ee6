//! One whole row by its key: the query that programs ask most often. Its text is written once for a model and kept.

use demijohn_core::model::Value;

use super::Writer;
use crate::query::Source;
use crate::{Compare, Dialect, Expr, Extent, Projection, Select, Statement};

/// The statement, if the query asks for nothing else; then its condition is taken out of it.
pub(super) fn one_row(query: &mut Select, dialect: &'static dyn Dialect) -> Option<Statement> {
    if !asks_for_one_row(query) {
        return None;
    }
    let text = query.from.one_row(dialect.name())?.get_or_init(|| {
        let mut writer = Writer::new(dialect);
        writer.select(query.clone());
        writer.sql.into()
    });
    let Some(Expr::Compare(_, sides)) = query.filter.take() else { return None };
    let Expr::Value(value) = sides.1 else { return None };
    Some(Statement { extent: Extent::Point, ..Statement::new(text.as_ref(), vec![value]) })
}

fn asks_for_one_row(query: &Select) -> bool {
    matches!(&query.projection, Projection::Model(related) if related.is_empty())
        && matches!(query.source, Source::Table)
        && query.filter.as_ref().is_some_and(|filter| names_key(filter, query))
        && query.annotations.is_empty()
        && query.having.is_none()
        && query.order.is_empty()
        && query.distinct_on.is_empty()
        && query.lock.is_none()
        && !(query.distinct || query.none || query.is_sliced())
}

/// A value of another kind could be written in another way.
fn names_key(filter: &Expr, query: &Select) -> bool {
    let Expr::Compare(Compare::Eq, sides) = filter else { return false };
    let (Expr::Column(column), Expr::Value(Value::Int(_) | Value::Text(_) | Value::Uuid(_))) = &**sides else {
        return false;
    };
    let model = query.model();
    std::ptr::eq(column.path, query.from)
        && usize::from(column.field) == model.key_index()
        && !model.has_composite_key()
}
