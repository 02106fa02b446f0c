//! Who wrote: name, organisation, occupation, phones, e-mails, each by the first rule that finds it.

use crate::details::contact::phone::Phone;
use crate::details::contact::{email, phone, whose};
use crate::details::form::brackets;
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::found::{Details, DetailsInput, MAX_CONTACTS};
use crate::details::lexicon::occupations::Occupations;
use crate::details::lexicon::roles;
use crate::details::person::announced::announced;
use crate::details::person::introduction::{introduced, introduced_as};
use crate::details::person::labelled::{labelled, name_in};
use crate::details::person::name::{Reading, is_certain, read_labelled};
use crate::details::person::oneself::surname_of;
use crate::details::person::part::Part;
use crate::details::person::presentation::Presentation;
use crate::details::person::{in_subject, joint, occupation, opening, organization, phones, represents};
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::{Line, tail_start};
use crate::details::text::topics::Topic;

/// The longest display name that may be one, in characters; the longest names of organisations have about fifty.
const MAX_DISPLAY_CHARS: usize = 100;

/// `某某合作社 联系人：…`: a unit that signs before the labels of its line.
fn before_label(part: &Part<'_, '_>, tail: usize, office: &str) -> Option<(usize, String)> {
    let signs = |field: &&Field| {
        field.label_line >= tail && matches!(field.label, Label::Contact | Label::Phone | Label::Name)
    };
    part.fields.iter().filter(signs).find_map(|field| {
        let line = part.lines.get(field.label_line)?;
        let front = line.text.get(..field.label_start)?.trim_end_matches([' ', '\t', ',', ';']);
        let raw = line.raw_of(0..front.len());
        let name =
            organization::read(raw, office, true).or_else(|| organization::before_post(raw, office))?;
        Some((field.label_line, name))
    })
}

