//! Networks: what counts as one client address, and how it is stored and shown.

use std::net::{IpAddr, Ipv6Addr};

/// Returns the key of a network in the limits.
pub(crate) fn address_key(address: IpAddr) -> String {
    format!("address:{}", network_name(address))
}

/// Returns a network as it is stored and shown: `192.0.2.1` or `2001:db8::/64`.
pub(crate) fn network_name(address: IpAddr) -> String {
    match network(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(network) => format!("{network}/64"),
    }
}

/// Returns the network that counts as one address. For IPv6 it is the /64, because one client usually has all its
/// 2^64 addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}
