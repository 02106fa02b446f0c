//! The word lists of `rules/`: language that the rules go by, kept as data so that people who know the language can
//! review it.
//!
//! A row of a table is `word ⇥ meaning ⇥ why or example`; lines that begin with `# ` are comments. The meaning is what
//! the rules ask for; nothing depends on the order of rows. Rows are sorted by meaning, then word, and no word stands
//! twice under one meaning; `tests/it/language.rs` holds that for every table.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::by_character::ByCharacter;
use super::pattern::Regex;

/// One table, read once: declare it with `language_table!`.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Row>,
}

/// One row of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What people write.
    pub word: &'static str,
    /// What the rules take it for.
    pub meaning: &'static str,
}

impl Table {
    /// Reads a table that was compiled in.
    pub fn parse(text: &'static str) -> Self {
        let rows =
            text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).filter_map(|line| {
                let mut columns = line.split('\t');
                Some(Row { word: columns.next()?, meaning: columns.next()? })
            });
        Self { rows: rows.collect() }
    }

    /// All rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The words with one meaning.
    pub fn words(&self, meaning: &str) -> impl Iterator<Item = &'static str> {
        self.rows.iter().filter(move |row| row.meaning == meaning).map(|row| row.word)
    }

    /// The words with one meaning, for questions that are asked often.
    pub fn set(&self, meaning: &str) -> HashSet<&'static str> {
        self.words(meaning).collect()
    }

    /// The characters of the words with one meaning, for lists whose words are single characters.
    pub fn characters(&self, meaning: &str) -> HashSet<char> {
        self.words(meaning).flat_map(str::chars).collect()
    }

    /// The words with one meaning, the longest first: where several fit, the first names the whole of what was written.
    pub fn longest_first(&self, meaning: &str) -> Vec<&'static str> {
        let mut words: Vec<&str> = self.words(meaning).collect();
        words.sort_by_key(|word| Reverse(word.len()));
        words
    }

    /// The words with one meaning as alternatives of a regular expression, without a group around them; the longest come
    /// first, for an expression takes the first that fits. A blank in a word stands for any blank character.
    pub fn alternatives(&self, meaning: &str) -> String {
        let words = self.longest_first(meaning).into_iter();
        words.map(|word| regex::escape(word).replace(' ', r"\s")).collect::<Vec<_>>().join("|")
    }

    /// An expression in which `⟨meaning⟩` stands for any of the words that have it.
    ///
    /// # Panics
    /// When the pattern is none, or names a meaning that no word has; both are constants, and a test compiles each.
    pub fn pattern(&self, pattern: &str) -> Regex {
        let mut text = String::with_capacity(pattern.len());
        for (index, piece) in pattern.split(['⟨', '⟩']).enumerate() {
            if index % 2 == 0 {
                text.push_str(piece);
            } else {
                let words = self.alternatives(piece);
                assert!(!words.is_empty(), "no word means {piece}");
                text = text + "(?:" + &words + ")";
            }
        }
        Regex::new(&text).expect("a constant pattern that the tests compile")
    }
}

/// The words with one meaning, ready for questions that are asked often: of each line of each letter.
#[derive(Debug)]
pub struct Words {
    /// The longest first.
    all: Vec<&'static str>,
    /// Places in `all` by the first character, the longest word first.
    starts: ByCharacter<u32>,
    /// Places in `all` by the last character, the longest word first.
    ends: ByCharacter<u32>,
    /// All of them in one pass; made when a text is looked through for the first time.
    searcher: OnceLock<AhoCorasick>,
}

/// Words that are longer than this on the average are sentences.
const SENTENCE_BYTES: usize = 20;

/// More words than this are looked for in one pass.
const FEW_WORDS: usize = 2;

impl Words {
    /// The words of a table with one meaning; there is at least one.
    pub fn new(table: &Table, meaning: &str) -> Self {
        let all = table.longest_first(meaning);
        debug_assert!(!all.is_empty(), "no word means {meaning}");
        let by = |character: fn(&str) -> Option<char>| {
            let words = (0_u32..).zip(&all);
            // `all` has the longest first.
            ByCharacter::new(words.filter_map(|(place, word)| Some((character(word)?, place))))
        };
        let starts = by(|word| word.chars().next());
        let ends = by(|word| word.chars().next_back());
        Self { all, starts, ends, searcher: OnceLock::new() }
    }

    /// All of them, the longest first.
    pub fn all(&self) -> &[&'static str] {
        &self.all
    }

