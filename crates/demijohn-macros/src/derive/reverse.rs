//! `PostByAuthor`: the other side of a relation that has a `related_name`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{LitStr, Type};

use super::input::Model;
use super::names;

/// A trait for each foreign key and each set with a name for its other side.
pub(super) fn expand(model: &Model) -> TokenStream {
    let keys = model.fields.iter().enumerate().filter_map(|(n, field)| {
        let (target, name) = (field.target.as_ref()?, related(field.attributes.related_name.as_ref())?);
        let (private, ident, own, n) = (&model.private, &field.ident, &model.ident, n as u16);
        let path = quote!(#private::Columns::path(self).reverse(<#own as #private::Model>::meta(), #n));
        let rows = quote!(<#own as #private::Model>::objects().filter(|row| row.#ident.eq(self)));
        Some(side(model, &field.name, target, &name, &path, &rows))
    });
    let sets = model.many_to_many.iter().enumerate().filter_map(|(n, set)| {
        let name = related(set.attributes.related_name.as_ref())?;
        let (private, own, target) = (&model.private, &model.ident, &set.target);
        let pairs = quote!((<#own as #private::Model>::meta().many_to_many[#n].through)());
        let path = quote!(#private::Columns::path(self).reverse(#pairs, 2).child(1));
        let rows =
            quote!(<#own as #private::Model>::objects().paired_with(#pairs, <#target as #private::Model>::key(self)));
        Some(side(model, &set.name, target, &name, &path, &rows))
    });
    keys.chain(sets).collect()
}

/// `+` is no name: nobody asks from the other side.
fn related(name: Option<&LitStr>) -> Option<Ident> {
    let name = name?;
    (name.value() != "+").then(|| Ident::new(&name.value(), name.span()))
}

fn side(
    model: &Model,
    field: &str,
    target: &Type,
    name: &Ident,
    path: &TokenStream,
    rows: &TokenStream,
) -> TokenStream {
    let (private, own, visibility) = (&model.private, &model.ident, &model.visibility);
    let side = format_ident!("{}By{}", own, names::pascal(field));
    let doc = format!(
        "`{name}()`: the [`{}`] rows whose `{field}` is a row, of that row and in conditions over it.",
        model.name
    );
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #visibility trait #side {
            /// A query for a row; columns for the columns of a query.
            type Rows;
            #[doc = #doc]
            fn #name(self) -> Self::Rows;
        }
        #[automatically_derived]
        impl #side for &#target {
            type Rows = #private::QuerySet<#own>;
            fn #name(self) -> Self::Rows { #rows }
        }
        #[automatically_derived]
        impl #side for <#target as #private::Model>::Columns {
            type Rows = <#own as #private::Model>::Columns;
            fn #name(self) -> Self::Rows { <#own as #private::Model>::columns(#path) }
        }
    }
}
