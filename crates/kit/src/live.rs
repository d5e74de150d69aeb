//! Live changes inside one process: who waits for something is told when it changed.
//! A message is a hint, never the truth: the listener reads the database again.

use tokio::sync::broadcast;

/// A change, by topic. Topics belong to the crates that send them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed(pub String);

/// The hub. Clones are the same hub.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<Changed>);

impl Default for Live {
    fn default() -> Live {
        Live(broadcast::channel(256).0)
    }
}

impl Live {
    /// Tells everybody who listens now.
    pub fn tell(&self, changed: Changed) {
        // Nobody listening is not an error.
        let _ = self.0.send(changed);
    }

    /// Listens from now on. Who falls 256 changes behind is told so by `Lagged` and reads everything anew.
    pub fn listen(&self) -> broadcast::Receiver<Changed> {
        self.0.subscribe()
    }
}
