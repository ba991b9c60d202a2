//! The pack as one workbook: exported, changed in Excel or LibreOffice, imported again. A sheet is a file of the pack:
//! `params` is `params.csv`, `screening-lifted.survey` is `forms/screening-lifted/survey.csv`, `pack` is `pack.toml` as
//! two columns. Every cell is text, so that no spreadsheet turns an ID number or a date into something else; what is
//! exported and imported unchanged is the same pack, with the same hash.

use crate::told;
use std::path::Path;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::fault::Faults;
use super::files::Files;
use super::manifest::Manifest;
use super::pack::Pack;
use super::sheet::Sheet;
use crate::error::{Error, Result};
use crate::xlsform::Problem;
use crate::xlsform::workbook as reader;

/// The sheet for people; not part of the pack.
const ABOUT: &str = "说明";
/// The sheet of `pack.toml`.
pub(super) const CARD: &str = "pack";
/// Excel's longest name of a sheet, in characters.
const LONGEST_NAME: usize = 31;
/// The sheets of a form.
pub(super) const OF_FORM: &[&str] = &["survey", "choices", "settings"];

/// What the sheet for people says.
const WORDS: &[(&str, &str)] = &[
    ("本工作簿是一个政策包，改完后导入即可。", "This workbook is a policy pack; change it and import it."),
    (
        "每张表的第一行是列名，不要改动；不认识的列会被拒绝。",
        "The first row of each sheet names its columns; leave it.",
    ),
    (
        "params 参数；codes 代码；rules 规则；checks 核查规则；phases 阶段；checklist 清单；routes 审批步骤；permits 岗位权限。",
        "One sheet for each table of the policy.",
    ),
    (
        "“表单.survey”“表单.choices”“表单.settings”三张表合起来是一张 XLSForm 表单。",
        "Three sheets together are one XLSForm.",
    ),
    ("改动后请同时改 pack 表的 version。", "After a change also change version on the sheet pack."),
];

/// The workbook's bytes (.xlsx).
///
/// # Errors
/// `internal` when a file's name is too long for the name of a sheet.
pub fn write(pack: &Pack) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let styles = Styles::new();
    about(book.add_worksheet(), &styles).map_err(unwritten)?;
    card(book.add_worksheet(), pack.manifest(), &styles).map_err(unwritten)?;
    for (path, bytes) in pack.files().iter().filter(|(p, _)| p.ends_with(".csv")) {
        let name = sheet_name(path);
        if name.chars().count() > LONGEST_NAME {
            return Err(Error::invalid(format!(
                "{path}：名称过长，不能作为工作表名。 This name is too long for a sheet."
            )));
        }
        // The pack was loaded: its sheets have no faults.
        let sheet = Sheet::read(path, bytes, &mut Faults::default());
        table(book.add_worksheet(), &name, &sheet, &styles).map_err(unwritten)?;
    }
    book.save_to_buffer().map_err(unwritten)
}

/// One form of the pack as an XLSForm workbook: what other tools read, and what an upload takes for a form.
///
/// # Errors
/// `invalid` when the pack has no such form.
pub fn write_form(pack: &Pack, slug: &str) -> Result<Vec<u8>> {
    if !pack.slugs().iter().any(|s| s == slug) {
        return Err(Error::invalid("没有这张表。 There is no such form."));
    }
    let mut book = Workbook::new();
    let styles = Styles::new();
    for part in OF_FORM {
        let path = format!("forms/{slug}/{part}.csv");
        if let Some(bytes) = pack.files().get(&path) {
            let sheet = Sheet::read(&path, bytes, &mut Faults::default());
            table(book.add_worksheet(), part, &sheet, &styles).map_err(unwritten)?;
        }
    }
    book.save_to_buffer().map_err(unwritten)
}

fn unwritten(e: XlsxError) -> Error {
    Error::internal("工作簿无法写出。 The workbook could not be written.").because(e.to_string())
}

struct Styles {
    head: Format,
    cell: Format,
}

impl Styles {
    fn new() -> Self {
        let head = Format::new().set_bold().set_num_format("@").set_background_color("#E8EEF4");
        let cell = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
        Self { head, cell }
    }
}

fn about(sheet: &mut Worksheet, styles: &Styles) -> std::result::Result<(), XlsxError> {
    sheet.set_name(ABOUT)?.set_column_width(0, 70)?.set_column_width(1, 70)?;
    for (row, (zh, en)) in (0_u32..).zip(WORDS) {
        sheet.write_string_with_format(row, 0, *zh, &styles.cell)?;
        sheet.write_string_with_format(row, 1, *en, &styles.cell)?;
    }
    Ok(())
}

