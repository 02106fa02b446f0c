//! What was found in one message: its text, and which parts are spent with it.

use std::collections::HashSet;

use super::TextSource;
use super::embedded::File;
use crate::vocabulary::invisible::is_ignorable;

/// The text of one message and what it took to find it.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) source: TextSource,
    /// What stands in the text and is not seen.
    pub(super) hidden: String,
    /// Parts that are the text, by their number.
    pub(super) parts: HashSet<u32>,
    /// Addresses that links lead to and the text does not say.
    pub(super) links: Vec<String>,
    /// Files that stood inside the text.
    pub(super) files: Vec<File>,
    /// Content-IDs that the HTML shows.
    pub(super) shown: HashSet<String>,
}

/// Whether nobody would see anything in a text.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_ignorable(c))
}
