//! The attacks of the findings (§1, §5) and some more, each shut out by the gate, the file untouched.

use automerge::{ObjType, ScalarValue, legacy};

use super::craft::*;
use super::people::*;
use crate::approvals::RefusedWhy::{self, Author, Dependency, Duplicate, Malformed};
use crate::document::gate::Weight;
use crate::document::{Actor, Admitted, Attempt, Edit, HouseholdDoc, Scalar};

const ACTION: u64 = 0x42;

#[test]
fn an_honest_change_passes_and_is_known_the_second_time() {
    let mut server = imported();
    assert!(matches!(take(&mut server, &honest()).unwrap(), Admitted::New { actor: LI, seq: 1, .. }));
    assert!(matches!(take(&mut server, &honest()).unwrap(), Admitted::AlreadyHere { .. }));
    assert_eq!(server.file().members[1].fact.work.as_deref(), Some("skilled"));
    // the helper that bends changes does not bend by itself
    assert_eq!(bent(&honest(), |_| {}), honest());
}

#[test]
fn a_hundred_bytes_that_claim_thirty_million_operations_are_not_expanded() {
    let many = 30_000_000;
    let mut text_run = Vec::new();
    sleb(&mut text_run, many);
    text_run.extend([1, b'x']);
    let mut nulls = vec![0];
    uleb(&mut nulls, many as u64);
    let mut falses = Vec::new();
    uleb(&mut falses, many as u64);
    let one = |spec: u64, bytes: Vec<u8>| with_columns(&[(spec, bytes)]);
    let bombs = [
        one(ACTION, run(many, 1)),
        one(ACTION, nulls.clone()),
        with_columns(&[(0x15, text_run), (ACTION, run(1, 1))]),
        with_columns(&[(0x34, falses), (ACTION, run(1, 1))]),
        with_columns(&[(ACTION, run(1, 1)), (0x56, run(many, 0))]),
        with_columns(&[(ACTION, run(1, 1)), (0x70, run(1, many as u64))]),
        with_columns(&[(ACTION, run(1, 1)), (0x70, run(many, 0))]),
        with_columns(&[(ACTION, run(1, 1)), (0x71, run(many, 0))]),
        with_columns(&[(ACTION, run(1, 1)), (0x73, run(many, 0))]),
        with_columns(&[(0x01, run(many, 0)), (ACTION, run(1, 1))]),
        with_columns(&[(0x02, nulls), (ACTION, run(1, 1))]),
        // more text promised than there is
        with_columns(&[(ACTION, run(1, 1)), (0x56, run(1, (1 << 40) | 6))]),
        one(ACTION, run(i64::MIN, 1)),
        one(ACTION, run(i64::MAX, u64::MAX)),
    ];
    for (n, bomb) in bombs.iter().enumerate() {
        assert!(bomb.len() < 200, "{n}");
        refuses(&mut imported(), bomb, Malformed);
    }
}

#[test]
fn more_operations_than_a_visit_ever_has_are_refused() {
    let mut li = imported();
    let edits: Vec<Edit> = (0..2000).map(|n| Edit::at(["measures", &format!("m_venture.x{n}")], "yes")).collect();
    let most = edit(&mut li, LI, &edits);
    take(&mut imported(), &most.bytes).unwrap();
    let too_many: Vec<Edit> = (0..5000).map(|n| Edit::at(["measures", &format!("m_venture.x{n}")], "yes")).collect();
    assert!(imported().edit(LI, MAY_16, &too_many).is_err());
    let doubled = bent(&most.bytes, |c| {
        for n in 0..3000 {
            let mut op = c.operations[0].clone();
            op.key = legacy::Key::Map(format!("y{n}").into());
            c.operations.push(op);
        }
    });
    refuses(&mut imported(), &doubled, Malformed);
}

