//! A round with the server: push and pull until both ends hold the same, then the pack if it changed.

use std::sync::PoisonError;

use super::App;
use crate::error::{Error, Kind, Result};
use crate::policy::Pack;
use crate::storage::Changes;
use crate::storage::meta::Identity;
use crate::storage::round::Round;
use crate::sync::apply::{Applied, apply};
use crate::sync::enrol;
use crate::sync::progress::{Phase, Standing};
use crate::sync::records;
use crate::sync::round::{Outgoing, SoFar, collect};
use crate::sync::transport::{Address, Link};
use crate::wire::lean::Own;

/// Requests after which a round is given up: something is asking in circles. A county's first sync takes a few hundred.
const MOST_REQUESTS: u32 = 5_000;

/// What a round cost and brought.
#[derive(Debug, Clone, Default)]
pub struct RoundReport {
    pub round: Round,
    pub acked: u32,
    pub refused: u32,
    /// records that came and were not taken, because a signature did not hold
    pub records_spoilt: u32,
    pub changes: Changes,
}

impl App {
    /// How long work with the server stands: a round, an enrolment. Never waits for the database; needs no PIN.
    pub fn progress(&self) -> Standing {
        self.progress.look()
    }

    /// Asks a round under way to stop before its next request; whether there was one. What it brought stays, and the next
    /// round goes on from there.
    pub fn stop_sync(&self) -> bool {
        self.progress.stop()
    }

    /// One whole round. When it fails, what it brought until then stays, and the reason is kept for the sync page. Asked
    /// to stop ([`App::stop_sync`]), it fails with [`Kind::Stopped`].
    pub fn sync(&self) -> Result<RoundReport> {
        let _one_at_a_time = self.rounds.lock().unwrap_or_else(PoisonError::into_inner);
        let _working = self.progress.begin(Phase::Exchanging);
        let identity = self.identity()?;
        self.progress.waits(self.read(|tx| tx.pending_count(None))?);
        let mut report =
            RoundReport { round: Round { at: self.now().timestamp(), ..Round::default() }, ..RoundReport::default() };
        let address = Address {
            server: identity.server.clone(),
            fingerprint: identity.fingerprint.clone(),
            insecure: identity.insecure,
        };
        let outcome = (self.setup.connect)(&address).and_then(|transport| {
            let link = Link::new(transport.as_ref(), Some(&identity.token), &self.progress);
            let first = self.exchange(&link, &mut report);
            if first.is_ok() || !link.is_stranger() {
                return first;
            }
            // A restored server does not know us: let in again on its own letter, the round begins anew.
            let Some(token) = self.let_in_again(&link, &identity)? else { return first };
            self.exchange(&Link::new(transport.as_ref(), Some(&token), &self.progress), &mut report)
        });
        report.round.ok = outcome.is_ok();
        report.round.words = outcome.as_ref().err().map(|e| e.words.clone()).unwrap_or_default();
        self.transact(|tx| {
            tx.write_round(&report.round)?;
            match (&outcome, tx.unread()?.len()) {
                (Err(e), _) => tx.set_trouble(Some(&e.words)),
                (Ok(()), 0) if report.records_spoilt > 0 => tx.set_trouble(Some(&spoilt(report.records_spoilt))),
                (Ok(()), 0) => tx.set_trouble(None),
                (Ok(()), n) => tx.set_trouble(Some(&unread(n))),
            }
        })?;
        self.look_again()?;
        self.look_at_parcels()?;
        outcome.map(|()| report)
    }

