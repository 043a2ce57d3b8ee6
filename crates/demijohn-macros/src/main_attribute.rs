//! `#[demijohn::main]`, without a parser library: the micro framework compiles none.

use proc_macro::{Delimiter, TokenStream, TokenTree};

use crate::embed::compile_error;

const SHAPE: &str = "write `#[demijohn::main] async fn main() -> Result<()> { … }`";

/// Makes a plain `main` of an `async` one.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(token) = attribute.into_iter().next() {
        return compile_error(token.span(), "`#[demijohn::main]` takes no arguments");
    }
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    match problem(&tokens) {
        Some((at, message)) => {
            let span = tokens.get(at).map_or_else(proc_macro::Span::call_site, TokenTree::span);
            let mut out = compile_error(span, &format!("{message}; {SHAPE}"));
            // The function stays, so that the only error is this one.
            out.extend("fn main() {}".parse::<TokenStream>().unwrap_or_default());
            out
        }
        None => wrap(item),
    }
}

/// What is wrong with the function, and at which token.
fn problem(tokens: &[TokenTree]) -> Option<(usize, &'static str)> {
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident.to_string() == word);
    let Some(function) = tokens.iter().position(|token| is_word(token, "fn")) else {
        return Some((0, "`#[demijohn::main]` belongs on a function"));
    };
    if !tokens[..function].iter().any(|token| is_word(token, "async")) {
        return Some((function, "the function is not `async`"));
    }
    if !tokens.get(function + 1).is_some_and(|name| is_word(name, "main")) {
        return Some((function + 1, "the function is not called `main`"));
    }
    match tokens.get(function + 2) {
        Some(TokenTree::Group(arguments)) if arguments.delimiter() == Delimiter::Parenthesis => {
            (!arguments.stream().is_empty()).then_some((function + 2, "`main` takes no arguments"))
        }
        _ => Some((function + 2, "`main` has no generics")),
    }
}

fn wrap(item: TokenStream) -> TokenStream {
    let mut body: TokenStream = item;
    body.extend("main().await".parse::<TokenStream>().unwrap_or_default());
    let braces = TokenTree::Group(proc_macro::Group::new(Delimiter::Brace, body));
    let mut call: TokenStream = "async".parse().unwrap_or_default();
    call.extend([braces]);
    let arguments = TokenTree::Group(proc_macro::Group::new(Delimiter::Parenthesis, call));
    let mut inner: TokenStream = "::demijohn::__private::run_main".parse().unwrap_or_default();
    inner.extend([arguments]);
    let mut out: TokenStream = "fn main() -> ::std::process::ExitCode".parse().unwrap_or_default();
    out.extend([TokenTree::Group(proc_macro::Group::new(Delimiter::Brace, inner))]);
    out
}
