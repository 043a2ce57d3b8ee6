//! The command line of a site: `serve`, `routes`, `check`, `help`, and what plugins add.

use std::ffi::OsString;
use std::future::Future;
use std::io::Write as _;
use std::process::ExitCode;

use demijohn_core::{Check, Error, ErrorKind, Level, Result, Settings, suggest};

use crate::{App, Args, Command, Site, server};

/// Does what the arguments say.
pub(crate) async fn run(app: App, arguments: impl Iterator<Item = OsString>) -> Result<()> {
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    let name = arguments.next().unwrap_or_else(|| "serve".to_owned());
    let mut rest: Vec<String> = arguments.collect();
    let name = match name.as_str() {
        "-h" | "--help" => "help".to_owned(),
        // `cargo run -- --bind …` means the default command.
        option if option.starts_with('-') => {
            rest.insert(0, option.to_owned());
            "serve".to_owned()
        }
        _ => name,
    };
    let mut args = Args::new(name.clone(), rest);
    let mut settings = Settings::load()?;
    if name == "serve"
        && let Some(bind) = args.option("--bind")?
    {
        settings.bind = bind;
    }
    let site = app.build(settings).await?;
    let commands = commands(&site);
    match commands.iter().find(|command| command.name() == name) {
        Some(command) if args.flag("--help") || args.flag("-h") => {
            help_of(command);
            Ok(())
        }
        Some(command) => command.run(site, args.without_help()).await,
        None => Err(unknown_command(&name, &commands)),
    }
}

fn unknown_command(name: &str, commands: &[Command]) -> Error {
    let choices = || commands.iter().map(Command::name);
    let message = format!("unknown command `{}`; choices are {}", name.escape_debug(), suggest::list(choices()));
    let error = Error::new(ErrorKind::Invalid, "cli.unknown_command", message);
    match suggest::nearest(name, choices()) {
        Some(near) => error.with_hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// Every command of the site, our own first.
fn commands(site: &Site) -> Vec<Command> {
    let own = [
        Command::new("serve", "answer requests (what runs without a command)", serve).usage("[--bind ADDRESS:PORT]"),
        Command::new("routes", "list the routes", routes),
        Command::new("check", "look for problems without serving", check).usage("[--deploy]"),
        Command::new("help", "list the commands", help),
    ];
    let mut commands: Vec<Command> = own.into();
    for command in &site.core().commands {
        if !commands.iter().any(|known| known.name() == command.name()) {
            commands.push(command.clone());
        }
    }
    commands
}

async fn serve(site: Site, args: Args) -> Result<()> {
    args.asked("--bind").finish()?;
    site.require_sound()?;
    for check in site.checks(false).iter().filter(|check| check.level == Level::Warning) {
        crate::log::note(&format!("warning: {check}"));
    }
    let listener = server::listen(site.settings()).await?;
    site.prepare_to_serve().await?;
    let mode = if site.settings().debug { " in development mode" } else { "" };
    print(&format!("Serving on http://{}{mode}; Ctrl+C stops.\n", listener.local_addr()?));
    server::serve(site, listener, server::stop_signal()).await
}

async fn routes(site: Site, args: Args) -> Result<()> {
    args.finish()?;
    let mut rows = vec![["METHOD", "PATH", "NAME", "NEEDS"].map(ToOwned::to_owned)];
    rows.extend(site.routes().iter().map(|route| {
        [route.methods_text(), route.path.clone(), route.name.clone().unwrap_or_default(), route.guards.join(", ")]
    }));
    print(&table(&rows));
    Ok(())
}

async fn check(site: Site, mut args: Args) -> Result<()> {
    let deploy = args.flag("--deploy");
    args.finish()?;
    let checks = site.checks(deploy);
    let mut text = String::new();
    for (level, title) in [(Level::Error, "Errors"), (Level::Warning, "Warnings"), (Level::Info, "For information")] {
        let found: Vec<&Check> = checks.iter().filter(|check| check.level == level).collect();
        if !found.is_empty() {
            text.push_str(&format!("{title}:\n"));
            found.iter().for_each(|check| text.push_str(&format!("  {}\n", check.to_string().replace('\n', "\n  "))));
        }
    }
    let errors = checks.iter().filter(|check| check.level == Level::Error).count();
    print(&text);
    if errors > 0 {
        return Err(Error::misconfigured("cli.check", format!("{errors} of {} findings are errors", checks.len())));
    }
    print(&match checks.len() {
        0 => "No problems found.\n".to_owned(),
        found => format!("{found} findings, none of them an error.\n"),
    });
    Ok(())
}

async fn help(site: Site, args: Args) -> Result<()> {
    args.finish()?;
    let rows: Vec<_> = commands(&site)
        .iter()
        .map(|command| {
            [format!("  {} {}", command.name(), command.usage_text()).trim_end().to_owned(), command.about().to_owned()]
        })
        .collect();
    print(&format!("Commands:\n{}", table(&rows)));
    Ok(())
}

fn help_of(command: &Command) {
    let usage = format!("{} {}", command.name(), command.usage_text());
    print(&format!("{}\n\nUsage: {}\n", command.about(), usage.trim_end()));
}

/// Columns as wide as their widest cell.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|n| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

fn print(text: &str) {
    // A reader that closed the pipe has seen enough.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// What `main` may return.
pub trait MainOutcome {
    /// The exit code, after the error was printed.
    fn exit_code(self) -> ExitCode;
}

impl MainOutcome for () {
    fn exit_code(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}

impl<T, E: std::fmt::Display> MainOutcome for Result<T, E> {
    fn exit_code(self) -> ExitCode {
        let Err(error) = self else { return ExitCode::SUCCESS };
        let _ = writeln!(std::io::stderr().lock(), "error: {error:#}");
        ExitCode::FAILURE
    }
}

/// Runs the body of a `#[demijohn::main]` function on a runtime with a worker for each core.
pub fn run_main<F: Future<Output: MainOutcome>>(main: F) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(main).exit_code(),
        Err(error) => Err::<(), _>(Error::internal("cannot start the runtime").with_source(error)).exit_code(),
    }
}

/// Runs a `#[demijohn::test]` function on a runtime of its own.
///
/// # Panics
/// The system gives no runtime.
pub fn run_test<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("the system gives a runtime for a test").block_on(test)
}
