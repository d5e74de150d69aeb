//! The client: where requests go, how long they take, and when they are sent again.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::{Outcome, StripeError, UnknownCause};
use crate::form;

/// The version of Stripe's API that this client speaks. Requests name it, so the settings of the account do not matter.
pub const API_VERSION: &str = "2026-10-28.endive";

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("stripe-should-retry");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// The name of one attempt to do something. Stripe carries out an attempt once and answers it again for 24 hours.
/// Derive it from the caller's own record of the attempt, never from chance.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttemptKey(String);

impl AttemptKey {
    /// Returns the key with a name of 1 to 255 printable ASCII characters; `None` for any other name.
    pub fn new(name: impl Into<String>) -> Option<AttemptKey> {
        let name = name.into();
        let is_valid = (1..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic());
        is_valid.then_some(AttemptKey(name))
    }

    /// Returns the name of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How long a call may take, and how often a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// The time to make a connection.
    pub connect: Duration,
    /// The time for the whole call, including what is sent again.
    pub total: Duration,
    /// How many times a request is sent again at most.
    pub retries: u32,
    /// The pause before a request is sent again the first time. It doubles each time, unless Stripe names another.
    pub pause: Duration,
}

impl Default for CallLimits {
    fn default() -> Self {
        CallLimits {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(25),
            retries: 2,
            pause: Duration::from_millis(500),
        }
    }
}

/// What a client needs to know. It holds the secret key, and so has no `Debug`.
#[derive(Clone)]
pub struct StripeConfig {
    /// The secret key of the account.
    pub secret_key: String,
    /// The address of the API, with or without a path, such as `https://api.stripe.com`.
    pub base_url: String,
    /// The limits of a call.
    pub limits: CallLimits,
}

impl StripeConfig {
    /// Returns the configuration for Stripe's own servers.
    pub fn new(secret_key: impl Into<String>) -> StripeConfig {
        StripeConfig {
            secret_key: secret_key.into(),
            base_url: "https://api.stripe.com".to_owned(),
            limits: CallLimits::default(),
        }
    }
}

/// A client of one account. Clones share its connections. It holds the secret key, and so has no `Debug`.
#[derive(Clone)]
pub struct StripeClient {
    http: reqwest::Client,
    base: Arc<str>,
    authorization: HeaderValue,
    limits: CallLimits,
}

/// A request to Stripe.
struct Call<'a> {
    method: Method,
    path: &'a str,
    form: String,
    key: Option<&'a AttemptKey>,
}

/// A response, or the lack of one.
struct Reply {
    outcome: Outcome<Vec<u8>>,
    /// What Stripe says about sending the request again.
    should_retry: Option<bool>,
    retry_after: Option<Duration>,
}

impl StripeClient {
    /// Makes a client.
    ///
    /// # Errors
    /// Returns what is wrong with the configuration, in words that do not contain the secret key.
    pub fn new(config: &StripeConfig) -> Result<StripeClient, &'static str> {
        let base =
            base_url(&config.base_url).ok_or("the address of Stripe is not an http or https address")?;
        if config.secret_key.is_empty() || !config.secret_key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("the secret key of Stripe is empty or contains characters that no key has");
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", config.secret_key))
            .map_err(|_| "the secret key of Stripe contains characters that no key has")?;
        authorization.set_sensitive(true);
        let http = reqwest::Client::builder()
            .connect_timeout(config.limits.connect)
            .redirect(Policy::none())
            .user_agent(concat!("stripe-rust-client/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls()?)
            .build()
            .map_err(|_| "the HTTP client cannot be made")?;
        Ok(StripeClient { http, base: base.into(), authorization, limits: config.limits })
    }

    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Outcome<T> {
        self.call(&Call { method: Method::GET, path, form: form_of(query)?, key: None }).await
    }

    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        key: &AttemptKey,
        path: &str,
        body: &impl Serialize,
    ) -> Outcome<T> {
        self.call(&Call { method: Method::POST, path, form: form_of(body)?, key: Some(key) }).await
    }

    pub(crate) async fn delete<T: DeserializeOwned>(&self, key: &AttemptKey, path: &str) -> Outcome<T> {
        self.call(&Call { method: Method::DELETE, path, form: String::new(), key: Some(key) }).await
    }

    /// Sends a request until Stripe answers it, within the limits.
    async fn call<T: DeserializeOwned>(&self, call: &Call<'_>) -> Outcome<T> {
        let deadline = Instant::now() + self.limits.total;
        let mut sent = 0;
        let body = loop {
            let reply = timeout_at(deadline, self.send(call)).await;
            let reply = reply.unwrap_or(Reply::unknown(UnknownCause::TimedOut));
            let pause = self.pause(call, sent, &reply);
            if sent >= self.limits.retries || !reply.should_send_again() || Instant::now() + pause >= deadline
            {
                break reply.outcome?;
            }
            sleep(pause).await;
            sent += 1;
        };
        serde_json::from_slice(&body).map_err(|_| StripeError::Unknown(UnknownCause::Unreadable(200)))
    }

