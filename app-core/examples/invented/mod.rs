//! Invented households and visits, laid out as the app writes them: for the dictionary, the byte counts and the benches.
//! Deterministic by seed. ID numbers start with 999999; names are made from lists; no place is real.

#![allow(dead_code, reason = "each user takes what it needs")]

use app_core::document::{Actor, Edit, Founding, HouseholdDoc, Place, Source};
use app_core::domain::id::{HouseholdId, IMPORT_ACTOR, household_of_register, short_id_of};
use app_core::domain::{Base, MonitoredKind};
use app_core::policy::facts::{Facts, Member, Profile};
use app_core::wire::message::{Cursor, Push, SyncRequest};
use serde_bytes::ByteBuf;

/// A small generator (xorshift), the same for ever.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    pub fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        let at = usize::try_from(self.below(list.len() as u64)).unwrap_or(0);
        list.get(at).copied().unwrap_or_else(|| unreachable!())
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_le_bytes()[3])
    }
}

const SURNAMES: [&str; 14] = ["韦", "覃", "黄", "梁", "李", "莫", "陆", "蓝", "潘", "罗", "廖", "吴", "陈", "谭"];
const GIVEN: [&str; 20] = [
    "秀英", "建国", "桂花", "大山", "小梅", "志强", "丽娟", "春生", "美兰", "永福", "阿妹", "国庆", "玉珍", "文军",
    "冬妹", "家明", "彩云", "德旺", "素芬", "海燕",
];

/// A name.
pub fn name(dice: &mut Dice) -> String {
    format!("{}{}", dice.of(&SURNAMES), dice.of(&GIVEN))
}

fn phone(dice: &mut Dice) -> String {
    format!("1{:010}", dice.below(10_000_000_000))
}

fn id_number(dice: &mut Dice) -> String {
    let (year, month, day) = (1935 + dice.below(85), 1 + dice.below(12), 1 + dice.below(28));
    let body = format!("999999{year}{month:02}{day:02}{:03}", dice.below(1000));
    let check = app_core::domain::id_number::check_digit(body.as_bytes());
    format!("{body}{}", char::from(check))
}

fn day(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:02}", 2019 + dice.below(5), 1 + dice.below(12), 1 + dice.below(28))
}

/// The household's number `n` as the register has it.
pub fn household(n: u64) -> HouseholdId {
    household_of_register("999999", &format!("{n:06}"))
}

/// An imported household of one to six members.
pub fn founding(n: u64, dice: &mut Dice) -> Founding {
    let id = household(n);
    let village = ["上岭村", "下岭村", "竹园村", "石桥村", "古榕村", "新塘村"];
    let hamlet = ["上屯", "下屯", "大寨屯", "水井屯", "岭脚屯", "桥头屯"];
    let relations = ["head", "spouse", "son", "daughter", "father", "mother"];
    let members: Vec<Member> = (0..1 + dice.below(6))
        .map(|row| Member {
            id: short_id_of(id, &row.to_string()),
            name: Some(name(dice)),
            id_number: Some(id_number(dice)),
            relation: relations.get(usize::try_from(row).unwrap_or(0)).map(|r| (*r).to_owned()),
            living: Some("alive".into()),
            education: Some(dice.of(&["primary", "junior", "senior", "illiterate", "college"]).into()),
            schooling: dice.chance(20).then(|| dice.of(&["primary", "grade7", "grade8", "senior1"]).into()),
            health: vec![dice.of(&["healthy", "healthy", "healthy", "chronic", "disabled", "major_illness"]).into()],
            work: Some(dice.of(&["ordinary", "ordinary", "skilled", "weak", "lost", "none"]).into()),
            ..Member::default()
        })
        .collect();
    let monitored = dice.chance(12);
    let profile = Profile {
        base: Some(if dice.chance(30) { Base::Lifted } else { Base::Ordinary }),
        monitored_kind: monitored.then_some(MonitoredKind::Marginal),
        registered_risks: if monitored {
            vec![dice.of(&["illness", "schooling", "disability", "labour"]).into()]
        } else {
            Vec::new()
        },
        identified_on: monitored.then(|| day(dice)),
        phone: Some(phone(dice)),
        more: [("head_name".to_owned(), members.first().and_then(|m| m.name.clone()).unwrap_or_default().into())]
            .into(),
        ..Profile::default()
    };
    Founding {
        place: Place {
            county: "九九县".into(),
            township: "甲乙镇".into(),
            village: dice.of(&village).into(),
            grid: "999999101203-04".into(),
            hamlet: dice.of(&hamlet).into(),
            address: String::new(),
        },
        facts: Facts { profile, members, ..Facts::default() },
        source: Source::Import,
    }
}

/// When the register was imported: one moment for all.
pub const IMPORTED: i64 = 1_683_680_400;

/// The household's file as imported.
pub fn imported(n: u64, dice: &mut Dice) -> HouseholdDoc {
    let founding = founding(n, dice);
    HouseholdDoc::found(household(n), &founding, IMPORT_ACTOR, IMPORTED).unwrap_or_else(|e| unreachable!("{e}"))
}

/// Who visits: actor, name, ids as the server gives them.
pub struct Worker {
    pub actor: Actor,
    pub name: String,
    pub person: String,
    pub device: String,
    /// first digits of the hash of the pack the phone runs
    pub pack: String,
}

impl Worker {
    pub fn new(dice: &mut Dice) -> Self {
        let id = |dice: &mut Dice| short_id_of(HouseholdId::from_bytes(dice.bytes()), "id");
        Self {
            actor: dice.bytes(),
            name: name(dice),
            person: id(dice),
            device: id(dice),
            pack: hex::encode(dice.bytes::<6>()),
        }
    }
}

