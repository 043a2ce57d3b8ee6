//! Lookups, functions, aggregates, windows, JSON and search: the same rows give the same values on every database.

mod models;

mod dates;
mod json;
mod lookups;
mod numbers;
mod search;
mod texts;
mod windows;
