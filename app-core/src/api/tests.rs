//! What the screens get: stories through the dispatcher alone, with the real pack.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{dispatch, methods};
use crate::domain::id::HouseholdId;
use crate::error::Kind;
use crate::service::App;
use crate::service::tests::Phone;
use crate::service::tests::village::Village;
use crate::service::visit::tests::{guihua, number, ordinary, priority, with, xiuying};

fn call(app: &App, method: &str, params: Value) -> Value {
    dispatch(app, method, params).unwrap_or_else(|e| panic!("{method}: {:?} {}", e.kind, e.words))
}

/// Every question of a view (or patch), in order.
fn questions(view: &Value) -> Vec<&Value> {
    fn walk<'a>(node: &'a Value, out: &mut Vec<&'a Value>) {
        match node {
            Value::Object(map) if map.contains_key("control") && map.contains_key("violation") => out.push(node),
            Value::Object(map) => map.values().for_each(|v| walk(v, out)),
            Value::Array(items) => items.iter().for_each(|v| walk(v, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(view, &mut out);
    out
}

fn question<'a>(view: &'a Value, name: &str) -> &'a Value {
    questions(view).into_iter().find(|q| q["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn answer(app: &App, visit: &Value, name: &str, value: Value) -> Value {
    let view = call(app, "visit.view", json!({ "visit": visit["id"] }));
    let path = question(&view, name)["path"].clone();
    call(app, "visit.answer", json!({ "visit": visit["id"], "path": path, "value": value }))
}

fn opened(app: &App, id: HouseholdId, form: &str) -> Value {
    call(app, "visit.open", json!({ "household": id, "form": form, "anyway": true }))
}

#[test]
fn the_first_form_due_is_shown_page_by_page_with_what_is_known() {
    let (phone, id) = with(guihua());
    let view = call(&phone.app, "visit.open", json!({ "household": id }));
    assert_eq!(view["form"], "screening-ordinary");
    assert_eq!(view["head_name"], "覃桂花");
    let labels: Vec<&str> = view["sections"].as_array().unwrap().iter().map(|s| s["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["一、基础信息", "二、家庭成员信息", "三、风险排查", "四、其他"]);
    let town = question(&view, "addr_town");
    assert_eq!((town["known"].clone(), town["shown"].clone()), (json!(true), json!("龙头镇")));
    assert_eq!(question(&view, "has_risk")["control"], "yes_no");
    assert_eq!(question(&view, "head_id_number")["control"], "id_number");
    assert_eq!(question(&view, "head_id_number")["proposed"], true);
    assert_eq!(question(&view, "registered_risks")["readonly"], true);
    assert_eq!(question(&view, "risks")["relevant"], false);
    let roster = &view["sections"][1]["nodes"][0];
    assert_eq!(roster["node"], "repeat");
    assert_eq!(roster["instances"][0]["title"], "覃桂花（户主）");
    assert_eq!(roster["instances"][2]["complete"], true);
    assert_eq!(view["privacy_shown"], false);
    let view = call(&phone.app, "visit.privacy_shown", json!({ "visit": view["id"] }));
    assert_eq!(view["privacy_shown"], true);
}

#[test]
fn an_answer_brings_back_only_what_it_changed() {
    let (phone, id) = with(guihua());
    let visit = opened(&phone.app, id, "screening-ordinary");
    let patch = answer(&phone.app, &visit, "has_risk", json!("yes"));
    let mut names: Vec<&str> = questions(&patch).iter().map(|q| q["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["escalation_note", "has_risk", "risks"]);
    assert_eq!(patch["saved_at"], "2023-06-01T12:00:00+08:00");
    assert_eq!(patch["answered"].as_u64().unwrap(), visit["answered"].as_u64().unwrap() + 1);
    assert_eq!(patch["asked"].as_u64().unwrap(), visit["asked"].as_u64().unwrap() + 1);
    assert!(question(&patch, "risks")["violation"].is_null(), "not answered yet is no error at the field");
    answer(&phone.app, &visit, "risks", json!(["illness"]));
    let patch = answer(&phone.app, &visit, "risks", json!([]));
    assert_eq!(question(&patch, "risks")["violation"], "选“是”的，至少勾选一种风险。", "emptied is");
    let patch = answer(&phone.app, &visit, "risks", json!(["illness", "labour"]));
    assert_eq!(question(&patch, "risks")["shown"], "因病、因缺劳力");
}

#[test]
fn the_roster_grows_and_shrinks_whole() {
    let (phone, id) = with(guihua());
    let visit = opened(&phone.app, id, "screening-lifted");
    let path = visit["sections"][1]["nodes"][0]["path"].clone();
    let patch = call(&phone.app, "visit.add_instance", json!({ "visit": visit["id"], "path": path }));
    let instances = patch["repeats"][0]["instances"].as_array().unwrap();
    assert_eq!((instances.len(), instances[3]["title"].as_str().unwrap()), (4, "新成员"));
    assert_eq!(instances[3]["complete"], false);
    let new = instances[3]["path"].as_str().unwrap().to_owned();
    let name = json!({ "visit": visit["id"], "path": format!("{new}/member_name"), "value": "李小红" });
    let patch = call(&phone.app, "visit.answer", name);
    assert!(patch["instances"].as_array().unwrap().iter().any(|i| i[0] == new.as_str() && i[1] == "李小红"));
    assert!(patch["repeats"].as_array().unwrap().is_empty());
    let gone = json!({ "visit": visit["id"], "path": new });
    let patch = call(&phone.app, "visit.remove_instance", gone.clone());
    assert_eq!(patch["repeats"][0]["instances"].as_array().unwrap().len(), 3);
    let error = dispatch(&phone.app, "visit.remove_instance", gone).unwrap_err();
    assert_eq!(error.kind, Kind::Invalid);
}

#[test]
fn what_the_system_computes_explains_itself_in_both_languages() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    app.visit_with_answers(id, "screening-ordinary", &ordinary(true), false).unwrap();
    let visit = opened(app, id, "screening-priority");
    assert_eq!(visit["window"], json!(["2022-06-01", "2023-05-31"]));
    for (name, value) in priority().as_object().unwrap() {
        answer(app, &visit, name, value.clone());
    }
    let view = call(app, "visit.view", json!({ "visit": visit["id"] }));
    let per_head = question(&view, "per_head_after");
    assert_eq!((per_head["control"].clone(), per_head["readonly"].clone()), (json!("computed"), json!(true)));
    assert_eq!(per_head["shown"], "3599.83元");
    assert!(per_head["explanation"].as_str().unwrap().contains("15000.00元"), "{}", per_head["explanation"]);
    assert!(!per_head["explanation"].as_str().unwrap().contains("元元"), "{}", per_head["explanation"]);
    assert_eq!(question(&view, "income_net")["control"], "money");
    let patch = answer(app, &visit, "suggestion", json!("watch"));
    let suggestion = question(&patch, "suggestion");
    assert_eq!(suggestion["overridden"], true);
    assert!(suggestion["system_shown"].as_str().unwrap().contains("纳入"), "{suggestion}");
    assert!(suggestion["warning"].is_string());
    let page = call(app, "visit.summary", json!({ "visit": visit["id"] }));
    assert_eq!(page["problems"], json!([]));
    let lines: Vec<&str> = page["judgement"].as_array().unwrap().iter().map(|l| l["path"].as_str().unwrap()).collect();
    for judged in ["per_head_after", "versus_line", "at_risk", "suggestion"] {
        assert!(lines.iter().any(|l| l.ends_with(judged)), "{judged} not in {lines:?}");
    }
    assert!(page["judgement"].as_array().unwrap().iter().all(|l| !l["why"].as_str().unwrap().contains('{')));
    assert_eq!(page["outcomes"].as_array().unwrap().len(), 6);
    assert_eq!(page["leaflets_due"][0]["code"], "application");

    call(app, "settings.set", json!({ "language": "en" }));
    let view = call(app, "visit.view", json!({ "visit": visit["id"] }));
    assert_eq!(question(&view, "per_head_after")["shown"], "3,599.83 yuan");
    let chinese = |t: &Value| t.as_str().is_some_and(|t| t.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
    for q in questions(&view) {
        assert!(!chinese(&q["label"]) && !chinese(&q["hint"]), "{q}");
        assert!(!chinese(&q["explanation"]) || q["name"] == "risk_narrative", "{q}");
    }
    let page = call(app, "visit.summary", json!({ "visit": visit["id"] }));
    assert!(page["findings"].as_array().unwrap().iter().all(|f| !chinese(&f["words"])), "{}", page["findings"]);
}

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

#[test]
fn before_the_pin_nothing_but_the_session_answers() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::open(dir.path()).unwrap();
    assert_eq!(call(&app, "session.state", Value::Null)["stage"], "new");
    // How far long work is holds nothing of anybody, and the enrolment's page shows it.
    const OF_WORK: [&str; 4] = ["sync.progress", "sync.cancel", "policy.progress", "policy.stop"];
    let open = |m: &&&str| m.starts_with("session.") || OF_WORK.contains(m);
    for method in methods::METHODS.iter().filter(|m| !open(m)) {
        let error = dispatch(
            &app,
            method,
            json!({ "id": "x", "household": "00000000-0000-4000-8000-000000000000", "visit": "v" }),
        );
        assert!(matches!(error.unwrap_err().kind, Kind::Locked | Kind::Invalid), "{method}");
    }
    let phone = Phone::enrolled(&Village::new(), "K7QF3MXD");
    assert_eq!(call(&phone.app, "session.lock", json!({}))["stage"], "locked");
    assert_eq!(dispatch(&phone.app, "today.view", json!({})).unwrap_err().kind, Kind::Locked);
    assert_eq!(dispatch(&phone.app, "session.unlock", json!({ "pin": "000000" })).unwrap_err().kind, Kind::Pin);
    let state = call(&phone.app, "session.state", Value::Null);
    assert!(state["pin_attempts_left"].as_u64().is_some());
    assert_eq!(state["person"]["name"], "李建国");
    let state = call(&phone.app, "session.unlock", json!({ "pin": "246810" }));
    assert_eq!(state["campaign"]["phases"].as_array().unwrap().len(), 5);
    assert_eq!(dispatch(&phone.app, "moon.land", json!({})).unwrap_err().kind, Kind::Invalid);
}

fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        Just(json!("/section_risk/has_risk")),
        Just(json!("999999101203")),
        Just(json!("name")),
        Just(json!("done")),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let keys = prop_oneof![
            Just("id"),
            Just("household"),
            Just("visit"),
            Just("path"),
            Just("value"),
            Just("form"),
            Just("text"),
            Just("limit"),
            Just("offset"),
            Just("area"),
            Just("list"),
            Just("outcome"),
            Just("facts"),
            Just("member"),
            Just("sort"),
            Just("what"),
            Just("grid"),
            Just("pin"),
            Just("ticket"),
            Just("server")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent under whatever name: an answer or an error with words, and no mistake of ours.
    #[test]
    fn no_request_makes_the_core_stumble(calls in prop::collection::vec((0_usize..methods::METHODS.len(), junk()), 1..40)) {
        let (phone, id) = with(xiuying());
        let visit = opened(&phone.app, id, "screening-monitored");
        for (pick, mut params) in calls {
            if let Value::Object(map) = &mut params {
                if map.contains_key("household") { map.insert("household".into(), json!(id)); }
                if map.contains_key("id") { map.insert("id".into(), json!(id)); }
                if map.contains_key("visit") { map.insert("visit".into(), visit["id"].clone()); }
            }
            let method = methods::METHODS[pick];
            if matches!(method, "session.lock" | "session.enrol" | "session.unlock") { continue; }
            if let Err(error) = dispatch(&phone.app, method, params) {
                prop_assert!(error.kind != Kind::Internal && !error.words.is_empty(), "{method}: {}", error.words);
            }
        }
    }
}

#[test]
fn a_contradiction_is_said_at_the_field_of_the_member_concerned_and_gone_when_mended() {
    let mut facts = xiuying();
    facts["profile"] = json!({ "base": "lifted", "phone": "13800000002", "head_name": "韦秀英" });
    let (phone, id) = with(facts);
    let visit = opened(&phone.app, id, "screening-lifted");
    let checks = || call(&phone.app, "visit.checks", json!({ "visit": visit["id"] })).as_array().unwrap().clone();
    let of = |rule: &str| checks().into_iter().filter(|c| c["rule"] == rule).collect::<Vec<_>>();
    let path = |name: &str, member: &str| {
        let view = call(&phone.app, "visit.view", json!({ "visit": visit["id"] }));
        let found = questions(&view)
            .into_iter()
            .find(|q| q["name"] == name && q["path"].as_str().unwrap().contains(member))
            .unwrap_or_else(|| panic!("no {name} of {member}"));
        found["path"].as_str().unwrap().to_owned()
    };
    let say = |name: &str, member: &str, value: Value| {
        call(&phone.app, "visit.answer", json!({ "visit": visit["id"], "path": path(name, member), "value": value }))
    };
    assert!(of("disabled-certificate").is_empty());
    say("health", "mdawei000001", json!(["disabled"]));
    let said = of("disabled-certificate");
    let at: Vec<&str> = said.iter().map(|c| c["path"].as_str().unwrap()).collect();
    assert_eq!(at, [path("id_number", "mdawei000001"), path("health", "mdawei000001")], "his fields, not hers");
    assert_eq!(said[0]["severity"], "warning");
    assert!(said[0]["words"].as_str().unwrap().starts_with("韦大伟："));
    say("health", "mdawei000001", json!(["healthy"]));
    assert!(of("disabled-certificate").is_empty());
    let gaps = of("education-none");
    assert!(gaps.is_empty(), "a gap waits for the finish page: {gaps:?}");
}

#[test]
fn a_household_with_a_colleague_s_visit_is_said_to_be_on_the_server_and_a_draft_is_not() {
    let village = Village::new();
    let id = crate::service::visit::tests::imported(&village, guihua());
    let (li, qin) = (Phone::enrolled(&village, "K7QF3MXD"), Phone::enrolled(&village, "K7QF3MXE"));
    li.app.set_fact(id, "profile/phone", &json!("13900001234")).unwrap();
    let safety = |phone: &Phone| call(&phone.app, "household.view", json!({ "id": id }))["safety"].clone();
    assert_eq!(safety(&li)["on_server"], false);
    li.app.sync().unwrap();
    qin.app.sync().unwrap();
    for phone in [&li, &qin] {
        let said = safety(phone);
        assert_eq!(said["on_server"], true);
        assert!(!said["words"].as_str().unwrap().contains("尚未上传"), "{said}");
    }
    let visit = opened(&qin.app, id, "screening-ordinary");
    answer(&qin.app, &visit, "has_risk", json!("no"));
    let said = safety(&qin);
    assert_eq!(said["on_server"], false);
    assert!(said["words"].as_str().unwrap().contains("只在本机"), "{said}");
}
