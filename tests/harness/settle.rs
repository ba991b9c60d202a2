//! The ending of every story: everyone syncs twice, and then nothing is pending, every file is the server's file, every
//! projection is the one made anew, and the server finds nothing wrong with itself.

use std::collections::BTreeMap;

use app_core::domain::id::HouseholdId;
use app_core::storage::list::HouseholdLine;
use app_core::storage::visits::VisitLine;
use sync_server::ops::check;
use sync_server::store::Store;

use crate::phone::Phone;
use crate::township::Township;

/// Ends a story.
pub fn settle(township: &Township, phones: &[&Phone]) {
    settle_watched(township, phones, &mut |_| ());
}

/// The same, with someone who looks after each round.
pub fn settle_watched(township: &Township, phones: &[&Phone], look: &mut dyn FnMut(&Phone)) {
    for phone in phones {
        phone.link.mend();
        phone.link.release();
    }
    for _ in 0..2 {
        for phone in phones {
            phone.sync();
            look(phone);
        }
    }
    for phone in phones {
        let idle = phone.sync();
        look(phone);
        assert_eq!((idle.round.changes_up, idle.round.changes_down), (0, 0), "{}: something still moves", phone.name);
        assert_eq!(idle.round.round_trips, 1, "{}", phone.name);
    }
    agree(township.store(), phones);
}

/// The same without a round: what is here is what the server has.
pub fn agree(store: &dyn Store, phones: &[&Phone]) {
    let checked = check::check(store).unwrap();
    assert_eq!(checked.problems, Vec::<String>::new());
    let theirs = check::digest(store).unwrap();
    for phone in phones {
        let status = phone.status().unwrap();
        assert_eq!((status.waiting_changes, status.waiting.len()), (0, 0), "{}: something waits", phone.name);
        assert_eq!(status.trouble, None, "{}", phone.name);
        let mine = phone.digests().unwrap();
        for (id, digest) in &mine {
            let same = theirs.get(&id.to_string()) == Some(digest);
            assert!(same, "{}: household {id}: {}", phone.name, difference(store, phone, *id));
        }
        let scope = phone.person().unwrap().scope;
        let mut wanted: Vec<HouseholdId> = Vec::new();
        for area in &scope {
            let all = sync_server::store::read(store, |r| r.households_in(area, None, 1_000_000)).unwrap();
            wanted.extend(all.into_iter().map(|(id, ..)| id));
        }
        let mut held: Vec<HouseholdId> = mine.into_iter().map(|(id, _)| id).collect();
        wanted.sort();
        held.sort();
        if let Some(id) = held.iter().find(|id| !wanted.contains(id)) {
            panic!("{}: household {id} is not of its area: {}", phone.name, difference(store, phone, *id));
        }
        if let Some(id) = wanted.iter().find(|id| !held.contains(id)) {
            panic!("{}: household {id} of its area is not here", phone.name);
        }
        projection_is_the_files(phone);
    }
}

/// Which changes only one side has.
fn difference(store: &dyn Store, phone: &Phone, id: HouseholdId) -> String {
    let mine = phone.read(|tx| tx.need(id)).unwrap().change_infos();
    let log = sync_server::store::read(store, |r| r.changes_of(id)).unwrap();
    let short = |bytes: &[u8]| bytes.iter().take(4).map(|b| format!("{b:02x}")).collect::<String>();
    let here: Vec<String> = mine
        .iter()
        .filter(|c| !log.iter().any(|l| l.hash == c.hash))
        .map(|c| format!("{} of {} number {}", short(&c.hash), short(&c.actor), c.seq))
        .collect();
    let there: Vec<String> = log
        .iter()
        .filter(|l| !mine.iter().any(|c| c.hash == l.hash))
        .map(|l| format!("{} of {}", short(&l.hash), short(&l.actor)))
        .collect();
    let own: Vec<String> = phone.read(|tx| tx.own_actors()).unwrap().iter().map(|a| short(a)).collect();
    let refused: Vec<String> = phone
        .status()
        .unwrap()
        .refused
        .iter()
        .filter(|r| r.household == id)
        .map(|r| format!("{} {}", short(&r.hash), r.why))
        .collect();
    let unit = sync_server::store::read(store, |r| Ok(r.place(id)?.map(|p| p.unit))).unwrap();
    let scope = phone.person().unwrap().scope;
    let leaving = phone.read(|tx| tx.leaving()).unwrap().contains(&id);
    format!(
        "of {}, only here: {here:?}; only on the server: {there:?}; this device writes as {own:?}; refused {refused:?}; \
         grid {unit:?}, area {scope:?}, leaving {leaving}",
        mine.len()
    )
}

/// The projection stays the same when it is dropped and made again.
pub fn projection_is_the_files(phone: &Phone) {
    let before = projected(phone);
    phone.rebuild().unwrap();
    assert!(projected(phone) == before, "{}: the projection was not that of the files", phone.name);
}

/// Everything lists are made from.
fn projected(phone: &Phone) -> (BTreeMap<HouseholdId, HouseholdLine>, BTreeMap<HouseholdId, Vec<VisitLine>>) {
    let lines: BTreeMap<_, _> = phone.lines().into_iter().map(|l| (l.id, l)).collect();
    let visits =
        phone.read(|tx| lines.keys().map(|id| Ok((*id, tx.visits_of(*id)?))).collect::<Result<_, _>>()).unwrap();
    (lines, visits)
}
