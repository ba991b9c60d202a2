//! The pack itself: on its way, not at hand, dropped; a screen that is behind it.

use super::*;

#[test]
fn a_screen_that_was_open_when_the_form_changed_loses_no_word() {
    let (phone, _, visit) = half_done();
    let app = &phone.app;
    let paths: Vec<String> =
        ["pasture", "electricity", "cooperative", "floor_area"].map(|n| path(app, &visit, n)).to_vec();
    publish(&phone, everything);
    for (path, typed) in paths.iter().zip([json!("7"), json!("no"), json!("no"), json!("70")]) {
        app.answer(&visit, path, &typed, |_, _| ()).unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    assert_eq!((value(app, &visit, "electricity"), value(app, &visit, "floor_area")), ("no".into(), "70".into()));
    let kept = retired(app, &visit);
    assert!(kept.contains(&two("pasture", "7")) && kept.contains(&two("cooperative", "no")), "{kept:?}");
}

#[test]
fn a_pack_that_is_announced_and_does_not_come_stops_nothing() {
    let (phone, id, visit) = half_done();
    phone.village.0.lock().unwrap().packs_missing = true;
    let mut revised = Revised::of(phone.app.pack().unwrap().files());
    everything(&mut revised);
    phone.village.publish(revised.0);
    phone.app.set_fact(id, "profile/phone", &json!("13900005678")).unwrap();
    assert!(phone.app.sync().is_err(), "the round says what is missing");
    assert_eq!(phone.app.status().unwrap().waiting_changes, 0, "and what was filled in went up all the same");
    // And again, now that it is known to be missing; the visit goes on with the form it has.
    phone.app.set_fact(id, "profile/phone", &json!("13900005679")).unwrap();
    assert!(phone.app.sync().is_err());
    assert_eq!(phone.app.status().unwrap().waiting_changes, 0);
    say(&phone.app, &visit, "pasture", json!("2"));
    let phone = phone.restarted();
    assert_eq!(value(&phone.app, &visit, "pasture"), "2");
    phone.app.put_down_visit(&visit).unwrap();
    phone.village.0.lock().unwrap().packs_missing = false;
    phone.app.sync().unwrap();
    assert!(phone.app.visit(&visit, |f| Ok(f.migrated())).unwrap());
    assert!(retired(&phone.app, &visit).contains(&two("pasture", "2")));
    phone.agrees();
}

#[test]
fn an_old_visit_is_read_in_the_form_it_was_made_with_on_a_device_that_never_had_it() {
    let (phone, _, visit) = half_done();
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Refused)).unwrap();
    phone.app.sync().unwrap();
    publish(&phone, everything);
    publish(&phone, |r| {
        r.version(LIVING, "2023052101");
    });
    let second = Phone::enrolled(&phone.village, "M4NDW9XY");
    let read = |app: &App| {
        app.look_at_visit(&visit, |f| {
            let shown = f.instance().find("/section_life/fuel").map(|n| f.instance().value(n).to_owned());
            Ok((f.form().version.clone(), shown.unwrap_or_default(), f.retired().len()))
        })
        .unwrap()
    };
    assert_eq!(read(&phone.app), ("2023051501".into(), "coal".into(), 0));
    // Not at hand yet: everything is readable all the same, and the next round brings the form.
    let (version, _, kept) = read(&second.app);
    assert_eq!((version.as_str(), kept), ("2023052101", 3));
    second.app.sync().unwrap();
    assert_eq!(read(&second.app), ("2023051501".into(), "coal".into(), 0));
    let quiet = second.app.sync().unwrap();
    assert_eq!(quiet.round.round_trips, 1, "it is not asked for again");
}

#[test]
fn a_pack_that_nobody_has_any_more_is_asked_for_once_a_day_and_a_form_that_was_dropped_stays_open() {
    let (phone, id, visit) = half_done();
    publish(&phone, |r| {
        let manifest = String::from_utf8(r.0["pack.toml"].clone()).unwrap().replace(", \"living-conditions\"]", "]");
        r.0.insert("pack.toml".into(), manifest.into_bytes());
        r.0.retain(|path, _| !path.starts_with("forms/living-conditions/"));
        let rules = String::from_utf8(r.0["rules.csv"].clone()).unwrap();
        let left: Vec<&str> = rules.lines().filter(|l| !l.contains("living-conditions")).collect();
        r.0.insert("rules.csv".into(), (left.join("\n") + "\n").into_bytes());
        let titles = String::from_utf8(r.0["forms.csv"].clone()).unwrap();
        let left: Vec<&str> = titles.lines().filter(|l| !l.starts_with("living-conditions")).collect();
        r.0.insert("forms.csv".into(), (left.join("\n") + "\n").into_bytes());
    });
    assert!(phone.app.pack().unwrap().form(LIVING).is_none());
    assert_eq!(phone.app.open_visit(id, Some(LIVING)).unwrap(), visit);
    say(&phone.app, &visit, "pasture", json!("2"));
    phone.app.finish_visit(&visit, &Finish::with(Outcome::Away)).unwrap();
    assert_eq!(phone.app.household(id).unwrap().visits[0].answers["pasture"].to_json(), json!("2"));
    assert_eq!(phone.app.look_at_visit(&visit, |f| Ok(f.form().version.clone())).unwrap(), "2023051501");
    phone.agrees();
    // Wanted of a server that was put back to before it: no trouble, no asking at each round.
    phone.app.pack_or_want("0123456789ab").unwrap();
    assert_eq!(phone.app.sync().unwrap().round.round_trips, 2);
    assert_eq!(phone.app.sync().unwrap().round.round_trips, 1);
}

#[test]
fn names_that_no_pack_can_have_are_not_asked_for_and_a_full_list_lets_the_longest_asked_go() {
    let (phone, ..) = half_done();
    let wanted = || phone.app.read(|tx| tx.packs_wanted()).unwrap();
    for no in ["0123456789a", "0123456789abc", "0123456789aZ", "0123456789AB", "../../../../pack"] {
        phone.app.pack_or_want(no).unwrap();
    }
    assert_eq!(wanted().len(), 0);
    phone.app.pack_or_want(&"ab".repeat(32)).unwrap();
    for n in 0..63 {
        phone.app.pack_or_want(&format!("{n:012x}")).unwrap();
    }
    // Nothing was asked yet: what is new waits.
    phone.app.pack_or_want("ffffffffffff").unwrap();
    assert!(wanted().len() == 64 && !wanted().contains_key("ffffffffffff"));
    // The server has none of them.
    phone.app.sync().unwrap();
    let asked: Vec<String> = wanted().into_iter().filter(|(_, at)| *at > 0).map(|(n, _)| n).collect();
    assert_eq!(asked.len(), 8);
    phone.app.pack_or_want("ffffffffffff").unwrap();
    assert!(wanted().len() == 64 && wanted().contains_key("ffffffffffff"));
    assert_eq!(asked.iter().filter(|n| !wanted().contains_key(*n)).count(), 1);
}
