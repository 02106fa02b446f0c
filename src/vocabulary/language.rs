//! The word lists of `rules/`: language that the rules go by, kept as data so that people who know the language can
//! review it.
//!
//! A row of a table is `word ⇥ meaning ⇥ why or example`; lines that begin with `#` are comments. The meaning is what
//! the rules ask for; nothing depends on the order of rows. Rows are sorted by meaning, then word, and no word stands
//! twice under one meaning; `tests/it/language.rs` holds that for every table.

use std::collections::HashSet;

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
            text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(|line| {
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
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
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
}
