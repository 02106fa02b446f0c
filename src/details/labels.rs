//! Labelled values: `姓名：张建国`, table cells, several labels on one line.
//!
//! A label counts only where a form would have it: at the start of a line or cell (behind list marks,
//! numbering and brackets), behind `。！？；`, inside brackets, and behind `，` or glued to a value only
//! when another label stands earlier on the line. `建议表单中姓名：自动带出` is an opinion, not a citizen.

use std::ops::Range;

use super::label_words::longest_word;
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
pub(super) const MAX_FIELDS: usize = 400;

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
            ':' if cell_text.get(..at).is_some_and(is_heading) => (true, false),
            _ => (false, glued),
        };
        at += c.len_utf8();
    }
}

/// `以下是我的信息：`, `联系方式如下：`: what announces the writer's labels.
fn is_heading(before: &str) -> bool {
    const WORDS: [&str; 6] = ["我的信息", "个人信息", "联系信息", "基本信息", "本人信息", "如下"];
    const LIMIT_BYTES: usize = 48;
    let before = before.trim();
    before.len() <= LIMIT_BYTES
        && WORDS.iter().any(|word| before.ends_with(word))
        && (before.contains("信息") || before.contains("联系"))
        && !["建议", "应", "表", "填"].iter().any(|word| before.contains(word))
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
            | '➤'
            | '➜'
            | '→'
            | '✔'
            | '☑'
            | '✅'
            | '◉'
            | '♦'
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
    let ends = if bracketed { mark == ')' } else { matches!(mark, '、' | '.' | ')' | ' ') };
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
        // `Name 姓名`: the same in two languages.
        if let Some((_, length)) = longest_word(joint).filter(|(other, _)| {
            *other == label
                && joint.starts_with(|c: char| c.is_ascii()) != text.starts_with(|c: char| c.is_ascii())
        }) {
            at += (rest.len() - joint.len()) + length;
            continue;
        }
        let Some(second) = joint.strip_prefix(['/', '及', '和', '、', '或', '与', '與', '&', '|'])
        else {
            break;
        };
        let Some((other, length)) = longest_word(second.trim_start_matches(' ')) else { break };
        let blanks = second.len() - second.trim_start_matches(' ').len();
        at += (rest.len() - second.len()) + blanks + length;
        if other == Label::Phone && matches!(label, Label::Fax | Label::Messenger | Label::Email) {
            label = Label::Phone;
        }
    }
    let rest = without_counter(text.get(at..)?, label);
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
    if let Some(value) = tail.strip_prefix([':', '=', '→', '…']) {
        // `姓名：：张三`, `姓名:=`: repeated separators are one.
        let value = value.trim_start_matches([':', '=', ' ', '*', '…']);
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

/// What stands behind the digit of `电话1：`, `联系人2：`.
fn without_counter(text: &str, label: Label) -> &str {
    let counted = matches!(label, Label::Name | Label::Contact | Label::Phone | Label::Email);
    text.strip_prefix(['1', '2', '3', '4', '5', '一', '二', '三'])
        .filter(|behind| counted && behind.starts_with(':'))
        .unwrap_or(text)
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
