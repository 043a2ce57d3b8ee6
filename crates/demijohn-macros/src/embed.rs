//! `embed!("templates")`: a directory on disk in debug builds, in the program in release builds.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let [TokenTree::Literal(literal)] = tokens.as_slice() else {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        return compile_error(span, "write the directory as a text: `embed!(\"templates\")`");
    };
    let Some(name) = text_of(literal) else {
        return compile_error(literal.span(), "write the directory as a plain text: `embed!(\"templates\")`");
    };
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let directory = Path::new(&root).join(&name);
    if !directory.is_dir() {
        let message = format!("there is no directory `{name}` beside Cargo.toml in `{root}`");
        return compile_error(literal.span(), &message);
    }
    let mut files = Vec::new();
    walk(&directory, "", &mut files);
    files.sort();
    let mut table = String::new();
    for (name, path) in &files {
        // Paths are written as Rust writes texts, so no character in one can end it.
        let _ = write!(table, "({name:?}, ::core::include_bytes!({path:?}) as &[u8]),");
    }
    let path = directory.display().to_string();
    let code = format!(
        "{{ #[cfg(debug_assertions)] let dir = ::demijohn::Dir::on_disk({path:?}); \
         #[cfg(not(debug_assertions))] let dir = ::demijohn::Dir::embedded(&[{table}]); dir }}"
    );
    code.parse()
        .unwrap_or_else(|_| compile_error(literal.span(), "the directory has file names that cannot be embedded"))
}

fn walk(directory: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), files);
        } else {
            files.push((format!("{prefix}{name}"), path.display().to_string()));
        }
    }
}

/// The text of a plain literal: one in double quotes without escapes.
fn text_of(literal: &Literal) -> Option<String> {
    let text = literal.to_string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['\\', '"'])).then(|| inner.to_owned())
}

/// `::core::compile_error!("…");`, shown at the user's own token.
pub(crate) fn compile_error(span: Span, message: &str) -> TokenStream {
    let mut text = Literal::string(message);
    text.set_span(span);
    let punct = |c, spacing| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(span);
        TokenTree::Punct(punct)
    };
    let mut group = Group::new(Delimiter::Brace, TokenStream::from(TokenTree::Literal(text)));
    group.set_span(span);
    TokenStream::from_iter([
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        TokenTree::Ident(Ident::new("core", span)),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        TokenTree::Ident(Ident::new("compile_error", span)),
        punct('!', Spacing::Alone),
        TokenTree::Group(group),
    ])
}
