//! A pack is put in force by two people during the campaign: 黄素兰 of the county bureau proposes, the director 陆建华
//! publishes, and phones take it with the next sync. Everything is a signed record that the server files in its one order.

use app_core::approvals::StepRefused;
use app_core::domain::Area;
use app_core::policy::{Files, Pack};
use app_core::service::policy::ProposalState;
use app_core::storage::records::RecordState;
use app_core::wire;
use app_core::wire::message::{Hash, SyncAnswer, SyncRequest};
use app_core::wire::record::packs::{KINDS, PROPOSED, PackProposed, PackPublished};
use app_core::wire::record::{Carried, Record, from_body, to_body};
use ruhu_tests::programs::{self, Running, phone, server};
use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::{COUNTY, household, pack, pack_folder};
use ruhu_tests::{Fault, Phone, Township, settle};
use serde_json::json;
use sync_server::ops;
use sync_server::store::read;

/// The shipped pack with another version and another question in the form of 脱贫户.
pub(crate) fn changed(version: &str) -> Files {
    let mut files = pack().files().clone();
    let toml = String::from_utf8(files["pack.toml"].clone()).unwrap();
    let was = format!("version = \"{}\"", pack().manifest().version);
    assert!(toml.contains(&was));
    files.insert("pack.toml".into(), toml.replace(&was, &format!("version = \"{version}\"")).into_bytes());
    let survey = files.get_mut("forms/screening-lifted/survey.csv").unwrap();
    let mut sheet = csv_rows(survey);
    let heading = sheet[0].clone();
    let row: Vec<String> = heading
        .iter()
        .map(|column| match column.as_str() {
            "type" => "text".into(),
            "name" => "remark_new".into(),
            "label" => format!("补充说明（{version}）"),
            _ => String::new(),
        })
        .collect();
    sheet.push(row);
    *survey = csv_text(&sheet);
    files
}

