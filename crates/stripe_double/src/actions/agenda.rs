//! What happens by itself: sessions end, refunds fail or succeed, payouts are made and arrive, disputes end.

use super::payouts::DAY;
use super::{disputes, payouts, refunds, sessions};
use crate::context::Context;
use crate::model::{Delivery, Task};

/// How long Stripe answers an idempotency key again, in seconds.
const KEYS: i64 = DAY;
/// How long events are kept.
const EVENTS: i64 = 30 * DAY;

/// Lets everything happen that is due, each at its time. Returns whether anything did.
pub(crate) fn advance(context: &mut Context<'_>) -> bool {
    let until = context.now;
    if context.state.settled == 0 {
        context.state.settled = until;
    }
    let mut is_changed = false;
    loop {
        let midnight = (context.state.settled.div_euclid(DAY) + 1) * DAY;
        let next = context.state.agenda.iter().map(|due| due.at).min().unwrap_or(i64::MAX).min(midnight);
        if next > until {
            break;
        }
        is_changed = true;
        context.now = next;
        if next == midnight {
            context.state.settled = midnight;
            forget(context);
            payouts::pay_out(context);
        } else {
            perform(context, next);
        }
    }
    context.now = until;
    is_changed
}

fn perform(context: &mut Context<'_>, now: i64) {
    let agenda = std::mem::take(&mut context.state.agenda);
    let (due, later) = agenda.into_iter().partition::<Vec<_>, _>(|due| due.at <= now);
    context.state.agenda = later;
    for due in due {
        match due.task {
            Task::ExpireSession(id) => sessions::end(context, &id),
            // A refund that has failed already refuses.
            Task::FailRefund(id) => drop(refunds::fail(context, &id, "lost_or_stolen_card")),
            Task::SettleRefund(id) => refunds::settle(context, &id),
            Task::DecideDispute(id) => disputes::end(context, &id),
            Task::PayoutArrives(id) => payouts::arrive(context, &id),
        }
    }
}

/// Forgets old idempotency keys and old events.
fn forget(context: &mut Context<'_>) {
    let now = context.now;
    let state = &mut *context.state;
    state.keys.retain(|_, replay| now - replay.at < KEYS);
    let deliveries = &state.deliveries;
    let waits = |id: &str| deliveries.iter().any(|one: &Delivery| one.event == id);
    state.events.retain(|id, event| now - event.created < EVENTS || waits(id));
}
