//! What is known of occupations in general: the words for them, each with its kind. Which occupations there are to choose
//! from is each consultation's own ([`super::Occupation`]).

use super::language::language_table;

language_table!(
    /// Words for occupations with their kinds; `none` are words that hold one and mean something else.
    OCCUPATIONS, "language/occupations.tsv");

language_table!(
    /// The kinds, each with its rank: of two words of equal length in one phrase, that of the lower rank says what
    /// somebody is (个体司机 runs a business of his own).
    KINDS, "language/occupation_kinds.tsv");

/// The kind of those who have retired: a present state, whatever the work was.
pub const RETIRED: &str = "retired";

/// The kinds in the order of their ranks.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.rows().iter().map(|row| row.word)
}

/// The rank of a kind; what is no kind comes first.
pub fn rank(kind: &str) -> &'static str {
    KINDS.rows().iter().find(|row| row.word == kind).map_or("", |row| row.meaning)
}

/// Words with their kinds.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    OCCUPATIONS.rows().iter().filter(|row| row.meaning != NOTHING).map(|row| (row.word, row.meaning))
}

/// Words that hold an occupation's and mean something else: 退役军人, 教师节.
pub fn nothing() -> impl Iterator<Item = &'static str> {
    OCCUPATIONS.words(NOTHING)
}

const NOTHING: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_kind_that_has_a_rank() {
        for (word, kind) in words() {
            assert!(kinds().any(|known| known == kind), "{word}: {kind}");
        }
        assert!(kinds().any(|kind| kind == RETIRED));
        let all: Vec<&str> = words().map(|(word, _)| word).chain(nothing()).collect();
        for word in &all {
            assert_eq!(all.iter().filter(|other| *other == word).count(), 1, "{word} has two kinds");
        }
    }
}
