//! Who wrote?

pub(crate) mod described;
pub(crate) mod fill;
pub(crate) mod glued;
mod in_subject;
pub(crate) mod introduction;
pub(crate) mod joint;
pub(crate) mod name;
pub(crate) mod oneself;
pub(crate) mod organization;
pub(crate) mod part;
mod phones;
mod roll;
pub(crate) mod signature;
pub(crate) mod signers;
pub(crate) mod unmarked;
