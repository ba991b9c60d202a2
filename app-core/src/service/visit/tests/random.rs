use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Anything a screen, a script or a mistake may send.
fn anything() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..40).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0.0_f64..99_999.0).prop_map(Value::from),
        prop_oneof![
            Just("yes"),
            Just("no"),
            Just("unsure"),
            Just("home"),
            Just("alive"),
            Just("dead"),
            Just("healthy"),
            Just("done"),
            Just("not_yet"),
            Just("enrol"),
            Just("rollback"),
            Just("2023-02-30"),
            Just("2022-11-30"),
            Just(""),
            Just("met"),
            Just("below")
        ]
        .prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::collection::vec(
            prop_oneof![
                Just("crops"),
                Just("other"),
                Just("training"),
                Just("illness"),
                Just("healthy"),
                Just("chronic"),
                Just("x")
            ],
            0..4
        )
        .prop_map(Value::from),
        Just(json!({ "a": [1] })),
        Just(json!([[1], null])),
    ]
}

/// One step: where (a number picks among the form's nodes), what, and whether the roster is touched instead.
fn steps() -> impl Strategy<Value = Vec<(usize, Value, u8)>> {
    prop::collection::vec((0_usize..400, anything(), 0_u8..20), 1..40)
}

fn forms() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("screening-lifted"),
        Just("screening-monitored"),
        Just("screening-ordinary"),
        Just("screening-priority"),
        Just("living-conditions")
    ]
}

/// Where two answers of a form differ.
fn differences(at: &str, a: &Value, b: &Value) -> Vec<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => {
            let mut keys: Vec<&String> = x.keys().chain(y.keys()).collect();
            keys.dedup();
            keys.iter()
                .flat_map(|k| {
                    differences(
                        &format!("{at}/{k}"),
                        a.get(*k).unwrap_or(&Value::Null),
                        b.get(*k).unwrap_or(&Value::Null),
                    )
                })
                .collect()
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => {
            x.iter().zip(y).enumerate().flat_map(|(i, (a, b))| differences(&format!("{at}/{i}"), a, b)).collect()
        }
        _ if a == b => Vec::new(),
        _ => vec![format!("{at}: {a} ≠ {b}")],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is answered in whatever order: no panic, what was refused changed nothing, what was taken is there after a
    /// restart, and the visit can always be ended with some outcome.
    #[test]
    fn the_journal_holds_what_the_form_shows(slug in forms(), steps in steps(), monitored in any::<bool>()) {
        let (phone, id) = with(if monitored { xiuying() } else { guihua() });
        let visit = phone.app.open_visit(id, Some(slug)).unwrap();
        for (pick, value, what) in steps {
            let paths: Vec<String> =
                phone.app.visit(&visit, |f| Ok(f.instance.walk().into_iter().map(|n| f.instance.path(n)).collect())).unwrap();
            let path = paths[pick % paths.len()].clone();
            let before = phone.app.visit(&visit, |f| Ok(f.instance.result())).unwrap();
            let outcome = match what {
                0 => phone.app.add_instance(&visit, path.split('[').next().unwrap(), |_, _| ()),
                1 => phone.app.remove_instance(&visit, &path, "dead", |_, _| ()),
                2 => phone.app.remove_instance(&visit, &path, "", |_, _| ()),
                3 => phone.app.answer(&visit, &format!("{path}/x[1]"), &value, |_, _| ()),
                _ => phone.app.answer(&visit, &path, &value, |_, _| ()),
            };
            if outcome.is_err() {
                let after = phone.app.visit(&visit, |f| Ok(f.instance.result())).unwrap();
                prop_assert!(after == before, "{path} was refused and changed something");
            }
        }
        let shown = phone.app.visit(&visit, |f| Ok(f.instance.result())).unwrap();
        phone.app.visit_summary(&visit, |_, s| s.problems.len()).unwrap();
        let phone = phone.restarted();
        let again = phone.app.visit(&visit, |f| Ok(f.instance.result())).unwrap();
        let differences: Vec<String> = differences("", &shown, &again);
        prop_assert!(differences.is_empty(), "{differences:?}");
        phone.app.finish_visit(&visit, &crate::service::visit::Finish::with(crate::domain::Outcome::Refused)).unwrap();
        phone.agrees();
    }
}
