//! The state of one open connection, and when its time is up.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How long a connection may be inactive before it is closed.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Before the first request has arrived.
    pub first_request: Duration,
    /// How long a connection may be idle between two requests.
    pub idle: Duration,
    /// In the middle of a response, while the client reads nothing more of it.
    pub stall: Duration,
}

/// A single piece of a response must be taken within this many stall periods, however busy the connection is otherwise:
/// HTTP/2 has many ways to keep a connection busy without reading.
const PIECE_IN_STALLS: u32 = 10;
/// A write of at least this many bytes counts as progress. Replies to pings are smaller.
const PROGRESS: usize = 256;

/// The state of one connection. Times are in milliseconds since the connection was opened; 0 means never.
#[derive(Debug)]
pub(super) struct ConnectionState {
    opened: Instant,
    has_requested: AtomicBool,
    /// The number of requests being answered. A response ends when its last byte is handed to the connection.
    in_hand: AtomicUsize,
    /// The number of responses whose last piece the client has not yet taken.
    untaken: AtomicUsize,
    /// Since when writes have been blocked because the client reads nothing.
    blocked: AtomicU64,
    /// When a response last made progress or ended.
    moved: AtomicU64,
    /// When the connection last asked for a piece of a response.
    taken: AtomicU64,
    closing: AtomicBool,
    close: Notify,
}

/// How dispensable a connection is when there are too many: the lowest rank is closed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The client has not sent a request yet.
    Silent,
    /// The client has no request in progress.
    Idle,
    /// The client does not read its response.
    Stalled,
}

impl ConnectionState {
    pub(super) fn begin() -> ConnectionState {
        ConnectionState {
            opened: Instant::now(),
            has_requested: AtomicBool::new(false),
            in_hand: AtomicUsize::new(0),
            untaken: AtomicUsize::new(0),
            blocked: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            close: Notify::new(),
        }
    }