    async fn send(&self, call: &Call<'_>) -> Reply {
        let mut url = format!("{}{}", self.base, call.path);
        let mut request = if call.method == Method::POST {
            let request = self.http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            request.body(call.form.clone())
        } else {
            if !call.form.is_empty() {
                url = format!("{url}?{}", call.form);
            }
            self.http.request(call.method.clone(), url)
        };
        request = request
            .header(AUTHORIZATION, self.authorization.clone())
            .header(STRIPE_VERSION, HeaderValue::from_static(API_VERSION));
        if let Some(key) = call.key {
            request = request.header(IDEMPOTENCY_KEY, key.as_str());
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Reply::unknown(UnknownCause::NoConnection),
            Err(_) => return Reply::unknown(UnknownCause::Lost),
        };
        let status = response.status();
        let header = |name: &HeaderName| text_of(response.headers(), name);
        let retry_after = header(&RETRY_AFTER).and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let should_retry = header(&SHOULD_RETRY).and_then(|text| text.parse().ok());
        let request_id = header(&REQUEST_ID);
        let outcome = match response.bytes().await {
            Err(_) => Err(StripeError::Unknown(UnknownCause::Lost)),
            Ok(body) if status.is_success() => Ok(body.to_vec()),
            Ok(body) => {
                let error = StripeError::of_response(status.as_u16(), &body, retry_after);
                Err(error.with_request_id(request_id))
            }
        };
        Reply { outcome, should_retry, retry_after }
    }

    /// Returns how long to wait before a request is sent again: what Stripe says, or a time that doubles. It is longer
    /// by up to a quarter, depending on the key, so that many callers do not come back at once.
    fn pause(&self, call: &Call<'_>, sent: u32, reply: &Reply) -> Duration {
        if let Some(pause) = reply.retry_after {
            return pause;
        }
        let pause = self.limits.pause.saturating_mul(1 << sent.min(16));
        let mix = |sum: u32, byte: u8| sum.wrapping_mul(31).wrapping_add(u32::from(byte));
        let spread = call.key.map_or(0, |key| key.as_str().bytes().fold(0, mix) % 256);
        pause.saturating_add(pause.saturating_mul(spread) / 1024)
    }
}

impl Reply {
    fn unknown(cause: UnknownCause) -> Reply {
        Reply { outcome: Err(StripeError::Unknown(cause)), should_retry: None, retry_after: None }
    }

    /// Whether to send the request again. What Stripe says comes first.
    fn should_send_again(&self) -> bool {
        let Err(error) = &self.outcome else { return false };
        self.should_retry.unwrap_or(match error {
            StripeError::Failed(_) => false,
            StripeError::Unknown(cause) => matches!(
                cause,
                UnknownCause::NoConnection
                    | UnknownCause::Lost
                    | UnknownCause::ServerFault(_)
                    | UnknownCause::KeyInUse
                    | UnknownCause::RateLimited(_)
            ),
        })
    }
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Returns the address without a slash at its end.
fn base_url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain)
        .then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// TLS with the certificate authorities of Mozilla, independent of the machine.
fn tls() -> Result<rustls::ClientConfig, &'static str> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| "TLS has no usable version")?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn form_of(parameters: &impl Serialize) -> Outcome<String> {
    let value = serde_json::to_value(parameters).unwrap_or(Value::Null);
    form::encode(&value).map_err(|error| StripeError::bad_parameter(&error.0))
}

/// Returns the path of an object, or of an action on it. An id is part of the path, so it may only contain what ids of
/// Stripe contain.
///
/// # Errors
/// [`StripeError::Failed`] if the text is no id.
pub(crate) fn object_path(collection: &str, id: &str, action: &str) -> Outcome<String> {
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_id {
        return Err(StripeError::no_such_id());
    }
    let slash = if action.is_empty() { "" } else { "/" };
    Ok(format!("/v1/{collection}/{id}{slash}{action}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_key_is_short_printable_text() {
        assert!(AttemptKey::new("attempt-7").is_some());
        for name in ["", "a b", "é", "a\n"] {
            assert_eq!(AttemptKey::new(name), None);
        }
        assert!(AttemptKey::new("x".repeat(255)).is_some());
        assert_eq!(AttemptKey::new("x".repeat(256)), None);
    }

    #[test]
    fn a_base_address_may_have_a_path() {
        assert_eq!(base_url("https://api.stripe.com").as_deref(), Some("https://api.stripe.com"));
        assert_eq!(base_url("http://127.0.0.1:1/a/b/").as_deref(), Some("http://127.0.0.1:1/a/b"));
        for text in ["", "api.stripe.com", "ftp://x", "https://x/?a=b", "https://me@x/"] {
            assert_eq!(base_url(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_id_never_becomes_a_path() {
        assert_eq!(object_path("refunds", "re_1", "").ok().as_deref(), Some("/v1/refunds/re_1"));
        assert_eq!(object_path("refunds", "re_1", "cancel").ok().as_deref(), Some("/v1/refunds/re_1/cancel"));
        for id in ["", "..", "re_1/cancel", "re_1?expand", "é"] {
            let error = object_path("refunds", id, "").expect_err("no id");
            assert!(error.is_missing(), "{id}");
        }
    }

    #[test]
    fn a_configuration_that_cannot_work_is_refused() {
        assert!(StripeClient::new(&StripeConfig::new("sk_test_1")).is_ok());
        for key in ["", "sk test", "sk\n"] {
            assert!(StripeClient::new(&StripeConfig::new(key)).is_err());
        }
    }
}
