//! What a new version of the pack changes, in words a county reads before it publishes: questions added, removed and
//! renamed, choices, logic, parameters, rules and checks. Compared sheet by sheet, row by row, by what names a row.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::fault::Faults;
use super::files::Files;
use super::pack::Pack;
use super::sheet::{Row, Sheet};

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Added,
    Removed,
    Renamed,
    Changed,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// path inside the pack, e.g. `forms/screening-lifted/survey.csv`
    pub file: String,
    pub kind: ChangeKind,
    /// what names the row: a question, `list/code`, a rule's id; of the new version where both have it
    pub id: String,
    /// the columns that differ, when `kind` is changed
    pub columns: Vec<String>,
    /// Chinese words
    pub words: String,
    /// English words
    pub words_en: String,
}

/// What one file holds a row of, Chinese and English, and the columns that name a row.
struct Shape {
    zh: &'static str,
    en: &'static str,
    keys: &'static [&'static str],
    /// the column whose text a person knows the row by; its English twin: [`TWINS`]
    label: &'static str,
}

const fn shape(zh: &'static str, en: &'static str, keys: &'static [&'static str], label: &'static str) -> Shape {
    Shape { zh, en, keys, label }
}

fn shape_of(file: &str) -> Shape {
    match file.rsplit('/').next().unwrap_or(file) {
        "survey.csv" => shape("问题", "question", &["name"], "label"),
        "choices.csv" => shape("选项", "choice", &["list_name", "name"], "label"),
        "settings.csv" => shape("表单设置", "form setting", &[], "form_title"),
        "params.csv" => shape("参数", "parameter", &["key", "from"], "label"),
        "codes.csv" => shape("代码", "code", &["list", "code"], "label"),
        "phases.csv" => shape("阶段", "phase", &["id"], "label"),
        "checklist.csv" => shape("清单事项", "checklist item", &["level", "number"], "task"),
        "routes.csv" => shape("审批步骤", "step", &["case", "order"], "label"),
        "permits.csv" => shape("岗位权限", "permits of a title", &["title"], "label"),
        "rules.csv" => shape("规则", "rule", &["id"], "title"),
        "checks.csv" => shape("核查规则", "check", &["id"], "title"),
        "forms.csv" => shape("表单名称", "form title", &["slug"], "label"),
        "notices.csv" => shape("告知事项", "point of a notice", &["notice", "order"], "heading"),
        _ => shape("数据行", "row", &[], ""),
    }
}

/// What a column is called, Chinese and English; `None` = by its own name.
fn column_words(column: &str) -> Option<(&'static str, &'static str)> {
    Some(match column {
        "label" | "task" | "words" | "title" => ("文字", "Chinese words"),
        "label_en" | "label::English (en)" | "task_en" | "words_en" | "title_en" => ("英文文字", "English words"),
        "hint" => ("提示", "hint"),
        "type" => ("题型", "type"),
        "relevant" => ("显示条件", "when it is shown"),
        "constraint" => ("校验条件", "constraint"),
        "constraint_message" => ("校验提示", "message of the constraint"),
        "required" => ("是否必答", "whether it must be answered"),
        "calculation" => ("计算公式", "calculation"),
        "choice_filter" => ("选项筛选", "choice filter"),
        "default" => ("默认值", "default"),
        "when" => ("判定条件", "condition"),
        "needs" => ("所需事实", "facts needed"),
        "numbers" => ("所列数字", "numbers shown"),
        "applies_to" => ("适用对象", "households concerned"),
        "value" => ("数值", "value"),
        "provisional" => ("暂定标记", "provisional mark"),
        "from" => ("起始日期", "first day"),
        "to" => ("截止日期", "last day"),
        "severity" => ("严重程度", "severity"),
        "permits" => ("权限", "permits"),
        _ => return None,
    })
}

/// Columns short enough to be shown before and after.
const SHOWN: &[&str] = &[
    "value",
    "from",
    "to",
    "type",
    "required",
    "label",
    "label_en",
    "label::English (en)",
    "title",
    "title_en",
    "severity",
    "provisional",
    "words",
    "words_en",
];
/// Longest text shown of a cell, in characters.
const MOST: usize = 40;

/// Everything that differs, in the order of files and rows of the new version; nothing for the same policy.
pub fn difference(old: &Pack, new: &Pack) -> Vec<Difference> {
    let names: BTreeSet<&String> = old.files().keys().chain(new.files().keys()).collect();
    let mut out = Vec::new();
    for file in names {
        if old.files().get(file) == new.files().get(file) {
            continue;
        }
        if file == "pack.toml" {
            manifest(old, new, &mut out);
        } else {
            sheets(file, &read(old.files(), file), &read(new.files(), file), &mut out);
        }
    }
    out
}

fn read(files: &Files, file: &str) -> Sheet {
    // Both packs were loaded: their sheets have no faults; a missing file is an empty sheet.
    files.get(file).map(|b| Sheet::read(file, b, &mut Faults::default())).unwrap_or_default()
}

fn manifest(old: &Pack, new: &Pack, out: &mut Vec<Difference>) {
    let (a, b) = (old.manifest(), new.manifest());
    out.push(Difference {
        file: "pack.toml".to_owned(),
        kind: ChangeKind::Changed,
        id: b.id.clone(),
        columns: vec!["version".to_owned()],
        words: format!("版本 {} → {}", a.version, b.version),
        words_en: format!("version {} → {}", a.version, b.version),
    });
}

