//! Customers.

use serde_json::Value;

use super::{events, fields, lists};
use crate::context::{Context, found};
use crate::error::Answer;
use crate::model::Customer;
use crate::params::Params;
use crate::render;

const FIELDS: [&str; 7] = ["email", "name", "phone", "description", "metadata", "invoice_settings", "expand"];

pub(crate) fn create(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    let mut customer = Customer { created: context.now, ..Customer::default() };
    change(context, params, &mut customer)?;
    customer.id = context.id("cus");
    Ok(store(context, customer, "customer.created"))
}

pub(crate) fn update(context: &mut Context<'_>, params: &Params, id: &str) -> Answer<Value> {
    found(&context.state.customers, "customer", "id", id)?;
    let mut customer = context.customer("id", id)?.clone();
    change(context, params, &mut customer)?;
    Ok(store(context, customer, "customer.updated"))
}

fn change(context: &Context<'_>, params: &Params, customer: &mut Customer) -> Answer<()> {
    params.only(&FIELDS)?;
    fields::change(params, "email", &mut customer.email)?;
    fields::change(params, "name", &mut customer.name)?;
    fields::change(params, "phone", &mut customer.phone)?;
    fields::change(params, "description", &mut customer.description)?;
    fields::metadata(params, &mut customer.metadata)?;
    let settings = params.below("invoice_settings")?;
    settings.only(&["default_payment_method"])?;
    fields::change(&settings, "default_payment_method", &mut customer.default_method)?;
    if let Some(id) = settings.filled("default_payment_method").unwrap_or(None) {
        let param = "invoice_settings[default_payment_method]";
        let method = context.method(param, &id)?;
        if method.customer.as_ref() != Some(&customer.id) {
            let message = "The customer does not have a payment method with the ID".to_owned();
            return Err(crate::error::ApiError::param(param, "resource_missing", format!("{message} {id}.")));
        }
    }
    Ok(())
}

fn store(context: &mut Context<'_>, customer: Customer, event: &str) -> Value {
    let id = customer.id.clone();
    context.state.customers.insert(id.clone(), customer);
    events::emit(context, event, &id);
    render::of(context, &id)
}

pub(crate) fn retrieve(context: &Context<'_>, id: &str) -> Answer<Value> {
    found(&context.state.customers, "customer", "id", id)?;
    Ok(render::of(context, id))
}

/// Removes a customer. Their payment methods can never be used again.
pub(crate) fn delete(context: &mut Context<'_>, id: &str) -> Answer<Value> {
    let customer = context.customer("id", id).map_err(|error| error.status(404))?.clone();
    events::emit(context, "customer.deleted", id);
    let removed =
        Customer { id: customer.id, created: customer.created, is_deleted: true, ..Customer::default() };
    context.state.customers.insert(id.to_owned(), removed);
    for method in context.state.methods.values_mut().filter(|one| one.customer.as_deref() == Some(id)) {
        method.customer = None;
        method.is_detached = true;
    }
    Ok(render::of(context, id))
}

pub(crate) fn list(context: &Context<'_>, params: &Params) -> Answer<Value> {
    lists::only(params, &["email"])?;
    let email = params.filled("email")?;
    let keep = |one: &Customer| !one.is_deleted && (email.is_none() || one.email == email);
    lists::page(
        context,
        params,
        "/v1/customers",
        lists::pick(&context.state.customers, |one| one.created, keep),
    )
}

pub(crate) fn search(context: &mut Context<'_>, params: &Params) -> Answer<Value> {
    let all = lists::pick(&context.state.customers, |one| one.created, |one| !one.is_deleted);
    lists::search(context, params, "/v1/customers/search", all)
}
