//! Tests of the household file: stories, attacks, properties.

mod attacks;
mod attacks_on_layout;
mod craft;
mod people;
mod permits;
mod properties;
mod snapshots;
mod stories;
