//! Sentences that frame a letter within the lines of its opinion: thanks, who writes, that it is sent again. What the writer
//! wants done with his letter or his data is read by `asking`.

use std::ops::Range;

use crate::details::opinion::beside_signer::is_contact_line;
use crate::details::opinion::{courtesy, letter_words, remarks, what_one_is};
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::person::oneself::{self, introduction_length, introduction_start, is_invitation};
use crate::details::text::letters::{LETTERS, announces_data, is_closing, is_formula, is_polite};
use crate::vocabulary::language::word_list;
use crate::vocabulary::{pattern, receipts};

word_list!(THANKS, LETTERS, "thanks");
word_list!(
    /// 再发一次: says of the letter that it came before.
    SENT_AGAIN, LETTERS, "sent again"
);
word_list!(BEFORE_A_NUMBER, SELF_DESCRIPTIONS, "before a number");
word_list!(
    /// 联系人张伟，手机…
    CALLS_A_CONTACT, SELF_DESCRIPTIONS, "calls a contact"
);
word_list!(PROPOSES, LETTERS, "proposes");
word_list!(
    /// What is no part of an introduction: it proposes, or finds fault.
    IS_OF_THE_MATTER, LETTERS, "of the matter"
);
word_list!(
    /// 收到, at the head of a reply.
    RECEIVED, LETTERS, "received"
);

pattern!(
    /// `编号LNZX-2024-0001的补充`, `这是对LNZX-2024-0001的补充信息`: which letter it belongs to, and nothing of it.
    NAMES_ITS_NUMBER,
    r"(?i)^(?:现|这是|此为|以下是|我是)?(?:对|就|关于)?(?:登记)?(?:编号|回执编号|来信编号)?\s?[:为是]?\s?[a-z]{2,12}-\d{4}-\d{3,9}\s?(?:号)?(?:来信|意见|邮件)?的?(?:进行|作|做)?(?:补充|补充信息|补充材料|补充说明|个人信息|补充个人信息|信息补充|回复)?(?:如下)?$"
);

pattern!(
    /// `我提一条：`, `代表公司提两点意见如下：`: announces what follows, and says nothing of it.
    LEADS_IN, LETTERS,
    r"(?x)^(?: 我们 | 我 | 本人 | 在此 | 现 | 谨 | 特 | 下面 | 这里 | 就 | 想 | 来 | 再 | 还 | 另 | 另外 | 也 | 只 | 先 | 简单 | 斗胆 | 冒昧 | 代表 ⟨spoken for⟩ ){0,5}
      (?: [“《] [^”》]{2,100} [”》] )?
      (?: 有 | 提 | 说 | 讲 | 谈 | 反映 | 补充 ) 出? (?: 以下 | 如下 )? (?: [一两二三四五六七八九十几] (?: 小? [条点个些则句] ) | 点 | 些 | 个 ) 儿?
      (?: 小 | 不成熟的? | 具体的? | 粗浅的? | 自己的 | 心里 | 实在 | 大实 | 公道 | 良心 )? (?: 意见建议 | 意见和建议 | 建议和意见 | 意见 | 建议 | 看法 | 想法 | 话 | 问题 | 情况 )? ,? (?: 如下 | 供参考 | 仅供参考 )? \s* :"
);

pattern!(
    /// `我公司对方案提出如下意见：`, `经研究，我单位的建议如下：`: the same, of units.
    UNITS_LEAD, LETTERS,
    r"(?x)^(?: 经 [^,。:;]{0,8} , )? (?: (?: 针对 | 对 | 就 | 关于 ) (?: 《[^》]{2,60}》 | (?: 该 | 此 | 这份 )? ⟨names the draft⟩ ) ,? )?
      (?: 我 | 本 ) [^对就针关,。:;]{0,8}? (?: (?: 针对 | 对 | 就 | 关于 ) (?: 《[^》]{2,60}》 | (?: 该 | 此 | 这份 )? ⟨names the draft⟩ ) ,? )? (?: 现 | 特 | 谨 )?
      (?: (?: 提出? | 有 | 反馈 | 报送 | 补充 ) 了? (?: 以下 | 如下 ) [^,。;:]{0,6}? (?: 意见建议 | 意见和建议 | 意见 | 建议 | 看法 | 想法 | 问题 )
        | 的? (?: 意见建议 | 意见和建议 | 意见 | 建议 | 看法 | 想法 ) (?: 主要 )? 如下 ) \s* :"
);

