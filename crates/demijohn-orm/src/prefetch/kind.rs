//! How related rows are handed to the rows that they belong to.

/// How related rows are handed to the rows that they belong to: [`ToMany`] or [`ToOne`].
pub trait Arrangement: 'static {
    /// What a row gets.
    type Of<T: Send>: Send;

    /// Gives each of so many owners its own, by the owner's number.
    fn arrange<T: Send>(owners: usize, found: impl Iterator<Item = (usize, T)>) -> Vec<Self::Of<T>>;
}

/// A row has any number of related ones: a `Vec`.
#[derive(Debug)]
pub enum ToMany {}

/// A row has one related row, or none: an `Option`.
#[derive(Debug)]
pub enum ToOne {}

impl Arrangement for ToMany {
    type Of<T: Send> = Vec<T>;

    fn arrange<T: Send>(owners: usize, found: impl Iterator<Item = (usize, T)>) -> Vec<Vec<T>> {
        let mut all: Vec<Vec<T>> = std::iter::repeat_with(Vec::new).take(owners).collect();
        found.for_each(|(owner, row)| all[owner].push(row));
        all
    }
}

impl Arrangement for ToOne {
    type Of<T: Send> = Option<T>;

    fn arrange<T: Send>(owners: usize, found: impl Iterator<Item = (usize, T)>) -> Vec<Option<T>> {
        let mut all: Vec<Option<T>> = std::iter::repeat_with(|| None).take(owners).collect();
        found.for_each(|(owner, row)| all[owner] = Some(row));
        all
    }
}
