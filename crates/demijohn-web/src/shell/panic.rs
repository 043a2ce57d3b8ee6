//! Panics in handlers become errors.

use std::any::Any;
use std::cell::RefCell;
use std::convert::Infallible;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::Once;
use std::task::{Context, Poll};

use axum::response::IntoResponse as _;
use demijohn_core::{Error, excerpt};
use pin_project_lite::pin_project;

use crate::Response;

thread_local! {
    /// Where this thread panicked last. The panic is caught on the thread that made it.
    static LAST_PLACE: RefCell<Option<(String, u32, u32)>> = const { RefCell::new(None) };
}

/// Lets the debug page show where a panic was: a hook is the only way to learn the place.
pub(crate) fn remember_places() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if let Some(place) = info.location() {
                let place = (place.file().to_owned(), place.line(), place.column());
                LAST_PLACE.with(|last| *last.borrow_mut() = Some(place));
            }
            previous(info);
        }));
    });
}

pin_project! {
    /// A handler's answer; its panic is an answer too.
    pub(crate) struct Caught<F> {
        #[pin]
        pub(crate) future: F,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for Caught<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let future = self.project().future;
        match panic::catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
            Ok(Poll::Ready(Ok(response))) => Poll::Ready(response),
            Ok(Poll::Ready(Err(never))) => match never {},
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => Poll::Ready(error(&*payload).into_response()),
        }
    }
}

fn error(payload: &(dyn Any + Send)) -> Error {
    let text = payload.downcast_ref::<&str>().copied();
    let text =
        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a text");
    let first = text.lines().next().unwrap_or_default();
    let Some((file, line, column)) = LAST_PLACE.with(|last| last.borrow_mut().take()) else {
        return Error::internal(format!("the handler panicked: {first}")).with_code(crate::pages::PANIC);
    };
    let error = Error::internal(format!("the handler panicked at {file}:{line}:{column}: {first}"))
        .with_code(crate::pages::PANIC);
    match crate::pages::source::read(&file) {
        Some(source) => error.with_excerpt(excerpt::lines(&source, line as usize, column as usize, 1, 4)),
        None => error,
    }
}
