//! Hosted Checkout Sessions.

use serde_json::Value;

use super::methods::CardEntry;
use super::{events, fields, lists, methods, payments, setups};
use crate::context::Context;
use crate::error::{Answer, ApiError};
use crate::model::{Customer, Intent, IntentState, Item, Pairs, Payment, Session, SessionState, Setup, Task};
use crate::params::Params;
use crate::render;

/// How long a session lives at least, at most, and by default, in seconds.
const SHORTEST: i64 = 1_800;
const LONGEST: i64 = 86_400;

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    params.only(&[
        "mode",
        "line_items",
        "currency",
        "customer",
        "customer_email",
        "customer_creation",
        "success_url",
        "cancel_url",
        "expires_at",
        "client_reference_id",
        "metadata",
        "payment_method_types",
        "payment_intent_data",
        "setup_intent_data",
        "expand",
    ])?;
    params.required("mode")?;
    let is_setup = params.choice("mode", &["payment", "setup"])?.as_deref() == Some("setup");
    fields::card_only(params)?;
    params.required("success_url")?;
    let mut session = Session {
        created: context.now,
        is_setup,
        success_url: fields::address(params, "success_url")?.unwrap_or_default(),
        cancel_url: fields::address(params, "cancel_url")?,
        customer: params.filled("customer")?,
        customer_email: params.filled("customer_email")?,
        client_reference_id: params.filled("client_reference_id")?,
        ..Session::default()
    };
    fields::metadata(params, &mut session.metadata)?;
    if let Some(customer) = &session.customer {
        context.customer("customer", customer)?;
        if session.customer_email.is_some() {
            let message = "You may only specify one of these parameters: customer, customer_email.";
            return Err(ApiError::invalid(message));
        }
    }
    session.expires_at = expires_at(params, context.now)?;
    if is_setup {
        for_setup(params, &mut session)?;
    } else {
        for_payment(params, &mut session)?;
    }
    Ok(open(context, session))
}

fn expires_at(params: &Params, now: i64) -> Answer<i64> {
    let Some(at) = params.integer("expires_at")? else { return Ok(now + LONGEST) };
    if (SHORTEST..=LONGEST).contains(&(at - now)) {
        return Ok(at);
    }
    let message =
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
    Err(ApiError::invalid(message).of_param("expires_at"))
}

fn for_setup(params: &Params, session: &mut Session) -> Answer<()> {
    if params.has("line_items") || params.has("payment_intent_data") {
        let message = "You can not pass `line_items` or `payment_intent_data` in `setup` mode.";
        return Err(ApiError::invalid(message));
    }
    session.currency =
        if params.has("currency") { Some(fields::currency(params, "currency")?) } else { None };
    let data = params.below("setup_intent_data")?;
    data.only(&["metadata", "description"])?;
    fields::metadata(&data, &mut session.intent_metadata)
}

fn for_payment(params: &Params, session: &mut Session) -> Answer<()> {
    if params.has("setup_intent_data") {
        return Err(ApiError::invalid("You can not pass `setup_intent_data` in `payment` mode."));
    }
    for item in params.entries("line_items")? {
        item.only(&["price_data", "quantity"])?;
        let price = item.below("price_data")?;
        price.only(&["currency", "unit_amount", "product_data"])?;
        let currency = fields::currency(&price, "currency")?;
        if session.currency.as_ref().is_some_and(|one| *one != currency) {
            return Err(
                ApiError::invalid("All line items must have the same currency").of_param("line_items")
            );
        }
        session.currency = Some(currency);
        let amount = fields::amount(&price, "unit_amount")?;
        let quantity = item.integer("quantity")?.unwrap_or(1);
        if !(1..=999_999).contains(&quantity) {
            return Err(ApiError::invalid("Invalid quantity").of_param("line_items"));
        }
        let name = price.below("product_data")?.required("name")?;
        session.items.push(Item { name, amount, quantity });
    }
    if session.items.is_empty() {
        let message = "You must provide at least one line item in `payment` mode.";
        return Err(ApiError::param("line_items", "parameter_missing", message));
    }
    fields::not_too_small(session.amount(), "line_items")?;
    let data = params.below("payment_intent_data")?;
    data.only(&["capture_method", "setup_future_usage", "description", "metadata"])?;
    let capture = data.choice("capture_method", &["automatic", "automatic_async"])?;
    session.capture_method = capture.unwrap_or_else(|| "automatic_async".to_owned());
    session.saves_card = data.choice("setup_future_usage", &["off_session", "on_session"])?.is_some();
    session.intent_description = data.filled("description")?;
    fields::metadata(&data, &mut session.intent_metadata)
}

fn open(context: &mut Context<'_>, mut session: Session) -> Value {
    let id = context.id("cs_test");
    session.id = id.clone();
    if session.is_setup {
        let intent = Intent {
            customer: session.customer.clone(),
            metadata: session.intent_metadata.clone(),
            session: Some(id.clone()),
            ..Intent::default()
        };
        session.setup = Some(setups::open(context, Setup { intent, usage: "off_session".to_owned() }));
    }
    let seconds = session.expires_at - context.now;
    context.state.sessions.insert(id.clone(), session);
    context.later(seconds, Task::ExpireSession(id.clone()));
    render::of(context, &id)
}

