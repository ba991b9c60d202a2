//! Putting another pack in force takes two people (issue 3 "Change in mid-campaign"): one proposes, another publishes. Pure;
//! the same code judges on the device before a record is signed and on the server before it is filed.
//!
//! | step | permit over the county | the proposal | by | compared with the pack in force |
//! |---|---|---|---|---|
//! | propose | `publish` | – | anyone | yes |
//! | publish | `publish` | stands and is open | another than who proposed it | still |
//! | withdraw | `publish` | stands and is open | anyone (its author takes it back, a colleague turns it down) | no matter |

use super::{Permit, Permits, Writer};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Propose,
    Publish,
    Withdraw,
}

/// What a step asks for.
struct Rule {
    step: Step,
    /// of a proposal that is there and that nobody has ended
    open: bool,
    /// by another person than who proposed
    another: bool,
    /// compared with the pack that is in force now
    fresh: bool,
}

/// The table.
const RULES: [Rule; 3] = [
    Rule { step: Step::Propose, open: false, another: false, fresh: true },
    Rule { step: Step::Publish, open: true, another: true, fresh: true },
    Rule { step: Step::Withdraw, open: true, another: false, fresh: false },
];

/// The proposal that a step is about, as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposed<'a> {
    /// the server's id of the person who proposed
    pub by: &'a str,
    /// nobody has published or withdrawn it
    pub open: bool,
}

/// Why a step is refused. Carried by the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepRefused {
    /// the person's areas do not hold the record's area
    Scope,
    /// the title has no such permit
    Permit,
    /// there is no such proposal
    Unknown,
    /// it is published or withdrawn already
    Closed,
    /// who proposed cannot publish
    SamePerson,
    /// another pack came in force since it was compared
    Stale,
    /// the pack's files are faulty, or not those it names
    Pack,
    /// not signed by the device it names, or out of bounds
    Signature,
    /// the device it names is not enrolled here
    Author,
    /// the body is not of its kind
    Malformed,
    /// the title makes no records of this kind
    Title,
    /// a restore may have put back what the proposal was compared with
    Restored,
}

impl StepRefused {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::Scope,
        Self::Permit,
        Self::Unknown,
        Self::Closed,
        Self::SamePerson,
        Self::Stale,
        Self::Pack,
        Self::Signature,
        Self::Author,
        Self::Malformed,
        Self::Title,
        Self::Restored,
    ];

    /// The code on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::Permit => "permit",
            Self::Unknown => "unknown",
            Self::Closed => "closed",
            Self::SamePerson => "same_person",
            Self::Stale => "stale",
            Self::Pack => "pack",
            Self::Signature => "signature",
            Self::Author => "author",
            Self::Malformed => "malformed",
            Self::Title => "title",
            Self::Restored => "restored",
        }
    }

    /// Words for its author, Chinese and English. No personal data.
    pub fn words(self) -> &'static str {
        match self {
            Self::Scope => "这不在您的工作区域内，没有生效。 This is not of your area; it has no effect.",
            Self::Permit => "您的岗位不能发布政策包，没有生效。 Your title may not publish packs; it has no effect.",
            Self::Unknown => "没有这份发布申请，没有生效。 There is no such proposal; it has no effect.",
            Self::Closed => {
                "这份申请已经发布或撤回，没有生效。 The proposal is published or withdrawn already; it has no effect."
            }
            Self::SamePerson => {
                "提出申请的人不能自己发布，须由另一人核对后发布。 Who proposed it cannot publish it: a second person has to look at it."
            }
            Self::Stale => {
                "提出申请后，现行政策包已经换过；请与现行版本对比后重新提出。 Another pack came in force since: compare with it and propose again."
            }
            Self::Pack => {
                "政策包文件有误或与申请不符，没有生效。 The pack's files are faulty, or not those proposed; it has no effect."
            }
            Self::Signature => "签名与内容不符，没有生效。 The signature does not hold; it has no effect.",
            Self::Author => {
                "签名的设备没有在本服务器登记，没有生效。 The device that signed is not enrolled here; it has no effect."
            }
            Self::Malformed => "记录内容有误，没有生效。 The record is malformed; it has no effect.",
            Self::Title => {
                "您的岗位不能提交这类记录，没有生效。 Your title may not make records of this kind; it has no effect."
            }
            Self::Restored => {
                "服务器从备份恢复过，这份申请之后可能还发布过别的版本，没有生效；请各设备同步后与现行版本对比、重新提出。 The server was restored from a backup and another pack may have been published since this was proposed; it has no effect. Sync the devices, compare with the pack in force and propose again."
            }
        }
    }
}

