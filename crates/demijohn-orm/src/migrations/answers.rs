//! [`Answers`]: what the difference of two states does not say, and who says it: options, or a person.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use demijohn_core::model::{AutoNow, FieldKind, FieldMeta, Value};
use demijohn_core::{Error, ErrorKind, Result};
use demijohn_sql::schema::{Fill, parse_value};

use super::state::ModelState;

/// Somebody who can be asked: a person at a terminal, or a test.
pub trait Ask: Send {
    /// Asks, and gives back what was answered, without the end of the line.
    ///
    /// # Errors
    /// Nobody answered.
    fn ask(&mut self, question: &str) -> Result<String>;
}

/// The person at the terminal.
#[derive(Debug, Default)]
pub struct Terminal;

impl Terminal {
    /// The person at the terminal, if there is one.
    pub fn if_present() -> Option<Self> {
        (io::stdin().is_terminal() && io::stderr().is_terminal()).then_some(Self)
    }
}

impl Ask for Terminal {
    fn ask(&mut self, question: &str) -> Result<String> {
        let mut error = io::stderr();
        write!(error, "{question} ")?;
        error.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(Error::invalid("nobody answered").with_code("migrations.no_answer"));
        }
        Ok(line.trim().to_owned())
    }
}

/// Where answers come from.
pub(crate) struct Answers<'a> {
    /// `--default field=value`.
    pub(crate) defaults: Vec<Given>,
    /// `--rename old=new`.
    pub(crate) renames: Vec<Given>,
    /// `--no-rename`.
    pub(crate) no_rename: bool,
    pub(crate) ask: Option<&'a mut (dyn Ask + 'a)>,
}

/// `left=right` on the command line.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    left: String,
    right: String,
    used: bool,
}

impl Given {
    /// Reads `left=right`.
    ///
    /// # Errors
    /// `migrations.bad_option` without a `=`.
    pub(crate) fn parse(option: &str, text: &str) -> Result<Self> {
        match text.split_once('=') {
            Some((left, right)) if !left.trim().is_empty() => {
                Ok(Self { left: left.trim().to_owned(), right: right.trim().to_owned(), used: false })
            }
            _ => {
                let message = format!("`{option} {text}` has no `=`");
                let hint = match option {
                    "--rename" => "write `--rename Post.titel=title`, or `--rename Article=Post` for a model",
                    _ => "write `--default Post.views=0`",
                };
                Err(Error::invalid(message).with_code("migrations.bad_option").with_hint(hint))
            }
        }
    }

    /// Does the left side name this? Leading parts may be left out: `blog.Post.title`, `Post.title`, `title`.
    fn names(&self, parts: &[&str], fewest: usize) -> bool {
        (0..=parts.len() - fewest).any(|from| self.left.eq_ignore_ascii_case(&parts[from..].join(".")))
    }
}

