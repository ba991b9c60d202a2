//! A county's Excel at work: a pack's sheets, changed row by row. Knows nothing of packs but their files. What is named and not
//! there fails the test at once.

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
    /// The place of a column, which is added if there is none.
    fn column(&mut self, column: &str) -> usize {
        if let Some(at) = self.columns.iter().position(|c| c == column) {
            return at;
        }
        self.columns.push(column.to_owned());
        self.rows.iter_mut().for_each(|row| row.push(String::new()));
        self.columns.len().saturating_sub(1)
    }

    /// The row in which a column says this.
    fn row(&mut self, column: &str, value: &str) -> usize {
        let at = self.column(column);
        let found = self.rows.iter().position(|row| row.get(at).is_some_and(|c| c == value));
        assert!(found.is_some(), "no row {value}");
        found.unwrap_or_default()
    }

    fn put(&mut self, row: usize, column: &str, text: &str) {
        let at = self.column(column);
        if let Some(cell) = self.rows.get_mut(row).and_then(|r| r.get_mut(at)) {
            text.clone_into(cell);
        }
    }

    fn made(&mut self, cells: &[(&str, &str)]) -> Vec<String> {
        let places: Vec<usize> = cells.iter().map(|(column, _)| self.column(column)).collect();
        let mut row = vec![String::new(); self.columns.len()];
        for (place, (_, text)) in places.into_iter().zip(cells) {
            if let Some(cell) = row.get_mut(place) {
                (*text).clone_into(cell);
            }
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
        let bytes = self.0.get(file).map(Vec::as_slice).unwrap_or_default();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut all = reader.records().flatten().map(|r| r.iter().map(str::to_owned).collect::<Vec<_>>());
        let columns = all.next().unwrap_or_default();
        let rows = all.map(|mut row| {
            row.resize(columns.len(), String::new());
            row
        });
        let mut sheet = Sheet { rows: rows.collect(), columns };
        work(&mut sheet);
        let mut out = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = out.write_record(&sheet.columns);
        for row in &sheet.rows {
            let _ = out.write_record(row);
        }
        self.0.insert(file.to_owned(), out.into_inner().unwrap_or_default());
    }

    fn survey(&mut self, form: &str, work: impl FnOnce(&mut Sheet)) {
        self.sheet(&format!("forms/{form}/survey.csv"), work);
    }

    /// The form's version.
    pub fn version(&mut self, form: &str, version: &str) -> &mut Self {
        self.sheet(&format!("forms/{form}/settings.csv"), |s| {
            s.put(0, "version", version);
        });
        self
    }

    /// One cell of a question's row.
    pub fn cell(&mut self, form: &str, question: &str, column: &str, text: &str) -> &mut Self {
        self.survey(form, |s| {
            let row = s.row("name", question);
            s.put(row, column, text);
        });
        self
    }

    /// Rows behind a question's row (of a group: behind its beginning).
    pub fn add(&mut self, form: &str, after: &str, rows: &[&[(&str, &str)]]) -> &mut Self {
        self.survey(form, |s| {
            let mut at = s.row("name", after).saturating_add(1);
            for cells in rows {
                let row = s.made(cells);
                s.rows.insert(at, row);
                at = at.saturating_add(1);
            }
        });
        self
    }

    /// A question is put into a group or repeat of its own.
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
            s.rows.insert(at.saturating_add(1), end);
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
            let row = s.row("name", from);
            s.put(row, "name", to);
            for cell in s.rows.iter_mut().flatten() {
                *cell = cell.replace(&format!("${{{from}}}"), &format!("${{{to}}}"));
            }
            if said {
                s.put(row, "bind::ruhu:was", from);
            }
        });
        self
    }

    /// A question is asked elsewhere: behind another row.
    pub fn move_behind(&mut self, form: &str, question: &str, after: &str) -> &mut Self {
        self.survey(form, |s| {
            let from = s.row("name", question);
            let row = s.rows.remove(from);
            let at = s.row("name", after).saturating_add(1);
            s.rows.insert(at, row);
        });
        self
    }

    /// A choice of a list goes.
    pub fn remove_choice(&mut self, form: &str, list: &str, code: &str) -> &mut Self {
        self.sheet(&format!("forms/{form}/choices.csv"), |s| {
            let (in_list, name) = (s.column("list_name"), s.column("name"));
            let is = |row: &Vec<String>, at: usize, text: &str| row.get(at).is_some_and(|c| c == text);
            let before = s.rows.len();
            s.rows.retain(|row| !is(row, in_list, list) || !is(row, name, code));
            assert!(s.rows.len() < before, "no choice {code}");
        });
        self
    }

    /// A parameter has another value.
    pub fn param(&mut self, key: &str, value: &str) -> &mut Self {
        self.sheet("params.csv", |s| {
            let row = s.row("key", key);
            s.put(row, "value", value);
        });
        self
    }
}
