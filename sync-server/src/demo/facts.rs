//! School, work, health, standing: spread as in a real township, invented one by one.

use super::people::Person;
use super::rng::Rng;

/// What is said of a household, in the labels of a register.
#[derive(Default)]
pub(super) struct HouseholdFacts {
    pub(super) base: &'static str,
    pub(super) monitored_kind: &'static str,
    pub(super) cleared: &'static str,
    pub(super) identified_on: String,
    pub(super) cleared_on: String,
    pub(super) clearance_way: &'static str,
    pub(super) risks: Vec<&'static str>,
    pub(super) safety_net: &'static str,
    pub(super) allowance: &'static str,
    pub(super) allowance_class: &'static str,
    pub(super) allowance_whole: &'static str,
    pub(super) priority: &'static str,
}

/// Health, and what follows the ID number on a disability certificate (category and level), if any.
pub(super) fn health(rng: &mut Rng, age: u32) -> (Vec<&'static str>, String) {
    let by_age = |young: u32, grown: u32, old: u32| {
        if age < 40 {
            young
        } else if age < 60 {
            grown
        } else {
            old
        }
    };
    let mut health = Vec::new();
    let mut certificate = String::new();
    if rng.chance(by_age(25, 140, 340)) {
        health.push("长期慢性病");
    }
    if rng.chance(by_age(4, 15, 30)) {
        health.push("患有大病");
    }
    if rng.chance(by_age(9, 30, 70)) {
        health.push("残疾");
        certificate =
            rng.weighted(&[("4", 55), ("1", 12), ("2", 10), ("3", 3), ("5", 9), ("6", 8), ("7", 3)]).to_owned()
                + rng.weighted(&[("1", 12), ("2", 28), ("3", 32), ("4", 28)]);
    }
    if health.is_empty() {
        health.push("健康");
    }
    (health, certificate)
}

/// 在校生状况; empty when not in school.
pub(super) fn schooling(rng: &mut Rng, age: u32) -> &'static str {
    match age {
        0..=2 => "学龄前儿童",
        3..=5 => "学前教育",
        6..=11 => "小学",
        12 => "七年级",
        13 => "八年级",
        14 => "九年级",
        15 if rng.chance(930) => rng.weighted(&[("普通高中一年级", 55), ("中职一年级", 45)]),
        16 if rng.chance(900) => rng.weighted(&[("普通高中二年级", 55), ("中职二年级", 45)]),
        17 if rng.chance(870) => rng.weighted(&[("普通高中三年级", 55), ("中职三年级", 45)]),
        18 if rng.chance(450) => rng.weighted(&[("本科一年级", 45), ("高职高专一年级", 55)]),
        19 if rng.chance(430) => rng.weighted(&[("本科二年级", 45), ("高职高专二年级", 55)]),
        20 if rng.chance(400) => rng.weighted(&[("本科三年级", 50), ("高职高专三年级", 50)]),
        21 if rng.chance(200) => "本科四年级",
        22..=25 if rng.chance(15) => "硕士研究生及以上",
        _ => "",
    }
}

/// 文化程度 of somebody not in school.
pub(super) fn education(rng: &mut Rng, age: u32) -> &'static str {
    match age {
        0..=17 => "初中",
        18..=39 => rng.weighted(&[("小学", 4), ("初中", 55), ("高中", 24), ("大专", 11), ("本科及以上", 6)]),
        40..=59 => rng.weighted(&[("文盲或半文盲", 3), ("小学", 34), ("初中", 53), ("高中", 10)]),
        _ => rng.weighted(&[("文盲或半文盲", 24), ("小学", 60), ("初中", 16)]),
    }
}

/// 劳动技能
pub(super) fn work(rng: &mut Rng, age: u32, in_school: bool, health: &[&str], certificate: &str) -> &'static str {
    let severe = certificate.ends_with('1') || certificate.ends_with('2');
    let ill = !health.contains(&"健康");
    match age {
        0..=15 => "无劳动力",
        _ if in_school => "无劳动力",
        _ if severe => rng.weighted(&[("丧失劳动力", 75), ("弱劳动力或半劳动力", 25)]),
        16..=59 if ill => rng.weighted(&[("弱劳动力或半劳动力", 45), ("普通劳动力", 50), ("丧失劳动力", 5)]),
        16..=59 => rng.weighted(&[("普通劳动力", 82), ("技能劳动力", 18)]),
        60..=69 => rng.weighted(&[("弱劳动力或半劳动力", 60), ("普通劳动力", 25), ("无劳动力", 15)]),
        _ => rng.weighted(&[("无劳动力", 70), ("丧失劳动力", 20), ("弱劳动力或半劳动力", 10)]),
    }
}

