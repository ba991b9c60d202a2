//! Pushes and pulls: exactly once, bounded, judged, and the same on both sides in the end.

use app_core::document::Edit;

use crate::office::Office;

const GRID: &str = "999999101201-01";
const VILLAGE: &str = "999999101201";

#[test]
fn two_phones_and_the_station_agree_after_a_day_without_signal() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker2", &[GRID]);
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    for phone in [&mut wei, &mut li, &mut station] {
        phone.sync();
    }
    let household = *wei.docs.keys().next().unwrap();
    wei.visit(household, "家中两位老人");
    wei.set_phone(household, "19911111111");
    li.set_phone(household, "19922222222");
    let up = wei.sync();
    assert_eq!((up.rounds, up.whole, up.changes), (1, 0, 0));
    li.sync();
    station.sync();
    wei.sync();
    assert_eq!(wei.docs[&household].conflicts().len(), 1);
    for phone in [&mut wei, &mut li, &mut station] {
        office.assert_agrees_with(phone);
    }
    let who: Vec<&str> = station.names.iter().map(|n| n.name.as_str()).collect();
    assert!(who.contains(&"韦秀英") && who.contains(&"李建国"), "{who:?}");
}

#[test]
fn a_push_whose_answer_was_lost_is_taken_once() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let household = *wei.docs.keys().next().unwrap();
    wei.visit(household, "第一次");
    let request = wei.request();
    let before = sync_server::store::read(&*office.store, |r| r.last_seq()).unwrap();
    let first = wei.send(&request).unwrap().0;
    let second = wei.send(&request).unwrap().0;
    let after = sync_server::store::read(&*office.store, |r| r.last_seq()).unwrap();
    assert_eq!(after, before + 1);
    assert_eq!(first.acks.len(), 1);
    assert_eq!(first.acks[0].heads, second.acks[0].heads);
    assert!(second.refused.is_empty());
    office.assert_agrees_with(&mut wei);
}

#[test]
fn lean_changes_are_made_whole_though_others_wrote_in_between() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker2", &[GRID]);
    wei.sync();
    li.sync();
    let household = *wei.docs.keys().next().unwrap();
    li.set_phone(household, "19922222222");
    li.sync();
    li.set_phone(household, "19922222223");
    li.sync();
    // what her changes rest on is no head of the server's any more
    wei.visit(household, "第一次");
    wei.visit(household, "第二次");
    let request = wei.request();
    let (_, lean, _) = wei.send(&request).unwrap();
    let (_, whole, _) = wei.send_whole(&request).unwrap();
    assert!(lean + 60 < whole, "{lean} {whole}");
    office.assert_agrees_with(&mut wei);
    // one that the server lacks: it says so, and takes the changes whole
    let mut gap = wei.request();
    wei.visit(household, "第三次");
    wei.visit(household, "第四次");
    let all = wei.request();
    gap.push = all.push.clone();
    gap.push[0].changes.remove(0);
    app_core::wire::sign::sign_push(&mut gap, &wei.secret).unwrap();
    let mut gap_lean = gap.clone();
    let own = app_core::wire::lean::Own { actor: wei.actor, words: &[] };
    app_core::wire::lean::make_lean(&mut gap_lean, &own);
    assert_eq!(wei.send_whole(&gap_lean).unwrap_err(), (409, "whole".to_owned()));
    let (answer, _, _) = wei.send(&gap).unwrap();
    assert_eq!(answer.lacking.len(), 1);
    wei.sync();
    office.assert_agrees_with(&mut wei);
}

#[test]
fn nothing_to_do_costs_one_small_round() {
    let office = Office::with_households(120);
    let mut wei = office.phone("韦秀英", "village_committee", &[VILLAGE]);
    wei.sync();
    let idle = wei.sync();
    assert_eq!(idle.rounds, 1);
    assert!(idle.bytes_up < 150 && idle.bytes_down < 150, "{idle:?}");
}

