//! Every operation of a change, held against the layout, against what its author saw, and against the judge.
//! Operations, never patches: a losing or buried write shows no patch (findings §1).

use std::collections::{HashMap, HashSet};

use automerge::{ActorId, Automerge, ChangeHash, ExpandedChange, ObjId, ObjType, Prop, ReadDoc, Value, legacy};

use super::Action;
use crate::approvals::{RefusedWhy, VisitStanding};
use crate::document::doc::{Hash, from_scalar, from_value, household_id};
use crate::document::layout::{self, Child, MAX_DEPTH, MAX_KEY, MAX_TEXT};
use crate::document::scalar::Scalar;

/// An operation's id: counter and author.
type OpId = (u64, ActorId);
/// A map: made by an operation, or the root.
type MapId = Option<OpId>;

/// A sound operation, to be put to the judge.
pub(super) struct Sound {
    pub(super) path: Vec<String>,
    pub(super) action: Action,
    pub(super) value: Option<Scalar>,
}

/// All operations of a sound change, and the visits they touch as they stood before it.
pub(super) struct Checked {
    pub(super) ops: Vec<Sound>,
    pub(super) visits: HashMap<String, Option<VisitStanding>>,
}

/// Checks all operations; one that may not be spoils the change.
pub(super) fn check(
    doc: &Automerge,
    change: &ExpandedChange,
    deps: &[Hash],
    founding: bool,
) -> Result<Checked, RefusedWhy> {
    let mut check = Check::new(doc, change, deps, founding)?;
    let mut ops = Vec::with_capacity(change.operations.len());
    for (i, op) in (change.start_op.get()..).zip(&change.operations) {
        ops.push(check.op((i, change.actor_id.clone()), op)?);
    }
    check.at_the_end()?;
    Ok(Checked { ops, visits: check.visits })
}

struct Check<'a> {
    doc: &'a Automerge,
    founding: bool,
    /// the change's deps, when the file has moved on since
    at: Option<Vec<ChangeHash>>,
    /// changes the author had not seen
    unseen: HashSet<ChangeHash>,
    paths: HashMap<MapId, Vec<String>>,
    /// maps made by this change
    made: HashSet<MapId>,
    /// what stands at a key after the operations so far
    standing: HashMap<(MapId, String), Vec<Standing>>,
    /// deleted, and not yet put again
    open: HashSet<(MapId, String)>,
    /// visits before this change
    visits: HashMap<String, Option<VisitStanding>>,
    /// visits made by this change that have not named their collector yet
    nameless: HashSet<String>,
}

#[derive(Clone)]
struct Standing {
    id: OpId,
    map: bool,
}

impl<'a> Check<'a> {
    fn new(doc: &'a Automerge, change: &ExpandedChange, deps: &[Hash], founding: bool) -> Result<Self, RefusedWhy> {
        let deps: Vec<ChangeHash> = deps.iter().map(|h| ChangeHash(*h)).collect();
        let (mut have, mut want) = (doc.get_heads(), deps.clone());
        have.sort_unstable();
        want.sort_unstable();
        let at = (have != want).then_some(deps);
        let mut unseen = HashSet::new();
        if let Some(at) = &at {
            for meta in doc.get_changes_meta(at) {
                // An author cannot have forgotten what it wrote itself.
                if *meta.actor == change.actor_id {
                    return Err(RefusedWhy::Malformed);
                }
                unseen.insert(meta.hash);
            }
        }
        Ok(Self {
            doc,
            founding,
            at,
            unseen,
            paths: HashMap::from([(None, Vec::new())]),
            made: HashSet::new(),
            standing: HashMap::new(),
            open: HashSet::new(),
            visits: HashMap::new(),
            nameless: HashSet::new(),
        })
    }

    fn op(&mut self, id: OpId, op: &legacy::Op) -> Result<Sound, RefusedWhy> {
        let legacy::Key::Map(key) = &op.key else { return Err(RefusedWhy::Malformed) };
        if op.insert || key.len() > MAX_KEY || !key.split('/').all(layout::segment_is_sound) {
            return Err(RefusedWhy::Malformed);
        }
        let map = map_of(&op.obj);
        let parent = self.path_of(&map)?;
        let path: Vec<String> = parent.iter().cloned().chain(key.split('/').map(str::to_owned)).collect();
        let place = (map, key.to_string());
        let standing = self.saw(&place)?;
        if !same_ids(&standing, op) || path.len() > MAX_DEPTH {
            return Err(RefusedWhy::Malformed);
        }
        let (action, value) = self.kind(&id, op, &place, &parent, &path, &standing)?;
        self.note_visit(&path);
        Ok(Sound { path, action, value })
    }

