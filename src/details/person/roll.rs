//! A roll of those who sign: `签名住户：`, and below it one line for each.

use crate::details::lexicon::surnames::surname_length;
use crate::details::person::name::{Proof, Reading, read_han};
use crate::details::person::signature::{Signature, Signer};
use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::vocabulary::pattern;

/// The longest line of a roll, in bytes.
const LINE_BYTES: usize = 160;

/// A roll may be longer than a letter's end.
const MAX_LINES: usize = 500;

pattern!(
    HEADING,
    LETTERS,
    r"^\s*[(\[【]?⟨signatures⟩(?:的)?⟨who signs in a list⟩?(?:名单|如下)?[)\]】]?\s?:\s*$"
);

pattern!(
    /// The number before a name.
    NUMBER,
    r"^\s*[(\[]?[0-9]{1,3}\s?[.、,)\]:]?\s*"
);

/// Adds those whom a roll names, where it names more than the letter's end.
pub(crate) fn add(lines: &[Line<'_>], signature: &mut Signature) {
    let is_heading = |line: &Line<'_>| {
        line.text.len() <= LINE_BYTES && line.text.contains(':') && HEADING.is_match(line.text)
    };
    let Some(heading) = lines.iter().rposition(is_heading) else { return };
    let below = lines.iter().enumerate().skip(heading + 1).filter(|(_, line)| !line.text.trim().is_empty());
    let signers: Vec<Signer> = below.take(MAX_LINES).map_while(|(index, line)| signer(line, index)).collect();
    if signers.len() > signature.names.len().max(1) {
        signature.lines.extend(signers.iter().map(|signer| signer.line));
        signature.names = signers;
    }
}

fn signer(line: &Line<'_>, index: usize) -> Option<Signer> {
    let text = Some(line.text).filter(|text| text.len() <= LINE_BYTES)?;
    let number = NUMBER.find(text).map_or(0, |number| number.end());
    let word =
        text.get(number..)?.split([' ', ',', '(', ':', '、', '\t', '-']).find(|word| !word.is_empty())?;
    let signer = |name: String| Signer { name, line: index, as_written: line.raw.trim().to_owned() };
    match read_han(word, Proof::Said) {
        Reading::Name(name) => Some(signer(name)),
        // 任我行: the roll says that it is one.
        Reading::Nothing if is_shaped_like_one(word) => Some(signer(word.to_owned())),
        _ => None,
    }
}

fn is_shaped_like_one(word: &str) -> bool {
    word.chars().all(is_han) && surname_length(word) > 0 && (2..=4).contains(&word.chars().count())
}