#[test]
fn the_first_sync_of_300_households_is_small() {
    let office = Office::with_households(300);
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    let bare = station.sync();
    assert_eq!((bare.rounds, bare.whole), (1, 300));
    let ids: Vec<_> = station.docs.keys().copied().collect();
    for (n, id) in ids.iter().enumerate() {
        station.visit(*id, ["一切正常", "家中两位老人，子女在外务工", "已告知政策"][n % 3]);
    }
    let pushed = station.sync();
    assert_eq!(pushed.rounds, 1);
    let mut committee = office.phone("纪委", "discipline", &["999999101"]);
    let first = committee.sync();
    assert_eq!(first.whole, 300);
    assert!(first.rounds <= 2 && first.bytes_down <= 100_000, "{first:?}");
    eprintln!("300 households, bare: {bare:?}; their visits up: {pushed:?}; with a visit each: {first:?}");
}

#[test]
fn a_narrow_answer_is_bounded_and_goes_on_where_it_stopped() {
    let office = Office::with_households(240);
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    station.limit = 4096;
    let mut rounds = 0;
    loop {
        let (answer, synced) = station.round().unwrap();
        rounds += 1;
        assert!(synced.bytes_down <= 4096 || synced.whole <= 1, "{synced:?}");
        // The connection broke and the phone was started again: only the cursor counts.
        if !answer.more {
            break;
        }
    }
    assert!(rounds > 5, "{rounds}");
    assert_eq!(station.docs.len(), office.households("999999").len());
    office.assert_agrees_with(&mut station);
}

#[test]
fn what_changes_behind_the_back_of_a_slow_first_sync_arrives_too() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "village_committee", &[VILLAGE]);
    wei.sync();
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    station.limit = 4096;
    while station.round().unwrap().0.more {
        // Between two rounds of the station the village works on, in front of and behind its cursor.
        let ids: Vec<_> = wei.docs.keys().copied().collect();
        let household = ids[station.docs.len() % ids.len()];
        wei.visit(household, "排查");
        wei.sync();
    }
    office.assert_agrees_with(&mut station);
    office.assert_agrees_with(&mut wei);
    assert_eq!(station.docs.len(), office.households("999999").len());
}

#[test]
fn a_household_on_no_list_reaches_the_colleague() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker2", &[GRID]);
    wei.sync();
    li.sync();
    let household = wei.found(GRID);
    wei.visit(household, "新迁入");
    wei.sync();
    assert!(wei.refused.is_empty(), "{:?}", wei.refused);
    let got = li.sync();
    assert_eq!(got.whole, 1);
    assert_eq!(li.docs[&household].digest(), wei.docs[&household].digest());
    office.assert_agrees_with(&mut wei);
    office.assert_agrees_with(&mut li);
}

#[test]
fn one_forbidden_change_is_parked_and_the_rest_goes_in() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let ids: Vec<_> = wei.docs.keys().copied().collect();
    wei.visit(ids[0], "正常");
    // A grid worker lifts a household out of monitoring: not hers to decide.
    wei.edit(ids[1], &[Edit::at(["profile", "cleared"], true)]);
    wei.sync();
    assert_eq!(wei.refused.len(), 1);
    assert_eq!(wei.refused[0].why, "permit");
    assert!(!wei.refused[0].words.is_empty());
    let change = wei.refused[0].change.clone();
    let hash: [u8; 32] = change.as_slice().try_into().unwrap();
    let kept =
        sync_server::store::read(&*office.store, |r| Ok((r.is_parked(ids[1], &hash)?, r.has_change(ids[1], &hash)?)))
            .unwrap();
    assert_eq!(kept, (true, false));
    office.assert_sound();
}

#[test]
fn nobody_writes_into_anothers_visit_or_in_anothers_name() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker2", &[GRID]);
    wei.sync();
    let household = *wei.docs.keys().next().unwrap();
    let visit = wei.visit(household, "一切正常");
    wei.sync();
    li.sync();
    li.edit(household, &[Edit::at(["visits", visit.as_str(), "answers", "remarks"], "改过")]);
    li.sync();
    assert_eq!(li.refused[0].why, "not_yours");
    // The same under Wei's actor: it is not Li's device that writes so.
    let mut forger = office.phone("覃桂花", "grid_worker1", &[GRID]);
    forger.sync();
    forger.actor = wei.actor;
    forger.set_phone(household, "19933333333");
    forger.sync();
    assert_eq!(forger.refused[0].why, "author");
    office.assert_agrees_with(&mut wei);
}

