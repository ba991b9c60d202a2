// Answers of invented visits, by form. Only what is asked: the roster comes from the household file.
export const answers = {
  lifted: { method: 'home', has_risk: 'no', leaflet_application: 'yes', leaflet_support: 'yes', outreach: ['door', 'poster'] },
  monitored: {
    method: 'home', m_venture: ['crops', 'livestock'], m_health: ['premium', 'aid'], m_security: ['dibao'],
    leaflet_application: 'yes', leaflet_support: 'no', outreach: ['door', 'message'],
  },
  ordinary: { method: 'home', has_risk: 'no', leaflet_application: 'yes', outreach: ['door'] },
  ordinaryAtRisk: { method: 'home', has_risk: 'yes', risks: ['illness', 'work'], leaflet_application: 'no', outreach: ['door'] },
  priority: {
    workers: 1, workers_unstable: 1, ill_major: 1, ill_chronic: 0, large_venture: 'no', supporting_children: 'no', allowance_whole: 'no',
    income_net: 28600.5, income_claims: 1200, spend_medical: 19350.25, spend_schooling: 0, spend_other: 0,
    exclusion: 'no', guarantees: 'met', burden_ahead: 'yes', can_cope: 'no',
  },
  living: {
    farmland: 2.4, woodland: 6, retired_land: 0, orchard: 0.8, pasture: 0, water_surface: 0, cooperative: 'no', leading_firm: 'no', leading_person: 'no',
    road_distance: 1.2, road_kind: 'paved', floor_area: 96, electricity: 'yes', broadcast: 'yes', safe_water: 'yes', dangerous_house: 'no', fuel: 'clean',
    venture_support: ['crops'],
  },
}
