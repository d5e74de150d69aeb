//! The database fails: a server that is not there yet, is stopped, is restarted, or loses its connections, and a disk
//! that is full. Callers are told meanwhile that it is not their fault and when to try again, and nothing has to be
//! restarted by hand.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kit::testing::on_postgres;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::commands::{Folder, command, path, set_up};
use super::run_alone;
use super::server::Server;

/// A PostgreSQL server for this test only.
struct Postgres {
    folder: Folder,
    port: u16,
    child: Option<Child>,
}

/// Returns the path of a PostgreSQL program, in the folder that Debian uses.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let mut found: Vec<PathBuf> = versions.map(|one| one.unwrap().path().join("bin").join(name)).collect();
    found.retain(|one| one.exists());
    found.sort();
    found.pop().expect("PostgreSQL is installed")
}

/// PostgreSQL refuses to run as root, so it runs as its own user then.
fn as_postgres(program: &std::path::Path) -> Command {
    if !rustix::process::getuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
    command
}

impl Postgres {
    /// Creates the server's data folder without starting it.
    fn prepared() -> Postgres {
        let folder = Folder::new();
        if rustix::process::getuid().is_root() {
            assert!(Command::new("chown").args(["postgres", path(&folder.0)]).status().unwrap().success());
        }
        let made = as_postgres(&program("initdb"))
            .args([
                "-D",
                path(&folder.file("data")),
                "-U",
                "postgres",
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .current_dir("/")
            .stdout(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Postgres { folder, port, child: None }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn start(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(std::env::temp_dir().join("coresync_outage_postgres.log"));
        let child = as_postgres(&program("postgres"))
            .args(["-D", path(&self.folder.file("data")), "-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"])
            .args(["-c", &format!("unix_socket_directories={}", path(&self.folder.0))])
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::from(log.unwrap()))
            .spawn();
        self.child = Some(child.unwrap());
        let begun = Instant::now();
        while postgres_answers(&self.url()).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Stops the server with a fast shutdown, which ends its connections, and waits for it.
    fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(status.unwrap().success());
        child.wait().unwrap();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Connects on a thread of its own, because the driver brings a runtime.
fn postgres_answers(url: &str) -> Result<(), postgres::Error> {
    let url = url.to_owned();
    std::thread::spawn(move || postgres::Client::connect(&url, postgres::NoTls).map(drop)).join().unwrap()
}

async fn get(server: &Server, path: &str) -> reqwest::Response {
    reqwest::get(format!("{}{path}", server.base)).await.unwrap()
}

async fn until(server: &Server, path: &str, expected: u16, most: Duration) -> Duration {
    let begun = Instant::now();
    loop {
        let status = get(server, path).await.status().as_u16();
        if status == expected {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < most, "{path} is answered {status}, not {expected}, after {most:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Signs in, so that something is written.
async fn sign_in(server: &Server) -> reqwest::Response {
    let body = json!({"email": "guest@demo.coresync.test", "password": coresync::demo::PASSWORD});
    let client = reqwest::Client::new();
    client.post(format!("{}/api/auth/login/", server.base)).json(&body).send().await.unwrap()
}

/// Checks how a database fault is reported by the API and by a page.
async fn check_503(server: &Server) {
    let api = get(server, "/api/services/").await;
    assert_eq!(api.status().as_u16(), 503);
    assert_eq!(api.headers()[RETRY_AFTER], "5");
    assert_eq!(api.headers()["content-type"], "application/problem+json");
    let problem: Value = api.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable", "{problem}");
    let page = get(server, "/services/?uncached").await;
    assert_eq!(page.status().as_u16(), 503);
    assert_eq!(page.headers()[RETRY_AFTER], "5");
    assert!(page.text().await.unwrap().contains("</html>"));
    assert_eq!(get(server, "/ready/").await.status().as_u16(), 503);
    assert_eq!(get(server, "/health/").await.status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_waits_for_postgres_and_reconnects_after_an_outage() {
    let _alone = run_alone().await;
    if !on_postgres() {
        return;
    }
    let (folder, mut postgres) = (Folder::new(), Postgres::prepared());
    let url = postgres.url();
    // A server that never comes, in parallel to the rest of the test: after half a minute the command gives up with a
    // message.
    let nowhere = Folder::new();
    let begun = Instant::now();
    let given_up = command(&nowhere, "postgres://postgres@127.0.0.1:1/none", &["migrate"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();

    postgres.start();
    set_up(&folder, &url).await;
    postgres.stop();
    let mut server = Server::spawn_in(&folder.0, "exec", "", &[("DATABASE_URL", &url)]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    postgres.start();
    server.until_ready().await;
    let log = std::fs::read_to_string(folder.file("log")).unwrap();
    assert!(log.contains("it is waited for"), "{log}");

    // Requests without pause while the server is stopped and started: no response is a 500, and every 503 says when to
    // retry.
    let (over, base) = (Arc::new(AtomicBool::new(false)), server.base.clone());
    let asking: Vec<_> = ["/services/?a", "/api/services/", "/book/"]
        .map(|path| {
            let (over, url) = (over.clone(), format!("{base}{path}"));
            tokio::spawn(async move {
                let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
                while !over.load(Ordering::SeqCst) {
                    let answer = reqwest::get(&url).await.unwrap();
                    let status = answer.status().as_u16();
                    assert!(status != 503 || answer.headers().contains_key(RETRY_AFTER), "{url}");
                    *statuses.entry(status).or_default() += 1;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                (url, statuses)
            })
        })
        .into();
    for _ in 0..3 {
        assert!(sign_in(&server).await.status().is_success());
        postgres.stop();
        until(&server, "/ready/", 503, Duration::from_secs(5)).await;
        check_503(&server).await;
        let refused = sign_in(&server).await;
        assert_eq!((refused.status().as_u16(), refused.headers().contains_key(RETRY_AFTER)), (503, true));
        postgres.start();
        let took = until(&server, "/ready/", 200, Duration::from_secs(15)).await;
        println!("ready again after {took:?}");
    }
    // Connections that the server ends one by one are not a fault either.
    let killing = url.clone();
    let killed = tokio::task::spawn_blocking(move || {
        let mut client = postgres::Client::connect(&killing, postgres::NoTls).unwrap();
        let query = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'coresync'";
        client.query_one(query, &[]).unwrap().get::<_, i64>(0)
    });
    assert!(killed.await.unwrap() > 0);
    assert_eq!(get(&server, "/services/?b").await.status().as_u16(), 200);
    until(&server, "/ready/", 200, Duration::from_secs(5)).await;
    over.store(true, Ordering::SeqCst);
    for one in asking {
        let (url, statuses) = one.await.unwrap();
        println!("{url}: {statuses:?}");
        assert!(!statuses.contains_key(&500) && !statuses.contains_key(&504), "{url}: {statuses:?}");
        assert!(statuses.contains_key(&503), "{url}: {statuses:?}");
    }
    server.stop().await;

    let output = tokio::task::spawn_blocking(move || given_up.wait_with_output().unwrap()).await.unwrap();
    let took = begun.elapsed();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        log.contains("gave up after 30 s: PostgreSQL at") && log.contains("DATABASE_URL says where it is"),
        "{log}"
    );
    assert!(took >= Duration::from_secs(29), "{took:?}");
}

/// A file system of a given size in MB that is unmounted when it is dropped; `None` if none can be mounted.
struct SmallDisk(Folder);

impl SmallDisk {
    fn of(megabytes: u32) -> Option<SmallDisk> {
        let folder = Folder::new();
        let size = format!("size={megabytes}m,mode=0700");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs", path(&folder.0)]).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(SmallDisk(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", path(&self.0.0)]).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported_within_seconds_and_recovers_by_itself() {
    let _alone = run_alone().await;
    if on_postgres() {
        return;
    }
    let Some(disk) = SmallDisk::of(96) else {
        println!("left out: nothing can be mounted here");
        return;
    };
    let folder = &disk.0;
    let url = folder.sqlite("club.db");
    set_up(folder, &url).await;
    let server = Server::start_in(&folder.0, "exec", "", &[("DATABASE_URL", &url)]).await;
    assert!(sign_in(&server).await.status().is_success());
    // The disk is filled completely.
    let ballast = folder.file("ballast");
    let filled =
        Command::new("dd").args(["if=/dev/zero", "bs=64k", &format!("of={}", path(&ballast))]).output();
    assert!(!filled.unwrap().status.success(), "the disk is not full");
    let took = until(&server, "/ready/", 503, Duration::from_secs(5)).await;
    println!("said after {took:?}");
    // Writes until nothing more fits: never a 500, and pages can still be read.
    let mut last = 200;
    for _ in 0..400 {
        let answer = sign_in(&server).await;
        last = answer.status().as_u16();
        assert!(matches!(last, 200 | 201 | 503), "{last}: {}", answer.text().await.unwrap());
        if last == 503 {
            assert!(answer.headers().contains_key(RETRY_AFTER));
            break;
        }
    }
    assert_eq!(last, 503, "it still fits");
    assert_eq!(get(&server, "/services/?read").await.status().as_u16(), 200);
    assert_eq!(get(&server, "/health/").await.status().as_u16(), 200);
    std::fs::remove_file(&ballast).unwrap();
    let took = until(&server, "/ready/", 200, Duration::from_secs(5)).await;
    println!("well again after {took:?}");
    assert!(sign_in(&server).await.status().is_success());
    server.stop().await;
}
