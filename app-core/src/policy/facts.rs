//! What the rules and forms see of a household: the JSON of `ruhu pack judge` (2-forms.md "Facts").
//! Everything may be missing; a rule whose facts are missing answers *unknown*.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{Base, MonitoredKind, Standing};

/// A household's facts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// the household
    pub profile: Profile,
    /// its members, in roster order; removed ones are left out
    pub members: Vec<Member>,
    /// 帮扶措施 since enrolment
    pub measures: Vec<MeasureFact>,
    /// cases (纳入, 风险消除 …)
    pub cases: Vec<CaseFact>,
    /// finished visits of this campaign, oldest first
    pub visits: Vec<VisitFact>,
}

/// The household's own facts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitored_kind: Option<MonitoredKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared: Option<bool>,
    /// given only where base, kind and cleared are absent; use [`Facts::standing`]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clearance_way: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identified_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cleared_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_net: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<bool>,
    /// always written: the household file knows them all, so none means that there are none
    pub registered_risks: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Allowance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relocation_site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub housing: Option<Housing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub water: Option<Water>,
    /// always written, for the same reason
    pub leaflets: Vec<Leaflet>,
    /// further facts that forms bind to (`profile/<name>`), and facts of a newer pack: kept and passed on
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// 低保 / 特困
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Allowance {
    /// dibao, tekun_scattered, tekun_institution
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A, B, C
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// 整户享受
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_on: Option<String>,
}

/// 帮扶计划
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_on: Option<String>,
    /// each item names what it is for: a risk kind, a measure family, or `member/<id>`
    pub items: Vec<Value>,
}

/// 住房
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Housing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_home: Option<bool>,
    /// A, B, C, D
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
}

/// 饮水安全 by its four indicators; `true` = 达标
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Water {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reliability: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convenience: Option<bool>,
}

/// A leaflet 明白纸 handed over.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Leaflet {
    /// application, support
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_on: Option<String>,
}

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub living: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub education: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schooling: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub health: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disability: Option<Disability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insured: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pension: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropout_reason: Option<String>,
    /// months in work within the last twelve
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employed_months: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub willing: Option<bool>,
    /// further facts: kept and passed on
    #[serde(flatten)]
    pub more: BTreeMap<String, Value>,
}

/// Category (1 视力 … 7 多重) and level (1 heaviest … 4).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disability {
    pub kind: i64,
    pub level: i64,
}

/// A measure in force.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureFact {
    /// `m_venture` … as the form's question names, with or without `m_`
    pub family: String,
    pub item: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// A case and its state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaseFact {
    pub kind: String,
    pub state: String,
}

/// A finished visit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitFact {
    /// slug of the form
    pub form: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// id of whoever made it: a recheck is someone else's
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collector: Option<String>,
    /// name → scalar, or array for a multiple choice
    pub answers: BTreeMap<String, Value>,
}

impl Facts {
    /// The standing: derived from base, kind and cleared; else as given; `None` when nothing is known.
    pub fn standing(&self) -> Option<Standing> {
        let p = &self.profile;
        if p.cleared == Some(true) {
            return Some(Standing::Cleared);
        }
        match (p.base, p.monitored_kind) {
            (base, Some(kind)) => Some(Standing::derive(base.unwrap_or(Base::Ordinary), Some(kind), false)),
            (Some(base), None) => Some(Standing::derive(base, None, false)),
            (None, None) => p.standing,
        }
    }
}

/// A day as facts and packs write it: `YYYY-MM-DD`, nothing else.
pub fn day(text: &str) -> Option<NaiveDate> {
    let fits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    fits.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}
