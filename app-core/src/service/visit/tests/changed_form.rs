use serde_json::json;

use super::*;
use crate::domain::Outcome;
use crate::service::visit::Finish;
use crate::storage::journal::{Entry, EntryKind, OpenVisit};

#[test]
fn answers_move_with_their_question_and_what_has_no_place_is_kept_and_shown() {
    let (phone, id) = with(guihua());
    let app = &phone.app;
    let visit = app.open_visit(id, Some("screening-ordinary")).unwrap();
    for (name, answer) in ordinary(false).as_object().unwrap() {
        say(app, &visit, name, answer.clone());
    }
    // As an older form would have left it: sections elsewhere, a question that is gone, one of another type.
    app.transact(|tx| {
        let open = tx.open_visit(&visit)?.unwrap();
        tx.write_visit(&OpenVisit { form_version: "2023050101".into(), pack: "00".into(), ..open })?;
        for (path, value, kind) in [
            ("/old_section/has_risk", "yes", EntryKind::Answer),
            ("/old_section/risks", "illness flood", EntryKind::Answer),
            ("/old_section/house_condition", "漏雨", EntryKind::Answer),
            ("/old_section/people[mguihua00001]/nickname", "阿花", EntryKind::Answer),
            ("/old_section/section_other", "?", EntryKind::Answer),
        ] {
            tx.write_entry(&visit, &Entry { path: path.into(), value: json!(value), kind, at: 1_700_000_000 })?;
        }
        Ok(())
    })
    .unwrap();
    let phone = phone.restarted();
    let app = &phone.app;
    let (migrated, mut retired) = app
        .visit(&visit, |f| Ok((f.migrated(), f.retired().iter().map(|r| r.name.clone()).collect::<Vec<_>>())))
        .unwrap();
    retired.sort();
    assert!(migrated);
    assert_eq!(retired, ["house_condition", "nickname", "section_other"]);
    assert_eq!(value(app, &visit, "has_risk"), "yes", "same name keeps its value");
    assert_eq!(problems(app, &visit), ["risks"], "a choice that is gone must be answered again");
    say(app, &visit, "risks", json!(["illness"]));
    app.finish_visit(&visit, &Finish::with(Outcome::Done)).unwrap();
    let file = app.household(id).unwrap();
    assert_eq!(file.visits[0].answers["house_condition"].to_json(), json!("漏雨"), "nothing typed is dropped");
    phone.agrees();
}
