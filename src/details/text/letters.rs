//! What letters have in common wherever they are looked at: dates and closings.

use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::language::{language_table, word_list};

language_table!(pub(crate) LETTERS, "language/letters.tsv");

/// A year, and a month with a day, in digits or in words.
const YEAR: &str = "[12１２一二][0-9０-９〇○零O一二三四五六七八九十]{3}";
const MONTH_AND_DAY: &str =
    r"[0-9０-９一二三四五六七八九十]{1,3}\s*[月./-]\s*[0-9０-９一二三四五六七八九十]{1,3}\s*日?";

/// Compiles a pattern in which `⟨year⟩`, `⟨month and day⟩` and `⟨date⟩` stand for what people write, and other
/// meanings for the words of [`LETTERS`].
pub(crate) fn with_dates(pattern: &str) -> Regex {
    let pattern = pattern
        .replace("⟨date⟩", r"⟨year⟩\s*[年./-]\s*⟨month and day⟩")
        .replace("⟨year⟩", YEAR)
        .replace("⟨month and day⟩", MONTH_AND_DAY);
    LETTERS.pattern(&pattern)
}

/// What closes a letter and says nothing else, without the line's ends.
const FORMAL: &str = r"此致 \s* [!,。]* \s* (?:敬礼)? | 敬礼 | (?:best|kind|warm)? \s* (?:regards|wishes)
    | (?:yours\s+)? (?:sincerely|faithfully|truly) (?:\s+yours)? | yours | thanks | thank\ you | cheers
    | ⟨formula abroad⟩ | ⟨formula⟩
    | (?: 特此 | 专此 | 谨此 ) ⟨official ending⟩ (?: [,、]? \s* (?:敬请|恳请|并请|请|望|盼) (?:贵局|贵厅|领导|予以|给予|认真){0,2} (?:⟨to be considered⟩|⟨to be considered, officially⟩) )?";

/// A line that closes a letter: a formula, or thanks, wishes, and what is hoped for.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    LETTERS.pattern(&format!(
        r"(?xi)^\s*(?: {FORMAL}
          | (?:非常|十分|衷心|万分|再次|再三|深深|最后|在此|谨致|提前){{0,2}} ⟨thanks⟩ [^,。;]{{0,16}} | 谢谢 [^,。;]{{0,10}} [,。!] \s* 祝 [^,。;]{{0,16}}
          | ⟨wish⟩ [^。;]{{0,20}} | ⟨courtesy⟩ \s* ⟨wished⟩
          | ⟨hereby⟩ ⟨said hereby⟩? [\s,。]* (?: (?:⟨wish⟩|⟨courtesy⟩) [\s,]* (?:⟨wished⟩)? )?
          | 以上 \s* [,。]? \s* (?:谢谢|感谢)?
          | (?:敬请|恳请|恳望|尚请|尚望|请|望|盼|谨请) \s* (?:贵局|贵厅|贵办|贵部门|领导|予以|给予|早日|尽快){{0,2}} ⟨to be hoped⟩ [为是] [盼感荷祷]
          | (?: ⟨humble⟩ \s* ,? \s* )? (?: ⟨begs⟩ | 以上 [^。;]{{0,12}} ⟨begs⟩ )
          | (?: 以上 | 上述 ) [^。;应须]{{0,24}} (?: ⟨to be considered⟩ | ⟨to be considered, of what stands above⟩ ) (?: [,。!] \s* (?:谢谢|感谢) [^,。;]{{0,10}} )?
          | (?: 仅供 | 供 | 敬请 | 请 | 望 ) \s* (?:领导)? ⟨to be considered⟩ | 妥否 [^。]{{0,12}}
          | (?: 联名 | 联署 | 签名 | 署名 ) ⟨who signs together⟩? \s* : [^。!?;]{{2,400}}
          | thanks? (?:\syou)? [^.]{{0,20}}
          )\s*[!,。.?~]*\s*$"
    ))
});

