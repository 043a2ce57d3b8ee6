//! [`Server`]: which server answers, and how a session with it is set up.

use std::fmt;
use std::time::Duration;

use crate::options::Options;

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Brand {
    /// MySQL and what is made from it.
    Mysql,
    /// MariaDB.
    Mariadb,
}

/// The server that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server {
    /// Whose it is.
    pub brand: Brand,
    /// Its version: `(10, 11, 6)`.
    pub version: (u16, u16, u16),
}

impl Server {
    /// From what the server calls itself: `10.11.6-MariaDB-0+deb12u1`, `8.0.36`.
    pub(crate) fn parse(text: &str) -> Self {
        let brand = if text.contains("MariaDB") { Brand::Mariadb } else { Brand::Mysql };
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Self { brand, version: (next(), next(), next()) }
    }

    /// Does `INSERT … RETURNING` give rows?
    pub fn has_returning(self) -> bool {
        self.brand == Brand::Mariadb && self.version >= (10, 5, 0)
    }

    /// What every session begins with.
    ///
    /// An id of 0 stays 0, as on other databases. `ONLY_FULL_GROUP_BY` is left out: MariaDB's does not know that a row's
    /// key says the rest of the row.
    pub(crate) fn setup(self, options: &Options) -> String {
        let mut sql = String::from(
            "SET NAMES utf8mb4; \
             SET time_zone = '+00:00', autocommit = 1, foreign_key_checks = 1, unique_checks = 1, sql_auto_is_null = 0, \
             sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,\
             NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'",
        );
        if let Some(limit) = options.lock_timeout {
            let seconds = limit.as_millis().div_ceil(1_000).max(1);
            sql.push_str(&format!(", innodb_lock_wait_timeout = {seconds}, lock_wait_timeout = {seconds}"));
        }
        if options.statement_timeout > Duration::ZERO {
            let millis = options.statement_timeout.as_millis();
            sql.push_str(&match self.brand {
                Brand::Mariadb => format!(", max_statement_time = {}.{:03}", millis / 1_000, millis % 1_000),
                Brand::Mysql => format!(", max_execution_time = {millis}"),
            });
        }
        sql.push_str("; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
        sql
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.brand {
            Brand::Mysql => "MySQL",
            Brand::Mariadb => "MariaDB",
        };
        let (major, minor, patch) = self.version;
        write!(f, "{name} {major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_server_by_what_it_calls_itself() {
        let shown = |text| Server::parse(text).to_string();
        assert_eq!(shown("10.11.6-MariaDB-0+deb12u1"), "MariaDB 10.11.6");
        assert_eq!(shown("8.0.36-0ubuntu0.22.04.1"), "MySQL 8.0.36");
        assert_eq!(shown("strange"), "MySQL 0.0.0");
        assert!(Server::parse("10.5.0-MariaDB").has_returning());
        assert!(!Server::parse("10.4.9-MariaDB").has_returning());
        assert!(!Server::parse("8.4.0").has_returning());
    }

    #[test]
    fn bounds_statements_in_the_words_of_each_server() {
        let options = Options::parse("mysql://h/d?statement_timeout=1500").expect("it is an address");
        assert!(Server::parse("10.11.6-MariaDB").setup(&options).contains("max_statement_time = 1.500"));
        assert!(Server::parse("8.0.36").setup(&options).contains("max_execution_time = 1500"));
    }
}
