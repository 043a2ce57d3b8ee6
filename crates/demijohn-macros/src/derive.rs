//! `#[derive(Model)]`: reads the struct, then writes data (descriptions) and thin conversions, not an API.

mod attributes;
mod choices;
mod columns;
mod create;
mod generic;
mod group;
mod input;
mod meta;
mod model;
mod names;
mod reverse;
mod template;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

pub(crate) use choices::expand as choices;

/// Every mistake is reported in one go, and what can be written is written, so that the rest of the program does not
/// fail for the same reason again.
pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Vec::new();
    let model = input::Model::read(input, input::Purpose::Model, &mut errors);
    let errors = errors.iter().map(syn::Error::to_compile_error);
    let Some(model) = model else { return quote! { #(#errors)* } };
    let columns = columns::expand(&model);
    let create = create::expand(&model);
    let implementation = model::expand(&model);
    let reverse = reverse::expand(&model);
    let generic = generic::expand(&model);
    quote! {
        #(#errors)*
        #columns
        #create
        #implementation
        #reverse
        #generic
    }
}

/// `#[derive(Fields)]`.
pub(crate) fn fields(input: DeriveInput) -> TokenStream {
    let mut errors = Vec::new();
    let written = input::Model::read(input, input::Purpose::Group, &mut errors).map(|group| group::expand(&group));
    let errors = errors.iter().map(syn::Error::to_compile_error);
    quote! { #(#errors)* #written }
}
