//! The description: `static META`, its fields, and the tables of pairs.

mod constraint;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::attributes::{DbDefault, FieldAttributes};
use super::input::{Field, ManyToMany, Model, argument, check};
use super::{generic, names};

/// Statics for the body of `Model::meta`.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { private, name, app, table, attributes, .. } = model;
    let fields = self::fields(model);
    let words = names::words_of_type(name);
    let label = attributes.label.clone().unwrap_or(words);
    let plural = attributes.label_plural.clone().unwrap_or_else(|| format!("{label}s"));
    let made = model.many_to_many.iter().filter(|field| field.through.is_none());
    let pairs = made.map(|field| through(model, field));
    let options = options(model);
    let known = known(model);
    quote! {
        #(#pairs)*
        #fields
        #known
        static __META: #private::ModelMeta = #private::ModelMeta::new(#app, #name, #table, #label, #plural, &__FIELDS)
            #options
            .source(::core::env!("CARGO_MANIFEST_DIR"), ::core::file!(), ::core::line!());
    }
}

fn fields(model: &Model) -> TokenStream {
    let private = &model.private;
    let fields = model.fields.iter().map(|field| self::field(model, field));
    if model.groups.is_empty() {
        let count = model.fields.len();
        return quote! { static __FIELDS: [#private::FieldMeta; #count] = [#(#fields),*]; };
    }
    let count = model.group_position(model.groups.len());
    let groups = model.groups.iter().map(|group| &group.ty);
    quote! {
        static __FIELDS: [#private::FieldMeta; #count] =
            #private::concat(&[&[#(#fields),*], #(<#groups as #private::Fields>::FIELDS),*]);
    }
}

/// Names that may be those of flattened fields are checked when all fields are known.
fn known(model: &Model) -> TokenStream {
    if model.groups.is_empty() {
        return TokenStream::new();
    }
    let private = &model.private;
    let own = |name: &String| model.fields.iter().any(|field| field.name == *name);
    let others = check::mentioned(model).into_iter().filter(|(name, _)| !own(name));
    let asserts = others.map(|(name, at)| {
        let message = format!("unknown field `{name}`: neither the model nor what is flattened into it has one");
        quote_spanned!(at.span()=> const _: () = ::core::assert!(#private::has_field(&__FIELDS, #name), #message);)
    });
    quote!(#(#asserts)*)
}

/// The methods of `ModelMeta` for what there is.
fn options(model: &Model) -> TokenStream {
    let Model { private, attributes, .. } = model;
    let sets = model.many_to_many.iter().map(|field| many_to_many(model, field));
    let ordering = attributes.ordering.iter().map(|step| {
        let text = step.value();
        let (descending, field) = (text.starts_with('-'), text.trim_start_matches('-'));
        quote! { #private::OrderMeta { field: #field, descending: #descending } }
    });
    let permissions = attributes.permissions.iter().map(|(name, words)| quote!((#name, #words)));
    let lists = [
        ("many_to_many", sets.collect::<Vec<_>>()),
        ("ordering", ordering.collect()),
        ("indexes", attributes.indexes.iter().map(|index| constraint::index(private, index)).collect()),
        ("checks", attributes.checks.iter().map(|check| constraint::check(private, check)).collect()),
        ("exclusions", attributes.exclusions.iter().map(|one| constraint::exclusion(private, one)).collect()),
        ("display", attributes.display.iter().map(ToTokens::to_token_stream).collect()),
        ("permissions", permissions.collect()),
        ("latest_by", attributes.latest_by.iter().map(ToTokens::to_token_stream).collect()),
        ("natural_key", attributes.natural_key.iter().map(ToTokens::to_token_stream).collect()),
    ];
    let lists =
        lists.into_iter().chain(generic::metas(model)).filter(|(_, items)| !items.is_empty()).map(|(name, items)| {
            let name = format_ident!("{name}");
            quote!(.#name(&[#(#items),*]))
        });
    let comment = attributes.comment.as_ref().map(|comment| quote!(.comment(#comment)));
    let unmanaged = attributes.unmanaged.then(|| quote!(.unmanaged()));
    let name = &model.ident;
    let clean = attributes.clean.as_ref().map(|clean| {
        quote_spanned!(clean.span()=> .clean(|values, errors| #private::clean::<#name>(values, errors, #clean)))
    });
    quote!(#(#lists)* #comment #unmanaged #clean)
}

pub(super) fn option(value: Option<&impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

/// One `FieldMeta`.
pub(super) fn field(model: &Model, field: &Field) -> TokenStream {
    let private = &model.private;
    let (name, column, ty) = (&field.name, field.column(), &field.ty);
    let attributes = &field.attributes;
    let label = attributes.label.as_ref().map_or_else(|| names::words_of_field(name), syn::LitStr::value);
    let mut calls = kind_calls(private, attributes);
    let flags = [
        (field.is_key, quote!(.primary_key())),
        (field.is_auto, quote!(.auto())),
        (attributes.blank, quote!(.blank())),
        (attributes.unique || field.is_one_to_one && !field.is_key, quote!(.unique())),
        (attributes.index, quote!(.index())),
        (attributes.not_editable, quote!(.not_editable())),
        (attributes.auto_now_add, quote!(.auto_now(#private::AutoNow::OnCreate))),
        (attributes.auto_now, quote!(.auto_now(#private::AutoNow::OnSave))),
    ];
    calls.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, call)| call));
    calls.extend(default_calls(private, attributes, ty));
    calls.extend(rule_calls(private, attributes, ty));
    if let Some(text) = &attributes.help_text {
        calls.push(quote!(.help_text(#text)));
    }
    if let Some(target) = &field.target {
        calls.push(relation(private, field, target));
    }
    // As `read` and `to_value` name the type: of a type that is no column the compiler then says so once, not thrice.
    let of = quote_spanned!(ty.span()=> <#ty as #private::FieldValue>::FIELD);
    quote! {
        #private::field(#of, #name, #column, #label) #(#calls)*
    }
}

fn kind_calls(private: &TokenStream, attributes: &FieldAttributes) -> Vec<TokenStream> {
    let mut calls = Vec::new();
    if attributes.integer {
        calls.push(quote!(.kind(#private::FieldKind::Integer)));
    }
    if let Some(length) = &attributes.max_length {
        calls.push(quote_spanned!(length.span()=> .max_length(#length)));
    }
    if let (Some(digits), Some(places)) = (&attributes.max_digits, &attributes.decimal_places) {
        calls.push(quote!(.kind(#private::FieldKind::Decimal { max_digits: #digits, decimal_places: #places })));
    }
    if let Some(format) = &attributes.format {
        calls.push(quote!(.format(#private::Format::#format)));
    }
    if let Some(comment) = &attributes.comment {
        calls.push(quote!(.comment(#comment)));
    }
    if let Some(collation) = &attributes.collation {
        calls.push(quote!(.collation(#collation)));
    }
    calls
}

fn default_calls(private: &TokenStream, attributes: &FieldAttributes, ty: &Type) -> Vec<TokenStream> {
    let mut calls = Vec::new();
    let value = |value: &syn::Expr| quote!(|| #private::Assign::<#ty>::into_value(#value));
    if let Some(default) = &attributes.default {
        calls.push(match default {
            Some(given) => {
                let given = value(given);
                quote!(.default(#given))
            }
            None => quote!(.default(|| #private::FieldValue::to_value(&<#ty as ::core::default::Default>::default()))),
        });
    }
    if let Some(default) = &attributes.db_default {
        let default = match default {
            DbDefault::Now => quote!(#private::DbDefault::Now),
            DbDefault::Sql(sql) => quote!(#private::DbDefault::Sql(#sql)),
            DbDefault::Value(given) => {
                let given = value(given);
                quote!(#private::DbDefault::Value(#given))
            }
        };
        calls.push(quote!(.db_default(#default)));
    }
    if let Some(expression) = &attributes.generated {
        let stored = !attributes.is_virtual;
        calls.push(quote!(.generated(#private::SqlTemplate(#expression), #stored)));
    }
    calls
}

/// Choices and rules for values.
fn rule_calls(private: &TokenStream, attributes: &FieldAttributes, ty: &Type) -> Vec<TokenStream> {
    let mut calls = Vec::new();
    if !attributes.choices.is_empty() {
        let choices = attributes.choices.iter();
        let choices = choices.map(|(value, label)| quote!(#private::Choice { value: #value, label: #label }));
        calls.push(quote!(.choices(&[#(#choices),*])));
    }
    let inner = argument(ty, "Option");
    let bare = inner.as_ref().unwrap_or(ty);
    let mut rules = Vec::new();
    rules.extend(attributes.min.as_ref().map(|min| quote!(#private::Validator::MinValue((#min) as f64))));
    rules.extend(attributes.max.as_ref().map(|max| quote!(#private::Validator::MaxValue((#max) as f64))));
    rules.extend(attributes.min_length.as_ref().map(|length| quote!(#private::Validator::MinLength(#length))));
    rules.extend(attributes.validators.iter().map(|path| {
        quote_spanned! {path.span()=>
            #private::Validator::Custom(|value| {
                #private::validate::<#bare, _>(value, |value| #path(value).map_err(::core::convert::Into::into))
            })
        }
    }));
    if !rules.is_empty() {
        calls.push(quote!(.validators(&[#(#rules),*])));
    }
    if !attributes.unique_for.is_empty() {
        let pairs = attributes.unique_for.iter().map(|(period, name)| {
            let period = format_ident!("{period}");
            quote!((#private::UniqueFor::#period, #name))
        });
        calls.push(quote!(.unique_for(&[#(#pairs),*])));
    }
    calls
}

fn relation(private: &TokenStream, field: &Field, target: &Type) -> TokenStream {
    let (attributes, ty) = (&field.attributes, &field.ty);
    let on_delete = attributes.on_delete.clone().unwrap_or_else(|| match attributes.set_to {
        Some(_) => format_ident!("SetTo"),
        None => format_ident!("Cascade"),
    });
    let related = option(attributes.related_name.as_ref());
    let to = quote!(<#target as #private::Model>::meta, #private::OnDelete::#on_delete, #related);
    let mut details = Vec::new();
    details.extend(attributes.to_field.as_ref().map(|field| quote!(.to_field(#field))));
    details.extend(field.is_one_to_one.then(|| quote!(.one_to_one())));
    details.extend(attributes.no_constraint.then(|| quote!(.no_constraint())));
    details.extend(
        attributes.set_to.as_ref().map(|value| quote!(.set_to(|| #private::Assign::<#ty>::into_value(#value)))),
    );
    if details.is_empty() {
        return quote!(.references(#to));
    }
    quote!(.relation(#private::RelationMeta::new(#to) #(#details)*))
}

/// `__THROUGH_TAGS`. Like all that stands beside a user's default values, it has a name that users do not take.
pub(super) fn through_name(field: &ManyToMany) -> Ident {
    format_ident!("__THROUGH_{}", field.name.to_uppercase())
}

/// The table of pairs, as Django makes it: `blog_post_tags(id, post_id, tag_id)`.
fn through(model: &Model, field: &ManyToMany) -> TokenStream {
    let Model { private, app, table, name, ident, .. } = model;
    let target = &field.target;
    let fields = format_ident!("{}_FIELDS", through_name(field));
    let meta = through_name(field);
    let own = name.to_lowercase();
    let other = last_segment(target).to_lowercase();
    let (own, other) = if own == other { (format!("from_{own}"), format!("to_{other}")) } else { (own, other) };
    let (own_column, other_column) = (format!("{own}_id"), format!("{other}_id"));
    let through = format!("{name}_{}", field.name);
    let table = field.attributes.table.as_ref().map_or_else(|| format!("{table}_{}", field.name), syn::LitStr::value);
    let label = format!("{}-{} relationship", names::words_of_type(name), other);
    let plural = format!("{label}s");
    let cascade = quote!(#private::OnDelete::Cascade, ::core::option::Option::None);
    quote! {
        static #fields: [#private::FieldMeta; 3] = [
            #private::FieldMeta::new("id", "id", "ID", #private::FieldKind::BigInt).primary_key().auto(),
            #private::FieldMeta::new(#own, #own_column, #own, <#ident as #private::Model>::KEY_KIND)
                .references(<#ident as #private::Model>::meta, #cascade),
            #private::FieldMeta::new(#other, #other_column, #other, <#target as #private::Model>::KEY_KIND)
                .references(<#target as #private::Model>::meta, #cascade),
        ];
        static #meta: #private::ModelMeta =
            #private::ModelMeta::new(#app, #through, #table, #label, #plural, &#fields)
                .indexes(&[#private::IndexMeta::new(&[#own, #other]).unique()])
                .auto_created();
    }
}

fn many_to_many(model: &Model, field: &ManyToMany) -> TokenStream {
    let private = &model.private;
    let (name, target, attributes) = (&field.name, &field.target, &field.attributes);
    let through = match &field.through {
        Some(through) => quote_spanned!(through.span()=> <#through as #private::Model>::meta),
        None => {
            let through = through_name(field);
            quote!(|| &#through)
        }
    };
    let label = attributes.label.as_ref().map_or_else(|| names::words_of_field(name), syn::LitStr::value);
    let help = attributes.help_text.as_ref().map_or_else(String::new, syn::LitStr::value);
    let related = option(attributes.related_name.as_ref());
    let fields = option(attributes.through_fields.as_ref().map(|(own, other)| quote!((#own, #other))).as_ref());
    let (blank, symmetrical) = (attributes.blank, field.is_symmetrical);
    quote! {
        #private::ManyToManyMeta {
            name: #name,
            to: <#target as #private::Model>::meta,
            through: #through,
            through_fields: #fields,
            symmetrical: #symmetrical,
            related_name: #related,
            blank: #blank,
            label: #label,
            help_text: #help,
        }
    }
}

fn last_segment(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map_or_else(String::new, |last| last.ident.to_string()),
        _ => String::new(),
    }
}
