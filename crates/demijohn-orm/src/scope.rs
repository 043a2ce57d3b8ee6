//! How deep inside other queries' closures the code that builds a query stands.
//!
//! A closure over columns runs at once and to its end on one thread, so a thread's counter says it exactly; no query
//! result and no state of a site ever lives here.

use std::cell::Cell;

thread_local! {
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// The depth that a query begun here has.
pub(crate) fn depth() -> u8 {
    DEPTH.get()
}

/// Runs the closure of a query of this depth: queries begun inside are one deeper.
pub(crate) fn inside<R>(depth: u8, closure: impl FnOnce() -> R) -> R {
    struct Restore(u8);
    impl Drop for Restore {
        fn drop(&mut self) {
            DEPTH.set(self.0);
        }
    }
    let _restore = Restore(DEPTH.replace(depth.saturating_add(1)));
    closure()
}
