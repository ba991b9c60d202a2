//! A phone that costs the machine little: one kept connection, plain HTTP by hand, visits made and signed beforehand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use app_core::document::{Hash, HouseholdDoc};
use app_core::wire;
use app_core::wire::lean::{Own, make_lean, words};
use app_core::wire::message::{Cursor, EnrolAnswer, EnrolRequest, Push, SyncAnswer, SyncRequest};
use app_core::wire::sign::{push_hashes, sign_enrol, sign_push};
use serde_bytes::ByteBuf;
use uuid::Uuid;

use app_core::testing::{self, Dice, FORMS, Worker};

/// Longest answer read, bytes.
const MOST: usize = 64 << 20;

/// An enrolled phone.
pub struct Phone {
    line: BufReader<TcpStream>,
    secret: [u8; 32],
    worker: Worker,
    token: String,
    pub cursor: Cursor,
    pack: String,
    pub docs: Vec<HouseholdDoc>,
    dice: Dice,
    clock: i64,
}

/// A round made ready: its lean push, and what it brings.
pub struct Ready {
    request: SyncRequest,
    pub hashes: Vec<(Uuid, Hash)>,
}

/// What a sync cost.
#[derive(Default, Clone, Copy)]
pub struct Cost {
    pub rounds: usize,
    pub down: usize,
    pub households: usize,
    pub took: Duration,
}

