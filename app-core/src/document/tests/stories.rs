//! 韦秀英 and 李建国 edit one household apart.

use super::people::*;
use crate::document::{Admitted, Answer, Edit, Graft, Grafted, HouseholdDoc, Scalar};
use crate::domain::id::IMPORT_ACTOR;

#[test]
fn the_same_register_makes_the_same_bytes() {
    assert_eq!(imported().snapshot(), imported().snapshot());
    let file = imported().file();
    assert_eq!(file.members.len(), 3);
    assert_eq!(file.head_name.as_deref(), Some("黄大山"));
    assert_eq!(file.source.as_deref(), Some("import"));
    let founding = founding();
    let facts = file.facts(None);
    assert_eq!(facts.profile, founding.facts.profile);
    assert_eq!(facts.members, founding.facts.members);
}

#[test]
fn edits_of_different_fields_both_stay() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    edit(&mut li, LI, &[Edit::new("members/aaaaaaaaaaaa/health/major_illness", true)]);
    meet(&mut wei, &mut li);
    let file = wei.file();
    assert!(file.conflicts.is_empty());
    assert_eq!(file.profile.phone.as_deref(), Some("10000000002"));
    assert_eq!(file.members[0].fact.health, ["chronic", "major_illness"]);
}

#[test]
fn the_same_field_written_apart_is_a_conflict_until_someone_decides() {
    let (mut wei, mut li) = (imported(), imported());
    let by_wei = edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000003")]);
    meet(&mut wei, &mut li);
    let conflicts = wei.conflicts();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].path, ["profile", "phone"]);
    let theirs: Vec<_> = conflicts[0].values.iter().map(|v| (v.actor, v.value.clone())).collect();
    assert!(theirs.contains(&(WEI, "10000000002".into())) && theirs.contains(&(LI, "10000000003".into())));
    let wei_value = conflicts[0].values.iter().find(|v| v.actor == WEI).unwrap();
    assert_eq!((wei_value.hash, wei_value.time), (by_wei.hash, MAY_16 + 60));

    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    meet(&mut wei, &mut li);
    assert!(li.conflicts().is_empty());
    assert_eq!(li.file().profile.phone.as_deref(), Some("10000000002"));
}

#[test]
fn two_contrary_decisions_are_a_new_conflict() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000111")]);
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000222")]);
    meet(&mut wei, &mut li);
    let winner = wei.file().profile.phone.unwrap();
    let loser = if winner == "10000000111" { "10000000222" } else { "10000000111" };
    // Each decides otherwise, one of them for the value that is shown already.
    edit(&mut wei, WEI, &[Edit::new("profile/phone", winner.as_str())]);
    edit(&mut li, LI, &[Edit::new("profile/phone", loser)]);
    meet(&mut wei, &mut li);
    let mut values: Vec<_> = wei.conflicts()[0].values.iter().map(|v| v.value.as_text().unwrap().to_owned()).collect();
    values.sort();
    assert_eq!(values, ["10000000111", "10000000222"]);
}

#[test]
fn the_same_value_written_apart_is_no_conflict() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000002")]);
    meet(&mut wei, &mut li);
    assert!(wei.conflicts().is_empty());
    // and to write it once more is no change
    assert_eq!(wei.edit(WEI, MAY_16, &[Edit::new("profile/phone", "10000000002")]).unwrap(), None);
}

#[test]
fn an_unchanged_value_leaves_no_change_but_a_confirmation_does() {
    let mut wei = imported();
    assert_eq!(wei.edit(WEI, MAY_16, &[Edit::new("profile/phone", "10000000001")]).unwrap(), None);
    assert_eq!(wei.edit(WEI, MAY_16, &[Edit::new("profile/relocation_site", "")]).unwrap(), None);
    assert_eq!(wei.edit(WEI, MAY_16, &[Edit::new("members/zzzzzzzzzzzz/name", "")]).unwrap(), None);
    edit(&mut wei, WEI, &[Edit::new("confirmed/profile.phone", "2023-05-16 home")]);
    assert_eq!(wei.file().confirmed["profile.phone"], "2023-05-16 home".into());
}

#[test]
fn a_member_taken_off_by_one_and_corrected_by_the_other_keeps_both() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("members/cccccccccccc/removed", true)]);
    edit(&mut li, LI, &[Edit::new("members/cccccccccccc/schooling", "grade7")]);
    meet(&mut wei, &mut li);
    let file = wei.file();
    assert!(file.members[2].removed);
    assert_eq!(file.members[2].fact.schooling.as_deref(), Some("grade7"));
    assert_eq!(file.facts(None).members.len(), 2);
}

