//! What is wrong before any request is served.

use demijohn_admin::AppAdmin as _;
use demijohn_auth::User;
use demijohn_core::Settings;
use demijohn_web::{App, Site};
use expect_test::{Expect, expect};

use crate::blog::{self, Award, Comment, Post};

async fn check(app: App, expected: Expect) {
    let site: Site = app.build(Settings::default().with_secret_key("a key for tests")).await.expect("a site");
    let found = site.checks(false);
    let lines = found.iter().filter(|check| check.id.starts_with("admin."));
    expected.assert_eq(&lines.map(|check| format!("{check}\n")).collect::<Vec<_>>().concat());
}

fn with_accounts() -> App {
    App::new().install(demijohn_auth::app()).install(demijohn_admin::app())
}

#[tokio::test]
async fn a_sound_admin_has_nothing_to_complain_about() {
    check(crate::site::app(), expect![""]).await;
}

#[tokio::test]
async fn every_mistake_in_the_options_is_named_with_what_to_do() {
    let app = App::named("blog")
        .admin::<Post>(|a| {
            a.list_display(|p| (p.title, p.author().password))
                .list_filter(|p| (p.title, p.author().password))
                .search_fields(|p| p.price)
                .fields(|p| (p.title, p.created_at, p.author().email))
        })
        .admin::<User>(|a| a.search_fields(|u| u.password).readonly_fields(|u| u.password));
    check(
        with_accounts().mount("/", app).mount("/x", blog::models()),
        expect![[r#"
        the admin of blog.Post: (admin.E108) `list_display` names `password`, which nobody may see
            hint: leave it out
        the admin of blog.Post: (admin.E116) `list_filter` names `password`, which nobody may see
            hint: leave it out
        the admin of blog.Post: (admin.E005) `fields` names `email` of a related model
            hint: name columns of the model itself
        the admin of blog.Post: (admin.E005) `fields` names `created_at`, which is not editable
            hint: name `created_at` in `readonly_fields` too, or leave it out
        the admin of blog.Post: (admin.E116) `list_filter` names `title`, of whose values there is no list
            hint: name foreign keys, booleans, columns with choices, dates
        the admin of blog.Post: (admin.E116) `list_filter` names `password`, of whose values there is no list
            hint: name foreign keys, booleans, columns with choices, dates
        the admin of blog.Post: (admin.E126) `search_fields` names `price`, which is decimal(8, 2)
            hint: name columns of text or whole numbers, or foreign keys
        the admin of auth.User: (admin.E126) `search_fields` names `password`, which nobody may see
            hint: leave it out
        the admin of auth.User: (admin.E035) `readonly_fields` names `password`, which nobody may see
            hint: leave it out
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_model_that_nobody_registered_or_somebody_registered_twice_is_named() {
    let app = App::named("blog").admin::<Award>(|a| a).admin::<Comment>(|a| a).admin::<Comment>(|a| a);
    check(
        with_accounts().mount("/", app),
        expect![[r#"
        blog.Comment: (admin.E200) it is registered with the admin twice
            hint: keep one `.admin::<…>(…)`
        blog.Award: (admin.E201) the admin shows it, but no app of this site registered it
            hint: add `.model::<Award>()` to the app it belongs to
        blog.Comment: (admin.E201) the admin shows it, but no app of this site registered it
            hint: add `.model::<Comment>()` to the app it belongs to
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_admin_without_accounts_is_told_to_install_them() {
    check(
        App::new().install(demijohn_admin::app()),
        expect![[r#"
        the admin: (admin.E406) it has nobody to let in: accounts are not installed
            hint: add `.install(auth::app())` to the app
        auth.User: (admin.E201) the admin shows it, but no app of this site registered it
            hint: add `.model::<User>()` to the app it belongs to
        auth.Group: (admin.E201) the admin shows it, but no app of this site registered it
            hint: add `.model::<Group>()` to the app it belongs to
    "#]],
    )
    .await;
}
