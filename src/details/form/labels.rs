//! Labelled values: `姓名：张建国`, table cells, several labels on one line.
//!
//! A label counts only where a form would have it: at the start of a line or cell (behind list marks,
//! numbering and brackets), behind `。！？；`, inside brackets, behind a blank where its colon and its value show it, and
//! behind `，` or glued to a value only when another label stands earlier on the line. `建议表单中姓名：自动带出` is an
//! opinion, not a citizen, and what stands in brackets within a sentence is its subject's ([`brackets`]).

use std::ops::Range;

use crate::details::contact::whose;
use crate::details::form::brackets;
use crate::details::form::label::{Field, Label};
use crate::details::form::label_at::{Hit, Shown, label_at, marks_length};
use crate::details::form::proved::is_of_its_sort;
use crate::details::form::table::{self, Table};
use crate::details::person::name::is_certain;
use crate::details::text::fold::{is_han, is_symbol};
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(
    /// What ends a line that announces the writer's labels: 以下是我的信息：.
    HEADINGS, LETTERS, "heading"
);
word_list!(
    /// Words of a line that speaks of forms and announces nothing.
    OF_FORMS, LETTERS, "speaks of a form"
);

/// More fields than this hold nothing that a form would; the rest of the text is still the comment.
pub(crate) const MAX_FIELDS: usize = 400;

/// How often the sort of a value is asked for; a text that asks more often is made of labels.
const MAX_DOUBTS: usize = 4000;

/// All fields of the comment, in order.
pub(crate) fn find(lines: &[Line<'_>]) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut table = Table::default();
    let mut doubts = MAX_DOUBTS;
    for (index, line) in lines.iter().enumerate() {
        if fields.len() >= MAX_FIELDS {
            break;
        }
        let mut row = cells(line.text);
        if row.len() == 1 && (table.has_columns() || is_header(line.text)) {
            row = words(line.text);
        }
        if table.continues(&row, index, lines, &mut fields) {
            continue;
        }
        let first_of_line = fields.len();
        for cell in &row {
            scan_cell(line.text, cell.clone(), index, (&mut fields, &mut doubts));
        }
        table.fill_empty((line, index), &row, first_of_line, &mut fields);
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

/// The words of a line that blanks part, as the cells of a table that was drawn with them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let pieces = text.split_inclusive(char::is_whitespace).filter_map(|piece| {
        let start = at;
        at += piece.len();
        let word = piece.trim_end();
        (!word.is_empty()).then_some(start..start + word.len())
    });
    pieces.collect()
}

/// `姓名　年龄　职业　电话`: a line of nothing but headings, over the rows of a table.
fn is_header(text: &str) -> bool {
    const LEAST: usize = 2;
    const BYTES: usize = 120;
    let heads = |word: &str| {
        table::HEADINGS.contains(word)
            || label_at(word, true).is_some_and(|hit| hit.value_offset >= word.len())
    };
    text.len() <= BYTES && text.split_whitespace().count() >= LEAST && text.split_whitespace().all(heads)
}

/// `路过的，姓名：…`: this label says for itself that a name follows.
const NAME_BEHIND: &str = ",姓名:";

fn scan_cell(text: &str, cell: Range<usize>, line: usize, (fields, doubts): (&mut Vec<Field>, &mut usize)) {
    let Some(cell_text) = text.get(cell.clone()) else { return };
    let first = fields.len();
    // Where a label may stand: at the cell's start, and behind what the module's head lists.
    let mut anchored = true;
    let mut open = false;
    let mut glued = false;
    // Behind a blank within a text: flattened HTML parts its lines so.
    let mut parted = false;
    // The bracket within which the text stands.
    let mut bracket = None;
    let mut at = 0;
    while let Some(rest) = cell_text.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        if anchored || glued || parted {
            let skipped = if anchored || parted { marks_length(rest) } else { 0 };
            let hit = rest.get(skipped..).and_then(|rest| label_at(rest, anchored && (at == 0 || open)));
            // 社区工作者 电话：… is no 作者电话.
            let within_a_word = rest.starts_with("作者")
                && cell_text.get(..at).is_some_and(|before| before.ends_with(is_han));
            let hit = hit.filter(|_| !within_a_word);
            let mut is_proved = |hit: &Hit| {
                *doubts = doubts.saturating_sub(1);
                let value = rest.get(skipped + hit.value_offset..).unwrap_or_default();
                *doubts > 0 && is_of_its_sort(hit.label, value)
            };
            let fits = |hit: &Hit| match hit.shown_by {
                Shown::Separator => anchored || glued || is_proved(hit),
                Shown::Sort => is_proved(hit),
                // 张三（签名） 李四: round brackets within a line hold a remark.
                Shown::Brackets => {
                    !cell_text.get(..at).is_some_and(|before| before.ends_with('(')) || at <= 1
                }
                Shown::CellEnd => at == 0,
                Shown::Value => anchored,
            };
            if let Some(hit) = hit.filter(fits) {
                let marks = rest.get(..skipped).unwrap_or_default();
                let within = marks.find(['(', '[']).filter(|_| at > 0).map(|open| at + open).or(bracket);
                if !open
                    && hit.shown_by != Shown::Brackets
                    && let Some(within) = within
                {
                    *doubts = doubts.saturating_sub(1);
                    if *doubts == 0 {
                        return;
                    }
                    if let Some(end) = brackets::end_of_spoken(cell_text, within) {
                        (at, bracket) = (end, None);
                        (anchored, glued, parted) = (false, false, false);
                        continue;
                    }
                }
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
                (open, glued, anchored, parted) = (!is_opinion, !is_opinion, !is_opinion, false);
                continue;
            }
        }
        parted = c == ' '
            || c == ','
                && !open
                && (cell_text.get(..at).is_some_and(tells_who) || rest.starts_with(NAME_BEHIND));
        bracket = match c {
            '(' | '[' | '【' | '「' => Some(at),
            ')' | ']' | '】' | '」' => None,
            _ => bracket,
        };
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

/// Whether what stands before a comma says who writes, so that labels may follow: `我是一名宝妈，姓名：…`, `宫小峰，电话：…`.
fn tells_who(before: &str) -> bool {
    const GREETING_BYTES: usize = 30;
    let before = before.trim();
    let greeting = before.get(..before.floor_char_boundary(GREETING_BYTES)).unwrap_or_default();
    let greeted = greeting.rfind(is_symbol);
    let behind = greeted.and_then(|at| before.get(at..)).map(|rest| rest.trim_start_matches(is_symbol));
    whose::begins_with_oneself(behind.unwrap_or(before)) || is_certain(before)
}

/// `以下是我的信息：`, `联系方式如下：`: what announces the writer's labels.
fn is_heading(before: &str) -> bool {
    const LIMIT_BYTES: usize = 48;
    let before = before.trim();
    before.len() <= LIMIT_BYTES
        && HEADINGS.at_end(before).is_some()
        && (before.contains("信息") || before.contains("联系"))
        && !OF_FORMS.inside(before)
}

/// Ends the value of the last field of this cell.
fn close(fields: &mut [Field], first: usize, end: usize) {
    if let Some(last) = fields.get_mut(first..).and_then(<[Field]>::last_mut) {
        last.value.end = end.max(last.value.start);
    }
}
