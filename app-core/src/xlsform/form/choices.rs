//! The choices sheet.

use super::header::{Cells, columns};
use super::model::Formula;
use super::words::{Piece, Words, split};
use crate::told;
use crate::xlsform::expr::Expr;
use crate::xlsform::problem::Problem;
use crate::xlsform::tree::Tree;
use crate::xlsform::workbook::Sheet;
use std::collections::HashMap;
use std::sync::Arc;

/// A choice list.
#[derive(Clone, Debug)]
pub struct ChoiceList {
    /// Its name.
    pub name: String,
    /// In the order of the sheet.
    pub choices: Vec<Choice>,
    /// Value → index.
    pub index: HashMap<String, u32>,
    /// As `root/item/<column>`, for filters and `instance()`.
    pub tree: Arc<Tree>,
}

/// One choice.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is stored.
    pub name: String,
    /// What is shown.
    pub label: Words,
    /// Extra columns, for filters.
    pub columns: Vec<(String, String)>,
    /// The row of the choices sheet; 0 for what the form adds itself.
    pub row: u32,
}

impl Choice {
    fn references(&self) -> impl Iterator<Item = &str> {
        self.label.formulas().filter_map(|f| match &f.expr {
            Expr::Ref(name) => Some(&**name),
            _ => None,
        })
    }
}

const KNOWN: &[&str] = &["list_name", "name", "label", "image", "audio", "video", "big-image"];

impl ChoiceList {
    /// The names of the questions whose answers its labels show.
    pub fn references(&self) -> impl Iterator<Item = (&Choice, &str)> {
        let of = |choice| Choice::references(choice).map(move |name| (choice, name));
        self.choices.iter().flat_map(of)
    }

    fn new(name: &str) -> ChoiceList {
        ChoiceList { name: name.into(), choices: Vec::new(), index: HashMap::new(), tree: Arc::new(Tree::new("root")) }
    }

    fn push(&mut self, choice: Choice) {
        let at = u32::try_from(self.choices.len()).unwrap_or(u32::MAX);
        self.index.entry(choice.name.clone()).or_insert(at);
        self.choices.push(choice);
    }

    /// Builds the tree; once all choices are in.
    fn finish(&mut self) {
        let mut tree = Tree::new("root");
        // Where labels are translated, pyxform gives each choice the id of its words, for jr:itext().
        let translated = self.choices.iter().any(|c| c.label.languages().any(|l| !l.is_empty()));
        for (at, choice) in self.choices.iter().enumerate() {
            let item = tree.add(tree.root(), "item");
            let mut cell = |name: &str, text: &str| {
                let node = tree.add(item, name);
                tree.set_text(node, text);
            };
            cell("name", &choice.name);
            cell("label", &choice.label.plain(""));
            if translated {
                cell("itextId", &format!("{}-{at}", self.name));
            }
            choice.columns.iter().for_each(|(name, text)| cell(name, text));
        }
        self.tree = Arc::new(tree);
    }

    /// Adds `other` unless it is there (`or_other`).
    pub(crate) fn add_other(&mut self) {
        if !self.index.contains_key("other") {
            let mut label = Words::default();
            label.push("", vec![Piece::Text("Other".into())]);
            self.push(Choice { name: "other".into(), label, columns: Vec::new(), row: 0 });
            self.finish();
        }
    }
}

/// Reads the sheet; problems are collected.
/// `prefix` stands before the names of the lists.
pub fn read(sheet: &Sheet, prefix: &str, duplicates_allowed: bool, problems: &mut Vec<Problem>) -> Vec<ChoiceList> {
    let columns = match columns(sheet) {
        Ok(columns) => columns,
        Err(problem) => {
            problems.push(problem);
            return Vec::new();
        }
    };
    let mut lists: Vec<ChoiceList> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for row in &sheet.rows {
        let cells = Cells::new(sheet, &columns, row);
        let list = cells.code("list_name");
        if list.is_empty() {
            if !cells.get("name").is_empty() {
                problems.push(cells.problem(
                    "list_name",
                    told!("a choice must say which list it belongs to", "选项必须写明属于哪个列表（list_name）。"),
                ));
            }
            continue;
        }
        let list = format!("{prefix}{list}");
        let at = *by_name.entry(list.clone()).or_insert_with(|| {
            lists.push(ChoiceList::new(&list));
            lists.len().saturating_sub(1)
        });
        let Some(list) = lists.get_mut(at) else { continue };
        match read_choice(&cells) {
            Ok(choice) if list.index.contains_key(&choice.name) && !duplicates_allowed => {
                problems.push(cells.problem(
                    "name",
                    told!("the list “{}” has “{}” already", "列表“{}”里已经有选项代码“{}”。", list.name, choice.name),
                ));
            }
            Ok(choice) => list.push(choice),
            Err(problem) => problems.push(problem),
        }
    }
    lists.iter_mut().for_each(ChoiceList::finish);
    lists
}

fn read_choice(cells: &Cells<'_>) -> Result<Choice, Problem> {
    let name = cells.code("name");
    if name.is_empty() {
        return Err(cells.problem("name", told!("a choice must have a name", "选项必须有代码（name）。")));
    }
    let mut label = Words::default();
    for (language, text) in cells.languages("label") {
        // Which node a name means depends on the question that shows the choice: it is sought when the label is shown.
        let piece = |piece: Result<String, String>| match piece {
            Ok(text) => Piece::Text(text),
            Err(name) => {
                Piece::Value(Formula { source: format!("${{{name}}}"), expr: Expr::Ref(name.as_str().into()) })
            }
        };
        label.push(language, split(text).into_iter().map(piece).collect());
    }
    Ok(Choice { name, label, columns: cells.others(KNOWN), row: cells.row })
}
