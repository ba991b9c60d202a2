//! What the facts of a household file are called, and how their values are said: for the household page, its history and
//! its conflicts. Facts the pack's forms ask for in their own words are still called the same here on every page.

use super::say::{Say, masked_id, masked_phone};
use super::views::Control;
use super::words::Lang;
use crate::document::{HouseholdFile, Scalar};

/// One kind of fact: path below `profile/` or `place/`, or name of a member's fact.
struct Fact {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    /// the pack's code list of its values, or empty
    list: &'static str,
    /// the control to correct it with
    control: Option<Control>,
}

const fn fact(
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    list: &'static str,
    control: Option<Control>,
) -> Fact {
    Fact { name, zh, en, list, control }
}

const HOUSEHOLD: &[Fact] = &[
    fact("profile/phone", "联系电话", "Phone", "", Some(Control::Phone)),
    fact("place/hamlet", "自然村（村民小组）", "Hamlet", "", Some(Control::Text)),
    fact("place/address", "家庭住址", "Address", "", Some(Control::Text)),
    fact("place/village", "行政村", "Village", "", None),
    fact("place/township", "乡（镇）", "Township", "", None),
    fact("place/county", "县", "County", "", None),
    fact("profile/head_name", "户主姓名", "Head of household", "", None),
    fact("profile/base", "户类型", "Household type", "base", None),
    fact("profile/monitored_kind", "监测户类型", "Kind of monitored household", "monitored_kind", None),
    fact("profile/registered_risks", "登记的风险类型", "Registered risks", "risk", None),
    fact("profile/identified_on", "识别认定日期", "Identified on", "", None),
    fact("profile/cleared", "已消除风险", "Risk cleared", "", None),
    fact("profile/cleared_on", "风险消除日期", "Cleared on", "", None),
    fact("profile/clearance_way", "风险消除方式", "Way of clearance", "clearance_way", None),
    fact("profile/safety_net", "整户无劳动能力兜底保障户", "Safety-net household", "", None),
    fact("profile/priority", "重点户", "Priority household", "", None),
    fact("profile/allowance/kind", "低保、特困", "Allowance", "allowance_kind", None),
    fact("profile/allowance/class", "低保类别", "Class of allowance", "allowance_class", None),
    fact("profile/allowance/whole", "整户享受", "Whole household receives it", "", None),
    fact("profile/allowance/since", "享受起始时间", "Allowance since", "", None),
    fact("profile/allowance/applied_on", "申请日期", "Applied on", "", None),
    fact("profile/plan/made_on", "帮扶计划制定日期", "Support plan made on", "", None),
    fact("profile/plan/items", "帮扶计划内容", "Support plan", "", None),
    fact("profile/merged_into", "并入的户", "Merged into", "", None),
    fact("profile/relocation_site", "易地搬迁安置点", "Relocation site", "", None),
    fact("profile/housing/only_home", "唯一住房", "Only home", "", None),
    fact("profile/housing/grade", "住房鉴定等级", "Grade of the house", "", None),
    fact("profile/water/quantity", "饮水：水量达标", "Water: enough", "", None),
    fact("profile/water/quality", "饮水：水质达标", "Water: clean", "", None),
    fact("profile/water/reliability", "饮水：供水保证率达标", "Water: reliable", "", None),
    fact("profile/water/convenience", "饮水：用水方便程度达标", "Water: near", "", None),
];

const MEMBER: &[Fact] = &[
    fact("name", "姓名", "Name", "", Some(Control::Text)),
    fact("id_number", "证件号码", "ID number", "", Some(Control::IdNumber)),
    fact("relation", "与户主关系", "Relation to the head", "relation", Some(Control::SelectOne)),
    fact("living", "生存状态", "Living status", "living", Some(Control::SelectOne)),
    fact("education", "文化程度", "Education completed", "education", Some(Control::SelectOne)),
    fact("schooling", "在校生情况", "Present schooling", "schooling", Some(Control::SelectOne)),
    fact("health", "健康状况", "Health", "health", Some(Control::SelectMultiple)),
    fact("work", "劳动技能", "Ability to work", "work", Some(Control::SelectOne)),
    fact("disability_kind", "残疾类别", "Kind of disability", "disability_kind", None),
    fact("disability_level", "残疾等级", "Level of disability", "disability_level", None),
    fact("insured", "参加基本医疗保险", "Medical insurance", "", None),
    fact("pension", "参加养老保险", "Pension insurance", "", None),
    fact("dropout_reason", "失学辍学原因", "Reason for leaving school", "", None),
    fact("employed_months", "一年内务工月数", "Months in work within a year", "", None),
    fact("willing", "有就业意愿", "Willing to work", "", None),
    fact("sex", "性别", "Sex", "", None),
    fact("birth", "出生日期", "Born", "", None),
    fact("removed", "已移出名册", "Taken off the roster", "", None),
    fact("order", "序号", "Order", "", None),
];

