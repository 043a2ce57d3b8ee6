//! What several tests need.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use demijohn_core::Settings;
use demijohn_web::test::test_settings;
use demijohn_web::{App, TestClient};

/// A client of a site in production.
pub(crate) async fn client(app: App) -> TestClient {
    TestClient::new(app).await.expect("the app is sound")
}

/// A client of a site in development.
pub(crate) async fn development(app: App) -> TestClient {
    TestClient::new((app, debug_settings())).await.expect("the app is sound")
}

pub(crate) fn debug_settings() -> Settings {
    let mut settings = test_settings();
    settings.debug = true;
    settings
}

/// A directory that is gone when the test is.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("demijohn-web-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the temporary directory can be written");
        Self(path.canonicalize().expect("it was just made"))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("it lies in the directory")).expect("it can be written");
        std::fs::write(path, text).expect("it can be written");
    }

    /// A text with this directory's path taken out, for snapshots.
    pub(crate) fn without(&self, text: &str) -> String {
        text.replace(&self.0.display().to_string(), "DIR")
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A text with line numbers after file names taken out, so that a snapshot survives an edit above.
pub(crate) fn without_lines(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(".rs:") {
        let (before, after) = rest.split_at(at + 4);
        out.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        out.push('N');
    }
    out + rest
}
