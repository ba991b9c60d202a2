//! Which form for whom: every standing, on every path.

use serde_json::json;

use super::households::{House, PACK};
use super::*;
use crate::domain::ListKind;

const ON: &str = "2023-05-20";

fn risk(house: House, form: &str, has: &str) -> House {
    house.visit(
        form,
        "2023-05-15",
        json!({"has_risk": has, "risks": if has == "yes" { vec!["illness"] } else { vec![] }}),
    )
}

fn marked(house: House) -> House {
    house.with("profile/priority", json!(true))
}

fn enrol(house: House) -> House {
    house.visit("screening-priority", "2023-05-18", json!({"suggestion": "enrol"}))
}

#[test]
fn every_standing_on_every_path() {
    let (two_one, two_two) = ("screening-lifted", "screening-monitored");
    let (two_three, two_four, living) = ("screening-ordinary", "screening-priority", "living-conditions");
    let stories: [(&str, House, &[&str], ListKind); 15] = [
        ("ordinary", House::ordinary(), &[two_three], ListKind::Ordinary),
        ("lifted", House::lifted(), &[two_one], ListKind::Lifted),
        ("cleared", House::cleared(), &[two_one], ListKind::Lifted),
        ("monitored", House::monitored(), &[two_two], ListKind::Monitored),
        ("ordinary, no risk found", risk(House::ordinary(), two_three, "no"), &[two_three], ListKind::Ordinary),
        ("ordinary, risk found", risk(House::ordinary(), two_three, "yes"), &[two_three, two_four], ListKind::Priority),
        ("lifted, risk found", risk(House::lifted(), two_one, "yes"), &[two_one, two_four], ListKind::Priority),
        ("cleared, risk found", risk(House::cleared(), two_one, "yes"), &[two_one, two_four], ListKind::Priority),
        ("ordinary on the list", marked(House::ordinary()), &[two_four], ListKind::Priority),
        ("lifted on the list", marked(House::lifted()), &[two_four], ListKind::Priority),
        ("cleared on the list", marked(House::cleared()), &[two_four], ListKind::Priority),
        ("monitored on the list", marked(House::monitored()), &[two_two, two_four], ListKind::Monitored),
        ("ordinary, to enrol", enrol(marked(House::ordinary())), &[two_four, living], ListKind::Priority),
        (
            "ordinary, risk found, to enrol",
            enrol(risk(House::ordinary(), two_three, "yes")),
            &[two_three, two_four, living],
            ListKind::Priority,
        ),
        ("lifted, to enrol", enrol(marked(House::lifted())), &[two_four], ListKind::Priority),
    ];
    for (story, house, forms, list) in stories {
        let judged = house.judged_on(ON);
        assert_eq!(judged.slugs(), forms, "{story}");
        assert_eq!(list_of(&house.facts()), list, "{story}");
        let routed = forms_for(&PACK, &house.facts(), day(ON));
        assert_eq!(routed, judged.forms, "{story}: the same from typed facts");
        assert!(routed.iter().all(|f| !f.why.is_empty() && !f.why_en.is_empty() && !f.paragraph.is_empty()), "{story}");
    }
}

#[test]
fn the_living_conditions_sheet_is_offered_on_the_priority_path_and_required_when_the_proposal_is_to_enrol() {
    let sheet =
        |house: House| forms_for(&PACK, &house.facts(), day(ON)).into_iter().find(|f| f.slug == "living-conditions");
    assert!(sheet(marked(House::ordinary())).unwrap().optional);
    assert!(!sheet(enrol(marked(House::ordinary()))).unwrap().optional);
    assert!(sheet(risk(House::ordinary(), "screening-ordinary", "yes")).unwrap().optional);
    assert_eq!(sheet(House::ordinary()), None);
    assert_eq!(sheet(marked(House::lifted())), None);
    let marginal = House::new(json!({"base": "ordinary", "monitored_kind": "marginal", "priority": true}));
    assert_eq!(sheet(marginal), None, "section 八 is not asked of a monitored household");
}

#[test]
fn what_is_done_is_marked_and_a_visit_where_nobody_was_home_is_not() {
    let done = risk(House::ordinary(), "screening-ordinary", "yes");
    let forms = forms_for(&PACK, &done.facts(), day(ON));
    assert_eq!(forms.iter().map(|f| f.done).collect::<Vec<_>>()[..2], [true, false]);
    let nobody = House::ordinary().with(
        "visits",
        json!([{"form": "screening-ordinary", "finished_on": "2023-05-15",
        "outcome": "nobody_home", "answers": {"has_risk": "yes"}}]),
    );
    let judged = nobody.judged_on(ON);
    assert_eq!(judged.slugs(), ["screening-ordinary"]);
    assert!(!judged.forms[0].done);
    assert_eq!(list_of(&nobody.facts()), ListKind::Ordinary);
}

#[test]
fn the_latest_answer_counts_whatever_the_order_of_the_file() {
    let changed = risk(House::ordinary(), "screening-ordinary", "yes").visit(
        "screening-ordinary",
        "2023-05-12",
        json!({"has_risk": "no"}),
    );
    assert!(changed.judged_on(ON).slugs().contains(&"screening-priority"));
    assert_eq!(list_of(&changed.facts()), ListKind::Priority);
    let withdrawn = risk(House::ordinary(), "screening-ordinary", "yes").visit(
        "screening-ordinary",
        "2023-05-16",
        json!({"has_risk": "no"}),
    );
    assert!(!withdrawn.judged_on(ON).slugs().contains(&"screening-priority"));
    assert_eq!(list_of(&withdrawn.facts()), ListKind::Ordinary);
}

#[test]
fn forms_read_what_the_app_derives() {
    let facts = risk(House::cleared(), "screening-lifted", "yes").facts();
    let all = facts_for_form(&PACK, &facts, day(ON));
    assert_eq!(all["profile"]["standing"], "cleared");
    assert_eq!(all["profile"]["screened_this_campaign"], "yes");
    assert_eq!(all["profile"]["screened_risks"], json!(["illness"]));
    assert_eq!(all["profile"]["income_from"], "2022-05-01");
    assert_eq!(all["profile"]["base"], "lifted");
    let fresh = derived(&PACK, &House::ordinary().facts(), day(ON));
    assert_eq!(fresh["profile"]["screened_this_campaign"], "no");
    assert_eq!(fresh["profile"]["screened_risks"], json!([]));
}
