//! `PostColumns`: what the closures of queries get.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::generic;
use super::input::Model;

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { visibility, private, fields, name, .. } = model;
    let columns = model.columns_name();
    let doc = format!("The columns of [`{name}`], in the closures of queries.");
    let definitions = fields.iter().map(|field| {
        let (ident, ty) = (&field.ident, &field.ty);
        quote! { pub #ident: #private::Column<#ty>, }
    });
    let relations = fields.iter().enumerate().filter_map(|(n, field)| {
        let (ident, target) = (&field.ident, field.target.as_ref()?);
        // Where the columns of a flattened struct begin is not known before they are made.
        let n = if model.keys.is_empty() { quote!(self.#ident.untyped().field) } else { (n as u16).to_token_stream() };
        Some(quote! {
            pub fn #ident(self) -> <#target as #private::Model>::Columns {
                <#target as #private::Model>::columns(self.#ident.path().child(#n))
            }
        })
    });
    let sets = model.many_to_many.iter().enumerate().map(|(n, set)| {
        let (ident, target) = (&set.ident, &set.target);
        quote! {
            pub fn #ident(self) -> #private::Many<#target> {
                #private::Many::new(#private::Columns::path(self).paired(#n))
            }
        }
    });
    let relations: Vec<_> = relations.chain(sets).chain(generic::walks(model)).collect();
    let (generic_fields, _) = generic::columns(model);
    let walks = (!relations.is_empty()).then(|| {
        quote! {
            #[automatically_derived]
            #[allow(missing_docs)]
            impl #columns {
                #(#relations)*
            }
        }
    });
    // Columns that several models share are no model's.
    let of_model = (!model.keys.is_empty()).then(|| {
        let (key, ident) = (&model.key().ident, &model.ident);
        quote!(#private::columns_of! { #ident, #columns, #key })
    });
    let groups = model.groups.iter().map(|group| {
        let (ident, ty) = (&group.ident, &group.ty);
        quote! { pub #ident: <#ty as #private::Fields>::Columns, }
    });
    quote! {
        #[doc = #doc]
        #[allow(missing_docs)]
        #[derive(Clone, Copy)]
        #visibility struct #columns {
            #(#definitions)*
            #generic_fields
            #(#groups)*
        }

        #walks

        #of_model
    }
}
