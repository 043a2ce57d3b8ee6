//! Settings.

/// The settings of a site.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Settings {}
