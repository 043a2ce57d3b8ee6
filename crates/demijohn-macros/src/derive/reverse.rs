//! `PostByAuthor`: the other side of a relation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{LitStr, Type};

use super::input::{Field, ManyToMany, Model};
use super::names;

/// A trait for each foreign key and each set, but those whose `related_name` is `+`.
pub(super) fn expand(model: &Model) -> TokenStream {
    let private = &model.private;
    let keys = model.fields.iter().enumerate().filter_map(|(n, field)| {
        let (target, name, n) = (field.target.as_ref()?, name_of_key(model, field)?, n as u16);
        let walk = if field.is_one_to_one { format_ident!("Single") } else { format_ident!("Many") };
        Some(side(model, &field.name, target, &name, &walk, &quote!(#private::SideLink::Key(#n)), None))
    });
    let sets = model.many_to_many.iter().enumerate().filter_map(|(n, set)| {
        let name = name_of_set(model, set)?;
        let walk = format_ident!("Many");
        let edit = edit(model, n, set, &name);
        Some(side(model, &set.name, &set.target, &name, &walk, &quote!(#private::SideLink::Set(#n)), Some(edit)))
    });
    keys.chain(sets).collect()
}

/// What the other side of a foreign key calls these rows: as in Django, `post_set` unless it has a `related_name`, and
/// `post` of a `OneToOne`.
pub(super) fn name_of_key(model: &Model, field: &Field) -> Option<Ident> {
    let usual = if field.is_one_to_one { "" } else { "_set" };
    name(field.attributes.related_name.as_ref(), model, usual, field.ident.span())
}

/// What the other side of a set calls these rows.
pub(super) fn name_of_set(model: &Model, set: &ManyToMany) -> Option<Ident> {
    // Of a symmetrical set both sides are the same.
    if set.is_symmetrical {
        return None;
    }
    name(set.attributes.related_name.as_ref(), model, "_set", set.ident.span())
}

/// `+` is no name: nobody asks from the other side. One that is no name of Rust was reported when it was read.
fn name(given: Option<&LitStr>, model: &Model, usual: &str, at: Span) -> Option<Ident> {
    let Some(given) = given else {
        let usual = format!("{}{usual}", model.name.to_lowercase());
        // A model may be called `Type`.
        return Some(syn::parse_str::<Ident>(&usual).map_or_else(
            |_| Ident::new_raw(&usual, at),
            |mut ident| {
                ident.set_span(at);
                ident
            },
        ));
    };
    given.parse::<Ident>().ok()
}

/// `edit_posts()`: the set from its other side, to be written to.
fn edit(model: &Model, n: usize, set: &ManyToMany, name: &Ident) -> TokenStream {
    let (private, own, target) = (&model.private, &model.ident, &set.target);
    let through = set.through.as_ref().map(|through| quote!(, #through));
    let edit = format_ident!("edit_{name}");
    let doc = format!("`{edit}()`: the [`{}`] rows with a row in their `{}`, to add and remove some.", own, set.name);
    quote! {
        #[doc = #doc]
        fn #edit(self) -> #private::ManyToMany<#own #through> where Self: #private::RowSide<#target> {
            #private::ManyToMany::turned(#private::RowSide::owner(self), <#own as #private::Model>::meta, #n)
        }
    }
}

fn side(
    model: &Model,
    field: &str,
    target: &Type,
    name: &Ident,
    walk: &Ident,
    link: &TokenStream,
    edit: Option<TokenStream>,
) -> TokenStream {
    let (private, own, visibility) = (&model.private, &model.ident, &model.visibility);
    let side = format_ident!("{}By{}", own, names::pascal(field));
    let method = format_ident!("{}", walk.to_string().to_lowercase());
    let doc = format!(
        "`{name}()`: the [`{}`] rows whose `{field}` is a row, of that row and in the closures of queries.",
        model.name
    );
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #visibility trait #side: #private::Side<#target> {
            #[doc = #doc]
            fn #name(self) -> Self::#walk<#own> { self.#method(#link) }
            #edit
        }
        #[automatically_derived]
        impl<S: #private::Side<#target>> #side for S {}
    }
}
