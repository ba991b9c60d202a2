//! A server in memory: takes changes through the same gate, remembers a log, answers in one message.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_bytes::ByteBuf;

use crate::approvals::RefusedWhy;
use crate::document::{Action, HouseholdDoc};
use crate::domain::id::HouseholdId;
use crate::domain::{Area, Person, Title};
use crate::error::Result;
use crate::policy::Pack;
use crate::sync::transport::{Reply, Route, Transport, offline};
use crate::wire;
use crate::wire::message::{
    Ack, AreaName, Cursor, EnrolAnswer, EnrolRequest, PackFiles, PackRef, Pulled, Push, Refusal, Refused, SyncAnswer,
    SyncRequest, Whole,
};
use crate::wire::sign;

const SECRET: [u8; 32] = [9; 32];
pub(crate) const GRID: &str = crate::storage::tests::GRID;

/// What goes wrong next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// the request does not arrive
    NoSignal,
    /// the request is served, the answer is lost
    AnswerLost,
    /// the answer is cut in half
    AnswerTorn,
}

#[derive(Default)]
pub(crate) struct State {
    pub households: BTreeMap<HouseholdId, HouseholdDoc>,
    /// (household, raw change), in order
    log: Vec<(HouseholdId, Vec<u8>)>,
    pub epoch: String,
    tickets: Vec<(String, Option<Vec<u8>>)>,
    pub troubles: Vec<Trouble>,
    /// paths whose writing is refused
    pub forbidden: Vec<String>,
    /// the phones' actors, to make lean changes whole
    actors: Vec<[u8; 16]>,
    /// the phone's key
    key: Vec<u8>,
    pub forget: Vec<HouseholdId>,
    /// packs published after the shipped one; the last is in force
    pub packs: Vec<Arc<Pack>>,
    /// packs are announced and do not come
    pub packs_missing: bool,
    pub served: u32,
    pub parked: u32,
}

/// Shared by all links.
#[derive(Clone, Default)]
pub(crate) struct Village(pub Arc<Mutex<State>>);

impl Village {
    pub(crate) fn new() -> Self {
        let village = Self::default();
        village.0.lock().unwrap().epoch = "e1".into();
        village
    }

    pub(crate) fn ticket(&self, code: &str) {
        self.0.lock().unwrap().tickets.push((code.into(), None));
    }

    pub(crate) fn trouble(&self, t: Trouble) {
        self.0.lock().unwrap().troubles.push(t);
    }

    /// A new pack comes into force.
    pub(crate) fn publish(&self, files: std::collections::BTreeMap<String, Vec<u8>>) {
        let pack = Pack::from_files(files).unwrap();
        assert!(pack.inspect().is_empty(), "{}", pack.inspect());
        self.0.lock().unwrap().packs.push(Arc::new(pack));
    }

    pub(crate) fn digest(&self, id: HouseholdId) -> Option<String> {
        self.0.lock().unwrap().households.get(&id).map(HouseholdDoc::digest)
    }

    pub(crate) fn import(&self, doc: HouseholdDoc) {
        self.0.lock().unwrap().households.insert(doc.id(), doc);
    }
}

fn pack_ref(pack: &Pack) -> PackRef {
    PackRef { hash: hex::encode(pack.hash()), id: "guangxi-2023".into(), version: "1".into() }
}

fn refusal(status: u16, why: &str, words: &str) -> Reply {
    Reply { status, body: wire::encode(&Refusal { why: why.into(), words: words.into() }).unwrap() }
}

impl Transport for Village {
    fn send(&self, route: Route<'_>, _: Option<&str>, body: Option<&[u8]>, _: usize) -> Result<Reply> {
        let mut state = self.0.lock().unwrap();
        let trouble = (!state.troubles.is_empty()).then(|| state.troubles.remove(0));
        if trouble == Some(Trouble::NoSignal) {
            return Err(offline());
        }
        state.served += 1;
        let mut reply = match route {
            Route::Enrol => state.enrol(&wire::decode(body.unwrap(), 1 << 20)?),
            Route::Sync => state.sync(&wire::decode(body.unwrap(), 8 << 20)?),
            Route::NewPack | Route::Bundle => refusal(404, "not_found", "没有这个地址。"),
            Route::Pack(_) if state.packs_missing => return Err(offline()),
            Route::Pack(name) => {
                let mut all = state.packs.iter().cloned().chain([crate::storage::tests::pack()]);
                let Some(pack) = all.find(|p| hex::encode(p.hash()).starts_with(name)) else {
                    return Ok(refusal(404, "not_found", "没有这个政策包。 There is no such pack."));
                };
                let files = pack.files().clone();
                let files = files.into_iter().map(|(p, b)| (p, ByteBuf::from(b))).collect();
                Reply { status: 200, body: wire::encode(&PackFiles { files })? }
            }
        };
        match trouble {
            Some(Trouble::AnswerLost) => Err(offline()),
            Some(Trouble::AnswerTorn) => {
                reply.body.truncate(reply.body.len() / 2);
                Ok(reply)
            }
            Some(Trouble::NoSignal) | None => Ok(reply),
        }
    }
}

impl State {
    fn in_force(&self) -> Arc<Pack> {
        self.packs.last().cloned().unwrap_or_else(crate::storage::tests::pack)
    }

