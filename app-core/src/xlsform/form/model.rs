//! The data of a compiled form.

use super::choices::ChoiceList;
use super::graph::Graph;
use super::types::{Kind, Shape};
use super::words::Words;
use crate::xlsform::expr::Expr;
use crate::xlsform::tree::{NodeId, Tree};
use std::collections::{BTreeMap, HashMap};

/// A question, group or repeat of one form: its place in the order of the sheet; 0 is the form itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u32);

impl QuestionId {
    /// The form itself.
    pub const ROOT: QuestionId = QuestionId(0);
    pub(crate) fn at(self) -> usize {
        self.0 as usize
    }
}

/// An expression with what its author wrote.
#[derive(Clone, Debug)]
pub struct Formula {
    /// As written.
    pub source: String,
    /// Parsed, `${…}` resolved.
    pub expr: Expr,
}

/// A value set at a moment instead of kept computed: a dynamic default, or a calculation with a trigger.
#[derive(Clone, Debug)]
pub struct Setter {
    /// What to set.
    pub formula: Formula,
    /// The questions whose change sets it; empty for a default (set once, at the beginning).
    pub triggers: Vec<QuestionId>,
}

/// A row of the survey sheet, compiled.
#[derive(Clone, Debug)]
pub struct Question {
    /// The name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What its values look like.
    pub shape: Shape,
    /// The group, repeat or form it lies in; none for the form itself.
    pub parent: Option<QuestionId>,
    /// What lies in it, in order.
    pub children: Vec<QuestionId>,
    /// The nearest repeat around it (not itself).
    pub repeat: Option<QuestionId>,
    /// The row of the survey sheet; 0 for what the form adds itself.
    pub row: u32,
    /// What it asks.
    pub label: Words,
    /// Help.
    pub hint: Words,
    /// Said when the constraint fails.
    pub constraint_message: Words,
    /// Said when an answer is missing.
    pub required_message: Words,
    /// When it is asked.
    pub relevant: Option<Formula>,
    /// What an answer must satisfy.
    pub constraint: Option<Formula>,
    /// When it must be answered.
    pub required: Option<Formula>,
    /// When it cannot be changed.
    pub readonly: Option<Formula>,
    /// What the system computes.
    pub calculation: Option<Formula>,
    /// Which choices are offered.
    pub choice_filter: Option<Formula>,
    /// How many instances a repeat has.
    pub repeat_count: Option<Formula>,
    /// A fixed first value.
    pub default: Option<String>,
    /// Values set at a moment.
    pub setters: Vec<Setter>,
    /// Index into [`Form::lists`] for selects.
    pub list: Option<usize>,
    /// The table a select takes its choices from (`select_one_from_file`), by file stem.
    pub file: Option<String>,
    /// The question inside a repeat whose answers are the choices (`select_one ${name}`). Then `choice_filter` is the
    /// whole expression that gives their nodes.
    pub drawn: Option<String>,
    /// The seed of choices shown in a random order (`parameters`: `randomize=true seed=…`).
    pub seed: Option<Formula>,
    /// The appearance, as written.
    pub appearance: String,
    /// `parameters`: `start=0 end=10 step=1`.
    pub parameters: BTreeMap<String, String>,
    /// `bind::<namespace>:<name>` columns without `bind::`, such as `ruhu:fact`.
    pub attributes: BTreeMap<String, String>,
    /// A computed value that a person may overwrite (`bind::ruhu:override` = yes).
    pub overridable: bool,
    /// Added by the form itself (the text of `or_other`): `${…}` does not reach it, as in pyxform.
    pub generated: bool,
    /// Its node when it lies in no repeat.
    pub place: Option<NodeId>,
}

/// A form, ready to run. Shared by all its instances.
#[derive(Debug)]
pub struct Form {
    /// The id (`form_id`), else the name of the file or folder.
    pub id: String,
    /// The title.
    pub title: String,
    /// The version, as written.
    pub version: String,
    /// The languages of the label columns; the unsuffixed one is empty.
    pub languages: Vec<String>,
    /// What a person sees first; empty is the unsuffixed column.
    pub default_language: String,
    /// All rows in order; the first is the form itself.
    pub questions: Vec<Question>,
    /// The choice lists.
    pub lists: Vec<ChoiceList>,
    /// Names of outside tables that expressions or selects ask for.
    pub tables: Vec<String>,
    /// The nodes outside repeats.
    pub template: Tree,
    /// What hangs on what.
    pub graph: Graph,
    pub(crate) by_name: HashMap<String, Vec<QuestionId>>,
}

