//! What a household's rows say of the household: its grid and place, its standing, its allowances.

use app_core::document::Place;
use app_core::domain::{Area, Base, MonitoredKind};
use app_core::policy::facts::{Allowance, Profile};

use super::columns::Column;
use super::dates;
use super::labels::Labels;
use super::seen::{At, Seen, label, said};
use super::workbook::Row;

/// The grid; a village by name must be known by then.
pub(super) fn grid(rows: &[&Row], seen: &mut Seen, at: &mut At<'_>) -> Option<Area> {
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

/// Names for people; areas that the server has no name for are named by the way.
pub(super) fn place(rows: &[&Row], grid: &Area, seen: &mut Seen) -> Place {
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

/// The household's facts.
pub(super) fn profile(rows: &[&Row], labels: &Labels, at: &mut At<'_>) -> Profile {
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
