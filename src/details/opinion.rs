//! What do they say?

mod behalf;
mod beside_signer;
pub(crate) mod clause;
mod clause_abroad;
mod courtesy;
pub(crate) mod departments;
pub(crate) mod frame;
pub(crate) mod framing;
mod headings;
mod interview;
pub(crate) mod items;
mod letter_words;
mod lists;
mod marks;
mod notice;
mod number_at;
pub(crate) mod numbering;
mod passed_on;
mod pictures;
mod point;
mod remarks;
mod unnumbered;
mod what_one_is;
