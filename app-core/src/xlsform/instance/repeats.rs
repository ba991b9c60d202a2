//! Instances of repeats: begun, added, removed, counted.

use super::{Change, Instance, NodeId, Refused, State};
use crate::xlsform::expr::functions::dates;
use crate::xlsform::form::{Form, Kind, Question, QuestionId};

/// The most instances one repeat may have: a mistyped count must not hang the device.
const MAX_INSTANCES: usize = 1_000;
/// The most nodes of one filling: repeats within repeats multiply, and a thousand thousands would not fit a phone.
const MAX_NODES: usize = 50_000;

impl Instance {
    /// Begins everything below a new node (the node included): first values, first instances, formulas.
    pub(super) fn begin(&mut self, top: NodeId) {
        let form = self.form.clone();
        let mut nodes = vec![top];
        nodes.extend(self.tree.descendants(top));
        for node in &nodes {
            self.first_value(&form, *node);
        }
        if self.starting {
            for node in &nodes {
                self.first_instances(&form, *node);
            }
        }
        for node in nodes {
            self.push_own(node);
            if form.question(self.id(node)).setters.iter().any(|s| s.triggers.is_empty()) {
                self.beginning.push(node);
            }
        }
    }

    fn first_value(&mut self, form: &Form, node: NodeId) {
        let question = form.question(self.id(node));
        let now = self.env.now;
        let text = match question.kind {
            Kind::Start => dates::iso(&now),
            Kind::Today => now.date_naive().to_string(),
            Kind::DeviceId => self.env.device_id.clone(),
            Kind::Username => self.env.username.clone(),
            _ => question.default.as_deref().and_then(|d| question.canonical(d).ok()).unwrap_or_default(),
        };
        if !text.is_empty() {
            let shown = self.offered_part(node, &text);
            self.tree.set_text(node, shown);
        }
    }

    /// Sets what is known only at the end (`end`).
    pub fn finish(&mut self, now: chrono::DateTime<chrono::FixedOffset>) -> Vec<Change> {
        let ends: Vec<NodeId> = self.walk().into_iter().filter(|n| self.question(*n).kind == Kind::End).collect();
        for node in ends {
            self.put(node, dates::iso(&now));
        }
        self.finish_round()
    }

    /// When a form begins, an unbound repeat without count has one instance, as in ODK (one inside an instance that
    /// is added later has none); one that is bound to outside facts has none: its members are the caller's.
    fn first_instances(&mut self, form: &Form, node: NodeId) {
        let repeats = form.question(self.id(node)).children.clone();
        for repeat in repeats {
            let question = form.question(repeat);
            if question.kind != Kind::Repeat {
                continue;
            }
            if question.repeat_count.is_some() {
                // Its count is computed on the node around it, before anything in it.
                continue;
            }
            if !question.is_bound() {
                let key = self.fresh_key();
                self.insert(form, node, repeat, &key, None);
                self.instances_changed(node, repeat);
            }
        }
    }

    fn fresh_key(&mut self) -> String {
        let key = self.next_key.to_string();
        self.next_key = self.next_key.saturating_add(1);
        key
    }

    /// The instances of a repeat below a node, in order.
    pub fn instances(&self, parent: NodeId, repeat: QuestionId) -> Vec<NodeId> {
        self.tree.children(parent).iter().copied().filter(|c| self.tree.tag(*c) == repeat.0).collect()
    }

    /// Adds an instance at the end, under a key of the caller's (a member's id) or a fresh one.
    /// A key that is there already gives the instance that has it.
    pub fn add(
        &mut self,
        parent: NodeId,
        repeat: QuestionId,
        key: Option<&str>,
    ) -> Result<(NodeId, Vec<Change>), Refused> {
        let form = self.form.clone();
        let question = form.question(repeat);
        if question.kind != Kind::Repeat || question.parent != Some(self.id(parent)) {
            return Err(Refused::Unknown);
        }
        let there = self.instances(parent, repeat);
        if let Some(known) = key.and_then(|key| there.iter().find(|n| self.key(**n) == Some(key))) {
            return Ok((*known, Vec::new()));
        }
        if there.len() >= MAX_INSTANCES || self.tree.len() >= MAX_NODES {
            return Err(Refused::Malformed("within the most instances a repeat may have"));
        }
        let key = key.map_or_else(|| self.fresh_key(), str::to_string);
        let parked = self.unpark(parent, repeat, &key);
        let node = self.insert(&form, parent, repeat, &key, parked);
        self.instances_changed(parent, repeat);
        Ok((node, self.finish_round()))
    }

    /// Adds an instance of a repeat by the path or name of the repeat; nested repeats need the path.
    pub fn add_by_path(&mut self, path: &str, key: Option<&str>) -> Result<(NodeId, Vec<Change>), Refused> {
        let (parent, repeat) = self.repeat_at(path).ok_or(Refused::Unknown)?;
        self.add(parent, repeat, key)
    }

    /// The node around a repeat and the repeat, by path (`/group/repeat`) or bare name.
    pub fn repeat_at(&self, path: &str) -> Option<(NodeId, QuestionId)> {
        let (parent, id) = match path.strip_prefix('/').map(|_| path.rsplit_once('/')) {
            Some(Some((above, name))) => {
                let parent = if above.is_empty() { self.tree.root() } else { self.find(above)? };
                let children = &self.question(parent).children;
                (parent, *children.iter().find(|c| self.form.question(**c).name == name)?)
            }
            _ => {
                let id = self.form.find(path)?;
                let parent = self.form.question(id).parent?;
                (self.form.question(parent).place?, id)
            }
        };
        (self.form.question(id).kind == Kind::Repeat).then_some((parent, id))
    }

