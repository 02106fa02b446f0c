//! Labelled values: `姓名：张建国`, table cells, several labels on one line.
//!
//! A label counts only where a form would have it: at the start of a line or cell (behind list marks,
//! numbering and brackets), behind `。！？；`, inside brackets, and behind `，` or glued to a value only
//! when another label stands earlier on the line. `建议表单中姓名：自动带出` is an opinion, not a citizen.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::text::Line;

/// What a label asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Name,
    /// 联系人: the person to write to.
    Contact,
    Occupation,
    /// 职务, 职称: an occupation only when it maps to one.
    Position,
    Organization,
    Phone,
    Email,
    Fax,
    /// 微信, QQ.
    Messenger,
    /// The opinion itself stands behind it.
    Opinion,
    /// A label whose value is of no use here; it ends the value before it.
    Other,
}

/// How sure it is that this is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    /// A colon, a table cell of its own, or brackets around it.
    Marked,
    /// A blank or nothing follows: the value must prove it.
    Bare,
}

/// A label with its value.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) label: Label,
    pub(super) certainty: Certainty,
    /// `label`, `table_cell` or `next_line`.
    pub(super) rule: &'static str,
    /// Index of the line where the label begins.
    pub(super) label_line: usize,
    /// Where the label begins in that line's folded text, with its list mark and bracket.
    pub(super) label_start: usize,
    /// Index of the line that holds the value.
    pub(super) line: usize,
    /// The value's place in that line's folded text.
    pub(super) value: Range<usize>,
}

impl Field {
    /// The value, folded.
    pub(super) fn text<'a>(&self, lines: &[Line<'a>]) -> &'a str {
        lines.get(self.line).and_then(|line| line.text.get(self.value.clone())).unwrap_or_default()
    }

    /// The value as written.
    pub(super) fn raw<'a>(&self, lines: &[Line<'a>]) -> &'a str {
        lines.get(self.line).map(|line| line.raw_of(self.value.clone())).unwrap_or_default()
    }
}

/// More fields than this hold nothing that a form would; the rest of the text is still the comment.
const MAX_FIELDS: usize = 400;

/// The words of each label; `|` stands between them.
const WORDS: &[(Label, &str)] = &[
    (
        Label::Name,
        "姓名|真实姓名|名字|建议人|建议人姓名|提出人|提出人姓名|反馈人|反馈人姓名|来信人|\
        来信人姓名|写信人|提交人|填写人|填表人|留言人|反映人|申请人|发件人|发件人姓名|作者|作者姓名|\
        市民姓名|署名|签名|签字|name|full name|your name",
    ),
    (Label::Contact, "联系人|联系人姓名|联络人|经办人|经办人姓名|contact|contact person"),
    (Label::Occupation, "职业|职业身份|从事职业|身份|occupation|profession|job"),
    (Label::Position, "职务|职称|职务职称|岗位|position|title"),
    (
        Label::Organization,
        "单位|工作单位|单位名称|反馈单位|建议单位|提出单位|所在单位|来文单位|企业名称|公司名称|\
        公司|机构名称|company|organization|organisation",
    ),
    (
        Label::Phone,
        "电话|电话号码|联系电话|联系电话号码|手机|手机号|手机号码|移动电话|联系手机|联系方式|\
        联系方法|联系号码|办公电话|单位电话|家庭电话|固定电话|住宅电话|座机|座机号码|固话|\
        联系人电话|本人电话|tel|tel.|telephone|phone|\
        phone number|mobile|mobile phone|cell|cellphone|\
        cell phone",
    ),
    (
        Label::Email,
        "邮箱|邮箱地址|电子邮箱|电子邮箱地址|电子邮件|电子邮件地址|联系邮箱|email|\
        e-mail|mail",
    ),
    (Label::Fax, "传真|传真号码|传真电话|fax"),
    (Label::Messenger, "微信|微信号|wechat|qq|qq号|qq号码"),
    (
        Label::Opinion,
        "意见|建议|意见建议|意见和建议|意见与建议|建议意见|建议和意见|修改意见|修改建议|\
        反馈意见|反馈内容|具体意见|具体建议|意见内容|建议内容|意见建议内容|内容|正文|\
        comment|comments|suggestion|suggestions|opinion",
    ),
    (
        Label::Other,
        "地址|通信地址|通讯地址|联系地址|家庭住址|家庭地址|单位地址|住址|现住址|所在地|\
        所在城市|address|邮编|邮政编码|性别|年龄|出生年月|民族|学历|政治面貌|身份证|\
        身份证号|身份证号码|统一社会信用代码|信用代码|昵称|网名|标题|主题|收件人|日期|\
        填表日期|提交日期|备注|序号|附件",
    ),
];