impl Form {
    /// The question of this id; ids of another form give the form itself.
    pub fn question(&self, id: QuestionId) -> &Question {
        self.questions.get(id.at()).unwrap_or_else(|| self.root())
    }

    fn root(&self) -> &Question {
        static NOTHING: std::sync::LazyLock<Question> = std::sync::LazyLock::new(Question::root);
        self.questions.first().unwrap_or(&NOTHING)
    }

    /// All questions with their ids, in the order of the sheet, the form itself left out.
    pub fn iter(&self) -> impl Iterator<Item = (QuestionId, &Question)> {
        self.questions.iter().enumerate().skip(1).map(|(i, q)| (QuestionId(i as u32), q))
    }

    /// The one question of this name; none if there is none or several.
    pub fn find(&self, name: &str) -> Option<QuestionId> {
        match self.by_name.get(name).map(Vec::as_slice) {
            Some([one]) => Some(*one),
            _ => None,
        }
    }

    /// The question at `/group/name` (with or without the form's own name in front).
    pub fn find_path(&self, path: &str) -> Option<QuestionId> {
        let mut parts = path.trim_matches('/').split('/').peekable();
        let root = &self.root().name;
        if parts.peek() == Some(&root.as_str()) {
            parts.next();
        }
        let mut at = QuestionId::ROOT;
        for part in parts {
            at = *self.question(at).children.iter().find(|c| self.question(**c).name == part)?;
        }
        (at != QuestionId::ROOT).then_some(at)
    }

    /// The ids from the form down to this one, both included.
    pub fn trail(&self, id: QuestionId) -> Vec<QuestionId> {
        let mut out = vec![id];
        let mut at = id;
        while let Some(parent) = self.question(at).parent {
            out.push(parent);
            at = parent;
        }
        out.reverse();
        out
    }

    /// The XPath of a question, without instances.
    pub fn xpath(&self, id: QuestionId) -> String {
        self.trail(id).iter().map(|q| format!("/{}", self.question(*q).name)).collect()
    }

    /// The choice that an `itextId` stands for: the name of its list, a dash, its place from 0.
    pub(crate) fn choice_of_itext(&self, id: &str) -> Option<&super::choices::Choice> {
        let (name, at) = id.rsplit_once('-')?;
        let list = self.lists.iter().find(|l| l.name == name)?;
        list.choices.get(at.parse::<usize>().ok()?)
    }

    /// The question whose answer `${name}` in the label of a choice shows.
    pub(crate) fn named_in_choice(&self, name: &str) -> Option<QuestionId> {
        self.find(name).filter(|id| !self.question(*id).kind.is_container())
    }

    /// Nearest repeat around, or itself if it is one.
    pub fn repeat_or_self(&self, id: QuestionId) -> Option<QuestionId> {
        let question = self.question(id);
        if question.kind == Kind::Repeat { Some(id) } else { question.repeat }
    }
}

impl Question {
    /// Whether its choices are shown in a random order.
    pub fn is_shuffled(&self) -> bool {
        self.kind.has_choices() && self.parameters.get("randomize").is_some_and(|r| r.eq_ignore_ascii_case("true"))
    }

    pub(crate) fn root() -> Question {
        Question {
            name: "data".into(),
            kind: Kind::Form,
            shape: Shape::Nothing,
            parent: None,
            children: Vec::new(),
            repeat: None,
            row: 0,
            label: Words::default(),
            hint: Words::default(),
            constraint_message: Words::default(),
            required_message: Words::default(),
            relevant: None,
            constraint: None,
            required: None,
            readonly: None,
            calculation: None,
            choice_filter: None,
            repeat_count: None,
            default: None,
            setters: Vec::new(),
            list: None,
            file: None,
            drawn: None,
            seed: None,
            appearance: String::new(),
            parameters: BTreeMap::new(),
            attributes: BTreeMap::new(),
            overridable: false,
            generated: false,
            place: None,
        }
    }
}
