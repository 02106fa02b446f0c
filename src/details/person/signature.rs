//! The end of a letter: the lines that hold nothing but who signs.

use crate::details::contact::phone;
use crate::details::form::label::{Field, Label};
use crate::details::lexicon::occupations::keeps_a_shop;
use crate::details::lexicon::roles::{self, Role};
use crate::details::person::addressees::addressees;
use crate::details::person::glued::{is_nicknamed, signs_behind};
use crate::details::person::name::{Proof, Reading, is_certain, read_han};
use crate::details::person::signers::{
    ETC, SIGNATURES, Words, before_number, is_appendix, of_several, read_beside_number, read_placed,
    read_words, without_contacts,
};
use crate::details::person::standing::{
    asks_to_keep, doubtful, ends_letter, is_sentence, number_is_below, stands_apart, stands_at_closing,
    stands_last, trade_is_below,
};
use crate::details::person::{displayed, organization, portrait, posts, signed_abroad};
use crate::details::text::fold::{fold, is_han, last_bytes};
use crate::details::text::letters::LETTERS;
use crate::details::text::line::{Line, tail_start};
use crate::details::text::numeral::number;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

word_list!(
    /// What leaves its sentence open for the next line: `还有` / `井盖`.
    OPEN, SIGNATURES, "leaves a sentence open"
);
word_list!(
    /// What stands above a signature.
    ASKS_TO_SIGN, SIGNATURES, "asks for a signature"
);
word_list!(THANKS, SIGNATURES, "thanks");
word_list!(
    /// What begins a proposal, which goes on below its colon: 建议由以下人员负责：.
    PROPOSES, LETTERS, "proposes"
);

/// One who signs.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) name: String,
    /// Index of the line.
    pub(crate) line: usize,
    pub(crate) as_written: String,
}

/// What the end of a letter says about who signs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signature {
    /// The names, in order.
    pub(crate) names: Vec<Signer>,
    /// `李女士`: somebody, but no name.
    pub(crate) hint: Option<Signer>,
    /// Indices of the lines that hold names or hints.
    pub(crate) lines: Vec<usize>,
    /// How many sign by the words behind the names: `等15人`.
    pub(crate) stated: Option<u32>,
    /// Where a name begins that stands behind the last sentence: line and byte in its folded text.
    pub(crate) glued: Option<(usize, usize)>,
    /// An occupation beside the name or in its place: line and the words.
    pub(crate) occupation: Option<(usize, String)>,
    /// A line in a signature's place whose word may be a name and may be none: 严格.
    pub(crate) doubtful: Option<usize>,
    /// Indices of the first lines, when they name whom the letter addresses: `李明局长：`.
    pub(crate) addressees: Vec<usize>,
}

impl Signature {
    /// Whether a line holds who signs and nothing else.
    pub(crate) fn holds(&self, line: usize) -> bool {
        self.lines.contains(&line)
            || self.addressees.contains(&line)
            || self.doubtful == Some(line)
            || self.glued.is_none() && self.occupation.as_ref().is_some_and(|(index, _)| *index == line)
    }

    /// Whether a line stands directly below or above one that names who signs.
    pub(crate) fn is_beside(&self, line: usize) -> bool {
        self.lines.iter().any(|signed| signed.abs_diff(line) == 1)
    }
}

/// A joint letter's list of names may be longer than the tail; it is read upwards to here.
const MAX_LIST_LINES: usize = 200;

pattern!(
    /// `1.张伟 13800138000`: one of a list of people.
    NUMBERED,
    r"^\s*[0-9]{1,3}\s?[.、)]\s*"
);

pattern!(
    /// `以上，龙国庆。`: what ends a letter in one line with who signs.
    CLOSES, r"^(?:以上(?:意见|建议)?|谨上|此致)[,:。]\s?(?P<who>\p{Han}{2,4})[。.]?$");

