//! Names of the Uyghurs, Mongols and others in Han: without surname, in characters that transliterate.

use crate::details::lexicon::name_words::{
    GIVEN, IN_GIVEN, NO_NAMES, TRANSLITERATIONS, TRANSLITERATIONS_IN_DOTTED, is_word,
};

/// `阿依古丽 买买提`: one name of two words, written as with a middle dot; `马丽 海娜` are two people.
/// `is_name`: whether a word by itself is somebody's name.
pub(super) fn transliterated(words: &[&str], is_name: fn(&str) -> bool) -> Option<String> {
    let fits = (2..=3).contains(&words.len())
        && words.iter().all(|word| {
            (2..=6).contains(&word.chars().count()) && word.chars().all(|c| TRANSLITERATIONS.contains(&c))
        })
        && !words.iter().all(|word| is_name(word));
    fits.then(|| words.join("·"))
}

/// A name without surname as its bearer's people have it, in characters that transliterate and with an element that many of
/// its names have: 乌云其木格, 那日苏.
pub(super) fn minority(word: &str) -> bool {
    let length = word.chars().count();
    let known = |c: char| {
        TRANSLITERATIONS.contains(&c) || TRANSLITERATIONS_IN_DOTTED.contains(&c) || IN_GIVEN.contains(&c)
    };
    (3..=8).contains(&length)
        && word.chars().all(known)
        && (GIVEN.at_start(word).is_some() || GIVEN.at_end(word).is_some())
        && !is_word(word)
        && !NO_NAMES.at_an_end(word)
}
