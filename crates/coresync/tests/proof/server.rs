//! The program as a process, and clients for it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::club::{NOW, ProofClub};

/// The program, serving a club. It is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// The base URL: `http://127.0.0.1:…`.
    pub(crate) base: String,
}

impl Server {
    /// Starts the program and waits until it can serve.
    pub(crate) async fn start(club: &ProofClub) -> Server {
        Server::start_on(club, &club.place.url).await
    }

    /// Starts the program with another URL of the same database.
    pub(crate) async fn start_on(club: &ProofClub, url: &str) -> Server {
        Server::start_with(club, &[("DATABASE_URL", url)]).await
    }

    /// Starts the program with some environment variables changed.
    pub(crate) async fn start_with(club: &ProofClub, otherwise: &[(&str, &str)]) -> Server {
        let mut envs = vec![("DATABASE_URL", club.place.url.as_str()), ("CORESYNC_NOW", NOW)];
        envs.extend(otherwise.iter().copied());
        Server::start_in(&club.place.folder, "exec", "", &envs).await
    }

    /// Starts the program from a shell that runs a command before it (such as `ulimit -n 1024; exec`), with arguments,
    /// on a data folder.
    pub(crate) async fn start_in(
        folder: &std::path::Path,
        before: &str,
        arguments: &str,
        otherwise: &[(&str, &str)],
    ) -> Server {
        let mut server = Server::spawn_in(folder, before, arguments, otherwise);
        server.until_ready().await;
        server
    }

    /// Starts the program in the same way, without waiting for it.
    pub(crate) fn spawn_in(
        folder: &std::path::Path,
        before: &str,
        arguments: &str,
        otherwise: &[(&str, &str)],
    ) -> Server {
        // The HTTP client needs a provider of TLS, although these tests use none. It may be installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap();
        let child = Command::new("sh")
            .arg("-c")
            .arg(format!("{before} \"$0\" serve {arguments}"))
            .arg(env!("CARGO_BIN_EXE_coresync"))
            .env("CORESYNC_ADDR", format!("127.0.0.1:{port}"))
            .env("CORESYNC_DATA", folder)
            .env("CORESYNC_LOG", "warn")
            .env("CORESYNC_READS_PER_MINUTE", "0")
            .env("CORESYNC_WRITES_PER_MINUTE", "0")
            .env("CORESYNC_VISITOR_WRITES_PER_MINUTE", "0")
            .env("CORESYNC_MAX_CONNECTIONS_PER_ADDRESS", "0")
            .envs(otherwise.iter().copied())
            .stderr(Stdio::from(log))
            .spawn()
            .unwrap();
        Server { child, base: format!("http://127.0.0.1:{port}") }
    }

    /// Returns the id of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) async fn until_ready(&mut self) {
        let client = reqwest::Client::new();
        let begun = Instant::now();
        loop {
            assert!(self.child.try_wait().unwrap().is_none(), "the program has ended");
            assert!(begun.elapsed() < Duration::from_secs(90), "the program is not ready after 90 s");
            let answer = client.get(format!("{}/ready/", self.base)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Stops the program with SIGTERM and waits for it, so that its log is complete.
    pub(crate) async fn stop(mut self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        while self.child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Kills the program with SIGKILL, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A booking request of a client.
#[derive(Clone)]
pub(crate) struct Want {
    /// The client's access token.
    pub(crate) token: String,
    /// The body of the request to `create_booking`.
    pub(crate) body: Value,
}

impl Want {
    /// Creates a request for a service tomorrow, `minute` minutes after midnight.
    pub(crate) fn tomorrow(token: &str, service: kit::Id, minute: usize) -> Want {
        let start_time = format!("{:02}:{:02}", minute / 60, minute % 60);
        let body = json!({"service_id": service, "date": super::club::TOMORROW, "start_time": start_time});
        Want { token: token.to_owned(), body }
    }

    /// Returns the request with one more field.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Want {
        self.body[name] = value.into();
        self
    }

    /// Sends the request, and returns the status and the body of the response.
    pub(crate) async fn send(&self, client: &reqwest::Client, base: &str) -> reqwest::Result<(u16, Value)> {
        let url = format!("{base}/api/bookings/create_booking/");
        let answer = client.post(url).bearer_auth(&self.token).json(&self.body).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }
}

/// Sends all requests at once, distributed over the servers, and waits for every response.
pub(crate) async fn all_at_once(wants: Vec<Want>, servers: &[Server]) -> Vec<(u16, Value)> {
    let client = reqwest::Client::new();
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(wants.len()));
    let mut tasks = Vec::new();
    for (n, want) in wants.into_iter().enumerate() {
        let (client, start, base) = (client.clone(), start.clone(), servers[n % servers.len()].base.clone());
        tasks.push(tokio::spawn(async move {
            start.wait().await;
            want.send(&client, &base).await.unwrap()
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}
