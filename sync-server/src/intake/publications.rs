//! Steps of a publication judged against what is filed here, and which pack is in force by it.

use app_core::approvals::{Permits, Proposed, Step, StepRefused, Writer, may_publish, may_step};
use app_core::domain::Area;
use app_core::wire::message::PACK_NAME;
use app_core::wire::record::Record;
use app_core::wire::record::packs::{KINDS, PUBLISHED, PackRecord, Proposal, proposals};

use super::records::{Verdict, read_filing, read_record};
use crate::error::Result;
use crate::ops;
use crate::store::rows::PersonRow;
use crate::store::{Reads, Writes};

/// What one request has read of the proposals that are filed here: once, and again only after it has filed another step.
#[derive(Default)]
pub(super) struct Known {
    proposals: Option<Vec<Proposal>>,
    /// a publication was filed and its pack may have to be put in force
    unsettled: bool,
    /// steps judged in this request
    pub(super) judged: usize,
}

impl Known {
    /// A record has been filed.
    pub(super) fn took(&mut self, record: &Record) {
        if KINDS.contains(&record.kind.as_str()) {
            self.proposals = None;
            self.unsettled |= record.kind == PUBLISHED;
        }
    }

    /// What was filed so far takes effect; whether another pack came in force.
    pub(super) fn settle(&mut self, w: &mut dyn Writes) -> Result<bool> {
        if std::mem::take(&mut self.unsettled) { put_in_force(w) } else { Ok(false) }
    }

    fn proposal(&mut self, r: &dyn Reads, id: &[u8]) -> Result<Option<&Proposal>> {
        let all = match self.proposals.take() {
            Some(all) => all,
            None => filed_proposals(r)?,
        };
        Ok(self.proposals.insert(all).iter().find(|p| p.id[..] == *id))
    }
}

fn filed_proposals(r: &dyn Reads) -> Result<Vec<Proposal>> {
    let mut all = Vec::new();
    for row in r.records_of(&KINDS)? {
        all.push((read_record(&row)?, read_filing(&row)?));
    }
    Ok(proposals(all.iter().map(|(record, filing)| (record, Some(filing)))))
}

/// Judges a step by `approvals::may_step`, as things stand.
pub(super) fn judge_step(
    r: &dyn Reads,
    known: &mut Known,
    step: &PackRecord,
    author: PersonRow,
    county: &Area,
    (permits, now): (&Permits, i64),
) -> Result<Verdict> {
    let person = &author.person;
    let writer = Writer { title: person.title, person: &person.id, in_scope: person.reaches(county) };
    // Before all proposals are read: whoever may not publish costs nothing.
    if let Err(why) = may_publish(permits, &writer) {
        return Ok(Verdict::Refuse(why));
    }
    let in_force = ops::text(r, ops::PACK)?.unwrap_or_default();
    let (kind, about, base) = match step {
        PackRecord::Proposed(b) => (Step::Propose, None, Some(&b.base)),
        PackRecord::Published(b) => {
            let found = known.proposal(r, &b.proposal)?;
            (Step::Publish, found, found.map(|p| &p.made.base))
        }
        PackRecord::Withdrawn(b) => (Step::Withdraw, known.proposal(r, &b.proposal)?, None),
    };
    let by = match about {
        Some(p) => proposer(r, p, &person.id)?,
        None => String::new(),
    };
    let standing = about.map(|p| Proposed { by: &by, open: p.end.is_none() });
    let fresh = base.is_some_and(|b| hex::encode(b) == in_force);
    if let Err(why) = may_step(permits, kind, &writer, standing.as_ref(), fresh) {
        return Ok(Verdict::Refuse(why));
    }
    if let (PackRecord::Published(b), Some(p)) = (step, about) {
        if b.pack != p.made.pack {
            return Ok(Verdict::Refuse(StepRefused::Pack));
        }
        if overtaken(r, p, now)? {
            return Ok(Verdict::Refuse(StepRefused::Restored));
        }
    }
    let Some(pack) = step.pack() else { return Ok(Verdict::File(Box::new(author))) };
    match (r.pack(&hex::encode(pack))?, step) {
        (None, _) => Ok(Verdict::Wait(pack.to_vec())),
        (Some(row), PackRecord::Proposed(b)) if row.id != b.id || row.version != b.version => {
            Ok(Verdict::Refuse(StepRefused::Pack))
        }
        (Some(_), _) => Ok(Verdict::File(Box::new(author))),
    }
}

/// Who proposed: as it was filed, or `person` where the device that signed is that person's now. After a restore somebody may
/// have been added again under another id.
fn proposer(r: &dyn Reads, proposal: &Proposal, person: &str) -> Result<String> {
    if let Some(row) = r.record(&proposal.id)?
        && r.device_by_key(&read_record(&row)?.key)?.is_some_and(|d| d.person == person)
    {
        return Ok(person.to_owned());
    }
    Ok(proposal.filing.as_ref().map(|f| f.person.clone()).unwrap_or_default())
}

/// Whether a restore may have put back what the proposal was compared with: it was filed before that, or a publication since
/// then waits for its files. Either way another pack may have been in force after it.
fn overtaken(r: &dyn Reads, proposal: &Proposal, now: i64) -> Result<bool> {
    if ops::in_recovery(r, now)? && proposal.at < ops::restored_by(r)? {
        return Ok(true);
    }
    let since = ops::in_force_since(r)?;
    for row in r.records_of(&[PUBLISHED])?.into_iter().rev().take_while(|row| row.at > since) {
        if let Some(PackRecord::Published(body)) = PackRecord::read(&read_record(&row)?)
            && r.pack(&hex::encode(&body.pack))?.is_none()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts in force the latest published pack whose files are here, if that is news; whether it is.
pub fn put_in_force(w: &mut dyn Writes) -> Result<bool> {
    let since = ops::in_force_since(&*w)?;
    for row in w.records_of(&[PUBLISHED])?.into_iter().rev().take_while(|r| r.at > since) {
        let Some(PackRecord::Published(body)) = PackRecord::read(&read_record(&row)?) else { continue };
        let hash = hex::encode(&body.pack);
        if w.pack(&hash)?.is_some() {
            w.set(ops::PACK, hash.as_bytes())?;
            w.set(ops::PACK_AT, row.at.to_string().as_bytes())?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a filed record names a pack whose files are not here: whoever has them may bring them.
pub fn is_lacking(r: &dyn Reads, pack: &[u8; 32]) -> Result<bool> {
    Ok(lacking_named(r, &hex::encode(pack))?.is_some())
}

/// The pack whose hash begins so, where a filed record names it and its files are not here: after a restore any device that
/// runs it may be the one that still has them.
pub fn lacking_named(r: &dyn Reads, named: &str) -> Result<Option<Vec<u8>>> {
    if named.len() < PACK_NAME || r.pack(named)?.is_some() {
        return Ok(None);
    }
    for row in r.records_of(&KINDS)? {
        let read = PackRecord::read(&read_record(&row)?);
        if let Some(hash) = read.as_ref().and_then(PackRecord::pack).filter(|h| hex::encode(h).starts_with(named)) {
            return Ok(Some(hash.to_vec()));
        }
    }
    Ok(None)
}
