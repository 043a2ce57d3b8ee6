//! How models join the admin: [`AppAdmin`] and the builder [`ModelAdmin`].

use std::marker::PhantomData;

use demijohn_orm::{ColumnList, Model, Ordering};
use demijohn_sql::{Column, Expr};
use demijohn_web::App;

use crate::AdminModel;
use crate::model::Fieldset;

/// What the admin adds to [`App`].
///
/// ```
/// use demijohn_admin::AppAdmin as _;
/// use demijohn_macros::Model;
/// use demijohn_orm::AppModels as _;
/// use demijohn_web::App;
///
/// #[derive(Model)]
/// #[model(app = "shop", crate = demijohn_orm)]
/// struct Item {
///     id: i64,
///     #[field(max_length = 100)]
///     name: String,
///     stock: i32,
/// }
///
/// let app = App::named("shop").model::<Item>().admin::<Item>(|a| {
///     a.list_display(|item| (item.name, item.stock)).search_fields(|item| item.name)
/// });
/// # let _ = app;
/// ```
pub trait AppAdmin {
    /// Shows a model in the admin. `|a| a` leaves everything as it is by default.
    fn admin<M: Model>(self, options: impl FnOnce(ModelAdmin<M>) -> ModelAdmin<M>) -> Self;
}

impl AppAdmin for App {
    fn admin<M: Model>(self, options: impl FnOnce(ModelAdmin<M>) -> ModelAdmin<M>) -> Self {
        self.contribute(options(ModelAdmin::new()).data)
    }
}

/// How the admin shows a model: its list, its filters, its form.
///
/// Columns are named in closures, so a misspelt one does not compile, and relations are walked with brackets:
/// `|p| (p.title, p.author().email)`.
#[must_use = "the options have to be returned from the closure"]
pub struct ModelAdmin<M> {
    data: AdminModel,
    _model: PhantomData<fn() -> M>,
}

impl<M: Model> ModelAdmin<M> {
    pub(crate) fn new() -> Self {
        Self { data: AdminModel::new(M::meta(), M::root()), _model: PhantomData }
    }

    pub(crate) fn into_data(self) -> AdminModel {
        self.data
    }

    fn columns<C: ColumnList>(columns: impl FnOnce(M::Columns) -> C) -> Vec<Column> {
        let mut found = Vec::new();
        columns(M::columns(M::root())).push_columns(&mut found);
        found
    }
}

/// The list.
impl<M: Model> ModelAdmin<M> {
    /// The columns of the list; by default what people read for a row. A foreign key shows the row's name.
    pub fn list_display<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.list_display = Self::columns(columns);
        self
    }

    /// The columns in which a search looks: every word has to be in one of them, in any case of letters.
    pub fn search_fields<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.search_fields = Self::columns(columns);
        self
    }

    /// A sentence below the search box.
    pub fn search_help_text(mut self, text: impl Into<String>) -> Self {
        self.data.search_help_text = Some(text.into());
        self
    }

    /// The columns by which the list can be narrowed: foreign keys, booleans, choices, dates.
    pub fn list_filter<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.list_filter = Self::columns(columns);
        self
    }

    /// The order of the list before anybody sorts it; by default the model's own.
    pub fn ordering<O: Ordering>(mut self, order: impl FnOnce(M::Columns) -> O) -> Self {
        let mut steps = Vec::new();
        order(M::columns(M::root())).push(&mut steps);
        let count = steps.len();
        let columns = steps.into_iter().filter_map(|step| match step.expr {
            Expr::Column(column) => Some((column, step.descending)),
            _ => None,
        });
        self.data.ordering = columns.collect();
        self.data.orders_by_expression = self.data.ordering.len() < count;
        self
    }

    /// Rows on one page of the list: 100 by default, 1 at least.
    pub fn list_per_page(mut self, rows: u64) -> Self {
        self.data.list_per_page = rows.max(1);
        self
    }

    /// The longest list that "Show all" shows whole: 200 by default.
    pub fn list_max_show_all(mut self, rows: u64) -> Self {
        self.data.list_max_show_all = rows;
        self
    }
}

/// The form.
impl<M: Model> ModelAdmin<M> {
    /// The fields of the form, in this order; sets of other rows follow them. By default every editable field.
    pub fn fields<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.fields = Some(Self::columns(columns));
        self
    }

    /// Adds fields to the form that stand together under a title. Once there is one, the form has the fields of all
    /// of them and no others; sets of other rows stand in the last one.
    pub fn fieldset<C: ColumnList>(mut self, title: impl Into<String>, columns: impl FnOnce(M::Columns) -> C) -> Self {
        let columns = Self::columns(columns);
        let names = columns.iter().map(|column| column.meta().name).collect();
        let title = Some(title.into()).filter(|title| !title.is_empty());
        self.data.fieldsets.push(Fieldset { title, names });
        self.data.fields.get_or_insert_default().extend(columns);
        self
    }

    /// Fields that the form does not ask for.
    pub fn exclude<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.exclude = Self::columns(columns);
        self
    }

    /// Fields that the form shows but nobody can change. Fields that are not editable may be among them.
    pub fn readonly_fields<C: ColumnList>(mut self, columns: impl FnOnce(M::Columns) -> C) -> Self {
        self.data.readonly_fields = Self::columns(columns);
        self
    }

    /// Where the public page of a row is, for "View on site": `|key| format!("/posts/{key}")`.
    pub fn view_on_site(mut self, address: fn(&str) -> String) -> Self {
        self.data.view_on_site = Some(address);
        self
    }
}
