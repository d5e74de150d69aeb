//! The double: its configuration, its state, and the deliveries of its events.

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use ring::hmac;
use serde_json::Value;

use crate::actions::{agenda, disputes, payouts, refunds};
use crate::context::{Context, RandomSource, TimeSource};
use crate::model::{Delivery, DoubleFault};
use crate::render;
use crate::store::Store;

/// How long a delivery may take.
const DELIVERY: Duration = Duration::from_secs(10);
/// How often the background work looks for what is due.
const TICK: Duration = Duration::from_millis(200);
/// After how many seconds a delivery that failed is tried again. After the last one, it is given up.
const RETRIES: [i64; 8] = [5, 60, 600, 3_600, 21_600, 43_200, 86_400, 86_400];

/// Where events are delivered. It holds a secret, and so has no `Debug`.
#[derive(Clone)]
pub struct WebhookTarget {
    /// The address.
    pub url: String,
    /// The secret that signs deliveries.
    pub secret: String,
}

/// How a double is set up. It holds secrets, and so has no `Debug`.
#[derive(Clone)]
pub struct DoubleConfig {
    /// The file that holds the state; none to keep it in memory.
    pub state: Option<PathBuf>,
    /// The address at which browsers and clients reach the double.
    pub public_url: String,
    /// The secret key that clients send.
    pub secret_key: String,
    /// Where events are delivered.
    pub webhook: Option<WebhookTarget>,
    /// The clock.
    pub now: TimeSource,
    /// The random source.
    pub random: RandomSource,
}

/// A double of one account. Clones are the same account. It holds secrets, and so has no `Debug`.
#[derive(Clone)]
pub struct Double(Arc<Inner>);

struct Inner {
    store: Store,
    config: DoubleConfig,
    /// The idempotency keys of requests that are being carried out.
    busy: Mutex<HashSet<String>>,
    http: reqwest::Client,
}

impl Double {
    /// Opens a double with its stored state, or with an empty one.
    ///
    /// # Errors
    /// Returns the error of the file, or of the HTTP client that delivers events.
    pub fn open(mut config: DoubleConfig) -> io::Result<Double> {
        config.public_url = config.public_url.trim_end_matches('/').to_owned();
        let http = reqwest::Client::builder().timeout(DELIVERY).tls_backend_preconfigured(tls()?);
        let http = http.redirect(Policy::none()).build().map_err(io::Error::other)?;
        let store = Store::open(config.state.clone())?;
        Ok(Double(Arc::new(Inner { store, config, busy: Mutex::default(), http })))
    }

    /// Runs an action on the state, after everything that is due has happened. The action returns whether it changed
    /// the state.
    pub(crate) async fn work<R: Send + 'static>(
        &self,
        key: Option<String>,
        action: impl FnOnce(&mut Context<'_>) -> (R, bool) + Send + 'static,
    ) -> io::Result<R> {
        let inner = Arc::clone(&self.0);
        let run = move || {
            let config = &inner.config;
            let clock = (config.now)();
            inner.store.with(|state| {
                let now = clock.saturating_add(state.shift);
                let delivers = config.webhook.is_some();
                let mut context = Context {
                    state,
                    now,
                    random: &config.random,
                    url: &config.public_url,
                    key: None,
                    delivers,
                };
                let has_advanced = agenda::advance(&mut context);
                context.key = key;
                let (result, is_changed) = action(&mut context);
                (result, has_advanced || is_changed)
            })
        };
        tokio::task::spawn_blocking(run).await.map_err(io::Error::other)?
    }

    pub(crate) fn config(&self) -> &DoubleConfig {
        &self.0.config
    }

    /// Marks a key as in use until the guard is dropped; `None` if it is in use already.
    pub(crate) fn begin(&self, key: &str) -> Option<BusyKey> {
        let is_new = lock(&self.0.busy).insert(key.to_owned());
        is_new.then(|| BusyKey(self.clone(), key.to_owned()))
    }

