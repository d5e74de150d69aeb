//! Events: what happened, and when it is delivered.

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::model::{Delivery, DoubleFault, Event, InjectedFault};
use crate::render;

/// The version of the API that the double speaks.
pub(crate) const API_VERSION: &str = "2026-10-28.endive";

/// The version of an event in an old shape.
const OLD_VERSION: &str = "2017-08-15";

/// Records that something happened to an object.
pub(crate) fn emit(context: &mut Context<'_>, kind: &str, id: &str) {
    emit_change(context, kind, id, None);
}

/// Records that something happened to an object, with the values from before.
pub(crate) fn emit_change(context: &mut Context<'_>, kind: &str, id: &str, previous: Option<Value>) {
    let mut object = render::of(context, id);
    let mut version = API_VERSION;
    if take(context, kind, |one| matches!(one, InjectedFault::EventOldShape)).is_some() {
        object = old_shape(&object);
        version = OLD_VERSION;
    }
    let event = Event {
        id: context.id("evt"),
        created: context.now,
        kind: kind.to_owned(),
        object,
        previous,
        api_version: version.to_owned(),
        key: context.key.clone(),
        is_delivered: !context.delivers,
    };
    let id = event.id.clone();
    context.state.events.insert(id.clone(), event);
    if context.delivers {
        schedule(context, kind, &id);
    }
}

/// Schedules the deliveries of an event, as the faults say.
fn schedule(context: &mut Context<'_>, kind: &str, id: &str) {
    let is_delivery = |one: &InjectedFault| {
        matches!(
            one,
            InjectedFault::EventDropped
                | InjectedFault::EventDuplicated
                | InjectedFault::EventReordered
                | InjectedFault::EventLate { .. }
        )
    };
    let fault = take(context, kind, is_delivery);
    let now = context.now;
    let delivery = |at: i64| Delivery { event: id.to_owned(), at, tries: 0 };
    let deliveries = &mut context.state.deliveries;
    // What waited for the next event comes directly after it.
    let (mut waiting, due) =
        std::mem::take(deliveries).into_iter().partition(|one: &Delivery| one.at == i64::MAX);
    *deliveries = due;
    match fault {
        None => deliveries.push(delivery(now)),
        Some(InjectedFault::EventDropped) => {}
        Some(InjectedFault::EventDuplicated) => deliveries.extend([delivery(now), delivery(now)]),
        Some(InjectedFault::EventLate { seconds }) => deliveries.push(delivery(now.saturating_add(seconds))),
        Some(_) => {
            waiting.push(delivery(i64::MAX));
            *deliveries = std::mem::take(deliveries).into_iter().chain(waiting).collect();
            return;
        }
    }
    for mut one in waiting {
        one.at = now;
        deliveries.push(one);
    }
}

fn take(
    context: &mut Context<'_>,
    kind: &str,
    is_meant: impl Fn(&InjectedFault) -> bool,
) -> Option<InjectedFault> {
    context.take_fault(|fault: &DoubleFault| is_meant(&fault.kind) && kind.contains(&fault.only))
}

/// Returns an object as an old version of the API showed it: references under other names, lists where there are none
/// today, and fields of today missing.
fn old_shape(object: &Value) -> Value {
    let Value::Object(fields) = object else { return object.clone() };
    let mut old = Map::new();
    for (name, value) in fields {
        match name.as_str() {
            "latest_charge" => {
                let charges: Vec<Value> =
                    value.as_str().map(|id| json!({"id": id, "object": "charge"})).into_iter().collect();
                old.insert(
                    "charges".to_owned(),
                    json!({"object": "list", "data": charges, "has_more": false}),
                );
            }
            "payment_method" => {
                old.insert("source".to_owned(), value.clone());
            }
            "payment_method_details" | "metadata" | "status" | "payment_status" => {}
            "amount" => {
                old.insert("amount".to_owned(), json!(value.to_string()));
            }
            _ => {
                old.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(old)
}
