//! SetupIntents.

use serde_json::Value;

use super::{charges, events, fields, lists, methods};
use crate::context::Context;
use crate::error::{Answer, ApiError};
use crate::model::{Authentication, Decline, Intent, IntentState, Setup};
use crate::params::Params;
use crate::render;

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    params.only(&[
        "customer",
        "payment_method",
        "confirm",
        "return_url",
        "usage",
        "metadata",
        "description",
        "payment_method_types",
        "automatic_payment_methods",
        "expand",
    ])?;
    fields::card_only(params)?;
    let usage = params.choice("usage", &["off_session", "on_session"])?;
    let confirms = params.boolean("confirm")?.unwrap_or(false);
    let return_url = fields::address(params, "return_url")?;
    let mut intent = Intent { description: params.filled("description")?, ..Intent::default() };
    fields::metadata(params, &mut intent.metadata)?;
    intent.customer = params.filled("customer")?;
    if let Some(customer) = &intent.customer {
        context.customer("customer", customer)?;
    }
    if let Some(method) = params.filled("payment_method")? {
        let method = methods::resolve(context, "payment_method", &method)?;
        methods::usable(context, &method, intent.customer.as_deref())?;
        intent.method = Some(method);
    } else if confirms {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method.";
        return Err(ApiError::invalid(message).code("setup_intent_unexpected_state"));
    }
    let usage = usage.unwrap_or_else(|| "off_session".to_owned());
    let id = open(context, Setup { intent, usage });
    if confirms {
        confirm_with(context, &id, None, return_url)?;
    }
    Ok(render::of(context, &id))
}

/// Stores a new SetupIntent.
pub(crate) fn open(context: &mut Context<'_>, mut setup: Setup) -> String {
    let id = context.id("seti");
    setup.intent.id = id.clone();
    setup.intent.created = context.now;
    setup.intent.secret = format!("{id}_secret_{}", context.token(25));
    setup.intent.state = match setup.intent.method {
        Some(_) => IntentState::RequiresConfirmation,
        None => IntentState::RequiresPaymentMethod,
    };
    context.state.setups.insert(id.clone(), setup);
    events::emit(context, "setup_intent.created", &id);
    id
}

pub(crate) fn confirm(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["payment_method", "return_url", "expand"])?;
    let method = params.filled("payment_method")?;
    let return_url = fields::address(params, "return_url")?;
    not_of_session(context, id)?;
    confirm_with(context, id, method, return_url)?;
    Ok(render::of(context, id))
}

/// Confirms a SetupIntent: the card is saved, or the bank wants to authenticate the payer.
pub(crate) fn confirm_with(
    context: &mut Context<'_>,
    id: &str,
    method: Option<String>,
    return_url: Option<String>,
) -> Answer<()> {
    let setup = context.setup(id)?.clone();
    if !setup.intent.state.is_open() {
        return Err(unexpected(context, id, "confirm"));
    }
    let method = match (method, &setup.intent.method) {
        (Some(method), _) => methods::resolve(context, "payment_method", &method)?,
        (None, Some(method)) => method.clone(),
        (None, None) => return Err(unexpected(context, id, "confirm")),
    };
    methods::usable(context, &method, setup.intent.customer.as_deref())?;
    let rule = context.method("payment_method", &method)?.card.rule;
    forget_challenge(context, id);
    let token = context.token(24);
    let one = context.setup_mut(id)?;
    one.intent.method = Some(method);
    one.intent.return_url = return_url;
    one.intent.error = None;
    if rule.authentication == Authentication::Never {
        return finish(context, id);
    }
    one.intent.state = IntentState::RequiresAction;
    one.intent.challenge = Some(token.clone());
    context.state.challenges.insert(token, id.to_owned());
    events::emit(context, "setup_intent.requires_action", id);
    Ok(())
}