impl Answers<'_> {
    /// Is a new model one that went, under another name?
    pub(crate) fn is_model_renamed(&mut self, old: &ModelState, new: &ModelState, is_alike: bool) -> Result<bool> {
        let given =
            self.renames.iter_mut().find(|given| given.names(&[&old.app, &old.name], 1) && given.right == new.name);
        if let Some(given) = given {
            given.used = true;
            return Ok(true);
        }
        let is_spoken_for = self.renames.iter().any(|given| given.names(&[&old.app, &old.name], 1));
        if !is_alike || self.no_rename || is_spoken_for {
            return Ok(false);
        }
        let (from, to) = (&old.name, &new.name);
        let what = format!("model `{}` is gone and `{to}` with the same fields is new", old.full_name());
        self.renamed(&what, &format!("--rename {from}={to}"), &format!("was model `{from}` renamed to `{to}`?"))
    }

    /// Is a new field one that went, under another name?
    pub(crate) fn is_field_renamed(
        &mut self,
        model: &ModelState,
        from: &str,
        to: &str,
        is_alike: bool,
    ) -> Result<bool> {
        let parts = [model.app.as_str(), model.name.as_str(), from];
        if let Some(given) = self.renames.iter_mut().find(|given| given.names(&parts, 2) && given.right == to) {
            given.used = true;
            return Ok(true);
        }
        let is_spoken_for = self.renames.iter().any(|given| given.names(&parts, 2));
        if !is_alike || self.no_rename || is_spoken_for {
            return Ok(false);
        }
        let name = &model.name;
        let what = format!("field `{from}` of `{}` is gone and `{to}` of the same type is new", model.full_name());
        self.renamed(
            &what,
            &format!("--rename {name}.{from}={to}"),
            &format!("was `{name}.{from}` renamed to `{name}.{to}`?"),
        )
    }

    fn renamed(&mut self, what: &str, option: &str, question: &str) -> Result<bool> {
        let Some(ask) = &mut self.ask else {
            let message = format!("{what}: was it renamed, or is one removed with its data and the other added?");
            return Err(Error::new(ErrorKind::Invalid, "migrations.ambiguous_rename", message)
                .with_hint(format!("say `{option}` to keep the data, or `--no-rename` to remove and add")));
        };
        loop {
            match ask.ask(&format!("{question} [y/n]"))?.to_ascii_lowercase().as_str() {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {}
            }
        }
    }

    /// What rows that are there get in a new column: its default, what an option says, NULL where it may be that, or
    /// else what somebody answers.
    pub(crate) fn fill_for_added(
        &mut self,
        model: &ModelState,
        name: &str,
        kind: FieldKind,
        meta: Option<&FieldMeta>,
        may_be_null: bool,
    ) -> Result<Option<Fill>> {
        let known = self.given_or_default(model, name, kind, meta)?;
        if known.is_some() || may_be_null {
            return Ok(known);
        }
        let field = format!("{}.{name}", model.full_name());
        let is_dated = meta.is_some_and(|meta| meta.auto_now != AutoNow::Never);
        let value = if is_dated { "now" } else { "VALUE" };
        let Some(ask) = &mut self.ask else {
            let message =
                format!("field `{field}` is new and may not be NULL, but rows that are there need a value for it");
            let or_default = if is_dated { "" } else { "give the field a `default`, or " };
            return Err(Error::new(ErrorKind::Invalid, "migrations.needs_default", message).with_hint(format!(
                "{or_default}make it an `Option`, or say `--default {}.{name}={value}` for the rows that are there",
                model.name
            )));
        };
        let now = if is_moment(kind) { ", `now` for the present moment" } else { "" };
        let question = format!("`{field}` is new and may not be NULL; value for the rows that are there{now}:");
        loop {
            let answer = ask.ask(&question)?;
            match fill_from(&answer, kind) {
                Ok(fill) => return Ok(Some(fill)),
                Err(error) => ask_again(&error),
            }
        }
    }

    /// What rows that are NULL get in a column that may no longer be, if anybody says.
    pub(crate) fn fill_for_narrowed(
        &mut self,
        model: &ModelState,
        name: &str,
        kind: FieldKind,
        meta: Option<&FieldMeta>,
    ) -> Result<Option<Fill>> {
        if let Some(fill) = self.given_or_default(model, name, kind, meta)? {
            return Ok(Some(fill));
        }
        let Some(ask) = &mut self.ask else { return Ok(None) };
        let field = format!("{}.{name}", model.full_name());
        let question = format!("`{field}` may no longer be NULL; value for the rows that are (empty: there are none):");
        loop {
            let answer = ask.ask(&question)?;
            if answer.is_empty() {
                return Ok(None);
            }
            match fill_from(&answer, kind) {
                Ok(fill) => return Ok(Some(fill)),
                Err(error) => ask_again(&error),
            }
        }
    }

    fn given_or_default(
        &mut self,
        model: &ModelState,
        name: &str,
        kind: FieldKind,
        meta: Option<&FieldMeta>,
    ) -> Result<Option<Fill>> {
        let parts = [model.app.as_str(), model.name.as_str(), name];
        if let Some(given) = self.defaults.iter_mut().find(|given| given.names(&parts, 1)) {
            given.used = true;
            return fill_from(&given.right, kind).map(Some);
        }
        let fill = meta.and_then(|meta| meta.default).map(|default| fill_of(default, kind));
        Ok(fill.filter(|fill| *fill != Fill::Value(Value::Null)))
    }

    /// An option that named nothing was mistyped.
    pub(crate) fn require_all_used(&self) -> Result<()> {
        if let Some(given) = self.renames.iter().find(|given| !given.used) {
            let message = format!("`--rename {}={}` names nothing that changed", given.left, given.right);
            return Err(Error::invalid(message).with_code("migrations.unused_option").with_hint(
                "the left side is the old name of a field with its model, `Post.titel`, or of a model; the right side the new name alone",
            ));
        }
        if let Some(given) = self.defaults.iter().find(|given| !given.used) {
            let message = format!("`--default {}={}` names no field that needs a value", given.left, given.right);
            return Err(Error::invalid(message).with_code("migrations.unused_option"));
        }
        Ok(())
    }
}

fn ask_again(error: &Error) {
    // Nothing can be done about a terminal that is gone; the next question will say so.
    let _ = writeln!(io::stderr(), "{error:#}");
}

fn is_moment(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Timestamp | FieldKind::Date | FieldKind::Time)
}

fn fill_from(text: &str, kind: FieldKind) -> Result<Fill> {
    if text == "now" && is_moment(kind) {
        return Ok(Fill::Now);
    }
    parse_value(text, kind).map(Fill::Value)
}

/// A default that is the present moment stays that; any other is what it is today.
fn fill_of(default: fn() -> Value, kind: FieldKind) -> Fill {
    let value = default();
    if is_moment(kind) && value != default() { Fill::Now } else { Fill::Value(value) }
}
