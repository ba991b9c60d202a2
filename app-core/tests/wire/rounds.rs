//! Rounds: what goes up lean arrives whole; signatures hold over what they should.

use serde_bytes::ByteBuf;

use app_core::document::{Edit, Founding, HouseholdDoc, Place, Source};
use app_core::domain::id::{IMPORT_ACTOR, household_of_register};
use app_core::policy::facts::Facts;
use app_core::wire::lean::{HOUSEHOLD_BEGINNING, Own, is_lean, make_lean, make_whole, whole_households, words};
use app_core::wire::message::{Ack, ActorName, EnrolRequest, Letter, Push, SyncAnswer, SyncRequest, Warrant};
use app_core::wire::sign::*;
use app_core::wire::{decode, encode};

const WEI: [u8; 16] = [0x11; 16];
const LI: [u8; 16] = [0x22; 16];
const SECRET: [u8; 32] = [7; 32];

fn imported(n: u8) -> HouseholdDoc {
    let founding = Founding { place: Place::default(), facts: Facts::default(), source: Source::Import };
    HouseholdDoc::found(household_of_register("999999", &n.to_string()), &founding, IMPORT_ACTOR, 1_684_000_000)
        .unwrap()
}

fn phone(doc: &mut HouseholdDoc, who: [u8; 16], number: &str) -> Vec<u8> {
    doc.edit(who, 1_684_200_000, &[Edit::new("profile/phone", number)]).unwrap().unwrap().bytes
}

fn request(pushes: Vec<(&HouseholdDoc, Vec<Vec<u8>>)>) -> SyncRequest {
    let push = pushes
        .into_iter()
        .map(|(doc, changes)| Push {
            household: ByteBuf::from(doc.id().as_bytes().to_vec()),
            grid: None,
            changes: changes.into_iter().map(ByteBuf::from).collect(),
        })
        .collect();
    SyncRequest { v: 1, push, ..SyncRequest::default() }
}

#[test]
fn wei_xiuyings_day_goes_up_lean_and_arrives_whole() {
    let (mut a, mut b) = (imported(1), imported(2));
    let server = [a.changes()[0].hash, b.changes()[0].hash];
    let first = phone(&mut a, WEI, "10000000001");
    let second = phone(&mut a, WEI, "10000000002");
    let other = phone(&mut b, WEI, "10000000003");
    let mut sent = request(vec![(&a, vec![first, second]), (&b, vec![other])]);
    sign_push(&mut sent, &SECRET).unwrap();
    let whole = sent.clone();
    make_lean(&mut sent, &Own { actor: WEI, words: &[] });
    assert!(sent.push.iter().all(is_lean));
    // author (17), dependency (33), magic, kind and length are gone
    for (lean, whole) in sent.push.iter().zip(&whole.push) {
        assert!(lean.changes[0].len() + 50 < whole.changes[0].len());
    }
    let mut got: SyncRequest = decode(&encode(&sent).unwrap(), 1 << 20).unwrap();
    let mut known = |push: &Push| {
        let newer = [9; 32];
        server.iter().copied().filter(|_| push.household.len() == 16).chain([newer]).collect()
    };
    let ids = [a.id(), b.id()].map(|id| id.into_bytes());
    assert!(whole_households(&mut got, &mut |beginning| ids.into_iter().find(|id| id.starts_with(beginning))));
    assert!(make_whole(&mut got, &[LI, WEI], &[], &mut known));
    assert!(verify_push(&got, &public_key(&SECRET)));
    for (got, whole) in got.push.iter().zip(&whole.push) {
        assert_eq!(got.changes, whole.changes);
    }
}

