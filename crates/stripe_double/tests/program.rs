//! The program `stripe-double` as a process: it listens, knows its key, and keeps its state over a restart.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const KEY: &str = "sk_test_of_the_program";

/// The program. It is killed when it is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(state: &Path) -> Program {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stripe-double"))
            .args(["--listen", "127.0.0.1:0", "--key", KEY, "--state"])
            .arg(state)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("an output")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        Program { child, address }
    }

    /// Sends a request, and returns the status and the whole response.
    fn send(&self, method: &str, path: &str, key: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        let status = response.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a status");
        (status, response)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed when it is dropped.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).expect("removed");
    }
}

#[test]
fn the_program_keeps_its_state_when_it_is_killed() {
    let folder = Folder(std::env::temp_dir().join(format!("stripe-double-program-{}", std::process::id())));
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let state = folder.0.join("state.json");
    let program = Program::start(&state);
    assert_eq!(program.send("GET", "/v1/balance", "wrong", "").0, 401);
    assert_eq!(program.send("GET", "/v1/invoices", KEY, "").0, 404);
    let (status, response) = program.send("POST", "/v1/customers", KEY, "name=Anna");
    assert_eq!(status, 200);
    let id =
        response.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    let (status, response) = program.send("POST", "/_double/clock", KEY, "{\"advance\":86400}");
    assert_eq!(status, 200, "{response}");
    for (path, body) in [("/_double/clock", "{}"), ("/_double/faults", "{\"kind\":\"none\"}")] {
        assert_eq!(program.send("POST", path, KEY, body).0, 400, "{path}");
        assert_eq!(program.send("POST", path, "wrong", body).0, 401, "{path}");
    }
    let fault = "{\"kind\":\"answer\",\"status\":503,\"times\":1}";
    assert_eq!(program.send("POST", "/_double/faults", KEY, fault).0, 200);
    drop(program);
    let program = Program::start(&state);
    assert_eq!(program.send("GET", "/v1/balance", KEY, "").0, 503, "faults are kept, too");
    let (status, response) = program.send("GET", &format!("/v1/customers/{id}"), KEY, "");
    assert!(status == 200 && response.contains("\"name\":\"Anna\""), "{response}");
}
