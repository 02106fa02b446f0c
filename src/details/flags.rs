//! What must staff know?

pub(crate) mod disclosure;
pub(crate) mod fill;
mod no_objection;
mod pointer;
pub(crate) mod sensitive;
