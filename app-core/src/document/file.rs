//! The file's content, typed: what screens, projection and rules read.

use std::collections::BTreeMap;

use super::doc::HouseholdDoc;
use super::founding::Place;
use super::project::{container, member, visit};
use super::read::{Conflict, Walk};
use super::scalar::Scalar;
use crate::policy::facts::{Leaflet, Member, Profile};

/// The value of a measure in force since an unknown day.
pub const IN_FORCE: &str = "yes";

/// The key of a measure under `measures/`: `<family>.<item>`.
pub fn measure_key(family: &str, item: &str) -> String {
    format!("{family}.{item}")
}

/// A household file, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HouseholdFile {
    /// the household's id as the file says
    pub id: String,
    /// version of the layout
    pub schema: i64,
    /// day, ISO
    pub founded_on: Option<String>,
    /// import | phone
    pub source: Option<String>,
    pub place: Place,
    /// 户主 as the register or the form wrote it
    pub head_name: Option<String>,
    /// the household's facts; leaflets included
    pub profile: Profile,
    /// in roster order, removed ones included
    pub members: Vec<MemberFile>,
    /// oldest first
    pub visits: Vec<VisitFile>,
    /// `<family>.<item>` → ISO day or [`IN_FORCE`]; those no longer in force are left out
    pub measures: BTreeMap<String, String>,
    /// kind → handed over
    pub leaflets: BTreeMap<String, LeafletFile>,
    /// when an unchanged value was last confirmed: path joined with `.` → what was written
    pub confirmed: BTreeMap<String, Scalar>,
    /// what was chosen of clashes: `<clash>` → choice
    pub settled: BTreeMap<String, Scalar>,
    /// the household whose file this one was merged into: this one is closed
    pub merged_into: Option<String>,
    /// the households whose files were merged into this one
    pub merged_from: Vec<String>,
    /// where several values stand
    pub conflicts: Vec<Conflict>,
    /// what a newer version wrote elsewhere: whole path → value
    pub extra: BTreeMap<String, Scalar>,
}

/// A member, removed or not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MemberFile {
    pub fact: Member,
    pub removed: bool,
    pub order: i64,
}

/// A leaflet 明白纸 handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeafletFile {
    pub given_on: Option<String>,
    /// who handed it over
    pub by: Option<String>,
}

/// An answer: one value, or the ticked choices (ascending) of a multiple choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    One(Scalar),
    Many(Vec<String>),
}

/// A visit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VisitFile {
    pub id: String,
    /// slug
    pub form: String,
    pub form_version: Option<String>,
    /// `state` is `finished`
    pub finished: bool,
    /// code of [`crate::domain::Outcome`]
    pub outcome: Option<String>,
    pub method: Option<String>,
    pub opened_at: Option<String>,
    pub finished_at: Option<String>,
    pub window_from: Option<String>,
    pub window_to: Option<String>,
    pub collector: Option<String>,
    pub collector_id: Option<String>,
    pub device: Option<String>,
    pub paper_typist: Option<String>,
    pub paper_date: Option<String>,
    pub privacy_notice_at: Option<String>,
    /// question → answer; emptied ones are left out
    pub answers: BTreeMap<String, Answer>,
    /// question → what the system would have said
    pub overrides: BTreeMap<String, Answer>,
    /// repeat → member id → question → answer
    pub rosters: BTreeMap<String, BTreeMap<String, BTreeMap<String, Answer>>>,
    /// answers that the form has no place for any more (2-forms.md "A visit"), as typed: `question` or
    /// `repeat/member id/question`; a `~` and a number behind it tells several of one question apart
    pub retired: BTreeMap<String, String>,
    /// the versions of the form it was filled with before `form_version`, oldest first
    pub earlier_forms: Vec<String>,
    /// what a newer version wrote
    pub extra: BTreeMap<String, Scalar>,
}

impl HouseholdDoc {
    /// The typed content.
    pub fn file(&self) -> HouseholdFile {
        let mut walk = Walk::new(&self.doc);
        let mut file = HouseholdFile { id: self.id.to_string(), ..HouseholdFile::default() };
        for (name, obj) in walk.containers() {
            match name.as_str() {
                "members" => {
                    for (id, obj) in walk.maps(&obj) {
                        let flat = walk.flat(&["members", &id], &obj);
                        file.members.push(member(id, flat));
                    }
                }
                "visits" => {
                    for (id, obj) in walk.maps(&obj) {
                        let flat = walk.flat(&["visits", &id], &obj);
                        file.visits.push(visit(id, flat));
                    }
                }
                _ => {
                    let flat = walk.flat(&[&name], &obj);
                    container(&mut file, &name, flat);
                }
            }
        }
        file.members.sort_by(|a, b| (a.order, &a.fact.id).cmp(&(b.order, &b.fact.id)));
        file.visits.sort_by(|a, b| (&a.opened_at, &a.finished_at, &a.id).cmp(&(&b.opened_at, &b.finished_at, &b.id)));
        file.profile.leaflets = file
            .leaflets
            .iter()
            .filter(|(_, l)| l.given_on.is_some())
            .map(|(kind, l)| Leaflet { kind: kind.clone(), given_on: l.given_on.clone() })
            .collect();
        file.conflicts = walk.conflicts;
        file
    }

    /// Where several values stand.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.file().conflicts
    }
}

impl Answer {
    /// As JSON: a scalar, or an array of codes.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::One(s) => s.to_json(),
            Self::Many(codes) => codes.clone().into(),
        }
    }
}
