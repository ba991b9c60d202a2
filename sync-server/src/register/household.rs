//! Rows → households and their members. Every fault is named by its cell; nothing is guessed.

use std::collections::HashMap;

use app_core::document::{Founding, Source};
use app_core::domain::id::{household_of_register, short_id_of};
use app_core::domain::{IdNumber, id_number};
use app_core::policy::facts::{Disability, Facts, Member};

use super::columns::Column;
use super::labels::Labels;
use super::profile::{grid, place, profile};
use super::seen::{At, Seen, label, said};
use super::workbook::{Row, Sheet};
use super::{Register, Registered};

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
