//! Demijohn's derive and attribute macros.
//!
//! Everything here writes data and thin conversions; what they refer to lies in `::demijohn::__private`.

#[cfg(feature = "derive")]
mod derive;
mod embed;
mod main_attribute;
mod test_attribute;

/// Makes a program of an `async fn main`: starts the runtime, runs the function, and prints its error.
///
/// ```ignore
/// #[demijohn::main]
/// async fn main() -> Result<()> {
///     App::new().get("/api/hello", hello).run().await
/// }
/// ```
#[proc_macro_attribute]
pub fn main(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    main_attribute::expand(attribute, item)
}

/// Makes a test of an `async fn`.
///
/// ```ignore
/// #[demijohn::test]
/// async fn says_hello() -> Result<()> {
///     let client = TestClient::new(app()).await?;
///     assert_eq!(client.get("/").await.text(), "hello");
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn test(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    test_attribute::expand(attribute, item)
}

/// A directory beside `Cargo.toml` as a `Dir`: read from disk in debug builds, so that edits show without recompiling,
/// and part of the program in release builds.
///
/// ```ignore
/// App::new().templates(demijohn::embed!("templates")).static_files(demijohn::embed!("static"))
/// ```
#[proc_macro]
pub fn embed(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    embed::expand(input)
}

/// Makes a struct a model: a table with a column for each field.
///
/// ```ignore
/// #[derive(Model, Debug, Clone)]
/// pub struct Post {
///     pub id: i64,
///     #[field(max_length = 200)]
///     pub title: String,
///     pub content: Text,
///     #[field(auto_now_add)]
///     pub created_at: Timestamp,
///     #[field(on_delete = Cascade, related_name = "posts")]
///     pub author: ForeignKey<User>,
/// }
/// ```
///
/// `#[model(…)]` above the struct: `app`, `table`, `label`, `label_plural`, `ordering = ["-created_at"]`,
/// `display = ["title"]`, `index("post", "created_at", name = "…")`, `unique("user", "group")`, `unmanaged`.
///
/// `#[field(…)]` above a field: `primary_key`, `max_length`, `max_digits` and `decimal_places`, `default = …`, `unique`,
/// `index`, `blank`, `auto_now`, `auto_now_add`, `column`, `label`, `help_text`, `choices = [("d", "Draft")]`,
/// `format = Email`, `not_editable`, `on_delete`, `related_name`.
#[cfg(feature = "derive")]
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
