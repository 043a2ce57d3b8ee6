//! What is wrong with the models is said before it gets into migrations and tables.

use demijohn_core::Settings;
use demijohn_core::settings::Secret;
use demijohn_e2e::TempDir;
use demijohn_web::{App, Args};
use expect_test::expect;

use crate::models::{Tag, User};
use demijohn_orm::AppModels as _;

#[tokio::test]
async fn models_of_another_app_are_neither_written_down_nor_migrated() {
    let folder = TempDir::new("sound");
    let file = folder.join("db.sqlite3");
    let mut settings = Settings::load_from(folder.path(), &std::collections::BTreeMap::new()).expect("no file is good");
    settings.database_url = Some(Secret::new(format!("sqlite:{}", file.display())));
    // `Tag` says that it belongs to `blog`.
    let app = App::named("shelf").model::<Tag>().install(App::named("auth").model::<User>());
    let site = app.build(settings.with_secret_key("x".repeat(50))).await.expect("it can be built");
    for words in
        [&["makemigrations", "--check"][..], &["makemigrations", "--no-input"], &["migrate"], &["migrate", "--plan"]]
    {
        let command = site.commands().iter().find(|command| command.name() == words[0]).expect("it is a command");
        let error = command.run(site.clone(), Args::new(words[0], words[1..].iter().copied())).await;
        let error = error.expect_err("the model would be in two apps");
        expect![[r#"
            the checks found 1 problem
            blog.Tag: (models.E005) it says it belongs to app `blog`, but app `shelf` registered it
                hint: write `#[model(app = "shelf")]` above it, or name the app `App::named("blog")`"#]]
        .assert_eq(&format!("{error:#}"));
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was written");
}
