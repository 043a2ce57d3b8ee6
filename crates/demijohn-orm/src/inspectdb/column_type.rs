//! [`ColumnType`]: the Rust type that reads a column.

use demijohn_core::model::FieldKind;

use super::raw::RawType;

/// The Rust type that reads a column, and what its field says beside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnType {
    pub(super) rust: String,
    /// What stands in `#[field(…)]`.
    pub(super) attributes: Vec<String>,
    /// What a person should know.
    pub(super) note: Option<String>,
}

impl ColumnType {
    fn new(rust: &str) -> Self {
        Self { rust: rust.to_owned(), ..Self::default() }
    }

    fn with(mut self, attribute: String) -> Self {
        self.attributes.push(attribute);
        self
    }

    fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// So many values of an enumeration are written as choices; of more it is only said that there are.
const MOST_CHOICES: usize = 30;

/// Types of PostgreSQL that are read as text.
const TEXTS: [&str; 8] = ["text", "character varying", "varchar", "name", "xml", "citext", "ltree", "\"char\""];

/// The type for a column; `None` where no type of Rust reads it.
pub(super) fn of(kind: FieldKind, raw: &RawType, is_numbered: bool, dialect: &str) -> Option<ColumnType> {
    let usual = match dialect {
        "postgres" => postgres(kind, raw)?,
        "mysql" => mysql(kind, raw),
        _ => portable(kind, raw, dialect),
    };
    let usual = match raw.held.as_deref() {
        Some(held) if !holds(&usual.rust, held) || raw.words.is_empty() => by_rows(held, raw),
        _ => usual,
    };
    // Rows are numbered by integers with a sign: one that holds all the numbers.
    let numbered = match (is_numbered, usual.rust.as_str()) {
        (true, "u8" | "u16") => "i32",
        (true, "u32" | "u64") => "i64",
        (_, other) => other,
    };
    Some(ColumnType { rust: numbered.to_owned(), ..usual })
}

fn portable(kind: FieldKind, raw: &RawType, dialect: &str) -> ColumnType {
    let words = raw.base.as_str();
    let is_sqlite = dialect == "sqlite";
    match kind {
        FieldKind::SmallInt => ColumnType::new("i16"),
        // An integer of SQLite has 64 bits, whatever it is called.
        FieldKind::Integer => ColumnType::new(if is_sqlite { "i64" } else { "i32" }),
        FieldKind::BigInt => ColumnType::new("i64"),
        FieldKind::PositiveSmallInt => ColumnType::new("u16"),
        FieldKind::PositiveInteger => ColumnType::new(if is_sqlite { "u64" } else { "u32" }),
        FieldKind::PositiveBigInt => ColumnType::new("u64"),
        FieldKind::Bool => ColumnType::new("bool"),
        FieldKind::Float => ColumnType::new("f64"),
        FieldKind::Decimal { max_digits, decimal_places } => decimal(words, max_digits, decimal_places),
        FieldKind::Varchar(length) => ColumnType::new("String").with(format!("max_length = {length}")),
        FieldKind::Uuid if words.starts_with("char") => ColumnType::new("String")
            .with("max_length = 32".to_owned())
            .noted("`char(32)`: where it holds UUIDs, as in Django's tables, the type is `Uuid`"),
        FieldKind::Uuid => ColumnType::new("Uuid"),
        FieldKind::IpAddress if words.starts_with("char") => ColumnType::new("String")
            .with("max_length = 39".to_owned())
            .noted("`char(39)`: where it holds IP addresses, as in Django's tables, the type is `std::net::IpAddr`"),
        FieldKind::IpAddress => ColumnType::new("std::net::IpAddr"),
        FieldKind::Timestamp => ColumnType::new("Timestamp"),
        FieldKind::Date => ColumnType::new("Date"),
        FieldKind::Time => ColumnType::new("Time"),
        FieldKind::Duration => ColumnType::new("Duration"),
        FieldKind::Json => ColumnType::new("Value"),
        FieldKind::Binary => ColumnType::new("Vec<u8>"),
        FieldKind::HStore => ColumnType::new("demijohn::orm::HStore"),
        FieldKind::TextVector => ColumnType::new("demijohn::orm::TextVector"),
        _ => ColumnType::new("Text"),
    }
}

fn decimal(words: &str, max_digits: u8, decimal_places: u8) -> ColumnType {
    let with = |digits: u8, places: u8| {
        ColumnType::new("Decimal").with(format!("max_digits = {digits}, decimal_places = {places}"))
    };
    let digits = words.split_once('(').and_then(|(_, rest)| rest.split([',', ')']).next()?.trim().parse::<u32>().ok());
    match digits {
        None => with(28, 10).noted(format!("`{words}`: the database does not say how many digits it has")),
        Some(digits) if digits > 28 => {
            with(max_digits, decimal_places).noted(format!("`{words}`: numbers of more than 28 digits cannot be read"))
        }
        Some(_) => with(max_digits, decimal_places),
    }
}

fn postgres(kind: FieldKind, raw: &RawType) -> Option<ColumnType> {
    if !raw.labels.is_empty() {
        return Some(enumeration(&raw.labels, &raw.words));
    }
    let words = raw.base.as_str();
    let bare = words.split('(').next().unwrap_or_default().trim_end();
    if let Some(of) = words.strip_suffix("[]") {
        let FieldKind::Array(kind) = kind else { return None };
        let part = RawType { words: of.to_owned(), base: of.to_owned(), ..RawType::default() };
        let part = postgres(*kind, &part)?.rust;
        let part = if part == "Text" { "String".to_owned() } else { part };
        let is_item = !part.contains('<') && !part.starts_with("demijohn") && part != "Value";
        let part = if part == "std::net::IpAddr" { return None } else { part };
        return is_item.then(|| ColumnType::new(&format!("Vec<{part}>")));
    }
    let kind = if raw.base == raw.words { kind } else { crate::introspect::kind_of(words, "postgres") };
    let found = match kind {
        FieldKind::Text if !TEXTS.contains(&bare) => match bare {
            "oid" | "xid" | "cid" => ColumnType::new("i64"),
            _ => return None,
        },
        FieldKind::Text | FieldKind::Varchar(_) => portable(kind, raw, "postgres"),
        // The length of `character` is that of its text, whatever it means elsewhere.
        FieldKind::Uuid if bare != "uuid" => ColumnType::new("String").with("max_length = 32".to_owned()),
        FieldKind::IpAddress if bare == "character" => ColumnType::new("String").with("max_length = 39".to_owned()),
        FieldKind::IpAddress if bare != "inet" => return None,
        FieldKind::Time if words.contains("with time zone") => return None,
        FieldKind::Timestamp if words.contains("without time zone") => {
            ColumnType::new("Timestamp").noted(format!("`{words}`: read as a moment in UTC"))
        }
        FieldKind::Range(of) => {
            let of = match of {
                FieldKind::Integer => "i32",
                FieldKind::BigInt => "i64",
                FieldKind::Date => "Date",
                FieldKind::Timestamp => "Timestamp",
                _ => "Decimal",
            };
            ColumnType::new(&format!("demijohn::orm::Range<{of}>"))
        }
        other => portable(other, raw, "postgres"),
    };
    if raw.base == raw.words {
        return Some(found);
    }
    Some(found.noted(format!("the domain `{}`, which is `{}`", raw.words, raw.base)))
}

fn mysql(kind: FieldKind, raw: &RawType) -> ColumnType {
    let words = raw.words.as_str();
    let bare = words.split(['(', ' ']).next().unwrap_or_default();
    match bare {
        "enum" => enumeration(&raw.labels, "enum"),
        "set" => ColumnType::new("Text").noted(format!("`{words}`: several of these, with commas between them")),
        "bit" if words == "bit(1)" => ColumnType::new("bool"),
        "bit" => ColumnType::new("i64").noted(format!("`{words}`: the bits as a number")),
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
        | "geometrycollection" => ColumnType::new("Vec<u8>").noted(format!("`{words}`: the bytes of the server")),
        _ => portable(kind, raw, "mysql"),
    }
}

fn enumeration(labels: &[String], name: &str) -> ColumnType {
    let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(1).max(1);
    let text = ColumnType::new("String").with(format!("max_length = {longest}"));
    if labels.len() > MOST_CHOICES {
        return text.noted(format!("the enumeration `{name}` of {} values", labels.len()));
    }
    let choices: Vec<String> = labels.iter().map(|label| format!("({label:?}, {label:?})")).collect();
    text.with(format!("choices = [{}]", choices.join(", ")))
}

/// Does a type read what rows of SQLite hold?
fn holds(rust: &str, held: &[String]) -> bool {
    let reads: &[&str] = match rust {
        "i16" | "i32" | "i64" | "u16" | "u32" | "u64" | "bool" => &["integer"],
        "f64" => &["integer", "real"],
        "Decimal" | "String" | "Text" => &["integer", "real", "text"],
        "Vec<u8>" => &["blob"],
        _ => &["text"],
    };
    held.iter().all(|word| reads.contains(&word.as_str()))
}

/// The type that reads what the rows hold, where the declared one does not.
fn by_rows(held: &[String], raw: &RawType) -> ColumnType {
    let all = |words: &[&str]| held.iter().all(|word| words.contains(&word.as_str()));
    let rust = match held {
        [] => "Text",
        _ if all(&["integer"]) => "i64",
        _ if all(&["integer", "real"]) => "f64",
        _ if all(&["integer", "real", "text"]) => "Text",
        _ => "Vec<u8>",
    };
    let declared = match raw.words.as_str() {
        "" => "no declared type".to_owned(),
        words => format!("declared `{words}`"),
    };
    let found = match held {
        [] => "no row to tell what it holds".to_owned(),
        _ => format!("the rows hold {}", held.join(", ")),
    };
    ColumnType::new(rust).noted(format!("{declared}; {found}"))
}
