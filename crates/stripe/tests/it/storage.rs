//! The file of the double: it survives a restart, is shared by processes, and holds no card number.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use stripe::PaymentIntentStatus;
use stripe_double::{Double, DoubleConfig};
use tokio::net::TcpListener;

use crate::payments::no_redirects;
use crate::rig::{KEY, NOW, QUICK, client, done, key, payment, random};

/// A folder that is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("stripe-double-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("removed");
    }
}

/// Serves a double with its state in a file.
async fn serve(state: &Path, seed: u64) -> (Double, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let double = Double::open(DoubleConfig {
        state: Some(state.to_owned()),
        public_url: url.clone(),
        secret_key: KEY.to_owned(),
        webhook: None,
        now: Arc::new(|| NOW),
        random: random(seed),
    })
    .expect("a double");
    let router = double.router();
    tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
    (double, url)
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let folder = Folder::new("restart");
    let state = folder.0.join("state.json");
    let (_, url) = serve(&state, 1).await;
    let paid = done(
        client(&url, KEY, QUICK).create_payment_intent(&key("one"), &payment(1_000, "pm_card_visa")).await,
    );
    let (_, url) = serve(&state, 2).await;
    let client = client(&url, KEY, QUICK);
    let found = done(client.payment_intent(&paid.id).await);
    assert!(found == paid);
    let again = done(client.create_payment_intent(&key("one"), &payment(1_000, "pm_card_visa")).await);
    assert_eq!(again.id, paid.id, "keys are kept, too");
}

#[tokio::test]
async fn two_processes_share_one_account() {
    let folder = Folder::new("shared");
    let state = folder.0.join("state.json");
    let ((_, one), (_, two)) = (serve(&state, 1).await, serve(&state, 2).await);
    let clients = [client(&one, KEY, QUICK), client(&two, KEY, QUICK)];
    let mut tasks = Vec::new();
    for number in 0..20 {
        let client = clients[number % 2].clone();
        // Each payment is requested from both.
        let name = format!("pay-{}", number / 2);
        tasks.push(tokio::spawn(async move {
            done(client.create_payment_intent(&key(&name), &payment(1_000, "pm_card_visa")).await).id
        }));
    }
    let mut ids = std::collections::BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.expect("no panic"));
    }
    assert_eq!(ids.len(), 10);
    for client in clients {
        let all =
            client.payment_intents(&stripe::PaymentIntentFilter::default()).all().await.expect("a list");
        assert_eq!(all.len(), 10);
        assert!(all.iter().all(|one| one.status == PaymentIntentStatus::Succeeded));
    }
}

#[tokio::test]
async fn no_card_number_is_stored() {
    let folder = Folder::new("numbers");
    let state = folder.0.join("state.json");
    let (_, url) = serve(&state, 1).await;
    let session = stripe::CheckoutPayment {
        items: vec![stripe::LineItem { name: "Massage".to_owned(), amount: 1_000 }],
        currency: "usd".to_owned(),
        success_url: "https://club.example/".to_owned(),
        cancel_url: "https://club.example/".to_owned(),
        ..stripe::CheckoutPayment::default()
    };
    let session = done(client(&url, KEY, QUICK).create_checkout_payment(&key("one"), &session).await);
    let page = session.url.expect("a page");
    for number in ["4000000000000002", "4000 0000 0000 9995", "5555-5555-5555-4444"] {
        let form = format!("email=v%40example.com&card_number={number}&expiry=01/31&cvc=987&name=V");
        no_redirects().post(&page).body(form).send().await.expect("a response");
    }
    let text = std::fs::read_to_string(&state).expect("a file");
    assert!(text.contains("\"last4\":\"4444\"") && text.contains("\"last4\":\"0002\""));
    for number in ["4000000000000002", "4000 0000", "5555-5555", "55555555", "4000000000009995"] {
        assert!(!text.contains(number), "{number}");
    }
}
