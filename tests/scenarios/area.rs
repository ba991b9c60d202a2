//! An area changes while its worker is out: what is on the phone goes up first, then it forgets and grows.

use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Fault, Phone, Township, answers, settle};
use serde_json::json;

#[test]
fn qin_is_moved_to_another_grid_with_work_on_her_phone_and_it_is_taken_under_her_name() {
    let mut township = Township::village();
    let qin = township.phone("覃桂花", "grid_worker1", &[GRID1]);
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let mo = household("LT001");
    qin.link.cut();
    qin.visited(mo, "screening-ordinary", &answers::ordinary());
    qin.set_fact(mo, "profile/phone", &json!("19900000077")).unwrap();
    township.move_person(&qin.person, &[GRID2]);
    qin.link.mend();
    // The answer that tells her so is lost: it is told again, and the work is taken once.
    qin.link.then(Fault::AnswerLost);
    assert!(qin.try_sync().is_err());
    assert!(qin.holds(mo), "nothing is forgotten before the server has it");
    let report = qin.sync();
    assert_eq!(report.refused, 0);
    assert!(!qin.holds(mo) && qin.holds(household("LT006")));
    settle(&township, &[&qin, &wei]);
    let file = wei.household(mo).unwrap();
    assert_eq!(file.visits.len(), 1);
    assert_eq!(file.profile.phone.as_deref(), Some("19900000077"));
    let visits = wei.read(|tx| tx.visits_of(mo)).unwrap();
    assert_eq!((visits[0].collector.as_str(), visits[0].collector_id.as_str()), ("覃桂花", qin.person.as_str()));
    // Attributed by the enrolled owner of the actor, not by what the file says of itself.
    let doc = wei.read(|tx| tx.need(mo)).unwrap();
    let actor = doc.change_infos().last().unwrap().actor;
    let writer = wei.read(|tx| tx.writer(&actor)).unwrap().unwrap();
    assert_eq!(writer.person, qin.person);
}

/// 覃桂花 has begun a form when the office gives her another grid.
fn begun_when_the_grid_left() -> (Township, Phone, String) {
    let mut township = Township::village();
    let mut qin = township.phone("覃桂花", "grid_worker1", &[GRID1]);
    let mo = household("LT001");
    let visit = qin.open_visit(mo, Some("screening-ordinary")).unwrap();
    qin.said(&visit, "has_risk", &json!("no")).unwrap();
    township.move_person(&qin.person, &[GRID2]);
    qin.sync();
    assert!(qin.holds(mo), "a household with an open form stays");
    qin.restart();
    (township, qin, visit)
}

#[test]
fn an_open_form_in_a_grid_that_left_can_still_be_finished_and_then_the_household_is_forgotten() {
    let (mut township, qin, _) = begun_when_the_grid_left();
    let mo = household("LT001");
    let rest = json!({"method": "home", "leaflet_application": "yes", "outreach": ["door"]});
    qin.visited(mo, "screening-ordinary", &rest);
    qin.sync();
    assert!(!qin.holds(mo));
    let clerk = township.phone("农小妹", "data_clerk", &[VILLAGE]);
    assert_eq!(clerk.household(mo).unwrap().visits.len(), 1, "the visit reached the server");
    settle(&township, &[&qin, &clerk]);
}

#[test]
fn a_draft_put_down_in_a_grid_that_left_goes_with_the_household_and_the_next_worker_has_it() {
    let (mut township, qin, visit) = begun_when_the_grid_left();
    let mo = household("LT001");
    qin.put_down_visit(&visit).unwrap();
    qin.sync();
    assert!(!qin.holds(mo), "the file holds the draft: nothing of the household is left behind on her phone");
    let clerk = township.phone("农小妹", "data_clerk", &[VILLAGE]);
    let visits = clerk.household(mo).unwrap().visits;
    assert_eq!((visits.len(), visits[0].finished), (1, false));
    assert_eq!(visits[0].answers["has_risk"], app_core::document::Answer::One("no".into()));
    settle(&township, &[&qin, &clerk]);
}

#[test]
fn the_area_grows_to_the_village_and_shrinks_again() {
    let mut township = Township::village();
    let li = township.phone("李建国", "assistant", &[GRID1]);
    township.move_person(&li.person, &[VILLAGE]);
    let grown = li.sync();
    assert_eq!((grown.round.households_new, li.lines().len()), (5, 10));
    township.move_person(&li.person, &[GRID2]);
    let shrunk = li.sync();
    assert_eq!((shrunk.round.households_new, shrunk.round.households_forgotten), (0, 5));
    settle(&township, &[&li]);
}
