//! Who describes himself where he signs: `来自广州的一名货车司机 牛大壮`, `韶关某国企退休工人：` above the name, an address below it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::details::lexicon::places::{self, place_at_start};
use crate::details::lexicon::roles::{self, ARTICLES, ROLE_WORDS, ROLES, Role};
use crate::details::lexicon::{name_words, occupations};
use crate::details::person::name::{Proof, Reading, is_certain, read_han};
use crate::details::person::signers::{DATE, Words, without_contacts};
use crate::details::person::{organization, posts, presentation};
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// What stands in a description before the role: 来自…的一名….
    DESCRIBES, ROLE_WORDS, "describes oneself"
);
word_list!(UNITS, ROLE_WORDS, "address unit");

/// How the label of a number ends: 执业证号.
static NUMBER_OF: LazyLock<HashSet<char>> = LazyLock::new(|| ROLE_WORDS.characters("number of"));

pattern!(
    /// `执业证号：1210…`: a label that nobody lists, and a value that is no word.
    NUMBERED,
    r"^(?P<label>\p{Han}{2,8})[:\s]+[A-Za-z0-9@._/#-]{4,40}$"
);

/// The longest description, in characters.
const CHARS: usize = 40;

const PARTS: [char; 9] = [' ', '\t', '·', '|', '/', ',', '、', '(', ')'];

/// Reads a line whose last word is a name, and whose other words describe who that is.
pub(super) fn read(text: &str) -> Option<Words> {
    let text = without_contacts(text);
    let text = DATE.replace_all(&text, " ");
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let at = text.rfind(PARTS)?;
    let (front, name) = (text.get(..at)?.trim(), text.get(at..)?.trim_start_matches(PARTS));
    let front = front.trim_matches(|c: char| PARTS.contains(&c) || matches!(c, '-' | '~'));
    if !is_certain(name) || !describes(front) {
        return None;
    }
    let last = front.rsplit(PARTS).next().unwrap_or(front);
    let occupation = trade(last).map(|_| last.to_owned());
    Some(Words { readings: vec![Reading::Name(name.to_owned())], occupation })
}

/// `——彭程，一个坐轮椅的残疾人`: behind a dash the name, and then who that is.
pub(super) fn behind_dash(text: &str) -> Option<Words> {
    let said = text.trim_start().strip_prefix("--")?.trim_start_matches(['-', ' ']);
    let (name, who) = said.split_once([',', ' ', '('])?;
    let who = who.trim().trim_end_matches([')', '。', '.', '!', '~', ' ']);
    let is_name = matches!(read_han(name, Proof::Said), Reading::Name(read) if read == name);
    let short = who.chars().take(CHARS + 1).count() <= CHARS;
    if !is_name || !short || ARTICLES.at_start(who).is_none() || who.contains([',', '。', '!', '?', ';', ':'])
    {
        return None;
    }
    let role = role_at_end(who)?;
    let last = who.rsplit_once('的').map_or(who, |(_, last)| last);
    let whole = Some(last).filter(|last| roles::read(last) == Some(Role::Occupation));
    let occupation = whole.or_else(|| trade(who)).or_else(|| trade(role)).map(str::to_owned);
    Some(Words { readings: vec![Reading::Name(name.to_owned())], occupation })
}

