//! `DISTINCT ON`: PostgreSQL's own, and by numbering the rows elsewhere.

use super::Writer;
use crate::query::Source;
use crate::{Expr, Order, Projection, Select};

impl Writer {
    fn has_distinct_on(&self) -> bool {
        self.dialect.name() == "postgres"
    }

    /// Is this query, in place of a table, written with a number for each row of a group?
    pub(super) fn is_numbered(&self, query: &Select) -> bool {
        !query.distinct_on.is_empty() && !query.is_sliced() && !self.has_distinct_on()
    }

    /// The rows come in the order of the values that tell them apart, everywhere: PostgreSQL knows no other way.
    pub(super) fn lower_distinct_on(&self, mut query: Select) -> Select {
        let wanted = query.distinct_on.len();
        let starts =
            query.order.iter().take(wanted).filter(|step| query.distinct_on.iter().any(|on| on.is_same(&step.expr)));
        if starts.count() < wanted {
            let mut order: Vec<Order> = query.distinct_on.iter().cloned().map(Order::by).collect();
            order.append(&mut query.order);
            query.order = order;
        }
        if self.has_distinct_on() {
            return query;
        }
        let mut inner = Select::new(query.from);
        inner.source = std::mem::take(&mut query.source);
        inner.filter = query.filter.take();
        inner.distinct_on = std::mem::take(&mut query.distinct_on);
        inner.order.clone_from(&query.order);
        query.source = Source::Query(Box::new(inner));
        query
    }

    /// Of a table's rows, all columns and the number of each in its group.
    pub(super) fn numbered(&mut self, mut query: Select) {
        query.projection = Projection::Model(Vec::new());
        self.open_scope(&query);
        self.sql.push_str("SELECT ");
        self.model_columns(query.from, &[], false);
        self.sql.push_str(", ROW_NUMBER() OVER (PARTITION BY ");
        let count = query.distinct_on.len();
        self.listed(std::mem::take(&mut query.distinct_on));
        let order = query.order.split_off(count.min(query.order.len()));
        self.order_by(order);
        self.sql.push_str(") AS demijohn_place");
        self.tables(&query);
        if let Some(filter) = query.filter {
            self.sql.push_str(" WHERE ");
            self.expr(filter);
        }
        self.scopes.pop();
    }

    pub(super) fn distinct_on(&mut self, exprs: &[Expr]) {
        self.sql.push_str("DISTINCT ON (");
        self.listed(exprs.to_vec());
        self.sql.push_str(") ");
    }

    fn listed(&mut self, exprs: Vec<Expr>) {
        for (n, expr) in exprs.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.expr(expr);
        }
    }
}
