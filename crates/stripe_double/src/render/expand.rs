//! The parameter `expand[]`: ids in a response that become whole objects.

use serde_json::Value;

use super::{intents, money, people};
use crate::context::Context;
use crate::error::{Answer, ApiError};

/// Stripe expands references up to this depth.
const DEEPEST: usize = 4;

/// Replaces the ids at the given paths, such as `latest_charge.balance_transaction`, by their objects.
pub(crate) fn expand(context: &Context<'_>, value: &mut Value, paths: &[String]) -> Answer<()> {
    for path in paths {
        let names: Vec<&str> = path.split('.').collect();
        let depth = names.len() - usize::from(names.first() == Some(&"data"));
        if depth > DEEPEST {
            return Err(ApiError::invalid(format!(
                "You cannot expand more than {DEEPEST} levels of a property"
            )));
        }
        expand_one(context, value, &names, path)?;
    }
    Ok(())
}

fn expand_one(context: &Context<'_>, value: &mut Value, names: &[&str], path: &str) -> Answer<()> {
    let Some((name, rest)) = names.split_first() else { return Ok(()) };
    if let Value::Array(values) = value {
        return values.iter_mut().try_for_each(|one| expand_one(context, one, names, path));
    }
    let refused =
        || ApiError::invalid(format!("This property cannot be expanded ({path}).")).of_param("expand");
    if *name == "line_items" && value["object"] == "checkout.session" {
        let id = value["id"].as_str().unwrap_or_default();
        value["line_items"] = intents::items(context.session(id)?);
        return Ok(());
    }
    let Some(inside) = value.get_mut(*name) else {
        // A deleted object and an optional property have nothing to expand.
        return if value["deleted"] == true || *name == "failure_balance_transaction" {
            Ok(())
        } else {
            Err(refused())
        };
    };
    if let Value::String(id) = inside {
        *inside = object(context, id).ok_or_else(refused)?;
    }
    match inside {
        Value::Null => Ok(()),
        Value::Object(_) | Value::Array(_) => expand_one(context, inside, rest, path),
        _ => Err(refused()),
    }
}

/// Returns the object with an id, whatever its kind; null if there is none.
pub(crate) fn of(context: &Context<'_>, id: &str) -> Value {
    object(context, id).unwrap_or_default()
}

fn object(context: &Context<'_>, id: &str) -> Option<Value> {
    let (state, now, url) = (&*context.state, context.now, context.url);
    let (prefix, _) = id.split_once('_')?;
    if id.contains("_secret_") {
        return None;
    }
    match prefix {
        "cus" => state.customers.get(id).map(people::customer),
        "pm" => state.methods.get(id).map(people::method),
        "pi" => state.payments.get(id).map(|one| intents::payment(state, url, one)),
        "seti" => state.setups.get(id).map(|one| intents::setup(state, url, one)),
        "cs" => state.sessions.get(id).map(|one| intents::session(url, one)),
        "ch" => state.charges.get(id).map(|one| money::charge(now, one)),
        "re" => state.refunds.get(id).map(money::refund),
        "du" => state.disputes.get(id).map(|one| money::dispute(state, now, one)),
        "txn" => state.transactions.get(id).map(|one| money::transaction(now, one)),
        "po" => state.payouts.get(id).map(money::payout),
        _ => None,
    }
}
