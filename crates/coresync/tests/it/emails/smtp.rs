//! A mail server for tests with a selectable behavior: accept, greylist, refuse, hang, or disconnect. Its replies have
//! the formats of RFC 5321 and RFC 3463. It runs on its own threads, so that it answers independently of the test's
//! runtime.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use testing::Xorshift;
use tokio::sync::watch;

/// The behavior of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Every email is accepted.
    Takes,
    /// Each recipient is deferred: `451 4.7.1`.
    Greylists,
    /// Each recipient is refused: `550 5.1.1`.
    Refuses,
    /// The connection is closed with `421 4.3.2`.
    ShutsDown,
    /// After the MAIL command the server does not reply any more.
    Hangs,
    /// The email is accepted, but the reply that says so is never sent.
    TakesAndHangs,
    /// Each recipient is accepted, deferred, or refused at random.
    Changes,
}

/// An accepted email.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) to: String,
    /// The `Message-ID` header.
    pub(crate) id: String,
    pub(crate) subject: String,
    pub(crate) raw: String,
}

struct State {
    mode: Mode,
    rng: Xorshift,
    /// Addresses that are always refused.
    refused: BTreeSet<String>,
    taken: Vec<Taken>,
}

/// The server. It lives as long as the process.
#[derive(Clone)]
pub(crate) struct Smtp {
    port: u16,
    state: Arc<Mutex<State>>,
    /// How many emails have got as far as their text.
    texts: watch::Sender<usize>,
    /// How many texts are being read.
    reading: watch::Sender<usize>,
}

impl Smtp {
    pub(crate) fn start(seed: u64) -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let state = State {
            mode: Mode::Takes,
            rng: Xorshift::new(seed),
            refused: BTreeSet::new(),
            taken: Vec::new(),
        };
        let smtp = Smtp {
            port: listener.local_addr().expect("an address").port(),
            state: Arc::new(Mutex::new(state)),
            texts: watch::channel(0).0,
            reading: watch::channel(0).0,
        };
        let server = smtp.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), server) = (stream, server.clone()) else { return };
                // A client that disconnects ends the conversation.
                std::thread::spawn(move || server.converse(stream).ok());
            }
        });
        smtp
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.state.lock().expect("a state").mode = mode;
    }

    /// Refuses everything to an address, whatever the mode is.
    pub(crate) fn refuse(&self, address: &str) {
        self.state.lock().expect("a state").refused.insert(address.to_owned());
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.lock().expect("a state").taken.clone()
    }

    /// Returns a counter of the emails that have got as far as their text.
    pub(crate) fn texts(&self) -> watch::Receiver<usize> {
        self.texts.subscribe()
    }

    /// Waits until no text is being read any more: a client that gave up may have sent its text whole.
    pub(crate) async fn settled(&self) {
        let mut reading = self.reading.subscribe();
        let settled = reading.wait_for(|count| *count == 0);
        tokio::time::timeout(Duration::from_secs(20), settled).await.expect("texts end").expect("a server");
    }

    fn mode(&self) -> Mode {
        self.state.lock().expect("a state").mode
    }

    /// Returns the reply to a recipient.
    fn reply_to(&self, address: &str) -> &'static str {
        const PUT_OFF: &str = "451 4.7.1 Greylisting in action, please come back later";
        const REFUSED: &str = "550 5.1.1 The email account that you tried to reach does not exist";
        let mut state = self.state.lock().expect("a state");
        let third = state.rng.below(3);
        match state.mode {
            _ if state.refused.contains(address) => REFUSED,
            Mode::Greylists => PUT_OFF,
            Mode::Refuses => REFUSED,
            Mode::Changes if third == 0 => PUT_OFF,
            Mode::Changes if third == 1 => REFUSED,
            _ => "250 2.1.5 Ok",
        }
    }

    fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream);
        let mut to = String::new();
        out.write_all(b"220 double.test ESMTP\r\n")?;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let word: String = line.chars().take(4).collect::<String>().to_uppercase();
            let reply = match word.as_str() {
                "EHLO" => "250-double.test\r\n250-SIZE 10240000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES",
                "HELO" => "250 double.test",
                "MAIL" if self.mode() == Mode::ShutsDown => {
                    out.write_all(b"421 4.3.2 Service shutting down and closing transmission channel\r\n")?;
                    return Ok(());
                }
                "MAIL" if self.mode() == Mode::Hangs => return wait_for_disconnect(&mut lines),
                "MAIL" => "250 2.1.0 Ok",
                "RCPT" => {
                    to = between(&line, '<', '>');
                    self.reply_to(&to)
                }
                "DATA" => {
                    self.reading.send_modify(|count| *count += 1);
                    let invited = out.write_all(b"354 End data with <CR><LF>.<CR><LF>\r\n");
                    self.texts.send_modify(|count| *count += 1);
                    let taken = invited.and_then(|()| self.take(&to, &mut lines));
                    self.reading.send_modify(|count| *count -= 1);
                    taken?;
                    if self.mode() == Mode::TakesAndHangs {
                        return wait_for_disconnect(&mut lines);
                    }
                    "250 2.0.0 Ok: queued as 4D1F2C0A"
                }
                "RSET" | "NOOP" => "250 2.0.0 Ok",
                "QUIT" => {
                    out.write_all(b"221 2.0.0 Bye\r\n")?;
                    return Ok(());
                }
                _ => "502 5.5.1 Error: command not implemented",
            };
            out.write_all(format!("{reply}\r\n").as_bytes())?;
        }
    }

    fn take(&self, to: &str, lines: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let mut raw = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                // The client disconnected in the middle: the email is not accepted.
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == ".\r\n" {
                break;
            }
            raw.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        let unfolded = raw.replace("\r\n ", " ");
        let head = |name: &str| {
            let found = unfolded.lines().find_map(|line| line.strip_prefix(name));
            found.unwrap_or_default().trim().to_owned()
        };
        let taken = Taken { to: to.to_owned(), id: head("Message-ID:"), subject: head("Subject:"), raw };
        self.state.lock().expect("a state").taken.push(taken);
        Ok(())
    }
}

/// Sends nothing more until the client disconnects.
fn wait_for_disconnect(lines: &mut BufReader<TcpStream>) -> std::io::Result<()> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {}
    Ok(())
}

fn between(text: &str, from: char, to: char) -> String {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split(to).next().unwrap_or_default().to_owned()
}
