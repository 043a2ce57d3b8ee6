//! Encrypted connections, to a server of this test's own that takes no others.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use demijohn_core::Result;

use crate::texts;

/// A server in a temporary folder, with certificates in `ca.pem`, `other.pem`, `client.pem` and `client.key`.
struct Server {
    process: Child,
    folder: PathBuf,
    port: u16,
}

const HBA: &str = "hostssl all certified 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\n";

impl Server {
    /// None where the machine has no PostgreSQL of its own or no `openssl`.
    fn start() -> Option<Self> {
        let programs = programs()?;
        let folder = std::env::temp_dir().join(format!("demijohn-tls-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        make_certificates(&folder);
        let data = folder.join("data");
        if is_root() {
            // PostgreSQL refuses to run as root.
            run(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        run(as_nobody_special(&programs.join("initdb")).args(["-U", "postgres", "-A", "trust", "-N", "-D"]).arg(&data));
        fs::write(data.join("pg_hba.conf"), HBA).expect("the rules");
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let mut server = as_nobody_special(&programs.join("postgres"));
        server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "fsync=off", "ssl=on", "unix_socket_directories="] {
            server.args(["-c", setting]);
        }
        for (setting, file) in
            [("ssl_cert_file", "server.pem"), ("ssl_key_file", "server.key"), ("ssl_ca_file", "ca.pem")]
        {
            server.args(["-c", &format!("{setting}={}", folder.join(file).display())]);
        }
        let log = fs::File::create(folder.join("log")).expect("a log");
        let process = server.stdout(Stdio::null()).stderr(log).spawn().expect("the server starts");
        Some(Self { process, folder, port })
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).display().to_string()
    }

    /// Connects and asks the server what it says of the encryption.
    async fn ssl(&self, user: &str, host: &str, parameters: &str) -> Result<String> {
        let address = format!("postgres://{user}@{host}:{}/postgres?pool=1&{parameters}", self.port);
        let db = demijohn_postgres::connect(&address).await?;
        let found = texts(&*db, "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()").await?;
        Ok(found.concat())
    }

    async fn wait(&self) {
        let start = Instant::now();
        while let Err(error) = self.ssl("postgres", "127.0.0.1", "sslmode=require").await {
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(30), "{error:#}\n{}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder with `initdb` and `postgres`.
fn programs() -> Option<PathBuf> {
    let has_openssl = Command::new("openssl").arg("version").output().is_ok();
    let found = Command::new("pg_config")
        .arg("--bindir")
        .output()
        .ok()
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let debian = fs::read_dir("/usr/lib/postgresql").ok().into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let programs = found.into_iter().chain(debian).find(|folder| folder.join("initdb").exists());
    if programs.is_none() || !has_openssl {
        assert!(std::env::var_os("CI").is_none(), "`initdb` and `openssl` must be there");
        eprintln!("skipped: `initdb` or `openssl` is not there");
        return None;
    }
    programs
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` runs");
    id.stdout.trim_ascii() == b"0"
}

fn as_nobody_special(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Two authorities; the first signs a server called `localhost` and a client called `certified`.
fn make_certificates(folder: &Path) {
    let openssl = |arguments: &[&str]| run(Command::new("openssl").current_dir(folder).args(arguments));
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    for (name, subject) in [("ca", "/CN=demijohn test"), ("other", "/CN=another")] {
        let files = ["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem"), "-subj", subject];
        openssl(&[&["req", "-x509"][..], &key, &files].concat());
    }
    for (name, subject, more) in [
        ("server", "/CN=localhost", "subjectAltName=DNS:localhost"),
        ("client", "/CN=certified", "extendedKeyUsage=clientAuth"),
    ] {
        let request = format!("{name}.csr");
        let key_file = format!("{name}.key");
        openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            &key_file,
            "-out",
            &request,
            "-subj",
            subject,
        ]);
        fs::write(folder.join("more"), more).expect("a file");
        let signed = format!("{name}.pem");
        openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "more",
            "-out",
            &signed,
        ]);
    }
}

#[tokio::test]
async fn each_mode_believes_whom_it_says() {
    let Some(server) = Server::start() else { return };
    server.wait().await;
    let (ca, other) = (server.path("ca.pem"), server.path("other.pem"));
    let encrypted = [
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=require&sslrootcert={ca}")),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ca}")),
    ];
    for (host, parameters) in encrypted {
        assert_eq!(server.ssl("postgres", host, &parameters).await.expect(&parameters), "true", "{parameters}");
    }
    let refused = [
        ("127.0.0.1", "sslmode=disable".to_owned(), "refuses the login"),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={ca}"), "not valid for name"),
        ("localhost", "sslmode=verify-full".to_owned(), "UnknownIssuer"),
        ("localhost", "sslmode=verify-full&sslrootcert=system".to_owned(), "UnknownIssuer"),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={other}"), "UnknownIssuer"),
        ("localhost", format!("sslmode=require&sslrootcert={other}"), "UnknownIssuer"),
        ("localhost", "sslmode=verify-ca&sslrootcert=/nowhere".to_owned(), "cannot read the certificate `/nowhere`"),
        ("localhost", format!("sslmode=require&sslcert={ca}"), "belong together"),
    ];
    for (host, parameters, reason) in refused {
        let error = server.ssl("postgres", host, &parameters).await.expect_err(&parameters);
        let text = format!("{error:#}");
        assert!(text.contains(reason), "{parameters}: {text}");
    }

    let (cert, key) = (server.path("client.pem"), server.path("client.key"));
    let admin = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let admin = demijohn_postgres::connect(&admin).await.expect("the server is there");
    admin.execute_script("CREATE ROLE certified LOGIN").await.expect("a role");
    let shown = server.ssl("certified", "127.0.0.1", &format!("sslmode=require&sslcert={cert}&sslkey={key}")).await;
    assert_eq!(shown.expect("it shows its certificate"), "true");
    server.ssl("certified", "127.0.0.1", "sslmode=require").await.expect_err("it shows none");

    // Interrupting a statement takes an encrypted way of its own.
    let slow = tokio::time::timeout(Duration::from_millis(100), texts(&*admin, "SELECT pg_sleep(60)")).await;
    assert!(slow.is_err(), "it sleeps");
    let start = Instant::now();
    let sleeping = "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'";
    while !texts(&*admin, sleeping).await.expect("an answer").is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "the statement was not interrupted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
