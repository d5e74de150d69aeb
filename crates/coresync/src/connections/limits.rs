//! How many connections there may be: what the configuration says, as far as the process may have descriptors for it.

use std::net::IpAddr;
use std::time::Duration;

use kit::config::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::connection_state::Patience;

/// How many descriptors are left for the database, mail, the log and whatever else there is.
const OWN_DESCRIPTORS: usize = 160;
/// How many connections are taken beyond the limit, for who asks whether we live.
pub(super) const RESERVE: usize = 32;

/// How many connections there may be, and how long they may do nothing.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// At most so many are served.
    pub most: usize,
    /// At most so many of one network; 0 is without limit.
    pub most_of_one: usize,
    /// Who may have any number.
    pub proxies: Vec<IpAddr>,
    /// How long they may do nothing.
    pub patience: Patience,
}

impl ConnectionLimits {
    /// What the configuration says, as far as the process may have descriptors for it.
    pub fn from_config(config: &Config) -> ConnectionLimits {
        let descriptors = raise_descriptors();
        let possible = descriptors.saturating_sub(OWN_DESCRIPTORS + config.postgres_connections).max(RESERVE);
        if possible < config.max_connections {
            tracing::info!(
                descriptors,
                connections = possible,
                "fewer connections than configured: the limit of open files is lower"
            );
        }
        ConnectionLimits {
            most: config.max_connections.min(possible),
            most_of_one: config.max_connections_per_address,
            proxies: config.trusted_proxies.clone(),
            patience: Patience {
                first_request: Duration::from_secs(config.first_request_seconds),
                idle: Duration::from_secs(config.idle_seconds),
                stall: Duration::from_secs(config.stall_seconds),
            },
        }
    }
}

/// Has the process use as many descriptors as it may; says how many.
fn raise_descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        // Where it is refused, the lower limit stays.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    let now = getrlimit(Resource::Nofile).current;
    now.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}