#[test]
fn what_cannot_be_put_back_is_said_not_guessed() {
    let mut a = imported(1);
    let founded = a.changes()[0].hash;
    let change = phone(&mut a, WEI, "10000000001");
    let mut sent = request(vec![(&a, vec![change])]);
    make_lean(&mut sent, &Own { actor: WEI, words: &[] });
    let tries =
        |actors: &[[u8; 16]], known: Vec<[u8; 32]>| make_whole(&mut sent.clone(), actors, &[], &mut |_| known.clone());
    assert!(tries(&[WEI], vec![founded]));
    assert!(!tries(&[LI], vec![founded]));
    assert!(!tries(&[], vec![founded]));
    assert!(!tries(&[WEI], vec![[1; 32]]));
    assert!(!tries(&[WEI], Vec::new()));
    // more candidates than are ever tried: the right one must be among the newest
    let mut many = vec![[1; 32]; 64];
    many.push(founded);
    assert!(!tries(&[WEI], many));
}

#[test]
fn of_a_household_that_the_server_holds_only_the_beginning_goes_up() {
    let (mut a, mut b) = (imported(1), imported(2));
    let server = [a.changes()[0].hash, b.changes()[0].hash];
    let first = phone(&mut a, WEI, "10000000001");
    let founding = b.changes()[0].bytes.clone();
    let second = phone(&mut b, WEI, "10000000002");
    let mut sent = request(vec![(&a, vec![first]), (&b, vec![founding, second])]);
    sign_push(&mut sent, &SECRET).unwrap();
    let whole = sent.clone();
    make_lean(&mut sent, &Own { actor: WEI, words: &[] });
    // one that is founded by this very push is named in full
    assert_eq!(sent.push[0].household.len(), HOUSEHOLD_BEGINNING);
    assert_eq!(sent.push[1].household.len(), 16);
    let ids = [a.id(), b.id()];
    let mut found = sent.clone();
    let mut find = |beginning: &[u8]| ids.iter().map(|id| id.into_bytes()).find(|id| id.starts_with(beginning));
    assert!(whole_households(&mut found, &mut find));
    assert!(make_whole(&mut found, &[WEI], &[], &mut |_| server.to_vec()));
    assert!(verify_push(&found, &public_key(&SECRET)));
    assert_eq!(found.push[0].household, whole.push[0].household);
    // nobody, or more than one: the device is asked for all of it
    assert!(!whole_households(&mut sent, &mut |_| None));
}

#[test]
fn the_writers_words_are_known_by_the_token() {
    let mut a = imported(1);
    let founded = a.changes()[0].hash;
    let field = |name: &str, value: &str| Edit::at(["visits", "v23456789abc", name], value);
    let visit = [
        field("collector", "韦秀英"),
        field("collector_id", "p234567abcde"),
        field("device", "d234567abcde"),
        field("state", "finished"),
    ];
    let change = a.edit(WEI, 1_684_200_000, &visit).unwrap().unwrap().bytes;
    let mut sent = request(vec![(&a, vec![change.clone()])]);
    let own = words("韦秀英", "p234567abcde", "d234567abcde");
    let mut plain = sent.clone();
    make_lean(&mut plain, &Own { actor: WEI, words: &[] });
    make_lean(&mut sent, &Own { actor: WEI, words: &own });
    // a position instead of the words
    assert_eq!(sent.push[0].changes[0].len(), plain.push[0].changes[0].len() + 1 - own.len());
    let tries = |words: &[u8]| {
        let mut got = sent.clone();
        make_whole(&mut got, &[WEI], words, &mut |_| vec![founded]).then(|| got.push[0].changes[0].to_vec())
    };
    assert_eq!(tries(&own), Some(change));
    // another's words, or a new name: the checksum says so, nothing is guessed
    assert_eq!(tries(&words("韦秀兰", "p234567abcde", "d234567abcde")), None);
    assert_eq!(tries(&[]), None);
}

