//! Everything that the double stores.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::faults::DoubleFault;
use super::objects::{
    Charge, Customer, Dispute, Event, Method, Payment, Payout, Refund, Session, Setup, Transaction,
};

/// Objects by id. Ids are in the order of their creation.
pub(crate) type Table<T> = BTreeMap<String, T>;

/// The state of an account, as it is stored in the file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// The number of the next id.
    pub(crate) next: u64,
    /// How far the clock was moved, in seconds.
    pub(crate) shift: i64,
    /// Up to when everything that was due has happened, in unix seconds.
    pub(crate) settled: i64,
    pub(crate) customers: Table<Customer>,
    pub(crate) methods: Table<Method>,
    pub(crate) payments: Table<Payment>,
    pub(crate) setups: Table<Setup>,
    pub(crate) sessions: Table<Session>,
    pub(crate) charges: Table<Charge>,
    pub(crate) refunds: Table<Refund>,
    pub(crate) disputes: Table<Dispute>,
    pub(crate) transactions: Table<Transaction>,
    pub(crate) payouts: Table<Payout>,
    pub(crate) events: Table<Event>,
    /// The intents that wait for the bank's page, by its token.
    pub(crate) challenges: BTreeMap<String, String>,
    /// The first response to each idempotency key.
    pub(crate) keys: BTreeMap<String, Replay>,
    pub(crate) agenda: Vec<Due>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) faults: Vec<DoubleFault>,
}

/// The first response to an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Replay {
    /// The method, the path, and a digest of the parameters.
    pub(crate) request: String,
    pub(crate) request_id: String,
    pub(crate) at: i64,
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// What happens at a time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) at: i64,
    pub(crate) task: Task,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Task {
    ExpireSession(String),
    FailRefund(String),
    SettleRefund(String),
    DecideDispute(String),
    PayoutArrives(String),
}

/// A delivery of an event that is still to be made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Delivery {
    pub(crate) event: String,
    pub(crate) at: i64,
    pub(crate) tries: u32,
}
