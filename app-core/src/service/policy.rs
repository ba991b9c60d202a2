//! Publishing a pack by two people: propose, publish, withdraw, and what stands. Each step is a signed record
//! (`wire/record/packs.rs`), judged here by the same rules as on the server (`approvals::may_step`); all of it works without
//! signal, and goes up with the next round. What the server then makes of it counts.

use super::App;
use crate::approvals::{Permits, Proposed, Step, StepRefused, Writer, may_step};
use crate::domain::{Area, Person};
use crate::error::{Error, Kind, Result};
use crate::policy::{Files, Pack, difference};
use crate::storage::Tx;
use crate::storage::records::{RecordState, StoredRecord};
use crate::sync::records;
use crate::wire::message::{Hash, PackFiles, PackRef};
use crate::wire::record::Filing;
use crate::wire::record::packs::{
    KINDS, PROPOSED, PUBLISHED, PackProposed, PackPublished, PackRecord, PackWithdrawn, Proposal, SUMMARY_MAX,
    WITHDRAWN, proposals,
};
use crate::wire::record::to_body;

/// Longest reason, characters.
const NOTE_MAX: usize = 1_000;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalState {
    /// on this device only
    Waiting,
    /// another person may publish it
    Open,
    /// in force, or was
    Published,
    Withdrawn,
    /// another pack came in force since it was compared: to be proposed again
    Stale,
    /// the server would not take it
    Refused,
}

/// A proposal, what became of it, and what this device's person may do about it.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    pub proposal: Proposal,
    pub state: ProposalState,
    /// the decision is on this device only
    pub end_waits: bool,
    /// the server's words on why it would not take the proposal, or the latest decision about it
    pub refused: Option<String>,
    /// the pack's files are on this device
    pub files_here: bool,
    pub may_publish: Result<(), StepRefused>,
    pub may_withdraw: Result<(), StepRefused>,
    /// the person here proposed it
    pub mine: bool,
    /// it ended because another person did not agree
    pub declined: bool,
}

/// A pack that was put in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// hash, hex
    pub pack: String,
    pub id: String,
    pub version: String,
    /// milliseconds since 1970, the server's clock
    pub at: i64,
    /// name of who published; empty: the server's operator, without a second person
    pub by: String,
    /// name of who proposed; empty where nobody did
    pub proposed_by: String,
}

/// What stands.
#[derive(Debug, Clone)]
pub struct Proposals {
    pub in_force: Option<PackRef>,
    pub may_propose: Result<(), StepRefused>,
    /// the latest first
    pub lines: Vec<ProposalLine>,
    /// the latest first
    pub published: Vec<Publication>,
}

impl App {
    /// Proposes a pack: signs it against the pack in force and keeps its files until the server has them. The hash of the
    /// proposal.
    ///
    /// # Errors
    /// `form` where the pack is faulty (every fault named), `refused` without the permit, `invalid` without a reason, for
    /// the pack in force itself, or for one with the same version.
    pub fn pack_propose(&self, files: &Files, note: &str) -> Result<Hash> {
        let note = reason(note)?;
        let new = Pack::from_files(files.clone())?;
        new.inspect().or(())?;
        let running = self.pack()?;
        differs(&running, &new)?;
        let all = difference(&running, &new);
        let more = u32::try_from(all.len().saturating_sub(SUMMARY_MAX)).unwrap_or(u32::MAX);
        let summary = all.into_iter().take(SUMMARY_MAX).map(|d| (cut(&d.words), cut(&d.words_en))).collect();
        let (pack, base, manifest) = (new.hash(), running.hash(), new.manifest());
        let made = PackProposed {
            pack: pack.to_vec().into(),
            id: manifest.id.clone(),
            version: manifest.version.clone(),
            base: base.to_vec().into(),
            note,
            summary,
            more,
        };
        self.transact(|tx| {
            let seen = Seen::of(self, tx)?;
            seen.may(Step::Propose, None).map_err(refused)?;
            let sent = PackFiles { files: files.iter().map(|(p, b)| (p.clone(), b.clone().into())).collect() };
            let kept = PackRef { hash: hex::encode(pack), id: made.id.clone(), version: made.version.clone() };
            tx.keep_pack(&kept, &sent, false, self.now().timestamp())?;
            self.sign_step(tx, &seen, PROPOSED, &[&pack, &base], to_body(&made))
        })
    }

