//! What is far out of the ordinary and happens all the same: one poisoned change, one user with a hundred times the work, clocks
//! that stand in another year, numbers that no paper form ever held, a program of another version.

use app_core::document::Edit;
use app_core::error::Kind;
use app_core::wire;
use ruhu_tests::register::{GRID1, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Phone, Township, answers, settle};
use serde_json::json;

use crate::publish::send;

/// Households of her grid that are asked as ordinary ones here.
const HERS: [&str; 5] = ["LT001", "LT002", "LT003", "LT004", "LT005"];

fn address(n: usize) -> String {
    format!("大榕屯{n}号")
}

#[test]
fn one_poisoned_change_among_a_hundred_good_ones_is_parked_alone() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let theirs = nong.visited(household("LT003"), "screening-ordinary", &answers::ordinary()).visit;
    settle(&township, &[&wei, &nong, &desk]);
    wei.link.cut();
    for n in 0..100 {
        wei.set_fact(household(HERS[n % 5]), "place/address", &json!(address(n))).unwrap();
        if n == 50 {
            poisoned(&wei, &theirs);
        }
    }
    wei.link.mend();
    let report = wei.sync();
    assert_eq!(report.refused, 1, "{:?}", wei.status().unwrap().refused);
    let refused = wei.status().unwrap().refused;
    assert_eq!((refused.len(), refused[0].household), (1, household("LT003")));
    assert!(refused[0].words.chars().count() > 5, "its author is told why");
    settle(&township, &[&nong, &desk]);
    for phone in [&nong, &desk] {
        let addresses: Vec<String> =
            HERS.iter().map(|h| phone.household(household(h)).unwrap().place.address).collect();
        for (at, found) in addresses.iter().enumerate() {
            assert_eq!(*found, address(95 + at), "{}: before and after it, in its household too", phone.name);
        }
        let visit = &phone.household(household("LT003")).unwrap().visits[0];
        assert_eq!(visit.answers["has_risk"].to_json(), json!("no"), "what another finished stands");
    }
    // She goes on working in the same household as in any other.
    wei.set_fact(household("LT003"), "place/address", &json!("大榕屯3号")).unwrap();
    settle(&township, &[&wei, &nong, &desk]);
    assert_eq!(desk.household(household("LT003")).unwrap().place.address, "大榕屯3号");
}

/// A modified phone writes into a visit that another finished.
fn poisoned(phone: &Phone, visit: &str) {
    let edit = Edit::at(["visits", visit, "answers", "has_risk"], "yes");
    let id = household("LT003");
    phone
        .transact(|tx| {
            let author = phone.author(tx)?;
            let mut doc = tx.need(id)?;
            let made = doc.edit(author.actor, author.at, &[edit])?.unwrap();
            tx.log_again(id, &made.hash, &made.bytes, author.at)?;
            tx.save(id, &tx.stored(id)?.unwrap().grid, &doc)
        })
        .unwrap();
}

#[test]
fn one_user_with_a_hundred_times_the_data_holds_up_nobody() {
    let mut township = Township::village();
    let huang = township.phone("黄阿妹", "grid_worker1", &[GRID1]);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    huang.link.cut();
    wei.link.cut();
    wei.visited(household("LT002"), "screening-ordinary", &answers::ordinary());
    for n in 0..1_000 {
        huang.set_fact(household("LT001"), "place/address", &json!(address(n))).unwrap();
    }
    for n in 0..10 {
        wei.set_fact(household("LT002"), "place/address", &json!(address(n))).unwrap();
    }
    assert_eq!((huang.waiting(), wei.waiting()), (1_000, 11));
    huang.link.mend();
    wei.link.mend();
    huang.sync();
    wei.link.take_seen();
    wei.sync();
    let seen: usize = wei.link.take_seen().iter().map(|e| e.up.len()).sum();
    assert!(seen < 16_000, "she pays for her own day: {seen} bytes up");
    settle(&township, &[&huang, &wei, &desk]);
    assert_eq!(desk.household(household("LT001")).unwrap().place.address, address(999));
    assert_eq!(desk.household(household("LT002")).unwrap().place.address, address(9));
    assert_eq!(desk.household(household("LT002")).unwrap().visits.len(), 1);
}

