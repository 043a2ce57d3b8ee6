//! [`Dialogue`]: asking somebody at a terminal, passwords without showing them.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};
use std::process::{Command, Stdio};

use demijohn_core::{Error, Result};

/// Somebody who answers questions.
pub(super) trait Dialogue {
    /// The answer to a question, without its line end.
    fn ask(&mut self, question: &str) -> Result<String>;

    /// The same; the answer is not shown while it is typed.
    fn ask_secret(&mut self, question: &str) -> Result<String>;

    /// Says something.
    fn say(&mut self, text: &str);
}

/// Whoever sits at the terminal.
pub(super) struct Terminal {
    _watch: Watch,
}

impl Terminal {
    /// The terminal, if there is one.
    ///
    /// # Errors
    /// The program's input is something else: `hint` says what to do then.
    pub(super) fn open(hint: &'static str) -> Result<Self> {
        if !stdin().is_terminal() {
            return Err(Error::invalid("there is no terminal to ask questions at")
                .with_code("auth.no_terminal")
                .with_hint(hint));
        }
        Ok(Self { _watch: Watch::start() })
    }
}

impl Dialogue for Terminal {
    fn ask(&mut self, question: &str) -> Result<String> {
        self.say(question);
        let mut line = String::new();
        if stdin().lock().read_line(&mut line)? == 0 {
            return Err(Error::invalid("the input ended before the last question").with_code("auth.no_answer"));
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    fn ask_secret(&mut self, question: &str) -> Result<String> {
        let hidden = echo(false);
        if !hidden {
            self.say("(The password will be shown: this terminal cannot hide it.)\n");
        }
        let answer = self.ask(question);
        if hidden {
            echo(true);
            self.say("\n");
        }
        answer
    }

    fn say(&mut self, text: &str) {
        // Questions are no output of the command, so they do not go into its pipe.
        let mut stderr = stderr().lock();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

/// Shows what is typed at the terminal, or not; true when that worked.
fn echo(on: bool) -> bool {
    let how = if on { "echo" } else { "-echo" };
    let stty =
        Command::new("stty").arg(how).stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    stty.is_ok_and(|status| status.success())
}

/// Ctrl+C at a hidden question must not leave a terminal that shows nothing.
struct Watch(tokio::task::JoinHandle<()>);

impl Watch {
    fn start() -> Self {
        Self(tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                echo(true);
                let _ = stderr().lock().write_all(b"\n");
                // What a shell reports for a program that Ctrl+C ended.
                std::process::exit(130);
            }
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A password, asked for twice, that keeps the rules or is wanted all the same.
pub(super) fn new_password(dialogue: &mut dyn Dialogue, complaints: &dyn Fn(&str) -> Vec<String>) -> Result<String> {
    /// Somebody who cannot type the same twice so often needs a pause.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        let password = dialogue.ask_secret("Password: ")?;
        if dialogue.ask_secret("Password (again): ")? != password {
            dialogue.say("The passwords are not the same. Please try again.\n");
            continue;
        }
        if password.trim().is_empty() {
            dialogue.say("The password is blank. Please try again.\n");
            continue;
        }
        let complaints = complaints(&password);
        if complaints.is_empty() {
            return Ok(password);
        }
        for complaint in &complaints {
            dialogue.say(&format!("{complaint}\n"));
        }
        let answer = dialogue.ask("Use this password all the same? [y/N]: ")?;
        if answer.trim().eq_ignore_ascii_case("y") {
            return Ok(password);
        }
    }
    Err(Error::invalid("no password was given").with_code("auth.no_answer"))
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Somebody whose answers are known beforehand.
    pub(crate) struct Script {
        answers: VecDeque<&'static str>,
        pub(crate) heard: String,
    }

    impl Script {
        pub(crate) fn new(answers: &[&'static str]) -> Self {
            Self { answers: answers.iter().copied().collect(), heard: String::new() }
        }
    }

    impl Dialogue for Script {
        fn ask(&mut self, question: &str) -> Result<String> {
            self.say(question);
            self.say("\n");
            let answer = self.answers.pop_front();
            answer.map(ToOwned::to_owned).ok_or_else(|| Error::invalid("the script has no more answers"))
        }

        fn ask_secret(&mut self, question: &str) -> Result<String> {
            self.ask(question)
        }

        fn say(&mut self, text: &str) {
            self.heard.push_str(text);
        }
    }

    #[test]
    fn a_password_is_asked_for_until_it_is_good_or_wanted() {
        let weak = |password: &str| if password == "weak" { vec!["too weak".to_owned()] } else { Vec::new() };
        let mut script = Script::new(&["one", "two", " ", " ", "weak", "weak", "n", "strong", "strong"]);
        assert_eq!(new_password(&mut script, &weak).expect("the last one is good"), "strong");
        assert!(
            script.heard.contains("not the same")
                && script.heard.contains("blank")
                && script.heard.contains("too weak")
        );
        let mut script = Script::new(&["weak", "weak", "y"]);
        assert_eq!(new_password(&mut script, &weak).expect("it is wanted"), "weak");
        let mut script = Script::new(&["a", "b"].repeat(10));
        assert!(new_password(&mut script, &weak).is_err());
    }
}
