//! What households say, by form. Only what is asked; the roster and what is known come from the file.

use serde_json::{Value, json};

/// 一般农户, no risk.
pub fn ordinary() -> Value {
    json!({"method": "home", "has_risk": "no", "leaflet_application": "yes", "outreach": ["door"]})
}

/// 一般农户 in which a risk is found: the priority form is due next.
pub fn ordinary_at_risk() -> Value {
    json!({"method": "home", "has_risk": "yes", "risks": ["illness", "work"], "leaflet_application": "no", "outreach": ["door"]})
}

/// 脱贫户 or 已消除, no risk.
pub fn lifted() -> Value {
    json!({"method": "home", "has_risk": "no", "leaflet_application": "yes", "outreach": ["door", "poster"]})
}

/// 已消除: asked about both leaflets.
pub fn cleared() -> Value {
    json!({"method": "home", "has_risk": "no", "leaflet_application": "yes", "leaflet_support": "yes", "outreach": ["door"]})
}

/// 未消除监测对象.
pub fn monitored() -> Value {
    json!({
        "method": "home", "m_venture": ["crops", "livestock"], "m_health": ["premium", "aid"], "m_security": ["dibao"],
        "leaflet_application": "yes", "leaflet_support": "no", "outreach": ["door", "message"],
    })
}

/// 重点户: below the line, cannot cope.
pub fn priority() -> Value {
    json!({
        "workers": 1, "workers_unstable": 1, "ill_major": 1, "ill_chronic": 0, "large_venture": "no",
        "supporting_children": "no", "allowance_whole": "no", "income_net": 28600.5, "income_claims": 1200,
        "spend_medical": 19350.25, "spend_schooling": 0, "spend_other": 0, "exclusion": "no", "guarantees": "met",
        "burden_ahead": "yes", "can_cope": "no",
    })
}

/// 重点户 visited for the first time this campaign: method, outreach and leaflet too.
pub fn priority_first() -> Value {
    let mut all = priority();
    let first = json!({"method": "home", "outreach": ["door"], "leaflet_application": "yes", "leaflet_support": "yes"});
    all.as_object_mut().unwrap().extend(first.as_object().unwrap().clone());
    all
}

/// 生产生活条件.
pub fn living() -> Value {
    json!({
        "farmland": 2.4, "woodland": 6, "retired_land": 0, "orchard": 0.8, "pasture": 0, "water_surface": 0,
        "cooperative": "no", "leading_firm": "no", "leading_person": "no", "road_distance": 1.2, "road_kind": "paved",
        "floor_area": 96, "electricity": "yes", "broadcast": "yes", "safe_water": "yes", "dangerous_house": "no",
        "fuel": "clean", "venture_support": ["crops"],
    })
}

/// Nobody at home.
pub fn nobody_home() -> Value {
    json!({"_outcome": "nobody_home"})
}
