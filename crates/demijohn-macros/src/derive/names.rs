//! Names made from names.

use proc_macro2::Span;

/// `BlogPost` → `blog post`.
pub(super) fn words_of_type(name: &str) -> String {
    let mut words = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (n, letter) in letters.iter().enumerate() {
        let starts = letter.is_uppercase()
            && n > 0
            && (letters[n - 1].is_lowercase() || letters.get(n + 1).is_some_and(|next| next.is_lowercase()));
        if starts {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// `created_at` → `created at`; `id` → `ID`.
pub(super) fn words_of_field(name: &str) -> String {
    if name == "id" { "ID".to_owned() } else { name.replace('_', " ") }
}

/// `created_at` → `CreatedAt`.
pub(super) fn pascal(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect()
}

/// The app a model belongs to when it does not say: the folder below `src` that its file is in, else its crate.
pub(super) fn app_of(span: Span) -> String {
    let file = span.unwrap().file();
    let folder = file.replace('\\', "/").rsplit_once("src/").and_then(|(_, inside)| {
        let (folder, _) = inside.split_once('/')?;
        (!matches!(folder, "models" | "bin" | "migrations")).then(|| folder.to_owned())
    });
    let crate_name = || std::env::var("CARGO_CRATE_NAME").unwrap_or_else(|_| "app".to_owned());
    folder.unwrap_or_else(crate_name)
}

/// The choice nearest to a name that is not one of them.
pub(super) fn nearest<'a>(found: &str, choices: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    if let Some(same) = choices.iter().find(|choice| plain(choice) == plain(found)) {
        return Some(same);
    }
    let shared = |choice: &str| {
        let same_letters = choice.chars().filter(|letter| found.contains(*letter)).count();
        let same_start = choice.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
        same_letters + 2 * same_start
    };
    let best = choices.iter().copied().max_by_key(|choice| shared(choice))?;
    let close = best.len().abs_diff(found.len()) <= 3 && shared(best) >= best.len().max(found.len());
    close.then_some(best)
}
