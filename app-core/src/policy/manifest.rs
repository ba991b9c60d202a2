//! `pack.toml`: what the pack is.

use chrono::NaiveDate;
use serde::Deserialize;

use super::fault::Faults;

/// The pack's own card.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// e.g. `guangxi-2023`
    pub id: String,
    /// region the policy holds in
    #[serde(default)]
    pub region: String,
    /// English
    #[serde(default)]
    pub region_en: String,
    /// policy year
    #[serde(default)]
    pub year: i32,
    /// version of the pack, text
    pub version: String,
    /// first day it may be used
    #[serde(default)]
    pub valid_from: Option<String>,
    /// the campaign's Chinese name
    #[serde(default)]
    pub title: String,
    /// English
    #[serde(default)]
    pub title_en: String,
    /// slugs in the notice's order
    #[serde(default)]
    pub forms: Vec<String>,
}

impl Manifest {
    pub(super) fn read(bytes: &[u8], faults: &mut Faults) -> Manifest {
        const FILE: &str = "pack.toml";
        let Ok(text) = std::str::from_utf8(bytes) else {
            faults.add(FILE, 0, "", "not UTF-8");
            return Manifest::default();
        };
        let manifest: Manifest = match toml::from_str(text) {
            Ok(manifest) => manifest,
            Err(e) => {
                let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
                let row = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1);
                faults.add(FILE, row, "", e.message());
                return Manifest::default();
            }
        };
        if manifest.valid_from.is_some() && manifest.valid_from_day().is_none() {
            faults.add(FILE, 0, "valid_from", "not a date; write YYYY-MM-DD");
        }
        for (i, slug) in manifest.forms.iter().enumerate() {
            if manifest.forms.iter().take(i).any(|s| s == slug) {
                faults.add(FILE, 0, "forms", format!("{slug} stands twice"));
            }
        }
        manifest
    }

    /// First day the pack may be used; none = open.
    pub fn valid_from_day(&self) -> Option<NaiveDate> {
        self.valid_from.as_deref().and_then(super::facts::day)
    }
}
