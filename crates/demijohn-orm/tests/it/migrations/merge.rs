//! Migrations that were made side by side, joined.

use demijohn_core::Result;
use demijohn_core::model::{Models, SourceMeta};
use demijohn_orm::migrations::prelude::*;
use demijohn_orm::migrations::{Ask, MakeOptions, MakeReport, Migrations, makemigrations};
use expect_test::expect;

use super::Scratch;

fn posts() -> Migration {
    Migration::new("blog", "0001_initial").create_model("Post", |m| {
        m.field("id", auto());
        m.field("title", varchar(20));
    })
}

fn after(name: &str) -> Migration {
    Migration::new("blog", name).depends_on("blog", "0001_initial")
}

fn views() -> Migration {
    after("0002_views").add_field("Post", "views", integer().fill_with(0)).add_index("Post", index(["views"]))
}

fn likes() -> Migration {
    after("0002_likes").add_field("Post", "likes", integer().fill_with(0))
}

/// Answers with these words, one after the other, and keeps the questions.
#[derive(Default)]
struct Answers {
    words: Vec<&'static str>,
    asked: Vec<String>,
}

impl Ask for Answers {
    fn ask(&mut self, question: &str) -> Result<String> {
        self.asked.push(question.to_owned());
        Ok(self.words.remove(0).to_owned())
    }
}

fn merge(list: Vec<Migration>, options: MakeOptions, ask: Option<&mut dyn Ask>) -> Result<MakeReport> {
    let folder = Scratch::folder();
    std::fs::write(folder.join("Cargo.toml"), "[dependencies]\ndemijohn = \"1\"\n").expect("it can be written");
    std::fs::write(folder.join("mod.rs"), "demijohn::migrations! { \"blog\" }\n").expect("it can be written");
    let source = SourceMeta { manifest_dir: folder.display().to_string().leak(), file: "mod.rs", line: 1 };
    let known = [std::sync::Arc::new(Migrations::new("blog", source, list))];
    let options = MakeOptions { merge: true, dry_run: true, ..options };
    let report = makemigrations(&Models::new(), &known, &options, ask);
    let _ = std::fs::remove_dir_all(folder);
    report
}

#[tokio::test]
async fn branches_are_shown_and_joined() {
    let mut answers = Answers { words: vec!["what?", "y"], ..Answers::default() };
    let report = merge(vec![posts(), views(), likes()], MakeOptions::default(), Some(&mut answers)).expect("they fit");
    assert_eq!(answers.asked.len(), 2, "it asks again after what is no answer");
    expect![[r#"
        blog has 2 branches:
          0002_likes
            + add field likes to Post
          0002_views
            + add field views to Post
            + add index on `views` to Post
        join them, so that neither comes before the other? [y/n]"#]]
    .assert_eq(&answers.asked[0]);
    expect![[r#"
        use demijohn::migrations::prelude::*;

        pub(super) fn migration() -> Migration {
            Migration::new("blog", "0003_merge_0002_likes_0002_views")
                .depends_on("blog", "0002_likes")
                .depends_on("blog", "0002_views")
        }
    "#]]
    .assert_eq(&report.made[0].source);
    // A database that has one of them gets the other.
    let scratch = Scratch::new().await;
    scratch.apply(&[posts(), likes()]).await;
    scratch.apply(&[posts(), views(), likes(), report.made[0].migration.clone()]).await;
    let columns = scratch.rows("SELECT name FROM pragma_table_info('blog_post') ORDER BY name").await;
    assert_eq!(columns, ["id", "likes", "title", "views"]);
}

#[test]
fn somebody_may_say_no() {
    let mut answers = Answers { words: vec!["n"], ..Answers::default() };
    let report =
        merge(vec![posts(), views(), likes()], MakeOptions::default(), Some(&mut answers)).expect("no is fine");
    assert!(!report.has_changes(), "{report}");
}

#[test]
fn without_anybody_to_ask_they_are_joined_and_shown() {
    let options = MakeOptions { name: Some("together".to_owned()), ..MakeOptions::default() };
    let report = merge(vec![posts(), views(), likes()], options, None).expect("they fit");
    assert_eq!(report.made[0].migration.name(), "0003_together");
    assert!(report.to_string().starts_with("blog has 2 branches:\n  0002_likes\n"), "{report}");
}

#[test]
fn what_touches_the_same_thing_is_refused_unless_told() {
    let longer = || after("0002_longer").alter_field("Post", "title", varchar(50));
    let heading = || after("0002_heading").rename_field("Post", "title", "heading");
    let error = merge(vec![posts(), longer(), heading()], MakeOptions::default(), None).expect_err("the order matters");
    assert_eq!(error.code(), "migrations.merge_overlap", "{error:#}");
    expect![[r#"
        the branches of `blog` both touch field title of blog.post: `0002_heading` (rename field title on Post to heading) and `0002_longer` (alter field title on Post)
        hint: the order in which they are applied matters; make sure that either does, then say `--merge --overlapping`, or put one behind the other with `.depends_on(…)`"#]]
    .assert_eq(&format!("{error:#}"));
    let options = || MakeOptions { overlapping: true, ..MakeOptions::default() };
    assert!(merge(vec![posts(), longer(), heading()], options(), None).expect("it was told").has_changes());
    // What cannot be done one after the other is refused whatever is said.
    let again = || after("0002_again").add_field("Post", "views", big_int().null());
    let error = merge(vec![posts(), views(), again()], options(), None).expect_err("the field is there twice");
    assert_eq!(error.code(), "migrations.merge_unfit", "{error:#}");
    let gone = || after("0002_gone").delete_model("Post");
    let error = merge(vec![posts(), gone(), views()], MakeOptions::default(), None).expect_err("the model is gone");
    assert!(error.code().starts_with("migrations.merge_"), "{error:#}");
}

#[test]
fn nothing_to_merge_is_said() {
    let error = merge(vec![posts(), views()], MakeOptions::default(), None).expect_err("there is one branch");
    assert_eq!(error.to_string(), "nothing to merge: each app has one newest migration (`blog`)");
}
