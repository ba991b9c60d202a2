//! Versions of the protocol, with date and reason. Released versions are never edited.

/// 1 — 2026-11-24: first version: enrolment by ticket, one-round sync, packs by hash.
pub const V1: u32 = 1;

/// The version this build speaks.
pub const CURRENT: u32 = V1;

/// The oldest version this build still serves.
pub const OLDEST: u32 = V1;
