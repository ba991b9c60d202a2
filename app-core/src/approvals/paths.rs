//! The classes of paths: which permit a path asks for.

/// What kind of thing a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathClass {
    /// identity of the file
    Meta,
    /// a container itself (made at foundation)
    Container,
    /// the grid hint: placing a household is the server's
    Grid,
    /// `profile/base`
    Base,
    /// the priority flag (附件1-2(三): the clerk marks what the meeting decided)
    Priority,
    /// which file is the household's where two were made: the clerk decides (4-sync.md "Conflicts")
    Merge,
    /// standing and what belongs to it: from imports and decisions only
    Derived,
    /// what a visitor sees and corrects
    Fact,
    /// a visit or part of one
    Visit,
    /// what this version does not know: refused
    Unknown,
}

/// Facts of the profile that follow from imports and decisions.
const DERIVED: [&str; 10] = [
    "monitored_kind",
    "cleared",
    "clearance_way",
    "identified_on",
    "cleared_on",
    "safety_net",
    "registered_risks",
    "standing",
    "area",
    "development_support",
];

/// The class of a path. Only whole segments count; an empty path is unknown.
pub fn class_of(path: &[String]) -> PathClass {
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["meta" | "place" | "profile" | "members" | "measures" | "leaflets" | "visits" | "threads" | "confirmed"] => {
            PathClass::Container
        }
        ["meta", ..] => PathClass::Meta,
        ["place", "grid"] => PathClass::Grid,
        ["place", "county" | "township" | "village" | "hamlet" | "address"] => PathClass::Fact,
        ["profile", "base", ..] => PathClass::Base,
        ["profile", "priority", ..] => PathClass::Priority,
        ["profile", "merged_into"] | ["profile", "merged_from", _] => PathClass::Merge,
        ["profile", fact, ..] if DERIVED.contains(fact) => PathClass::Derived,
        ["profile" | "members" | "measures" | "leaflets" | "confirmed", _, ..] => PathClass::Fact,
        ["visits", _, ..] => PathClass::Visit,
        _ => PathClass::Unknown,
    }
}
