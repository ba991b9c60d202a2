//! What a screen needs of a node.

use super::answer::{chosen, label_column, value_column};
use super::{Instance, NodeId};
use crate::xlsform::expr::Expr;
use crate::xlsform::form::{Formula, Kind, Piece, Words};
use serde::Serialize;

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ViolationKind {
    /// The constraint says no.
    Constraint,
    /// It must be answered.
    Required,
    /// What was chosen is not offered (any more).
    Choice,
}

impl ViolationKind {
    /// As the command line names it.
    pub fn name(self) -> &'static str {
        match self {
            ViolationKind::Constraint => "constraint",
            ViolationKind::Required => "required",
            ViolationKind::Choice => "choice",
        }
    }
}

/// A violation with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where.
    #[serde(skip)]
    pub node: NodeId,
    /// The question's name.
    pub name: String,
    /// What.
    pub kind: ViolationKind,
    /// What to say.
    pub message: String,
    /// The path, with the keys of repeats.
    pub path: String,
}

/// A choice as offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceView {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One node as a screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct View {
    /// The node.
    #[serde(skip)]
    pub node: NodeId,
    /// Its path.
    pub path: String,
    /// The question's name.
    pub name: String,
    /// `text`, `select_one`, `group`, …
    pub kind: &'static str,
    /// The key of a repeat's instance.
    pub key: Option<String>,
    /// In the environment's language, values put in.
    pub label: String,
    /// As label.
    pub hint: String,
    /// The value as text, empty if there is none or it is not relevant.
    pub value: String,
    /// Whether it is asked now.
    pub relevant: bool,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it cannot be changed.
    pub readonly: bool,
    /// What is wrong, if anything.
    pub violation: Option<Violation>,
    /// The choices offered.
    pub choices: Vec<ChoiceView>,
    /// As written.
    pub appearance: String,
    /// What the system says, for an overridable question.
    pub system: Option<String>,
    /// Whether a person has overwritten that.
    pub overridden: bool,
}

impl Instance {
    /// Whether a node is asked: itself and all around it.
    pub fn relevant(&self, node: NodeId) -> bool {
        !self.tree.hidden(node)
    }

    /// Whether it must be answered.
    pub fn required(&self, node: NodeId) -> bool {
        self.state(node).required
    }

    /// Whether a person cannot change it: by itself, by what is around it, or because it is computed.
    pub fn readonly(&self, node: NodeId) -> bool {
        let question = self.question(node);
        if question.kind == Kind::Note || (question.calculation.is_some() && !question.overridable) {
            return true;
        }
        let mut at = Some(node);
        while let Some(n) = at {
            if self.state(n).readonly {
                return true;
            }
            at = self.tree.parent(n);
        }
        false
    }

    /// The readonly expression's own answer, inherited, without what the type implies: as ODK's engines report it.
    pub fn declared_readonly(&self, node: NodeId) -> bool {
        let mut at = Some(node);
        std::iter::from_fn(|| {
            let n = at?;
            at = self.tree.parent(n);
            Some(self.state(n).readonly)
        })
        .any(|r| r)
    }

    /// The value as text; empty when not relevant.
    pub fn value(&self, node: NodeId) -> &str {
        self.tree.text(node)
    }

    pub(super) fn violation_kind(&self, node: NodeId) -> Option<ViolationKind> {
        let state = self.state(node);
        let kind = self.question(node).kind;
        if !self.relevant(node) || kind.is_container() || kind == Kind::Note {
            return None;
        }
        let empty = self.tree.text(node).is_empty();
        if !empty && !state.satisfied {
            Some(ViolationKind::Constraint)
        } else if empty && state.required {
            Some(ViolationKind::Required)
        } else if state
            .kept
            .as_ref()
            .is_some_and(|k| k.split_whitespace().count() > self.tree.text(node).split_whitespace().count())
        {
            Some(ViolationKind::Choice)
        } else {
            None
        }
    }

    /// What is wrong with a node, with its words.
    pub fn violation(&self, node: NodeId) -> Option<Violation> {
        let kind = self.violation_kind(node)?;
        let question = self.question(node);
        let said = match kind {
            ViolationKind::Constraint => self.words(node, &question.constraint_message),
            ViolationKind::Required => self.words(node, &question.required_message),
            ViolationKind::Choice => String::new(),
        };
        let message = if said.is_empty() { self.plain_words(kind).to_string() } else { said };
        Some(Violation { node, name: question.name.clone(), kind, message, path: self.path(node) })
    }

