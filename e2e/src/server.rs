//! [`Server`]: a PostgreSQL, MariaDB or PgBouncer of our own in a temporary folder, which a test may stop, kill and start
//! again.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::TempDir;
use crate::tools::folder_of;

/// So long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// It ends the connections and writes down what it has to.
    Fast,
    /// It ends at once, as in a loss of power; the next start has to recover.
    Immediate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MariaDb,
    PgBouncer,
}

/// A server on a free port of 127.0.0.1 that lets everybody in, and is gone with its data when this is dropped.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    programs: PathBuf,
    settings: Vec<String>,
    process: Option<Child>,
    /// Ends the server and removes its folder when we are gone without having done so.
    guard: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Server {
    /// A PostgreSQL. Settings are those of `postgresql.conf`: `fsync=off`. `prepare` may put files into the folder
    /// before the server starts: its data is in `data`, which it can change then.
    ///
    /// # Errors
    /// A sentence: its programs are not there, or do not do what they should.
    pub fn postgres(settings: &[&str], prepare: impl FnOnce(&Path)) -> Result<Self, String> {
        let programs =
            postgres_programs().ok_or("PostgreSQL's `initdb` and `postgres` are not there (Debian: `postgresql`)")?;
        let mut server = Self::new(Kind::Postgres, programs, settings);
        server.own("postgres")?;
        let mut init = server.program("initdb");
        init.args(["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]);
        run(init.arg("--pgdata").arg(server.folder.join("data")))?;
        prepare(server.folder.path());
        server.own("postgres")?;
        server.start()?;
        Ok(server)
    }

    /// A MariaDB. Settings are those of the command line, without the dashes: `sync-binlog=0`.
    ///
    /// # Errors
    /// A sentence: its programs are not there, or do not do what they should.
    pub fn mariadb(settings: &[&str]) -> Result<Self, String> {
        let programs = folder_of("mariadbd", &["/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
            .ok_or("MariaDB's `mariadbd` is not there (Debian: `mariadb-server`)")?;
        let install = folder_of("mariadb-install-db", &["/usr/bin", "/usr/local/bin"])
            .ok_or("`mariadb-install-db` is not there (Debian: `mariadb-server`)")?;
        let mut server = Self::new(Kind::MariaDb, programs, settings);
        let mut init = Command::new(install.join("mariadb-install-db"));
        init.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        if is_root() {
            server.own("mysql")?;
            init.arg("--user=mysql");
        }
        run(init.arg(format!("--datadir={}", server.folder.join("data").display())))?;
        server.start()?;
        Ok(server)
    }

    /// A PgBouncer in front of a PostgreSQL of ours. Settings are those of its file: `pool_mode=transaction`.
    ///
    /// # Errors
    /// A sentence: its program is not there, or does not do what it should.
    pub fn pgbouncer(behind: &Self, settings: &[&str]) -> Result<Self, String> {
        let programs = pgbouncer_program().ok_or("`pgbouncer` is not there (Debian: `pgbouncer`)")?;
        let mut server = Self::new(Kind::PgBouncer, programs, settings);
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {}\nunix_socket_dir =\nauth_type = any\n{}\n",
            behind.port,
            server.port,
            settings.join("\n")
        );
        let file = server.folder.join("pgbouncer.ini");
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        server.own("postgres")?;
        server.start()?;
        Ok(server)
    }

    fn new(kind: Kind, programs: PathBuf, settings: &[&str]) -> Self {
        let settings = settings.iter().map(|&setting| setting.to_owned()).collect();
        Self { kind, programs, settings, process: None, guard: None, port: free_port(), folder: TempDir::new("server") }
    }

    /// Its address, without a database.
    pub fn url(&self) -> String {
        match self.kind {
            Kind::Postgres | Kind::PgBouncer => format!("postgres://postgres@127.0.0.1:{}", self.port),
            Kind::MariaDb => format!("mysql://root@127.0.0.1:{}", self.port),
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A file in its folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Starts it again, on the same port with the same data, and waits until it answers.
    ///
    /// # Errors
    /// It does not start; the end of its log is part of the sentence.
    pub fn start(&mut self) -> Result<(), String> {
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log"));
        let log = log.map_err(|error| format!("the log of the server: {error}"))?;
        let data = self.folder.join("data");
        let mut command = match self.kind {
            Kind::Postgres => {
                let mut command = self.program("postgres");
                command.arg("-D").arg(&data).args(["-p", &self.port.to_string()]);
                command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
                command.args(self.settings.iter().flat_map(|setting| ["-c", setting.as_str()]));
                command
            }
            Kind::MariaDb => {
                let mut command = self.program("mariadbd");
                command.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
                command.arg(format!("--socket={}", self.folder.join("socket").display()));
                command.arg(format!("--pid-file={}", self.folder.join("pid").display()));
                command.args(["--bind-address=127.0.0.1", &format!("--port={}", self.port)]);
                if is_root() {
                    command.arg("--user=mysql");
                }
                command.args(self.settings.iter().map(|setting| format!("--{setting}")));
                command
            }
            Kind::PgBouncer => {
                let mut command = self.program("pgbouncer");
                command.arg(self.folder.join("pgbouncer.ini"));
                command
            }
        };
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        let process = process.map_err(|error| format!("the server does not start: {error}"))?;
        self.guard = self.guarded(process.id());
        self.process = Some(process);
        let begin = Instant::now();
        while !self.answers() {
            let ended = self.process.as_mut().is_some_and(|process| matches!(process.try_wait(), Ok(Some(_))));
            if ended || begin.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                return Err(format!(
                    "the server does not answer:\n{}",
                    lines[lines.len().saturating_sub(15)..].join("\n")
                ));
            }
            thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }

    /// A shell that waits for the end of its input, which is our end.
    fn guarded(&self, process: u32) -> Option<Child> {
        let signal = self.signal(Stop::Immediate);
        let script = format!("trap '' INT TERM HUP; read -r _; kill -s {signal} {process}; sleep 1; rm -rf \"$0\"");
        let mut guard = Command::new("sh");
        guard.args(["-c", &script]).arg(self.folder.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        guard.stderr(Stdio::null()).spawn().ok()
    }

    fn signal(&self, how: Stop) -> &'static str {
        match (self.kind, how) {
            (Kind::Postgres | Kind::PgBouncer, Stop::Fast) => "INT",
            (Kind::Postgres, Stop::Immediate) => "QUIT",
            (Kind::MariaDb, Stop::Fast) => "TERM",
            (Kind::MariaDb | Kind::PgBouncer, Stop::Immediate) => "KILL",
        }
    }

    fn answers(&self) -> bool {
        match self.kind {
            // It listens before it lets anybody in.
            Kind::Postgres => {
                let mut ready = Command::new(self.programs.join("pg_isready"));
                ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
                ready.status().is_ok_and(|status| status.success())
            }
            Kind::MariaDb | Kind::PgBouncer => TcpStream::connect(("127.0.0.1", self.port)).is_ok(),
        }
    }

    /// Stops it and waits until it is gone.
    pub fn stop(&mut self, how: Stop) {
        let Some(mut process) = self.process.take() else { return };
        if let Some(mut guard) = self.guard.take() {
            let _ = guard.kill();
            let _ = guard.wait();
        }
        let _ = Command::new("kill").args(["-s", self.signal(how), &process.id().to_string()]).status();
        let begin = Instant::now();
        while matches!(process.try_wait(), Ok(None)) {
            if begin.elapsed() > PATIENCE {
                let _ = process.kill();
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// A program of the server's, run as somebody it agrees to be.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if self.kind != Kind::MariaDb && is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder of whoever runs the tests may be closed to the server.
        command.current_dir("/");
        command
    }

    /// Gives its folder to the user that it runs as, when we are root.
    fn own(&self, user: &str) -> Result<(), String> {
        if is_root() { run(Command::new("chown").args(["-R", user]).arg(self.folder.path())) } else { Ok(()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop(Stop::Immediate);
    }
}

/// Whether somebody listens at an address.
pub fn listens(host: &str, port: u16) -> bool {
    use std::net::ToSocketAddrs as _;

    let Ok(mut addresses) = (host, port).to_socket_addrs() else { return false };
    addresses.any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(2)).is_ok())
}

/// The folder with PostgreSQL's programs, the newest where there are several.
fn postgres_programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder).find(|folder| folder.join("initdb").is_file());
    debian.or_else(|| folder_of("initdb", &["/usr/local/bin", "/opt/homebrew/bin", "/usr/local/pgsql/bin"]))
}

/// The folder with PgBouncer's program.
pub fn pgbouncer_program() -> Option<PathBuf> {
    folder_of("pgbouncer", &["/usr/sbin", "/usr/local/sbin"])
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has a number").port()
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Err(format!("`{program}` failed: {}\n{}", output.status, String::from_utf8_lossy(&said).trim_end()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Err(format!("`{program}` is not there")),
        Err(error) => Err(format!("`{program}` does not start: {error}")),
    }
}
