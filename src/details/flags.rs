//! What must staff know?

pub(crate) mod disclosure;
pub(crate) mod fill;
mod pointer;
pub(crate) mod sensitive;
