//! `impl Model`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::input::{Field, Model};
use super::meta;

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { private, ident: name, fields, .. } = model;
    let columns = model.columns_name();
    let create = model.create_name();
    let key = &fields[model.key];
    let (key_ident, key_type) = (&key.ident, &key.ty);
    let key_kind = if key.attributes.integer {
        quote!(#private::FieldKind::Integer)
    } else {
        let kind = quote!(<#key_type as #private::FieldValue>::KIND);
        key.attributes.max_length.as_ref().map_or(kind, |length| quote!(#private::FieldKind::Varchar(#length)))
    };
    let statics = meta::expand(model);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let numbers = 0..fields.len() as u16;
    let reads = fields.iter().enumerate().map(|(n, field)| read(model, n, field));
    let values = fields.iter().map(|field| {
        let ident = &field.ident;
        quote_spanned!(field.ty.span()=> #private::FieldValue::to_value(&self.#ident))
    });
    let sets = sets(model);
    let touched = fields.iter().filter(|field| field.attributes.auto_now).map(|field| {
        let ident = &field.ident;
        let ty = &field.ty;
        quote_spanned! {ty.span()=> self.#ident = <#ty as #private::FollowsClock>::at(now); }
    });
    let touched: Vec<_> = touched.collect();
    let touch =
        (!touched.is_empty()).then(|| quote! { fn touch(&mut self, now: #private::Timestamp) { #(#touched)* } });
    quote! {
        const _: () = {
            #statics
            static __ROOT: #private::Path = #private::Path::root(&__META);

            #[automatically_derived]
            impl #private::Model for #name {
                type Columns = #columns;
                type Key = #key_type;
                type Create = #create;
                const KEY_KIND: #private::FieldKind = #key_kind;

                fn meta() -> &'static #private::ModelMeta { &__META }
                fn root() -> &'static #private::Path { &__ROOT }
                fn columns(path: &'static #private::Path) -> #columns {
                    #columns { #(#idents: #private::Column::new(path, #numbers)),* }
                }
                fn from_row(row: &dyn #private::Row, plan: &#private::Plan) -> #private::Result<Self> {
                    ::core::result::Result::Ok(Self { #(#reads,)* #sets })
                }
                fn values(&self) -> ::std::vec::Vec<#private::Value> {
                    ::std::vec![#(#values),*]
                }
                fn key(&self) -> #key_type { ::core::clone::Clone::clone(&self.#key_ident) }
                #touch
                fn create() -> #create {
                    #create(#private::Draft::new(), ::core::marker::PhantomData)
                }
            }
        };
    }
}

fn read(model: &Model, position: usize, field: &Field) -> TokenStream {
    let private = &model.private;
    let (ident, ty) = (&field.ident, &field.ty);
    match &field.target {
        Some(target) => {
            let how = if field.is_optional { format_ident!("read_optional") } else { format_ident!("read_with") };
            quote! { #ident: #private::ForeignKey::<#target>::#how(row, plan, #position)? }
        }
        None => quote_spanned! {ty.span()=>
            #ident: <#ty as #private::FieldValue>::read(row, plan.at(#position))?
        },
    }
}

fn sets(model: &Model) -> TokenStream {
    let private = &model.private;
    let (key, key_type) = (model.key, &model.fields[model.key].ty);
    let sets = model.many_to_many.iter().map(|field| {
        let (ident, target, through) = (&field.ident, &field.target, meta::through_name(field));
        quote! {
            #ident: #private::ManyToMany::<#target>::new(
                #private::FieldValue::to_value(&<#key_type as #private::FieldValue>::read(row, plan.at(#key))?),
                || &#through,
            ),
        }
    });
    quote! { #(#sets)* }
}
