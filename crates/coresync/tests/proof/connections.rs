//! Connections that are silent, send incomplete requests, or never read are closed, and others are answered meanwhile.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::club::{NOW, ProofClub};
use super::run_alone;
use super::server::Server;

/// How many connections are held open, and how many file descriptors the program has.
const HELD: usize = 1_100;
const DESCRIPTORS: usize = 1_024;

/// Timeouts of two seconds instead of the defaults.
const SHORT: [(&str, &str); 3] = [
    ("CORESYNC_FIRST_REQUEST_SECONDS", "2"),
    ("CORESYNC_IDLE_SECONDS", "2"),
    ("CORESYNC_STALL_SECONDS", "2"),
];

/// Raises the file descriptor limit of this process, which holds more connections than the default allows.
fn raise_own_limit() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}

async fn start(club: &ProofClub, before: &str, otherwise: &[(&str, &str)]) -> Server {
    let mut envs = vec![("DATABASE_URL", club.place.url.as_str()), ("CORESYNC_NOW", NOW)];
    envs.extend(otherwise.iter().copied());
    Server::start_in(&club.place.folder, before, "", &envs).await
}

/// Connects from an address of this machine.
async fn connect(server: &Server, from: Ipv4Addr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    // Small buffers, so that unread data is not hidden in them.
    socket.set_recv_buffer_size(4096)?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(server.base.trim_start_matches("http://").parse().unwrap()).await
}

/// Returns the loopback address of the n-th simulated machine.
fn machine(n: usize) -> Ipv4Addr {
    let [high, low] = u16::try_from(n).unwrap().to_be_bytes();
    Ipv4Addr::new(127, 7, high, low)
}

/// Returns whether the server has closed the connection. Data that came before is read and discarded.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut bytes = vec![0; 65_536];
    loop {
        match tokio::time::timeout(Duration::from_millis(20), stream.read(&mut bytes)).await {
            Err(_) => return false,
            Ok(Ok(0) | Err(_)) => return true,
            Ok(Ok(_)) => {}
        }
    }
}

fn descriptors(server: &Server) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

/// Returns how many connections the server has open, from all machines or from one. They come from the system's list,
/// which omits a connection that the server has closed even if the client has not read everything.
fn connections(server: &Server, from: Option<Ipv4Addr>) -> usize {
    const OPEN: [&str; 2] = ["01", "08"];
    let port = server.base.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let (own_port, from) =
        (format!(":{port:04X}"), from.map(|ip| format!("{:08X}:", u32::from(ip).swap_bytes())));
    let listed = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let is_open = |line: &&str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, local, remote, state, ..] = fields.as_slice() else { return false };
        local.ends_with(&own_port)
            && OPEN.contains(state)
            && from.as_ref().is_none_or(|from| remote.starts_with(from.as_str()))
    };
    listed.lines().skip(1).filter(is_open).count()
}

