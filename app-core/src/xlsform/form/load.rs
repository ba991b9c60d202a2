//! Workbook → form: settings, choices, structure, formulas, graph, in this order; problems of each stage together.

use super::checks;
use super::choices::{self, ChoiceList};
use super::graph::{self, Graph};
use super::header::{Cells, columns};
use super::loops;
use super::model::{Form, Formula, QuestionId, Setter};
use super::resolve::{Resolver, default_is_dynamic};
use super::structure::{self, Draft, Structure};
use super::type_names::implied;
use super::types::{self, Kind};
use super::words::{Piece, Words, split};
use crate::told;
use crate::xlsform::expr::Expr;
use crate::xlsform::problem::{Problem, Problems};
use crate::xlsform::tree::Tree;
use crate::xlsform::workbook::{Sheet, Workbook};
use std::collections::HashMap;

/// The most questions of a form.
const MAX_QUESTIONS: usize = 20_000;

/// Compiles a workbook. `fallback_id` names the form if the settings do not.
pub fn compile(book: &Workbook, fallback_id: &str) -> Result<Form, Problems> {
    // A workbook of one sheet is a survey, whatever the sheet is called.
    let only = match book.sheets.as_slice() {
        [one] if !["choices", "settings", "external_choices"].contains(&one.name.as_str()) => Some(one),
        _ => None,
    };
    let survey = book.sheet("survey").or(only).ok_or_else(|| {
        Problem::whole("survey", told!("the workbook has no sheet “survey”", "工作簿里没有 survey 工作表。"))
    })?;
    if survey.columns.is_empty() {
        return Err(Problem::whole("survey", told!("the sheet is empty", "这张工作表是空的。")).into());
    }
    let survey = &*loops::expand(survey, book.sheet("choices"))?;
    let settings = settings(book.sheet("settings"));
    let mut problems = Vec::new();
    let duplicates = settings.get("allow_choice_duplicates").is_some_and(|v| v.eq_ignore_ascii_case("yes"));
    let mut lists = Vec::new();
    for (sheet, prefix, duplicates) in [("choices", "", duplicates), ("external_choices", types::EXTERNAL, true)] {
        if let Some(sheet) = book.sheet(sheet) {
            lists.extend(choices::read(sheet, prefix, duplicates, &mut problems));
        }
    }
    let columns = columns(survey)?;
    for required in ["type", "name"] {
        if !columns.iter().any(|c| c.heading.key == required) {
            problems.push(Problem::cell(
                "survey",
                1,
                required,
                told!("the column “{}” is missing", "缺少“{}”列。", required),
            ));
        }
    }
    let structure = structure::read(survey, &columns, &mut lists, &mut problems);
    let questions = structure.questions.len();
    if questions > MAX_QUESTIONS {
        problems.push(Problem::whole("survey", told!("more than {} questions", "问题超过 {} 个。", MAX_QUESTIONS)));
    } else if questions == 1 && problems.is_empty() {
        problems.push(Problem::whole("survey", told!("the form asks nothing", "这张表一个问题也没有。")));
    }
    let (mut form, drafts) = assemble(structure, lists, &settings, fallback_id);
    // Formulas are read even after other problems, so that an author sees all of them at once.
    read_formulas(&mut form, &drafts, &mut problems);
    checks::choices(&form, &mut problems);
    checks::triggers(&form, &mut problems);
    checks::settings(&form, &settings, &mut problems);
    if !problems.is_empty() {
        return Err(in_order(problems));
    }
    form.graph = graph::build(&form).map_err(in_order)?;
    Ok(form)
}

fn in_order(mut errors: Vec<Problem>) -> Problems {
    errors.sort_by_key(|p| (p.sheet.clone(), p.row));
    errors.dedup();
    Problems { errors }
}

fn settings(sheet: Option<&Sheet>) -> HashMap<String, String> {
    let Some(sheet) = sheet else { return HashMap::new() };
    let cells = sheet.rows.first().map(|r| r.cells.as_slice()).unwrap_or_default();
    let keys = sheet.columns.iter().map(|c| super::header::read(c).key);
    keys.zip(cells.iter().cloned()).filter(|(_, v)| !v.is_empty()).collect()
}

fn assemble<'a>(
    structure: Structure<'a>,
    lists: Vec<ChoiceList>,
    settings: &HashMap<String, String>,
    fallback: &str,
) -> (Form, Vec<Draft<'a>>) {
    let text = |key: &str| settings.get(key).cloned().unwrap_or_default();
    let id = settings.get("form_id").cloned().unwrap_or_else(|| fallback.to_string());
    let mut form = Form {
        title: settings.get("form_title").cloned().unwrap_or_else(|| id.clone()),
        id,
        version: text("version"),
        languages: Vec::new(),
        default_language: text("default_language"),
        questions: structure.questions,
        lists,
        tables: structure.tables,
        template: Tree::new("data"),
        graph: Graph::default(),
        by_name: HashMap::new(),
    };
    if let Some(name) = settings.get("name")
        && let Some(root) = form.questions.first_mut()
    {
        root.name.clone_from(name);
    }
    for (i, question) in form.questions.iter().enumerate().skip(1) {
        form.by_name.entry(question.name.clone()).or_default().push(QuestionId(i as u32));
    }
    place(&mut form);
    (form, structure.drafts)
}

