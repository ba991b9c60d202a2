//! The survey sheet → questions in a tree, formulas still unread.

use super::choices::ChoiceList;
use super::header::{Cells, Column};
use super::model::{Question, QuestionId};
use super::types::{self, Kind, Shape, Type};
use crate::told;
use crate::xlsform::expr::is_name;
use crate::xlsform::problem::Problem;
use crate::xlsform::workbook::Sheet;

/// A question with where its formulas stand.
pub struct Draft<'a> {
    /// The row's cells; none for what the form adds itself.
    pub cells: Option<Cells<'a>>,
    /// The relevance of what the form adds itself.
    pub relevant: Option<String>,
}

/// All questions and, at the same places, their drafts.
pub struct Structure<'a> {
    pub questions: Vec<Question>,
    pub drafts: Vec<Draft<'a>>,
    /// Tables that selects take their choices from.
    pub tables: Vec<String>,
}

struct Builder<'a, 'p> {
    out: Structure<'a>,
    open: Vec<(QuestionId, u32)>,
    lists: &'p mut Vec<ChoiceList>,
    problems: &'p mut Vec<Problem>,
}

/// How deep groups may nest.
const MAX_DEPTH: usize = 40;

pub fn read<'a>(
    sheet: &'a Sheet,
    columns: &'a [Column],
    lists: &mut Vec<ChoiceList>,
    problems: &mut Vec<Problem>,
) -> Structure<'a> {
    let root = Draft { cells: None, relevant: None };
    let out = Structure { questions: vec![Question::root()], drafts: vec![root], tables: Vec::new() };
    let mut builder = Builder { out, open: vec![(QuestionId::ROOT, 0)], lists, problems };
    for row in &sheet.rows {
        let cells = Cells::new(sheet, columns, row);
        if matches!(cells.get("disabled").to_lowercase().as_str(), "yes" | "true") {
            continue;
        }
        builder.row(cells);
    }
    for (id, row) in builder.open.drain(..).skip(1) {
        let name = builder.out.questions.get(id.at()).map_or("", |q| &q.name);
        builder.problems.push(Problem::row(
            &sheet.name,
            row,
            told!("“{}” begins here and never ends", "“{}”从这里开始，但没有结束行（end）。", name),
        ));
    }
    builder.out
}