/// A fact as a page shows it: what it is called, the code list of its values, its control.
pub(super) struct Known {
    pub(super) label: String,
    pub(super) list: &'static str,
    pub(super) control: Option<Control>,
}

/// The household's facts in the order of a page.
pub(super) fn household_paths() -> impl Iterator<Item = &'static str> {
    HOUSEHOLD.iter().map(|f| f.name)
}

/// A member's facts in the order of a page.
pub(super) fn member_names() -> impl Iterator<Item = &'static str> {
    MEMBER.iter().map(|f| f.name)
}

fn known(of: &'static [Fact], name: &str, lang: Lang) -> Known {
    match of.iter().find(|f| f.name == name) {
        Some(f) => Known { label: lang.pick(f.zh, f.en).to_owned(), list: f.list, control: f.control },
        // A fact of a newer pack: shown under its own name.
        None => Known { label: name.rsplit('/').next().unwrap_or(name).to_owned(), list: "", control: None },
    }
}

pub(super) fn of_household(path: &str, lang: Lang) -> Known {
    known(HOUSEHOLD, path, lang)
}

pub(super) fn of_member(name: &str, lang: Lang) -> Known {
    known(MEMBER, name, lang)
}

/// What a path of the file is called, and the code list of its values; a choice's own label is appended.
pub(super) fn of_path(say: &Say<'_>, file: &HouseholdFile, path: &[String]) -> (String, &'static str) {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["members", id, name, rest @ ..] => {
            let who =
                file.members.iter().find(|m| m.fact.id == *id).and_then(|m| m.fact.name.clone()).unwrap_or_default();
            let known = of_member(name, say.lang);
            (format!("{who} · {}", with_choice(say, &known, rest)), if rest.is_empty() { known.list } else { "" })
        }
        ["measures", entry] => (measure(say, entry), ""),
        ["leaflets", kind, ..] => (say.label("leaflet", kind), ""),
        [root @ ("profile" | "place"), rest @ ..] => {
            // A choice is one step deeper than its fact.
            let whole = of_household(&format!("{root}/{}", rest.join("/")), say.lang);
            if HOUSEHOLD.iter().any(|f| f.name == format!("{root}/{}", rest.join("/"))) || rest.len() < 2 {
                return (whole.label, whole.list);
            }
            let (above, choice) = rest.split_at(rest.len().saturating_sub(1));
            let known = of_household(&format!("{root}/{}", above.join("/")), say.lang);
            (with_choice(say, &known, choice), "")
        }
        _ => (path.join("/"), ""),
    }
}

fn with_choice(say: &Say<'_>, known: &Known, choice: &[&str]) -> String {
    match choice {
        [] => known.label.clone(),
        choice => format!("{}：{}", known.label, say.label(known.list, &choice.join("/"))),
    }
}

/// `venture.crops` → 产业帮扶：种植业
pub(super) fn measure(say: &Say<'_>, entry: &str) -> String {
    let (family, item) = entry.split_once('.').unwrap_or((entry, ""));
    format!("{}：{}", say.label("measure_family", family), say.measure_item(family, item))
}

/// A value in words; numbers that identify a person are masked.
pub(super) fn value(say: &Say<'_>, name: &str, list: &str, value: &Scalar) -> String {
    match value {
        Scalar::Bool(yes) => say.yes_no(*yes),
        Scalar::Int(n) if list.is_empty() => n.to_string(),
        Scalar::Int(n) => say.label(list, &n.to_string()),
        Scalar::Text(text) => text_value(say, name, list, text),
    }
}

/// As [`value`], of a text.
pub(super) fn text_value(say: &Say<'_>, name: &str, list: &str, text: &str) -> String {
    match name {
        _ if text.is_empty() => String::new(),
        n if n.ends_with("id_number") => masked_id(text),
        n if n.ends_with("phone") => masked_phone(text),
        "sex" => say
            .lang
            .pick(if text == "male" { "男" } else { "女" }, if text == "male" { "male" } else { "female" })
            .to_owned(),
        _ if list.is_empty() => text.to_owned(),
        _ => say.label(list, text),
    }
}

/// Whether a fact identifies a person and is masked.
pub(super) fn is_personal(name: &str) -> bool {
    name.ends_with("id_number") || name.ends_with("phone")
}
