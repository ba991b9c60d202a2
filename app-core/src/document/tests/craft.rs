//! Crafted changes: what a hostile device could send.

use automerge::{ActorId, Change, ChangeHash, ExpandedChange, legacy};
use sha2::{Digest, Sha256};

use super::people::*;
use crate::approvals::RefusedWhy;
use crate::document::{Edit, HouseholdDoc};

/// A chunk of a kind around data, its checksum right.
pub(super) fn chunk(kind: u8, data: &[u8]) -> Vec<u8> {
    let mut len = Vec::new();
    uleb(&mut len, data.len() as u64);
    let hash = Sha256::digest([&[kind], len.as_slice(), data].concat());
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &[kind], &len, data].concat()
}

/// A chunk's data.
pub(super) fn data_of(bytes: &[u8]) -> &[u8] {
    let len_bytes = bytes[9..].iter().position(|b| b & 0x80 == 0).unwrap() + 1;
    &bytes[9 + len_bytes..]
}

pub(super) fn uleb(out: &mut Vec<u8>, mut n: u64) {
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        out.push(if n == 0 { byte } else { byte | 0x80 });
        if n == 0 {
            return;
        }
    }
}

pub(super) fn sleb(out: &mut Vec<u8>, mut n: i64) {
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        let done = n == 0 && byte & 0x40 == 0 || n == -1 && byte & 0x40 != 0;
        out.push(if done { byte } else { byte | 0x80 });
        if done {
            return;
        }
    }
}

/// Run-length `n` × `value`.
pub(super) fn run(n: i64, value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    sleb(&mut out, n);
    uleb(&mut out, value);
    out
}

/// A change by 李建国 on the imported file, its columns as given (specification, bytes).
pub(super) fn with_columns(columns: &[(u64, Vec<u8>)]) -> Vec<u8> {
    let mut data = vec![1];
    data.extend(imported().heads()[0]);
    data.push(16);
    data.extend(LI);
    uleb(&mut data, 1);
    uleb(&mut data, start_op());
    sleb(&mut data, MAY_16);
    data.push(0);
    data.push(0);
    uleb(&mut data, columns.len() as u64);
    for (spec, bytes) in columns {
        uleb(&mut data, *spec);
        uleb(&mut data, bytes.len() as u64);
    }
    for (_, bytes) in columns {
        data.extend(bytes);
    }
    chunk(1, &data)
}

/// The first free counter of the imported file.
pub(super) fn start_op() -> u64 {
    let founded = Change::from_bytes(imported().changes()[0].bytes.clone()).unwrap();
    founded.max_op() + 1
}

/// 李建国's honest change: two facts of the profile and one of a member.
pub(super) fn honest() -> Vec<u8> {
    let mut li = imported();
    let edits = [
        Edit::new("profile/phone", "10000000009"),
        Edit::new("profile/relocation_site", "丁安置点"),
        Edit::new("members/bbbbbbbbbbbb/work", "skilled"),
    ];
    edit(&mut li, LI, &edits).bytes
}

/// The change, changed.
pub(super) fn bent(bytes: &[u8], bend: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).unwrap().decode();
    bend(&mut change);
    change.hash = None;
    Change::from(change).raw_bytes().to_vec()
}

pub(super) fn op_id(counter: u64, actor: [u8; 16]) -> legacy::OpId {
    legacy::OpId::new(counter, &ActorId::from(actor))
}

pub(super) fn dep(hash: [u8; 32]) -> ChangeHash {
    ChangeHash(hash)
}

/// The file refuses the bytes for this reason, stays as it was, and can still be saved, loaded, edited.
pub(super) fn refuses(doc: &mut HouseholdDoc, bytes: &[u8], why: RefusedWhy) {
    let before = doc.snapshot();
    assert_eq!(take(doc, bytes).unwrap_err().why, why);
    assert_eq!(doc.snapshot(), before);
    let mut again = HouseholdDoc::load(&before).unwrap();
    for n in 0..2 {
        edit(&mut again, QIN, &[Edit::new("profile/phone", format!("1000000010{n}"))]);
    }
    HouseholdDoc::load(&again.snapshot()).unwrap();
}
