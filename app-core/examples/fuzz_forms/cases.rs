//! The four kinds of cases: an expression; a form as a table; a form as CSV sheets; a form as a workbook.

use crate::mutate::{self, Dice};
use app_core::xlsform::{self, Env, Instance, Kind, Tree, expr, tables, workbook};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What cases begin from.
pub struct Corpus {
    tables: Vec<String>,
    formulas: Vec<String>,
    books: Vec<Vec<u8>>,
    /// Tables: the ending of the file, and what is in it.
    data: Vec<(String, String)>,
    scratch: tempfile::TempDir,
    /// What is tried is printed first (`--only`).
    pub show: bool,
}

/// Counts of one child, for the report.
#[derive(Default)]
pub struct Counts {
    pub expressions: u64,
    pub forms: u64,
    pub compiled: u64,
    pub answers: u64,
    pub workbooks: u64,
    pub tables: u64,
}

impl Corpus {
    pub fn read(folders: &[PathBuf]) -> Corpus {
        let mut files: Vec<PathBuf> =
            folders.iter().flat_map(|f| std::fs::read_dir(f).expect("corpus")).map(|e| e.unwrap().path()).collect();
        files.sort();
        let mut out = Corpus {
            tables: Vec::new(),
            formulas: Vec::new(),
            books: Vec::new(),
            data: Vec::new(),
            show: false,
            scratch: tempfile::tempdir_in(if Path::new("/dev/shm").exists() { "/dev/shm" } else { "." }).unwrap(),
        };
        for file in files {
            let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
            if ["csv", "geojson", "xml"].contains(&ending.as_str()) {
                out.data.push((ending, std::fs::read_to_string(&file).unwrap()));
                continue;
            }
            let Ok(book) = workbook::read(&file) else { continue };
            out.books.push(xlsx(&book));
            out.tables.push(table(&book));
            let cells = book.sheets.iter().flat_map(|s| &s.rows).flat_map(|r| &r.cells);
            out.formulas.extend(cells.filter(|c| c.contains("${") || c.contains('(')).cloned());
        }
        assert!(!out.tables.is_empty(), "the corpus holds no form");
        out
    }

    /// Runs one case; panics and hangs are the watcher's business.
    pub fn run(&self, seed: u64, counts: &mut Counts) {
        let mut dice = Dice(seed);
        match dice.below(20) {
            0..=11 => self.expression(&mut dice, counts),
            12..=16 => self.form(&mut dice, counts),
            17 => self.sheets(&mut dice, counts),
            _ => self.book(&mut dice, counts),
        }
    }

    fn say(&self, what: &str) {
        if self.show {
            println!("{what}\n");
        }
    }

    fn expression(&self, dice: &mut Dice, counts: &mut Counts) {
        for _ in 0..8 {
            let source = match dice.below(3) {
                0 => mutate::expression(dice, 5),
                1 => {
                    let formula = &self.formulas[dice.below(self.formulas.len())];
                    mutate::text(dice, formula)
                }
                _ => {
                    let whole = mutate::expression(dice, 4);
                    mutate::text(dice, &whole)
                }
            };
            counts.expressions += 1;
            self.say(&source);
            let Ok(parsed) = expr::parse(&source) else { continue };
            let printed = parsed.to_string();
            // Texts are compared: a number of hundreds of digits is rounded when it is read, and is exact ever after.
            let again = expr::parse(&printed).map(|e| e.to_string());
            // Printed with all its parentheses an expression may nest deeper than a person may write.
            let deep = again.as_ref().is_err_and(|e| e.message.en().contains("too deep"));
            assert!(deep || again.as_ref() == Ok(&printed), "printed otherwise: {source:?} → {printed:?} → {again:?}");
            let tree = Tree::from_json(&serde_json::json!({
                "a": "2023-05-20", "b": 1e300, "n": 3, "t": "", "county": "x",
                "person": [{"who": "韦秀英", "age": 70}, {"who": "李建国", "age": ""}]
            }));
            let env = Env::default();
            parsed.eval_text(&tree, tree.root(), &env);
            parsed.eval_bool(&tree, tree.root(), &env);
            let _ = parsed.eval_num(&tree, tree.root(), &env).to_string();
        }
    }

    fn form(&self, dice: &mut Dice, counts: &mut Counts) {
        let mut text = self.tables[dice.below(self.tables.len())].clone();
        for _ in 0..=dice.below(3) {
            text = if dice.maybe(80) { mutate::table(dice, &text) } else { mutate::text(dice, &text) };
        }
        self.say(&text);
        if let Ok(book) = workbook::read_markdown(&text) {
            fill(dice, &book, counts);
        }
    }

