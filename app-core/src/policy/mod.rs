//! The policy pack and what follows from it: parameters, codes, rules, which form is for whom. Pure: no IO but reading a pack.
//!
//! Start with [`facts`] (what rules see of a household).

pub mod facts;