/// Gives every question outside repeats its node.
fn place(form: &mut Form) {
    let mut tree = Tree::new(form.questions.first().map_or("data", |q| &q.name));
    tree.set_tag(tree.root(), 0);
    if let Some(root) = form.questions.first_mut() {
        root.place = Some(tree.root());
    }
    for i in 1..form.questions.len() {
        let parent = form.questions.get(i).and_then(|q| q.parent);
        let above = parent.and_then(|p| form.questions.get(p.at())).and_then(|p| p.place);
        let (Some(question), Some(above)) = (form.questions.get_mut(i), above) else { continue };
        if question.kind != Kind::Repeat {
            let node = tree.add(above, &question.name);
            tree.set_tag(node, i as u32);
            question.place = Some(node);
        }
    }
    form.template = tree;
}

/// What was read of one question, put into the form once all are read (reading needs the form unchanged).
#[derive(Default)]
struct Compiled {
    formulas: Vec<(&'static str, Formula)>,
    words: Vec<(&'static str, Words)>,
    default: Option<String>,
    setters: Vec<Setter>,
}

fn read_formulas(form: &mut Form, drafts: &[Draft<'_>], problems: &mut Vec<Problem>) {
    let compiled: Vec<Compiled> = drafts
        .iter()
        .enumerate()
        .map(|(i, draft)| read_question(form, QuestionId(i as u32), draft, problems))
        .collect();
    let mut tables = Vec::new();
    for one in &compiled {
        one.formulas.iter().for_each(|(_, f)| note_tables(&f.expr, &mut tables));
        one.setters.iter().for_each(|s| note_tables(&s.formula.expr, &mut tables));
    }
    let lists: Vec<&str> = form.lists.iter().map(|l| l.name.as_str()).collect();
    tables.retain(|t| !lists.contains(&t.as_str()));
    for table in tables {
        if !form.tables.contains(&table) {
            form.tables.push(table);
        }
    }
    let list_count = form.lists.len();
    for (question, one) in form.questions.iter_mut().zip(compiled) {
        for (key, formula) in one.formulas {
            let place = match key {
                "relevant" => &mut question.relevant,
                "constraint" => &mut question.constraint,
                "required" => &mut question.required,
                "readonly" => &mut question.readonly,
                "calculation" => &mut question.calculation,
                "choice_filter" => &mut question.choice_filter,
                "seed" => &mut question.seed,
                _ => &mut question.repeat_count,
            };
            *place = Some(formula);
        }
        for (key, words) in one.words {
            let place = match key {
                "label" => &mut question.label,
                "hint" => &mut question.hint,
                "constraint_message" => &mut question.constraint_message,
                _ => &mut question.required_message,
            };
            *place = words;
        }
        (question.default, question.setters) = (one.default, one.setters);
        if let Some(file) = &question.file {
            question.list = form.tables.iter().position(|t| t == file).map(|i| i.saturating_add(list_count));
        }
    }
    let mut languages: Vec<String> = Vec::new();
    for language in form.questions.iter().flat_map(|q| q.label.languages()) {
        if !languages.iter().any(|l| l == language) {
            languages.push(language.to_string());
        }
    }
    form.languages = languages;
}

/// Tables that an expression asks for by a fixed name.
fn note_tables(expr: &Expr, tables: &mut Vec<String>) {
    expr.walk(&mut |e| {
        if let Expr::Call(f, args) = e
            && matches!(f.name, "instance" | "pulldata")
            && let Some(Expr::Text(name)) = args.first()
        {
            tables.push(name.strip_suffix(".csv").unwrap_or(name).to_string());
        }
    });
}

const FORMULAS: [&str; 7] =
    ["relevant", "constraint", "required", "readonly", "calculation", "choice_filter", "repeat_count"];
const WORDS: [&str; 4] = ["label", "hint", "constraint_message", "required_message"];

fn read_question(form: &Form, id: QuestionId, draft: &Draft<'_>, problems: &mut Vec<Problem>) -> Compiled {
    let mut out = Compiled::default();
    let resolver = Resolver { form, at: id, item: None };
    let question = form.question(id);
    if let Some(relevant) = &draft.relevant {
        match resolver.read(relevant, false) {
            Ok(formula) => out.formulas.push(("relevant", formula)),
            Err(message) => problems.push(Problem::cell("survey", question.row, "relevant", message)),
        }
        out.words.push(("label", question.label.clone()));
    }
    let Some(cells) = &draft.cells else { return out };
    let triggers = read_triggers(&resolver, cells, problems);
    for key in FORMULAS {
        let text = cells.code(key);
        let text = match key {
            "required" | "readonly" => yes_no(&text),
            "constraint" if text.is_empty() => implied(&cells.code("type")).0.to_string(),
            _ => text,
        };
        if text.is_empty() || !belongs(key, question.kind) {
            if !text.is_empty() && !matches!(key, "required" | "readonly" | "constraint" | "calculation") {
                problems.push(
                    cells.problem(key, told!("a {} cannot have this", "{} 题不能填这一列。", question.kind.name())),
                );
            }
            continue;
        }
        if key == "choice_filter" && question.drawn.is_some() {
            continue;
        }
        // A count is computed on what is around the repeat.
        let around = Resolver { form, at: question.parent.unwrap_or(id), item: None };
        let reader = if key == "repeat_count" { &around } else { &resolver };
        match reader.read(&text, key == "choice_filter") {
            Ok(formula) if key == "calculation" && !triggers.is_empty() => {
                out.setters.push(Setter { formula, triggers: triggers.clone() })
            }
            Ok(formula) => out.formulas.push((key, formula)),
            Err(message) => problems.push(cells.problem(key, message)),
        }
    }
    read_choices(&resolver, cells, &mut out, problems);
    for key in WORDS {
        let mut words = read_words(&resolver, key, cells, problems);
        let implied = if key == "hint" { implied(&cells.code("type")).1 } else { "" };
        if words.is_empty() && !implied.is_empty() {
            words.push("", vec![Piece::Text(implied.into())]);
        }
        out.words.push((key, words));
    }
    if question.label.is_empty() && out.words.is_empty() {
        out.words.push(("label", question.label.clone()));
    }
    read_default(&resolver, cells, &mut out, problems);
    out
}

/// Choices drawn from answers, and the seed of a random order.
fn read_choices(resolver: &Resolver<'_>, cells: &Cells<'_>, out: &mut Compiled, problems: &mut Vec<Problem>) {
    let question = resolver.form.question(resolver.at);
    if let Some(from) = &question.drawn {
        match resolver.drawn(from, &cells.code("choice_filter")) {
            Ok(formula) => out.formulas.push(("choice_filter", formula)),
            Err(message) => problems.push(cells.problem("type", message)),
        }
    }
    if let Some(seed) = question.parameters.get("seed").filter(|_| question.is_shuffled()) {
        match resolver.read(seed, true) {
            Ok(formula) => out.formulas.push(("seed", formula)),
            Err(message) => problems.push(cells.problem("parameters", message)),
        }
    }
}

fn belongs(key: &str, kind: Kind) -> bool {
    match key {
        "relevant" | "readonly" => true,
        "choice_filter" => kind.has_choices(),
        "repeat_count" => kind == Kind::Repeat,
        _ => !kind.is_container(),
    }
}

fn yes_no(text: &str) -> String {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "true()" => "true()".into(),
        "no" | "false" | "false()" => String::new(),
        _ => text.to_string(),
    }
}

fn read_triggers(resolver: &Resolver<'_>, cells: &Cells<'_>, problems: &mut Vec<Problem>) -> Vec<QuestionId> {
    let text = cells.code("trigger");
    let mut out = Vec::new();
    for piece in split(&text) {
        match piece {
            Ok(glue) if glue.trim_matches([' ', ',']).is_empty() => {}
            Ok(_) => problems.push(cells.problem(
                "trigger",
                told!(
                    "a trigger is one or more ${question}, separated by commas",
                    "这一列应写一个或几个 ${问题名称}，用逗号隔开。"
                ),
            )),
            Err(name) => match resolver.form.find(&name) {
                Some(id) => out.push(id),
                None => problems.push(
                    cells.problem("trigger", told!("there is no question named “{}”", "没有名为“{}”的问题。", name)),
                ),
            },
        }
    }
    out
}

fn read_words(resolver: &Resolver<'_>, key: &str, cells: &Cells<'_>, problems: &mut Vec<Problem>) -> Words {
    let mut words = Words::default();
    for (language, text) in cells.languages(key) {
        let mut pieces = Vec::new();
        for piece in split(text) {
            match piece {
                Ok(text) => pieces.push(Piece::Text(text)),
                Err(name) => match resolver.read(&format!("${{{name}}}"), false) {
                    Ok(formula) => pieces.push(Piece::Value(formula)),
                    Err(message) => problems.push(cells.problem(key, message)),
                },
            }
        }
        words.push(language, pieces);
    }
    words
}

fn read_default(resolver: &Resolver<'_>, cells: &Cells<'_>, out: &mut Compiled, problems: &mut Vec<Problem>) {
    let text = cells.get("default");
    if text.is_empty() {
        return;
    }
    if !default_is_dynamic(text, resolver.form.question(resolver.at)) {
        out.default = Some(text.to_string());
        return;
    }
    match resolver.read(&cells.code("default"), false) {
        Ok(formula) => out.setters.push(Setter { formula, triggers: Vec::new() }),
        Err(message) => problems.push(cells.problem("default", message)),
    }
}
