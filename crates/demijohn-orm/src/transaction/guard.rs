//! The mark of a thread that polls the work of a transaction: a query beside the transaction would escape it.

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use demijohn_core::{Error, ErrorKind, Result};

/// A transaction whose work is being polled.
#[derive(Clone, Copy)]
struct Mark {
    /// Which database: the address of what all its handles share. Only compared.
    database: usize,
    opened: &'static Location<'static>,
}

thread_local! {
    /// The transactions around this point of the code, outermost first. It holds nothing of a site, and is empty
    /// whenever no transaction's work is being polled.
    static MARKS: RefCell<Vec<Mark>> = const { RefCell::new(Vec::new()) };
}

pin_project_lite::pin_project! {
    /// The work of a transaction, marking its thread while it is polled.
    pub(crate) struct Inside<F> {
        #[pin]
        work: F,
        mark: Mark,
    }
}

/// Marks the work of a transaction of a database that was opened at a place.
pub(crate) fn inside<F>(database: usize, opened: &'static Location<'static>, work: F) -> Inside<F> {
    Inside { work, mark: Mark { database, opened } }
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        struct Leave;
        impl Drop for Leave {
            fn drop(&mut self) {
                MARKS.with_borrow_mut(Vec::pop);
            }
        }
        let this = self.project();
        MARKS.with_borrow_mut(|marks| marks.push(*this.mark));
        let _leave = Leave;
        this.work.poll(context)
    }
}

/// Refuses a statement on a database's own handle while a transaction of it is open around it.
pub(crate) fn refuse_beside(database: usize) -> Result<()> {
    let found = MARKS.with_borrow(|marks| marks.iter().rev().find(|mark| mark.database == database).copied());
    match found {
        None => Ok(()),
        Some(mark) => Err(escapes(mark.opened)),
    }
}

#[cold]
fn escapes(opened: &Location<'static>) -> Error {
    let message = format!("a query on the database's own handle inside the transaction opened at {opened}");
    Error::new(ErrorKind::Internal, "orm.outside_transaction", message).with_hint(
        "use the transaction, `tx`: what goes past it is not rolled back with it; \
         where that is meant, say so with `db.outside_transaction()`",
    )
}
