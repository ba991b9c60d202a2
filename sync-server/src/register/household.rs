//! Rows → households. Every fault is named by its cell; nothing is guessed.

use std::collections::{BTreeMap, HashMap};

use app_core::document::{Founding, Place, Source};
use app_core::domain::id::{household_of_register, short_id_of};
use app_core::domain::{Area, Base, IdNumber, MonitoredKind, id_number};
use app_core::policy::facts::{Allowance, Disability, Facts, Member, Profile};

use super::columns::Column;
use super::labels::Labels;
use super::workbook::{Row, Sheet, cell_name};
use super::{Problem, Register, Registered, dates};
use crate::store::rows::AreaRow;

/// What was met so far, over all sheets.
pub(super) struct Seen {
    county: Area,
    /// first 18 characters of an ID number → sheet and cell
    ids: HashMap<String, (String, String)>,
    /// household numbers of earlier sheets
    numbers: HashMap<String, String>,
    names: BTreeMap<String, String>,
    found: BTreeMap<String, String>,
}

impl Seen {
    pub(super) fn new(county: &Area, known: &[AreaRow]) -> Self {
        Self {
            county: county.clone(),
            ids: HashMap::new(),
            numbers: HashMap::new(),
            names: known.iter().map(|a| (a.code.clone(), a.name.clone())).collect(),
            found: BTreeMap::new(),
        }
    }

    /// Names of areas that the register brings and the server does not have.
    pub(super) fn areas(&self) -> Vec<AreaRow> {
        self.found.iter().map(|(code, name)| AreaRow { code: code.clone(), name: name.clone() }).collect()
    }

    fn name(&mut self, code: Option<&str>, name: &str) {
        if let Some(code) = code.filter(|c| !self.names.contains_key(*c))
            && !name.is_empty()
        {
            self.found.entry(code.to_owned()).or_insert_with(|| name.to_owned());
        }
    }

    fn village_named(&self, name: &str) -> Option<&str> {
        let mut fitting =
            self.names.iter().chain(&self.found).filter(|(code, n)| code.len() == 12 && n.as_str() == name);
        match (fitting.next(), fitting.next()) {
            (Some((code, _)), None) => Some(code),
            _ => None,
        }
    }
}

/// Where a fault is noted.
struct At<'a> {
    sheet: &'a Sheet,
    register: &'a mut Register,
}

impl At<'_> {
    fn problem(&self, row: u32, column: Option<Column>, code: &'static str, message: impl Into<String>) -> Problem {
        let place = column.and_then(|c| self.sheet.columns.get(&c));
        Problem {
            sheet: self.sheet.name.clone(),
            row,
            cell: place.map(|(at, _)| cell_name(*at, row)).unwrap_or_default(),
            heading: place
                .map(|(_, heading)| heading.clone())
                .or_else(|| Some((*column?.aliases().first()?).to_owned()))
                .unwrap_or_default(),
            code,
            message: message.into(),
        }
    }

    fn error(&mut self, row: u32, column: Column, code: &'static str, message: impl Into<String>) {
        let problem = self.problem(row, Some(column), code, message);
        self.register.error(problem);
    }

    fn warning(&mut self, row: u32, column: Column, code: &'static str, message: impl Into<String>) {
        let problem = self.problem(row, Some(column), code, message);
        self.register.warning(problem);
    }
}

/// Reads one sheet into the register.
pub(super) fn read_sheet(sheet: &Sheet, labels: &Labels, seen: &mut Seen, register: &mut Register) {
    let mut at = At { sheet, register };
    let missing: Vec<Column> = Column::NEEDED.into_iter().filter(|c| !sheet.columns.contains_key(c)).collect();
    for column in &missing {
        let usual = column.aliases().first().copied().unwrap_or_default();
        at.error(sheet.heading_row, *column, "column_missing", format!("缺少列“{usual}”"));
    }
    if !missing.is_empty() {
        return;
    }
    for rows in grouped(&mut at, seen) {
        read_household(&rows, labels, seen, &mut at);
    }
}

/// The rows of each household, in the order in which households first appear.
fn grouped<'a>(at: &mut At<'a>, seen: &mut Seen) -> Vec<Vec<&'a Row>> {
    let sheet: &'a Sheet = at.sheet;
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    for row in &sheet.rows {
        let number = row.text(Column::Number);
        if number.is_empty() {
            at.error(row.number, Column::Number, "number_missing", "没有户编号");
            continue;
        }
        if let Some(other) = seen.numbers.get(number).filter(|s| **s != sheet.name) {
            let message = format!("同一户编号已出现在工作表“{other}”中");
            at.error(row.number, Column::Number, "number_twice", message);
            continue;
        }
        seen.numbers.insert(number.to_owned(), sheet.name.clone());
        let place = *places.entry(number).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len().saturating_sub(1)
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(row);
        }
    }
    groups
}

