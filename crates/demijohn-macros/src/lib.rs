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
/// `#[model(…)]` above the struct:
///
/// | | |
/// |---|---|
/// | `app`, `table`, `unmanaged` | where its table is, and that migrations leave it alone |
/// | `label`, `label_plural`, `display = ["title"]` | what people read |
/// | `ordering = ["-created_at"]`, `latest_by = ["created_at"]` | the usual order of rows |
/// | `natural_key = ["username"]` | what names a row in fixtures, where its number would mean nothing |
/// | `index("post", "-created_at", name = "…")` | an index; with `condition = "{active}"`, `include = ["title"]`, `expressions = ["lower({title})"]`, `method = Gin`, `opclasses = ["…"]` |
/// | `unique("user", "group")` | a constraint; the same, and `deferrable = Deferred`, `nulls_distinct = false`, `message = "…"` |
/// | `check("price_not_negative", "{price} >= 0", message = "…")` | a condition for every row |
/// | `exclude("no_overlap", ("{room}", "="), ("{during}", "&&"))` | a condition for every two rows (PostgreSQL) |
/// | `comment`, `permissions = [("publish_post", "Can publish post")]` | the table's comment, permissions of its own |
///
/// `#[field(…)]` above a field:
///
/// | | |
/// |---|---|
/// | `primary_key`, `auto`, `unique`, `index`, `column`, `comment`, `collation` | the column |
/// | `max_length`, `max_digits` and `decimal_places`, `integer` | its size |
/// | `default = …`, `db_default = now`, `db_default = sql("…")`, `auto_now`, `auto_now_add` | where its value comes from |
/// | `generated = "{price} * {quantity}"`, `virtual` | the database computes it, when a row is written or read |
/// | `blank`, `choices = [("d", "Draft")]`, `format = Email`, `min`, `max`, `min_length`, `validators = [path]` | what it allows |
/// | `unique_for_date = "published"`, `unique_for_month`, `unique_for_year` | what no other row of that day has |
/// | `label`, `help_text`, `not_editable` | what people see |
/// | `on_delete`, `set_to`, `related_name` (`+` for none), `to_field`, `no_constraint` | where it points |
/// | `table`, `through_fields("band", "person")`, `symmetrical = false` | where a `ManyToMany` keeps its pairs |
/// | `flatten` | its columns are those of another struct, which has `#[derive(Fields)]` |
///
/// Two or more fields with `primary_key` are one primary key together.
#[cfg(feature = "derive")]
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::expand(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// Makes a struct a group of columns that models share: `#[field(flatten)] pub stamps: Timestamps`.
///
/// ```ignore
/// #[derive(Fields, Debug, Clone)]
/// pub struct Timestamps {
///     #[field(auto_now_add)]
///     pub created_at: Timestamp,
///     #[field(auto_now)]
///     pub changed_at: Timestamp,
/// }
/// ```
#[cfg(feature = "derive")]
#[proc_macro_derive(Fields, attributes(model, field))]
pub fn derive_fields(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::fields(syn::parse_macro_input!(input as syn::DeriveInput)).into()
}

/// Makes an enum the values that a field allows, each with words for people.
///
/// Stored as text (`in_review` for `InReview`, or `#[choice(value = "…")]`), or as a number when the enum has a `repr` or
/// a variant has a number: `#[repr(i16)] enum Level { Low = 1, High = 5 }`.
///
/// ```ignore
/// #[derive(Choices, Debug, Clone, Copy, PartialEq)]
/// pub enum Status {
///     #[choice(label = "Not published yet")]
///     Draft,
///     Published,
/// }
/// ```
#[cfg(feature = "derive")]
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive::choices(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
