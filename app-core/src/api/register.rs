//! `register.export`: the filtered register as a workbook, with numbers that identify a person masked.

use super::lists::query;
use super::say::Say;
use super::views::{ExportedView, HouseholdQuery, HouseholdRow};
use super::words::Word;
use crate::error::Result;
use crate::reports::table::{Cell, Column, Table, workbook};
use crate::service::App;
use crate::storage::list::{Progress, Query};

/// Columns: title and width in characters.
const COLUMNS: [(Word, u32); 13] = [
    (Word::ColumnHead, 12),
    (Word::ColumnIdNumber, 22),
    (Word::ColumnPhone, 16),
    (Word::ColumnVillage, 16),
    (Word::ColumnHamlet, 20),
    (Word::ColumnGrid, 18),
    (Word::ColumnPeople, 8),
    (Word::ColumnStanding, 28),
    (Word::ColumnList, 24),
    (Word::ColumnPriority, 8),
    (Word::ColumnProgress, 30),
    (Word::ColumnRisks, 40),
    (Word::ColumnLastVisit, 14),
];

pub(super) fn export(app: &App, ask: HouseholdQuery) -> Result<ExportedView> {
    let query = query(ask)?;
    let lines = app.register_to_export(&query)?;
    let (areas, person, now) = (app.areas_in_use()?, app.person()?, app.local_now());
    super::with_say(app, |say| {
        let area = query.area.as_ref().map(|a| areas.get(a).unwrap_or(a).clone());
        let asked = asked(say, &query, area);
        let mut about =
            vec![Word::ExportAsOf.fill(say.lang, &[&now.format("%Y-%m-%d %H:%M"), &lines.len(), &person.name])];
        if !asked.is_empty() {
            about.push(Word::ExportAsked.fill(say.lang, &[&asked.join(say.lang.pick("，", ", "))]));
        }
        about.push(say.word(Word::ExportMasked));
        let table = Table {
            name: say.word(Word::Register),
            title: say.word(Word::Register),
            lines: about,
            columns: COLUMNS.iter().map(|(word, width)| Column { title: say.word(*word), width: *width }).collect(),
            rows: lines.iter().map(|line| row(say, &say.household(line))).collect(),
        };
        let name = format!("{}-{}", say.word(Word::Register), now.format("%Y-%m-%d"));
        let path = app.write_export(&name, "xlsx", &workbook(&table)?)?;
        Ok(ExportedView {
            file: path.display().to_string(),
            households: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        })
    })
}

/// The cells of a household, in the order of [`COLUMNS`].
fn row(say: &Say<'_>, of: &HouseholdRow) -> Vec<Cell> {
    let text = |t: &str| Cell::Text(t.to_owned());
    // Only the last four digits are at hand in a list, and no more is wanted here.
    let masked = if of.id_tail.is_empty() { String::new() } else { format!("{}{}", "*".repeat(14), of.id_tail) };
    vec![
        text(&of.head_name),
        Cell::Text(masked),
        text(&of.phone_masked),
        text(&of.village),
        text(&of.hamlet),
        text(&of.grid),
        Cell::Count(of.population),
        text(&of.standing_label),
        Cell::Text(say.list_label(of.list)),
        Cell::Text(say.yes_no(of.priority)),
        text(&of.progress_label),
        Cell::Text(of.risks.join(say.lang.pick("、", "; "))),
        text(of.last_visit.as_deref().unwrap_or_default()),
    ]
}

/// What was asked for, in words: a printed list without that is a list of something.
fn asked(say: &Say<'_>, query: &Query, area: Option<String>) -> Vec<String> {
    let list = query.list.as_deref().and_then(super::say::code).map(|l| say.list_label(l));
    let progress = query.progress.map(|p| match p {
        Progress::Left => Word::FilterLeft,
        Progress::Draft => Word::HasDraft,
        Progress::Done => Word::DoneWord,
        Progress::Unsynced => Word::FilterUnsynced,
        Progress::LeafletDue => Word::FilterLeaflet,
        Progress::Attempted => Word::Attempted,
        Progress::Partly => Word::FilterPartly,
        Progress::Conflict => Word::Conflict,
    });
    let typed = (!query.text.trim().is_empty()).then(|| format!("“{}”", query.text.trim()));
    let risk = query.risk_kind.as_deref().map(|r| say.label("risk", r));
    let at_risk = query.at_risk.map(|yes| say.word(if yes { Word::FilterRisk } else { Word::FilterNoRisk }));
    [typed, area, list, progress.map(|w| say.word(w)), risk, at_risk].into_iter().flatten().collect()
}