fn csv_rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn csv_text(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

pub(crate) fn hash_of(files: &Files) -> String {
    hex::encode(Pack::from_files(files.clone()).unwrap().hash())
}

pub(crate) fn in_force(township: &Township) -> String {
    read(township.store(), |r| ops::text(r, ops::PACK)).unwrap().unwrap()
}

pub(crate) fn bureau(township: &mut Township) -> (Phone, Phone) {
    (township.phone("黄素兰", "county_bureau", &[COUNTY]), township.phone("陆建华", "county_bureau", &[COUNTY]))
}

/// The proposal goes up; the other desk has it.
pub(crate) fn proposed(huang: &Phone, lu: &Phone, files: &Files) -> Hash {
    let id = huang.pack_propose(files, "县里本周调整了排查表").unwrap();
    huang.sync();
    lu.sync();
    id
}

pub(crate) fn state(phone: &Phone, id: &Hash) -> ProposalState {
    phone.pack_proposals().unwrap().lines.iter().find(|l| l.proposal.id == *id).unwrap().state
}

#[test]
fn two_people_publish_and_the_phone_takes_it_with_the_next_sync_its_draft_open() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let visit = wei.open_visit(household("LT002"), Some("screening-lifted")).unwrap();
    wei.said(&visit, "method", &json!("phone")).unwrap();
    let (before, files) = (in_force(&township), changed("2023.2"));

    // She writes it where there is no signal: it waits on her desk.
    huang.link.cut();
    let id = huang.pack_propose(&files, "县里本周调整了排查表").unwrap();
    assert!(huang.try_sync().is_err());
    assert_eq!(state(&huang, &id), ProposalState::Waiting);
    assert_eq!(huang.status().unwrap().waiting_records, 1);
    huang.link.mend();
    huang.sync();
    assert_eq!((state(&huang, &id), huang.status().unwrap().waiting_records), (ProposalState::Open, 0));
    assert_eq!(in_force(&township), before, "a proposal changes nothing");

    // She alone cannot: neither her desk lets her nor, with another program, the server.
    let alone = huang.pack_publish(&id).unwrap_err();
    assert_eq!(alone.words, StepRefused::SamePerson.words());

    // The director sees who, why and what, and has the files to try them.
    lu.sync();
    let line = lu.pack_proposals().unwrap().lines.remove(0);
    assert_eq!(line.proposal.filing.as_ref().unwrap().name, "黄素兰");
    assert_eq!(line.proposal.made.note, "县里本周调整了排查表");
    assert!(
        line.proposal.made.summary.iter().any(|(zh, _)| zh.contains("remark_new")),
        "{:?}",
        line.proposal.made.summary
    );
    assert_eq!(line.may_publish, Ok(()));
    assert_eq!(lu.pack_of_proposal(&id).unwrap().unwrap(), files);
    lu.pack_publish(&id).unwrap();
    assert_eq!(in_force(&township), before, "not before the server has filed it");
    lu.sync();
    assert_eq!(in_force(&township), hash_of(&files));
    assert_eq!(lu.pack().unwrap().manifest().version, "2023.2", "the publisher has it with the same round");

    // Her phone: the next sync, one open draft, nothing of it lost.
    wei.sync();
    assert_eq!(wei.pack().unwrap().manifest().version, "2023.2");
    let kept = wei.visit(&visit, |running| {
        let instance = running.instance();
        let names: Vec<String> = instance.walk().iter().map(|n| instance.question(*n).name.to_string()).collect();
        Ok(names)
    });
    assert!(kept.unwrap().contains(&"remark_new".to_owned()), "the draft goes on in the new form");
    wei.said(&visit, "remark_new", &json!("已核实")).unwrap();
    huang.sync();
    let told = wei.pack_proposals().unwrap();
    assert_eq!(told.published.len(), 1);
    assert_eq!((told.published[0].proposed_by.as_str(), told.published[0].by.as_str()), ("黄素兰", "陆建华"));
    assert_eq!(state(&huang, &id), ProposalState::Published);
    settle(&township, &[&huang, &lu, &wei]);
    for phone in [&huang, &lu, &wei] {
        assert_eq!(phone.status().unwrap().waiting_records, 0, "{}", phone.name);
    }
}

#[test]
fn a_proposal_compared_with_a_pack_that_is_in_force_no_more_is_refused_and_proposed_again() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let (first, second) = (changed("2023.2"), changed("2023.3"));
    let one = proposed(&huang, &lu, &first);
    let two = proposed(&huang, &lu, &second);
    lu.pack_publish(&one).unwrap();
    // Both at once, before he hears what came of the first.
    lu.pack_publish(&two).unwrap();
    lu.sync();
    assert_eq!(in_force(&township), hash_of(&first));
    let line =
        |phone: &Phone| phone.pack_proposals().unwrap().lines.into_iter().find(|l| l.proposal.id == two).unwrap();
    assert_eq!(line(&lu).state, ProposalState::Stale);
    assert_eq!(line(&lu).refused.as_deref(), Some(StepRefused::Stale.words()));
    assert_eq!(lu.pack_publish(&two).unwrap_err().words, StepRefused::Stale.words());
    huang.sync();
    assert_eq!(state(&huang, &two), ProposalState::Stale);
    let again = proposed(&huang, &lu, &second);
    lu.pack_publish(&again).unwrap();
    lu.sync();
    assert_eq!(in_force(&township), hash_of(&second));
    // What is settled stays so: published twice, withdrawn afterwards.
    assert_eq!(lu.pack_publish(&one).unwrap_err().words, StepRefused::Closed.words());
    huang.sync();
    assert_eq!(huang.pack_withdraw(&again, "想收回").unwrap_err().words, StepRefused::Closed.words());
    settle(&township, &[&huang, &lu]);
}

