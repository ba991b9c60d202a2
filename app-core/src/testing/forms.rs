//! What the five forms are answered, and the facts corrected on the way.

use super::dice::{name, phone};
use super::visit::Visit;
use crate::document::Edit;

/// Yes or no.
pub(super) const YES_NO: [&str; 2] = ["yes", "no"];
/// The 11 risk kinds.
const RISKS: [&str; 11] = [
    "illness",
    "schooling",
    "housing",
    "water",
    "disability",
    "disaster",
    "accident",
    "venture",
    "work",
    "labour",
    "other",
];

pub(super) fn risks(v: &mut Visit<'_>, form: &str) {
    let at_risk = v.dice.chance(12);
    v.answer("has_risk", if at_risk { "yes" } else { "no" });
    if at_risk {
        v.tick("risks", &RISKS, 20);
    }
    if form == "screening-lifted" {
        known_people(v);
        v.one_of("leaflet_support", &YES_NO);
    } else {
        // address, head and number are known and not touched, but for one head in twenty
        if v.dice.chance(5) {
            let head = name(v.dice);
            v.answer("head_name", &head);
            v.edits.push(Edit::new("profile/head_name", head.as_str()));
        }
    }
}

/// Known and shown; what is only known is not said again. One phone in ten has changed.
fn known_people(v: &mut Visit<'_>) {
    let people = i64::try_from(v.known.members.len()).unwrap_or(0);
    v.edits.push(Edit::at(["visits", v.id.as_str(), "answers", "population"], people));
    if v.dice.chance(10) {
        let number = phone(v.dice);
        v.edits.push(Edit::new("profile/phone", number.as_str()));
        v.answer("phone", &number);
    }
}

pub(super) fn monitored(v: &mut Visit<'_>) {
    known_people(v);
    v.tick("new_risks", &RISKS, 4);
    let families: [(&str, &[&str]); 9] = [
        ("m_venture", &["crops", "forest_fruit", "livestock", "processing", "tourism", "consumption", "other"]),
        (
            "m_venture_other",
            &["solar", "guidance", "breed", "sales", "reward", "services", "asset_income", "shares", "land_transfer"],
        ),
        ("m_work", &["training", "labour_export", "travel_subsidy", "work_relief", "employer"]),
        ("m_finance", &["microcredit"]),
        ("m_post", &["forest", "grass", "cleaner"]),
        ("m_health", &["premium", "major_illness", "aid", "other"]),
        ("m_health_other", &["family_doctor", "treat_first", "family_planning", "insurance_help"]),
        ("m_security", &["dibao", "tekun", "temporary", "disability", "insurance"]),
        ("m_infrastructure_detail", &["road", "power_telecom", "sewage", "waste", "lighting", "biogas"]),
    ];
    for (family, items) in families {
        v.tick(family, items, 30);
    }
    for family in ["venture.crops", "work.travel_subsidy", "security.dibao", "health.premium"] {
        if v.dice.chance(50) {
            v.edits.push(Edit::at(["measures", family], "yes"));
        }
    }
    v.one_of("development", &["done", "not_yet"]);
    v.one_of("leaflet_support", &YES_NO);
}

pub(super) fn priority(v: &mut Visit<'_>) {
    for q in [
        "population",
        "labour_full",
        "labour_weak",
        "workers",
        "workers_unstable",
        "pupils_beyond",
        "pupils_compulsory",
        "disabled_severe",
        "ill_major",
        "ill_chronic",
    ] {
        v.count(q, 4);
    }
    for q in ["large_venture", "supporting_children", "allowance_whole"] {
        v.one_of(q, &YES_NO);
    }
    v.answer("risk_narrative", "家庭人口4人，其中普通劳动力2人；1人患大病，报销后医疗自付支出较大，收入不稳定。");
    for (q, most) in [
        ("income_net", 60_000),
        ("income_claims", 3_000),
        ("spend_medical", 20_000),
        ("spend_schooling", 9_000),
        ("spend_other", 3_000),
    ] {
        v.money(q, most);
    }
    for (q, most) in [("income_per_head", 15_000), ("spend_total", 30_000), ("per_head_after", 14_000)] {
        v.money(q, most);
    }
    v.field("window_from", "2022-05-01");
    v.field("window_to", "2023-04-30");
    v.one_of("exclusion", &["yes", "no", "unsure"]);
    v.one_of("guarantees", &["met", "met", "unmet"]);
    v.one_of("versus_line", &["above", "below"]);
    for q in ["burden_ahead", "can_cope", "at_risk"] {
        v.one_of(q, &YES_NO);
    }
    v.one_of("suggestion", &["enrol", "watch"]);
}

pub(super) fn living(v: &mut Visit<'_>) {
    for q in ["farmland", "woodland", "retired_land", "orchard", "pasture", "water_surface"] {
        v.money(q, 20);
    }
    for q in
        ["cooperative", "leading_firm", "leading_person", "electricity", "broadcast", "safe_water", "dangerous_house"]
    {
        v.one_of(q, &YES_NO);
    }
    v.money("road_distance", 5);
    v.one_of("road_kind", &["earth", "gravel", "paved"]);
    v.money("floor_area", 240);
    v.one_of("fuel", &["firewood", "dung", "coal", "clean", "other"]);
    v.tick("venture_support", &["crops", "livestock", "processing", "tourism", "trade"], 20);
}

/// Roster facts corrected on the way, up to `facts`.
pub(super) fn corrected(v: &mut Visit<'_>, facts: usize) {
    let members: Vec<String> = v.known.members.iter().map(|m| m.fact.id.clone()).collect();
    let ids: Vec<&str> = members.iter().map(String::as_str).collect();
    for _ in 0..facts {
        let member = v.dice.of(&ids);
        let (fact, value) = match v.dice.below(5) {
            0 => ("education", v.dice.of(&["primary", "junior", "senior"])),
            1 => ("work", v.dice.of(&["ordinary", "skilled", "weak", "none"])),
            2 => ("living", v.dice.of(&["alive", "moved_out", "dead"])),
            3 => ("schooling", v.dice.of(&["grade8", "grade9", "senior1"])),
            _ => ("relation", v.dice.of(&["son", "daughter", "grandson"])),
        };
        v.edits.push(Edit::at(["members", member, fact], value));
    }
}
