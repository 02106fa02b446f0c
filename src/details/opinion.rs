//! What do they say?

pub(crate) mod clause;
pub(crate) mod frame;
pub(crate) mod items;
pub(crate) mod numbering;