/// A sentence that only says that what was said is one's own view, or asks pardon for its words.
static POLITE: LazyLock<Regex> = LazyLock::new(|| {
    LETTERS.pattern(
        r"(?x)^\s*(?:
            (?: 以上 | 上述 | 纯属 | 这些?(?:都)?是 )? (?: 仅 | 只 | 都是 | 均为 | 仅为 )? (?: 是 | 为 | 代表 )? (?: 我 | 本人 | 我们 )? (?: 的 )? (?: 个人 | 一点 | 几点 | 一些 | 粗浅 | 不成熟 ){0,2} 的?
              ⟨own view⟩ [,\s]* (?: 仅供 | 只供 | 谨供 ) (?: 领导 | 贵局 | 各位 | 你们 )? ⟨to be considered⟩
          | (?: 以上 | 上述 ) (?: 意见 | 建议 | 内容 | 言论 )? (?: 仅 | 只 | 均 | 都 ) 代表 (?: 我 | 本人 )? (?: 个人 | 自己 ) 的? ⟨own view⟩
          | (?: 如有 | 若有 | 有 )? (?: 言辞 | 言语 | 用词 | 措辞 | 表述 | 说得 | 说话 )? (?: 有 )? ⟨fault of words⟩ (?: 之处 | 的地方 )? [,\s]*
              (?: 敬请 | 还请 | 还望 | 恳请 | 万望 | 请 | 望 ) (?: 您 | 领导 | 多多 | 多 | 予以 ){0,2} ⟨asks pardon⟩
          | (?: 您 | 你们 | 您们 | 大家 | 领导 | 各位 (?:领导)? )? (?: 都 )? 辛苦 [了啦]
          )\s*[!,。.~]*\s*$",
    )
});

/// Whether a sentence is politeness and nothing else: 个人意见，仅供参考; 不当之处，敬请批评指正.
pub(crate) fn is_polite(text: &str) -> bool {
    text.len() <= 120 && POLITE.is_match(text)
}

/// A formula alone.
static FORMULA: LazyLock<Regex> =
    LazyLock::new(|| LETTERS.pattern(&format!(r"(?xi)^\s*(?: {FORMAL} )\s*[,.!。]?\s*$")));

/// Whether a line closes the letter. A closing is short; `谢谢` may begin a sentence that says more.
pub(crate) fn is_closing(text: &str) -> bool {
    text.len() <= 200 && CLOSING.is_match(text) || is_polite(text)
}

/// Whether a line is the formula behind which people sign: `此致敬礼`, `Best regards`.
pub(crate) fn is_formula(text: &str) -> bool {
    FORMULA.is_match(text)
}

word_list!(
    /// 补充个人信息
    ANNOUNCES, LETTERS, "announces data"
);
word_list!(DATA, LETTERS, "data of the writer");

/// `补充个人信息：`, `以下是我的联系方式：`: announces labels, and says nothing by itself.
pub(crate) fn announces_data(plain: &str) -> bool {
    const CHARS: usize = 14;
    let rest = ANNOUNCES.at_start(plain).and_then(|word| plain.strip_prefix(word)).unwrap_or(plain);
    let data = rest.trim_end_matches("如下");
    let announced = data.is_empty() && data.len() < rest.len() && rest.len() < plain.len();
    plain.chars().take(CHARS + 1).count() <= CHARS && (announced || DATA.contains(data))
}

/// How long such an announcement is with which a line begins, in bytes, colon included; 0 where it ends the line, or there is none.
pub(crate) fn announcement_length(text: &str) -> usize {
    const BYTES: usize = 48;
    let head = text.get(..text.floor_char_boundary(BYTES)).unwrap_or_default();
    let Some((announced, _)) = head.split_once(':') else { return 0 };
    let plain = announced.trim();
    let opens = ANNOUNCES.at_start(plain).is_some() && announces_data(plain);
    let length = announced.len() + 1;
    if opens && text.get(length..).is_some_and(|rest| !rest.trim().is_empty()) { length } else { 0 }
}