/// Reads the tail of the comment. `strangers`: the lines with somebody else's particulars; `display`: the sender's name in `From:`.
pub(crate) fn read(
    lines: &[Line<'_>],
    fields: &[Field],
    strangers: &[usize],
    display: Option<&str>,
) -> Signature {
    let display = display.map(|name| fold(name).split_whitespace().collect::<String>()).unwrap_or_default();
    let mut signature = Signature { addressees: addressees(lines), ..Signature::default() };
    let tail = tail_start(lines);
    let addressees = signature.addressees.clone();
    let is_labelled = |index: usize| {
        strangers.binary_search(&index).is_ok()
            || addressees.contains(&index)
            || fields.iter().any(|field| {
                (field.label_line == index || field.line == index) && field.label != Label::Other
            })
    };
    let mut run_begun = false;
    let mut seen = 0;
    for index in (0..lines.len()).rev() {
        let Some(line) = lines.get(index) else { continue };
        if line.text.trim().is_empty() {
            continue;
        }
        let Words { readings, occupation } = if is_labelled(index) {
            before_labels(lines, fields, index).map(read_words).unwrap_or_default()
        } else {
            read_line(lines, index, &is_labelled)
        };
        let is_list = !readings.is_empty();
        if index < tail && !(run_begun && is_list) || seen >= MAX_LIST_LINES {
            break;
        }
        seen += 1;
        if !is_list {
            // The run of names nearest the end is the signature; a word that looks like one above is not.
            if run_begun {
                break;
            }
            continue;
        }
        let as_written = line.raw.trim();
        let signer = |name: String| Signer { name, line: index, as_written: as_written.to_owned() };
        for reading in readings.into_iter().rev() {
            match reading {
                Reading::Name(name) => {
                    run_begun = true;
                    signature.names.push(signer(name));
                }
                Reading::Hint(name) => signature.hint = Some(signer(name)),
                Reading::Nothing => {}
            }
        }
        signature.lines.push(index);
        let stated = ETC.captures(of_several(line.text)).and_then(|found| number(found.get(1)?.as_str()));
        signature.stated = signature.stated.max(stated);
        signature.occupation = occupation.map(|words| (index, words)).or(signature.occupation);
    }
    signature.names.reverse();
    if signature.lines.iter().min().is_some_and(|first| goes_on_from(lines, *first)) {
        signature.names.clear();
        signature.lines.clear();
        signature.hint = None;
        signature.occupation = None;
    }
    if signature.names.is_empty()
        && let Some(found) = displayed::signer(lines, tail, &display, &is_labelled)
    {
        let as_written = lines.get(found.line).map_or("", |line| line.raw.trim()).to_owned();
        signature.names.push(Signer { name: display.clone(), line: found.line, as_written });
        signature.hint = None;
        signature.lines.extend(found.is_whole.then_some(found.line));
        signature.occupation = found.occupation.map(|words| (found.line, words)).or(signature.occupation);
    }
    if signature.lines.is_empty() && signature.names.is_empty() {
        read_glued(&mut signature, lines, (tail, &display), &is_labelled);
    }
    if signature.names.is_empty() && signature.hint.is_none() {
        read_head(&mut signature, lines, fields);
    }
    if signature.occupation.is_none() {
        signature.occupation = occupation_line((lines, fields), tail, &signature, &is_labelled);
    }
    if signature.lines.is_empty() {
        signature.doubtful = doubtful(lines, &is_labelled);
    }
    signature
}

/// `张伟 电话：138…`, `工程师 张伟（手机：…）`: what stands before the labels of a line that holds who signs and how to reach him.
fn before_labels<'a>(lines: &[Line<'a>], fields: &[Field], index: usize) -> Option<&'a str> {
    const LINE_BYTES: usize = 300;
    const FRONT_BYTES: usize = 100;
    const VALUE_WORDS: usize = 16;
    let text = lines.get(index).map(|line| line.text).filter(|text| text.len() <= LINE_BYTES)?;
    let adds = |field: &&Field| {
        let words = field.text(lines).chars().filter(|c| is_han(*c)).count();
        field.line == index
            && match field.label {
                Label::Phone | Label::Email | Label::Fax | Label::Messenger => words <= VALUE_WORDS / 2,
                Label::Occupation | Label::Position | Label::Organization => words <= VALUE_WORDS,
                _ => false,
            }
    };
    let mut mine = fields.iter().filter(|field| field.label_line == index || field.line == index);
    let first = mine.clone().next().filter(|field| field.label_line == index)?;
    let front = text.get(..first.label_start)?.trim();
    let front = front.trim_start_matches(['(', '[', '【', ' ']);
    let front = front.trim_end_matches(['(', '[', '【', ',', '、', ';', '/', ' ']);
    (mine.all(|field| adds(&field)) && !front.is_empty() && front.len() <= FRONT_BYTES && !is_sentence(front))
        .then_some(front)
}

