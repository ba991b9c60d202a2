//! 412 households over a link on which three requests in ten go wrong: it comes to its end, and nothing twice.

use ruhu_tests::{Dice, Fault, Phone, Township, settle};
use serde_json::json;

fn trouble(dice: &mut Dice) -> Option<Fault> {
    if !dice.chance(30) {
        return None;
    }
    Some(match dice.below(6) {
        0 => Fault::NoSignal,
        1 => Fault::RequestTorn(dice.below(2000)),
        2 => Fault::AnswerLost,
        3 => Fault::AnswerTorn(dice.below(60_000)),
        4 => Fault::Twice,
        _ => Fault::Late,
    })
}

#[test]
fn four_hundred_and_twelve_households_converge_over_a_bad_link() {
    let mut township = Township::demo(412, 412);
    assert_eq!(township.households("999999").len(), 412);
    let mut phones = Vec::new();
    for (n, name) in ["韦秀英", "李建国", "覃桂花"].into_iter().enumerate() {
        let person = township.person(name, "township_station", &["999999101"]);
        let (link, code) = (township.link(), township.ticket(&person));
        let phone = Phone::new(name, &person, link);
        phone.enrol(&code).unwrap();
        let mut dice = Dice::new(20230601 + n as u64);
        phone.link.plan(move || trouble(&mut dice));
        phones.push(phone);
    }
    let ids = township.households("999999");
    let mut dice = Dice::new(7);
    let mut failed = 0;
    for round in 0..60 {
        let phone = &phones[round % phones.len()];
        for _ in 0..dice.below(8) {
            let id = *dice.of(&ids);
            // Not every household has arrived on every phone yet.
            let _ = phone.set_fact(id, "place/address", &json!(format!("第{round}次")));
        }
        failed += u32::from(phone.try_sync().is_err());
    }
    assert!(failed > 5, "the link was not bad enough: {failed}");
    let all: Vec<&Phone> = phones.iter().collect();
    settle(&township, &all);
    assert_eq!(phones[0].lines().len(), 412);
}