struct Visit<'a> {
    known: app_core::document::HouseholdFile,
    id: String,
    edits: Vec<Edit>,
    dice: &'a mut Dice,
}

impl Visit<'_> {
    fn field(&mut self, name: &str, value: &str) {
        self.edits.push(Edit::at(["visits", self.id.as_str(), name], value));
    }

    fn answer(&mut self, name: &str, value: &str) {
        self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name], value));
    }

    fn count(&mut self, name: &str, most: u64) {
        let n = i64::try_from(self.dice.below(most + 1)).unwrap_or(0);
        self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name], n));
    }

    fn one_of(&mut self, name: &str, codes: &[&str]) {
        let code = self.dice.of(codes);
        self.answer(name, code);
    }

    fn tick(&mut self, name: &str, codes: &[&str], percent: u64) {
        for code in codes {
            if self.dice.chance(percent) {
                self.edits.push(Edit::at(["visits", self.id.as_str(), "answers", name, code], true));
            }
        }
    }

    fn money(&mut self, name: &str, most: u64) {
        let yuan = self.dice.below(most);
        let text = if self.dice.chance(20) { format!("{yuan}.50") } else { yuan.to_string() };
        self.answer(name, &text);
    }
}

const YES_NO: [&str; 2] = ["yes", "no"];
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

/// The slugs of the five forms.
pub const FORMS: [&str; 5] =
    ["screening-ordinary", "screening-lifted", "screening-monitored", "screening-priority", "living-conditions"];

/// The edits of one finished visit: envelope, answers of the form, and `facts` corrected facts.
/// `at`: seconds since 1970.
pub fn visit(doc: &HouseholdDoc, worker: &Worker, form: &str, facts: usize, at: i64, dice: &mut Dice) -> Vec<Edit> {
    let id = short_id_of(HouseholdId::from_bytes(dice.bytes()), "visit");
    let mut v = Visit { known: doc.file(), id, edits: Vec::new(), dice };
    envelope(&mut v, worker, form, at);
    let method = v.dice.of(&["home", "home", "home", "phone", "proxy"]);
    v.field("method", method);
    if form != "living-conditions" {
        v.answer("method", method);
        v.tick("outreach", &["door", "poster", "broadcast", "web", "message"], 40);
        v.one_of("leaflet_application", &YES_NO);
    }
    match form {
        "screening-monitored" => monitored(&mut v),
        "screening-priority" => priority(&mut v),
        "living-conditions" => living(&mut v),
        _ => risks(&mut v, form),
    }
    corrected(&mut v, facts);
    v.edits
}

fn envelope(v: &mut Visit<'_>, worker: &Worker, form: &str, at: i64) {
    let clock = |secs: i64| {
        chrono::DateTime::from_timestamp(secs, 0).map(|t| t.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
    };
    let lasted = i64::try_from(400 + v.dice.below(2400)).unwrap_or(0);
    v.field("form", form);
    v.field("form_version", &format!("2023.1@{}", worker.pack));
    v.field("state", "finished");
    v.field("outcome", "done");
    v.field("opened_at", &clock(at - lasted));
    v.field("privacy_notice_at", &clock(at - lasted + 20));
    v.field("finished_at", &clock(at));
    v.field("collector", &worker.name);
    v.field("collector_id", &worker.person);
    v.field("device", &worker.device);
}

fn risks(v: &mut Visit<'_>, form: &str) {
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

fn monitored(v: &mut Visit<'_>) {
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

fn priority(v: &mut Visit<'_>) {
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

fn living(v: &mut Visit<'_>) {
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
fn corrected(v: &mut Visit<'_>, facts: usize) {
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

/// A household's file and the change of one visit made on it.
pub fn visited(n: u64, worker: &Worker, form: &str, facts: usize, dice: &mut Dice) -> (HouseholdDoc, Vec<u8>) {
    let mut doc = imported(n, dice);
    let at = 1_684_200_000 + i64::try_from(dice.below(1_500_000)).unwrap_or(0);
    let edits = visit(&doc, worker, form, facts, at, dice);
    let written = doc.edit(worker.actor, at, &edits).unwrap_or_else(|e| unreachable!("{e}"));
    (doc, written.map(|w| w.bytes).unwrap_or_default())
}

/// A push of these changes by this worker's device, as a phone sends it (unsigned).
pub fn request(changes: &[(HouseholdId, Vec<u8>)], dice: &mut Dice) -> SyncRequest {
    SyncRequest {
        v: app_core::wire::version::CURRENT,
        cursor: Cursor {
            epoch: short_id_of(HouseholdId::from_bytes(dice.bytes()), "epoch"),
            seq: dice.below(60_000),
            mark: ByteBuf::from(dice.bytes::<8>()),
            areas: vec!["999999101203-04".into()],
            growing: None,
        },
        push: changes
            .iter()
            .map(|(id, bytes)| Push {
                household: ByteBuf::from(id.as_bytes().to_vec()),
                grid: None,
                changes: vec![ByteBuf::from(bytes.clone())],
            })
            .collect(),
        sig: ByteBuf::new(),
        actors: Vec::new(),
        pack: hex::encode(dice.bytes::<8>()),
        limit: 0,
        held: Vec::new(),
        want: Vec::new(),
        proofs: Vec::new(),
        vouched: Vec::new(),
        letter: None,
        before: false,
        records: Vec::new(),
        records_from: None,
    }
}
