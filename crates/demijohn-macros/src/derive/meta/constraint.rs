//! Indexes and constraints, as the description has them.

use proc_macro2::TokenStream;
use quote::quote;

use super::option;
use crate::derive::attributes::{Check, Exclusion, Index};

pub(super) fn index(private: &TokenStream, index: &Index) -> TokenStream {
    let Index { fields, expressions, include, opclasses, options, .. } = index;
    let mut calls = Vec::new();
    calls.extend(options.name.as_ref().map(|name| quote!(.name(#name))));
    calls.extend(index.unique.then(|| quote!(.unique())));
    if !expressions.is_empty() {
        calls.push(quote!(.expressions(&[#(#private::SqlTemplate(#expressions)),*])));
    }
    calls.extend(options.condition.as_ref().map(|sql| quote!(.condition(#private::SqlTemplate(#sql)))));
    if !include.is_empty() {
        calls.push(quote!(.include(&[#(#include),*])));
    }
    calls.extend(options.method.as_ref().map(|method| quote!(.method(#private::IndexMethod::#method))));
    if !opclasses.is_empty() {
        calls.push(quote!(.opclasses(&[#(#opclasses),*])));
    }
    calls.extend(options.deferrable.as_ref().map(|when| quote!(.deferrable(#private::Deferrable::#when))));
    calls.extend(index.nulls_distinct.as_ref().map(|distinct| quote!(.nulls_distinct(#distinct))));
    calls.extend(options.message.as_ref().map(|message| quote!(.message(#message))));
    quote! { #private::IndexMeta::new(&[#(#fields),*]) #(#calls)* }
}

pub(super) fn check(private: &TokenStream, check: &Check) -> TokenStream {
    let Check { name, condition, message } = check;
    let message = option(message.as_ref());
    quote! { #private::CheckMeta { name: #name, condition: #private::SqlTemplate(#condition), message: #message } }
}

pub(super) fn exclusion(private: &TokenStream, exclusion: &Exclusion) -> TokenStream {
    let Exclusion { name, parts, options } = exclusion;
    let parts = parts.iter().map(|(expression, operator)| quote!((#private::SqlTemplate(#expression), #operator)));
    let method = match &options.method {
        Some(method) => quote!(#private::IndexMethod::#method),
        None => quote!(#private::IndexMethod::Gist),
    };
    let condition = options.condition.as_ref().map(|sql| quote!(#private::SqlTemplate(#sql)));
    let deferrable = options.deferrable.as_ref().map(|when| quote!(#private::Deferrable::#when));
    let (condition, deferrable) = (option(condition.as_ref()), option(deferrable.as_ref()));
    let message = option(options.message.as_ref());
    quote! {
        #private::ExclusionMeta {
            name: #name,
            parts: &[#(#parts),*],
            method: #method,
            condition: #condition,
            deferrable: #deferrable,
            message: #message,
        }
    }
}
