//! [`TestClient`]: talks to a site in process, through the same door as the server's clients.

use demijohn_core::{Result, Settings};
use http::{HeaderName, HeaderValue, Method};

use crate::context::lock;
use crate::{App, Site};

mod jar;
mod request;
mod response;

use jar::Jar;
pub use request::TestRequest;
pub use response::TestResponse;

/// A browser without a screen, or an API client, that needs no socket.
///
/// It keeps cookies, sends what a browser sends for a page of the same origin, and follows no redirects unless told
/// to. After [`accept_json`](TestClient::accept_json) it is an API client.
///
/// ```
/// use demijohn_web::{App, TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> demijohn_core::Result<()> {
/// let client = TestClient::new(App::new().get("/", async || "hello")).await?;
/// assert_eq!(client.get("/").await.text(), "hello");
/// assert_eq!(client.get("/nowhere").await.status(), 404);
/// # Ok(()) }
/// ```
pub struct TestClient {
    site: Site,
    jar: std::sync::Mutex<Jar>,
    headers: Vec<(HeaderName, HeaderValue)>,
    accept: &'static str,
    is_browser: bool,
    follows_redirects: bool,
}

/// What a test client can be made for.
pub trait IntoSite {
    /// The site.
    fn into_site(self) -> impl Future<Output = Result<Site>> + Send;
}

impl IntoSite for App {
    /// Builds the app with settings for tests: no file, no environment, a fixed secret key.
    async fn into_site(self) -> Result<Site> {
        self.build(test_settings()).await
    }
}

impl IntoSite for (App, Settings) {
    async fn into_site(self) -> Result<Site> {
        self.0.build(self.1).await
    }
}

impl IntoSite for Site {
    async fn into_site(self) -> Result<Site> {
        Ok(self)
    }
}

/// Settings for tests: production, so that no log is written and no debug page drawn, with a fixed secret key.
pub fn test_settings() -> Settings {
    let mut settings = Settings::default().with_secret_key("a secret key for tests, and for nothing else at all");
    settings.debug = false;
    settings.session_cookie_secure = Some(false);
    settings.csrf_cookie_secure = Some(false);
    settings
}

impl TestClient {
    /// A client for an app, a built site, or an app with settings.
    ///
    /// # Errors
    /// The app cannot be built, or its checks found errors.
    pub async fn new(app: impl IntoSite) -> Result<Self> {
        let site = app.into_site().await?;
        site.require_sound()?;
        site.shell()?;
        Ok(Self {
            site,
            jar: std::sync::Mutex::default(),
            headers: Vec::new(),
            accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            is_browser: true,
            follows_redirects: false,
        })
    }

    /// Becomes an API client: asks for JSON, and sends no headers that only browsers send.
    pub fn accept_json(mut self) -> Self {
        self.accept = "application/json";
        self.is_browser = false;
        self
    }

    /// Goes where redirects lead, ten times at most.
    pub fn follow_redirects(mut self) -> Self {
        self.follows_redirects = true;
        self
    }

    /// Sends a header with every request.
    ///
    /// # Panics
    /// The name or the value cannot stand in a header.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the test's header name is valid");
        self.headers.push((name, HeaderValue::try_from(value).expect("the test's header value is valid")));
        self
    }

    /// The site it talks to.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The value of a cookie it keeps.
    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.jar).get(name)
    }

    /// Keeps a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        lock(&self.jar).set(name, value);
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        *lock(&self.jar) = Jar::default();
    }

    /// A `GET` request.
    pub fn get(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::GET, path)
    }

    /// A `POST` request.
    pub fn post(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::POST, path)
    }

    /// A `PUT` request.
    pub fn put(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PUT, path)
    }

    /// A `PATCH` request.
    pub fn patch(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::PATCH, path)
    }

    /// A `DELETE` request.
    pub fn delete(&self, path: &str) -> TestRequest<'_> {
        self.request(Method::DELETE, path)
    }

    /// A request of any method.
    pub fn request(&self, method: Method, path: &str) -> TestRequest<'_> {
        TestRequest::new(self, method, path)
    }
}