    fn exchange(&self, link: &Link<'_>, report: &mut RoundReport) -> Result<()> {
        // The pack first where it is known to be missing, so that a first round is projected once, with it. Where it does not
        // come, a device that has worked with another goes on with that one: what was filled in goes up all the same.
        let first = match self.fetch_pack(link, report) {
            Err(e) if self.pack().is_err() => Err(e),
            _ => Ok(()),
        };
        let outcome = first
            .and_then(|()| self.bring_envelopes(link))
            .and_then(|()| self.rounds(link, report))
            .and_then(|()| self.fetch_pack(link, report))
            .and_then(|()| self.fetch_wanted(link))
            .and_then(|()| self.fetch_proposed(link));
        let (up, down, trips) = link.counted();
        report.round.bytes_up = report.round.bytes_up.saturating_add(up);
        report.round.bytes_down = report.round.bytes_down.saturating_add(down);
        report.round.round_trips = report.round.round_trips.saturating_add(trips);
        outcome
    }

    /// The new token; `None` where there is no letter to show.
    fn let_in_again(&self, link: &Link<'_>, identity: &Identity) -> Result<Option<String>> {
        let (letter, actors) = self.read(|tx| Ok((tx.letter()?, tx.own_actors_whole()?)))?;
        let (Some(letter), Some(first)) = (letter, actors.first()) else { return Ok(None) };
        // Its letter stays the one of before, which says more than the backup knows.
        let identity = enrol::ask_again(link, identity, letter, first.nonce)?;
        self.transact(|tx| tx.set_identity(&identity))?;
        Ok(Some(identity.token))
    }

    fn rounds(&self, link: &Link<'_>, report: &mut RoundReport) -> Result<()> {
        let identity = self.identity()?;
        let (mut so_far, mut unbrought) = (SoFar::default(), None);
        self.progress.enters(Phase::Exchanging);
        for _ in 0..MOST_REQUESTS {
            unbrought = self.bring_packs(link, &mut so_far)?.or(unbrought);
            let sent = self.read(|tx| collect(tx, &identity, &so_far))?;
            let answer = link.sync(&sent.request, &Own { actor: sent.actor, words: &sent.words })?;
            let now = self.now().timestamp();
            let ((applied, more), changes) = self.transact_noting(|tx| {
                let applied = apply(tx, &identity, &sent, &answer, now)?;
                so_far.unanswered.extend(&applied.unanswered);
                // A file found unreadable now is asked for once more in this round, not for ever.
                so_far.asked = !sent.request.want.is_empty() || so_far.asked;
                // A pack that the server asks for is brought once in a round; a record it says nothing of waits for the next.
                let before = so_far.offered.len();
                so_far.offered.extend(applied.packs_wanted.iter().cloned());
                let wanted = so_far.offered.len() > before;
                so_far.records_wait |= applied.records_unanswered && !wanted;
                let records = wanted || !so_far.records_wait && records::waits(tx)?;
                Ok((applied, records || !tx.pending(1, 0, &so_far.unanswered)?.is_empty()))
            })?;
            self.progress.kept(applied.households_new, applied.changes_down, applied.acked);
            report.add(&sent, &applied, changes);
            if !applied.again && !more {
                return unbrought.map_or(Ok(()), Err);
            }
        }
        Err(Error::new(
            Kind::Offline,
            "同步没有收敛，已停止；本机内容都在，请稍后再试。 The round did not come to an end and was stopped; everything here is safe, try later.",
        ))
    }

    /// Brings the files of packs that a record names, before the record goes up. Where that fails the round goes on without
    /// records; the error is what the round ends with.
    fn bring_packs(&self, link: &Link<'_>, so_far: &mut SoFar) -> Result<Option<Error>> {
        if so_far.records_wait {
            return Ok(None);
        }
        for hash in self.read(|tx| tx.packs_to_upload())? {
            let files = self.read(|tx| tx.pack_as_sent(&hash))?;
            match link.bring_pack(&files) {
                Ok(Ok(())) => self.transact(|tx| tx.pack_uploaded(&hash))?,
                Ok(Err(no)) => self.transact(|tx| records::pack_refused(tx, &hash, &no.why, &no.words))?,
                Err(e) => {
                    so_far.records_wait = true;
                    return Ok(Some(e));
                }
            }
        }
        Ok(None)
    }