/// A first line that holds who writes and how to reach him, as others put it at the end.
fn read_head(signature: &mut Signature, lines: &[Line<'_>], fields: &[Field]) {
    let Some(index) = lines.iter().position(|line| !line.text.trim().is_empty()) else { return };
    let index = below_title(lines, index).unwrap_or(index);
    let Some(text) = lines.get(index).map(|line| line.text.trim()) else { return };
    let Words { readings, occupation } = before_labels(lines, fields, index)
        .or_else(|| beside_roles(lines, index))
        .map(read_words)
        .unwrap_or_default();
    let [Reading::Name(name)] = readings.as_slice() else { return };
    signature.names.push(Signer { name: name.clone(), line: index, as_written: text.to_owned() });
    signature.lines.push(index);
    signature.occupation = occupation.map(|words| (index, words));
}

/// The line below a letter's title: `关于工作方案的几点建议` / `某某区 律师 谷小桐`.
fn below_title(lines: &[Line<'_>], index: usize) -> Option<usize> {
    const TITLE_BYTES: usize = 120;
    let title = lines.get(index)?.text.trim();
    let is_title = title.len() <= TITLE_BYTES && title.starts_with("关于") && title.ends_with(['议', '见']);
    let below = lines.iter().enumerate().skip(index + 1).take(2);
    let mut below = below.filter(|(_, line)| is_title && !line.text.trim().is_empty());
    below.next().map(|(below, _)| below)
}

/// A line at the head in which a name stands beside what its bearer is.
fn beside_roles<'a>(lines: &[Line<'a>], index: usize) -> Option<&'a str> {
    const LINE_BYTES: usize = 100;
    let text = lines.get(index)?.text.trim();
    let stands_so = text.len() <= LINE_BYTES && text.contains(' ') && index > 0 && !is_sentence(text);
    stands_so.then_some(text)
}

