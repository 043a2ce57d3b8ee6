//! SQLite for Demijohn
