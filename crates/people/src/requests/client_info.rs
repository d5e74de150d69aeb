//! Information about the client of a request: the network, the browser or app, and the cookies that recognize a
//! browser.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use kit::tokens;

use crate::requests::cookies;
use crate::requests::network::network_name;

/// The greatest length of the name that an app gives itself, in characters.
const LONGEST: usize = 60;

/// Information about the client of a request.
#[derive(Debug, Clone)]
pub struct ClientInfo {
    /// The IP address of the client, as trusted proxies report it.
    pub address: IpAddr,
    /// The browser or app in words that its owner knows, such as `Firefox on Linux`.
    pub device: String,
    /// The digest of the cookie that this browser has had since someone signed in with it.
    pub(crate) known: Option<Vec<u8>>,
    /// The digest of the cookie that this browser has had since it signed up.
    pub(crate) sign_up: Option<Vec<u8>>,
    /// The token in the cookie that connects the requests of a visitor.
    pub(crate) visitor: Option<String>,
}

impl ClientInfo {
    /// Returns client information with only an address.
    pub fn address(address: IpAddr) -> ClientInfo {
        ClientInfo { address, device: device(""), known: None, sign_up: None, visitor: None }
    }

    pub(crate) fn of(headers: &HeaderMap, address: IpAddr) -> ClientInfo {
        let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let known = cookies::device(headers).map(tokens::digest);
        let sign_up = cookies::sign_up(headers).map(tokens::digest);
        let visitor = cookies::visitor(headers).map(str::to_owned);
        ClientInfo { address, device: device(agent), known, sign_up, visitor }
    }

    /// Returns the network as it is stored and shown: for IPv6, the first half of the address.
    pub fn network(&self) -> String {
        network_name(self.address)
    }
}

/// Returns the device if it is one of our own names. A name that an app gives itself must not be repeated in an
/// email.
pub(crate) fn known_device(device: &str) -> Option<&str> {
    let is_ours = |word: &str| {
        BROWSERS.iter().any(|(_, name)| *name == word) || SYSTEMS.iter().any(|(_, name)| *name == word)
    };
    Some(device).filter(|device| device.split(" on ").all(is_ours))
}

const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
];

/// Returns a readable name for the client that sends this `User-Agent`.
fn device(agent: &str) -> String {
    let find =
        |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| agent.contains(mark)).map(|one| one.1);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => {
            let name = agent.split(['/', ' ', '(']).next().unwrap_or_default();
            let name: String = name.chars().filter(char::is_ascii_graphic).take(LONGEST).collect();
            if name.is_empty() { "Unknown device".to_owned() } else { name }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_name_is_derived_from_the_user_agent() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0",
                "Edge on Windows",
            ),
            ("CoreSyncApp/2.1 (build 7)", "CoreSyncApp"),
            ("<script>", "<script>"),
            ("", "Unknown device"),
        ] {
            assert_eq!(device(agent), name, "{agent}");
        }
        assert_eq!(device(&"x".repeat(500)).len(), LONGEST);
    }
}