#[test]
fn a_proposal_is_taken_back_by_its_author_or_turned_down_by_a_colleague_with_the_reason() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let before = in_force(&township);
    let own = proposed(&huang, &lu, &changed("2023.2"));
    assert!(huang.pack_withdraw(&own, "  ").is_err(), "a reason is needed");
    huang.pack_withdraw(&own, "选项写错了").unwrap();
    // He publishes at the same time; the server's order decides.
    lu.pack_publish(&own).unwrap();
    huang.sync();
    lu.sync();
    assert_eq!(in_force(&township), before);
    assert_eq!((state(&huang, &own), state(&lu, &own)), (ProposalState::Withdrawn, ProposalState::Withdrawn));
    let other = proposed(&huang, &lu, &changed("2023.3"));
    lu.pack_withdraw(&other, "收入口径不对").unwrap();
    lu.sync();
    huang.sync();
    let line = huang.pack_proposals().unwrap().lines.remove(0);
    let end = line.proposal.end.unwrap();
    assert_eq!(
        (end.published, end.note.as_str(), end.filing.unwrap().name.as_str()),
        (false, "收入口径不对", "陆建华")
    );
    settle(&township, &[&huang, &lu]);
}

#[test]
fn whoever_may_not_publish_is_refused_on_the_phone_and_by_the_server() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let half = township.phone("黄小明", "county_bureau", &["999999101"]);
    let files = changed("2023.2");
    assert_eq!(wei.pack_propose(&files, "我想改").unwrap_err().words, StepRefused::Scope.words());
    assert_eq!(half.pack_propose(&files, "我想改").unwrap_err().words, StepRefused::Scope.words());
    let id = proposed(&huang, &lu, &files);
    wei.sync();
    assert_eq!(wei.pack_publish(&id).unwrap_err().words, StepRefused::Scope.words());

    // A program of their own that asks nobody: the server judges by the enrolled owner of the key that signed.
    let county = Area::parse(COUNTY).unwrap();
    let publication = to_body(&PackPublished {
        proposal: id.to_vec().into(),
        pack: hex::decode(hash_of(&files)).unwrap().into(),
        id: String::new(),
        version: String::new(),
    })
    .unwrap();
    let forged = |phone: &Phone, area: &Area| {
        let secret = secret(phone);
        Record::signed([5; 16], "pack-published", area, 0, &[&id], publication.clone(), &secret)
    };
    let mut in_her_name = forged(&wei, &county);
    in_her_name.key = forged(&lu, &county).key;
    let cases = [
        (&wei, forged(&wei, &county), StepRefused::Scope),
        (&half, forged(&half, &county), StepRefused::Scope),
        (&huang, forged(&huang, &county), StepRefused::SamePerson),
        (&wei, in_her_name, StepRefused::Signature),
        (&lu, forged(&lu, &Area::parse("999999101").unwrap()), StepRefused::Scope),
        (&lu, forged(&lu, &Area::parse("999998").unwrap()), StepRefused::Scope),
    ];
    for (phone, record, why) in cases {
        let answer = post(&township, phone, vec![Carried { record, filing: None }]);
        assert_eq!(answer.unfiled.len(), 1, "{why:?}");
        assert_eq!((answer.unfiled[0].why.as_str(), answer.filed.len()), (why.code(), 0), "{}", phone.name);
    }
    let nobody = Record::signed([5; 16], "pack-published", &county, 0, &[], publication.clone(), &[77; 32]);
    let answer = post(&township, &wei, vec![Carried { record: nobody, filing: None }]);
    assert_eq!(answer.unfiled[0].why, StepRefused::Author.code());
    assert_eq!(in_force(&township), hex::encode(pack().hash()), "none of it put anything in force");
    settle(&township, &[&huang, &lu, &wei, &half]);
}

