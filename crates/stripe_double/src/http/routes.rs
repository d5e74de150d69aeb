//! Which action a path of the API leads to.

use axum::http::Method;
use serde_json::Value;

use crate::actions::{
    charges, customers, disputes, lists, methods, payments, payouts, refunds, sessions, setups,
};
use crate::context::{Context, found};
use crate::error::{Answer, ApiError};
use crate::model::Event;
use crate::params::Params;
use crate::render;

/// Carries out the action of a path below `/v1`.
pub(crate) fn dispatch(
    context: &mut Context<'_>,
    method: &Method,
    path: &[&str],
    params: &Params,
) -> Answer<Value> {
    match *method {
        Method::GET => read(context, path, params),
        Method::POST => write(context, path, params),
        Method::DELETE => match path {
            ["customers", id] => customers::delete(context, id),
            _ => Err(unknown(method, path)),
        },
        _ => Err(unknown(method, path)),
    }
}

fn unknown(method: &Method, path: &[&str]) -> Box<ApiError> {
    let message = format!("Unrecognized request URL ({method}: /v1/{}).", path.join("/"));
    ApiError::invalid(message).status(404)
}

fn write(context: &mut Context<'_>, path: &[&str], params: &Params) -> Answer<Value> {
    match path {
        ["customers"] => customers::create(context, params),
        ["customers", id] => customers::update(context, params, id),
        ["payment_methods"] => methods::create(context, params),
        ["payment_methods", id, "attach"] => methods::attach(context, params, id),
        ["payment_methods", id, "detach"] => methods::detach(context, id),
        ["payment_intents"] => payments::create(context, params),
        ["payment_intents", id] => payments::update(context, params, id),
        ["payment_intents", id, "confirm"] => payments::confirm(context, params, id),
        ["payment_intents", id, "cancel"] => payments::cancel(context, params, id),
        ["setup_intents"] => setups::create(context, params),
        ["setup_intents", id, "confirm"] => setups::confirm(context, params, id),
        ["setup_intents", id, "cancel"] => setups::cancel(context, params, id),
        ["checkout", "sessions"] => sessions::create(context, params),
        ["checkout", "sessions", id] => sessions::update(context, params, id),
        ["checkout", "sessions", id, "expire"] => sessions::expire(context, params, id),
        ["refunds"] => refunds::create(context, params),
        ["disputes", id] => disputes::update(context, params, id),
        ["disputes", id, "close"] => disputes::close(context, id),
        _ => Err(unknown(&Method::POST, path)),
    }
}

fn read(context: &mut Context<'_>, path: &[&str], params: &Params) -> Answer<Value> {
    match path {
        ["customers", "search"] => customers::search(context, params),
        ["payment_intents", "search"] => payments::search(context, params),
        ["charges", "search"] => charges::search(context, params),
        ["customers"] => customers::list(context, params),
        ["payment_intents"] => payments::list(context, params),
        ["setup_intents"] => setups::list(context, params),
        ["checkout", "sessions"] => sessions::list(context, params),
        ["charges"] => charges::list(context, params),
        ["refunds"] => refunds::list(context, params),
        ["disputes"] => disputes::list(context, params),
        ["balance_transactions"] => payouts::transactions(context, params),
        ["payouts"] => payouts::list(context, params),
        ["events"] => events(context, params),
        ["payment_methods"] => methods::list(context, params, &params.required("customer")?),
        ["customers", id, "payment_methods"] => methods::list(context, params, id),
        _ => retrieve(context, path, params),
    }
}

fn retrieve(context: &Context<'_>, path: &[&str], params: &Params) -> Answer<Value> {
    params.only(&["expand"])?;
    match path {
        ["balance"] => Ok(payouts::balance(context)),
        ["customers", id] => customers::retrieve(context, id),
        ["payment_methods", id] => methods::retrieve(context, id),
        ["payment_intents", id] => payments::retrieve(context, id),
        ["setup_intents", id] => setups::retrieve(context, id),
        ["checkout", "sessions", id] => sessions::retrieve(context, id),
        ["charges", id] => charges::retrieve(context, id),
        ["refunds", id] => refunds::retrieve(context, id),
        ["disputes", id] => disputes::retrieve(context, id),
        ["balance_transactions", id] => payouts::transaction(context, id),
        ["payouts", id] => payouts::retrieve(context, id),
        ["events", id] => found(&context.state.events, "event", "id", id).map(render::event),
        _ => Err(unknown(&Method::GET, path)),
    }
}

fn events(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["type", "types", "delivery_success"])?;
    let mut kinds = params.texts("types")?;
    kinds.extend(params.filled("type")?);
    let delivered = params.boolean("delivery_success")?;
    let is_kind = |one: &Event| {
        let is_of = |kind: &String| match kind.strip_suffix('*') {
            Some(start) => one.kind.starts_with(start),
            None => one.kind == *kind,
        };
        kinds.is_empty() || kinds.iter().any(is_of)
    };
    let keep = |one: &Event| is_kind(one) && delivered.is_none_or(|delivered| one.is_delivered == delivered);
    lists::page(context, params, "/v1/events", lists::pick(&context.state.events, |one| one.created, keep))
}
