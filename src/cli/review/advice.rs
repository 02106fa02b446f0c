//! What to do about a case, with the number to type; and what a person has to know before he does it.

use super::asked::Asked;
use super::named::concerned;
use crate::cli::sentences;
use crate::store::{Outcomes, Shown};
use crate::vocabulary::{Flag, ReviewReason, Word};
use crate::words;

/// What stands in advice in place of a number.
const NUMBER: &str = "编号";
/// Marks around words that are told, each with its end.
const QUOTES: [(char, char); 5] = [('“', '”'), ('‘', '’'), ('「', '」'), ('『', '』'), ('"', '"')];

/// What to confirm and what to deny by one reason. A letter that only asks is no letter to be counted: what is to be done is done to the
/// letter that it is about.
pub(super) fn to_do(shown: &Shown, outcomes: &Outcomes, asked: &Asked, reason: &str) -> String {
    let alone = words::row("only_asks", reason).filter(|_| outcomes.only_asks);
    let advice = asked.put_into(alone.map_or_else(|| sentences::to_do(reason), words::Row::short));
    let number = if outcomes.only_asks { concerned(shown) } else { Some(shown.row.number.as_str()) };
    number.map_or(advice.clone(), |number| advice.replace(NUMBER, number))
}

/// The reasons with what to do about them, which is said once where it is the same; whether it belongs here is asked first.
pub(super) fn by_what_to_do<'a>(
    shown: &'a Shown,
    outcomes: &Outcomes,
    asked: &Asked,
) -> Vec<(Vec<&'a str>, String)> {
    let mut reasons: Vec<&str> = shown.row.review_reasons.iter().map(String::as_str).collect();
    reasons.sort_by_key(|word| *word != ReviewReason::NearMiss.as_str());
    let mut found: Vec<(Vec<&'a str>, String)> = Vec::new();
    for word in reasons {
        let (reason, to_do) = (words::long(ReviewReason::KIND, word), to_do(shown, outcomes, asked, word));
        match found.iter_mut().find(|(_, known)| *known == to_do) {
            Some((reasons, _)) => reasons.push(reason),
            None => found.push((vec![reason], to_do)),
        }
    }
    found
}

/// Whether it is in question if the letter itself was sent in time, and not only another one that it speaks of.
pub(super) fn is_about_its_time(shown: &Shown, outcomes: &Outcomes) -> bool {
    let waits_for =
        |reason: ReviewReason| shown.row.review_reasons.iter().any(|word| word == reason.as_str());
    waits_for(ReviewReason::LateSentInTime)
        || waits_for(ReviewReason::LateDisputed) && outcomes.disputed.is_empty()
}

/// The words that a letter wants to have corrected, where none of them stands in the letter that it speaks of; `others` are those
/// letters, where it is one by itself.
pub(super) fn not_found(shown: &Shown, others: &[Shown]) -> Vec<String> {
    let corrects = |flags: &[String]| flags.iter().any(|flag| flag == Flag::CorrectionRequest.as_str());
    let later = shown.supplements.iter().filter(|later| corrects(&later.flags));
    let later: Vec<String> = later.flat_map(|later| quoted(&later.comment)).collect();
    if !later.is_empty() {
        return if stands_in(&later, shown) { Vec::new() } else { later };
    }
    let own = if corrects(&shown.row.flags) { quoted(&shown.row.comment) } else { Vec::new() };
    let is_found = others.is_empty() || others.iter().any(|other| stands_in(&own, other));
    if is_found { Vec::new() } else { own }
}

/// Whether one of the words stands in a letter as it was registered.
fn stands_in(words: &[String], shown: &Shown) -> bool {
    let items = shown.opinions.iter().map(|item| item.text.as_str());
    let texts: Vec<String> = items.chain([shown.row.comment.as_str()]).map(bare).collect();
    words.iter().any(|word| texts.iter().any(|text| text.contains(&bare(word))))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What stands in quotation marks.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c| QUOTES.iter().any(|(open, _)| *open == c)) {
        let mut inner = rest.get(start..).unwrap_or_default().chars();
        let open = inner.next();
        let inner = inner.as_str();
        let end = QUOTES.iter().find(|(sign, _)| Some(*sign) == open).map(|(_, end)| *end);
        let Some((word, behind)) = end.and_then(|end| inner.split_once(end)) else { break };
        if !word.trim().is_empty() {
            found.push(word.trim().to_owned());
        }
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_words_are_found() {
        for (text, due) in [
            ("上封信中的“十日”改成“十个工作日”", &["十日", "十个工作日"][..]),
            ("\"县级\"应为\"市级\"", &["县级", "市级"]),
            ("没有引号", &[]),
            ("只有一半“的", &[]),
            ("空的“ ”和『两份』", &["两份"]),
        ] {
            assert_eq!(quoted(text), due, "{text}");
        }
    }
}
