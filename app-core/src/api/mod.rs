//! What the screens see: one dispatcher of named methods, `XxxRequest` in, `XxxView` out.
//! No rules here and none in the screens: a view carries words, states and permissions ready to show.
//! Start with [`methods`] (the table) and [`views`]; TypeScript is generated from both into `ui/src/api/bindings/`
//! (`bindings.rs`).

#[cfg(test)]
mod bindings;
pub mod methods;
pub mod views;
