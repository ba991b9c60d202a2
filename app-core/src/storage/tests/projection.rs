use super::*;
use crate::document::{Edit, HouseholdDoc};
use crate::storage::schema::PROJECTION;

fn dump(phone: &Phone) -> Vec<(&'static str, Vec<String>)> {
    PROJECTION.iter().map(|t| (*t, phone.store.dump(t))).collect()
}

fn visit(id: &str, outcome: &str, answers: &[(&str, &str)]) -> Vec<Edit> {
    let fixed = [
        ("form", "screening-ordinary"),
        ("state", "finished"),
        ("outcome", outcome),
        ("finished_at", "2023-05-28T10:20:00+08:00"),
        ("collector_id", "p-li"),
        ("collector", "李建国"),
    ];
    let fields = fixed.iter().map(|(k, v)| Edit::at(["visits", id, k], *v));
    let answers = answers.iter().map(|(q, v)| match *v {
        "✓" => Edit::new(&format!("visits/{id}/answers/{q}"), true),
        v => Edit::new(&format!("visits/{id}/answers/{q}"), v),
    });
    fields.chain(answers).collect()
}

#[test]
fn rebuilding_gives_the_same_tables_to_the_letter() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", "999999196503070029"), &[("韦小明", ""), ("韦小红", "")], "上韦屯");
    let qin = phone.household(("覃桂花", ""), &[], "下覃屯");
    phone.do_(|tx| {
        tx.edit(wei, LI, &[Edit::new("profile/phone", "13900005678"), Edit::new("members/m00000000002/removed", true)])
    });
    phone.do_(|tx| {
        tx.edit(
            wei,
            LI,
            &visit("v1", "done", &[("has_risk", "yes"), ("risks/illness", "✓"), ("leaflet_application", "yes")]),
        )
    });
    phone.do_(|tx| tx.edit(qin, LI, &visit("v2", "nobody_home", &[])));
    let grown = dump(&phone);
    assert!(grown.iter().all(|(_, rows)| !rows.is_empty()), "every projected table holds something");
    assert_eq!(phone.do_(|tx| tx.rebuild()), 2);
    assert_eq!(dump(&phone), grown);
}

#[test]
fn a_visit_that_finds_illness_moves_the_household_to_the_priority_list() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[("韦小明", "")], "上韦屯");
    let before = phone.do_(|tx| tx.line(wei)).unwrap();
    assert_eq!((before.list.as_str(), before.progress.as_str(), before.population), ("ordinary", "left", 2));
    phone.do_(|tx| tx.edit(wei, LI, &visit("v1", "done", &[("has_risk", "yes"), ("risks/illness", "✓")])));
    let after = phone.do_(|tx| tx.line(wei)).unwrap();
    assert_eq!((after.list.as_str(), after.progress.as_str()), ("priority", "partly"));
    assert_eq!(after.risks, ["illness"]);
    assert!(after.at_risk && after.unsynced);
    assert_eq!(after.last_visit, "2023-05-28");
    assert!(after.forms.iter().any(|f| f.slug == "screening-priority" && !f.done), "{:?}", after.forms);
}

#[test]
fn nobody_home_is_an_attempt_not_a_visit_done() {
    let mut phone = Phone::new();
    let qin = phone.household(("覃桂花", ""), &[], "下覃屯");
    phone.do_(|tx| tx.edit(qin, LI, &visit("v1", "nobody_home", &[("try", "")])));
    let line = phone.do_(|tx| tx.line(qin)).unwrap();
    assert_eq!((line.progress.as_str(), line.outcome.as_str()), ("attempted", "nobody_home"));
}

#[test]
fn a_worker_may_not_write_what_is_decided_elsewhere_nor_another_s_visit() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    phone.do_(|tx| tx.edit(wei, LI, &visit("v1", "done", &[])));
    let before = phone.do_(|tx| tx.stored(wei)).unwrap();
    let other = Person { id: "p-qin".into(), name: "覃志强".into(), ..li() };
    for edit in [Edit::new("profile/cleared", true), Edit::new("profile/base", "lifted")] {
        let error = phone.store.transact(&phone.lens, |tx| tx.edit(wei, LI, &[edit])).err().unwrap();
        assert_eq!(error.kind, crate::error::Kind::Refused);
    }
    phone.do_(|tx| tx.set_person(&other));
    let theirs = [Edit::new("visits/v1/answers/has_risk", "no")];
    assert_eq!(
        phone.store.transact(&phone.lens, |tx| tx.edit(wei, LI, &theirs)).err().unwrap().kind,
        crate::error::Kind::Refused
    );
    assert_eq!(phone.do_(|tx| tx.stored(wei)).unwrap(), before);
}

