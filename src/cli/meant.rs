//! A word of the database as staff type it: the word itself, what the lists call it, another word for it
//! (`rules/language/typed.tsv`), or as much of what stands in a list or a block as tells it from the others.

use super::outcome::{Exit, Failure};
use crate::vocabulary::typed;
use crate::words::Chinese;

/// What stands behind a word where it is one of several.
const AND_OTHERS: char = '等';
/// Characters by which a word is known that is not typed whole.
const FEWEST: usize = 2;

/// The value that is meant; the message of the failure names every one, as the lists call it.
pub(super) fn meant<W: Chinese + Copy>(what: &str, all: &[W], written: &str) -> Result<W, Failure> {
    if let Some(found) = found(all, written) {
        return Ok(found);
    }
    // 待核（来信询问等）: what stands in the brackets is said of another value, or of this one among others.
    let folded = typed::folded(written);
    let (before, within) = folded
        .split_once('(')
        .map_or((folded.as_str(), ""), |(before, rest)| (before, rest.trim_end_matches(')')));
    let parts = [folded.as_str(), before, within];
    if let Some(found) = parts.into_iter().find_map(|part| found(all, part.trim_end_matches(AND_OTHERS))) {
        return Ok(found);
    }
    let wanted = folded.trim_end_matches(AND_OTHERS);
    let holds =
        |value: &&W| [value.short(), value.long()].into_iter().any(|word| says(&typed::folded(word), wanted));
    let alike: Vec<W> = if wanted.chars().count() < FEWEST {
        Vec::new()
    } else {
        all.iter().filter(holds).copied().collect()
    };
    if let [only] = alike.as_slice() {
        return Ok(*only);
    }
    let known = if alike.is_empty() { all } else { &alike };
    let known: Vec<String> =
        known.iter().map(|value| format!("{}（{}）", value.short(), value.word())).collect();
    let message = if alike.is_empty() {
        format!("没有“{written}”这种{what}；可写：{}", known.join("、"))
    } else {
        format!("“{written}”不止一种{what}；请写：{}", known.join("、"))
    };
    Err(Failure::new(Exit::Usage, message))
}

/// Whether a word holds another one, and not its opposite: 不计入 says nothing of 计入.
fn says(word: &str, wanted: &str) -> bool {
    word.match_indices(wanted)
        .any(|(at, _)| !word.get(..at).unwrap_or_default().ends_with(['不', '未', '非', '无', '没']))
}

/// The value that is called so, by its word, what the lists call it, or another word for it; how a letter was denied is called by
/// the reason that it waited for.
fn found<W: Chinese + Copy>(all: &[W], written: &str) -> Option<W> {
    let wanted = typed::folded(written);
    let is = |word: &str| typed::folded(word).eq_ignore_ascii_case(&wanted);
    let called = |value: &&W| [value.word(), value.short(), value.long()].into_iter().any(is);
    let otherwise =
        || typed::meanings(written).find_map(|word| all.iter().find(|value| value.word() == word));
    all.iter().find(called).or_else(otherwise).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{
        AcknowledgementState, Adoption, CorrectionField, Flag, ReviewReason, SenderKind, Status,
    };

    fn walk<W: Chinese + Copy + PartialEq + std::fmt::Debug>(all: &[W]) {
        for value in all {
            for word in [value.word(), value.short(), value.long()] {
                for typed in [word.to_owned(), format!(" {word} "), format!("{word}等")] {
                    let read = meant("", all, &typed).map_err(|failure| failure.message);
                    assert_eq!(read, Ok(*value), "{typed}");
                }
            }
        }
    }

    #[test]
    fn every_word_that_is_printed_for_a_value_is_read_where_it_is_typed() {
        walk(Status::ALL);
        walk(ReviewReason::ALL);
        walk(Flag::ALL);
        walk(SenderKind::ALL);
        walk(AcknowledgementState::ALL);
        walk(Adoption::ALL);
        walk(CorrectionField::ALL);
    }

    #[test]
    fn as_much_as_tells_a_value_from_the_others_is_enough_and_no_less() {
        let reason =
            |written| meant("待核原因", ReviewReason::ALL, written).map_err(|failure| failure.message);
        for written in ["来信询问征求意见的有关事项", "待核（来信询问）", "来信询问等", "询问"]
        {
            assert_eq!(reason(written), Ok(ReviewReason::Question), "{written}");
        }
        let status = |written| meant("状态", Status::ALL, written).map_err(|failure| failure.message);
        assert_eq!(status("待核（来信询问等）"), Ok(Status::Review));
        assert_eq!(status("不计入（已撤回）"), Ok(Status::Denied));
        let kind = |written| meant("来信人类别", SenderKind::ALL, written).map_err(|failure| failure.message);
        for (written, due) in [
            ("公民", SenderKind::Citizen),
            ("社会组织", SenderKind::Association),
            ("事业单位", SenderKind::Association),
            ("机关", SenderKind::Agency),
        ] {
            assert_eq!(kind(written), Ok(due), "{written}");
        }
        // 计入 is not 不计入.
        assert!(status("计入").is_err());
        assert!(reason("来").unwrap_err().contains("没有“来”这种"));
        assert!(reason("来信人").unwrap_err().contains("不止一种"));
        assert!(kind("学生会").unwrap_err().contains("没有“学生会”这种"));
    }
}
