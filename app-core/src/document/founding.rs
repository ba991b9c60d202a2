//! The first change of a file: its containers and what is known of the household.

use serde_json::Value;

use super::scalar::{Edit, Scalar};
use crate::policy::facts::{Facts, Leaflet, Member, Profile};

/// Where the household lives, in names for people; `grid` is a code and only a hint (placing is the server's).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub county: String,
    pub township: String,
    pub village: String,
    pub grid: String,
    pub hamlet: String,
    pub address: String,
}

/// Who made the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// read from the register on the server
    Import,
    /// a household found on the spot, on no list
    Phone,
}

impl Source {
    /// The code in `meta/source`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Phone => "phone",
        }
    }
}

/// What a file is made from. Visits and cases in `facts` are not written: they have a history of their own.
#[derive(Debug, Clone)]
pub struct Founding {
    pub place: Place,
    pub facts: Facts,
    pub source: Source,
}

/// Version of the layout, in `meta/schema`.
pub const SCHEMA: i64 = 1;

impl Founding {
    /// The values of the first change (but the id), in no particular order; empty ones are left out.
    pub(super) fn edits(&self, founded_on: &str) -> Vec<Edit> {
        let mut out = Writer::default();
        out.put(&["meta", "schema"], SCHEMA);
        out.text(&["meta", "source"], Some(self.source.code()));
        out.text(&["meta", "founded_on"], Some(founded_on));
        place(&mut out, &self.place);
        profile(&mut out, &self.facts.profile);
        for (order, m) in (1_i64..).zip(&self.facts.members) {
            member(&mut out, m, order);
        }
        for m in &self.facts.measures {
            let since = m.since.as_deref().filter(|s| !s.is_empty()).unwrap_or(super::file::IN_FORCE);
            out.text(&["measures", &super::file::measure_key(&m.family, &m.item)], Some(since));
        }
        out.edits
    }
}

/// The edits that write a member as given (a new one, or all that is known of one).
pub fn member_edits(m: &Member, order: i64) -> Vec<Edit> {
    let mut out = Writer::default();
    member(&mut out, m, order);
    out.edits
}

fn place(out: &mut Writer, p: &Place) {
    let Place { county, township, village, grid, hamlet, address } = p;
    for (key, value) in [
        ("county", county),
        ("township", township),
        ("village", village),
        ("grid", grid),
        ("hamlet", hamlet),
        ("address", address),
    ] {
        out.text(&["place", key], Some(value));
    }
}

fn profile(out: &mut Writer, p: &Profile) {
    use crate::domain::{Base, MonitoredKind};
    out.text(
        &["profile", "base"],
        p.base.map(|b| match b {
            Base::Ordinary => "ordinary",
            Base::Lifted => "lifted",
        }),
    );
    out.text(
        &["profile", "monitored_kind"],
        p.monitored_kind.map(|k| match k {
            MonitoredKind::UnstableLifted => "unstable_lifted",
            MonitoredKind::Marginal => "marginal",
            MonitoredKind::SuddenHardship => "sudden_hardship",
        }),
    );
    out.flag(&["profile", "cleared"], p.cleared);
    for (key, value) in [
        ("clearance_way", &p.clearance_way),
        ("identified_on", &p.identified_on),
        ("cleared_on", &p.cleared_on),
        ("relocation_site", &p.relocation_site),
        ("phone", &p.phone),
    ] {
        out.text(&["profile", key], value.as_deref());
    }
    out.flag(&["profile", "safety_net"], p.safety_net);
    out.flag(&["profile", "priority"], p.priority);
    out.ticks(&["profile", "registered_risks"], &p.registered_risks);
    profile_groups(out, p);
    for Leaflet { kind, given_on } in &p.leaflets {
        out.text(&["leaflets", kind, "given_on"], given_on.as_deref());
    }
    out.more(&["profile"], &p.more);
}

