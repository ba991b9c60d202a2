//! Golden bytes: every message of protocol version 1 as it was first released. A file here is never changed; a test
//! that fails says that older devices could no longer be read. To add one: `RUHU_GOLDEN=write cargo nextest run golden`
//! writes the files that are missing (and only those).

use std::fmt::Debug;
use std::path::PathBuf;

use app_core::domain::{Area, Person, Title};
use app_core::wire::bundle::{BundleAnswer, BundleRequest, Draft, DraftEntry, Parcel, ParcelBody};
use app_core::wire::message::*;
use app_core::wire::record::packs::{PROPOSED, PackProposed, PackPublished, PackWithdrawn};
use app_core::wire::record::{Carried, Filing, Record, RecordAck, RecordRefusal, to_body};
use app_core::wire::seal::{AreaKey, Sealed, Stanza};
use app_core::wire::{decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wire").join(name)
}

fn bytes(name: &str, made: &[u8]) -> Vec<u8> {
    if std::env::var("RUHU_GOLDEN").is_ok_and(|w| w == "write") && !path(name).exists() {
        std::fs::write(path(name), made).unwrap();
    }
    std::fs::read(path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The CBOR of a message is the golden one to the byte; the golden body (framed) is read to the same message. Framed
/// bytes themselves may differ with another zstd, so they are read, not compared.
fn holds<T: Serialize + DeserializeOwned + Debug>(name: &str, message: &T) {
    let mut cbor = Vec::new();
    ciborium::into_writer(message, &mut cbor).unwrap();
    assert_eq!(bytes(&format!("{name}.cbor"), &cbor), cbor, "{name}: the CBOR changed");
    let body = bytes(&format!("{name}.body"), &encode(message).unwrap());
    let read: T = decode(&body, 1 << 20).unwrap();
    assert_eq!(format!("{read:?}"), format!("{message:?}"), "{name}");
}

fn buf(n: u8, len: usize) -> ByteBuf {
    ByteBuf::from(vec![n; len])
}

fn person() -> Person {
    Person {
        id: "p234567abcde".into(),
        name: "韦秀英".into(),
        title: Title::GridWorker1,
        scope: vec![Area::parse("999999101203-04").unwrap()],
    }
}

fn pack() -> PackRef {
    PackRef { hash: "ab".repeat(32), id: "guangxi-2023".into(), version: "2023.1".into() }
}

fn cursor() -> Cursor {
    Cursor {
        epoch: "e234567abcde".into(),
        seq: 70_000,
        mark: buf(12, 8),
        areas: vec!["999999101203-04".into()],
        growing: Some(("999999101203".into(), Some([5; 16]))),
    }
}

#[test]
fn golden_enrolment() {
    let request = EnrolRequest {
        v: 1,
        code: "AB2C-3D4E".into(),
        key: buf(1, 32),
        nonce: buf(2, 8),
        device_name: "韦秀英的手机".into(),
        sig: buf(3, 64),
        letter: None,
    };
    holds("enrol-request-v1", &request);
    let answer = EnrolAnswer {
        device: "d234567abcde".into(),
        token: "token".into(),
        person: person(),
        server_key: buf(4, 32),
        server_name: "九九县".into(),
        epoch: "e234567abcde".into(),
        pack: pack(),
        areas: vec![AreaName { code: "999999101203".into(), name: "上岭村".into() }],
        letter: None,
        keys: Vec::new(),
    };
    holds("enrol-answer-v1", &answer);
    let key = AreaKey { area: "999999101203-04".into(), generation: 2, key: buf(14, 32) };
    holds("enrol-answer-keys-v1", &EnrolAnswer { keys: vec![key], ..answer });
}

#[test]
fn golden_bundle() {
    let sealed = Sealed {
        version: 1,
        ephemeral: buf(1, 32),
        wrapped: buf(2, 48),
        areas: vec![Stanza { tag: buf(3, 8), nonce: buf(4, 24), wrapped: buf(5, 48) }],
        nonce: buf(6, 24),
        body: buf(7, 40),
    };
    holds("bundle-request-v1", &BundleRequest { v: 1, sealed, came_at: 1_684_548_000_000 });
    let refused =
        Refused { household: buf(5, 16), change: buf(6, 32), why: "permit".into(), words: "没有写入".into() };
    holds("bundle-answer-v1", &BundleAnswer { opened: true, taken: 3, refused: vec![refused] });
    let draft = Draft {
        visit: "v234567abcde".into(),
        household: buf(5, 16),
        form: "screening-ordinary".into(),
        form_version: "2023.1".into(),
        pack: "ab".repeat(32),
        opened_at: 1_684_548_000,
        touched_at: 1_684_548_100,
        privacy_at: Some(1_684_548_010),
        more: "{}".into(),
        entries: vec![DraftEntry {
            path: "/method".into(),
            value: "\"phone\"".into(),
            kind: "answer".into(),
            at: 1_684_548_020,
        }],
    };
    let letter = Letter {
        device: "d234567abcde".into(),
        name: "韦秀英的手机".into(),
        key: buf(8, 32),
        person: person(),
        at: 1_684_548_000,
        sig: buf(9, 64),
    };
    let body = ParcelBody {
        v: 1,
        letter,
        at: 1_684_548_000_000,
        round: SyncRequest { v: 1, actors: vec![buf(8, 8)], ..SyncRequest::default() },
        drafts: vec![draft],
        held: vec![Held { household: buf(5, 16), heads: vec![buf(9, 32)] }],
    };
    holds("parcel-body-v1", &body);
    holds("parcel-v1", &Parcel { body: buf(10, 40), sig: buf(11, 64) });
}

#[test]
fn golden_round() {
    let request = SyncRequest {
        v: 1,
        cursor: cursor(),
        push: vec![Push { household: buf(5, 16), grid: Some("999999101203-04".into()), changes: vec![buf(6, 40)] }],
        sig: buf(7, 64),
        actors: vec![buf(8, 8)],
        pack: "ab".repeat(32),
        limit: 65_536,
        held: vec![Held { household: buf(5, 16), heads: vec![buf(9, 32)] }],
        want: vec![buf(11, 16)],
        proofs: vec![Proof {
            time: 1_684_548_000_000,
            held: vec![Ack { household: buf(5, 16), heads: vec![buf(9, 32)] }],
            sig: buf(13, 64),
        }],
        ..SyncRequest::default()
    };
    holds("sync-request-v1", &request);
    let nothing = SyncRequest {
        push: Vec::new(),
        sig: ByteBuf::new(),
        actors: Vec::new(),
        limit: 0,
        held: Vec::new(),
        want: Vec::new(),
        proofs: Vec::new(),
        cursor: Cursor { growing: None, ..cursor() },
        ..request
    };
    holds("sync-request-nothing-v1", &nothing);
    holds("sync-request-before-v1", &SyncRequest { before: true, ..nothing });
    let answer = SyncAnswer {
        v: 1,
        cursor: cursor(),
        more: true,
        acks: vec![Ack { household: buf(5, 16), heads: vec![buf(9, 32)] }],
        refused: vec![Refused {
            household: buf(5, 16),
            change: buf(10, 32),
            why: RefusedWhy::Permit.code().into(),
            words: RefusedWhy::Permit.words().into(),
        }],
        whole: vec![Whole { household: buf(11, 16), grid: "999999101203-04".into(), doc: buf(12, 50) }],
        changes: vec![Pulled { household: buf(5, 16), changes: vec![buf(13, 40)] }],
        forget: vec![buf(14, 16)],
        lacking: vec![buf(15, 16)],
        released: vec![buf(17, 32)],
        actors: vec![ActorName {
            actor: buf(2, 16),
            person: "p234567abcde".into(),
            name: "韦秀英".into(),
            device: "手机".into(),
            warrant: None,
        }],
        pack: Some(pack()),
        person: Some(person()),
        letter: None,
        areas: vec![AreaName { code: "999999101203".into(), name: "上岭村".into() }],
        time: 1_684_200_000_000,
        receipt: buf(16, 64),
        ..SyncAnswer::default()
    };
    holds("sync-answer-v1", &answer);
    holds(
        "sync-answer-nothing-v1",
        &SyncAnswer { v: 1, cursor: cursor(), time: 1_684_200_000_000, ..SyncAnswer::default() },
    );
}

/// A record, the server's word on it, and both on the way; and what a record is known by.
#[test]
fn golden_records() {
    let county = Area::parse("999999").unwrap();
    let made = PackProposed {
        pack: buf(1, 32),
        id: "guangxi-2023".into(),
        version: "2023.2".into(),
        base: buf(2, 32),
        note: "县里本周调整了排查表".into(),
        summary: vec![("新增问题：补充说明（remark_new）".into(), "question added: remark_new".into())],
        more: 3,
    };
    let body = to_body(&made).unwrap();
    let about: [&[u8]; 2] = [&[1; 32], &[2; 32]];
    let record = Record::signed([7; 16], PROPOSED, &county, 1_684_200_000_000, &about, body, &[9; 32]);
    assert!(record.verify());
    let hash = hex::encode(record.hash());
    assert_eq!(hash, String::from_utf8(bytes("record-v1.sha256", hash.as_bytes())).unwrap());
    holds("record-v1", &record);
    holds("pack-proposed-v1", &made);
    let published =
        PackPublished { proposal: buf(3, 32), pack: buf(1, 32), id: "guangxi-2023".into(), version: "2023.2".into() };
    holds("pack-published-v1", &published);
    holds("pack-withdrawn-v1", &PackWithdrawn { proposal: buf(3, 32), note: "选项写错了".into() });
    let mut filing = Filing {
        at: 1_684_200_000_001,
        person: "p234567abcde".into(),
        name: "黄素兰".into(),
        title: "county_bureau".into(),
        sig: ByteBuf::new(),
    };
    filing.sign(&record.hash(), &[4; 32]);
    holds("filing-v1", &filing);
    let carried = vec![Carried { record, filing: Some(filing.clone()) }];
    let request = SyncRequest {
        v: 1,
        cursor: cursor(),
        records: carried.clone(),
        records_from: Some(70_001),
        ..SyncRequest::default()
    };
    holds("sync-request-records-v1", &request);
    let refusal = RecordRefusal { record: buf(6, 32), why: "stale".into(), words: "请重新提出。".into() };
    let answer = SyncAnswer {
        v: 1,
        cursor: cursor(),
        time: 1_684_200_000_000,
        records: carried,
        records_to: Some(70_002),
        filed: vec![RecordAck { record: buf(5, 32), filing }],
        unfiled: vec![refusal],
        packs_wanted: vec![buf(1, 32)],
        ..SyncAnswer::default()
    };
    holds("sync-answer-records-v1", &answer);
}

/// The server's word to its later self, as devices keep it for years.
#[test]
fn golden_letter_and_warrant() {
    let letter = Letter {
        device: "d234567abcde".into(),
        name: "韦秀英的手机".into(),
        key: buf(1, 32),
        person: person(),
        at: 0,
        sig: buf(3, 64),
    };
    holds("letter-v1", &letter);
    holds("letter-dated-v1", &Letter { at: 1_684_200_000, ..letter });
    let warrant =
        Warrant { device: "d234567abcde".into(), key: buf(1, 32), title: Title::GridWorker1, sig: buf(3, 64) };
    let actor = ActorName {
        actor: buf(2, 16),
        person: "p234567abcde".into(),
        name: "韦秀英".into(),
        device: "韦秀英的手机".into(),
        warrant: Some(warrant),
    };
    holds("actor-vouched-v1", &actor);
}

#[test]
fn golden_pack_and_refusal() {
    let files = [("pack.toml".to_owned(), ByteBuf::from(*b"id = 1\n"))].into();
    holds("pack-files-v1", &PackFiles { files });
    holds("refusal-v1", &Refusal { why: "ticket_used".into(), words: "该注册码已使用。".into() });
}

#[test]
fn the_codes_of_refusals_are_frozen() {
    use RefusedWhy::*;
    let codes = [Scope, Permit, NotYours, Malformed, Author, Duplicate, Dependency, Full].map(RefusedWhy::code);
    assert_eq!(codes, ["scope", "permit", "not_yours", "malformed", "author", "duplicate", "dependency", "full"]);
}

#[test]
fn the_dictionary_is_frozen() {
    use sha2::{Digest, Sha256};
    let hash = hex::encode(Sha256::digest(app_core::wire::DICTIONARY_V1));
    assert_eq!(hash, String::from_utf8(bytes("dictionary-v1.sha256", hash.as_bytes())).unwrap());
}
