//! [`SignInLink`]: a link that signs a developer in, printed when the server starts.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use demijohn_core::Settings;
use demijohn_core::signing::{Keys, TimestampSigner, constant_time_eq, random_string};

const SALT: &str = "demijohn.auth.sign_in_link";

/// How long it works.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);

/// A link that signs a developer in once.
///
/// **Invariant:** it exists only in development mode and on a server that only this machine reaches. The token holds
/// the user, a number used once and the time, signed; the number is in this process's memory alone, so that a token
/// of another start, or one that was used, is worth nothing.
#[derive(Debug, Default)]
pub(crate) struct SignInLink(Mutex<Option<String>>);

impl SignInLink {
    /// A token for a user; an older one ends.
    pub(crate) fn issue(&self, user: i64, keys: &Keys) -> String {
        let nonce = random_string(32);
        let token = TimestampSigner::new(keys, SALT).sign(&format!("{user}.{nonce}"));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce);
        token
    }

    /// The user of a token that is good; it is used up then.
    pub(crate) fn redeem(&self, token: &str, keys: &Keys) -> Option<i64> {
        let signer = TimestampSigner::new(keys, SALT);
        let (user, nonce) = signer.unsign(token, Some(LIFETIME)).ok()?.split_once('.')?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = kept.as_ref().is_some_and(|kept| constant_time_eq(kept.as_bytes(), nonce.as_bytes()));
        if !is_kept {
            return None;
        }
        *kept = None;
        user.parse().ok()
    }
}

/// Whether there may be such a link: in development, on an address that only this machine reaches.
pub(crate) fn is_allowed(settings: &Settings) -> bool {
    settings.debug && is_loopback(&settings.bind)
}

/// The link for people; without the address while the system still has to choose the port.
pub(crate) fn address(settings: &Settings, path: &str) -> String {
    let has_port = settings.bind.rsplit_once(':').is_some_and(|(_, port)| port != "0");
    if has_port { format!("http://{}{path}", settings.bind) } else { path.to_owned() }
}

fn is_loopback(bind: &str) -> bool {
    match bind.parse::<SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => bind.rsplit_once(':').is_some_and(|(host, _)| host.eq_ignore_ascii_case("localhost")),
    }
}

/// Whether somebody on this machine asks.
pub(crate) fn is_local(client: IpAddr) -> bool {
    client.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_once_and_a_newer_one_ends_it() {
        let (link, keys) = (SignInLink::default(), Keys::new("a key for this test"));
        let token = link.issue(7, &keys);
        assert_eq!(link.redeem(&token, &Keys::new("another key")), None);
        assert_eq!(link.redeem(&format!("{token}x"), &keys), None);
        assert_eq!(link.redeem(&token, &keys), Some(7));
        assert_eq!(link.redeem(&token, &keys), None);
        let first = link.issue(7, &keys);
        let second = link.issue(8, &keys);
        assert_eq!(link.redeem(&first, &keys), None);
        assert_eq!(link.redeem(&second, &keys), Some(8));
        assert_eq!(SignInLink::default().redeem(&second, &keys), None);
    }

    #[test]
    fn only_a_development_server_on_this_machine_has_one() {
        let mut settings = Settings::default();
        for (bind, debug, expected) in [
            ("127.0.0.1:8000", true, true),
            ("[::1]:8000", true, true),
            ("localhost:8000", true, true),
            ("127.0.0.1:8000", false, false),
            ("0.0.0.0:8000", true, false),
            ("192.0.2.1:8000", true, false),
            ("[::]:8000", true, false),
            ("localhost.example.org:80", true, false),
            ("", true, false),
        ] {
            bind.clone_into(&mut settings.bind);
            settings.debug = debug;
            assert_eq!(is_allowed(&settings), expected, "{bind} {debug}");
        }
    }
}