#[test]
fn a_grid_worker_cannot_bring_a_pack_and_a_faulty_one_is_refused_with_what_is_wrong() {
    let mut township = Township::village();
    let (huang, _lu) = bureau(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let good = changed("2023.2");
    assert_eq!(bring(&township, &wei, &good).0, 403);
    let mut bad = good.clone();
    bad.insert("forms/screening-lifted/survey.csv".into(), b"type,name,label\ncalculate,x,\n".to_vec());
    let (status, why) = bring(&township, &huang, &bad);
    assert_eq!((status, why.as_str()), (400, "invalid"));
    let mut outside = good.clone();
    outside.insert("../../ruhu-server.sqlite".into(), vec![0; 100]);
    assert_eq!(bring(&township, &huang, &outside), (400, "invalid".into()));
    assert!(huang.pack_propose(&bad, "有错").is_err(), "the desk names the faults before anything is signed");
    assert_eq!(bring(&township, &huang, &good).0, 200);
    assert_eq!(bring(&township, &huang, &good).0, 200, "again does nothing");
    let brought = |phone: &Phone| {
        let device = phone.identity().unwrap().device.clone();
        read(township.store(), |r| r.brought(&device, sync_server::settings::day_of(sync_server::now()))).unwrap()
    };
    let before = (brought(&huang), brought(&wei));
    assert_eq!(bring(&township, &wei, &good).0, 200, "what is here already nobody is blamed for");
    assert_eq!((brought(&huang), brought(&wei)), before);
    assert_eq!(in_force(&township), hex::encode(pack().hash()));
}

#[test]
fn a_record_that_was_altered_on_the_way_is_not_taken_and_the_round_goes_on() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let id = proposed(&huang, &lu, &changed("2023.2"));
    let stored = |phone: &Phone| phone.read(|tx| tx.records_of(&KINDS)).unwrap();
    let [good] = stored(&lu).try_into().unwrap();
    assert!(good.record.verify() && good.state == RecordState::Filed);
    let server_key = hex::decode(&lu.identity().unwrap().server_key).unwrap();
    assert!(good.filing.as_ref().unwrap().verify(&id, &server_key));
    // One sign of the reason, another person, another time: neither the device's nor the server's word holds.
    let mut made: PackProposed = from_body(&good.record.body).unwrap();
    made.note.push('。');
    let spoilt = Record { body: to_body(&made).unwrap().into(), ..good.record.clone() };
    assert!(!spoilt.verify());
    let filing = app_core::wire::record::Filing { person: lu.person.clone(), ..good.filing.clone().unwrap() };
    assert!(!filing.verify(&id, &server_key));
    // Pushed back at the server with the server's own word on the true one.
    let answer = post(&township, &huang, vec![Carried { record: spoilt, filing: good.filing.clone() }]);
    assert_eq!(answer.unfiled[0].why, StepRefused::Signature.code());
    settle(&township, &[&huang, &lu]);
}

#[test]
fn what_was_altered_in_the_servers_own_database_no_phone_believes_and_the_check_finds() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    huang.pack_propose(&changed("2023.2"), "县里本周调整了排查表").unwrap();
    huang.sync();
    let [mine] = huang.read(|tx| tx.records_of(&KINDS)).unwrap().try_into().unwrap();
    let mut made: PackProposed = from_body(&mine.record.body).unwrap();
    made.note = "局长已同意".into();
    let altered = Record { body: to_body(&made).unwrap().into(), ..mine.record };
    township.close();
    let file = sync_server::settings::database(&township.data);
    let changed = rusqlite::Connection::open(file)
        .unwrap()
        .execute("UPDATE record SET bytes = ?", [wire::encode(&altered).unwrap()])
        .unwrap();
    assert_eq!(changed, 1);
    township.open();
    lu.sync();
    assert!(lu.pack_proposals().unwrap().lines.is_empty());
    assert!(lu.status().unwrap().trouble.is_some_and(|t| t.contains("签名不符")), "the desk says so");
    let found = sync_server::ops::check::check(township.store()).unwrap().problems;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("not what was signed"), "{found:?}");
}

