//! Generic keys: a row of the table of content types stands for a model, and a key for the row of it.
//!
//! The number of a content type is another in every database, so a statement names the model and lets the database look
//! its row up: `content_type_id = (SELECT id FROM django_content_type WHERE app_label = 'blog' AND model = 'post')`.

use demijohn_core::model::{FieldKind, ModelMeta, Value};

use crate::{Column, Compare, Expr, Path, Projection, Select};

/// Does the generic key of the rows at a path, whose content type is in this field, point to a row of a model?
pub fn is_of_model(path: &'static Path, content_type: u16, model: &ModelMeta) -> Expr {
    let own = Expr::Column(Column { path, field: content_type });
    Expr::Compare(Compare::Eq, Box::new((own, type_number(path, content_type, model))))
}

/// The number of the row that stands for a model, for the rows at a path that point to content types by this field.
pub fn type_number(path: &'static Path, content_type: u16, model: &ModelMeta) -> Expr {
    let types = path.child(content_type).as_root();
    let column = |name: &str| {
        let field = types.model().index_of(name).expect("a content type has this field") as u16;
        Expr::Column(Column { path: types, field })
    };
    let is = |name: &str, value: String| {
        Expr::Compare(Compare::Eq, Box::new((column(name), Expr::Value(Value::Text(value)))))
    };
    let mut query = Select::new(types);
    query.projection = Projection::Exprs(types.key_columns().map(Expr::Column).collect());
    query.filter = Some(is(APP, model.app.to_owned()).and(is(MODEL, model.name_lower())));
    Expr::Query(Box::new(query))
}

/// The field of a content type that has the app's name.
pub(crate) const APP: &str = "app_label";

/// The field of a content type that has the model's name.
pub(crate) const MODEL: &str = "model";

/// Two columns that are put beside each other, with that of numbers as text where the other is text.
pub(crate) fn comparable(one: Column, other: Column) -> (Expr, Expr) {
    let text = |column: Column, beside: Column| {
        let is_other = beside.meta().kind.is_text() && !column.meta().kind.is_text();
        let expr = Expr::Column(column);
        if is_other { Expr::Cast(Box::new(expr), FieldKind::Text) } else { expr }
    };
    (text(one, other), text(other, one))
}
