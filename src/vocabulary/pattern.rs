//! Regular expressions whose working memory is bounded.

use std::ops::Deref;

/// Most bytes of the automaton that one expression builds while it searches, for each thread that searches at once. The
/// crate's own bound is 2 MiB: with some 130 expressions over Chinese text the daemon grew by 15 MiB for each thread.
const AUTOMATON_BYTES: usize = 512 << 10;

/// [`regex::Regex`] with bounded working memory. A search that needs more is slower, not wrong.
#[derive(Debug, Clone)]
pub struct Regex(regex::Regex);

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When the pattern is wrong.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        regex::RegexBuilder::new(pattern).dfa_size_limit(AUTOMATON_BYTES).build().map(Self)
    }
}

impl Deref for Regex {
    type Target = regex::Regex;

    fn deref(&self) -> &regex::Regex {
        &self.0
    }
}
