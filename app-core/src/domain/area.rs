//! Areas: county (6 digits), township (9), village (12), grid (village, `-`, two digits).
//! Division codes: policy.md §10; a hamlet or grid has no national code, so the grid's number is the county's own.

use serde::{Deserialize, Serialize};

/// An area code. An ancestor's code is a prefix of its descendants'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Area(String);

/// The levels of the grid system 网格 (county, township, village, grid).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 县, 6 digits
    County,
    /// 乡镇, 9 digits
    Township,
    /// 行政村, 12 digits
    Village,
    /// 网格, village code, `-`, two digits
    Grid,
}

impl Area {
    /// Reads a code; `None` when it is not of one of the four shapes.
    pub fn parse(code: &str) -> Option<Self> {
        level_of(code).map(|_| Self(code.to_owned()))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level of this area; a code that came in unchecked (serde) and has no shape counts as a grid.
    pub fn level(&self) -> Level {
        level_of(&self.0).unwrap_or(Level::Grid)
    }

    /// Whether `other` is this area or lies in it.
    pub fn contains(&self, other: &Self) -> bool {
        level_of(&self.0).is_some()
            && other.0.starts_with(&self.0)
            && (other.0.len() == self.0.len() || self.0.len() <= 12)
    }

    /// The village of a grid or village; `None` above that.
    pub fn village(&self) -> Option<Self> {
        self.0.get(..12).map(|v| Self(v.to_owned()))
    }
}

fn level_of(code: &str) -> Option<Level> {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    match code.len() {
        6 if digits(code) => Some(Level::County),
        9 if digits(code) => Some(Level::Township),
        12 if digits(code) => Some(Level::Village),
        15 => {
            let (village, grid) = (code.get(..12)?, code.get(12..)?);
            let number = grid.strip_prefix('-')?;
            (digits(village) && digits(number)).then_some(Level::Grid)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_township_contains_its_grids_and_not_the_neighbours() {
        let town = Area::parse("999999101").unwrap();
        let grid = Area::parse("999999101203-04").unwrap();
        let other = Area::parse("999999102203-04").unwrap();
        assert!(town.contains(&grid) && town.contains(&town));
        assert!(!town.contains(&other) && !grid.contains(&town));
        assert_eq!(grid.village().unwrap().as_str(), "999999101203");
        assert_eq!(grid.level(), Level::Grid);
    }

    #[test]
    fn other_shapes_are_refused() {
        for bad in ["", "99999", "99999910120", "999999101203_04", "999999101203-4", "九九九九九九"] {
            assert!(Area::parse(bad).is_none(), "{bad}");
        }
    }
}
