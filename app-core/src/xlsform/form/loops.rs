//! `begin loop over LIST`: written out before anything else is read. The loop is a group; in it stands one group for each
//! choice of the list, named and labelled as the choice, with the rows of the loop, `%(name)s` and `%(label)s` put in.
//! As pyxform does, a choice named `none` is left out.

use super::header::{Column, columns};
use crate::told;
use crate::told::Told;
use crate::xlsform::problem::Problem;
use crate::xlsform::workbook::{MAX_ROWS, Row, Sheet};
use std::borrow::Cow;

/// The survey with its loops written out; rows keep their numbers, so that faults still name them.
pub fn expand<'a>(survey: &'a Sheet, choices: Option<&Sheet>) -> Result<Cow<'a, Sheet>, Problem> {
    let headings = columns(survey)?;
    let Some(types) = headings.iter().position(|c| c.heading.key == "type") else { return Ok(Cow::Borrowed(survey)) };
    if !survey.rows.iter().any(|r| begun(cell(r, types)).is_some()) {
        return Ok(Cow::Borrowed(survey));
    }
    let lists = match choices {
        Some(sheet) => Lists { sheet, headings: columns(sheet)? },
        None => {
            return Err(Problem::whole(
                "choices",
                told!(
                    "a loop goes over a list of the choices sheet; there is none",
                    "循环（loop）要用 choices 工作表中的列表，但没有这张工作表。"
                ),
            ));
        }
    };
    let loops = Loops { sheet: survey, headings, types, lists };
    let rows = loops.rows(&survey.rows, 0)?;
    Ok(Cow::Owned(Sheet { name: survey.name.clone(), columns: survey.columns.clone(), rows }))
}

struct Lists<'a> {
    sheet: &'a Sheet,
    headings: Vec<Column>,
}

struct Loops<'a> {
    sheet: &'a Sheet,
    headings: Vec<Column>,
    types: usize,
    lists: Lists<'a>,
}

fn cell(row: &Row, at: usize) -> &str {
    row.cells.get(at).map_or("", String::as_str)
}

/// The list that a `begin loop` goes over; empty if it names none.
fn begun(text: &str) -> Option<&str> {
    let rest = text.trim().strip_prefix("begin")?.strip_prefix([' ', '_'])?.strip_prefix("loop")?;
    let rest = rest.trim();
    Some(rest.strip_prefix("over ").unwrap_or(rest).trim())
}

fn ended(text: &str) -> bool {
    matches!(text.split_whitespace().collect::<Vec<_>>().join(" ").as_str(), "end loop" | "end_loop")
}

