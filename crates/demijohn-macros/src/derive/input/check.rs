//! What can be wrong with a struct: everything is said at once, each at the words it is about.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::{Field, Group, ManyToMany, Model, argument};
use crate::derive::attributes::{FieldAttributes, hint, list};
use crate::derive::{reverse, template};

/// A struct that is flattened into models has columns, and nothing that belongs to a whole table.
pub(super) fn group(
    name: &Ident,
    fields: &[Field],
    many_to_many: &[ManyToMany],
    groups: &[Group],
    errors: &mut Vec<syn::Error>,
) -> Option<()> {
    let mut refuse = |span: Span, message: &str| errors.push(syn::Error::new(span, message));
    for field in fields.iter().filter(|field| field.attributes.primary_key || field.attributes.auto) {
        refuse(
            field.ident.span(),
            "a primary key stands in the model itself, not in fields that are flattened into it",
        );
    }
    for field in many_to_many {
        refuse(
            field.ident.span(),
            "a `ManyToMany` stands in the model itself, not in fields that are flattened into it",
        );
    }
    for field in groups {
        refuse(field.ident.span(), "fields that are flattened into a model have none flattened into them");
    }
    if fields.is_empty() {
        refuse(name.span(), "there are no fields to flatten into a model");
    }
    (!fields.is_empty()).then_some(())
}

/// A generic key belongs to one table, as its columns are found by their positions.
pub(super) fn generic_in_group<'a>(fields: impl Iterator<Item = &'a Ident>, errors: &mut Vec<syn::Error>) {
    let message =
        "what points to rows of any model stands in the model itself, not in fields that are flattened into it";
    errors.extend(fields.map(|field| syn::Error::new(field.span(), message)));
}

/// What is said of a generic key can be said of it.
pub(super) fn generic_key(
    attributes: &FieldAttributes,
    field: &Ident,
    is_optional: bool,
    errors: &mut Vec<syn::Error>,
) {
    let said = [
        ("column", attributes.column.is_some()),
        ("default", attributes.default.is_some()),
        ("db_default", attributes.db_default.is_some()),
        ("unique", attributes.unique),
        ("primary_key", attributes.primary_key),
        ("to_field", attributes.to_field.is_some()),
        ("related_name", attributes.related_name.is_some()),
        ("set_to", attributes.set_to.is_some()),
    ];
    for (name, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
        let message = format!(
            "`{name}` cannot be said of a generic key: it is two columns, \
             named by `content_type = \"…\"` and `object_id = \"…\"`, and indexed and unique by `#[model(…)]`"
        );
        errors.push(syn::Error::new(field.span(), message));
    }
    if field == "save" || field == "build" {
        let message = format!("a field cannot be called `{field}`: `create()` has a method of that name");
        errors.push(syn::Error::new(field.span(), message));
    }
    if attributes.on_delete.as_ref().is_some_and(|how| how == "SetNull") && !is_optional {
        let message = "`on_delete = SetNull` needs a field that may be NULL: `Option<GenericForeignKey>`";
        errors.push(syn::Error::new(field.span(), message));
    }
}

/// What belongs to generic keys is said of nothing else.
pub(super) fn no_generic_key(attributes: &FieldAttributes, errors: &mut Vec<syn::Error>) {
    for (name, given) in [("content_type", &attributes.content_type), ("object_id", &attributes.object_id)] {
        let Some(given) = given else { continue };
        errors.push(syn::Error::new(given.span(), format!("`{name}` belongs to a `GenericForeignKey`")));
    }
}

pub(super) fn fields(fields: &[Field], errors: &mut Vec<syn::Error>) {
    for (n, field) in fields.iter().enumerate() {
        // The builder has a method for each field that can be given, and two of its own.
        if field.is_given() && (field.name == "save" || field.name == "build") {
            let message = format!(
                "a field cannot be called `{0}`: `create()` has a method of that name. \
                 Choose another name, and keep the column with `#[field(column = \"{0}\")]`",
                field.name
            );
            errors.push(syn::Error::new(field.ident.span(), message));
        }
        let column = field.column();
        if let Some(other) = fields[..n].iter().find(|other| other.column().eq_ignore_ascii_case(&column)) {
            let other = other.generic.as_ref().map_or_else(|| other.name.clone(), ToString::to_string);
            let message = format!(
                "the column `{column}` belongs to `{other}` already; name another with `#[field(column = \"…\")]`"
            );
            errors.push(syn::Error::new(field.ident.span(), message));
        }
        // What is said of a generic key was looked at where it was read.
        if field.generic.is_none() {
            relation(field, errors);
        }
        values(field, errors);
    }
}