    /// Returns the time of the account in unix seconds.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn now(&self) -> io::Result<i64> {
        self.work(None, |context| (context.now, false)).await
    }

    /// Moves the clock forward, and lets everything happen that falls due. Returns the new time in unix seconds.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn advance(&self, seconds: i64) -> io::Result<i64> {
        let advance = move |context: &mut Context<'_>| {
            context.state.shift = context.state.shift.saturating_add(seconds.max(0));
            context.now = context.now.saturating_add(seconds.max(0));
            agenda::advance(context);
            (context.now, true)
        };
        self.work(None, advance).await
    }

    /// Injects a fault.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn inject(&self, fault: DoubleFault) -> io::Result<()> {
        self.work(None, |context| (context.state.faults.push(fault), true)).await
    }

    /// Removes all faults.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn heal(&self) -> io::Result<()> {
        self.work(None, |context| (context.state.faults.clear(), true)).await
    }

    /// The payer disputes a Stripe charge. Returns the id of the dispute; `None` if the charge cannot be disputed.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn dispute(&self, charge: &str, reason: &str) -> io::Result<Option<String>> {
        let (charge, reason) = (charge.to_owned(), reason.to_owned());
        self.work(None, move |context| (disputes::open(context, &charge, &reason).ok(), true)).await
    }

    /// The bank decides a dispute. Returns whether the dispute was open.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn decide_dispute(&self, id: &str, is_won: bool) -> io::Result<bool> {
        let id = id.to_owned();
        self.work(None, move |context| (disputes::decide(context, &id, is_won).is_ok(), true)).await
    }

    /// The bank refuses a refund that was made. Returns whether it could.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn fail_refund(&self, id: &str) -> io::Result<bool> {
        let id = id.to_owned();
        self.work(None, move |context| (refunds::fail(context, &id, "lost_or_stolen_card").is_ok(), true))
            .await
    }

    /// The bank refuses a payout. Returns whether it could.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn fail_payout(&self, id: &str) -> io::Result<bool> {
        let id = id.to_owned();
        self.work(None, move |context| (payouts::fail(context, &id, "account_closed").is_ok(), true)).await
    }

    /// Delivers an event again, also one that was never delivered. Returns whether there is such an event.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn redeliver(&self, event: &str) -> io::Result<bool> {
        let event = event.to_owned();
        let redeliver = move |context: &mut Context<'_>| {
            let is_known = context.state.events.contains_key(&event);
            if is_known {
                context.state.deliveries.push(Delivery { event, at: context.now, tries: 0 });
            }
            (is_known, is_known)
        };
        self.work(None, redeliver).await
    }

    /// Delivers the events that are due, in order. Returns how many deliveries the webhook confirmed.
    ///
    /// # Errors
    /// Returns the error of the file.
    pub async fn deliver(&self) -> io::Result<usize> {
        let Some(target) = self.0.config.webhook.clone() else { return Ok(0) };
        let mut confirmed = 0;
        while let Some((delivery, event)) = self.work(None, claim).await? {
            if self.send(&target, &event).await {
                confirmed += 1;
                self.work(None, move |context| (confirm(context, &delivery), true)).await?;
            }
        }
        Ok(confirmed)
    }

    /// Sends an event to the webhook, signed with the time of the machine. Returns whether the webhook confirmed it.
    async fn send(&self, target: &WebhookTarget, event: &Value) -> bool {
        let body = event.to_string();
        let signature = signature(&target.secret, (self.0.config.now)(), body.as_bytes());
        let request = self.0.http.post(&target.url).header("content-type", "application/json; charset=utf-8");
        let response = request.header("stripe-signature", signature).body(body).send().await;
        response.is_ok_and(|response| response.status().is_success())
    }

    /// Delivers events as they fall due, until the future is dropped.
    pub async fn run(&self) {
        loop {
            // A file that cannot be used now is tried again with the next tick.
            let _ = self.deliver().await;
            tokio::time::sleep(TICK).await;
        }
    }
}

/// TLS with the certificate authorities of Mozilla, for a webhook that is not on this machine.
fn tls() -> io::Result<rustls::ClientConfig> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(config.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth())
}

/// Returns the header that signs a delivery.
pub(crate) fn signature(secret: &str, second: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signed = [format!("{second}.").as_bytes(), body].concat();
    let digest: String =
        hmac::sign(&key, &signed).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={second},v1={digest},v0={digest}")
}

/// Takes the first delivery that is due. If it is not confirmed, it is due again later.
fn claim(context: &mut Context<'_>) -> (Option<(Delivery, Value)>, bool) {
    let now = context.now;
    let Some(at) = context.state.deliveries.iter().position(|one| one.at <= now) else {
        return (None, false);
    };
    let mut delivery = context.state.deliveries.remove(at);
    let Some(event) = context.state.events.get(&delivery.event) else { return claim(context) };
    let body = render::event(event);
    let retry = RETRIES.get(usize::try_from(delivery.tries).unwrap_or(usize::MAX));
    delivery.tries += 1;
    delivery.at = retry.map_or(i64::MAX - 1, |seconds| now.saturating_add(*seconds));
    if retry.is_some() {
        context.state.deliveries.push(delivery.clone());
    }
    (Some((delivery, body)), true)
}

fn confirm(context: &mut Context<'_>, delivery: &Delivery) {
    let is_it =
        |one: &Delivery| (&one.event, one.at, one.tries) == (&delivery.event, delivery.at, delivery.tries);
    if let Some(at) = context.state.deliveries.iter().position(is_it) {
        context.state.deliveries.remove(at);
    }
    if let Some(event) = context.state.events.get_mut(&delivery.event) {
        event.is_delivered = true;
    }
}

/// An idempotency key in use.
pub(crate) struct BusyKey(Double, String);

impl Drop for BusyKey {
    fn drop(&mut self) {
        lock(&self.0.0.busy).remove(&self.1);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
