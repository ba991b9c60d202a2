//! Chunks: how automerge frames a change or a file. Their hash is the change's name, and what is signed.

use sha2::{Digest, Sha256};

use super::message::Hash;

pub(super) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// Kinds of chunks; deflated changes (2) and bundles (3) have no use here and no limit in automerge.
pub(crate) const DOCUMENT: u8 = 0;
pub(crate) const CHANGE: u8 = 1;

/// A chunk whose checksum holds and which fills its bytes exactly.
pub(crate) struct Chunk<'a> {
    pub(crate) kind: u8,
    pub(crate) hash: Hash,
    pub(crate) data: &'a [u8],
}

/// Reads the header and proves the checksum (automerge does not, for changes).
pub(crate) fn chunk(bytes: &[u8]) -> Option<Chunk<'_>> {
    let mut r = Reader(bytes);
    if r.take(4)? != MAGIC {
        return None;
    }
    let checksum = r.take(4)?;
    let kind = *r.take(1)?.first()?;
    let len = r.uleb()?;
    let data = r.0;
    if u64::try_from(data.len()).ok()? != len {
        return None;
    }
    let hash = hash_of(kind, &[data]);
    (hash.get(..4)? == checksum).then_some(Chunk { kind, hash, data })
}

/// The hash of a plain change chunk, if header and checksum hold. Nothing else is looked at.
pub fn change_hash(bytes: &[u8]) -> Option<Hash> {
    chunk(bytes).filter(|c| c.kind == CHANGE).map(|c| c.hash)
}

/// What a plain change chunk says it rests on, if header and checksum hold.
pub fn change_deps(bytes: &[u8]) -> Option<Vec<Hash>> {
    let mut r = Reader(chunk(bytes).filter(|c| c.kind == CHANGE)?.data);
    hash_list(&mut r)
}

/// Under which actor a plain change chunk says it was written, if header and checksum hold.
pub fn change_author(bytes: &[u8]) -> Option<[u8; 16]> {
    let mut r = Reader(chunk(bytes).filter(|c| c.kind == CHANGE)?.data);
    hash_list(&mut r)?;
    if r.uleb()? != 16 {
        return None;
    }
    r.take(16)?.try_into().ok()
}

/// The heads that a whole file names, if header and checksum hold.
pub fn document_heads(bytes: &[u8]) -> Option<Vec<Hash>> {
    let mut r = Reader(chunk(bytes).filter(|c| c.kind == DOCUMENT)?.data);
    for _ in 0..r.uleb()? {
        let len = r.uleb()?;
        r.take(usize::try_from(len).ok()?)?;
    }
    let mut heads = hash_list(&mut r)?;
    heads.sort_unstable();
    Some(heads)
}

fn hash_list(r: &mut Reader<'_>) -> Option<Vec<Hash>> {
    let count = r.uleb()?;
    let mut hashes = Vec::new();
    for _ in 0..count {
        hashes.push(r.take(32)?.try_into().ok()?);
    }
    Some(hashes)
}

/// SHA-256 over kind, length and data (given in pieces).
pub(super) fn hash_of(kind: u8, data: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([kind]);
    hasher.update(uleb(data.iter().map(|d| d.len() as u64).sum()));
    for piece in data {
        hasher.update(piece);
    }
    hasher.finalize().into()
}

/// A chunk around data given in pieces.
pub(super) fn assembled(kind: u8, hash: &Hash, data: &[&[u8]]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend(hash.iter().take(4));
    out.push(kind);
    out.extend(uleb(data.iter().map(|d| d.len() as u64).sum()));
    for piece in data {
        out.extend_from_slice(piece);
    }
    out
}

pub(super) fn uleb(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// A cursor over bytes; every read is checked.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    pub(crate) fn uleb(&mut self) -> Option<u64> {
        let mut out = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            out |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(out);
            }
        }
        None
    }

    pub(crate) fn sleb(&mut self) -> Option<i64> {
        let mut out = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            out |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let used = shift + 7;
                if used < 64 && byte & 0x40 != 0 {
                    out |= -1_i64 << used;
                }
                return Some(out);
            }
        }
        None
    }
}
