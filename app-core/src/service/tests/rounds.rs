use serde_json::json;

use super::village::{GRID, Trouble};
use super::*;
use crate::document::{Edit, HouseholdDoc};
use crate::domain::id::{HouseholdId, IMPORT_ACTOR, new_household};
use crate::error::Kind;
use crate::storage::tests::founding;

const MONDAY: i64 = 1_685_000_000;

/// A household of the register, on the server.
fn imported(village: &Village, head: &str) -> HouseholdId {
    let id = new_household();
    village.import(HouseholdDoc::found(id, &founding((head, ""), &[], "上韦屯"), IMPORT_ACTOR, MONDAY).unwrap());
    id
}

fn phone_of(app: &App, id: HouseholdId) -> Option<String> {
    app.household(id).unwrap().profile.phone
}

#[test]
fn an_ordinary_day_takes_one_request_and_ends_with_a_receipt() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    assert_eq!(phone.app.status().unwrap().households, 1);
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    phone.app.set_fact(wei, "place/hamlet", &json!("下韦屯")).unwrap();
    assert_eq!(phone.app.status().unwrap().waiting, [wei]);
    let report = phone.app.sync().unwrap();
    assert_eq!((report.round.round_trips, report.round.changes_up, report.acked), (1, 2, 2));
    assert!(report.round.bytes_up > 0 && report.round.bytes_down > 0);
    // One for the file that came with the first round, one for what went up.
    assert_eq!(phone.app.read(|tx| tx.receipts()).unwrap(), 2);
    let stored = phone.app.read(|tx| tx.stored(wei)).unwrap().unwrap();
    assert_eq!((stored.acked, stored.confirmed_at), (stored.heads, Some(1_700_000_000)));
    phone.agrees();
}

#[test]
fn without_signal_or_with_a_lost_or_torn_answer_nothing_is_lost_and_nothing_doubled() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    for trouble in [Trouble::NoSignal, Trouble::AnswerLost, Trouble::AnswerTorn] {
        village.trouble(trouble);
        let error = phone.app.sync().err().unwrap();
        assert!(matches!(error.kind, Kind::Offline | Kind::Damaged), "{trouble:?}");
        let status = phone.app.status().unwrap();
        assert_eq!(status.waiting_changes, 1, "{trouble:?}");
        assert!(status.trouble.is_some() && !status.last_round.unwrap().ok);
    }
    let phone = phone.restarted();
    assert_eq!(phone.app.sync().unwrap().acked, 1);
    assert!(phone.app.status().unwrap().trouble.is_none());
    assert_eq!(village.0.lock().unwrap().households[&wei].changes().len(), 2, "founding and one correction");
    phone.agrees();
}

#[test]
fn two_phones_correct_one_household_apart_and_both_see_the_conflict() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let li = Phone::enrolled(&village, "LI");
    let qin = Phone::enrolled(&village, "QIN");
    li.app.set_fact(wei, "profile/phone", &json!("13900001111")).unwrap();
    qin.app.set_fact(wei, "profile/phone", &json!("13900002222")).unwrap();
    qin.app.set_fact(wei, "place/hamlet", &json!("下韦屯")).unwrap();
    li.app.sync().unwrap();
    qin.app.sync().unwrap();
    li.app.sync().unwrap();
    for phone in [&li, &qin] {
        let conflicts = phone.app.conflicts().unwrap();
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].1[0].path, ["profile", "phone"]);
        assert_eq!(phone.app.household(wei).unwrap().place.hamlet, "下韦屯");
        let own = phone.app.read(|tx| tx.own_actor()).unwrap();
        assert_eq!(phone.app.read(|tx| tx.writer(&own)).unwrap().unwrap().name, "李建国");
    }
    li.app.set_fact(wei, "profile/phone", &json!("13900002222")).unwrap();
    li.app.sync().unwrap();
    qin.app.sync().unwrap();
    assert!(qin.app.conflicts().unwrap().is_empty());
    li.agrees();
    qin.agrees();
}

#[test]
fn what_the_server_refuses_leaves_the_file_with_its_reason_and_the_rest_goes_in() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    village.0.lock().unwrap().forbidden.push("profile/phone".into());
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    phone.app.set_fact(wei, "place/hamlet", &json!("下韦屯")).unwrap();
    let report = phone.app.sync().unwrap();
    assert_eq!(report.refused, 1);
    let status = phone.app.status().unwrap();
    assert_eq!(status.refused.len(), 1);
    assert_eq!(status.refused[0].why, "permit");
    assert!(!status.refused[0].words.is_empty());
    assert_eq!(phone_of(&phone.app, wei).as_deref(), Some("13900001234"), "as the register had it");
    assert_eq!(phone.app.household(wei).unwrap().place.hamlet, "下韦屯");
    phone.agrees();
    assert_eq!(village.0.lock().unwrap().households[&wei].file().place.hamlet, "下韦屯");
}

#[test]
fn a_household_that_leaves_the_area_is_pushed_before_it_is_forgotten() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let qin = imported(&village, "覃桂花");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    village.0.lock().unwrap().forget.push(wei);
    let report = phone.app.sync().unwrap();
    assert_eq!((report.acked, report.round.households_forgotten), (1, 1));
    assert_eq!(village.0.lock().unwrap().households[&wei].file().profile.phone.as_deref(), Some("13900005678"));
    let held: Vec<HouseholdId> = phone.app.digests().unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(held, [qin]);
}

