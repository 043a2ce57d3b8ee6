//! Functions: what each database calls them.

use demijohn_core::model::Value;

use super::Writer;
use crate::{Expr, Function};

impl Writer {
    pub(super) fn called(&mut self, name: &str, arguments: Vec<Expr>) {
        self.sql.push_str(name);
        if name == "CURRENT_TIMESTAMP" {
            return;
        }
        self.sql.push('(');
        for (n, argument) in arguments.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { ", " });
            self.expr(argument);
        }
        self.sql.push(')');
    }

    pub(super) fn call(&mut self, function: Function, arguments: Vec<Expr>) {
        use Function as F;
        match function {
            F::Lower => self.called("LOWER", arguments),
            F::Upper => self.called("UPPER", arguments),
            F::Coalesce => self.called("COALESCE", arguments),
            F::Abs => self.called("ABS", arguments),
            F::NullIf => self.called("NULLIF", arguments),
            F::Greatest | F::Least => self.extreme(function == F::Greatest, arguments),
            F::Regex { ignore_case } => self.regex(ignore_case, arguments),
            F::Now => self.now(),
            F::Extract(..)
            | F::Trunc(..)
            | F::DateOf
            | F::TimeOf
            | F::MomentPlus
            | F::MomentMinus
            | F::Difference(_) => self.temporal(function, arguments),
            F::JsonArray | F::JsonObject => self.json_build(function == F::JsonObject, arguments),
            F::JsonContains | F::JsonHasKey | F::JsonLength => self.json_call(function, arguments),
            _ if is_text(function) => self.text_call(function, arguments),
            _ if is_math(function) => self.math_call(function, arguments),
            _ => self.postgres_only(function, arguments),
        }
    }

    fn json_call(&mut self, function: Function, arguments: Vec<Expr>) {
        let mut arguments = arguments.into_iter();
        let document = arguments.next().unwrap_or(Expr::Value(Value::Null));
        let second = arguments.next().unwrap_or(Expr::Value(Value::Null));
        match (function, second) {
            (Function::JsonContains, part) => self.json_contains(document, part),
            (Function::JsonHasKey, Expr::Value(Value::Text(key))) => self.json_has_key(document, key),
            _ => self.json_length(document),
        }
    }

    /// `GREATEST` and `LEAST` give NULL when one of the values is NULL; PostgreSQL's own leave such out.
    fn extreme(&mut self, greatest: bool, arguments: Vec<Expr>) {
        let name = match (self.dialect.name(), greatest) {
            ("sqlite", true) => "MAX",
            ("sqlite", false) => "MIN",
            (_, true) => "GREATEST",
            (_, false) => "LEAST",
        };
        let unknown: Vec<Expr> = match self.dialect.name() {
            "postgres" => arguments.iter().filter(|argument| argument.can_be_unknown()).cloned().collect(),
            _ => Vec::new(),
        };
        if unknown.is_empty() {
            return self.called(name, arguments);
        }
        self.sql.push_str("(CASE WHEN ");
        for (n, argument) in unknown.into_iter().enumerate() {
            self.sql.push_str(if n == 0 { "" } else { " OR " });
            self.operand(argument);
            self.sql.push_str(" IS NULL");
        }
        self.sql.push_str(" THEN NULL ELSE ");
        self.called(name, arguments);
        self.sql.push_str(" END)");
    }

    fn regex(&mut self, ignore_case: bool, arguments: Vec<Expr>) {
        let mut arguments = arguments.into_iter();
        self.operand(arguments.next().unwrap_or(Expr::Value(Value::Null)));
        let pattern = arguments.next().unwrap_or(Expr::Value(Value::Null));
        if self.dialect.name() == "postgres" {
            self.sql.push_str(if ignore_case { " ~* " } else { " ~ " });
            return self.operand(pattern);
        }
        self.sql.push_str(" REGEXP ");
        // MySQL's columns mostly ignore letter case; the pattern itself says what is asked.
        let flag = match (ignore_case, self.dialect.name()) {
            (true, _) => "(?i)",
            (false, "mysql") => "(?-i)",
            _ => return self.operand(pattern),
        };
        match pattern {
            Expr::Value(Value::Text(pattern)) => self.value(Value::Text(format!("{flag}{pattern}"))),
            pattern => {
                let flag = Expr::Value(Value::Text(flag.to_owned()));
                self.text_call(Function::Concat, vec![flag, pattern]);
            }
        }
    }

    /// The present moment, the same throughout a statement.
    fn now(&mut self) {
        self.sql.push_str(match self.dialect.name() {
            "postgres" => "STATEMENT_TIMESTAMP()",
            "mysql" => "UTC_TIMESTAMP(6)",
            _ => "STRFTIME('%Y-%m-%d %H:%M:%f', 'now')",
        });
    }

    fn text_call(&mut self, function: Function, arguments: Vec<Expr>) {
        use Function as F;
        let name = self.dialect.name();
        match (function, name) {
            (F::Length, "mysql") => self.called("CHAR_LENGTH", arguments),
            (F::Length, "postgres") => self.pattern("LENGTH({})::bigint", arguments),
            (F::Length, _) => self.called("LENGTH", arguments),
            (F::Concat, _) => self.concat(arguments),
            (F::Chr, "postgres") => self.pattern("CHR({}::integer)", arguments),
            (F::Chr, "mysql") => self.pattern("CONVERT(CHAR({} USING utf32) USING utf8mb4)", arguments),
            (F::Chr, _) => self.called("CHAR", arguments),
            (F::Ord, "postgres") => self.pattern("ASCII({})::bigint", arguments),
            (F::Ord, "mysql") => self.pattern("ORD(CONVERT({} USING utf32))", arguments),
            (F::Ord, _) => self.called("UNICODE", arguments),
            (F::Left, "sqlite") => self.pattern("SUBSTR({}, 1, {})", arguments),
            (F::Left, "postgres") => self.pattern("LEFT({}, {}::integer)", arguments),
            (F::Left, _) => self.called("LEFT", arguments),
            // `SUBSTR(x, 0)` would be the whole text.
            (F::Right, "sqlite") if is_zero(arguments.get(1)) => self.pattern("SUBSTR({}, 1, {})", arguments),
            (F::Right, "sqlite") => self.pattern("SUBSTR({}, -{})", arguments),
            (F::Right, "postgres") => self.pattern("RIGHT({}, {}::integer)", arguments),
            (F::Right, _) => self.called("RIGHT", arguments),
            (F::LPad, "postgres") => self.pattern("LPAD({}, {}::integer, {})", arguments),
            (F::RPad, "postgres") => self.pattern("RPAD({}, {}::integer, {})", arguments),
            (F::LPad, _) => self.called("LPAD", arguments),
            (F::RPad, _) => self.called("RPAD", arguments),
            (F::Trim, _) => self.called("TRIM", arguments),
            (F::LTrim, _) => self.called("LTRIM", arguments),
            (F::RTrim, _) => self.called("RTRIM", arguments),
            (F::Repeat, "postgres") => self.pattern("REPEAT({}, {}::integer)", arguments),
            (F::Repeat, _) => self.called("REPEAT", arguments),
            (F::Replace, _) => self.called("REPLACE", arguments),
            (F::Reverse, _) => self.called("REVERSE", arguments),
            (F::StrIndex, "postgres") => self.pattern("STRPOS({}, {})::bigint", arguments),
            // The position by letters that are the same, not only alike.
            (F::StrIndex, "mysql") => {
                self.pattern("INSTR(CONVERT({} USING utf8mb4) COLLATE utf8mb4_bin, {})", arguments);
            }
            (F::StrIndex, _) => self.called("INSTR", arguments),
            (F::Substr, "postgres") if arguments.len() == 2 => self.pattern("SUBSTRING({}, {}::integer)", arguments),
            (F::Substr, "postgres") => self.pattern("SUBSTRING({}, {}::integer, {}::integer)", arguments),
            (F::Substr, _) => self.called("SUBSTR", arguments),
            (F::Md5, _) => self.called("MD5", arguments),
            (F::Sha1, "postgres") => self.pattern("ENCODE(DIGEST({}, 'sha1'), 'hex')", arguments),
            (F::Sha1, _) => self.called("SHA1", arguments),
            (hash, _) => self.sha2(hash, arguments),
        }
    }

    fn sha2(&mut self, function: Function, arguments: Vec<Expr>) {
        let (bits, name) = match function {
            Function::Sha224 => ("224", "SHA224"),
            Function::Sha256 => ("256", "SHA256"),
            Function::Sha384 => ("384", "SHA384"),
            _ => ("512", "SHA512"),
        };
        match self.dialect.name() {
            "postgres" => self.pattern(&format!("ENCODE({name}(CONVERT_TO({{}}, 'UTF8')), 'hex')"), arguments),
            "mysql" => self.pattern(&format!("SHA2({{}}, {bits})"), arguments),
            _ => self.called(name, arguments),
        }
    }

    /// Texts behind one another; NULL counts as empty.
    fn concat(&mut self, arguments: Vec<Expr>) {
        let mysql = self.dialect.name() == "mysql";
        self.sql.push_str(if mysql { "CONCAT(" } else { "(" });
        for (n, argument) in arguments.into_iter().enumerate() {
            self.sql.push_str(match (n, mysql) {
                (0, _) => "",
                (_, true) => ", ",
                _ => " || ",
            });
            if argument.can_be_unknown() {
                self.sql.push_str("COALESCE(");
                self.expr(argument);
                self.sql.push_str(", '')");
            } else {
                self.operand(argument);
            }
        }
        self.sql.push(')');
    }

    fn math_call(&mut self, function: Function, mut arguments: Vec<Expr>) {
        use Function as F;
        let postgres = self.dialect.name() == "postgres";
        match (function, self.dialect.name()) {
            (F::Negate, _) => self.pattern("(-{})", arguments),
            (F::Pi, _) => self.called("PI", arguments),
            (F::Random, "postgres") => self.called("RANDOM", arguments),
            (F::Random, _) => self.called("RAND", arguments),
            (F::Ceil, "sqlite") => self.called("CEILING", arguments),
            (F::Ceil, _) => self.called("CEIL", arguments),
            (F::Floor, _) => self.called("FLOOR", arguments),
            (F::Sign, "postgres") => self.pattern("SIGN({})::bigint", arguments),
            (F::Sign, _) => self.called("SIGN", arguments),
            (F::Round, "postgres") if arguments.len() == 2 => {
                self.pattern("ROUND({}::numeric, {}::integer)", arguments);
            }
            (F::Round, "postgres") => self.pattern("ROUND({}::numeric)", arguments),
            (F::Round, _) => self.called("ROUND", arguments),
            (F::Truncate, "postgres") => self.pattern("TRUNC({})", arguments),
            (F::Truncate, "mysql") => self.pattern("TRUNCATE({}, 0)", arguments),
            (F::Truncate, _) => self.pattern("CAST({} AS INTEGER)", arguments),
            // PostgreSQL's logarithm to a base wants exact numbers.
            (F::Log, "postgres") => {
                arguments.reverse();
                self.pattern("(LN({}::double precision) / LN({}::double precision))", arguments);
            }
            (F::Log, _) => self.called("LOG", arguments),
            (F::ATan2, "postgres") => self.pattern("ATAN2({}::double precision, {}::double precision)", arguments),
            (F::Power, "postgres") => self.pattern("POWER({}::double precision, {}::double precision)", arguments),
            (F::ATan2, _) => self.called("ATAN2", arguments),
            (F::Power, _) => self.called("POWER", arguments),
            (one, _) => {
                let name = math_name(one);
                if postgres {
                    self.pattern(&format!("{name}({{}}::double precision)"), arguments);
                } else {
                    self.called(name, arguments);
                }
            }
        }
    }

    /// Writes a text of our own in which `{}` stands for the next argument.
    fn pattern(&mut self, pattern: &str, arguments: Vec<Expr>) {
        let mut pieces = pattern.split("{}");
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (argument, piece) in arguments.into_iter().zip(pieces) {
            self.operand(argument);
            self.sql.push_str(piece);
        }
    }
}

