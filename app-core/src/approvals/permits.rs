//! What a title may do, as `permits.csv` of the pack says (`docs/pack.md`).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Title;

/// A permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permit {
    /// facts in scope
    Read,
    /// unmasked, logged
    ReadFull,
    Visit,
    /// facts, roster
    Correct,
    /// grids to people
    Assign,
    /// people, devices, tickets
    People,
    /// priority list, leads
    List,
    /// run checks, correct over the register
    Clean,
    /// registry entry
    Enter,
    Import,
    Export,
    Review,
    Notice,
    Submit,
    Endorse,
    Confirm,
    Determine,
    /// answers from above
    RecordOutside,
    /// forms, policy
    Publish,
    SpotCheck,
    Report,
}

impl Permit {
    /// Every permit, in the order of `docs/pack.md`.
    pub const ALL: [Self; 21] = [
        Self::Read,
        Self::ReadFull,
        Self::Visit,
        Self::Correct,
        Self::Assign,
        Self::People,
        Self::List,
        Self::Clean,
        Self::Enter,
        Self::Import,
        Self::Export,
        Self::Review,
        Self::Notice,
        Self::Submit,
        Self::Endorse,
        Self::Confirm,
        Self::Determine,
        Self::RecordOutside,
        Self::Publish,
        Self::SpotCheck,
        Self::Report,
    ];

    /// The code in `permits.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadFull => "read_full",
            Self::Visit => "visit",
            Self::Correct => "correct",
            Self::Assign => "assign",
            Self::People => "people",
            Self::List => "list",
            Self::Clean => "clean",
            Self::Enter => "enter",
            Self::Import => "import",
            Self::Export => "export",
            Self::Review => "review",
            Self::Notice => "notice",
            Self::Submit => "submit",
            Self::Endorse => "endorse",
            Self::Confirm => "confirm",
            Self::Determine => "determine",
            Self::RecordOutside => "record_outside",
            Self::Publish => "publish",
            Self::SpotCheck => "spot_check",
            Self::Report => "report",
        }
    }

    /// Reads the code back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
}

/// Each title's permits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permits(BTreeMap<&'static str, BTreeSet<Permit>>);

impl Permits {
    /// From rows of `permits.csv`: title code, permit codes. A permit of a newer pack is skipped (it permits nothing
    /// this version knows how to do); an unknown title likewise.
    pub fn from_rows<'a, I: IntoIterator<Item = &'a str>>(rows: impl IntoIterator<Item = (&'a str, I)>) -> Self {
        let mut out = BTreeMap::new();
        for (title, permits) in rows {
            if let Some(title) = Title::parse(title) {
                let set: &mut BTreeSet<Permit> = out.entry(title.code()).or_default();
                set.extend(permits.into_iter().filter_map(Permit::parse));
            }
        }
        Self(out)
    }

    /// Whether a title holds a permit.
    pub fn holds(&self, title: Title, permit: Permit) -> bool {
        self.0.get(title.code()).is_some_and(|set| set.contains(&permit))
    }

    /// Whether no title holds any.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeSet::is_empty)
    }
}
