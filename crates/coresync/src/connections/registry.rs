//! The open connections, and which one is closed when there are too many.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::connection_state::{ConnectionState, Rank};
use super::limits::ConnectionLimits;

/// The open connections. Clones share the same state.
#[derive(Clone)]
pub(super) struct Registry(Arc<Inner>);

struct Inner {
    limits: ConnectionLimits,
    reserve: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, (IpAddr, Arc<ConnectionState>)>,
    by_network: HashMap<IpAddr, usize>,
}

/// A connection's place in the registry. It is given back when it is dropped.
pub(super) struct Entry {
    registry: Registry,
    number: u64,
    network: IpAddr,
    pub(super) state: Arc<ConnectionState>,
    /// Whether the place is beyond the limit, where only health checks are answered.
    pub(super) is_reserve: bool,
}

impl Registry {
    /// Creates a registry with room for the connections that `limits` allow, plus `reserve` whose health checks are
    /// answered.
    pub(super) fn new(limits: ConnectionLimits, reserve: usize) -> Registry {
        Registry(Arc::new(Inner { limits, reserve, open: Mutex::default() }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a place for a connection from `address`. If there are too many connections, the most dispensable one is
    /// closed. If all are being served, the connection gets a place in the reserve, or `None` if the reserve is full as
    /// well.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Entry> {
        let ConnectionLimits { most, most_of_one, ref proxies, .. } = self.0.limits;
        let network = network(address);
        let is_bounded = most_of_one > 0 && !proxies.contains(&address.to_canonical());
        let mut open = self.open();
        let of_network = open.by_network.get(&network).copied().unwrap_or(0);
        if is_bounded && of_network >= most_of_one && !open.close_one(Some(network)) {
            metrics::counter!("coresync_connections_refused_total", "why" => "network").increment(1);
            return None;
        }
        let is_full = open.connections.len() >= most;
        let is_reserve = is_full && !open.close_one(None);
        // Connections that are being closed keep their file descriptors for a moment.
        if open.connections.len() >= most + self.0.reserve {
            metrics::counter!("coresync_connections_refused_total", "why" => "all").increment(1);
            return None;
        }
        let (number, state) = (open.next, Arc::new(ConnectionState::begin()));
        open.next += 1;
        open.connections.insert(number, (network, state.clone()));
        *open.by_network.entry(network).or_default() += 1;
        Some(Entry { registry: self.clone(), number, network, state, is_reserve })
    }

    /// Returns whether so many connections are still closing that the next one might find no place.
    pub(super) fn is_crowded(&self) -> bool {
        self.open().connections.len() >= self.0.limits.most + self.0.reserve / 2
    }

    /// Closes the most dispensable connection, because the process is out of file descriptors.
    pub(super) fn make_room(&self) {
        self.open().close_one(None);
    }
}

impl Open {
    /// Closes the most dispensable connection, of one network or of all. Returns whether there was one.
    fn close_one(&mut self, of: Option<IpAddr>) -> bool {
        let ours = self.connections.values().filter(|(network, _)| of.is_none_or(|of| of == *network));
        let ranked = ours.filter_map(|(_, state)| state.rank().map(|(rank, time)| (rank, time, state)));
        let first = ranked.min_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)));
        let Some((rank, _, state)) = first else { return false };
        state.close();
        let why = match rank {
            Rank::Silent => "silent",
            Rank::Idle => "idle",
            Rank::Stalled => "stalled",
        };
        metrics::counter!("coresync_connections_displaced_total", "why" => why).increment(1);
        true
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self.registry.open();
        open.connections.remove(&self.number);
        if let Some(count) = open.by_network.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.by_network.remove(&self.network);
            }
        }
    }
}

/// Returns the network that an address is counted under: the IPv4 address itself, or the /64 of an IPv6 address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::connection_state::Patience;
    use super::*;

    fn registry(most: usize, most_of_one: usize) -> Registry {
        let second = Duration::from_secs(1);
        let patience = Patience { first_request: second, idle: second, stall: second };
        let proxies = vec![address("10.0.0.9")];
        Registry::new(ConnectionLimits { most, most_of_one, proxies, patience }, 2)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Adds a connection that is being served.
    fn busy(registry: &Registry, from: &str) -> Entry {
        let entry = registry.enter(address(from)).expect("a place");
        entry.state.request_begins();
        entry
    }

    #[test]
    fn connections_are_limited_per_network_except_for_proxies() {
        let registry = registry(100, 2);
        let held: Vec<_> = (0..2).map(|_| busy(&registry, "2001:db8::1")).collect();
        assert!(registry.enter(address("2001:db8::2")).is_none(), "the same /64");
        assert!(registry.enter(address("2001:db8:0:1::2")).is_some());
        let proxied: Vec<_> = (0..50).map(|_| busy(&registry, "10.0.0.9")).collect();
        assert_eq!(proxied.len(), 50);
        drop(held);
        assert!(registry.enter(address("2001:db8::2")).is_some());
    }

    #[test]
    fn silent_and_idle_connections_are_evicted_but_busy_ones_are_not() {
        let registry = registry(3, 0);
        let served = busy(&registry, "10.0.0.1");
        let silent = registry.enter(address("10.0.0.2")).expect("a place");
        let idle = busy(&registry, "10.0.0.3");
        idle.state.request_ends();
        // The registry is full: first the silent connection is closed, then the idle one, then none.
        assert!(!registry.enter(address("10.0.0.4")).expect("a place").is_reserve);
        assert!(silent.state.rank().is_none() && idle.state.rank().is_some());
        drop(silent);
        let fourth = busy(&registry, "10.0.0.4");
        assert!(!busy(&registry, "10.0.0.5").is_reserve);
        assert!(idle.state.rank().is_none() && served.state.rank().is_none());
        drop(idle);
        let fifth = busy(&registry, "10.0.0.5");
        let reserve: Vec<_> = (0..2).map(|_| busy(&registry, "10.0.0.6")).collect();
        assert!(reserve.iter().all(|entry| entry.is_reserve));
        assert!(registry.enter(address("10.0.0.7")).is_none(), "the reserve is taken too");
        drop((fourth, fifth, reserve));
        assert!(!registry.enter(address("10.0.0.7")).expect("a place").is_reserve);
    }
}
