//! An arena tree of named nodes with text: what expressions walk.
//!
//! Both a running form ([`super::Instance`]) and outside callers (rules over a household's facts) use it.
//! Node 0 is the document; its only child is the root element.

use serde_json::Value as Json;
use std::sync::Arc;

/// A node of one [`Tree`]; an index, valid only there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The document node, above the root element.
    pub const DOCUMENT: NodeId = NodeId(0);
    pub(crate) fn at(self) -> usize {
        self.0 as usize
    }
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
struct Node {
    name: Arc<str>,
    text: String,
    children: Vec<NodeId>,
    parent: u32,
    /// The caller's own number (the question's index in a form).
    tag: u32,
    /// Reads as empty: not relevant.
    hidden: bool,
}

/// The tree. See the module's words.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
}

/// How deep JSON may nest before the rest is left out; expressions never need more.
const MAX_DEPTH: usize = 64;

impl Tree {
    /// A document with one root element of this name.
    pub fn new(root: &str) -> Tree {
        let mut tree = Tree { nodes: vec![Node::new("".into(), NONE)] };
        tree.add(NodeId::DOCUMENT, root);
        tree
    }

    /// A tree over JSON, root element `data`.
    ///
    /// Objects become nodes with children; an array of objects becomes repeated nodes of that name; an array of
    /// scalars becomes one node with the items joined by single spaces (a multiple choice), an empty array no node;
    /// `null` no node; booleans the text `yes` / `no`, as questions answer; numbers their plain decimal text
    /// (docs/pack.md, "The facts tree").
    pub fn from_json(json: &Json) -> Tree {
        let mut tree = Tree::new("data");
        let root = tree.root();
        tree.fill(root, json, 0);
        tree
    }

    fn fill(&mut self, node: NodeId, json: &Json, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match json {
            Json::Object(map) => {
                for (name, value) in map {
                    match value {
                        Json::Array(items) if items.iter().any(Json::is_object) => {
                            for item in items {
                                let child = self.add(node, name);
                                self.fill(child, item, depth + 1);
                            }
                        }
                        // No members is no node, so that count() says 0; an empty choice reads as '' either way.
                        Json::Array(items) if items.is_empty() => {}
                        Json::Null => {}
                        _ => {
                            let child = self.add(node, name);
                            self.fill(child, value, depth + 1);
                        }
                    }
                }
            }
            other => {
                let text = scalar_text(other);
                self.set_text(node, text);
            }
        }
    }

    /// The root element.
    pub fn root(&self) -> NodeId {
        NodeId(1)
    }

    /// Appends a child and returns it.
    pub fn add(&mut self, parent: NodeId, name: &str) -> NodeId {
        self.add_shared(parent, name.into())
    }

