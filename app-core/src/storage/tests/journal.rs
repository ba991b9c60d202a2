use serde_json::json;

use super::*;
use crate::storage::journal::{Entry, EntryKind, JournalState, OpenVisit};

fn open(household: HouseholdId) -> OpenVisit {
    OpenVisit {
        visit: "v00000000001".into(),
        household,
        form: "screening-ordinary".into(),
        form_version: "1".into(),
        pack: "00".into(),
        state: JournalState::Open,
        opened_at: 1,
        touched_at: 1,
        privacy_at: None,
        more: json!({}),
    }
}

fn entry(path: &str, value: serde_json::Value, at: i64) -> Entry {
    Entry { path: path.into(), value, kind: EntryKind::Answer, at }
}

#[test]
fn answers_are_there_after_a_restart_and_gone_once_the_visit_is_in_the_file() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    let visit = open(wei);
    phone.do_(|tx| tx.write_visit(&visit));
    phone.do_(|tx| tx.write_entry(&visit.visit, &entry("/has_risk", json!("no"), 2)));
    phone.do_(|tx| tx.write_entry(&visit.visit, &entry("/has_risk", json!("yes"), 3)));
    phone.do_(|tx| tx.write_entry(&visit.visit, &entry("/risks", json!(["illness"]), 4)));
    let Phone { dir, key, store, lens } = phone;
    drop(store);
    let mut phone = Phone { store: Store::open(dir.path(), &key).unwrap(), dir, key, lens };
    let entries = phone.do_(|tx| tx.entries(&visit.visit));
    assert_eq!(entries, [entry("/has_risk", json!("yes"), 3), entry("/risks", json!(["illness"]), 4)]);
    assert_eq!(phone.do_(|tx| tx.answered(&visit.visit)), 2);
    assert_eq!(phone.do_(|tx| tx.open_visits(Some(wei)))[0].touched_at, 4);
    assert!(phone.do_(|tx| tx.line(wei)).unwrap().draft);
    phone.do_(|tx| tx.close_visit(&visit.visit));
    assert!(phone.do_(|tx| tx.entries(&visit.visit)).is_empty());
    assert!(!phone.do_(|tx| tx.line(wei)).unwrap().draft);
}

#[test]
fn an_answer_to_a_visit_that_is_not_open_is_refused() {
    let mut phone = Phone::new();
    let error = phone.store.transact(&phone.lens, |tx| tx.write_entry("v9", &entry("/x", json!(1), 1))).err().unwrap();
    assert_eq!(error.kind, crate::error::Kind::Invalid);
}

#[test]
fn a_household_with_an_open_visit_or_unpushed_changes_is_not_forgotten() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    assert!(!phone.do_(|tx| tx.forget(wei)), "its founding is only here");
    let hash = phone.do_(|tx| tx.pending(9, 1 << 20, &[]))[0].hash;
    phone.do_(|tx| tx.settle_acked(&hash, 5));
    phone.do_(|tx| tx.write_visit(&open(wei)));
    assert!(!phone.do_(|tx| tx.forget(wei)), "a visit is open");
    phone.do_(|tx| tx.close_visit("v00000000001"));
    assert!(phone.do_(|tx| tx.forget(wei)));
    assert!(phone.do_(|tx| tx.stored(wei)).is_none() && phone.do_(|tx| tx.line(wei)).is_none());
}
