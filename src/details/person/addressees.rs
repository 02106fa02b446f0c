//! Whom a letter addresses by name: `李明局长：`. Nobody there is its writer.

use crate::details::person::name::Reading;
use crate::details::person::signers::{SIGNATURES, read_words};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(
    /// Offices by which a letter's addressee is called.
    OFFICES, SIGNATURES, "addressed office"
);

/// How many lines a salutation may have.
const SALUTATION_LINES: usize = 3;

/// The first lines that name whom the letter addresses: `李明局长：`, `刘淑芬：`, `王芳科长`.
pub(super) fn addressees(lines: &[Line<'_>]) -> Vec<usize> {
    const LINE_BYTES: usize = 60;
    let mut said = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty());
    let addressed: Vec<usize> = said
        .by_ref()
        .take(SALUTATION_LINES)
        .take_while(|(_, line)| {
            let text = line.text.trim();
            let address = text.trim_end_matches([':', ',']).trim_end();
            text.len() <= LINE_BYTES
                && (text.ends_with(':') || OFFICES.at_end(address).is_some())
                && address.chars().all(|c| is_han(c) || matches!(c, ' ' | '、' | ','))
                && read_words(&address.replace(' ', "")).readings.iter().any(|word| *word != Reading::Nothing)
        })
        .map(|(index, _)| index)
        .collect();
    // A name and nothing below it signs.
    let last = lines.iter().rposition(|line| !line.text.trim().is_empty());
    if addressed.last().copied() == last { Vec::new() } else { addressed }
}
