//! Records that devices bring: verified, judged by `approvals`, filed in the one order with our signed word, or refused with
//! the reason (the device keeps what was refused). What we have signed for is never judged again: after a restore any device
//! gives a record back with our word on it. Kinds we do not know are filed for whoever may read in their area.
//!
//! A publication puts its pack in force in the same transaction; what is in force is always the latest one whose files are
//! here ([`put_in_force`]), in whatever order they came back.

use app_core::approvals::{Permit, Permits, Proposed, Step, StepRefused, Writer, may_publish, may_step};
use app_core::domain::{Area, Person};
use app_core::wire;
use app_core::wire::message::PACK_NAME;
use app_core::wire::record::packs::{KINDS, PUBLISHED, PackRecord, Proposal, proposals};
use app_core::wire::record::{Carried, Filing, Record, RecordAck, RecordRefusal};
use app_core::wire::sign::public_key;
use serde_bytes::ByteBuf;

use crate::error::{Error, Result};
use crate::ops;
use crate::store::rows::{NewRecord, PersonRow, RecordRow};
use crate::store::{Reads, Writes};

/// The most bytes a stored record may unfold to.
const RECORD_LIMIT: usize = 256 << 10;

/// About what our word on a record takes.
const WORD: u64 = 512;

/// To how many devices a record goes, about.
const READERS: u64 = 16;

/// What became of the records of a request.
#[derive(Debug, Default)]
pub struct Filed {
    /// those that are filed, now or before
    pub acks: Vec<RecordAck>,
    /// those that are not
    pub refused: Vec<RecordRefusal>,
    /// packs that a record names and whose files are not here (hashes)
    pub wanted: Vec<ByteBuf>,
    /// bytes that are new here, what we have signed for before apart
    pub bytes: u64,
    /// another pack came in force
    pub published: bool,
}

/// What judges and files.
pub struct Desk<'a> {
    /// what each title may do
    pub permits: &'a Permits,
    /// our secret key
    pub sign: &'a [u8; 32],
    /// now, seconds
    pub now: i64,
    /// the device that brings them
    pub device: &'a str,
    /// its person, with the areas in which its work is still taken
    pub wide: &'a Person,
}

/// What is to be done with a record.
enum Verdict {
    File(Box<PersonRow>),
    Refuse(StepRefused),
    /// the files of this pack first
    Wait(Vec<u8>),
}

impl Desk<'_> {
    /// Takes the records of one request, in their order.
    pub fn take(&self, w: &mut dyn Writes, records: &[Carried]) -> Result<Filed> {
        let mut filed = Filed::default();
        for carried in records {
            self.take_one(w, carried, &mut filed)?;
        }
        Ok(filed)
    }

    fn take_one(&self, w: &mut dyn Writes, carried: &Carried, filed: &mut Filed) -> Result<()> {
        let record = &carried.record;
        let hash = record.hash();
        let ack = |filing| RecordAck { record: ByteBuf::from(hash), filing };
        if let Some(known) = w.record(&hash)? {
            filed.acks.push(ack(read_filing(&known)?));
            return Ok(());
        }
        let refuse = |why: StepRefused| RecordRefusal {
            record: ByteBuf::from(hash),
            why: why.code().to_owned(),
            words: why.words().to_owned(),
        };
        if !record.verify() {
            filed.refused.push(refuse(StepRefused::Signature));
            return Ok(());
        }
        let ours = carried.filing.as_ref().filter(|f| f.verify(&hash, &public_key(self.sign)));
        let filing = match ours {
            Some(word) => word.clone(),
            None => match self.judge(&*w, record)? {
                Verdict::File(author) => {
                    filed.bytes = filed.bytes.saturating_add(weight(record));
                    self.word(&*w, &hash, &author)?
                }
                Verdict::Refuse(why) => {
                    filed.refused.push(refuse(why));
                    return Ok(());
                }
                Verdict::Wait(pack) => {
                    filed.wanted.push(ByteBuf::from(pack));
                    return Ok(());
                }
            },
        };
        file(w, record, &filing, self.now)?;
        if let Some(pack) = PackRecord::read(record).as_ref().and_then(PackRecord::pack)
            && w.pack(&hex::encode(pack))?.is_none()
        {
            filed.wanted.push(ByteBuf::from(pack));
        }
        if record.kind == PUBLISHED {
            filed.published |= put_in_force(w)?;
        }
        filed.acks.push(ack(filing));
        Ok(())
    }

    fn judge(&self, r: &dyn Reads, record: &Record) -> Result<Verdict> {
        let Some(device) = r.device_by_key(&record.key)?.filter(|d| d.revoked_at.is_none()) else {
            return Ok(Verdict::Refuse(StepRefused::Author));
        };
        let Some(author) = r.person(&device.person)? else { return Ok(Verdict::Refuse(StepRefused::Author)) };
        let county = ops::county(r)?;
        let Some(area) = record.area().filter(|a| county.contains(a)) else {
            return Ok(Verdict::Refuse(StepRefused::Scope));
        };
        if !KINDS.contains(&record.kind.as_str()) {
            let reaches = author.person.reaches(&area) || device.id == self.device && self.wide.reaches(&area);
            return Ok(of_a_later_kind(author, reaches, self.permits));
        }
        let Some(step) = PackRecord::read(record) else { return Ok(Verdict::Refuse(StepRefused::Malformed)) };
        if area != county {
            return Ok(Verdict::Refuse(StepRefused::Scope));
        }
        judge_step(r, &step, author, &county, self.permits)
    }

    /// Our word on a record that we file now.
    fn word(&self, r: &dyn Reads, hash: &[u8; 32], author: &PersonRow) -> Result<Filing> {
        let person = &author.person;
        let mut filing = Filing {
            at: next_time(r, self.now)?,
            person: person.id.clone(),
            name: person.name.clone(),
            title: person.title.code().to_owned(),
            sig: ByteBuf::new(),
        };
        filing.sign(hash, self.sign);
        Ok(filing)
    }
}

