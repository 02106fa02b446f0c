//! How letters begin in other languages: a greeting, and who writes. `안녕하십니까.`, `Меня зовут Иван Петров, я преподаватель.`,
//! `Hello, my name is Peter Brown, I am a teacher in Dalian.`
//!
//! Nobody here reads these languages as he reads Chinese: a sentence counts as an introduction only when it names somebody, and
//! when everything else in it is made of few known words. Whatever else somebody says stays.

use crate::details::text::fold::is_han;
use crate::vocabulary::language::{language_table, word_list};

language_table!(pub(super) ABROAD, "language/abroad.tsv");
word_list!(GREETINGS, ABROAD, "greeting");
word_list!(SALUTATIONS, ABROAD, "salutation");
word_list!(CALLED, ABROAD, "called");
word_list!(SAYS_I_AM, ABROAD, "says I am");
word_list!(KOREAN, ABROAD, "called in Korean");
word_list!(
    /// What has the form of a name and says what somebody is: 조선족.
    KOREAN_ROLES, ABROAD, "Korean role"
);
word_list!(KOREAN_ENDINGS, ABROAD, "Korean ending");
word_list!(KOREAN_SURNAMES, ABROAD, "Korean surname");
word_list!(JAPANESE, ABROAD, "Japanese opening");
word_list!(JAPANESE_ENDINGS, ABROAD, "Japanese ending");
word_list!(
    /// How a clause begins that goes on about who was named.
    GOES_ON, ABROAD, "goes on"
);
word_list!(WHAT_ONE_IS, ABROAD, "what one is");
word_list!(OPINES, ABROAD, "opines");
word_list!(
    /// What may stand between a name and where its bearer is from.
    PARTICLES, ABROAD, "particle"
);
word_list!(
    /// Words with capitals that name nobody: `I am Chinese`.
    NOBODY, ABROAD, "nobody"
);

/// The longest sentence that is looked at, in bytes.
const SENTENCE_BYTES: usize = 240;

/// The longest name, in words.
const NAME_WORDS: usize = 4;

/// How much of a piece's beginning is a greeting or an introduction in another language, in bytes. `at_head`: the piece stands
/// where letters begin.
pub(crate) fn frame_length(text: &str, at_head: bool) -> usize {
    const SENTENCES: usize = 4;
    let mut at = text.len() - text.trim_start().len();
    for _ in 0..SENTENCES {
        let rest = text.get(at..).unwrap_or_default();
        if !begins_abroad(rest) {
            break;
        }
        let greeting = if at_head { greeting_length(rest) } else { 0 };
        let mut length = if greeting > 0 { greeting } else { introduction_length(rest) };
        if length == 0 {
            length = tells_more(rest, at > 0, SENTENCES);
        }
        if length == 0 {
            break;
        }
        let behind = rest.get(length..).unwrap_or_default();
        at += length + (behind.len() - behind.trim_start().len());
    }
    at
}

/// The name with which somebody introduces himself at the beginning of a line, in another language than Chinese.
pub(crate) fn introduced(text: &str) -> Option<String> {
    let text = text.trim_start();
    if !begins_abroad(text) {
        return None;
    }
    let rest = text.get(greeting_length(text)..)?.trim_start();
    let sentence = rest.get(..sentence_length(rest)?)?;
    name_in(sentence).map(|(name, _)| name)
}

/// Told from Chinese by its first letter.
fn begins_abroad(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_alphabetic() && (!is_han(c) || matches!(c, '初' | '拝' | '私')))
        || is_japanese(text)
}

/// `佐藤健一と申します`: the hiragana near the beginning tell it from Chinese.
fn is_japanese(text: &str) -> bool {
    const NAME_CHARS: usize = 9;
    let mut near = text.chars().take(NAME_CHARS).skip_while(|c| is_han(*c));
    near.next().is_some_and(|c| matches!(c, 'ぁ'..='ゖ'))
}

/// A greeting up to its mark; a salutation up to the mark behind whom it names.
fn greeting_length(text: &str) -> usize {
    const ADDRESSEE_BYTES: usize = 120;
    let head = text.get(..text.floor_char_boundary(ADDRESSEE_BYTES)).unwrap_or_default();
    let lower = head.to_lowercase();
    // A letter whose two cases differ in length would put the marks elsewhere.
    if lower.len() != head.len() {
        return 0;
    }
    let is_mark = |c: char| matches!(c, ',' | '.' | '!' | ':' | '。' | '،' | '؛' | '、' | '~' | '᠂' | '᠃');
    let marks = |from: usize| {
        let rest = head.get(from..).unwrap_or_default();
        from + rest.len() - rest.trim_start_matches(|c: char| is_mark(c) || c == ' ').len()
    };
    if let Some(word) = GREETINGS.at_start(&lower) {
        let rest = head.get(word.len()..).unwrap_or_default();
        if rest.trim().is_empty() || rest.starts_with(is_mark) {
            return marks(word.len());
        }
    }
    let Some(word) = SALUTATIONS.at_start(&lower) else { return 0 };
    let rest = head.get(word.len()..).unwrap_or_default();
    let words = |addressee: &str| addressee.split_whitespace().count();
    match rest.find(|c| is_mark(c) && c != '.') {
        Some(end) if words(rest.get(..end).unwrap_or_default()) <= 5 => marks(word.len() + end),
        _ => 0,
    }
}

