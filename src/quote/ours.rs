//! Our own receipt among the citizen's lines, where a program quotes it without marks, with marks of its own, wrapped, in one
//! line or in part: none of its words is the citizen's.
//!
//! One sentence of a receipt alone may be what somebody asks about; two in places of their own are a receipt that came back.

use std::ops::Range;

use crate::vocabulary::receipts::{ALONE, AMONG_OTHERS};

use super::tidy::probe;

/// The longest text that is looked through, in bytes and in lines: a receipt and what is written above it.
const TEXT_BYTES: usize = 64 * 1024;
const LINES: usize = 1000;

/// A line with fewer characters was not wrapped: the next one begins anew.
const WRAPPED_CHARS: usize = 20;

/// How many sentences of a receipt are one that came back.
const SENTENCES: usize = 2;

/// The longest sentence of a receipt, in bytes: it names the draft.
const SENTENCE_BYTES: usize = 1200;

/// The longest line that addresses or signs, in characters.
const SHORT_CHARS: usize = 45;

const STOPS: [char; 6] = ['。', '！', '？', '!', '?', '…'];

/// A sentence that may go over several lines.
#[derive(Default)]
struct Sentence {
    /// Line, and bytes of it.
    places: Vec<(usize, Range<usize>)>,
    /// As words are looked for: half-width, without blanks.
    text: String,
}

/// The lines without our own words, and these; `None`: there are none.
pub(super) fn without(own: &[&str]) -> Option<(String, String)> {
    let bytes: usize = own.iter().map(|line| line.len() + 1).sum();
    if bytes > TEXT_BYTES || own.len() > LINES || own.is_empty() {
        return None;
    }
    let sentences = sentences(own);
    let ours = ours(&sentences)?;
    let mut rest: Vec<String> = own.iter().map(|line| (*line).to_owned()).collect();
    let mut said = String::new();
    let taken = sentences.iter().zip(ours).filter_map(|(sentence, is_ours)| is_ours.then_some(sentence));
    let mut places: Vec<&(usize, Range<usize>)> = taken.flat_map(|sentence| &sentence.places).collect();
    for (line, range) in &places {
        said.push_str(own.get(*line).and_then(|line| line.get(range.clone())).unwrap_or_default());
        said.push('\n');
    }
    // From behind, so that the places before stay what they are.
    places.sort_by_key(|(line, range)| std::cmp::Reverse((*line, range.start)));
    for (line, range) in places {
        if let Some(line) = rest.get_mut(*line) {
            line.replace_range(range.clone(), "");
        }
    }
    // The marks that quoted it, and stood between its paragraphs.
    for line in rest.iter_mut().filter(|line| line.chars().all(is_mark)) {
        line.clear();
    }
    Some((rest.join("\n"), said))
}

/// What programs write before a line that they quote.
fn is_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, '>' | '＞' | '|' | '│' | '┃' | '*' | '·')
}

/// The sentences, in order.
fn sentences(own: &[&str]) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut open = Sentence::default();
    let mut close = |open: &mut Sentence| {
        let done = std::mem::take(open);
        if !done.text.is_empty() {
            all.push(done);
        }
    };
    for (number, line) in own.iter().enumerate() {
        let body = line.trim_start_matches(is_mark);
        let mut start = line.len() - body.len();
        if body.is_empty() {
            close(&mut open);
            continue;
        }
        for piece in body.split_inclusive(STOPS) {
            let end = start + piece.len();
            open.places.push((number, start..end));
            open.text.extend(probe(piece).chars().filter(|c| !c.is_whitespace()));
            start = end;
            if piece.ends_with(STOPS) {
                close(&mut open);
            }
        }
        if body.chars().nth(WRAPPED_CHARS).is_none() || body.trim_end().ends_with(['：', ':']) {
            close(&mut open);
        }
    }
    close(&mut open);
    all
}

/// Which of them are ours; `None`: no receipt came back.
fn ours(sentences: &[Sentence]) -> Option<Vec<bool>> {
    let says = |sentence: &Sentence| {
        sentence.text.len() <= SENTENCE_BYTES
            && (ALONE.inside(&sentence.text) || AMONG_OTHERS.inside(&sentence.text))
    };
    let mut ours: Vec<bool> = sentences.iter().map(says).collect();
    if ours.iter().filter(|is_ours| **is_ours).count() < SENTENCES {
        return None;
    }
    let text = |at: usize| sentences.get(at).map_or("", |one| one.text.as_str());
    // What stands around them: `尊敬的何先生/女士：您好！` above, the telephone, the office and the date below.
    for at in (0..ours.len().saturating_sub(1)).rev() {
        if ours.get(at + 1) == Some(&true) && addresses(text(at), text(at + 1)) {
            set(&mut ours, at);
        }
    }
    for at in 1..ours.len() {
        let is_last = |at: usize| is_telephone(text(at)) || is_date(text(at));
        let signs = || text(at).chars().nth(SHORT_CHARS).is_none() && is_date(text(at + 1));
        if ours.get(at - 1) == Some(&true) && (is_last(at) || signs()) {
            set(&mut ours, at);
        }
    }
    Some(ours)
}

fn set(ours: &mut [bool], at: usize) {
    if let Some(place) = ours.get_mut(at) {
        *place = true;
    }
}

/// `您好!`, `尊敬的何先生/女士:`, `某某有限公司:` above it.
fn addresses(text: &str, next: &str) -> bool {
    let is_short = text.chars().nth(SHORT_CHARS).is_none();
    is_short && (text == "您好!" || text.ends_with(":您好!") || text.ends_with(':') && next == "您好!")
}

/// The office's line, not a citizen's: a landline, or several.
fn is_telephone(text: &str) -> bool {
    const MOBILE_DIGITS: usize = 11;
    let Some(numbers) = text.strip_prefix("联系电话:") else { return false };
    let mobile = |run: &str| {
        run.len() == MOBILE_DIGITS && run.starts_with('1') && run.bytes().all(|b| b.is_ascii_digit())
    };
    !numbers.split(|c: char| !c.is_ascii_digit()).any(mobile)
}

/// `2024年2月28日` and nothing else.
fn is_date(text: &str) -> bool {
    let rest = text.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, '年' | '月' | '日'));
    rest.is_empty() && text.ends_with('日') && text.contains('年')
}

#[cfg(test)]
mod tests {
    use super::without;

    fn rest(text: &str) -> Option<String> {
        without(&text.split('\n').collect::<Vec<_>>()).map(|(rest, _)| rest.trim().to_owned())
    }

    #[test]
    fn who_asks_about_a_sentence_of_a_receipt_keeps_it() {
        for said in [
            "回执里写着“我们将认真整理研究”和“由系统自动发出”，到底有没有人看？",
            "建议周末开门。",
            "我的来信系在截止前发出，请核实。",
        ] {
            assert_eq!(rest(said), None, "{said}");
        }
    }

    #[test]
    fn what_is_written_around_a_receipt_stays() {
        let receipt = "尊敬的何先生/女士：\n　　您好！您于2024年2月28日16时22分（北京时间）发来的邮件已收到，补充的内容已并入编号LNZX-2024-0003。\n　　衷心感谢您的关心和支持！\n\n联系电话：024-83988812\n某某局\n2024年2月28日";
        let text = format!("建议再开一个窗口。\n{receipt}\n我的电话是13700137000。");
        assert_eq!(
            rest(&text).as_deref().map(|rest| rest.replace('\n', "")),
            Some("建议再开一个窗口。我的电话是13700137000。".into())
        );
    }
}
