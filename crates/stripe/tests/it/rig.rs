//! A double and its client on a free port, with a clock that stands still and a random source with a fixed seed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use stripe::{
    AttemptKey, CallLimits, Customer, CustomerParams, NewPaymentIntent, PaymentIntent, StripeClient,
    StripeConfig, StripeError, WebhookSecrets,
};
use stripe_double::{Double, DoubleConfig, WebhookTarget};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// 2026-12-01 15:00 UTC.
pub(crate) const NOW: i64 = 1_796_137_200;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const KEY: &str = "sk_test_of_this_test";
pub(crate) const SECRET: &str = "whsec_of_this_test";

/// Limits with short pauses.
pub(crate) const QUICK: CallLimits = CallLimits {
    connect: Duration::from_secs(5),
    total: Duration::from_secs(20),
    retries: 2,
    pause: Duration::from_millis(5),
};

pub(crate) struct Rig {
    pub(crate) double: Double,
    pub(crate) client: StripeClient,
    pub(crate) url: String,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A source of bytes that look random.
pub(crate) type RandomBytes = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Returns a random source with a seed.
pub(crate) fn random(seed: u64) -> RandomBytes {
    let state = AtomicU64::new(seed.max(1));
    Arc::new(move |bytes| {
        for byte in bytes {
            let step = |mut x: u64| {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                Some(x)
            };
            let before =
                state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step).expect("always a next one");
            *byte = before.to_le_bytes()[3];
        }
    })
}

impl Rig {
    pub(crate) async fn open() -> Rig {
        Rig::open_below("", None).await
    }

    /// Opens a double below a path, with a webhook.
    pub(crate) async fn open_below(path: &str, webhook: Option<WebhookTarget>) -> Rig {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}{path}", listener.local_addr().expect("an address"));
        let double = Double::open(DoubleConfig {
            state: None,
            public_url: url.clone(),
            secret_key: KEY.to_owned(),
            webhook,
            now: Arc::new(|| NOW),
            random: random(7),
        })
        .expect("a double");
        let router = match path {
            "" => double.router(),
            path => Router::new().nest(path, double.router()),
        };
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        let client = client(&url, KEY, QUICK);
        Rig { double, client, url, tasks: vec![serving] }
    }

    /// Opens a double that delivers events to a receiver.
    pub(crate) async fn with_receiver() -> (Rig, Receiver) {
        let receiver = Receiver::open().await;
        let target = WebhookTarget { url: receiver.url.clone(), secret: SECRET.to_owned() };
        (Rig::open_below("", Some(target)).await, receiver)
    }

    pub(crate) async fn customer(&self, name: &str) -> Customer {
        let params = CustomerParams { name: Some(name.to_owned()), ..CustomerParams::default() };
        self.client.create_customer(&key(&format!("customer-{name}")), &params).await.expect("a customer")
    }

    /// Pays an amount with a test card, without the payer.
    pub(crate) async fn pay(
        &self,
        name: &str,
        amount: i64,
        card: &str,
    ) -> Result<PaymentIntent, StripeError> {
        self.client.create_payment_intent(&key(name), &payment(amount, card)).await
    }

    /// Returns the number of PaymentIntents.
    pub(crate) async fn payments(&self) -> usize {
        self.client
            .payment_intents(&stripe::PaymentIntentFilter::default())
            .all()
            .await
            .expect("a list")
            .len()
    }
}

pub(crate) fn client(url: &str, key: &str, limits: CallLimits) -> StripeClient {
    let config = StripeConfig { secret_key: key.to_owned(), base_url: url.to_owned(), limits };
    StripeClient::new(&config).expect("a client")
}

pub(crate) fn key(name: &str) -> AttemptKey {
    AttemptKey::new(name).expect("a key")
}

pub(crate) fn payment(amount: i64, card: &str) -> NewPaymentIntent {
    NewPaymentIntent {
        amount,
        currency: "usd".to_owned(),
        payment_method: Some(card.to_owned()),
        ..NewPaymentIntent::default()
    }
}

/// The error of an outcome whose value has no `Debug`.
pub(crate) fn failed<T>(outcome: Result<T, StripeError>) -> StripeError {
    outcome.err().expect("an error")
}

/// The value of an outcome.
pub(crate) fn done<T>(outcome: Result<T, StripeError>) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => panic!("{error:?}"),
    }
}

/// A delivery that arrived: its signature and its body.
pub(crate) type Arrived = (String, Vec<u8>);

/// A server that receives events and verifies their signatures.
pub(crate) struct Receiver {
    pub(crate) url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    status: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Receiver {
    async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let status = Arc::new(AtomicU64::new(200));
        let (into, answer) = (Arc::clone(&arrived), Arc::clone(&status));
        let receive = move |headers: HeaderMap, body: Bytes| async move {
            let header = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
            let header = header.unwrap_or_default().to_owned();
            into.lock().expect("no panic").push((header, body.to_vec()));
            let status = u16::try_from(answer.load(Ordering::SeqCst)).expect("a status");
            StatusCode::from_u16(status).expect("a status")
        };
        let router = Router::new().route("/hook", post(receive));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Receiver { url, arrived, status, serving }
    }

    pub(crate) fn answer(&self, status: u64) {
        self.status.store(status, Ordering::SeqCst);
    }

    /// Returns what arrived since the last call, after verifying each signature: the types and ids of the events.
    pub(crate) fn take(&self) -> Vec<(String, String)> {
        let secrets = WebhookSecrets::parse(SECRET).expect("a secret");
        let arrived = std::mem::take(&mut *self.arrived.lock().expect("no panic"));
        let event = |(header, body): &Arrived| {
            secrets.verify(header, body, NOW).expect("a signature");
            let event = stripe::StripeEvent::parse(body).expect("an event");
            (event.kind, event.id)
        };
        arrived.iter().map(event).collect()
    }

    /// As [`Receiver::take`], only the types.
    pub(crate) fn kinds(&self) -> Vec<String> {
        self.take().into_iter().map(|(kind, _)| kind).collect()
    }
}
