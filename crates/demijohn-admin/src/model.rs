//! [`AdminModel`]: how the admin shows one model, as data.

use demijohn_core::Check;
use demijohn_core::model::{FieldKind, FieldMeta, ModelMeta};
use demijohn_sql::{Column, Path};

/// How the admin shows one model: the options that a `ModelAdmin` gathered.
#[derive(Clone)]
pub struct AdminModel {
    pub(crate) meta: &'static ModelMeta,
    /// The table in queries: the path that the columns below start from.
    pub(crate) root: &'static Path,
    pub(crate) list_display: Vec<Column>,
    pub(crate) search_fields: Vec<Column>,
    pub(crate) search_help_text: Option<String>,
    pub(crate) list_filter: Vec<Column>,
    pub(crate) ordering: Vec<(Column, bool)>,
    pub(crate) orders_by_expression: bool,
    pub(crate) list_per_page: u64,
    pub(crate) list_max_show_all: u64,
    pub(crate) fields: Option<Vec<Column>>,
    pub(crate) fieldsets: Vec<Fieldset>,
    pub(crate) exclude: Vec<Column>,
    pub(crate) readonly_fields: Vec<Column>,
    pub(crate) view_on_site: Option<fn(&str) -> String>,
}

/// Fields that stand together in a form.
#[derive(Clone)]
pub(crate) struct Fieldset {
    pub(crate) title: Option<String>,
    /// Fields and sets of other rows, by name.
    pub(crate) names: Vec<&'static str>,
}

impl AdminModel {
    pub(crate) fn new(meta: &'static ModelMeta, root: &'static Path) -> Self {
        Self {
            meta,
            root,
            list_display: Vec::new(),
            search_fields: Vec::new(),
            search_help_text: None,
            list_filter: Vec::new(),
            ordering: Vec::new(),
            orders_by_expression: false,
            list_per_page: 100,
            list_max_show_all: 200,
            fields: None,
            fieldsets: Vec::new(),
            exclude: Vec::new(),
            readonly_fields: Vec::new(),
            view_on_site: None,
        }
    }

    /// A model as it is shown when nobody says how, also one that no struct describes.
    pub fn of(meta: &'static ModelMeta) -> Self {
        Self::new(meta, demijohn_orm::records::root(meta))
    }

    /// The model.
    pub fn meta(&self) -> &'static ModelMeta {
        self.meta
    }

    /// The column of the model's own at a position.
    pub(crate) fn column(&self, field: usize) -> Column {
        Column { path: self.root, field: field as u16 }
    }

    /// The primary key as a column.
    pub(crate) fn key(&self) -> Column {
        self.column(self.meta.key_index())
    }

    /// May the value of this column be shown, searched and sorted? A password's hash may not, to anybody.
    pub(crate) fn is_secret(field: &FieldMeta, of: &ModelMeta) -> bool {
        of == crate::access::user_meta() && field.name == "password"
    }

    /// Does its form ask for this field?
    pub(crate) fn shows(&self, name: &str) -> bool {
        let is_named = |columns: &[Column]| columns.iter().any(|column| column.meta().name == name);
        match (self.meta.field(name), &self.fields) {
            (None, _) => self.meta.many_to_many.iter().any(|set| set.name == name),
            (Some(field), Some(fields)) => is_named(fields) && field.editable,
            (Some(field), None) => field.editable && !is_named(&self.exclude),
        }
    }

    /// Can its form change this field?
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        self.shows(name) && !self.readonly_fields.iter().any(|column| column.meta().name == name)
    }

    /// What is wrong with the options.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let object = format!("the admin of {}", self.meta.full_name());
        let mut checks = Vec::new();
        let lists = [
            ("admin.E108", "list_display", &self.list_display),
            ("admin.E116", "list_filter", &self.list_filter),
            ("admin.E126", "search_fields", &self.search_fields),
            ("admin.E035", "readonly_fields", &self.readonly_fields),
        ];
        for (id, option, columns) in lists {
            for column in columns.iter().filter(|column| Self::is_secret(column.meta(), column.path.model())) {
                let message = format!("`{option}` names `{}`, which nobody may see", column.meta().name);
                checks.push(Check::error(id, object.clone(), message).with_hint("leave it out"));
            }
        }
        let own = [
            ("admin.E005", "fields", self.fields.as_deref().unwrap_or_default()),
            ("admin.E015", "exclude", &self.exclude),
            ("admin.E035", "readonly_fields", &self.readonly_fields),
        ];
        for (id, option, columns) in own {
            for column in columns.iter().filter(|column| !column.path.is_root()) {
                let message = format!("`{option}` names `{}` of a related model", column.meta().name);
                checks.push(Check::error(id, object.clone(), message).with_hint("name columns of the model itself"));
            }
        }
        for column in self.fields.iter().flatten() {
            let meta = column.meta();
            let is_shown = self.readonly_fields.iter().any(|read_only| read_only == column);
            if !is_shown && (meta.auto || !meta.editable) {
                let message = format!("`fields` names `{}`, which is not editable", meta.name);
                let hint = format!("name `{}` in `readonly_fields` too, or leave it out", meta.name);
                checks.push(Check::error("admin.E005", object.clone(), message).with_hint(hint));
            }
        }
        for column in self.list_filter.iter().filter(|column| !can_filter(column.meta())) {
            let message = format!("`list_filter` names `{}`, of whose values there is no list", column.meta().name);
            let hint = "name foreign keys, booleans, columns with choices, dates";
            checks.push(Check::error("admin.E116", object.clone(), message).with_hint(hint));
        }
        for column in self.search_fields.iter().filter(|column| !can_search(column.meta())) {
            let message = format!("`search_fields` names `{}`, which is {}", column.meta().name, column.meta().kind);
            let hint = "name columns of text or whole numbers, or foreign keys";
            checks.push(Check::error("admin.E126", object.clone(), message).with_hint(hint));
        }
        if self.orders_by_expression {
            checks.push(Check::error("admin.E033", object, "`ordering` takes columns only, not expressions"));
        }
        checks
    }
}

fn can_filter(field: &FieldMeta) -> bool {
    let has_list = matches!(field.kind, FieldKind::Bool | FieldKind::Date | FieldKind::Timestamp);
    has_list || field.relation.is_some() || !field.choices.is_empty() || field.null
}

fn can_search(field: &FieldMeta) -> bool {
    field.relation.is_some() || field.kind.is_text() || field.kind.is_integer()
}