#[test]
fn only_plain_change_chunks_come_in() {
    let mut li = imported();
    let edits: Vec<Edit> = (0..100).map(|n| Edit::at(["measures", &format!("m_venture.x{n}")], "yes")).collect();
    let plain = edit(&mut li, LI, &edits).bytes;
    let mut change = automerge::Change::from_bytes(plain.clone()).unwrap();
    let deflated = change.bytes().to_vec();
    assert_eq!(deflated[8], 2);
    refuses(&mut imported(), &deflated, Malformed);
    refuses(&mut imported(), &li.snapshot(), Malformed);
    for kind in [0, 2, 3, 4, 255] {
        refuses(&mut imported(), &chunk(kind, data_of(&plain)), Malformed);
    }
    refuses(&mut imported(), &[plain.as_slice(), &plain].concat(), Malformed);
    refuses(&mut imported(), &[plain.as_slice(), &[0]].concat(), Malformed);
    refuses(&mut imported(), &[], Malformed);
    for cut in 0..honest().len() {
        refuses(&mut imported(), &honest()[..cut], Malformed);
    }
}

#[test]
fn a_wrong_checksum_is_noticed() {
    for at in [4, 12, 40, honest().len() - 1] {
        let mut bytes = honest();
        bytes[at] ^= 1;
        refuses(&mut imported(), &bytes, Malformed);
    }
}

#[test]
fn a_deflated_or_foreign_column_is_refused_unread() {
    for spec in [ACTION | 8, 0x11, 0x13, 0x94, 0xa5, 0x1f0] {
        let mut columns = vec![(ACTION, run(1, 1)), (spec, run(1, 0))];
        columns.sort_by_key(|c| c.0);
        refuses(&mut imported(), &with_columns(&columns), Malformed);
    }
}

#[test]
fn preds_must_be_what_the_author_saw() {
    let bend = |preds: Vec<legacy::OpId>| bent(&honest(), |c| c.operations[0].pred = preds.into());
    let import = crate::domain::id::IMPORT_ACTOR;
    let poison = [
        bend(vec![]),                   // pretends nothing stood there
        bend(vec![op_id(1, import)]),   // an op of another object
        bend(vec![op_id(999, import)]), // none
        bend(vec![op_id(5, LI)]),       // none of its own
        bend(vec![op_id(u64::from(u32::MAX), import)]),
        bend(vec![op_id(start_op(), LI)]), // itself
    ];
    for bytes in poison {
        refuses(&mut imported(), &bytes, Malformed);
    }
}

#[test]
fn start_op_is_one_more_than_what_it_rests_on() {
    for start in [1, start_op() - 1, start_op() + 1, start_op() + 1000, 4_294_967_294, 4_294_967_295, u64::MAX] {
        let bytes = bent(&honest(), |c| c.start_op = std::num::NonZeroU64::new(start).unwrap());
        refuses(&mut imported(), &bytes, Malformed);
    }
}

#[test]
fn numbers_follow_each_other() {
    for (seq, why) in [(0, Duplicate), (2, Dependency), (7, Dependency), (u64::MAX, Dependency)] {
        refuses(&mut imported(), &bent(&honest(), |c| c.seq = seq), why);
    }
    let mut server = imported();
    take(&mut server, &honest()).unwrap();
    let twin = bent(&honest(), |c| c.time += 1);
    refuses(&mut server, &twin, Duplicate);
}

#[test]
fn what_it_rests_on_must_be_here() {
    refuses(&mut imported(), &bent(&honest(), |c| c.deps = vec![dep([7; 32])]), Dependency);
    let more = bent(&honest(), |c| c.deps.push(dep([7; 32])));
    refuses(&mut imported(), &more, Dependency);
}

#[test]
fn nobody_can_pretend_to_have_known_nothing() {
    let forgetful = bent(&honest(), |c| {
        c.deps.clear();
        c.start_op = std::num::NonZeroU64::MIN;
        for op in &mut c.operations {
            op.pred = Vec::new().into();
        }
    });
    refuses(&mut imported(), &forgetful, Malformed);
    // nor to have forgotten its own last change
    let mut li = imported();
    let first = edit(&mut li, LI, &[Edit::new("profile/phone", "10000000002")]);
    let second = edit(&mut li, LI, &[Edit::new("place/hamlet", "戊屯")]);
    let forgot = bent(&second.bytes, |c| {
        c.deps = vec![dep(imported().heads()[0])];
        c.start_op = std::num::NonZeroU64::new(start_op()).unwrap();
    });
    let mut server = imported();
    take(&mut server, &first.bytes).unwrap();
    refuses(&mut server, &forgot, Malformed);
    take(&mut server, &second.bytes).unwrap();
}

