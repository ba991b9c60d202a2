//! Properties over random histories and random damage. Seeds are fixed, so that a failure can be played again.

use proptest::prelude::*;

use super::craft::{chunk, data_of, honest};
use super::people::*;
use crate::document::{Edit, HouseholdDoc, Scalar};

/// How many mutants a run tries; `RUHU_MUTANTS` raises it for a long one.
pub(super) fn mutants() -> u32 {
    std::env::var("RUHU_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(3000)
}

/// A small generator of its own (xorshift), so that seeds mean the same for ever.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

/// Bytes with one to four random wounds.
pub(super) fn mutate(data: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = data.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(out.len());
        match dice.below(6) {
            0 => out[at] ^= 1 << dice.below(8),
            1 => out[at] = dice.below(256) as u8,
            2 => out[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            3 => out.insert(at, dice.below(256) as u8),
            4 if out.len() > 1 => {
                out.remove(at);
            }
            _ => {
                let (from, len) = (dice.below(out.len()), dice.below(16));
                let piece: Vec<u8> = out.iter().skip(from).take(len).copied().collect();
                out.splice(at..at, piece);
            }
        }
    }
    out
}

#[test]
fn mutated_changes_never_panic_and_never_poison() {
    let mut wei = imported();
    edit(&mut wei, WEI, &[Edit::new("profile/phone", "10000000111")]);
    let mut li = imported();
    edit(&mut li, LI, &[Edit::new("profile/phone", "10000000222")]);
    meet(&mut wei, &mut li);
    let base = HouseholdDoc::load(&li.snapshot()).unwrap();
    let deciding = edit(
        &mut li,
        LI,
        &[
            Edit::new("profile/phone", "10000000333"),
            Edit::new("visits/vvvvvvvvvvvv/collector_id", "p-li"),
            Edit::new("visits/vvvvvvvvvvvv/answers/risks/illness", true),
            Edit::new("members/aaaaaaaaaaaa/employed_months", 7_i64),
        ],
    );
    let mut dice = Dice(20_230_516);
    let (mut in_, mut out) = (0, 0);
    for (seed, start) in [(honest(), imported()), (deciding.bytes, base)] {
        for _ in 0..mutants() {
            let mut server = start.clone();
            match take(&mut server, &chunk(1, &mutate(data_of(&seed), &mut dice))) {
                Ok(_) => {
                    in_ += 1;
                    // what came in can be saved, loaded, read and edited twice more
                    let mut again = HouseholdDoc::load(&server.snapshot()).unwrap();
                    assert_eq!(again.digest(), server.digest());
                    for n in 0..2_i64 {
                        edit(&mut again, QIN, &[Edit::new("profile/remarks", n)]);
                    }
                    HouseholdDoc::load(&again.snapshot()).unwrap();
                }
                Err(_) => {
                    out += 1;
                    assert_eq!(server.heads(), start.heads());
                }
            }
        }
    }
    // The fuzzer reaches both sides: a flipped letter of a value is an honest change.
    assert!(in_ > 0 && out > 0, "{in_} {out}");
}

#[test]
fn random_bytes_are_refused() {
    let mut dice = Dice(7);
    for _ in 0..mutants() {
        let bytes: Vec<u8> = (0..dice.below(300)).map(|_| dice.below(256) as u8).collect();
        assert!(take(&mut imported_once(), &bytes).is_err());
        assert!(take(&mut imported_once(), &chunk(1, &bytes)).is_err());
    }
}

fn imported_once() -> HouseholdDoc {
    thread_local! {
        static DOC: HouseholdDoc = imported();
    }
    DOC.with(Clone::clone)
}

/// One thing somebody does.
#[derive(Debug, Clone)]
enum Deed {
    /// replica, several edits in one change
    Edit(usize, Vec<(usize, usize)>),
    /// replica gets the other's changes from a point on
    Pull(usize, usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (0..3_usize, prop::collection::vec((0..14_usize, 0..4_usize), 1..6)).prop_map(|(r, e)| Deed::Edit(r, e)),
        2 => (0..3_usize, 0..3_usize).prop_map(|(a, b)| Deed::Pull(a, b)),
    ]
}

fn an_edit(replica: usize, path: usize, value: usize) -> Edit {
    let text: Scalar = ["", "一", "二", "三"][value].into();
    match path {
        0 => Edit::new("profile/phone", text),
        1 => Edit::new("profile/allowance/kind", text),
        2 => Edit::new("profile/registered_risks/illness", value.is_multiple_of(2)),
        3 => Edit::new("members/aaaaaaaaaaaa/work", text),
        4 => Edit::new("members/aaaaaaaaaaaa/health/chronic", value.is_multiple_of(2)),
        5 => Edit::new("members/bbbbbbbbbbbb/removed", value > 1),
        6 => Edit::new("measures/m_venture.crops", text),
        7 => Edit::new("leaflets/application/given_on", text),
        8 => Edit::new("place/hamlet", text),
        9 => Edit::new("confirmed/profile.phone", text),
        // ids are fresh: each phone makes its own
        10 => Edit::at(["members", &format!("m{replica}{value}"), "name"], "新人"),
        11 => Edit::at(["visits", &format!("v{replica}{value}"), "collector_id"], format!("p{replica}")),
        12 => Edit::at(["members", "cccccccccccc", "employed_months"], value as i64),
        _ => Edit::new("members/cccccccccccc/more/deep/fact", text),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Three replicas edit and pull in any order; in the end all agree, and the gate took every honest change.
    #[test]
    fn replicas_agree_whatever_the_order(deeds in prop::collection::vec(deed(), 1..30), shuffle in any::<u64>()) {
        const WHO: [[u8; 16]; 3] = [WEI, LI, QIN];
        let mut replicas = [imported(), imported(), imported()];
        for deed in &deeds {
            match deed {
                Deed::Edit(r, edits) => {
                    let edits: Vec<Edit> = edits.iter().map(|(p, v)| an_edit(*r, *p, *v)).collect();
                    let before = replicas[*r].changes().len();
                    let written = replicas[*r].edit(WHO[*r], MAY_16, &edits).unwrap();
                    prop_assert_eq!(replicas[*r].changes().len(), before + usize::from(written.is_some()));
                    for e in &edits {
                        prop_assert!(reads_back(&replicas[*r], &edits, e), "{:?}", e.path);
                    }
                }
                Deed::Pull(a, b) => {
                    let theirs = replicas[*b].changes();
                    for outcome in replicas[*a].admit_many(theirs.iter().map(|c| &c.bytes), None, &mut anything) {
                        prop_assert!(outcome.is_ok());
                    }
                }
            }
        }
        let mut all: Vec<Vec<u8>> = replicas.iter().flat_map(HouseholdDoc::changes).map(|c| c.bytes).collect();
        let mut dice = Dice(shuffle | 1);
        for i in (1..all.len()).rev() {
            all.swap(i, dice.below(i + 1));
        }
        for replica in &mut replicas {
            deliver(replica, &all);
        }
        let mut late = imported();
        deliver(&mut late, &all);
        for replica in &replicas {
            prop_assert_eq!(replica.digest(), late.digest());
            prop_assert_eq!(replica.heads(), late.heads());
            prop_assert_eq!(&replica.file(), &late.file());
            let stored = HouseholdDoc::load(&replica.snapshot()).unwrap();
            prop_assert_eq!(stored.digest(), late.digest());
            prop_assert_eq!(&stored.file(), &late.file());
            prop_assert_eq!(replica.history(&|_| None).len(), late.changes().len());
        }
    }
}

/// Delivers in the given order, again and again, as a network would; what rests on something later waits.
pub(super) fn deliver(replica: &mut HouseholdDoc, changes: &[Vec<u8>]) {
    for _ in 0..=changes.len() {
        let outcomes = replica.admit_many(changes, None, &mut anything);
        if outcomes.iter().all(Result::is_ok) {
            return;
        }
        let waits = |o: &Result<_, crate::document::Refused>| {
            o.as_ref().err().is_none_or(|r| r.why == crate::approvals::RefusedWhy::Dependency)
        };
        assert!(outcomes.iter().all(waits));
    }
    panic!("some change never came in");
}

/// Whether the last edit of this path in the call is what the file shows, without conflict.
fn reads_back(doc: &HouseholdDoc, edits: &[Edit], edit: &Edit) -> bool {
    let last = edits.iter().rev().find(|e| e.path == edit.path).unwrap();
    let steps = doc.history(&|_| None);
    let shown = steps.iter().flat_map(|s| &s.values).filter(|v| v.path == edit.path);
    let never_written = shown.clone().next().is_none();
    let open = doc.conflicts().iter().any(|c| c.path == edit.path);
    !open && (never_written && last.value == "".into() || shown.map(|v| &v.after).any(|v| *v == last.value))
}
