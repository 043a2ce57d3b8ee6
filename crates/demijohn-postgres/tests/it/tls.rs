//! Encrypted connections, to a server of this test's own that takes no others.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use demijohn_core::Result;
use demijohn_e2e::Server;

use crate::texts;

const HBA: &str = "hostssl all certified 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 trust\n";

const SETTINGS: [&str; 5] =
    ["fsync=off", "ssl=on", "ssl_cert_file=../server.pem", "ssl_key_file=../server.key", "ssl_ca_file=../ca.pem"];

/// Makes certificates in `ca.pem`, `other.pem`, `client.pem` and `client.key`, and lets the server refuse what is not
/// encrypted.
fn prepare(folder: &Path) {
    make_certificates(folder);
    fs::write(folder.join("data/pg_hba.conf"), HBA).expect("the rules");
}

/// None where the machine has no PostgreSQL of its own or no `openssl`.
fn server() -> Option<Server> {
    let has_openssl = Command::new("openssl").arg("version").output().is_ok();
    let server = if has_openssl { Server::postgres(&SETTINGS, prepare) } else { Err("no `openssl`".to_owned()) };
    match server {
        Ok(server) => Some(server),
        Err(reason) => {
            assert!(std::env::var_os("CI").is_none(), "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// Connects and asks the server what it says of the encryption.
async fn ssl(server: &Server, user: &str, host: &str, parameters: &str) -> Result<String> {
    let address = format!("postgres://{user}@{host}:{}/postgres?pool=1&{parameters}", server.port());
    let db = demijohn_postgres::connect(&address).await?;
    let found = texts(&*db, "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()").await?;
    Ok(found.concat())
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
    let Some(server) = server() else { return };
    let path = |file| server.path(file).display().to_string();
    let (ca, other) = (path("ca.pem"), path("other.pem"));
    let encrypted = [
        ("127.0.0.1", "sslmode=prefer".to_owned()),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=require&sslrootcert={ca}")),
        ("127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}")),
        ("localhost", format!("sslmode=verify-full&sslrootcert={ca}")),
    ];
    for (host, parameters) in encrypted {
        assert_eq!(ssl(&server, "postgres", host, &parameters).await.expect(&parameters), "true", "{parameters}");
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
        let error = ssl(&server, "postgres", host, &parameters).await.expect_err(&parameters);
        let text = format!("{error:#}");
        assert!(text.contains(reason), "{parameters}: {text}");
    }

    let (cert, key) = (path("client.pem"), path("client.key"));
    let admin = format!("{}/postgres", server.url());
    let admin = demijohn_postgres::connect(&admin).await.expect("the server is there");
    admin.execute_script("CREATE ROLE certified LOGIN").await.expect("a role");
    let shown = ssl(&server, "certified", "127.0.0.1", &format!("sslmode=require&sslcert={cert}&sslkey={key}")).await;
    assert_eq!(shown.expect("it shows its certificate"), "true");
    ssl(&server, "certified", "127.0.0.1", "sslmode=require").await.expect_err("it shows none");

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