/// A unit's name in Han above the same in Latin letters, as the signatures of firms have it.
fn in_han_above(lines: &[Line<'_>], (index, name): (usize, String), office: &str) -> (usize, String) {
    const REACH: usize = 8;
    let above = lines.iter().enumerate().take(index).rev().take(REACH).filter(|_| !name.contains(is_han));
    let mut units = above.filter_map(|(above, line)| {
        let unit = organization::on_line(line, office).or_else(|| organization::beside_name(line, office))?;
        Some((above, unit)).filter(|(_, unit)| unit.contains(is_han))
    });
    units.next().unwrap_or((index, name))
}

/// Fills everything about the person into `details`: from the comment, then, where that says nothing, from the signature
/// block below it.
pub(crate) fn fill(
    details: &mut Details,
    (input, occupations): (&DetailsInput<'_>, &Occupations),
    comment: &Part<'_, '_>,
    block: &Part<'_, '_>,
) {
    let for_himself = comment.lines.iter().any(|line| organization::FOR_HIMSELF.inside(line.text));
    for part in [comment, block] {
        if details.organization.is_none() && !for_himself {
            fill_organization(details, input, part);
        }
        if details.name.is_none() {
            fill_name(details, part, input.display);
        }
        if details.occupation_as_written.is_none() {
            occupation::fill(details, occupations, part);
        }
        fill_emails(details, input, part);
        phones::fill(details, input, part);
    }
    if details.organization.is_none()
        && !for_himself
        && let Some(name) = organization::in_subject(input.subject, &input.consultation.office_name)
    {
        details.note("organization", "subject", 0, &name);
        details.organization = Some(name);
    }
    in_subject::fill(details, input, occupations);
    if details.name.is_none() {
        fill_hint(details, input, &[comment, block]);
    }
    let people = joint::signatories(comment.lines, &comment.fields, &comment.signature);
    details.signatories = details.signatories.max(people);
}

fn fill_name(details: &mut Details, part: &Part<'_, '_>, display: Option<&str>) {
    if let Some(found) = &part.represented {
        let written = part.lines.get(found.line).map_or("", |line| line.raw.trim());
        details.note("name", "self_introduction", part.number(found.line), written);
        details.name = Some(part.spelled(found.line, &found.name));
        return;
    }
    for field in labelled(&part.fields, &[Label::Name, Label::Contact]) {
        if let Reading::Name(name) = name_in(field, part.lines) {
            details.note("name", field.rule, part.number(field.line), field.raw(part.lines));
            details.name = Some(part.spelled(field.line, &name));
            return;
        }
    }
    if presented_name(details, part, Presentation::is_said) {
        return;
    }
    for line in part.lines.iter().filter(|line| line.topics.has(Topic::Introduction)) {
        if let Some((name, written)) = introduced(line) {
            details.note("name", "self_introduction", line.number, &line.spelled(&written));
            details.name = Some(line.spelled(&name));
            return;
        }
    }
    if let Some(signer) = part.signature.names.first() {
        details.note("name", "signature_line", part.number(signer.line), &signer.as_written);
        details.name = Some(part.spelled(signer.line, &signer.name));
        return;
    }
    if presented_name(details, part, |_| true) {
        return;
    }
    if let Some((line, found)) = announced(part) {
        details.note("name", "self_introduction", line.number, line.raw.trim());
        details.name = Some(line.spelled(&found.name));
        return;
    }
    if let Some((line, name)) = as_displayed(part, display) {
        details.note("name", "self_introduction", line, &name);
        details.name = Some(name);
        return;
    }
    if let Some((card, name)) = part.cards.iter().find_map(|card| Some((card, card.name.as_deref()?))) {
        let written = part.lines.get(card.line).map_or("", |line| line.raw_of(card.range.clone())).trim();
        details.note("name", "self_introduction", part.number(card.line), written);
        details.name = Some(part.spelled(card.line, name));
        return;
    }
    if let Some((said, name)) = part.has_to_say.as_ref().and_then(|said| Some((said, said.name.as_deref()?)))
    {
        details.note("name", "self_introduction", part.number(said.line), name);
        details.name = Some(part.spelled(said.line, name));
        return;
    }
    if let Some((index, name)) = behind_number(part).or_else(|| joint::first_listed(part.lines)) {
        details.note("name", "signature_line", part.number(index), &name);
        details.name = Some(part.spelled(index, &name));
    }
}

/// Takes the name from a sentence that tells who wrote and nothing else.
fn presented_name(
    details: &mut Details,
    part: &Part<'_, '_>,
    counts: impl Fn(&Presentation) -> bool,
) -> bool {
    let mut found = part.presentations.iter().filter(|found| counts(found));
    let Some((found, name)) = found.find_map(|found| Some((found, found.told.name.as_deref()?))) else {
        return false;
    };
    let written = part.lines.get(found.line).map_or("", |line| line.raw_of(found.range.clone())).trim();
    details.note("name", "self_introduction", part.number(found.line), written);
    details.name = Some(part.spelled(found.line, name));
    true
}

/// The name by which the mail program calls the sender, where he says in the letter that he is it.
fn as_displayed(part: &Part<'_, '_>, display: Option<&str>) -> Option<(usize, String)> {
    let display = fold(display?.trim());
    let is_name = matches!(read_labelled(&display), Reading::Name(name) if name == display);
    let mut lines = part.lines.iter().filter(|line| is_name && line.topics.has(Topic::Introduction));
    let line = lines.find(|line| introduced_as(line, &display))?;
    Some((line.number, line.spelled(&display)))
}

/// `…，电话139… 汪洋`: what follows the number that ends a letter, and is a name and nothing else.
fn behind_number(part: &Part<'_, '_>) -> Option<(usize, String)> {
    let tail = tail_start(part.lines);
    let field = labelled(&part.fields, &[Label::Phone]).filter(|field| field.line >= tail).last()?;
    let value = field.text(part.lines);
    let number = phone::find(value).pop()?;
    // …，找栗师傅就行，栗广田
    let behind = value.get(number.range.end..)?.trim_end_matches(|c: char| !c.is_alphanumeric());
    let word = behind.rsplit(',').next()?.trim_matches(|c: char| !c.is_alphanumeric());
    is_certain(word).then(|| (field.line, word.to_owned()))
}

fn fill_hint(details: &mut Details, input: &DetailsInput<'_>, parts: &[&Part<'_, '_>]) {
    let hint = parts.iter().find_map(|part| hint_in(part, input.display));
    let display = || {
        let display = input.display.map(str::trim).filter(|display| {
            !display.is_empty() && !display.contains('@') && display.chars().count() <= MAX_DISPLAY_CHARS
        });
        display.map(|display| ("display_name", 0, display.to_owned(), display.to_owned()))
    };
    if let Some((rule, line, as_written, hint)) = hint.or_else(display) {
        details.note("name_hint", rule, line, &as_written);
        details.name_hint = Some(hint);
    }
}

/// A hint to the name with its rule, its line and its words.
fn hint_in(part: &Part<'_, '_>, display: Option<&str>) -> Option<(&'static str, usize, String, String)> {
    let fields = labelled(&part.fields, &[Label::Name, Label::Contact]);
    for field in fields.filter(|field| field.certainty == Certainty::Marked) {
        if let Reading::Hint(hint) = name_in(field, part.lines) {
            let raw = field.raw(part.lines).to_owned();
            return Some((field.rule, part.number(field.line), raw, part.spelled(field.line, &hint)));
        }
    }
    if let Some(signer) = &part.signature.hint {
        let hint = part.spelled(signer.line, &signer.name);
        return Some(("signature_line", part.number(signer.line), signer.as_written.clone(), hint));
    }
    let beside_number = part.lines.iter().skip(tail_start(part.lines)).find_map(|line| {
        let numbers = phone::find(line.text);
        let titled = numbers.iter().find_map(|number| whose::titled_signer(line.text, number));
        let who = titled.or_else(|| given_beside(line.text, numbers.first()?, display))?;
        let who = line.spelled(who);
        Some(("behind_name", line.number, who.clone(), who))
    });
    beside_number.or_else(|| {
        let mut lines = part.lines.iter().filter(|line| line.topics.has(Topic::Introduction));
        lines.find_map(|line| {
            let surname = line.text.split(|c: char| !c.is_alphanumeric()).find_map(surname_of)?;
            let surname = line.spelled(surname);
            Some(("self_introduction", line.number, surname.clone(), format!("{surname}某")))
        })
    })
}

/// `静兰 13805537062`: two characters before a number and nothing else, of which the mail program's name for the sender (兰兰) has
/// one. Given names stand so, and pet names: no more than a hint.
fn given_beside<'a>(text: &'a str, number: &Phone, display: Option<&str>) -> Option<&'a str> {
    const GIVEN_CHARS: usize = 2;
    let (front, behind) = (text.get(..number.range.start)?.trim(), text.get(number.range.end..)?);
    let fits = front.chars().count() == GIVEN_CHARS && front.chars().all(is_han) && behind.trim().is_empty();
    let called = fold(display?);
    (fits && roles::read(front).is_none() && front.chars().any(|c| called.contains(c))).then_some(front)
}

