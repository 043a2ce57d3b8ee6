//! [`ListColumn`]: the columns of a list, and its order.

use demijohn_core::model::FieldKind;
use demijohn_sql::{Column, Path};
use serde_json::{Value as Json, json};

use super::ListQuery;
use crate::relations::naming_fields;
use crate::{AdminModel, show};

/// A column of a list.
pub(crate) struct ListColumn {
    /// `title`, `author__username`.
    pub(crate) name: String,
    pub(crate) label: String,
    /// What it shows; `None` for what people read for the whole row.
    pub(crate) column: Option<Column>,
    /// Where the row is whose name it shows, for a foreign key.
    pub(crate) names: Option<&'static Path>,
    /// By what the list is sorted when somebody sorts by it.
    order: Vec<Column>,
}

impl ListColumn {
    fn of(column: Column) -> Self {
        let meta = column.meta();
        let names = meta.relation.map(|_| column.path.child(column.field));
        let order = names.map_or_else(|| vec![column], display_columns);
        Self { name: lookup_name(column), label: show::capitalised(meta.label), column: Some(column), names, order }
    }

    fn of_row(model: &AdminModel) -> Self {
        let label = show::capitalised(model.meta.label);
        Self { name: "__str__".to_owned(), label, column: None, names: None, order: display_columns(model.root) }
    }

    fn is_numeric(&self) -> bool {
        let is_number =
            |kind: FieldKind| kind.is_integer() || matches!(kind, FieldKind::Float | FieldKind::Decimal { .. });
        let column = self.column.map(Column::meta).filter(|_| self.names.is_none());
        column.is_some_and(|meta| is_number(meta.kind) && meta.choices.is_empty())
    }
}

/// The columns of a model's list.
pub(crate) fn columns(model: &AdminModel) -> Vec<ListColumn> {
    if model.list_display.is_empty() {
        return vec![ListColumn::of_row(model)];
    }
    model.list_display.iter().copied().map(ListColumn::of).collect()
}

/// The way to a column as addresses write it: `author__username`.
pub(crate) fn lookup_name(column: Column) -> String {
    let mut names = vec![column.meta().name];
    let mut path = column.path;
    while let Some((parent, field)) = path.parent() {
        names.insert(0, field.name);
        path = parent;
    }
    names.join("__")
}

/// What the name of a row at the end of a path is made of; its key when it has no name.
pub(crate) fn display_columns(path: &'static Path) -> Vec<Column> {
    let meta = path.model();
    let column = |field: usize| Column { path, field: field as u16 };
    let shown: Vec<Column> =
        naming_fields(meta).iter().filter_map(|field| meta.index_of(field.name)).map(column).collect();
    if shown.is_empty() { vec![column(meta.key_index())] } else { shown }
}

/// How a list is sorted: columns of the list by position, the first one first.
pub(crate) struct Sorting {
    chosen: Vec<(usize, bool)>,
    /// Nobody chose: it is the model's usual order, which cannot be taken away.
    is_usual: bool,
    /// What the database sorts by.
    pub(crate) order: Vec<(Column, bool)>,
}

impl Sorting {
    /// By `o=1.-2`, else by the model's usual order. Only columns of the list can be named, by their number.
    pub(crate) fn read(model: &AdminModel, columns: &[ListColumn], query: &ListQuery) -> Self {
        let mut chosen: Vec<(usize, bool)> = Vec::new();
        for part in query.get("o").unwrap_or_default().split('.').take(columns.len() * 2) {
            let (number, descending) = part.strip_prefix('-').map_or((part, false), |number| (number, true));
            let position = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            if let Some(position) =
                position.filter(|n| *n < columns.len() && !chosen.iter().any(|(known, _)| known == n))
            {
                chosen.push((position, descending));
            }
        }
        let mut order: Vec<(Column, bool)> = chosen
            .iter()
            .flat_map(|(position, descending)| columns[*position].order.iter().map(|column| (*column, *descending)))
            .collect();
        let is_usual = order.is_empty();
        if is_usual {
            order = usual_order(model);
            let position = |column: Column| columns.iter().position(|known| known.order.first() == Some(&column));
            chosen = order.iter().filter_map(|(column, descending)| Some((position(*column)?, *descending))).collect();
        }
        // The key last, so that no row is on two pages or on none.
        if !order.iter().any(|(column, _)| *column == model.key()) {
            order.push((model.key(), true));
        }
        Self { chosen, is_usual, order }
    }

    /// The heads of the table (CONTRACT.md, `columns`).
    pub(crate) fn heads(&self, columns: &[ListColumn], query: &ListQuery) -> Vec<Json> {
        let query = query.without(&["p"]);
        columns.iter().enumerate().map(|(n, column)| self.head(n, column, &query)).collect()
    }

    fn head(&self, position: usize, column: &ListColumn, query: &ListQuery) -> Json {
        let place = self.chosen.iter().position(|(known, _)| *known == position);
        let descending = place.map(|place| self.chosen[place].1);
        let others = || self.chosen.iter().copied().filter(|(known, _)| *known != position);
        let first = std::iter::once((position, descending == Some(false)));
        let sort_url = query.with("o", &order_text(first.chain(others()))).url();
        let remove_url = place.filter(|_| !self.is_usual).map(|_| query.with("o", &order_text(others())).url());
        json!({
            "name": column.name, "label": column.label, "numeric": column.is_numeric(),
            "sort": descending.map(|descending| if descending { "descending" } else { "ascending" }),
            "priority": place.filter(|_| self.chosen.len() > 1).map(|place| place + 1),
            "sort_url": sort_url, "remove_url": remove_url,
        })
    }
}

fn order_text(steps: impl Iterator<Item = (usize, bool)>) -> String {
    let parts: Vec<String> =
        steps.map(|(position, descending)| format!("{}{}", if descending { "-" } else { "" }, position + 1)).collect();
    parts.join(".")
}

fn usual_order(model: &AdminModel) -> Vec<(Column, bool)> {
    if !model.ordering.is_empty() {
        return model.ordering.clone();
    }
    let steps = model.meta.ordering.iter();
    steps.filter_map(|step| Some((model.column(model.meta.index_of(step.field)?), step.descending))).collect()
}