/// Saves the card, after the authentication if there was one.
pub(crate) fn finish(context: &mut Context<'_>, id: &str) -> Answer<()> {
    forget_challenge(context, id);
    let setup = context.setup(id)?.clone();
    let method = setup.intent.method.clone().unwrap_or_default();
    let card = context.method("payment_method", &method)?.card.clone();
    let declines = card.rule.declines_when_saved;
    if let Some(mut failure) =
        charges::decline(context.now, &card).filter(|one| declines || one.code == "expired_card")
    {
        failure.method = Some(method);
        return Err(fail(context, id, failure)?);
    }
    context.setup_mut(id)?.intent.state = IntentState::Succeeded;
    match &setup.intent.customer {
        Some(customer) => methods::save(context, &method, customer, true),
        None => {
            if let Some(method) = context.state.methods.get_mut(&method) {
                method.is_set_up = true;
            }
        }
    }
    events::emit(context, "setup_intent.succeeded", id);
    Ok(())
}

/// Records that a try failed, and returns the error that the request gets.
pub(crate) fn fail(context: &mut Context<'_>, id: &str, failure: Decline) -> Answer<Box<ApiError>> {
    let one = context.setup_mut(id)?;
    one.intent.state = IntentState::RequiresPaymentMethod;
    one.intent.method = None;
    one.intent.error = Some(failure.clone());
    events::emit(context, "setup_intent.setup_failed", id);
    let mut error = ApiError::invalid(failure.message).status(402).code(&failure.code);
    error.kind = "card_error";
    error.decline_code = failure.decline_code;
    error.payment_method = failure.method.map(|method| render::of(context, &method));
    error.setup_intent = Some(render::of(context, id));
    Ok(error)
}

fn forget_challenge(context: &mut Context<'_>, id: &str) {
    let challenge = context.state.setups.get_mut(id).and_then(|one| one.intent.challenge.take());
    if let Some(token) = challenge {
        context.state.challenges.remove(&token);
    }
}

fn unexpected(context: &Context<'_>, id: &str, action: &str) -> Box<ApiError> {
    let state = context.state.setups.get(id).map_or("", |one| one.intent.state.as_str());
    let message = format!("You cannot {action} this SetupIntent because it has a status of {state}.");
    let mut error = ApiError::invalid(message).code("setup_intent_unexpected_state");
    error.setup_intent = Some(render::of(context, id));
    error
}

fn not_of_session(context: &Context<'_>, id: &str) -> Answer<()> {
    match context.setup(id)?.intent.session {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid(
            "You cannot confirm or cancel the SetupIntent for a Checkout Session. Expire the Session instead.",
        )),
    }
}

pub(crate) fn cancel(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["cancellation_reason", "expand"])?;
    let reasons = ["duplicate", "requested_by_customer", "abandoned"];
    let reason = params.choice("cancellation_reason", &reasons)?;
    not_of_session(context, id)?;
    cancel_with(context, id, reason)?;
    Ok(render::of(context, id))
}

/// Cancels a SetupIntent that is open.
pub(crate) fn cancel_with(context: &mut Context<'_>, id: &str, reason: Option<String>) -> Answer<()> {
    if !context.setup(id)?.intent.state.is_open() {
        return Err(unexpected(context, id, "cancel"));
    }
    forget_challenge(context, id);
    let now = context.now;
    let one = context.setup_mut(id)?;
    one.intent.state = IntentState::Canceled;
    one.intent.canceled_at = Some(now);
    one.intent.cancellation_reason = reason;
    events::emit(context, "setup_intent.canceled", id);
    Ok(())
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    context.setup(id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["customer", "payment_method"])?;
    let (customer, method) = (params.filled("customer")?, params.filled("payment_method")?);
    let keep = |one: &Setup| {
        (customer.is_none() || one.intent.customer == customer)
            && (method.is_none() || one.intent.method == method)
    };
    let found = lists::pick(&context.state.setups, |one| one.intent.created, keep);
    lists::page(context, params, "/v1/setup_intents", found)
}
