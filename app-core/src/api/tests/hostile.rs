//! A screen that asks for what it may not, or sends what is none.

use proptest::prelude::*;

use super::*;

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
