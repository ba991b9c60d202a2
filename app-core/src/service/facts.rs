//! Corrections outside a visit: one fact of a household or a member, checked, written as one change.

use serde_json::Value;

use super::App;
use crate::document::{Edit, HouseholdFile, Scalar};
use crate::domain::IdNumber;
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};
use crate::policy::Pack;
use crate::storage::{Changes, Edited, Tx};

/// Facts that are yes or no in the file.
const YES_NO: [&str; 10] = [
    "priority",
    "whole",
    "only_home",
    "quantity",
    "quality",
    "reliability",
    "convenience",
    "insured",
    "pension",
    "willing",
];
/// Stands for a measure in [`check`]: the day it began, or `yes`.
const MEASURE: &str = "measure";
/// Facts that are whole numbers in the file.
const WHOLE: [&str; 4] = ["employed_months", "disability_kind", "disability_level", "order"];
/// Facts with several choices, each a yes or no of its own.
const SEVERAL: [&str; 2] = ["health", "registered_risks"];
/// Facts whose value is a code of the pack's list.
const CODED: [(&str, &str); 8] = [
    ("relation", "relation"),
    ("living", "living"),
    ("education", "education"),
    ("schooling", "schooling"),
    ("health", "health"),
    ("work", "work"),
    ("kind", "allowance_kind"),
    ("class", "allowance_class"),
];

/// Facts of the household, below `profile/` (2-forms.md "Facts"). A slip of the pen must not become a fact that nothing
/// reads and nobody can take back.
const PROFILE: [&str; 27] = [
    "base",
    "monitored_kind",
    "cleared",
    "standing",
    "clearance_way",
    "identified_on",
    "cleared_on",
    "safety_net",
    "priority",
    "registered_risks",
    "relocation_site",
    "area",
    "phone",
    "head_name",
    "allowance/kind",
    "allowance/class",
    "allowance/whole",
    "allowance/since",
    "allowance/applied_on",
    "plan/made_on",
    "plan/items",
    "housing/only_home",
    "housing/grade",
    "water/quantity",
    "water/quality",
    "water/reliability",
    "water/convenience",
];
/// Facts of a member, below `members/<id>/`.
pub(super) const MEMBER: [&str; 18] = [
    "name",
    "id_number",
    "sex",
    "birth",
    "relation",
    "living",
    "education",
    "schooling",
    "health",
    "work",
    "disability_kind",
    "disability_level",
    "insured",
    "pension",
    "dropout_reason",
    "employed_months",
    "willing",
    "order",
];
/// Whole numbers, with the least and the most that can be true.
const BOUNDS: [(&str, i64, i64); 3] =
    [("employed_months", 0, 12), ("disability_kind", 1, 7), ("disability_level", 1, 4)];

/// Whether the pack has this measure; a pack without the list of a family takes any item of it.
fn is_measure(pack: Option<&Pack>, family: &str, item: &str) -> bool {
    let Some(pack) = pack else { return !family.is_empty() && !item.is_empty() };
    let items = pack.codes(&format!("measure_{family}"));
    !item.is_empty()
        && pack.codes("measure_family").iter().any(|c| c.code == family)
        && (items.is_empty() || items.iter().any(|c| c.code == item))
}

/// What a verb did.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// the one change; `None` when nothing changed
    pub edited: Option<Edited>,
    pub changes: Changes,
}

impl App {
    /// Sets one fact: `profile/phone`, `place/hamlet`, `members/<id>/work`, `members/<id>/health`, `measures/<family>.<item>`
    /// … `null` or `""` empties it; an array is the ticked codes of a multiple choice.
    pub fn set_fact(&self, household: HouseholdId, path: &str, value: &Value) -> Result<Done> {
        let path: Vec<String> = path.trim_matches('/').split('/').map(str::to_owned).collect();
        let pack = self.pack().ok();
        let (edited, changes) = self.transact_noting(|tx| {
            let file = tx.file(household)?;
            known_place(pack.as_deref(), &file, &path)?;
            let edits = edits(pack.as_deref(), tx, &file, &path, value)?;
            tx.edit(household, self.author(tx)?, &edits)
        })?;
        Ok(Done { edited, changes })
    }
}

/// The paths a person may correct here. Whether *this* person may is `approvals`' to say.
fn known_place(pack: Option<&Pack>, file: &HouseholdFile, path: &[String]) -> Result<()> {
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    let fine = match segments.as_slice() {
        ["profile", rest @ ..] => PROFILE.contains(&rest.join("/").as_str()),
        ["leaflets", "application" | "support", "given_on" | "by"] => true,
        ["place", "county" | "township" | "village" | "hamlet" | "address"] => true,
        ["measures", measure] => measure.split_once('.').is_some_and(|(family, item)| is_measure(pack, family, item)),
        ["members", id, fact] => MEMBER.contains(fact) && file.members.iter().any(|m| m.fact.id == *id),
        _ => false,
    };
    if fine && segments.iter().all(|s| !s.is_empty()) {
        return Ok(());
    }
    Err(Error::invalid("没有这一项，或不能在此修改。 There is no such fact, or it is not corrected here."))
}

fn edits(pack: Option<&Pack>, tx: &Tx<'_>, file: &HouseholdFile, path: &[String], value: &Value) -> Result<Vec<Edit>> {
    let name = path.last().map_or("", String::as_str);
    if SEVERAL.contains(&name) {
        return several(pack, tx, file, path, name, value);
    }
    let value = scalar(name, value)?;
    let measure = path.first().is_some_and(|root| root == "measures");
    check(pack, tx, if measure { MEASURE } else { name }, &value)?;
    Ok(vec![Edit { path: path.to_vec(), value }])
}

