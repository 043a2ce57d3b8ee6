//! Lookups, functions, aggregates, windows, JSON and search: the same rows give the same values on every database.

mod models;

mod dates;
mod inventory;
mod json;
mod lookups;
mod numbers;
mod postgres;
mod search;
mod texts;
mod windows;
