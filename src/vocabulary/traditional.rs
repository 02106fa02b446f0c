//! Traditional characters and variants, each with its simplified form.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::vocabulary::language::language_table;

language_table!(
    /// Traditional and variant forms of the characters that titles of government documents are made of, and the CJK
    /// radicals that text copied out of a PDF contains and NFKC leaves alone.
    CHARACTERS, "language/traditional.tsv");

/// The table as pairs of a written and a simplified character.
pub fn pairs() -> impl Iterator<Item = (char, char)> {
    CHARACTERS.rows().iter().filter_map(|row| Some((row.word.chars().next()?, row.meaning.chars().next()?)))
}

/// The first and the last character that may have another form: radicals of both kinds, then Han.
const FIRST: u32 = 0x2e80;
const LAST: u32 = 0x9fff;

/// What each character between them is read as: one look for each character of a letter.
static READ_AS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut read_as: Vec<char> = (FIRST..=LAST).filter_map(char::from_u32).collect();
    let mut set = |from: char, to: char| {
        if let Some(place) = read_as.get_mut((u32::from(from) - FIRST) as usize) {
            *place = to;
        }
    };
    for radical in '\u{2f00}'..='\u{2fd5}' {
        set(radical, of_radical(radical));
    }
    for (from, to) in pairs().filter(|(from, _)| (FIRST..=LAST).contains(&u32::from(*from))) {
        set(from, to);
    }
    // The radical of a traditional character is read as the simplified one.
    for radical in '\u{2f00}'..='\u{2fd5}' {
        let character = of_radical(radical);
        let simple = read_as.get((u32::from(character) - FIRST) as usize).copied();
        if let Some(place) = read_as.get_mut((u32::from(radical) - FIRST) as usize) {
            *place = simple.unwrap_or(character);
        }
    }
    read_as
});

/// The character that a Kangxi radical looks like; Unicode has it as its compatibility form.
fn of_radical(radical: char) -> char {
    std::iter::once(radical).nfkc().next().unwrap_or(radical)
}

/// The simplified form of a character, for comparing. It takes as many bytes as the character itself.
pub fn simplified(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let place = u32::from(c).checked_sub(FIRST).and_then(|place| READ_AS.get(place as usize));
    place.copied().unwrap_or(c)
}

/// A radical as the character that it stands for; any other character as it is. Text copied out of a PDF holds them.
pub fn without_radical(c: char) -> char {
    if matches!(c, '\u{2e80}'..='\u{2fdf}') { simplified(c) } else { c }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

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

    #[test]
    fn every_character_is_read_as_one_that_takes_as_many_bytes() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let read_as = simplified(c);
            assert_eq!(read_as.len_utf8(), c.len_utf8(), "{c}");
            assert_eq!(simplified(read_as), read_as, "{c}");
        }
        assert_eq!("請勿公開⽅便⾨".chars().map(simplified).collect::<String>(), "请勿公开方便门");
        assert_eq!("請⽅".chars().map(without_radical).collect::<String>(), "請方");
    }
}