    /// Fetches the packs of proposals that this person may publish, to look at before; lets those go that nobody asks for
    /// any more.
    fn fetch_proposed(&self, link: &Link<'_>) -> Result<()> {
        let (wanted, ended) = self.packs_in_question()?;
        for pack in wanted {
            let files = match link.pack(&pack.hash) {
                Ok(files) => files,
                // A restored server has not got it back yet.
                Err(e) if e.kind == Kind::Refused => continue,
                Err(e) => return Err(e),
            };
            let read = Pack::from_files(files.files.iter().map(|(p, b)| (p.clone(), b.to_vec())).collect());
            if read.is_ok_and(|p| hex::encode(p.hash()) == pack.hash) {
                let at = self.now().timestamp();
                self.transact(|tx| tx.keep_pack(&pack, &files, true, at))?;
            }
        }
        if ended.is_empty() {
            return Ok(());
        }
        self.transact(|tx| ended.iter().try_for_each(|hash| tx.release_pack(hash)))
    }

    /// Fetches the pack in force if its files are not here, and makes the projection again with it.
    fn fetch_pack(&self, link: &Link<'_>, report: &mut RoundReport) -> Result<()> {
        let (wanted, held) = self.read(|tx| Ok((tx.pack_ref()?, tx.pack_held()?)))?;
        if let Some(wanted) = wanted.filter(|w| held.as_deref() != Some(w.hash.as_str())) {
            self.progress.enters(Phase::Pack);
            let files = link.pack(&wanted.hash)?;
            let pack = Pack::from_files(files.files.iter().map(|(p, b)| (p.clone(), b.to_vec())).collect())?;
            if hex::encode(pack.hash()) != wanted.hash {
                return Err(not_the_pack());
            }
            let at = self.now().timestamp();
            let ((), changes) = self.transact_noting(|tx| tx.write_pack(&wanted, &files, at))?;
            report.changes.join(changes);
        }
        if let Some(held) = self.read(|tx| tx.pack_held())?
            && self.read(|tx| tx.pack_used())?.as_deref() != Some(held.as_str())
        {
            self.transact(|tx| tx.set_pack_used(&held))?;
        }
        // The lens of a transaction is the pack in force: look again before projecting with it.
        self.look_again()?;
        self.freshen()
    }

    /// Makes the projection again if it was made with another pack or by an older edition.
    pub(crate) fn freshen(&self) -> Result<()> {
        if self.read(|tx| tx.is_current())? {
            return Ok(());
        }
        self.progress.files();
        self.transact(|tx| tx.refresh()).map(|_| ())
    }
}

/// What came under a pack's hash is something else.
pub(super) fn not_the_pack() -> Error {
    Error::damaged(
        "收到的政策包不完整，未采用；请再同步一次。 The pack that came is not the one announced and was not used: sync again.",
    )
}

fn unread(files: usize) -> String {
    format!(
        "有 {files} 户的档案读不出，其余已同步；每次同步会重新取，若一直如此请告知管理员。 {files} household file(s) could not be read; everything else was synced. They are fetched again with every sync; if this stays, tell the administrator."
    )
}

fn spoilt(records: u32) -> String {
    format!(
        "有 {records} 条记录签名不符，没有采用，其余已同步；请告知管理员检查服务器。 {records} record(s) did not carry a good signature and were not used; everything else was synced. Tell the administrator to check the server."
    )
}

impl RoundReport {
    fn add(&mut self, sent: &Outgoing, applied: &Applied, changes: Changes) {
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.round.changes_up = self.round.changes_up.saturating_add(size(sent.pushed.len()));
        self.round.changes_down = self.round.changes_down.saturating_add(applied.changes_down);
        self.round.households_new = self.round.households_new.saturating_add(applied.households_new);
        self.round.households_forgotten = self.round.households_forgotten.saturating_add(applied.households_forgotten);
        self.acked = self.acked.saturating_add(applied.acked);
        self.refused = self.refused.saturating_add(applied.refused);
        self.records_spoilt = self.records_spoilt.saturating_add(applied.records_spoilt);
        self.changes.join(changes);
    }
}
