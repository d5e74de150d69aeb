//! The balance: its transactions, and the payouts of each day.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{events, lists};
use crate::context::{Context, found};
use crate::error::{Answer, ApiError};
use crate::model::{Payout, Task, Transaction};
use crate::params::Params;
use crate::render;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// A change of the balance.
pub(crate) struct Change<'a> {
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) category: &'a str,
    pub(crate) source: &'a str,
    /// Whether the money can be paid out at once. Otherwise it can after two days.
    pub(crate) is_available: bool,
}

/// Changes the balance, and returns the id of the transaction.
pub(crate) fn book(context: &mut Context<'_>, change: &Change<'_>) -> String {
    let id = context.id("txn");
    let day = context.now - context.now.rem_euclid(DAY);
    let transaction = Transaction {
        id: id.clone(),
        created: context.now,
        amount: change.amount,
        fee: change.fee,
        currency: change.currency.to_owned(),
        kind: change.kind.to_owned(),
        category: change.category.to_owned(),
        source: change.source.to_owned(),
        description: None,
        available_on: if change.is_available { context.now } else { day + 2 * DAY },
        payout: None,
    };
    context.state.transactions.insert(id.clone(), transaction);
    id
}

/// Pays out what is available, by currency. Nothing is paid out while the sum is not above 0.
pub(crate) fn pay_out(context: &mut Context<'_>) {
    let now = context.now;
    let mut sums: BTreeMap<String, (i64, Vec<String>)> = BTreeMap::new();
    for one in context.state.transactions.values() {
        if one.payout.is_none() && one.available_on <= now {
            let (sum, ids) = sums.entry(one.currency.clone()).or_default();
            *sum += one.net();
            ids.push(one.id.clone());
        }
    }
    for (currency, (amount, mut ids)) in sums.into_iter().filter(|(_, (amount, _))| *amount > 0) {
        let id = context.id("po");
        let transaction = book(
            context,
            &Change {
                amount: -amount,
                fee: 0,
                currency: &currency,
                kind: "payout",
                category: "payout",
                source: &id,
                is_available: true,
            },
        );
        ids.push(transaction.clone());
        for one in &ids {
            if let Some(one) = context.state.transactions.get_mut(one) {
                one.payout = Some(id.clone());
            }
        }
        let payout = Payout {
            id: id.clone(),
            created: now,
            amount,
            currency,
            status: "in_transit".to_owned(),
            arrival_date: now + DAY,
            transaction,
            failure_transaction: None,
            failure_code: None,
        };
        context.state.payouts.insert(id.clone(), payout);
        context.later(DAY, Task::PayoutArrives(id.clone()));
        events::emit(context, "payout.created", &id);
    }
}

/// A payout has arrived, unless it failed before.
pub(crate) fn arrive(context: &mut Context<'_>, id: &str) {
    let Some(payout) = context.state.payouts.get_mut(id).filter(|one| one.status == "in_transit") else {
        return;
    };
    payout.status = "paid".to_owned();
    events::emit(context, "payout.paid", id);
}

/// The bank refuses a payout: the amount goes back into the balance.
pub(crate) fn fail(context: &mut Context<'_>, id: &str, code: &str) -> Answer<Value> {
    let payout = found(&context.state.payouts, "payout", "id", id)?.clone();
    if payout.status == "failed" {
        return Err(ApiError::invalid("The payout has failed already"));
    }
    let transaction = book(
        context,
        &Change {
            amount: payout.amount,
            fee: 0,
            currency: &payout.currency,
            kind: "payout_failure",
            category: "payout_reversal",
            source: id,
            is_available: true,
        },
    );
    if let Some(payout) = context.state.payouts.get_mut(id) {
        payout.status = "failed".to_owned();
        payout.failure_code = Some(code.to_owned());
        payout.failure_transaction = Some(transaction);
    }
    events::emit(context, "payout.failed", id);
    Ok(render::of(context, id))
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.payouts, "payout", "payout", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["status", "arrival_date"])?;
    let status = params.filled("status")?;
    let arrives = lists::in_span(params, "arrival_date")?;
    let keep = |one: &Payout| {
        status.as_ref().is_none_or(|status| one.status == *status) && arrives(one.arrival_date)
    };
    lists::page(context, params, "/v1/payouts", lists::pick(&context.state.payouts, |one| one.created, keep))
}

pub(crate) fn transaction(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.transactions, "balance transaction", "id", id)?;
    Ok(render::of(context, id))
}

pub(crate) fn transactions(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["payout", "source", "type", "currency"])?;
    let (payout, source) = (params.filled("payout")?, params.filled("source")?);
    let (kind, currency) = (params.filled("type")?, params.filled("currency")?);
    let keep = |one: &Transaction| {
        (payout.is_none() || one.payout == payout)
            && source.as_ref().is_none_or(|source| one.source == *source)
            && kind.as_ref().is_none_or(|kind| one.kind == *kind)
            && currency.as_ref().is_none_or(|currency| one.currency == *currency)
    };
    let found = lists::pick(&context.state.transactions, |one| one.created, keep);
    lists::page(context, params, "/v1/balance_transactions", found)
}

/// Returns the balance: what can be paid out, and what cannot yet.
pub(crate) fn balance(context: &Context<'_>) -> Value {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::from([("usd", (0, 0))]);
    for one in context.state.transactions.values() {
        let (available, pending) = sums.entry(&one.currency).or_default();
        if one.available_on <= context.now {
            *available += one.net();
        } else {
            *pending += one.net();
        }
    }
    let list = |pick: fn(&(i64, i64)) -> i64| -> Vec<Value> {
        let amount = |(currency, sums): (&&str, &(i64, i64))| json!({"amount": pick(sums), "currency": currency, "source_types": {"card": pick(sums)}});
        sums.iter().map(amount).collect()
    };
    json!({"object": "balance", "available": list(|one| one.0), "livemode": false, "pending": list(|one| one.1)})
}
