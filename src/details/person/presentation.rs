//! What a sentence tells of its writer where it tells nothing else: `我是某公司的会计周小兰，办公电话…，手机…`, `网约车司机关小山，湘潭人，139…`.
//!
//! One grammar for all of them. A sentence is taken apart at its marks, blanks, brackets and numbers; each part is a name, what
//! its bearer is, where he lives or works, his age, his people, or a number of his, in any order. One part that is none of these,
//! and the sentence tells something else and stays the citizen's.

use std::ops::Range;

use crate::details::contact::whose;
use crate::details::lexicon::name_words::is_word;
use crate::details::lexicon::occupations;
use crate::details::lexicon::places::place_at_start;
use crate::details::lexicon::roles::{self, Role};
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::glued::{self, split_glued};
use crate::details::person::name::{Proof, Reading, dotted, is_certain, latin, read_han};
use crate::details::person::taken_apart::{contacts, pieces, sentences, skipped, without_label};
use crate::details::person::transliterated::minority;
use crate::details::person::{organization, posts};
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::{Line, tail_start};
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(CALLED, SELF_DESCRIPTIONS, "I am called");
word_list!(ONESELF, SELF_DESCRIPTIONS, "oneself");
word_list!(NAMED, SELF_DESCRIPTIONS, "named");
word_list!(
    /// What joins a part to the writer: 现为, 也是.
    JOINS, SELF_DESCRIPTIONS, "joins"
);
word_list!(INVITES, SELF_DESCRIPTIONS, "invites");
word_list!(
    /// What somebody says of how he writes: 中文写得不好.
    EXCUSES, SELF_DESCRIPTIONS, "excuses how one writes"
);

pattern!(
    /// A sex, an age, a people, a schooling, a party, a birthplace.
    PARTICULAR,
    r"^(?:男|女)性?$|^(?:今年|现年|年龄|虚岁|年)?[0-9一二三四五六七八九十百]{1,5}(?:周|多)?岁?(?:多|了)?$|^(?:19|20)?[0-9]{2}年?[0-9月日]{0,6}(?:出生|生人?|后)$|^(?:民族)?\p{Han}{1,5}[族籍]$|^(?:已经?|一)?(?:干|做|从业|当|开|跑|教|种|养|送|修|卖|入行)了?(?:快|近|有|整整)?[0-9一二三四五六七八九十几两]{1,4}[余多]?年(?:了|多)?$|^[一二三四五六七八九]十有[一二三四五六七八九]$|^(?:小学|初中|高中|中专|大专|专科|本科|大学|硕士|博士)(?:文化|学历|毕业)?$|^(?:中共)?(?:党员|群众)$|^(?:已|未)婚$|^(?:左|右|双|一条|一只)?(?:腿|手|脚|眼|耳|胳膊)\p{Han}{0,2}(?:有)?(?:残疾|残|瘸|聋|瞎|不便)$|^(?:肢体|视力|听力|智力)?[一二三四]?级?残疾人?$|^(?:常年|长年|一直|现)?(?:在外|在外地|在海上|在国外|外出)(?:打工|务工|工作|跑船)?$"
);
pattern!(
    /// `家住和平区`, `住在广州`, `老家在湘潭`.
    LIVES, SELF_DESCRIPTIONS, r"^(?:我|现|一直|目前)?(?:⟨lives in⟩|住|人在)\p{Han}[\p{Han}0-9]{1,20}$");
