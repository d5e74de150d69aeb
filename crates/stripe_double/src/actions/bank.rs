//! The bank's page: the payer authenticates, or does not.

use super::{payments, sessions, setups};
use crate::context::Context;
use crate::error::Answer;
use crate::model::{Decline, Intent};

/// What the bank's page shows.
pub(crate) struct Challenge {
    /// What is paid, in the minor unit; none if a card is saved.
    pub(crate) amount: Option<(i64, String)>,
    pub(crate) last4: String,
}

/// Returns what a token of the bank's page is about; `None` if nothing waits for it.
pub(crate) fn challenge(context: &Context<'_>, token: &str) -> Option<Challenge> {
    let id = context.state.challenges.get(token)?;
    let (intent, amount) = intent(context, id)?;
    let method = context.state.methods.get(intent.method.as_ref()?)?;
    Some(Challenge { amount, last4: method.card.last4.clone() })
}

fn intent<'a>(context: &'a Context<'_>, id: &str) -> Option<(&'a Intent, Option<(i64, String)>)> {
    if let Some(payment) = context.state.payments.get(id) {
        return Some((&payment.intent, Some((payment.amount, payment.currency.clone()))));
    }
    context.state.setups.get(id).map(|setup| (&setup.intent, None))
}

/// The payer authenticates, or fails to. Returns where to send them, or `None` if nothing waits for the token.
pub(crate) fn answer(
    context: &mut Context<'_>,
    token: &str,
    is_authenticated: bool,
) -> Answer<Option<String>> {
    let Some(id) = context.state.challenges.get(token).cloned() else { return Ok(None) };
    let is_payment = context.state.payments.contains_key(&id);
    let failure = Decline {
        code: if is_payment { "payment_intent_authentication_failure" } else { "setup_intent_authentication_failure" }
            .to_owned(),
        decline_code: None,
        message: "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new \
            PaymentMethod to attempt to fulfill this PaymentIntent again."
            .to_owned(),
        charge: None,
        method: intent(context, &id).and_then(|(intent, _)| intent.method.clone()),
    };
    // A decline is recorded in the intent; the payer comes back in any case.
    let result = match (is_payment, is_authenticated) {
        (true, true) => payments::finish(context, &id, None),
        (false, true) => setups::finish(context, &id),
        (true, false) => payments::fail(context, &id, failure).map(drop),
        (false, false) => setups::fail(context, &id, failure).map(drop),
    };
    context.state.challenges.remove(token);
    if !is_authenticated {
        forget(context, &id);
    }
    let Some((intent, _)) = intent(context, &id).map(|(intent, amount)| (intent.clone(), amount)) else {
        return Ok(None);
    };
    if let Some(session) = &intent.session {
        sessions::complete(context, session)?;
        let session = context.session(session)?;
        return Ok(Some(back_to(context.url, session, result.is_ok() && is_authenticated)));
    }
    Ok(intent.return_url.as_ref().map(|url| {
        let name = if is_payment { "payment_intent" } else { "setup_intent" };
        let outcome = if result.is_ok() && is_authenticated { "succeeded" } else { "failed" };
        let (before, fragment) =
            url.split_once('#').map_or((url.as_str(), None), |(url, rest)| (url, Some(rest)));
        let mark = if before.contains('?') { '&' } else { '?' };
        let fragment = fragment.map(|rest| format!("#{rest}")).unwrap_or_default();
        format!(
            "{before}{mark}{name}={id}&{name}_client_secret={}&redirect_status={outcome}{fragment}",
            intent.secret
        )
    }))
}

fn forget(context: &mut Context<'_>, id: &str) {
    if let Some(one) = context.state.payments.get_mut(id) {
        one.intent.challenge = None;
    }
    if let Some(one) = context.state.setups.get_mut(id) {
        one.intent.challenge = None;
    }
}

/// Returns where a payer of a session goes: on, or back to the hosted page.
fn back_to(url: &str, session: &crate::model::Session, is_done: bool) -> String {
    if is_done { success_url(session) } else { format!("{url}/c/pay/{}", session.id) }
}

/// Returns the address after a session, with its id in it.
pub(crate) fn success_url(session: &crate::model::Session) -> String {
    session.success_url.replace("{CHECKOUT_SESSION_ID}", &session.id)
}
