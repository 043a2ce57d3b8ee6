//! What Django's words for fields and models are called here.

/// What to write for an attribute that Django has and this framework has not.
pub(super) fn advice(attribute: &str, name: &str) -> Option<&'static str> {
    match attribute {
        "field" => field(name),
        _ => model(name),
    }
}

fn field(name: &str) -> Option<&'static str> {
    Some(match name {
        "null" => "a column may be NULL where its type is `Option<…>`",
        "verbose_name" => "write `label = \"…\"`",
        "db_column" => "write `column = \"…\"`",
        "db_index" => "write `index`",
        "db_comment" => "write `comment = \"…\"`",
        "db_collation" => "write `collation = \"…\"`",
        "db_table" => "write `table = \"…\"`",
        "db_constraint" => "write `no_constraint`",
        "editable" => "write `not_editable`",
        "to" | "through" => "the type says it: `ForeignKey<Author>`, `ManyToMany<Person, Membership>`",
        _ => return None,
    })
}

fn model(name: &str) -> Option<&'static str> {
    Some(match name {
        "db_table" => "write `table = \"…\"`",
        "app_label" => "write `app = \"…\"`",
        "verbose_name" => "write `label = \"…\"`",
        "verbose_name_plural" => "write `label_plural = \"…\"`",
        "db_table_comment" => "write `comment = \"…\"`",
        "get_latest_by" => "write `latest_by = [\"…\"]`",
        "unique_together" => "write `unique(\"author\", \"title\")`",
        "index_together" | "indexes" => "write `index(\"author\", \"title\")`",
        "constraints" => "write `check(…)` or `unique(…)`",
        "managed" => "write `unmanaged`",
        "abstract" => "write `#[derive(Fields)]` above the struct, and `#[field(flatten)]` where a model has one",
        _ => return None,
    })
}