pattern!(
    /// What somebody lives by: `在西塔街开冷面店`, `种地的`, `在家带孩子`, `没有工作`.
    LIVELIHOOD, SELF_DESCRIPTIONS,
    r"(?x)^(?:⟨now⟩|已|是)* (?: \p{Han}{2,8}[省市区县旗镇乡村屯街路] )? (?:一[名个位])?
      (?:(?P<where>(?:在|于|给|为)\p{Han}{1,12}?|\p{Han}{0,8}(?:里头?|外头?|外面|边上|旁边|门口|对面|附近|底下|市场|码头|夜市)))?
      (?: (?:⟨works⟩|⟨lives by⟩)的? | (?:开|经营|办)(?:着|了)?(?:一?家|个|间)?\p{Han}{0,5}?⟨shop⟩的?
        | ⟨earns⟩\p{Han}{1,5}的 | ⟨earns⟩了(?:一|大?半)辈子的?\p{Han}{1,4} | ⟨without work⟩的? | ⟨studies⟩的? )(?:谋生|为生|上班)?$"
);
pattern!(
    /// `有事下午打`, `微信同号`: how to reach the writer.
    REACHED,
    r"^(?:手机|电话|微信|QQ)?(?:和|与|同)?(?:微信|手机|电话)?同号$|^有(?:事|问题|需要|疑问|情况)(?:请|可|就)?[^,。]{0,8}(?:打|找|联系|来电|电话|沟通|说)[^,。]{0,4}$|^(?:请)?(?:上午|下午|晚上|白天|周末|工作时间|下班后)[^,。]{0,4}(?:打|联系|来电)$"
);
pattern!(
    /// `不留名了`, `姓氏不方便说`: who keeps his name to himself.
    NAMELESS,
    r"^(?:就|恕|我的?)?(?:姓名|姓氏|名字|真名|单位)?(?:就|也)?不(?:太|愿意?|想|便)?(?:留|署|具|说|写|填|报|提|透露|公开|方便(?:说|写|留|透露|公开)?|便(?:说|透露)?)(?:真|姓)?[名姓]?[名字氏]?(?:了|啦)?$|^匿名$"
);
pattern!(
    /// `找韩小雪就行`: for whom to ask under the writer's number.
    ASKED_FOR, r"^(?:请|就)?找(?P<who>\p{Han}{2,4}?)(?:就行|就可以|就好|即可|本人|同志)?了?$"
);
pattern!(
    /// `幺三九那个号`: how the writer's number begins, in words.
    OF_A_NUMBER, r"^[〇零一二三四五六七八九幺两0-9]{2,5}(?:的|开头的?|那个|打头的?)(?:手机|电话)?号?码?$");

/// The longest sentence that is looked at, in bytes, and the most parts of one.
const SENTENCE_BYTES: usize = 420;
const MOST_PARTS: usize = 16;

/// The longest part, in characters.
const PART_CHARS: usize = 34;

/// Lines at the head of a letter in which somebody may say who he is without saying that he does.
const HEAD_LINES: usize = 3;

/// What a sentence tells of its writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: Option<String>,
    /// Places of the words that say what he is.
    pub(crate) what: Vec<Range<usize>>,
    /// A number or an address stands in it.
    pub(crate) reached: bool,
    /// It says that it speaks of the writer: 我是, 我叫.
    opened: bool,
    /// How many parts tell something else than the name.
    particulars: usize,
}

/// A sentence of a letter that tells who wrote, and nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Presentation {
    /// Index of the line.
    pub(crate) line: usize,
    /// The sentence in its folded text, with its stop.
    pub(crate) range: Range<usize>,
    /// Where [`Told::what`] counts from.
    pub(crate) start: usize,
    pub(crate) told: Told,
}

impl Presentation {
    /// Whether the sentence says of itself that it speaks of the writer.
    pub(crate) const fn is_said(&self) -> bool {
        self.told.opened
    }
}

/// The presentations of a letter. `display`: the name by which the sender's mail program calls him.
pub(crate) fn find(lines: &[Line<'_>], display: Option<&str>) -> Vec<Presentation> {
    const MOST: usize = 20;
    let display = fold(display.unwrap_or_default().trim());
    let tail = tail_start(lines);
    let mut found = Vec::new();
    let mut said = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.text.trim().is_empty() {
            continue;
        }
        said += 1;
        let stands_so = said <= HEAD_LINES || index >= tail;
        let is_said = may_say(line.text);
        if !is_said && !stands_so || found.len() >= MOST {
            continue;
        }
        let before = found.len();
        for range in sentences(line.text) {
            let Some(sentence) = line.text.get(range.clone()).filter(|sentence| is_said && may_say(sentence))
            else {
                continue;
            };
            let start = range.start + skipped(sentence);
            let Some(told) = line.text.get(start..range.end).and_then(|text| tell(text, &display)) else {
                continue;
            };
            if told.opened && (told.name.is_some() || told.reached) {
                found.push(Presentation { line: index, range, start, told });
            }
        }
        let start = skipped(line.text);
        if found.len() == before
            && stands_so
            && let Some(rest) = line.text.get(start..).filter(|rest| !contacts(rest).is_empty())
            && let Some(told) = tell(rest, &display)
            && told.name.is_some()
            && told.reached
            && !whose::is_about_others(line.text)
            && !line.text.trim_start().starts_with('(')
        {
            found.push(Presentation { line: index, range: 0..line.text.len(), start, told });
        }
    }
    found
}