/// Rows by what names them, in order; rows of the same name are told apart by their number among themselves.
fn keyed<'s>(sheet: &'s Sheet, shape: &Shape) -> Vec<(String, Row<'s>)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for row in sheet.rows() {
        let mut key = shape.keys.iter().map(|k| row.text(k)).collect::<Vec<_>>().join("/");
        if key.is_empty() && shape.label == "label" {
            // end of a group, or a row of the layout: nothing a person knows it by
            key = row.text("type").to_owned();
        }
        let nth = seen.entry(key.clone()).or_default();
        *nth = nth.saturating_add(1);
        out.push((if *nth > 1 { format!("{key}#{nth}") } else { key }, row));
    }
    out
}

fn sheets(file: &str, old: &Sheet, new: &Sheet, out: &mut Vec<Difference>) {
    let shape = shape_of(file);
    let (before, after) = (keyed(old, &shape), keyed(new, &shape));
    let was: BTreeMap<&str, Row<'_>> = before.iter().map(|(k, r)| (k.as_str(), *r)).collect();
    let is: BTreeSet<&str> = after.iter().map(|(k, _)| k.as_str()).collect();
    let mut gone: Vec<&(String, Row<'_>)> = before.iter().filter(|(k, _)| !is.contains(k.as_str())).collect();
    let columns: Vec<&String> =
        new.columns.iter().chain(old.columns.iter().filter(|c| !new.columns.contains(c))).collect();
    for (key, row) in &after {
        if let Some(old_row) = was.get(key.as_str()) {
            changed(file, &shape, key, *old_row, *row, &columns, out);
            continue;
        }
        let same = |g: &&&(String, Row<'_>)| file.ends_with("/survey.csv") && renamed(g.1, *row);
        match gone.iter().position(|g| same(&g)) {
            Some(at) => {
                let (old_key, old_row) = gone.remove(at);
                out.push(Difference {
                    file: file.to_owned(),
                    kind: ChangeKind::Renamed,
                    id: key.clone(),
                    columns: Vec::new(),
                    words: format!("{}改名：{} → {}（{}）", shape.zh, old_key, key, name(&shape, *old_row)),
                    words_en: format!("{} renamed: {old_key} → {key} ({})", shape.en, name_en(&shape, *old_row)),
                });
                changed(file, &shape, key, *old_row, *row, &columns, out);
            }
            None => out.push(whole(file, &shape, ChangeKind::Added, key, *row)),
        }
    }
    out.extend(gone.iter().map(|(key, row)| whole(file, &shape, ChangeKind::Removed, key, *row)));
}

/// A question of another name with the same type and the same words is the same question.
fn renamed(old: Row<'_>, new: Row<'_>) -> bool {
    !new.text("label").is_empty()
        && !new.text("name").is_empty()
        && old.text("label") == new.text("label")
        && old.text("type") == new.text("type")
}

fn whole(file: &str, shape: &Shape, kind: ChangeKind, key: &str, row: Row<'_>) -> Difference {
    let (zh, en) = if kind == ChangeKind::Added { ("新增", "added") } else { ("删除", "removed") };
    Difference {
        file: file.to_owned(),
        kind,
        id: key.to_owned(),
        columns: Vec::new(),
        words: format!("{zh}{}：{}（{key}）", shape.zh, name(shape, row)),
        words_en: format!("{} {en}: {} ({key})", shape.en, name_en(shape, row)),
    }
}

fn changed(
    file: &str,
    shape: &Shape,
    key: &str,
    old: Row<'_>,
    new: Row<'_>,
    columns: &[&String],
    out: &mut Vec<Difference>,
) {
    let differ = |c: &&&String| old.text(c) != new.text(c) && !shape.keys.contains(&c.as_str());
    let columns: Vec<String> = columns.iter().filter(differ).map(|c| (*c).clone()).collect();
    if columns.is_empty() {
        return;
    }
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for column in &columns {
        let (word, word_en) = column_words(column).unwrap_or((column, column));
        let values = SHOWN.contains(&column.as_str()).then(|| (cut(old.text(column)), cut(new.text(column))));
        match values {
            Some((was, is)) => {
                zh.push(format!("{word} {was} → {is}"));
                en.push(format!("{word_en} {was} → {is}"));
            }
            None => {
                zh.push(word.to_owned());
                en.push(word_en.to_owned());
            }
        }
    }
    out.push(Difference {
        file: file.to_owned(),
        kind: ChangeKind::Changed,
        id: key.to_owned(),
        columns,
        words: format!("{}有改动：{}（{key}）：{}", shape.zh, name(shape, new), zh.join("；")),
        words_en: format!("{} changed: {} ({key}): {}", shape.en, name_en(shape, new), en.join("; ")),
    });
}

/// What a person knows a row by: its label, else its words (rules of before titles), else the type of a form's row.
fn name(shape: &Shape, row: Row<'_>) -> String {
    known_by(row, &[shape.label, "words", "type"])
}

/// The same for who reads English; a row without English words is named in Chinese.
fn name_en(shape: &Shape, row: Row<'_>) -> String {
    let [of_form, of_pack] = TWINS.map(|twin| format!("{}{twin}", shape.label));
    known_by(row, &[&of_form, &of_pack, shape.label, "words_en", "words", "type"])
}

/// How an English column is called: in XLSForm, and in the pack's own sheets.
const TWINS: [&str; 2] = ["::English (en)", "_en"];

/// The first of these columns that says something.
fn known_by(row: Row<'_>, columns: &[&str]) -> String {
    let said = columns.iter().map(|column| row.text(column)).find(|text| !text.is_empty());
    cut(said.unwrap_or_default())
}

/// A text that fits on a line; nothing is shown as a dash.
fn cut(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return "—".to_owned();
    }
    let mut out: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        out.push('…');
    }
    out
}