    /// An instance that was taken out under this key, to be put back.
    fn unpark(&mut self, parent: NodeId, repeat: QuestionId, key: &str) -> Option<NodeId> {
        let mine = |n: &NodeId| {
            self.tree.parent(*n) == Some(parent) && self.tree.tag(*n) == repeat.0 && self.key(*n) == Some(key)
        };
        let at = self.parked.iter().position(mine)?;
        Some(self.parked.swap_remove(at))
    }

    /// Forgets instances that were taken out: from now on one added under their key begins empty, as in ODK.
    pub fn forget_removed(&mut self) {
        self.parked.clear();
    }

    /// Takes an instance out. Its answers come back if one is added under the same key.
    pub fn remove(&mut self, node: NodeId) -> Result<Vec<Change>, Refused> {
        if self.question(node).kind != Kind::Repeat {
            return Err(Refused::Unknown);
        }
        if let Some(parent) = self.tree.parent(node) {
            self.take_out(parent, node);
            self.instances_changed(parent, self.id(node));
        }
        Ok(self.finish_round())
    }

    /// The caller says [`Instance::instances_changed`], once for all it takes out.
    fn take_out(&mut self, parent: NodeId, node: NodeId) {
        self.tree.detach(node);
        self.parked.push(node);
        self.mark(parent, |w| w.instances = true);
    }

    /// Makes the nodes of an instance and begins them. The caller says [`Instance::instances_changed`], once for all.
    fn insert(&mut self, form: &Form, parent: NodeId, repeat: QuestionId, key: &str, parked: Option<NodeId>) -> NodeId {
        let node = match parked {
            Some(node) => node,
            None => self.grow(form, parent, repeat),
        };
        if let Some(state) = self.state_mut(node) {
            state.key = Some(key.into());
        }
        // After the last question or instance that stands before it in the form.
        let before =
            self.tree.children(parent).iter().filter(|c| **c != node && self.tree.tag(**c) <= repeat.0).count();
        self.tree.place(node, before);
        self.mark(parent, |w| w.instances = true);
        if parked.is_some() {
            self.mark(node, |w| w.value = true);
            for inside in std::iter::once(node).chain(self.tree.descendants(node)) {
                self.push_own(inside);
            }
        } else {
            if self.tree.hidden(parent) {
                self.reveal(node, false);
            }
            self.mark(node, |w| w.relevance = true);
            self.begin(node);
        }
        node
    }

    fn grow(&mut self, form: &Form, parent: NodeId, id: QuestionId) -> NodeId {
        let question = form.question(id);
        let node = self.tree.add(parent, &question.name);
        self.tree.set_tag(node, id.0);
        self.states.resize(self.tree.len(), State::fresh());
        for child in &question.children {
            if form.question(*child).kind != Kind::Repeat {
                self.grow(form, node, *child);
            }
        }
        node
    }

    /// Lets everything know that reads the number, order or content of a repeat's instances.
    fn instances_changed(&mut self, parent: NodeId, repeat: QuestionId) {
        let form = self.form.clone();
        let mut inside = vec![repeat];
        let mut i = 0;
        while let Some(id) = inside.get(i).copied() {
            inside.extend(&form.question(id).children);
            i += 1;
        }
        for id in inside {
            for edge in form.graph.edges.get(id.at()).into_iter().flatten() {
                let Some(slot) = form.graph.slots.get(edge.slot as usize) else { continue };
                // Readers that share the instance are new with it or gone with it; only what counts positions
                // reads the repeat itself, and then every instance has to look again.
                if id != repeat && edge.scope.is_some_and(|s| form.trail(s).contains(&repeat)) {
                    continue;
                }
                let around = edge.scope.filter(|s| *s != repeat).and_then(|s| {
                    let mut at = Some(parent);
                    while let Some(n) = at {
                        if self.tree.tag(n) == s.0 {
                            return Some(n);
                        }
                        at = self.tree.parent(n);
                    }
                    None
                });
                for node in self.nodes_of(slot.home, around) {
                    self.push(edge.slot, node);
                }
            }
        }
    }

    /// Makes a counted repeat have as many instances as its formula says.
    pub(super) fn recount(&mut self, form: &Form, parent: NodeId, repeat: QuestionId) {
        let question = form.question(repeat);
        let Some(formula) = &question.repeat_count else { return };
        let wanted = self.scope(parent).eval_num(&formula.expr, Self::here(parent));
        // As in ODK, an emptied count changes nothing.
        if wanted.is_nan() {
            return;
        }
        let wanted = wanted.to_i64_lossy();
        let starting = std::mem::take(&mut self.starting);
        let wanted = usize::try_from(wanted.max(0)).unwrap_or(0).min(MAX_INSTANCES);
        let there = self.instances(parent, repeat);
        for extra in there.iter().skip(wanted) {
            self.take_out(parent, *extra);
        }
        for number in there.len()..wanted {
            if self.tree.len() >= MAX_NODES {
                break;
            }
            let key = number.saturating_add(1).to_string();
            let parked = self.unpark(parent, repeat, &key);
            self.insert(form, parent, repeat, &key, parked);
        }
        if there.len() != wanted {
            self.instances_changed(parent, repeat);
        }
        self.starting = starting;
    }
}

impl Question {
    /// Whether it is a repeat over outside things (`bind::…:fact`).
    pub fn is_bound(&self) -> bool {
        self.attributes.keys().any(|k| k.ends_with(":fact"))
    }
}
