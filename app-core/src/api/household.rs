//! `household.*`, `member.*`, `reveal`.

use serde_json::Value;

use super::history;
use super::labels;
use super::say::{Say, masked_id};
use super::views::{
    AddHouseholdRequest, AddMemberRequest, ChoiceView, FactView, FindingView, HouseholdAtRequest, HouseholdAtView,
    HouseholdRequest, HouseholdView, MemberView, RemoveMemberRequest, RevealRequest, RevealView, Revealed, SafetyView,
    SetFactRequest, VisitRow,
};
use super::visit::household_id;
use super::words::Word;
use crate::document::{IN_FORCE, MemberFile};
use crate::domain::IdNumber;
use crate::error::{Error, Result};
use crate::service::App;
use crate::service::conflicts::OpenCards;
use crate::service::household_view::{Household, Reveal};
use crate::service::households::NewHousehold;
use crate::storage::journal::JournalState;

pub(super) fn view(app: &App, ask: HouseholdRequest) -> Result<HouseholdView> {
    let id = household_id(&ask.id)?;
    let (page, open) = (app.household_page(id)?, app.cards(id)?);
    let merged: Vec<(String, String)> = page.file.merged_from.iter().map(|from| merged(app, from)).collect();
    // While both sides of a contrary decision stand, neither file is closed.
    let into = page.file.merged_into.as_deref().filter(|_| open.cards.is_empty()).map(|into| self::merged(app, into));
    let person = app.person()?;
    super::with_say(app, |say| {
        let editable = into.is_none()
            && say.pack.and_then(|p| p.permits(person.title)).is_none_or(|t| t.may("correct") || t.may("visit"));
        Ok(HouseholdView { merged_from: merged, merged_into: into, ..whole(say, &page, &open, editable) })
    })
}

pub(super) fn add(app: &App, ask: AddHouseholdRequest) -> Result<HouseholdView> {
    let new = NewHousehold {
        head_name: ask.head_name,
        head_id_number: ask.head_id_number,
        grid: ask.grid,
        hamlet: ask.hamlet,
        phone: ask.phone,
    };
    let (id, _) = app.add_household(&new)?;
    view(app, HouseholdRequest { id: id.to_string() })
}

pub(super) fn set_fact(app: &App, ask: SetFactRequest) -> Result<HouseholdView> {
    app.set_fact(household_id(&ask.household)?, &ask.path, &ask.value)?;
    view(app, HouseholdRequest { id: ask.household })
}

pub(super) fn add_member(app: &App, ask: AddMemberRequest) -> Result<HouseholdView> {
    app.add_member(household_id(&ask.household)?, &ask.facts)?;
    view(app, HouseholdRequest { id: ask.household })
}

pub(super) fn remove_member(app: &App, ask: RemoveMemberRequest) -> Result<HouseholdView> {
    let living = ask.living.as_deref().filter(|l| !l.is_empty());
    app.remove_member(household_id(&ask.household)?, &ask.member, living)?;
    view(app, HouseholdRequest { id: ask.household })
}

pub(super) fn reveal(app: &App, ask: RevealRequest) -> Result<RevealView> {
    let what = match ask.what {
        Revealed::IdNumber => Reveal::IdNumber,
        Revealed::Phone => Reveal::Phone,
    };
    let value = app.reveal(household_id(&ask.household)?, ask.member.as_deref(), what)?;
    Ok(RevealView { value })
}

/// The head of a household whose file was merged into another, and its id.
fn merged(app: &App, id: &str) -> (String, String) {
    let file = household_id(id).and_then(|id| app.household(id));
    let head = |file: crate::document::HouseholdFile| {
        let head = file.members.iter().find(|m| m.fact.relation.as_deref() == Some("head")).or(file.members.first());
        head.and_then(|m| m.fact.name.clone()).or(file.head_name.clone())
    };
    (file.ok().and_then(head).unwrap_or_default(), id.to_owned())
}

/// Whether a finding hangs on something that nobody has decided.
fn provisional(say: &Say<'_>, open: &OpenCards, rule: &str) -> bool {
    let rule = say.pack.and_then(|p| p.rules().iter().chain(p.checks()).find(|r| r.id == rule));
    let touched = |path: &[&str]| open.cards.iter().any(|(card, _)| card.touches(path));
    !open.cards.is_empty() && rule.is_some_and(|r| r.hangs_on(&touched))
}

