//! What only PostgreSQL has: lists, texts by name, ranges, trigrams.

use demijohn_core::model::Value;

use super::Writer;
use crate::{Expr, Function};

enum Spelling {
    /// Between its two arguments.
    Infix(&'static str),
    /// In front of its arguments in brackets.
    Call(&'static str),
}

impl Writer {
    /// Writes a function of PostgreSQL's.
    pub(super) fn postgres_only(&mut self, function: Function, arguments: Vec<Expr>) {
        if self.dialect.name() != "postgres" {
            let hint = "only PostgreSQL has it; store the parts in rows of their own, or as JSON";
            self.unsupported(function.name(), hint);
            return self.sql.push_str("NULL");
        }
        match (function, spelling(function)) {
            (Function::ArrayIndex | Function::ArraySlice, _) => self.subscript(arguments),
            (_, Some(Spelling::Infix(operator))) => {
                let mut arguments = arguments.into_iter();
                self.sql.push('(');
                for (n, argument) in arguments.by_ref().take(2).enumerate() {
                    self.sql.push_str(if n == 0 { "" } else { operator });
                    self.operand(argument);
                }
                self.sql.push(')');
            }
            (_, Some(Spelling::Call(name))) => self.called(name, arguments),
            (_, None) => self.called("NULL", arguments),
        }
    }

    fn subscript(&mut self, arguments: Vec<Expr>) {
        let mut arguments = arguments.into_iter();
        self.sql.push('(');
        self.expr(arguments.next().unwrap_or(Expr::Value(Value::Null)));
        self.sql.push_str(")[");
        for (n, index) in arguments.enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ":" });
            self.expr(index);
            self.sql.push_str("::integer");
        }
        self.sql.push(']');
    }
}

fn spelling(function: Function) -> Option<Spelling> {
    use Function as F;
    use Spelling::{Call, Infix};
    Some(match function {
        F::ArrayContains | F::HStoreContains | F::RangeContains => Infix(" @> "),
        F::ArrayContainedBy | F::HStoreContainedBy | F::RangeContainedBy => Infix(" <@ "),
        F::ArrayOverlap | F::RangeOverlap => Infix(" && "),
        F::ArrayLength => Call("CARDINALITY"),
        F::HStoreValue => Infix(" -> "),
        F::HStoreHasKey => Infix(" ? "),
        F::HStoreHasKeys => Infix(" ?& "),
        F::HStoreHasAnyKeys => Infix(" ?| "),
        F::HStoreKeys => Call("AKEYS"),
        F::HStoreValues => Call("AVALS"),
        F::RangeFullyLess => Infix(" << "),
        F::RangeFullyGreater => Infix(" >> "),
        F::RangeNotLess => Infix(" &> "),
        F::RangeNotGreater => Infix(" &< "),
        F::RangeAdjacent => Infix(" -|- "),
        F::RangeStart => Call("LOWER"),
        F::RangeEnd => Call("UPPER"),
        F::RangeIsEmpty => Call("ISEMPTY"),
        F::RangeLowerIncluded => Call("LOWER_INC"),
        F::RangeUpperIncluded => Call("UPPER_INC"),
        F::RangeLowerInfinite => Call("LOWER_INF"),
        F::RangeUpperInfinite => Call("UPPER_INF"),
        F::Unaccent => Call("UNACCENT"),
        F::TrigramSimilar => Infix(" % "),
        F::TrigramSimilarity => Call("SIMILARITY"),
        F::TrigramDistance => Infix(" <-> "),
        F::TrigramWordSimilar => Infix(" %> "),
        F::TrigramWordSimilarity => Call("WORD_SIMILARITY"),
        F::TrigramWordDistance => Infix(" <<-> "),
        F::TrigramStrictWordSimilar => Infix(" %>> "),
        F::TrigramStrictWordSimilarity => Call("STRICT_WORD_SIMILARITY"),
        F::TrigramStrictWordDistance => Infix(" <<<-> "),
        F::RandomUuid => Call("GEN_RANDOM_UUID"),
        F::TransactionNow => Call("CURRENT_TIMESTAMP"),
        _ => return None,
    })
}
