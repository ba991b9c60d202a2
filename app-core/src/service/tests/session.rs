use super::village::Trouble;
use super::*;
use crate::error::Kind;
use crate::service::session::Stage;

#[test]
fn li_jianguo_enrols_locks_and_opens_again() {
    let village = Village::new();
    let phone = Phone::enrolled(&village, "K7QF3MXD");
    assert_eq!(phone.app.state().unwrap().stage, Stage::Open);
    phone.app.lock();
    let locked = phone.app.state().unwrap();
    assert_eq!(locked.stage, Stage::Locked);
    assert_eq!(locked.shown.person.unwrap().name, "李建国");
    assert_eq!(phone.app.status().err().unwrap().kind, Kind::Locked);
    assert_eq!(phone.app.unlock("000000").err().unwrap().kind, Kind::Pin);
    assert_eq!(phone.app.state().unwrap().attempts_left, Some(9));
    phone.app.unlock(PIN).unwrap();
    assert_eq!(phone.app.state().unwrap().attempts_left, None);
    assert_eq!(phone.app.status().unwrap().households, 0);
    assert_eq!(phone.app.enrol(&ticket("K7QF3MXD"), PIN, "x").err().unwrap().kind, Kind::Invalid);
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_asked_for_again_with_the_same_keys() {
    let village = Village::new();
    village.ticket("K7QF3MXD");
    let dir = tempfile::tempdir().unwrap();
    for trouble in [Trouble::AnswerLost, Trouble::AnswerTorn] {
        village.trouble(trouble);
        let app = App::open_with(dir.path(), setup(&village, noon())).unwrap();
        let error = app.enrol(&ticket("k7qf-3mxd"), PIN, "手机").err().unwrap();
        assert!(matches!(error.kind, Kind::Offline | Kind::Damaged));
        assert_eq!(app.state().unwrap().stage, Stage::New);
    }
    // The server has the ticket as used by this key: only the same key may ask again.
    let app = App::open_with(dir.path(), setup(&village, noon())).unwrap();
    app.enrol(&ticket("k7qf-3mxd"), PIN, "手机").unwrap();
    assert_eq!(app.state().unwrap().stage, Stage::Open);
}

#[test]
fn an_unknown_or_used_ticket_is_refused_in_the_server_s_words() {
    let village = Village::new();
    let dir = tempfile::tempdir().unwrap();
    let app = App::open_with(dir.path(), setup(&village, noon())).unwrap();
    let error = app.enrol(&ticket("WRONG"), PIN, "手机").err().unwrap();
    assert_eq!((error.kind, error.words.as_str()), (Kind::Refused, "没有这个登记码"));
    Phone::enrolled(&village, "K7QF3MXD");
    assert_eq!(app.enrol(&ticket("K7QF3MXD"), PIN, "手机").err().unwrap().words, "登记码已用过");
    assert_eq!(app.enrol(&ticket("K7QF3MXD"), "12", "手机").err().unwrap().kind, Kind::Invalid);
}
