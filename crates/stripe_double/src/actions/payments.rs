//! PaymentIntents.

use serde_json::Value;

use super::{charges, events, fields, lists, methods};
use crate::context::Context;
use crate::error::{Answer, ApiError};
use crate::model::{Authentication, Decline, Intent, IntentState, Method, Payment};
use crate::params::Params;
use crate::render;

/// How a payment is confirmed.
pub(crate) struct Confirmation {
    pub(crate) method: Option<String>,
    pub(crate) return_url: Option<String>,
    /// Whether the payer is absent.
    pub(crate) is_off_session: bool,
}

const CONFIRMING: [&str; 4] = ["payment_method", "return_url", "off_session", "expand"];

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    let fields = [
        "amount",
        "currency",
        "customer",
        "confirm",
        "description",
        "metadata",
        "capture_method",
        "payment_method_types",
        "setup_future_usage",
        "automatic_payment_methods",
        "receipt_email",
        "statement_descriptor_suffix",
    ];
    params.only(&[&CONFIRMING[..], &fields[..]].concat())?;
    let amount = fields::amount(params, "amount")?;
    let currency = fields::currency(params, "currency")?;
    fields::not_too_small(amount, "amount")?;
    fields::card_only(params)?;
    let confirms = params.boolean("confirm")?.unwrap_or(false);
    if !confirms && (params.has("off_session") || params.has("return_url")) {
        let message = "off_session and return_url can only be used with confirm=true";
        return Err(ApiError::invalid(message));
    }
    let confirmation = confirmation(params)?;
    let capture_method = params.choice("capture_method", &["automatic", "automatic_async"])?;
    let saves_card = params.choice("setup_future_usage", &["off_session", "on_session"])?.is_some();
    let mut intent = Intent { description: params.filled("description")?, ..Intent::default() };
    fields::metadata(params, &mut intent.metadata)?;
    intent.customer = params.filled("customer")?;
    if let Some(customer) = &intent.customer {
        context.customer("customer", customer)?;
    }
    if let Some(method) = &confirmation.method {
        let method = methods::resolve(context, "payment_method", method)?;
        methods::usable(context, &method, intent.customer.as_deref())?;
        intent.method = Some(method);
    } else if confirms {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(ApiError::invalid(message).code("payment_intent_unexpected_state"));
    }
    let capture_method = capture_method.unwrap_or_else(|| "automatic_async".to_owned());
    let payment = Payment { intent, amount, currency, capture_method, saves_card, ..Payment::default() };
    let id = open(context, payment);
    if confirms {
        confirm_with(context, &id, Confirmation { method: None, ..confirmation })?;
    }
    Ok(render::of(context, &id))
}

/// Stores a new PaymentIntent.
pub(crate) fn open(context: &mut Context<'_>, mut payment: Payment) -> String {
    let id = context.id("pi");
    payment.intent.id = id.clone();
    payment.intent.created = context.now;
    payment.intent.secret = format!("{id}_secret_{}", context.token(25));
    payment.intent.state = match payment.intent.method {
        Some(_) => IntentState::RequiresConfirmation,
        None => IntentState::RequiresPaymentMethod,
    };
    context.state.payments.insert(id.clone(), payment);
    events::emit(context, "payment_intent.created", &id);
    id
}

fn confirmation(params: &Params) -> Answer<Confirmation> {
    Ok(Confirmation {
        method: params.filled("payment_method")?,
        return_url: fields::address(params, "return_url")?,
        is_off_session: params.boolean("off_session")?.unwrap_or(false),
    })
}

pub(crate) fn confirm(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&CONFIRMING)?;
    let confirmation = confirmation(params)?;
    not_of_session(context, id)?;
    confirm_with(context, id, confirmation)?;
    Ok(render::of(context, id))
}

/// Confirms a payment: the bank answers, or wants to authenticate the payer.
pub(crate) fn confirm_with(context: &mut Context<'_>, id: &str, confirmation: Confirmation) -> Answer<()> {
    let payment = context.payment(id)?.clone();
    if !payment.intent.state.is_open() {
        return Err(unexpected(context, id, "confirm"));
    }
    let method = match (confirmation.method, &payment.intent.method) {
        (Some(method), _) => methods::resolve(context, "payment_method", &method)?,
        (None, Some(method)) => method.clone(),
        (None, None) => return Err(unexpected(context, id, "confirm")),
    };
    methods::usable(context, &method, payment.intent.customer.as_deref())?;
    let wants_authentication = wants_authentication(context.method("payment_method", &method)?);
    forget_challenge(context, id);
    let token = context.token(24);
    let one = context.payment_mut(id)?;
    one.intent.method = Some(method);
    one.intent.return_url = confirmation.return_url;
    one.intent.error = None;
    if !wants_authentication {
        return finish(context, id, None);
    }
    if confirmation.is_off_session {
        let required = Decline {
            code: "authentication_required".to_owned(),
            decline_code: Some("authentication_required".to_owned()),
            message: "Your card was declined. This transaction requires authentication.".to_owned(),
            charge: None,
            method: None,
        };
        return finish(context, id, Some(required));
    }
    one.intent.state = IntentState::RequiresAction;
    one.intent.challenge = Some(token.clone());
    context.state.challenges.insert(token, id.to_owned());
    events::emit(context, "payment_intent.requires_action", id);
    Ok(())
}