#[test]
fn a_kind_of_a_later_version_is_kept_and_passed_on_to_its_area_and_nobody_else() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let grid = Area::parse(GRID1).unwrap();
    let record = |area: &Area| Record::signed([6; 16], "visit-returned", area, 7, &[b"v1"], vec![0xf6], &secret(&wei));
    let hash = record(&grid).hash();
    wei.transact(|tx| tx.write_record(&record(&grid))).unwrap();
    // Outside her grid it is not hers to make.
    let elsewhere = wei.transact(|tx| tx.write_record(&record(&Area::parse(GRID2).unwrap()))).unwrap();
    for phone in [&wei, &desk, &li] {
        phone.sync();
    }
    let held = |phone: &Phone| phone.read(|tx| tx.records_of(&["visit-returned"])).unwrap();
    let mine = held(&wei);
    assert_eq!(mine.iter().find(|r| r.hash == hash).unwrap().state, RecordState::Filed);
    let other = mine.iter().find(|r| r.hash == elsewhere).unwrap();
    assert_eq!((other.state, other.why.as_str()), (RecordState::Refused, "scope"));
    let [theirs] = held(&desk).try_into().unwrap();
    assert_eq!((theirs.record, theirs.filing.unwrap().name.as_str()), (record(&grid), "韦秀英"));
    assert!(held(&li).is_empty(), "another grid's is not his to see");
    // Whoever is given the grid later gets it, whoever loses it lets it go; what she made there before she heard is taken.
    township.move_person(&li.person, &[GRID1]);
    township.move_person(&wei.person, &[GRID2]);
    let late = Record::signed([8; 16], "visit-returned", &grid, 8, &[], vec![0xf6], &secret(&wei));
    let late = wei.transact(|tx| tx.write_record(&late)).unwrap();
    wei.sync();
    settle(&township, &[&wei, &li, &desk]);
    assert_eq!(held(&li).len(), 2);
    assert!(held(&li).iter().any(|r| r.hash == late));
    assert!(!held(&wei).iter().any(|r| r.hash == hash || r.hash == late));
}

#[test]
fn an_ordinary_day_pays_nothing_for_records_and_an_old_phone_that_knows_none_still_syncs() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    wei.sync();
    wei.link.take_seen();
    wei.sync();
    let seen = wei.link.take_seen();
    assert_eq!(seen.len(), 1);
    let fields = fields_of(&seen[0].up);
    let nothing = fields_of(&seen[0].down);
    assert!(!fields.contains_key("j") && !fields.contains_key("q"), "{:?}", fields.keys());

    let id = proposed(&huang, &lu, &changed("2023.2"));
    lu.pack_publish(&id).unwrap();
    lu.sync();
    // The request of a program that was built before records: what it does not know, it passes over.
    let old = fields.clone();
    let (status, body) = send(&township, &wei, "/v1/sync", &wire::encode(&old).unwrap());
    assert_eq!(status, 200);
    let answer = fields_of(&body);
    assert!(answer.contains_key("p"), "it is told of the new pack: {:?}", answer.keys());
    // And it goes on as before from the cursor it was given.
    let mut next = old;
    next.insert("c".into(), answer["c"].clone());
    assert_eq!(send(&township, &wei, "/v1/sync", &wire::encode(&next).unwrap()).0, 200);
    settle(&township, &[&huang, &lu, &wei]);
    // After the publication too, a day without news says no more than before.
    wei.link.take_seen();
    wei.sync();
    let after = wei.link.take_seen();
    assert_eq!(after.len(), 1);
    assert!(fields_of(&after[0].up).keys().eq(fields.keys()));
    assert!(fields_of(&after[0].down).keys().eq(nothing.keys()));
}

/// A body by the names of its fields, as a program of any version sees it.
fn fields_of(body: &[u8]) -> std::collections::BTreeMap<String, ciborium::Value> {
    wire::decode(body, 1 << 20).unwrap()
}

