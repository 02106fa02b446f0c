//! Sentences that frame a letter within the lines of its opinion: thanks, who writes, that it is sent again, and what the
//! writer wants done with his letter or his data.

use std::ops::Range;

use crate::details::found::Evidence;
use crate::details::person::oneself::{introduction_length, is_invitation};
use crate::details::text::letters::{LETTERS, is_closing};
use crate::details::text::line::Line;
use crate::vocabulary::Flag;
use crate::vocabulary::language::word_list;

word_list!(THANKS, LETTERS, "thanks");
word_list!(
    /// 再发一次: says of the letter that it came before.
    SENT_AGAIN, LETTERS, "sent again"
);
word_list!(PROPOSES, LETTERS, "proposes");
word_list!(
    /// What a wish about one's data does not say.
    NEW_OPINION, LETTERS, "begins another opinion"
);

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
        let from = start + frame_length(sentence);
        match kept.last_mut() {
            Some(last) if last.end == from => last.end = end,
            _ if from < end => kept.push(from..end),
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
    if sentence.len() > SENTENCE_BYTES {
        return 0;
    }
    let plain = sentence.trim_matches(|c: char| !c.is_alphanumeric());
    if is_thanks(plain)
        || is_invitation(plain)
        || !plain.is_empty() && plain.split(',').all(|clause| SENT_AGAIN.contains(clause.trim()))
    {
        return sentence.len();
    }
    let said = sentence.trim_end_matches(|c: char| STOPS.contains(&c) || matches!(c, '~' | ' '));
    match introduction_length(said, |clause| PROPOSES.at_start(clause).is_some()) {
        0 => 0,
        length if length >= said.trim_end().len() => sentence.len(),
        length => length,
    }
}

/// 谢谢, 非常感谢, 谢谢领导; whoever thanks for something praises it.
fn is_thanks(plain: &str) -> bool {
    const CHARS: usize = 6;
    (THANKS.at_start(plain).is_some() || THANKS.at_end(plain).is_some())
        && plain.chars().take(CHARS + 1).count() <= CHARS
        && is_closing(plain)
}

/// The body without the sentences in which the writer says what is to become of his letter, his name or his data, but for
/// those that say more.
pub(crate) fn without_wishes<'a>(body: Vec<Line<'a>>, evidence: &[Evidence]) -> Vec<Line<'a>> {
    let fields = [Flag::Anonymous, Flag::NoPublish, Flag::Withdraw].map(Flag::as_str);
    let wishes: Vec<&Evidence> = evidence
        .iter()
        .filter(|found| found.line > 0 && fields.contains(&found.field) && found.rule != "replaces")
        .filter(|found| !found.as_written.contains(':') && !NEW_OPINION.inside(&found.as_written))
        .collect();
    if wishes.is_empty() {
        return body;
    }
    body.into_iter().flat_map(|line| without(line, &wishes)).collect()
}

fn without<'a>(line: Line<'a>, wishes: &[&Evidence]) -> Vec<Line<'a>> {
    let place = wishes.iter().filter(|wish| wish.line == line.number).find_map(|wish| {
        let at = line.text.find(wish.as_written.as_str())?;
        let before = line.text.get(..at)?.trim_end();
        let end = at + wish.as_written.len();
        let behind = line.text.get(end..)?;
        let is_whole = (before.is_empty() || before.ends_with(STOPS))
            && (behind.trim().is_empty() || behind.trim_start().starts_with(STOPS));
        is_whole.then(|| at..sentence_end(line.text, end).max(end))
    });
    let Some(place) = place else { return vec![line] };
    let piece = |range: Range<usize>| Line {
        raw: line.raw_of(range.clone()),
        text: line.text.get(range).unwrap_or_default(),
        ..line
    };
    [piece(0..place.start), piece(place.end..line.text.len())]
        .into_iter()
        .filter(|line| line.text.chars().any(char::is_alphanumeric))
        .collect()
}
