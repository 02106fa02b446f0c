//! The letter around the opinion: salutation, labelled lines, closing, signature. What is left is what
//! the opinion items are made of.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use crate::details::contact::phone;
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::lexicon::occupations;
use crate::details::lexicon::roles;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::organization;
use crate::details::person::signature::Signature;
use crate::details::text::cloud;
use crate::details::text::line::{Line, is_han, tail_start};

/// `尊敬的营商局领导：`, `省营商环境建设局：`, `您好！`, `Dear Sir or Madam,` at the start of a line.
static SALUTATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi)^\s*(?:
            (?: 尊敬的 | 敬爱的 | 致 | 贵局 )? [^,。!?;:]{0,28} (?: 领导 | 局 | 厅 | 委 | 办公室 | 中心 | 政府 | 部门 | 同志 | 负责人 | 先生 | 女士 | 老师 | 工作人员 | 编辑 | 组 ) (?:们|同志|您好|你好|好)? \s* [:]
          | 尊敬的 [^,。!?;:]{1,28} [:,!]
          | (?: 各位 | 尊敬的 )? (?:领导|同志|老师|大家) (?:们)? (?:好|您好|你们好) \s* [!,。:~]*
          | (?: 您好 | 你好 | 你们好 | 您们好 | 早上好 | 下午好 | 晚上好 ) \s* (?: [!,。:~]+ | $ )
          | dear \s [^,:!]{1,40} [,:!]
          | (?: hello | hi ) (?: \s [a-z]{1,20} )? \s* (?: [,:!]+ | $ )
          )\s*",
    )
    .expect("a constant pattern")
});

/// A closing line by itself.
static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi)^\s*(?:
            此致 \s* [!,。]* \s* (?:敬礼)? | 敬礼 | (?:非常|十分|衷心|万分)? (?:谢谢|感谢|致谢|多谢) [^,。;]{0,16} | 谢谢 [^,。;]{0,10} [,。!] \s* 祝 [^,。;]{0,16}
          | (?: 顺祝 | 顺颂 | 敬祝 | 谨祝 | 恭祝 | 祝 ) [^。;]{0,20} | (?: 特此 | 专此 ) (?: 函复 | 反馈 | 报告 | 回复 | 致函 | 函达 | 奉达 | 说明 | 建议 | 复函 )
          | (?: 以上 | 上述 ) [^。;]{0,24} (?: 参考 | 参阅 | 考虑 | 研究 | 采纳 | 审阅 | 斟酌 | 批评指正 | 指正 ) (?: [,。!] \s* (?:谢谢|感谢) [^,。;]{0,10} )? | (?: 仅供 | 供 | 敬请 | 请 | 望 ) \s* (?:领导)? (?: 参考 | 采纳 | 审阅 | 考虑 | 指正 | 批评指正 ) | 妥否 [^。]{0,12}
          | (?: 联名 | 联署 | 签名 | 署名 ) (?: 人 | 人员 | 者 | 居民 | 群众 | 业主 | 代表 )? \s* : [^。!?;]{2,400}
          | (?:best|kind|warm)? \s* (?:regards|wishes) | (?:yours\s)? sincerely (?:\syours)? | thanks? (?:\syou)? [^.]{0,20} | cheers
          )\s*[!,。.?~]*\s*$",
    )
    .expect("a constant pattern")
});

static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[0-9二〇○零一]{4}\s*[年./-]\s*)?[0-9一二三四五六七八九十]{1,3}\s*[月./-]\s*[0-9一二三四五六七八九十]{1,3}\s*日?\s*(?:[上下]午|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|星期.|周.)?\s*$")
        .expect("a constant pattern")
});

/// A letter's own title: `关于《…》的修改意见`.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:[\p{Han}()]{2,30})?(?:关于|对)[^。!?;]{0,160}(?:意见|建议|复函|回函|的函|反馈|意见书|建议书)\s*$|^\s*《[^》]{4,160}》\s*(?:的)?(?:意见建议|意见和建议|修改意见|反馈意见|意见|建议)\s*$")
        .expect("a constant pattern")
});

