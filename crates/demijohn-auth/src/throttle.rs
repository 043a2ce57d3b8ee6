//! [`Throttle`]: how often a password may be tried.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a password may be tried: a bound for each name from one client, and a wider one for each client.
///
/// After so many failures the next try has to wait, first half a minute, then twice as long each time, a quarter of an
/// hour at most; tries in between are refused without looking at the password and do not make it longer. A success
/// forgets the failures for that name. Nothing is counted for a name alone, so nobody can lock a user out from
/// elsewhere: behind a proxy set `behind_proxy`, or all its clients are one.
///
/// It lives in this process and holds a bounded number of clients; several processes count each for itself.
///
/// ```
/// use std::time::{Duration, Instant};
/// use demijohn_auth::Throttle;
///
/// let throttle = Throttle::default();
/// let (client, now) = ("192.0.2.7".parse().unwrap(), Instant::now());
/// for _ in 0..Throttle::FAILURES {
///     assert!(throttle.begin("ada", client, now).is_ok());
/// }
/// assert_eq!(throttle.begin("ada", client, now), Err(Duration::from_secs(30)));
/// assert!(throttle.begin("ada", "198.51.100.1".parse().unwrap(), now).is_ok());
/// ```
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    names: Table<(String, IpAddr)>,
    clients: Table<IpAddr>,
}

impl Throttle {
    /// Failures for one name from one client that cost nothing.
    pub const FAILURES: u32 = 10;

    /// Failures from one client, for whatever names, that cost nothing.
    pub const CLIENT_FAILURES: u32 = 100;

    /// Counts a try. It counts as a failure until [`succeed`](Self::succeed) says otherwise, so that many at the same
    /// time are counted too.
    ///
    /// # Errors
    /// How long to wait.
    pub fn begin(&self, name: &str, client: IpAddr, now: Instant) -> Result<(), Duration> {
        let client = network(client);
        let name = (shortened(name), client);
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait =
            tables.names.wait(&name, Self::FAILURES, now).max(tables.clients.wait(&client, Self::CLIENT_FAILURES, now));
        if let Some(wait) = wait {
            return Err(wait);
        }
        tables.names.fail(name, now);
        tables.clients.fail(client, now);
        Ok(())
    }

    /// The try that was counted last was none: the password was right.
    pub fn succeed(&self, name: &str, client: IpAddr) {
        let client = network(client);
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.names.0.remove(&(shortened(name), client));
        if let Some(entry) = tables.clients.0.get_mut(&client) {
            entry.failures = entry.failures.saturating_sub(1);
        }
    }
}

/// Failures by whoever they belong to.
#[derive(Debug)]
struct Table<K>(HashMap<K, Entry>);

#[derive(Debug, Clone, Copy)]
struct Entry {
    failures: u32,
    last: Instant,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq + Clone> Table<K> {
    /// The most entries: about a megabyte.
    const MOST: usize = 10_000;

    /// A failure is forgotten after this long without another; longer than any wait.
    const MEMORY: Duration = Duration::from_mins(20);

    const FIRST_WAIT: Duration = Duration::from_secs(30);
    const LONGEST_WAIT: Duration = Duration::from_mins(15);

    /// How long the next try has to wait, if at all.
    fn wait(&self, key: &K, free: u32, now: Instant) -> Option<Duration> {
        let entry = self.0.get(key).filter(|entry| !entry.is_forgotten(now) && entry.failures >= free)?;
        let doublings = (entry.failures - free).min(10);
        let wait = (Self::FIRST_WAIT * (1 << doublings)).min(Self::LONGEST_WAIT);
        wait.checked_sub(now.saturating_duration_since(entry.last)).filter(|left| !left.is_zero())
    }

    fn fail(&mut self, key: K, now: Instant) {
        if self.0.len() >= Self::MOST && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        let entry = self.0.entry(key).or_insert(Entry { failures: 0, last: now });
        if entry.is_forgotten(now) {
            entry.failures = 0;
        }
        entry.failures = entry.failures.saturating_add(1);
        entry.last = now;
    }

    /// Forgets what is old; failing that, the tenth that failed least: whoever fills the table must not push out
    /// their own long record.
    fn make_room(&mut self, now: Instant) {
        self.0.retain(|_, entry| !entry.is_forgotten(now));
        if self.0.len() < Self::MOST {
            return;
        }
        let mut order: Vec<(u32, Instant, K)> =
            self.0.iter().map(|(key, entry)| (entry.failures, entry.last, key.clone())).collect();
        let tenth = order.len() / 10;
        order.select_nth_unstable_by_key(tenth, |(failures, last, _)| (*failures, *last));
        for (_, _, key) in order.drain(..=tenth) {
            self.0.remove(&key);
        }
    }
}

impl Entry {
    fn is_forgotten(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) > Table::<IpAddr>::MEMORY
    }
}

