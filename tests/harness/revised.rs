//! A county's Excel at work: a pack's sheets, changed row by row. Knows nothing of packs but their files; used by the stories
//! here and by the unit tests of app-core (which include this very file).

use std::collections::BTreeMap;

/// The files of a pack, being changed.
#[derive(Clone)]
pub struct Revised(pub BTreeMap<String, Vec<u8>>);

/// A sheet.
struct Sheet {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn at(&self, column: &str) -> usize {
        self.columns.iter().position(|c| c == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    fn column(&mut self, column: &str) -> usize {
        if let Some(at) = self.columns.iter().position(|c| c == column) {
            return at;
        }
        self.columns.push(column.to_owned());
        self.rows.iter_mut().for_each(|row| row.push(String::new()));
        self.columns.len() - 1
    }

    fn row(&self, column: &str, value: &str) -> usize {
        let at = self.at(column);
        self.rows.iter().position(|row| row[at] == value).unwrap_or_else(|| panic!("no row {value}"))
    }

    fn made(&mut self, cells: &[(&str, &str)]) -> Vec<String> {
        let places: Vec<usize> = cells.iter().map(|(column, _)| self.column(column)).collect();
        let mut row = vec![String::new(); self.columns.len()];
        for (place, (_, text)) in places.into_iter().zip(cells) {
            row[place] = (*text).to_owned();
        }
        row
    }
}

impl Revised {
    /// A pack's files.
    pub fn of(files: &BTreeMap<String, Vec<u8>>) -> Self {
        Self(files.clone())
    }

    fn sheet(&mut self, file: &str, work: impl FnOnce(&mut Sheet)) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&self.0[file][..]);
        let mut all = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
        let columns = all.next().unwrap();
        let rows = all.map(|mut row| {
            row.resize(columns.len(), String::new());
            row
        });
        let mut sheet = Sheet { rows: rows.collect(), columns };
        work(&mut sheet);
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(&sheet.columns).unwrap();
        sheet.rows.iter().for_each(|row| out.write_record(row).unwrap());
        self.0.insert(file.to_owned(), out.into_inner().unwrap());
    }

    fn survey(&mut self, form: &str, work: impl FnOnce(&mut Sheet)) {
        self.sheet(&format!("forms/{form}/survey.csv"), work);
    }

    /// The form's version.
    pub fn version(&mut self, form: &str, version: &str) -> &mut Self {
        self.sheet(&format!("forms/{form}/settings.csv"), |s| {
            let at = s.at("version");
            s.rows[0][at] = version.to_owned();
        });
        self
    }

    /// One cell of a question's row.
    pub fn cell(&mut self, form: &str, question: &str, column: &str, text: &str) -> &mut Self {
        self.survey(form, |s| {
            let (row, column) = (s.row("name", question), s.column(column));
            s.rows[row][column] = text.to_owned();
        });
        self
    }

    /// Rows behind a question's row (of a group: behind its beginning).
    pub fn add(&mut self, form: &str, after: &str, rows: &[&[(&str, &str)]]) -> &mut Self {
        self.survey(form, |s| {
            let mut at = s.row("name", after) + 1;
            for cells in rows {
                let row = s.made(cells);
                s.rows.insert(at, row);
                at += 1;
            }
        });
        self
    }

    /// A question is put into a group or repeat of its own.
    #[allow(dead_code, reason = "not every story that includes this file does it")]
    pub fn wrap(&mut self, form: &str, question: &str, kind: &str, name: &str, label: &str) -> &mut Self {
        self.survey(form, |s| {
            let begin = s.made(&[
                ("type", &format!("begin_{kind}")),
                ("name", name),
                ("label", label),
                ("label::English (en)", label),
            ]);
            let end = s.made(&[("type", &format!("end_{kind}")), ("name", name)]);
            let at = s.row("name", question);
            s.rows.insert(at + 1, end);
            s.rows.insert(at, begin);
        });
        self
    }

    /// A question goes.
    pub fn remove(&mut self, form: &str, question: &str) -> &mut Self {
        self.survey(form, |s| {
            let row = s.row("name", question);
            s.rows.remove(row);
        });
        self
    }

    /// A question gets another name; `said`: the form says so.
    pub fn rename(&mut self, form: &str, from: &str, to: &str, said: bool) -> &mut Self {
        self.survey(form, |s| {
            let (row, name) = (s.row("name", from), s.at("name"));
            s.rows[row][name] = to.to_owned();
            for cell in s.rows.iter_mut().flatten() {
                *cell = cell.replace(&format!("${{{from}}}"), &format!("${{{to}}}"));
            }
            if said {
                let was = s.column("bind::ruhu:was");
                s.rows[row][was] = from.to_owned();
            }
        });
        self
    }

    /// A question is asked elsewhere: behind another row.
    pub fn move_behind(&mut self, form: &str, question: &str, after: &str) -> &mut Self {
        self.survey(form, |s| {
            let row = s.rows.remove(s.row("name", question));
            let at = s.row("name", after) + 1;
            s.rows.insert(at, row);
        });
        self
    }

    /// A choice of a list goes.
    pub fn remove_choice(&mut self, form: &str, list: &str, code: &str) -> &mut Self {
        self.sheet(&format!("forms/{form}/choices.csv"), |s| {
            let (in_list, name) = (s.at("list_name"), s.at("name"));
            let before = s.rows.len();
            s.rows.retain(|row| row[in_list] != list || row[name] != code);
            assert_eq!(s.rows.len() + 1, before, "no choice {code}");
        });
        self
    }

    /// A parameter has another value.
    #[allow(dead_code, reason = "not every story that includes this file changes one")]
    pub fn param(&mut self, key: &str, value: &str) -> &mut Self {
        self.sheet("params.csv", |s| {
            let (row, at) = (s.row("key", key), s.at("value"));
            s.rows[row][at] = value.to_owned();
        });
        self
    }
}