#[test]
fn ticks_of_two_people_unite() {
    let (mut wei, mut li) = (imported(), imported());
    let ticks = |risk: &str| [Edit::at(["profile", "registered_risks", risk], true)];
    edit(&mut wei, WEI, &ticks("illness"));
    edit(&mut li, LI, &ticks("schooling"));
    edit(&mut li, LI, &[Edit::new("measures/m_venture.crops", "2023-03-01")]);
    edit(&mut wei, WEI, &[Edit::new("measures/m_work.training", "yes")]);
    meet(&mut wei, &mut li);
    let facts = wei.file().facts(None);
    assert_eq!(facts.profile.registered_risks, ["illness", "schooling"]);
    assert_eq!(facts.measures.len(), 2);
    assert_eq!(facts.measures[0].since.as_deref(), Some("2023-03-01"));
    assert_eq!((facts.measures[1].family.as_str(), &facts.measures[1].since), ("m_work", &None));
}

fn visit(id: &str, collector: &str) -> Vec<Edit> {
    let at = |rest: &[&str], value: Scalar| Edit::at(["visits", id].iter().chain(rest).copied(), value);
    vec![
        at(&["form"], "screening-lifted".into()),
        at(&["state"], "finished".into()),
        at(&["outcome"], "done".into()),
        at(&["collector_id"], collector.into()),
        at(&["finished_at"], "2023-05-16T10:20:00+08:00".into()),
        at(&["answers", "population"], 3_i64.into()),
        at(&["answers", "has_risk"], "yes".into()),
        at(&["answers", "risks", "illness"], true.into()),
        at(&["answers", "risks", "labour"], false.into()),
        at(&["overrides", "at_risk"], "no".into()),
        at(&["rosters", "member", "aaaaaaaaaaaa", "note"], "…".into()),
    ]
}

#[test]
fn a_visit_is_one_change_and_reads_back_whole() {
    let mut wei = imported();
    let before = wei.changes().len();
    edit(&mut wei, WEI, &visit("vvvvvvvvvvvv", "p-wei"));
    assert_eq!(wei.changes().len(), before + 1);
    let file = wei.file();
    let v = &file.visits[0];
    assert!(v.finished);
    assert_eq!(v.answers["population"], Answer::One(3_i64.into()));
    assert_eq!(v.answers["risks"], Answer::Many(vec!["illness".into()]));
    assert_eq!(v.overrides["at_risk"], Answer::One("no".into()));
    assert_eq!(v.rosters["member"]["aaaaaaaaaaaa"]["note"], Answer::One("…".into()));
    assert!(v.extra.is_empty());
    let day = |d| chrono::NaiveDate::from_ymd_opt(2023, 5, d);
    assert_eq!(file.facts(day(16)).visits.len(), 1);
    assert_eq!(file.facts(day(17)).visits.len(), 0);
    assert_eq!(file.facts(None).visits[0].answers["risks"], serde_json::json!(["illness"]));
    // a second replica takes it and agrees
    meet(&mut wei, &mut imported());
}

#[test]
fn a_visit_without_its_collector_is_not_written() {
    let mut wei = imported();
    assert!(wei.edit(WEI, MAY_16, &[Edit::new("visits/vvvvvvvvvvvv/form", "screening-lifted")]).is_err());
    assert!(wei.file().visits.is_empty());
    assert_eq!(wei.changes().len(), 1);
}

#[test]
fn a_household_found_on_the_spot_reaches_another_replica() {
    let id = crate::domain::id::new_household();
    let mut at_qin = HouseholdDoc::found(id, &founding(), QIN, MAY_16).unwrap();
    edit(&mut at_qin, QIN, &visit("vvvvvvvvvvvv", "p-qin"));
    let mut server = HouseholdDoc::unfounded(id);
    for change in at_qin.changes() {
        server.admit(&change.bytes, Some(QIN), &mut anything).unwrap();
    }
    assert_eq!(server.digest(), at_qin.digest());
    // the same change under another household's id is refused
    let mut other = HouseholdDoc::unfounded(household());
    assert!(take(&mut other, &at_qin.changes()[0].bytes).is_err());
    assert!(!other.is_founded());
}

#[test]
fn what_cannot_be_written_is_said_and_changes_nothing() {
    let mut wei = imported();
    let before = wei.snapshot();
    for bad in ["meta/id", "profile", "members/aaaaaaaaaaaa", "members", "unknown/thing", "members/aaaaaaaaaaaa//x"] {
        assert!(wei.edit(WEI, MAY_16, &[Edit::new(bad, "x")]).is_err(), "{bad}");
    }
    assert!(wei.edit(WEI, MAY_16, &[Edit::at(["profile", "a/b"], "x")]).is_err());
    assert!(wei.edit(WEI, MAY_16, &[Edit::new("profile/remarks", "长".repeat(6000))]).is_err());
    assert_eq!(wei.snapshot(), before);
}