impl<'a> Builder<'a, '_> {
    fn row(&mut self, cells: Cells<'a>) {
        let cell = cells.code("type");
        if cell.is_empty() {
            // A row with neither name nor label is a remark.
            if !cells.get("name").is_empty() || !cells.languages("label").is_empty() {
                self.problems.push(cells.problem("type", told!("the row has no type", "这一行没有题型（type）。")));
            }
            return;
        }
        match types::read(&cell) {
            Err(message) => self.problems.push(cells.problem("type", message)),
            Ok(Type::End(kind)) => self.end(kind, &cells),
            Ok(Type::Begin(kind)) => {
                if self.open.len() > MAX_DEPTH {
                    self.problems.push(
                        cells.problem("type", told!("groups nest deeper than {}", "分组嵌套超过 {} 层。", MAX_DEPTH)),
                    );
                    return;
                }
                let row = cells.row;
                if let Some(id) = self.question(kind, cells) {
                    self.open.push((id, row));
                }
            }
            Ok(Type::Plain(kind)) => {
                self.question(kind, cells);
            }
            Ok(Type::Table) => self.table(&cells),
            Ok(Type::Drawn { kind, from }) => {
                let id = self.question(kind, cells);
                if let Some(question) = id.and_then(|id| self.out.questions.get_mut(id.at())) {
                    question.drawn = Some(from);
                }
            }
            Ok(Type::Choices { kind, list, from_file, or_other }) => {
                self.select(kind, &list, from_file, or_other, cells)
            }
        }
    }

    /// A table that formulas ask for by name.
    fn table(&mut self, cells: &Cells<'a>) {
        let name = cells.code("name");
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_string();
        if stem.is_empty() {
            self.problems.push(cells.problem("name", told!("the row has no name", "这一行没有名称（name）。")));
        } else if !self.out.tables.contains(&stem) {
            self.out.tables.push(stem);
        }
    }

    fn end(&mut self, kind: Kind, cells: &Cells<'a>) {
        let (id, row) = self.open.last().copied().unwrap_or((QuestionId::ROOT, 0));
        let Some(question) = self.out.questions.get(id.at()) else { return };
        if question.kind != kind {
            let what = if question.kind == Kind::Form {
                told!("nothing is open", "前面没有开始的分组")
            } else {
                told!(
                    "the {} “{}” of row {} is open",
                    "未结束的是第 {2} 行的 {0} “{1}”",
                    question.kind.name(),
                    question.name,
                    row
                )
            };
            self.problems.push(
                cells.problem("type", told!("a {} ends here, but {}", "这里结束一个 {}，但{}。", kind.name(), what)),
            );
        }
        if question.kind != Kind::Form {
            self.open.pop();
        }
    }

    fn select(&mut self, kind: Kind, list: &str, from_file: bool, or_other: bool, cells: Cells<'a>) {
        let mut file = None;
        let mut at = None;
        let mut geojson = false;
        if from_file {
            let stem = list.rsplit_once('.').map_or(list, |(stem, _)| stem);
            if ![".csv", ".xml", ".geojson"].iter().any(|known| list.ends_with(known)) {
                let message = told!(
                    "“{}”: choices are taken from .csv, .xml and .geojson files only",
                    "“{}”：选项文件只能是 .csv、.xml 或 .geojson。",
                    list
                );
                self.problems.push(cells.problem("type", message));
            }
            geojson = list.ends_with(".geojson");
            if !self.out.tables.iter().any(|t| t == stem) {
                self.out.tables.push(stem.to_string());
            }
            file = Some(stem.to_string());
        } else {
            at = self.lists.iter().position(|l| l.name == list);
            if at.is_none() {
                let (sheet, list) = match list.strip_prefix(types::EXTERNAL) {
                    Some(list) => ("external_choices", list),
                    None => ("choices", list),
                };
                self.problems.push(cells.problem(
                    "type",
                    told!("there is no list “{}” on the {} sheet", "{1} 工作表中没有选项列表“{0}”。", list, sheet),
                ));
            }
        }
        let row = cells.row;
        if or_other && !cells.get("choice_filter").is_empty() {
            self.problems.push(cells.problem(
                "choice_filter",
                told!("or_other and choice_filter do not go together", "or_other 和 choice_filter 不能同时用。"),
            ));
        }
        let Some(id) = self.question(kind, cells) else { return };
        if let Some(question) = self.out.questions.get_mut(id.at()) {
            (question.list, question.file) = (at, file);
            // The features of a map are told apart by id and shown by title, unless the author says otherwise.
            for (key, column) in [("value", "id"), ("label", "title")].into_iter().filter(|_| geojson) {
                question.parameters.entry(key.into()).or_insert_with(|| column.into());
            }
        }
        if or_other {
            if let Some(list) = at.and_then(|i| self.lists.get_mut(i)) {
                list.add_other();
            }
            self.other_text(id, row);
        }
    }

    /// The text question that `or_other` adds: asked when *other* is chosen.
    fn other_text(&mut self, select: QuestionId, row: u32) {
        let Some(asked) = self.out.questions.get(select.at()) else { return };
        let name = format!("{}_other", asked.name);
        let relevant = format!("selected(../{}, 'other')", asked.name);
        let mut question =
            Question { name, kind: Kind::Text, shape: Shape::Text, row, generated: true, ..Question::root() };
        question.label.push("", vec![super::words::Piece::Text("Specify other.".into())]);
        self.add(question, Draft { cells: None, relevant: Some(relevant) });
    }

    fn question(&mut self, kind: Kind, cells: Cells<'a>) -> Option<QuestionId> {
        let name = match cells.code("name") {
            name if name.is_empty() && kind == Kind::Audit => "audit".to_string(),
            // Nobody asks for what a note says, so it need not be named.
            name if name.is_empty() && kind == Kind::Note => format!("generated_note_name_{}", cells.row),
            name => name,
        };
        if kind == Kind::Audit && name != "audit" {
            self.problems.push(cells.problem(
                "name",
                told!("an audit is named “audit”, or not at all", "audit 题的名称只能是“audit”，或留空。"),
            ));
        }
        if name == "meta" && self.open.len() == 1 {
            self.problems.push(cells.problem(
                "name",
                told!("“meta” is the form's own: another name is needed", "“meta”是表单自用的名称，请换一个。"),
            ));
        }
        if !is_name(&name) || name.contains(':') {
            let said = if name.is_empty() {
                told!("the row has no name", "这一行没有名称（name）。")
            } else {
                told!(
                    "“{}” cannot be a name: letters, digits, _ - . only, beginning with a letter",
                    "“{}”不能作名称：只能用字母、数字、_ - . ，并以字母开头。",
                    name
                )
            };
            self.problems.push(cells.problem("name", said));
            return None;
        }
        if self.siblings().any(|q| q.name == name) {
            self.problems.push(
                cells.problem("name", told!("“{}” is there twice in the same group", "同一分组里有两个“{}”。", name)),
            );
            return None;
        }
        let binds = cells.prefixed("bind::");
        let given = super::parameters::read(cells.get("parameters"));
        let shape = match types::shape(kind, binds.get("type").map(String::as_str)) {
            Shape::Decimal if kind == Kind::Range && super::range::is_whole(&given) => Shape::Integer,
            shape => shape,
        };
        let overridable = binds.iter().any(|(k, v)| k.ends_with(":override") && v.eq_ignore_ascii_case("yes"));
        let question = Question {
            name,
            kind,
            shape,
            row: cells.row,
            appearance: cells.get("appearance").to_string(),
            parameters: given,
            attributes: binds,
            overridable,
            ..Question::root()
        };
        let parameters = super::parameters::check(kind, &question.parameters);
        if let Err(message) = parameters.and_then(|()| super::range::check(&question)) {
            self.problems.push(cells.problem("parameters", message));
        }
        self.check_says_something(&question, &cells);
        Some(self.add(question, Draft { cells: Some(cells), relevant: None }))
    }

    fn check_says_something(&mut self, question: &Question, cells: &Cells<'a>) {
        let kind = question.kind;
        let says = ["label", "hint", "guidance_hint", "image", "audio", "video", "big-image"];
        if kind.is_visible()
            && !kind.is_container()
            && says.iter().all(|k| cells.languages(k).is_empty())
            && cells.get("calculation").is_empty()
        {
            self.problems.push(cells.problem(
                "label",
                told!("“{}” has neither label nor hint", "“{}”既没有题目（label）也没有提示（hint）。", question.name),
            ));
        }
        if kind == Kind::Calculate && cells.get("calculation").is_empty() && cells.get("default").is_empty() {
            self.problems.push(cells.problem(
                "calculation",
                told!("“{}” has nothing to calculate", "“{}”没有写计算公式（calculation）。", question.name),
            ));
        }
        if question.overridable && cells.get("calculation").is_empty() {
            self.problems.push(cells.problem(
                "calculation",
                told!(
                    "“{}” may be overwritten, but nothing is calculated",
                    "“{}”设为可修改的计算值，但没有计算公式（calculation）。",
                    question.name
                ),
            ));
        }
    }

    fn siblings(&self) -> impl Iterator<Item = &Question> {
        let parent = self.open.last().and_then(|(id, _)| self.out.questions.get(id.at()));
        parent.into_iter().flat_map(|p| &p.children).filter_map(|c| self.out.questions.get(c.at()))
    }

    fn add(&mut self, mut question: Question, draft: Draft<'a>) -> QuestionId {
        let id = QuestionId(u32::try_from(self.out.questions.len()).unwrap_or(u32::MAX));
        let parent = self.open.last().map_or(QuestionId::ROOT, |(id, _)| *id);
        question.parent = Some(parent);
        if let Some(p) = self.out.questions.get_mut(parent.at()) {
            question.repeat = if p.kind == Kind::Repeat { Some(parent) } else { p.repeat };
            p.children.push(id);
        }
        self.out.questions.push(question);
        self.out.drafts.push(draft);
        id
    }
}
