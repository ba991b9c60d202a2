//! Publishing by two people where somebody or something gets in the way: a restore that forgot who is who and what was in
//! force, a flood of steps, records of titles that make none.

use app_core::approvals::StepRefused;
use app_core::domain::Area;
use app_core::service::policy::ProposalState;
use app_core::storage::records::RecordState;
use app_core::wire;
use app_core::wire::message::{Cursor, EnrolAnswer, EnrolRequest, SyncAnswer};
use app_core::wire::record::packs::{KINDS, PUBLISHED, PackPublished};
use app_core::wire::record::{Carried, Record, to_body};
use app_core::wire::sign::sign_enrol;
use ruhu_tests::register::GRID1;
use ruhu_tests::township::{COUNTY, pack};
use ruhu_tests::{Phone, Township, settle};
use sync_server::ops::{check, people};
use sync_server::store::rows::NewRecord;
use sync_server::store::write;

use crate::publish::{bureau, changed, hash_of, in_force, post, proposed, request, secret, state};

fn published(id: &[u8], files: &app_core::policy::Files, n: u8, secret: &[u8; 32]) -> Record {
    let body = PackPublished {
        proposal: id.to_vec().into(),
        pack: hex::decode(hash_of(files)).unwrap().into(),
        id: String::new(),
        version: String::new(),
    };
    Record::signed([n; 16], PUBLISHED, &Area::parse(COUNTY).unwrap(), 0, &[id], to_body(&body).unwrap(), secret)
}

#[test]
fn one_person_added_again_after_a_restore_does_not_publish_alone() {
    let mut township = Township::village();
    let yesterday = township.backup();
    let (huang, lu) = bureau(&mut township);
    let files = changed("2023.2");
    let id = proposed(&huang, &lu, &files);
    let carried: Vec<Carried> = huang
        .read(|tx| tx.records_of(&KINDS))
        .unwrap()
        .into_iter()
        .map(|r| Carried { record: r.record, filing: r.filing })
        .collect();
    township.restore(&yesterday);
    // The office has forgotten her and adds her again; her device takes the ticket with the key it has.
    let again = people::add_user(township.store(), "黄素兰", "county_bureau", &[COUNTY.into()], 0).unwrap();
    let mut ask = EnrolRequest {
        v: wire::version::CURRENT,
        code: township.ticket(&again.id),
        key: Vec::new().into(),
        nonce: vec![3; 8].into(),
        device_name: "县局电脑".into(),
        sig: Vec::new().into(),
        letter: None,
    };
    sign_enrol(&mut ask, &secret(&huang));
    let url = format!("http://{}", township.address().unwrap());
    let http = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let told = http.post(format!("{url}/v1/enrol")).body(wire::encode(&ask).unwrap()).send().unwrap();
    let told: EnrolAnswer = wire::decode(&told.bytes().unwrap(), 1 << 20).unwrap();
    assert_ne!(told.person.id, huang.person);
    let push = |mut records: Vec<Carried>, last: Record| {
        records.push(Carried { record: last, filing: None });
        let mut asked = request(&huang, records);
        asked.cursor = Cursor { epoch: told.epoch.clone(), ..Cursor::default() };
        let asked = wire::encode(&asked).unwrap();
        let answer = http.post(format!("{url}/v1/sync")).bearer_auth(&told.token).body(asked).send().unwrap();
        assert_eq!(answer.status(), 200);
        wire::decode::<SyncAnswer>(&answer.bytes().unwrap(), 1 << 20).unwrap()
    };
    let answer = push(carried, published(&id, &files, 7, &secret(&huang)));
    assert_eq!(answer.filed.len(), 1, "the proposal, on the server's own word");
    assert_eq!(answer.unfiled[0].why, StepRefused::SamePerson.code());
    assert_eq!(in_force(&township), hex::encode(pack().hash()));
}

#[test]
fn after_a_restore_an_equal_name_is_warned_of_when_a_person_is_added() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let warned = |township: &Township, name: &str| {
        let now = sync_server::now();
        people::add_user(township.store(), name, "county_bureau", &[COUNTY.into()], now).unwrap().warnings.len()
    };
    assert_eq!(warned(&township, "黄素兰"), 0, "two people may well have one name");
    let yesterday = township.backup();
    proposed(&huang, &lu, &changed("2023.2"));
    township.restore(&yesterday);
    assert_eq!((warned(&township, "黄素兰"), warned(&township, "韦秀英")), (1, 0));
}

/// Four people of the bureau.
fn four(township: &mut Township) -> [Phone; 4] {
    ["黄素兰", "陆建华", "莫丽娟", "覃志强"].map(|name| township.phone(name, "county_bureau", &[COUNTY]))
}

