//! Letters that answer a questionnaire: `问：对方案有什么意见？` / `答：…`. The question is the form's; what is answered is the opinion.

use std::collections::HashMap;

use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(QUESTION_LABELS, LETTERS, "question label");
word_list!(ANSWER_LABELS, LETTERS, "answer label");
word_list!(
    /// What such a question is about; whoever asks why a hall is shut has said something.
    ASKS_FOR_OPINIONS, LETTERS, "asks for opinions"
);

/// What a line is in such a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Asked by a form.
    Question,
    /// An answer, and how long its label is, in bytes.
    Answer(usize),
}

impl Part {
    /// How much of the line's beginning is not the citizen's.
    pub(super) const fn length(self) -> usize {
        match self {
            Self::Question => 0,
            Self::Answer(length) => length,
        }
    }
}

/// The lines that ask for opinions, each with the answer below it, by their indices.
pub(super) fn read(lines: &[Line<'_>]) -> HashMap<usize, Part> {
    const MOST: usize = 200;
    let mut parts = HashMap::new();
    let mut said = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty()).peekable();
    while let Some((index, line)) = said.next() {
        let Some(question) = behind_label(line.text, &QUESTION_LABELS) else { continue };
        let asked = line.text.get(question..).unwrap_or_default();
        // 问：…？答：…, on one line
        if let Some((asked, at)) = answered_beside(asked).filter(|(asked, _)| is_general(asked)) {
            parts.insert(index, Part::Answer(question + asked.len() + at));
        } else if let Some((below, answer)) = said.peek()
            && let Some(length) = behind_label(answer.text, &ANSWER_LABELS)
            && is_general(asked)
        {
            parts.insert(index, Part::Question);
            parts.insert(*below, Part::Answer(length));
        }
        if parts.len() >= MOST {
            break;
        }
    }
    parts
}

/// How long the label is that a line begins with, with its number and its colon.
fn behind_label(text: &str, labels: &crate::vocabulary::language::Words) -> Option<usize> {
    let trimmed = text.trim_start();
    let word = labels.at_start(trimmed)?;
    let rest = trimmed.get(word.len()..)?.trim_start_matches(|c: char| c.is_ascii_digit());
    let said = rest.strip_prefix(':')?.trim_start();
    Some(text.len() - said.len())
}

/// The question of a line that also holds the answer, and how long the answer's label is.
fn answered_beside(text: &str) -> Option<(&str, usize)> {
    let (at, mark) = text.char_indices().find(|(_, c)| matches!(c, '?' | '。' | ' '))?;
    let asked = text.get(..at + mark.len_utf8())?;
    let length = behind_label(text.get(asked.len()..)?, &ANSWER_LABELS)?;
    Some((asked, length))
}

/// Whether a question only asks what somebody thinks.
fn is_general(question: &str) -> bool {
    const CHARS: usize = 30;
    question.chars().take(CHARS + 1).count() <= CHARS && ASKS_FOR_OPINIONS.inside(question)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::line::Text;

    #[test]
    fn questions_of_a_form() {
        let parts = |text: &str| {
            let text = Text::new(text);
            let parts = read(&text.lines());
            let mut parts: Vec<(usize, Part)> = parts.into_iter().collect();
            parts.sort_by_key(|(index, _)| *index);
            parts
        };
        assert_eq!(parts("Q：您有什么建议？\nA：加窗口。"), [(0, Part::Question), (1, Part::Answer(2))]);
        assert_eq!(parts("问1：还有意见吗？ 答1：有。"), [(0, Part::Answer("问1:还有意见吗? 答1:".len()))]);
        assert!(parts("问：为什么中午关门？\n答：没人。").is_empty());
        assert!(parts("A：有意见\nB：没有意见").is_empty());
    }
}