    pub(crate) fn add_shared(&mut self, parent: NodeId, name: Arc<str>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node::new(name, parent.0));
        if let Some(p) = self.nodes.get_mut(parent.at()) {
            p.children.push(id);
        }
        id
    }

    /// Moves a node to this place among its parent's children.
    pub(crate) fn place(&mut self, node: NodeId, index: usize) {
        let Some(parent) = self.parent(node) else { return };
        if let Some(p) = self.nodes.get_mut(parent.at()) {
            p.children.retain(|c| *c != node);
            let index = index.min(p.children.len());
            p.children.insert(index, node);
        }
    }

    /// Takes a node out of its parent's children; it keeps its text and may be put back with [`Tree::attach`].
    pub(crate) fn detach(&mut self, node: NodeId) {
        let Some(parent) = self.parent(node) else { return };
        if let Some(p) = self.nodes.get_mut(parent.at()) {
            p.children.retain(|c| *c != node);
        }
    }

    /// How many nodes exist, detached ones included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: a tree has at least document and root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node's name; the document's is empty.
    pub fn name(&self, node: NodeId) -> &str {
        self.nodes.get(node.at()).map_or("", |n| &n.name)
    }

    /// The text as expressions see it: empty when hidden.
    pub fn text(&self, node: NodeId) -> &str {
        self.nodes.get(node.at()).map_or("", |n| if n.hidden { "" } else { &n.text })
    }

    /// The text kept in memory, hidden or not.
    pub fn raw_text(&self, node: NodeId) -> &str {
        self.nodes.get(node.at()).map_or("", |n| &n.text)
    }

    /// Replaces the text.
    pub fn set_text(&mut self, node: NodeId, text: impl Into<String>) {
        if let Some(n) = self.nodes.get_mut(node.at()) {
            n.text = text.into();
        }
    }

    /// Whether the node reads as empty.
    pub fn hidden(&self, node: NodeId) -> bool {
        self.nodes.get(node.at()).is_some_and(|n| n.hidden)
    }

    /// Hides or shows one node (not its children).
    pub fn set_hidden(&mut self, node: NodeId, hidden: bool) {
        if let Some(n) = self.nodes.get_mut(node.at()) {
            n.hidden = hidden;
        }
    }

    /// The caller's number of this node.
    pub fn tag(&self, node: NodeId) -> u32 {
        self.nodes.get(node.at()).map_or(NONE, |n| n.tag)
    }

    pub(crate) fn set_tag(&mut self, node: NodeId, tag: u32) {
        if let Some(n) = self.nodes.get_mut(node.at()) {
            n.tag = tag;
        }
    }

    /// The parent; none for the document.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.nodes.get(node.at()).map(|n| n.parent).filter(|p| *p != NONE).map(NodeId)
    }

    /// The children, in order.
    pub fn children(&self, node: NodeId) -> &[NodeId] {
        self.nodes.get(node.at()).map_or(&[], |n| &n.children)
    }

    /// The first child of this name.
    pub fn child(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.children(node).iter().copied().find(|c| self.name(*c) == name)
    }

    /// XPath's string value: the node's own text, or for a node with children the text below it, joined.
    pub fn string_value(&self, node: NodeId) -> std::borrow::Cow<'_, str> {
        if self.children(node).is_empty() {
            return self.text(node).into();
        }
        let mut out = String::new();
        let mut todo = vec![node];
        while let Some(n) = todo.pop() {
            out.push_str(self.text(n));
            todo.extend(self.children(n).iter().rev());
        }
        out.into()
    }

    /// All nodes below (not the node itself) in document order.
    pub fn descendants(&self, node: NodeId) -> Vec<NodeId> {
        let mut out = Vec::new();
        let mut todo: Vec<NodeId> = self.children(node).iter().rev().copied().collect();
        while let Some(n) = todo.pop() {
            out.push(n);
            todo.extend(self.children(n).iter().rev());
        }
        out
    }

    /// Whether `node` lies below `above`.
    pub fn is_below(&self, node: NodeId, above: NodeId) -> bool {
        let mut at = self.parent(node);
        while let Some(n) = at {
            if n == above {
                return true;
            }
            at = self.parent(n);
        }
        false
    }

    /// Position among the parent's children, counted from 0.
    pub(crate) fn index_in_parent(&self, node: NodeId) -> usize {
        self.parent(node).and_then(|p| self.children(p).iter().position(|c| *c == node)).unwrap_or(0)
    }

    /// Order of two nodes in the document.
    pub(crate) fn document_order(&self, a: NodeId, b: NodeId) -> std::cmp::Ordering {
        self.trail(a).cmp(&self.trail(b))
    }

    fn trail(&self, node: NodeId) -> Vec<usize> {
        let mut out = Vec::new();
        let mut at = node;
        while let Some(p) = self.parent(at) {
            out.push(self.index_in_parent(at));
            at = p;
        }
        out.reverse();
        out
    }
}

impl Node {
    fn new(name: Arc<str>, parent: u32) -> Node {
        Node { name, text: String::new(), children: Vec::new(), parent, tag: NONE, hidden: false }
    }
}

/// The text of a JSON scalar (or of an array of them) as a form holds it.
pub fn scalar_text(json: &Json) -> String {
    match json {
        Json::Null | Json::Object(_) => String::new(),
        Json::Bool(b) => if *b { "yes" } else { "no" }.into(),
        Json::String(s) => s.clone(),
        Json::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => i.to_string(),
            (None, Some(f)) => super::num::Num::from_f64(f).to_string(),
            (None, None) => n.to_string(),
        },
        Json::Array(items) => {
            let words: Vec<String> =
                items.iter().map(|i| if i.is_array() { String::new() } else { scalar_text(i) }).collect();
            words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_becomes_a_tree() {
        let json = serde_json::json!({"profile": {"cleared": false, "registered_risks": ["illness", "work"], "phone": null},
            "members": [{"name": "韦秀英"}, {"name": "李建国", "age": 61}], "cases": []});
        let tree = Tree::from_json(&json);
        let root = tree.root();
        let profile = tree.child(root, "profile").unwrap();
        assert_eq!(tree.text(tree.child(profile, "registered_risks").unwrap()), "illness work");
        assert_eq!(tree.text(tree.child(profile, "cleared").unwrap()), "no");
        assert!(tree.child(profile, "phone").is_none());
        let members: Vec<_> = tree.children(root).iter().filter(|n| tree.name(**n) == "members").collect();
        assert_eq!(members.len(), 2);
        assert!(tree.child(root, "cases").is_none());
    }
}