#[test]
fn a_server_restored_from_yesterday_gets_back_what_it_lost() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    let yesterday = village.0.lock().unwrap().households[&wei].clone();
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    phone.app.sync().unwrap();
    {
        let mut state = village.0.lock().unwrap();
        state.households.insert(wei, yesterday);
        state.epoch = "e2".into();
    }
    phone.app.sync().unwrap();
    assert_eq!(village.0.lock().unwrap().households[&wei].file().profile.phone.as_deref(), Some("13900005678"));
    phone.agrees();
}

#[test]
fn a_restored_phone_writes_its_branch_again_under_a_new_actor() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    let backup = tempfile::tempdir().unwrap();
    for file in ["ruhu.db", "ruhu.db-wal", "vault.json"] {
        let from = phone.dir.path().join(file);
        if from.exists() {
            std::fs::copy(from, backup.path().join(file)).unwrap();
        }
    }
    phone.app.set_fact(wei, "profile/phone", &json!("13900001111")).unwrap();
    phone.app.sync().unwrap();
    let before = phone.app.read(|tx| tx.own_actor()).unwrap();
    drop(phone.app);
    // The phone's disk comes back as it was this morning, and it goes on under the old numbers: written over the files that
    // are there, or they would tell.
    for file in ["ruhu.db", "ruhu.db-wal", "ruhu.db-shm", "vault.json"] {
        let (from, to) = (backup.path().join(file), phone.dir.path().join(file));
        if from.exists() {
            std::fs::copy(from, to).unwrap();
        } else if to.exists() {
            std::fs::remove_file(to).unwrap();
        }
    }
    let app = App::open_with(phone.dir.path(), setup(&village, noon())).unwrap();
    app.unlock(PIN).unwrap();
    assert_eq!(app.read(|tx| tx.own_actor()).unwrap(), before);
    app.set_fact(wei, "place/hamlet", &json!("下韦屯")).unwrap();
    app.set_fact(wei, "place/address", &json!("三号")).unwrap();
    app.sync().unwrap();
    assert_ne!(app.read(|tx| tx.own_actor()).unwrap(), before);
    let file = app.household(wei).unwrap();
    assert_eq!((file.place.hamlet.as_str(), file.place.address.as_str()), ("下韦屯", "三号"));
    assert_eq!(file.profile.phone.as_deref(), Some("13900001111"));
    let phone = Phone { dir: phone.dir, app, village };
    phone.agrees();
}

#[test]
fn a_false_receipt_marks_nothing_as_safe() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    phone
        .app
        .transact(|tx| {
            let mut identity = tx.identity()?.unwrap();
            identity.server_key = hex::encode([3; 32]);
            tx.set_identity(&identity)
        })
        .unwrap();
    let phone = phone.restarted();
    phone.app.set_fact(wei, "profile/phone", &json!("13900005678")).unwrap();
    assert_eq!(phone.app.sync().err().unwrap().kind, Kind::Damaged);
    assert_eq!(phone.app.status().unwrap().waiting_changes, 1);
}

#[test]
fn a_first_round_of_many_households_projects_them_with_the_pack() {
    let village = Village::new();
    for i in 0..40 {
        imported(&village, &format!("韦{}", char::from_u32(0x4e00 + i).unwrap()));
    }
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    let line = phone.app.search(&crate::storage::list::Query { limit: 1, ..Default::default() }).unwrap();
    assert_eq!(line.0, 40);
    assert!(!line.1[0].forms.is_empty(), "forms due come from the pack");
    assert_eq!(line.1[0].grid, GRID);
    let edits = [Edit::new("profile/phone", "13900009999")];
    phone.app.transact(|tx| tx.edit(line.1[0].id, phone.app.author(tx)?, &edits)).unwrap();
    phone.agrees();
}

#[test]
fn what_is_written_while_a_round_is_under_way_is_under_the_actor_it_gave() {
    let village = Village::new();
    let wei = imported(&village, "韦秀英");
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    let before = phone.app.read(|tx| tx.own_actor()).unwrap();
    // One answer of a round has been applied (the server is another than before), the next is on its way.
    let fresh = crate::storage::meta::OwnActor { actor: [8; 16], nonce: [8; 8] };
    phone.app.transact(|tx| tx.add_own_actor(fresh)).unwrap();
    phone.app.set_fact(wei, "place/hamlet", &json!("下韦屯")).unwrap();
    phone.app.add_member(wei, json!({ "name": "韦大伟" }).as_object().unwrap()).unwrap();
    let visit = phone.app.open_visit(wei, Some("screening-ordinary")).unwrap();
    phone.app.finish_visit(&visit, &crate::service::visit::Finish::with(crate::domain::Outcome::Refused)).unwrap();
    let infos = phone.app.read(|tx| tx.need(wei)).unwrap().change_infos();
    let own: Vec<[u8; 16]> = infos.iter().skip(1).map(|c| c.actor).collect();
    assert_eq!(own, [[8; 16]; 3], "none under {before:?}");
}
