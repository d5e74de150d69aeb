//! What an action works with: the state, the time, chance, and the address of the hosted pages.

use std::sync::Arc;

use crate::error::{Answer, ApiError};
use crate::model::{
    Charge, Customer, DoubleFault, Due, InjectedFault, Method, Payment, Session, Setup, State, Table, Task,
};

/// Fills bytes with chance.
pub type RandomSource = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Returns the time in unix seconds.
pub type TimeSource = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What an action works with.
pub(crate) struct Context<'a> {
    pub(crate) state: &'a mut State,
    /// The time of the account in unix seconds.
    pub(crate) now: i64,
    pub(crate) random: &'a RandomSource,
    /// The address of the double, without a slash at its end.
    pub(crate) url: &'a str,
    /// The idempotency key of the request.
    pub(crate) key: Option<String>,
    /// Whether there is a webhook that events are delivered to.
    pub(crate) delivers: bool,
}

impl Context<'_> {
    /// Returns a new id. Ids with the same prefix are in the order of their creation.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.state.next += 1;
        let number = base(self.state.next, 36, 8);
        format!("{prefix}_{number}{}", self.token(16))
    }

    /// Returns random letters and digits.
    pub(crate) fn token(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut bytes = vec![0; length];
        (self.random)(&mut bytes);
        bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
    }

    /// Puts a task on the agenda.
    pub(crate) fn later(&mut self, seconds: i64, task: Task) {
        self.state.agenda.push(Due { at: self.now.saturating_add(seconds), task });
    }

    /// Takes the first fault that a test accepts, and counts it.
    pub(crate) fn take_fault(&mut self, is_meant: impl Fn(&DoubleFault) -> bool) -> Option<InjectedFault> {
        let at = self.state.faults.iter().position(is_meant)?;
        let fault = self.state.faults.get_mut(at)?;
        let kind = fault.kind.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.state.faults.remove(at);
            }
        }
        Some(kind)
    }

    /// Returns a customer that a parameter names.
    pub(crate) fn customer(&self, param: &str, id: &str) -> Answer<&Customer> {
        match self.state.customers.get(id) {
            Some(customer) if !customer.is_deleted => Ok(customer),
            _ => Err(ApiError::missing("customer", param, id)),
        }
    }

    /// Returns a payment method that a parameter names.
    pub(crate) fn method(&self, param: &str, id: &str) -> Answer<&Method> {
        self.state.methods.get(id).ok_or_else(|| ApiError::missing("PaymentMethod", param, id))
    }

    pub(crate) fn payment(&self, id: &str) -> Answer<&Payment> {
        found(&self.state.payments, "payment_intent", "intent", id)
    }

    pub(crate) fn payment_mut(&mut self, id: &str) -> Answer<&mut Payment> {
        found_mut(&mut self.state.payments, "payment_intent", "intent", id)
    }

    pub(crate) fn setup(&self, id: &str) -> Answer<&Setup> {
        found(&self.state.setups, "setupintent", "intent", id)
    }

    pub(crate) fn setup_mut(&mut self, id: &str) -> Answer<&mut Setup> {
        found_mut(&mut self.state.setups, "setupintent", "intent", id)
    }

    pub(crate) fn session(&self, id: &str) -> Answer<&Session> {
        found(&self.state.sessions, "checkout.session", "session", id)
    }

    pub(crate) fn session_mut(&mut self, id: &str) -> Answer<&mut Session> {
        found_mut(&mut self.state.sessions, "checkout.session", "session", id)
    }

    pub(crate) fn charge(&self, id: &str) -> Answer<&Charge> {
        found(&self.state.charges, "charge", "charge", id)
    }
}

/// Returns an object of a table, or the error that it does not exist (404).
pub(crate) fn found<'a, T>(table: &'a Table<T>, what: &str, param: &str, id: &str) -> Answer<&'a T> {
    table.get(id).ok_or_else(|| ApiError::missing(what, param, id).status(404))
}

/// As [`found`], to change the object.
pub(crate) fn found_mut<'a, T>(
    table: &'a mut Table<T>,
    what: &str,
    param: &str,
    id: &str,
) -> Answer<&'a mut T> {
    table.get_mut(id).ok_or_else(|| ApiError::missing(what, param, id).status(404))
}

/// Writes a number with digits and upper-case letters, with leading zeros.
fn base(mut number: u64, base: u64, width: usize) -> String {
    let mut digits = Vec::new();
    while number > 0 || digits.len() < width {
        let digit = u32::try_from(number % base).unwrap_or(0);
        digits.push(char::from_digit(digit, 36).unwrap_or('0').to_ascii_uppercase());
        number /= base;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_their_creation() {
        let random: RandomSource = Arc::new(|bytes| bytes.fill(200));
        let mut state = State::default();
        let mut context =
            Context { state: &mut state, now: 0, random: &random, url: "", key: None, delivers: false };
        let ids: Vec<String> = (0..100).map(|_| context.id("pi")).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0], format!("pi_00000001{}", "E".repeat(16)));
    }
}
