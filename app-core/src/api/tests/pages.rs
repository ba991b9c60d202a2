//! The pages around a visit: its end, the household, members, what is masked.

use super::*;

#[test]
fn finishing_through_the_screens_reaches_every_page() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = call(app, "visit.open", json!({ "household": id }));
    let today = call(app, "today.view", json!({}));
    assert_eq!(today["drafts"][0]["id"], visit["id"]);
    let unfinished = dispatch(app, "visit.finish", json!({ "visit": visit["id"], "outcome": "done" })).unwrap_err();
    assert_eq!(unfinished.kind, Kind::Invalid);
    let problems = call(app, "visit.summary", json!({ "visit": visit["id"] }))["problems"].clone();
    assert!(
        problems.as_array().unwrap().iter().any(|p| p["section"] == "/section_risk" && p["label"] == "是否存在风险"),
        "{problems}"
    );
    for (name, value) in ordinary(true).as_object().unwrap() {
        answer(app, &visit, name, value.clone());
    }
    let done = call(
        app,
        "visit.finish",
        json!({ "visit": visit["id"], "outcome": "done", "leaflets_given": ["application"] }),
    );
    assert_eq!(done["next_form"]["slug"], "screening-priority");
    assert!(done["bytes"].as_u64().unwrap() > 0);

    let page = call(app, "household.view", json!({ "id": id }));
    assert_eq!(page["row"]["progress"], "partly");
    assert_eq!(page["row"]["progress_label"], "待填：重点户排查情况表");
    assert_eq!(page["row"]["risks"], json!(["因病", "因缺劳力"]));
    assert_eq!(page["visits"][0]["mine"], true);
    assert_eq!(page["visits"][0]["outcome_label"], "已完成");
    assert_eq!(page["members"][0]["age"], 53);
    assert_eq!(page["safety"]["on_server"], false);
    let history = page["history"].as_array().unwrap();
    assert_eq!(history[1]["what"], "登记导入");
    assert!(history[0]["what"].as_str().unwrap().starts_with("入户排查：一般农户排查表"), "{}", history[0]["what"]);
    assert!(
        history[0]["changes"].as_array().unwrap().iter().any(|c| c[0] == "是否存在风险" && c[2] == "是"),
        "{}",
        history[0]
    );

    let read = call(app, "visit.view", json!({ "visit": visit["id"] }));
    assert_eq!(read["state"], "finished");
    assert!(questions(&read).iter().all(|q| q["readonly"] == true));
    assert_eq!(question(&read, "risks")["shown"], "因病、因缺劳力");
    let refused =
        dispatch(app, "visit.answer", json!({ "visit": visit["id"], "path": "/section_risk/has_risk", "value": "no" }));
    assert_eq!(refused.unwrap_err().kind, Kind::Invalid);
    let again = call(app, "visit.reopen", json!({ "household": id, "visit": visit["id"] }));
    assert_eq!((again["correcting"].clone(), again["id"].clone()), (json!(true), visit["id"].clone()));

    let overview = call(app, "overview.view", json!({}));
    assert_eq!((overview["totals"]["households"].clone(), overview["totals"]["partly"].clone()), (json!(1), json!(1)));
    assert_eq!(overview["risk_kinds"][0]["label"], "因病");
    assert_eq!(overview["outcomes"][0]["label"], "已完成");
    assert_eq!(overview["by_day"], json!([{ "code": "2023-06-01", "label": "2023-06-01", "count": 1 }]));
    let list = call(app, "households.search", json!({ "text": "qgh" }));
    assert_eq!((list["total"].clone(), list["rows"][0]["progress"].clone()), (json!(1), json!("draft")));
    let filtered = |progress: &str| call(app, "households.search", json!({ "progress": progress }))["total"].clone();
    assert_eq!((filtered("partly"), filtered("attempted"), filtered("conflict")), (json!(1), json!(0), json!(0)));
    let status = call(app, "sync.status", Value::Null);
    assert_eq!((status["waiting_changes"].clone(), status["all_safe"].clone()), (json!(1), json!(false)));
    let status = call(app, "sync.now", Value::Null);
    assert_eq!((status["waiting_changes"].clone(), status["all_safe"].clone()), (json!(0), json!(true)));
    let page = call(app, "household.view", json!({ "id": id }));
    assert_eq!(page["safety"]["on_server"], false, "the correction that was begun is only here");
    call(app, "visit.put_down", json!({ "visit": visit["id"] }));
    let page = call(app, "household.view", json!({ "id": id }));
    assert_eq!(page["safety"]["on_server"], true);
    assert_eq!(page["safety"]["words"], "本机和服务器都已保存");
}

