//! `#[derive(Fields)]`: columns that several models share.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::input::Model;
use super::{columns, create, meta, model};

pub(super) fn expand(group: &Model) -> TokenStream {
    let Model { private, ident: name, fields, visibility, .. } = group;
    let columns_name = group.columns_name();
    let columns = columns::expand(group);
    let metas = fields.iter().map(|field| meta::field(group, field));
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let numbers = 0..fields.len() as u16;
    let reads = fields.iter().enumerate().map(|(n, field)| model::read(group, &quote!(at + #n), field));
    let touched = fields.iter().filter(|field| field.attributes.auto_now).map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote_spanned! {ty.span()=> self.#ident = <#ty as #private::FollowsClock>::at(now); }
    });
    let touched: Vec<_> = touched.collect();
    let touch =
        (!touched.is_empty()).then(|| quote! { fn touch(&mut self, now: #private::Timestamp) { #(#touched)* } });
    let markers = create::markers_name(group);
    let (marker, missing) = match group.required().next() {
        Some(field) => {
            let ident = &field.ident;
            let marker = quote! {
                #[doc(hidden)]
                #[allow(missing_docs, non_camel_case_types)]
                #visibility mod #markers { pub enum #ident {} }
            };
            (marker, quote!(#markers::#ident))
        }
        None => (TokenStream::new(), quote!(())),
    };
    quote! {
        #columns
        #marker

        #[automatically_derived]
        impl #private::Fields for #name {
            type Columns = #columns_name;
            type Missing = #missing;
            const FIELDS: &'static [#private::FieldMeta] = &[#(#metas),*];

            fn columns(path: &'static #private::Path, at: u16) -> #columns_name {
                #columns_name { #(#idents: #private::Column::new(path, at + #numbers)),* }
            }
            fn read(row: &dyn #private::Row, plan: &#private::Plan, at: usize) -> #private::Result<Self> {
                ::core::result::Result::Ok(Self { #(#reads),* })
            }
            fn push_values(&self, values: &mut ::std::vec::Vec<#private::Value>) {
                #(values.push(#private::FieldValue::to_value(&self.#idents));)*
            }
            #touch
        }
    }
}
