"""The stable names and codes of the forms (rules, exports and the command line use them): question → codes of its
choices in order (None = not a choice)."""

YN = "yes no"
RISK = "illness schooling housing water disability disaster accident venture work labour other"
COMMON = {"method": "home phone proxy other", "outreach": "door poster broadcast web message other", "leaflet_application": YN}
SHORT_ROSTER = dict.fromkeys("member member_name id_number".split()) | {"relation": None}
ROSTER = SHORT_ROSTER | {
    "living": "alive dead moved_in moved_out reduced", "education": None, "schooling": None,
    "health": "healthy chronic major_illness disabled", "work": "ordinary skilled weak lost none",
}
KIND = "unstable_lifted marginal sudden_hardship"
PLAIN = dict.fromkeys

MEASURES = {
    "m_venture": "crops forest_fruit livestock processing tourism consumption other",
    "m_venture_other": "solar guidance breed sales reward services asset_income shares land_transfer", "m_venture_text": None,
    "m_work": "training labour_export travel_subsidy work_relief employer other",
    "m_work_other": "labour_subsidy jobseeking career_guidance referral local_industry training_subsidy appraisal_subsidy", "m_work_text": None,
    "m_finance": "microcredit other", "m_finance_text": None,
    "m_post": "forest grass cleaner other", "m_post_text": None,
    "m_housing": "renovation other", "m_housing_other": "disaster_rebuild", "m_housing_text": None,
    "m_water": "main", "m_water_detail": "new_tap upgrade maintenance emergency", "m_water_text": None,
    "m_health": "premium major_illness aid other", "m_health_other": "family_doctor treat_first family_planning insurance_help", "m_health_text": None,
    "m_compulsory_school": "return home_teaching boarding other", "m_compulsory_school_other": "nutrition", "m_compulsory_school_text": None,
    "m_schooling": "rain_dew loan grant other", "m_schooling_other": "preschool freshman fee_waiver", "m_schooling_text": None,
    "m_security": "dibao tekun temporary disability insurance other",
    "m_security_other": "pension old_age border resettlement orphan emergency bereaved transition drought winter_spring", "m_security_text": None,
    "m_society": "donation other", "m_society_text": None,
    "m_relocation": "main", "m_relocation_detail": "hazard ecological", "m_relocation_text": None,
    "m_living": "main", "m_living_detail": "toilet land", "m_living_text": None,
    "m_infrastructure": "main", "m_infrastructure_detail": "road power_telecom sewage waste lighting biogas", "m_infrastructure_text": None,
    "m_other": None,
}

NAMES = {
    "screening-lifted": COMMON | ROSTER | {"leaflet_support": YN, "population": None, "phone": None, "has_risk": YN, "risks": RISK},
    "screening-ordinary": COMMON | SHORT_ROSTER | PLAIN("addr_town addr_village addr_hamlet head_name head_id_number".split())
    | {"registered_risks": RISK, "has_risk": YN, "risks": RISK},
    "screening-monitored": COMMON | ROSTER | MEASURES | {
        "leaflet_support": YN, "population": None, "phone": None, "monitored_kind": KIND, "registered_risks": RISK, "new_risks": RISK,
        "development": "done not_yet", "development_confirmed": YN},
    "screening-priority": COMMON | ROSTER | PLAIN(
        "place head_name population labour_full labour_weak workers workers_unstable pupils_beyond pupils_compulsory disabled_severe "
        "ill_major ill_chronic allowance_since risk_narrative income_net income_claims income_per_head spend_medical spend_schooling "
        "spend_other spend_total exclusion_reason remarks per_head_after rollback_reason".split()) | {
        "leaflet_support": YN, "large_venture": YN, "supporting_children": YN, "allowance_whole": YN, "allowance_kind": "dibao tekun",
        "exclusion": "yes no unsure", "exclusion_grounds": " ".join(f"ground_{n}" for n in range(1, 9)), "guarantees": "met unmet",
        "versus_line": "above below", "burden_ahead": YN, "can_cope": YN, "at_risk": YN, "suggestion": "enrol rollback watch"},
    "living-conditions": PLAIN("place head_name farmland woodland retired_land orchard pasture water_surface road_distance floor_area".split()) | {
        "cooperative": YN, "leading_firm": YN, "leading_person": YN, "road_kind": "earth gravel paved", "electricity": YN, "broadcast": YN,
        "safe_water": YN, "dangerous_house": YN, "fuel": "firewood dung coal clean other",
        "venture_support": "crops livestock processing tourism trade"},
}

# questions a person may overwrite although they are computed
OVERRIDES = {
    "screening-lifted": {"population"}, "screening-monitored": {"population", "development"},
    "screening-ordinary": {"head_id_number"}, "living-conditions": {"place"},
    "screening-priority": set("place population labour_full labour_weak pupils_beyond pupils_compulsory disabled_severe ill_major "
                              "allowance_whole allowance_kind allowance_since risk_narrative at_risk suggestion".split()),
}
