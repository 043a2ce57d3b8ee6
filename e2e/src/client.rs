//! A person's browser without its window: keeps cookies, follows redirects, fills forms in.

use std::net::SocketAddr;

use crate::form::{Form, encode, forms, unescape};
use crate::http::{Reply, exchange};

/// A page that arrived, and where from.
#[derive(Debug, Clone)]
pub struct Page {
    /// The path with its query, after redirects.
    pub path: String,
    /// The status code.
    pub status: u16,
    /// The answer's headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The page's text.
    pub body: String,
}

impl Page {
    /// The form of the page that has a field or a button called `name`.
    pub fn form_with(&self, name: &str) -> Form {
        let has = |pairs: &[(String, String)]| pairs.iter().any(|(key, _)| key == name);
        forms(&self.body)
            .into_iter()
            .find(|form| has(&form.fields) || has(&form.buttons))
            .unwrap_or_else(|| panic!("no form with `{name}` at {} ({}):\n{}", self.path, self.status, self.body))
    }

    /// The body with its character references replaced, for looking at what is in attributes.
    pub fn unescaped(&self) -> String {
        unescape(&self.body)
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("{} ({}) is not JSON: {error}\n{}", self.path, self.status, self.body))
    }

    /// The first header of that name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Where the answer sends the client.
    pub fn redirect(&self) -> Option<&str> {
        self.header("location").filter(|_| matches!(self.status, 301..=303 | 307 | 308))
    }

    /// This page, if its status is `status`; anything else fails the test with the page's text.
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "at {}:\n{}", self.path, self.body);
        self
    }
}

/// A client of one server, with cookies of its own.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    cookies: Vec<(String, String)>,
    accept: &'static str,
}

impl Client {
    /// A client that asks for pages, as a browser does.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, cookies: Vec::new(), accept: "text/html,application/xhtml+xml" }
    }

    /// A client that asks for JSON.
    pub fn api(address: SocketAddr) -> Self {
        Self { accept: "application/json", ..Self::new(address) }
    }

    /// The value of a cookie the server set.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Sets a cookie, as if the server had.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(key, _)| key != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    /// Gets a page and follows redirects.
    pub fn get(&mut self, path: &str) -> Page {
        let page = self.request("GET", path, None);
        self.follow(page)
    }

    /// Sends a form and follows redirects.
    pub fn post(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let page = self.request("POST", path, Some(fields));
        self.follow(page)
    }

    /// Sends one request and returns the answer as it comes, redirects too.
    pub fn request(&mut self, method: &str, path: &str, fields: Option<&[(String, String)]>) -> Page {
        self.try_request(method, path, fields)
            .unwrap_or_else(|error| panic!("{method} {path} at {} failed: {error}", self.address))
    }

    /// Like [`Client::request`], for a server that may die meanwhile.
    ///
    /// # Errors
    /// When no whole answer arrives.
    pub fn try_request(
        &mut self,
        method: &str,
        path: &str,
        fields: Option<&[(String, String)]>,
    ) -> std::io::Result<Page> {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("accept", self.accept)];
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let body = fields.map(encode).unwrap_or_default();
        if fields.is_some() {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let reply = exchange(self.address, method, path, &headers, body.as_bytes())?;
        self.keep_cookies(&reply);
        let Reply { status, headers, body } = reply;
        Ok(Page { path: path.to_owned(), status, headers, body })
    }

    /// Sends the form of `page` that has `fields`' first name, with these values in place of the page's own, by the
    /// button called `button` if one is named.
    pub fn submit(&mut self, page: &Page, fields: &[(&str, &str)], button: Option<&str>) -> Page {
        let (path, values) = filled(page, fields, button);
        self.post(&path, &values)
    }

    fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            let Some(location) = page.redirect() else { return page };
            let own = format!("http://{}", self.address);
            let path = location.strip_prefix(&own).unwrap_or(location);
            let path = join(&page.path, path);
            page = self.request("GET", &path, None);
        }
        panic!("{} redirects without end", page.path);
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for (_, line) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let mut parts = line.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let expired = parts
                .map(|part| part.trim().to_ascii_lowercase())
                .any(|part| part == "max-age=0" || part.starts_with("expires=thu, 01 jan 1970"));
            self.cookies.retain(|(key, _)| key != name.trim());
            if !expired {
                self.cookies.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }
}

/// Where a filled-in form of `page` goes, and what it carries.
pub fn filled(page: &Page, fields: &[(&str, &str)], button: Option<&str>) -> (String, Vec<(String, String)>) {
    let name = fields.first().map(|(name, _)| *name).or(button).expect("a field or a button says which form is meant");
    let form = page.form_with(name);
    let mut values = form.fields.clone();
    for (name, value) in fields {
        values.retain(|(key, _)| key != name);
        values.push(((*name).to_owned(), (*value).to_owned()));
    }
    if let Some(button) = button {
        let pressed = form.buttons.iter().find(|(key, _)| key == button);
        values.push(pressed.unwrap_or_else(|| panic!("the form at {} has no button `{button}`", page.path)).clone());
    }
    (join(&page.path, &form.action), values)
}

/// The address that `reference` means on the page at `base`.
fn join(base: &str, reference: &str) -> String {
    let path = base.split('?').next().unwrap_or_default();
    if reference.is_empty() {
        base.to_owned()
    } else if reference.starts_with('/') {
        reference.to_owned()
    } else if reference.starts_with('?') {
        format!("{path}{reference}")
    } else {
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        let mut folders: Vec<&str> = folder.trim_end_matches('/').split('/').collect();
        let mut rest = reference;
        while let Some(up) = rest.strip_prefix("../") {
            folders.pop();
            rest = up;
        }
        format!("{}/{}", folders.join("/"), rest.trim_start_matches("./"))
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn references_are_resolved_as_a_browser_resolves_them() {
        assert_eq!(join("/admin/blog/post/?q=a", ""), "/admin/blog/post/?q=a");
        assert_eq!(join("/admin/blog/post/?q=a", "?q=b"), "/admin/blog/post/?q=b");
        assert_eq!(join("/admin/blog/post/7/delete/", "/admin/"), "/admin/");
        assert_eq!(join("/admin/blog/post/7/change/", "../../"), "/admin/blog/post/");
        assert_eq!(join("/admin/blog/post/", "add/"), "/admin/blog/post/add/");
    }
}
