//! The views and requests, in the order of a day. Dates are ISO text, money is text with two decimals,
//! counts are u32. Words are in the session's language. One file a page of the app; start with [`visit`].

mod conflicts;
mod desk;
mod household;
mod lists;
mod policy;
mod policy_desk;
mod session;
mod sync;
mod visit;

pub use conflicts::*;
pub use desk::*;
pub use household::*;
pub use lists::*;
pub use policy::*;
pub use policy_desk::*;
pub use session::*;
pub use sync::*;
pub use visit::*;