    /// Publishes a proposal of another person: in force for everybody once the server has filed it.
    ///
    /// # Errors
    /// `invalid` for an unknown proposal, `refused` as `approvals::may_step` says.
    pub fn pack_publish(&self, proposal: &Hash) -> Result<Hash> {
        self.transact(|tx| {
            let seen = Seen::of(self, tx)?;
            let found = seen.proposal(proposal)?;
            seen.may(Step::Publish, Some(found)).map_err(refused)?;
            let made = &found.made;
            let body = PackPublished {
                proposal: proposal.to_vec().into(),
                pack: made.pack.clone(),
                id: made.id.clone(),
                version: made.version.clone(),
            };
            self.sign_step(tx, &seen, PUBLISHED, &[proposal, &made.pack], to_body(&body))
        })
    }

    /// Takes a proposal back, or turns down another's, with the reason.
    ///
    /// # Errors
    /// As [`App::pack_publish`]; `invalid` without a reason.
    pub fn pack_withdraw(&self, proposal: &Hash, note: &str) -> Result<Hash> {
        let note = reason(note)?;
        self.transact(|tx| {
            let seen = Seen::of(self, tx)?;
            let found = seen.proposal(proposal)?;
            seen.may(Step::Withdraw, Some(found)).map_err(refused)?;
            let body = PackWithdrawn { proposal: proposal.to_vec().into(), note };
            self.sign_step(tx, &seen, WITHDRAWN, &[proposal], to_body(&body))
        })
    }

    /// Every proposal this device knows of, and what was put in force.
    pub fn pack_proposals(&self) -> Result<Proposals> {
        self.read(|tx| {
            let seen = Seen::of(self, tx)?;
            let mut lines = seen.proposals.iter().map(|p| seen.line(tx, p)).collect::<Result<Vec<_>>>()?;
            lines.reverse();
            Ok(Proposals {
                in_force: seen.in_force.clone(),
                may_propose: seen.may(Step::Propose, None),
                lines,
                published: seen.published(),
            })
        })
    }

    /// The one proposal whose hash begins so (hex).
    ///
    /// # Errors
    /// `invalid` where there is none, or several.
    pub fn pack_proposal_named(&self, beginning: &str) -> Result<Hash> {
        let beginning = beginning.trim().to_lowercase();
        let all = self.pack_proposals()?.lines;
        let mut found = all.iter().map(|l| l.proposal.id).filter(|id| hex::encode(id).starts_with(&beginning));
        match (found.next(), found.next()) {
            (Some(one), None) if beginning.len() >= 6 => Ok(one),
            (Some(_), _) => Err(Error::invalid("请写出申请编号的更多位。 Give more digits of the proposal's id.")),
            (None, _) => Err(unknown()),
        }
    }

    /// The files of a proposal's pack, if they are on this device: to look at the difference, or to try it.
    pub fn pack_of_proposal(&self, proposal: &Hash) -> Result<Option<Files>> {
        self.read(|tx| {
            let seen = Seen::of(self, tx)?;
            tx.pack_files(&hex::encode(&seen.proposal(proposal)?.made.pack))
        })
    }

    fn sign_step(&self, tx: &Tx<'_>, seen: &Seen, kind: &str, about: &[&[u8]], body: Option<Vec<u8>>) -> Result<Hash> {
        let at = self.now().timestamp_millis();
        let county = seen.county.as_ref().ok_or_else(|| refused(StepRefused::Scope))?;
        tx.write_record(&records::make(&*self.identity()?, kind, county, at, about, body)?)
    }

