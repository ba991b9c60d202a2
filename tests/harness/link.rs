//! A link that can be cut: a TCP proxy between one device and the server. It reads one HTTP request at a time, so that a
//! fault hits a whole request and not some bytes of it, and keeps what went over it.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// the request does not arrive
    NoSignal,
    /// only so many bytes of the request arrive
    RequestTorn(usize),
    /// the server does its work, the answer is lost
    AnswerLost,
    /// only so many bytes of the answer arrive
    AnswerTorn(usize),
    /// the answer comes after a while
    Slow(Duration),
    /// the request arrives twice; the second answer comes back
    Twice,
    /// the device hears nothing; the request arrives after the next one has been answered
    Late,
}

/// One request and its answer, bodies as they went over the wire.
#[derive(Debug, Clone)]
pub struct Exchange {
    pub path: String,
    pub up: Vec<u8>,
    pub down: Vec<u8>,
    /// of the whole answer, headers included; empty when the server was not reached
    pub raw_answer: Vec<u8>,
    pub fault: Option<Fault>,
}

type Plan = Box<dyn FnMut() -> Option<Fault> + Send>;

#[derive(Default)]
struct State {
    server: Option<SocketAddr>,
    next: VecDeque<Fault>,
    cut: bool,
    plan: Option<Plan>,
    late: Vec<Vec<u8>>,
    /// late requests are on their way
    delivering: bool,
    seen: Vec<Exchange>,
}

/// The link of one device. Clones are the same link.
#[derive(Clone)]
pub struct Link {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
}

impl Link {
    /// A link to nowhere; the township says where its server listens.
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        // Weak: the thread ends with the first connection after the link is gone, at the latest with the process.
        let weak = Arc::downgrade(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Some(state) = weak.upgrade() else { return };
                std::thread::spawn(move || carry(&state, client));
            }
        });
        Self { state, address }
    }

    /// The address that the device knows.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the server listens now; none while it is away.
    pub fn leads_to(&self, server: Option<SocketAddr>) {
        self.state.lock().unwrap().server = server;
    }

    /// No signal from here on.
    pub fn cut(&self) {
        self.state.lock().unwrap().cut = true;
    }

    /// Signal again.
    pub fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.cut = false;
        state.next.clear();
        state.plan = None;
    }

    /// What happens to the next request; called twice, to the one after it.
    pub fn then(&self, fault: Fault) {
        self.state.lock().unwrap().next.push_back(fault);
    }

    /// Asked at every request for which nothing else is planned.
    pub fn plan(&self, plan: impl FnMut() -> Option<Fault> + Send + 'static) {
        self.state.lock().unwrap().plan = Some(Box::new(plan));
    }

    /// What went over it since it was last asked.
    pub fn take_seen(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.state.lock().unwrap().seen)
    }

    /// Waits until late requests that follow an answer have arrived.
    pub fn rests(&self) {
        while self.state.lock().unwrap().delivering {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Requests that were held back arrive now.
    pub fn release(&self) {
        deliver_late(&self.state);
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::new()
    }
}

/// Carries requests of one connection until something breaks.
fn carry(state: &Mutex<State>, mut client: TcpStream) {
    while let Some((head, body)) = message(&mut client) {
        let (fault, server) = {
            let mut state = state.lock().unwrap();
            let planned = state.next.pop_front();
            let fault = if state.cut { Some(Fault::NoSignal) } else { planned };
            let fault = fault.or_else(|| state.plan.as_mut().and_then(|plan| plan()));
            (fault, state.server)
        };
        let mut whole = head.clone();
        whole.extend_from_slice(&body);
        let answer = serve(state, fault, server, &whole);
        let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
        let down = answer.as_deref().map(|a| a[body_at(a)..].to_vec()).unwrap_or_default();
        let raw_answer = answer.clone().unwrap_or_default();
        let waiting = {
            let mut state = state.lock().unwrap();
            state.seen.push(Exchange { path, up: body, down, raw_answer, fault });
            state.delivering = !state.late.is_empty() && fault != Some(Fault::Late);
            state.delivering
        };
        let sent = match (answer, fault) {
            (Some(answer), Some(Fault::AnswerTorn(at))) => {
                let _ = client.write_all(&answer[..at.min(answer.len().saturating_sub(1))]);
                false
            }
            (Some(_), Some(Fault::AnswerLost)) | (None, _) => false,
            (Some(answer), _) => client.write_all(&answer).is_ok(),
        };
        // Of what was lost or torn the device hears nothing: no answer, and late requests wait on.
        if waiting && sent {
            deliver_late(state);
        }
        state.lock().unwrap().delivering = false;
        if !sent {
            let _ = client.shutdown(Shutdown::Both);
            return;
        }
    }
}

fn deliver_late(state: &Mutex<State>) {
    let (late, server) = {
        let mut state = state.lock().unwrap();
        (std::mem::take(&mut state.late), state.server)
    };
    for request in late {
        // What the server says to it, nobody hears.
        let _ = server.and_then(|s| ask(s, &request));
    }
}

fn serve(state: &Mutex<State>, fault: Option<Fault>, server: Option<SocketAddr>, request: &[u8]) -> Option<Vec<u8>> {
    let server = server?;
    match fault {
        Some(Fault::NoSignal) => None,
        Some(Fault::RequestTorn(at)) => {
            let mut up = TcpStream::connect(server).ok()?;
            let _ = up.write_all(&request[..at.min(request.len().saturating_sub(1))]);
            None
        }
        Some(Fault::Late) => {
            state.lock().unwrap().late.push(request.to_vec());
            None
        }
        Some(Fault::Twice) => {
            let _ = ask(server, request);
            ask(server, request)
        }
        Some(Fault::Slow(time)) => {
            let answer = ask(server, request);
            std::thread::sleep(time);
            answer
        }
        Some(Fault::AnswerLost | Fault::AnswerTorn(_)) | None => ask(server, request),
    }
}

/// Sends a request on a connection of its own; the whole answer, none when it broke off.
fn ask(server: SocketAddr, request: &[u8]) -> Option<Vec<u8>> {
    let mut up = TcpStream::connect(server).ok()?;
    let _ = up.set_nodelay(true);
    up.write_all(request).ok()?;
    let (mut head, body) = message(&mut up)?;
    head.extend_from_slice(&body);
    Some(head)
}

/// Head and body of one HTTP message; none when the other end closed before it was whole.
fn message(stream: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let _ = stream.set_nodelay(true);
    let (mut bytes, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    let at = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..at]).to_lowercase();
    assert!(!head.contains("transfer-encoding"), "the link carries messages that say their length");
    let length = head.lines().find_map(|l| l.strip_prefix("content-length:")).map_or(0, |l| l.trim().parse().unwrap());
    while bytes.len() < at + length {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    let body = bytes.split_off(at);
    Some((bytes, body))
}

fn body_at(message: &[u8]) -> usize {
    message.windows(4).position(|w| w == b"\r\n\r\n").map_or(message.len(), |at| at + 4)
}
