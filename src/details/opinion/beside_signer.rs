//! Lines around who signs that belong to him: where he works and as what, where he lives, how to reach him.

use crate::details::contact::{phone, whose};
use crate::details::form::label::{Field, Label};
use crate::details::lexicon::places::place_at_start;
use crate::details::lexicon::roles;
use crate::details::person::part::Part;
use crate::details::person::signers::without_contacts;
use crate::details::person::{organization, portrait, posts};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::details::text::numeral::digit;

/// `某市某学校 教师`, `General Manager`: where the one above or below works, and as what, in one line or in several.
pub(super) fn is_where_signer_works(part: &Part<'_, '_>, index: usize, office: &str) -> bool {
    const ROWS: usize = 8;
    let works = |at: usize| {
        part.lines.get(at).is_some_and(|line| {
            posts::are_where_one_works(line.text, office)
                || is_in_brackets_below(line.text)
                || portrait::describes(line.text)
                || portrait::is_particular(line.text)
        })
    };
    let reaches = |rows: &mut dyn Iterator<Item = usize>| {
        for at in rows {
            let named = |field: &Field| field.label == Label::Name && field.label_line == at;
            if part.signature.lines.contains(&at) || part.fields.iter().any(named) {
                return true;
            }
            let labelled = part.fields.iter().any(|field| field.label_line == at);
            let blank = part.lines.get(at).is_some_and(|line| line.text.trim().is_empty());
            if !works(at) && !labelled && !blank {
                return false;
            }
        }
        false
    };
    works(index)
        && (reaches(&mut (index.saturating_sub(ROWS)..index).rev())
            || reaches(&mut (index + 1..=index + ROWS)))
}

/// `（退休，某某区，电话…）` below the name.
fn is_in_brackets_below(text: &str) -> bool {
    const LINE_BYTES: usize = 160;
    const PLACE_CHARS: usize = 8;
    let text = text.trim();
    if !text.starts_with('(') || !text.ends_with(')') || text.len() > LINE_BYTES {
        return false;
    }
    let plain = without_contacts(text);
    let mut words = plain.split([',', '、', ' ', '(', ')', ';']).filter(|word| !word.is_empty()).peekable();
    let is_one = |word: &str| {
        let is_place = || place_at_start(word).is_some() && word.chars().count() <= PLACE_CHARS;
        // 电话八八五二一四〇七, without its label
        let is_number = || word.chars().all(|c| digit(c).is_some());
        posts::read(word).is_some() || portrait::is_particular(word) || is_place() || is_number()
    };
    words.peek().is_some() && words.all(is_one)
}

/// `综合管理部 喆龑` directly below the firm's own line: somebody of the department, whether his name is known as one or not.
pub(super) fn is_below_its_office(lines: &[Line<'_>], index: usize, office: &str) -> bool {
    const NAME_CHARS: usize = 4;
    let Some([above, line]) = index.checked_sub(1).and_then(|above| lines.get(above..=index)) else {
        return false;
    };
    let mut words = line.text.split_whitespace();
    let (Some(department), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    (roles::is_department(department) || posts::is_post(department))
        && name.chars().count() <= NAME_CHARS
        && name.chars().all(is_han)
        && organization::on_line(above, office).is_some()
}

/// `电话13700137000`, `王芳 13700137000`, `电话一三七零零一三七零零零`: a number and hardly anything else.
pub(super) fn is_contact_line(text: &str) -> bool {
    let mut phones = phone::find(text);
    if phones.is_empty() {
        phones = phone::find_spelled(text);
    }
    let has_contact = !phones.is_empty() || text.contains('@');
    has_contact
        && whose::is_signature_line(text, &phones)
        && text.chars().filter(|c| is_han(*c) && digit(*c).is_none()).count() <= 10
}
