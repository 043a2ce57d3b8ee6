//! The struct, read once: what the writers work on.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, GenericArgument, PathArguments, Type, Visibility};

use super::attributes::{self, FieldAttributes, ModelAttributes};
use super::names;

/// The struct of a model.
pub(super) struct Model {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) visibility: Visibility,
    pub(super) app: String,
    pub(super) table: String,
    pub(super) attributes: ModelAttributes,
    /// Where the crate keeps what the written code refers to.
    pub(super) private: TokenStream,
    pub(super) fields: Vec<Field>,
    pub(super) many_to_many: Vec<ManyToMany>,
    /// The position of the primary key.
    pub(super) key: usize,
}

/// One column.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) is_optional: bool,
    pub(super) is_auto: bool,
    pub(super) is_key: bool,
    /// The model it points to.
    pub(super) target: Option<Type>,
    pub(super) attributes: FieldAttributes,
}

/// One set of other rows.
pub(super) struct ManyToMany {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) target: Type,
    pub(super) attributes: FieldAttributes,
}

impl Field {
    /// Must whoever makes a row give it?
    pub(super) fn is_required(&self) -> bool {
        !self.is_optional
            && !self.is_auto
            && self.attributes.default.is_none()
            && !self.attributes.auto_now
            && !self.attributes.auto_now_add
    }

    /// The column: `author_id` for a foreign key `author`.
    pub(super) fn column(&self) -> String {
        match &self.attributes.column {
            Some(column) => column.value(),
            None if self.target.is_some() => format!("{}_id", self.name),
            None => self.name.clone(),
        }
    }
}

impl Model {
    pub(super) fn read(input: DeriveInput, errors: &mut Vec<syn::Error>) -> Option<Self> {
        let attributes = attributes::model(&input.attrs, errors);
        let Data::Struct(data) = input.data else {
            errors.push(syn::Error::new(input.ident.span(), "a model is a struct: one field for each column"));
            return None;
        };
        let Fields::Named(named) = data.fields else {
            errors
                .push(syn::Error::new(input.ident.span(), "a model's fields have names: `struct Post { id: i64, … }`"));
            return None;
        };
        if !input.generics.params.is_empty() {
            errors.push(syn::Error::new(input.generics.span(), "a model has no type parameters: it is one table"));
            return None;
        }
        let mut fields = Vec::new();
        let mut many_to_many = Vec::new();
        for field in named.named {
            read_field(field, &mut fields, &mut many_to_many, errors);
        }
        let key = find_key(&input.ident, &mut fields, errors)?;
        check(&fields, errors);
        let app = attributes.app.clone().unwrap_or_else(|| names::app_of(Span::call_site()));
        let name = plain(&input.ident);
        let table = attributes.table.clone().unwrap_or_else(|| format!("{app}_{}", name.to_lowercase()));
        let private = match &attributes.krate {
            Some(path) => quote!(::#path::__private),
            None => quote!(::demijohn::__private),
        };
        check_names(&attributes, &fields, errors);
        Some(Self {
            ident: input.ident,
            name,
            visibility: input.vis,
            app,
            table,
            attributes,
            private,
            fields,
            many_to_many,
            key,
        })
    }

    /// The columns that somebody who makes a row must give.
    pub(super) fn required(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.is_required())
    }

    /// `HasTitle`: the type parameter that says whether a required field was given.
    pub(super) fn flag(&self, field: &Field) -> Ident {
        let name = names::pascal(&field.name);
        let twins = self.required().filter(|other| names::pascal(&other.name) == name).count();
        // `line_1` and `line1`: rare enough for an ugly name.
        if twins > 1 { format_ident!("Has_{}", field.name) } else { format_ident!("Has{name}") }
    }

    /// `PostColumns`
    pub(super) fn columns_name(&self) -> Ident {
        format_ident!("{}Columns", self.ident)
    }

    /// `PostCreate`
    pub(super) fn create_name(&self) -> Ident {
        format_ident!("{}Create", self.ident)
    }
}

fn read_field(
    field: syn::Field,
    fields: &mut Vec<Field>,
    many_to_many: &mut Vec<ManyToMany>,
    errors: &mut Vec<syn::Error>,
) {
    let Some(ident) = field.ident else { return };
    let attributes = attributes::field(&field.attrs, errors);
    let name = plain(&ident);
    if name.contains("__") || name.ends_with('_') {
        errors.push(syn::Error::new(ident.span(), "a field's name has no `__` and does not end with `_`"));
    }
    if let Some(target) = argument(&field.ty, "ManyToMany") {
        many_to_many.push(ManyToMany { ident, name, target, attributes });
        return;
    }
    let inner = argument(&field.ty, "Option");
    let is_optional = inner.is_some();
    let target = argument(inner.as_ref().unwrap_or(&field.ty), "ForeignKey");
    fields.push(Field { ident, name, ty: field.ty, is_optional, is_auto: false, is_key: false, target, attributes });
}