fn connect(address: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

/// Posts a body; status and answer. `None`: the line broke.
fn post(line: &mut BufReader<TcpStream>, path: &str, token: &str, body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: ruhu\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    line.get_mut().write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut status = String::new();
    line.read_line(&mut status).ok()?;
    let status: u16 = status.split(' ').nth(1)?.parse().ok()?;
    let mut len = 0;
    loop {
        let mut field = String::new();
        if line.read_line(&mut field).ok()? == 0 {
            return None;
        }
        if field == "\r\n" {
            break;
        }
        if let Some(given) = field.to_ascii_lowercase().strip_prefix("content-length:") {
            len = given.trim().parse().ok()?;
        }
    }
    let mut answer = vec![0; len];
    line.read_exact(&mut answer).ok()?;
    Some((status, answer))
}

impl Phone {
    pub fn enrol(address: SocketAddr, name: &str, code: &str, seed: u64) -> Self {
        let mut dice = Dice(seed * 7_919 + 13);
        let mut worker = Worker::new(&mut dice);
        let secret = dice.bytes();
        let mut request = EnrolRequest {
            v: wire::version::CURRENT,
            code: code.to_owned(),
            key: ByteBuf::new(),
            nonce: ByteBuf::from(dice.bytes::<8>()),
            device_name: format!("{name}的手机"),
            sig: ByteBuf::new(),
            letter: None,
        };
        sign_enrol(&mut request, &secret);
        worker.actor = wire::sign::actor_of(&request.key, &request.nonce);
        let mut line = connect(address);
        let (status, body) = post(&mut line, "/v1/enrol", "", &wire::encode(&request).unwrap()).unwrap();
        assert_eq!(status, 200, "{name} enrols");
        let told: EnrolAnswer = wire::decode(&body, 1 << 20).unwrap();
        (worker.person, worker.name, worker.device) = (told.person.id, told.person.name, told.device);
        Self {
            line,
            secret,
            worker,
            token: told.token,
            cursor: Cursor { epoch: told.epoch, ..Cursor::default() },
            pack: told.pack.hash[..12].to_owned(),
            docs: Vec::new(),
            dice,
            clock: 1_684_200_000,
        }
    }

    pub fn reconnect(&mut self, address: SocketAddr) {
        self.line = connect(address);
    }

    fn request(&self, push: Vec<Push>) -> SyncRequest {
        SyncRequest {
            v: wire::version::CURRENT,
            cursor: self.cursor.clone(),
            push,
            pack: self.pack.clone(),
            ..SyncRequest::default()
        }
    }

    /// Rounds with nothing to push until there is no more; keeps the files when `keep`.
    pub fn pull(&mut self, keep: bool) -> Cost {
        let (mut cost, started) = (Cost::default(), Instant::now());
        loop {
            let body = wire::encode(&self.request(Vec::new())).unwrap();
            let (status, answer) = post(&mut self.line, "/v1/sync", &self.token, &body).unwrap();
            assert_eq!(status, 200);
            cost.rounds += 1;
            cost.down += answer.len();
            let answer: SyncAnswer = wire::decode(&answer, MOST).unwrap();
            cost.households += answer.whole.len();
            self.cursor = answer.cursor;
            if keep {
                self.docs.extend(answer.whole.iter().map(|w| HouseholdDoc::load(&w.doc).unwrap()));
            }
            if !answer.more {
                cost.took = started.elapsed();
                return cost;
            }
        }
    }

    /// Makes and signs `rounds` pushes of `visits` visits, each to the next household of the grid.
    pub fn prepare(&mut self, rounds: usize, visits: usize) -> Vec<Ready> {
        let mut next = 0;
        (0..rounds)
            .map(|_| {
                let mut push = Vec::new();
                let mut hashes = Vec::new();
                for _ in 0..visits {
                    let at = next % self.docs.len();
                    next += 1;
                    self.clock += 600;
                    let doc = &mut self.docs[at];
                    // As a grid has them (docs/benchmarks.md): mostly ordinary, and some of each other form.
                    let form = FORMS[[0, 0, 1, 0, 2, 1, 0, 3, 0, 1][next % 10]];
                    let facts = usize::try_from(self.dice.below(7)).unwrap();
                    let edits = testing::visit(doc, &self.worker, form, facts, self.clock, &mut self.dice);
                    let written = doc.edit(self.worker.actor, self.clock, &edits).unwrap().unwrap();
                    hashes.push((doc.id(), written.hash));
                    push.push(Push {
                        household: ByteBuf::from(doc.id().as_bytes().to_vec()),
                        grid: None,
                        changes: vec![ByteBuf::from(written.bytes)],
                    });
                }
                let mut request = self.request(push);
                sign_push(&mut request, &self.secret).unwrap();
                assert_eq!(push_hashes(&request).unwrap().len(), visits);
                let words = words(&self.worker.name, &self.worker.person, &self.worker.device);
                make_lean(&mut request, &Own { actor: self.worker.actor, words: &words });
                Ready { request, hashes }
            })
            .collect()
    }

    /// One round. `None`: the server is gone, nothing is known of this round.
    pub fn push(&mut self, ready: &Ready) -> Option<()> {
        let request = SyncRequest { cursor: self.cursor.clone(), ..ready.request.clone() };
        let body = wire::encode(&request).unwrap();
        let (status, answer) = post(&mut self.line, "/v1/sync", &self.token, &body)?;
        let answer: SyncAnswer = wire::decode(&answer, MOST).ok()?;
        assert_eq!(status, 200);
        assert!(answer.refused.is_empty() && answer.lacking.is_empty(), "everything is taken: {:?}", answer.refused);
        assert_eq!(answer.acks.len(), ready.request.push.len());
        self.cursor = answer.cursor;
        Some(())
    }

    /// One round that must go through.
    pub fn take_in(&mut self, ready: &Ready) {
        self.push(ready).expect("the server answers");
    }

    /// A round with nothing in it.
    pub fn nothing(&mut self) {
        let body = wire::encode(&self.request(Vec::new())).unwrap();
        let (status, bytes) = post(&mut self.line, "/v1/sync", &self.token, &body).unwrap();
        let answer: SyncAnswer = wire::decode(&bytes, MOST).unwrap();
        assert!(status == 200 && answer.whole.is_empty() && answer.changes.is_empty());
        self.cursor = answer.cursor;
    }
}
