//! A phone without screen, storage or service: documents in memory, the core's wire over HTTP.

use std::collections::BTreeMap;

use app_core::document::{Actor, Edit, Founding, HouseholdDoc, Place, Source};
use app_core::domain::id::{new_household, short_id};
use app_core::domain::{Base, Person};
use app_core::policy::facts::{Facts, Profile};
use app_core::wire;
use app_core::wire::message::{
    ActorName, Cursor, EnrolAnswer, EnrolRequest, Held, Proof, Push, Refusal, Refused, SyncAnswer, SyncRequest,
};
use app_core::wire::sign::{actor_of, held, sign_enrol, sign_push, verify_receipt};
use serde_bytes::ByteBuf;
use uuid::Uuid;

/// A change on its way: household, grid of a new one, bytes.
pub type Outgoing = (Uuid, Option<String>, Vec<u8>);

pub struct Phone {
    pub url: String,
    pub http: reqwest::blocking::Client,
    pub secret: [u8; 32],
    pub actor: Actor,
    pub told: EnrolAnswer,
    pub person: Person,
    pub cursor: Cursor,
    pub pack: String,
    pub limit: u32,
    pub docs: BTreeMap<Uuid, HouseholdDoc>,
    pub grids: BTreeMap<Uuid, String>,
    pub outbox: Vec<Outgoing>,
    pub refused: Vec<Refused>,
    pub names: Vec<ActorName>,
    pub receipts: Vec<Proof>,
    offer: Vec<Uuid>,
}

/// What a sync did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Synced {
    pub rounds: usize,
    pub bytes_up: usize,
    pub bytes_down: usize,
    pub whole: usize,
    pub changes: usize,
    pub forgotten: usize,
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

pub fn client() -> reqwest::blocking::Client {
    // The second phone finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::blocking::Client::builder().no_proxy().build().unwrap()
}