pattern!(
    /// The last clause before what somebody has to say: `有几点想法`, `我想说的只有一件事`, `写下来供参考`, `敢陈于左`.
    ANNOUNCES,
    r"(?x)(?:有|提|说|谈|讲|反映|汇报|补充)[出下]?(?:以下|如下)?(?:[一两二三四五六七八九十几]小?[条点个些则句件]|些|点)\p{Han}{0,6}(?:意见|建议|看法|想法|感受|体会|感想|话|事|问题|疑问)(?:如下)?$
      | 献\p{Han}{0,4}[愚忱]$ | 尽绵薄$ | (?:就|只)说\p{Han}{0,6}(?:地方|问题|事|点)$ | (?:有|谈)\p{Han}{0,4}(?:体会|感受|感触)$
      | (?:说|谈|讲)(?:上)?(?:几句|两句|几点|两点|一点|点)(?:话)?$ | (?:如|于|列|陈)[下左后右]$ | 供\p{Han}{0,6}参考$ | 斟酌$ | 谨陈\p{Han}{1,4}$"
);

pattern!(
    /// `感谢回复`, `谢谢你们的答复`
    THANKS_FOR_ANSWER, LETTERS, r"^(?:非常|十分|多)?⟨thanks⟩(?:您|你们|贵局|贵厅|工作人员)?的?(?:及时|快速)?的?(?:回复|答复|回信|回执|告知)$"
);

pattern!(
    /// `感谢您在百忙之中阅读我的来信`: polite, and praise of nothing.
    FOR_HIS_TIME,
    r"^(?:首先|在此|非常|衷心|十分|万分|再次|最后)*(?:感谢|谢谢)(?:您|您们|你们|贵局|贵厅|各位|领导|能|能够){0,4}在?百忙之[中余][^,。]{0,24}$"
);

pattern!(
    /// `他的意见：`, `老人的话原样打上：`: whose words follow.
    WHOSE_WORDS,
    r"^(?:他|她|老人家?|老爷子|老太太|父亲|母亲|[爸妈]爸?妈?|爷爷|奶奶|姥姥|姥爷)(?:老人家)?的(?:意见|建议|想法|看法|话|原话)[^,。:]{0,8}:"
);

word_list!(
    /// What somebody says of how he writes: 我识字不多，….
    EXCUSES, SELF_DESCRIPTIONS, "excuses how one writes"
);

/// The longest clause of that sort, in characters.
const EXCUSE_CHARS: usize = 14;

pattern!(
    /// `我已经把意见写好交到你们意见箱了`: the opinion went another way.
    HANDED_IN,
    r"^(?:我|本人)?(?:之前|昨天|上周|今天)?(?:已经?|都)?把?\p{Han}{0,4}(?:意见|建议)\p{Han}{0,10}(?:交|投|递|寄|送|放)(?:到|进|给|在|了)\p{Han}{0,14}$"
);

/// `这里不再重复，只是告诉你们一声`
fn says_no_more(plain: &str) -> bool {
    let mut clauses = plain.split(',').map(str::trim).filter(|clause| !clause.is_empty());
    let (mut handed, mut more) = (false, false);
    let all = clauses.all(|clause| {
        let is_handed = HANDED_IN.is_match(clause);
        let repeats = REPEATS_NOTHING.inside(clause) && clause.chars().count() <= EXCUSE_CHARS;
        handed |= is_handed;
        more |= repeats;
        is_handed || repeats
    });
    all && handed && more
}

word_list!(REPEATS_NOTHING, LETTERS, "repeats nothing");

/// The longest sentence of a receipt, in bytes: it names the draft.
const RECEIPT_BYTES: usize = 1000;

/// The longest sentence that frames, in bytes.
const SENTENCE_BYTES: usize = 300;

const STOPS: [char; 4] = ['。', '!', '?', ';'];

