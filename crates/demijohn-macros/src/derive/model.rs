//! `impl Model`.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::input::{Field, Model};
use super::{generic, meta};

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { private, ident: name, fields, .. } = model;
    let columns = model.columns_name();
    let create = model.create_name();
    let key_type = model.key_type();
    let key_kind = key_kind(model, &key_type);
    let key = key_value(model);
    let statics = meta::expand(model);
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let numbers = 0..fields.len() as u16;
    let own = fields.iter().enumerate().filter(|(_, field)| field.generic.is_none());
    let reads = own.map(|(n, field)| read(model, &n.to_token_stream(), field));
    let values = fields.iter().map(|field| value(private, field));
    let sets = sets(model, &key_type);
    let generic_reads = generic::reads(model, &key_type);
    let (_, generic_columns) = generic::columns(model);
    let groups = Groups::of(model);
    let touched = fields.iter().filter(|field| field.attributes.auto_now).map(|field| {
        let ident = &field.ident;
        let ty = &field.ty;
        quote_spanned! {ty.span()=> self.#ident = <#ty as #private::FollowsClock>::at(now); }
    });
    let touched: Vec<_> = touched.chain(groups.touches).collect();
    let Groups { columns: group_columns, reads: group_reads, pushes, .. } = groups;
    let values = match pushes[..] {
        [] => quote!(::std::vec![#(#values),*]),
        _ => quote!(let mut values = ::std::vec![#(#values),*]; #(#pushes)* values),
    };
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
                    #columns { #(#idents: #private::Column::new(path, #numbers),)* #generic_columns #(#group_columns)* }
                }
                fn from_row(row: &dyn #private::Row, plan: &#private::Plan) -> #private::Result<Self> {
                    ::core::result::Result::Ok(Self { #(#reads,)* #(#group_reads)* #sets #generic_reads })
                }
                fn values(&self) -> ::std::vec::Vec<#private::Value> {
                    #values
                }
                fn key(&self) -> #key_type { #key }
                #touch
                fn create() -> #create {
                    #create(#private::Draft::new(), ::core::marker::PhantomData)
                }
            }
        };
    }
}

/// The value of one field.
fn value(private: &TokenStream, field: &Field) -> TokenStream {
    let (ident, ty) = (&field.ident, &field.ty);
    match &field.generic {
        None => quote_spanned!(ty.span()=> <#ty as #private::FieldValue>::to_value(&self.#ident)),
        Some(key) => {
            let how = if field.target.is_some() { "content_type_value" } else { "object_id_value" };
            let how = format_ident!("{how}");
            quote!(#private::GenericField::#how(&self.#key))
        }
    }
}

fn key_kind(model: &Model, key_type: &TokenStream) -> TokenStream {
    let private = &model.private;
    let attributes = &model.key().attributes;
    if attributes.integer {
        return quote!(#private::FieldKind::Integer);
    }
    match &attributes.max_length {
        Some(length) if model.keys.len() == 1 => quote!(#private::FieldKind::Varchar(#length)),
        _ => quote!(<#key_type as #private::FieldValue>::KIND.as_reference()),
    }
}

fn key_value(model: &Model) -> TokenStream {
    let parts: Vec<_> = model.keys.iter().map(|key| &model.fields[*key].ident).collect();
    match parts[..] {
        [part] => quote!(::core::clone::Clone::clone(&self.#part)),
        _ => quote!((#(::core::clone::Clone::clone(&self.#parts)),*)),
    }
}

/// What the flattened structs of a model add to its conversions.
struct Groups {
    columns: Vec<TokenStream>,
    reads: Vec<TokenStream>,
    pushes: Vec<TokenStream>,
    touches: Vec<TokenStream>,
}

impl Groups {
    fn of(model: &Model) -> Self {
        let private = &model.private;
        let mut all = Self { columns: Vec::new(), reads: Vec::new(), pushes: Vec::new(), touches: Vec::new() };
        for (n, group) in model.groups.iter().enumerate() {
            let (ident, ty, at) = (&group.ident, &group.ty, model.group_position(n));
            let fields = quote_spanned!(ty.span()=> <#ty as #private::Fields>);
            all.columns.push(quote!(#ident: #fields::columns(path, (#at) as u16),));
            all.reads.push(quote!(#ident: #fields::read(row, plan, #at)?,));
            all.pushes.push(quote!(#private::Fields::push_values(&self.#ident, &mut values);));
            all.touches.push(quote!(#private::Fields::touch(&mut self.#ident, now);));
        }
        all
    }
}

/// How one field is read.
pub(super) fn read(model: &Model, position: &TokenStream, field: &Field) -> TokenStream {
    let private = &model.private;
    let (ident, ty) = (&field.ident, &field.ty);
    match &field.target {
        Some(target) => {
            let how = if field.is_optional { format_ident!("read_optional") } else { format_ident!("read_with") };
            quote! { #ident: #private::ForeignKey::<#target>::#how(row, plan, #position)? }
        }
        None => {
            let read = quote_spanned! {ty.span()=> <#ty as #private::FieldValue>::read(row, plan.at(#position))? };
            match &field.attributes.decimal_places {
                Some(places) => quote!(#ident: #private::FieldValue::with_places(#read, #places)),
                None => quote!(#ident: #read),
            }
        }
    }
}

fn sets(model: &Model, key_type: &TokenStream) -> TokenStream {
    let private = &model.private;
    let key = model.keys[0];
    let sets = model.many_to_many.iter().enumerate().map(|(n, field)| {
        let (ident, target) = (&field.ident, &field.target);
        let through = field.through.as_ref().map(|through| quote!(, #through));
        quote! {
            #ident: #private::ManyToMany::<#target #through>::new(
                #private::FieldValue::to_value(&<#key_type as #private::FieldValue>::read(row, plan.at(#key))?),
                <Self as #private::Model>::meta,
                #n,
            ),
        }
    });
    quote! { #(#sets)* }
}
