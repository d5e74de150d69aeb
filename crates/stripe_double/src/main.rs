//! The program `stripe-double`: serves a test double of Stripe until it is stopped.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use stripe_double::{Double, DoubleConfig, WebhookTarget, serve};
use tokio::net::TcpListener;

/// A stateful test double of a part of Stripe's API. It moves no money.
#[derive(Parser)]
#[command(name = "stripe-double", version)]
struct Arguments {
    /// The address to listen on. Port 0 takes a free port, which the first line of the output names.
    #[arg(long, default_value = "127.0.0.1:12111")]
    listen: SocketAddr,
    /// The file that holds the state. Without it, the state is lost when the program stops.
    #[arg(long)]
    state: Option<PathBuf>,
    /// The address that events are delivered to.
    #[arg(long, requires = "webhook_secret")]
    webhook: Option<String>,
    /// The secret that signs the deliveries.
    #[arg(long)]
    webhook_secret: Option<String>,
    /// The secret key that clients send.
    #[arg(long, default_value = "sk_test_double")]
    key: String,
    /// The address at which browsers reach the program, if it is not the one it listens on.
    #[arg(long)]
    public_url: Option<String>,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let webhook = match (arguments.webhook, arguments.webhook_secret) {
        (Some(url), Some(secret)) => Some(WebhookTarget { url, secret }),
        _ => None,
    };
    let double = Double::open(DoubleConfig {
        state: arguments.state,
        public_url: arguments.public_url.unwrap_or_else(|| format!("http://{address}")),
        secret_key: arguments.key,
        webhook,
        now: Arc::new(now),
        random: Arc::new(random),
    })?;
    say(&format!("listening on http://{address}"));
    serve(double, listener).await
}

#[allow(clippy::disallowed_methods, reason = "the program decides which clock the library uses")]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[allow(clippy::disallowed_methods, reason = "the program decides which random source the library uses")]
fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system provides random bytes");
}

#[allow(clippy::print_stdout, reason = "the output of a program")]
fn say(text: &str) {
    println!("{text}");
}
