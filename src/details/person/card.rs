//! Who gives his particulars among other words: `韩雪，29岁，韶关，护士；手机：138…；不用公开我的电话`, `护林员一名（马占山，清原县，151…）`.
//!
//! A presentation tells of its writer and nothing else, and is cut out of the letter. Here a few other words may stand beside:
//! the proof is the company that the name keeps, a number of the writer's, what he is, where he lives. So nothing is cut out
//! for it, and whoever is complained of has no card: 窗口的王小明，态度恶劣.

use std::ops::Range;

use crate::details::contact::whose;
use crate::details::lexicon::name_words::COMPLAINTS;
use crate::details::lexicon::roles;
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::glued::is_unmistakable;
use crate::details::person::name::is_certain;
use crate::details::person::posts;
use crate::details::person::presentation::{Told, is_of_oneself, may_be_name};
use crate::details::person::taken_apart::{LABELS, contacts, pieces, sentences, skipped, without_label};
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::{Line, tail_start};
use crate::vocabulary::language::word_list;

word_list!(MESSENGERS, SELF_DESCRIPTIONS, "messenger");
word_list!(
    /// What is said beside a number of how its owner is reached: 老号, 发短信.
    REACHES, SELF_DESCRIPTIONS, "how to reach one"
);
word_list!(
    /// What stands behind a name that heads a letter: 谭连柱来信.
    HEADS_A_LETTER, SELF_DESCRIPTIONS, "heads a letter"
);

/// The longest text that is read as a card, in bytes, and the most parts of one.
const CARD_BYTES: usize = 300;
const MOST_PARTS: usize = 12;

/// Lines at the head of a letter that may hold a card.
const HEAD_LINES: usize = 3;

/// A text in which somebody gives his particulars.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// Index of the line.
    pub(crate) line: usize,
    /// Its place in the folded text.
    pub(crate) range: Range<usize>,
    /// `None`: he says what he is and keeps his name to himself.
    pub(crate) name: Option<String>,
    /// Whether nothing else stands in it.
    pub(crate) is_whole: bool,
    /// Places in the line of the words that say what he is.
    pub(crate) what: Vec<Range<usize>>,
}