/// Where the sentence ends that a text begins with, behind its stop; a stop behind one letter belongs to a name.
fn sentence_length(text: &str) -> Option<usize> {
    let head = text.get(..text.floor_char_boundary(SENTENCE_BYTES))?;
    let stop = head.char_indices().find(|(at, c)| {
        matches!(c, '!' | '?' | '。' | ';')
            || *c == '.'
                && head.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
                && head.get(..*at).is_some_and(|said| {
                    said.rsplit(' ').next().is_some_and(|word| word.chars().nth(1).is_some())
                })
    });
    match stop {
        Some((at, c)) => Some(at + c.len_utf8()),
        None if head.len() == text.len() => Some(text.len()),
        None => None,
    }
}

fn introduction_length(text: &str) -> usize {
    let Some(length) = sentence_length(text) else { return 0 };
    let Some(sentence) = text.get(..length) else { return 0 };
    // What is asked is no introduction.
    if sentence.ends_with('?') {
        return 0;
    }
    name_in(sentence).filter(|(_, whole)| *whole).map_or(0, |_| length)
}

/// How long a sentence is in which somebody says more of himself, in bytes: behind his introduction or a greeting, or before it:
/// `I'm a Chinese-Canadian; please excuse my English. My name is …`.
fn tells_more(text: &str, introduced: bool, sentences: usize) -> usize {
    let Some(length) = sentence_length(text) else { return 0 };
    let sentence = text.get(..length).unwrap_or_default();
    let plain = sentence.trim().trim_end_matches(['.', '!', '。', ';', ' ']);
    let excuses = |clause: &str| EXCUSES.iter().any(|word| clause.to_lowercase().starts_with(word));
    let of_a_nation = |clause: &str| {
        clause.split([' ', '-']).any(|word| NOBODY.contains(word)) && clause.split(' ').count() <= 5
    };
    let says_i_am = SAYS_I_AM.at_start(&plain.to_lowercase()).is_some() || excuses(plain);
    let mut clauses = plain.split(',').map(str::trim).filter(|clause| !clause.is_empty());
    let all = clauses.all(|clause| is_about(clause) || excuses(clause) || of_a_nation(clause));
    if !says_i_am || sentence.ends_with('?') || !all || sentences == 0 {
        return 0;
    }
    let next = text.get(length..).unwrap_or_default().trim_start();
    let named = || introduction_length(next) > 0 || tells_more(next, false, sentences - 1) > 0;
    if introduced || named() { length } else { 0 }
}

/// How somebody begins to ask pardon for his English.
const EXCUSES: [&str; 5] = ["please excuse", "please forgive", "excuse", "sorry", "forgive"];

/// The name that a sentence introduces, and whether the sentence says nothing but who that is.
fn name_in(sentence: &str) -> Option<(String, bool)> {
    let plain = sentence.trim().trim_end_matches(['.', '!', '。', ';', ' ']);
    in_korean(plain).or_else(|| in_japanese(plain)).or_else(|| in_letters(plain))
}

/// `저는 심양에 사는 김영수입니다`
fn in_korean(plain: &str) -> Option<(String, bool)> {
    const WORDS: usize = 8;
    const NAME_SYLLABLES: usize = 3;
    let opening = KOREAN.at_start(plain)?;
    let said = plain.get(opening.len()..)?.strip_prefix(' ')?;
    let before = said.strip_suffix(KOREAN_ENDINGS.at_end(said)?)?.trim_end();
    let name = before.rsplit(' ').next()?;
    let fits = name.chars().count() == NAME_SYLLABLES
        && name.chars().all(|c| matches!(c, '가'..='힣'))
        && KOREAN_SURNAMES.at_start(name).is_some()
        && !KOREAN_ROLES.contains(name);
    (fits && before.split(' ').count() <= WORDS && !before.contains(',')).then(|| (name.to_owned(), true))
}

/// Whether a word is a name of three syllables, and no word for what somebody is.
pub(super) fn is_korean_name(word: &str) -> bool {
    const SYLLABLES: usize = 3;
    word.chars().count() == SYLLABLES
        && KOREAN_SURNAMES.at_start(word).is_some()
        && !KOREAN_ROLES.contains(word)
}

/// What somebody says in English that he is, behind his name: `piano teacher` of `piano teacher in Dalian`.
pub(super) fn trade(what: &str) -> Option<&str> {
    const WORDS: usize = 4;
    let end = [" in ", " at ", " from ", " of ", ","].iter().filter_map(|word| what.find(word)).min();
    let trade = what.get(..end.unwrap_or(what.len()))?.trim();
    let words: Vec<String> = trade.split_whitespace().map(str::to_lowercase).collect();
    let last = words.last()?;
    let is_one = WHAT_ONE_IS.contains(last.as_str()) && !PARTICLES.contains(last.as_str());
    let plain =
        words.iter().all(|word| word.chars().all(char::is_alphabetic) && !OPINES.contains(word.as_str()));
    (words.len() <= WORDS && is_one && plain).then_some(trade)
}

