//! `#[derive(Model)]`: reads the struct, then writes data (descriptions) and thin conversions, not an API.

mod attributes;
mod columns;
mod create;
mod input;
mod meta;
mod model;
mod names;
mod reverse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// Every mistake is reported in one go, and what can be written is written, so that the rest of the program does not
/// fail for the same reason again.
pub(crate) fn expand(input: DeriveInput) -> TokenStream {
    let mut errors = Vec::new();
    let model = input::Model::read(input, &mut errors);
    let errors = errors.iter().map(syn::Error::to_compile_error);
    let Some(model) = model else { return quote! { #(#errors)* } };
    let columns = columns::expand(&model);
    let create = create::expand(&model);
    let implementation = model::expand(&model);
    let reverse = reverse::expand(&model);
    quote! {
        #(#errors)*
        #columns
        #create
        #implementation
        #reverse
    }
}
