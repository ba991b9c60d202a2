//! The running form → pages: sections, groups, repeats, questions. The mapping of question to control is here, once.

use super::say::{Say, masked_id, masked_phone};
use super::views::{ChoiceView, GroupView, NodeView, QuestionView, RepeatInstanceView, RepeatView, SectionView};
use super::words::Word;
use super::{control, explain};
use crate::service::visit::{Running, Touched};
use crate::xlsform::{Kind, NodeId, QuestionId, Shape, ViolationKind, binding};

/// Shows a running form in the session's language.
#[derive(Clone, Copy)]
pub(super) struct FormView<'a> {
    pub(super) say: &'a Say<'a>,
    pub(super) form: &'a Running,
}

impl FormView<'_> {
    /// The pages: the groups at the top; what stands between them is a page too.
    pub(super) fn sections(&self) -> Vec<SectionView> {
        let instance = self.form.instance();
        let root = instance.tree().root();
        let mut sections: Vec<SectionView> = Vec::new();
        let mut loose = false;
        for child in &self.form.form().question(QuestionId::ROOT).children {
            let question = self.form.form().question(*child);
            let nodes = self.child(root, *child);
            if nodes.is_empty() {
                continue;
            }
            match nodes.into_iter().next() {
                Some(NodeView::Group(group)) => {
                    loose = false;
                    let GroupView { path, label, relevant, nodes } = group;
                    sections.push(SectionView { path, label, relevant, nodes });
                }
                Some(node) if loose => {
                    if let Some(last) = sections.last_mut() {
                        last.nodes.push(node);
                    }
                }
                Some(node) => {
                    loose = true;
                    let label = self.say.form_title(&self.form.open().form);
                    sections.push(SectionView {
                        path: format!("/{}", question.name),
                        label,
                        relevant: true,
                        nodes: vec![node],
                    });
                }
                None => {}
            }
        }
        sections
    }

    /// What a screen shows of one row of the form, below `parent`: nothing, or one line.
    fn child(&self, parent: NodeId, id: QuestionId) -> Vec<NodeView> {
        let instance = self.form.instance();
        let question = self.form.form().question(id);
        match question.kind {
            Kind::Repeat => vec![NodeView::Repeat(self.repeat(parent, id))],
            Kind::Group => {
                let Some(node) = instance.tree().child(parent, &question.name) else { return Vec::new() };
                let nodes = self.nodes(node);
                let label = instance.label(node);
                if nodes.is_empty() {
                    return Vec::new();
                }
                vec![NodeView::Group(GroupView {
                    path: instance.path(node),
                    label,
                    relevant: instance.relevant(node),
                    nodes,
                })]
            }
            kind if !kind.is_visible() => Vec::new(),
            _ => {
                let node = instance.tree().child(parent, &question.name);
                node.map(|n| NodeView::Question(self.question(n))).into_iter().collect()
            }
        }
    }

    fn nodes(&self, parent: NodeId) -> Vec<NodeView> {
        let children = &self.form.instance().question(parent).children;
        children.iter().flat_map(|c| self.child(parent, *c)).collect()
    }

    /// A repeat with its instances.
    pub(super) fn repeat(&self, parent: NodeId, id: QuestionId) -> RepeatView {
        let instance = self.form.instance();
        let question = self.form.form().question(id);
        let instances = instance.instances(parent, id);
        let above = instance.path(parent);
        let relevant = match instances.first() {
            Some(first) => instance.relevant(*first),
            None => instance.relevant(parent),
        };
        RepeatView {
            path: format!("{above}/{}", question.name),
            label: question.label.plain(self.language()),
            relevant,
            editable: question.repeat_count.is_none() && self.form.recorded().is_none() && !self.form.went_on(),
            instances: instances.into_iter().enumerate().map(|(i, n)| self.instance(n, i)).collect(),
        }
    }

    fn instance(&self, node: NodeId, index: usize) -> RepeatInstanceView {
        let instance = self.form.instance();
        RepeatInstanceView {
            path: instance.path(node),
            key: instance.key(node).unwrap_or_default().to_owned(),
            title: self.instance_title(node, index),
            nodes: self.nodes(node),
            complete: self.complete(node),
        }
    }

    /// A member's name and relation; of other repeats the first answer, else its number.
    pub(super) fn instance_title(&self, node: NodeId, index: usize) -> String {
        let instance = self.form.instance();
        let inside = instance.tree().descendants(node);
        let bound = |fact: &str| inside.iter().copied().find(|n| binding::fact_of(instance, *n) == Some(fact));
        if let Some(name) = bound("members/*/name") {
            let relation = bound("members/*/relation").map(|n| self.shown(n)).filter(|r| !r.is_empty());
            let name = Some(instance.value(name).to_owned()).filter(|n| !n.is_empty());
            let name = name.unwrap_or_else(|| self.say.word(Word::MemberUnnamed));
            return relation.map_or_else(|| name.clone(), |r| format!("{name}（{r}）"));
        }
        let first =
            inside.iter().copied().find(|n| instance.question(*n).kind == Kind::Text && !instance.value(*n).is_empty());
        first
            .map_or_else(|| Word::InstanceNumber.fill(self.say.lang, &[&(index + 1)]), |n| instance.value(n).to_owned())
    }

    /// Nothing in the instance is unanswered or wrong.
    pub(super) fn complete(&self, node: NodeId) -> bool {
        let instance = self.form.instance();
        instance.tree().descendants(node).into_iter().all(|n| instance.violation(n).is_none())
    }

    /// One question.
    pub(super) fn question(&self, node: NodeId) -> QuestionView {
        let instance = self.form.instance();
        let question = instance.question(node);
        let view = instance.view(node);
        let reading = self.form.recorded().is_some();
        let computed = question.calculation.is_some() && !question.overridable;
        let control = control::of(question, self.form.form());
        let touched = self.form.touched(node) == Touched::Yes;
        let differs = view.overridden && view.system.as_deref().is_some_and(|s| !s.is_empty() && s != view.value);
        let system_shown = view.overridden.then(|| self.say_value(node, view.system.as_deref().unwrap_or_default()));
        let violation = view.violation.filter(|v| !reading && (v.kind != ViolationKind::Required || touched));
        QuestionView {
            value: self.value(node),
            shown: self.shown(node),
            known: !reading && self.form.is_known(node),
            proposed: question.overridable,
            overridden: view.overridden,
            explanation: explain::of(self, node),
            warning: differs
                .then(|| Word::RosterSays.fill(self.say.lang, &[&system_shown.clone().unwrap_or_default()])),
            system_shown: system_shown.filter(|s| !s.is_empty()),
            violation: violation.map(|v| v.message),
            cancelled: super::changes::cancelled(self, node),
            former: super::changes::former(self, node),
            readonly: reading || self.form.went_on() || view.readonly || computed,
            choices: view.choices.into_iter().map(|c| ChoiceView { code: c.value, label: c.label }).collect(),
            range: control::range(question),
            path: view.path,
            name: view.name,
            label: view.label,
            hint: view.hint,
            relevant: view.relevant,
            required: view.required,
            appearance: view.appearance,
            control,
        }
    }

    /// The text of an answer: as it stands, or as it was recorded when a visit is read.
    pub(super) fn text(&self, node: NodeId) -> String {
        let instance = self.form.instance();
        let name = &instance.question(node).name;
        let recorded = self.form.recorded().filter(|_| self.form.instance_around(node).is_none());
        match recorded.and_then(|r| r.get(name)) {
            Some(said) => said.clone(),
            None => instance.value(node).to_owned(),
        }
    }

    /// Text, a whole number, or codes; null when empty. Decimals stay text: a binary float is not what was typed.
    fn value(&self, node: NodeId) -> serde_json::Value {
        let text = self.masked(node, self.text(node));
        match self.form.instance().question(node).shape {
            _ if text.is_empty() => serde_json::Value::Null,
            Shape::Many => text.split_whitespace().collect::<Vec<_>>().into(),
            Shape::Integer => text.parse::<i64>().map_or_else(|_| text.clone().into(), Into::into),
            _ => text.into(),
        }
    }

    /// The answer in words.
    pub(super) fn shown(&self, node: NodeId) -> String {
        self.say_value(node, &self.masked(node, self.text(node)))
    }

    /// In a visit that is only read, numbers that identify a person are masked; full views are `reveal`'s.
    fn masked(&self, node: NodeId, text: String) -> String {
        if self.form.recorded().is_none() || text.is_empty() {
            return text;
        }
        match control::of(self.form.instance().question(node), self.form.form()) {
            super::views::Control::IdNumber => masked_id(&text),
            super::views::Control::Phone => masked_phone(&text),
            _ => text,
        }
    }

    /// A stored text in words: labels of choices, money with two decimals.
    pub(super) fn say_value(&self, node: NodeId, text: &str) -> String {
        let question = self.form.instance().question(node);
        if text.is_empty() {
            return String::new();
        }
        if question.kind.has_choices() {
            let label = |code: &str| match question.file {
                Some(_) => self.of_table(node, code),
                None => self.choice(question.list, code),
            };
            let labels: Vec<String> = match question.kind {
                Kind::SelectOne => vec![label(text)],
                _ => text.split_whitespace().map(label).collect(),
            };
            return labels.join(self.say.lang.pick("、", ", "));
        }
        if question.shape == Shape::Decimal && control::is_money(question) {
            return self.money(text);
        }
        text.to_owned()
    }

    fn money(&self, text: &str) -> String {
        let Ok(amount) = text.parse::<rust_decimal::Decimal>() else { return text.to_owned() };
        self.say.lang.pick(format!("{}元", super::money::figures(amount)), super::money::english(amount))
    }

    /// A choice that a question takes from a table.
    fn of_table(&self, node: NodeId, code: &str) -> String {
        let choices = self.form.instance().choices(node);
        choices.into_iter().find(|c| c.value == code).map_or_else(|| code.to_owned(), |c| c.label)
    }

    fn choice(&self, list: Option<usize>, code: &str) -> String {
        let list = list.and_then(|at| self.form.form().lists.get(at));
        let choice = list.and_then(|l| l.choices.get(*l.index.get(code)? as usize));
        choice.map_or_else(|| code.to_owned(), |c| without_note(&c.label.plain(self.language())).to_owned())
    }

    /// The session's language as the forms name it.
    pub(super) fn language(&self) -> &'static str {
        self.say.lang.pick("", "en")
    }

    /// Questions asked now and those of them that are answered.
    pub(super) fn progress(&self) -> (u32, u32) {
        let instance = self.form.instance();
        let asked = |n: &NodeId| {
            let q = instance.question(*n);
            let fixed = q.calculation.is_some() && !q.overridable;
            q.kind.is_answered() && q.kind.is_visible() && !fixed && instance.relevant(*n) && !instance.readonly(*n)
        };
        let nodes: Vec<NodeId> = instance.walk().into_iter().filter(asked).collect();
        let answered = nodes.iter().filter(|n| !instance.value(**n).is_empty()).count();
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (size(answered), size(nodes.len()))
    }
}

/// The longest bracket that is part of a name (`三、四级智力或精神残疾`…); longer ones explain it.
const NAME: usize = 10;

/// `因病（指家庭中有成员患大病…）` → `因病`: where a choice stands as an answer its explanation is left out.
pub(super) fn without_note(label: &str) -> &str {
    let end = label.strip_suffix('）').or_else(|| label.strip_suffix(')'));
    match end.and_then(|inside| inside.split_once('（').or_else(|| inside.split_once(" ("))) {
        Some((name, note)) if note.chars().count() > NAME => name,
        _ => label,
    }
}
