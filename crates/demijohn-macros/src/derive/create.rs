//! `PostCreate`: the builder that can be saved when every required field was given.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::input::{Field, GenericKey, Group, Model};
use super::{generic, names};

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { visibility, private, ident: name, .. } = model;
    let create = model.create_name();
    let markers = markers_name(model);
    let (flags, missing): (Vec<Ident>, Vec<TokenStream>) = self::flags(model).into_iter().unzip();
    let idents = model.required().map(|field| &field.ident).chain(required_keys(model).map(|key| &key.ident));
    let doc = format!("A new [`{}`], while its fields are given; `save` needs all the required ones.", model.name);
    let setters = model
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.is_given())
        .map(|(n, field)| setter(model, n, field, &flags));
    let generic_setters = model.generic_keys.iter().map(|key| generic::setter(model, key, &flags));
    let group_setters = model.groups.iter().enumerate().map(|(n, group)| group_setter(model, n, group, &flags));
    quote! {
        #[doc(hidden)]
        #[allow(missing_docs, non_camel_case_types)]
        #visibility mod #markers {
            #(pub enum #idents {})*
        }

        #[doc = #doc]
        #[must_use = "nothing is stored until `.save(&db)` is awaited"]
        #visibility struct #create<#(#flags = #missing),*>(
            #private::Draft<#name>,
            ::core::marker::PhantomData<fn() -> (#(#flags,)*)>,
        );

        #[automatically_derived]
        #[allow(missing_docs)]
        impl<#(#flags),*> #create<#(#flags),*> {
            #(#setters)*
            #(#generic_setters)*
            #(#group_setters)*

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

/// The type parameters of the builder, each with the type that says that it was not given.
pub(super) fn flags(model: &Model) -> Vec<(Ident, TokenStream)> {
    let (private, markers) = (&model.private, markers_name(model));
    let own = model.required().map(|field| (model.flag(field), &field.ident));
    let own = own.chain(required_keys(model).map(|key| (generic::flag(key), &key.ident)));
    let own = own.map(|(flag, ident)| (flag, quote!(#markers::#ident)));
    let groups = model.groups.iter().map(|group| {
        let ty = &group.ty;
        (group_flag(group), quote!(<#ty as #private::Fields>::Missing))
    });
    own.chain(groups).collect()
}

fn required_keys(model: &Model) -> impl Iterator<Item = &GenericKey> {
    model.generic_keys.iter().filter(|key| !key.is_optional)
}

/// `__post_required`: a type for each required field that was not given, so that an error names it. An empty enum, as a
/// struct would be a value too, which the compiler offers to whoever writes `filter(title = "x")`.
pub(super) fn markers_name(model: &Model) -> Ident {
    format_ident!("__{}_required", model.name.to_lowercase())
}

fn setter(model: &Model, position: usize, field: &Field, flags: &[Ident]) -> TokenStream {
    let private = &model.private;
    let create = model.create_name();
    let (ident, ty) = (&field.ident, &field.ty);
    let own = model.flag(field);
    let given = flags.iter().map(|flag| if *flag == own { quote!(()) } else { quote!(#flag) });
    quote! {
        pub fn #ident(self, value: impl #private::Assign<#ty>) -> #create<#(#given),*> {
            #create(self.0.set(#position, #private::Assign::into_value(value)), ::core::marker::PhantomData)
        }
    }
}

fn group_flag(group: &Group) -> Ident {
    format_ident!("Has{}Fields", names::pascal(&group.name))
}

/// Gives the values of all fields of a flattened struct.
fn group_setter(model: &Model, position: usize, group: &Group, flags: &[Ident]) -> TokenStream {
    let private = &model.private;
    let create = model.create_name();
    let (ident, ty, at) = (&group.ident, &group.ty, model.group_position(position));
    let own = group_flag(group);
    let given = flags.iter().map(|flag| if *flag == own { quote!(()) } else { quote!(#flag) });
    quote! {
        pub fn #ident(self, value: #ty) -> #create<#(#given),*> {
            let mut values = ::std::vec::Vec::new();
            #private::Fields::push_values(&value, &mut values);
            let draft = values.into_iter().enumerate().fold(self.0, |draft, (n, value)| draft.set(#at + n, value));
            #create(draft, ::core::marker::PhantomData)
        }
    }
}
