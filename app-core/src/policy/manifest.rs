//! `pack.toml`: what the pack is.

use crate::told;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::fault::Faults;

/// The pack's own card.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// e.g. `guangxi-2023`
    pub id: String,
    /// region the policy holds in
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// English
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region_en: String,
    /// policy year
    #[serde(default, skip_serializing_if = "is_zero")]
    pub year: i32,
    /// version of the pack, text
    pub version: String,
    /// first day it may be used
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<String>,
    /// the campaign's Chinese name
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// English
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title_en: String,
    /// slugs in the notice's order
    #[serde(default)]
    pub forms: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(year: &i32) -> bool {
    *year == 0
}

impl Manifest {
    pub(super) fn read(bytes: &[u8], faults: &mut Faults) -> Manifest {
        const FILE: &str = "pack.toml";
        let Ok(text) = std::str::from_utf8(bytes) else {
            faults.add(FILE, 0, "", told!("not UTF-8", "编码不是 UTF-8。"));
            return Manifest::default();
        };
        let manifest: Manifest = match toml::from_str(text) {
            Ok(manifest) => manifest,
            Err(e) => {
                let before = e.span().and_then(|s| text.get(..s.start)).unwrap_or_default();
                let row = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1);
                faults.add(FILE, row, "", told!("cannot be read: {}", "无法读取：{}。", e.message()));
                return Manifest::default();
            }
        };
        if manifest.valid_from.is_some() && manifest.valid_from_day().is_none() {
            faults.add(
                FILE,
                0,
                "valid_from",
                told!("not a date; write YYYY-MM-DD", "不是日期，应写作 2023-06-01 的样子。"),
            );
        }
        for (i, slug) in manifest.forms.iter().enumerate() {
            if manifest.forms.iter().take(i).any(|s| s == slug) {
                faults.add(FILE, 0, "forms", told!("{} stands twice", "“{}”出现了两次。", slug));
            }
        }
        manifest
    }

    /// The card as rows of a workbook: key, value; lists separated by a space.
    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let year = if self.year == 0 { String::new() } else { self.year.to_string() };
        let valid_from = self.valid_from.clone().unwrap_or_default();
        let forms = self.forms.join(" ");
        [
            ("id", &self.id),
            ("region", &self.region),
            ("region_en", &self.region_en),
            ("year", &year),
            ("version", &self.version),
            ("valid_from", &valid_from),
            ("title", &self.title),
            ("title_en", &self.title_en),
            ("forms", &forms),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect()
    }

    /// The card from such rows; an unknown key is a fault, by row.
    pub(super) fn from_rows(
        file: &str,
        rows: impl Iterator<Item = (u32, String, String)>,
        faults: &mut Faults,
    ) -> Manifest {
        let mut out = Manifest::default();
        for (row, key, value) in rows {
            match key.as_str() {
                "id" => out.id = value,
                "region" => out.region = value,
                "region_en" => out.region_en = value,
                "year" => match value.parse() {
                    Ok(year) => out.year = year,
                    Err(_) => faults.add(file, row, "value", told!("the year is a whole number", "年份应为整数。")),
                },
                "version" => out.version = value,
                "valid_from" => out.valid_from = Some(value),
                "title" => out.title = value,
                "title_en" => out.title_en = value,
                "forms" => out.forms = value.split_whitespace().map(str::to_owned).collect(),
                "" => {}
                other => faults.add(
                    file,
                    row,
                    "key",
                    told!("{} is not known; is it misspelt?", "不认识“{}”，是不是写错了？", other),
                ),
            }
        }
        out
    }

    /// `pack.toml` in the one way this program writes it.
    pub(super) fn to_toml(&self) -> String {
        // Plain texts, a number and a list of texts: this cannot fail.
        toml::to_string(self).unwrap_or_default()
    }

    /// First day the pack may be used; none = open.
    pub fn valid_from_day(&self) -> Option<NaiveDate> {
        self.valid_from.as_deref().and_then(super::facts::day)
    }
}
