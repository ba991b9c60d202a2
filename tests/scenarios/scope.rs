//! A worker sees only the grid's households: not a name, number or phone of another grid in any byte of any answer.

use ruhu_tests::link::Exchange;
use ruhu_tests::register::{GRID1, GRID2, VILLAGE, secrets};
use ruhu_tests::township::household;
use ruhu_tests::{Township, answers, settle};
use serde_json::json;

/// A body as it was before compression; the files inside are uncompressed, so that text stands in it as such.
fn unfolded(body: &[u8]) -> Vec<u8> {
    let message: ciborium::Value = app_core::wire::decode(body, 64 << 20).unwrap();
    let mut raw = Vec::new();
    ciborium::into_writer(&message, &mut raw).unwrap();
    raw
}

fn found(seen: &[Exchange], secrets: &[String]) -> Vec<String> {
    let bodies: Vec<Vec<u8>> = seen.iter().filter(|e| !e.down.is_empty()).map(|e| unfolded(&e.down)).collect();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|w| w == text.as_bytes());
    let inside = |s: &&String| bodies.iter().any(|b| holds(b, s)) || seen.iter().any(|e| holds(&e.raw_answer, s));
    secrets.iter().filter(inside).cloned().collect()
}

#[test]
fn no_answer_to_wei_holds_anything_of_another_grid() {
    let mut township = Township::village();
    let wei = township.phone("韦秀英", "grid_worker1", &[GRID1]);
    let li = township.phone("李建国", "grid_worker1", &[GRID2]);
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    // A busy day on both sides of the border, a restored server, an area that comes and goes elsewhere.
    li.visited(household("LT006"), "screening-ordinary", &answers::ordinary_at_risk());
    li.visited(household("LT008"), "screening-lifted", &answers::lifted());
    desk.set_fact(household("LT007"), "profile/phone", &json!("19922220007")).unwrap();
    desk.set_fact(household("LT001"), "profile/phone", &json!("19922220001")).unwrap();
    for phone in [&li, &desk, &wei, &li] {
        phone.sync();
    }
    let backup = township.backup();
    wei.visited(household("LT001"), "screening-ordinary", &answers::ordinary());
    for phone in [&wei, &li, &desk] {
        phone.sync();
    }
    township.restore(&backup);
    settle(&township, &[&wei, &li, &desk]);

    let mut theirs = secrets(GRID2);
    theirs.push("19922220007".into());
    let seen = wei.link.take_seen();
    assert!(seen.len() > 5);
    assert_eq!(found(&seen, &theirs), Vec::<String>::new());
    // The same eyes see her own households in them, so they would have seen the others.
    let own = secrets(GRID1);
    assert_eq!(found(&seen, &own).len(), own.len());
    let other = secrets(GRID1);
    assert_eq!(found(&li.link.take_seen(), &other), Vec::<String>::new());
    // Nor does her device hold them in the open: its database is encrypted, households of her own included.
    for file in std::fs::read_dir(wei.dir.path()).unwrap().map(|f| f.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        for secret in own.iter().chain(&theirs) {
            let there = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!there, "a name or number stands in {}", file.file_name().unwrap().to_string_lossy());
        }
    }
}

#[test]
fn what_wei_writes_outside_her_grid_is_parked_whole_and_she_is_told() {
    let mut township = Township::village();
    let desk = township.phone("覃桂花", "data_clerk", &[VILLAGE]);
    let wei = township.phone("韦秀英", "grid_worker1", &[VILLAGE]);
    let (mine, theirs) = (household("LT001"), household("LT006"));
    township.move_person(&wei.person, &[GRID1]);
    wei.sync();
    assert!(!wei.holds(theirs));
    // Her phone will not: it does not hold the household.
    assert!(wei.set_fact(theirs, "place/hamlet", &json!("小榕屯")).is_err());
    // A decision is not a grid worker's: the phone or the server says so, and the rest of the push goes in.
    let refused_here = wei.set_fact(mine, "profile/safety_net", &json!("yes")).is_err();
    wei.set_fact(mine, "place/hamlet", &json!("小榕屯")).unwrap();
    wei.sync();
    let refused = wei.status().unwrap().refused;
    assert!(refused_here || refused.len() == 1, "{refused:?}");
    settle(&township, &[&wei, &desk]);
    let file = desk.household(mine).unwrap();
    assert_eq!(file.place.hamlet, "小榕屯");
    assert_ne!(file.profile.safety_net, Some(true));
}
