//! A workbook as a person uploads it: the whole pack, or one form to stand in place of the form of that id. What is wrong is
//! said where the person sees it: by the sheet of their workbook and its row there.

use crate::told;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fault::{Fault, Faults};
use super::files::Files;
use super::manifest::Manifest;
use super::pack::Pack;
use super::workbook::{CARD, OF_FORM, csv_of, files_of, path_of, unreadable};
use crate::xlsform::workbook as reader;

/// The largest workbook, in bytes.
pub const MAX_UPLOAD: usize = 8 << 20;

/// The sheet that makes a workbook a form.
const SURVEY: &str = "survey";

/// What came of a workbook.
#[derive(Debug)]
pub struct Uploaded {
    /// slug, where the workbook held one form
    pub form: Option<String>,
    /// `None` when it is faulty
    pub pack: Option<Pack>,
    pub report: Report,
}

/// What is to be said of a workbook; `file` of each is the sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    #[serde(with = "kept")]
    pub faults: Vec<Fault>,
    /// answers that rules need and no form asks for
    #[serde(with = "kept")]
    pub warnings: Vec<Fault>,
}

/// A report is kept in both languages, whichever the command line speaks.
mod kept {
    use super::Fault;
    use crate::told::Told;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Kept {
        file: String,
        row: u32,
        column: String,
        message: String,
        /// empty in what an earlier version kept
        #[serde(default)]
        zh: String,
    }

    pub(super) fn serialize<S: Serializer>(faults: &[Fault], serializer: S) -> Result<S::Ok, S::Error> {
        let keep = |f: &Fault| Kept {
            file: f.file.clone(),
            row: f.row,
            column: f.column.clone(),
            message: f.message.en().to_owned(),
            zh: f.message.zh().to_owned(),
        };
        serializer.collect_seq(faults.iter().map(keep))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fault>, D::Error> {
        let kept = Vec::<Kept>::deserialize(deserializer)?;
        let fault = |k: Kept| {
            let zh = if k.zh.is_empty() { k.message.clone() } else { k.zh };
            Fault { file: k.file, row: k.row, column: k.column, message: Told::both(k.message, zh) }
        };
        Ok(kept.into_iter().map(fault).collect())
    }
}

/// Reads a workbook. A single form takes the place of the form of its `form_id` in `running`; the pack's version is then
/// the running one's with `stamp` behind it, so that two versions are never called the same.
pub fn read(name: &str, bytes: &[u8], running: &Pack, stamp: &str) -> Uploaded {
    let faulty = |faults: Faults| Uploaded {
        form: None,
        pack: None,
        report: Report { faults: faults.errors, warnings: Vec::new() },
    };
    if bytes.len() > MAX_UPLOAD {
        let mut faults = Faults::default();
        faults.add(name, 0, "", told!("the file is larger than {} MB", "文件太大，最多 {} MB。", MAX_UPLOAD >> 20));
        return faulty(faults);
    }
    let book = match reader::read_xlsx(bytes, name) {
        Ok(book) => book,
        Err(problems) => return faulty(unreadable(problems.errors)),
    };
    let one_form = book.sheet(SURVEY).is_some() && book.sheet(CARD).is_none();
    let (form, files) = if one_form {
        match with_form(&book, running, stamp) {
            Ok((slug, files)) => (Some(slug), Ok(files)),
            Err(faults) => (None, Err(faults)),
        }
    } else {
        (None, files_of(&book))
    };
    let loaded = files.and_then(Pack::from_files).and_then(|pack| pack.inspect().or(pack));
    let places = Places::of(&book, form.as_deref());
    match loaded {
        Ok(pack) => {
            let warnings = places.said(pack.unasked());
            Uploaded { form, pack: Some(pack), report: Report { faults: Vec::new(), warnings } }
        }
        Err(faults) => {
            let report = Report { faults: places.said(faults), warnings: Vec::new() };
            Uploaded { form, pack: None, report }
        }
    }
}

/// The running pack with this form in it.
fn with_form(book: &reader::Workbook, running: &Pack, stamp: &str) -> Result<(String, Files), Faults> {
    let mut faults = Faults::default();
    let settings = book.sheet("settings");
    let id = settings.and_then(|s| {
        let column = s.columns.iter().position(|c| c == "form_id")?;
        s.rows.first()?.cells.get(column).cloned()
    });
    let slug = id.unwrap_or_default();
    if !running.slugs().contains(&slug) {
        let known = running.slugs().join(", ");
        faults.add("settings", 2, "form_id", told!("must be one of: {}", "应为下列之一：{}。", known));
        return Err(faults);
    }
    let mut files = running.files().clone();
    let folder = format!("forms/{slug}/");
    files.retain(|path, _| !path.starts_with(&folder));
    for sheet in book.sheets.iter().filter(|s| OF_FORM.contains(&s.name.as_str()) && !s.columns.is_empty()) {
        files.insert(format!("{folder}{}.csv", sheet.name), csv_of(sheet, &mut faults));
    }
    if running.files().iter().filter(|(path, _)| path.starts_with(&folder)).all(|(path, b)| files.get(path) == Some(b))
    {
        return faults.or((slug, running.files().clone()));
    }
    let card = running.manifest();
    let version = card.version.split('+').next().unwrap_or_default();
    let card = Manifest { version: format!("{version}+{stamp}"), ..card.clone() };
    files.insert("pack.toml".to_owned(), card.to_toml().into_bytes());
    faults.or((slug, files))
}

/// Where the rows of a pack's files stand in the workbook.
struct Places {
    /// path inside the pack → sheet, and the row there of each row of the file
    sheets: BTreeMap<String, (String, Vec<u32>)>,
}

impl Places {
    fn of(book: &reader::Workbook, form: Option<&str>) -> Self {
        let path = |sheet: &str| match form {
            Some(slug) => format!("forms/{slug}/{sheet}.csv"),
            None if sheet == CARD => "pack.toml".to_owned(),
            None => path_of(sheet),
        };
        let rows = |s: &reader::Sheet| s.rows.iter().map(|r| r.number).collect();
        let sheets = book.sheets.iter().map(|s| (path(&s.name), (s.name.clone(), rows(s)))).collect();
        Self { sheets }
    }

    fn said(&self, faults: Faults) -> Vec<Fault> {
        faults.errors.into_iter().map(|fault| self.place(fault)).collect()
    }

    fn place(&self, fault: Fault) -> Fault {
        let Some((sheet, rows)) = self.sheets.get(&fault.file) else { return fault };
        // A row of `pack.toml` is no row of its sheet.
        let row = match fault.row {
            _ if sheet == CARD => 0,
            row @ (0 | 1) => row,
            row => rows.get(usize::try_from(row).unwrap_or_default().saturating_sub(2)).copied().unwrap_or(row),
        };
        Fault { file: sheet.clone(), row, ..fault }
    }
}