    fn enrol(&mut self, request: &EnrolRequest) -> Reply {
        assert!(sign::verify_enrol(request));
        self.actors.push(sign::actor_of(&request.key, &request.nonce));
        self.key = request.key.to_vec();
        let key = request.key.to_vec();
        let Some(ticket) = self.tickets.iter_mut().find(|t| t.0 == sign::normalised_code(&request.code)) else {
            return refusal(404, "ticket_unknown", "没有这个登记码");
        };
        if ticket.1.as_ref().is_some_and(|used| *used != key) {
            return refusal(409, "ticket_used", "登记码已用过");
        }
        ticket.1 = Some(key);
        let person = Person {
            id: "p-li".into(),
            name: "李建国".into(),
            title: Title::GridWorker1,
            scope: vec![Area::parse(GRID).unwrap()],
        };
        let answer = EnrolAnswer {
            device: "d1".into(),
            token: "t".into(),
            person,
            server_key: ByteBuf::from(sign::public_key(&SECRET)),
            server_name: "龙头镇".into(),
            epoch: self.epoch.clone(),
            pack: pack_ref(&self.in_force()),
            areas: vec![AreaName { code: "999999101203".into(), name: "龙塘村".into() }],
            keys: Vec::new(),
            letter: None,
        };
        Reply { status: 200, body: wire::encode(&answer).unwrap() }
    }

    fn sync(&mut self, sent: &SyncRequest) -> Reply {
        let mut request = sent.clone();
        let key = self.key.clone();
        self.actors.extend(request.actors.iter().map(|nonce| sign::actor_of(&key, nonce)));
        let mut known = |push: &Push| {
            let doc = self.households.get(&HouseholdId::from_slice(&push.household).unwrap());
            doc.map(|d| d.change_infos().into_iter().rev().map(|c| c.hash).collect()).unwrap_or_default()
        };
        let mut find = |beginning: &[u8]| {
            self.households.keys().find(|id| id.as_bytes().starts_with(beginning)).map(|id| id.into_bytes())
        };
        let found = wire::lean::whole_households(&mut request, &mut find);
        let words = wire::lean::words("李建国", "p-li", "d1");
        if !found || !wire::lean::make_whole(&mut request, &self.actors, &words, &mut known) {
            return refusal(409, "whole", "请上传完整的修改");
        }
        let request = &request;
        let mut answer = SyncAnswer { v: 1, time: 1_700_000_000_000, ..SyncAnswer::default() };
        let restored = request.cursor.epoch != self.epoch;
        let since = if restored { 0 } else { usize::try_from(request.cursor.seq).unwrap() };
        let seen = self.log.len();
        for push in &request.push {
            let id = HouseholdId::from_slice(&push.household).unwrap();
            self.take(id, &push.changes, &mut answer);
        }
        let grown = request.cursor.areas.is_empty();
        if grown {
            answer.whole = self.households.iter().filter(|(id, _)| !self.forget.contains(id)).map(whole).collect();
        } else {
            let pushed: Vec<&[u8]> = request.push.iter().flat_map(|p| p.changes.iter().map(|c| c.as_slice())).collect();
            for (id, change) in self.log.iter().take(seen).skip(since).filter(|(_, c)| !pushed.contains(&c.as_slice()))
            {
                answer.changes.push(Pulled {
                    household: ByteBuf::from(id.as_bytes().as_slice()),
                    changes: vec![ByteBuf::from(change.clone())],
                });
            }
        }
        for held in &request.held {
            let id = HouseholdId::from_slice(&held.household).unwrap();
            let known = self
                .households
                .get(&id)
                .is_some_and(|d| held.heads.iter().all(|h| d.has(h.as_slice().try_into().unwrap())));
            if !known {
                answer.lacking.push(held.household.clone());
            }
        }
        answer.forget = self.forget.iter().map(|id| ByteBuf::from(id.as_bytes().as_slice())).collect();
        let in_force = pack_ref(&self.in_force());
        if request.pack.is_empty() || !in_force.hash.starts_with(&request.pack) {
            answer.pack = Some(in_force);
        }
        answer.cursor = Cursor {
            epoch: self.epoch.clone(),
            seq: self.log.len() as u64,
            mark: ByteBuf::new(),
            areas: vec![GRID.into()],
            growing: None,
        };
        sign::sign_receipt(&mut answer, &SECRET);
        Reply { status: 200, body: wire::encode(&answer).unwrap() }
    }

    fn take(&mut self, id: HouseholdId, changes: &[ByteBuf], answer: &mut SyncAnswer) {
        let mut doc = self.households.get(&id).cloned().unwrap_or_else(|| HouseholdDoc::unfounded(id));
        let forbidden = self.forbidden.clone();
        for change in changes {
            let outcome = doc.admit(change, None, &mut |a| {
                let path = a.path.join("/");
                if a.action == Action::Put && forbidden.contains(&path) { Err(RefusedWhy::Permit) } else { Ok(()) }
            });
            match outcome {
                Ok(crate::document::Admitted::New { .. }) => self.log.push((id, change.to_vec())),
                Ok(crate::document::Admitted::AlreadyHere { .. }) => {}
                Err(refused) => {
                    self.parked += 1;
                    answer.refused.push(Refused {
                        household: ByteBuf::from(id.as_bytes().as_slice()),
                        change: ByteBuf::from(refused.hash.unwrap()),
                        why: refused.why.code().into(),
                        words: refused.words,
                    });
                }
            }
        }
        if !doc.is_founded() {
            return;
        }
        let heads = doc.heads().iter().map(|h| ByteBuf::from(h.as_slice())).collect();
        answer.acks.push(Ack { household: ByteBuf::from(id.as_bytes().as_slice()), heads });
        self.households.insert(id, doc);
    }
}

fn whole((id, doc): (&HouseholdId, &HouseholdDoc)) -> Whole {
    Whole { household: ByteBuf::from(id.as_bytes().as_slice()), grid: GRID.into(), doc: ByteBuf::from(doc.snapshot()) }
}
