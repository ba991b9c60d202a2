//! From flat keys to the typed content: one function per part of the file.

use std::collections::BTreeMap;

use super::file::{Answer, HouseholdFile, IN_FORCE, MemberFile, VisitFile};
use super::founding::Place;
use super::read::Flat;
use super::scalar::Scalar;
use crate::domain::{Base, IdNumber, MonitoredKind};
use crate::policy::facts::{Allowance, Disability, Housing, Member, Plan, Profile, Water};

pub(super) fn container(file: &mut HouseholdFile, name: &str, mut flat: Flat) {
    match name {
        "meta" => {
            file.schema = flat.int("schema").unwrap_or_default();
            file.founded_on = flat.text("founded_on");
            file.source = flat.text("source");
        }
        "place" => file.place = place(&mut flat),
        "profile" => {
            file.head_name = flat.text("head_name");
            file.settled = flat.group("settled").0;
            file.merged_into = flat.text("merged_into");
            file.merged_from = flat.ticked("merged_from");
            file.profile = profile(flat);
            return;
        }
        "measures" => {
            file.measures = flat.0.into_iter().filter_map(|(k, v)| Some((k, in_force(v)?))).collect();
            return;
        }
        "leaflets" => {
            for (key, value) in flat.0 {
                leaflet(file, &key, value);
            }
            return;
        }
        "confirmed" => {
            file.confirmed = flat.0;
            return;
        }
        _ => {}
    }
    file.extra.extend(flat.0.into_iter().map(|(k, v)| (format!("{name}/{k}"), v)));
}

fn in_force(value: Scalar) -> Option<String> {
    match value {
        Scalar::Text(t) => (!t.is_empty() && t != "no").then_some(t),
        Scalar::Bool(b) => b.then(|| IN_FORCE.to_owned()),
        Scalar::Int(_) => None,
    }
}

fn leaflet(file: &mut HouseholdFile, key: &str, value: Scalar) {
    let (Some((kind, field)), Scalar::Text(text)) = (key.split_once('/'), &value) else {
        file.extra.insert(format!("leaflets/{key}"), value);
        return;
    };
    let entry = file.leaflets.entry(kind.to_owned()).or_default();
    let text = (!text.is_empty()).then(|| text.clone());
    match field {
        "given_on" => entry.given_on = text,
        "by" => entry.by = text,
        _ => {
            file.extra.insert(format!("leaflets/{key}"), value);
        }
    }
}

fn place(flat: &mut Flat) -> Place {
    let mut text = |key: &str| flat.text(key).unwrap_or_default();
    Place {
        county: text("county"),
        township: text("township"),
        village: text("village"),
        grid: text("grid"),
        hamlet: text("hamlet"),
        address: text("address"),
    }
}

fn profile(mut f: Flat) -> Profile {
    let base = f.text("base").and_then(|b| match b.as_str() {
        "ordinary" => Some(Base::Ordinary),
        "lifted" => Some(Base::Lifted),
        _ => None,
    });
    let monitored_kind = f.text("monitored_kind").and_then(|k| match k.as_str() {
        "unstable_lifted" => Some(MonitoredKind::UnstableLifted),
        "marginal" => Some(MonitoredKind::Marginal),
        "sudden_hardship" => Some(MonitoredKind::SuddenHardship),
        _ => None,
    });
    Profile {
        base,
        monitored_kind,
        cleared: f.flag("cleared"),
        standing: None,
        clearance_way: f.text("clearance_way"),
        identified_on: f.text("identified_on"),
        cleared_on: f.text("cleared_on"),
        safety_net: f.flag("safety_net"),
        priority: f.flag("priority"),
        registered_risks: f.ticked("registered_risks"),
        allowance: allowance(f.group("allowance")),
        plan: plan(f.group("plan")),
        relocation_site: f.text("relocation_site"),
        area: f.text("area"),
        phone: f.text("phone"),
        housing: housing(f.group("housing")),
        water: water(f.group("water")),
        leaflets: Vec::new(),
        more: more(f),
    }
}

/// `None` when nothing of the group was ever said.
fn known<T: Default + PartialEq>(group: T) -> Option<T> {
    (group != T::default()).then_some(group)
}

fn allowance(mut f: Flat) -> Option<Allowance> {
    known(Allowance {
        kind: f.text("kind"),
        class: f.text("class"),
        whole: f.flag("whole"),
        since: f.text("since"),
        applied_on: f.text("applied_on"),
    })
}

fn plan(mut f: Flat) -> Option<Plan> {
    let items = f.ticked("items");
    known(Plan { made_on: f.text("made_on"), items: items.into_iter().map(|i| i.replace('.', "/").into()).collect() })
}

fn housing(mut f: Flat) -> Option<Housing> {
    known(Housing { only_home: f.flag("only_home"), grade: f.text("grade") })
}

fn water(mut f: Flat) -> Option<Water> {
    known(Water {
        quantity: f.flag("quantity"),
        quality: f.flag("quality"),
        reliability: f.flag("reliability"),
        convenience: f.flag("convenience"),
    })
}

