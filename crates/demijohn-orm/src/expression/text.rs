//! Functions of texts.

use demijohn_core::model::Value;
use demijohn_sql::{Expr, Function};

use crate::{Column, Condition, Expression, FieldValue, Gives, Operand, Term};

fn call<R>(function: Function, arguments: Vec<Expr>) -> Expression<R> {
    Expression::from_expr(Expr::Call(function, arguments))
}

fn number(number: u32) -> Expr {
    Expr::Value(Value::Int(i64::from(number)))
}

macro_rules! same {
    ($($(#[$doc:meta])* $name:ident => $which:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name(self) -> Expression<T> {
            call(Function::$which, vec![self.into_tree()])
        }
    )+};
}

macro_rules! methods {
    ($type:ident) => {
        /// Functions of texts.
        impl<T: FieldValue<Base = String>> $type<T> {
            same! {
                /// In small letters: `LOWER`. SQLite knows those of ASCII only.
                lower => Lower;
                /// In capitals: `UPPER`. SQLite knows those of ASCII only.
                upper => Upper;
                /// Without spaces at both ends: `TRIM`.
                trim => Trim;
                /// Without spaces at the beginning: `LTRIM`.
                ltrim => LTrim;
                /// Without spaces at the end: `RTRIM`.
                rtrim => RTrim;
                /// Turned round: `REVERSE`.
                reverse => Reverse;
                /// The MD5 digest in hexadecimal digits.
                md5 => Md5;
                /// The SHA-1 digest in hexadecimal digits. PostgreSQL needs its extension `pgcrypto` for it.
                sha1 => Sha1;
                /// The SHA-224 digest in hexadecimal digits.
                sha224 => Sha224;
                /// The SHA-256 digest in hexadecimal digits.
                sha256 => Sha256;
                /// The SHA-384 digest in hexadecimal digits.
                sha384 => Sha384;
                /// The SHA-512 digest in hexadecimal digits.
                sha512 => Sha512;
                /// Without accents (PostgreSQL, extension `unaccent`).
                unaccent => Unaccent;
            }

            /// How many characters: `LENGTH`, `CHAR_LENGTH`.
            pub fn length(self) -> Expression<T::Out>
            where
                T: Gives<i64>,
            {
                call(Function::Length, vec![self.into_tree()])
            }

            /// The number of the first character: `ASCII`, `ORD`, `UNICODE`.
            pub fn ord(self) -> Expression<T::Out>
            where
                T: Gives<i64>,
            {
                call(Function::Ord, vec![self.into_tree()])
            }

            /// The first so many characters: `LEFT`.
            pub fn left(self, length: u32) -> Expression<T> {
                call(Function::Left, vec![self.into_tree(), number(length)])
            }

            /// The last so many characters: `RIGHT`.
            pub fn right(self, length: u32) -> Expression<T> {
                call(Function::Right, vec![self.into_tree(), number(length)])
            }

            /// From the `start`-th character, counted from 1, at most `length` of them: `SUBSTRING`.
            pub fn substr(self, start: u32, length: u32) -> Expression<T> {
                call(Function::Substr, vec![self.into_tree(), number(start.max(1)), number(length)])
            }

            /// Filled up to `length` characters at the beginning, or cut off: `LPAD`.
            pub fn lpad(self, length: u32, fill: &str) -> Expression<T> {
                call(Function::LPad, vec![self.into_tree(), number(length), Expr::Value(fill.into())])
            }

            /// Filled up to `length` characters at the end, or cut off: `RPAD`.
            pub fn rpad(self, length: u32, fill: &str) -> Expression<T> {
                call(Function::RPad, vec![self.into_tree(), number(length), Expr::Value(fill.into())])
            }

            /// So many times behind one another: `REPEAT`.
            pub fn repeat(self, times: u32) -> Expression<T> {
                call(Function::Repeat, vec![self.into_tree(), number(times)])
            }

            /// With every `from` replaced: `REPLACE`. Letter case matters.
            pub fn replace(self, from: impl Operand<String>, to: impl Operand<String>) -> Expression<T> {
                call(Function::Replace, vec![self.into_tree(), from.into_expr(), to.into_expr()])
            }

            /// Where a text is first found, counted from 1; 0 when nowhere: `STRPOS`, `INSTR`. Letter case matters.
            pub fn str_index(self, text: impl Operand<String>) -> Expression<T::Out>
            where
                T: Gives<i64>,
            {
                call(Function::StrIndex, vec![self.into_tree(), text.into_expr()])
            }

            /// Matches this regular expression somewhere; letter case matters. `~`, `REGEXP`.
            ///
            /// What is written the same and means the same on every database: letters, `.`, classes, `*`, `+`, `?`,
            /// `{2,3}`, `|`, groups, `^` and `$`. SQLite's run in linear time and know no back references.
            pub fn regex(self, pattern: impl Operand<String>) -> Condition {
                let sides = vec![self.into_tree(), pattern.into_expr()];
                Condition::from_expr(Expr::Call(Function::Regex { ignore_case: false }, sides))
            }

            /// Matches this regular expression somewhere, in letters of any case: `~*`, `REGEXP`.
            pub fn iregex(self, pattern: impl Operand<String>) -> Condition {
                let sides = vec![self.into_tree(), pattern.into_expr()];
                Condition::from_expr(Expr::Call(Function::Regex { ignore_case: true }, sides))
            }

            /// Compared by the database's order of letters of this name: `COLLATE`.
            pub fn collate(self, collation: &'static str) -> Expression<T> {
                Expression::from_expr(Expr::Collate(Box::new(self.into_tree()), collation))
            }

            /// Has enough groups of three letters in common (`%`, PostgreSQL, extension `pg_trgm`).
            pub fn trigram_similar(self, text: impl Operand<String>) -> Condition {
                let sides = vec![self.into_tree(), text.into_expr()];
                Condition::from_expr(Expr::Call(Function::TrigramSimilar, sides))
            }

            /// Has a word like this (`%>`, PostgreSQL, extension `pg_trgm`).
            pub fn trigram_word_similar(self, text: impl Operand<String>) -> Condition {
                let sides = vec![self.into_tree(), text.into_expr()];
                Condition::from_expr(Expr::Call(Function::TrigramWordSimilar, sides))
            }

            /// Has a whole word like this (`%>>`, PostgreSQL, extension `pg_trgm`).
            pub fn trigram_strict_word_similar(self, text: impl Operand<String>) -> Condition {
                let sides = vec![self.into_tree(), text.into_expr()];
                Condition::from_expr(Expr::Call(Function::TrigramStrictWordSimilar, sides))
            }

            /// How many groups of three letters it has in common with a text, 0 to 1 (PostgreSQL, `pg_trgm`).
            pub fn trigram_similarity(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramSimilarity, self.into_tree(), text.into_expr())
            }

            /// 1 − [`trigram_similarity`](Self::trigram_similarity).
            pub fn trigram_distance(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramDistance, self.into_tree(), text.into_expr())
            }

            /// One less the likeness of this text to the part of it that is most like it.
            pub fn trigram_word_distance(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramWordDistance, text.into_expr(), self.into_tree())
            }

            /// As [`Self::trigram_word_distance`], of whole words.
            pub fn trigram_strict_word_distance(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramStrictWordDistance, text.into_expr(), self.into_tree())
            }

            /// How like its likest part is to a text, 0 to 1 (PostgreSQL, `pg_trgm`).
            pub fn trigram_word_similarity(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramWordSimilarity, text.into_expr(), self.into_tree())
            }

            /// How like its likest whole words are to a text, 0 to 1 (PostgreSQL, `pg_trgm`).
            pub fn trigram_strict_word_similarity(self, text: impl Operand<String>) -> Expression<f64> {
                trigram(Function::TrigramStrictWordSimilarity, text.into_expr(), self.into_tree())
            }
        }
    };
}

/// PostgreSQL's similarities are 32-bit numbers.
fn trigram(function: Function, left: Expr, right: Expr) -> Expression<f64> {
    let made = Expr::Call(function, vec![left, right]);
    Expression::from_expr(Expr::Cast(Box::new(made), demijohn_core::model::FieldKind::Float))
}

methods!(Column);
methods!(Expression);