    fn plain_words(&self, kind: ViolationKind) -> &'static str {
        let english = self.env.language.contains("en");
        match (kind, english) {
            (ViolationKind::Constraint, false) => "此项不符合要求，请核对",
            (ViolationKind::Constraint, true) => "This answer is not allowed: please check",
            (ViolationKind::Required, false) => "此项必须填写",
            (ViolationKind::Required, true) => "This must be answered",
            (ViolationKind::Choice, false) => "所选内容已不在选项中，请重新选择",
            (ViolationKind::Choice, true) => "What was chosen is no longer offered: please choose again",
        }
    }

    /// All violations, in the order of the form.
    pub fn violations(&self) -> Vec<Violation> {
        self.walk().into_iter().filter_map(|n| self.violation(n)).collect()
    }

    /// Words in the environment's language, with values put in.
    pub fn words(&self, node: NodeId, words: &Words) -> String {
        let mut out = String::new();
        for piece in words.pieces(&self.env.language) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(formula) => out.push_str(&self.evaluate_at(node, &formula.expr)),
            }
        }
        out
    }

    /// The label of a node.
    pub fn label(&self, node: NodeId) -> String {
        self.words(node, &self.question(node).label)
    }

    /// The values of the choices offered.
    pub fn offered(&self, node: NodeId) -> Vec<String> {
        self.choices(node).into_iter().map(|c| c.value).collect()
    }

    /// The choices offered, with labels.
    pub fn choices(&self, node: NodeId) -> Vec<ChoiceView> {
        let question = self.question(node);
        let chosen = chosen(question.kind, self.value(node));
        if question.drawn.is_some() {
            let view = |value: &String| ChoiceView {
                chosen: chosen.contains(&value.as_str()),
                value: value.clone(),
                label: value.clone(),
            };
            return self.state(node).drawn.iter().map(view).collect();
        }
        let Some(at) = question.list else { return Vec::new() };
        let Some(tree) = self.lists.trees.get(at) else { return Vec::new() };
        let offered = self.state(node).offered.as_deref();
        let (value_column, label_column) = match self.form.lists.get(at) {
            Some(_) => ("name", "label"),
            None => (value_column(question), label_column(question)),
        };
        let items = tree.children(tree.root());
        let kept: Vec<(usize, &NodeId)> = match offered {
            None => items.iter().enumerate().collect(),
            Some(shown) => shown.iter().filter_map(|i| Some((*i as usize, items.get(*i as usize)?))).collect(),
        };
        let view = |(i, item): (usize, &NodeId)| {
            let cell = |name: &str| tree.child(*item, name).map_or("", |n| tree.raw_text(n)).to_string();
            let value = cell(value_column);
            let label = match self.form.lists.get(at).and_then(|l| l.choices.get(i)) {
                Some(choice) => self.choice_words(node, &choice.label),
                None => cell(label_column),
            };
            ChoiceView { chosen: chosen.contains(&value.as_str()), value, label }
        };
        kept.into_iter().map(view).collect()
    }

    /// The words of a choice. A `${name}` in them is the answer in the same instance where there is one.
    fn choice_words(&self, node: NodeId, words: &Words) -> String {
        let mut out = String::new();
        for piece in words.pieces(&self.env.language) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(Formula { expr: Expr::Ref(name), .. }) => out.push_str(self.near(node, name)),
                Piece::Value(formula) => out.push_str(&self.evaluate_at(node, &formula.expr)),
            }
        }
        out
    }

    /// The answer to the question of this name nearest to a node.
    fn near(&self, node: NodeId, name: &str) -> &str {
        let Some(id) = self.form.named_in_choice(name) else { return "" };
        let (ours, theirs) = (self.form.trail(self.id(node)), self.form.trail(id));
        let shared = ours.into_iter().zip(theirs).take_while(|(a, b)| a == b).map(|(a, _)| a);
        let repeat = shared.filter(|q| self.form.question(*q).kind == Kind::Repeat).last();
        let within = repeat.and_then(|repeat| self.instance_around(node, repeat));
        self.nodes_of(id, within).first().map_or("", |n| self.value(*n))
    }

    /// Everything a screen needs of one node.
    pub fn view(&self, node: NodeId) -> View {
        let question = self.question(node);
        View {
            node,
            path: self.path(node),
            name: question.name.clone(),
            kind: question.kind.name(),
            key: self.key(node).map(str::to_string),
            label: self.label(node),
            hint: self.words(node, &question.hint),
            value: self.value(node).to_string(),
            relevant: self.relevant(node),
            required: self.required(node),
            readonly: self.readonly(node),
            violation: self.violation(node),
            choices: self.choices(node),
            appearance: question.appearance.clone(),
            system: self.system_value(node).map(str::to_string),
            overridden: self.is_overridden(node),
        }
    }
}
