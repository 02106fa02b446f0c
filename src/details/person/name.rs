//! Personal names: what is certainly one, what is only a hint.

use crate::details::lexicon::name_words::{
    COMPLAINTS, COMPLAINTS_OF_THINGS, GIVEN, LATIN_GIVEN, LATIN_PLACEHOLDERS, LATIN_SURNAMES, NAMES_TOO,
    NO_NAMES, NO_SIGNATURES, NOT_FILLED, NOT_IN_GIVEN, NOT_IN_NAMES, OFFICES_AND_PLACES, PEOPLE,
    PLACEHOLDERS, TITLES, TRANSLITERATIONS, TRANSLITERATIONS_IN_DOTTED, VILLAGES, is_place, is_word,
};
use crate::details::lexicon::surnames::{
    begins_as_signed, begins_riskily, is_common, is_rare, surname_length,
};
use crate::details::lexicon::{occupations, places, roles};
use crate::details::person::transliterated::transliterated;
use crate::details::text::fold::is_han;
use crate::details::text::numeral::is_numeral;

/// What a value that should be a name turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A name.
    Name(String),
    /// Something that points to a person without naming him: `李女士`, `老王`, a nickname.
    Hint(String),
    /// Neither.
    Nothing,
}

/// What speaks for a word being a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Nothing but its form.
    Form,
    /// Its form, and a closing or the date beside it.
    Closing,
    /// An introduction, or a label without its mark: 我叫李丽.
    Said,
    /// A label with its mark: here even 楼建明 and 和平 are names.
    Label,
}

impl Proof {
    const fn is_form(self) -> bool {
        matches!(self, Self::Form | Self::Closing)
    }
}

/// Longest value that is looked at, in bytes.
const VALUE_BYTES: usize = 240;

/// Reads the value of a name label of which no mark shows that it is one.
pub(crate) fn read_labelled(value: &str) -> Reading {
    read_value(value, Proof::Said)
}

/// Reads the value of a name label with its mark.
pub(crate) fn read_marked(value: &str) -> Reading {
    read_value(value, Proof::Label)
}

fn read_value(value: &str, proof: Proof) -> Reading {
    let value = without_others(clip(value).trim());
    if let Some(name) = bracketed(value) {
        return Reading::Name(name);
    }
    // 【王晓明】, 王小明😊: what is neither a letter nor a mark within names ends it.
    let value = value.trim_start_matches(|c: char| !c.is_alphanumeric());
    let value = cut_at(value, |c| {
        c.is_ascii_digit() || !c.is_alphanumeric() && !c.is_whitespace() && !is_mark_in_names(c)
    });
    let value = value.trim().trim_end_matches(['\'', '’', '-', '.', '·']);
    if let Some(name) = dotted(value).or_else(|| latin(value)).or_else(|| hangul(value)) {
        return Reading::Name(name);
    }
    let pieces: Vec<&str> = value.split_whitespace().collect();
    // 联系人：法规处 韦明
    let departments = pieces.iter().take_while(|piece| roles::stands_before_a_name(piece)).count();
    let pieces = pieces.get(departments..).filter(|rest| !rest.is_empty()).unwrap_or(&pieces);
    if let Some(name) = transliterated(pieces, is_certain) {
        return Reading::Name(name);
    }
    let joined = join_spread(pieces);
    let Some(first) = joined.first() else { return Reading::Nothing };
    if first.chars().count() == 1 && surname_length(first) == 1 {
        return Reading::Hint(first.clone());
    }
    if is_given_without_surname(first) {
        return Reading::Name(first.clone());
    }
    match read_han(first, proof) {
        Reading::Nothing
            if first.chars().all(is_han)
                && (2..=4).contains(&first.chars().count())
                && !is_stopped(first, proof) =>
        {
            Reading::Hint(first.clone())
        }
        reading => reading,
    }
}

