//! The client against the double, over HTTP on loopback: every call, every fault, signatures, and idempotency.

mod checkout;
mod deliveries;
mod disputes;
mod faults;
mod forms;
mod lookups;
mod money;
mod payments;
mod retries;
mod rig;
mod secrets;
mod signatures;
mod storage;