    /// Packs of open proposals that a person may publish, and whose files are not here yet; and those kept here for
    /// proposals that have ended.
    pub(super) fn packs_in_question(&self) -> Result<(Vec<PackRef>, Vec<String>)> {
        self.read(|tx| {
            let seen = Seen::of(self, tx)?;
            let open = || seen.proposals.iter().filter(|p| p.end.is_none() && seen.is_fresh(p));
            let publishes = seen.may(Step::Propose, None).is_ok();
            let mut wanted = Vec::new();
            for p in open().filter(|_| publishes) {
                let hash = hex::encode(&p.made.pack);
                if !tx.pack_is_here(&hash)? {
                    wanted.push(PackRef { hash, id: p.made.id.clone(), version: p.made.version.clone() });
                }
            }
            let to_go = tx.packs_to_upload()?;
            let ended = |hash: &String| !to_go.contains(hash) && !open().any(|p| hex::encode(&p.made.pack) == *hash);
            Ok((wanted, tx.packs_kept()?.into_iter().filter(ended).collect()))
        })
    }
}

/// What one transaction sees.
struct Seen {
    person: Person,
    county: Option<Area>,
    permits: Permits,
    in_force: Option<PackRef>,
    stored: Vec<StoredRecord>,
    proposals: Vec<Proposal>,
}

impl Seen {
    fn of(app: &App, tx: &Tx<'_>) -> Result<Self> {
        let person = app.person()?;
        let permits = tx.lens().pack.as_deref().map(|p| permits(p, &person)).unwrap_or_default();
        let stored = tx.records_of(&KINDS)?;
        // What the server would not take ends nothing; a refused proposal is still shown to who made it.
        let counts = |r: &&StoredRecord| r.state != RecordState::Refused || r.record.kind == PROPOSED;
        let proposals = proposals(stored.iter().filter(counts).map(|r| (&r.record, r.filing.as_ref())));
        let county = county(&person);
        Ok(Self { county, permits, in_force: tx.pack_ref()?, stored, proposals, person })
    }

    fn proposal(&self, id: &Hash) -> Result<&Proposal> {
        self.proposals.iter().find(|p| p.id == *id).ok_or_else(unknown)
    }

    fn is_fresh(&self, proposal: &Proposal) -> bool {
        self.in_force.as_ref().is_some_and(|f| f.hash == hex::encode(&proposal.made.base))
    }

    fn may(&self, step: Step, proposal: Option<&Proposal>) -> Result<(), StepRefused> {
        let writer = Writer {
            title: self.person.title,
            person: &self.person.id,
            in_scope: self.county.as_ref().is_some_and(|c| self.person.reaches(c)),
        };
        // What is not filed yet was made here.
        let by = proposal.map(|p| p.filing.as_ref().map_or(self.person.id.as_str(), |f| f.person.as_str()));
        let open = proposal.is_some_and(|p| p.end.is_none() && self.state_of(&p.id) != Some(RecordState::Refused));
        let standing = by.map(|by| Proposed { by, open });
        let fresh = proposal.is_none_or(|p| self.is_fresh(p));
        may_step(&self.permits, step, &writer, standing.as_ref(), fresh)
    }

    fn state_of(&self, record: &Hash) -> Option<RecordState> {
        self.stored.iter().find(|r| r.hash == *record).map(|r| r.state)
    }