/// `那景云，开小饭店的个体户`, `李某（某市，养殖户）`: a name, and behind its comma what its bearer is and nothing else.
pub(super) fn behind_name(text: &str) -> Option<Words> {
    let text = text.trim_start_matches(['-', ' ']);
    let (name, who) = text.split_once([',', '('])?;
    let who = who.trim_end_matches([')', '。', '.', '!', '~', ' ']);
    if who.chars().take(CHARS + 1).count() > CHARS || who.contains(['。', '!', '?', ';', ':']) {
        return None;
    }
    let reading = match read_han(name.trim(), Proof::Said) {
        Reading::Name(read) if read == name.trim() => Reading::Name(read),
        Reading::Hint(hint) if hint == name.trim() => Reading::Hint(hint),
        _ => return None,
    };
    // 安全员，保安 are two trades, and 窗口 is nobody.
    let is_none =
        |word: &str| name_words::is_word(word) || places::is_thing(word) || posts::read(word).is_some();
    if is_none(name.trim()) {
        return None;
    }
    let pieces = || who.split(PARTS).filter(|piece| !piece.is_empty());
    let is_said = |piece: &str| posts::is_said(piece) && !piece.contains('的');
    let is_trade = |piece: &&str| !is_said(piece) && presentation::is_trade(roles::without_article(piece));
    let adds = |piece: &str| {
        !is_said(piece)
            && (presentation::is_of_oneself(roles::without_article(piece)) || posts::read(piece).is_some())
    };
    let trade = pieces().find(is_trade).filter(|_| pieces().all(adds))?;
    Some(Words { readings: vec![reading], occupation: Some(trade.to_owned()) })
}

/// Whether a text begins as descriptions do: 一个等了三个月的市民.
pub(super) fn begins(text: &str) -> bool {
    DESCRIBES.at_start(text.trim_start_matches(['-', ' '])).is_some()
}

/// Whether a text says who somebody is, and nothing else.
pub(crate) fn describes(text: &str) -> bool {
    let text = text.trim().trim_end_matches(':').trim_end();
    let short = (2..=CHARS).contains(&text.chars().count());
    if !short || text.contains(['。', '!', '?', ';', ':']) {
        return false;
    }
    let mut words = text.split(PARTS).filter(|word| word.chars().any(char::is_alphanumeric)).peekable();
    let mut described = false;
    words.all(|word| {
        let role = is_described(word);
        described |= role;
        role || posts::read(word).is_some()
    }) && described
}

/// `来自广州的一名货车司机`, `广州某大学2022级本科生`, `某某区居民`: a role, and what stands before it is where, or which one.
pub(super) fn is_described(word: &str) -> bool {
    let plain = word.replace(['的', '“', '”', '了', '您', '你'], "");
    if posts::is_said(&plain) || is_complaint(word) {
        return false;
    }
    let Some(role) = role_at_end(word) else { return false };
    let Some(front) = word.strip_suffix(role) else { return false };
    let front = front.strip_suffix('一').unwrap_or(front);
    front.is_empty()
        || roles::is_place(front)
        || organization::read(front, "", true).is_some()
        || DESCRIBES.inside(front)
        || place_at_start(front).is_some()
}

fn is_complaint(word: &str) -> bool {
    name_words::COMPLAINTS.at_end(word).is_some()
}

/// The role or the occupation that a word ends with.
fn role_at_end(word: &str) -> Option<&str> {
    ROLES.behind_something(word).or_else(|| ROLES.at_end(word)).or_else(|| trade(word))
}

/// The occupation that a word ends with.
pub(super) fn trade(word: &str) -> Option<&str> {
    const TRADE_CHARS: usize = 6;
    let starts = word.char_indices().rev().skip(1).take(TRADE_CHARS - 1);
    let is_trade = |end: &str| {
        roles::read(end) == Some(Role::Occupation) && occupations::is_whole(end) || posts::is_post(end)
    };
    starts.filter_map(|(at, _)| word.get(at..)).find(|end| is_trade(end))
}

/// Whether a line beside who signs says where he lives, or gives a number of his that no rule knows.
pub(crate) fn is_particular(text: &str) -> bool {
    let text = text.trim();
    is_address(text)
        || is_site(text)
        || text.len() <= 120
            && NUMBERED
                .captures(text)
                .and_then(|found| found.name("label"))
                .is_some_and(|label| label.as_str().ends_with(|c| NUMBER_OF.contains(&c)))
}

/// `www.example.com`: the address of a firm's site.
fn is_site(text: &str) -> bool {
    text.len() <= 80
        && (text.starts_with("www.") || text.starts_with("http"))
        && text.bytes().all(|c| c.is_ascii_graphic())
}