fn read_household(rows: &[&Row], labels: &Labels, seen: &mut Seen, at: &mut At<'_>) {
    let Some(first) = rows.first() else { return };
    let before = at.register.errors.len();
    let id = household_of_register(seen.county.as_str(), first.text(Column::Number));
    agree(rows, at);
    let members: Vec<Member> =
        (1_u32..).zip(rows).map(|(n, row)| member(short_id_of(id, &n.to_string()), row, labels, seen, at)).collect();
    heads(rows, &members, at);
    let grid = grid(rows, seen, at);
    let profile = profile(rows, labels, at);
    let Some(grid) = grid.filter(|_| at.register.errors.len() == before && before < Register::MOST) else { return };
    let place = place(rows, &grid, seen);
    let mut profile = profile;
    if let Some(head) = members.iter().find(|m| m.relation.as_deref() == Some("head")).and_then(|m| m.name.clone()) {
        profile.more.insert("head_name".to_owned(), head.into());
    }
    let facts = Facts { profile, members, ..Facts::default() };
    at.register.households.push(Registered { id, grid, founding: Founding { place, facts, source: Source::Import } });
}

/// What is said of the household must be said alike in all its rows (or once).
fn agree(rows: &[&Row], at: &mut At<'_>) {
    for column in Column::ALL.iter().copied().filter(|c| c.of_household()) {
        let mut given = rows.iter().filter(|r| !r.text(column).is_empty());
        let Some(first) = given.next() else { continue };
        if let Some(other) = given.find(|r| r.text(column) != first.text(column)) {
            let message = format!("与同一户第 {} 行不一致", first.number);
            at.error(other.number, column, "household_differs", message);
        }
    }
}

/// What a household's rows say in a column, and in which row.
fn said<'a>(rows: &[&'a Row], column: Column) -> Option<(&'a str, u32)> {
    rows.iter().map(|r| (r.text(column), r.number)).find(|(t, _)| !t.is_empty())
}

fn heads(rows: &[&Row], members: &[Member], at: &mut At<'_>) {
    let mut heads = rows.iter().zip(members).filter(|(_, m)| m.relation.as_deref() == Some("head"));
    let Some((head, member)) = heads.next() else {
        if let Some(row) = rows.first() {
            at.error(row.number, Column::Relation, "no_head", "这一户没有户主");
        }
        return;
    };
    for (row, _) in heads {
        at.error(
            row.number,
            Column::Relation,
            "two_heads",
            format!("同一户有两名户主（另一名在第 {} 行）", head.number),
        );
    }
    if let Some((name, row)) = said(rows, Column::HeadName)
        && member.name.as_deref() != Some(name)
    {
        at.warning(row, Column::HeadName, "head_name", "与关系为“户主”的成员姓名不一致");
    }
}

fn member(id: String, row: &Row, labels: &Labels, seen: &mut Seen, at: &mut At<'_>) -> Member {
    let name = row.text(Column::Name);
    if name.is_empty() {
        at.error(row.number, Column::Name, "name_missing", "没有姓名");
    }
    let number = id_number(row, seen, at);
    let mut code = |column, list, needed| coded(row, column, list, needed, labels, at);
    let relation = code(Column::Relation, "relation", true);
    let living = code(Column::Living, "living", false).or_else(|| Some("alive".to_owned()));
    let education = code(Column::Education, "education", false);
    let schooling = code(Column::Schooling, "schooling", false);
    let work = code(Column::Work, "work", false);
    let health = row
        .text(Column::Health)
        .split([',', '，', '、', ';', '；', ' '])
        .filter(|t| !t.is_empty())
        .filter_map(|t| label(t, row, Column::Health, "health", labels, at))
        .collect();
    // Sex and birth follow from a sound number (`document::file`): only what it does not say is written.
    let sex = sex(row, number.as_ref(), at);
    let disability = number.as_ref().and_then(IdNumber::disability);
    Member {
        id,
        name: Some(name.to_owned()),
        sex,
        disability: disability.map(|(kind, level)| Disability { kind: kind.into(), level: level.into() }),
        id_number: number.map(|n| n.reveal().to_owned()),
        relation,
        living,
        education,
        schooling,
        health,
        work,
        ..Member::default()
    }
}

