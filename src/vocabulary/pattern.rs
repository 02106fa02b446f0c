//! Regular expressions whose working memory is bounded.

use std::ops::Deref;

/// Most bytes of the automaton that one expression builds while it searches, for each thread that searches at once. The
/// crate's own bound is 2 MiB: with some 190 expressions over Chinese text the daemon grew by 15 MiB for each thread.
const AUTOMATON_BYTES: usize = 192 << 10;

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

/// Declares constant patterns: `pattern!(DATE, r"…")`, or with the words of a table `pattern!(DATE, TABLE, r"⟨month⟩…")`.
macro_rules! pattern {
    ($(#[$doc:meta])* $visibility:vis $name:ident, $pattern:expr) => {
        $(#[$doc])*
        $visibility static $name: std::sync::LazyLock<$crate::vocabulary::Regex> = std::sync::LazyLock::new(|| {
            $crate::vocabulary::Regex::new($pattern).expect("a constant pattern that the tests compile")
        });
    };
    ($(#[$doc:meta])* $visibility:vis $name:ident, $table:expr, $pattern:literal) => {
        $(#[$doc])*
        $visibility static $name: std::sync::LazyLock<$crate::vocabulary::Regex> =
            std::sync::LazyLock::new(|| $table.pattern($pattern));
    };
}

pub(crate) use pattern;