impl Loops<'_> {
    fn rows(&self, rows: &[Row], depth: usize) -> Result<Vec<Row>, Problem> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(row) = rows.get(at) {
            at = at.saturating_add(1);
            let Some(list) = begun(cell(row, self.types)) else {
                out.push(row.clone());
                continue;
            };
            let rest = rows.get(at..).unwrap_or_default();
            let length = self.length(rest).filter(|_| depth < 5);
            let length = length.ok_or_else(|| {
                self.fault(row, told!("the loop begins here and never ends", "循环（loop）从这里开始，但没有结束行。"))
            })?;
            self.write(row, list, rest.get(..length).unwrap_or_default(), depth, &mut out)?;
            at = at.saturating_add(length).saturating_add(1);
            if out.len() > MAX_ROWS {
                return Err(
                    self.fault(row, told!("written out the loop has too many rows", "循环（loop）展开后行数太多。"))
                );
            }
        }
        Ok(out)
    }

    fn fault(&self, row: &Row, message: Told) -> Problem {
        let heading = self.headings.get(self.types).map_or("type", |c| &c.raw);
        Problem::cell(&self.sheet.name, row.number, heading, message)
    }

    /// How many rows lie before the end of a loop.
    fn length(&self, rows: &[Row]) -> Option<usize> {
        let mut open = 1usize;
        rows.iter().position(|row| {
            let text = cell(row, self.types);
            if begun(text).is_some() {
                open = open.saturating_add(1);
            } else if ended(text) {
                open = open.saturating_sub(1);
            }
            open == 0
        })
    }

    fn write(&self, begin: &Row, list: &str, inside: &[Row], depth: usize, out: &mut Vec<Row>) -> Result<(), Problem> {
        let other = self.other();
        let mut choices = self.lists.of(list);
        if self.has_other(list) && !choices.is_empty() && choices.iter().all(|c| self.lists.name(c) != "other") {
            choices.push(&other);
        }
        if choices.is_empty() {
            return Err(self.fault(
                begin,
                told!("there is no list “{}” on the choices sheet", "choices 工作表中没有选项列表“{}”。", list),
            ));
        }
        out.push(self.with_type(begin, "begin group"));
        for choice in choices {
            let mut group = Row { number: begin.number, cells: vec![String::new(); self.headings.len()] };
            for (at, column) in self.headings.iter().enumerate() {
                let text = match column.heading.key.as_str() {
                    "type" => "begin group".to_string(),
                    "name" => self.lists.name(choice).to_string(),
                    "label" => self.lists.label(choice, &column.heading.language).to_string(),
                    _ => continue,
                };
                if let Some(place) = group.cells.get_mut(at) {
                    *place = text;
                }
            }
            out.push(group);
            let filled: Vec<Row> = inside.iter().map(|row| self.filled(row, choice)).collect();
            out.extend(self.rows(&filled, depth.saturating_add(1))?);
            out.push(self.with_type(&Row { number: begin.number, cells: Vec::new() }, "end group"));
        }
        out.push(self.with_type(&Row { number: begin.number, cells: Vec::new() }, "end group"));
        Ok(())
    }

    /// Whether some select of this list has or_other, which gives the list one choice more.
    fn has_other(&self, list: &str) -> bool {
        let said = |row: &Row| {
            let text = cell(row, self.types).split_whitespace().collect::<Vec<_>>().join(" ");
            ["or_other", "or specify other"].iter().any(|o| text.ends_with(&format!(" {list} {o}")))
        };
        self.sheet.rows.iter().any(said)
    }

    /// That choice, as a row of the choices sheet.
    fn other(&self) -> Row {
        let text = |c: &Column| match c.heading.key.as_str() {
            "name" => "other",
            "label" => "Other",
            _ => "",
        };
        Row { number: 0, cells: self.lists.headings.iter().map(|c| text(c).to_string()).collect() }
    }

    fn with_type(&self, row: &Row, text: &str) -> Row {
        let mut cells = row.cells.clone();
        cells.resize(cells.len().max(self.types.saturating_add(1)), String::new());
        if let Some(place) = cells.get_mut(self.types) {
            *place = text.to_string();
        }
        Row { number: row.number, cells }
    }

    fn filled(&self, row: &Row, choice: &Row) -> Row {
        let fill = |(at, text): (usize, &String)| {
            let language = self.headings.get(at).map_or("", |c| &c.heading.language);
            text.replace("%(name)s", self.lists.name(choice)).replace("%(label)s", self.lists.label(choice, language))
        };
        Row { number: row.number, cells: row.cells.iter().enumerate().map(fill).collect() }
    }
}

impl Lists<'_> {
    fn at(&self, key: &str, language: Option<&str>) -> Option<usize> {
        let fits = |c: &Column| c.heading.key == key && language.is_none_or(|l| c.heading.language == l);
        self.headings.iter().position(fits)
    }

    fn of(&self, list: &str) -> Vec<&Row> {
        let Some(lists) = self.at("list_name", None) else { return Vec::new() };
        let mine = |r: &&Row| cell(r, lists) == list && !matches!(self.name(r), "" | "none");
        self.sheet.rows.iter().filter(mine).collect()
    }

    fn name<'r>(&self, row: &'r Row) -> &'r str {
        self.at("name", None).map_or("", |at| cell(row, at))
    }

    /// The label in a language, else in any.
    fn label<'r>(&self, row: &'r Row, language: &str) -> &'r str {
        self.at("label", Some(language)).or_else(|| self.at("label", None)).map_or("", |at| cell(row, at))
    }
}