fn id_number(row: &Row, seen: &mut Seen, at: &mut At<'_>) -> Option<IdNumber> {
    let text = row.text(Column::IdNumber);
    if text.is_empty() {
        at.warning(row.number, Column::IdNumber, "id_number_missing", "没有证件号码");
        return None;
    }
    if row.is_number(Column::IdNumber) {
        at.error(
            row.number,
            Column::IdNumber,
            "id_number_as_number",
            "按数字保存，末几位已丢失；请把该列设为文本后重填",
        );
        return None;
    }
    let number = IdNumber::new(text);
    if let Some(fault) = number.fault() {
        let message = match fault {
            id_number::Fault::Length => "证件号码应为 18、20 或 22 位",
            id_number::Fault::Characters => "证件号码含有不应出现的字符",
            id_number::Fault::BirthDate => "证件号码中的出生日期不存在",
            id_number::Fault::CheckDigit => "证件号码校验位不对",
            id_number::Fault::Disability => "残疾人证的类别或等级不对",
        };
        at.error(row.number, Column::IdNumber, "id_number", message);
        return None;
    }
    let resident: String = number.reveal().chars().take(18).collect();
    let cell = at.problem(row.number, Some(Column::IdNumber), "", "").cell;
    match seen.ids.get(&resident) {
        Some((sheet, other)) => {
            let message = format!("证件号码与 {sheet} {other} 重复");
            at.error(row.number, Column::IdNumber, "id_number_twice", message);
        }
        None => {
            seen.ids.insert(resident, (at.sheet.name.clone(), cell));
        }
    }
    Some(number)
}

/// The sex that the register says and the ID number does not.
fn sex(row: &Row, number: Option<&IdNumber>, at: &mut At<'_>) -> Option<String> {
    let said = match row.text(Column::Sex) {
        "男" => "male",
        "女" => "female",
        _ => return None,
    };
    match number.and_then(IdNumber::sex) {
        Some(s) if s == said => None,
        Some(_) => {
            at.warning(row.number, Column::Sex, "sex", "与证件号码不一致");
            Some(said.to_owned())
        }
        None => Some(said.to_owned()),
    }
}

fn coded(
    row: &Row,
    column: Column,
    list: &'static str,
    needed: bool,
    labels: &Labels,
    at: &mut At<'_>,
) -> Option<String> {
    match row.text(column) {
        "" if needed => {
            at.error(row.number, column, "missing", "没有填写");
            None
        }
        "" => None,
        text => label(text, row, column, list, labels, at),
    }
}

fn label(
    text: &str,
    row: &Row,
    column: Column,
    list: &'static str,
    labels: &Labels,
    at: &mut At<'_>,
) -> Option<String> {
    match labels.code(list, text) {
        Some("") => None,
        Some(code) => Some(code.to_owned()),
        None => {
            at.error(row.number, column, "label", "不是可选的项目，请按政策包的选项填写");
            None
        }
    }
}

fn grid(rows: &[&Row], seen: &mut Seen, at: &mut At<'_>) -> Option<Area> {
    let Some((text, row)) = said(rows, Column::Grid) else {
        at.error(rows.first()?.number, Column::Grid, "grid", "没有填写网格");
        return None;
    };
    let full = Area::parse(text).filter(|a| a.as_str().len() == 15).or_else(|| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let number: u8 = digits.parse().ok().filter(|n| (1..=99).contains(n))?;
        let village = match said(rows, Column::VillageCode) {
            Some((code, _)) => code.to_owned(),
            None => seen.village_named(said(rows, Column::Village)?.0)?.to_owned(),
        };
        Area::parse(&format!("{village}-{number:02}"))
    });
    match full {
        Some(grid) if seen.county.contains(&grid) => Some(grid),
        Some(_) => {
            at.error(row, Column::Grid, "grid", "网格不在本县");
            None
        }
        None => {
            at.error(row, Column::Grid, "grid", "网格不存在：应为“村代码-两位数”，或网格号加已登记的行政村");
            None
        }
    }
}

fn place(rows: &[&Row], grid: &Area, seen: &mut Seen) -> Place {
    let text = |column| said(rows, column).map_or("", |(t, _)| t).to_owned();
    let code = grid.as_str();
    let place = Place {
        county: text(Column::County),
        township: text(Column::Township),
        village: text(Column::Village),
        grid: code.to_owned(),
        hamlet: text(Column::Hamlet),
        address: text(Column::Address),
    };
    seen.name(code.get(..6), &place.county);
    seen.name(code.get(..9), &place.township);
    seen.name(code.get(..12), &place.village);
    let number = code.get(13..).map(|n| n.trim_start_matches('0')).unwrap_or_default();
    let named = said(rows, Column::GridName).map_or_else(|| format!("第{number}网格"), |(t, _)| t.to_owned());
    seen.name(Some(code), &named);
    place
}