    /// The operation's kind, if it may be of that kind here; notes what stands afterwards.
    fn kind(
        &mut self,
        id: &OpId,
        op: &legacy::Op,
        place: &(MapId, String),
        parent: &[String],
        path: &[String],
        standing: &[Standing],
    ) -> Result<(Action, Option<Scalar>), RefusedWhy> {
        let over_a_map = standing.iter().any(|s| s.map);
        match &op.action {
            legacy::OpType::Make(ObjType::Map) => {
                self.may_make(place, parent)?;
                self.paths.insert(Some(id.clone()), path.to_vec());
                self.made.insert(Some(id.clone()));
                if let [root, visit] = path
                    && root == "visits"
                    && !self.founding
                {
                    self.nameless.insert(visit.clone());
                }
                self.standing.insert(place.clone(), vec![Standing { id: id.clone(), map: true }]);
                Ok((Action::Make, None))
            }
            legacy::OpType::Put(value) => {
                let own_name = self.founding && matches!(path, [m, i] if m == "meta" && i == "id");
                let value = if own_name && household_id(value).is_some() { None } else { Some(ours(value)?) };
                if over_a_map || !self.may_hold_values(place, parent) {
                    return Err(RefusedWhy::Malformed);
                }
                self.names_collector(path, value.as_ref());
                self.open.remove(place);
                self.standing.insert(place.clone(), vec![Standing { id: id.clone(), map: false }]);
                Ok((Action::Put, value))
            }
            legacy::OpType::Delete => {
                if over_a_map || standing.is_empty() {
                    return Err(RefusedWhy::Malformed);
                }
                self.open.insert(place.clone());
                self.standing.insert(place.clone(), Vec::new());
                Ok((Action::Delete, None))
            }
            legacy::OpType::Make(_)
            | legacy::OpType::Increment(_)
            | legacy::OpType::MarkBegin(_)
            | legacy::OpType::MarkEnd(_) => Err(RefusedWhy::Malformed),
        }
    }

    /// A map may be made at foundation, in a map made by the same change, or as a new entry right under a container;
    /// and never where anything stands, seen by its author or not (the second of two maps would hide the first).
    fn may_make(&self, place: &(MapId, String), parent: &[String]) -> Result<(), RefusedWhy> {
        let here = self.made.contains(&place.0) || parent.len() == 1 || self.founding;
        let free = self.made.contains(&place.0) || self.now(place)?.is_empty();
        if here && free && !place.1.contains('/') && !self.standing.contains_key(place) {
            Ok(())
        } else {
            Err(RefusedWhy::Malformed)
        }
    }

    /// Values stand in maps below the root, not among the entries of a collection, and not in a joined key beside a map
    /// of the same name; `meta` is written at foundation only.
    fn may_hold_values(&self, place: &(MapId, String), parent: &[String]) -> bool {
        let [root, ..] = parent else { return false };
        if layout::is_collection(parent) || root == "meta" && !self.founding {
            return false;
        }
        let Some((first, _)) = place.1.split_once('/') else { return true };
        let beside = (place.0.clone(), first.to_owned());
        let a_map_beside = match self.standing.get(&beside) {
            Some(standing) => standing.iter().any(|s| s.map),
            None if self.made.contains(&place.0) => false,
            None => self.now(&beside).map_or(true, |standing| standing.iter().any(|s| s.map)),
        };
        !a_map_beside
    }

    fn names_collector(&mut self, path: &[String], value: Option<&Scalar>) {
        if let [root, visit, field] = path
            && root == "visits"
            && field == "collector_id"
            && value.is_some_and(|v| !v.is_empty())
        {
            self.nameless.remove(visit);
        }
    }