/// Standing and allowances: 80 % ordinary, 12 % lifted, 5 % monitored, 3 % cleared.
pub(super) fn household(rng: &mut Rng, people: &[Person]) -> HouseholdFacts {
    let mut facts = HouseholdFacts { base: "一般农户", priority: "否", ..HouseholdFacts::default() };
    let ill = people.iter().any(|p| p.health.iter().any(|h| *h == "患有大病" || *h == "长期慢性病"));
    let labour = people.iter().any(|p| matches!(p.work, "普通劳动力" | "技能劳动力" | "弱劳动力或半劳动力"));
    let standing = rng.weighted(&[("ordinary", 800), ("lifted", 120), ("monitored", 50), ("cleared", 30)]);
    match standing {
        "lifted" => facts.base = "脱贫户",
        "monitored" | "cleared" => monitored(rng, people, &mut facts),
        _ => {}
    }
    allowance(rng, people, labour, standing == "monitored", &mut facts);
    if standing == "cleared" {
        facts.cleared = "是";
        facts.cleared_on = format!("2022-{:02}-{:02}", rng.between(7, 12), rng.between(1, 28));
        facts.clearance_way = if labour { "帮扶消除" } else { "自然消除" };
    }
    if standing == "monitored" {
        facts.cleared = "否";
        let bottom = !labour && (facts.allowance_class == "A类" || facts.allowance == "分散供养特困");
        facts.safety_net = if bottom && rng.chance(500) { "是" } else { "否" };
    }
    if standing != "monitored" && (rng.chance(if ill { 90 } else { 15 })) {
        facts.priority = "是";
    }
    facts
}

fn monitored(rng: &mut Rng, people: &[Person], facts: &mut HouseholdFacts) {
    facts.monitored_kind = rng.weighted(&[("脱贫不稳定户", 40), ("边缘易致贫户", 45), ("突发严重困难户", 15)]);
    if facts.monitored_kind == "脱贫不稳定户" {
        facts.base = "脱贫户";
    }
    facts.identified_on = format!("{}-{:02}-{:02}", rng.between(2020, 2021), rng.between(1, 12), rng.between(1, 28));
    if people.iter().any(|p| !p.health.contains(&"健康") && !p.health.contains(&"残疾")) {
        facts.risks.push("因病");
    }
    if people.iter().any(|p| p.health.contains(&"残疾")) {
        facts.risks.push("因残");
    }
    if people.iter().any(|p| (15..=25).contains(&p.age) && !p.schooling.is_empty()) && rng.chance(500) {
        facts.risks.push("因学");
    }
    if facts.risks.is_empty() || rng.chance(250) {
        facts.risks.push(rng.weighted(&[
            ("因务工就业不稳", 40),
            ("因意外事故", 18),
            ("因自然灾害", 14),
            ("因产业项目失败", 12),
            ("因住房安全", 8),
            ("因缺劳力", 8),
        ]));
    }
    facts.risks.truncate(3);
}

fn allowance(rng: &mut Rng, people: &[Person], labour: bool, monitored: bool, facts: &mut HouseholdFacts) {
    let alone_and_old = people.len() == 1 && people.iter().all(|p| p.age >= 60);
    if alone_and_old && !labour && rng.chance(300) {
        facts.allowance = rng.weighted(&[("分散供养特困", 92), ("集中供养特困", 8)]);
        facts.allowance_whole = "是";
    } else if rng.chance(if monitored { 520 } else { 30 }) {
        facts.allowance = "农村低保";
        facts.allowance_class = if labour {
            rng.weighted(&[("B类", 55), ("C类", 45)])
        } else {
            rng.weighted(&[("A类", 70), ("B类", 30)])
        };
        facts.allowance_whole = if rng.chance(700) { "是" } else { "否" };
    }
}