#[test]
fn no_page_shows_a_whole_id_number_or_phone_but_the_open_form_and_reveal() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    call(app, "household.set_fact", json!({ "household": id, "path": "profile/phone", "value": "13800007777" }));
    let made = app.visit_with_answers(id, "screening-ordinary", &ordinary(false), false).unwrap();
    let numbers =
        [number("99999919700512002"), number("99999919680203001"), "13800000001".into(), "13800007777".into()];
    for (method, params) in [
        ("household.view", json!({ "id": id })),
        ("today.view", json!({})),
        ("households.search", json!({ "text": "覃" })),
        ("register.query", json!({ "limit": 500 })),
        ("overview.view", json!({})),
        ("sync.status", json!({})),
        ("visit.view", json!({ "visit": made.visit })),
    ] {
        let text = call(app, method, params).to_string();
        for number in &numbers {
            assert!(!text.contains(number.as_str()), "{method} shows {number}");
        }
    }
    let shown = call(app, "reveal", json!({ "household": id, "member": "mguihua00001", "what": "id_number" }));
    assert_eq!(shown["value"], number("99999919700512002"));
}

#[test]
fn members_and_households_are_added_and_corrected() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let facts = json!({ "name": "李小红", "relation": "daughter", "living": "alive" });
    let page = call(app, "member.add", json!({ "household": id, "facts": facts }));
    let member = page["members"][3]["id"].clone();
    assert_eq!(
        (page["members"][3]["name"].clone(), page["members"][3]["relation"].clone()),
        (json!("李小红"), json!("之女"))
    );
    let page = call(app, "member.remove", json!({ "household": id, "member": member, "living": "moved_out" }));
    assert_eq!(page["members"][3]["removed"], true);
    let new = json!({ "head_name": "黄阿妹", "head_id_number": number("99999919550505002"), "grid": "999999101203-04", "hamlet": "下韦屯", "phone": "" });
    let page = call(app, "household.add", new);
    assert_eq!((page["row"]["head_name"].clone(), page["row"]["progress"].clone()), (json!("黄阿妹"), json!("left")));
    let wrong =
        dispatch(app, "household.set_fact", json!({ "household": id, "path": "profile/base", "value": "lifted" }));
    assert!(matches!(wrong.unwrap_err().kind, Kind::Refused | Kind::Invalid));
    let areas = call(app, "areas.list", Value::Null);
    assert!(areas.as_array().unwrap().iter().any(|a| a["level"] == "grid" && a["code"] == "999999101203-04"));
    assert_eq!(call(app, "pack.codes", json!({ "list": "living" })).as_array().unwrap().len(), 5);
    assert_eq!(call(app, "pack.codes", json!({ "list": "moons" })), json!([]));
}

#[test]
fn a_second_visit_is_announced_and_flagged() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    app.visit_with_answers(id, "screening-ordinary", &ordinary(false), false).unwrap();
    let visit = opened(app, id, "screening-ordinary");
    assert!(visit["notices"][0].as_str().unwrap().contains("李建国"), "{}", visit["notices"]);
    app.visit_with_answers(id, "screening-ordinary", &ordinary(false), false).unwrap();
    let page = call(app, "household.view", json!({ "id": id }));
    assert!(page["visits"].as_array().unwrap().iter().all(|v| v["second"] == true));
}
