//! Connection limits: the configured ones, reduced to what the process's file descriptors allow.

use std::net::IpAddr;
use std::time::Duration;

use kit::config::Config;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::connection_state::Patience;

/// The number of file descriptors that are kept for the database, email, the log, and everything else.
const OWN_DESCRIPTORS: usize = 160;
/// The number of connections that are accepted beyond the limit, so that health checks are still answered.
pub(super) const RESERVE: usize = 32;

/// The limits on connections, and how long a connection may be inactive.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// The maximum number of connections.
    pub most: usize,
    /// The maximum number of connections from one network; 0 means no limit.
    pub most_of_one: usize,
    /// The addresses of trusted proxies, which have no limit of their own.
    pub proxies: Vec<IpAddr>,
    /// How long a connection may be inactive.
    pub patience: Patience,
}

impl ConnectionLimits {
    /// Reads the limits from the configuration and lowers them to what the process's file descriptors allow.
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

/// Raises the process's limit of file descriptors to its maximum, and returns the limit.
fn raise_descriptors() -> usize {
    let limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        // If this is refused, the lower limit stays.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    let now = getrlimit(Resource::Nofile).current;
    now.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}