/// A multiple choice: the ticked codes stand, every other code that stood is unticked.
fn several(
    pack: Option<&Pack>,
    tx: &Tx<'_>,
    file: &HouseholdFile,
    path: &[String],
    name: &str,
    value: &Value,
) -> Result<Vec<Edit>> {
    let ticked: Vec<String> = match value {
        Value::Array(codes) => codes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(codes) => codes.split([' ', ',']).filter(|c| !c.is_empty()).map(str::to_owned).collect(),
        Value::Null => Vec::new(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Err(bad_value()),
    };
    for code in &ticked {
        check(pack, tx, name, &Scalar::from(code.as_str()))?;
    }
    if name == "health" && ticked.len() > 1 && ticked.iter().any(|c| c == "healthy") {
        // policy.md §8: 健康 excludes the other values.
        return Err(Error::invalid("“健康”不能与其他健康状况同时选。 Healthy excludes the other values."));
    }
    let standing = match path {
        [root, id, _] if root == "members" => {
            file.members.iter().find(|m| m.fact.id == *id).map(|m| m.fact.health.clone()).unwrap_or_default()
        }
        _ => file.profile.registered_risks.clone(),
    };
    let at = |code: &String, yes: bool| Edit::at(path.iter().cloned().chain([code.clone()]), yes);
    let unticked = standing.iter().filter(|c| !ticked.contains(c)).map(|c| at(c, false));
    Ok(unticked.chain(ticked.iter().map(|c| at(c, true))).collect())
}

/// JSON, as typed on a command line or sent by a screen, as the file keeps it.
pub(super) fn scalar(name: &str, value: &Value) -> Result<Scalar> {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(b) => return Ok(Scalar::Bool(*b)),
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.trim().to_owned(),
        Value::Array(_) | Value::Object(_) => return Err(bad_value()),
    };
    if text.is_empty() {
        return Ok(Scalar::Text(text));
    }
    if YES_NO.contains(&name) {
        return match text.as_str() {
            "yes" | "true" => Ok(Scalar::Bool(true)),
            "no" | "false" => Ok(Scalar::Bool(false)),
            _ => Err(bad_value()),
        };
    }
    if WHOLE.contains(&name) {
        return text.parse().map(Scalar::Int).map_err(|_| bad_value());
    }
    Ok(Scalar::Text(text))
}

/// Whether the value may stand: a code of its list, a sound ID number, a phone number, a date.
pub(super) fn check(pack: Option<&Pack>, tx: &Tx<'_>, name: &str, value: &Scalar) -> Result<()> {
    if let Scalar::Int(n) = value
        && BOUNDS.iter().any(|(fact, least, most)| *fact == name && !(*least..=*most).contains(n))
    {
        return Err(bad_value());
    }
    let Some(text) = value.as_text().filter(|t| !t.is_empty()) else { return Ok(()) };
    if let Some((_, list)) = CODED.iter().find(|(fact, _)| *fact == name)
        && let Some(pack) = pack
        && !pack.codes(list).iter().any(|c| c.code == text && c.open_on(tx.lens().on))
    {
        return Err(Error::invalid("没有这个选项代码。 There is no such code."));
    }
    match name {
        "grade" if !matches!(text, "A" | "B" | "C" | "D") => Err(bad_value()),
        "sex" if !matches!(text, "male" | "female") => Err(bad_value()),
        MEASURE if text == "yes" => Ok(()),
        "id_number" => sound_number(text),
        "phone" => {
            let sound =
                (5..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'+');
            if sound {
                Ok(())
            } else {
                Err(Error::invalid("电话号码应为 5–20 位数字。 A phone number has 5–20 digits."))
            }
        }
        "birth" | "since" | "applied_on" | "identified_on" | "cleared_on" | "made_on" | "given_on" | MEASURE => {
            match crate::policy::facts::day(text) {
                Some(day) if day <= tx.lens().on => Ok(()),
                Some(_) => Err(Error::invalid("日期不能晚于今天。 The date may not lie after today.")),
                None => Err(Error::invalid("日期应写作 2023-06-01。 A date is written 2023-06-01.")),
            }
        }
        _ => Ok(()),
    }
}

/// Whether an ID number is sound; the words say what is wrong with it, never the number.
pub(super) fn sound_number(text: &str) -> Result<()> {
    use crate::domain::id_number::Fault;
    let words = match IdNumber::new(text).fault() {
        None => return Ok(()),
        Some(Fault::Length) => {
            "证件号码应为 18 位（残疾人证 20 位）。 An ID number has 18 characters (20 on a disability certificate)."
        }
        Some(Fault::Characters) => "证件号码只能是数字，末位可为 X。 An ID number has digits only; the last may be X.",
        Some(Fault::BirthDate) => "证件号码中的出生日期不存在。 The birth date in the ID number does not exist.",
        Some(Fault::CheckDigit) => "证件号码校验位不符，请核对。 The ID number's check digit does not fit: look again.",
        Some(Fault::Disability) => {
            "残疾人证号码末尾的类别或等级不对。 Category or level at the end of the certificate number is wrong."
        }
    };
    Err(Error::invalid(words))
}

fn bad_value() -> Error {
    Error::invalid("这一项不能填这样的内容。 This fact does not take such a value.")
}
