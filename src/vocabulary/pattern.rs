//! Regular expressions whose working memory is bounded, and that are not run where they cannot fit.

use std::borrow::Cow;

use super::necessary::Necessary;

/// Most bytes of the automaton that one expression builds while it searches, for each thread that searches at once. One whose
/// first states need more has no automaton at all, and each search of it is slow.
const AUTOMATON_BYTES: usize = 1 << 20;

/// [`regex::Regex`] with bounded working memory. A search that needs more is slower, not wrong.
#[derive(Debug, Clone)]
pub struct Regex {
    regex: regex::Regex,
    necessary: Necessary,
}

impl Regex {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When the pattern is wrong.
    pub fn new(pattern: &str) -> Result<Self, regex::Error> {
        let regex = regex::RegexBuilder::new(pattern).dfa_size_limit(AUTOMATON_BYTES).build()?;
        Ok(Self { regex, necessary: Necessary::of(pattern) })
    }

    /// Whether it fits somewhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.may_fit(text) && self.regex.is_match(text)
    }

    /// The first place where it fits.
    pub fn find<'t>(&self, text: &'t str) -> Option<regex::Match<'t>> {
        self.regex.find(self.searched(text)?)
    }

    /// The first place where it fits, with its groups.
    pub fn captures<'t>(&self, text: &'t str) -> Option<regex::Captures<'t>> {
        // Room for groups costs more than to see that there are none.
        if self.is_match(text) { self.regex.captures(text) } else { None }
    }

    /// The first place from byte `at` on where it fits, with its groups.
    pub fn captures_at<'t>(&self, text: &'t str, at: usize) -> Option<regex::Captures<'t>> {
        self.regex.captures_at(self.searched(text)?, at)
    }

    /// The places where it fits.
    pub fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = regex::Match<'t>> {
        self.searched(text).into_iter().flat_map(|text| self.regex.find_iter(text))
    }

    /// The places where it fits, with their groups.
    pub fn captures_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = regex::Captures<'t>> {
        self.searched(text).into_iter().flat_map(|text| self.regex.captures_iter(text))
    }

    /// The text with something in place of each fit.
    pub fn replace_all<'t>(&self, text: &'t str, with: impl regex::Replacer) -> Cow<'t, str> {
        self.searched(text).map_or(Cow::Borrowed(text), |text| self.regex.replace_all(text, with))
    }

    /// The text with something in place of the first fit.
    pub fn replace<'t>(&self, text: &'t str, with: impl regex::Replacer) -> Cow<'t, str> {
        self.searched(text).map_or(Cow::Borrowed(text), |text| self.regex.replace(text, with))
    }

    fn searched<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.may_fit(text).then_some(text)
    }

    fn may_fit(&self, text: &str) -> bool {
        self.necessary.is_in(text)
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
