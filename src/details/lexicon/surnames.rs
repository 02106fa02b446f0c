//! Chinese surnames: 百家姓 and those in use today beside it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::vocabulary::language::{language_table, word_list};

language_table!(SURNAMES, "language/surnames.tsv");
word_list!(DOUBLE, SURNAMES, "double");
word_list!(
    /// Surnames that are above all other words; a line of two to four characters that begins with one of them is not
    /// taken for a signature.
    EVERYDAY, SURNAMES, "everyday word"
);
word_list!(
    /// Surnames that are other words besides: they count where an introduction or a label shows a name.
    RARE, SURNAMES, "rare"
);
word_list!(
    /// Surnames that begin too many words, but hardly one that stands between a closing and the date.
    SIGNING, SURNAMES, "signs"
);

word_list!(
    /// Japanese surnames of two or three characters that are no Chinese words: with a given name of two they are names.
    JAPANESE, SURNAMES, "japanese"
);

static SINGLE: LazyLock<HashSet<char>> =
    LazyLock::new(|| &SURNAMES.characters("single") | &SURNAMES.characters("traditional"));

/// Common surnames that are words besides: 钱, 黄.
static COMMON_WORDS: LazyLock<HashSet<char>> =
    LazyLock::new(|| SURNAMES.characters("common, and a word besides"));

/// Characters of given names that sentences hardly use.
static GIVEN: LazyLock<HashSet<char>> = LazyLock::new(|| SURNAMES.characters("in a given name"));

static COMMON: LazyLock<HashSet<char>> = LazyLock::new(|| SURNAMES.characters("common"));

/// Whether the text begins with one of the surnames that are other words besides.
pub(crate) fn is_rare(text: &str) -> bool {
    RARE.at_start(text).is_some()
}

/// How many characters of the surname the text begins with: 2 or more for 欧阳 and 爱新觉罗, 1 or 0.
pub(crate) fn surname_length(text: &str) -> usize {
    if let Some(surname) = DOUBLE.at_start(text) {
        return surname.chars().count();
    }
    if let Some(surname) = JAPANESE.at_start(text) {
        let length = surname.chars().count();
        if (4..=5).contains(&text.chars().take(6).count()) && text.chars().nth(length + 1).is_some() {
            return length;
        }
    }
    usize::from(text.chars().next().is_some_and(|c| SINGLE.contains(&c)))
}

/// Whether a character is one of the most common surnames.
pub(crate) fn is_common(c: char) -> bool {
    COMMON.contains(&c)
}

/// Whether a character is one of the most common surnames, and hardly another word.
pub(crate) fn is_only_a_surname(c: char) -> bool {
    is_common(c) && !COMMON_WORDS.contains(&c)
}

/// Whether the first character is a surname that is above all another word, and what follows is not a given name all the same.
pub(crate) fn begins_riskily(text: &str) -> bool {
    surname_length(text) == 1 && EVERYDAY.at_start(text).is_some() && !is_given(text)
}

/// 商淑兰: whether two characters stand behind a surname of one that are hardly seen but in given names.
pub(crate) fn is_given(name: &str) -> bool {
    surname_length(name) == 1
        && name.chars().nth(3).is_none()
        && name.chars().nth(2).is_some()
        && name.chars().skip(1).all(|c| GIVEN.contains(&c))
}

/// Whether the text begins with a surname that nobody takes for another word where a letter is signed.
pub(crate) fn begins_as_signed(text: &str) -> bool {
    SIGNING.at_start(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_surnames_come_before_single_ones() {
        assert_eq!(surname_length("欧阳娜"), 2);
        assert_eq!(surname_length("欧娜"), 1);
        assert_eq!(surname_length("的确"), 0);
        assert_eq!(surname_length(""), 0);
    }
}
