//! The household file itself: found, load, edit, list what happened.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::founding::Founding;
use super::gate::Weight;
use super::layout::{self, broken, spot};
use super::scalar::{Edit, Scalar};
use crate::domain::id::HouseholdId;
use crate::error::{Error, Result};

/// SHA-256 of a change: its name everywhere.
pub type Hash = [u8; 32];

/// Who writes, as the file knows it: 16 bytes registered by a device.
pub type Actor = [u8; 16];

/// A household's file. The only door to automerge.
#[derive(Clone)]
pub struct HouseholdDoc {
    pub(super) id: HouseholdId,
    pub(super) doc: Automerge,
    /// at most what the snapshot weighs
    pub(super) weight: Weight,
}

/// A change as it leaves the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub hash: Hash,
    /// raw, uncompressed
    pub bytes: Vec<u8>,
}

/// A change in the file's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeInfo {
    pub hash: Hash,
    pub actor: Actor,
    /// 1, 2, … within the actor and this file
    pub seq: u64,
    /// seconds since 1970 by the author's clock: a claim
    pub time: i64,
}

/// The clock range a change may claim: 1970 to the year 9999.
pub(super) const TIME_RANGE: std::ops::RangeInclusive<i64> = 0..=253_402_300_799;

impl HouseholdDoc {
    /// Makes a file. The same input gives the same bytes, so a repeated import makes the same file.
    /// `at_secs`: seconds since 1970.
    pub fn found(id: HouseholdId, founding: &Founding, actor: Actor, at_secs: i64) -> Result<Self> {
        let mut new = Self::unfounded(id);
        let day = chrono::DateTime::from_timestamp(at_secs, 0)
            .ok_or_else(|| Error::invalid("日期有误。 The date is wrong."))?
            .date_naive()
            .to_string();
        let edits = founding.edits(&day);
        new.write(actor, at_secs, &edits, true)?;
        Ok(new)
    }

    /// A file that is not founded yet: only for [`admit`](Self::admit) of a founding change made elsewhere.
    pub fn unfounded(id: HouseholdId) -> Self {
        Self { id, doc: Automerge::new(), weight: Weight::default() }
    }

    /// Whether the founding change is here.
    pub fn is_founded(&self) -> bool {
        !self.doc.get_heads().is_empty()
    }

    /// The household's id.
    pub fn id(&self) -> HouseholdId {
        self.id
    }

    /// The whole file, uncompressed inside (zstd outside does better): what is stored and sent whole.
    pub fn snapshot(&self) -> Vec<u8> {
        self.doc.save_nocompress()
    }

    /// The newest changes, ascending.
    pub fn heads(&self) -> Vec<Hash> {
        let mut heads: Vec<Hash> = self.doc.get_heads().into_iter().map(|h| h.0).collect();
        heads.sort_unstable();
        heads
    }

    /// Writes all edits as ONE change; `None` when nothing would change.
    ///
    /// - the value that already stands there is no change (a confirmation is a field of its own: `confirmed/…`);
    /// - a value over a conflict decides it: delete then put, so that two contrary decisions stay two values;
    /// - of several edits of one path the last counts; `""` where nothing stands is nothing;
    /// - a new visit must name its `collector_id` in the same call.
    pub fn edit(&mut self, actor: Actor, at_secs: i64, edits: &[Edit]) -> Result<Option<Written>> {
        if !self.is_founded() {
            return Err(Error::internal("档案尚未建立。 There is no file yet."));
        }
        if edits.iter().any(|e| e.path.first().is_some_and(|s| s == "meta")) {
            return Err(Error::internal("档案标识不能修改。 The file's id cannot be changed."));
        }
        self.write(actor, at_secs, edits, false)
    }

