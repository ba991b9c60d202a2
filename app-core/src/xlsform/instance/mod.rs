//! A form being filled: [`Instance`]. Answers go in by [`Instance::set`], which says what changed; everything that
//! hangs on an answer is recomputed at once, and nothing else.
//!
//! `give.rs` is what puts values in, `run.rs` the propagation, `repeats.rs` the instances of repeats, `answer.rs` what an answer may look like,
//! `offer.rs` which choices are offered, `view.rs` what a screen needs, `json.rs` what goes in and out.

mod answer;
mod give;
mod json;
mod offer;
mod repeats;
mod run;
mod view;

pub use answer::Refused;
pub use view::{ChoiceView, View, Violation, ViolationKind};

use super::env::Env;
use super::expr::{ChoiceLabel, ChoiceNames, Here, Lists, NodeRef, Scope};
use super::form::{Form, Kind, Question, QuestionId, Words};
use super::tree::{NodeId, Tree};
use std::collections::BinaryHeap;
use std::sync::Arc;

/// What changed at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct What {
    /// The value as shown.
    pub value: bool,
    /// Relevance.
    pub relevance: bool,
    /// Whether it is required, readonly or violated.
    pub validity: bool,
    /// The choices offered.
    pub choices: bool,
    /// The words of label, hint or messages.
    pub words: bool,
    /// The instances of a repeat.
    pub instances: bool,
    /// What the system would say, where a person has overwritten it.
    pub system: bool,
}

/// A node that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which; [`Instance::path`] names it.
    pub node: NodeId,
    /// How.
    pub what: What,
}

/// What is kept for each node beside the tree's text.
#[derive(Clone, Debug, Default)]
struct State {
    /// What was answered, where the text shown can differ: selects whose choice is not offered now.
    kept: Option<String>,
    /// The system's value of an overridable question.
    system: Option<String>,
    /// Whether a person answered (an overridable question keeps this answer).
    given: bool,
    /// Indices of the choices offered, in the order shown; none is all.
    offered: Option<Vec<u32>>,
    /// The choices drawn from answers, in the order shown.
    drawn: Vec<String>,
    /// The key of a repeat's instance.
    key: Option<Box<str>>,
    relevant: bool,
    readonly: bool,
    required: bool,
    satisfied: bool,
    /// Whether the last calculation gave a number.
    numeric: bool,
    violated: Option<ViolationKind>,
    /// Place in the list of changes of this round, if any.
    changed: Option<u32>,
}

/// One form being filled.
#[derive(Clone, Debug)]
pub struct Instance {
    form: Arc<Form>,
    env: Env,
    lists: Arc<Lists>,
    tree: Tree,
    states: Vec<State>,
    /// Work to do: `order << 32 | node`, least first.
    queue: BinaryHeap<std::cmp::Reverse<u64>>,
    changes: Vec<Change>,
    /// Questions whose value changed and that trigger setters.
    triggered: Vec<NodeId>,
    /// New nodes whose computed defaults are still to be set.
    beginning: Vec<NodeId>,
    /// Instances of repeats taken out because the count fell, to come back with it.
    parked: Vec<NodeId>,
    next_key: u64,
    /// The form is being begun: repeats get their first instances.
    starting: bool,
}

impl Instance {
    /// A new, empty filling: defaults set, everything computed.
    pub fn new(form: Arc<Form>, env: Env) -> Instance {
        let lists = Arc::new(lists(&form, &env));
        let tree = form.template.clone();
        let states = vec![State::fresh(); tree.len()];
        let mut instance = Instance {
            form,
            env,
            lists,
            tree,
            states,
            queue: BinaryHeap::new(),
            changes: Vec::new(),
            triggered: Vec::new(),
            beginning: Vec::new(),
            parked: Vec::new(),
            next_key: 1,
            starting: true,
        };
        let root = instance.tree.root();
        instance.begin(root);
        instance.finish_round();
        instance.starting = false;
        instance
    }

    /// The form.
    pub fn form(&self) -> &Arc<Form> {
        &self.form
    }

    /// The surroundings.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The tree of values, for expressions from outside.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Shows labels in another language; values stay.
    pub fn set_language(&mut self, language: &str) {
        self.env.language = language.to_string();
    }

    /// The values as they stand, to be the *last saved* of the next filling.
    pub fn saved(&self) -> Arc<Tree> {
        Arc::new(self.tree.clone())
    }

    /// The question of a node.
    pub fn question(&self, node: NodeId) -> &Question {
        self.form.question(self.id(node))
    }

    pub(crate) fn id(&self, node: NodeId) -> QuestionId {
        QuestionId(self.tree.tag(node))
    }

    fn state(&self, node: NodeId) -> &State {
        static NOTHING: std::sync::LazyLock<State> = std::sync::LazyLock::new(State::default);
        self.states.get(node.at()).unwrap_or_else(|| &NOTHING)
    }

