//! What is refused at the door: wrong PINs, tickets, workbooks. A clear message, and nothing changed.

use std::fs;

use app_core::error::Kind;
use ruhu_tests::phone::{Phone, setup};
use ruhu_tests::register::{self, GRID1, id_number};
use ruhu_tests::township::household;
use ruhu_tests::{Township, answers, settle};
use sync_server::ops::people;

#[test]
fn a_wrong_pin_counts_down_and_waits_and_the_work_is_still_there() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    wei.lock();
    assert_eq!(wei.status().unwrap_err().kind, Kind::Locked);
    let said = wei.unlock("000000").unwrap_err();
    assert_eq!(said.kind, Kind::Pin);
    assert!(said.words.contains('9'), "how many attempts are left: {said}");
    assert_eq!(wei.state().unwrap().attempts_left, Some(9));
    wei.unlock(ruhu_tests::phone::PIN).unwrap();
    assert_eq!(wei.waiting(), 1);
    // Ten wrong ones, each after its wait: from then on one attempt an hour, and the work is not lost with the PIN.
    wei.lock();
    let mut at = ruhu_tests::phone::first_of_june();
    for _ in 0..10 {
        at += chrono::Duration::days(1);
        let guessing = app_core::service::App::open_with(wei.dir.path(), setup(at)).unwrap();
        assert!(guessing.unlock("111111").is_err());
        // Too early: not even the right one is tried.
        let early = guessing.state().unwrap().wait;
        assert!(early == 0 || guessing.unlock(ruhu_tests::phone::PIN).is_err());
    }
    let late = app_core::service::App::open_with(wei.dir.path(), setup(at + chrono::Duration::days(9))).unwrap();
    late.unlock(ruhu_tests::phone::PIN).unwrap();
    assert_eq!(late.status().unwrap().waiting_changes, 1, "the unsynced visit is still there");
}

#[test]
fn expired_used_wrong_and_torn_tickets_say_so_and_leave_nothing_behind() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let person = wei.person.clone();
    let used = township.ticket(&person);
    let first = Phone::new("韦秀英", &person, township.link());
    first.enrol(&used).unwrap();
    let second = Phone::new("陌生人", &person, township.link());
    let said = second.enrol(&used).unwrap_err();
    assert_eq!(said.kind, Kind::Refused);
    assert!(said.words.contains("用过") || said.words.contains("使用"), "{said}");

    let old = people::ticket(township.store(), &person, 1, Some("http://127.0.0.1".into()), sync_server::now() - 7200);
    let said = second.enrol(&old.unwrap().code).unwrap_err();
    assert!(said.words.contains("过期"), "{said}");

    let said = second.enrol("AAAAA-BBBBBB-CCCCCC").unwrap_err();
    assert_eq!(said.kind, Kind::Refused, "{said}");
    for torn in ["ruhu:http://127.0.0.1", "ruhu:http://127.0.0.1#", "ruhu:http://127.0.0.1#AAAA.zz.1"] {
        let said = app_core::sync::enrol::Ticket::parse(torn, "").unwrap_err();
        assert!(said.words.contains("不完整"), "{said}");
    }
    assert_eq!(second.state().unwrap().stage, app_core::service::session::Stage::New);
    // The same device takes a good one after all that.
    second.enrol(&township.ticket(&person)).unwrap();
    second.sync();
    settle(&township, &[&wei, &second]);
}

#[test]
fn a_revoked_phone_keeps_its_work_and_is_told() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    let device = wei.identity().unwrap().device.clone();
    people::revoke(township.store(), &device, sync_server::now()).unwrap();
    let said = wei.try_sync().unwrap_err();
    assert_eq!(said.kind, Kind::Refused, "{said}");
    assert_eq!(wei.waiting(), 1);
    assert_eq!(wei.household(household("LT001")).unwrap().visits.len(), 1);
    assert_eq!(wei.status().unwrap().trouble, Some(said.words));
}

#[test]
fn a_workbook_cut_anywhere_is_one_clear_message_and_nothing_is_imported() {
    let township = Township::empty();
    let file = township.dir.path().join("r.xlsx");
    register::write(&file, &register::rows());
    let whole = fs::read(&file).unwrap();
    for share in [0, 1, 10, 40, 70, 90, 99] {
        fs::write(&file, &whole[..whole.len() * share / 100]).unwrap();
        let said = township.read_register(&file).unwrap_err();
        assert!(said.words.contains("打不开") && said.words.contains("重新导出"), "{share} %: {}", said.words);
    }
    assert!(township.households("999999").is_empty());
    fs::write(&file, &whole).unwrap();
    assert_eq!(township.import(&file).founded, 10);
}

#[test]
fn duplicate_heads_and_bad_numbers_are_named_by_cell_and_nothing_is_imported() {
    let township = Township::village();
    let file = township.dir.path().join("more.xlsx");
    let mut rows = register::rows();
    for row in &mut rows {
        row[5] = row[5].replace("LT", "NEW");
        // Other people than those of the village.
        row[8] = id_number(&row[8][6..14], 500 + row[8][14..17].parse::<usize>().unwrap());
    }
    rows[1][9] = "户主".into();
    let mut digits: Vec<char> = rows[4][8].chars().collect();
    digits[16] = if digits[16] == '0' { '1' } else { '0' };
    rows[4][8] = digits.iter().collect();
    rows[7][8] = "99999919".into();
    rows[10][8] = rows[9][8].clone();
    register::write(&file, &rows);
    let found = township.read_register(&file).unwrap();
    let cells: Vec<(&str, &str)> = found.errors.iter().map(|p| (p.cell.as_str(), p.code)).collect();
    for wanted in [("J3", "two_heads"), ("I6", "id_number"), ("I9", "id_number"), ("I12", "id_number_twice")] {
        assert!(cells.contains(&wanted), "{wanted:?} in {cells:?}");
    }
    assert!(found.errors.iter().all(|p| !p.message.contains("999999")), "no number in a message");
    assert!(sync_server::register::import::import(township.store(), found, [0; 32], 0).is_err());
    assert_eq!(township.households("999999").len(), 10, "the village as it was");
    township.assert_sound();
}