fn wants_authentication(method: &Method) -> bool {
    match method.card.rule.authentication {
        Authentication::Never => false,
        Authentication::UntilSaved => !method.is_set_up,
        Authentication::Always => true,
    }
}

/// Takes the money, after the authentication if there was one. A forced decline is the bank's answer.
pub(crate) fn finish(context: &mut Context<'_>, id: &str, forced: Option<Decline>) -> Answer<()> {
    forget_challenge(context, id);
    let payment = context.payment(id)?.clone();
    let method = payment.intent.method.clone().unwrap_or_default();
    let charge = charges::ask_bank(context, &payment, &method, forced)?;
    let failure = context.charge(&charge)?.failure.clone();
    let one = context.payment_mut(id)?;
    one.latest_charge = Some(charge);
    if let Some(failure) = failure {
        return Err(fail(context, id, failure)?);
    }
    one.intent.state = IntentState::Succeeded;
    one.amount_received = one.amount;
    if let (true, Some(customer)) = (payment.saves_card, &payment.intent.customer) {
        methods::save(context, &method, customer, true);
    }
    events::emit(context, "payment_intent.succeeded", id);
    Ok(())
}

/// Records that a try failed, and returns the error that the request gets.
pub(crate) fn fail(context: &mut Context<'_>, id: &str, failure: Decline) -> Answer<Box<ApiError>> {
    let one = context.payment_mut(id)?;
    one.intent.state = IntentState::RequiresPaymentMethod;
    one.intent.method = None;
    one.intent.error = Some(failure.clone());
    events::emit(context, "payment_intent.payment_failed", id);
    let mut error = ApiError::invalid(failure.message).status(402).code(&failure.code);
    error.kind = "card_error";
    error.decline_code = failure.decline_code;
    error.charge = failure.charge;
    error.payment_method = failure.method.map(|method| render::of(context, &method));
    error.payment_intent = Some(render::of(context, id));
    Ok(error)
}

fn forget_challenge(context: &mut Context<'_>, id: &str) {
    let challenge = context.state.payments.get_mut(id).and_then(|one| one.intent.challenge.take());
    if let Some(token) = challenge {
        context.state.challenges.remove(&token);
    }
}

fn unexpected(context: &Context<'_>, id: &str, action: &str) -> Box<ApiError> {
    let state = context.state.payments.get(id).map_or("", |one| one.intent.state.as_str());
    let message = format!("You cannot {action} this PaymentIntent because it has a status of {state}.");
    let mut error = ApiError::invalid(message).code("payment_intent_unexpected_state");
    error.payment_intent = Some(render::of(context, id));
    error
}

fn not_of_session(context: &Context<'_>, id: &str) -> Answer<()> {
    match context.payment(id)?.intent.session {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid(
            "You cannot confirm or cancel the PaymentIntent for a Checkout Session. Expire the Session instead.",
        )),
    }
}

pub(crate) fn cancel(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["cancellation_reason", "expand"])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = params.choice("cancellation_reason", &reasons)?;
    not_of_session(context, id)?;
    cancel_with(context, id, reason)?;
    Ok(render::of(context, id))
}

/// Cancels a payment that is open.
pub(crate) fn cancel_with(context: &mut Context<'_>, id: &str, reason: Option<String>) -> Answer<()> {
    if !context.payment(id)?.intent.state.is_open() {
        return Err(unexpected(context, id, "cancel"));
    }
    forget_challenge(context, id);
    let now = context.now;
    let one = context.payment_mut(id)?;
    one.intent.state = IntentState::Canceled;
    one.intent.canceled_at = Some(now);
    one.intent.cancellation_reason = reason;
    events::emit(context, "payment_intent.canceled", id);
    Ok(())
}

pub(crate) fn update(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["metadata", "description", "expand"])?;
    let mut changed = context.payment(id)?.clone();
    fields::metadata(params, &mut changed.intent.metadata)?;
    fields::change(params, "description", &mut changed.intent.description)?;
    *context.payment_mut(id)? = changed;
    Ok(render::of(context, id))
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    context.payment(id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["customer"])?;
    let customer = params.filled("customer")?;
    let keep = |one: &Payment| customer.is_none() || one.intent.customer == customer;
    let found = lists::pick(&context.state.payments, |one| one.intent.created, keep);
    lists::page(context, params, "/v1/payment_intents", found)
}

pub(crate) fn search(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    let all = lists::pick(&context.state.payments, |one| one.intent.created, |_| true);
    lists::search(context, params, "/v1/payment_intents/search", all)
}
