//! The end of a letter: the lines that hold nothing but who signs.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{Field, Label};
use super::name::{Reading, dotted, join_spread, latin, read_han};
use super::text::{Line, is_han, tail_start};
use super::{email, phone};

/// One who signs.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    pub(super) name: String,
    /// Index of the line.
    pub(super) line: usize,
    pub(super) as_written: String,
}

/// What the end of a letter says about who signs.
#[derive(Debug, Clone, Default)]
pub(super) struct Signature {
    /// The names, in order.
    pub(super) names: Vec<Signer>,
    /// `李女士`: somebody, but no name.
    pub(super) hint: Option<Signer>,
    /// Indices of the lines that hold names or hints.
    pub(super) lines: Vec<usize>,
}

/// A joint letter's list of names may be longer than the tail; it is read upwards to here.
const MAX_LIST_LINES: usize = 200;

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9二〇○零一]{4}\s*[年./-]\s*[0-9一二三四五六七八九十]{1,3}\s*[月./-]\s*[0-9一二三四五六七八九十]{1,3}\s*日?|[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*日")
        .expect("a constant pattern")
});

/// What may stand before a name in a signature: `此致敬礼！`, `市民：`, `一名普通教师 `, `——`.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^ (?: \s | - | — | 此致 | 敬礼 | ! | 。
          | (?: 一名 | 一位 | 一个 )? (?: 普通 | 热心 | 您的 | 沈阳 | 大连 | 辽宁 )? (?: 的 )?
            (?: 市民 | 公民 | 居民 | 村民 | 群众 | 网友 | 学生 | 教师 | 职工 | 农民 | 个体户 | 党员 | 业主 | 退休[工教]?[人师]? | 建议人 | 落款 | 署名 | 签名 )
            (?: 代表 )? [:\s]
          | (?: 律师 | 医生 | 护士 | 会计 | 工程师 | 司机 | 员工 | 职员 | 干部 | 企业负责人 | 经营者 ) [:\s]
          | [\p{Han}()]{2,24} (?: 中心 | 公司 | 事务所 | 委员会 | 局 | 大学 | 学院 | 学校 | 中学 | 小学 | 医院 | 社区 | 街道 | 工厂 | 车间 ) \s+ )+",
    )
    .expect("a constant pattern")
});

/// What may stand behind it.
static BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\s(\[]*(?:签名|签字|亲笔|敬上|谨上|敬启|谨启|呈上|呈|上|敬礼|手印|盖章|签章)[)\]\s。.]*$")
        .expect("a constant pattern")
});

/// Behind each of several names: `张三（签名） 李四（签名）`.
static SIGNED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\((?:签名|签字|手印|签章)\)").expect("a constant pattern"));

/// What is left of `王小明（13800138000）` without the number.
static EMPTY_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\(\s*\)|\s\)").expect("a constant pattern"));

static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:(?:best|kind|warm)?\s*(?:regards|wishes)|(?:yours\s+)?(?:sincerely|faithfully|truly)(?:\s+yours)?|yours|thanks|thank you|cheers|此致|敬礼|此致\s*敬礼)\s*[,.!。]?\s*$")
        .expect("a constant pattern")
});

/// Reads the tail of the comment.
pub(super) fn read(lines: &[Line<'_>], fields: &[Field]) -> Signature {
    let mut signature = Signature::default();
    let tail = tail_start(lines);
    let is_labelled = |index: usize| {
        fields
            .iter()
            .any(|field| (field.label_line == index || field.line == index) && field.label != Label::Other)
    };
    let mut run_begun = false;
    let mut seen = 0;
    for index in (0..lines.len()).rev() {
        let Some(line) = lines.get(index) else { continue };
        if line.text.trim().is_empty() {
            continue;
        }
        let readings = if is_labelled(index) { Vec::new() } else { read_line(lines, index) };
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
    }
    signature.names.reverse();
    signature
}

/// The names of a line that holds nothing else; empty when it holds anything else.
fn read_line(lines: &[Line<'_>], index: usize) -> Vec<Reading> {
    const LINE_BYTES: usize = 400;
    let Some(line) = lines.get(index) else { return Vec::new() };
    if line.text.len() > LINE_BYTES {
        return Vec::new();
    }
    let text = without_contacts(line.text);
    let text = DATE.replace_all(&text, " ");
    let text = SIGNED.replace_all(&text, " ");
    let text = EMPTY_BRACKETS.replace_all(&text, " ");
    let text = text.trim();
    let text = BEFORE.find(text).and_then(|before| text.get(before.end()..)).unwrap_or(text);
    let text = BEHIND.find(text).and_then(|behind| text.get(..behind.start())).unwrap_or(text);
    let text = text.trim_end_matches(['。', '.', ',', '、', ' ', '/']).trim();
    if text.is_empty() {
        return Vec::new();
    }
    if let Some(name) = dotted(text) {
        return vec![Reading::Name(name)];
    }
    if let Some(name) = latin(text).filter(|name| name.len() == text.len() && name.contains(' '))
        && above_is_closing(lines, index)
    {
        return vec![Reading::Name(name)];
    }
    let pieces: Vec<&str> =
        text.split([' ', '、', ',', ';', '\t', '/']).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() > 100 || !pieces.iter().all(|piece| piece.chars().all(is_han)) {
        return Vec::new();
    }
    let joined = join_spread(&pieces);
    let readings: Vec<Reading> = joined.iter().map(|word| read_han(word, true)).collect();
    if readings.contains(&Reading::Nothing) { Vec::new() } else { readings }
}

fn above_is_closing(lines: &[Line<'_>], index: usize) -> bool {
    lines
        .iter()
        .take(index)
        .rev()
        .take(4)
        .find(|line| !line.text.trim().is_empty())
        .is_some_and(|line| CLOSING.is_match(line.text))
}

/// The line without phone numbers, addresses and their labels.
fn without_contacts(text: &str) -> String {
    let mut ranges: Vec<std::ops::Range<usize>> =
        phone::find(text).into_iter().map(|phone| phone.range).collect();
    ranges.extend(email::find(text).into_iter().map(|(_, range)| range));
    ranges.sort_by_key(|range| range.start);
    let mut rest = String::new();
    let mut at = 0;
    for range in ranges {
        rest.push_str(text.get(at..range.start).unwrap_or_default());
        rest.push(' ');
        at = at.max(range.end);
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    for label in ["联系电话", "电话", "手机号", "手机", "邮箱", "联系方式"] {
        if rest.contains(label) {
            rest = rest.replace(label, " ");
        }
    }
    rest.replace(':', " ")
}
