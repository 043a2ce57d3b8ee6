//! The life of a post in an admin with Django's addresses and field names, as a person clicks through it.
//!
//! The same steps run in Django's own admin (this crate's tests) and in ours (the blog's tests), so a difference
//! between the two shows as a failure of one.

use std::path::Path;

use crate::browser::{Browser, Element};
use crate::wait;

/// The key Enter, as the WebDriver protocol writes it.
const ENTER: &str = "\u{e007}";

/// Someone at work in an admin.
#[derive(Debug)]
pub struct AdminVisit<'a> {
    browser: &'a Browser,
    base: String,
    screenshots: Option<&'a Path>,
}

impl<'a> AdminVisit<'a> {
    /// A visit to the site at `base` (`http://…`, no slash at the end), with pictures kept in a folder.
    pub fn new(browser: &'a Browser, base: &str, screenshots: Option<&'a Path>) -> Self {
        Self { browser, base: base.to_owned(), screenshots }
    }

    /// Opens the admin, is sent to its login page, logs in and arrives.
    pub fn log_in(&self, username: &str, password: &str) {
        self.goto("/admin/");
        self.browser.find("input[name=username]").type_text(username);
        self.picture("login");
        self.browser.find("input[name=password]").type_text(&format!("{password}{ENTER}"));
        self.browser.wait_for_url(|url| url.trim_start_matches(&self.base) == "/admin/");
        self.browser.find("a[href='/admin/blog/post/']");
        self.picture("index");
    }

    /// Searches the posts and returns the titles found on the first page of results.
    pub fn search(&self, words: &str) -> Vec<String> {
        self.goto("/admin/blog/post/");
        let field = self.browser.find("input[name=q]");
        self.picture("list");
        field.clear();
        field.type_text(&format!("{words}{ENTER}"));
        self.browser.wait_for_url(|url| url.contains("q="));
        self.picture("search");
        self.titles()
    }

    /// Adds a post through the form and returns its number.
    pub fn add(&self, title: &str, content: &str, author: &str) -> i64 {
        self.goto("/admin/blog/post/add/");
        self.fill("input[name=title]", title);
        self.fill("textarea[name=content]", content);
        self.choose("author", author);
        self.picture("add");
        self.browser.find("[name=_continue]").click();
        self.browser.wait_for_url(|url| url.contains("/change/"));
        self.picture("added");
        post_number(&self.browser.url()).expect("the address of a change page has the post's number")
    }

    /// Opens the post's form, changes its title and content, and saves.
    pub fn edit(&self, number: i64, title: &str, content: &str) {
        self.goto(&format!("/admin/blog/post/{number}/change/"));
        self.fill("input[name=title]", title);
        self.fill("textarea[name=content]", content);
        self.picture("change");
        self.browser.find("[name=_save]").click();
        self.browser.wait_for_url(|url| {
            url.trim_start_matches(&self.base).starts_with("/admin/blog/post/") && !url.contains("/change/")
        });
    }

    /// What the post's form shows: title, content and the chosen author.
    pub fn read(&self, number: i64) -> (String, String, String) {
        self.goto(&format!("/admin/blog/post/{number}/change/"));
        let value = |css: &str| self.browser.find(css).property("value").as_str().unwrap_or_default().to_owned();
        let author = self.browser.find("select[name=author] option:checked").property("text");
        let author = author.as_str().unwrap_or_default().trim().to_owned();
        (value("input[name=title]"), value("textarea[name=content]"), author)
    }

    /// Deletes the post through its confirmation page.
    pub fn delete(&self, number: i64) {
        self.goto(&format!("/admin/blog/post/{number}/delete/"));
        self.picture("delete");
        let direct = self.browser.find_all("button[name=post], input[type=submit][name=post]");
        match direct.first() {
            Some(button) => button.click(),
            None => self.browser.find("form:has(input[name=post]) [type=submit]").click(),
        }
        self.browser.wait_for_url(|url| !url.contains("/delete/"));
        self.picture("deleted");
    }

    /// Opens a path of the site.
    pub fn goto(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.base));
    }

    /// Saves a picture of the page as it is, if pictures are wanted.
    pub fn picture(&self, name: &str) {
        if let Some(folder) = self.screenshots {
            self.browser.screenshot(&folder.join(format!("{name}.png")));
        }
    }

    fn titles(&self) -> Vec<String> {
        self.browser.find_all("a[href*='/change/']").iter().map(Element::text).filter(|text| !text.is_empty()).collect()
    }

    fn fill(&self, css: &str, text: &str) {
        let field = self.browser.find(css);
        field.clear();
        field.type_text(text);
    }

    fn choose(&self, field: &str, label: &str) {
        let css = format!("select[name={field}]");
        self.browser.find(&css);
        let option = wait::until(|| {
            let options = self.browser.find_all(&format!("{css} option"));
            options.into_iter().find(|option| option.property("text").as_str().is_some_and(|text| text.trim() == label))
        });
        option.unwrap_or_else(|| panic!("`{css}` does not offer `{label}`")).click();
    }
}

/// The number in `…/blog/post/7/change/`.
fn post_number(url: &str) -> Option<i64> {
    url.split("/blog/post/").nth(1)?.split('/').next()?.parse().ok()
}