/// `董Lisa（董丽莎）`: the name in brackets behind one that is written in two scripts.
fn bracketed(value: &str) -> Option<String> {
    let (front, behind) = value.split_once('(')?;
    let mixed = front.contains(is_han) && front.contains(|c: char| c.is_ascii_alphabetic());
    let name = behind.split_once(')').map_or(behind, |(name, _)| name).trim();
    let is_name = || matches!(read_han(name, Proof::Said), Reading::Name(read) if read == name);
    (mixed && front.len() <= NAME_BYTES && is_name()).then(|| name.to_owned())
}

/// Longest name in two scripts, in bytes.
const NAME_BYTES: usize = 40;

/// Dots, hyphens, apostrophes and the marks of decomposed letters.
const fn is_mark_in_names(c: char) -> bool {
    matches!(c, '·' | '•' | '‧' | '・' | '∙' | '．' | '.' | '-' | '\'' | '’' | '\u{300}'..='\u{36f}')
}

/// The first of `李明等三人`, `张大民等5人`.
fn without_others(value: &str) -> &str {
    let Some((before, behind)) = value.split_once('等') else { return value };
    let counted = behind.trim_start().trim_start_matches(|c: char| {
        c.is_ascii_digit() || is_numeral(c) || matches!(c, '几' | '数' | '多' | '余')
    });
    let counts = counted.len() < behind.trim_start().len()
        && counted.trim_start().starts_with(['人', '名', '位', '户']);
    if counts && before.chars().nth(1).is_some() { before } else { value }
}

/// Whether a word is a Chinese name by its form alone.
pub(crate) fn is_certain(word: &str) -> bool {
    matches!(read_han(word, Proof::Form), Reading::Name(_))
}

fn is_given_without_surname(word: &str) -> bool {
    (2..=7).contains(&word.chars().count())
        && word.chars().all(is_han)
        && (GIVEN.at_start(word).is_some() || GIVEN.at_end(word).is_some())
}

/// Reads one word as a Chinese name.
pub(crate) fn read_han(word: &str, proof: Proof) -> Reading {
    let length = word.chars().count();
    if !(2..=8).contains(&length) || !word.chars().all(is_han) {
        return Reading::Nothing;
    }
    if let Some(base) = without_title(word) {
        let base_length = base.chars().count();
        let surname = surname_length(base);
        if surname > 0 && base_length == surname || base_length == 2 && base.starts_with(['老', '小', '大'])
        {
            return Reading::Hint(word.to_owned());
        }
        if surname == 0 && base_length == 1 && !proof.is_form() {
            return Reading::Hint(word.to_owned());
        }
        // 张建国先生; but 于海工 is three characters of a name.
        if surname > 0 && base_length >= 2 && base_length + 2 <= length && is_plain_name(base, proof) {
            return Reading::Name(base.to_owned());
        }
    }
    if length == 2
        && word.starts_with(['老', '小'])
        && word.chars().nth(1).is_some_and(|c| surname_length(&c.to_string()) == 1)
    {
        return Reading::Hint(word.to_owned());
    }
    if is_plain_name(word, proof) { Reading::Name(word.to_owned()) } else { Reading::Nothing }
}

fn is_plain_name(word: &str, proof: Proof) -> bool {
    let length = word.chars().count();
    let surname = match surname_length(word) {
        0 if !proof.is_form() => usize::from(is_rare(word)),
        surname => surname,
    };
    if is_stopped(word, proof) {
        return false;
    }
    if surname == 0 {
        return proof == Proof::Label && is_unlisted_name(word, length);
    }
    // By itself a word of four characters is a name only with a double surname: 简政放权 is none. Those who are said to
    // be called so may have three characters behind theirs: 完颜阿骨打.
    let doubled = surname >= 2 || word.chars().take(2).all(is_common);
    let longest = if surname >= 2 { surname + if proof.is_form() { 2 } else { 3 } } else { 4 };
    let long_enough =
        length > surname && (2..=longest).contains(&length) && (length < 4 || !proof.is_form() || doubled);
    match proof {
        Proof::Form => {
            long_enough && !begins_riskily(word) && !is_word(word) && !is_about_things(word, length)
        }
        Proof::Closing => {
            let begins = !begins_riskily(word) || begins_as_signed(word);
            long_enough && begins && !is_place(word) && !is_about_things(word, length)
        }
        Proof::Said | Proof::Label => long_enough,
    }
}

