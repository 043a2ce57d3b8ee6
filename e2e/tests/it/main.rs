//! The harness proves itself: it sees what it must see, on pages of its own and in Django's own admin.

mod browser;
mod django;