#[test]
fn a_file_has_one_beginning() {
    let again = HouseholdDoc::found(household(), &founding(), LI, MAY_16).unwrap();
    refuses(&mut imported(), &again.changes()[0].bytes, Malformed);
    // and it begins with the beginning
    let mut nothing = HouseholdDoc::unfounded(household());
    assert_eq!(take(&mut nothing, &honest()).unwrap_err().why, Dependency);
}

#[test]
fn freight_is_refused() {
    for bytes in [
        bent(&honest(), |c| c.extra_bytes = vec![0; 500]),
        bent(&honest(), |c| c.message = Some("x".repeat(500))),
        bent(&honest(), |c| c.time = -1),
        bent(&honest(), |c| c.time = i64::MAX),
        bent(&honest(), |c| c.operations.clear()),
    ] {
        refuses(&mut imported(), &bytes, Malformed);
    }
}

#[test]
fn the_author_is_the_device_that_pushes() {
    let mut server = imported();
    let refused = server.admit(&honest(), Some(WEI), &mut anything).unwrap_err();
    assert_eq!(refused.why, Author);
    assert_eq!(refused.hash, crate::document::change_hash(&honest()));
    server.admit(&honest(), Some(LI), &mut anything).unwrap();
    // an actor of another length is no actor
    let short = bent(&honest(), |c| c.actor_id = automerge::ActorId::from([1_u8; 4]));
    refuses(&mut imported(), &short, Malformed);
}

#[test]
fn only_maps_keys_and_our_kinds_of_values_come_in() {
    let put = |v: ScalarValue| legacy::OpType::Put(v);
    let actions = [
        put(ScalarValue::Null),
        put(ScalarValue::F64(1.5)),
        put(ScalarValue::Uint(1)),
        put(ScalarValue::Timestamp(1)),
        put(ScalarValue::Bytes(vec![1])),
        put(ScalarValue::counter(1)),
        put(ScalarValue::Str("长".repeat(6000).into())),
        legacy::OpType::Increment(1),
        legacy::OpType::Make(ObjType::List),
        legacy::OpType::Make(ObjType::Text),
        legacy::OpType::Make(ObjType::Map),
        legacy::OpType::Delete,
        legacy::OpType::MarkEnd(true),
    ];
    for action in actions {
        refuses(&mut imported(), &bent(&honest(), |c| c.operations[0].action = action), Malformed);
    }
    for key in [legacy::Key::head(), legacy::Key::Seq(legacy::ElementId::Id(op_id(3, crate::domain::id::IMPORT_ACTOR)))]
    {
        refuses(&mut imported(), &bent(&honest(), |c| c.operations[0].key = key), Malformed);
    }
    refuses(&mut imported(), &bent(&honest(), |c| c.operations[0].insert = true), Malformed);
}

/// What the judge was shown of a change.
fn shown(doc: &mut HouseholdDoc, bytes: &[u8]) -> Vec<(String, Option<Scalar>)> {
    let mut seen = Vec::new();
    let mut judge = |a: &Attempt<'_>| -> Result<(), RefusedWhy> {
        seen.push((a.path.join("/"), a.value.cloned()));
        Ok(())
    };
    doc.admit(bytes, None, &mut judge).unwrap();
    seen
}

#[test]
fn the_judge_sees_writes_that_lose_or_are_buried() {
    let apart = |who: [u8; 16], phone: &str| edit(&mut imported(), who, &[Edit::new("profile/phone", phone)]);
    let mut server = imported();
    let mut all = vec![apart(WEI, "10000000111"), apart(LI, "10000000222"), apart(QIN, "10000000333")];
    // the winner first, so that the later ones lose and show no patch
    all.sort_by_key(|w| {
        let mut alone = imported();
        take(&mut alone, &w.bytes).unwrap();
        std::cmp::Reverse(alone.file().profile.phone)
    });
    for change in &all {
        let seen = shown(&mut server, &change.bytes);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].0, "profile/phone");
        assert!(seen[0].1.as_ref().unwrap().as_text().unwrap().starts_with("10000000"));
    }
    // put, and put again over it in the same change: both are shown
    let twice = bent(&honest(), |c| {
        let mut op = c.operations[0].clone();
        op.pred = vec![op_id(start_op(), LI)].into();
        op.action = legacy::OpType::Put(ScalarValue::Str("10000000555".into()));
        c.operations.push(op);
    });
    let seen = shown(&mut imported(), &twice);
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[3].1, Some("10000000555".into()));
}