type ByFirst = HashMap<char, Vec<(Vec<char>, Label)>>;

/// The words by their first character, longest first.
static BY_FIRST: LazyLock<ByFirst> = LazyLock::new(|| {
    let mut by_first: ByFirst = HashMap::new();
    let words = WORDS.iter().flat_map(|(label, words)| words.split('|').map(move |word| (word, *label)));
    for (word, label) in words {
        let word: Vec<char> = word.chars().collect();
        if let Some(first) = word.first() {
            by_first.entry(*first).or_default().push((word, label));
        }
    }
    for words in by_first.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    by_first
});

/// All fields of the comment, in order.
pub(super) fn find(lines: &[Line<'_>]) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut table = super::table::Table::default();
    for (index, line) in lines.iter().enumerate() {
        if fields.len() >= MAX_FIELDS {
            break;
        }
        let row = cells(line.text);
        if table.continues(&row, index, lines, &mut fields) {
            continue;
        }
        let first_of_line = fields.len();
        for cell in &row {
            scan_cell(line.text, cell.clone(), index, &mut fields);
        }
        table.fill_empty(&row, index, first_of_line, &mut fields);
    }
    fields
}

/// The cells of a line: what stands between tabs (or the bars of a drawn table).
fn cells(text: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = 0;
    let drawn = text.trim_start().starts_with(['|', '│']);
    for (at, bar) in text.match_indices(|c| c == '\t' || drawn && matches!(c, '|' | '│')) {
        // A drawn table has a bar at both ends and no cell outside them.
        if !drawn || text.get(start..at).is_some_and(|cell| !cell.trim().is_empty()) {
            cells.push(start..at);
        }
        start = at + bar.len();
    }
    if drawn && text.get(start..).is_some_and(|rest| rest.trim().is_empty()) {
        return cells;
    }
    cells.push(start..text.len());
    cells
}

/// A label recognised at one place.
pub(super) struct Hit {
    pub(super) label: Label,
    pub(super) certainty: Certainty,
    /// Where its value begins, counted from where the label begins.
    pub(super) value_offset: usize,
    /// What shows that it is a label.
    shown_by: Shown,
}

/// What shows that a word is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Separator,
    Brackets,
    /// Nothing stands behind it in its cell.
    CellEnd,
    Value,
}

fn scan_cell(text: &str, cell: Range<usize>, line: usize, fields: &mut Vec<Field>) {
    let Some(cell_text) = text.get(cell.clone()) else { return };
    let first = fields.len();
    // Where a label may stand: at the cell's start, and behind what the module's head lists.
    let mut anchored = true;
    let mut open = false;
    let mut glued = false;
    let mut at = 0;
    while let Some(rest) = cell_text.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        if anchored || glued {
            let skipped = if anchored { marks_length(rest) } else { 0 };
            let hit = rest.get(skipped..).and_then(|rest| label_at(rest, anchored && (at == 0 || open)));
            let fits = |hit: &Hit| match hit.shown_by {
                Shown::Separator => true,
                // 张三（签名） 李四: round brackets within a line hold a remark.
                Shown::Brackets => {
                    !cell_text.get(..at).is_some_and(|before| before.ends_with('(')) || at <= 1
                }
                Shown::CellEnd => at == 0,
                Shown::Value => anchored,
            };
            if let Some(hit) = hit.filter(fits) {
                close(fields, first, cell.start + at);
                let start = cell.start + at + skipped + hit.value_offset;
                let is_opinion = hit.label == Label::Opinion;
                fields.push(Field {
                    label: hit.label,
                    certainty: hit.certainty,
                    rule: "label",
                    label_line: line,
                    label_start: cell.start + at,
                    line,
                    value: start..cell.end,
                });
                if fields.len() >= MAX_FIELDS {
                    return;
                }
                at += skipped + hit.value_offset;
                open = !is_opinion;
                glued = !is_opinion;
                anchored = !is_opinion;
                continue;
            }
        }
        (anchored, glued) = match c {
            '。' | '!' | '?' | ';' => (true, false),
            '(' | '[' | '【' | '「' => (true, glued),
            ',' | '、' | '/' | '|' => (open, false),
            ' ' => (anchored || open, glued),
            _ => (false, glued),
        };
        at += c.len_utf8();
    }
}

