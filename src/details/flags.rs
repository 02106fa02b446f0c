//! What must staff know?

pub(crate) mod fill;
pub(crate) mod pointer;
pub(crate) mod request;
pub(crate) mod sensitive;