/// A last line that says who writes, in the place of his name: 某某市一农民.
pub(super) fn is_anonymous(text: &str) -> bool {
    !text.contains(PARTS)
        && is_described(text)
        && role_at_end(text).is_some_and(|role| {
            text.strip_suffix(role).is_some_and(|front| front.ends_with(['一', '名', '位', '个', '的']))
        })
}

/// `（某市大厅窗口人员，不署名）`, `——设计师 Coco（不透露真名）`: what somebody is who says that he does not give his name.
pub(super) fn nameless(text: &str) -> Option<&str> {
    const LINE_CHARS: usize = 40;
    let text = text.trim();
    let stands_so = text.starts_with('(') || text.starts_with("--");
    if !stands_so || text.chars().take(LINE_CHARS + 1).count() > LINE_CHARS {
        return None;
    }
    let pieces = || {
        text.split(|c| PARTS.contains(&c) || c == '-').filter(|piece| piece.contains(char::is_alphanumeric))
    };
    let what = pieces().find(|piece| is_one(piece))?;
    let is_nickname = |piece: &str| piece.chars().all(|c| c.is_ascii_alphabetic());
    let known = |piece: &str| presentation::is_nameless(piece) || is_one(piece) || is_nickname(piece);
    (pieces().any(presentation::is_nameless) && pieces().all(known)).then_some(what)
}

/// Whether a word says what somebody is: 窗口人员 of 某市大厅窗口人员.
fn is_one(word: &str) -> bool {
    roles::read(word) == Some(Role::Occupation) || !posts::is_said(word) && trade(word).is_some()
}

/// `某某市某某区某某路3号楼2单元`: a place, and the units of an address.
fn is_address(text: &str) -> bool {
    const ADDRESS_CHARS: usize = 40;
    const FEWEST_UNITS: usize = 2;
    let plain = (6..=ADDRESS_CHARS).contains(&text.chars().count())
        && text.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '#' | ' '))
        && !posts::is_said(text);
    if !plain || UNITS.at_end(text).is_none() && !text.ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let begins = place_at_start(text).is_some()
        || text.char_indices().skip(2).take(4).any(|(at, _)| text.get(..at).is_some_and(roles::is_place));
    let units: usize = UNITS.all().iter().map(|unit| text.matches(unit).count()).sum();
    begins && units >= FEWEST_UNITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_describes_himself() {
        for text in [
            "来自广州的一名普通货车司机 牛大壮",
            "一个等了三个月的市民 韩冰",
            "您的市民朋友 邹一鸣",
            "广州 · 村医 · 贾明",
            "某某大学2022级本科生 楚天阔",
            "广州“老工业基地”下岗女工  邵美琪",
        ] {
            assert!(read(text).is_some(), "{text}");
        }
        for text in [
            "方便群众 张伟",
            "缺司机 张伟",
            "建议增加司机 张伟",
            "农民工 讨薪难",
            "投诉出租车司机 张伟",
            "窗口太少 张伟",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        for text in [
            "那景云,开小饭店的个体户",
            "--王某某,退休教师",
            "李某(某市,养殖户)",
            "韩小雪,一名退休教师",
            "韩小雪(种大棚的)",
        ] {
            assert!(behind_name(text).is_some(), "{text}");
        }
        for text in [
            "张三,李四都反映过",
            "黄线,出租车司机",
            "安全员,保安",
            "出租车司机,快递员",
            "韩小雪,老师不在",
            "韩小雪(不签字)",
        ] {
            assert!(behind_name(text).is_none(), "{text}");
        }
        assert!(is_particular("广州市越秀区某某路3号楼2单元"));
        assert!(is_particular("执业证号:12101200012345678"));
        assert!(!is_particular("广州市越秀区没有电梯"));
        assert!(!is_particular("建议改造越秀区3号楼"));
    }
}