/// Whether somebody may say in a text that he speaks of himself.
fn may_say(text: &str) -> bool {
    CALLED.inside(text) || ONESELF.inside(text)
}

/// What a text tells of its writer, when it tells nothing else.
pub(crate) fn tell(text: &str, display: &str) -> Option<Told> {
    if text.len() > SENTENCE_BYTES {
        return None;
    }
    let mut told = Told::default();
    let (mut at, mut parts) = (0, 0);
    let contacts = contacts(text);
    let proved = !contacts.is_empty();
    for contact in contacts.into_iter().map(Some).chain([None]) {
        let end = contact.as_ref().map_or(text.len(), |contact| contact.start);
        let before = text.get(at..end.max(at))?;
        let before = if contact.is_some() { without_label(before) } else { before };
        for range in pieces(before) {
            parts += 1;
            if parts > MOST_PARTS {
                return None;
            }
            told.add((before, at), range, (display, proved))?;
        }
        if let Some(contact) = contact {
            at = contact.end.max(at);
            told.reached = true;
        }
    }
    (parts > 0).then_some(told)
}

impl Told {
    /// Adds what a part tells, which stands at a place of a piece that begins at byte `at`; `None`: it tells something else.
    /// `proved`: a number of the writer's stands beside it.
    pub(super) fn add(
        &mut self,
        (piece, at): (&str, usize),
        range: Range<usize>,
        (display, proved): (&str, bool),
    ) -> Option<()> {
        let part = piece.get(range.clone())?;
        let is_first = self.name.is_none() && self.particulars == 0;
        if part.chars().take(PART_CHARS + 1).count() > PART_CHARS {
            return None;
        }
        if let Some(name) = ASKED_FOR.captures(part).and_then(|found| found.name("who"))
            && is_name(name.as_str(), Proof::Form)
        {
            return self.named(name.as_str().to_owned());
        }
        let own = CALLED.at_start(part).or_else(|| ONESELF.at_start(part)).filter(|_| is_first);
        self.opened |= own.is_some();
        let rest = part.get(own.map_or(0, str::len)..)?;
        let lead = rest.len() - rest.trim_start_matches([':', ' ', '叫', '是', '系']).len();
        let rest = rest.get(if own.is_some() { lead } else { 0 }..)?;
        let named = NAMED.at_start(rest).filter(|named| {
            rest.get(named.len()..).is_some_and(|name| is_name(name.trim_start(), Proof::Label))
        });
        let called = named.is_some() || own.is_some_and(|own| CALLED.at_start(own).is_some());
        let rest = rest.get(named.map_or(0, str::len)..)?.trim_start();
        let joined = JOINS.at_start(rest).filter(|_| own.is_none() && named.is_none());
        let rest = rest.get(joined.map_or(0, str::len)..)?.trim();
        if rest.is_empty() {
            return own.map(|_| ());
        }
        let start = at + range.end - rest.len();
        // 名字叫坎蓬 is as good as a label.
        let spoken =
            named.is_some_and(|named| named.contains(['名', '字']) && named.chars().nth(1).is_some());
        let proof = match (called, spoken) {
            (true, true) => Proof::Label,
            (true, false) => Proof::Said,
            (false, _) => Proof::Form,
        };
        // What somebody is goes before his name: 农民 is no name.
        if !called && (is_particular(rest) || is_what_one_is(rest)) {
            self.particulars += 1;
            if !is_particular(rest) {
                self.what.push(start..start + rest.len());
            }
            return Some(());
        }
        if is_name(rest, proof) || rest == display && may_be_name(rest) {
            return self.named(rest.to_owned());
        }
        // Иван Петров beside 伊万·彼得罗夫
        if self.name.is_some()
            && !rest.contains(is_han)
            && rest.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-'))
        {
            return Some(());
        }
        let last = rest.rsplit_once('的').map_or(rest, |(_, last)| last);
        let front = rest.strip_suffix(last).unwrap_or_default();
        if front.contains(['我', '他', '她', '你']) {
            return None;
        }
        if !front.is_empty() && is_name(last, Proof::Form) && is_what_one_is(front) {
            self.what.push(start..start + front.len());
            self.particulars += 1;
            return self.named(last.to_owned());
        }
        let (before, name) = glued(last, proved)?;
        let until = front.len() + before.len();
        self.what.push(start..start + until);
        self.particulars += 1;
        self.named(name.to_owned())
    }

