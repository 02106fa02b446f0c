//! Who wrote?

pub(crate) mod abroad;
mod addressees;
pub(crate) mod answering;
mod beside_label;
pub(crate) mod dated;
pub(crate) mod described;
pub(crate) mod fill;
pub(crate) mod glued;
pub(crate) mod head;
mod in_subject;
pub(crate) mod introduction;
pub(crate) mod joint;
pub(crate) mod name;
pub(crate) mod oneself;
pub(crate) mod organization;
pub(crate) mod part;
mod phones;
pub(crate) mod presentation;
pub(crate) mod portrait;
pub(crate) mod posts;
mod represents;
mod roll;
pub(crate) mod run_on;
pub(crate) mod signature;
pub(crate) mod signers;
mod standing;
pub(crate) mod unmarked;
