//! Ask words beside what says who writes or which draft is meant: `意见建议（张三）`, `某市某局意见`, `供热办法的意见`.
//!
//! Such a subject names no draft whole. It is meant for the one that is open, if there is one (`ruling::choice` knows), unless it
//! holds a word of other business.

use std::sync::LazyLock;

use crate::vocabulary::language::{Words, language_table, word_list};
use crate::vocabulary::traditional::simplified;
use crate::vocabulary::{Regex, pattern};

use super::distance::{longest_shared_run, text_of};
use super::{SUBJECT_WORDS, ask, draft_marker};

language_table!(ORGANIZATIONS, "language/organizations.tsv");
language_table!(SURNAMES, "language/surnames.tsv");

/// The longest subject that says so little, in characters.
const MOST_CHARS: usize = 60;

/// Words of a draft's title that stand for it, in characters.
const FEWEST_DRAFT_CHARS: usize = 4;

/// The longest name in a subject, in characters.
const LONGEST_NAME_CHARS: usize = 4;

pattern!(TELEPHONE, r"[0-9][0-9-]{5,}[0-9]");

word_list!(BUSINESS, SUBJECT_WORDS, "business");
word_list!(UNIT_ENDING, ORGANIZATIONS, "ending");
word_list!(DEPARTMENT, ORGANIZATIONS, "department");
word_list!(FIRM_ENDING, ORGANIZATIONS, "firm ending");
word_list!(SINGLE, SURNAMES, "single");
word_list!(DOUBLE, SURNAMES, "double");
word_list!(COMMON, SURNAMES, "common");
word_list!(EVERYDAY, SURNAMES, "everyday word");

/// Little words and ask words at both ends of a piece.
static ENDS: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("^(?:⟨filler⟩)*(.*?)(?:⟨filler⟩)*$"));

/// `关于…的反馈`: words of answering, whatever the matter.
static ANSWER_ABOUT: LazyLock<Regex> =
    LazyLock::new(|| SUBJECT_WORDS.pattern("^⟨about⟩.{2,40}(?:⟨answers⟩(?:⟨ask⟩)?|⟨ask⟩⟨answers⟩)$"));
static ABOUT: LazyLock<Regex> = LazyLock::new(|| SUBJECT_WORDS.pattern("^⟨about⟩"));

/// Whether a subject holds ask words, and beside them nothing but a name, a unit, a telephone number or words of the title.
pub(super) fn is_ask(glyphs: &[char], title: &[char], own: Option<&str>) -> bool {
    let glyphs: Vec<char> = glyphs.iter().copied().map(simplified).collect();
    let said: String = glyphs.iter().collect();
    let plain = draft_marker::without_marker_words(&glyphs);
    let is_business = |word: &&str| plain.contains(*word) && !text_of(title).contains(*word);
    if plain.chars().count() > MOST_CHARS
        || ask::ask_word(&plain, own).is_none()
        || BUSINESS.all().iter().any(is_business)
    {
        return false;
    }
    let quotes_another = said.split('《').skip(1).any(|rest| {
        let inside: Vec<char> = rest.split('》').next().unwrap_or_default().chars().collect();
        let inside = draft_marker::without_markers(&inside, None);
        !(is_of_draft(&inside, title) && ask::document_kind(&text_of(&inside)).is_some())
    });
    if quotes_another {
        return false;
    }
    let without_phones = TELEPHONE.replace_all(&said, " ");
    let pieces = || without_phones.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty());
    let leads = said.split_once([':', '：']).is_some_and(|(lead, _)| is_bare(lead, own));
    leads || ANSWER_ABOUT.is_match(&plain) || pieces().all(|piece| says_little(piece, title, own))
}

fn is_bare(piece: &str, own: Option<&str>) -> bool {
    let chars: Vec<char> = piece.chars().collect();
    ask::holds_ask_word(&chars, own) && ask::is_bare_ask(&draft_marker::without_marker_words(&chars), own)
}

/// A piece between punctuation.
fn says_little(piece: &str, title: &[char], own: Option<&str>) -> bool {
    let chars: Vec<char> = piece.chars().collect();
    let plain = draft_marker::without_marker_words(&chars);
    let whole = ABOUT.replace(&plain, "");
    let core = ENDS.captures(&whole).and_then(|found| found.get(1)).map_or("", |core| core.as_str());
    let core = own.map_or_else(|| core.to_owned(), |own| core.replace(own, ""));
    let letters: Vec<char> = core.chars().collect();
    let is_alone = core.chars().count() == plain.chars().count();
    letters.is_empty() || is_unit(&core) || is_name(&core, is_alone) || is_of_draft_and_name(&letters, title)
}

/// Blanks are gone by now: a name may stand right behind the words of the title.
fn is_of_draft_and_name(core: &[char], title: &[char]) -> bool {
    let shortest = core.len().saturating_sub(LONGEST_NAME_CHARS);
    (shortest..=core.len()).rev().any(|at| {
        let (draft, name) = core.split_at_checked(at).unwrap_or((core, &[]));
        is_of_draft(draft, title) && (name.is_empty() || is_name(&text_of(name), true))
    })
}

fn is_unit(core: &str) -> bool {
    let ends = |words: &Words| words.behind_something(core).is_some();
    (3..=24).contains(&core.chars().count())
        && [&*UNIT_ENDING, &*DEPARTMENT, &*FIRM_ENDING].into_iter().any(ends)
}

/// Two to four characters behind a surname: any where it stands alone, a common one where ask words follow at once.
fn is_name(core: &str, is_alone: bool) -> bool {
    let length = core.chars().count();
    let begins = |words: &Words| words.at_start(core).is_some();
    match length {
        2..=3 if is_alone => begins(&SINGLE) || begins(&DOUBLE),
        2..=3 => begins(&COMMON) && !EVERYDAY.contains(core),
        4 => begins(&DOUBLE),
        _ => false,
    }
}

/// Words of the title in its order, with two on end that it has too.
fn is_of_draft(core: &[char], title: &[char]) -> bool {
    let mut rest = title.iter();
    core.len() >= FEWEST_DRAFT_CHARS
        && core.iter().all(|wanted| rest.any(|found| found == wanted))
        && longest_shared_run(title, core).len() >= 2
}
