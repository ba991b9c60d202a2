//! Who lives together: alone, a couple, parents and children, three generations.

use std::collections::HashSet;

use app_core::domain::id_number::check_digit;
use chrono::{Datelike, Days, NaiveDate};

use super::facts;
use super::rng::Rng;

/// An invented person.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) id_number: String,
    pub(super) relation: &'static str,
    pub(super) age: u32,
    pub(super) education: &'static str,
    pub(super) schooling: &'static str,
    pub(super) health: Vec<&'static str>,
    pub(super) work: &'static str,
}

const SURNAMES: &[&str] = &[
    "韦", "覃", "李", "黄", "梁", "陆", "莫", "蒙", "罗", "潘", "廖", "农", "蓝", "卢", "何", "陈", "刘", "吴", "谢",
    "欧",
];
const MEN: &[&str] = &[
    "建", "国", "志", "强", "明", "华", "军", "勇", "文", "光", "海", "成", "福", "贵", "永", "荣", "家", "日", "宏",
    "宁",
];
const WOMEN: &[&str] = &[
    "秀", "英", "桂", "花", "兰", "凤", "美", "玉", "珍", "梅", "丽", "芳", "小", "燕", "春", "月", "彩", "金", "莲",
    "雪",
];

/// The making of one household.
struct Family<'a> {
    rng: &'a mut Rng,
    on: NaiveDate,
    used: &'a mut HashSet<String>,
    surname: &'static str,
    people: Vec<Person>,
}

/// Invents a household; the head comes first. `used`: ID numbers given out so far.
pub(super) fn household(rng: &mut Rng, on: NaiveDate, used: &mut HashSet<String>) -> Vec<Person> {
    let surname = rng.pick(SURNAMES);
    let mut family = Family { rng, on, used, surname, people: Vec::new() };
    match family.rng.between(1, 100) {
        1..=16 => family.elders(),
        17..=57 => family.parents(),
        58..=95 => family.generations(),
        _ => {
            let age = family.rng.between(30, 60);
            family.add("户主", true, age, true);
        }
    }
    family.people
}

impl Family<'_> {
    fn elders(&mut self) {
        let age = self.rng.between(62, 88);
        let man = self.rng.chance(550);
        self.add("户主", man, age, true);
        if self.rng.chance(550) {
            self.spouse(man, age);
        }
    }

    fn parents(&mut self) {
        let age = self.rng.between(28, 58);
        let man = self.rng.chance(850);
        self.add("户主", man, age, true);
        if self.rng.chance(930) {
            self.spouse(man, age);
        }
        for _ in 0..self.rng.between(1, 3) {
            let child = age.saturating_sub(self.rng.between(22, 36));
            // Daughters and sons over 25 have often moved out.
            if child > 25 && self.rng.chance(600) {
                continue;
            }
            let boy = self.rng.chance(520);
            self.add(if boy { "之子" } else { "之女" }, boy, child, true);
        }
        if self.rng.chance(200) {
            self.parent(age);
        }
    }

    fn generations(&mut self) {
        let age = self.rng.between(46, 68);
        self.add("户主", true, age, true);
        if self.rng.chance(900) {
            self.spouse(true, age);
        }
        let son = age.saturating_sub(self.rng.between(21, 27));
        self.add("之子", true, son, true);
        if son >= 22 && self.rng.chance(750) {
            let wife = son.saturating_sub(self.rng.between(0, 3)).max(20);
            self.add("之儿媳", false, wife, false);
            for _ in 0..self.rng.between(0, 2) {
                let boy = self.rng.chance(520);
                let child = son.saturating_sub(self.rng.between(21, 33));
                self.add(if boy { "之孙子" } else { "之孙女" }, boy, child, true);
            }
        }
        if self.rng.chance(250) {
            self.parent(age);
        }
    }

    fn spouse(&mut self, head_is_man: bool, age: u32) {
        let age = (age + self.rng.between(0, 6)).saturating_sub(4).max(20);
        self.add("配偶", !head_is_man, age, false);
    }

    fn parent(&mut self, age: u32) {
        let father = self.rng.chance(350);
        let age = (age + self.rng.between(20, 28)).min(98);
        self.add(if father { "之父" } else { "之母" }, father, age, father);
    }

    fn add(&mut self, relation: &'static str, man: bool, age: u32, own_name: bool) {
        let surname = if own_name { self.surname } else { self.rng.pick(SURNAMES) };
        let given = if man { MEN } else { WOMEN };
        let mut name = surname.to_owned() + self.rng.pick(given);
        if self.rng.chance(850) {
            name += self.rng.pick(given);
        }
        let (health, certificate) = facts::health(self.rng, age);
        let id_number = self.number(man, age) + &certificate;
        let schooling = facts::schooling(self.rng, age);
        let education = if schooling.is_empty() { facts::education(self.rng, age) } else { "" };
        let work = facts::work(self.rng, age, !schooling.is_empty(), &health, &certificate);
        self.people.push(Person { name, id_number, relation, age, education, schooling, health, work });
    }

    /// A number of region 999999, born so many years and some days ago, not given out before.
    fn number(&mut self, man: bool, age: u32) -> String {
        loop {
            let year = self.on.year().saturating_sub(i32::try_from(age).unwrap_or_default());
            let birthday = NaiveDate::from_ymd_opt(year, self.on.month(), 1).unwrap_or(self.on);
            let birth = birthday.checked_sub_days(Days::new(self.rng.between(0, 364).into())).unwrap_or(birthday);
            let order = self.rng.between(0, 499) * 2 + u32::from(man);
            let body = format!("999999{}{order:03}", birth.format("%Y%m%d"));
            let number = format!("{body}{}", char::from(check_digit(body.as_bytes())));
            if self.used.insert(number.clone()) {
                return number;
            }
        }
    }
}
