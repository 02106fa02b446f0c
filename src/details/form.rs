//! What has a label?

pub(crate) mod label;
pub(crate) mod label_at;
pub(crate) mod label_words;
pub(crate) mod labels;
pub(crate) mod strangers;
pub(crate) mod table;