    /// Returns the milliseconds since the connection was opened, at least 1.
    fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    pub(super) fn request_begins(&self) {
        self.has_requested.store(true, Ordering::Relaxed);
        self.in_hand.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn request_ends(&self) {
        self.moved.store(self.now(), Ordering::Relaxed);
        self.in_hand.fetch_sub(1, Ordering::Relaxed);
    }

    /// Records that a piece of a response was handed to the connection.
    pub(super) fn piece_handed(&self) {
        if self.untaken.fetch_add(1, Ordering::Relaxed) == 0 {
            let now = self.now();
            self.moved.store(now, Ordering::Relaxed);
            self.taken.store(now, Ordering::Relaxed);
        }
    }

    pub(super) fn piece_taken(&self) {
        let now = self.now();
        self.moved.store(now, Ordering::Relaxed);
        self.taken.store(now, Ordering::Relaxed);
        self.untaken.fetch_sub(1, Ordering::Relaxed);
    }

    /// Records that `bytes` were written to the socket.
    pub(super) fn written(&self, bytes: usize) {
        self.blocked.store(0, Ordering::Relaxed);
        if bytes >= PROGRESS {
            self.moved.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Records that nothing more can be written until the client reads.
    pub(super) fn write_blocks(&self) {
        let _ = self.blocked.compare_exchange(0, self.now(), Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Returns how long the client has read nothing although there is something to read.
    fn stalled_for(&self) -> Option<Duration> {
        let now = self.now();
        let blocked = match self.blocked.load(Ordering::Relaxed) {
            0 => None,
            since => Some(now.saturating_sub(since)),
        };
        let untaken = (self.untaken.load(Ordering::Relaxed) > 0)
            .then(|| now.saturating_sub(self.moved.load(Ordering::Relaxed)));
        blocked.max(untaken).map(Duration::from_millis)
    }

    /// Returns how long the connection may stay as it is before it is closed; zero if its time is up.
    pub(super) fn rest(&self, patience: Patience) -> Duration {
        let now = self.now();
        if let Some(stalled) = self.stalled_for() {
            let piece = Duration::from_millis(now.saturating_sub(self.taken.load(Ordering::Relaxed)));
            let is_piece = self.untaken.load(Ordering::Relaxed) > 0;
            let longest = patience.stall * PIECE_IN_STALLS;
            let rest = patience.stall.saturating_sub(stalled);
            return if is_piece { rest.min(longest.saturating_sub(piece)) } else { rest };
        }
        if self.in_hand.load(Ordering::Relaxed) > 0 {
            // A request is being answered: return a delay that is short enough to detect a stall.
            return patience.stall / 2;
        }
        let quiet = Duration::from_millis(now.saturating_sub(self.moved.load(Ordering::Relaxed)));
        let most =
            if self.has_requested.load(Ordering::Relaxed) { patience.idle } else { patience.first_request };
        most.saturating_sub(quiet)
    }

    /// Returns how dispensable the connection is, and for how long it has been so; `None` while it is being served.
    pub(super) fn rank(&self) -> Option<(Rank, Duration)> {
        if self.closing.load(Ordering::Relaxed) {
            return None;
        }
        if let Some(stalled) = self.stalled_for() {
            return (stalled >= Duration::from_secs(1)).then_some((Rank::Stalled, stalled));
        }
        if self.in_hand.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let quiet = Duration::from_millis(self.now().saturating_sub(self.moved.load(Ordering::Relaxed)));
        let has_requested = self.has_requested.load(Ordering::Relaxed);
        Some((if has_requested { Rank::Idle } else { Rank::Silent }, quiet))
    }

    /// Requests that the connection be closed at once.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.close.notify_one();
    }

    /// Waits until [`ConnectionState::close`] is called.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        first_request: Duration::from_millis(40),
        idle: Duration::from_millis(80),
        stall: Duration::from_millis(60),
    };

    /// Waits until the remaining time is zero, and returns how long that took.
    fn until_over(state: &ConnectionState) -> Duration {
        let begun = Instant::now();
        while !state.rest(PATIENCE).is_zero() {
            std::thread::sleep(state.rest(PATIENCE).min(Duration::from_millis(5)));
            assert!(begun.elapsed() < Duration::from_secs(5), "its time is never up");
        }
        begun.elapsed()
    }

    #[test]
    fn silent_and_idle_connections_have_separate_timeouts() {
        let silent = ConnectionState::begin();
        assert_eq!(silent.rank().map(|(rank, _)| rank), Some(Rank::Silent));
        assert!(until_over(&silent) >= Duration::from_millis(35));
        let idle = ConnectionState::begin();
        idle.request_begins();
        assert_eq!(idle.rank(), None, "it is being served");
        idle.request_ends();
        assert_eq!(idle.rank().map(|(rank, _)| rank), Some(Rank::Idle));
        assert!(until_over(&idle) >= Duration::from_millis(75));
    }

    #[test]
    fn a_client_that_reads_nothing_times_out_but_one_that_waits_does_not() {
        let waiting = ConnectionState::begin();
        waiting.request_begins();
        std::thread::sleep(Duration::from_millis(150));
        assert!(!waiting.rest(PATIENCE).is_zero(), "an answer that comes slowly is our doing");
        waiting.piece_handed();
        assert!(until_over(&waiting) >= Duration::from_millis(55));
        waiting.piece_taken();
        assert!(!waiting.rest(PATIENCE).is_zero(), "it took what there was");
        waiting.write_blocks();
        assert!(until_over(&waiting) >= Duration::from_millis(55));
        waiting.written(1);
        assert!(!waiting.rest(PATIENCE).is_zero());
    }

    /// A client that keeps the connection busy without taking its response is disconnected in the end.
    #[test]
    fn a_busy_connection_that_takes_no_response_data_times_out() {
        let busy = ConnectionState::begin();
        busy.request_begins();
        busy.piece_handed();
        let begun = Instant::now();
        while !busy.rest(PATIENCE).is_zero() {
            busy.written(PROGRESS);
            std::thread::sleep(Duration::from_millis(5));
            assert!(begun.elapsed() < Duration::from_secs(5));
        }
        assert!(begun.elapsed() >= PATIENCE.stall * 2);
    }
}