/// `type` of `r#type`.
fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// `T` of `Wrapper<T>`, whatever path leads to the wrapper.
fn argument(ty: &Type, wrapper: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

fn find_key(name: &Ident, fields: &mut [Field], errors: &mut Vec<syn::Error>) -> Option<usize> {
    let marked: Vec<usize> = (0..fields.len()).filter(|n| fields[*n].attributes.primary_key).collect();
    if let [_, second, ..] = marked[..] {
        errors.push(syn::Error::new(fields[second].ident.span(), "a model has one primary key"));
    }
    let Some(key) = marked.first().copied().or_else(|| fields.iter().position(|field| field.name == "id")) else {
        errors.push(syn::Error::new(
            name.span(),
            "a model needs a primary key: add `pub id: i64`, or mark a field with `#[field(primary_key)]`",
        ));
        return None;
    };
    let field = &mut fields[key];
    field.is_key = true;
    let integer =
        matches!(&field.ty, Type::Path(path) if ["i16", "i32", "i64"].iter().any(|name| path.path.is_ident(name)));
    field.is_auto = integer && (field.attributes.auto || !field.attributes.primary_key);
    if field.is_optional {
        errors.push(syn::Error::new(field.ty.span(), "a primary key is never NULL: write the type without `Option`"));
    }
    Some(key)
}

fn check(fields: &[Field], errors: &mut Vec<syn::Error>) {
    for (n, field) in fields.iter().enumerate() {
        let attributes = &field.attributes;
        // The builder has a method for each field that can be given, and two of its own.
        if !field.is_auto && (field.name == "save" || field.name == "build") {
            let message = format!(
                "a field cannot be called `{0}`: `create()` has a method of that name. \
                 Choose another name, and keep the column with `#[field(column = \"{0}\")]`",
                field.name
            );
            errors.push(syn::Error::new(field.ident.span(), message));
        }
        let column = field.column();
        if let Some(other) = fields[..n].iter().find(|other| other.column().eq_ignore_ascii_case(&column)) {
            let message = format!(
                "the column `{column}` belongs to `{}` already; name another with `#[field(column = \"…\")]`",
                other.name
            );
            errors.push(syn::Error::new(field.ident.span(), message));
        }
        if field.target.is_some() && attributes.on_delete.is_none() {
            errors.push(syn::Error::new(
                field.ident.span(),
                "a foreign key says what happens when the row it points to is deleted: \
                 add `#[field(on_delete = Cascade)]` (or Protect, Restrict, SetNull, SetDefault, DoNothing)",
            ));
        }
        if field.target.is_none() && attributes.on_delete.is_some() {
            errors.push(syn::Error::new(field.ty.span(), "`on_delete` belongs to a `ForeignKey<…>`"));
        }
        if attributes.on_delete.as_ref().is_some_and(|how| how == "SetNull") && !field.is_optional {
            errors.push(syn::Error::new(
                field.ty.span(),
                "`on_delete = SetNull` needs a field that may be NULL: `Option<ForeignKey<…>>`",
            ));
        }
        let is_decimal = matches!(argument(&field.ty, "Option").as_ref().unwrap_or(&field.ty),
            Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Decimal"));
        if is_decimal && (attributes.max_digits.is_none() || attributes.decimal_places.is_none()) {
            errors.push(syn::Error::new(
                field.ident.span(),
                "a decimal says how many digits it has: add `#[field(max_digits = 10, decimal_places = 2)]`",
            ));
        }
    }
}

/// Names in `ordering`, `display`, `index` and `unique` are fields.
fn check_names(attributes: &ModelAttributes, fields: &[Field], errors: &mut Vec<syn::Error>) {
    let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    let steps = attributes.ordering.iter().map(|name| (name, name.value().trim_start_matches('-').to_owned()));
    let others = attributes.display.iter().chain(attributes.indexes.iter().flat_map(|index| &index.fields));
    for (name, text) in steps.chain(others.map(|name| (name, name.value()))) {
        let text = text.as_str();
        if !known.contains(&text) {
            let near =
                names::nearest(text, &known).map_or_else(String::new, |near| format!("\nhelp: did you mean `{near}`?"));
            let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("unknown field `{text}`; choices are {}{near}", list.join(", "));
            errors.push(syn::Error::new(name.span(), message));
        }
    }
}