#[test]
fn what_rests_on_a_change_that_never_came_is_asked_for_and_then_taken() {
    let office = Office::with_households(240);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let household = *wei.docs.keys().next().unwrap();
    wei.set_phone(household, "19911111111");
    let first = wei.outbox.remove(0);
    wei.set_phone(household, "19922222222");
    let (answer, _) = wei.round().unwrap();
    assert_eq!(answer.lacking.len(), 1);
    assert!(answer.refused.is_empty() && answer.acks.is_empty());
    // The phone offers everything it has of the household, the first change with it.
    drop(first);
    wei.sync();
    assert!(wei.refused.is_empty());
    office.assert_agrees_with(&mut wei);
}

#[test]
fn eight_phones_at_once_in_one_grid_agree_in_the_end() {
    let office = Office::with_households(120);
    let mut phones: Vec<_> = (0..8).map(|n| office.phone(&format!("网格员{n}"), "grid_worker1", &[GRID])).collect();
    std::thread::scope(|all| {
        for (n, phone) in phones.iter_mut().enumerate() {
            all.spawn(move || {
                phone.sync();
                let ids: Vec<_> = phone.docs.keys().copied().collect();
                for i in 0..10 {
                    let household = ids[i % ids.len()];
                    phone.visit(household, "排查");
                    phone.set_phone(household, &format!("1991000{n:02}{i:02}"));
                    phone.sync();
                }
            });
        }
    });
    for phone in &mut phones {
        office.assert_agrees_with(phone);
    }
    let visits: usize = phones[0].docs.values().map(|d| d.file().visits.len()).sum();
    assert_eq!(visits, 80);
}

#[test]
fn a_phone_writes_under_a_new_actor_once_it_has_said_so() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    let mut li = office.phone("李建国", "grid_worker1", &[GRID]);
    wei.sync();
    li.sync();
    let household = *wei.docs.keys().next().unwrap();
    let nonce = crate::phone::random::<8>();
    let fresh = app_core::wire::sign::actor_of(&app_core::wire::sign::public_key(&wei.secret), &nonce);
    (wei.actor, li.actor) = (fresh, fresh);
    wei.set_phone(household, "19911111111");
    let mut request = wei.request();
    request.actors = vec![serde_bytes::ByteBuf::from(nonce)];
    assert_eq!(wei.send(&request).unwrap().0.acks.len(), 1);
    // The same nonce from another phone names another actor; the round goes on.
    let mut request = li.request();
    request.actors = vec![serde_bytes::ByteBuf::from(nonce)];
    li.send(&request).unwrap();
    office.assert_agrees_with(&mut wei);
    li.sync();
    assert_eq!(li.names.iter().find(|n| n.actor.as_slice() == fresh).unwrap().name, "韦秀英");
}

#[test]
fn a_phone_put_back_to_yesterday_is_told_that_its_numbers_are_taken() {
    let office = Office::with_households(60);
    let mut wei = office.phone("韦秀英", "grid_worker1", &[GRID]);
    wei.sync();
    let household = *wei.docs.keys().next().unwrap();
    let yesterday = wei.docs[&household].clone();
    wei.set_phone(household, "19911111111");
    wei.sync();
    let today = wei.docs.insert(household, yesterday).unwrap();
    wei.set_phone(household, "19922222222");
    wei.sync();
    assert_eq!(wei.refused[0].why, "duplicate");
    // Its branch gives way; the file of both is the one that was here first.
    wei.docs.insert(household, today);
    office.assert_agrees_with(&mut wei);
    assert_eq!(wei.phone_of(household).as_deref(), Some("19911111111"));
}

#[test]
fn a_register_imported_under_a_desk_that_was_there_first_arrives_bounded() {
    let office = Office::empty();
    let mut station = office.phone("乡村振兴站", "township_station", &["999999101"]);
    assert_eq!(station.sync().whole, 0);
    office.import_demo(240);
    station.limit = 4096;
    let mut rounds = 0;
    loop {
        let (answer, synced) = station.round().unwrap();
        rounds += 1;
        assert!(synced.bytes_down <= 4096 || synced.whole <= 1, "{synced:?}");
        assert!(rounds == 1 || answer.person.is_none());
        if !answer.more {
            break;
        }
    }
    assert!(rounds > 5, "{rounds}");
    assert_eq!(station.docs.len(), 240);
    office.assert_agrees_with(&mut station);
}