/// The cards of a letter. `display`: the name by which the sender's mail program calls him.
pub(crate) fn find(lines: &[Line<'_>], display: Option<&str>) -> Vec<Card> {
    const MOST: usize = 5;
    let display = fold(display.unwrap_or_default().trim());
    let tail = tail_start(lines);
    let said = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty());
    let placed = said.enumerate().filter(|(count, (index, _))| *count < HEAD_LINES || *index >= tail);
    let read = |(count, (index, line)): (usize, (usize, &Line<'_>))| {
        let text = line.text;
        if count == 0
            && let Some((range, name)) = heads(text)
        {
            let name = Some(name.to_owned());
            return Some(Card { line: index, range, name, is_whole: false, what: Vec::new() });
        }
        let whole = std::iter::once(0..text.len());
        let mut texts = whole.chain(sentences(text)).chain(bracketed(text));
        texts.find_map(|range| {
            let start = range.start + skipped(text.get(range.clone())?);
            let said = text.get(start..range.end)?;
            // 李明 局长： is addressed.
            let addresses = said.trim_end().ends_with(':') && !announces(said);
            if addresses || text.trim_start().starts_with('(') {
                return None;
            }
            let (told, others) =
                tell(said, &display).filter(|_| !goes_on(lines, index) || !contacts(said).is_empty())?;
            if told.name.is_none() && index < tail {
                return None;
            }
            let what = told.what.iter().map(|what| what.start + start..what.end + start).collect();
            // 某某县 郝翠莲 below the last sentence: who signs, and nothing of what he says.
            let signs = || start == 0 && range.end == text.len() && is_last(lines, index);
            let is_whole = others == 0 && (told.reached || told.name.is_none() || signs()) && index >= tail;
            Some(Card { line: index, range, name: told.name, is_whole, what })
        })
    };
    placed.filter_map(read).take(MOST).collect()
}

/// `翟工（翟向东），城市规划师，逐条对照提：`: the last clause says that he has something to say.
fn announces(said: &str) -> bool {
    let plain = said.trim_end().trim_end_matches(':');
    let last = plain.rsplit([',', ')', ' ']).next().unwrap_or(plain);
    plain.len() > last.len() && last.ends_with(['提', '说', '谈', '讲', '见', '议', '下'])
}

/// Whether nothing stands below a line, and a finished sentence above it.
fn is_last(lines: &[Line<'_>], index: usize) -> bool {
    let said = |line: &&Line<'_>| !line.text.trim().is_empty();
    let above = lines.get(..index).unwrap_or_default().iter().rev().find(said);
    let ends = above.is_some_and(|line| line.text.trim_end().ends_with(['。', '!', '?']));
    ends && !lines.iter().skip(index + 1).any(|line| said(&line))
}

/// Whether the line above leaves its sentence open for this one: 由以下人员负责：
fn goes_on(lines: &[Line<'_>], index: usize) -> bool {
    let above = lines.get(..index).unwrap_or_default().iter().rev().find(|line| !line.text.trim().is_empty());
    above.is_some_and(|line| line.text.trim_end().ends_with([':', ',', '、']))
}

/// `谭连柱来信`, `张海涛。我在一家…`: a name that heads the letter, and its place.
fn heads(text: &str) -> Option<(Range<usize>, &str)> {
    let first = sentences(text).into_iter().next()?;
    let said = text.get(first.clone())?.trim().trim_end_matches(['。', ':', '!', ' ']);
    let behind = text.get(first.end..)?.trim_start();
    let named = HEADS_A_LETTER.at_end(said).and_then(|word| said.strip_suffix(word));
    let name = named.or_else(|| behind.starts_with(['我', '俺']).then_some(said))?;
    (is_certain(name) && is_unmistakable(name)).then_some((first, name))
}

/// The places between brackets.
fn bracketed(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.match_indices('(').filter_map(|(at, open)| {
        let start = at + open.len();
        let close = text.get(start..)?.find(')')?;
        Some(start..start + close)
    })
}

/// What a text tells of somebody, and how many of its parts tell something else.
fn tell(text: &str, display: &str) -> Option<(Told, usize)> {
    const OTHER_PARTS: usize = 2;
    if text.len() > CARD_BYTES {
        return None;
    }
    let mut told = Told::default();
    let (mut at, mut parts, mut others, mut known) = (0, 0, 0, 0);
    let mut nicknames: Vec<char> = Vec::new();
    // Behind QQ stands what somebody is called there.
    let mut is_messengers = false;
    let mut doubtful: Option<String> = None;
    let contacts = contacts(text);
    let reached = !contacts.is_empty();
    for contact in contacts.into_iter().map(Some).chain([None]) {
        let end = contact.as_ref().map_or(text.len(), |contact| contact.start);
        let before = text.get(at..end.max(at))?;
        let before = if contact.is_some() { without_label(before) } else { before };
        for range in pieces(before) {
            parts += 1;
            let part = before.get(range.clone())?;
            let earlier = told.clone();
            let of_messenger = std::mem::replace(&mut is_messengers, is_messenger(part)) && part.is_ascii();
            if LABELS.contains(part) || is_messengers || of_messenger || says_how_to_reach(part) {
                continue;
            }
            if let Some((what, surname)) = nickname(part) {
                nicknames.push(surname);
                if !what.is_empty() {
                    told.what.push(at + range.start..at + range.start + what.len());
                }
            } else if told.add((before, at), range, (display, reached)).is_some() {
                known += usize::from(told.name == earlier.name);
            } else {
                told = earlier;
                others += 1;
                if doubtful.is_none() && surname_length(part) > 0 && may_be_name(part) {
                    doubtful = Some(part.to_owned());
                }
                if others > OTHER_PARTS || parts > MOST_PARTS || !is_beside(part) {
                    return None;
                }
            }
        }
        at = contact.map_or(at, |contact| contact.end.max(at));
    }
    // 厨师，吕石新，139…: between what somebody is and his number even a word is a name.
    if told.name.is_none()
        && reached
        && !told.what.is_empty()
        && let Some(name) = doubtful
    {
        told.name = Some(name);
        others -= 1;
    }
    let name = told.name.as_deref().unwrap_or_default();
    let is_own = |surname: &&char| name.starts_with(**surname);
    known += told.what.len() + nicknames.iter().filter(is_own).count();
    others += nicknames.iter().filter(|surname| !is_own(surname)).count();
    let proved =
        reached && (known > 0 || others == 0) || known > 0 && others == 0 || known > 2 && others == 1;
    // 银行柜员一枚，不留名了; 做平面设计的，有问题找我：QQ…
    let nameless =
        told.name.is_none() && others == nicknames.len() && (reached || known > 2 * told.what.len());
    let what = told.what.first().and_then(|what| text.get(what.clone())).filter(|_| nameless);
    let says_what_he_is = what.is_some_and(is_own_trade);
    // Words in capitals beside a number are a firm as often as a name.
    (name.contains(is_han) && proved || says_what_he_is).then_some((told, if nameless { 0 } else { others }))
}

/// `银行柜员一枚`, `做平面设计的`: an occupation that somebody has who counts himself, or what he does.
fn is_own_trade(words: &str) -> bool {
    roles::uncounted(words).len() < words.len() || words.ends_with('的')
}

/// `老滕`, `卖海鲜的姜姐`: the surname by which people around somebody call him, and what he is.
fn nickname(part: &str) -> Option<(&str, char)> {
    // 卖海鲜的姜姐, 柴某某
    let last = part.rsplit_once('的').map_or(part, |(_, last)| last);
    let what = part.strip_suffix(last).filter(|what| is_of_oneself(what)).unwrap_or_default();
    let masked = last.trim_end_matches('某');
    if masked.len() < last.len() && surname_length(masked) == 1 && masked.chars().nth(1).is_none() {
        return Some((what, masked.chars().next()?));
    }
    if let Some(surname) = bare_nickname(last) {
        return Some((what, surname));
    }
    // 保安老沙
    let (at, _) = part.char_indices().rev().nth(1)?;
    let (front, last) = part.split_at_checked(at)?;
    let surname = bare_nickname(last).filter(|_| is_of_oneself(front))?;
    Some((front, surname))
}

/// `老滕`, `姜姐`
fn bare_nickname(word: &str) -> Option<char> {
    let mut chars = word.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    let (('老' | '小' | '大', surname) | (surname, '姐' | '哥' | '叔' | '姨' | '婶' | '嫂' | '工')) =
        (first, second)
    else {
        return None;
    };
    (chars.next().is_none() && surname_length(&surname.to_string()) == 1).then_some(surname)
}

/// `微信shenjw_fit`, `旺旺`: where else somebody is found.
fn is_messenger(part: &str) -> bool {
    MESSENGERS
        .at_start(part)
        .and_then(|word| part.strip_prefix(word))
        .is_some_and(|rest| !rest.contains(is_han))
}

/// Whether a part of a card that tells nothing of its owner is a few words which speak of nobody else and complain of nothing.
fn is_beside(part: &str) -> bool {
    const CHARS: usize = 12;
    part.chars().take(CHARS + 1).count() <= CHARS
        && !posts::is_said(part)
        && !whose::is_about_others(part)
        && !whose::is_another(part)
        && !COMPLAINTS.inside(part)
}

/// `不方便的话发邮件也中`, `请打电话不要发短信`: speaks of the number and of nothing else.
fn says_how_to_reach(part: &str) -> bool {
    const CHARS: usize = 16;
    part.chars().take(CHARS + 1).count() <= CHARS
        && REACHES.inside(part)
        && COMPLAINTS.at_end(part).is_none()
        && !whose::says_nobody_answers(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        let text = fold(text);
        let mut places = std::iter::once(0..text.len()).chain(sentences(&text)).chain(bracketed(&text));
        places.find_map(|range| tell(text.get(range)?, "")?.0.name)
    }

    #[test]
    fn who_says_what_he_is_and_no_name() {
        let told = |text: &str| tell(&fold(text), "").is_some();
        for text in [
            "银行柜员一枚，不留名了",
            "做平面设计的，有事找我：QQ 48210077，手机 139-0013-9011",
            "开小店的，匿名",
        ] {
            assert!(told(text), "{text}");
        }
        for text in ["卖假货的，应该重罚", "银行柜员，态度不好", "开出租的", "窗口的，电话13900139011没人接"]
        {
            assert!(!told(text), "{text}");
        }
    }

    #[test]
    fn who_gives_his_particulars() {
        for (text, expected) in [
            ("韩小雪，29岁，韶关，护士；手机：+86 139 0013 9011；不用登报，多谢。", "韩小雪"),
            ("护林员一名（韩小雪，清新县，13900139011）", "韩小雪"),
            ("在家带娃的全职妈妈一枚，韩小雪，手机同微信 13900139011", "韩小雪"),
            ("——快递小哥 韩小雪 13900139011", "韩小雪"),
            ("卖海鲜的韩姐，大名韩小雪，微信同手机 139 0013 9011", "韩小雪"),
            ("韩某某（真名韩小雪），包工程的，13900139011", "韩小雪"),
            ("韶关的老韩（韩小雪，修表的）", "韩小雪"),
            ("韩小雪，盲人按摩师，电话13900139011，语音输入有错字请包涵", "韩小雪"),
            ("韩小雪，开大货的，电话13900139011 不方便的话发邮件也中", "韩小雪"),
        ] {
            assert_eq!(name(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn who_is_complained_of_has_none() {
        for text in [
            "窗口的韩小雪，态度恶劣，电话13900139011。",
            "韩小雪，办事员，态度恶劣。",
            "韩小雪，办事员，电话13900139011，发短信不接，态度恶劣。",
            "找了韩小雪，说不归他管，电话13900139011没人接",
            "建议增加窗口，电话13900139011没人接",
        ] {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