    fn sheets(&self, dice: &mut Dice, counts: &mut Counts) {
        if self.data.is_empty() {
            return;
        }
        let (ending, text) = &self.data[dice.below(self.data.len())];
        counts.tables += 1;
        let bytes = if dice.maybe(50) {
            let mut bytes = text.clone().into_bytes();
            mutate::bytes(dice, &mut bytes);
            bytes
        } else {
            mutate::text(dice, text).into_bytes()
        };
        let folder = self.scratch.path().join(ending);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("survey.{ending}")), bytes).unwrap();
        if let Ok(tables) = tables::load(&folder, chrono::NaiveDate::default()) {
            for table in tables.values() {
                table.tree();
                table.lookup("value", "key", "liucheng");
            }
        }
        if let Ok(book) = workbook::read(&folder) {
            fill(dice, &book, counts);
        }
    }

    fn book(&self, dice: &mut Dice, counts: &mut Counts) {
        let mut bytes = self.books[dice.below(self.books.len())].clone();
        if dice.maybe(70) {
            bytes = repacked(dice, &bytes).unwrap_or(bytes);
        } else {
            mutate::bytes(dice, &mut bytes);
        }
        counts.workbooks += 1;
        let path = self.scratch.path().join("form.xlsx");
        std::fs::write(&path, bytes).unwrap();
        if let Ok(book) = workbook::read(&path) {
            fill(dice, &book, counts);
        }
    }
}

/// Compiles, and answers what can be answered with whatever comes.
fn fill(dice: &mut Dice, book: &workbook::Workbook, counts: &mut Counts) {
    counts.forms += 1;
    let Ok(form) = xlsform::form::compile(book, "fuzz") else { return };
    counts.compiled += 1;
    let mut visit = Instance::new(Arc::new(form), Env::default());
    for _ in 0..dice.below(12) {
        let nodes = visit.walk();
        if nodes.is_empty() {
            break;
        }
        let node = nodes[dice.below(nodes.len())];
        if visit.question(node).kind == Kind::Repeat {
            let _ = if dice.maybe(50) {
                visit.remove(node).is_ok()
            } else {
                let parent = visit.tree().parent(node);
                let id = visit.question(node).name.clone();
                let repeat = visit.form().find(&id);
                parent.zip(repeat).is_some_and(|(parent, repeat)| visit.add(parent, repeat, None).is_ok())
            };
            continue;
        }
        let offered = visit.offered(node);
        let answer = match dice.below(5) {
            0 => String::new(),
            1 if !offered.is_empty() => offered[dice.below(offered.len())].to_string(),
            2 => format!("{}", dice.next() as i16),
            3 => mutate::expression(dice, 0),
            _ => mutate::text(dice, "韦秀英 12 2023-05-20"),
        };
        counts.answers += 1;
        let _ = visit.set(node, &answer);
    }
    let before = visit.result();
    visit.recompute_all();
    let _ = (before, visit.result(), visit.answers());
    for node in visit.walk() {
        let _ = visit.view(node);
    }
}

/// A workbook as a table in Markdown.
fn table(book: &workbook::Workbook) -> String {
    let clean = |cell: &String| cell.replace('|', "\\|").replace(['\n', '\r'], " ");
    let line = |cells: &[String]| format!("| | {} |\n", cells.iter().map(clean).collect::<Vec<_>>().join(" | "));
    let sheet = |sheet: &workbook::Sheet| {
        let rows: String = sheet.rows.iter().map(|r| line(&r.cells)).collect();
        format!("| {} |\n{}{rows}", sheet.name, line(&sheet.columns))
    };
    book.sheets.iter().map(sheet).collect()
}

fn xlsx(book: &workbook::Workbook) -> Vec<u8> {
    let mut out = rust_xlsxwriter::Workbook::new();
    for sheet in &book.sheets {
        let page = out.add_worksheet();
        page.set_name(&sheet.name).unwrap();
        let rows = std::iter::once(&sheet.columns).chain(sheet.rows.iter().map(|r| &r.cells));
        for (i, row) in rows.enumerate() {
            for (j, cell) in row.iter().enumerate() {
                page.write(i as u32, j as u16, cell.as_str()).unwrap();
            }
        }
    }
    out.save_to_buffer().unwrap()
}

/// The archive with some of its parts mutated and packed again, so that the readers of its XML are reached.
fn repacked(dice: &mut Dice, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).ok()?;
        let name = part.name().ok()?.to_string();
        let mut content = Vec::new();
        part.read_to_end(&mut content).ok()?;
        if dice.maybe(30) {
            if dice.maybe(50) {
                mutate::bytes(dice, &mut content);
            } else {
                content = mutate::text(dice, &String::from_utf8_lossy(&content)).into_bytes();
            }
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).ok()?;
        out.write_all(&content).ok()?;
    }
    Some(out.finish().ok()?.into_inner())
}