#[test]
fn what_was_long_stale_when_the_server_was_put_back_is_not_published_after_it() {
    let mut township = Township::village();
    let [huang, lu, mo, qin] = four(&mut township);
    let (old, new) = (changed("2023.2"), changed("2023.3"));
    let stale = proposed(&huang, &mo, &old);
    qin.sync();
    let yesterday = township.backup();
    let id = proposed(&huang, &lu, &new);
    lu.pack_publish(&id).unwrap();
    lu.sync();
    township.restore(&yesterday);
    // Neither she nor the server knows that another pack was in force since.
    assert_eq!(state(&mo, &stale), ProposalState::Open);
    mo.pack_publish(&stale).unwrap();
    mo.sync();
    let line = mo.pack_proposals().unwrap().lines.into_iter().find(|l| l.proposal.id == stale).unwrap();
    assert_eq!(line.refused.as_deref(), Some(StepRefused::Restored.words()));
    assert_eq!(in_force(&township), hex::encode(pack().hash()));
    // What is proposed since stands on its own.
    let fresh = proposed(&mo, &qin, &old);
    qin.pack_publish(&fresh).unwrap();
    qin.sync();
    assert_eq!(in_force(&township), hash_of(&old));
    settle(&township, &[&huang, &lu, &mo, &qin]);
}

#[test]
fn while_a_later_publication_waits_for_its_files_no_other_is_published() {
    let mut township = Township::village();
    let [huang, lu, mo, qin] = four(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let yesterday = township.backup();
    let lost = changed("2023.2");
    let id = proposed(&huang, &lu, &lost);
    lu.pack_publish(&id).unwrap();
    lu.sync();
    township.restore(&yesterday);
    wei.sync();
    let carried = lu.read(|tx| tx.records_of(&KINDS)).unwrap();
    post(&township, &wei, carried.into_iter().map(|r| Carried { record: r.record, filing: r.filing }).collect());
    let other = proposed(&mo, &qin, &changed("2023.9"));
    qin.pack_publish(&other).unwrap();
    qin.sync();
    let line = qin.pack_proposals().unwrap().lines.into_iter().find(|l| l.proposal.id == other).unwrap();
    assert_eq!(line.refused.as_deref(), Some(StepRefused::Restored.words()));
    assert_eq!(in_force(&township), hex::encode(pack().hash()));
    lu.sync();
    assert_eq!(in_force(&township), hash_of(&lost), "which comes back");
    settle(&township, &[&huang, &lu, &mo, &qin, &wei]);
}

#[test]
fn more_steps_than_are_judged_at_once_wait_for_the_next_round_and_none_is_lost() {
    let mut township = Township::village();
    let (huang, _lu) = bureau(&mut township);
    let files = changed("2023.2");
    for n in 0..25 {
        huang.transact(|tx| tx.write_record(&published(&[n; 32], &files, n, &secret(&huang)))).unwrap();
    }
    let refused = || {
        let all = huang.read(|tx| tx.records_of(&KINDS)).unwrap();
        all.iter().filter(|r| r.state == RecordState::Refused && r.why == StepRefused::Unknown.code()).count()
    };
    for expected in [10, 20, 25] {
        huang.sync();
        assert_eq!(refused(), expected);
    }
    settle(&township, &[&huang]);
}

#[test]
fn a_title_that_may_not_read_makes_no_records_and_is_told_so() {
    let mut township = Township::village();
    let admin = township.phone("罗海", "administrator", &[COUNTY]);
    let record =
        Record::signed([1; 16], "of-next-year", &Area::parse(COUNTY).unwrap(), 0, &[], vec![1], &secret(&admin));
    let answer = post(&township, &admin, vec![Carried { record, filing: None }]);
    assert_eq!(
        (answer.unfiled[0].why.as_str(), answer.unfiled[0].words.as_str()),
        ("title", StepRefused::Title.words())
    );
}

#[test]
fn the_check_looks_at_every_record_however_many() {
    let township = Township::village();
    const MANY: u32 = 5_003;
    let record = Record::signed([1; 16], "of-next-year", &Area::parse(COUNTY).unwrap(), 0, &[], vec![1], &[5; 32]);
    let filing = app_core::wire::record::Filing {
        at: 1,
        person: String::new(),
        name: String::new(),
        title: String::new(),
        sig: Vec::new().into(),
    };
    let (bytes, filing) = (wire::encode(&record).unwrap(), wire::encode(&filing).unwrap());
    write(township.store(), move |w| {
        for n in 0..MANY {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&n.to_be_bytes());
            let (kind, area) = (record.kind.as_str(), record.area.as_str());
            let (bytes, filing) = (bytes.as_slice(), filing.as_slice());
            w.file_record(&NewRecord { hash: &hash, kind, area, at: 1, person: "", bytes, filing, now: 0 })?;
        }
        Ok(())
    })
    .unwrap();
    let found = check::check(township.store()).unwrap().problems;
    assert_eq!(found.len(), 2 * MANY as usize, "each is neither what was signed nor carries our word");
}
