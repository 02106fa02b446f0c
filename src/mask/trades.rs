//! What somebody does, where he says so of himself: behind the label, in a sentence about himself, in the line where it was read.
//! Elsewhere a short word for a trade is what opinions speak of.

use std::ops::Range;

use super::view::View;
use crate::details::form::label::{Certainty, Label};
use crate::details::form::labels;
use crate::details::lexicon::occupations;
use crate::details::person::described;
use crate::details::text::fold::fold;
use crate::details::text::line::{Line, Text};

/// No longer value is an occupation.
const MOST_CHARS: usize = 40;

/// Where a word stands: in which line, counted from 0, in which words of it.
struct Spot {
    line: usize,
    around: String,
    word: String,
}

/// Words for what somebody does, made ready once.
#[derive(Debug, Default)]
pub(super) struct Trades {
    /// The longest first.
    words: Vec<String>,
    /// The lines in which they were read.
    lines: Vec<String>,
}

/// What stands behind the label of an occupation, as it was written.
pub fn occupations(text: &str) -> Vec<String> {
    let text = Text::new(text);
    let lines = text.lines();
    labelled(&lines, &[]).map(|(line, value)| line.spelled(&value)).collect()
}

/// The values behind the label, folded, with their lines. Without a mark a word must be known to be one.
fn labelled<'l, 'a>(
    lines: &'l [Line<'a>],
    known: &'l [String],
) -> impl Iterator<Item = (&'l Line<'a>, String)> + 'l {
    let fields = labels::find(lines).into_iter();
    fields.filter_map(move |field| {
        let is_sure = match field.label {
            Label::Occupation => field.certainty != Certainty::Bare,
            Label::Position => false,
            _ => return None,
        };
        let value = field.text(lines).trim();
        let ends = |c: char| matches!(c, ',' | '。' | ';' | '!' | '?');
        let value = value.split(ends).next().unwrap_or_default().trim();
        let is_word = value.chars().any(char::is_alphanumeric) && value.chars().count() <= MOST_CHARS;
        let is_known =
            || occupations::is_whole(value) || known.iter().any(|word| word.eq_ignore_ascii_case(value));
        let line = lines.get(field.line)?;
        (is_word && (is_sure || is_known())).then(|| (line, value.to_owned()))
    })
}

impl Trades {
    pub(super) fn new(words: &[String], lines: &[String]) -> Self {
        let mut words: Vec<String> = words
            .iter()
            .map(|word| fold(word.trim()).to_ascii_lowercase())
            .filter(|word| !word.is_empty())
            .collect();
        words.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), word.clone()));
        words.dedup();
        Self { words, lines: lines.iter().map(|line| line.trim().to_owned()).collect() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How often one of them stands in a text, said of whomever.
    pub(super) fn count(&self, text: &str) -> usize {
        let text = fold(text).to_ascii_lowercase();
        self.words.iter().map(|word| text.matches(word.as_str()).count()).max().unwrap_or_default()
    }

    /// The text without what its writer says of himself; `None` where he says nothing of it.
    pub(super) fn out_of(&self, text: &str, mark: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let spots = self.spots(text);
        if spots.is_empty() {
            return None;
        }
        let mut without = String::with_capacity(text.len());
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                without.push('\n');
            }
            let view = View::of(line);
            let here = spots.iter().filter(|spot| spot.line == index);
            let found = here.filter_map(|spot| Some((place(&view.text, spot)?, mark.to_owned()))).collect();
            view.masked(found, &mut without);
        }
        (without != text).then_some(without)
    }

    fn spots(&self, text: &str) -> Vec<Spot> {
        let read = Text::new(text);
        let lines = read.lines();
        let spot = |line: &Line<'_>, around: &str, word: &str| Spot {
            line: line.number - 1,
            around: around.to_ascii_lowercase(),
            word: word.to_ascii_lowercase(),
        };
        let mut spots: Vec<Spot> =
            labelled(&lines, &self.words).map(|(line, value)| spot(line, &value, &value)).collect();
        for line in &lines {
            for said in described::self_descriptions(line.text) {
                let said = line.text.get(said).unwrap_or_default();
                spots.extend(self.first_in(said).map(|word| spot(line, said, word)));
            }
            let is_told = self.lines.iter().any(|told| told == line.raw.trim());
            if is_told && !spots.iter().any(|spot| spot.line + 1 == line.number) {
                spots.extend(self.first_in(line.text).map(|word| spot(line, word, word)));
            }
        }
        spots
    }

    /// The longest of them that stands in a phrase.
    fn first_in(&self, phrase: &str) -> Option<&str> {
        let phrase = phrase.to_ascii_lowercase();
        self.words.iter().map(String::as_str).find(|word| phrase.contains(word))
    }
}

fn place(line: &str, spot: &Spot) -> Option<Range<usize>> {
    let line = line.to_ascii_lowercase();
    let start = line.find(&spot.around)? + spot.around.find(&spot.word)?;
    Some(start..start + spot.word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_is_leaves_and_what_he_speaks_of_stays() {
        let trades = Trades::new(&["教师".to_owned(), "车间工人".to_owned()], &["何春梅 教师".to_owned()]);
        for (text, due) in [
            ("【职业】车间工人\n【电话】1", "【职业】□\n【电话】1"),
            ("2、职业：公司经理\n3、电话：1", "2、职业：□\n3、电话：1"),
            ("姓名 何春梅 职业 企业管理人员 电话 1", "姓名 何春梅 职业 □ 电话 1"),
            ("我是一名教师，建议提高教师待遇。", "我是一名□，建议提高教师待遇。"),
            ("提高教师待遇。\n何春梅 教师", "提高教师待遇。\n何春梅 □"),
        ] {
            assert_eq!(trades.out_of(text, "□").as_deref(), Some(due), "{text}");
        }
        for text in ["提高教师待遇。", "职业：", ""] {
            assert_eq!(trades.out_of(text, "□"), None, "{text}");
        }
        assert_eq!(occupations("姓名：何春梅\n职业：公司经理\n"), ["公司经理"]);
    }
}