/// What of a text is no such sentence, in order.
pub(super) fn opinions(text: &str) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = sentence_end(text, start);
        let sentence = text.get(start..end).unwrap_or_default();
        let plain = sentence.trim_matches(|c: char| !c.is_alphanumeric());
        let leads_in =
            || courtesy::is_of_reading(plain) && courtesy::goes_on(text.get(end..).unwrap_or_default());
        let from = if leads_in() { end } else { start + frame_length(sentence) };
        // `…，我叫张三，手机138…`
        let said = sentence.trim_end_matches(STOPS);
        let until = introduction_start(said).filter(|_| from == start && sentence.len() <= SENTENCE_BYTES);
        let until = until
            .map_or(end, |at| start + sentence.get(..at).map_or(0, |said| said.trim_end_matches(',').len()));
        match kept.last_mut() {
            Some(last) if last.end == from => last.end = until,
            _ if from < until => kept.push(from..until),
            _ => {}
        }
        start = end;
    }
    kept
}

/// Where the sentence ends that begins at byte `start`, behind its stops.
fn sentence_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let Some(stop) = rest.find(STOPS) else { return text.len() };
    let behind = rest.get(stop..).unwrap_or_default();
    let further =
        behind.trim_start_matches(|c: char| STOPS.contains(&c) || matches!(c, '”' | ')' | '~' | ' '));
    text.len() - further.len()
}

/// How much of a sentence's beginning only frames, in bytes.
fn frame_length(sentence: &str) -> usize {
    // Our own words, as a program that quotes without marks sends them back, are nobody's opinion.
    if sentence.len() <= RECEIPT_BYTES && receipts::ALONE.inside(sentence) {
        return sentence.len();
    }
    if sentence.len() > SENTENCE_BYTES {
        return 0;
    }
    let plain = sentence.trim_matches(|c: char| !c.is_alphanumeric());
    if is_thanks(plain)
        || is_formula(plain)
        || FOR_HIS_TIME.is_match(plain)
        || NAMES_ITS_NUMBER.is_match(plain)
        || remarks::is_remark(plain)
        || is_for_consideration(plain)
        || is_polite(plain)
        || courtesy::is_old_ending(plain)
        || announces_data(plain)
        || acknowledges(plain)
        || says_no_more(plain)
        || letter_words::are_all(plain)
        || is_contact_line(plain)
            && (BEFORE_A_NUMBER.at_start(plain).is_some() || CALLS_A_CONTACT.at_start(plain).is_some())
        || what_one_is::names_and_says_what(plain) && !is_of_the_matter(plain)
        || is_invitation(plain)
        || !plain.is_empty() && plain.split(',').all(|clause| SENT_AGAIN.contains(clause.trim()))
    {
        return sentence.len();
    }
    let said = sentence.trim_end_matches(|c: char| STOPS.contains(&c) || matches!(c, '~' | ' '));
    if let Some(lead) = lead_length(sentence) {
        return lead;
    }
    if WHOSE_WORDS.find(said).is_some_and(|words| words.end() == said.trim_end().len()) {
        return sentence.len();
    }
    match introduction_length(said, |clause| PROPOSES.at_start(clause).is_some()) {
        0 => 0,
        length if length >= said.trim_end().len() => sentence.len(),
        length => length,
    }
}

/// A paragraph in which somebody says who he is, and at whose end he says that he has something to say: `我是一名社区网格员，天天和居民打交道，
/// 对这份征求意见稿有些感受，写下来供参考。` What he has to say stands below it.
pub(super) fn presents_and_announces(paragraph: &str) -> bool {
    const PARAGRAPH_BYTES: usize = 600;
    const GREETING_CHARS: usize = 5;
    let is_mark = |c: char| STOPS.contains(&c) || matches!(c, ',' | ':' | '~' | ' ');
    let text = paragraph.trim();
    let greets = |said: &&str| said.ends_with('好') && said.chars().count() <= GREETING_CHARS;
    let greeting = text.split(is_mark).next().filter(greets).map_or(0, str::len);
    let text = text.get(greeting..).unwrap_or_default().trim_start_matches(is_mark);
    // 欣闻贵厅集思广益，不胜感佩。老朽今年八十有一，…
    let text = match text.split_once('。') {
        Some((first, rest)) if courtesy::is_of_reading(first) => rest.trim_start(),
        _ => text,
    };
    let begins = oneself::begins(text) || OWN_UNIT.iter().any(|own| text.starts_with(own));
    if text.len() > PARAGRAPH_BYTES || !begins {
        return false;
    }
    let said = text.trim_end_matches(|c: char| STOPS.contains(&c) || c == ':');
    let last = said.rsplit(|c| STOPS.contains(&c) || c == ',').next().unwrap_or(said);
    let before = said.strip_suffix(last).unwrap_or_default();
    // 每次办事都要跑三趟 is what he has to say already.
    let before = NOT_ALL_READ.iter().fold(before.to_owned(), |text, words| text.replace(words, ""));
    ANNOUNCES.is_match(last.trim()) && !IS_OF_THE_MATTER.inside(&before)
}

