//! The names that migrations get by themselves, as Django makes them: `0002_post_views_and_more`.

use super::{Index, Operation};

/// Longer names are cut and end in `_and_more`.
const LONGEST: usize = 52;

/// The number and name of a migration: what it does, in few words.
pub(crate) fn migration_name(number: u32, is_initial: bool, operations: &[Operation], chosen: Option<&str>) -> String {
    let words = match chosen {
        Some(name) => name.to_owned(),
        None if is_initial => "initial".to_owned(),
        None => words_of(operations),
    };
    format!("{number:04}_{words}")
}

/// The number after that of a name: 3 after `0002_post_views`, 6 after `0001_squashed_0005_post_likes`, 1 after nothing.
pub(crate) fn next_number(last: Option<&str>) -> u32 {
    let squashed = |name: &str| name.rsplit_once("_squashed_").and_then(|(_, last)| number(last));
    last.map_or(1, |name| squashed(name).or(number(name)).unwrap_or(0) + 1)
}

/// The number at the beginning of a name.
pub(crate) fn number(name: &str) -> Option<u32> {
    name.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// The name of a migration that joins others: `0003_merge_0002_likes_0002_views`, as Django has it.
pub(crate) fn merge_name(leaves: &[&str], chosen: Option<&str>) -> String {
    let next = leaves.iter().map(|name| next_number(Some(name))).max().unwrap_or(1);
    let words = format!("merge_{}", leaves.join("_"));
    match chosen {
        Some(name) => format!("{next:04}_{name}"),
        None if words.len() > LONGEST => format!("{next:04}_merge"),
        None => format!("{next:04}_{words}"),
    }
}

fn words_of(operations: &[Operation]) -> String {
    let fragments: Vec<String> = operations.iter().map(fragment).collect();
    let Some((first, rest)) = fragments.split_first() else { return "custom".to_owned() };
    let mut name = first.clone();
    for fragment in rest {
        if name.len() + 1 + fragment.len() > LONGEST {
            name.push_str("_and_more");
            break;
        }
        name.push('_');
        name.push_str(fragment);
    }
    name
}

fn fragment(operation: &Operation) -> String {
    let lower = str::to_lowercase;
    let words = match operation {
        Operation::CreateModel(model) => lower(&model.name),
        Operation::DeleteModel { name } => format!("delete_{}", lower(name)),
        Operation::RenameModel { from, to } => format!("rename_{}_{}", lower(from), lower(to)),
        Operation::AlterTable { model, .. } => format!("alter_{}_table", lower(model)),
        Operation::AddField { model, name, .. } | Operation::AddManyToMany { model, name, .. } => {
            format!("{}_{}", lower(model), lower(name))
        }
        Operation::RemoveField { model, name, .. } | Operation::RemoveManyToMany { model, name } => {
            format!("remove_{}_{}", lower(model), lower(name))
        }
        Operation::AlterField { model, name, .. } => format!("alter_{}_{}", lower(model), lower(name)),
        Operation::RenameField { model, from, to } => format!("rename_{}_{}_{}", lower(from), lower(model), lower(to)),
        Operation::AddIndex { model, index } => format!("{}_{}", lower(model), index_words(index)),
        Operation::RemoveIndex { model, index } => format!("remove_{}_{}", lower(model), index_words(index)),
        Operation::RenameIndex { to, .. } => format!("rename_{to}"),
        Operation::AddConstraint { constraint, .. } => constraint.name.clone(),
        Operation::RemoveConstraint { constraint, .. } => format!("remove_{}", constraint.name),
        Operation::AlterComment { model, .. } => format!("alter_{}_comment", lower(model)),
        Operation::Separate { .. } => "separate".to_owned(),
        Operation::OnServer(own) => own.words(),
        Operation::RunSql { .. } | Operation::Run { .. } => "data".to_owned(),
    };
    words.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect()
}

fn index_words(index: &Index) -> String {
    let kind = if index.unique { "uniq" } else { "idx" };
    index.name.clone().unwrap_or_else(|| format!("{}_{kind}", index.fields.join("_"))).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrations::{Migration, index, integer, text};

    fn name(migration: &Migration) -> String {
        migration_name(2, false, &migration.operations, None)
    }

    #[test]
    fn names_say_what_a_migration_does() {
        let migration = || Migration::new("blog", "x");
        assert_eq!(name(&migration().add_field("Post", "views", integer())), "0002_post_views");
        assert_eq!(name(&migration().remove_field("Post", "views")), "0002_remove_post_views");
        assert_eq!(name(&migration().rename_model("Article", "Post")), "0002_rename_article_post");
        assert_eq!(name(&migration().add_index("Post", index(["title"]).named("by-title"))), "0002_post_by_title");
        let long = migration().add_field("Subscription", "cancellation_reason", text()).add_field(
            "Subscription",
            "cancelled_by",
            text(),
        );
        assert_eq!(name(&long), "0002_subscription_cancellation_reason_and_more");
    }

    #[test]
    fn numbers_go_on_from_the_last() {
        assert_eq!(next_number(None), 1);
        assert_eq!(next_number(Some("0012_alter_user_first_name_max_length")), 13);
        assert_eq!(next_number(Some("squashed")), 1);
        assert_eq!(next_number(Some("0001_squashed_0005_post_likes")), 6);
    }
}
