//! [`OverColumns`]: the closures that queries take.

/// A closure over a model's columns: `|p| p.title.eq("a")`. Every such closure is one.
#[diagnostic::on_unimplemented(
    message = "a closure over the columns is expected, not `{Self}`",
    label = "expected `|row| …`",
    note = "write `.filter(|p| p.title.eq(\"a\"))`, `.order_by(|p| p.created_at.desc())` for `-created_at`, `.select_related(|p| p.author())`"
)]
pub trait OverColumns<C, R>: FnOnce(C) -> R {}

#[diagnostic::do_not_recommend]
impl<C, R, F: FnOnce(C) -> R> OverColumns<C, R> for F {}