fn profile_groups(out: &mut Writer, p: &Profile) {
    if let Some(a) = &p.allowance {
        for (key, value) in [("kind", &a.kind), ("class", &a.class), ("since", &a.since), ("applied_on", &a.applied_on)]
        {
            out.text(&["profile", "allowance", key], value.as_deref());
        }
        out.flag(&["profile", "allowance", "whole"], a.whole);
    }
    if let Some(plan) = &p.plan {
        out.text(&["profile", "plan", "made_on"], plan.made_on.as_deref());
        let items: Vec<String> = plan.items.iter().filter_map(Value::as_str).map(|i| i.replace('/', ".")).collect();
        out.ticks(&["profile", "plan", "items"], &items);
    }
    if let Some(h) = &p.housing {
        out.flag(&["profile", "housing", "only_home"], h.only_home);
        out.text(&["profile", "housing", "grade"], h.grade.as_deref());
    }
    if let Some(w) = &p.water {
        for (key, value) in [
            ("quantity", w.quantity),
            ("quality", w.quality),
            ("reliability", w.reliability),
            ("convenience", w.convenience),
        ] {
            out.flag(&["profile", "water", key], value);
        }
    }
}

fn member(out: &mut Writer, m: &Member, order: i64) {
    let at = |key: &'static str| ["members", m.id.as_str(), key];
    for (key, value) in [
        ("name", &m.name),
        ("id_number", &m.id_number),
        ("sex", &m.sex),
        ("birth", &m.birth),
        ("relation", &m.relation),
        ("living", &m.living),
        ("education", &m.education),
        ("schooling", &m.schooling),
        ("work", &m.work),
        ("dropout_reason", &m.dropout_reason),
    ] {
        out.text(&at(key), value.as_deref());
    }
    out.ticks(&at("health"), &m.health);
    for (key, value) in [("insured", m.insured), ("pension", m.pension), ("willing", m.willing)] {
        out.flag(&at(key), value);
    }
    if let Some(months) = m.employed_months {
        out.put(&at("employed_months"), months);
    }
    if let Some(d) = &m.disability {
        out.put(&at("disability_kind"), d.kind);
        out.put(&at("disability_level"), d.level);
    }
    out.put(&at("order"), order);
    out.more(&["members", &m.id], &m.more);
}

/// Gathers edits.
#[derive(Default)]
struct Writer {
    edits: Vec<Edit>,
}

impl Writer {
    fn put(&mut self, path: &[&str], value: impl Into<Scalar>) {
        self.edits.push(Edit::at(path.iter().copied(), value));
    }

    fn text(&mut self, path: &[&str], value: Option<&str>) {
        if let Some(v) = value.filter(|v| !v.is_empty()) {
            self.put(path, v);
        }
    }

    fn flag(&mut self, path: &[&str], value: Option<bool>) {
        if let Some(v) = value {
            self.put(path, v);
        }
    }

    fn ticks(&mut self, path: &[&str], codes: &[String]) {
        for code in codes.iter().filter(|c| super::layout::segment_is_sound(c)) {
            let mut full = path.to_vec();
            full.push(code);
            self.put(&full, true);
        }
    }

    /// Facts of a newer pack: scalars and lists of codes are kept, deeper shapes are not facts of a household.
    fn more(&mut self, path: &[&str], more: &std::collections::BTreeMap<String, Value>) {
        for (key, value) in more.iter().filter(|(k, _)| super::layout::segment_is_sound(k)) {
            let mut full = path.to_vec();
            full.push(key);
            match value {
                Value::Bool(b) => self.put(&full, *b),
                Value::Number(n) => match n.as_i64() {
                    Some(i) => self.put(&full, i),
                    None => self.put(&full, n.to_string()),
                },
                Value::String(s) => self.text(&full, Some(s)),
                Value::Array(codes) => {
                    let codes: Vec<String> = codes.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                    self.ticks(&full, &codes);
                }
                Value::Null | Value::Object(_) => {}
            }
        }
    }
}