/// The pieces of the comment that are neither form nor frame, in order.
pub(crate) fn body<'a>(
    lines: &[Line<'a>],
    fields: &[Field],
    signature: &Signature,
    office: &str,
) -> Vec<Line<'a>> {
    let tail = tail_start(lines);
    let mut body = Vec::new();
    let mut said = 0;
    let mut fields_from = 0;
    let mut values: Vec<&Field> = fields.iter().filter(|field| field.line != field.label_line).collect();
    values.sort_by_key(|field| field.line);
    for (index, line) in lines.iter().enumerate() {
        if line.text.trim().is_empty() {
            continue;
        }
        said += 1;
        while fields.get(fields_from).is_some_and(|field| field.label_line < index) {
            fields_from += 1;
        }
        let mine: Vec<&Field> =
            fields.iter().skip(fields_from).take_while(|field| field.label_line == index).collect();
        let is_value = values.binary_search_by_key(&index, |field| field.line).is_ok_and(|at| {
            values
                .get(at)
                .is_some_and(|field| field.certainty == Certainty::Marked || is_proved(field, lines))
        });
        if is_value || cloud::is_cloud_line(line) {
            continue;
        }
        if mine.is_empty() || is_heading_row(line.text) {
            let in_tail = index >= tail;
            if is_frame(line, in_tail, said <= 3, office) || signature.holds(index) {
                continue;
            }
            let end =
                signature.glued.filter(|(line, _)| *line == index).map_or(line.text.len(), |(_, at)| at);
            push(&mut body, line, 0..end, said <= 3);
            continue;
        }
        let mut at = 0;
        for field in mine {
            if field.certainty == Certainty::Bare && !is_proved(field, lines) {
                continue;
            }
            push(&mut body, line, at..field.label_start.max(at), said <= 3);
            at = at.max(end_of(field, lines));
        }
        push(&mut body, line, at..line.text.len(), said <= 3);
    }
    body
}

/// The body as one text, with the remarks that stand behind labels of no use elsewhere (`备注：`): two letters that
/// differ in those are not the same.
pub(crate) fn opinion_text(body: &[Line<'_>], lines: &[Line<'_>], fields: &[Field]) -> String {
    let remarks = fields.iter().filter(|field| field.label == Label::Other).filter_map(|field| {
        let label = lines.get(field.label_line)?.text.get(field.label_start..)?;
        let is_remark = ["备注", "标题", "主题"].iter().any(|word| label.trim_start().starts_with(word));
        is_remark.then(|| field.raw(lines))
    });
    body.iter().map(|line| line.raw).chain(remarks).collect::<Vec<_>>().join("\n")
}

/// Keeps a piece of a line, without a salutation in front of it.
fn push<'a>(body: &mut Vec<Line<'a>>, line: &Line<'a>, range: std::ops::Range<usize>, at_head: bool) {
    let Some(mut text) = line.text.get(range.clone()) else { return };
    let mut start = range.start;
    for _ in 0..3 {
        if !at_head {
            break;
        }
        let Some(found) = SALUTATION.find(text) else { break };
        // 建议政务服务中心：… addresses nobody.
        if ["建议", "希望", "关于", "意见", "应"].iter().any(|word| found.as_str().contains(word)) {
            break;
        }
        start += found.end();
        text = text.get(found.end()..).unwrap_or_default();
    }
    let has_words =
        text.chars().any(|c| c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace() && !is_mark(c));
    if has_words && !is_closing(text) {
        body.push(Line { raw: line.raw_of(start..range.end), text, ..*line });
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '。' | '、' | '“' | '”' | '《' | '》' | '【' | '】' | '…' | '·' | '●' | '■' | '「' | '」')
}

/// A closing is short; `谢谢` may begin a sentence that says more.
fn is_closing(text: &str) -> bool {
    text.len() <= 200 && CLOSING.is_match(text)
}

