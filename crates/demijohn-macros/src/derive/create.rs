//! `PostCreate`: the builder that can be saved when every required field was given.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::input::{Field, Model};
use super::names;

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { visibility, private, name, .. } = model;
    let create = model.create_name();
    let markers = markers_name(model);
    let required: Vec<&Field> = model.required().collect();
    let flags: Vec<Ident> = required.iter().map(|field| flag(field)).collect();
    let idents: Vec<&Ident> = required.iter().map(|field| &field.ident).collect();
    let doc = format!("A new [`{name}`], while its fields are given; `save` needs all the required ones.");
    let setters = model
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !field.is_auto)
        .map(|(n, field)| setter(model, n, field, &flags));
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility mod #markers {
            #(#[derive(Debug, Clone, Copy)] pub struct #idents;)*
        }

        #[doc = #doc]
        #[must_use = "nothing is stored until `.save(&db)` is awaited"]
        #visibility struct #create<#(#flags = #markers::#idents),*>(
            #private::Draft<#name>,
            ::core::marker::PhantomData<fn() -> (#(#flags,)*)>,
        );

        #[automatically_derived]
        impl<#(#flags),*> #create<#(#flags),*> {
            #(#setters)*

            /// The draft, complete.
            pub fn build(self) -> #private::Draft<#name> where #(#flags: #private::Provided),* {
                self.0
            }

            /// Stores the row.
            pub fn save<'a>(self, db: &'a dyn #private::Executor) -> #private::BoxFuture<'a, #private::Result<#name>>
            where #(#flags: #private::Provided),* {
                ::std::boxed::Box::pin(self.0.save(db))
            }
        }
    }
}

/// `__post_required`: a type for each required field that was not given, so that an error names it.
pub(super) fn markers_name(model: &Model) -> Ident {
    format_ident!("__{}_required", model.name.to_string().to_lowercase())
}

fn flag(field: &Field) -> Ident {
    format_ident!("Has{}", names::pascal(&field.name))
}

fn setter(model: &Model, position: usize, field: &Field, flags: &[Ident]) -> TokenStream {
    let private = &model.private;
    let create = model.create_name();
    let (ident, ty) = (&field.ident, &field.ty);
    let own = flag(field);
    let given = flags.iter().map(|flag| if *flag == own { quote!(()) } else { quote!(#flag) });
    let doc = format!("Gives `{}`.", field.name);
    quote! {
        #[doc = #doc]
        pub fn #ident(self, value: impl #private::Assign<#ty>) -> #create<#(#given),*> {
            #create(self.0.set(#position, #private::Assign::into_value(value)), ::core::marker::PhantomData)
        }
    }
}
