//! What do they say?

pub(crate) mod clause;
pub(crate) mod frame;
pub(crate) mod items;
mod lists;
mod marks;
pub(crate) mod numbering;
