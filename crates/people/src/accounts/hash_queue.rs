//! The queue for computing password hashes. A process computes two at once. Waiting requests are served in turn by
//! network, so that a flood from one network delays another by a single hash.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use kit::{Error, RETRY_AFTER, Result};
use tokio::sync::oneshot;

use crate::requests::limits::TOO_MANY_ATTEMPTS;
use crate::requests::network::network;

/// How many hashes are computed at once. Each takes 19 MiB and about 20 ms of one core.
const AT_ONCE: usize = 2;
/// How many requests of one network may wait.
const WAITING_OF_ONE: usize = 64;
/// How many requests may wait in total.
const WAITING: usize = 1_024;
/// The number of seconds after which a refused request may be retried.
const AGAIN: i64 = 5;

/// The queue of one process. Clones share the same queue.
#[derive(Clone, Default)]
pub(crate) struct HashQueue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The number of hashes that are being computed.
    running: usize,
    waiting: usize,
    /// The networks with their waiting requests. The one at the front is served next.
    networks: VecDeque<(IpAddr, VecDeque<oneshot::Sender<HashPermit>>)>,
}

/// The right to compute one hash. When it is dropped, it passes to the next request in the queue.
pub(crate) struct HashPermit {
    queue: HashQueue,
    is_over: bool,
}

impl HashQueue {
    /// Waits for a permit of a network (for IPv6, a /64).
    ///
    /// # Errors
    /// Returns [`TOO_MANY_ATTEMPTS`] if 64 requests of the network, or 1,024 in total, are waiting already.
    pub(crate) async fn acquire(&self, address: IpAddr) -> Result<HashPermit> {
        let permit = {
            let mut state = self.state();
            if state.running < AT_ONCE {
                state.running += 1;
                return Ok(self.permit());
            }
            state
                .enter(network(address))
                .ok_or(Error::refused(&TOO_MANY_ATTEMPTS).with(RETRY_AFTER, AGAIN))?
        };
        permit.await.map_err(kit::Fault::because)
    }

    fn permit(&self) -> HashPermit {
        HashPermit { queue: self.clone(), is_over: false }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes the permit on, skipping requests that no longer wait.
    fn hand_on(&self) {
        loop {
            let next = {
                let mut state = self.state();
                let Some(next) = state.next() else {
                    state.running -= 1;
                    return;
                };
                next
            };
            match next.send(self.permit()) {
                Ok(()) => return,
                // Nobody received this permit, and the loop passes it on itself, so its drop must not.
                Err(mut permit) => permit.is_over = true,
            }
        }
    }

    /// Returns the number of waiting requests.
    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.state().waiting
    }
}

impl State {
    fn enter(&mut self, network: IpAddr) -> Option<oneshot::Receiver<HashPermit>> {
        let place = self.networks.iter().position(|(one, _)| *one == network);
        let of_one = place.and_then(|place| self.networks.get(place)).map_or(0, |(_, who)| who.len());
        if self.waiting >= WAITING || of_one >= WAITING_OF_ONE {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        match place.and_then(|place| self.networks.get_mut(place)) {
            Some((_, who)) => who.push_back(sender),
            None => self.networks.push_back((network, VecDeque::from([sender]))),
        }
        self.waiting += 1;
        Some(receiver)
    }

    fn next(&mut self) -> Option<oneshot::Sender<HashPermit>> {
        let (network, mut who) = self.networks.pop_front()?;
        let next = who.pop_front();
        if !who.is_empty() {
            self.networks.push_back((network, who));
        }
        self.waiting -= 1;
        next
    }
}

impl Drop for HashPermit {
    fn drop(&mut self) {
        if !self.is_over {
            self.queue.hand_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Yields until every task that can run has run.
    async fn settle() {
        for _ in 0..300 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_flood_from_one_network_does_not_delay_another() {
        let queue = HashQueue::default();
        let (first, second) = (
            queue.acquire(from("198.51.100.1")).await.expect("free"),
            queue.acquire(from("198.51.100.1")).await.expect("free"),
        );
        let served = Arc::new(Mutex::new(Vec::new()));
        let wait = |address: &'static str| {
            let (queue, served) = (queue.clone(), served.clone());
            tokio::spawn(async move {
                let permit = queue.acquire(from(address)).await?;
                served.lock().expect("the list").push(address);
                tokio::task::yield_now().await;
                drop(permit);
                Ok::<(), Error>(())
            })
        };
        let flood: Vec<_> = (0..150).map(|_| wait("198.51.100.1")).collect();
        settle().await;
        let owner = wait("203.0.113.9");
        settle().await;
        assert_eq!(queue.waiting(), WAITING_OF_ONE + 1, "the rest of the flood was refused at once");
        drop((first, second));
        owner.await.expect("it ends").expect("served");
        let place = served.lock().expect("the list").iter().position(|one| *one == "203.0.113.9");
        assert!(place.is_some_and(|place| place <= 2), "{place:?}");
        let mut refused = 0;
        for one in flood {
            refused += usize::from(one.await.expect("it ends").is_err());
        }
        assert_eq!(refused, 150 - WAITING_OF_ONE);
        assert_eq!((queue.waiting(), queue.state().running), (0, 0));
    }

    #[tokio::test]
    async fn an_abandoned_wait_does_not_block_the_hash_queue() {
        let queue = HashQueue::default();
        let (first, second) = (
            queue.acquire(from("192.0.2.1")).await.expect("free"),
            queue.acquire(from("192.0.2.1")).await.expect("free"),
        );
        let impatient: Vec<_> = (0..5)
            .map(|_| {
                let queue = queue.clone();
                tokio::spawn(async move { queue.acquire(from("192.0.2.1")).await.map(drop) })
            })
            .collect();
        settle().await;
        impatient.iter().for_each(tokio::task::JoinHandle::abort);
        settle().await;
        drop((first, second));
        assert_eq!(queue.state().running, 0);
        drop(queue.acquire(from("192.0.2.2")).await.expect("free again"));
    }
}