/// Status and body.
pub fn post(http: &reqwest::blocking::Client, url: &str, token: Option<&str>, body: Vec<u8>) -> (u16, Vec<u8>) {
    let mut request = http.post(url).body(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().unwrap();
    (answer.status().as_u16(), answer.bytes().unwrap().to_vec())
}

/// The reason in a refusal.
pub fn why(body: &[u8]) -> String {
    wire::decode::<Refusal>(body, 4096).unwrap().why
}

pub fn enrol_request(code: &str, name: &str) -> (EnrolRequest, [u8; 32], Actor) {
    let (secret, nonce) = (random::<32>(), random::<8>());
    let mut request = EnrolRequest {
        v: wire::version::CURRENT,
        code: code.to_owned(),
        key: ByteBuf::new(),
        nonce: ByteBuf::from(nonce),
        device_name: format!("{name}的手机"),
        sig: ByteBuf::new(),
        letter: None,
    };
    sign_enrol(&mut request, &secret);
    let actor = actor_of(&request.key, &nonce);
    (request, secret, actor)
}

impl Phone {
    pub fn enrol(url: &str, code: &str, name: &str) -> Result<Self, (u16, String)> {
        Self::enrol_with(client(), url, code, name)
    }

    pub fn enrol_with(
        http: reqwest::blocking::Client,
        url: &str,
        code: &str,
        name: &str,
    ) -> Result<Self, (u16, String)> {
        let (request, secret, actor) = enrol_request(code, name);
        let (status, body) = post(&http, &format!("{url}/v1/enrol"), None, wire::encode(&request).unwrap());
        if status != 200 {
            return Err((status, why(&body)));
        }
        let told: EnrolAnswer = wire::decode(&body, 1 << 20).unwrap();
        Ok(Self {
            url: url.to_owned(),
            http,
            secret,
            actor,
            person: told.person.clone(),
            cursor: Cursor { epoch: told.epoch.clone(), ..Cursor::default() },
            pack: told.pack.hash.clone(),
            told,
            limit: 0,
            docs: BTreeMap::new(),
            grids: BTreeMap::new(),
            outbox: Vec::new(),
            refused: Vec::new(),
            names: Vec::new(),
            receipts: Vec::new(),
            offer: Vec::new(),
        })
    }

    /// What would go out now.
    pub fn request(&self) -> SyncRequest {
        let mut push: Vec<Push> = Vec::new();
        for (id, grid, bytes) in &self.outbox {
            let household = ByteBuf::from(id.as_bytes().to_vec());
            match push.iter_mut().find(|p| p.household == household) {
                Some(p) => p.changes.push(ByteBuf::from(bytes.clone())),
                None => push.push(Push { household, grid: grid.clone(), changes: vec![ByteBuf::from(bytes.clone())] }),
            }
        }
        for id in &self.offer {
            let changes = self.docs[id].changes().into_iter().map(|c| ByteBuf::from(c.bytes)).collect();
            push.retain(|p| p.household.as_ref() != id.as_bytes().as_slice());
            // An imported household's grid is not the phone's to say.
            push.push(Push { household: ByteBuf::from(id.as_bytes().to_vec()), grid: None, changes });
        }
        let mut request = SyncRequest {
            v: wire::version::CURRENT,
            cursor: self.cursor.clone(),
            push,
            sig: ByteBuf::new(),
            actors: Vec::new(),
            pack: self.pack.clone(),
            limit: self.limit,
            held: Vec::new(),
            want: Vec::new(),
            proofs: if self.offer.is_empty() { Vec::new() } else { self.receipts.clone() },
            vouched: Vec::new(),
            letter: None,
            before: false,
            records: Vec::new(),
            records_from: None,
        };
        sign_push(&mut request, &self.secret).unwrap();
        request
    }

    pub fn send(&self, request: &SyncRequest) -> Result<(SyncAnswer, usize, usize), (u16, String)> {
        let mut lean = request.clone();
        let words = wire::lean::words(&self.person.name, &self.person.id, &self.told.device);
        wire::lean::make_lean(&mut lean, &wire::lean::Own { actor: self.actor, words: &words });
        let body = wire::encode(&lean).unwrap();
        let up = body.len();
        let (status, body) = post(&self.http, &format!("{}/v1/sync", self.url), Some(&self.told.token), body);
        if status != 200 && why(&body) == "whole" {
            return self.send_whole(request);
        }
        if status != 200 {
            return Err((status, why(&body)));
        }
        Ok((wire::decode(&body, 32 << 20).unwrap(), up, body.len()))
    }

    /// As [`Self::send`], nothing left out.
    pub fn send_whole(&self, request: &SyncRequest) -> Result<(SyncAnswer, usize, usize), (u16, String)> {
        let body = wire::encode(request).unwrap();
        let up = body.len();
        let (status, body) = post(&self.http, &format!("{}/v1/sync", self.url), Some(&self.told.token), body);
        if status != 200 {
            return Err((status, why(&body)));
        }
        Ok((wire::decode(&body, 32 << 20).unwrap(), up, body.len()))
    }

    /// One round; applies the answer.
    pub fn round(&mut self) -> Result<(SyncAnswer, Synced), (u16, String)> {
        let mut request = self.request();
        if self.cursor.seq == 0 && self.cursor.areas.is_empty() && !self.docs.is_empty() {
            request.held = self
                .docs
                .iter()
                .map(|(id, doc)| Held {
                    household: ByteBuf::from(id.as_bytes().to_vec()),
                    heads: doc.heads().into_iter().map(ByteBuf::from).collect(),
                })
                .collect();
        }
        let (answer, up, down) = self.send(&request)?;
        assert!(verify_receipt(&answer, &self.told.server_key));
        self.apply(&answer);
        let synced = Synced {
            rounds: 1,
            bytes_up: up,
            bytes_down: down,
            whole: answer.whole.len(),
            changes: answer.changes.iter().map(|c| c.changes.len()).sum(),
            forgotten: answer.forget.len(),
        };
        Ok((answer, synced))
    }

    pub fn apply(&mut self, answer: &SyncAnswer) {
        let uuid = |b: &ByteBuf| Uuid::from_slice(b).unwrap();
        self.offer.clear();
        if !answer.receipt.is_empty() {
            self.receipts.push(Proof { time: answer.time, held: held(answer), sig: answer.receipt.clone() });
        }
        for refused in &answer.refused {
            let id = uuid(&refused.household);
            self.outbox.retain(|(h, _, b)| {
                *h != id || app_core::document::change_hash(b).unwrap().as_slice() != refused.change.as_ref()
            });
            self.refused.push(refused.clone());
        }
        for ack in &answer.acks {
            let id = uuid(&ack.household);
            self.outbox.retain(|(h, ..)| *h != id);
        }
        for whole in &answer.whole {
            let id = uuid(&whole.household);
            let theirs = HouseholdDoc::load_of(id, &whole.doc).unwrap();
            self.grids.insert(id, whole.grid.clone());
            match self.docs.get_mut(&id) {
                Some(mine) => {
                    for change in theirs.changes() {
                        mine.admit(&change.bytes, None, &mut |_| Ok(())).unwrap();
                    }
                }
                None => {
                    self.docs.insert(id, theirs);
                }
            }
        }
        for pulled in &answer.changes {
            let mine = self.docs.get_mut(&uuid(&pulled.household)).expect("changes of a household that is held");
            for change in &pulled.changes {
                mine.admit(change, None, &mut |_| Ok(())).unwrap();
            }
        }
        for forget in &answer.forget {
            self.docs.remove(&uuid(forget));
            self.grids.remove(&uuid(forget));
        }
        self.offer.extend(answer.lacking.iter().map(uuid).filter(|id| self.docs.contains_key(id)));
        self.names.extend(answer.actors.iter().cloned());
        if let Some(person) = &answer.person {
            self.person = person.clone();
        }
        if let Some(pack) = &answer.pack {
            self.pack = pack.hash.clone();
        }
        self.cursor = answer.cursor.clone();
    }

    /// Rounds until nothing is left; never more than a hundred.
    pub fn sync(&mut self) -> Synced {
        let mut all = Synced::default();
        for _ in 0..100 {
            let (answer, one) = self.round().unwrap();
            all.rounds += 1;
            all.bytes_up += one.bytes_up;
            all.bytes_down += one.bytes_down;
            all.whole += one.whole;
            all.changes += one.changes;
            all.forgotten += one.forgotten;
            if !answer.more && self.offer.is_empty() {
                return all;
            }
        }
        panic!("a hundred rounds and no end");
    }

    /// A finished visit, as one change.
    pub fn visit(&mut self, household: Uuid, remark: &str) -> String {
        let visit = short_id();
        let put = |field: &str, value: &str| Edit::at(["visits", &visit, field], value);
        let mut edits = vec![
            put("form", "screening-ordinary"),
            put("form_version", "2023.1"),
            put("state", "finished"),
            put("outcome", "done"),
            put("method", "home"),
            put("collector_id", &self.person.id),
            put("finished_at", "2023-05-20T10:00:00+08:00"),
        ];
        edits.push(Edit::at(["visits", &visit, "answers", "remarks"], remark));
        edits.push(Edit::at(["visits", &visit, "answers", "has_risk"], "no"));
        self.edit(household, &edits);
        visit
    }

    pub fn set_phone(&mut self, household: Uuid, number: &str) {
        self.edit(household, &[Edit::at(["profile", "phone"], number)]);
    }

    pub fn edit(&mut self, household: Uuid, edits: &[Edit]) {
        let doc = self.docs.get_mut(&household).unwrap();
        let written = doc.edit(self.actor, 1_684_548_000, edits).unwrap().expect("something changes");
        let grid = None;
        self.outbox.push((household, grid, written.bytes));
    }

    /// A household that is on no list.
    pub fn found(&mut self, grid: &str) -> Uuid {
        self.found_as(new_household(), grid)
    }

    /// The same under an id of one's choice.
    pub fn found_as(&mut self, id: Uuid, grid: &str) -> Uuid {
        let facts = Facts {
            profile: Profile { base: Some(Base::Ordinary), phone: Some("19900000099".into()), ..Profile::default() },
            ..Facts::default()
        };
        let place = Place { grid: grid.to_owned(), ..Place::default() };
        let founding = Founding { place, facts, source: Source::Phone };
        let doc = HouseholdDoc::found(id, &founding, self.actor, 1_684_548_000).unwrap();
        for change in doc.changes() {
            self.outbox.push((id, Some(grid.to_owned()), change.bytes));
        }
        self.docs.insert(id, doc);
        self.grids.insert(id, grid.to_owned());
        id
    }

    pub fn phone_of(&self, household: Uuid) -> Option<String> {
        self.docs[&household].file().profile.phone
    }
}
