//! Traditional characters and variants, each with its simplified form.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::vocabulary::language::language_table;

language_table!(
    /// Traditional and variant forms of the characters that titles of government documents are made of, and the CJK
    /// radicals that text copied out of a PDF contains and NFKC leaves alone.
    CHARACTERS, "language/traditional.tsv");

/// The table as pairs of a written and a simplified character.
pub fn pairs() -> impl Iterator<Item = (char, char)> {
    CHARACTERS.rows().iter().filter_map(|row| Some((row.word.chars().next()?, row.meaning.chars().next()?)))
}

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| pairs().collect());

/// The simplified form of a character. For words that are known (labels, occupations): in running text 乾 and 後 are words
/// of their own.
pub fn simplified(c: char) -> char {
    if c.is_ascii() { c } else { SIMPLIFIED.get(&c).copied().unwrap_or(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_well_formed() {
        let mut seen = HashMap::new();
        for row in CHARACTERS.rows() {
            assert_eq!((row.word.chars().count(), row.meaning.chars().count()), (1, 1), "{row:?}");
        }
        for (from, to) in pairs() {
            assert_ne!(from, to);
            assert_eq!(seen.insert(from, to), None, "{from} stands twice");
        }
        assert!(pairs().all(|(_, to)| !seen.contains_key(&to)), "a simplified form is folded again");
    }
}