/// Whether the line above leaves its sentence open for this one: `还有` / `井盖`, `最需要改进的是：` / `房产`.
fn goes_on_from(lines: &[Line<'_>], index: usize) -> bool {
    let Some(above) = index.checked_sub(1).and_then(|above| lines.get(above)) else { return false };
    let text = above.text.trim_end();
    let end = last_bytes(text, text.len(), 60);
    let is_open = end.ends_with([':', ',', '、']) || OPEN.at_end(end).is_some();
    let asks = ASKS_TO_SIGN.inside(end) && PROPOSES.at_start(text.trim_start()).is_none();
    is_open && end.contains(is_han) && !asks && !portrait::describes(text)
}

/// `…，谢谢。贺小兰`, `…。贺小兰 13800138000`: a name behind the last sentence, when a closing or what people add to
/// their names shows that it is one.
fn read_glued(
    signature: &mut Signature,
    lines: &[Line<'_>],
    (tail, display): (usize, &str),
    is_labelled: &impl Fn(usize) -> bool,
) {
    const SEGMENT_BYTES: usize = 120;
    let last = (tail..lines.len())
        .rev()
        .filter_map(|index| Some((index, lines.get(index)?)))
        .find(|(_, line)| !is_appendix(line.text));
    let Some((index, line)) = last.filter(|(index, _)| !is_labelled(*index)) else { return };
    let text = line.text.trim_end().trim_end_matches(['。', '.']);
    // 黄线多。 is one more complaint; hardly anybody puts a stop behind his name.
    let ends_so = text.len() == line.text.trim_end().len();
    let Some((at, end)) = text.char_indices().rev().find(|(_, c)| matches!(c, '。' | '!' | ';')) else {
        return;
    };
    let start = at + end.len_utf8();
    let Some(segment) = text.get(start..).filter(|segment| segment.len() <= SEGMENT_BYTES) else { return };
    let before = text.get(..at).unwrap_or_default();
    let sentence = before.rsplit(['。', '!', ';', ',']).next().unwrap_or(before);
    let closed = THANKS.inside(sentence);
    let Words { readings, occupation } = read_words(segment);
    let plain: String = segment.split_whitespace().collect();
    let (name, is_hint) = match readings.as_slice() {
        [Reading::Name(name)] => (name, false),
        [Reading::Hint(name)] => (name, true),
        _ => return,
    };
    if is_hint {
        if closed || !phone::find(segment).is_empty() {
            let as_written = line.raw_of(start..text.len()).trim().to_owned();
            signature.hint = Some(Signer { name: name.clone(), line: index, as_written });
            signature.glued = Some((index, start));
        }
    } else if closed
        || plain.len() > name.len()
        || (ends_so && signs_behind(segment, name))
        || displayed::is_called_so(display, name)
        || is_nicknamed(lines, name)
    {
        let as_written = line.raw_of(start..text.len()).trim().to_owned();
        signature.names.push(Signer { name: name.clone(), line: index, as_written });
        signature.glued = Some((index, start));
        signature.occupation = occupation.map(|words| (index, words));
    }
}

/// `中学教师` on the line below the name; in its place `一名普通教师`, or `个体户` beside a number.
fn occupation_line(
    (lines, fields): (&[Line<'_>], &[Field]),
    tail: usize,
    signature: &Signature,
    is_labelled: &impl Fn(usize) -> bool,
) -> Option<(usize, String)> {
    let below = signature.names.last().map(|signer| signer.line);
    let (mut last, mut number_below) = (None, false);
    for index in (tail..lines.len()).rev() {
        let line = lines.get(index)?;
        if is_appendix(line.text) || asks_to_keep(line.text) {
            number_below |= !phone::find(line.text).is_empty();
            continue;
        }
        if let Some(words) = portrait::nameless(line.text).filter(|_| below.is_none() && last.is_none()) {
            return Some((index, words.to_owned()));
        }
        let front = before_labels(lines, fields, index);
        if is_labelled(index) && front.is_none() {
            number_below |= fields.iter().any(|field| field.line == index && field.label == Label::Phone);
            continue;
        }
        let plain = front.map_or_else(|| without_contacts(line.text), str::to_owned);
        // (退休教师,电话024-85550099)
        let words = plain.trim().trim_start_matches(['-', '(', '[', '【']);
        let words = words.trim_matches(['。', '.', ',', '、', ';', ' ', ')', ']', '】']);
        let is_trade = |word: &&str| roles::read(word) == Some(Role::Occupation);
        let is_bracketed = line.text.trim_start().starts_with('(');
        let are_roles = words.contains(',') && words.split(',').all(|word| roles::read(word).is_some());
        let first = words.split(',').find(|word| (is_bracketed || are_roles) && is_trade(word));
        let words = first.unwrap_or(words);
        let beside_number = number_below || front.is_some() || plain.len() < line.text.len();
        let is_last = last.is_none();
        last = Some(index);
        let fits = if below.is_some() {
            below < Some(index) && (roles::read(words) == Some(Role::Occupation) || keeps_a_shop(words))
        } else {
            is_last
                && (roles::is_anonymous_occupation(words)
                    || is_bracketed && are_roles && first.is_some()
                    || portrait::is_anonymous(words) && stands_last(lines, index, is_labelled)
                    || beside_number && roles::read(words) == Some(Role::Occupation))
        };
        if fits {
            return Some((index, words.to_owned()));
        }
        // 某某公司 客服部 总监
        let beside = signature.names.iter().any(|signer| signer.line.abs_diff(index) <= 2);
        if beside
            && posts::are_where_one_works(words, "")
            && let Some(post) =
                words.split_whitespace().rfind(|word| posts::is_post(word)).or_else(|| posts::abroad(words))
        {
            return Some((index, post.to_owned()));
        }
    }
    None
}

/// The names of a line that holds nothing else; none when it holds anything else.
fn read_line(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> Words {
    const LINE_BYTES: usize = 400;
    let Some(line) = lines.get(index) else { return Words::default() };
    if line.text.len() > LINE_BYTES {
        return Words::default();
    }
    let text = of_several(line.text);
    if text.starts_with("--")
        && let Some(words) = portrait::behind_dash(text).filter(|_| stands_last(lines, index, is_labelled))
    {
        return words;
    }
    if let Some(words) = portrait::behind_name(text).filter(|_| ends_letter(lines, index, is_labelled)) {
        return words;
    }
    let one = |name: String| Words { readings: vec![Reading::Name(name)], occupation: None };
    let closes = CLOSES.captures(text).and_then(|found| Some(found.name("who")?.as_str()));
    if let Some(name) = closes.filter(|name| is_certain(name)).or_else(|| before_number(text))
        && stands_last(lines, index, is_labelled)
    {
        return one(name.to_owned());
    }
    if is_sentence(text) {
        let described = portrait::begins(text) && stands_last(lines, index, is_labelled);
        return described.then(|| portrait::read(text)).flatten().unwrap_or_default();
    }
    if let Some(words) = signed_abroad::signer(lines, index) {
        return words;
    }
    // 金利来（中国）有限公司 is a firm; what stands before its bracket is no name.
    if text.contains('(')
        && !text.contains(char::is_whitespace)
        && organization::read(text, "", true).is_some()
    {
        return Words::default();
    }
    if let Reading::Name(name) = read_han(text, Proof::Closing)
        && name == text
        && stands_at_closing(lines, index)
    {
        return one(name);
    }
    // 庞大海 / 打鱼的: above what somebody is even a word is a name.
    if let Reading::Name(name) = read_han(text, Proof::Said)
        && name == text
        && trade_is_below(lines, index, is_labelled)
    {
        return one(name);
    }
    let listed = !phone::find(text).is_empty();
    let number = NUMBERED.find(text).filter(|_| listed).map_or(0, |number| number.end());
    let words = read_placed(text.get(number..).unwrap_or(text), stands_apart(lines, index, is_labelled));
    if !words.readings.is_empty() || !stands_last(lines, index, is_labelled) {
        return words;
    }
    // 韶关某国企退休工人：/ 老孟头
    let above = index.checked_sub(1).and_then(|above| lines.get(above)).map_or("", |line| line.text.trim());
    let announced = above.ends_with(':') && portrait::describes(above);
    if announced && (2..=4).contains(&text.chars().count()) && text.chars().all(is_han) {
        let reading = match read_han(text, Proof::Said) {
            Reading::Nothing => Reading::Hint(text.to_owned()),
            reading => reading,
        };
        return Words { readings: vec![reading], occupation: None };
    }
    if let Some(words) = portrait::read(text) {
        return words;
    }
    // 常乐 出租车司机 / 电话：139…; whoever stands beside a department may be anybody.
    let proved = number_is_below(lines, index).then(|| read_beside_number(text));
    proved.filter(|found| found.occupation.is_some()).unwrap_or(words)
}
