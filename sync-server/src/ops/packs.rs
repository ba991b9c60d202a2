//! The packs kept here, and who proposed, published and withdrew what.

use app_core::wire::record::packs::{KINDS, PackRecord};
use serde::Serialize;

use crate::error::Result;
use crate::intake::records::{read_filing, read_record};
use crate::store::{Reads, Store, read};

/// A pack kept here.
#[derive(Debug, Serialize)]
pub struct PackView {
    /// hex
    pub hash: String,
    /// `pack.toml` id
    pub id: String,
    /// `pack.toml` version
    pub version: String,
    /// seconds since 1970
    pub added_at: i64,
    /// whether it is the one in force
    pub in_force: bool,
}

/// One step of a publication.
#[derive(Debug, Serialize)]
pub struct StepView {
    /// hash of the record, hex
    pub record: String,
    /// `pack-proposed`, `pack-published`, `pack-withdrawn`
    pub kind: String,
    /// milliseconds since 1970, our clock
    pub at: i64,
    /// the person's id; empty: the operator's
    pub user: String,
    /// the person's name; empty: the operator's
    pub name: String,
    /// code of the title held then
    pub title: String,
    /// hash of the pack (hex), of a proposal or a publication
    pub pack: Option<String>,
    /// version of that pack
    pub version: Option<String>,
    /// the proposal that a publication or a withdrawal is about; none where the operator published without one
    pub proposal: Option<String>,
    /// the reason given
    pub note: Option<String>,
}

/// Every pack, the oldest first.
pub fn list(store: &dyn Store) -> Result<Vec<PackView>> {
    read(store, |r| {
        let in_force = super::text(r, super::PACK)?.unwrap_or_default();
        let view = |p: crate::store::rows::PackLine| PackView {
            in_force: p.hash == in_force,
            hash: p.hash,
            id: p.id,
            version: p.version,
            added_at: p.added_at,
        };
        Ok(r.packs()?.into_iter().map(view).collect())
    })
}

/// Every step, the oldest first.
pub fn history(store: &dyn Store) -> Result<Vec<StepView>> {
    read(store, |r| r.records_of(&KINDS)?.iter().map(step).collect())
}

fn step(row: &crate::store::rows::RecordRow) -> Result<StepView> {
    let (record, filing) = (read_record(row)?, read_filing(row)?);
    let named = |hash: &[u8]| (!hash.is_empty()).then(|| hex::encode(hash));
    let (pack, version, proposal, note) = match PackRecord::read(&record) {
        Some(PackRecord::Proposed(b)) => (named(&b.pack), Some(b.version), None, Some(b.note)),
        Some(PackRecord::Published(b)) => (named(&b.pack), Some(b.version), named(&b.proposal), None),
        Some(PackRecord::Withdrawn(b)) => (None, None, named(&b.proposal), Some(b.note)),
        None => (None, None, None, None),
    };
    Ok(StepView {
        record: hex::encode(row.hash),
        kind: record.kind,
        at: filing.at,
        user: filing.person,
        name: filing.name,
        title: filing.title,
        pack,
        version,
        proposal,
        note,
    })
}

/// What is wrong with the records: each is what its author signed, and carries our word.
pub fn check(r: &dyn Reads) -> Result<Vec<String>> {
    let key = app_core::wire::sign::public_key(&crate::keys::signing(r)?.to_bytes());
    let mut wrong = Vec::new();
    let (county, mut from) = ([super::county(r)?], 0);
    // By pages: a store names so many at a time.
    loop {
        let page = r.record_places(&county, from)?;
        let Some((last, _)) = page.last() else { return Ok(wrong) };
        from = *last;
        check_page(r, &page, &key, &mut wrong)?;
    }
}

fn check_page(r: &dyn Reads, page: &[(u64, usize)], key: &[u8], wrong: &mut Vec<String>) -> Result<()> {
    for (seq, _) in page {
        let Some(row) = r.record_at(*seq)? else { continue };
        let (record, filing) = (read_record(&row)?, read_filing(&row)?);
        let same = record.hash() == row.hash && record.kind == row.kind && record.area == row.area;
        if !same || !record.verify() {
            wrong.push(format!("record {}: it is not what was signed", hex::encode(row.hash)));
        }
        if filing.at != row.at || filing.person != row.person || !filing.verify(&row.hash, key) {
            wrong.push(format!("record {}: our word on it does not hold", hex::encode(row.hash)));
        }
    }
    Ok(())
}