/// One client: an address of version 4, or the network that an address of version 6 is given out in.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address @ IpAddr::V4(_) => address,
    }
}

/// A name that takes a bounded place: no user has one longer than this.
fn shortened(name: &str) -> String {
    name.chars().take(151).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));

    fn fail(throttle: &Throttle, name: &str, times: u32, now: Instant) {
        for n in 0..times {
            assert_eq!(throttle.begin(name, CLIENT, now), Ok(()), "try {n}");
        }
    }

    #[test]
    fn waits_grow_up_to_a_quarter_of_an_hour() {
        let (throttle, mut now) = (Throttle::default(), Instant::now());
        fail(&throttle, "ada", Throttle::FAILURES, now);
        for seconds in [30, 60, 120, 240, 480, 900, 900, 900] {
            let wait = Duration::from_secs(seconds);
            assert_eq!(throttle.begin("ada", CLIENT, now), Err(wait));
            // Asking again in between does not make it longer.
            assert_eq!(throttle.begin("ada", CLIENT, now + wait / 2), Err(wait / 2));
            now += wait;
            assert_eq!(throttle.begin("ada", CLIENT, now), Ok(()));
        }
    }

    #[test]
    fn a_success_and_time_forget_failures() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        fail(&throttle, "ada", Throttle::FAILURES, now);
        throttle.succeed("ada", CLIENT);
        fail(&throttle, "ada", Throttle::FAILURES, now);
        assert!(throttle.begin("ada", CLIENT, now).is_err());
        let later = now + Duration::from_mins(21);
        fail(&throttle, "ada", Throttle::FAILURES, later);
        assert!(throttle.begin("ada", CLIENT, later).is_err());
    }

    #[test]
    fn nobody_is_locked_out_from_elsewhere_and_one_client_cannot_try_every_name() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        fail(&throttle, "ada", Throttle::FAILURES, now);
        assert!(throttle.begin("ada", CLIENT, now).is_err());
        assert!(throttle.begin("ada", "192.0.2.8".parse().expect("an address"), now).is_ok());
        for n in Throttle::FAILURES..Throttle::CLIENT_FAILURES {
            assert_eq!(throttle.begin(&format!("user{n}"), CLIENT, now), Ok(()));
        }
        assert!(throttle.begin("grace", CLIENT, now).is_err());
    }

    #[test]
    fn an_address_of_version_6_counts_with_its_network() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..Throttle::FAILURES {
            let client = format!("2001:db8::{n:x}").parse().expect("an address");
            assert_eq!(throttle.begin("ada", client, now), Ok(()));
        }
        assert!(throttle.begin("ada", "2001:db8::ffff".parse().expect("an address"), now).is_err());
        assert!(throttle.begin("ada", "2001:db8:0:1::1".parse().expect("an address"), now).is_ok());
        assert_eq!(network("::ffff:192.0.2.7".parse().expect("an address")), CLIENT);
    }

    #[test]
    fn the_table_is_bounded_and_keeps_those_that_failed_most() {
        let mut table = Table::<u32>::default();
        let now = Instant::now();
        for _ in 0..20 {
            table.fail(u32::MAX, now);
        }
        for key in 0..50_000 {
            table.fail(key, now);
        }
        assert!(table.0.len() <= Table::<u32>::MOST);
        assert!(table.wait(&u32::MAX, 10, now).is_some());
    }
}