#[test]
fn what_the_judge_refuses_stays_out_and_the_rest_goes_in() {
    let mut li = imported();
    let good = edit(&mut li, LI, &[Edit::new("profile/phone", "10000000002")]);
    let mut wei = imported();
    let bad = edit(&mut wei, WEI, &[Edit::new("profile/base", "ordinary"), Edit::new("place/hamlet", "己屯")]);
    let after_bad = edit(&mut wei, WEI, &[Edit::new("place/hamlet", "庚屯")]);
    let mut no_base = |a: &Attempt<'_>| match a.path {
        [_, fact] if fact == "base" => Err(RefusedWhy::Permit),
        _ => Ok(()),
    };
    let mut server = imported();
    let outcomes = server.admit_many([&bad.bytes, &after_bad.bytes, &good.bytes], None, &mut no_base);
    assert_eq!(outcomes[0].as_ref().unwrap_err().why, RefusedWhy::Permit);
    assert_eq!(outcomes[1].as_ref().unwrap_err().why, Dependency);
    assert!(matches!(outcomes[2], Ok(Admitted::New { .. })));
    assert_eq!(server.digest(), li.digest());
    assert!(server.has(&good.hash) && !server.has(&bad.hash));
}

/// A correction of so many fields with 16 KiB each: the largest that the gate takes.
fn heavy(doc: &mut HouseholdDoc, who: Actor, n: usize) -> Vec<u8> {
    let text = |k: usize| format!("{n}.{k}.{}", "x".repeat(16_000));
    let edits: Vec<Edit> = (0..15).map(|k| Edit::new(&format!("profile/heavy_{k}"), text(k))).collect();
    edit(doc, who, &edits).bytes
}

#[test]
fn a_file_stops_growing_long_before_it_could_not_be_read_and_says_so() {
    let (mut phone, mut server) = (imported(), imported());
    let mut full = None;
    for n in 0..40 {
        let before = server.snapshot();
        let change = match phone.has_room() {
            true => heavy(&mut phone, LI, n),
            false => break,
        };
        match server.admit_new([&change], &mut anything).remove(0) {
            Ok(_) => assert!(server.snapshot().len() <= 512 << 10),
            Err(refused) => {
                assert_eq!(refused.why, RefusedWhy::Full);
                assert_eq!(server.snapshot(), before, "what was refused left nothing");
                full = Some(change);
                break;
            }
        }
    }
    let full = full.expect("the bound is met");
    HouseholdDoc::load(&server.snapshot()).unwrap();
    // Small work still finds its place, and what was accepted elsewhere is taken whatever the file weighs.
    let mut wei = HouseholdDoc::load(&server.snapshot()).unwrap();
    let small = edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000005")]).bytes;
    assert!(server.admit_new([&small], &mut anything).remove(0).is_ok());
    assert!(server.admit_many([&full], None, &mut anything).remove(0).is_ok());
    // The author hears it on the phone, before the next one.
    let said = phone.edit(LI, MAY_16, &[Edit::new("profile/phone", "10000000006")]).unwrap_err();
    assert!(said.words.contains("上限"), "{said}");
}

#[test]
fn good_changes_among_bad_ones_are_all_kept_and_nothing_of_the_bad() {
    let (mut li, mut doc) = (imported(), imported());
    let mut push = Vec::new();
    for n in 0..30 {
        let good = edit(&mut li, LI, &[Edit::new("profile/phone", format!("100000001{n:02}"))]).bytes;
        push.extend([heavy(&mut imported(), QIN, n), good]);
    }
    let room = Weight { bytes: doc.snapshot().len() + 20_000, rows: 10_000 };
    let outcomes = doc.admit_within(room, &push, None, &mut anything);
    assert!(outcomes.iter().step_by(2).all(|o| o.as_ref().is_err_and(|r| r.why == RefusedWhy::Full)));
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 30);
    assert_eq!(doc.digest(), li.digest());
}