    fn write(&mut self, actor: Actor, at_secs: i64, edits: &[Edit], founding: bool) -> Result<Option<Written>> {
        let edits: BTreeMap<&Vec<String>, &Scalar> = edits.iter().map(|e| (&e.path, &e.value)).collect();
        if edits.len() as u64 > layout::MAX_OPS / 2 {
            return Err(Error::invalid(
                "一次修改的内容过多，请分几次保存。 Too much at once: save it in several steps.",
            ));
        }
        if !self.has_room() {
            return Err(Error::invalid(
                "该户档案的内容已到上限，不能再写入；已写入的都在，请联系管理员。 This household's file is full; what was written is safe. Ask the administrator.",
            ));
        }
        self.doc.set_actor(ActorId::from(actor));
        let mut tx = self.doc.transaction();
        if founding {
            for container in layout::CONTAINERS {
                let map = tx.put_object(ROOT, container, ObjType::Map).map_err(broken)?;
                if container == "meta" {
                    // Bytes, not text: beside the id in a message they compress to nothing.
                    tx.put(&map, "id", ScalarValue::Bytes(self.id.as_bytes().to_vec())).map_err(broken)?;
                }
            }
        }
        new_visits_name_their_collector(&tx, &edits)?;
        let mut spots = Vec::with_capacity(edits.len());
        for (path, value) in edits {
            if !worth_a_spot(&tx, path, value)? {
                continue;
            }
            let s = spot(&mut tx, path)?;
            let map = path.get(..s.depth).unwrap_or_default().join("/");
            spots.push((map, s.key, s.obj, value));
        }
        // Grouped by map: runs of the same object cost nothing.
        spots.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        for (_, key, obj, value) in &spots {
            put(&mut tx, obj, key, value)?;
        }
        let time = at_secs.clamp(*TIME_RANGE.start(), *TIME_RANGE.end());
        let (hash, _) = tx.commit_with(CommitOptions::default().with_time(time));
        let Some(hash) = hash else { return Ok(None) };
        let change = self.doc.get_change_by_hash(&hash).ok_or_else(|| {
            Error::internal("档案处理出错，没有写入。 The file could not be worked on; nothing was written.")
        })?;
        self.weight = self.weight.with(change.raw_bytes().len(), u64::try_from(change.len()).unwrap_or(u64::MAX));
        Ok(Some(Written { hash: hash.0, bytes: change.raw_bytes().to_vec() }))
    }

    /// Every change, oldest first (a change stands after all it rests on).
    pub fn changes(&self) -> Vec<Written> {
        self.changes_since(&[])
    }

    /// The changes that do not lie behind the given heads, oldest first.
    pub fn changes_since(&self, heads: &[Hash]) -> Vec<Written> {
        let heads: Vec<ChangeHash> = heads.iter().map(|h| ChangeHash(*h)).collect();
        self.doc.get_changes(&heads).iter().map(written).collect()
    }

    /// One change's raw bytes.
    pub fn change(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.doc.get_change_by_hash(&ChangeHash(*hash)).map(|c| c.raw_bytes().to_vec())
    }

    /// Whether the change is here.
    pub fn has(&self, hash: &Hash) -> bool {
        self.doc.get_change_meta_by_hash(&ChangeHash(*hash)).is_some()
    }

    /// Each change with those it rests on directly, none before what it rests on.
    pub(super) fn links(&self) -> Vec<(Hash, Vec<Hash>)> {
        let changes = self.doc.get_changes(&[]);
        changes.iter().map(|c| (c.hash().0, c.deps().iter().map(|d| d.0).collect())).collect()
    }

    /// Who wrote each change, oldest first; cheap (no values are read).
    pub fn change_infos(&self) -> Vec<ChangeInfo> {
        let metas = self.doc.get_changes_meta(&[]);
        metas
            .iter()
            .map(|m| ChangeInfo { hash: m.hash.0, actor: actor_bytes(&m.actor), seq: m.seq, time: m.timestamp })
            .collect()
    }
}

fn written(change: &Change) -> Written {
    Written { hash: change.hash().0, bytes: change.raw_bytes().to_vec() }
}

/// An actor as 16 bytes. The gate admits no other length.
pub(super) fn actor_bytes(actor: &ActorId) -> Actor {
    let mut out = [0; 16];
    for (to, from) in out.iter_mut().zip(actor.to_bytes()) {
        *to = *from;
    }
    out
}