/// `私は田中と申します`, `大連で工場長をしております鈴木由美子と申します`: the name stands behind the last hiragana.
fn in_japanese(plain: &str) -> Option<(String, bool)> {
    const NAME_CHARS: usize = 8;
    let opening = JAPANESE.at_start(plain).map_or(0, str::len);
    let said = plain.get(opening..)?.trim_start_matches(['、', ',', ' ']);
    let said = said.strip_suffix(JAPANESE_ENDINGS.at_end(said)?)?;
    let name = said.rsplit(|c| matches!(c, 'ぁ'..='ゖ' | '、')).next()?.trim();
    let plain = (2..=NAME_CHARS).contains(&name.chars().count()) && name.chars().all(char::is_alphabetic);
    plain.then(|| (name.to_owned(), true))
}

/// `Меня зовут Иван Петров, я преподаватель в Даляне`, `My name is Peter Brown, I am a teacher`
fn in_letters(plain: &str) -> Option<(String, bool)> {
    let head = plain.get(..plain.floor_char_boundary(40))?;
    let lower = head.to_lowercase();
    if lower.len() != head.len() {
        return None;
    }
    let is_word = |word: &&str| plain.get(word.len()..).is_some_and(|rest| rest.starts_with(' '));
    let called = CALLED.at_start(&lower).filter(is_word);
    let opening = called.or_else(|| SAYS_I_AM.at_start(&lower).filter(is_word))?;
    let said = plain.get(opening.len()..)?.trim_start();
    let mut clauses = said.split(", ");
    let first: Vec<&str> = clauses.next()?.split_whitespace().collect();
    let is_name = |word: &&&str| {
        word.starts_with(char::is_uppercase)
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
            && !NOBODY.contains(word)
    };
    let name: Vec<&str> = first.iter().take_while(is_name).copied().collect();
    let fewest = if called.is_some() { 1 } else { 2 };
    if !(fewest..=NAME_WORDS).contains(&name.len()) || !said.chars().any(|c| !is_han(c)) {
        return None;
    }
    let rest = first.get(name.len()..).unwrap_or_default();
    let from = rest.is_empty() || is_about(&rest.join(" "));
    Some((name.join(" "), from && clauses.all(is_about)))
}

/// Whether a clause goes on about who was named: `I am a teacher in Dalian`, `из Владивостока`.
fn is_about(clause: &str) -> bool {
    const WORDS: usize = 14;
    let lower = clause.trim().to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let begins =
        GOES_ON.at_start(&lower).is_some_and(|word| {
            lower.get(word.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        }) || words.first().is_some_and(|word| PARTICLES.contains(word) || WHAT_ONE_IS.contains(word));
    let known = words.iter().any(|word| WHAT_ONE_IS.contains(word) || PARTICLES.contains(word));
    // software consultant
    let is_trade = words.len() <= 4 && words.last().is_some_and(|word| WHAT_ONE_IS.contains(word));
    words.len() <= WORDS && (begins || is_trade) && known && !words.iter().any(|word| OPINES.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_in_another_language() {
        for (text, name) in [
            ("Меня зовут Иван Петров, я преподаватель в Даляне.", "Иван Петров"),
            ("Здравствуйте! Меня зовут Анна, я студентка из Владивостока.", "Анна"),
            ("Hello, my name is Peter Brown, I am an English teacher in Dalian.", "Peter Brown"),
            ("I'm Mary O'Neill from Ireland.", "Mary O'Neill"),
            ("저는 심양에 사는 김영수입니다.", "김영수"),
            ("はじめまして。私は田中健と申します。", "田中健"),
            ("大連で食品工場の工場長をしております鈴木由美子と申します。", "鈴木由美子"),
        ] {
            assert_eq!(introduced(text).as_deref(), Some(name), "{text}");
            assert_eq!(frame_length(text, true), text.len(), "{text}");
        }
    }

    #[test]
    fn what_they_say_stays() {
        for text in [
            "I am Chinese.",
            "I am very angry about this.",
            "저는 반대입니다.",
            "저는 심양에 사는 조선족입니다.",
            "My name is Peter Brown, I want an English version.",
            "My name is on the list twice.",
            "Меня зовут Иван, я три часа ждал в очереди.",
            "Hi-tech firms need help.",
            "建议增加英文版。",
        ] {
            assert_eq!(frame_length(text, true), 0, "{text}");
        }
        assert_eq!(frame_length("안녕하십니까. 我是朝鲜族", true), "안녕하십니까. ".len());
        assert_eq!(frame_length("Dear officers, hello! Please", true), "Dear officers, hello! ".len());
    }
}
