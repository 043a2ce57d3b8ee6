//! [`List`]: the file that lists an app's migrations, and how a new one gets into it.

use std::path::{Path, PathBuf};

use demijohn_core::{Error, Result};

/// The file that lists an app's migrations.
#[derive(Debug, Clone)]
pub(crate) struct List {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Where the migrations are.
    pub(crate) folder: PathBuf,
    /// What it says.
    pub(crate) text: String,
}

impl List {
    /// An empty list, about to be made.
    pub(crate) fn new(folder: &Path, app: &str, library: &str) -> Self {
        let text = format!("//! Kept by `makemigrations`.\n\n{library}::migrations! {{\n    {app:?},\n}}\n");
        Self { path: folder.join("mod.rs"), folder: folder.to_owned(), text }
    }

    /// The list in a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::misconfigured("migrations.list", format!("cannot read the list of migrations `{}`", path.display()))
                .with_source(error)
        })?;
        let parent = path.parent().unwrap_or(Path::new(""));
        let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
            Some("mod") | None => parent.to_owned(),
            Some(stem) => parent.join(stem),
        };
        Ok(Self { path: path.to_owned(), folder, text })
    }

    /// The name under which the file knows the framework: what stands before `::migrations!`.
    pub(crate) fn library(&self) -> Option<&str> {
        let end = self.call()?.checked_sub("::".len()).filter(|end| self.text[*end..].starts_with("::"))?;
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let begin = self.text[..end].rfind(|letter: char| !is_part(letter)).map_or(0, |at| at + 1);
        Some(&self.text[begin..end]).filter(|name| !name.is_empty())
    }

    /// The migrations that it declares: `0001_initial` for `mod m0001_initial;`.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &str> {
        let names = self.text.lines().filter_map(|line| line.strip_prefix("mod m")?.trim_end().strip_suffix(';'));
        names.filter(|name| name.starts_with(|letter: char| letter.is_ascii_digit()))
    }

    /// Adds a module to the list.
    ///
    /// # Errors
    /// `migrations.list` when the file does not look like a list.
    pub(crate) fn add(&mut self, module: &str) -> Result<()> {
        let (begin, end) = self.brackets().ok_or_else(|| self.unreadable(module))?;
        let inside = &self.text[begin..end];
        let entries = inside.trim_end();
        let comma = if entries.ends_with(',') { "" } else { "," };
        let added = if inside.contains('\n') {
            format!("{entries}{comma}\n    {module},\n")
        } else {
            format!("{entries}{comma} {module}")
        };
        self.text.replace_range(begin..end, &added);
        self.declare(module);
        Ok(())
    }

    /// Where `migrations!` stands, comments left out.
    fn call(&self) -> Option<usize> {
        let mut begin = 0;
        for line in self.text.split_inclusive('\n') {
            if !line.trim_start().starts_with("//")
                && let Some(at) = line.find("migrations!")
            {
                return Some(begin + at);
            }
            begin += line.len();
        }
        None
    }

    /// Where what stands between the brackets of `migrations!` begins and ends.
    fn brackets(&self) -> Option<(usize, usize)> {
        let after = self.call()? + "migrations!".len();
        let open = after + self.text[after..].find(['(', '{', '['])?;
        let close = match self.text.as_bytes()[open] {
            b'(' => ')',
            b'{' => '}',
            _ => ']',
        };
        let end = open + self.text[open..].find(close)?;
        Some((open + 1, end))
    }

    /// Writes `mod …;` behind the last one of its kind.
    fn declare(&mut self, module: &str) {
        let line = format!("mod {module};\n");
        let mut place = None;
        let mut at = 0;
        for existing in self.text.split_inclusive('\n') {
            at += existing.len();
            if existing.starts_with("mod m") {
                place = Some(at);
            }
        }
        if let Some(place) = place {
            self.text.insert_str(place, &line);
        } else {
            let call = self.call().unwrap_or(self.text.len());
            let begin = self.text[..call].rfind('\n').map_or(0, |at| at + 1);
            self.text.insert_str(begin, &format!("{line}\n"));
        }
    }

    fn unreadable(&self, module: &str) -> Error {
        let message = format!("no `migrations!` in the list of migrations `{}`", self.path.display());
        Error::misconfigured("migrations.list", message)
            .with_hint(format!("write it as `demijohn::migrations! {{ \"app\", {module} }}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> List {
        List { text: text.to_owned(), ..List::new(Path::new("src/migrations"), "blog", "demijohn") }
    }

    #[test]
    fn a_new_list_grows_line_by_line() {
        let mut list = List::new(Path::new("src/migrations"), "blog", "demijohn");
        list.add("m0001_initial").expect("it is a list");
        list.add("m0002_post_views").expect("it is a list");
        expect_test::expect![[r#"
            //! Kept by `makemigrations`.

            mod m0001_initial;
            mod m0002_post_views;

            demijohn::migrations! {
                "blog",
                m0001_initial,
                m0002_post_views,
            }
        "#]]
        .assert_eq(&list.text);
    }

    #[test]
    fn a_list_on_one_line_keeps_its_shape_and_its_comments() {
        let mut list =
            list("// demijohn::migrations!(…)\nmod m0001_initial;\n\nours::migrations!(\"blog\", m0001_initial);\n");
        assert_eq!(list.library(), Some("ours"));
        list.add("m0002_x").expect("it is a list");
        expect_test::expect![[r#"
            // demijohn::migrations!(…)
            mod m0001_initial;
            mod m0002_x;

            ours::migrations!("blog", m0001_initial, m0002_x);
        "#]]
        .assert_eq(&list.text);
    }

    #[test]
    fn refuses_a_file_that_is_no_list() {
        let error = list("fn all() {}\n").add("m0001_initial").expect_err("it is none");
        expect_test::expect![[r#"
            no `migrations!` in the list of migrations `src/migrations/mod.rs`
            hint: write it as `demijohn::migrations! { "app", m0001_initial }`"#]]
        .assert_eq(&format!("{error:#}"));
    }
}
