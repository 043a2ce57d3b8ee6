//! The host names a site answers to.

use std::net::Ipv6Addr;
use std::sync::OnceLock;

use demijohn_core::{Error, ErrorKind, Result, Settings, suggest};
use http::HeaderValue;
use http::header::HOST;
use http::request::Parts;

/// The allowed hosts, in small letters.
pub(crate) struct Hosts {
    any: bool,
    allowed: Vec<String>,
    this_machine: bool,
    /// The first host that was let in: nearly every request names the same, and then one comparison is enough.
    usual: OnceLock<HeaderValue>,
}

/// The longest name that is kept.
const LONGEST_HOST: usize = 261;

impl Hosts {
    pub(crate) fn new(settings: &Settings) -> Self {
        let allowed: Vec<String> = settings.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Self {
            any: allowed.iter().any(|host| host == "*") || (allowed.is_empty() && !settings.debug),
            this_machine: settings.debug,
            allowed,
            usual: OnceLock::new(),
        }
    }

    /// Refuses a request for a host that is not ours, or for none that could be: links made from it would lead
    /// elsewhere.
    pub(crate) fn check(&self, parts: &mut Parts) -> Result<()> {
        // RFC 9112, 3.2.2: a host in the target takes the place of the header, so that nobody reads another one.
        if let Some(authority) = parts.uri.authority() {
            let host = HeaderValue::from_str(authority.as_str()).map_err(|_| self.refusal(authority.as_str()))?;
            parts.headers.insert(HOST, host);
        }
        let mut headers = parts.headers.get_all(HOST).iter();
        let (value, None) = (headers.next(), headers.next()) else {
            return Err(self.refusal(""));
        };
        if value.is_some() && value == self.usual.get() {
            return Ok(());
        }
        let Some(host) = value.map_or(Some(""), |value| value.to_str().ok()) else {
            return Err(self.refusal(""));
        };
        let name = without_port(host);
        let is_allowed = is_host(name) && (self.any || self.allows(&name.to_ascii_lowercase()));
        if !is_allowed {
            return Err(self.refusal(host));
        }
        if let Some(value) = value.filter(|value| value.len() <= LONGEST_HOST) {
            self.usual.get_or_init(|| value.clone());
        }
        Ok(())
    }

    fn allows(&self, name: &str) -> bool {
        let bare = name.strip_suffix('.').unwrap_or(name);
        let listed = self.allowed.iter().any(|allowed| match allowed.strip_prefix('.') {
            Some(domain) => bare == domain || bare.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.')),
            None => bare == allowed,
        });
        // An address needs no name server, so nobody can make it point elsewhere later.
        let is_address = || bare.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
        listed || (self.this_machine && (bare == "localhost" || bare.ends_with(".localhost") || is_address()))
    }

    fn refusal(&self, host: &str) -> Error {
        let host: String = host.chars().take(100).collect();
        if self.any {
            let message = format!("the host `{}` is no host name", host.escape_debug());
            return Error::new(ErrorKind::Invalid, "web.host", message)
                .with_hint("a request names one host, as `example.org`, `example.org:8000` or `[::1]:8000`");
        }
        let mut choices: Vec<&str> = self.allowed.iter().map(String::as_str).collect();
        if self.this_machine {
            choices.extend(["localhost", "an IP address"]);
        }
        let message =
            format!("the host `{}` is not allowed; choices are {}", host.escape_debug(), suggest::list(choices));
        Error::new(ErrorKind::Invalid, "web.host", message)
            .with_hint(format!("add `{}` to the setting `allowed_hosts`", without_port(&host).escape_debug()))
    }
}

/// Letters, digits, dots and hyphens, or an address in brackets: `evil.example/.example.org` is below nothing of ours.
fn is_host(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|digit| digit.is_ascii_digit()) && (name.ends_with(']') || !name.contains(':')) =>
        {
            name
        }
        _ => host,
    }
}