/// The payer sends the form of the hosted page.
///
/// # Errors
/// The card was declined, or the session is over.
pub(crate) fn submit(context: &mut Context<'_>, id: &str, card: CardEntry<'_>) -> Answer<()> {
    let session = context.session(id)?.clone();
    if session.state != SessionState::Open {
        return Err(ApiError::invalid("This page is no longer open."));
    }
    let (email, name) = (card.email.clone(), card.name.clone());
    let method = methods::of_card(context, card)?;
    let customer = customer_of(context, &session, email.clone(), name.clone());
    let one = context.session_mut(id)?;
    (one.payer_email, one.payer_name) = (email, name);
    one.customer.clone_from(&customer);
    let back = format!("{}/c/pay/{id}", context.url);
    if let Some(setup) = &session.setup {
        context.setup_mut(setup)?.intent.customer = customer;
        setups::confirm_with(context, setup, Some(method), Some(back))?;
    } else {
        let payment = match session.payment.clone() {
            Some(payment) => payment,
            None => open_payment(context, &session, customer),
        };
        context.session_mut(id)?.payment = Some(payment.clone());
        let confirmation =
            payments::Confirmation { method: Some(method), return_url: Some(back), is_off_session: false };
        payments::confirm_with(context, &payment, confirmation)?;
    }
    complete(context, id)
}

/// Returns the customer of a session. A card that is saved needs one, so one is created.
fn customer_of(
    context: &mut Context<'_>,
    session: &Session,
    email: Option<String>,
    name: Option<String>,
) -> Option<String> {
    if session.customer.is_some() || !(session.saves_card || session.is_setup) {
        return session.customer.clone();
    }
    let id = context.id("cus");
    let email = email.or_else(|| session.customer_email.clone());
    let customer = Customer { id: id.clone(), created: context.now, email, name, ..Customer::default() };
    context.state.customers.insert(id.clone(), customer);
    events::emit(context, "customer.created", &id);
    Some(id)
}

fn open_payment(context: &mut Context<'_>, session: &Session, customer: Option<String>) -> String {
    let intent = Intent {
        customer,
        description: session.intent_description.clone(),
        metadata: session.intent_metadata.clone(),
        session: Some(session.id.clone()),
        ..Intent::default()
    };
    let payment = Payment {
        intent,
        amount: session.amount(),
        currency: session.currency.clone().unwrap_or_default(),
        capture_method: session.capture_method.clone(),
        saves_card: session.saves_card,
        ..Payment::default()
    };
    payments::open(context, payment)
}

/// Completes a session if its intent succeeded.
pub(crate) fn complete(context: &mut Context<'_>, id: &str) -> Answer<()> {
    let session = context.session(id)?;
    let state = match (&session.payment, &session.setup) {
        (Some(payment), _) => context.payment(payment)?.intent.state,
        (None, Some(setup)) => context.setup(setup)?.intent.state,
        (None, None) => return Ok(()),
    };
    if state == IntentState::Succeeded && session.state == SessionState::Open {
        context.session_mut(id)?.state = SessionState::Complete;
        events::emit(context, "checkout.session.completed", id);
    }
    Ok(())
}

pub(crate) fn expire(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["expand"])?;
    let state = context.session(id)?.state;
    if state != SessionState::Open {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{}`.",
            state.as_str()
        );
        return Err(ApiError::invalid(message));
    }
    end(context, id);
    Ok(render::of(context, id))
}

/// A session that is open ends. What the payer began is canceled.
pub(crate) fn end(context: &mut Context<'_>, id: &str) {
    let Some(session) = context.state.sessions.get_mut(id).filter(|one| one.state == SessionState::Open)
    else {
        return;
    };
    session.state = SessionState::Expired;
    let (payment, setup) = (session.payment.clone(), session.setup.clone());
    // The intent of an open session is open, so it can be canceled.
    let reason = Some("expired".to_owned());
    if let Some(payment) = payment {
        let _ = payments::cancel_with(context, &payment, reason.clone());
    }
    if let Some(setup) = setup {
        let _ = setups::cancel_with(context, &setup, reason);
    }
    events::emit(context, "checkout.session.expired", id);
}

pub(crate) fn update(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    params.only(&["metadata", "expand"])?;
    let mut metadata: Pairs = context.session(id)?.metadata.clone();
    fields::metadata(params, &mut metadata)?;
    context.session_mut(id)?.metadata = metadata;
    Ok(render::of(context, id))
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    context.session(id)?;
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["customer", "payment_intent", "status"])?;
    let (customer, payment) = (params.filled("customer")?, params.filled("payment_intent")?);
    let status = params.choice("status", &["open", "complete", "expired"])?;
    let keep = |one: &Session| {
        (customer.is_none() || one.customer == customer)
            && (payment.is_none() || one.payment == payment)
            && status.as_ref().is_none_or(|status| one.state.as_str() == status)
    };
    let found = lists::pick(&context.state.sessions, |one| one.created, keep);
    lists::page(context, params, "/v1/checkout/sessions", found)
}
