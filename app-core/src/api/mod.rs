//! What the screens see: one dispatcher of named methods (`dispatch`), `XxxRequest` in, `XxxView` out.
//! TypeScript is generated from these types into `ui/src/api/bindings/` (`cargo test -p app-core export_bindings`).
//! No rules here and none in the screens: a view carries words, states and permissions ready to show.

pub mod views;