    /// The words at these places.
    fn at<'w>(
        &'w self,
        places: impl Iterator<Item = &'w u32> + 'w,
    ) -> impl Iterator<Item = &'static str> + 'w {
        places.filter_map(|place| self.all.get(*place as usize).copied())
    }

    /// Whether the text is one of the words.
    pub fn contains(&self, text: &str) -> bool {
        text.chars().next().is_some_and(|first| self.at(self.starts.under(first)).any(|word| word == text))
    }

    /// The longest word that the text begins with.
    pub fn at_start<'a>(&self, text: &'a str) -> Option<&'a str> {
        let first = text.chars().next()?;
        let word = self.at(self.starts.under(first)).find(|word| text.starts_with(word))?;
        text.get(..word.len())
    }

    /// Every word that the text begins with, the longest first.
    pub fn all_at_start<'w>(&'w self, text: &'w str) -> impl Iterator<Item = &'static str> + 'w {
        let places = text.chars().next().map(|first| self.starts.under(first)).into_iter().flatten();
        self.at(places).filter(|word| text.starts_with(word))
    }

    /// The longest word that the text ends with.
    pub fn at_end<'a>(&self, text: &'a str) -> Option<&'a str> {
        let last = text.chars().next_back()?;
        let word = self.at(self.ends.under(last)).find(|word| text.ends_with(word))?;
        text.get(text.len() - word.len()..)
    }

    /// The longest word that the text ends with, behind something else.
    pub fn behind_something<'a>(&self, text: &'a str) -> Option<&'a str> {
        let mut rest = text.chars();
        rest.next()?;
        self.at_end(rest.as_str())
    }

    /// Whether the text begins or ends with one of the words.
    pub fn at_an_end(&self, text: &str) -> bool {
        self.at_start(text).is_some() || self.at_end(text).is_some()
    }

    /// Whether one of the words stands anywhere in the text.
    ///
    /// # Panics
    /// When the words are too many for a searcher; they are constants, and no list is a hundredth as long.
    pub fn inside(&self, text: &str) -> bool {
        if self.all.len() <= FEW_WORDS {
            return self.all.iter().any(|word| text.contains(word));
        }
        let bytes: usize = self.all.iter().map(|word| word.len()).sum();
        // The fast automaton takes half a KiB for each byte of the words; hardly any text goes deep into sentences.
        let kind = (bytes > SENTENCE_BYTES * self.all.len()).then_some(AhoCorasickKind::ContiguousNFA);
        let searcher =
            || AhoCorasick::builder().kind(kind).build(&self.all).expect("a list of constant words");
        self.searcher.get_or_init(searcher).is_match(text)
    }

    /// The longest of the words that stands anywhere in the text.
    ///
    /// # Panics
    /// As [`Self::inside`].
    pub fn longest_inside(&self, text: &str) -> Option<&'static str> {
        if !self.inside(text) {
            return None;
        }
        self.all.iter().copied().find(|word| text.contains(word))
    }
}

/// Declares the words of a table with one meaning: `word_list!(DOUBLE, SURNAMES, "double")`.
macro_rules! word_list {
    ($(#[$doc:meta])* $visibility:vis $name:ident, $table:expr, $meaning:literal) => {
        $(#[$doc])*
        $visibility static $name: std::sync::LazyLock<$crate::vocabulary::language::Words> =
            std::sync::LazyLock::new(|| $crate::vocabulary::language::Words::new(&$table, $meaning));
    };
}

pub(crate) use word_list;

/// Declares a static table: `language_table!(SURNAMES, "language/surnames.tsv")`; the path begins in `rules/`.
macro_rules! language_table {
    ($(#[$doc:meta])* $visibility:vis $name:ident, $file:literal) => {
        $(#[$doc])*
        $visibility static $name: std::sync::LazyLock<$crate::vocabulary::language::Table> =
            std::sync::LazyLock::new(|| {
                $crate::vocabulary::language::Table::parse(include_str!(concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/rules/",
                    $file
                )))
            });
    };
}

pub(crate) use language_table;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_by_meaning() {
        let table = Table::parse("# words\n宋\tsurname\t\n宋先生\tsigner\t例\n先生.\tsigner\t\n");
        assert_eq!(table.words("surname").collect::<Vec<_>>(), ["宋"]);
        assert_eq!(table.alternatives("signer"), "宋先生|先生\\.");
        assert_eq!(table.set("signer").len(), 2);
        assert!(table.characters("surname").contains(&'宋'));
        assert!(table.pattern("^⟨signer⟩?好$").is_match("宋先生好"));
        assert!(!table.pattern("^⟨signer⟩好$").is_match("宋好"));
    }

    #[test]
    fn words_are_found_at_the_ends_and_inside() {
        let table = Table::parse("主任\toffice\t\n副主任\toffice\t\n长\toffice\t\n");
        let offices = Words::new(&table, "office");
        assert_eq!(offices.at_end("王副主任"), Some("副主任"));
        assert_eq!(offices.at_start("主任您好"), Some("主任"));
        assert_eq!(offices.behind_something("副主任"), Some("主任"));
        assert_eq!(offices.behind_something("长"), None);
        assert!(offices.contains("长") && !offices.contains("副"));
        assert!(offices.inside("致主任信") && !offices.inside("致先生"));
        assert!(offices.at_an_end("局长") && !offices.at_an_end("官长们"));
    }
}
