//! What do they say?

pub(crate) mod clause;
mod departments;
pub(crate) mod frame;
pub(crate) mod framing;
pub(crate) mod items;
mod lists;
mod marks;
mod number_at;
pub(crate) mod numbering;
