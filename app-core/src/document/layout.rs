//! Which maps exist, and where a path lands.
//!
//! Two phones that edit apart must never create the same map: automerge would keep two, show one and hide what was
//! written into the other. So maps are made in two places only: all containers at foundation, and the maps of a new
//! member or visit together with its fresh id. Everything below the deepest existing map is one flat key, its segments
//! joined with `/` (`profile` holds `allowance/kind`, `answers` holds `risks/illness`), and flat keys merge.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, Value};

use crate::error::{Error, Result};

/// The maps every file has from its foundation.
pub(super) const CONTAINERS: [&str; 9] =
    ["meta", "place", "profile", "members", "measures", "leaflets", "visits", "threads", "confirmed"];

/// Containers whose entries are maps with an id of their own.
pub(super) const COLLECTIONS: [&str; 3] = ["members", "visits", "threads"];

/// The maps made with a new entry of a collection.
pub(super) fn parts(collection: &str) -> &'static [&'static str] {
    match collection {
        "visits" => &["answers"],
        _ => &[],
    }
}

/// Longest path, in segments.
pub(super) const MAX_DEPTH: usize = 8;
/// Longest key (joined segments), bytes.
pub(super) const MAX_KEY: usize = 200;
/// Longest text value, bytes (about 5,000 Chinese characters).
pub(super) const MAX_TEXT: usize = 16 * 1024;
/// Most operations in one change.
pub(super) const MAX_OPS: u64 = 4096;
/// Largest change, bytes.
pub const MAX_CHANGE: usize = 256 * 1024;

/// Whether a segment may stand in a path.
pub(super) fn segment_is_sound(segment: &str) -> bool {
    !segment.is_empty() && segment.len() <= MAX_KEY && !segment.chars().any(|c| c == '/' || c.is_control())
}

/// Whether `path` is a collection (its entries are maps, never values).
pub(super) fn is_collection(path: &[impl AsRef<str>]) -> bool {
    matches!(path, [only] if COLLECTIONS.contains(&only.as_ref()))
}

/// The map that holds a path's value, and the key in it.
pub(super) struct Spot {
    pub(super) obj: ObjId,
    /// how many segments lead to `obj`
    pub(super) depth: usize,
    pub(super) key: String,
}

/// Finds the spot of a path; makes the maps of a new member or visit on the way.
pub(super) fn spot<T: Transactable>(tx: &mut T, path: &[String]) -> Result<Spot> {
    if path.len() < 2 || path.len() > MAX_DEPTH || !path.iter().all(|s| segment_is_sound(s)) {
        return Err(Error::internal("档案路径有误。 The path is wrong."));
    }
    let (mut obj, mut depth) = (ROOT, 0);
    loop {
        let rest = path.get(depth..).unwrap_or_default();
        let Some(first) = rest.first() else {
            return Err(Error::internal("档案路径指向一组内容，不能直接写入。 The path names a group, not a value."));
        };
        match child(tx, &obj, first)? {
            Child::Map(id) => obj = id,
            Child::Nothing if is_collection(path.get(..depth).unwrap_or_default()) && rest.len() > 1 => {
                obj = new_entry(tx, &obj, path.first().map_or("", String::as_str), first)?;
            }
            Child::Nothing | Child::Value => {
                if depth == 0 || is_collection(path.get(..depth).unwrap_or_default()) {
                    return Err(Error::internal("档案中没有这一部分。 The file has no such part."));
                }
                let key = rest.join("/");
                if key.len() > MAX_KEY {
                    return Err(Error::internal("档案路径过长。 The path is too long."));
                }
                return Ok(Spot { obj, depth, key });
            }
        }
        depth += 1;
    }
}

fn new_entry<T: Transactable>(tx: &mut T, collection: &ObjId, name: &str, id: &str) -> Result<ObjId> {
    let made = tx.put_object(collection, id, ObjType::Map).map_err(broken)?;
    for part in parts(name) {
        tx.put_object(&made, *part, ObjType::Map).map_err(broken)?;
    }
    Ok(made)
}

/// What stands at a key.
pub(super) enum Child {
    Map(ObjId),
    Value,
    Nothing,
}

/// Looks a key up.
pub(super) fn child(doc: &impl ReadDoc, obj: &ObjId, key: &str) -> Result<Child> {
    Ok(match doc.get(obj, key).map_err(broken)? {
        Some((Value::Object(ObjType::Map), id)) => Child::Map(id),
        Some(_) => Child::Value,
        None => Child::Nothing,
    })
}

/// automerge refused: our mistake. Its words stay in the private cause.
pub(super) fn broken(cause: automerge::AutomergeError) -> Error {
    Error::internal("档案处理出错，没有写入。 The file could not be worked on; nothing was written.").because(cause)
}
