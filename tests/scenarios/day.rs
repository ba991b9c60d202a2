//! One day: two workers, two phones, no signal; the five forms; the evening's rounds; the desk.

use ruhu_tests::register::{GRID1, GRID2, VILLAGE};
use ruhu_tests::township::household;
use ruhu_tests::{Township, answers, settle};

#[test]
fn wei_and_li_visit_without_signal_on_all_five_forms_and_the_desk_agrees() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    assert_eq!((wei.lines().len(), li.lines().len(), desk.lines().len()), (5, 5, 10));
    wei.link.cut();
    li.link.cut();

    // 第1网格: an ordinary household without a risk, 脱贫户, 监测对象, 已消除, and one on the priority list.
    let (mo, huang, nong, pan, luo) =
        (household("LT001"), household("LT002"), household("LT003"), household("LT004"), household("LT005"));
    assert!(wei.visited(mo, "screening-ordinary", &answers::ordinary()).next.is_none());
    wei.visited(huang, "screening-lifted", &answers::lifted());
    wei.visited(nong, "screening-monitored", &answers::monitored());
    wei.visited(pan, "screening-lifted", &answers::cleared());
    wei.visited(luo, "screening-priority", &answers::priority_first());

    // 第2网格: an ordinary household escalates; another is not at home.
    let (lan, liao) = (household("LT006"), household("LT007"));
    let found = li.visited(lan, "screening-ordinary", &answers::ordinary_at_risk());
    assert_eq!(found.next.unwrap().slug, "screening-priority");
    li.visited(lan, "screening-priority", &answers::priority());
    let judged = li.line(lan);
    assert!(judged.at_risk);
    assert_eq!(
        (judged.suggestion.as_str(), judged.list.as_str()),
        ("enrol", "priority"),
        "a risk found puts it on the priority list"
    );
    li.visited(lan, "living-conditions", &answers::living());
    li.visited(liao, "screening-ordinary", &answers::nobody_home());
    assert_eq!(li.line(liao).progress, "attempted");

    // Without signal nothing is lost and the words say so.
    let said = wei.try_sync().unwrap_err();
    assert!(said.words.contains("都已保存"), "{said}");
    assert_eq!((wei.waiting(), li.waiting()), (5, 4));
    assert!(wei.line(mo).unsynced);

    wei.link.mend();
    li.link.mend();
    let evening = wei.sync();
    assert_eq!((evening.round.round_trips, evening.acked, evening.refused), (1, 5, 0));
    li.sync();
    settle(&township, &[&wei, &li, &desk]);
    assert_eq!(desk.line(lan).suggestion, "enrol");
    assert_eq!(desk.read(|tx| tx.visits_of(lan)).unwrap().len(), 3);
    assert!(!wei.holds(lan) && !li.holds(mo));
}

#[test]
fn a_household_on_no_list_is_added_and_visited_without_signal_and_reaches_the_colleague() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let colleague = township.phone("莫小妹", "grid_worker2", &[GRID1]);
    wei.link.cut();
    let new = app_core::service::households::NewHousehold {
        head_name: "陆大壮".into(),
        head_id_number: ruhu_tests::register::id_number("19650705", 901),
        grid: GRID1.into(),
        hamlet: "坡脚屯".into(),
        phone: "19900009001".into(),
    };
    let (id, _) = wei.add_household(&new).unwrap();
    // The same person a second time is not another household.
    assert!(wei.add_household(&new).is_err());
    wei.add_member(id, serde_json::json!({"name": "陆二妹", "relation": "daughter"}).as_object().unwrap()).unwrap();
    wei.visited(id, "screening-ordinary", &answers::nobody_home());
    wei.restart();
    wei.link.mend();
    wei.sync();
    settle(&township, &[&wei, &colleague]);
    let line = colleague.line(id);
    assert_eq!((line.head_name.as_str(), line.population, line.grid.as_str()), ("陆大壮", 2, GRID1));
    assert_eq!(colleague.read(|tx| tx.visits_of(id)).unwrap().len(), 1);
}

#[test]
fn a_draft_is_put_down_in_the_morning_and_finished_after_the_app_was_killed() {
    let mut township = Township::village();
    let mut wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let id = household("LT001");
    wei.link.cut();
    let half = serde_json::json!({"method": "home", "has_risk": "no"});
    wei.visit_with_answers(id, "screening-ordinary", &half, true).unwrap();
    assert_eq!(wei.line(id).progress, "left");
    wei.restart();
    wei.link.mend();
    wei.sync();
    let rest = serde_json::json!({"leaflet_application": "yes", "outreach": ["door"]});
    wei.visited(id, "screening-ordinary", &rest);
    assert_eq!(wei.line(id).progress, "done");
    let visits = wei.household(id).unwrap().visits;
    assert_eq!(visits.len(), 1, "the draft became the visit");
    settle(&township, &[&wei]);
}