/// How a paragraph begins in which a writer, or a unit, speaks of itself.
const OWN_UNIT: [&str; 7] = ["余", "我公司", "我司", "我单位", "我店", "我厂", "我看"];

/// What somebody says of his reading, and not of the matter.
const NOT_ALL_READ: [&str; 4] = ["没全看懂", "没看全", "没看完", "没全看"];

pattern!(
    /// The last clause of a line below which the opinions stand: `现补报我委意见：`, `我补充自己的意见如下：`, `有两点建议：`.
    BELOW, LETTERS,
    r"(?x)^(?: [^:]{0,24} (?: 补充 | 补报 | 补交 | 补提 | 提出 | 反馈 | 汇总 | 陈述 | 整理 | 梳理 | 报告 | 回复 | 反映 | 说 | 讲 | 谈 | 提 | 有 ) [^:]{0,8} (?: 意见建议 | 意见 | 建议 | 看法 | 想法 | 问题 | 几点 | [一两二三四五六七八九十几0-9][点条] )
      | [^:]{0,16} (?: 意见 | 建议 | 看法 | 想法 | 补充 | 内容 | 情况 | 问题 ) [^:]{0,6} 如下 | (?:现|特|再)? 补充 ) \s* :$"
);

pattern!(
    /// `我局原则同意《…》，另提出以下建议：`
    AGREES_AND_PROPOSES,
    r"^(?:我|本)\p{Han}{1,3}(?:原则|基本|总体)?上?同意(?:该|此|贵局)?《[^》]{2,160}》[^,:]{0,14},[^,:]{0,8}(?:提出|提|有)[^,:]{0,8}(?:建议|意见)[^,:]{0,4}:$"
);

/// Whether a line near the head of a letter only leads to what stands below it.
pub(super) fn leads(text: &str) -> bool {
    const LINE_BYTES: usize = 200;
    let plain = || text.trim().trim_end_matches(|c: char| STOPS.contains(&c) || matches!(c, '~' | ' '));
    presents_and_announces(text)
        || is_mere_lead(text)
        || AGREES_AND_PROPOSES.is_match(text.trim()) && text.len() <= 2 * LINE_BYTES
        || what_one_is::says_what_one_is(plain()) && !is_of_the_matter(text)
        || text.len() <= LINE_BYTES && courtesy::is_of_reading(plain())
}

/// Words that tell of a letter before, and of nothing in the draft: 还漏了一条.
const OF_THE_LETTER: [&str; 6] = ["还漏了", "漏了一", "漏写了", "少写了", "没写上", "没写全"];

/// Whether a line only announces what stands below it; what it says besides finds no fault and proposes nothing.
pub(super) fn announces_below(text: &str) -> bool {
    const LINE_CHARS: usize = 80;
    let text = text.trim();
    if !text.ends_with(':') || text.chars().take(LINE_CHARS + 1).count() > LINE_CHARS {
        return false;
    }
    let plain = without_brackets(text);
    let last = plain.rsplit([',', '。', '!', ';']).next().unwrap_or_default();
    let before = plain.strip_suffix(last).unwrap_or_default();
    let before = OF_THE_LETTER.iter().fold(before.to_owned(), |text, words| text.replace(words, ""));
    let proposes = |clause: &str| PROPOSES_FIRST.iter().any(|word| clause.trim_start().starts_with(word));
    BELOW.is_match(last.trim()) && !proposes(last) && !IS_OF_THE_MATTER.inside(&before)
}