fn profile(rows: &[&Row], labels: &Labels, at: &mut At<'_>) -> Profile {
    let mut code = |column, list| {
        let row = rows.iter().find(|r| !r.text(column).is_empty())?;
        label(row.text(column), row, column, list, labels, at)
    };
    let class = code(Column::AllowanceClass, "allowance_class");
    let allowance = code(Column::Allowance, "allowance_kind");
    let clearance_way = code(Column::ClearanceWay, "clearance_way");
    let mut risks: Vec<String> = Column::RISKS.into_iter().filter_map(|c| code(c, "risk")).collect();
    risks.sort();
    risks.dedup();
    let (base, monitored_kind) = standing(rows, labels, at);
    let cleared = flag(rows, Column::Cleared, at);
    if cleared == Some(true) && monitored_kind.is_none() {
        let row = said(rows, Column::Cleared).map_or(0, |(_, r)| r);
        at.error(row, Column::Cleared, "cleared_without_kind", "风险已消除，但没有监测对象类别");
    }
    phone(rows, at);
    Profile {
        base,
        monitored_kind,
        cleared: monitored_kind.is_some().then(|| cleared.unwrap_or(false)),
        clearance_way,
        identified_on: day(rows, Column::IdentifiedOn, at),
        cleared_on: day(rows, Column::ClearedOn, at),
        safety_net: flag(rows, Column::SafetyNet, at),
        priority: flag(rows, Column::Priority, at),
        registered_risks: risks,
        allowance: allowance.map(|kind| Allowance {
            kind: Some(kind),
            class,
            whole: flag(rows, Column::AllowanceWhole, at),
            since: day(rows, Column::AllowanceSince, at),
            applied_on: day(rows, Column::AllowanceApplied, at),
        }),
        relocation_site: said(rows, Column::Relocation).map(|(t, _)| t.to_owned()),
        phone: said(rows, Column::Phone).map(|(t, _)| t.to_owned()),
        ..Profile::default()
    }
}

/// 户类型 may also hold a monitored kind, as national exports do.
fn standing(rows: &[&Row], labels: &Labels, at: &mut At<'_>) -> (Option<Base>, Option<MonitoredKind>) {
    let kind = |text: &str| match labels.code("monitored_kind", text) {
        Some("unstable_lifted") => Some(MonitoredKind::UnstableLifted),
        Some("marginal") => Some(MonitoredKind::Marginal),
        Some("sudden_hardship") => Some(MonitoredKind::SuddenHardship),
        _ => None,
    };
    let by_type = said(rows, Column::Base).and_then(|(text, _)| kind(text));
    let base = match (said(rows, Column::Base), by_type) {
        (None, _) => None,
        (Some(_), Some(MonitoredKind::UnstableLifted)) => Some(Base::Lifted),
        (Some(_), Some(_)) => Some(Base::Ordinary),
        (Some((text, row)), None) => match labels.code("base", text) {
            Some("ordinary") => Some(Base::Ordinary),
            Some("lifted") => Some(Base::Lifted),
            _ => {
                at.error(row, Column::Base, "label", "不是可选的户类型（一般农户、脱贫户）");
                None
            }
        },
    };
    let monitored = match said(rows, Column::MonitoredKind) {
        Some((text, row)) => {
            if labels.code("monitored_kind", text).is_none() {
                at.error(row, Column::MonitoredKind, "label", "不是可选的监测对象类别");
            }
            kind(text)
        }
        None => by_type,
    };
    if let (Some(MonitoredKind::UnstableLifted), Some(Base::Ordinary), Some((_, row))) =
        (monitored, base, said(rows, Column::Base))
    {
        at.warning(row, Column::Base, "base_and_kind", "脱贫不稳定户的户类型应为脱贫户");
    }
    (base, monitored)
}

fn flag(rows: &[&Row], column: Column, at: &mut At<'_>) -> Option<bool> {
    let (text, row) = said(rows, column)?;
    let value = dates::yes(text);
    if value.is_none() {
        at.error(row, column, "yes_no", "应填“是”或“否”");
    }
    value
}

fn day(rows: &[&Row], column: Column, at: &mut At<'_>) -> Option<String> {
    let (text, row) = said(rows, column)?;
    let value = dates::date(text);
    if value.is_none() {
        at.error(row, column, "date", "日期看不懂，应如 2023-05-15");
    }
    value.map(|d| d.to_string())
}

fn phone(rows: &[&Row], at: &mut At<'_>) {
    if let Some((text, row)) = said(rows, Column::Phone) {
        let fits = text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit());
        if !fits {
            at.warning(row, Column::Phone, "phone", "联系电话应为 11 位手机号");
        }
    }
}