    /// The state of a node for writing; nodes and states are made together, so a missing one is only grown.
    fn state_mut(&mut self, node: NodeId) -> Option<&mut State> {
        self.states.get_mut(node.at())
    }

    /// The node at `/group/repeat[key]/question`, or the only node of a bare name.
    pub fn find(&self, path: &str) -> Option<NodeId> {
        if !path.starts_with('/') {
            let id = self.form.find(path)?;
            return match self.form.question(id).place {
                Some(node) => Some(node),
                None => self.nodes_of(id, None).first().copied(),
            };
        }
        let mut at = self.tree.root();
        for part in path.split('/').filter(|p| !p.is_empty()) {
            let (name, key) = match part.strip_suffix(']').and_then(|p| p.split_once('[')) {
                Some((name, key)) => (name, Some(key)),
                None => (part, None),
            };
            let mut named = self.tree.children(at).iter().filter(|c| self.tree.name(**c) == name);
            at = *match key {
                None => named.next(),
                Some(key) => named.find(|c| self.key(**c) == Some(key)),
            }?;
        }
        Some(at)
    }

    /// The path of a node, with the keys of repeats.
    pub fn path(&self, node: NodeId) -> String {
        let mut parts = Vec::new();
        let mut at = node;
        while at != self.tree.root() {
            let name = self.tree.name(at);
            parts.push(self.key(at).map_or_else(|| format!("/{name}"), |key| format!("/{name}[{key}]")));
            match self.tree.parent(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        parts.reverse();
        parts.concat()
    }

    /// The key of a repeat's instance.
    pub fn key(&self, node: NodeId) -> Option<&str> {
        self.state(node).key.as_deref()
    }

    /// All nodes in the order of the form: groups and instances before what is in them.
    pub fn walk(&self) -> Vec<NodeId> {
        self.tree.descendants(self.tree.root())
    }

    /// The nodes of a question, all or those in one instance of a repeat.
    fn nodes_of(&self, id: QuestionId, within: Option<NodeId>) -> Vec<NodeId> {
        if let Some(node) = self.form.question(id).place {
            return vec![node];
        }
        let top = within.unwrap_or_else(|| self.tree.root());
        let top_id = self.id(top);
        let mut at = vec![top];
        for step in self.form.trail(id).into_iter().skip_while(|q| *q != top_id).skip(1) {
            let children = at.iter().flat_map(|n| self.tree.children(*n)).copied();
            at = children.filter(|c| self.tree.tag(*c) == step.0).collect();
        }
        at
    }

    /// A scope in which a node's formulas are evaluated.
    fn scope(&self, node: NodeId) -> Scope<'_> {
        Scope {
            tree: &self.tree,
            lists: &self.lists,
            env: &self.env,
            choices: Some(&*self.form),
            current: NodeRef::main(node),
        }
    }

    fn here(node: NodeId) -> Here {
        Here::only(NodeRef::main(node))
    }
}

impl State {
    fn fresh() -> State {
        State { relevant: true, satisfied: true, ..State::default() }
    }
}

/// Choice lists first, then the tables from outside, in the order of the form.
fn lists(form: &Form, env: &Env) -> Lists {
    let mut out = Lists::default();
    for list in &form.lists {
        out.names.push(list.name.clone());
        out.trees.push(list.tree.clone());
    }
    for table in &form.tables {
        out.names.push(table.clone());
        let tree = match env.externals.get(table) {
            Some(table) => Some(table.tree()),
            None if table == super::form::LAST_SAVED => env.last_saved.clone(),
            None => None,
        };
        out.trees.push(tree.unwrap_or_else(|| Arc::new(Tree::new("root"))));
    }
    out
}

impl ChoiceNames for Form {
    fn choice_label(&self, path: &str, value: &str) -> Option<ChoiceLabel<'_>> {
        let id = self.find_path(path).or_else(|| self.find(path.rsplit('/').next()?))?;
        if self.question(id).drawn.is_some() {
            return Some(ChoiceLabel::Itself);
        }
        let list = self.lists.get(self.question(id).list?)?;
        let choice = list.choices.get(*list.index.get(value)? as usize)?;
        Some(ChoiceLabel::Words(&choice.label))
    }

    fn itext(&self, id: &str) -> Option<&Words> {
        self.choice_of_itext(id).map(|c| &c.label)
    }
}

impl Kind {
    /// Whether a person answers it (and not only reads it).
    pub fn is_answered(self) -> bool {
        !self.is_container() && !matches!(self, Kind::Note | Kind::Calculate) && !self.is_metadata()
    }
}

#[cfg(test)]
mod choices_tests;
#[cfg(test)]
mod tests;
