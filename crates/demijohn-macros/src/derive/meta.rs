//! The description: `static META`, its fields, and the tables of pairs.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::input::{Field, ManyToMany, Model};
use super::names;

/// Statics for the body of `Model::meta`.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { private, name, app, table, attributes, .. } = model;
    let fields = model.fields.iter().map(|field| self::field(model, field));
    let count = model.fields.len();
    let words = names::words_of_type(name);
    let label = attributes.label.clone().unwrap_or(words);
    let plural = attributes.label_plural.clone().unwrap_or_else(|| format!("{label}s"));
    let display = &attributes.display;
    let ordering = attributes.ordering.iter().map(|step| {
        let text = step.value();
        let (descending, field) = (text.starts_with('-'), text.trim_start_matches('-'));
        quote! { #private::OrderMeta { field: #field, descending: #descending } }
    });
    let indexes = attributes.indexes.iter().map(|index| {
        let fields = &index.fields;
        let name = index.name.as_ref().map(|name| quote!(.name(#name)));
        let unique = index.unique.then(|| quote!(.unique()));
        quote! { #private::IndexMeta::new(&[#(#fields),*]) #name #unique }
    });
    let pairs = model.many_to_many.iter().map(|field| through(model, field));
    let sets: Vec<_> = model.many_to_many.iter().map(|field| many_to_many(model, field)).collect();
    let unmanaged = attributes.unmanaged.then(|| quote!(.unmanaged()));
    quote! {
        #(#pairs)*
        static __FIELDS: [#private::FieldMeta; #count] = [#(#fields),*];
        static __META: #private::ModelMeta = #private::ModelMeta::new(#app, #name, #table, #label, #plural, &__FIELDS)
            .many_to_many(&[#(#sets),*])
            .ordering(&[#(#ordering),*])
            .indexes(&[#(#indexes),*])
            .display(&[#(#display),*])
            .source(::core::env!("CARGO_MANIFEST_DIR"), ::core::file!(), ::core::line!())
            #unmanaged;
    }
}

fn option(value: Option<&impl quote::ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

fn field(model: &Model, field: &Field) -> TokenStream {
    let private = &model.private;
    let (name, column, ty) = (&field.name, field.column(), &field.ty);
    let attributes = &field.attributes;
    let label = attributes.label.as_ref().map_or_else(|| names::words_of_field(name), syn::LitStr::value);
    let mut calls = Vec::new();
    if attributes.integer {
        calls.push(quote!(.kind(#private::FieldKind::Integer)));
    }
    if let Some(length) = &attributes.max_length {
        calls.push(quote!(.max_length(#length)));
    }
    if let (Some(digits), Some(places)) = (&attributes.max_digits, &attributes.decimal_places) {
        calls.push(quote!(.kind(#private::FieldKind::Decimal { max_digits: #digits, decimal_places: #places })));
    }
    let flags = [
        (field.is_key, quote!(.primary_key())),
        (field.is_auto, quote!(.auto())),
        (field.is_optional, quote!(.null(true))),
        (attributes.blank, quote!(.blank())),
        (attributes.unique, quote!(.unique())),
        (attributes.index, quote!(.index())),
        (attributes.not_editable, quote!(.not_editable())),
        (attributes.auto_now_add, quote!(.auto_now(#private::AutoNow::OnCreate))),
        (attributes.auto_now, quote!(.auto_now(#private::AutoNow::OnSave))),
    ];
    calls.extend(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, call)| call));
    if let Some(default) = &attributes.default {
        calls.push(match default {
            Some(value) => quote!(.default(|| #private::Assign::<#ty>::into_value(#value))),
            None => quote!(.default(|| #private::FieldValue::to_value(&<#ty as ::core::default::Default>::default()))),
        });
    }
    if !attributes.choices.is_empty() {
        let choices = attributes.choices.iter();
        let choices = choices.map(|(value, label)| quote!(#private::Choice { value: #value, label: #label }));
        calls.push(quote!(.choices(&[#(#choices),*])));
    }
    if let Some(format) = &attributes.format {
        calls.push(quote!(.format(#private::Format::#format)));
    }
    if let Some(text) = &attributes.help_text {
        calls.push(quote!(.help_text(#text)));
    }
    if let Some(target) = &field.target {
        let on_delete = attributes.on_delete.clone().unwrap_or_else(|| format_ident!("Cascade"));
        let related = option(attributes.related_name.as_ref());
        calls.push(quote!(.references(<#target as #private::Model>::meta, #private::OnDelete::#on_delete, #related)));
    }
    let kind = quote_spanned!(ty.span()=> <#ty as #private::FieldValue>::KIND);
    quote! {
        #private::FieldMeta::new(#name, #column, #label, #kind) #(#calls)*
    }
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
    let (name, target, through) = (&field.name, &field.target, through_name(field));
    let attributes = &field.attributes;
    let label = attributes.label.as_ref().map_or_else(|| names::words_of_field(name), syn::LitStr::value);
    let help = attributes.help_text.as_ref().map_or_else(String::new, syn::LitStr::value);
    let related = option(attributes.related_name.as_ref());
    let blank = attributes.blank;
    quote! {
        #private::ManyToManyMeta {
            name: #name,
            to: <#target as #private::Model>::meta,
            through: || &#through,
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