/// The facts this version has no field for: scalars, and ticked choices as a list.
fn more(f: Flat) -> BTreeMap<String, serde_json::Value> {
    answers(f).into_iter().map(|(k, a)| (k, a.to_json())).collect()
}

pub(super) fn member(id: String, mut f: Flat) -> MemberFile {
    // forms bind to `members/*/disability/kind`; the register writes the flat name
    let mut group = f.group("disability");
    let kind = f.int("disability_kind").or_else(|| group.int("kind"));
    let level = f.int("disability_level").or_else(|| group.int("level"));
    let disability = match (kind, level) {
        (None, None) => None,
        (kind, level) => Some(Disability { kind: kind.unwrap_or_default(), level: level.unwrap_or_default() }),
    };
    let (removed, order) = (f.flag("removed").unwrap_or_default(), f.int("order").unwrap_or(i64::MAX));
    let id_number = f.text("id_number");
    // What a sound number says need not stand in the file beside it (a first sync is 15 % smaller without).
    let number = id_number.as_deref().map(IdNumber::new).filter(|n| n.fault().is_none());
    let fact = Member {
        id,
        name: f.text("name"),
        sex: f.text("sex").or_else(|| number.as_ref().and_then(IdNumber::sex).map(str::to_owned)),
        birth: f.text("birth").or_else(|| number.as_ref().and_then(IdNumber::birth).map(|d| d.to_string())),
        id_number,
        relation: f.text("relation"),
        living: f.text("living"),
        education: f.text("education"),
        schooling: f.text("schooling"),
        health: f.ticked("health"),
        work: f.text("work"),
        disability,
        insured: f.flag("insured"),
        pension: f.flag("pension"),
        dropout_reason: f.text("dropout_reason"),
        employed_months: f.int("employed_months"),
        willing: f.flag("willing"),
        more: more(f),
    };
    MemberFile { fact, removed, order }
}

/// The most versions read of those a visit was filled with before.
const EARLIER_FORMS: usize = 64;

pub(super) fn visit(id: String, mut f: Flat) -> VisitFile {
    VisitFile {
        id,
        answers: answers(f.group("answers")),
        overrides: answers(f.group("overrides")),
        rosters: rosters(f.group("rosters")),
        retired: texts(f.group("retired")),
        earlier_forms: f
            .text("earlier_forms")
            .map(|t| t.split_whitespace().take(EARLIER_FORMS).map(str::to_owned).collect())
            .unwrap_or_default(),
        form: f.text("form").unwrap_or_default(),
        form_version: f.text("form_version"),
        finished: f.text("state").is_some_and(|s| s == "finished"),
        outcome: f.text("outcome"),
        method: f.text("method"),
        opened_at: f.text("opened_at"),
        finished_at: f.text("finished_at"),
        window_from: f.text("window_from"),
        window_to: f.text("window_to"),
        collector: f.text("collector"),
        collector_id: f.text("collector_id"),
        device: f.text("device"),
        paper_typist: f.text("paper_typist"),
        paper_date: f.text("paper_date"),
        privacy_notice_at: f.text("privacy_notice_at"),
        extra: f.0,
    }
}

/// Key → text; emptied ones are left out.
fn texts(mut f: Flat) -> BTreeMap<String, String> {
    let keys: Vec<String> = f.0.keys().cloned().collect();
    keys.into_iter().filter_map(|key| f.text(&key).map(|text| (key, text))).collect()
}

/// `q` → one value; `q/choice` → the ticked choices of `q` (none ticked is an answer too).
fn answers(f: Flat) -> BTreeMap<String, Answer> {
    let mut out = BTreeMap::new();
    for (key, value) in f.0 {
        match key.split_once('/') {
            None if value.is_empty() => {}
            None => {
                out.insert(key, Answer::One(value));
            }
            Some((question, choice)) => {
                let entry = out.entry(question.to_owned()).or_insert_with(|| Answer::Many(Vec::new()));
                if let (Answer::Many(ticked), Scalar::Bool(true)) = (entry, value) {
                    ticked.push(choice.to_owned());
                }
            }
        }
    }
    out
}

fn rosters(f: Flat) -> BTreeMap<String, BTreeMap<String, BTreeMap<String, Answer>>> {
    let mut rows: BTreeMap<(String, String), Flat> = BTreeMap::new();
    for (key, value) in f.0 {
        let mut parts = key.splitn(3, '/');
        if let (Some(repeat), Some(member), Some(question)) = (parts.next(), parts.next(), parts.next()) {
            rows.entry((repeat.to_owned(), member.to_owned())).or_default().0.insert(question.to_owned(), value);
        }
    }
    let mut out: BTreeMap<String, BTreeMap<String, BTreeMap<String, Answer>>> = BTreeMap::new();
    for ((repeat, member), flat) in rows {
        out.entry(repeat).or_default().insert(member, answers(flat));
    }
    out
}