    /// The path of a map the author can have known.
    fn path_of(&mut self, map: &MapId) -> Result<Vec<String>, RefusedWhy> {
        if let Some(path) = self.paths.get(map) {
            return Ok(path.clone());
        }
        let Some((counter, actor)) = map else { return Ok(Vec::new()) };
        let obj = ObjId::Id(*counter, actor.clone(), 0);
        let bad = |_| RefusedWhy::Malformed;
        if self.doc.object_type(&obj).map_err(bad)? != ObjType::Map {
            return Err(RefusedWhy::Malformed);
        }
        let maker = self.doc.hash_for_opid(&obj).ok_or(RefusedWhy::Malformed)?;
        if self.unseen.contains(&maker) {
            return Err(RefusedWhy::Malformed);
        }
        let mut path = Vec::new();
        for parent in self.doc.parents(&obj).map_err(bad)?.take(MAX_DEPTH + 1) {
            match parent.prop {
                Prop::Map(key) => path.push(key),
                Prop::Seq(_) => return Err(RefusedWhy::Malformed),
            }
        }
        path.reverse();
        self.paths.insert(map.clone(), path.clone());
        Ok(path)
    }

    /// What the author saw at a key: its own operations so far, else what stood at the change's deps.
    fn saw(&self, place: &(MapId, String)) -> Result<Vec<Standing>, RefusedWhy> {
        if let Some(standing) = self.standing.get(place) {
            return Ok(standing.clone());
        }
        if self.made.contains(&place.0) {
            return Ok(Vec::new());
        }
        let obj = obj_id(&place.0);
        let found = match &self.at {
            Some(at) => self.doc.get_all_at(&obj, place.1.as_str(), at),
            None => self.doc.get_all(&obj, place.1.as_str()),
        };
        found.map(|all| all.iter().map(standing).collect()).map_err(|_| RefusedWhy::Malformed)
    }

    /// What stands at a key in the file as it is now.
    fn now(&self, place: &(MapId, String)) -> Result<Vec<Standing>, RefusedWhy> {
        let found = self.doc.get_all(obj_id(&place.0), place.1.as_str());
        found.map(|all| all.iter().map(standing).collect()).map_err(|_| RefusedWhy::Malformed)
    }

    fn note_visit(&mut self, path: &[String]) {
        if let [root, id, ..] = path
            && root == "visits"
            && !self.visits.contains_key(id)
        {
            self.visits.insert(id.clone(), visit_standing(self.doc, id));
        }
    }

    fn at_the_end(&self) -> Result<(), RefusedWhy> {
        if self.open.is_empty() && self.nameless.is_empty() { Ok(()) } else { Err(RefusedWhy::Malformed) }
    }
}

fn visit_standing(doc: &Automerge, id: &str) -> Option<VisitStanding> {
    let Child::Map(visits) = layout::child(doc, &automerge::ROOT, "visits").ok()? else { return None };
    let Child::Map(visit) = layout::child(doc, &visits, id).ok()? else { return None };
    let text = |key: &str| match doc.get(&visit, key) {
        Ok(Some((value, _))) => from_value(&value).and_then(|v| v.as_text().map(str::to_owned)),
        Ok(None) | Err(_) => None,
    };
    Some(VisitStanding {
        owner: text("collector_id").unwrap_or_default(),
        finished: text("state").is_some_and(|s| s == "finished"),
    })
}

/// A value of our kinds and of bounded length.
fn ours(value: &automerge::ScalarValue) -> Result<Scalar, RefusedWhy> {
    from_scalar(value).filter(|v| v.as_text().is_none_or(|t| t.len() <= MAX_TEXT)).ok_or(RefusedWhy::Malformed)
}

fn map_of(obj: &legacy::ObjectId) -> MapId {
    match obj {
        legacy::ObjectId::Root => None,
        legacy::ObjectId::Id(id) => Some((id.counter(), id.actor().clone())),
    }
}

fn obj_id(map: &MapId) -> ObjId {
    match map {
        None => ObjId::Root,
        Some((counter, actor)) => ObjId::Id(*counter, actor.clone(), 0),
    }
}

fn standing((value, id): &(Value<'_>, ObjId)) -> Standing {
    let id = match id {
        ObjId::Id(counter, actor, _) => (*counter, actor.clone()),
        ObjId::Root => (0, ActorId::from([0_u8; 0])),
    };
    Standing { id, map: value.is_object() }
}

/// Whether the operation names exactly what stood there.
fn same_ids(standing: &[Standing], op: &legacy::Op) -> bool {
    let mut want: Vec<(u64, &ActorId)> = standing.iter().map(|s| (s.id.0, &s.id.1)).collect();
    let mut have: Vec<(u64, &ActorId)> = op.pred.iter().map(|p| (p.counter(), p.actor())).collect();
    want.sort_unstable();
    have.sort_unstable();
    want == have
}
