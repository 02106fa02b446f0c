//! What somebody adds to his name behind its label: `建议人：车晓东（事业单位工作人员）`, `姓名：张伟，农民，…`.

use crate::details::lexicon::occupations::{Known, Occupations};
use crate::details::lexicon::roles::ROLE_WORDS;
use crate::details::person::described;
use crate::details::text::fold::{fold, is_han};
use crate::vocabulary::language::word_list;

word_list!(SOMEBODY, ROLE_WORDS, "somebody");

/// The occupation among what stands behind the name in the value of a name's label, as written and what it is known as.
pub(super) fn occupation<'a>(value: &'a str, occupations: &Occupations) -> Option<(&'a str, Known)> {
    const VALUE_BYTES: usize = 240;
    const PIECES: usize = 6;
    const PIECE_CHARS: usize = 20;
    let value = value.get(..value.floor_char_boundary(VALUE_BYTES))?;
    let clause = value.split(['。', '！', '!', '？', '?', '；', ';']).next()?;
    let parts = [',', '，', '(', '（', ')', '）', '[', ']', '【', '】', ' ', '\u{3000}', '/'];
    let pieces = clause.split(parts).map(str::trim).filter(|piece| !piece.is_empty());
    pieces.skip(1).take(PIECES).find_map(|piece| {
        let short = piece.chars().count() <= PIECE_CHARS && piece.chars().any(is_han);
        let own = short && !SOMEBODY.inside(&fold(piece));
        let mapped = own.then(|| described::map_described(piece, occupations, None)).flatten()?;
        Some((piece, mapped))
    })
}
