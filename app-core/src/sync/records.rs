//! Records in a round: what goes up, what the server made of it, what came; and packs that are to be there before a record that
//! names them.

use serde_bytes::ByteBuf;

use super::apply::Applied;
use super::enrol::secret;
use super::round::Outgoing;
use crate::domain::Area;
use crate::domain::id;
use crate::error::{Error, Result};
use crate::storage::Tx;
use crate::storage::meta::Identity;
use crate::wire::message::{Hash, SyncAnswer};
use crate::wire::record::packs::{KINDS, PackRecord};
use crate::wire::record::{Carried, RECORDS_MAX, Record};

/// The most bytes of records in one request (but always one).
const BYTES: usize = 192 * 1024;

/// A record of this device, signed.
pub fn make(
    identity: &Identity,
    kind: &str,
    area: &Area,
    at: i64,
    about: &[&[u8]],
    body: Option<Vec<u8>>,
) -> Result<Record> {
    let body =
        body.ok_or_else(|| Error::invalid("记录内容过长，没有保存。 The record is too long; nothing was kept."))?;
    Ok(Record::signed(id::nonce(), kind, area, at, about, body, &*secret(&identity.secret)?))
}

/// What goes up: what was made here, and what a restored server has lost, once it has said what it has.
pub(super) fn outgoing(tx: &Tx<'_>) -> Result<Vec<Carried>> {
    let ready = tx.records_from()?.is_none() && !tx.comparing()?;
    Ok(tx.records_to_push(RECORDS_MAX, BYTES, ready)?.into_iter().map(|(_, carried)| carried).collect())
}

/// Whether a record waits that could go up now.
pub fn waits(tx: &Tx<'_>) -> Result<bool> {
    Ok(!outgoing(tx)?.is_empty())
}

/// Takes in what an answer says of records.
pub(super) fn apply(
    tx: &Tx<'_>,
    identity: &Identity,
    sent: &Outgoing,
    answer: &SyncAnswer,
    applied: &mut Applied,
) -> Result<()> {
    let key = hex::decode(&identity.server_key).unwrap_or_default();
    let mut answered = 0_usize;
    for ack in &answer.filed {
        let hash = hash(&ack.record)?;
        if ack.filing.verify(&hash, &key) && tx.file_record(&hash, &ack.filing)? {
            answered = answered.saturating_add(1);
        }
    }
    for refusal in &answer.unfiled {
        let hash = hash(&refusal.record)?;
        tx.refuse_record(&hash, &refusal.why, &refusal.words)?;
        answered = answered.saturating_add(1);
        let record = sent.request.records.iter().find(|c| c.record.hash() == hash);
        let named = record.and_then(|c| PackRecord::read(&c.record)).and_then(|r| r.pack().map(hex::encode));
        if let Some(pack) = named {
            tx.release_pack(&pack)?;
        }
    }
    // A server of another epoch passes over what comes before it knows what we hold: it is brought again in this round.
    let same = answer.cursor.epoch == sent.request.cursor.epoch;
    applied.records_unanswered = same && answered < sent.request.records.len();
    for carried in &answer.records {
        take(tx, &key, carried, applied)?;
    }
    for pack in &answer.packs_wanted {
        let pack = hex::encode(pack);
        if tx.offer_pack(&pack)? {
            applied.packs_wanted.push(pack);
        }
    }
    tx.set_records_from(answer.records_to)
}

/// A record that is not what its author signed, or that the server has not signed for, is not taken; the round goes on.
fn take(tx: &Tx<'_>, server_key: &[u8], carried: &Carried, applied: &mut Applied) -> Result<()> {
    let hash = carried.record.hash();
    match carried.filing.as_ref().filter(|f| carried.record.verify() && f.verify(&hash, server_key)) {
        Some(filing) => {
            applied.records_down += u32::from(tx.take_record(&hash, &carried.record, filing)?);
            Ok(())
        }
        None => {
            applied.records_spoilt = applied.records_spoilt.saturating_add(1);
            Ok(())
        }
    }
}

/// The server says that a pack's files cannot be used: whatever names them is refused.
pub fn pack_refused(tx: &Tx<'_>, pack: &str, why: &str, words: &str) -> Result<()> {
    for stored in tx.records_of(&KINDS)? {
        let named = PackRecord::read(&stored.record).and_then(|r| r.pack().map(hex::encode));
        if stored.filing.is_none() && named.as_deref() == Some(pack) {
            tx.refuse_record(&stored.hash, why, words)?;
        }
    }
    tx.release_pack(pack)
}

fn hash(bytes: &ByteBuf) -> Result<Hash> {
    bytes.as_slice().try_into().map_err(|_| {
        Error::damaged(
            "服务器的回答有误，未采用；本机内容都在，可以再同步。 The server's answer is damaged and was not used; everything here is safe, sync again.",
        )
    })
}
