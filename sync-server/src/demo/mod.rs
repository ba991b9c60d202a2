//! An invented township for demonstrations, tests and load: 12 villages, about 3,000 households and 11,000 people.
//! The same seed gives the same workbook. Nobody in it exists: region 999999 does not, nor do the villages.
//!
//! Here live [`people`] (who lives together), [`facts`] (school, work, health, standing) and the workbook. What may not
//! live here: anything the server itself needs.

mod facts;
mod people;
mod rng;

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};
use serde::Serialize;

use crate::error::{Error, Result};
use facts::HouseholdFacts;
use people::Person;
use rng::Rng;

/// Code of the invented township.
pub const TOWNSHIP: &str = "999999101";
const COUNTY_NAME: &str = "桂禾县";
const TOWNSHIP_NAME: &str = "榕坪镇";
const VILLAGES: [&str; 12] = [
    "上榕村",
    "石螺村",
    "木棉塘村",
    "古砖村",
    "蓝靛村",
    "响水洞村",
    "大蔗村",
    "鹧鸪岭村",
    "渡船口村",
    "白鹤桥村",
    "三棵枫村",
    "稻香坪村",
];
const HAMLETS: [&str; 16] = [
    "上寨屯",
    "下寨屯",
    "中寨屯",
    "新村屯",
    "老街屯",
    "大榕屯",
    "小榕屯",
    "坡脚屯",
    "岭背屯",
    "河边屯",
    "桥头屯",
    "坝上屯",
    "竹山屯",
    "塘尾屯",
    "井头屯",
    "枫木屯",
];

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Made {
    /// households
    pub households: u32,
    /// people
    pub people: u32,
    /// villages
    pub villages: u32,
    /// grids
    pub grids: u32,
}

/// What the township should be like.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// another seed, another township
    pub seed: u64,
    /// about how many households
    pub households: u32,
    /// the day on which ages and school years hold
    pub on: NaiveDate,
}

/// Writes the register of the invented township.
pub fn write_register(to: &Path, wish: Wish) -> Result<Made> {
    let failed = |e: XlsxError| Error::invalid("登记表写不了。 The register cannot be written.").because(e);
    let mut book = Workbook::new();
    let day = ExcelDateTime::from_ymd(2023, 5, 15).map_err(failed)?;
    book.set_properties(&DocProperties::new().set_title("虚构登记表").set_creation_datetime(&day));
    let mut rows = Rows { sheet: Worksheet::new(), next: 0 };
    rows.sheet.set_name("农户登记表").map_err(failed)?;
    rows.put(HEADINGS.iter().map(|h| (*h).to_owned())).map_err(failed)?;
    let made = township(&mut rows, wish).map_err(failed)?;
    book.push_worksheet(rows.sheet);
    let mut note = Worksheet::new();
    note.set_name("说明").map_err(failed)?;
    note.write(0, 0, "本表全部内容均为虚构，仅供演示和测试。Everything in this workbook is invented.")
        .map_err(failed)?;
    book.push_worksheet(note);
    book.save(to).map_err(failed)?;
    Ok(made)
}

struct Rows {
    sheet: Worksheet,
    next: u32,
}

impl Rows {
    fn put(&mut self, cells: impl Iterator<Item = String>) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            if !cell.is_empty() {
                self.sheet.write_string(self.next, column, cell)?;
            }
        }
        self.next += 1;
        Ok(())
    }
}

fn township(rows: &mut Rows, wish: Wish) -> Result<Made, XlsxError> {
    let mut rng = Rng::new(wish.seed);
    let mut used = HashSet::new();
    let mut made = Made { households: 0, people: 0, villages: 0, grids: 0 };
    let mut left = wish.households;
    for (number, village) in (0_u32..).zip(VILLAGES) {
        let villages_left = 12_u32.saturating_sub(number).max(1);
        // Villages differ in size by a fifth; the last takes what is left.
        let share = left / villages_left;
        let count = if villages_left == 1 { left } else { share * rng.between(80, 120) / 100 };
        left = left.saturating_sub(count);
        let grids = rng.between(6, 8);
        made.villages += 1;
        made.grids += grids.min(count);
        for i in 0..count {
            let grid = i % grids + 1;
            let place = Place {
                village,
                code: format!("{TOWNSHIP}{}", 201 + number),
                grid,
                hamlet: HAMLETS.get(((number * 5 + grid) % 16) as usize).copied().unwrap_or_default(),
                number: i + 1,
                phone: u64::from(made.households) + 1,
            };
            let people = people::household(&mut rng, wish.on, &mut used);
            made.people += u32::try_from(people.len()).unwrap_or_default();
            made.households += 1;
            let facts = facts::household(&mut rng, &people);
            put_household(rows, &place, &people, &facts)?;
        }
    }
    Ok(made)
}

struct Place {
    village: &'static str,
    code: String,
    grid: u32,
    hamlet: &'static str,
    number: u32,
    phone: u64,
}

const HEADINGS: [&str; 31] = [
    "县",
    "乡镇",
    "行政村",
    "自然村（屯）",
    "网格",
    "户编号",
    "户主姓名",
    "姓名",
    "证件号码",
    "与户主关系",
    "生存状态",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "联系电话",
    "户类型",
    "监测对象类别",
    "风险是否已消除",
    "识别监测时间",
    "消除监测时间",
    "风险消除方式",
    "风险类型1",
    "风险类型2",
    "风险类型3",
    "整户无劳动能力兜底保障户",
    "低保/特困",
    "低保类别",
    "是否整户享受",
    "是否重点户",
    "家庭住址",
];

fn put_household(rows: &mut Rows, place: &Place, people: &[Person], facts: &HouseholdFacts) -> Result<(), XlsxError> {
    let head = people.first().map(|p| p.name.clone()).unwrap_or_default();
    for person in people {
        let risk = |i: usize| facts.risks.get(i).copied().unwrap_or_default();
        let cells: [&str; 31] = [
            COUNTY_NAME,
            TOWNSHIP_NAME,
            place.village,
            place.hamlet,
            &format!("{}-{:02}", place.code, place.grid),
            &format!("{}{:04}", place.code, place.number),
            &head,
            &person.name,
            &person.id_number,
            person.relation,
            "正常",
            person.education,
            person.schooling,
            &person.health.join("，"),
            person.work,
            &format!("199{:08}", place.phone),
            facts.base,
            facts.monitored_kind,
            facts.cleared,
            &facts.identified_on,
            &facts.cleared_on,
            facts.clearance_way,
            risk(0),
            risk(1),
            risk(2),
            facts.safety_net,
            facts.allowance,
            facts.allowance_class,
            facts.allowance_whole,
            facts.priority,
            &format!("{}{}{}号", place.village, place.hamlet, place.number),
        ];
        rows.put(cells.iter().map(|c| (*c).to_owned()))?;
    }
    Ok(())
}