#[test]
fn the_history_tells_who_changed_what_from_what() {
    let (mut wei, mut li) = (imported(), imported());
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000003")]);
    meet(&mut wei, &mut li);
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000002")]);
    let who = |a: &[u8; 16]| (*a == LI).then(|| "李建国".to_owned());
    let steps = li.history(&who);
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[0].actor, IMPORT_ACTOR);
    let last = steps.last().unwrap();
    assert_eq!(last.who.as_deref(), Some("李建国"));
    assert_eq!(last.values[0].path, ["profile", "phone"]);
    assert_eq!(last.values[0].after, "10000000002".into());
    let mut before = last.values[0].before.clone();
    before.sort();
    assert_eq!(before, ["10000000002".into(), "10000000003".into()]);
    let first = &steps[1].values[0];
    assert_eq!(first.before, ["10000000001".into()]);
}

#[test]
fn a_branch_under_numbers_that_are_taken_is_written_again_and_meets_the_others() {
    let mut wei = imported();
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    let backup = wei.snapshot();
    // After the backup: one change reaches the server, then the phone is lost and the backup played back.
    edit(&mut wei, WEI, &visit("vvvvvvvvvvvv", "p-wei"));
    let mut server = HouseholdDoc::load(&wei.snapshot()).unwrap();
    let mut restored = HouseholdDoc::load(&backup).unwrap();
    let first = edit(&mut restored, WEI, &visit("wwwwwwwwwwww", "p-wei"));
    let second = edit(&mut restored, WEI, &[Edit::new("visits/wwwwwwwwwwww/answers/population", 4_i64)]);
    let refused = take(&mut server, &first.bytes).unwrap_err();
    assert_eq!(refused.why, crate::approvals::RefusedWhy::Duplicate);
    assert_eq!(take(&mut server, &second.bytes).unwrap_err().why, crate::approvals::RefusedWhy::Dependency);

    // 李建国 has built on it.
    let mut li = HouseholdDoc::load(&restored.snapshot()).unwrap();
    let third = edit(&mut li, LI, &[Edit::new("place/hamlet", "小榕屯")]);
    let branch = [&first.bytes, &second.bytes, &third.bytes];

    let mut graft = Graft::default();
    assert!(!graft.bears(&second.bytes), "nothing has moved yet");
    let again: Vec<Grafted> = branch.iter().map(|bytes| graft.write_again(bytes).unwrap()).collect();
    assert!(graft.bears(&second.bytes) && graft.bears(&third.bytes));
    assert_eq!(again.iter().map(|g| g.author).collect::<Vec<_>>(), [WEI, WEI, LI]);
    assert!(again[0].actor == again[1].actor && again[1].actor != again[2].actor);
    for change in &again {
        server.admit(&change.bytes, Some(change.actor), &mut anything).unwrap();
    }
    assert_eq!((server.file().visits.len(), server.file().place.hamlet.as_str()), (2, "小榕屯"));
    // Whoever does it again makes the same bytes, and they are here already.
    let mut other = Graft::default();
    for (bytes, before) in branch.iter().zip(&again) {
        let now = other.write_again(bytes).unwrap();
        assert_eq!((now.hash, &now.bytes), (before.hash, &before.bytes));
        assert!(matches!(take(&mut server, &now.bytes), Ok(Admitted::AlreadyHere { .. })));
    }
    assert!(Graft::default().write_again(&first.bytes[..first.bytes.len() - 1]).is_none());
    assert_eq!(HouseholdDoc::load(&server.snapshot()).unwrap().digest(), server.digest());
}

#[test]
fn the_file_is_shown_as_it_stood_at_any_moment() {
    let mut wei = imported();
    let founded = wei.history(&|_| None)[0].time;
    let phone = |doc: &HouseholdDoc| doc.file().profile.phone;
    let first = phone(&wei);
    let later = MAY_16 + 60;
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000002")]);
    assert!(wei.as_of(founded - 1).unwrap().is_none(), "nothing was known");
    assert_eq!(phone(&wei.as_of(later - 1).unwrap().unwrap()), first);
    let now = wei.as_of(later).unwrap().unwrap();
    assert_eq!(phone(&now).as_deref(), Some("10000000002"));
    assert_eq!(now.heads(), wei.heads());
}

#[test]
fn a_change_whose_ground_was_laid_later_by_a_wrong_clock_waits_for_it() {
    let (mut wei, mut li) = (imported(), imported());
    // Her clock runs ahead; he builds on her change with a clock that is right.
    let ahead = MAY_16 + 30 * 86_400;
    wei.edit(WEI, ahead, &[Edit::new("profile/phone", "10000000002")]).unwrap();
    meet(&mut wei, &mut li);
    edit(&mut li, LI, &[Edit::new("place/hamlet", "下韦屯")]);
    let between = li.as_of(MAY_16 + 86_400).unwrap().unwrap();
    assert_eq!(between.file().place.hamlet, imported().file().place.hamlet, "what rests on it is not there yet");
    assert_eq!(li.as_of(ahead).unwrap().unwrap().heads(), li.heads());
}