fn card(sheet: &mut Worksheet, manifest: &Manifest, styles: &Styles) -> std::result::Result<(), XlsxError> {
    sheet.set_name(CARD)?.set_column_width(0, 16)?.set_column_width(1, 80)?.set_freeze_panes(1, 0)?;
    for (row, (key, value)) in (0_u32..).zip([("key".into(), "value".into())].into_iter().chain(manifest.rows())) {
        let style = if row == 0 { &styles.head } else { &styles.cell };
        sheet.write_string_with_format(row, 0, key, style)?;
        sheet.write_string_with_format(row, 1, value, style)?;
    }
    Ok(())
}

fn table(sheet: &mut Worksheet, name: &str, rows: &Sheet, styles: &Styles) -> std::result::Result<(), XlsxError> {
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, heading) in (0_u16..).zip(&rows.columns) {
        sheet.write_string_with_format(0, column, heading, &styles.head)?;
        let widest = rows.rows.iter().filter_map(|(_, cells)| cells.get(usize::from(column)));
        let widest = widest.map(|c| c.chars().count()).max().unwrap_or(0).max(heading.chars().count());
        sheet.set_column_width(column, u32::try_from(widest.clamp(8, 48)).unwrap_or(48))?;
    }
    for (row, (_, cells)) in (1_u32..).zip(&rows.rows) {
        for (column, text) in (0_u16..).zip(cells).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string_with_format(row, column, text, &styles.cell)?;
        }
    }
    Ok(())
}

fn sheet_name(path: &str) -> String {
    path.strip_suffix(".csv").unwrap_or(path).trim_start_matches("forms/").replace('/', ".")
}

pub(super) fn path_of(sheet: &str) -> String {
    match sheet.rsplit_once('.') {
        Some((slug, part)) if OF_FORM.contains(&part) => format!("forms/{slug}/{part}.csv"),
        _ => format!("{sheet}.csv"),
    }
}

/// A pack from its folder or its workbook.
///
/// # Errors
/// Every fault found.
pub fn load(path: &Path) -> std::result::Result<Pack, Faults> {
    if path.is_dir() { Pack::load_dir(path) } else { Pack::from_files(read(path)?) }
}

/// The files of a pack from a workbook. What is wrong inside them [`Pack::from_files`] says.
///
/// # Errors
/// Faults with the sheet's name where the workbook cannot be read.
pub fn read(path: &Path) -> std::result::Result<Files, Faults> {
    reader::read(path).map_err(|problems| unreadable(problems.errors)).and_then(|book| files_of(&book))
}

pub(super) fn unreadable(problems: Vec<Problem>) -> Faults {
    let mut faults = Faults::default();
    for p in problems {
        faults.add(&p.sheet, p.row.unwrap_or_default(), &p.column.unwrap_or_default(), p.message);
    }
    faults
}

/// The files of a pack from the sheets of its workbook.
pub(super) fn files_of(book: &reader::Workbook) -> std::result::Result<Files, Faults> {
    let mut faults = Faults::default();
    let mut files = Files::new();
    for sheet in book.sheets.iter().filter(|s| s.name != ABOUT && !(s.columns.is_empty() && s.rows.is_empty())) {
        if sheet.name == CARD {
            let rows = sheet.rows.iter().map(|r| (r.number, r.cells.first(), r.cells.get(1)));
            let card =
                rows.map(|(n, key, value)| (n, key.cloned().unwrap_or_default(), value.cloned().unwrap_or_default()));
            let manifest = Manifest::from_rows(CARD, card, &mut faults);
            files.insert("pack.toml".to_owned(), manifest.to_toml().into_bytes());
        } else {
            files.insert(path_of(&sheet.name), csv_of(sheet, &mut faults));
        }
    }
    if !files.contains_key("pack.toml") {
        faults.add(
            CARD,
            0,
            "",
            told!("the workbook has no sheet pack", "工作簿里没有 pack 工作表；单张表单应有 survey 工作表。"),
        );
    }
    faults.or(files)
}

pub(super) fn csv_of(sheet: &reader::Sheet, faults: &mut Faults) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = out.write_record(&sheet.columns);
    for row in &sheet.rows {
        if row.cells.len() > sheet.columns.len() {
            faults.add(
                &sheet.name,
                row.number,
                "",
                told!("a cell stands to the right of the last heading", "最后一个列名右边还有内容。"),
            );
        }
        let mut cells = row.cells.clone();
        cells.resize(sheet.columns.len(), String::new());
        let _ = out.write_record(&cells);
    }
    out.into_inner().unwrap_or_default()
}
