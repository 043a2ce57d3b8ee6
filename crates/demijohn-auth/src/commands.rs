//! The commands of accounts: `createsuperuser`, `changepassword`, `clearsessions`.

use std::io::Write as _;

use demijohn_core::{Error, Result};
use demijohn_web::{Args, Command, Site};

use crate::DbSessionStore;

mod change_password;
mod create_superuser;
mod dialogue;

/// The commands that accounts add to a site's command line.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("createsuperuser", "make an account that may do everything", create_superuser::run)
            .usage("[--username NAME] [--email ADDRESS] [--noinput]"),
        Command::new("changepassword", "give an account another password", change_password::run)
            .usage("USERNAME [--noinput]"),
        Command::new("clearsessions", "remove sessions that have expired", clear_sessions),
    ]
}

async fn clear_sessions(site: Site, args: Args) -> Result<()> {
    args.finish()?;
    let store = site.get::<DbSessionStore>().ok_or_else(|| {
        Error::misconfigured("auth.not_installed", "this site keeps no sessions in a database")
            .with_hint("add `.install(auth::app())` to the app")
    })?;
    let gone = store.clear_expired().await?;
    print(&format!("Removed {gone} expired session{}.\n", if gone == 1 { "" } else { "s" }));
    Ok(())
}

fn print(text: &str) {
    // A reader that closed the pipe has seen enough.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A text for the terminal: nothing in it moves the cursor or changes colours.
fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}
