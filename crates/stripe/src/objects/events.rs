//! Events: what happened to an object. The object in an event has the shape of the API version that the account or the
//! webhook had at the time, so fetch it again instead of reading it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shared::{listed, or_default};
use crate::client::{StripeClient, object_path};
use crate::error::Outcome;
use crate::listing::{CreatedRange, Listing};

/// An event. The object in it may hold a client secret, so it has no `Debug`.
#[derive(Clone, PartialEq, Deserialize)]
pub struct StripeEvent {
    /// The id (`evt_…`). An event that is delivered again has the same one.
    pub id: String,
    /// What happened, such as `payment_intent.succeeded`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened, in unix seconds.
    #[serde(default)]
    pub created: i64,
    /// Whether it happened in live mode.
    #[serde(default)]
    pub livemode: bool,
    /// The API version of the object in it.
    #[serde(default)]
    pub api_version: Option<String>,
    /// How many webhooks have not confirmed it.
    #[serde(default)]
    pub pending_webhooks: u32,
    /// The object.
    #[serde(default, deserialize_with = "or_default")]
    pub data: StripeEventData,
}

/// The object of an event.
#[derive(Clone, Default, PartialEq, Deserialize)]
pub struct StripeEventData {
    /// The object, in the shape of its API version.
    #[serde(default)]
    pub object: Value,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeObject {
    /// The kind of object, such as `payment_intent`.
    pub kind: String,
    /// The id. The balance has none, and its events are about no object.
    pub id: String,
}

/// The body of a signed request is no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadEvent;

impl fmt::Display for BadEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is no event")
    }
}

impl std::error::Error for BadEvent {}

impl StripeEvent {
    /// Reads the body of a webhook request. Verify its signature first.
    ///
    /// # Errors
    /// [`BadEvent`] if it is not JSON, or has no id or no type.
    pub fn parse(body: &[u8]) -> Result<StripeEvent, BadEvent> {
        let event: StripeEvent = serde_json::from_slice(body).map_err(|_| BadEvent)?;
        if event.id.is_empty() || event.kind.is_empty() { Err(BadEvent) } else { Ok(event) }
    }

    /// Returns what the event is about.
    pub fn object(&self) -> Option<StripeObject> {
        let text = |name: &str| self.data.object.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(StripeObject { kind: text("object")?, id: text("id")? })
    }
}

listed!(StripeEvent);

/// Which events to list. Stripe keeps them for 30 days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StripeEventFilter {
    /// Those of these types, up to 20; none for all.
    pub types: Vec<String>,
    /// Those created in this span.
    pub created: Option<CreatedRange>,
    /// Those that every webhook has confirmed, or not.
    pub delivery_success: Option<bool>,
}

impl StripeClient {
    /// Returns an event.
    ///
    /// # Errors
    /// As [`crate::StripeError`].
    pub async fn event(&self, id: &str) -> Outcome<StripeEvent> {
        self.get(&object_path("events", id, "")?, &()).await
    }

    /// Lists events.
    pub fn events(&self, filter: &StripeEventFilter) -> Listing<StripeEvent> {
        Listing::new(self, "/v1/events", filter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_without_an_id_is_no_event() {
        for body in
            ["", "[]", "{}", r#"{"id":null,"type":"x"}"#, r#"{"id":"","type":"x"}"#, r#"{"id":"evt_1"}"#]
        {
            assert_eq!(StripeEvent::parse(body.as_bytes()).err(), Some(BadEvent), "{body}");
        }
    }

    #[test]
    fn an_event_names_its_object_in_any_shape() {
        let body = br#"{"id":"evt_1","type":"x.new","api_version":null,"data":{"object":{"object":"new","id":"n_1"}},"extra":[1]}"#;
        let event = StripeEvent::parse(body).expect("an event");
        assert_eq!(event.object(), Some(StripeObject { kind: "new".to_owned(), id: "n_1".to_owned() }));
        let body = br#"{"id":"evt_1","type":"balance.available","data":{"object":{"object":"balance"}}}"#;
        assert_eq!(StripeEvent::parse(body).expect("an event").object(), None);
        let body = br#"{"id":"evt_1","type":"x","data":null}"#;
        assert_eq!(StripeEvent::parse(body).expect("an event").object(), None);
    }
}
