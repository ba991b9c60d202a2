//! Identifiers: household (UUID), member and visit (short), actor (16 bytes).

use uuid::Uuid;

/// A household's id: UUID as lower-case text with hyphens.
pub type HouseholdId = Uuid;

/// The actor that writes every document made by import, so that the same register makes the same bytes
/// (and 300 files compress as one; `automerge-findings` §4).
pub const IMPORT_ACTOR: [u8; 16] = *b"ruhu-import-v1\0\0";

/// The namespace of household ids made from register numbers.
const REGISTER: Uuid = Uuid::from_bytes(*b"ruhu-register-v1");

/// The household id of a register number (户编号): the same number always gives the same id.
pub fn household_of_register(county: &str, number: &str) -> HouseholdId {
    Uuid::new_v5(&REGISTER, format!("{county}/{number}").as_bytes())
}

/// A fresh id of a household that is on no list.
pub fn new_household() -> HouseholdId {
    Uuid::new_v4()
}

/// A fresh member or visit id: 12 characters of lower-case base32, 60 random bits, unique within one household.
pub fn short_id() -> String {
    encode(Uuid::new_v4().as_u128())
}

/// 16 random bytes (122 random bits).
pub fn nonce() -> [u8; 16] {
    Uuid::new_v4().into_bytes()
}

/// A member id derived from the household and a key in it (row of the register), repeatable.
pub fn short_id_of(household: HouseholdId, key: &str) -> String {
    encode(Uuid::new_v5(&household, key.as_bytes()).as_u128())
}

fn encode(bits: u128) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    // The low 60 bits: a version-4 or -5 UUID keeps its fixed bits above them.
    (0..12).filter_map(|i| ALPHABET.get(((bits >> (5 * i)) & 31) as usize)).map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_register_row_finds_the_same_household_and_member() {
        let a = household_of_register("999999", "0001");
        assert_eq!(a, household_of_register("999999", "0001"));
        assert_ne!(a, household_of_register("999999", "0002"));
        assert_eq!(short_id_of(a, "1"), short_id_of(a, "1"));
        assert_ne!(short_id_of(a, "1"), short_id_of(a, "2"));
        assert_eq!(short_id().len(), 12);
    }
}