/// What every step asks first, and what needs no proposal to be known: the county, and the permit.
pub fn may_publish(permits: &Permits, writer: &Writer<'_>) -> Result<(), StepRefused> {
    if !writer.in_scope {
        return Err(StepRefused::Scope);
    }
    if permits.holds(writer.title, Permit::Publish) { Ok(()) } else { Err(StepRefused::Permit) }
}

/// Whether a person may take a step. `writer.in_scope`: the person's areas hold the whole county. `fresh`: the pack that the
/// proposal was compared with is the one in force.
pub fn may_step(
    permits: &Permits,
    step: Step,
    writer: &Writer<'_>,
    proposal: Option<&Proposed<'_>>,
    fresh: bool,
) -> Result<(), StepRefused> {
    let Some(rule) = RULES.iter().find(|r| r.step == step) else { return Err(StepRefused::Permit) };
    may_publish(permits, writer)?;
    if rule.open {
        let proposal = proposal.ok_or(StepRefused::Unknown)?;
        if !proposal.open {
            return Err(StepRefused::Closed);
        }
        if rule.another && proposal.by == writer.person {
            return Err(StepRefused::SamePerson);
        }
    }
    if rule.fresh && !fresh { Err(StepRefused::Stale) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approvals::tests::shipped;
    use crate::domain::Title;

    const HUANG: &str = "p-huang";
    const LU: &str = "p-lu";

    /// The table by hand: step, proposal (`-` none, `o` open, `c` closed), by whom (`s` who proposed, `a` another), fresh.
    fn expected(step: Step, proposal: char, who: char, fresh: bool) -> Result<(), StepRefused> {
        match (step, proposal, who, fresh) {
            (Step::Propose, _, _, true) | (Step::Publish, 'o', 'a', true) | (Step::Withdraw, 'o', _, _) => Ok(()),
            (Step::Propose, _, _, false) | (Step::Publish, 'o', 'a', false) => Err(StepRefused::Stale),
            (Step::Publish | Step::Withdraw, '-', _, _) => Err(StepRefused::Unknown),
            (Step::Publish | Step::Withdraw, 'c', _, _) => Err(StepRefused::Closed),
            (Step::Publish, 'o', _, _) => Err(StepRefused::SamePerson),
            other => panic!("not in the table: {other:?}"),
        }
    }

    #[test]
    fn every_title_every_step_by_the_same_and_another_person_stale_and_fresh() {
        let permits = shipped();
        let mut looked_at = 0;
        for title in Title::ALL {
            for step in [Step::Propose, Step::Publish, Step::Withdraw] {
                for proposal in ['-', 'o', 'c'] {
                    for who in ['s', 'a'] {
                        for fresh in [true, false] {
                            for in_scope in [true, false] {
                                let person = if who == 's' { HUANG } else { LU };
                                let standing = Proposed { by: HUANG, open: proposal == 'o' };
                                let standing = (proposal != '-').then_some(&standing);
                                let writer = Writer { title, person, in_scope };
                                let got = may_step(&permits, step, &writer, standing, fresh);
                                let want = if !in_scope {
                                    Err(StepRefused::Scope)
                                } else if title != Title::CountyBureau {
                                    Err(StepRefused::Permit)
                                } else {
                                    expected(step, proposal, who, fresh)
                                };
                                assert_eq!(got, want, "{title:?} {step:?} {proposal} {who} {fresh} {in_scope}");
                                looked_at += 1;
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(looked_at, 15 * 3 * 3 * 2 * 2 * 2);
    }

    #[test]
    fn without_a_pack_nobody_publishes() {
        let writer = Writer { title: Title::CountyBureau, person: LU, in_scope: true };
        let open = Proposed { by: HUANG, open: true };
        let got = may_step(&Permits::default(), Step::Publish, &writer, Some(&open), true);
        assert_eq!(got, Err(StepRefused::Permit));
    }

    #[test]
    fn the_codes_of_refusals_are_frozen() {
        let codes = StepRefused::ALL.map(StepRefused::code);
        let frozen = [
            "scope",
            "permit",
            "unknown",
            "closed",
            "same_person",
            "stale",
            "pack",
            "signature",
            "author",
            "malformed",
            "title",
            "restored",
        ];
        assert_eq!(codes, frozen);
    }
}