/// Waits until at most `most` connections are open, from all machines or from one.
async fn wait_until_at_most(server: &Server, from: Option<Ipv4Addr>, most: usize) {
    let begun = Instant::now();
    while connections(server, from) > most {
        let open = connections(server, from);
        assert!(begun.elapsed() < Duration::from_secs(30), "{open} connections are open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends a request on a new connection. Returns the status, or 0 if there was no response.
async fn status(server: &Server, path: &str) -> u16 {
    let client =
        reqwest::Client::builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(10)).build();
    let answer = client.unwrap().get(format!("{}{path}", server.base)).send().await;
    answer.map_or(0, |answer| answer.status().as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn eleven_hundred_stalled_connections_do_not_stop_the_server() {
    let _alone = run_alone().await;
    raise_own_limit();
    let club = ProofClub::create(1).await;
    let server =
        start(&club, &format!("ulimit -n {DESCRIPTORS}; exec"), &[("CORESYNC_STALL_SECONDS", "4")]).await;
    let many = "GET / HTTP/1.1\r\nHost: proof\r\n\r\n".repeat(200);
    let mut held = Vec::new();
    for n in 0..HELD {
        // At the limit a connection may be refused: an attacker just tries the next.
        let Ok(mut stream) = connect(&server, machine(n)).await else { continue };
        let bytes: &[u8] = match n % 4 {
            0 => b"",
            1 => b"PRI * HTTP/2.0\r\n\r\nSM",
            2 => b"GET / HTTP/1.1\r\nHost: pro",
            _ => many.as_bytes(),
        };
        let _ = tokio::time::timeout(Duration::from_millis(50), stream.write_all(bytes)).await;
        held.push(stream);
        if n % 50 == 0 {
            assert_eq!(status(&server, "/health/").await, 200, "after {n}");
        }
    }
    assert!(held.len() > 1_000, "{}", held.len());
    let begun = Instant::now();
    let mut most = Duration::ZERO;
    // Until all of them are closed without any help, everyone else is answered.
    loop {
        for path in ["/health/", "/", "/services/?page", "/ready/"] {
            let sent_at = Instant::now();
            assert_eq!(status(&server, path).await, 200, "{path} after {:?}", begun.elapsed());
            most = most.max(sent_at.elapsed());
        }
        let open = descriptors(&server);
        if open <= 100 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(46), "{open} descriptors are open");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("{} held, the slowest answer took {most:?}, {} descriptors", held.len(), descriptors(&server));
    assert!(most < Duration::from_secs(5), "{most:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_stalled_connection_times_out() {
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let server = start(&club, "exec", &SHORT).await;
    let many = "GET /services/?many HTTP/1.1\r\nHost: proof\r\n\r\n".repeat(200);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let whole_preface = [&preface[..], &settings].concat();
    let ways: [(&str, &[u8]); 6] = [
        ("silent", b""),
        ("half a preface", &preface[..10]),
        ("a whole preface and nothing more", &whole_preface),
        ("half a head", b"GET / HTTP/1.1\r\nHost: pr"),
        ("idle after an answer", b"GET /health/ HTTP/1.1\r\nHost: proof\r\n\r\n"),
        ("never reading", many.as_bytes()),
    ];
    let mut held = Vec::new();
    for (way, bytes) in ways {
        let mut stream = connect(&server, Ipv4Addr::LOCALHOST).await.unwrap();
        let _ = tokio::time::timeout(Duration::from_millis(300), stream.write_all(bytes)).await;
        held.push((way, stream));
    }
    // Nothing is read meanwhile: one of the connections is closed for that reason.
    wait_until_at_most(&server, None, 0).await;
    for (way, mut stream) in held {
        assert!(is_closed(&mut stream).await, "{way}: it is still open");
    }
}

/// Returns an HTTP/2 frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Returns the start of an HTTP/2 connection whose client accepts no byte of any response body, with one request.
fn http2_without_window() -> Vec<u8> {
    const SETTINGS: u8 = 4;
    const HEADERS: u8 = 1;
    let initial_window_size = [0, 4, 0, 0, 0, 0];
    // From the static table of HPACK: GET, http, /. Then a literal `:authority`.
    let request = [&[0x82, 0x86, 0x84, 0x41, 5][..], b"proof"].concat();
    // The headers are complete, and so is the request.
    let flags = 0x4 | 0x1;
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(SETTINGS, 0, 0, &initial_window_size),
        frame(HEADERS, flags, 1, &request),
    ]
    .concat()
}

/// An HTTP/2 client that takes nothing of its response is disconnected, although it reads every frame and sends pings,
/// so that no write is ever blocked and the connection is never quiet.
#[tokio::test(flavor = "multi_thread")]
async fn an_http2_client_without_a_window_is_closed_despite_pings() {
    const PING: u8 = 6;
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let server = start(&club, "exec", &SHORT).await;
    for pings in [0, 1, 100] {
        let mut stream = connect(&server, Ipv4Addr::LOCALHOST).await.unwrap();
        stream.write_all(&http2_without_window()).await.unwrap();
        let (mut read, mut bytes) = (Vec::new(), vec![0; 65_536]);
        let begun = Instant::now();
        loop {
            for _ in 0..pings {
                if stream.write_all(&frame(PING, 0, 0, b"coresync")).await.is_err() {
                    break;
                }
            }
            match tokio::time::timeout(Duration::from_millis(100), stream.read(&mut bytes)).await {
                Err(_) => {}
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(count)) => read.extend_from_slice(&bytes[..count]),
            }
            // One ping at a time is answered alone, so that its answer does not look like progress.
            tokio::time::sleep(Duration::from_millis(50)).await;
            // The deadline for a piece of a response is ten times as long as that for a connection that stands still.
            let most = Duration::from_secs(if pings == 100 { 25 } else { 6 });
            assert!(begun.elapsed() < most, "{pings} pings at a time: open after {:?}", begun.elapsed());
        }
        println!("{pings} pings at a time: closed after {:?}", begun.elapsed());
        assert!(begun.elapsed() > Duration::from_millis(1_500), "{pings}: {:?}", begun.elapsed());
        let kinds = frame_kinds(&read);
        assert!(kinds.contains(&1), "the response has begun: {kinds:?}");
        assert!(!kinds.contains(&0), "no byte of a body was sent: {kinds:?}");
        // The server also sends a ping of its own.
        assert!(pings == 0 || kinds.contains(&PING), "{kinds:?}");
    }
    assert_eq!(status(&server, "/").await, 200);
}

/// Returns the types of the HTTP/2 frames in these bytes.
fn frame_kinds(mut bytes: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while let [high, middle, low, kind, ..] = bytes {
        kinds.push(*kind);
        let length = usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).unwrap();
        bytes = bytes.get(9 + length..).unwrap_or_default();
    }
    kinds
}

/// A slow reader gets the whole response.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_not_disconnected() {
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let server = start(&club, "exec", &SHORT).await;
    let mut stream = connect(&server, Ipv4Addr::LOCALHOST).await.unwrap();
    let requests = "GET /services/?slow HTTP/1.1\r\nHost: proof\r\n\r\n".repeat(29)
        + "GET /services/?slow HTTP/1.1\r\nHost: proof\r\nConnection: close\r\n\r\n";
    stream.write_all(requests.as_bytes()).await.unwrap();
    let (mut whole, mut bytes) = (Vec::new(), vec![0; 24_000]);
    let begun = Instant::now();
    loop {
        let read = stream.read(&mut bytes).await.unwrap();
        if read == 0 {
            break;
        }
        whole.extend_from_slice(&bytes[..read]);
        // This client is slow: longer in total than any limit of this server.
        let is_early = begun.elapsed() < Duration::from_secs(6);
        tokio::time::sleep(Duration::from_millis(if is_early { 100 } else { 0 })).await;
    }
    let answers = whole.windows(15).filter(|part| *part == b"HTTP/1.1 200 OK").count();
    assert_eq!(answers, 30, "in {:?}", begun.elapsed());
    assert!(whole.ends_with(b"</html>\n") || whole.ends_with(b"</html>"), "the last one is whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_limited_per_network_except_trusted_proxies() {
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let limits = [("CORESYNC_MAX_CONNECTIONS_PER_ADDRESS", "8"), ("CORESYNC_TRUSTED_PROXIES", "127.0.0.3")];
    let server = start(&club, "exec", &limits).await;
    let mut open = Vec::new();
    for from in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)] {
        let mut streams = Vec::new();
        for _ in 0..40 {
            streams.push(connect(&server, from).await.unwrap());
        }
        if open.is_empty() {
            wait_until_at_most(&server, Some(from), 8).await;
        } else {
            // Once a new client is answered, all earlier ones have been accepted or rejected.
            assert_eq!(status(&server, "/health/").await, 200);
        }
        let mut count = 0;
        for stream in &mut streams {
            count += usize::from(!is_closed(stream).await);
        }
        open.push((count, streams));
    }
    assert!(open[0].0 <= 8 && open[0].0 >= 6, "{} of one network are open", open[0].0);
    assert_eq!(open[1].0, 40, "a proxy has as many as it likes");
    assert_eq!(status(&server, "/").await, 200);
}

/// A body that does not arrive is the client's fault: 408, in the format of the API or of a page.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_answered_with_408() {
    let _alone = run_alone().await;
    let club = ProofClub::create(1).await;
    let server = start(&club, "exec", &SHORT).await;
    for (path, kind, phrase) in [
        ("/api/auth/login/", "application/json", "\"code\":\"request_timeout\""),
        ("/login/", "application/x-www-form-urlencoded", "<html"),
    ] {
        let mut stream = connect(&server, Ipv4Addr::LOCALHOST).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: proof\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The body is slow at first, longer in total than the limit of a pause, which is allowed; then it stops.
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(800)).await;
            stream.write_all(b"e").await.unwrap();
        }
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{path}: {answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{path}: {answer}");
        assert!(answer.contains(phrase), "{path}: {answer}");
    }
}
