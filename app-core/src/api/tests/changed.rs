//! A form that changes under an open visit, as its screen tells it.

use super::*;
use crate::testing::Revised;

const LIVING: &str = "living-conditions";

fn publish(phone: &Phone, change: impl FnOnce(&mut Revised)) {
    let mut revised = Revised::of(phone.app.pack().unwrap().files());
    change(&mut revised);
    phone.village.publish(revised.0);
    phone.app.sync().unwrap();
}

/// 覃桂花 burns coal, has two kinds of support, is in a cooperative; then coal and one support go and the cooperative is counted.
fn told() -> (Phone, HouseholdId, Value) {
    let (phone, id) = with(guihua());
    let visit = opened(&phone.app, id, LIVING);
    for (name, said) in
        [("fuel", json!("coal")), ("venture_support", json!(["crops", "tourism"])), ("cooperative", json!("yes"))]
    {
        answer(&phone.app, &visit, name, said);
    }
    publish(&phone, |r| {
        r.version(LIVING, "2")
            .remove_choice(LIVING, "fuel", "coal")
            .remove_choice(LIVING, "venture_support", "tourism")
            .cell(LIVING, "cooperative", "type", "integer");
    });
    (phone, id, visit)
}

fn former(view: &Value) -> [Value; 3] {
    [
        question(view, "fuel")["cancelled"].clone(),
        question(view, "venture_support")["cancelled"].clone(),
        question(view, "cooperative")["former"].clone(),
    ]
}

#[test]
fn what_was_ticked_and_is_cancelled_is_read_at_its_question_until_it_is_answered_again() {
    let (phone, id, visit) = told();
    let app = &phone.app;
    let ask = json!({ "visit": visit["id"] });
    let view = call(app, "visit.view", ask.clone());
    assert_eq!(former(&view), [json!(["煤炭"]), json!(["乡村文旅"]), json!(["是"])]);
    assert_eq!(question(&view, "fuel")["value"], Value::Null);
    assert_eq!(question(&view, "road_kind")["cancelled"], json!([]));
    // Put down; the second phone never had the old form, and fetches its words with the next round.
    call(app, "visit.changes_seen", ask.clone());
    call(app, "visit.put_down", ask.clone());
    app.sync().unwrap();
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    let view = opened(&second.app, id, LIVING);
    assert_eq!(view["id"], visit["id"]);
    assert_eq!(former(&view), [json!(["coal"]), json!(["tourism"]), json!(["yes"])], "before its words are here");
    second.app.sync().unwrap();
    let view = call(&second.app, "visit.view", ask.clone());
    assert_eq!(former(&view), [json!(["煤炭"]), json!(["乡村文旅"]), json!(["是"])]);
    // Answered again, nothing is left at the question, and all of it stays readable below.
    for (name, said) in
        [("fuel", json!("clean")), ("venture_support", json!(["crops", "trade"])), ("cooperative", json!(2))]
    {
        answer(&second.app, &visit, name, said);
    }
    let view = call(&second.app, "visit.view", ask);
    assert_eq!(former(&view), [json!([]), json!([]), json!([])]);
    let retired: Vec<&str> =
        view["retired"].as_array().unwrap().iter().map(|fact| fact["value"].as_str().unwrap()).collect();
    for words in ["煤炭", "乡村文旅", "是"] {
        assert!(retired.contains(&words), "{words} in {retired:?}");
    }
}

#[test]
fn a_patch_takes_the_mark_off_the_question_that_is_answered_again() {
    let (phone, _, visit) = told();
    let patch = answer(&phone.app, &visit, "fuel", json!("clean"));
    assert_eq!(question(&patch, "fuel")["cancelled"], json!([]));
    let patch = answer(&phone.app, &visit, "cooperative", json!(1));
    assert_eq!(question(&patch, "cooperative")["former"], json!([]));
}