    /// Notes the name; two are no introduction of one person.
    fn named(&mut self, name: String) -> Option<()> {
        if self.name.as_ref().is_some_and(|known| *known != name) {
            return None;
        }
        self.name = Some(dotted(&name).unwrap_or(name));
        Some(())
    }
}

/// Whether a part is a name and nothing else.
fn is_name(part: &str, proof: Proof) -> bool {
    let is_han_name = match proof {
        Proof::Form => is_certain(part),
        _ => matches!(read_han(part, proof), Reading::Name(name) if name == part),
    };
    is_han_name
        || dotted(part).is_some()
        || minority(part)
        || latin(part)
            .is_some_and(|name| name.len() == part.len() && (proof != Proof::Form || part.contains(' ')))
}

/// Whether a word that the mail program takes for the sender's name may be one: neither an office nor a trade.
pub(super) fn may_be_name(word: &str) -> bool {
    (2..=4).contains(&word.chars().count())
        && word.chars().all(is_han)
        && matches!(read_han(word, Proof::Said), Reading::Name(name) if name == word)
}

/// Whether a clause tells of its writer beside his name, and nothing else.
pub(super) fn is_of_oneself(clause: &str) -> bool {
    is_particular(clause) || is_what_one_is(clause)
}

/// Whether a clause says that its writer keeps his name to himself.
pub(super) fn is_nameless(clause: &str) -> bool {
    NAMELESS.is_match(clause)
}

/// Whether words say what somebody is or lives by: 牧民, 打鱼的.
pub(super) fn is_trade(words: &str) -> bool {
    is_livelihood(words) || roles::read(words) == Some(Role::Occupation)
}

/// What is told of the writer beside his name and what he is.
pub(super) fn is_particular(part: &str) -> bool {
    const PLACE_CHARS: usize = 16;
    let is_of_a_place = || {
        part.chars().take(PLACE_CHARS + 1).count() <= PLACE_CHARS
            && part.strip_suffix('人').is_some_and(|place| {
                let short = (2..=3).contains(&place.chars().count());
                (short || roles::is_place(place) || place_at_start(place).is_some()) && !posts::is_said(place)
            })
    };
    PARTICULAR.is_match(part)
        || LIVES.is_match(part)
        || REACHED.is_match(part)
        || OF_A_NUMBER.is_match(part)
        || NAMELESS.is_match(part)
        || (INVITES.inside(part) || EXCUSES.inside(part)) && part.chars().count() <= PART_CHARS / 2
        || roles::is_place(part) && !is_word(part)
        || ["现在", "人在", "现居"].iter().any(|here| part.strip_prefix(here).is_some_and(roles::is_place))
        || is_of_a_place()
        || part.strip_prefix('姓').is_some_and(|surname| surname_length(surname) == surname.chars().count())
}

/// `一名小学教师`, `韶关的朝鲜族个体户`, `开小卖店的`, `某公司`: what somebody is, or where.
fn is_what_one_is(part: &str) -> bool {
    let part = part.strip_prefix('个').filter(|rest| roles::read(rest).is_some()).unwrap_or(part);
    if is_livelihood(part) {
        return true;
    }
    let (front, last) =
        part.trim_end_matches('的').rsplit_once('的').unwrap_or(("", part.trim_end_matches('的')));
    let is_one = |word: &str| {
        let counted = word.strip_prefix('个').unwrap_or(word);
        [word, counted].iter().any(|word| posts::read(word).is_some())
    };
    !front.contains(['我', '他', '她', '你'])
        && !posts::is_said(front)
        && (is_one(last) || occupations::is_whole(last) || organization::read(last, "", true).is_some())
}