/// A place, a thing, or a complaint in three characters: 庄河, 车位, 车位少, 路难走, 楼太旧.
fn is_about_things(word: &str, length: usize) -> bool {
    let complains = || {
        let thing = word.char_indices().nth(2).and_then(|(at, _)| word.get(..at)).unwrap_or_default();
        COMPLAINTS.at_end(word).is_some()
            || thing.ends_with(['难', '很', '最'])
            || COMPLAINTS_OF_THINGS.at_end(word).is_some()
                && (thing.ends_with(['太', '更']) || places::is_thing(thing))
    };
    // 钟家, 范家屯: villages are called after families.
    let village = word.char_indices().nth(1).is_some_and(|(at, c)| {
        c == '家'
            && word.get(at + c.len_utf8()..).is_some_and(|rest| rest.chars().all(|c| VILLAGES.contains(&c)))
    });
    places::is_known(word)
        || places::is_thing(word)
        || PEOPLE.at_end(word).is_some()
        || village
        || length == 3 && complains()
}

/// A name in a marked field that begins with no surname known here: 旺堆, 和平; no nickname of four characters.
fn is_unlisted_name(word: &str, length: usize) -> bool {
    (2..=3).contains(&length) && roles::read(word).is_none_or(|_| NAMES_TOO.contains(word))
}

/// Whether the word is, or contains, something that no name does. Behind a label 许可心 is a name, 许可 is not.
fn is_stopped(word: &str, proof: Proof) -> bool {
    if proof == Proof::Label && NAMES_TOO.contains(word) {
        return false;
    }
    let by_itself = proof.is_form();
    let length = word.chars().count();
    let surname = surname_length(word);
    let stopped = if by_itself || length > 3 && surname < 2 {
        NO_NAMES.at_an_end(word) || by_itself && NO_SIGNATURES.at_an_end(word)
    } else {
        // 方便, 安心: the label decides where the word begins with a surname that is hardly another word.
        (proof != Proof::Label || surname == 0 || begins_riskily(word)) && NO_NAMES.contains(word)
    };
    let repeats = by_itself && {
        let mut chars = word.chars();
        let (first, second, third) = (chars.next(), chars.next(), chars.next());
        // 常常, 干干净净; 常来常往, 费时费力
        first == second || first == third && length == 4
    };
    let unfilled = proof == Proof::Label
        && (NOT_FILLED.at_start(word).is_some()
            || (length == 2 || surname == 0) && occupations::is_whole(word));
    repeats
        || holds_function_word(word, length, proof)
        || PLACEHOLDERS.at_an_end(word)
        || stopped
        || unfilled
        || length >= 3 && OFFICES_AND_PLACES.at_end(word).is_some()
}

/// Whether the word holds a character that sentences have and names do not. Behind a label a given name may hold more
/// of them (王不凡), and 李想 is a name wherever somebody says so.
fn holds_function_word(word: &str, length: usize, proof: Proof) -> bool {
    let surname = surname_length(word);
    if proof == Proof::Label && surname > 0 && length <= surname + if surname == 1 { 2 } else { 3 } {
        return word.chars().skip(surname).any(|c| NOT_IN_GIVEN.contains(&c)) || is_pointed_at(word);
    }
    // 那 begins a sentence, and is a surname where somebody says so or signs.
    let is_surname = proof != Proof::Form && length <= 3 && !is_pointed_at(word);
    let word = word.strip_prefix('那').filter(|_| is_surname).unwrap_or(word);
    let end = word.len() - word.chars().next_back().map_or(0, char::len_utf8);
    let front = if !proof.is_form() && length <= 3 && word.ends_with(['想', '让']) && !begins_riskily(word)
    {
        word.get(..end).unwrap_or(word)
    } else {
        word
    };
    front.chars().any(|c| NOT_IN_NAMES.contains(&c))
}