fn is_frame(line: &Line<'_>, in_tail: bool, at_head: bool, office: &str) -> bool {
    if line.text.len() > 500 {
        return false;
    }
    is_heading_row(line.text)
        || is_closing(line.text)
        || DATE_LINE.is_match(line.text)
        || at_head && (is_title(line.text) || organization::is_addressee(line.text, office))
        || (in_tail || at_head) && organization::on_line(line, office).is_some()
        || in_tail && roles::is_department(line.text.trim())
        || in_tail && is_contact_line(line.text)
}

/// The heading of a table of amendments: `序号 | 条款 | 原文 | 修改建议 | 理由`.
fn is_heading_row(text: &str) -> bool {
    const OTHERS: [&str; 14] = [
        "条款",
        "原文",
        "理由",
        "章节",
        "页码",
        "依据",
        "原条款",
        "对应条款",
        "条目",
        "修改理由",
        "原文内容",
        "位置",
        "原内容",
        "说明",
    ];
    const OURS: [&str; 10] = [
        "修改建议",
        "修改意见",
        "意见",
        "建议",
        "意见建议",
        "修改内容",
        "建议修改为",
        "意见内容",
        "具体意见",
        "建议内容",
    ];
    if text.len() > 200 || !text.contains(['\t', '|']) {
        return false;
    }
    let cells = || {
        text.split(['\t', '|']).map(|cell| cell.trim().trim_end_matches(':')).filter(|cell| !cell.is_empty())
    };
    cells().count() >= 3
        && cells().all(|cell| cell.chars().count() <= 8)
        && cells().any(|cell| OURS.contains(&cell))
        && cells().any(|cell| OTHERS.contains(&cell))
}

/// A letter's title names the draft or begins with 关于; what denies or proposes something is no title.
fn is_title(text: &str) -> bool {
    let text = text.trim();
    TITLE.is_match(text)
        && (text.contains('《') || text.contains("方案") || text.starts_with("关于"))
        && !text.contains(['无', '没'])
        && !["建议", "希望", "我"].iter().any(|word| text.starts_with(word))
}

/// `电话13700137000`, `王芳 13700137000`: a number and hardly anything else.
fn is_contact_line(text: &str) -> bool {
    let phones = phone::find(text);
    let has_contact = !phones.is_empty() || text.contains('@');
    has_contact
        && phone::is_signature_line(text, &phones)
        && text.chars().filter(|c| is_han(*c)).count() <= 10
}

/// Whether a label without a mark is proved by its value.
fn is_proved(field: &Field, lines: &[Line<'_>]) -> bool {
    let value = field.text(lines);
    match field.label {
        Label::Phone | Label::Fax | Label::Messenger => value.chars().any(|c| c.is_ascii_digit()),
        Label::Name | Label::Contact => read_labelled(value) != Reading::Nothing,
        Label::Email => value.contains('@'),
        Label::Organization => organization::read(value, "", true).is_some(),
        Label::Occupation | Label::Position => occupations::is_whole(value),
        Label::Opinion | Label::Other => false,
    }
}

/// Where a field ends for good: what follows its value in a new sentence is the citizen's text again.
fn end_of(field: &Field, lines: &[Line<'_>]) -> usize {
    if field.line != field.label_line {
        return lines.get(field.label_line).map_or(0, |line| line.text.len());
    }
    if field.label == Label::Opinion {
        return field.value.start;
    }
    let value = field.text(lines);
    let ends = |c: char| matches!(c, '。' | '!' | '?' | ';');
    let mut end =
        value.char_indices().find(|(_, c)| ends(*c)).map_or(value.len(), |(at, c)| at + c.len_utf8());
    let says_more = |from: usize| {
        value.get(from..).is_some_and(|rest| rest.chars().filter(|c| is_han(*c)).take(6).count() == 6)
    };
    if field.label == Label::Phone
        && let Some(digit) = value.get(..end).and_then(|clause| clause.rfind(|c: char| c.is_ascii_digit()))
        && says_more(digit + 1)
    {
        end = digit + 1;
    } else if matches!(field.label, Label::Name | Label::Phone | Label::Email)
        && let Some(comma) = value.get(..end).and_then(|clause| clause.find(','))
        && says_more(comma + 1)
    {
        end = comma + 1;
    }
    field.value.start + end
}
