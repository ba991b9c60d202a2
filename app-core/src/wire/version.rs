//! Versions of the protocol, with date and reason. Released versions are never edited.

/// 1 — 2026-11-24: first version: enrolment by ticket, one-round sync, packs by hash; the server's signed word on devices and actors
/// (dated letters, warrants), by which it knows them again after a restore; receipts for what is sent as well, given back as proofs;
/// actors made of the device's key; a mark in the cursor; a request says that it still brings work from before a change of areas.
/// Added the same day, without a new number: signed records (`wire/record`), pushed and pulled in the same round, and a pack brought by
/// `POST /v1/pack`. Every field is left out where there is nothing to say, so the ordinary round is the same to the byte; a program
/// built before passes the fields over and still syncs, and takes a published pack as it always did.
/// And sealed bundles (`wire/bundle`, `POST /v1/bundle`), with the keys of a person's areas in the answers that name the person.
pub const V1: u32 = 1;

/// The version this build speaks.
pub const CURRENT: u32 = V1;

/// The oldest version this build still serves.
pub const OLDEST: u32 = V1;
