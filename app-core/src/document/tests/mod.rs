//! Tests of the household file: stories, attacks, properties.

mod people;
mod stories;
