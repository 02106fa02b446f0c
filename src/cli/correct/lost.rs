//! What a new text loses of the one whose place it takes.

use std::collections::HashMap;

use crate::vocabulary::CorrectionField;

/// Fields of running text.
pub(super) const FIELDS: [CorrectionField; 2] = [CorrectionField::Comment, CorrectionField::Text];

/// A shorter one is as soon typed as looked for.
const SHORTEST: usize = 6;

/// What is lost of a text, in characters that are letters, digits or Han.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) whole: usize,
    pub(super) gone: usize,
    /// The sentences of which nothing, or little, is left.
    pub(super) words: String,
}

/// Where a sentence ends.
const ENDS: [char; 7] = ['。', '；', ';', '！', '!', '？', '\n'];

/// So much is a word and no text: whoever types it means to put a word right, and not all that was said.
const A_WORD: usize = 4;

/// What a word in the place of a text loses, where that is more than half; `None`: most of it stays, or a text was typed.
pub(super) fn most_of(old: &str, new: &str) -> Option<Lost> {
    let mut stays = counts(new);
    let whole = old.chars().filter(|c| c.is_alphanumeric()).count();
    if whole < SHORTEST || new.chars().filter(|c| c.is_alphanumeric()).count() > A_WORD {
        return None;
    }
    let mut lost = 0;
    let mut words = String::new();
    for sentence in old.split_inclusive(ENDS) {
        let (mut all, mut gone) = (0, 0);
        for c in sentence.chars().filter(|c| c.is_alphanumeric()) {
            all += 1;
            match stays.get_mut(&c).filter(|left| **left > 0) {
                Some(left) => *left -= 1,
                None => gone += 1,
            }
        }
        lost += gone;
        if gone * 2 > all {
            words.push_str(sentence);
        }
    }
    (lost * 2 > whole).then_some(Lost { whole, gone: lost, words })
}

fn counts(text: &str) -> HashMap<char, usize> {
    let mut counts = HashMap::new();
    for c in text.chars().filter(|c| c.is_alphanumeric()) {
        *counts.entry(c).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_the_place_of_a_letter_loses_it_and_a_corrected_letter_does_not() {
        let letter = "建议供暖期延长到四月中旬。老人在家怕冷，希望早日落实。";
        let lost = most_of(letter, "供热");
        assert_eq!(lost.map(|lost| (lost.whole, lost.words)), Some((24, letter.to_owned())));
        for kept in [
            "建议供热期延长到四月中旬。老人在家怕冷，希望早日落实。",
            "建议供暖期延长到四月中旬。老人怕冷。",
            "建议供暖期延长到四月中旬。老人在家怕冷，希望早日落实。另外公布电话。",
        ] {
            assert_eq!(most_of(letter, kept), None, "{kept}");
        }
        // A sentence is a text, and somebody wrote it.
        assert_eq!(most_of(letter, "建议延长供暖期。"), None);
        assert_eq!((most_of("很好", "好"), most_of("", "好")), (None, None));
    }
}