#[test]
fn what_is_stored_is_the_file_and_survives_a_restart_under_the_same_key() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    let digest = phone.do_(|tx| tx.need(wei)).digest();
    let Phone { dir, key, store, lens } = phone;
    drop(store);
    let raw = std::fs::read(dir.path().join("ruhu.db")).unwrap();
    assert!(!raw.windows(6).any(|w| w == "韦秀".as_bytes()), "the name must not stand in the file");
    assert!(!raw.starts_with(b"SQLite format 3"));
    assert_eq!(Store::open(dir.path(), &Key::random().unwrap()).err().unwrap().kind, crate::error::Kind::Damaged);
    let mut store = Store::open(dir.path(), &key).unwrap();
    let stored = store.read(&lens, |tx| tx.stored(wei)).unwrap().unwrap();
    assert_eq!(HouseholdDoc::load(&stored.snapshot).unwrap().digest(), digest);
    assert!(store.check().unwrap());
}

/// A county publishes other words for why a form is due, and drops one form for ordinary households.
fn republished() -> std::sync::Arc<crate::policy::Pack> {
    let mut files = pack_files();
    let rules = String::from_utf8(files.remove("rules.csv").unwrap()).unwrap();
    let (dropped, kept): (Vec<&str>, Vec<&str>) = rules.lines().partition(|l| l.contains("form screening-priority"));
    assert!(!dropped.is_empty(), "the pack has rows for the priority form");
    let kept = kept.join("\n").replace("一般农户", "普通农户") + "\n";
    assert_ne!(kept.len(), rules.len());
    files.insert("rules.csv".into(), kept.into_bytes());
    std::sync::Arc::new(crate::policy::Pack::from_files(files).unwrap())
}

#[test]
fn after_another_pack_the_rows_are_judged_again_as_if_made_anew() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", "999999196503070029"), &[("韦小明", "")], "上韦屯");
    let qin = phone.household(("覃桂花", ""), &[], "下覃屯");
    phone.do_(|tx| tx.edit(wei, LI, &visit("v1", "done", &[("has_risk", "yes"), ("risks/illness", "✓")])));
    phone.do_(|tx| tx.edit(qin, LI, &visit("v2", "done", &[("has_risk", "no")])));
    phone.do_(|tx| tx.rebuild());
    let before = dump(&phone);
    phone.lens.pack = Some(republished());
    assert!(!phone.do_(|tx| tx.is_current()));
    assert_eq!(phone.do_(|tx| tx.refresh()), 2);
    assert!(phone.do_(|tx| tx.is_current()));
    let refreshed = dump(&phone);
    assert_ne!(refreshed, before);
    assert!(phone.do_(|tx| tx.line(wei)).unwrap().forms.iter().all(|f| f.slug != "screening-priority"));
    phone.do_(|tx| tx.rebuild());
    assert_eq!(dump(&phone), refreshed);
}

#[test]
fn a_campaign_that_begins_on_another_day_projects_everything_anew() {
    let mut phone = Phone::new();
    let wei = phone.household(("韦秀英", ""), &[], "上韦屯");
    phone.do_(|tx| tx.edit(wei, LI, &visit("v1", "done", &[("has_risk", "no")])));
    phone.do_(|tx| tx.rebuild());
    assert_ne!(phone.do_(|tx| tx.line(wei)).unwrap().last_visit, "");
    let mut files = pack_files();
    let phases = String::from_utf8(files["phases.csv"].clone()).unwrap();
    files.insert("phases.csv".into(), phases.replace("2023-", "2024-").into_bytes());
    phone.lens.pack = Some(std::sync::Arc::new(crate::policy::Pack::from_files(files).unwrap()));
    phone.do_(|tx| tx.refresh());
    // The visit was of the campaign before.
    assert_eq!(phone.do_(|tx| tx.line(wei)).unwrap().last_visit, "");
}
