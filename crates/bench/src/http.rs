//! A minimal HTTP client with little overhead: keep-alive, one request after the other, and only the HTTP features that
//! the server uses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use kit::errors::OrFault as _;
use kit::{Fault, Result};

/// A connection that is used for many requests.
pub(crate) struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
    filled: usize,
}

/// A response, inside the connection's buffer.
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    pub(crate) head: &'c str,
    /// The body as received, with its chunk headers.
    raw: &'c [u8],
    chunked: bool,
}

impl Answer<'_> {
    /// Returns the body without chunk headers, still compressed if it was.
    pub(crate) fn body(&self) -> Vec<u8> {
        if !self.chunked {
            return self.raw.to_vec();
        }
        let (mut body, mut rest) = (Vec::new(), self.raw);
        while let Some(line) = find(rest, b"\r\n") {
            let size = chunk_size(&rest[..line]);
            if size == 0 {
                break;
            }
            body.extend_from_slice(&rest[line + 2..line + 2 + size]);
            rest = &rest[line + 4 + size..];
        }
        body
    }

    /// Returns the headers in order.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.head.lines().skip(1).filter_map(|line| line.split_once(": "))
    }
}

impl Connection {
    pub(crate) fn open(addr: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(addr).or_fault()?;
        stream.set_nodelay(true).or_fault()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).or_fault()?;
        Ok(Connection { stream, bytes: vec![0; 1 << 16], filled: 0 })
    }

    /// Sends a request and waits for the whole response.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).or_fault()?;
        self.filled = 0;
        let (mut head, mut chunked, mut end) = (0, false, None);
        // The position in a chunked body up to which complete chunks were found.
        let mut walked = 0;
        loop {
            if head > 0 {
                if chunked {
                    end = end.or_else(|| walk(&self.bytes[..self.filled], &mut walked));
                }
                if let Some(end) = end
                    && self.filled >= end
                {
                    let text = std::str::from_utf8(&self.bytes[..head - 4]).or_fault()?;
                    let status = text.get(9..12).and_then(|code| code.parse().ok());
                    let status = status.ok_or_else(|| Fault::because("an answer without a status"))?;
                    return Ok(Answer { status, head: text, raw: &self.bytes[head..end], chunked });
                }
            }
            if self.filled == self.bytes.len() {
                self.bytes.resize(self.filled * 2, 0);
            }
            let got = self.stream.read(&mut self.bytes[self.filled..]).or_fault()?;
            if got == 0 {
                return Err(Fault::because("the server closed the connection"));
            }
            self.filled += got;
            if head == 0
                && let Some(at) = find(&self.bytes[..self.filled], b"\r\n\r\n")
            {
                head = at + 4;
                walked = head;
                let text = std::str::from_utf8(&self.bytes[..at]).or_fault()?.to_ascii_lowercase();
                chunked = text.contains("\r\ntransfer-encoding: chunked");
                let length = text.split("\r\ncontent-length: ").nth(1).and_then(|rest| rest.lines().next());
                let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
                end = (!chunked).then_some(head + length);
            }
        }
    }
}

/// Advances `at` over the complete chunks. Returns the end of the body once the last chunk is complete.
fn walk(bytes: &[u8], at: &mut usize) -> Option<usize> {
    loop {
        let line = find(bytes.get(*at..)?, b"\r\n")?;
        let size = chunk_size(&bytes[*at..*at + line]);
        let next = *at + line + 2 + size + 2;
        if next > bytes.len() {
            return None;
        }
        if size == 0 {
            return Some(next);
        }
        *at = next;
    }
}

fn chunk_size(line: &[u8]) -> usize {
    std::str::from_utf8(line).ok().and_then(|text| usize::from_str_radix(text.trim(), 16).ok()).unwrap_or(0)
}

fn find(bytes: &[u8], requested: &[u8]) -> Option<usize> {
    bytes.windows(requested.len()).position(|window| window == requested)
}

/// Returns a request without a body.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n");
    headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
    text.push_str("\r\n");
    text.into_bytes()
}

/// Returns a request with a JSON body.
pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let mut text = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n");
    headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text.into_bytes()
}
