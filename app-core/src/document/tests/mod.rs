//! Tests of the household file: stories, attacks, properties.

mod attacks;
mod attacks_on_layout;
mod conflicts;
mod craft;
mod people;
mod permits;
mod properties;
mod snapshots;
mod stories;
