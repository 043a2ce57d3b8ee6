//! A program under test: started, listened to, waited for, killed.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::wait;

/// A running program whose output is collected; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts `command` with no standard input, and collects both of its output streams.
    pub fn start(command: &mut Command) -> Self {
        Self::start_on(command, Stdio::null())
    }

    fn start_on(command: &mut Command, input: Stdio) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{name}` does not start: {error}"));
        let (stdout, stderr) = (Arc::default(), Arc::default());
        let readers = [
            child.stdout.take().map(|stream| collect(stream, Arc::clone(&stdout))),
            child.stderr.take().map(|stream| collect(stream, Arc::clone(&stderr))),
        ];
        Self { child, name, stdout, stderr, readers: readers.into_iter().flatten().collect() }
    }

    /// The number the system gave the program.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything printed so far: standard output, then standard error.
    pub fn output(&self) -> String {
        read(&self.stdout) + &read(&self.stderr)
    }

    /// Waits until the program accepts connections at `address`.
    pub fn wait_for_listener(&mut self, address: SocketAddr) {
        let listening = wait::until(|| match TcpStream::connect(address) {
            Ok(_) => Some(true),
            Err(_) => self.child.try_wait().ok().flatten().map(|_| false),
        });
        assert!(listening == Some(true), "`{}` does not listen at {address}:\n{}", self.name, self.output());
    }

    /// Waits until `find` gets something out of the output.
    pub fn wait_for_output<T>(&mut self, what: &str, mut find: impl FnMut(&str) -> Option<T>) -> T {
        wait::until(|| find(&self.output()))
            .unwrap_or_else(|| panic!("`{}` never printed {what}:\n{}", self.name, self.output()))
    }

    /// Waits for the program to end by itself.
    pub fn wait_for_exit(&mut self) -> ExitStatus {
        wait::until(|| self.child.try_wait().ok().flatten())
            .unwrap_or_else(|| panic!("`{}` does not end:\n{}", self.name, self.output()))
    }

    /// Asks the program to end (SIGTERM) and waits for it.
    pub fn terminate(&mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "cannot signal `{}`", self.name);
        self.wait_for_exit()
    }

    /// Ends the program on the spot (SIGKILL), as a crash or the system's out-of-memory killer would.
    pub fn kill(&mut self) {
        // A program that already ended by itself is as dead as asked for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn collect(stream: impl Read + Send + 'static, output: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            output.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}

fn read(output: &Mutex<String>) -> String {
    output.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// An address of this machine that nothing listened on a moment ago.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the system has a free port");
    listener.local_addr().expect("a bound socket has an address")
}

/// A finished program: did it succeed, and what did it print?
#[derive(Debug, Clone)]
pub struct Finished {
    /// The exit code; `None` when a signal ended the program.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

/// Runs `command` to its end, which must come within the [limit](wait::LIMIT).
pub fn run(command: &mut Command) -> Finished {
    finish(Process::start(command))
}

/// The same with something on its standard input.
pub fn run_with_input(command: &mut Command, input: &str) -> Finished {
    let mut process = Process::start_on(command, Stdio::piped());
    let mut stdin = process.child.stdin.take().expect("it was asked for");
    // A program that ended before it read everything says why in what it prints.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    finish(process)
}

fn finish(mut process: Process) -> Finished {
    let status = process.wait_for_exit();
    // The streams end with the program, so these threads do as well.
    for reader in process.readers.drain(..) {
        reader.join().expect("a reader does not panic");
    }
    Finished { code: status.code(), stdout: read(&process.stdout), stderr: read(&process.stderr) }
}

/// Runs `command` to its end and returns its standard output; anything but success fails the test.
pub fn run_ok(command: &mut Command) -> String {
    let finished = run(command);
    assert!(
        finished.code == Some(0),
        "{command:?} ended with {:?}:\n{}{}",
        finished.code,
        finished.stdout,
        finished.stderr
    );
    finished.stdout
}
