//! Live changes inside one process: listeners are told when something changed. A message is only a hint; the
//! listener reads the database again.

use tokio::sync::broadcast;

/// A change, identified by its topic. Topics belong to the crates that send them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed(pub String);

/// The hub that distributes changes. Clones share the same hub.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Changed>);

impl Default for Live {
    fn default() -> Live {
        Live(broadcast::channel(256).0)
    }
}

impl Live {
    /// Sends a change to everyone who listens now.
    pub fn tell(&self, changed: Changed) {
        // It is not an error if nobody listens.
        let _ = self.0.send(changed);
    }

    /// Starts listening. A listener that falls 256 changes behind receives `Lagged` and must read everything again.
    pub fn listen(&self) -> broadcast::Receiver<Changed> {
        self.0.subscribe()
    }
}
