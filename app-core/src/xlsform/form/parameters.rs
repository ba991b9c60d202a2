//! The `parameters` column: `randomize=true seed=42`. Keys that a type does not know are slips, as for pyxform.

use super::types::Kind;
use crate::told;
use crate::told::Told;
use std::collections::BTreeMap;

/// Reads a cell.
pub fn read(cell: &str) -> BTreeMap<String, String> {
    let parts = cell.split([' ', ',', ';']).filter_map(|p| p.split_once('='));
    parts.map(|(k, v)| (k.trim().to_lowercase(), v.trim().to_string())).collect()
}

/// The keys of a type; none where anything is passed over.
fn known(kind: Kind) -> Option<&'static [&'static str]> {
    Some(match kind {
        Kind::Range => &["start", "end", "step", "tick_interval", "placeholder", "tick_labelset"],
        Kind::SelectOne | Kind::SelectMultiple | Kind::Rank => &["randomize", "seed", "value", "label"],
        Kind::Text => &["rows"],
        Kind::Image => &["max-pixels", "app"],
        Kind::Audio => &["quality"],
        Kind::Geopoint => &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"],
        Kind::Geotrace | Kind::Geoshape => &["allow-mock-accuracy", "incremental", "reference-geometry"],
        Kind::Audit => &[
            "identify-user",
            "location-max-age",
            "location-min-interval",
            "location-priority",
            "track-changes",
            "track-changes-reasons",
        ],
        _ => return None,
    })
}

/// What is wrong with the parameters of a question of this type.
pub fn check(kind: Kind, given: &BTreeMap<String, String>) -> Result<(), Told> {
    if let Some(known) = known(kind)
        && let Some(stranger) = given.keys().find(|key| !known.contains(&key.as_str()))
    {
        return Err(told!(
            "a {} has no parameter “{}” (it has {})",
            "{} 题没有参数“{}”，可用：{}。",
            kind.name(),
            stranger,
            known.join(", ")
        ));
    }
    if kind.has_choices() {
        match given.get("randomize").map(|r| r.to_lowercase()).as_deref() {
            Some("true" | "false") => {}
            None if given.contains_key("seed") => {
                return Err(told!("a seed goes with randomize=true", "有 seed 时要写 randomize=true。"));
            }
            None => {}
            Some(_) => return Err(told!("randomize is true or false", "randomize 应为 true 或 false。")),
        }
    }
    Ok(())
}
