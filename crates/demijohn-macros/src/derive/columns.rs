//! `PostColumns`: what the closures of queries get.

use proc_macro2::TokenStream;
use quote::quote;

use super::input::Model;

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { visibility, private, fields, name, .. } = model;
    let columns = model.columns_name();
    let doc = format!("The columns of [`{name}`], in the closures of queries.");
    let definitions = fields.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        let doc = format!("The column `{}`.", field.column());
        quote! { #[doc = #doc] pub #ident: #private::Column<#ty>, }
    });
    let relations = fields.iter().enumerate().filter_map(|(n, field)| {
        let (ident, target, n) = (&field.ident, field.target.as_ref()?, n as u16);
        let doc = format!("The row that `{}` points to.", field.name);
        Some(quote! {
            #[doc = #doc]
            pub fn #ident(self) -> <#target as #private::Model>::Columns {
                <#target as #private::Model>::columns(self.#ident.path().child(#n))
            }
        })
    });
    let key = &fields[model.key].ident;
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        #visibility struct #columns {
            #(#definitions)*
        }

        #[automatically_derived]
        impl #columns {
            #(#relations)*
        }

        #[automatically_derived]
        impl #private::Columns for #columns {
            fn path(self) -> &'static #private::Path {
                self.#key.path()
            }
        }
    }
}