/// Ends the value of the last field of this cell.
fn close(fields: &mut [Field], first: usize, end: usize) {
    if let Some(last) = fields.get_mut(first..).and_then(<[Field]>::last_mut) {
        last.value.end = end.max(last.value.start);
    }
}

/// The length of blanks, list marks, numbering and opening brackets in front of a label.
fn marks_length(text: &str) -> usize {
    const LIMIT_BYTES: usize = 64;
    let mut at = 0;
    let mut numbered = false;
    while at < LIMIT_BYTES {
        let Some(rest) = text.get(at..) else { break };
        let Some(c) = rest.chars().next() else { break };
        if c == ' ' || is_list_mark(c) || is_opening(c) {
            at += c.len_utf8();
        } else if let Some(length) = numbering_length(rest).filter(|_| !numbered) {
            numbered = true;
            at += length;
        } else {
            break;
        }
    }
    at
}

fn is_list_mark(c: char) -> bool {
    matches!(
        c,
        '●' | '○'
            | '•'
            | '·'
            | '■'
            | '□'
            | '◆'
            | '◇'
            | '★'
            | '☆'
            | '▪'
            | '▶'
            | '►'
            | '※'
            | '*'
            | '-'
            | '>'
            | '√'
            | '✓'
            | '#'
            | '➢'
            | '⚫'
            | '◎'
            | '▲'
            | '△'
            | '|'
            | '\u{fe0f}'
            | '☎'
            | '📞'
            | '✉'
    )
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '【' | '〔' | '「' | '『' | '《' | '<' | '“' | '"')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '】' | '〕' | '」' | '』' | '》' | '>' | '”' | '"' | '*')
}

/// `1、` `1.` `1)` `(1)` `一、` `(一)` `①` in front of a label.
fn numbering_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if matches!(first, '①'..='⑳') {
        return Some(first.len_utf8());
    }
    let body = text.strip_prefix('(').unwrap_or(text);
    let digits: usize = body
        .chars()
        .take(3)
        .take_while(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(*c))
        .map(char::len_utf8)
        .sum();
    let mark = body.get(digits..)?.chars().next()?;
    let bracketed = body.len() < text.len();
    let ends = if bracketed { mark == ')' } else { matches!(mark, '、' | '.' | ')') };
    (digits > 0 && ends).then_some(text.len() - body.len() + digits + mark.len_utf8())
}

