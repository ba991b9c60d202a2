//! A form on the screen: page by page, answer by answer.

use super::*;

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