/// 那里, 那时候: what 那 points at.
fn is_pointed_at(word: &str) -> bool {
    const BEHIND_THAT: [char; 9] = ['么', '个', '些', '里', '边', '种', '时', '样', '就'];
    word.strip_prefix('那')
        .is_some_and(|given| given.starts_with(BEHIND_THAT) || matches!(given, "天" | "年" | "位" | "次"))
}

/// The word before its title, when it ends with one.
fn without_title(word: &str) -> Option<&str> {
    word.strip_suffix(TITLES.behind_something(word)?)
}

/// Names with a middle dot: 阿依古丽·买买提. The dot is written in five ways.
pub(crate) fn dotted(value: &str) -> Option<String> {
    let value = value.trim();
    let is_dot = |c: char| matches!(c, '·' | '•' | '‧' | '・' | '∙' | '．' | '.');
    if !value.contains(is_dot) {
        return None;
    }
    let parts: Vec<&str> = value.split(is_dot).map(str::trim).collect();
    let fits = parts.len() <= 4
        && parts.len() >= 2
        && parts.iter().all(|part| (2..=8).contains(&part.chars().count()) && part.chars().all(is_han));
    fits.then(|| parts.join("·"))
}

/// A name with a middle dot that nothing but its form proves: 高效·便民, 新春游园·数字 and 高效.便民 are none. Such names are
/// written with few characters, or begin with the name of a clan.
pub(crate) fn dotted_by_itself(value: &str) -> Option<String> {
    let name = dotted(value).filter(|_| !value.contains(['.', '．']))?;
    let is_foreign = |part: &str| {
        let strange = part
            .chars()
            .filter(|c| !TRANSLITERATIONS.contains(c) && !TRANSLITERATIONS_IN_DOTTED.contains(c))
            .count();
        strange * 3 <= part.chars().count() && !NO_NAMES.at_an_end(part) && !is_word(part)
    };
    let fits = surname_length(value) >= 2 || name.split('·').all(is_foreign);
    (fits && name.chars().count() >= 5).then_some(name)
}

/// A name of two or three Latin words that nothing but its form proves: one of them is known as a given name or a surname.
pub(crate) fn latin_by_itself(value: &str) -> Option<String> {
    let name = latin(value).filter(|name| name.len() == value.len())?;
    let words: Vec<&str> = name.split(' ').collect();
    let is_plain = |word: &&str| {
        word.starts_with(char::is_uppercase)
            && word.chars().skip(1).all(|c| !c.is_uppercase() || !c.is_ascii())
            || word.chars().all(char::is_uppercase)
    };
    let lower = |word: Option<&&str>| word.map(|word| word.to_lowercase()).unwrap_or_default();
    let (first, last) = (lower(words.first()), lower(words.last()));
    let known =
        LATIN_GIVEN.contains(&first) || LATIN_SURNAMES.contains(&last) || LATIN_SURNAMES.contains(&first);
    let stopped = words
        .iter()
        .any(|word| LATIN_PLACEHOLDERS.contains(word.trim_end_matches('.').to_lowercase().as_str()));
    ((2..=3).contains(&words.len()) && words.iter().all(is_plain) && known && !stopped).then_some(name)
}

/// A Korean name in its own letters: 김민수.
pub(crate) fn hangul(value: &str) -> Option<String> {
    let plain: String = value.split_whitespace().collect();
    let fits = (2..=5).contains(&plain.chars().count()) && plain.chars().all(|c| matches!(c, '가'..='힣'));
    fits.then_some(plain)
}

