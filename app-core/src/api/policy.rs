//! `policy.proposals`, `policy.propose`, `policy.publish`, `policy.withdraw`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::lists::moment;
use super::say::Say;
use super::views::{
    Nothing, PackView, ProposalStateView, ProposalView, ProposalsView, ProposeRequest, PublicationView, PublishRequest,
    WithdrawRequest,
};
use super::words::Word;
use crate::approvals::StepRefused;
use crate::domain::Title;
use crate::error::{Error, Result};
use crate::policy::Files;
use crate::service::App;
use crate::service::policy::{ProposalLine, ProposalState, Publication};

pub(super) fn proposals(app: &App, _: Nothing) -> Result<ProposalsView> {
    let all = app.pack_proposals()?;
    super::with_say(app, |say| {
        Ok(ProposalsView {
            in_force: all.in_force.as_ref().map(|p| pack(&p.hash, &p.id, &p.version)),
            may_propose: all.may_propose.is_ok(),
            may_not_propose: why_not(all.may_propose, say),
            proposals: all.lines.iter().map(|l| line(l, say)).collect(),
            published: all.published.iter().map(publication).collect(),
        })
    })
}

pub(super) fn propose(app: &App, ask: ProposeRequest) -> Result<ProposalsView> {
    let files = match (ask.pack, ask.files) {
        (Some(hash), None) => app.read(|tx| tx.pack_files(&hash))?.ok_or_else(not_here)?,
        (None, Some(files)) => decoded(files)?,
        // What was uploaded for trying.
        (None, None) => app.read(|tx| tx.candidate())?.and_then(|kept| kept.files).ok_or_else(nothing_tried)?,
        (Some(_), Some(_)) => return Err(Error::invalid("请给出政策包。 Give the pack.")),
    };
    app.pack_propose(&files, &ask.note)?;
    proposals(app, Nothing {})
}

pub(super) fn publish(app: &App, ask: PublishRequest) -> Result<ProposalsView> {
    app.pack_publish(&app.pack_proposal_named(&ask.proposal)?)?;
    proposals(app, Nothing {})
}

pub(super) fn withdraw(app: &App, ask: WithdrawRequest) -> Result<ProposalsView> {
    app.pack_withdraw(&app.pack_proposal_named(&ask.proposal)?, &ask.note)?;
    proposals(app, Nothing {})
}

fn decoded(files: std::collections::BTreeMap<String, String>) -> Result<Files> {
    let one = |(path, text): (String, String)| {
        let bytes = STANDARD
            .decode(text)
            .map_err(|e| Error::invalid("文件内容没有传完整。 The files did not come whole.").because(e.to_string()))?;
        Ok((path, bytes))
    };
    files.into_iter().map(one).collect()
}

fn nothing_tried() -> Error {
    Error::invalid("请先上传没有错误的表单或政策包。 Upload a form or a pack without faults first.")
}

fn not_here() -> Error {
    Error::invalid("本机没有这个政策包的文件。 The files of this pack are not on this device.")
}

fn pack(hash: &str, id: &str, version: &str) -> PackView {
    PackView { hash: hash.to_owned(), id: id.to_owned(), version: version.to_owned() }
}

fn why_not(may: Result<(), StepRefused>, say: &Say<'_>) -> Option<String> {
    may.err().map(|why| say.lang.half(why.words()).to_owned())
}

fn milliseconds(at: i64) -> String {
    moment(at.div_euclid(1000))
}

fn line(l: &ProposalLine, say: &Say<'_>) -> ProposalView {
    let (p, made) = (&l.proposal, &l.proposal.made);
    let (state, words) = state(l);
    let title = p.filing.as_ref().and_then(|f| Title::parse(&f.title));
    let label = title.and_then(|t| say.pack.and_then(|pack| pack.permits(t)));
    let end = p.end.as_ref();
    ProposalView {
        id: hex::encode(p.id),
        pack: pack(&hex::encode(&made.pack), &made.id, &made.version),
        base: hex::encode(&made.base),
        note: made.note.clone(),
        summary: made.summary.iter().map(|(zh, en)| say.lang.pick(zh, en).clone()).collect(),
        more: made.more,
        proposed_by: p.filing.as_ref().map(|f| f.name.clone()).unwrap_or_default(),
        proposed_by_title: label.map(|t| say.lang.pick(&t.label, &t.label_en).clone()).unwrap_or_default(),
        proposed_at: milliseconds(p.at),
        state,
        state_words: say.word(words),
        decided_by: end.and_then(|e| e.filing.as_ref()).map(|f| f.name.clone()).unwrap_or_default(),
        decided_at: end.map(|e| milliseconds(e.at)),
        decided_note: end.map(|e| e.note.clone()).unwrap_or_default(),
        decision_waits: l.end_waits,
        refused: l.refused.as_deref().map(|w| say.lang.half(w).to_owned()),
        files_here: l.files_here,
        may_publish: l.may_publish.is_ok(),
        may_not_publish: why_not(l.may_publish, say),
        may_withdraw: l.may_withdraw.is_ok(),
        mine: l.mine,
    }
}

fn state(line: &ProposalLine) -> (ProposalStateView, Word) {
    match line.state {
        ProposalState::Withdrawn if line.declined => (ProposalStateView::Withdrawn, Word::ProposalDeclined),
        ProposalState::Waiting => (ProposalStateView::Waiting, Word::ProposalWaiting),
        ProposalState::Open => (ProposalStateView::Open, Word::ProposalOpen),
        ProposalState::Published => (ProposalStateView::Published, Word::ProposalPublished),
        ProposalState::Withdrawn => (ProposalStateView::Withdrawn, Word::ProposalWithdrawn),
        ProposalState::Stale => (ProposalStateView::Stale, Word::ProposalStale),
        ProposalState::Refused => (ProposalStateView::Refused, Word::ProposalRefused),
    }
}

fn publication(p: &Publication) -> PublicationView {
    PublicationView {
        pack: pack(&p.pack, &p.id, &p.version),
        at: milliseconds(p.at),
        by: p.by.clone(),
        proposed_by: p.proposed_by.clone(),
    }
}