#[test]
fn a_server_restored_from_yesterdays_backup_gets_the_publication_and_its_pack_back_from_a_phone() {
    let mut township = Township::village();
    let yesterday = township.backup();
    let (huang, lu) = bureau(&mut township);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let files = changed("2023.2");
    let id = proposed(&huang, &lu, &files);
    lu.pack_publish(&id).unwrap();
    lu.sync();
    wei.sync();
    township.restore(&yesterday);
    assert_eq!(in_force(&township), hex::encode(pack().hash()), "the backup has never heard of it");
    // Both desks are switched off; a grid worker's phone is the first to come by.
    wei.sync();
    assert_eq!(in_force(&township), hash_of(&files), "on the server's own word");
    assert_eq!(wei.pack().unwrap().manifest().version, "2023.2");
    let history = ops::packs::history(township.store()).unwrap();
    let said: Vec<(&str, &str)> = history.iter().map(|s| (s.kind.as_str(), s.name.as_str())).collect();
    assert_eq!(said, [("pack-proposed", "黄素兰"), ("pack-published", "陆建华")]);
    settle(&township, &[&wei, &huang, &lu]);
    assert_eq!(state(&lu, &id), ProposalState::Published);
}

#[test]
fn the_files_come_back_from_any_phone_when_the_first_to_bring_the_record_has_them_not() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let (huang, lu) = bureau(&mut township);
    for phone in [&wei, &li, &huang, &lu] {
        phone.sync();
    }
    let yesterday = township.backup();
    let files = changed("2023.2");
    let id = proposed(&huang, &lu, &files);
    lu.pack_publish(&id).unwrap();
    lu.sync();
    li.sync();
    township.restore(&yesterday);
    wei.sync();
    // Her phone had heard of the publication, and the link broke before the pack came.
    let carried = lu.read(|tx| tx.records_of(&KINDS)).unwrap();
    let carried = carried.into_iter().map(|r| Carried { record: r.record, filing: r.filing }).collect();
    let answer = post(&township, &wei, carried);
    assert_eq!((answer.filed.len(), answer.packs_wanted.is_empty()), (2, false));
    assert_eq!(in_force(&township), hex::encode(pack().hash()), "the files are not here");
    li.sync();
    assert_eq!(in_force(&township), hash_of(&files));
    settle(&township, &[&wei, &li, &huang, &lu]);
    assert_eq!(wei.pack().unwrap().manifest().version, "2023.2");
}

#[test]
fn lost_answers_and_doubled_requests_file_a_record_once() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let files = changed("2023.2");
    let id = huang.pack_propose(&files, "县里本周调整了排查表").unwrap();
    // The pack arrives and its answer is lost; the record arrives and its answer is lost.
    huang.link.then(Fault::AnswerLost);
    assert!(huang.try_sync().is_err());
    huang.link.then(Fault::Twice);
    huang.link.then(Fault::AnswerLost);
    assert!(huang.try_sync().is_err());
    huang.link.then(Fault::Twice);
    huang.sync();
    assert_eq!(state(&huang, &id), ProposalState::Open);
    lu.sync();
    lu.pack_publish(&id).unwrap();
    lu.link.then(Fault::AnswerLost);
    assert!(lu.try_sync().is_err());
    settle(&township, &[&huang, &lu]);
    assert_eq!(ops::packs::history(township.store()).unwrap().len(), 2);
    assert_eq!(in_force(&township), hash_of(&files));
}

#[test]
fn what_the_operator_puts_in_force_alone_is_recorded_as_such_and_makes_open_proposals_stale() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let id = proposed(&huang, &lu, &changed("2023.2"));
    let emergency = Pack::from_files(changed("2023.9")).unwrap();
    ops::init::publish_pack(township.store(), &emergency, sync_server::now()).unwrap();
    lu.sync();
    assert_eq!(state(&lu, &id), ProposalState::Stale);
    let told = lu.pack_proposals().unwrap().published;
    assert_eq!((told[0].version.as_str(), told[0].by.as_str()), ("2023.9", ""));
    let history = ops::packs::history(township.store()).unwrap();
    assert_eq!(
        (history[1].kind.as_str(), history[1].user.as_str(), &history[1].proposal),
        ("pack-published", "", &None)
    );
    assert_eq!(ops::packs::list(township.store()).unwrap().iter().filter(|p| p.in_force).count(), 1);
    settle(&township, &[&huang, &lu]);
}

