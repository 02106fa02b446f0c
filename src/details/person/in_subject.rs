//! Who writes, from the slots of a subject: `《…》意见建议-王芳-医生-138…`, `…意见建议（王芳）`.

use crate::details::contact::phone;
use crate::details::contact::phone::Phone;
use crate::details::form::label::Label;
use crate::details::form::label_words::longest_word;
use crate::details::found::{Details, DetailsInput};
use crate::details::lexicon::occupations::Occupations;
use crate::details::lexicon::roles::{self, Role};
use crate::details::person::glued::split_glued;
use crate::details::person::name::is_certain;
use crate::details::person::organization;
use crate::details::text::fold::{fold, is_han};
use crate::vocabulary::markers::read_front;

/// The longest subject that is looked at, and the most slots that one has.
const SUBJECT_BYTES: usize = 2000;
const MOST_SLOTS: usize = 8;

/// Fills what the letter itself does not say. A slot that says something else makes the others no slots, and a word that
/// stands alone is no name.
pub(super) fn fill(details: &mut Details, input: &DetailsInput<'_>, occupations: &Occupations) {
    if details.name.is_some() || input.subject.len() > SUBJECT_BYTES || read_front(input.subject).is_forward()
    {
        return;
    }
    let folded = fold(input.subject);
    let Some(slots) = slots(&folded, &input.consultation.office_name) else { return };
    // As the writer spelled it: folding keeps the characters' number.
    let spelled = |word: &str| {
        let at = folded.find(word).map_or(0, |at| folded.get(..at).map_or(0, |text| text.chars().count()));
        input.subject.chars().skip(at).take(word.chars().count()).collect::<String>()
    };
    let name = spelled(slots.name);
    details.note("name", "subject", 0, &name);
    details.name = Some(name);
    if details.occupation_as_written.is_none()
        && let Some(words) = slots.occupation
        && let Some(mapped) = occupations.known(words)
    {
        let words = spelled(words);
        details.note("occupation", "subject", 0, &words);
        details.occupation = mapped.value;
        details.occupation_as_written = Some(words);
    }
    if details.phones.is_empty() {
        for Phone { normal, .. } in slots.phones {
            if !phone::is_office(&normal, &input.consultation.office_phones) {
                details.note("phones", "subject", 0, &normal);
                details.phones.push(normal);
            }
        }
    }
}

/// What stands behind the title and the ask.
struct Slots<'a> {
    name: &'a str,
    occupation: Option<&'a str>,
    phones: Vec<Phone>,
}

fn slots<'a>(subject: &'a str, office: &str) -> Option<Slots<'a>> {
    let (_, behind) = subject.rsplit_once('》')?;
    let is_separator = |c: char| {
        matches!(
            c,
            '-' | '_' | '+' | '(' | ')' | '[' | ']' | '【' | '】' | '|' | ' ' | ',' | '、' | ':' | '/'
        )
    };
    // The ask stands between the title and the first separator: 意见建议.
    let ask = behind.find(is_separator)?;
    let behind = behind.get(ask..)?;
    let plain = behind.replace('_', " ");
    let phones = phone::find(&plain);
    let mut rest = String::new();
    let mut at = 0;
    for phone in &phones {
        rest.push_str(behind.get(at..phone.range.start)?);
        rest.push(' ');
        at = phone.range.end;
    }
    rest.push_str(behind.get(at..)?);
    let (mut names, mut occupation) = (Vec::new(), None);
    let (mut labelled, mut placed) = (false, false);
    for (count, slot) in rest.split(is_separator).map(str::trim).filter(|slot| !slot.is_empty()).enumerate() {
        if count >= MOST_SLOTS {
            return None;
        }
        if is_certain(slot) {
            names.push(slot.to_owned());
        } else if let Some((front, role, name)) = split_glued(slot, true) {
            names.push(name.to_owned());
            occupation = occupation.or((role == Role::Occupation).then(|| front.to_owned()));
        } else if roles::read(slot) == Some(Role::Occupation) {
            occupation.get_or_insert_with(|| slot.to_owned());
        } else if longest_word(slot)
            .is_some_and(|(label, length)| label == Label::Name && length == slot.len())
        {
            labelled = true;
        } else if roles::is_place(slot) {
            placed = true;
        } else if roles::read(slot).is_none()
            && longest_word(slot).is_none_or(|(_, length)| length < slot.len())
            && organization::read(slot, office, true).is_none()
            && slot.chars().any(is_han)
        {
            return None;
        }
    }
    let within = |word: &str| behind.find(word).and_then(|at| behind.get(at..at + word.len()));
    let [name] = names.as_slice() else { return None };
    if !labelled && !placed && occupation.is_none() && phones.is_empty() {
        return None;
    }
    Some(Slots { name: within(name)?, occupation: occupation.as_deref().and_then(within), phones })
}

#[cfg(test)]
mod tests {
    use super::slots;

    #[test]
    fn slots_behind_the_ask() {
        let name = |behind: &str| {
            let subject = format!("《某市供热条例(征求意见稿)》意见建议{behind}");
            slots(&subject, "某市司法局").map(|slots| slots.name.to_owned())
        };
        for behind in [
            "-韩小雪-教师",
            "_韩小雪_13900139011",
            "+韩小雪+教师",
            " 韩小雪 13900139011",
            "(广州 韩小雪)",
            "(姓名:韩小雪,电话:13900139011)",
        ] {
            assert_eq!(name(behind).as_deref(), Some("韩小雪"), "{behind}");
        }
        for behind in [
            "",
            "-韩小雪",
            "-请查收",
            "-关于供热的建议",
            "-韩小雪-教师-请尽快处理",
            "-韩小雪-顾长风-教师",
            "(第二次)",
        ] {
            assert_eq!(name(behind), None, "{behind}");
        }
    }
}