    fn line(&self, tx: &Tx<'_>, proposal: &Proposal) -> Result<ProposalLine> {
        let state = match (&proposal.end, self.state_of(&proposal.id)) {
            (_, Some(RecordState::Refused)) => ProposalState::Refused,
            (Some(end), _) if end.published => ProposalState::Published,
            (Some(_), _) => ProposalState::Withdrawn,
            (None, _) if !self.is_fresh(proposal) => ProposalState::Stale,
            (None, Some(RecordState::Pending)) => ProposalState::Waiting,
            (None, _) => ProposalState::Open,
        };
        // What is not filed yet was made here.
        let by = |filing: Option<&Filing>| filing.map_or(self.person.id.clone(), |f| f.person.clone());
        let proposer = by(proposal.filing.as_ref());
        let about =
            |r: &&StoredRecord| r.hash == proposal.id || r.record.about.iter().any(|a| a[..] == proposal.id[..]);
        let mut refused = self.stored.iter().filter(about).filter(|r| r.state == RecordState::Refused);
        Ok(ProposalLine {
            state,
            end_waits: proposal.end.as_ref().is_some_and(|e| e.filing.is_none()),
            refused: refused.next_back().map(|r| r.words.clone()).filter(|_| proposal.end.is_none()),
            files_here: tx.pack_is_here(&hex::encode(&proposal.made.pack))?,
            may_publish: self.may(Step::Publish, Some(proposal)),
            may_withdraw: self.may(Step::Withdraw, Some(proposal)),
            mine: proposer == self.person.id,
            declined: proposal.end.as_ref().is_some_and(|e| !e.published && by(e.filing.as_ref()) != proposer),
            proposal: proposal.clone(),
        })
    }

    fn published(&self) -> Vec<Publication> {
        let filed = self.stored.iter().filter_map(|r| Some((&r.record, r.filing.as_ref()?)));
        let mut all: Vec<Publication> = filed
            .filter_map(|(record, filing)| {
                let PackRecord::Published(b) = PackRecord::read(record)? else { return None };
                let proposal = self.proposals.iter().find(|p| p.id[..] == b.proposal[..]);
                let proposer = proposal.and_then(|p| p.filing.as_ref());
                Some(Publication {
                    pack: hex::encode(&b.pack),
                    id: b.id,
                    version: b.version,
                    at: filing.at,
                    by: filing.name.clone(),
                    proposed_by: proposer.map(|f| f.name.clone()).unwrap_or_default(),
                })
            })
            .collect();
        all.reverse();
        all
    }
}

/// What the pack lets the person's title do.
fn permits(pack: &Pack, person: &Person) -> Permits {
    let rows = pack.permits(person.title).map(|t| (person.title.code(), t.permits.iter().map(String::as_str)));
    Permits::from_rows(rows)
}

/// The county that the person's areas lie in; a person without areas has none, and takes no step.
fn county(person: &Person) -> Option<Area> {
    person.scope.first().and_then(|area| area.as_str().get(..6)).and_then(Area::parse)
}

fn reason(note: &str) -> Result<String> {
    let note = note.trim();
    if note.is_empty() {
        return Err(Error::invalid("请写明理由。 Give the reason."));
    }
    if note.chars().count() > NOTE_MAX {
        return Err(Error::invalid("理由最多1000字。 The reason has at most 1,000 characters."));
    }
    Ok(note.to_owned())
}

fn differs(running: &Pack, new: &Pack) -> Result<()> {
    if running.hash() == new.hash() {
        return Err(Error::invalid("这就是现行的政策包，没有改动。 This is the pack in force: nothing differs."));
    }
    if running.manifest().id == new.manifest().id && running.manifest().version == new.manifest().version {
        return Err(Error::invalid(
            "内容改了，版本号没有改：请在 pack 表（pack.toml）里换一个 version。 The content differs and the version does not: change version on the sheet pack (pack.toml).",
        ));
    }
    Ok(())
}

/// A line that fits into a record.
fn cut(words: &str) -> String {
    const LONGEST: usize = 160;
    let mut out: String = words.chars().take(LONGEST).collect();
    if words.chars().count() > LONGEST {
        out.push('…');
    }
    out
}

fn unknown() -> Error {
    Error::invalid("没有这份发布申请。 There is no such proposal.")
}

fn refused(why: StepRefused) -> Error {
    Error::new(Kind::Refused, why.words()).because(why.code())
}
