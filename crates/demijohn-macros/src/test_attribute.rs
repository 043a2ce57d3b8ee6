//! `#[demijohn::test]`: a test that may wait.

use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::embed::compile_error;

/// Makes a plain test function that runs the `async` one on a runtime of its own.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    if let Some(token) = attribute.into_iter().next() {
        return compile_error(token.span(), "`#[demijohn::test]` takes no arguments");
    }
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident.to_string() == word);
    let function = tokens.iter().position(|token| is_word(token, "fn"));
    let keyword = tokens.iter().position(|token| is_word(token, "async"));
    let (Some(function), Some(keyword)) = (function, keyword) else {
        let span = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        return compile_error(
            span,
            "`#[demijohn::test]` belongs on a function: `#[demijohn::test] async fn it_works() { … }`",
        );
    };
    let (Some(name), Some(TokenTree::Group(body))) = (tokens.get(function + 1), tokens.last()) else {
        return compile_error(tokens[function].span(), "the function has no body");
    };
    // The attributes and the result type stand on the outer function too; `async` only on the inner one.
    let attributes: TokenStream = tokens[..keyword].iter().cloned().collect();
    let head: TokenStream = tokens[function..tokens.len() - 1].iter().cloned().collect();
    let inner: TokenStream =
        [parse("async"), head.clone(), TokenTree::Group(body.clone()).into()].into_iter().collect();
    let call: TokenStream = [name.clone().into(), parse("()")].into_iter().collect();
    let call = TokenTree::Group(Group::new(Delimiter::Parenthesis, call));
    let run: TokenStream = [parse("::demijohn::__private::run_test"), call.into()].into_iter().collect();
    let body = Group::new(Delimiter::Brace, [inner, run].into_iter().collect());
    [parse("#[::core::prelude::v1::test]"), attributes, head, TokenTree::Group(body).into()].into_iter().collect()
}

fn parse(code: &str) -> TokenStream {
    code.parse().unwrap_or_default()
}
