//! What somebody does, told by the form of the words where no list has them: 电梯维保工, 玉雕师, 炼钢的. Read only where something shows
//! that its writer speaks of himself.

use crate::details::lexicon::roles::{self, ROLE_WORDS, Role};
use crate::details::person::{posts, presentation};
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;

word_list!(
    /// How words for trades end: 电梯维保工.
    ENDINGS, ROLE_WORDS, "trade ending"
);
word_list!(
    /// What ends so and says nothing of what somebody does: 党员, 员工.
    NO_TRADES, ROLE_WORDS, "no trade"
);
word_list!(
    /// Posts that say what somebody is, whatever a consultation lists: 会长.
    LEADING, ROLE_WORDS, "leading post"
);

word_list!(
    /// Who is employed, as what he does not say: 公司职员.
    EMPLOYED, ROLE_WORDS, "employed"
);

/// Whether a word says what somebody is, known or not.
pub(super) fn is_one(word: &str) -> bool {
    roles::read(word) == Some(Role::Occupation)
        || presentation::is_trade(word)
        || has_the_form(word)
        || is_placed_livelihood(word)
}

/// Whether a word that no list has is one by its form: 玉雕师, 会长.
pub(super) fn has_the_form(word: &str) -> bool {
    const CHARS: usize = 9;
    let length = word.chars().count();
    if EMPLOYED.contains(word) {
        return true;
    }
    let plain = (2..=CHARS).contains(&length)
        && word.chars().all(|c| is_han(c) || c.is_ascii_alphabetic())
        && !posts::is_said(word)
        && NO_TRADES.at_end(word).is_none();
    plain && (length > 2 && ENDINGS.behind_something(word).is_some() || LEADING.at_end(word).is_some())
}

/// 鞍钢炼钢的: where, in few characters, and by what.
fn is_placed_livelihood(word: &str) -> bool {
    const FRONT_CHARS: usize = 5;
    let starts = word.char_indices().map(|(at, _)| at).skip(2).take(FRONT_CHARS - 1);
    word.ends_with('的')
        && starts.filter_map(|at| word.split_at_checked(at)).any(|(front, rest)| {
            presentation::is_trade(rest) && !posts::is_said(front) && rest.ends_with('的')
        })
}
