//! A real Chromium, driven through ChromeDriver by the WebDriver protocol (W3C, level 2).

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::http::exchange;
use crate::process::{Process, free_address};
use crate::temp::TempDir;
use crate::{tools, wait};

/// So often a browser is tried to be started.
const ATTEMPTS: u32 = 3;

/// The member of an element's JSON that holds its id; fixed by the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// Keeps violations of the content security policy where later pages of the same site can read them.
const VIOLATION_LISTENER: &str = "document.addEventListener('securitypolicyviolation', event => {
    const seen = JSON.parse(sessionStorage.getItem('violations') || '[]');
    seen.push(`${event.violatedDirective} blocked ${event.blockedURI} on ${event.documentURI}`);
    sessionStorage.setItem('violations', JSON.stringify(seen));
});";

/// One browser window with a fresh profile; closed when dropped.
#[derive(Debug)]
pub struct Browser {
    driver: SocketAddr,
    session: String,
    violations: Vec<String>,
    // Dropped in this order: the browser ends with its driver, then its profile can go.
    _process: Process,
    _profile: TempDir,
}

impl Browser {
    /// Starts a browser, with the pages' JavaScript on or off; `None` where this machine has none (the reason is printed).
    pub fn start(javascript: bool) -> Option<Self> {
        let program = tools::required(tools::CHROMEDRIVER, "browser tests")?;
        // A free port may be somebody else's by the time that the driver wants it.
        let attempt = |_| match Self::attempt(Command::new(&program), javascript) {
            Ok(browser) => Some(browser),
            Err(error) => {
                eprintln!("another attempt, as ChromeDriver does not answer: {error}");
                None
            }
        };
        let browser = (0..ATTEMPTS).find_map(attempt).expect("ChromeDriver starts");
        if javascript {
            browser.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": VIOLATION_LISTENER }));
        }
        Some(browser)
    }

    /// An error when the driver is not there, or somebody else is.
    fn attempt(mut program: Command, javascript: bool) -> io::Result<Self> {
        let driver = free_address();
        let mut process = Process::start(program.arg(format!("--port={}", driver.port())));
        process.wait_for_listener(driver);
        let profile = TempDir::new("chromium");
        let wanted = json!({ "capabilities": { "alwaysMatch": capabilities(profile.path(), javascript) } });
        let created = try_call(driver, "POST", "/session", Some(&wanted))?;
        let session = created["sessionId"].as_str().expect("a new session has an id").to_owned();
        Ok(Self { driver, session, violations: Vec::new(), _process: process, _profile: profile })
    }

    /// Opens an address and waits for its page.
    pub fn goto(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        text_of(&self.get("/url"))
    }

    /// The page's title.
    pub fn title(&self) -> String {
        text_of(&self.get("/title"))
    }

    /// The page as HTML, as it is now.
    pub fn source(&self) -> String {
        text_of(&self.get("/source"))
    }

    /// The first element that matches, waited for.
    pub fn find(&self, css: &str) -> Element<'_> {
        wait::until(|| self.find_all(css).into_iter().next())
            .unwrap_or_else(|| panic!("no `{css}` at {}:\n{}", self.url(), self.source()))
    }

    /// The elements that match now.
    pub fn find_all(&self, css: &str) -> Vec<Element<'_>> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        let ids = found.as_array().map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| Some(Element { browser: self, id: id[ELEMENT].as_str()?.to_owned() })).collect()
    }

    /// Waits until the address satisfies `check`.
    pub fn wait_for_url(&self, check: impl Fn(&str) -> bool) {
        let arrived = wait::until(|| check(&self.url()).then_some(()));
        assert!(arrived.is_some(), "the browser stays at {}:\n{}", self.url(), self.source());
    }

    /// Runs the body of a JavaScript function and returns its result.
    pub fn execute(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Makes the window this large, in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.post("/window/rect", &json!({ "width": width, "height": height }));
    }

    /// Says to pages that the person likes dark colours.
    pub fn prefer_dark(&self) {
        let dark = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        self.devtools("Emulation.setEmulatedMedia", &dark);
    }

    /// Shows pages as on a phone of 390 by 844 pixels, in light colours.
    pub fn show_as_phone(&self) {
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [] }));
        let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        self.devtools("Emulation.setDeviceMetricsOverride", &phone);
    }

    /// Saves a picture of the visible part of the page.
    pub fn screenshot(&self, path: &Path) {
        let picture = decode_base64(&text_of(&self.get("/screenshot")));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("the screenshots' folder can be made");
        }
        fs::write(path, picture).expect("a screenshot can be written");
    }

    /// Every violation of a content security policy since the start: seen by the pages' listener, or told to the console.
    pub fn csp_violations(&mut self, javascript: bool) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        let messages = entries.iter().filter_map(|entry| entry["message"].as_str());
        self.violations.extend(messages.filter(|text| text.contains("Content Security Policy")).map(str::to_owned));
        if javascript {
            let seen = self.execute("return sessionStorage.getItem('violations')", &[]);
            if let Some(list) = seen.as_str().and_then(|text| serde_json::from_str::<Vec<String>>(text).ok()) {
                self.violations.extend(list);
            }
        }
        self.violations.clone()
    }

    /// A command of the browser's developer tools, for what the WebDriver protocol lacks.
    fn devtools(&self, command: &str, parameters: &Value) {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    fn get(&self, path: &str) -> Value {
        call(self.driver, "GET", &format!("/session/{}{path}", self.session), None)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        call(self.driver, "POST", &format!("/session/{}{path}", self.session), Some(body))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // ChromeDriver closes the browser with the session; without an answer both are gone already.
        let _ = exchange(self.driver, "DELETE", &format!("/session/{}", self.session), &[], b"");
    }
}