/// The label at the start of `text`. `may_be_bare`: a blank instead of a colon will do.
pub(super) fn label_at(text: &str, may_be_bare: bool) -> Option<Hit> {
    let owner = owner_length(text);
    let (mut label, mut at) = longest_word(text.get(owner..)?)?;
    at += owner;
    // `电话/传真`, `单位及职务`, `邮箱或电话`: the most useful of the words decides.
    for _ in 0..3 {
        let rest = text.get(at..)?;
        let joint = rest.trim_start_matches(' ');
        let Some(second) = joint.strip_prefix(['/', '及', '和', '、', '或', '与', '&', '|']) else {
            break;
        };
        let Some((other, length)) = longest_word(second.trim_start_matches(' ')) else { break };
        let blanks = second.len() - second.trim_start_matches(' ').len();
        at += (rest.len() - second.len()) + blanks + length;
        if other == Label::Phone && matches!(label, Label::Fax | Label::Messenger | Label::Email) {
            label = Label::Phone;
        }
    }
    let rest = text.get(at..)?;
    let after_remark = skip_remark(rest);
    let mut tail = after_remark.trim_start_matches(' ');
    let mut closed = false;
    if let Some(behind) = tail.strip_prefix(is_closing) {
        tail = behind.trim_start_matches([' ', '*']);
        closed = true;
    }
    let offset = |tail: &str| text.len() - tail.len();
    if label == Label::Phone {
        tail = tail.strip_prefix(['是', '为']).filter(|behind| begins_number(behind)).unwrap_or(tail);
    }
    if let Some(value) = tail.strip_prefix([':', '=']) {
        // `姓名：：张三`, `姓名:=`: repeated separators are one.
        let value = value.trim_start_matches([':', '=', ' ', '*']);
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: offset(value),
            shown_by: Shown::Separator,
        });
    }
    if tail.is_empty() {
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: text.len(),
            shown_by: Shown::CellEnd,
        });
    }
    if closed && !matches!(label, Label::Opinion | Label::Other) {
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: offset(tail),
            shown_by: Shown::Brackets,
        });
    }
    let bare = Hit { label, certainty: Certainty::Bare, value_offset: offset(tail), shown_by: Shown::Value };
    if label == Label::Phone && begins_number(tail) {
        return Some(bare);
    }
    let blank = after_remark.starts_with([' ', '|']) || after_remark.starts_with('-');
    (may_be_bare && blank && !matches!(label, Label::Opinion | Label::Other)).then_some(bare)
}

fn begins_number(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))
}

/// `本人电话`, `我的邮箱`, `您的姓名`: whose it is says nothing about the label.
fn owner_length(text: &str) -> usize {
    ["我的", "本人", "您的", "你的", "我"]
        .iter()
        .find(|owner| {
            text.strip_prefix(**owner).is_some_and(|rest| {
                longest_word(rest).is_some_and(|(label, _)| {
                    matches!(label, Label::Name | Label::Phone | Label::Email | Label::Occupation)
                })
            })
        })
        .map_or(0, |owner| owner.len())
}

/// The longest word of the table at the start of `text`, and its length with the blanks inside.
fn longest_word(text: &str) -> Option<(Label, usize)> {
    let first = text.chars().next()?.to_ascii_lowercase();
    BY_FIRST.get(&first)?.iter().find_map(|(word, label)| Some((*label, word_length(text, word)?)))
}

fn word_length(text: &str, word: &[char]) -> Option<usize> {
    const BLANKS: usize = 8;
    let mut at = 0;
    for (index, expected) in word.iter().enumerate() {
        let mut rest = text.get(at..)?;
        // 姓　名, 联 系 电 话; Latin words are not spread.
        if index > 0 && !expected.is_ascii() {
            let trimmed = rest.trim_start_matches(' ');
            let blanks = rest.len() - trimmed.len();
            if blanks > BLANKS {
                return None;
            }
            at += blanks;
            rest = trimmed;
        }
        let c = rest.chars().next()?;
        if c.to_ascii_lowercase() != *expected {
            return None;
        }
        at += c.len_utf8();
    }
    let ends_latin = word.last().is_some_and(char::is_ascii_alphanumeric);
    let goes_on = text.get(at..)?.starts_with(|c: char| c.is_ascii_alphanumeric());
    (!(ends_latin && goes_on)).then_some(at)
}

/// Skips `(盖章)`, `(微信同号)`, `(必填)` behind a label.
fn skip_remark(text: &str) -> &str {
    const LIMIT_BYTES: usize = 48;
    let trimmed = text.trim_start_matches(' ');
    if !trimmed.starts_with(['(', '[', '〔']) || begins_number(trimmed.get(1..).unwrap_or_default()) {
        return text;
    }
    match trimmed.find([')', ']', '〕']) {
        Some(end) if end <= LIMIT_BYTES => {
            let closing = trimmed.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            trimmed.get(end + closing..).unwrap_or(text)
        }
        _ => text,
    }
}