#[test]
fn clocks_a_day_or_a_year_wrong_lose_and_decide_nothing() {
    for wrong in ["2023-06-02T04:00:00Z", "2023-05-31T04:00:00Z", "2024-06-01T04:00:00Z", "2022-06-01T04:00:00Z"] {
        let mut township = Township::village();
        let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
        let nong = township.phone("农小妹", "grid_worker2", &[GRID1]);
        let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
        let mo = household("LT001");
        wei.at(wrong);
        wei.visited(mo, "screening-ordinary", &answers::ordinary());
        wei.set_fact(mo, "profile/phone", &json!("19911110001")).unwrap();
        nong.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
        settle(&township, &[&wei, &nong, &desk]);
        for phone in [&wei, &nong, &desk] {
            let file = phone.household(mo).unwrap();
            assert_eq!(file.visits.len(), 1, "{wrong} {}", phone.name);
            assert_eq!(phone.line(mo).conflicts, 1, "{wrong} {}: a later clock is no better word", phone.name);
        }
        // Whoever decides, whatever his clock says: it stays decided.
        nong.set_fact(mo, "profile/phone", &json!("19911110002")).unwrap();
        settle(&township, &[&wei, &nong, &desk]);
        assert_eq!(desk.household(mo).unwrap().profile.phone.as_deref(), Some("19911110002"), "{wrong}");
        // Put right, the phone goes on.
        wei.at("2023-06-01T06:00:00Z");
        wei.set_fact(mo, "profile/phone", &json!("19911110003")).unwrap();
        settle(&township, &[&wei, &nong, &desk]);
        assert_eq!(nong.household(mo).unwrap().profile.phone.as_deref(), Some("19911110003"), "{wrong}");
    }
}

#[test]
fn counters_past_two_to_the_thirty_first_arrive_as_they_were_said() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let mo = household("LT001");
    let visit = wei.open_visit(mo, Some("screening-priority")).unwrap();
    let sums =
        [("income_net", "2147483648.25"), ("income_claims", "4294967297"), ("spend_medical", "9007199254740993")];
    for (name, sum) in sums {
        wei.said(&visit, name, &json!(sum)).unwrap();
    }
    wei.said(&visit, "workers", &json!(3_000_000_000_i64)).unwrap();
    wei.put_down_visit(&visit).unwrap();
    settle(&township, &[&wei, &desk]);
    let answers = desk.household(mo).unwrap().visits[0].answers.clone();
    for (name, sum) in sums {
        assert_eq!(answers[name].to_json(), json!(sum), "{name}");
    }
    assert_eq!(answers["workers"].to_json(), json!(3_000_000_000_i64));
    // And on her second phone, in the form.
    let second = township.phone_of(&wei.person, "韦秀英");
    second.open_visit(mo, Some("screening-priority")).unwrap();
    let shown = second.visit(&visit, |f| Ok(f.instance().value(f.instance().find("workers").unwrap()).to_owned()));
    assert_eq!(shown.unwrap(), "3000000000");
}

#[test]
fn a_program_of_another_version_is_told_so_and_its_work_stays_with_it() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.link.cut();
    assert_eq!(wei.try_sync().unwrap_err().kind, Kind::Offline);
    wei.link.mend();
    wei.link.take_seen();
    wei.sync();
    let round = wei.link.take_seen().into_iter().find(|e| e.path.ends_with("/sync")).unwrap();
    let fields: std::collections::BTreeMap<String, ciborium::Value> = wire::decode(&round.up, 1 << 20).unwrap();
    let before = sync_server::store::read(township.store(), |r| r.changes_of(household("LT001"))).unwrap().len();
    for (version, word) in [(0_u32, "升级"), (wire::version::CURRENT + 1, "服务器")] {
        let mut other = fields.clone();
        other.insert("v".into(), version.into());
        let (status, body) = send(&township, &wei, "/v1/sync", &wire::encode(&other).unwrap());
        assert!((400..500).contains(&status), "{version}: {status}");
        let said: std::collections::BTreeMap<String, ciborium::Value> = wire::decode(&body, 1 << 20).unwrap();
        let words = said.values().filter_map(ciborium::Value::as_text).collect::<Vec<_>>().join(" ");
        assert!(words.contains(word) && words.contains("保存在本机"), "{version}: {words}");
    }
    let after = sync_server::store::read(township.store(), |r| r.changes_of(household("LT001"))).unwrap().len();
    assert_eq!(before, after);
    settle(&township, &[&wei, &desk]);
}