fn whole(say: &Say<'_>, page: &Household, open: &OpenCards, editable: bool) -> HouseholdView {
    HouseholdView {
        row: say.household(&page.line),
        address: address(page),
        facts: facts(say, page, editable),
        members: page.file.members.iter().map(|m| member(say, page, m, editable)).collect(),
        visits: visits(say, page),
        measures: measures(say, page),
        forms_due: page
            .line
            .forms
            .iter()
            .map(|f| {
                let draft = page.open.iter().find(|v| v.form == f.slug);
                say.form_due(f, draft.map(|v| v.visit.clone()))
            })
            .collect(),
        findings: page
            .findings
            .iter()
            .filter(|f| f.kind != crate::policy::FindingKind::Form)
            .map(|f| FindingView { provisional: provisional(say, open, &f.rule), ..super::finish::finding(say, f) })
            .collect(),
        history: history::of(say, page),
        conflicts: super::conflicts::cards(say, open),
        provisional: !open.cards.is_empty(),
        merged_from: Vec::new(),
        merged_into: None,
        safety: safety(say, page),
        digest: page.line.digest.clone(),
        editable,
    }
}

/// The household as it was known at the end of a day; nothing of it can be changed.
pub(super) fn at(app: &App, ask: HouseholdAtRequest) -> Result<HouseholdAtView> {
    let on = crate::policy::facts::day(&ask.on).ok_or_else(|| Error::invalid("日期不对。 This is not a date."))?;
    let then = app.household_as_of(household_id(&ask.id)?, on)?;
    super::with_say(app, |say| {
        // Ages are those of that day.
        let that_day = Say { today: on, ..*say };
        let page = &then.page;
        Ok(HouseholdAtView {
            on: on.to_string(),
            days: then.days.iter().map(ToString::to_string).collect(),
            founded: then.founded,
            facts: if then.founded { facts(&that_day, page, false) } else { Vec::new() },
            members: if then.founded {
                page.file.members.iter().map(|m| member(&that_day, page, m, false)).collect()
            } else {
                Vec::new()
            },
            measures: if then.founded { measures(&that_day, page) } else { Vec::new() },
            visits: visits(&that_day, page),
            since: history::of(say, &then.since),
        })
    })
}

fn address(page: &Household) -> String {
    let p = &page.file.place;
    if p.address.is_empty() { format!("{}{}{}", p.township, p.village, p.hamlet) } else { p.address.clone() }
}

fn in_conflict(page: &Household, path: &str) -> bool {
    page.file.conflicts.iter().any(|c| {
        let whole = c.path.join("/");
        whole == path || whole.starts_with(&format!("{path}/"))
    })
}

/// What is known of the household; what is not known is not listed, unless it can be filled in here.
fn facts(say: &Say<'_>, page: &Household, editable: bool) -> Vec<FactView> {
    let file = &page.file;
    let profile = serde_json::to_value(&file.profile).unwrap_or_default();
    let p = &file.place;
    let mut out = Vec::new();
    for path in labels::household_paths() {
        let known = labels::of_household(path, say.lang);
        let value = match path {
            "place/hamlet" => p.hamlet.clone().into(),
            "place/address" => p.address.clone().into(),
            "place/village" => p.village.clone().into(),
            "place/township" => p.township.clone().into(),
            "place/county" => p.county.clone().into(),
            "profile/head_name" => file.head_name.clone().unwrap_or_default().into(),
            _ => path.split('/').skip(1).try_fold(&profile, |at, part| at.get(part)).cloned().unwrap_or(Value::Null),
        };
        let control = known.control.filter(|_| editable);
        let value = said(say, path, known.list, &value);
        if value.is_empty() && control.is_none() {
            continue;
        }
        out.push(FactView {
            path: path.to_owned(),
            label: known.label,
            masked: labels::is_personal(path) && !value.is_empty(),
            conflict: in_conflict(page, path),
            choices: choices(say, known.list, control.is_some()),
            control,
            value,
        });
    }
    for (kind, leaflet) in &file.leaflets {
        let Some(on) = &leaflet.given_on else { continue };
        out.push(FactView {
            path: format!("leaflets/{kind}/given_on"),
            label: say.label("leaflet", kind),
            value: Word::Given.fill(say.lang, &[on]),
            masked: false,
            conflict: in_conflict(page, &format!("leaflets/{kind}")),
            control: None,
            choices: Vec::new(),
        });
    }
    out
}

/// A fact's JSON in words.
fn said(say: &Say<'_>, name: &str, list: &str, value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::Bool(yes) => say.yes_no(*yes),
        Value::Number(n) if list.is_empty() => n.to_string(),
        Value::Number(n) => say.label(list, &n.to_string()),
        Value::String(text) => labels::text_value(say, name, list, text),
        Value::Array(items) => {
            let words: Vec<String> = items.iter().map(|i| said(say, name, list, i)).filter(|w| !w.is_empty()).collect();
            words.join(say.lang.pick("、", ", "))
        }
    }
}

fn choices(say: &Say<'_>, list: &str, wanted: bool) -> Vec<ChoiceView> {
    if wanted && !list.is_empty() { say.choices(list) } else { Vec::new() }
}