pub(crate) fn secret(phone: &Phone) -> [u8; 32] {
    hex::decode(&phone.identity().unwrap().secret).unwrap().try_into().unwrap()
}

#[test]
fn records_out_of_all_bounds_cost_a_refusal_and_nothing_else() {
    let mut township = Township::village();
    let (huang, lu) = bureau(&mut township);
    let county = Area::parse(COUNTY).unwrap();
    let made = |body: Vec<u8>| {
        let record = Record::signed([1; 16], PROPOSED, &county, i64::MAX, &[], body, &secret(&huang));
        Carried { record, filing: None }
    };
    // Nested deeper than any body, torn, empty, of another kind, larger than any.
    let bodies = [vec![0x81; 60_000], vec![0xa1], Vec::new(), vec![0xf6], vec![0; 70_000]];
    let answer = post(&township, &huang, bodies.into_iter().map(made).collect());
    let whys: Vec<&str> = answer.unfiled.iter().map(|r| r.why.as_str()).collect();
    assert_eq!(whys, ["malformed", "malformed", "malformed", "malformed", "signature"]);
    let many = request(&huang, vec![made(vec![0xf6]); 201]);
    assert_eq!(send(&township, &huang, "/v1/sync", &wire::encode(&many).unwrap()).0, 413);
    settle(&township, &[&huang, &lu]);
}

#[test]
fn a_flood_of_records_of_no_body_ends_with_the_devices_day() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let grid = Area::parse(GRID1).unwrap();
    let mut filed = 0;
    for round in 0..20_u8 {
        let made = |n: u8| {
            let about: Vec<Vec<u8>> = (0..64).map(|i| vec![i ^ n; 64]).collect();
            let about: Vec<&[u8]> = about.iter().map(Vec::as_slice).collect();
            let mut nonce = [n; 16];
            nonce[0] = round;
            let record = Record::signed(nonce, "visit-returned", &grid, 7, &about, Vec::new(), &secret(&wei));
            Carried { record, filing: None }
        };
        let flood = request(&wei, (0..200).map(made).collect());
        let (status, body) = send(&township, &wei, "/v1/sync", &wire::encode(&flood).unwrap());
        if status != 200 {
            let why = wire::decode::<wire::message::Refusal>(&body, 1 << 16).unwrap().why;
            assert_eq!(why, "quota");
            assert!(filed > 0 && filed <= 1_200, "{filed} records were filed");
            return;
        }
        filed += wire::decode::<SyncAnswer>(&body, 16 << 20).unwrap().filed.len();
    }
    panic!("{filed} records were filed, and there was no end");
}

/// A request of a device with these records and nothing else, past everything the app asks before.
pub(crate) fn post(township: &Township, phone: &Phone, records: Vec<Carried>) -> SyncAnswer {
    let (status, body) = send(township, phone, "/v1/sync", &wire::encode(&request(phone, records)).unwrap());
    assert_eq!(status, 200);
    wire::decode(&body, 1 << 20).unwrap()
}

pub(crate) fn request(phone: &Phone, records: Vec<Carried>) -> SyncRequest {
    SyncRequest { v: 1, cursor: phone.read(|tx| tx.cursor()).unwrap(), records, ..SyncRequest::default() }
}

pub(crate) fn bring(township: &Township, phone: &Phone, files: &Files) -> (u16, String) {
    let files = files.iter().map(|(p, b)| (p.clone(), b.clone().into())).collect();
    let sent = wire::encode(&wire::message::PackFiles { files }).unwrap();
    let (status, body) = send(township, phone, "/v1/pack", &sent);
    let why = wire::decode::<wire::message::Refusal>(&body, 1 << 16).map(|r| r.why).unwrap_or_default();
    (status, why)
}

