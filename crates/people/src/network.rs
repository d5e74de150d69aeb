//! Networks: what counts as one address, and how it is kept and shown.

use std::net::{IpAddr, Ipv6Addr};

/// A network as a key of what is counted.
pub(crate) fn address_key(address: IpAddr) -> String {
    format!("address:{}", network_name(address))
}

/// A network as it is kept and shown: `192.0.2.1`, `2001:db8::/64`.
pub(crate) fn network_name(address: IpAddr) -> String {
    match network(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(network) => format!("{network}/64"),
    }
}

/// The network that counts as one address: whoever has one IPv6 address has 2^64 of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}