/// The operator puts a pack in force without a second person: recorded all the same, signed by the server itself.
pub fn file_as_operator(w: &mut dyn Writes, record: &Record, sign: &[u8; 32], now: i64) -> Result<()> {
    let empty = String::new;
    let mut filing =
        Filing { at: next_time(&*w, now)?, person: empty(), name: empty(), title: empty(), sig: ByteBuf::new() };
    filing.sign(&record.hash(), sign);
    file(w, record, &filing, now)?;
    put_in_force(w)?;
    Ok(())
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

/// A stored record.
pub fn read_record(row: &RecordRow) -> Result<Record> {
    Ok(wire::decode(&row.bytes, RECORD_LIMIT)?)
}

/// Our word on a stored record.
pub fn read_filing(row: &RecordRow) -> Result<Filing> {
    Ok(wire::decode(&row.filing, RECORD_LIMIT)?)
}

/// The proposals that are filed here, and what became of them.
pub fn filed_proposals(r: &dyn Reads) -> Result<Vec<Proposal>> {
    let mut all = Vec::new();
    for row in r.records_of(&KINDS)? {
        all.push((read_record(&row)?, read_filing(&row)?));
    }
    Ok(proposals(all.iter().map(|(record, filing)| (record, Some(filing)))))
}

fn file(w: &mut dyn Writes, record: &Record, filing: &Filing, now: i64) -> Result<()> {
    w.file_record(&NewRecord {
        hash: &record.hash(),
        kind: &record.kind,
        area: &record.area,
        at: filing.at,
        person: &filing.person,
        bytes: &wire::encode(record)?,
        filing: &wire::encode(filing)?,
        now,
    })?;
    Ok(())
}

/// What a record counts of its device's day: its bytes as they unfold and our word on it, as often as a village has colleagues
/// to whom it goes.
fn weight(record: &Record) -> u64 {
    let about: usize = record.about.iter().map(|a| a.len()).sum();
    let bytes = [about, record.body.len(), record.kind.len(), record.area.len()].into_iter().sum::<usize>();
    u64::try_from(bytes).unwrap_or(u64::MAX).saturating_add(WORD).saturating_mul(READERS)
}

/// Milliseconds, later than those of any record filed before.
fn next_time(r: &dyn Reads, now: i64) -> Result<i64> {
    let last = r.latest_record()?.max(ops::in_force_since(r)?);
    Ok(now.saturating_mul(1000).max(last.saturating_add(1)))
}

/// A kind of a later version: we only keep it and pass it on, and whoever knows it judges it.
fn of_a_later_kind(author: PersonRow, reaches: bool, permits: &Permits) -> Verdict {
    if !reaches {
        return Verdict::Refuse(StepRefused::Scope);
    }
    if !permits.holds(author.person.title, Permit::Read) {
        return Verdict::Refuse(StepRefused::Permit);
    }
    Verdict::File(Box::new(author))
}

fn judge_step(
    r: &dyn Reads,
    step: &PackRecord,
    author: PersonRow,
    county: &Area,
    permits: &Permits,
) -> Result<Verdict> {
    let person = &author.person;
    let writer = Writer { title: person.title, person: &person.id, in_scope: person.reaches(county) };
    // Before all proposals are read: whoever may not publish costs nothing.
    if let Err(why) = may_publish(permits, &writer) {
        return Ok(Verdict::Refuse(why));
    }
    let in_force = ops::text(r, ops::PACK)?.unwrap_or_default();
    let all = filed_proposals(r)?;
    let proposal = |id: &[u8]| all.iter().find(|p| p.id[..] == *id);
    let (kind, about, base) = match step {
        PackRecord::Proposed(b) => (Step::Propose, None, Some(&b.base)),
        PackRecord::Published(b) => {
            let found = proposal(&b.proposal);
            (Step::Publish, found, found.map(|p| &p.made.base))
        }
        PackRecord::Withdrawn(b) => (Step::Withdraw, proposal(&b.proposal), None),
    };
    let standing = about.map(|p| Proposed {
        by: p.filing.as_ref().map(|f| f.person.as_str()).unwrap_or_default(),
        open: p.end.is_none(),
    });
    let fresh = base.is_some_and(|b| hex::encode(b) == in_force);
    if let Err(why) = may_step(permits, kind, &writer, standing.as_ref(), fresh) {
        return Ok(Verdict::Refuse(why));
    }
    if let (PackRecord::Published(b), Some(p)) = (step, about)
        && b.pack != p.made.pack
    {
        return Ok(Verdict::Refuse(StepRefused::Pack));
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

/// Refuses what nobody could have made.
pub fn too_many() -> Error {
    Error::new(
        crate::error::Why::TooLarge,
        "一次上传的记录过多，没有写入；本机内容都在，请再同步一次。 Too many records in one push; nothing was written, everything here is safe. Sync again.",
    )
}