pub(crate) fn send(township: &Township, phone: &Phone, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let url = format!("http://{}{path}", township.address().unwrap());
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let token = phone.identity().unwrap().token.clone();
    let answer = client.post(url).bearer_auth(token).body(body.to_vec()).send().unwrap();
    (answer.status().as_u16(), answer.bytes().unwrap().to_vec())
}

#[test]
fn the_same_from_the_command_line_with_the_real_programs() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let (data, folder) = (at("server"), pack_folder());
    programs::json(server(
        &data,
        &["init", "--name", "桂禾县", "--county", COUNTY, "--pack", folder.to_str().unwrap()],
    ));
    let running = Running::serve(&data, "127.0.0.1:0");
    let enrolled = |name: &str, title: &str, area: &str| {
        let user = programs::json(server(&data, &["user", "add", "--name", name, "--title", title, "--area", area]));
        let ticket = ["ticket", "--user", user["id"].as_str().unwrap(), "--url", &running.url];
        let ticket = programs::json(server(&data, &ticket));
        programs::json(phone(&at(name), &["enrol", "--ticket", ticket["ticket"].as_str().unwrap()]));
        programs::json(phone(&at(name), &["sync"]));
        at(name)
    };
    let huang = enrolled("黄素兰", "county_bureau", COUNTY);
    let lu = enrolled("陆建华", "county_bureau", COUNTY);
    let wei = enrolled("韦秀英", "grid_worker1", GRID1);
    // As the county does it: the pack exported, changed in Excel, proposed as a workbook.
    let (pack, book) = (Pack::from_files(changed("2023.2")).unwrap(), at("改后.xlsx"));
    std::fs::write(&book, app_core::policy::workbook::write(&pack).unwrap()).unwrap();
    let book = book.to_str().unwrap();
    let (code, said) = programs::ended(phone(&wei, &["pack", "propose", book, "--note", "我想改"]));
    assert_eq!((code, &said["error"]["kind"]), (Some(3), &json!("refused")));
    let made = programs::json(phone(&huang, &["pack", "propose", book, "--note", "县里本周调整了排查表"]));
    let id = made["record"].as_str().unwrap();
    assert_eq!(programs::json(phone(&huang, &["status"]))["waiting_records"], json!(1));
    programs::json(phone(&huang, &["sync"]));
    assert_eq!(programs::ended(phone(&huang, &["pack", "publish", id])).0, Some(3));
    programs::json(phone(&lu, &["sync"]));
    let all = programs::json(phone(&lu, &["pack", "proposals"]));
    let one = &all["proposals"][0];
    assert_eq!(
        (&one["state"], &one["may_publish"], &one["by"]["name"]),
        (&json!("open"), &json!("yes"), &json!("黄素兰"))
    );
    programs::json(phone(&lu, &["pack", "publish", &id[..8]]));
    programs::json(phone(&lu, &["sync"]));
    programs::json(phone(&wei, &["sync"]));
    let status = programs::json(phone(&wei, &["status"]));
    assert_eq!(status["pack"], json!(hex::encode(pack.hash())));
    let packs = programs::json(server(&data, &["pack", "list"]));
    assert_eq!(packs["packs"].as_array().unwrap().len(), 2);
    let history = programs::json(server(&data, &["pack", "history"]));
    let kinds: Vec<&str> = history["history"].as_array().unwrap().iter().map(|s| s["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["pack-proposed", "pack-published"]);
    running.stop();
}

/// The proposal's kind is what other files of this folder may look for.
#[test]
fn the_names_of_the_kinds_are_frozen() {
    assert_eq!(KINDS, [PROPOSED, "pack-published", "pack-withdrawn"]);
    assert_eq!(PROPOSED, "pack-proposed");
}