#[test]
fn a_founding_and_a_merge_and_anothers_change_go_lean_too() {
    let (mut a, mut b) = (imported(1), imported(1));
    let by_wei = phone(&mut a, WEI, "10000000001");
    let by_li = phone(&mut b, LI, "10000000002");
    a.admit(&by_li, None, &mut |_| Ok(())).unwrap();
    let decided = phone(&mut a, WEI, "10000000002");
    let founding = a.changes()[0].bytes.clone();
    let mut sent = request(vec![(&a, vec![founding, by_wei, by_li, decided])]);
    sign_push(&mut sent, &SECRET).unwrap();
    let whole = sent.clone();
    make_lean(&mut sent, &Own { actor: WEI, words: &[] });
    let held: Vec<[u8; 32]> = a.change_infos().iter().map(|c| c.hash).collect();
    assert!(make_whole(&mut sent, &[WEI], &[], &mut |_| held.clone()));
    assert_eq!(sent.push[0].changes, whole.push[0].changes);
}

#[test]
fn hostile_lean_changes_are_refused() {
    let a = imported(1);
    let founded = a.changes()[0].hash;
    let bads: [&[u8]; 9] = [
        &[],
        &[0],
        &[3, 1, 2, 3],
        &[4; 60],
        &[7, 1, 2, 3, 4, 200, 200, 3, 1],
        &[8; 60],
        &[255; 60],
        &[0, 1, 2, 3, 4, 255, 255, 255, 255, 15],
        &[3; 500],
    ];
    for bad in bads {
        let mut sent = request(vec![(&a, vec![bad.to_vec()])]);
        assert!(!make_whole(&mut sent, &[WEI], &[], &mut |_| vec![founded]), "{bad:?}");
        assert!(!verify_push(&sent, &public_key(&SECRET)));
    }
}

#[test]
fn a_push_is_signed_over_its_changes_in_order() {
    let mut a = imported(1);
    let changes = vec![phone(&mut a, WEI, "10000000001"), phone(&mut a, WEI, "10000000002")];
    let mut sent = request(vec![(&a, changes)]);
    sign_push(&mut sent, &SECRET).unwrap();
    let key = public_key(&SECRET);
    assert!(verify_push(&sent, &key));
    assert!(!verify_push(&sent, &public_key(&[8; 32])));
    assert!(!verify_push(&sent, &key[..31]));
    let mut swapped = sent.clone();
    swapped.push[0].changes.swap(0, 1);
    assert!(!verify_push(&swapped, &key));
    let mut less = sent.clone();
    less.push[0].changes.pop();
    assert!(!verify_push(&less, &key));
    let mut unsigned = sent.clone();
    unsigned.sig = ByteBuf::new();
    assert!(!verify_push(&unsigned, &key));
    let nothing = request(Vec::new());
    assert!(verify_push(&nothing, &key));
}

#[test]
fn an_enrolment_is_signed_by_the_key_it_brings() {
    let mut request = EnrolRequest {
        v: 1,
        code: "ab2c-3d4e".into(),
        key: ByteBuf::new(),
        nonce: ByteBuf::from([1; 8]),
        device_name: "韦秀英的手机".into(),
        sig: ByteBuf::new(),
        letter: None,
    };
    assert!(!verify_enrol(&request));
    sign_enrol(&mut request, &SECRET);
    assert!(verify_enrol(&request));
    // case, blanks and hyphens of the code do not matter
    request.code = " AB2C 3D4E".into();
    assert!(verify_enrol(&request));
    request.code = "AB2C3D4F".into();
    assert!(!verify_enrol(&request));
}

#[test]
fn a_receipt_covers_time_households_and_heads() {
    let ack = |n: u8| Ack { household: ByteBuf::from([n; 16]), heads: vec![ByteBuf::from([n; 32])] };
    let mut answer = SyncAnswer { time: 1_684_200_000_000, acks: vec![ack(1), ack(2)], ..SyncAnswer::default() };
    sign_receipt(&mut answer, &SECRET);
    let key = public_key(&SECRET);
    assert!(verify_receipt(&answer, &key));
    let bend = |f: &dyn Fn(&mut SyncAnswer)| {
        let mut bent = answer.clone();
        f(&mut bent);
        verify_receipt(&bent, &key)
    };
    assert!(!bend(&|a| a.time += 1));
    assert!(!bend(&|a| a.acks.swap(0, 1)));
    assert!(!bend(&|a| a.acks[0].heads[0] = ByteBuf::from([3; 32])));
    assert!(!bend(&|a| a.receipt = ByteBuf::new()));
    assert!(!verify_receipt(&answer, &public_key(&[8; 32])));
}