/// What somebody is and the name glued to it: `网约车司机关小山`, `某区居民关小山`.
fn glued(words: &str, proved: bool) -> Option<(&str, &str)> {
    const NAME_CHARS: [usize; 3] = [3, 2, 4];
    let length = words.chars().count();
    let ends = NAME_CHARS.iter().filter(|chars| length > **chars + 1);
    let mut ends = ends.filter_map(|chars| words.char_indices().nth(length - chars).map(|(at, _)| at));
    let own = ends.find_map(|at| {
        let (front, name) = words.split_at_checked(at)?;
        (is_certain(name) && (proved || !glued::says_something(name)) && is_placed_role(front))
            .then_some((front, name))
    });
    own.or_else(|| split_glued(words, true).map(|(front, _, name)| (front, name)))
}

/// `皇姑区居民`, `朝鲜族个体户`: a role or a trade with where or of which people before it.
fn is_placed_role(words: &str) -> bool {
    let is_one = |word: &str| {
        !word.is_empty()
            && (posts::read(word).is_some() && !roles::is_place(word) || occupations::is_whole(word))
    };
    let starts = words.char_indices().map(|(at, _)| at);
    !posts::is_said(words)
        && starts.filter_map(|at| words.split_at_checked(at)).any(|(front, role)| {
            let front_is = front.is_empty()
                || roles::is_place(front)
                || front.ends_with('族')
                || organization::read(front, "", true).is_some();
            front_is && is_one(role)
        })
}

/// What somebody lives by, with the place where he does before it.
fn is_livelihood(part: &str) -> bool {
    let behind_place = || place_at_start(part).and_then(|place| part.strip_prefix(place));
    let is_one = |text: &str| {
        LIVELIHOOD
            .captures(text)
            .is_some_and(|found| !found.name("where").is_some_and(|place| posts::is_said(place.as_str())))
    };
    is_one(part)
        || behind_place().is_some_and(|rest| is_one(rest.trim_start_matches(['市', '省', '县', '区'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<(Option<String>, bool)> {
        let text = fold(text);
        tell(text.get(skipped(&text)..)?, "").map(|told| (told.name, told.reached))
    }

    #[test]
    fn who_writes_in_any_order() {
        for (text, name) in [
            (
                "我是韶关金桥化工有限公司的人力资源负责人韩小雪，办公电话0751-2550101转8012，手机13900139011。",
                "韩小雪",
            ),
            ("网约车司机韩小雪，湘潭人，+86 13900139011", "韩小雪"),
            ("我是韶关的朝鲜族个体经营者韩小雪，在西街开冷面店，电话13900139011。", "韩小雪"),
            ("您好：我是驻粤部队的一名现役军官，韩小雪，电话139 0013 9011。", "韩小雪"),
            ("我是广州市越秀区居民韩小雪，下岗工人，电话13900139011。", "韩小雪"),
            ("韩小雪，开洗车行的，电话 139 0013 9011", "韩小雪"),
            ("有事可以打我手机139 0013 9011，找韩小雪就行。", "韩小雪"),
            (
                "（我叫韩小雪，广州越秀区人，现在没有工作，在家带孩子，电话 13900139011，有事下午打）",
                "韩小雪",
            ),
            ("我是开小卖店的，叫韩小雪，幺三九那个号 13900139011", "韩小雪"),
            ("老师们好👋 我是湘潭大学的学生，叫韩小雪~", "韩小雪"),
            ("韩小雪，退休司机，74岁，电话0751-2550101", "韩小雪"),
            ("我叫斯琴高娃，蒙古族，赤峰市牧民，养羊的。", "斯琴高娃"),
        ] {
            assert_eq!(told(text).and_then(|(name, _)| name).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn what_tells_something_else() {
        for text in [
            "我叫韩小雪，每天要接孩子。",
            "我是居民，路难走，电话13900139011没人接",
            "我是昨天去的大厅，电话13900139011没人接。",
            "大厅主任韩小雪态度不好，电话13900139011。",
            "我是张伟的女儿，他电话13900139011。",
            "窗口太少，排队太长，电话13900139011。",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