fn new_visits_name_their_collector(doc: &impl ReadDoc, edits: &BTreeMap<&Vec<String>, &Scalar>) -> Result<()> {
    for path in edits.keys() {
        if let [root, id, ..] = path.as_slice()
            && root == "visits"
            && !has_collector(edits, id)
            && !exists(doc, root, id)?
        {
            return Err(Error::internal("新的入户记录缺少采集人。 A new visit has no collector."));
        }
    }
    Ok(())
}

fn has_collector(edits: &BTreeMap<&Vec<String>, &Scalar>, visit: &str) -> bool {
    let path = vec!["visits".to_owned(), visit.to_owned(), "collector_id".to_owned()];
    edits.get(&path).is_some_and(|v| !v.is_empty())
}

fn exists(doc: &impl ReadDoc, collection: &str, id: &str) -> Result<bool> {
    match layout::child(doc, &ROOT, collection)? {
        layout::Child::Map(obj) => Ok(matches!(layout::child(doc, &obj, id)?, layout::Child::Map(_))),
        layout::Child::Value | layout::Child::Nothing => Ok(false),
    }
}

/// An emptied field of a member or visit that does not exist must not make one.
fn worth_a_spot(doc: &impl ReadDoc, path: &[String], value: &Scalar) -> Result<bool> {
    match path {
        [root, id, _, ..] if value.is_empty() && layout::COLLECTIONS.contains(&root.as_str()) => exists(doc, root, id),
        _ => Ok(true),
    }
}

fn put<T: Transactable>(tx: &mut T, obj: &ObjId, key: &str, value: &Scalar) -> Result<()> {
    if value.as_text().is_some_and(|t| t.len() > layout::MAX_TEXT) {
        return Err(Error::invalid("文字过长，请缩短后再保存。 The text is too long: shorten it."));
    }
    let standing = tx.get_all(obj, key).map_err(broken)?;
    let same = |(v, _): &(Value<'_>, ObjId)| from_value(v).as_ref() == Some(value);
    if standing.is_empty() && value.is_empty() || !standing.is_empty() && standing.iter().all(same) {
        return Ok(());
    }
    if standing.iter().any(|(v, _)| v.is_object()) {
        return Err(Error::internal("档案路径指向一组内容，不能直接写入。 The path names a group, not a value."));
    }
    if standing.len() > 1 {
        // A plain put of the winning value would store only a delete of the others (findings §2).
        tx.delete(obj, key).map_err(broken)?;
    }
    tx.put(obj, key, to_value(value)).map_err(broken)
}

fn to_value(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Text(t) => ScalarValue::Str(t.as_str().into()),
        Scalar::Int(n) => ScalarValue::Int(*n),
        Scalar::Bool(b) => ScalarValue::Boolean(*b),
    }
}

/// The id of a household as `meta/id` holds it: the one value that is bytes.
pub(super) fn household_id(value: &ScalarValue) -> Option<HouseholdId> {
    match value {
        ScalarValue::Bytes(b) => HouseholdId::from_slice(b).ok(),
        _ => None,
    }
}

/// The value, if it is of a kind we write.
pub(super) fn from_value(value: &Value<'_>) -> Option<Scalar> {
    match value {
        Value::Scalar(s) => from_scalar(s),
        Value::Object(_) => None,
    }
}

/// The scalar, if it is of a kind we write.
pub(super) fn from_scalar(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Str(s) => Some(Scalar::Text(s.to_string())),
        ScalarValue::Int(n) => Some(Scalar::Int(*n)),
        ScalarValue::Boolean(b) => Some(Scalar::Bool(*b)),
        ScalarValue::Bytes(_)
        | ScalarValue::Uint(_)
        | ScalarValue::F64(_)
        | ScalarValue::Counter(_)
        | ScalarValue::Timestamp(_)
        | ScalarValue::Unknown { .. }
        | ScalarValue::Null => None,
    }
}
