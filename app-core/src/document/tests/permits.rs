//! The gate with the permits of titles as its judge.

use super::people::*;
use crate::approvals::{Permits, RefusedWhy, Writer};
use crate::document::{Admitted, Edit, HouseholdDoc, Refused, judge_by_permits};
use crate::domain::Title;

fn permits() -> Permits {
    Permits::from_rows([
        ("grid_worker1", vec!["read", "visit", "correct"]),
        ("data_clerk", vec!["read", "visit", "correct", "list", "clean", "import"]),
        ("discipline", vec!["read", "spot_check"]),
    ])
}

fn push(doc: &mut HouseholdDoc, bytes: &[u8], title: Title, person: &str) -> Result<Admitted, Refused> {
    let permits = permits();
    let writer = Writer { title, person, in_scope: true };
    doc.admit(bytes, None, &mut judge_by_permits(&permits, &writer))
}

#[test]
fn a_visit_is_its_collectors_alone() {
    let (mut wei, mut server) = (imported(), imported());
    let visit = [
        Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-wei"),
        Edit::new("visits/vvvvvvvvvvvv/state", "finished"),
        Edit::new("visits/vvvvvvvvvvvv/answers/has_risk", "no"),
        Edit::new("profile/phone", "10000000002"),
    ];
    let made = edit(&mut wei, WEI, &visit);
    // 李建国 cannot hand it in as his, nor can a title without the permit
    let why = |r: Result<Admitted, Refused>| r.unwrap_err().why;
    assert_eq!(why(push(&mut server, &made.bytes, Title::GridWorker1, "p-li")), RefusedWhy::NotYours);
    assert_eq!(why(push(&mut server, &made.bytes, Title::Discipline, "p-wei")), RefusedWhy::Permit);
    push(&mut server, &made.bytes, Title::GridWorker1, "p-wei").unwrap();
    // 李建国 holds the file and changes her answer, or makes the visit his own
    for edits in [
        Edit::new("visits/vvvvvvvvvvvv/answers/has_risk", "yes"),
        Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-li"),
    ] {
        let mut li = HouseholdDoc::load(&server.snapshot()).unwrap();
        let theirs = edit(&mut li, LI, &[edits]);
        assert_eq!(why(push(&mut server, &theirs.bytes, Title::GridWorker1, "p-li")), RefusedWhy::NotYours);
    }
    // she corrects it herself after a return
    let again = edit(&mut wei, WEI, &[Edit::new("visits/vvvvvvvvvvvv/answers/has_risk", "yes")]);
    push(&mut server, &again.bytes, Title::GridWorker1, "p-wei").unwrap();
    assert_eq!(server.digest(), wei.digest());
}

#[test]
fn standing_is_nobodys_to_edit_even_buried() {
    let mut server = imported();
    for path in ["profile/base", "profile/monitored_kind", "profile/registered_risks/illness", "profile/safety_net"] {
        let mut wei = imported();
        let written = edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002"), Edit::new(path, "x")]);
        for title in [Title::GridWorker1, Title::DataClerk] {
            assert_eq!(push(&mut server, &written.bytes, title, "p-wei").unwrap_err().why, RefusedWhy::Permit);
        }
    }
    assert_eq!(server.digest(), imported().digest());
}

#[test]
fn a_household_found_on_the_spot_is_an_ordinary_one() {
    let mut found = founding();
    found.facts.profile.base = Some(crate::domain::Base::Ordinary);
    let id = crate::domain::id::new_household();
    let plain = HouseholdDoc::found(id, &found, QIN, MAY_16).unwrap();
    let mut server = HouseholdDoc::unfounded(id);
    push(&mut server, &plain.changes()[0].bytes, Title::GridWorker1, "p-qin").unwrap();
    found.facts.profile.monitored_kind = Some(crate::domain::MonitoredKind::Marginal);
    let id = crate::domain::id::new_household();
    let monitored = HouseholdDoc::found(id, &found, QIN, MAY_16).unwrap();
    let mut server = HouseholdDoc::unfounded(id);
    let bytes = &monitored.changes()[0].bytes;
    assert_eq!(push(&mut server, bytes, Title::GridWorker1, "p-qin").unwrap_err().why, RefusedWhy::Permit);
    push(&mut server, bytes, Title::DataClerk, "p-clerk").unwrap();
}