/// Names in Latin letters: `David Chen`, `J. O'Neill`. At most four words, the first with a capital.
pub(crate) fn latin(value: &str) -> Option<String> {
    let words: Vec<&str> = value
        .split(' ')
        .filter(|word| !word.is_empty())
        .take_while(|word| {
            word.chars().all(|c| c.is_alphabetic() && !is_han(c) || matches!(c, '.' | '-' | '\'' | '’'))
        })
        .collect();
    let capital = words.first()?.chars().next()?.is_uppercase();
    let letters = words.iter().flat_map(|word| word.chars()).filter(|c| c.is_alphabetic()).count();
    let fits = capital && words.len() <= 4 && (2..=60).contains(&letters) && !is_placeholder(words.first()?);
    fits.then(|| words.join(" "))
}

fn is_placeholder(word: &str) -> bool {
    if word.chars().count() >= 2 && word.chars().all(|c| matches!(c, 'x' | 'X' | '×')) {
        return true;
    }
    LATIN_PLACEHOLDERS.contains(word.trim_end_matches('.').to_lowercase().as_str())
}

/// Joins spread names: `李  丽` is one name, `张三 李四` are two.
pub(crate) fn join_spread(pieces: &[&str]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut open = false;
    for piece in pieces {
        let length = piece.chars().count();
        let is_short_han = length <= 2 && piece.chars().all(is_han);
        match joined.last_mut() {
            Some(last)
                if open
                    && is_short_han
                    && last.chars().count() + length <= 4
                    && (length == 1 || last.chars().count() == surname_length(last)) =>
            {
                last.push_str(piece);
                open = length == 1 && last.chars().count() < 3;
            }
            _ => {
                joined.push((*piece).to_owned());
                open = is_short_han && length == surname_length(piece);
            }
        }
    }
    joined
}

fn clip(value: &str) -> &str {
    if value.len() <= VALUE_BYTES {
        return value;
    }
    let end = (0..=VALUE_BYTES).rev().find(|end| value.is_char_boundary(*end)).unwrap_or(0);
    value.get(..end).unwrap_or_default()
}

fn cut_at(value: &str, stop: impl Fn(char) -> bool) -> &str {
    value.find(stop).and_then(|end| value.get(..end)).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Reading {
        Reading::Name(text.to_owned())
    }

    #[test]
    fn labelled_names() {
        assert_eq!(read_labelled("张建国"), name("张建国"));
        assert_eq!(read_labelled(" 李  丽 "), name("李丽"));
        assert_eq!(read_labelled("欧阳 娜娜"), name("欧阳娜娜"));
        assert_eq!(read_labelled("赵敏(综合部)"), name("赵敏"));
        assert_eq!(read_labelled("张建国先生"), name("张建国"));
        assert_eq!(read_labelled("阿依古丽・买买提"), name("阿依古丽·买买提"));
        assert_eq!(read_labelled("David Chen"), name("David Chen"));
        assert_eq!(read_labelled("张三 男 35岁"), name("张三"));
    }

    #[test]
    fn titles_and_nicknames_are_hints() {
        for hint in ["李女士", "王工", "张律师", "刘主任", "欧阳先生", "老王", "张某", "陈总"]
        {
            assert_eq!(read_labelled(hint), Reading::Hint(hint.to_owned()), "{hint}");
        }
        assert_eq!(read_labelled("风吹麦浪"), Reading::Hint("风吹麦浪".to_owned()));
    }

    #[test]
    fn words_in_a_name_field_that_name_nobody() {
        for value in [
            "自动带出",
            "匿名",
            "热心市民",
            "未填写",
            "不便透露",
            "",
            "无",
            "138",
            "同上",
            "某某市营商环境建设局",
        ] {
            assert_eq!(read_labelled(value), Reading::Nothing, "{value}");
        }
    }
}