pattern!(
    /// A short line that leads to opinions without a verb, or without a colon: `几点小意见：`, `以下是我们公司的想法：`, `提三点希望吧。`
    INTRODUCES,
    r"(?x)^(?: (?: 以下 | 下面 | 这里 | 这 )? (?: 是 | 有 | 为 )? (?: 我们? | 本人 | 我们公司 | 我公司 | 我司 | 我店 | 我家 | 俺 | 咱 | 大家 | 邻居们? | 群众 | 几位邻居 | 同事们? | \p{Han}{0,8} )? 的? (?: 提 | 说 | 谈 | 有 | 讲 )? (?: 以下 | 如下 | 这 | 这么 )? (?: [几一两二三四五六七八九十0-9]{1,2} [点条个句项] | 一些 | 些 )? (?: 小 | 不成熟的? | 个人的? | 粗浅的? | 具体的? | 真实的? )? (?: 意见建议 | 意见和建议 | 建议和意见 | 修改意见 | 修改建议 | 意见 | 建议 | 看法 | 想法 | 希望 | 体会 | 感受 | 心里话 ) (?: 如下 | 吧 | 供参考 | 是 | 有 | 汇总 | 整理 | 收集 | 了 | 一下 | 供你们参考 | 仅供参考 | , ){0,4} | (?: two | three | four | some | a \s few | my )? \s? (?: suggestions | comments | opinions | proposals ) ) \s* [:,。.]$"
);

/// Whether a line of the kind leads to opinions below it and says nothing of the matter.
pub(super) fn introduces_opinions(text: &str) -> bool {
    const LINE_CHARS: usize = 32;
    let plain = without_brackets(text.trim()).to_lowercase();
    plain.chars().nth(LINE_CHARS).is_none()
        && !PROPOSES_FIRST.iter().any(|word| plain.starts_with(word))
        && INTRODUCES.is_match(&plain)
}

/// How a clause begins that proposes something itself.
const PROPOSES_FIRST: [&str; 5] = ["建议", "希望", "应", "请", "要"];

/// Whether it announces so and names no clause or matter: what stands below it loses nothing without it.
fn is_mere_lead(text: &str) -> bool {
    let plain = without_brackets(text);
    announces_below(text) && !CITES.is_match(&plain) && !plain.contains(['《', '“'])
}

pattern!(
    /// What the opinions below are about.
    CITES, r"第\s?[0-9一二三四五六七八九十百]{1,5}\s?[条章款项部]|关于|针对|对于|就.{1,12}问题");

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let keeps = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(keeps).collect()
}

/// Whether a text finds fault or proposes something.
pub(super) fn is_of_the_matter(text: &str) -> bool {
    IS_OF_THE_MATTER.inside(text)
}

/// `收到，谢谢。` before what somebody has to say.
fn acknowledges(plain: &str) -> bool {
    let mut clauses = plain.split([',', ' ']).filter(|clause| !clause.is_empty()).peekable();
    clauses.peek().is_some_and(|first| RECEIVED.contains(first))
        && clauses.all(|clause| RECEIVED.contains(clause) || is_thanks(clause))
}

/// How long what announces an opinion is, where the opinion follows it in the same sentence.
fn lead_length(sentence: &str) -> Option<usize> {
    const LEAD_BYTES: usize = 120;
    const WORDS: usize = 4;
    let head = sentence.get(..sentence.floor_char_boundary(LEAD_BYTES))?;
    head.find(':')?;
    // 收到，谢谢，再补充一点：…
    let mut from = 0;
    while let Some((clause, _)) = head.get(from..)?.split_once(',') {
        let said = clause.trim();
        let excuses = EXCUSES.inside(said) && said.chars().take(EXCUSE_CHARS + 1).count() <= EXCUSE_CHARS;
        if !RECEIVED.contains(said) && !is_thanks(said) && !excuses && THANKS_FOR_ANSWER.find(said).is_none()
        {
            break;
        }
        from += clause.len() + 1;
    }
    let said = head.get(from..)?;
    let lead = from
        + LEADS_IN.find(said).or_else(|| WHOSE_WORDS.find(said)).or_else(|| UNITS_LEAD.find(said))?.end();
    let says_more = sentence.get(lead..)?.chars().filter(|c| c.is_alphanumeric()).nth(WORDS - 1).is_some();
    says_more.then_some(lead)
}

/// 以上意见供参考: speaks of what stands above, and proposes nothing.
fn is_for_consideration(plain: &str) -> bool {
    const CHARS: usize = 16;
    plain.starts_with(['以', '上'])
        && plain.chars().take(CHARS + 1).count() <= CHARS
        && !plain.contains(['应', '要', '不'])
        && is_closing(plain)
}

/// 谢谢, 非常感谢, 谢谢领导; whoever thanks for something praises it.
fn is_thanks(plain: &str) -> bool {
    const CHARS: usize = 6;
    (THANKS.at_start(plain).is_some() || THANKS.at_end(plain).is_some())
        && plain.chars().take(CHARS + 1).count() <= CHARS
        && is_closing(plain)
}