/// An element of the page a browser shows.
#[derive(Debug)]
pub struct Element<'a> {
    browser: &'a Browser,
    id: String,
}

impl Element<'_> {
    /// Clicks its middle, after scrolling to it.
    pub fn click(&self) {
        self.post("/click", &json!({}));
    }

    /// Types text, as from a keyboard.
    pub fn type_text(&self, text: &str) {
        self.post("/value", &json!({ "text": text }));
    }

    /// Empties a field.
    pub fn clear(&self) {
        self.post("/clear", &json!({}));
    }

    /// Its visible text.
    pub fn text(&self) -> String {
        text_of(&self.get("/text"))
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.get(&format!("/attribute/{name}")).as_str().map(str::to_owned)
    }

    /// A property of its DOM object, such as `value`.
    pub fn property(&self, name: &str) -> Value {
        self.get(&format!("/property/{name}"))
    }

    /// Whether a person can see it.
    pub fn is_displayed(&self) -> bool {
        self.get("/displayed") == Value::Bool(true)
    }

    /// The elements inside it that match now.
    pub fn find_all(&self, css: &str) -> Vec<Self> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        let ids = found.as_array().map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| Some(Self { browser: self.browser, id: id[ELEMENT].as_str()?.to_owned() })).collect()
    }

    fn get(&self, path: &str) -> Value {
        self.browser.get(&format!("/element/{}{path}", self.id))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.browser.post(&format!("/element/{}{path}", self.id), body)
    }
}

fn capabilities(profile: &Path, javascript: bool) -> Value {
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.push("--window-size=1280,900".to_owned());
    let mut options = json!({ "args": flags });
    if !javascript {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    if let Some(chromium) = std::env::var_os(tools::CHROMIUM).map(PathBuf::from) {
        options["binary"] = json!(chromium);
    }
    json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
}

/// One command of the protocol; an error answer fails the test with its message.
fn call(driver: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> Value {
    try_call(driver, method, path, body)
        .unwrap_or_else(|error| panic!("{method} {path}: ChromeDriver does not answer: {error}"))
}

/// The same, with an error when there is no answer.
fn try_call(driver: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> io::Result<Value> {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let headers = [("content-type", "application/json; charset=utf-8")];
    let reply = exchange(driver, method, path, &headers, body.as_bytes())?;
    let answer: Value = serde_json::from_str(&reply.body).unwrap_or(Value::Null);
    let value = answer["value"].clone();
    let reason = value["message"].as_str().unwrap_or(&reply.body);
    assert!(reply.status == 200, "{method} {path} {body}: {} {reason}", value["error"]);
    Ok(value)
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn decode_base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for value in text.bytes().filter_map(digit) {
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn base64_is_decoded_with_and_without_padding() {
        assert_eq!(decode_base64("aGVsbG8="), b"hello");
        assert_eq!(decode_base64("aGVsbG8h"), b"hello!");
    }
}