fn member(say: &Say<'_>, page: &Household, m: &MemberFile, editable: bool) -> MemberView {
    let f = &m.fact;
    let number = f.id_number.as_deref().map(IdNumber::new);
    let birth =
        f.birth.as_deref().and_then(crate::policy::facts::day).or_else(|| number.as_ref().and_then(IdNumber::birth));
    let sex = f.sex.clone().or_else(|| number.as_ref().and_then(|n| n.sex()).map(str::to_owned)).unwrap_or_default();
    MemberView {
        id: f.id.clone(),
        name: f.name.clone().unwrap_or_default(),
        relation: f.relation.as_deref().map(|r| say.label("relation", r)).unwrap_or_default(),
        age: birth.and_then(|b| say.today.years_since(b)),
        sex: labels::text_value(say, "sex", "", &sex),
        id_number_masked: f.id_number.as_deref().map(masked_id).unwrap_or_default(),
        facts: member_facts(say, page, m, editable && !m.removed),
        removed: m.removed,
    }
}

fn member_facts(say: &Say<'_>, page: &Household, m: &MemberFile, editable: bool) -> Vec<FactView> {
    let json = serde_json::to_value(&m.fact).unwrap_or_default();
    let mut out = Vec::new();
    for name in labels::member_names().filter(|n| !matches!(*n, "removed" | "order" | "sex" | "birth")) {
        let known = labels::of_member(name, say.lang);
        let value = match name {
            "disability_kind" => json.pointer("/disability/kind"),
            "disability_level" => json.pointer("/disability/level"),
            _ => json.get(name),
        };
        let control = known.control.filter(|_| editable);
        let value = said(say, name, known.list, value.unwrap_or(&Value::Null));
        if value.is_empty() && control.is_none() {
            continue;
        }
        let path = format!("members/{}/{name}", m.fact.id);
        out.push(FactView {
            label: known.label,
            masked: labels::is_personal(name) && !value.is_empty(),
            conflict: in_conflict(page, &path),
            choices: choices(say, known.list, control.is_some()),
            control,
            value,
            path,
        });
    }
    out
}

fn measures(say: &Say<'_>, page: &Household) -> Vec<FactView> {
    let view = |(entry, since): (&String, &String)| FactView {
        path: format!("measures/{entry}"),
        label: labels::measure(say, entry),
        value: if since == IN_FORCE { say.yes_no(true) } else { Word::SinceDay.fill(say.lang, &[since]) },
        masked: false,
        conflict: in_conflict(page, &format!("measures/{entry}")),
        control: None,
        choices: Vec::new(),
    };
    page.file.measures.iter().map(view).collect()
}

/// Open visits of this device first, then those of the file; a second one with the same form is flagged.
fn visits(say: &Say<'_>, page: &Household) -> Vec<VisitRow> {
    let mut rows: Vec<VisitRow> = Vec::new();
    for open in &page.open {
        let draft = crate::service::today::Draft { visit: open.clone(), household: page.line.clone(), answered: 0 };
        rows.push(super::lists::draft(say, &draft));
    }
    for line in &page.visits {
        if page.open.iter().any(|o| o.visit == line.visit) && line.state != "finished" {
            continue;
        }
        let done = |v: &&crate::storage::visits::VisitLine| v.in_campaign && v.form == line.form && v.outcome == "done";
        let second = line.outcome == "done" && page.visits.iter().filter(done).count() > 1;
        rows.push(VisitRow { second, device: device(page, &line.visit), ..say.visit(line) });
    }
    rows
}

/// The device that brought a visit to the state it is in: the visit itself only names an id.
fn device(page: &Household, visit: &str) -> String {
    let writes = |s: &&crate::document::Step| {
        s.values.iter().any(
            |v| matches!(v.path.as_slice(), [root, id, field] if root == "visits" && id == visit && field == "state"),
        )
    };
    let step = page.steps.iter().find(writes);
    step.and_then(|s| page.writers.get(&s.actor)).map(|w| w.device.clone()).unwrap_or_default()
}

/// Where the household's content is safe: one truth for tick and words.
fn safety(say: &Say<'_>, page: &Household) -> SafetyView {
    let draft = page.open.iter().any(|v| v.state == JournalState::Open);
    let word = match (page.pending, page.refused, draft, page.confirmed_at) {
        (1.., ..) => Word::SafeNowhere,
        (0, 1.., ..) => Word::SafeRefused,
        (0, 0, true, _) => Word::SafeDraft,
        (0, 0, false, Some(_)) => Word::SafeServer,
        (0, 0, false, None) => Word::SafeServerOnly,
    };
    SafetyView {
        on_this_device: true,
        on_server: matches!(word, Word::SafeServer | Word::SafeServerOnly),
        confirmed_at: page.confirmed_at.map(super::lists::moment),
        words: say.word(word),
    }
}