fn is_zero(argument: Option<&Expr>) -> bool {
    matches!(argument, Some(Expr::Value(Value::Int(0))))
}

fn is_text(function: Function) -> bool {
    use Function as F;
    matches!(
        function,
        F::Length
            | F::Chr
            | F::Concat
            | F::Left
            | F::LPad
            | F::LTrim
            | F::Md5
            | F::Ord
            | F::Repeat
            | F::Replace
            | F::Reverse
            | F::Right
            | F::RPad
            | F::RTrim
            | F::Sha1
            | F::Sha224
            | F::Sha256
            | F::Sha384
            | F::Sha512
            | F::StrIndex
            | F::Substr
            | F::Trim
    )
}

fn is_math(function: Function) -> bool {
    use Function as F;
    let own = matches!(
        function,
        F::ATan2 | F::Ceil | F::Floor | F::Log | F::Pi | F::Power | F::Random | F::Round | F::Truncate | F::Sign
    );
    own || function == F::Negate || math_name(function) != "NULL"
}

fn math_name(function: Function) -> &'static str {
    use Function as F;
    match function {
        F::ACos => "ACOS",
        F::ASin => "ASIN",
        F::ATan => "ATAN",
        F::Cos => "COS",
        F::Cot => "COT",
        F::Degrees => "DEGREES",
        F::Exp => "EXP",
        F::Ln => "LN",
        F::Radians => "RADIANS",
        F::Sin => "SIN",
        F::Sqrt => "SQRT",
        F::Tan => "TAN",
        _ => "NULL",
    }
}