/// `尊敬的省局领导：`: whoever stands below it writes.
fn is_salutation(text: &str) -> bool {
    const CHARS: usize = 24;
    let plain = text.trim_end_matches(':').trim_end();
    text.chars().take(CHARS + 1).count() <= CHARS && plain.ends_with(['导', '志', '师', '好', '鉴'])
}

fn fill_organization(details: &mut Details, input: &DetailsInput<'_>, part: &Part<'_, '_>) {
    let office = input.consultation.office_name.as_str();
    let lines = part.lines;
    // 反馈人：广州某某公司; a contact person's field names a person.
    for field in labelled(&part.fields, &[Label::Organization, Label::Name]) {
        let strict = field.label == Label::Name || field.certainty == Certainty::Bare;
        if let Some(name) = organization::read(field.raw(lines), office, strict) {
            details.note("organization", field.rule, part.number(field.line), field.raw(lines));
            details.organization = Some(name);
            return;
        }
    }
    let labelled_lines: Vec<usize> = part.fields.iter().map(|field| field.line).collect();
    let tail = tail_start(lines);
    // 建议把牵头单位改为：/某某局; 抄送：/某某厅: whom the line before names is spoken of.
    let is_spoken_of = |index: usize| {
        let before = lines.get(..index).unwrap_or_default().iter().rev();
        before
            .map(|line| line.text.trim())
            .find(|text| !text.is_empty())
            .is_some_and(|text| text.ends_with(':') && !is_salutation(text))
    };
    let is_free = |index: &usize| !labelled_lines.contains(index) && !is_spoken_of(*index);
    for index in (tail..lines.len()).rev().filter(is_free) {
        let Some(line) = lines.get(index) else { continue };
        let signs = part.signature.lines.contains(&index)
            || part.signature.is_beside(index)
            || part.cards.iter().any(|card| card.line == index && card.name.is_some());
        let beside = signs.then(|| organization::beside_name(line, office)).flatten();
        if let Some(name) = beside.or_else(|| organization::on_line(line, office)) {
            // Several units seal one letter: the first of them leads, as the first of several people does.
            let (first, units) = organization::sealed_together(lines, index, office);
            let leading = lines.get(first).and_then(|line| organization::on_line(line, office));
            let (index, name) = leading.map_or((index, name), |leading| (first, leading));
            let (index, name) = in_han_above(lines, (index, name), office);
            details.note("organization", "signature_line", part.number(index), &name);
            details.organization = Some(name);
            details.signatories = details.signatories.max(units);
            return;
        }
    }
    if let Some((index, name)) = before_label(part, tail, office) {
        details.note("organization", "signature_line", part.number(index), &name);
        details.organization = Some(name);
        return;
    }
    let head = lines.iter().enumerate().filter(|(_, line)| !line.text.trim().is_empty()).take(3);
    for (index, line) in head.filter(|(index, _)| is_free(index)) {
        let found =
            organization::on_line(line, office).or_else(|| organization::in_letter_title(line, office));
        let found = found.or_else(|| Some(opening::read(line, office)?.0));
        let found = found.or_else(|| opening::above_points(lines, index, office));
        if let Some(name) = found {
            details.note("organization", "letterhead", line.number, &name);
            details.organization = Some(name);
            return;
        }
    }
    if let Some((line, name)) = represents::organization(lines, office) {
        details.note("organization", "self_introduction", line, &name);
        details.organization = Some(name);
    }
}

fn fill_emails(details: &mut Details, input: &DetailsInput<'_>, part: &Part<'_, '_>) {
    let own = part.lines.iter().enumerate().filter(|(index, _)| !part.is_strangers(*index));
    for (_, line) in own.filter(|(_, line)| line.topics.has(Topic::Address)) {
        for (address, range) in email::find(line.text) {
            let known = details.emails.iter().any(|other| crate::vocabulary::same_address(other, &address));
            if known
                || brackets::hold(line.text, range.start)
                || email::is_office(&address, &input.consultation.office_addresses)
            {
                continue;
            }
            if details.emails.len() >= MAX_CONTACTS {
                return;
            }
            details.note("emails", "address", line.number, line.raw_of(range));
            details.emails.push(address);
        }
    }
}
