//! One hash of the whole content: the same on every replica that holds the same file, whatever the order in which
//! changes arrived. Conflicting values are part of it.

use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, ValueRef};
use sha2::{Digest, Sha256};

use super::doc::{HouseholdDoc, from_value};
use super::layout::MAX_DEPTH;
use super::read::from_ref;
use super::scalar::Scalar;

impl HouseholdDoc {
    /// SHA-256 as hex over all paths in order, each with its different values in order; removed and emptied ones too.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"ruhu-digest-v1");
        feed_lines(&mut hasher, &self.lines_below(""));
        hex::encode(hasher.finalize())
    }

    /// Every value whose path begins with `prefix`, in order of the paths, each with its different values in order.
    pub(super) fn lines_below(&self, prefix: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        lines_of(&self.doc, "", &ROOT, 0, &mut lines);
        lines.retain(|(path, _)| path.starts_with(prefix));
        lines.sort();
        lines
    }
}

/// A path and its different values.
pub(super) type Line = (String, Vec<Scalar>);

pub(super) fn feed_lines(hasher: &mut Sha256, lines: &[Line]) {
    for (path, values) in lines {
        feed(hasher, path.as_bytes());
        hasher.update((values.len() as u64).to_be_bytes());
        for value in values {
            match value {
                Scalar::Bool(b) => hasher.update([0, u8::from(*b)]),
                Scalar::Int(n) => {
                    hasher.update([1]);
                    hasher.update(n.to_be_bytes());
                }
                Scalar::Text(t) => {
                    hasher.update([2]);
                    feed(hasher, t.as_bytes());
                }
            }
        }
    }
}

fn feed(hasher: &mut Sha256, bytes: &[u8]) {
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

fn lines_of(doc: &Automerge, prefix: &str, obj: &ObjId, depth: usize, out: &mut Vec<Line>) {
    if depth > MAX_DEPTH {
        return;
    }
    for item in doc.map_range(obj, ..) {
        let path = format!("{prefix}/{}", item.key);
        if matches!(item.value, ValueRef::Object(ObjType::Map)) {
            lines_of(doc, &path, &item.id(), depth + 1, out);
            continue;
        }
        let mut values: Vec<Scalar> = match &item.value {
            _ if item.conflict => {
                let standing = doc.get_all(obj, item.key.as_ref()).unwrap_or_default();
                standing.iter().filter_map(|(v, _)| from_value(v)).collect()
            }
            ValueRef::Scalar(s) => from_ref(s).into_iter().collect(),
            ValueRef::Object(_) => Vec::new(),
        };
        values.sort();
        values.dedup();
        if !values.is_empty() {
            out.push((path, values));
        }
    }
}
