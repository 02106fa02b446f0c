//! What has a label?

pub(crate) mod brackets;
pub(crate) mod label;
pub(crate) mod label_at;
pub(crate) mod label_words;
pub(crate) mod labels;
mod proved;
pub(crate) mod strangers;
pub(crate) mod table;
