//! [`Command`] and [`Args`]: what a site can be told on the command line.

use std::future::Future;
use std::sync::Arc;

use demijohn_core::{Error, ErrorKind, Result, suggest};

use crate::{BoxFuture, Site};

type Run = dyn Fn(Site, Args) -> BoxFuture<'static, Result<()>> + Send + Sync;

/// A command of the program: `cargo run -- migrate`.
///
/// ```
/// use demijohn_web::Command;
///
/// let greet = Command::new("greet", "say hello", async |_site, mut args| {
///     let name = args.positional().unwrap_or_else(|| "you".to_owned());
///     args.finish()?;
///     assert_eq!(name, "you");
///     Ok(())
/// })
/// .usage("[NAME]");
/// assert_eq!(greet.name(), "greet");
/// ```
#[derive(Clone)]
pub struct Command {
    name: &'static str,
    about: &'static str,
    usage: &'static str,
    run: Arc<Run>,
}

impl Command {
    /// A command of this name, one line that says what it does, and what to run.
    pub fn new<F, Fut>(name: &'static str, about: &'static str, run: F) -> Self
    where
        F: Fn(Site, Args) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        Self { name, about, usage: "", run: Arc::new(move |site, args| Box::pin(run(site, args))) }
    }

    /// What may stand behind the name: `[APP] [--plan]`.
    pub fn usage(mut self, usage: &'static str) -> Self {
        self.usage = usage;
        self
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it does, one line.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// What may stand behind the name.
    pub fn usage_text(&self) -> &'static str {
        self.usage
    }

    /// Runs it.
    pub fn run(&self, site: Site, args: Args) -> BoxFuture<'static, Result<()>> {
        (self.run)(site, args)
    }
}

/// What stands behind a command's name. Each question takes its answer away; [`Args::finish`] refuses what is left.
#[derive(Debug, Clone, Default)]
pub struct Args {
    command: String,
    rest: Vec<String>,
    asked: Vec<&'static str>,
}

impl Args {
    /// The arguments of a command.
    pub fn new<I, T>(command: impl Into<String>, rest: I) -> Self
    where
        I: IntoIterator<Item = T>,
        T: Into<String>,
    {
        Self { command: command.into(), rest: rest.into_iter().map(Into::into).collect(), asked: Vec::new() }
    }

    /// Whether `--name` was given.
    pub fn flag(&mut self, name: &'static str) -> bool {
        self.asked.push(name);
        let found = self.options().position(|argument| argument == name);
        found.map(|at| self.rest.remove(at)).is_some()
    }

    /// The value of `--name VALUE` or `--name=VALUE`.
    ///
    /// # Errors
    /// The name was given without a value.
    pub fn option(&mut self, name: &'static str) -> Result<Option<String>> {
        self.asked.push(name);
        let matches = |argument: &str| {
            argument == name || (argument.starts_with(name) && argument[name.len()..].starts_with('='))
        };
        let Some(at) = self.options().position(matches) else {
            return Ok(None);
        };
        let argument = self.rest.remove(at);
        if let Some((_, value)) = argument.split_once('=') {
            return Ok(Some(value.to_owned()));
        }
        if at < self.rest.len() {
            return Ok(Some(self.rest.remove(at)));
        }
        Err(arguments_error(format!("`{name}` of `{}` needs a value", self.command)))
    }

    /// The next argument that is no option. Ask for the options first.
    pub fn positional(&mut self) -> Option<String> {
        let escaped = self.rest.iter().position(|argument| argument == "--");
        let at = self.options().position(|argument| !argument.starts_with('-') || argument == "-");
        match (at, escaped) {
            (Some(at), _) => Some(self.rest.remove(at)),
            (None, Some(escaped)) if escaped + 1 < self.rest.len() => Some(self.rest.remove(escaped + 1)),
            _ => None,
        }
    }

    /// Refuses what nobody asked for.
    ///
    /// # Errors
    /// An argument is left; the error names it and what was possible.
    pub fn finish(mut self) -> Result<()> {
        if self.rest.last().is_some_and(|last| last == "--") {
            self.rest.pop();
        }
        let Some(left) = self.rest.first() else {
            return Ok(());
        };
        let name = left.split('=').next().unwrap_or_default();
        let kind = if name.starts_with('-') { "unknown option" } else { "unexpected argument" };
        let message = if self.asked.is_empty() {
            format!("{kind} `{name}`; `{}` takes no options", self.command)
        } else {
            let choices = suggest::list(self.asked.iter().copied());
            format!("{kind} `{name}`; options of `{}` are {choices}", self.command)
        };
        let error = arguments_error(message);
        match suggest::nearest(name, self.asked.iter().copied()) {
            Some(near) => Err(error.with_hint(format!("did you mean `{near}`?"))),
            None => Err(error),
        }
    }

    /// Names an option that was answered before, so that [`Args::finish`] lists it.
    pub(crate) fn asked(mut self, name: &'static str) -> Self {
        self.asked.push(name);
        self
    }

    /// Forgets what was asked so far; a command's error lists its own options only.
    pub(crate) fn without_help(mut self) -> Self {
        self.asked.clear();
        self
    }

    /// The arguments before `--`.
    fn options(&self) -> impl Iterator<Item = &str> {
        self.rest.iter().map(String::as_str).take_while(|argument| *argument != "--")
    }
}

fn arguments_error(message: String) -> Error {
    Error::new(ErrorKind::Invalid, "cli.arguments", message)
}
