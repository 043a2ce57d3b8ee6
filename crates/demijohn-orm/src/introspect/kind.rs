//! What a column holds, by its type in a database's own words.

use demijohn_core::model::FieldKind;

/// What a column of this type holds. What nobody knows is text.
pub(super) fn of(text: &str, dialect: &str) -> FieldKind {
    let text = text.trim().to_ascii_lowercase();
    if let Some(of_part) = text.strip_suffix("[]") {
        return FieldKind::Array(kept(of(of_part, dialect)));
    }
    let (word, arguments) = match text.split_once('(') {
        Some((word, rest)) => (word.trim(), rest.split(')').next().unwrap_or_default()),
        None => (text.as_str(), ""),
    };
    let numbers: Vec<u32> = arguments.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    if text.contains("unsigned") && dialect != "postgres" {
        return positive(of(&text.replace("unsigned", ""), dialect));
    }
    match (word, numbers.as_slice()) {
        ("tinyint", [1]) | ("bool" | "boolean", _) => FieldKind::Bool,
        ("smallint" | "tinyint" | "year", _) => FieldKind::SmallInt,
        ("int" | "integer" | "mediumint", _) => FieldKind::Integer,
        ("bigint", _) => FieldKind::BigInt,
        ("real" | "double precision" | "double" | "float", _) => FieldKind::Float,
        ("decimal" | "numeric", [digits, places]) => decimal(*digits, *places),
        ("decimal" | "numeric", [digits]) => decimal(*digits, 0),
        ("decimal" | "numeric", _) => decimal(10, 5),
        ("char", [32]) | ("uuid", _) => FieldKind::Uuid,
        ("char", [39]) | ("inet" | "cidr" | "inet6" | "inet4", _) => FieldKind::IpAddress,
        ("varchar" | "character varying" | "char" | "character" | "nvarchar", [length]) => FieldKind::Varchar(*length),
        ("date", _) => FieldKind::Date,
        ("datetime" | "timestamp" | "timestamp with time zone" | "timestamp without time zone", _) => {
            FieldKind::Timestamp
        }
        ("time" | "time without time zone" | "time with time zone", _) => FieldKind::Time,
        ("interval", _) => FieldKind::Duration,
        ("json" | "jsonb", _) => FieldKind::Json,
        ("bytea" | "blob" | "longblob" | "mediumblob" | "tinyblob" | "binary" | "varbinary", _) => FieldKind::Binary,
        ("int4range", _) => FieldKind::Range(&FieldKind::Integer),
        ("int8range", _) => FieldKind::Range(&FieldKind::BigInt),
        ("numrange", _) => FieldKind::Range(kept(decimal(28, 10))),
        ("daterange", _) => FieldKind::Range(&FieldKind::Date),
        ("tstzrange" | "tsrange", _) => FieldKind::Range(&FieldKind::Timestamp),
        ("hstore", _) => FieldKind::HStore,
        ("tsvector", _) => FieldKind::TextVector,
        _ if text.starts_with("timestamp") => FieldKind::Timestamp,
        _ if text.starts_with("time") => FieldKind::Time,
        _ if dialect == "sqlite" && text.contains("int") => FieldKind::BigInt,
        _ if dialect == "sqlite" && (text.contains("real") || text.contains("doub")) => FieldKind::Float,
        _ if dialect == "sqlite" && text.is_empty() => FieldKind::Binary,
        _ => FieldKind::Text,
    }
}

fn decimal(digits: u32, places: u32) -> FieldKind {
    let (digits, places) = (digits.clamp(1, 28), places.min(28).min(digits));
    let fits = |number: u32| u8::try_from(number).expect("it is at most 28");
    FieldKind::Decimal { max_digits: fits(digits), decimal_places: fits(places) }
}

/// The kind of a part, for as long as the program runs. Nearly all databases have a handful of them.
fn kept(kind: FieldKind) -> &'static FieldKind {
    match kind {
        FieldKind::SmallInt => &FieldKind::SmallInt,
        FieldKind::Integer => &FieldKind::Integer,
        FieldKind::BigInt => &FieldKind::BigInt,
        FieldKind::Text => &FieldKind::Text,
        FieldKind::Bool => &FieldKind::Bool,
        FieldKind::Float => &FieldKind::Float,
        FieldKind::Uuid => &FieldKind::Uuid,
        FieldKind::Date => &FieldKind::Date,
        FieldKind::Timestamp => &FieldKind::Timestamp,
        other => Box::leak(Box::new(other)),
    }
}

/// The same integer without negative numbers.
pub(super) fn positive(kind: FieldKind) -> FieldKind {
    match kind {
        FieldKind::SmallInt => FieldKind::PositiveSmallInt,
        FieldKind::Integer => FieldKind::PositiveInteger,
        FieldKind::BigInt => FieldKind::PositiveBigInt,
        other => other,
    }
}

/// Does a check of one column say that it holds JSON?
pub(super) fn is_json_check(condition: &str) -> bool {
    condition.to_ascii_lowercase().trim_start_matches('(').starts_with("json_valid")
}

/// Does a check of one column say that it holds nothing negative, and nothing else?
pub(super) fn is_positive_check(condition: &str) -> bool {
    let bare: String = condition.chars().filter(|letter| !"()\"` ".contains(*letter)).collect();
    bare.strip_suffix(">=0").is_some_and(|name| name.chars().all(|letter| letter.is_alphanumeric() || letter == '_'))
}
