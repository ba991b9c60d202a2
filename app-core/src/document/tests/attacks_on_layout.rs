//! Attacks on the layout: odd keys, second maps, deep ones, deletions, each shut out, the file untouched.

use automerge::{ObjType, ScalarValue, legacy};

use super::craft::*;
use super::people::*;
use crate::approvals::RefusedWhy::Malformed;
use crate::document::{Edit, HouseholdDoc};

/// A new value under `key` in the map that holds operation `like` of the honest change.
fn fresh(like: usize, key: &str) -> Vec<u8> {
    bent(&honest(), |c| {
        let mut op = c.operations[like].clone();
        op.key = legacy::Key::Map(key.into());
        op.pred = Vec::new().into();
        c.operations.push(op);
    })
}

#[test]
fn odd_keys_are_refused() {
    take(&mut imported(), &fresh(0, "remarks")).unwrap();
    take(&mut imported(), &fresh(0, "allowance/kind")).unwrap();
    let long = "x".repeat(201);
    let deep = "a/b/c/d/e/f/g/h";
    for key in ["", "/", "a/", "/a", "a//b", "a\nb", "a\u{0}", long.as_str(), deep] {
        refuses(&mut imported(), &fresh(0, key), Malformed);
    }
}

#[test]
fn a_path_has_one_place_only() {
    let at_root = bent(&honest(), |c| {
        c.operations[0].obj = legacy::ObjectId::Root;
        c.operations[0].key = legacy::Key::Map("stray".into());
        c.operations[0].pred = Vec::new().into();
    });
    refuses(&mut imported(), &at_root, Malformed);
    let beside = bent(&at_root, |c| c.operations[0].key = legacy::Key::Map("profile/phone".into()));
    refuses(&mut imported(), &beside, Malformed);
    let in_collection = |key: &str| {
        let members = members_map();
        bent(&honest(), move |c| {
            c.operations[0].obj = members;
            c.operations[0].key = legacy::Key::Map(key.into());
            c.operations[0].pred = Vec::new().into();
        })
    };
    for key in ["aaaaaaaaaaaa/name", "dddddddddddd", "dddddddddddd/name"] {
        refuses(&mut imported(), &in_collection(key), Malformed);
    }
    // `answers` is a map of the visit: `answers/x` must lie in it
    let mut li = imported();
    edit(&mut li, LI, &[Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-li")]);
    let mut server = HouseholdDoc::load(&li.snapshot()).unwrap();
    let next = edit(&mut li, LI, &[Edit::new("visits/vvvvvvvvvvvv/form", "screening-lifted")]);
    let beside = bent(&next.bytes, |c| c.operations[0].key = legacy::Key::Map("answers/population".into()));
    refuses(&mut server, &beside, Malformed);
}

/// The object id of the `members` map: its making stands in the founding change.
fn members_map() -> legacy::ObjectId {
    map_made("members")
}

fn map_made(key: &str) -> legacy::ObjectId {
    let founded = automerge::Change::from_bytes(imported().changes()[0].bytes.clone()).unwrap().decode();
    let at = founded.operations.iter().position(|o| o.key == legacy::Key::Map(key.into())).unwrap();
    legacy::ObjectId::Id(op_id(at as u64 + 1, crate::domain::id::IMPORT_ACTOR))
}

fn made(obj: legacy::ObjectId, key: &str) -> legacy::Op {
    legacy::Op {
        action: legacy::OpType::Make(ObjType::Map),
        obj,
        key: legacy::Key::Map(key.into()),
        pred: Vec::new().into(),
        insert: false,
    }
}

#[test]
fn maps_are_made_where_ids_are_fresh_only() {
    let add = |op: legacy::Op| bent(&honest(), |c| c.operations.push(op));
    take(&mut imported(), &add(made(members_map(), "dddddddddddd"))).unwrap();
    // a second map of a member that is there hides the first one's fields
    refuses(&mut imported(), &add(made(members_map(), "aaaaaaaaaaaa")), Malformed);
    refuses(&mut imported(), &add(made(map_made("aaaaaaaaaaaa"), "health")), Malformed);
    refuses(&mut imported(), &add(made(legacy::ObjectId::Root, "members")), Malformed);
    refuses(&mut imported(), &add(made(legacy::ObjectId::Root, "more")), Malformed);
    // a visit that names no collector would be nobody's
    refuses(&mut imported(), &add(made(map_made("visits"), "vvvvvvvvvvvv")), Malformed);
    // a map that two made apart: the second stays out
    let mut server = imported();
    take(&mut server, &add(made(members_map(), "dddddddddddd"))).unwrap();
    let mut wei = imported();
    let by_wei = edit(&mut wei, WEI, &[Edit::new("members/dddddddddddd/name", "黄小虎")]);
    refuses(&mut server, &by_wei.bytes, Malformed);
}

#[test]
fn deep_nesting_is_refused() {
    for levels in [8, 100, 3000] {
        let bytes = bent(&honest(), |c| {
            let mut obj = members_map();
            for level in 0..levels {
                let id = start_op() + c.operations.len() as u64;
                c.operations.push(made(obj, &format!("n{level}")));
                obj = legacy::ObjectId::Id(op_id(id, LI));
            }
        });
        refuses(&mut imported(), &bytes, Malformed);
    }
}

#[test]
fn objects_that_are_none_are_refused() {
    for obj in [
        legacy::ObjectId::Id(op_id(999, crate::domain::id::IMPORT_ACTOR)),
        legacy::ObjectId::Id(op_id(1, QIN)),
        legacy::ObjectId::Id(op_id(start_op() + 2, LI)),
        // a scalar's op
        legacy::ObjectId::Id(op_id(start_op() - 1, crate::domain::id::IMPORT_ACTOR)),
        legacy::ObjectId::Id(op_id(0, crate::domain::id::IMPORT_ACTOR)),
    ] {
        refuses(&mut imported(), &bent(&honest(), |c| c.operations[0].obj = obj), Malformed);
    }
}

#[test]
fn nobody_writes_into_a_map_it_cannot_know() {
    let mut wei = imported();
    let visit = edit(&mut wei, WEI, &[Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-wei")]);
    let made = automerge::Change::from_bytes(visit.bytes.clone()).unwrap();
    let mut server = imported();
    take(&mut server, &visit.bytes).unwrap();
    // 李建国's change does not rest on it, and yet writes into it: other replicas could not follow
    let bytes = bent(&honest(), |c| {
        let mut op = c.operations[0].clone();
        op.obj = legacy::ObjectId::Id(op_id(made.start_op().get(), WEI));
        op.key = legacy::Key::Map("form".into());
        op.pred = Vec::new().into();
        c.operations.push(op);
    });
    refuses(&mut server, &bytes, Malformed);
}

#[test]
fn nothing_is_deleted_and_identity_stays() {
    let delete = |op: &mut legacy::Op| op.action = legacy::OpType::Delete;
    refuses(&mut imported(), &bent(&honest(), |c| c.operations.iter_mut().for_each(delete)), Malformed);
    let founded = imported();
    let first = automerge::Change::from_bytes(founded.changes()[0].bytes.clone()).unwrap().decode();
    let at = first.operations.iter().position(|o| o.key == legacy::Key::Map("aaaaaaaaaaaa".into())).unwrap();
    let whole_member = |action: legacy::OpType| {
        bent(&honest(), |c| {
            c.operations[0].obj = members_map();
            c.operations[0].key = legacy::Key::Map("aaaaaaaaaaaa".into());
            c.operations[0].pred = vec![op_id(at as u64 + 1, crate::domain::id::IMPORT_ACTOR)].into();
            c.operations[0].action = action;
        })
    };
    for action in
        [legacy::OpType::Delete, legacy::OpType::Make(ObjType::Map), legacy::OpType::Put(ScalarValue::Boolean(false))]
    {
        refuses(&mut imported(), &whole_member(action), Malformed);
    }
    let other_id = bent(&honest(), |c| {
        c.operations[0].obj = map_made("meta");
        c.operations[0].key = legacy::Key::Map("note".into());
        c.operations[0].pred = Vec::new().into();
    });
    refuses(&mut imported(), &other_id, Malformed);
}
