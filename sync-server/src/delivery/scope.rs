//! What a device holds against what its person may see.

use app_core::domain::Area;
use app_core::wire::message::Cursor;
use uuid::Uuid;

/// The area under way and the last household id received of it, as the cursor says it.
type Growing = Option<(String, Option<[u8; 16]>)>;

/// What the device holds.
pub(super) struct Holding {
    /// as it says: areas held whole
    held: Vec<Area>,
    /// as it says: an area held up to an id
    growing: Option<(Area, Option<Uuid>)>,
    /// areas held that it may keep
    kept: Vec<Area>,
    /// areas held, wholly or partly, that lie (partly) outside its scope now
    pub(super) lost: Vec<Area>,
    /// areas of the scope still to fetch, the one under way first
    pub(super) wanted: Vec<(Area, Option<Uuid>)>,
}

impl Holding {
    pub(super) fn new(scope: &[Area], cursor: &Cursor) -> Self {
        let scope = widest(scope);
        let held: Vec<Area> = cursor.areas.iter().filter_map(|c| Area::parse(c)).collect();
        let growing = cursor
            .growing
            .as_ref()
            .and_then(|(code, after)| Some((Area::parse(code)?, after.map(Uuid::from_bytes))))
            .filter(|(_, after)| after.is_some());
        let mut kept: Vec<Area> = scope.iter().filter(|s| held.iter().any(|h| h.contains(s))).cloned().collect();
        kept.extend(held.iter().filter(|h| scope.iter().any(|s| s.contains(h))).cloned());
        let kept = widest(&kept);
        let outside = |a: &&Area| !scope.iter().any(|s| s.contains(a));
        let mut lost: Vec<Area> = held.iter().filter(outside).cloned().collect();
        lost.extend(growing.iter().map(|(a, _)| a).filter(outside).cloned());
        let mut wanted: Vec<(Area, Option<Uuid>)> = scope
            .iter()
            .filter(|s| !kept.iter().any(|k| k.contains(s)))
            .map(|s| (s.clone(), growing.as_ref().filter(|(g, _)| g == s).and_then(|(_, after)| *after)))
            .collect();
        wanted.sort_by_key(|(_, after)| after.is_none());
        Self { held, growing, kept, lost, wanted }
    }

    /// Every area of which the device holds something.
    pub(super) fn areas(&self) -> Vec<Area> {
        self.held.iter().chain(self.growing.iter().map(|(a, _)| a)).cloned().collect()
    }

    /// Whether the device holds a household that is (or was) in a grid.
    pub(super) fn has(&self, unit: &Area, household: Uuid) -> bool {
        self.held.iter().any(|h| h.contains(unit))
            || self.growing.as_ref().is_some_and(|(g, after)| g.contains(unit) && after.is_some_and(|a| household <= a))
    }

    /// Whether a grid lies in an area that is held whole and stays.
    pub(super) fn keeps(&self, unit: &Area) -> bool {
        self.kept.iter().any(|k| k.contains(unit))
    }

    /// An area is there whole now.
    pub(super) fn grown(&mut self, area: Area) {
        self.kept.push(area);
        self.kept = widest(&self.kept);
        self.wanted.remove(0);
    }

    /// The area under way is there up to an id.
    pub(super) fn grown_to(&mut self, id: Uuid) {
        if let Some((_, after)) = self.wanted.first_mut() {
            *after = Some(id);
        }
    }

    /// Whether nothing is left to fetch.
    pub(super) fn complete(&self) -> bool {
        self.wanted.is_empty()
    }

    /// As the cursor says it.
    pub(super) fn into_cursor(self) -> (Vec<String>, Growing) {
        let growing = self
            .wanted
            .into_iter()
            .next()
            .filter(|(_, after)| after.is_some())
            .map(|(a, after)| (a.as_str().to_owned(), after.map(Uuid::into_bytes)));
        (self.kept.iter().map(|a| a.as_str().to_owned()).collect(), growing)
    }
}

/// The areas that lie in no other of them, once each, in order.
pub(super) fn widest(areas: &[Area]) -> Vec<Area> {
    let mut out: Vec<Area> =
        areas.iter().filter(|a| !areas.iter().any(|b| b != *a && b.contains(a))).cloned().collect();
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str) -> Area {
        Area::parse(code).unwrap()
    }

    fn cursor(areas: &[&str], growing: Option<(&str, u128)>) -> Cursor {
        Cursor {
            areas: areas.iter().map(|a| (*a).to_owned()).collect(),
            growing: growing.map(|(a, id)| (a.to_owned(), Some(Uuid::from_u128(id).into_bytes()))),
            ..Cursor::default()
        }
    }

    #[test]
    fn a_village_narrowed_to_a_grid_keeps_the_grid_and_loses_the_rest() {
        let held = Holding::new(&[area("999999101201-02")], &cursor(&["999999101201"], None));
        assert_eq!(held.lost, [area("999999101201")]);
        assert!(held.keeps(&area("999999101201-02")) && !held.keeps(&area("999999101201-03")));
        assert!(held.complete());
    }

    #[test]
    fn a_grid_widened_to_its_village_fetches_the_village() {
        let held = Holding::new(&[area("999999101201")], &cursor(&["999999101201-02"], None));
        assert!(held.lost.is_empty());
        assert!(held.keeps(&area("999999101201-02")));
        assert_eq!(held.wanted, [(area("999999101201"), None)]);
    }

    #[test]
    fn a_fetch_under_way_goes_on_where_it_stood() {
        let scope = [area("999999101201-01"), area("999999101201-02")];
        let held = Holding::new(&scope, &cursor(&[], Some(("999999101201-02", 7))));
        assert_eq!(held.wanted.first(), Some(&(area("999999101201-02"), Some(Uuid::from_u128(7)))));
        assert!(held.has(&area("999999101201-02"), Uuid::from_u128(7)));
        assert!(!held.has(&area("999999101201-02"), Uuid::from_u128(8)));
        let (areas, growing) = held.into_cursor();
        assert!(areas.is_empty());
        assert_eq!(growing.unwrap().0, "999999101201-02");
    }
}