#[test]
fn a_push_is_not_hashed_without_end_to_make_it_whole() {
    // The largest change, and what it rests on named last of very many: found by trying, but not at any price.
    let mut doc = imported(1);
    let text = "x".repeat(16_000);
    let edits: Vec<Edit> = (0..15).map(|k| Edit::new(&format!("profile/heavy_{k}"), text.clone())).collect();
    let change = doc.edit(WEI, 1_684_200_000, &edits).unwrap().unwrap().bytes;
    let founded = doc.change_infos()[0].hash;
    let mut sent = request(vec![(&doc, vec![change])]);
    make_lean(&mut sent, &Own { actor: WEI, words: &[] });
    assert!(whole_households(&mut sent, &mut |_| Some(doc.id().into_bytes())));
    assert!(make_whole(&mut sent.clone(), &[WEI], &[], &mut |_| vec![founded]));
    let strangers: Vec<[u8; 16]> = (0..15).map(|n| [n; 16]).chain([WEI]).collect();
    let mut wrong = vec![[0xee; 32]; 60];
    wrong.push(founded);
    assert!(!make_whole(&mut sent, &strangers, &[], &mut |_| wrong.clone()));
}

#[test]
fn a_letter_and_a_warrant_are_the_servers_word_to_the_last_letter() {
    let key = public_key(&SECRET);
    let person = app_core::domain::Person {
        id: "p1".into(),
        name: "韦秀英".into(),
        title: app_core::domain::Title::GridWorker1,
        scope: vec![app_core::domain::Area::parse("999999101203-04").unwrap()],
    };
    let mut letter = Letter {
        device: "d1".into(),
        name: "手机".into(),
        key: ByteBuf::from([7; 32]),
        person,
        at: 1_800_000_000,
        sig: ByteBuf::new(),
    };
    assert!(!verify_letter(&letter, &key));
    sign_letter(&mut letter, &SECRET);
    assert!(verify_letter(&letter, &key));
    let mut wider = letter.clone();
    wider.person.scope.push(app_core::domain::Area::parse("999999101203-05").unwrap());
    assert!(!verify_letter(&wider, &key));
    let mut younger = letter.clone();
    younger.at += 1;
    assert!(!verify_letter(&younger, &key), "an old letter is not made a new one");
    younger.at = 0;
    assert!(!verify_letter(&younger, &key), "nor one without a date");
    sign_letter(&mut younger, &SECRET);
    assert!(verify_letter(&younger, &key), "those of the first days hold");
    // Nothing moves from one field into the next.
    let mut shifted = letter.clone();
    (shifted.device, shifted.name) = ("d".into(), "1手机".into());
    assert!(!verify_letter(&shifted, &key));
    assert!(!verify_letter(&letter, &public_key(&[9; 32])));

    let mut actor = ActorName {
        actor: ByteBuf::from(WEI),
        person: "p1".into(),
        name: "韦秀英".into(),
        device: "手机".into(),
        warrant: None,
    };
    sign_actor(&mut actor, &SECRET);
    assert!(!verify_actor(&actor, &key), "nothing was vouched for");
    let title = app_core::domain::Title::GridWorker1;
    actor.warrant = Some(Warrant { device: "d1".into(), key: ByteBuf::from([7; 32]), title, sig: ByteBuf::new() });
    sign_actor(&mut actor, &SECRET);
    assert!(verify_actor(&actor, &key));
    let mut another = actor.clone();
    another.person = "p2".into();
    assert!(!verify_actor(&another, &key));
    actor.warrant.as_mut().unwrap().title = app_core::domain::Title::DataClerk;
    assert!(!verify_actor(&actor, &key));
}