fn relation(field: &Field, errors: &mut Vec<syn::Error>) {
    let attributes = &field.attributes;
    let how = attributes.on_delete.as_ref().map(ToString::to_string);
    if field.target.is_some() && how.is_none() && attributes.set_to.is_none() && !attributes.is_broken {
        errors.push(syn::Error::new(
            field.ident.span(),
            "a foreign key says what happens when the row it points to is deleted: \
             add `#[field(on_delete = Cascade)]` (or Protect, Restrict, SetNull, SetDefault, DoNothing)",
        ));
    }
    if field.target.is_none() {
        let said = [
            ("on_delete", how.is_some()),
            ("set_to", attributes.set_to.is_some()),
            ("to_field", attributes.to_field.is_some()),
            ("no_constraint", attributes.no_constraint),
            ("related_name", attributes.related_name.is_some()),
        ];
        for (name, _) in said.into_iter().filter(|(_, is_said)| *is_said) {
            errors.push(syn::Error::new(
                field.ty.span(),
                format!("`{name}` belongs to a `ForeignKey<…>` or a `OneToOne<…>`"),
            ));
        }
    }
    if how.as_deref() == Some("SetNull") && !field.is_optional {
        errors.push(syn::Error::new(
            field.ty.span(),
            "`on_delete = SetNull` needs a field that may be NULL: `Option<ForeignKey<…>>`",
        ));
    }
    match (how.as_deref(), &attributes.set_to) {
        (Some("SetTo"), None) => errors.push(syn::Error::new(
            field.ident.span(),
            "`on_delete = SetTo` says to what: add `set_to = …`, a value of the field",
        )),
        (Some(other), Some(value)) if other != "SetTo" => {
            let message = format!("`set_to` belongs to `on_delete = SetTo`, and here is `on_delete = {other}`");
            errors.push(syn::Error::new(value.span(), message));
        }
        _ => {}
    }
}

