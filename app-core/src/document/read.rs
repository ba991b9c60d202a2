//! One map of the file read flat: keys joined with `/`, the winning value, and where several stand.

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef, ValueRef};

use super::doc::{Actor, Hash, actor_bytes, from_value};
use super::layout::MAX_DEPTH;
use super::scalar::Scalar;

/// Two or more different values at one path, none of which saw the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// the path's segments
    pub path: Vec<String>,
    /// the different values; the one shown until someone decides comes first
    pub values: Vec<ConflictValue>,
}

/// One of the values, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictValue {
    pub value: Scalar,
    pub actor: Actor,
    /// seconds since 1970 by the author's clock
    pub time: i64,
    /// the change that wrote it
    pub hash: Hash,
}

/// The values of one map, nested ones under their joined keys.
#[derive(Debug, Default, Clone)]
pub(super) struct Flat(pub(super) BTreeMap<String, Scalar>);

/// The walker: reads maps and gathers conflicts on the way.
pub(super) struct Walk<'a> {
    doc: &'a Automerge,
    pub(super) conflicts: Vec<Conflict>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(doc: &'a Automerge) -> Self {
        Self { doc, conflicts: Vec::new() }
    }

    /// The root's maps by name. Scalars at the root are not ours.
    pub(super) fn containers(&self) -> Vec<(String, ObjId)> {
        self.maps(&ROOT)
    }

    /// The entries of a collection that are maps.
    pub(super) fn maps(&self, obj: &ObjId) -> Vec<(String, ObjId)> {
        self.doc
            .map_range(obj, ..)
            .filter(|i| matches!(i.value, ValueRef::Object(ObjType::Map)))
            .map(|i| (i.key.to_string(), i.id()))
            .collect()
    }

    /// Reads a map and what lies below it. `path` leads to it.
    pub(super) fn flat(&mut self, path: &[&str], obj: &ObjId) -> Flat {
        let mut out = Flat::default();
        self.fill(&mut out, path, "", obj);
        out
    }

    fn fill(&mut self, out: &mut Flat, path: &[&str], prefix: &str, obj: &ObjId) {
        // Bounded: a crafted file may nest deeper than any path of ours.
        if path.len() + prefix.matches('/').count() > MAX_DEPTH {
            return;
        }
        let doc = self.doc;
        for item in doc.map_range(obj, ..) {
            let key = if prefix.is_empty() { item.key.to_string() } else { format!("{prefix}/{}", item.key) };
            if item.conflict
                && let Some(conflict) = conflict_at(doc, path, &key, obj, &item.key)
            {
                self.conflicts.push(conflict);
            }
            match &item.value {
                ValueRef::Object(ObjType::Map) => self.fill(out, path, &key, &item.id()),
                ValueRef::Object(_) => {}
                ValueRef::Scalar(s) => {
                    if let Some(value) = from_ref(s) {
                        out.0.insert(key, value);
                    }
                }
            }
        }
    }
}

/// The scalar, if it is of a kind we write.
pub(super) fn from_ref(value: &ScalarValueRef<'_>) -> Option<Scalar> {
    match value {
        ScalarValueRef::Str(s) => Some(Scalar::Text(s.to_string())),
        ScalarValueRef::Int(n) => Some(Scalar::Int(*n)),
        ScalarValueRef::Boolean(b) => Some(Scalar::Bool(*b)),
        ScalarValueRef::Bytes(_)
        | ScalarValueRef::Uint(_)
        | ScalarValueRef::F64(_)
        | ScalarValueRef::Counter(_)
        | ScalarValueRef::Timestamp(_)
        | ScalarValueRef::Unknown { .. }
        | ScalarValueRef::Null => None,
    }
}

/// The conflict at a key; `None` when all agree (two people who wrote alike are no conflict).
fn conflict_at(doc: &Automerge, path: &[&str], joined: &str, obj: &ObjId, key: &str) -> Option<Conflict> {
    let standing = doc.get_all(obj, key).ok()?;
    let mut values: Vec<ConflictValue> = Vec::new();
    // automerge lists the winner last.
    for (value, id) in standing.iter().rev() {
        if let Some(value) = from_value(value)
            && values.iter().all(|v| v.value != value)
        {
            values.push(attributed(doc, value, id));
        }
    }
    let path = path.iter().map(|s| (*s).to_owned()).chain(joined.split('/').map(str::to_owned)).collect();
    (values.len() > 1).then_some(Conflict { path, values })
}

fn attributed(doc: &Automerge, value: Scalar, id: &ObjId) -> ConflictValue {
    let actor = match id {
        ObjId::Id(_, actor, _) => actor_bytes(actor),
        ObjId::Root => Actor::default(),
    };
    let hash = doc.hash_for_opid(id).unwrap_or(ChangeHash([0; 32]));
    let time = doc.get_change_meta_by_hash(&hash).map_or(0, |m| m.timestamp);
    ConflictValue { value, actor, time, hash: hash.0 }
}

impl Flat {
    /// Takes a text; `None` when absent or emptied. Numbers and flags are read as text.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.0.remove(key)? {
            Scalar::Text(t) => (!t.is_empty()).then_some(t),
            Scalar::Int(n) => Some(n.to_string()),
            Scalar::Bool(b) => Some(if b { "yes" } else { "no" }.to_owned()),
        }
    }

    /// Takes a flag; the codes `yes` and `no` count as flags.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        match self.0.remove(key)? {
            Scalar::Bool(b) => Some(b),
            Scalar::Text(t) if t == "yes" || t == "true" => Some(true),
            Scalar::Text(t) if t == "no" || t == "false" => Some(false),
            Scalar::Text(_) | Scalar::Int(_) => None,
        }
    }

    /// Takes a whole number.
    pub(super) fn int(&mut self, key: &str) -> Option<i64> {
        match self.0.remove(key)? {
            Scalar::Int(n) => Some(n),
            Scalar::Text(t) => t.parse().ok(),
            Scalar::Bool(_) => None,
        }
    }

    /// Takes everything under `group/`, without the prefix.
    pub(super) fn group(&mut self, group: &str) -> Self {
        let prefix = format!("{group}/");
        let mut after = self.0.split_off(&prefix);
        // '0' follows '/': what starts there is not of the group.
        let mut rest = after.split_off(&format!("{group}0"));
        self.0.append(&mut rest);
        Self(after.into_iter().filter_map(|(k, v)| Some((k.strip_prefix(&prefix)?.to_owned(), v))).collect())
    }

    /// Takes the ticked choices of a group.
    pub(super) fn ticked(&mut self, group: &str) -> Vec<String> {
        self.group(group).0.into_iter().filter(|(_, v)| *v == Scalar::Bool(true)).map(|(k, _)| k).collect()
    }
}
