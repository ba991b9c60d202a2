//! Records that devices bring: verified, judged by `approvals`, filed in the one order with our signed word, or refused with
//! the reason (the device keeps what was refused). What we have signed for is never judged again: after a restore any device
//! gives a record back with our word on it. Kinds we do not know are filed for whoever may read in their area.
//!
//! A publication puts its pack in force in the same transaction; what is in force is always the latest one whose files are
//! here ([`put_in_force`]), in whatever order they came back.

use app_core::approvals::{Permit, Permits, StepRefused};
use app_core::domain::Person;
use app_core::wire;
use app_core::wire::record::packs::{KINDS, PackRecord};
use app_core::wire::record::{Carried, Filing, Record, RecordAck, RecordRefusal, STORED_MAX};
use app_core::wire::sign::public_key;
use serde_bytes::ByteBuf;

use super::publications::{Known, judge_step, put_in_force};
use crate::error::{Error, Result};
use crate::ops;
use crate::settings::STEPS_AT_ONCE;
use crate::store::rows::{NewRecord, PersonRow, RecordRow};
use crate::store::{Reads, Writes};

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
pub(super) enum Verdict {
    File(Box<PersonRow>),
    Refuse(StepRefused),
    /// the files of this pack first
    Wait(Vec<u8>),
    /// nothing in this request: the device brings it again with its next
    Later,
}

impl Desk<'_> {
    /// Takes the records of one request, in their order.
    pub fn take(&self, w: &mut dyn Writes, records: &[Carried]) -> Result<Filed> {
        let (mut filed, mut known) = (Filed::default(), Known::default());
        for carried in records {
            self.take_one(w, carried, &mut known, &mut filed)?;
        }
        filed.published |= known.settle(w)?;
        Ok(filed)
    }

    fn take_one(&self, w: &mut dyn Writes, carried: &Carried, known: &mut Known, filed: &mut Filed) -> Result<()> {
        let record = &carried.record;
        let hash = record.hash();
        let ack = |filing| RecordAck { record: ByteBuf::from(hash), filing };
        if let Some(row) = w.record(&hash)? {
            filed.acks.push(ack(read_filing(&row)?));
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
            None => match self.judge(w, record, known, filed)? {
                Verdict::Later => return Ok(()),
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
        known.took(record);
        filed.acks.push(ack(filing));
        Ok(())
    }

    fn judge(&self, w: &mut dyn Writes, record: &Record, known: &mut Known, filed: &mut Filed) -> Result<Verdict> {
        if KINDS.contains(&record.kind.as_str()) {
            known.judged = known.judged.saturating_add(1);
            if known.judged > STEPS_AT_ONCE {
                return Ok(Verdict::Later);
            }
            // What came back in this very request counts.
            filed.published |= known.settle(w)?;
        }
        self.judge_as_it_stands(&*w, record, known)
    }

    fn judge_as_it_stands(&self, r: &dyn Reads, record: &Record, known: &mut Known) -> Result<Verdict> {
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
        judge_step(r, known, &step, author, &county, (self.permits, self.now))
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

/// A stored record.
pub fn read_record(row: &RecordRow) -> Result<Record> {
    Ok(wire::decode(&row.bytes, STORED_MAX)?)
}

/// Our word on a stored record.
pub fn read_filing(row: &RecordRow) -> Result<Filing> {
    Ok(wire::decode(&row.filing, STORED_MAX)?)
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

/// Milliseconds, later than those of any record filed before, and than the restore.
fn next_time(r: &dyn Reads, now: i64) -> Result<i64> {
    let last = r.latest_record()?.max(ops::in_force_since(r)?);
    Ok(now.saturating_mul(1000).max(last.saturating_add(1)).max(ops::restored_by(r)?))
}

/// A kind of a later version: we only keep it and pass it on, and whoever knows it judges it.
fn of_a_later_kind(author: PersonRow, reaches: bool, permits: &Permits) -> Verdict {
    if !reaches {
        return Verdict::Refuse(StepRefused::Scope);
    }
    if !permits.holds(author.person.title, Permit::Read) {
        return Verdict::Refuse(StepRefused::Title);
    }
    Verdict::File(Box::new(author))
}

/// Refuses what nobody could have made.
pub fn too_many() -> Error {
    Error::new(
        crate::error::Why::TooLarge,
        "一次上传的记录过多，没有写入；本机内容都在，请再同步一次。 Too many records in one push; nothing was written, everything here is safe. Sync again.",
    )
}