fn values(field: &Field, errors: &mut Vec<syn::Error>) {
    let attributes = &field.attributes;
    let inner = argument(&field.ty, "Option");
    let bare = inner.as_ref().unwrap_or(&field.ty);
    let is_decimal =
        matches!(bare, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Decimal"));
    if is_decimal && (attributes.max_digits.is_none() || attributes.decimal_places.is_none()) {
        errors.push(syn::Error::new(
            field.ident.span(),
            "a decimal says how many digits it has: add `#[field(max_digits = 10, decimal_places = 2)]`",
        ));
    }
    if matches!(bare, Type::Tuple(_)) {
        let message = "a column holds one value: write a field for each part of the tuple, or `Json<…>` around it";
        errors.push(syn::Error::new(field.ty.span(), message));
    }
    if attributes.auto && attributes.primary_key && !field.is_auto && inner.is_none() {
        let message = "the database numbers rows by one primary key of type `i16`, `i32` or `i64`";
        errors.push(syn::Error::new(field.ty.span(), message));
    }
    let Some(generated) = &attributes.generated else {
        if attributes.is_virtual {
            errors.push(syn::Error::new(field.ident.span(), "`virtual` belongs to `generated = \"…\"`"));
        }
        return;
    };
    let others = [
        ("default", attributes.default.is_some()),
        ("db_default", attributes.db_default.is_some()),
        ("auto_now", attributes.auto_now),
        ("auto_now_add", attributes.auto_now_add),
        ("primary_key", attributes.primary_key),
    ];
    if let Some((other, _)) = others.into_iter().find(|(_, is_said)| *is_said) {
        let message = format!("the database computes a generated field: take away `{other}`");
        errors.push(syn::Error::new(generated.span(), message));
    }
}

/// Every name that stands in quotes is that of a field. Where the fields of another struct are flattened into the model,
/// their names are not known here; the written code checks them.
pub(super) fn names(model: &Model, errors: &mut Vec<syn::Error>) {
    for (name, at) in mentioned(model) {
        let known: Vec<&str> = model.fields.iter().map(|field| field.name.as_str()).collect();
        if known.contains(&name.as_str()) || !model.groups.is_empty() {
            continue;
        }
        let message = format!("unknown field `{name}`; choices are {}{}", list(&known), hint(&name, &known));
        errors.push(syn::Error::new(at.span(), message));
    }
    for at in templates(model) {
        errors.extend(template::refuse(at));
    }
    for field in &model.fields {
        let Some(generated) = &field.attributes.generated else { continue };
        if template::names(generated).contains(&field.name) {
            errors.push(syn::Error::new(generated.span(), format!("`{}` cannot be computed from itself", field.name)));
        }
    }
}

/// What a set says of its pairs fits what it is.
pub(super) fn set(set: &ManyToMany, is_own: bool, errors: &mut Vec<syn::Error>) {
    let attributes = &set.attributes;
    if let Some(said) = &attributes.symmetrical {
        if !is_own {
            errors.push(syn::Error::new(said.span(), "`symmetrical` belongs to a set of rows of the same model"));
        } else if set.through.is_some() && said.value {
            let message = "a set through a model of your own is not symmetrical: its rows say what each pair is";
            errors.push(syn::Error::new(said.span(), message));
        }
    }
    if let (Some(through), Some(table)) = (&set.through, &attributes.table) {
        let message = format!("the pairs have the table of `{}`; name it there", through.to_token_stream());
        errors.push(syn::Error::new(table.span(), message));
    }
    if let (None, Some((own, _))) = (&set.through, &attributes.through_fields) {
        let message = "`through_fields` belongs to a set through a model of your own: `ManyToMany<Person, Membership>`";
        errors.push(syn::Error::new(own.span(), message));
    }
    if let (true, Some(name)) = (set.is_symmetrical, &attributes.related_name) {
        let message = "a symmetrical set has no other side: it is the same set. \
                       For two directions write `symmetrical = false`";
        errors.push(syn::Error::new(name.span(), message));
    }
}

/// On the other side each relation has a name of its own, and one that Rust takes.
pub(super) fn other_sides(model: &Model, errors: &mut Vec<syn::Error>) {
    // A key whose attributes were not understood may have had a name there.
    let known = model.fields.iter().filter(|field| !field.attributes.is_broken);
    let keys = known.filter_map(|field| Some((field.target.as_ref()?, field)));
    let keys = keys.map(|(target, field)| {
        (target, &field.ident, field.attributes.related_name.as_ref(), reverse::name_of_key(model, field))
    });
    let sets = model
        .many_to_many
        .iter()
        .map(|set| (&set.target, &set.ident, set.attributes.related_name.as_ref(), reverse::name_of_set(model, set)));
    let mut known: Vec<(String, &Ident, Ident)> = Vec::new();
    for (target, field, given, name) in keys.chain(sets) {
        let Some(name) = name else {
            if let Some(given) = given.filter(|given| given.value() != "+") {
                let message = format!(
                    "`{}` is no name for a method: a `related_name` is written as one is (`posts`), or `+` for none",
                    given.value()
                );
                errors.push(syn::Error::new(given.span(), message));
            }
            continue;
        };
        let target = target.to_token_stream().to_string();
        if let Some((_, other, _)) = known.iter().find(|(to, _, other)| *to == target && *other == name) {
            let at = given.map_or_else(|| field.span(), Spanned::span);
            let message = format!(
                "`{other}` and `{field}` are both called `{name}` on the other side: \
                 give one of them `#[field(related_name = \"…\")]`, or `\"+\"` for no other side",
            );
            errors.push(syn::Error::new(at, message));
        }
        known.push((target, field, name));
    }
}

/// The SQL of a model's own.
fn templates(model: &Model) -> Vec<&LitStr> {
    let attributes = &model.attributes;
    let of_indexes =
        attributes.indexes.iter().flat_map(|index| index.expressions.iter().chain(&index.options.condition));
    let of_checks = attributes.checks.iter().map(|check| &check.condition);
    let of_exclusions = attributes.exclusions.iter().flat_map(|exclusion| {
        exclusion.parts.iter().map(|(expression, _)| expression).chain(&exclusion.options.condition)
    });
    let of_fields = model.fields.iter().filter_map(|field| field.attributes.generated.as_ref());
    of_indexes.chain(of_checks).chain(of_exclusions).chain(of_fields).collect()
}

/// Every name of a field that stands in quotes, and where.
pub(in crate::derive) fn mentioned(model: &Model) -> Vec<(String, &LitStr)> {
    let attributes = &model.attributes;
    let plain = |name: &LitStr| name.value();
    let directed = |name: &LitStr| {
        let text = name.value();
        text.strip_prefix('-').map(str::to_owned).unwrap_or(text)
    };
    let indexed = attributes.indexes.iter().flat_map(|index| &index.fields);
    let included = attributes.indexes.iter().flat_map(|index| &index.include);
    let unique_for = model.fields.iter().flat_map(|field| field.attributes.unique_for.iter().map(|(_, name)| name));
    let mut all: Vec<(String, &LitStr)> = Vec::new();
    all.extend(attributes.ordering.iter().map(|name| (directed(name), name)));
    all.extend(attributes.display.iter().map(|name| (plain(name), name)));
    all.extend(attributes.natural_key.iter().map(|name| (plain(name), name)));
    all.extend(attributes.latest_by.iter().map(|name| (directed(name), name)));
    all.extend(indexed.map(|name| (directed(name), name)));
    all.extend(included.map(|name| (plain(name), name)));
    all.extend(unique_for.map(|name| (plain(name), name)));
    for template in templates(model) {
        all.extend(template::names(template).into_iter().map(|name| (name, template)));
    }
    all
}
