//! A search that no index answers.

use demijohn_core::Error;

/// The error for a search in columns that have no `FULLTEXT` index of their own (1191): it names the index to add.
pub(super) fn missing(sql: &str) -> Error {
    let searches = searched(sql);
    let lists: Vec<String> = searches.iter().map(|columns| list(columns, "`")).collect();
    let message = match lists.len() {
        0 => "a search has no full-text index over just its columns".to_owned(),
        _ => format!("no full-text index is over just the columns of a search: {}", lists.join("; or ")),
    };
    let indexes: Vec<String> =
        searches.iter().map(|columns| format!("`index({}, method = FullText)`", list(columns, "\""))).collect();
    let hint = match indexes.len() {
        0 => "add `index(…, method = FullText)` over them to `#[model(…)]`, and run `makemigrations` and `migrate`"
            .to_owned(),
        _ => format!("add {} to `#[model(…)]`, and run `makemigrations` and `migrate`", indexes.join(" or ")),
    };
    Error::misconfigured("orm.no_full_text_index", message).with_hint(hint)
}

fn list(columns: &[String], quote: &str) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("{quote}{column}{quote}")).collect();
    columns.join(", ")
}

/// The columns of each `MATCH (…)`, each list once. Our own statements write names in backticks.
fn searched(sql: &str) -> Vec<Vec<String>> {
    let mut lists: Vec<Vec<String>> = Vec::new();
    for part in sql.split("MATCH (").skip(1) {
        let Some((inside, _)) = part.split_once(") AGAINST") else { continue };
        let names = inside.split(", ").filter_map(|name| name.rsplit('.').next());
        let list: Vec<String> = names.map(|name| name.trim_matches('`').replace("``", "`")).collect();
        if !lists.contains(&list) {
            lists.push(list);
        }
    }
    lists
}
